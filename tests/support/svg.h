#pragma once

/* A picture of a screen: SVG text with the cells' characters, colours and attributes, in a monospace face. */

#include "base/arena.h"
#include "tests/support/screen.h"

/* `title` is read out by screen readers. The result depends on the screen alone, so it can be kept in git. */
const char *svg_from_screen(const struct screen *screen, const char *title, struct arena *arena);
