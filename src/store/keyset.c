#include "store/keyset.h"

#include "base/str.h"

static void
bind_place(struct statement *statement, const struct keyset *keyset,
           const struct keyset_place *place, int64_t rows)
{
    for (int i = 0; i < 2; i++)
        bind_integer(statement, keyset->keys[i], place->keys[i]);
    bind_text(statement, "id", place->id);
    bind_integer(statement, "rows", rows);
}

/* Where the cursor's item stands now; where it stood, when it is gone. */
static bool
find_place(struct store *store, const struct keyset *keyset, const struct window_request *request,
           struct keyset_place *place, struct error *err)
{
    struct statement *statement;
    bool row;
    *place = request->to_end ? keyset->end : (struct keyset_place){{-1, 0}, ""};
    if (request->to_end || text_is_empty(request->id))
        return true;

    *place = (struct keyset_place){{request->place[0], request->place[1]}, request->id};
    if (!store_statement(store, keyset->place, &statement, err))
        return false;
    bind_text(statement, "id", request->id);
    if (!statement_step(statement, &row, err))
        return false;
    for (int i = 0; row && i < 2; i++)
        place->keys[i] = row_integer(statement, i);
    statement_reset(statement);
    return true;
}

/* Moves the place up by at most `rows` rows. */
static bool
go_before(struct store *store, const struct keyset *keyset, struct keyset_place *place, int rows,
          struct arena *arena, int64_t *moved, struct error *err)
{
    struct statement *statement;
    bool row;
    *moved = 0;
    if (place->keys[0] < 0)
        return true;
    if (!store_statement(store, keyset->before, &statement, err))
        return false;
    bind_place(statement, keyset, place, rows);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        *place = (struct keyset_place){{row_integer(statement, 0), row_integer(statement, 1)},
                                       row_text(statement, arena, 2)};
        *moved = row_integer(statement, 3);
    }
    statement_reset(statement);
    return true;
}

bool
keyset_read(struct store *store, const struct keyset *keyset, const struct window_request *request,
            const struct field_table *table, struct arena *arena, struct keyset_rows *rows,
            struct error *err)
{
    struct statement *statement;
    struct keyset_place place;
    char *items = NULL;
    size_t len = 0;
    int64_t moved;
    *rows = (struct keyset_rows){0};

    /* One row more than wanted at either end tells whether there is more; the cursor's own comes in between. */
    if (!find_place(store, keyset, request, &place, err) ||
        !go_before(store, keyset, &place, request->rows + 1, arena, &moved, err) ||
        !store_statement(store, keyset->after, &statement, err))
        return false;
    size_t limit = (size_t)moved + (size_t)request->rows + 2;
    bind_place(statement, keyset, &place, (int64_t)limit);
    if (!statement_read_all(statement, table, arena, limit, &items, &len, err))
        return false;

    rows->more_above = moved > request->rows;
    rows->more_below = len == limit;
    size_t skipped = rows->more_above && len ? 1 : 0;
    rows->items = len ? items + skipped * table->struct_size : NULL;
    rows->len = len - skipped - (rows->more_below ? 1 : 0);
    return true;
}
