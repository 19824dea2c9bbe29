#pragma once

/* Structs of any field table, filled by walking it, and compared member by member. */

#include "base/arena.h"
#include "model/field.h"

enum instance_fill {
    INSTANCE_MINIMAL, /* required members of the object and of objects that are always there */
    INSTANCE_FULL     /* every member that is not local; lists have two items */
};

/* Values differ by member and by seed. Raw members are {"k":SEED} and ["k",SEED]. */
void *instance_make(const struct field_table *table, enum instance_fill fill, int seed,
                    struct arena *arena);

/* NULL when alike, else the name of the first member that differs (local members and `json` do not
 * count). */
const char *instance_difference(const struct field_table *table, const void *a, const void *b);
