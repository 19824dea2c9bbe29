#pragma once

/*
 * JSON set out for reading: a member a line, two blanks a level. It moves white space outside of strings and nothing else, so
 * that it needs no tree and text that is no JSON comes out as it is. Short arrays and objects stay on one line.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Does the text look like an object or an array, and only that? */
bool json_is_likely(const char *text);

/* Never longer than max_bytes; a longer one ends with a line "...". */
const char *json_set_out(struct arena *arena, const char *text, size_t max_bytes);
