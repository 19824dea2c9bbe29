#include "store/keyset.h"
#include "store/listing.h"

/* Behind every row there can be. */
#define RANK_END 1000

#define FIELD_OWNER struct feed_row
static const struct field feed_row_rows[] = {FEED_ROW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table feed_row_table = FIELD_TABLE(feed_row, SIZE_MAX);

static const struct listing alerts = {KIND_ALERT, ""};

static bool
read_listing(struct store *store, const struct window_request *request, struct arena *arena,
             struct feed_window *window, struct error *err)
{
    struct statement *statement;
    struct listing_keys keys;
    struct feed_row *rows;
    *window = (struct feed_window){0};
    if (!listing_read(store, &alerts, request, arena, &keys, err) ||
        !store_statement(store, SQL_FEED_ROWS, &statement, err))
        return false;
    bind_text(statement, "keys", listing_keys_text(&keys, arena));
    if (!statement_read_all(statement, &feed_row_table, arena, 0, &rows, &window->rows_len, err))
        return false;
    window->rows = rows;
    window->more_above = keys.more_above;
    window->more_below = keys.more_below;
    return true;
}

bool
window_feed(struct store *store, const struct window_request *request, struct arena *arena,
            struct feed_window *window, struct error *err)
{
    static const struct keyset feed = {.first = SQL_FEED_FIRST,
                                       .place = SQL_FEED_PLACE,
                                       .before = SQL_FEED_BEFORE,
                                       .after = SQL_FEED_AFTER,
                                       .row = SQL_FEED_ROW,
                                       .keys = {"rank", "at"},
                                       .end = {{RANK_END, 0}, ""}};
    if (request->filter || (request->sort && request->sort != sort_default(KIND_ALERT)))
        return read_listing(store, request, arena, window, err);
    struct keyset_rows rows;
    bool ok = keyset_read(store, &feed, request, &feed_row_table, arena, &rows, err);
    *window = (struct feed_window){.rows = rows.items,
                                   .rows_len = rows.len,
                                   .more_above = rows.more_above,
                                   .more_below = rows.more_below};
    return ok;
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
