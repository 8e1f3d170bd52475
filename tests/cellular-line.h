// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tests/fixture.h"

/* Line.Cellular of line "home", a modem of the simulator. */

#define HOME LINE_PATH "home"

/* With @kind's modem, which the simulator has been told @first about (NULL: nothing), and what the
 * configuration says of the line; waits until the line is in @state. */
typedef struct
{
  const char *kind, *first, *pin, *state;
} CellularLine;

void cellular_set_up (Fixture *f, gconstpointer line);
void cellular_tear_down (Fixture *f, gconstpointer line);

/* Waits until the property, printed, matches @glob. */
void cellular_until (Fixture *f, const char *property, const char *glob);
void cellular_assert (Fixture *f, const char *property, const char *printed);

/* @parameters in text form; the reply printed, or fails with @error. */
char *cellular_ask (Fixture *f, const char *method, const char *parameters);
void cellular_fails (Fixture *f, const char *method, const char *parameters, const char *error);
void cellular_fails_for (Fixture *f, GDBusConnection *client, const char *method,
                         const char *parameters, const char *error);
