#pragma once

/*
 * Words as full-text search sees them: runs of letters and digits, in lower case and without accents, as SQLite's unicode61
 * tokenizer has them (remove_diacritics 2). For texts that are not in an index, or where looking at one is cheaper.
 */

#include <stdbool.h>

#include "base/str.h"

/* Appends " word word" of a text. */
void phrase_append(struct str *words, const char *text);

/* Do the phrase's words stand in the text's, one after the other? Both as phrase_append made them; the last one of a
 * prefix need only begin so. A phrase without a word is nowhere. */
bool phrase_is_in(const char *phrase, bool is_prefix, const char *words);
