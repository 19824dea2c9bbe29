#pragma once

/*
 * Numbers of alerts' values (data/sql/schema/cache/0046_values.sql) that pass a test, kept as words.h keeps rows.
 * Statements ask by has_value(slot, numbers): has the alert with these numbers one of the set?
 */

#include "base/str.h"
#include "store/store.h"

struct value_set {
    uint8_t *bits;
    size_t bits_len; /* numbers from here on are not in it */
    size_t place;    /* of an alert's numbers only this one is asked for, from 1; 0 = any */
    bool is_empty;
    int slot; /* for has_value() */
};

/* Forgets what may have changed since; after words_begin, and before sets are asked for. */
MUST_CHECK bool value_sets_begin(struct store *store, struct error *err);

/* NULL: not known. Good until the next value_sets_begin. */
const struct value_set *value_sets_known(const struct store *store, const char *name);

/* The numbers that a statement's first column has; steps it to its end. */
MUST_CHECK bool value_sets_add(struct store *store, const char *name, size_t place,
                               struct statement *statement, const struct value_set **set,
                               struct error *err);
