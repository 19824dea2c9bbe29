#pragma once

/*
 * Rows that keep their place. While somebody chooses, a list read anew shows its items where they were: their cells go on
 * changing, an item that left stays as a dimmed row, and what is new waits. Pure functions on tables.
 */

#include "ui/table.h"

struct hold {
    size_t waiting;           /* items that were kept back */
    char first[ITEM_ID_SIZE]; /* the first of them; "" = none */
};

/*
 * Puts the items of `now` where they stood in rows [from, to) of `shown`, which is what is on screen. What stood above or
 * below that keeps to its side of it; what `shown` did not have waits, unless it only continues a window that ended there.
 */
struct hold table_hold(struct table *now, const struct table *shown, size_t from, size_t to);

/* Items of `now` that `shown` has not, or has with other texts; ages do not count. */
size_t table_differences(const struct table *now, const struct table *shown);

/* Whether the item that begins in these rows says something else than it did, ages aside. */
bool item_differs(const struct table *before, size_t was, const struct table *now, size_t is);
