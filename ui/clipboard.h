#pragma once

/* The terminal's clipboard, by OSC 52: it works over SSH, for it is the terminal at the user's end that keeps the text. Pure. */

#include <stddef.h>

#include "base/arena.h"

/* What terminals take at least; a longer text is shown instead. */
#define CLIPBOARD_MAX_BYTES 74000

/* The body of the command for term_send_osc; NULL when the text is too long or empty. */
const char *clipboard_osc(struct arena *arena, const char *text);
