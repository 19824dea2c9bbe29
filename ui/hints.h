#pragma once

/* The footer's hints: which keys help here, most useful first, with the bindings there are. */

#include "ui/frame.h"
#include "ui/pieces.h"

/* For the panes, or for the box that has the keys. */
void hints_add(const struct frame *frame, struct pieces *pieces);

/* What a mode names itself: "Enter keep|Esc cancel", a key and what it does. */
void hints_add_named(const char *hints, struct pieces *pieces);
