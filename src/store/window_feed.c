#include "store/keyset.h"

/* Behind every row there can be. */
#define RANK_END 1000

#define FIELD_OWNER struct feed_row
static const struct field feed_row_rows[] = {FEED_ROW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table feed_row_table = FIELD_TABLE(feed_row, SIZE_MAX);

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
    struct keyset_rows rows;
    bool ok = keyset_read(store, &feed, request, &feed_row_table, arena, &rows, err);
    *window = (struct feed_window){rows.items, rows.len, rows.more_above, rows.more_below};
    return ok;
}
