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
    *place = keyset->end;
    if (request->to_end)
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

static bool
read_keys(struct statement *statement, int64_t *keys, size_t limit, size_t *len, struct error *err)
{
    bool row = true;
    for (*len = 0; *len < limit; keys[(*len)++] = row_integer(statement, 0)) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
    }
    statement_reset(statement);
    return true;
}

static bool
read_rows(struct store *store, enum sql sql, const int64_t *keys, size_t keys_len,
          const struct field_table *table, struct arena *arena, struct keyset_rows *rows,
          struct error *err)
{
    struct statement *statement;
    char *items = arena_alloc_array(arena, keys_len, table->struct_size);
    rows->items = items;
    for (size_t i = 0; i < keys_len; i++) {
        bool row;
        char *item = items + rows->len * table->struct_size;
        if (!store_statement(store, sql, &statement, err))
            return false;
        bind_integer(statement, "key", keys[i]);
        if (!statement_step(statement, &row, err))
            return false;
        if (!row) /* an index that has more than its table: the file is damaged */
            continue;
        object_clear(table, item);
        row_read(statement, table, arena, item);
        statement_reset(statement);
        rows->len++;
    }
    return true;
}

bool
keyset_read(struct store *store, const struct keyset *keyset, const struct window_request *request,
            const struct field_table *table, struct arena *arena, struct keyset_rows *rows,
            struct error *err)
{
    struct statement *statement;
    int64_t moved = 0;
    bool from_top = !request->to_end && text_is_empty(request->id);
    *rows = (struct keyset_rows){0};

    /* One row more than wanted at either end tells whether there is more; the cursor's own comes in between. */
    if (from_top) {
        if (!store_statement(store, keyset->first, &statement, err))
            return false;
        bind_integer(statement, "rows", request->rows + 2);
    } else {
        struct keyset_place place;
        if (!find_place(store, keyset, request, &place, err) ||
            !go_before(store, keyset, &place, request->rows + 1, arena, &moved, err) ||
            !store_statement(store, keyset->after, &statement, err))
            return false;
        bind_place(statement, keyset, &place, moved + request->rows + 2);
    }
    size_t limit = (size_t)moved + (size_t)request->rows + 2, len;
    int64_t *keys = arena_new_array(arena, limit, int64_t);
    if (!read_keys(statement, keys, limit, &len, err))
        return false;

    rows->more_above = moved > request->rows;
    rows->more_below = len == limit;
    size_t first = rows->more_above ? 1 : 0, end = len - (rows->more_below ? 1 : 0);
    return end <= first ||
           read_rows(store, keyset->row, keys + first, end - first, table, arena, rows, err);
}
