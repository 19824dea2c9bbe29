#include "store/listing.h"

#define FIELD_OWNER struct feed_row
static const struct field feed_row_rows[] = {FEED_ROW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table feed_row_table = FIELD_TABLE(feed_row, SIZE_MAX);

static const struct listing alerts = {KIND_ALERT, ""};

bool
window_feed(struct store *store, const struct window_request *request, struct arena *arena,
            struct feed_window *window, struct error *err)
{
    struct listing_rows rows;
    bool ok =
        listing_window(store, &alerts, request, SQL_FEED_ROW, &feed_row_table, arena, &rows, err);
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
