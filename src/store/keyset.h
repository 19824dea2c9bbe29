#pragma once

/*
 * A window of a list that is ordered by two numbers and an id, read around the cursor's item by keyset: first up from its
 * place by at most so many rows, then down from there. What gives the order gives keys only (LIST_first, LIST_before,
 * LIST_after); what a row shows is read by its key (LIST_row). So another order or a filter has other statements for the
 * keys and the same one for the rows. A list from its top prepares LIST_first and LIST_row, nothing else: it is on the
 * first frame, where preparing costs more than running.
 */

#include "store/window.h"

struct keyset {
    enum sql first; /* the list's first :rows keys */
    enum sql place; /* :id to the item's two numbers */
    enum sql
        before; /* the row at most :rows in front of a place: its numbers, id, and how many rows that was */
    enum sql after;      /* :rows keys from a place on */
    enum sql row;        /* :key to the table's struct */
    const char *keys[2]; /* the two numbers' parameters */
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
