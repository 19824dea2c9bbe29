#pragma once

/*
 * A line of text being typed: what a prompt holds. Pure; drawn by ui/frame.c. The text is always clean, valid UTF-8 in one
 * line: what is typed or pasted is cleaned on its way in.
 */

#include "base/arena.h"
#include "ui/keymap.h"

#define LINE_SIZE 8192 /* bytes, the NUL included; what does not fit is refused */

struct line {
    char text[LINE_SIZE];
    size_t len, caret; /* bytes */
};

void line_set(struct line *line, const char *text);

/*
 * A text of several lines, as one: where a line ends it has LINE_END, which may be typed and deleted like any other character.
 * False when it is too long: then the line is as it was.
 */
#define LINE_END "\xe2\x86\xb5" /* a return arrow, of one column everywhere */
bool line_set_lines(struct line *line, const char *text);
/* … and back: what the line stands for. */
const char *line_lines(const struct line *line, struct arena *arena);

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
