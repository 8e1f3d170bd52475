// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/line.h"

/* The interface Line.Cellular on the object of its line. */
#define OH_TYPE_LINE_CELLULAR (oh_line_cellular_get_type ())
G_DECLARE_FINAL_TYPE (OhLineCellular, oh_line_cellular, OH, LINE_CELLULAR,
                      OhDbusLineCellularSkeleton)

/* Shown on @line's object from now on. */
OhLineCellular *oh_line_cellular_new (OhLine *line);

/* Nothing is known any more: the modem is gone. */
void oh_line_cellular_forget (OhLineCellular *cellular);

/* The line ends. */
void oh_line_cellular_end (OhLineCellular *cellular);

void oh_line_cellular_take (OhLineCellular *cellular, const OhNetwork *network);

/* What the network says unasked. */
void oh_line_cellular_take_ussd (OhLineCellular *cellular, const OhEvent *event);
