#pragma once

/*
 * What may stand at the caret of a filter: names of fields with their usual operator, the other operators of one that is
 * complete, values. Pure: values that only the store knows are added by cache_complete (store/cache.h).
 */

#include "model/filter.h"

enum { FILTER_CANDIDATES_MAX = 60 };

struct filter_candidate {
    const char *text; /* what is put in place of what is typed, quoted where it must be */
    const char *help; /* what it is, in a few words; "" = the text says it */
};

struct filter_completion {
    enum { FILTER_ASKS_NOTHING, FILTER_ASKS_FIELD, FILTER_ASKS_VALUE } asks;
    size_t at, len;            /* the bytes in front of the caret that a candidate replaces */
    const char *prefix;        /* these, unquoted */
    const struct field *field; /* VALUE: of this column, or */
    const char *attribute;     /* of this attribute of alerts */
    struct filter_candidate *candidates; /* best first; room for FILTER_CANDIDATES_MAX */
    size_t candidates_len;
};

/* The text may be wrong or unfinished. */
void filter_complete(const char *text, size_t caret, const struct filter_context *context,
                     struct arena *arena, struct filter_completion *completion);

/* Adds a value, quoted as needed, if it begins with the prefix, is not there yet and there is room. */
void filter_complete_value(struct filter_completion *completion, const char *value,
                           const char *help, struct arena *arena);
