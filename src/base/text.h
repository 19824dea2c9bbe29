#pragma once

/*
 * Text from outside, made fit for a terminal cell, the log or an error: the one place that cleans it.
 * Widths are columns as wcwidth counts them, because ncursesw places cells by it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * One line of valid UTF-8 in NFC: escape sequences, control characters (C0, C1, DEL), bidi controls, zero-width
 * and line-breaking characters are removed or become a space; runs of white space become one space; invalid
 * bytes become U+FFFD; an emoji cluster is reduced to its base character, so that every terminal measures it alike.
 * Never longer than max_bytes (cut at a character).
 */
const char *text_clean(struct arena *arena, const char *text, size_t max_bytes);

/* The same, but line feeds stay (CR LF becomes LF, tab becomes spaces): for descriptions and messages. */
const char *text_clean_lines(struct arena *arena, const char *text, size_t max_bytes);

/* Columns of clean text. */
int text_width_cols(const char *text);

/*
 * Clean text cut to at most `cols` columns at a grapheme boundary; a cut is marked with '~' in the last column.
 * Returns text itself when it fits.
 */
const char *text_cut(struct arena *arena, const char *text, int cols);

/* The part of clean text that starts `from_cols` columns in (sideways scrolling). */
const char *text_skip(const char *text, int from_cols);

/* Clean text broken into lines of at most `cols` columns at white space (words longer than a line are split). */
size_t text_wrap(struct arena *arena, const char *text, int cols, const char *const **lines);

/* Bytes that are valid UTF-8 as a whole. */
bool text_is_valid_utf8(const char *data, size_t len);

/* Invalid bytes become U+FFFD; everything else stays. */
const char *text_repair_utf8(struct arena *arena, const char *data, size_t len);

/* Case-folded copy for comparison and search, by Unicode. */
const char *text_fold(struct arena *arena, const char *text);

/* Levenshtein distance of two short names, for "did you mean". */
int text_distance(const char *a, const char *b);
