#include <string.h>

#include "store/held.h"
#include "store/listing.h"

#define FIELD_OWNER struct feed_row
static const struct field feed_row_rows[] = {FEED_ROW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table feed_row_table = FIELD_TABLE(feed_row, SIZE_MAX);

static const struct listing alerts = {KIND_ALERT, ""};

static bool
read_times(struct store *store, struct feed_row *row, struct error *err)
{
    struct statement *statement;
    bool found;
    if (!store_statement(store, SQL_FEED_TIMES, &statement, err))
        return false;
    bind_integer(statement, "key", row->key);
    if (!statement_step(statement, &found, err))
        return false;
    row->times_in_day = row_integer(statement, 0);
    statement_reset(statement);
    return true;
}

bool
window_feed(struct store *store, const struct window_request *request, struct arena *arena,
            struct feed_window *window, struct error *err)
{
    struct listing_rows rows;
    bool ok =
        listing_window(store, &alerts, request, SQL_FEED_ROW, &feed_row_table, arena, &rows, err);
    for (size_t i = 0; ok && !request->brief && i < rows.len; i++)
        ok = read_times(store, (struct feed_row *)rows.items + i, err);
    *window = (struct feed_window){.rows = rows.items,
                                   .rows_len = rows.len,
                                   .more_above = rows.more_above,
                                   .more_below = rows.more_below};
    return ok;
}

static bool
is_in_window(const struct feed_window *window, const char *id)
{
    for (size_t i = 0; i < window->rows_len; i++)
        if (strcmp(window->rows[i].id, id) == 0)
            return true;
    return false;
}

/* The row of an alert as it is now, if there is one. */
static bool
read_alert(struct store *store, const char *id, struct arena *arena, struct feed_row *alert,
           bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_FEED_KEY, &statement, err))
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, found, err))
        return false;
    if (!*found)
        return true;
    int64_t key = row_integer(statement, 0);
    statement_reset(statement);
    if (!store_statement(store, SQL_FEED_ROW, &statement, err))
        return false;
    bind_integer(statement, "key", key);
    if (!statement_step(statement, found, err))
        return false;
    if (*found)
        row_read(statement, &feed_row_table, arena, alert);
    statement_reset(statement);
    return !*found || read_times(store, alert, err);
}

bool
window_feed_held(struct store *store, const char *const *ids, size_t ids_len, struct arena *arena,
                 struct feed_window *window, struct error *err)
{
    struct feed_row *rows = ids_len ? arena_new_array(arena, ids_len, struct feed_row) : NULL;
    bool found;
    for (size_t i = 0; i < ids_len; i++) {
        if (is_in_window(window, ids[i]))
            continue;
        if (!read_alert(store, ids[i], arena, &rows[window->elsewhere_len], &found, err))
            return false;
        window->elsewhere_len += found;
    }
    window->elsewhere = rows;
    return true;
}

bool
window_feed_new(struct store *store, int64_t seen_at, struct arena *arena,
                struct feed_window *window, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_FEED_NEW, &statement, err))
        return false;
    bind_integer(statement, "seen_at", seen_at);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        window->new_id = row_text(statement, arena, 0);
        window->new_len = (size_t)row_integer(statement, 1);
        statement_reset(statement);
    }
    return true;
}

static bool
mark_held(struct store *store, int64_t now_ms, struct arena *arena, const struct feed_row **rows,
          size_t len, struct error *err)
{
    const char *name;
    int64_t until_ms;
    struct feed_row *marked = arena_new_array(arena, len ? len : 1, struct feed_row);
    for (size_t i = 0; i < len; i++) {
        marked[i] = (*rows)[i];
        if (strcmp(marked[i].status, "firing") != 0)
            continue;
        if (!held_by(store, marked[i].id, now_ms, arena, &name, &until_ms, err))
            return false;
        marked[i].is_held = *name;
    }
    *rows = marked;
    return true;
}

bool
window_feed_maintenance(struct store *store, int64_t now_ms, struct arena *arena,
                        struct feed_window *window, struct error *err)
{
    bool any;
    if (!held_any(store, now_ms, &any, err))
        return false;
    return !any ||
           (mark_held(store, now_ms, arena, &window->rows, window->rows_len, err) &&
            mark_held(store, now_ms, arena, &window->elsewhere, window->elsewhere_len, err));
}
