#pragma once

/*
 * What follows an action's name in the palette: words, those with blanks in quotes. An action's usage ("save NAME | delete
 * VIEW") says which words may stand where: capitals name what is to be filled in, and so what completes it.
 */

#include "base/arena.h"

#include <stdbool.h>

/* The next word, unquoted; *at goes behind it and the blanks that follow. False at the end. */
bool argument_word(const char **at, struct arena *arena, const char **word);

/* In quotes where it has blanks or quotes. */
const char *argument_quote(const char *word, struct arena *arena);

/* Where the caret is: the word in front of it, and where that begins, in bytes. */
struct argument_place {
    size_t at;          /* where the word begins, its quote included */
    const char *prefix; /* the word up to the caret, unquoted */
};

/*
 * What the usage has at this place: literal words and names in capitals, "save" and "VIEW"; at most `max` of them. Words in
 * front of the place that do not fit an alternative rule it out. A last name of FILTER or TEXT takes all that follows it:
 * its place is then where it began.
 */
size_t argument_expects(const char *usage, const char *text, size_t caret, struct arena *arena,
                        struct argument_place *place, const char **expected, size_t max);
