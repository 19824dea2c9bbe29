#pragma once

/*
 * A line of text being typed: what a prompt holds. Pure; drawn by ui/frame.c. The text is always clean, valid UTF-8 in one
 * line: what is typed or pasted is cleaned on its way in.
 */

#include "base/arena.h"
#include "ui/keymap.h"

#define LINE_SIZE 2048 /* bytes, the NUL included; what does not fit is refused */

struct line {
    char text[LINE_SIZE];
    size_t len, caret; /* bytes */
};

void line_set(struct line *line, const char *text);

enum line_answer { LINE_IGNORED, LINE_MOVED, LINE_CHANGED };

/*
 * Every printable key is text. Left Right Home End Ctrl-A Ctrl-E move, Backspace Del Ctrl-W Ctrl-U Ctrl-K delete; anything
 * else is not this line's.
 */
enum line_answer line_key(struct line *line, const char *key);

/* Outside text at the caret, cleaned. False when it did not fit: then nothing was taken. */
bool line_insert(struct line *line, const char *text);

/* The stretch of at most `cols` columns around the caret, and in which of them it stands. */
const char *line_view(const struct line *line, struct arena *arena, int cols, int *caret_col);
