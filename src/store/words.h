#pragma once

/*
 * What the full-text index finds, kept: one query's rows serve all statements of a window and, while nothing is committed,
 * the windows after it. Statements ask through two functions: among(slot, key) for words that not too many rows have, and
 * has_words(title, body, phrase, is_prefix), which reads the row's own text, for those that so many have that walking the
 * list soon meets one.
 */

#include "store/store.h"

#define WORDS_KEYS_MAX 131072 /* kept of a query; more is "many" */

struct words_set {
    const int64_t *keys; /* ascending */
    size_t len;
    bool is_many; /* there are more; keys is empty */
    int slot;     /* for among() */
};

/* The rows that match a query in FTS5's language. Good until the next words_begin. */
MUST_CHECK bool words_find(struct store *store, const char *query, const struct words_set **set,
                           struct error *err);

/* Forgets what may have changed, and all when it is much; makes the functions known. Before a plan is made. */
MUST_CHECK bool words_begin(struct store *store, struct error *err);

/* The rows of a statement's first column, ascending, by a name that is no query; words_known is the first to be asked. */
MUST_CHECK bool words_add(struct store *store, const char *name, struct statement *statement,
                          const struct words_set **set, struct error *err);

/* Another number when what was known may have changed. */
unsigned words_generation(const struct store *store);

/* One found before, in this plan. */
const struct words_set *words_known(const struct store *store, const char *query);
