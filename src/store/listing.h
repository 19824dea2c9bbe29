#pragma once

/*
 * Which rows of a kind a filter and a sort show around an item, by keyset: first only their keys, so that one statement per
 * pane turns keys into rows. A place in a sort is the values of its keys; the rows behind it are read by one statement for each
 * key that may differ ("the same rank and later", "a later rank"), each an index's range, and only as many as are needed.
 */

#include "store/filter_sql.h"
#include "store/window.h"

struct listing {
    enum kind kind;
    const char *base; /* what all its rows meet, a condition on table t; "" = nothing */
    /*
     * Rows that another one stands for are left out as they are met, in the order of the list: asked of each with its key and
     * `columns`, expressions on table t. NULL = all are listed.
     */
    const char *columns;
    bool (*lists)(void *context, const struct filter_plan *plan, const struct sort *sort,
                  sqlite3_stmt *row, bool *listed, struct error *err);
    void *context;
};

struct listing_rows {
    void *items; /* the table's struct; in the arena */
    size_t len;
    bool more_above, more_below;
};

/*
 * The rows around the request's item, each read by `row` (:key to the table's struct). `place` of the request is that of
 * the first part's numbers; it counts only when the item is gone. On the console's first frame, where preparing costs more
 * than running: from the top it is one small statement a part of the sort, and `row`.
 */
MUST_CHECK bool listing_window(struct store *store, const struct listing *listing,
                               const struct window_request *request, enum sql row,
                               const struct field_table *table, struct arena *arena,
                               struct listing_rows *rows, struct error *err);

/* How many rows match, at most `most`. */
MUST_CHECK bool listing_count(struct store *store, const struct listing *listing,
                              const struct filter *filter, int64_t most, int64_t *count,
                              struct error *err);

/* The json of all rows in the sort's order, at most `limit` (0 = all). emit returning false stops without error. */
MUST_CHECK bool listing_each(struct store *store, const struct listing *listing,
                             const struct filter *filter, const struct sort *sort, int64_t limit,
                             bool (*emit)(void *context, const char *json), void *context,
                             struct error *err);

/* The order of the sort's part: " order by t.feed_rank, t.feed_at desc, t.id". */
void listing_order(struct str *sql, const struct sort *sort, size_t part);
