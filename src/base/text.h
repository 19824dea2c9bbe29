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
 * bytes become U+FFFD; an emoji cluster is reduced to its base character and a flag to its two letters, so that every
 * terminal measures them alike. White space at both ends goes. Never longer than max_bytes (cut at a character).
 * An escape sequence goes as a whole, with its parameters or string. NULL is "". Always a copy in the arena.
 */
const char *text_clean(struct arena *arena, const char *text, size_t max_bytes);

/*
 * The same for descriptions and messages: line feeds stay (CR LF and CR become LF) and so do runs of spaces (a tab is
 * four), which carry indentation. Spaces at a line's end and empty lines at both ends go.
 */
const char *text_clean_lines(struct arena *arena, const char *text, size_t max_bytes);

/*
 * Takes the environment's locale. Where nobody chose one, or the one chosen is not installed here (as SSH brings it from
 * elsewhere), C.UTF-8 is taken: today's terminals are UTF-8. Returns whether text may be written as UTF-8.
 */
bool text_use_locale(void);

/* Columns of clean text. */
int text_width_cols(const char *text);

/*
 * Clean text cut to at most `cols` columns at a grapheme boundary; a cut is marked with '~' in column `cols` (a space
 * stands before it where a wide character would have been halved). Returns text itself when it fits.
 */
const char *text_cut(struct arena *arena, const char *text, int cols);

/* The part of clean text that starts `from_cols` columns in (sideways scrolling); a halved wide character is left out. */
const char *text_skip(const char *text, int from_cols);

/*
 * Clean text broken into lines of at most `cols` columns at white space (words longer than a line are split); its own
 * line feeds break too. Returns the number of lines; "" has none. The array ends with NULL.
 */
size_t text_wrap(struct arena *arena, const char *text, int cols, const char *const **wrapped);

/* Bytes that are valid UTF-8 as a whole. */
bool text_is_valid_utf8(const char *data, size_t len);

/* Invalid bytes and NULs become U+FFFD; everything else stays. */
const char *text_repair_utf8(struct arena *arena, const char *data, size_t len);

/* In capitals, character by character. */
const char *text_upper(struct arena *arena, const char *text);

/* Case-folded copy for comparison and search, by Unicode. Compose first (text_clean) where forms may differ. */
const char *text_fold(struct arena *arena, const char *text);

/*
 * Small Latin letters, digits and single hyphens between them, as names of channels and files want it: accents are folded,
 * all else is a hyphen. "" when nothing is left. Not longer than max_bytes, cut at a hyphen where there is one.
 */
const char *text_slug(struct arena *arena, const char *text, size_t max_bytes);

/* Has it a letter or a digit of any script? Full-text search has nothing to look for in what has none. */
bool text_has_word(const char *text);

/* Levenshtein distance in bytes of two names, for "did you mean". Over 64 bytes: as if nothing were alike. */
int text_distance(const char *a, const char *b);

/* "utf8proc 2.8.0" */
const char *text_library(void);
