#include "ui/selection.h"

#include <stdio.h>
#include <string.h>

void
selection_clear(struct selection *selection)
{
    struct arena arena = selection->arena;
    arena_reset(&arena);
    *selection = (struct selection){.arena = arena};
}

void
selection_finish(struct selection *selection)
{
    arena_finish(&selection->arena);
    *selection = (struct selection){0};
}

static size_t
find(const struct selection *selection, const char *id)
{
    for (size_t i = 0; i < selection->len; i++)
        if (strncmp(selection->items[i].id, id, ITEM_ID_SIZE - 1) == 0)
            return i;
    return SIZE_MAX;
}

bool
selection_has(const struct selection *selection, const char *id)
{
    return find(selection, id) != SIZE_MAX;
}

static void
take_out(struct selection *selection, size_t at)
{
    selection->len--;
    memmove(&selection->items[at], &selection->items[at + 1],
            (selection->len - at) * sizeof *selection->items);
}

bool
selection_add(struct selection *selection, const char *id, const char *title)
{
    if (selection_has(selection, id))
        return true;
    if (selection->len == SELECTION_MAX)
        return false;
    if (!selection->items)
        selection->items = arena_new_array(&selection->arena, SELECTION_MAX, struct selected);
    struct selected *item = &selection->items[selection->len++];
    *item = (struct selected){.title = arena_text(&selection->arena, title)};
    (void)snprintf(item->id, sizeof item->id, "%s", id); /* compared as far as it fits */
    return true;
}

bool
selection_add_row(struct selection *selection, const struct table *table, size_t row)
{
    size_t len = selection->len;
    bool ok = selection_add(selection, table->rows[row].id,
                            table_item_title(table, row, &selection->arena));
    if (selection->len > len)
        selection->items[len].was_over = table->rows[row].marks & ROW_OVER;
    return ok;
}

bool
selection_toggle(struct selection *selection, const struct table *table, size_t row)
{
    size_t at = find(selection, table->rows[row].id);
    if (at == SIZE_MAX)
        return selection_add_row(selection, table, row);
    take_out(selection, at);
    if (selection->len == 0)
        selection_clear(selection);
    return true;
}

void
selection_range(struct selection *selection, const struct table *table, const struct cursor *cursor)
{
    size_t row = cursor_row(cursor, table);
    if (*selection->anchor) {
        selection->anchor[0] = '\0';
        for (size_t i = 0; i < selection->len; i++)
            selection->items[i].by_range = false;
    } else if (row != SIZE_MAX) {
        (void)snprintf(selection->anchor, sizeof selection->anchor, "%s", table->rows[row].id);
        selection_follow(selection, table, cursor);
    }
}

void
selection_follow(struct selection *selection, const struct table *table,
                 const struct cursor *cursor)
{
    size_t row = cursor_row(cursor, table);
    if (!*selection->anchor || row == SIZE_MAX)
        return;
    size_t anchor = table_find(table, selection->anchor);
    if (anchor != SIZE_MAX)
        selection->anchor_below = anchor > row;
    else /* scrolled out of the window, which the range then fills on that side */
        anchor = selection->anchor_below ? table->rows_len - 1 : table->head_rows;

    for (size_t i = selection->len; i-- > 0;)
        if (selection->items[i].by_range && table_find(table, selection->items[i].id) != SIZE_MAX)
            take_out(selection, i);
    size_t from = anchor < row ? anchor : row, to = anchor < row ? row : anchor;
    for (size_t i = from; i <= to; i++) {
        size_t before = selection->len;
        if (*table->rows[i].id && selection_add_row(selection, table, i) && selection->len > before)
            selection->items[before].by_range = true;
    }
}

void
selection_mark(const struct selection *selection, struct table *table)
{
    for (size_t i = table->head_rows; i < table->rows_len; i++) {
        struct row *row = &table->rows[i];
        row->marks &= ~(unsigned)ROW_SELECTED;
        if (selection->len && *row->id && selection_has(selection, row->id))
            row->marks |= ROW_SELECTED;
    }
}
