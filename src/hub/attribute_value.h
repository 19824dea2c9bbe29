#pragma once

/* One value of an attribute, by its type (facts 5.6): texts of any kind, String, Bool, Number, CatalogEntry["Team"]. */

#include "base/arena.h"
#include "base/error.h"
#include "model/model.h"
#include "store/store.h"

enum { ATTRIBUTE_VALUES_MAX = 200, ATTRIBUTE_VALUE_MAX_BYTES = 4000 };

struct attribute_values {
    struct alert_attribute_value *items;
    size_t len, capacity;
    const char *problem; /* why one was not taken; "" = all were */
};

/*
 * Adds what `json`, a program's result, is worth for the attribute: the elements of an array where it takes several. What
 * does not fit adds nothing and sets the problem. Empty texts and nulls are nothing.
 */
MUST_CHECK bool attribute_values_add(struct store *store, const struct alert_attribute *attribute,
                                     const char *json, struct arena *arena,
                                     struct attribute_values *values, struct error *err);

/* Whether `a` ranks above `b`: numbers, severities by their rank or their word. False too when they cannot be compared. */
MUST_CHECK bool attribute_value_compare(struct store *store, const char *a, const char *b,
                                        int *order, bool *comparable, struct error *err);
