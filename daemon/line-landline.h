// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/line.h"

/* The interface Line.Landline on the object of its line. */
#define OH_TYPE_LINE_LANDLINE (oh_line_landline_get_type ())
G_DECLARE_FINAL_TYPE (OhLineLandline, oh_line_landline, OH, LINE_LANDLINE,
                      OhDbusLineLandlineSkeleton)

OhLineLandline *oh_line_landline_new (OhLine *line);

/* Nothing is known any more: the modem is gone. */
void oh_line_landline_forget (OhLineLandline *landline);

/* The line ends. */
void oh_line_landline_end (OhLineLandline *landline);

void oh_line_landline_take (OhLineLandline *landline, const OhLoop *loop);
