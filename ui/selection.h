#pragma once

/*
 * Items chosen in a pane, by id, in the order they were chosen. They outlive every refresh; what an action then finds
 * gone it says. A range follows the cursor from where it began until it is fixed.
 */

#include "ui/table.h"

#define SELECTION_MAX 500

struct selected {
    char id[ITEM_ID_SIZE];
    const char *title; /* when it was chosen */
    bool was_over;     /* when it was chosen: resolved, done */
    bool by_range;     /* of the range that still follows the cursor */
};

struct selection {
    struct arena arena; /* of the items and titles; forgotten when the selection is cleared */
    struct selected *items;
    size_t len;
    char anchor[ITEM_ID_SIZE]; /* where a range began; "" = none is open */
    bool anchor_below;         /* when it was last in the window: below the cursor */
};

void selection_clear(struct selection *selection);
void selection_finish(struct selection *selection);
bool selection_has(const struct selection *selection, const char *id);

/* False when there are SELECTION_MAX already. */
bool selection_add(struct selection *selection, const char *id, const char *title);
/* The item of a row. False when there are SELECTION_MAX already. */
bool selection_add_row(struct selection *selection, const struct table *table, size_t row);
/* The item of a row: in when it was out, out when it was in. False: as selection_add_row. */
bool selection_toggle(struct selection *selection, const struct table *table, size_t row);

/* Begins a range at the cursor, or fixes the one that is open. */
void selection_range(struct selection *selection, const struct table *table,
                     const struct cursor *cursor);
/* The cursor moved: an open range reaches to it. */
void selection_follow(struct selection *selection, const struct table *table,
                      const struct cursor *cursor);

/* Marks the rows of what is selected, and no others. */
void selection_mark(const struct selection *selection, struct table *table);
