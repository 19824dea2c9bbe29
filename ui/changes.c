#include "ui/changes.h"

#include <stdio.h>
#include <string.h>

#include "ui/hold.h"

static struct row_change *
find(struct changes *changes, const char *id)
{
    for (size_t i = 0; i < CHANGES_MAX; i++)
        if (strncmp(changes->items[i].id, id, ITEM_ID_SIZE - 1) == 0)
            return &changes->items[i];
    return NULL;
}

void
changes_note(struct changes *changes, const struct table *before, const struct table *now,
             size_t from, size_t to, int64_t at)
{
    for (size_t row = from; row < to; row++) {
        const char *id = now->rows[row].id;
        if (!*id || (row > 0 && strcmp(now->rows[row - 1].id, id) == 0))
            continue;
        size_t was = table_find(before, id);
        if (was != SIZE_MAX && !item_differs(before, was, now, row))
            continue;
        struct row_change *change = find(changes, id);
        if (!change)
            change = &changes->items[changes->next++ % CHANGES_MAX];
        (void)snprintf(change->id, sizeof change->id, "%s", id); /* compared as far as it fits */
        change->at = at;
    }
}

int64_t
changes_at(const struct changes *changes, const char *id)
{
    const struct row_change *change = *id ? find((struct changes *)changes, id) : NULL;
    return change ? change->at : 0;
}

bool
changes_mark(const struct changes *changes, struct table *table, int64_t since)
{
    bool any = false, lately = false;
    for (size_t i = 0; i < CHANGES_MAX; i++)
        lately = lately || (*changes->items[i].id && changes->items[i].at >= since);
    for (size_t row = table->head_rows; row < table->rows_len; row++) {
        unsigned *marks = &table->rows[row].marks;
        *marks &= ~(unsigned)ROW_CHANGED;
        if (!lately || changes_at(changes, table->rows[row].id) < since)
            continue;
        *marks |= ROW_CHANGED;
        any = true;
    }
    return any;
}
