#pragma once

/* Which rows changed on screen a moment ago: they are marked for a while, and a key that writes asks first. */

#include "ui/table.h"

#define CHANGES_MAX 32

struct changes {
    struct row_change {
        char id[ITEM_ID_SIZE];
        int64_t at; /* monotonic */
    } items[CHANGES_MAX];
    size_t next; /* the oldest gives way */
};

/* Notes the rows among [from, to) of `now` that say something else than they did in `before`, or are new. */
void changes_note(struct changes *changes, const struct table *before, const struct table *now,
                  size_t from, size_t to, int64_t at);
/* When it last changed; 0 = not lately. */
int64_t changes_at(const struct changes *changes, const char *id);
/* Marks what changed at `since` or later, and no other rows; false when there is nothing to mark. */
bool changes_mark(const struct changes *changes, struct table *table, int64_t since);
