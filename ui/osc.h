#pragma once

/*
 * Operating system commands: escape sequences that a terminal takes for more than text (clipboard, notification). A
 * multiplexer between us and the terminal lets them through only when wrapped. Pure.
 */

#include "base/str.h"

enum multiplexer { MULTIPLEXER_NONE, MULTIPLEXER_TMUX, MULTIPLEXER_SCREEN };

/* From TMUX and TERM; either may be NULL. */
enum multiplexer multiplexer_of(const char *tmux, const char *term);

/*
 * Appends the sequence with `body` ("9;a text"). False, and nothing appended, when the body has a control character: it
 * could end the sequence and begin another.
 */
bool osc_append(struct str *out, enum multiplexer multiplexer, const char *body);
