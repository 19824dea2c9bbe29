#pragma once

/* What can be written where the caret stands in a filter. Pure: values that only the store knows are added by its caller. */

#include "model/filter.h"

struct filter_place {
    size_t from, to; /* bytes of the text that a candidate stands for: the word the caret is in */
    const char *prefix;     /* that word up to the caret, without its quote */
    bool is_value;          /* else a field's name is due */
    const char *field_name; /* whose value; "" where a name is due */
    /* What it means: a column, or an attribute where `field` is NULL. Both NULL: unknown, or no value of the store's. */
    const struct field *field;
    const char *attribute;
};

struct filter_candidate {
    const char
        *text; /* as it is written: quoted where it must be; a field with its usual operator */
    const char *help;
};

/* False where nothing can be completed: in a quoted phrase, behind a parenthesis that closes. */
bool filter_place_at(const char *text, size_t caret, const struct filter_context *context,
                     struct arena *arena, struct filter_place *place);

/*
 * Those that begin with the place's prefix, then those that have it inside. `values`: what the store has for the place
 * (cache_filter_values), ended by NULL; NULL = none.
 */
size_t filter_candidates(const struct filter_place *place, const struct filter_context *context,
                         const char *const *values, struct arena *arena,
                         const struct filter_candidate **candidates);

/* A value as it is written: in quotes where it has blanks, commas or parentheses. */
const char *filter_quote(const char *value, struct arena *arena);
