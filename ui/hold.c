#include "ui/hold.h"

#include <stdio.h>
#include <string.h>

/* An item: its rows, one after the other. */
struct item {
    const char *id;
    size_t row, rows;
    bool taken;
};

struct items {
    struct item *items;
    size_t len;
};

static bool
same_id(const char *a, const char *b)
{
    return strncmp(a, b, ITEM_ID_SIZE - 1) == 0;
}

/* The items of rows [from, to); false when a row in between belongs to none, and could not keep its place. */
static bool
list_items(const struct table *table, size_t from, size_t to, struct arena *arena,
           struct items *out)
{
    out->len = 0;
    out->items = arena_new_array(arena, to > from ? to - from : 1, struct item);
    for (size_t row = from; row < to; row++) {
        const char *id = table->rows[row].id;
        if (!*id)
            return false;
        if (out->len && same_id(out->items[out->len - 1].id, id))
            out->items[out->len - 1].rows++;
        else
            out->items[out->len++] = (struct item){id, row, 1, false};
    }
    return true;
}

static size_t
find(const struct items *items, const char *id)
{
    for (size_t i = 0; i < items->len; i++)
        if (same_id(items->items[i].id, id))
            return i;
    return SIZE_MAX;
}

/*
 * Of items given by where they are now, those that did not move among each other: the longest rising run. The first and
 * the last of them are what the rest is measured against.
 */
static void
find_anchors(const size_t *places, size_t len, struct arena *arena, size_t *first, size_t *last)
{
    size_t *run = arena_new_array(arena, len + 1, size_t);
    size_t *before = arena_new_array(arena, len + 1, size_t);
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < len; i++) {
        run[i] = places[i] == SIZE_MAX ? 0 : 1;
        before[i] = SIZE_MAX;
        for (size_t j = 0; run[i] && j < i; j++)
            if (run[j] && places[j] < places[i] && run[j] + 1 > run[i]) {
                run[i] = run[j] + 1;
                before[i] = j;
            }
        if (run[i] && (best == SIZE_MAX || run[i] > run[best]))
            best = i;
    }
    *first = *last = best == SIZE_MAX ? SIZE_MAX : places[best];
    for (; best != SIZE_MAX; best = before[best])
        *first = places[best];
}

/* ---- a row that is no longer there, kept ---- */

static struct cell
copy_cell(const struct cell *cell, struct arena *arena)
{
    struct cell copy = {arena_new_array(arena, cell->spans_len + 1, struct span), cell->spans_len};
    for (size_t i = 0; i < cell->spans_len; i++) {
        copy.spans[i] = cell->spans[i];
        copy.spans[i].text = arena_text(arena, cell->spans[i].text);
    }
    return copy;
}

/* The row in the columns of another table: what it did not have stays empty. */
static struct row
copy_row(const struct table *from, const struct row *row, const struct table *to)
{
    struct arena *arena = to->arena;
    struct row copy = *row;
    copy.id = arena_text(arena, row->id);
    copy.title = arena_text(arena, row->title);
    copy.changes_at = INT64_MAX;
    copy.cells_len = row->line ? row->cells_len : to->columns_len;
    copy.cells = arena_new_array(arena, copy.cells_len + 1, struct cell);
    if (row->line && row->cells_len)
        copy.cells[0] = copy_cell(row->cells, arena);
    for (size_t i = 0; !row->line && i < to->columns_len; i++) {
        copy.cells[i] = (struct cell){0};
        for (size_t j = 0; j < row->cells_len; j++)
            if (strcmp(to->columns[i].name, from->columns[j].name) == 0)
                copy.cells[i] = copy_cell(&row->cells[j], arena);
    }
    copy.marks |= ROW_GONE;
    return copy;
}

/* ---- holding ---- */

struct holding {
    struct table *now;
    const struct table *shown;
    struct items fresh, known, held;
    size_t known_from;  /* the first held item's number among the known ones */
    size_t first, last; /* anchors, as numbers among the fresh items */
    struct row *rows;
    size_t rows_len;
    struct hold result;
};

enum side { SIDE_ABOVE, SIDE_BELOW, SIDE_WAITS };

/* Where an item goes that is not among the held. */
static enum side
side_of(const struct holding *holding, size_t place)
{
    size_t was = find(&holding->known, holding->fresh.items[place].id);
    if (was != SIZE_MAX)
        return was < holding->known_from ? SIDE_ABOVE : SIDE_BELOW;
    if (holding->first == SIZE_MAX)
        return SIDE_BELOW;
    bool from_top = holding->known_from == 0 && !holding->shown->more_above;
    bool to_end = holding->known_from + holding->held.len == holding->known.len &&
                  !holding->shown->more_below;
    if (place < holding->first)
        return from_top ? SIDE_WAITS : SIDE_ABOVE;
    return place > holding->last && !to_end ? SIDE_BELOW : SIDE_WAITS;
}

static void
put_rows(struct holding *holding, const struct item *item)
{
    for (size_t i = 0; i < item->rows; i++)
        holding->rows[holding->rows_len++] = holding->now->rows[item->row + i];
}

static void
put_side(struct holding *holding, enum side side)
{
    for (size_t i = 0; i < holding->fresh.len; i++) {
        const struct item *item = &holding->fresh.items[i];
        bool elsewhere = holding->now->rows[item->row].marks & ROW_ELSEWHERE;
        if (item->taken || elsewhere || side_of(holding, i) != side)
            continue;
        if (side != SIDE_WAITS) {
            put_rows(holding, item);
        } else if (holding->result.waiting++ == 0) {
            (void)snprintf(holding->result.first, ITEM_ID_SIZE, "%s", item->id); /* as cursors do */
        }
    }
}

static void
put_held(struct holding *holding)
{
    const struct table *shown = holding->shown;
    for (size_t i = 0; i < holding->held.len; i++) {
        const struct item *item = &holding->held.items[i];
        size_t place = find(&holding->fresh, item->id);
        if (place != SIZE_MAX) {
            put_rows(holding, &holding->fresh.items[place]);
            continue;
        }
        for (size_t row = item->row; row < item->row + item->rows; row++)
            if (shown->rows[row].line || holding->now->columns_len)
                holding->rows[holding->rows_len++] =
                    copy_row(shown, &shown->rows[row], holding->now);
    }
}

struct hold
table_hold(struct table *now, const struct table *shown, size_t from, size_t to)
{
    struct arena *arena = now->arena;
    struct holding holding = {.now = now, .shown = shown};
    if (from >= to || !list_items(now, now->head_rows, now->rows_len, arena, &holding.fresh) ||
        !list_items(shown, shown->head_rows, shown->rows_len, arena, &holding.known) ||
        !list_items(shown, from, to, arena, &holding.held))
        return holding.result;

    size_t *places = arena_new_array(arena, holding.held.len, size_t);
    holding.known_from = find(&holding.known, holding.held.items[0].id);
    for (size_t i = 0; i < holding.held.len; i++) {
        /* An item half on screen has all its rows there. */
        holding.held.items[i] = holding.known.items[holding.known_from + i];
        places[i] = find(&holding.fresh, holding.held.items[i].id);
        if (places[i] == SIZE_MAX)
            continue;
        holding.fresh.items[places[i]].taken = true;
        if (now->rows[holding.fresh.items[places[i]].row].marks & ROW_ELSEWHERE)
            places[i] =
                SIZE_MAX; /* it stands behind the others only because it was read after them */
    }
    find_anchors(places, holding.held.len, arena, &holding.first, &holding.last);

    size_t most = now->rows_len;
    for (size_t i = 0; i < holding.held.len; i++)
        most += holding.held.items[i].rows;
    holding.rows = arena_new_array(arena, most, struct row);
    if (now->head_rows)
        memcpy(holding.rows, now->rows, now->head_rows * sizeof *now->rows);
    holding.rows_len = now->head_rows;
    put_side(&holding, SIDE_ABOVE);
    put_held(&holding);
    put_side(&holding, SIDE_BELOW);
    put_side(&holding, SIDE_WAITS);
    now->rows = holding.rows;
    now->rows_len = now->rows_cap = holding.rows_len;
    return holding.result;
}

/* ---- what changed ---- */

static bool
cell_differs(const struct cell *a, const struct cell *b)
{
    if (a->spans_len != b->spans_len)
        return true;
    for (size_t i = 0; i < a->spans_len; i++)
        if (!(a->spans[i].ages && b->spans[i].ages) &&
            (a->spans[i].role != b->spans[i].role ||
             strcmp(a->spans[i].text, b->spans[i].text) != 0))
            return true;
    return false;
}

static bool
row_differs(const struct row *a, const struct row *b)
{
    if (a->line != b->line || a->cells_len != b->cells_len)
        return false; /* drawn in another form: nothing can be said */
    for (size_t i = 0; i < a->cells_len; i++)
        if (cell_differs(&a->cells[i], &b->cells[i]))
            return true;
    return false;
}

bool
item_differs(const struct table *before, size_t was, const struct table *now, size_t is)
{
    const char *id = now->rows[is].id;
    for (; is < now->rows_len && same_id(now->rows[is].id, id); was++, is++)
        if (was == before->rows_len || !same_id(before->rows[was].id, id) ||
            row_differs(&before->rows[was], &now->rows[is]))
            return true;
    return was < before->rows_len && same_id(before->rows[was].id, id);
}

size_t
table_differences(const struct table *now, const struct table *shown)
{
    size_t differences = 0, unknown = 0, at = shown->head_rows;
    for (size_t row = now->head_rows; row < now->rows_len; row++) {
        const char *id = now->rows[row].id;
        if (!*id || (row > now->head_rows && same_id(now->rows[row - 1].id, id)))
            continue;
        /* Mostly they stand in the same order: the search goes on from the last one found. */
        size_t tried = 0, len = shown->rows_len;
        while (tried < len && !same_id(shown->rows[(at + tried) % len].id, id))
            tried++;
        if (tried == len) {
            unknown++;
            continue;
        }
        at = (at + tried) % len;
        differences += unknown + item_differs(shown, at, now, row);
        unknown = 0;
    }
    return differences + (shown->more_below ? 0 : unknown); /* the window may only reach further */
}
