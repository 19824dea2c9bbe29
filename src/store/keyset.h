#pragma once

/*
 * A window of a list that is ordered by two numbers and an id, read around the cursor's item by keyset: first up from its
 * place by at most so many rows, then down from there. Three query files make a list: LIST_place, LIST_before, LIST_after.
 */

#include "store/window.h"

struct keyset {
    enum sql place; /* :id to the item's two numbers */
    enum sql
        before; /* the row at most :rows in front of a place: its numbers, id, and how many rows that was */
    enum sql after; /* :rows rows from a place on */
    const char
        *keys[2]; /* the two numbers' parameters; a first one of -1 is in front of everything */
    struct keyset_place {
        int64_t keys[2];
        const char *id;
    } end; /* behind everything */
};

struct keyset_rows {
    void *items; /* the table's struct; in the arena */
    size_t len;
    bool more_above, more_below;
};

MUST_CHECK bool keyset_read(struct store *store, const struct keyset *keyset,
                            const struct window_request *request, const struct field_table *table,
                            struct arena *arena, struct keyset_rows *rows, struct error *err);
