#pragma once

/*
 * A filter as a condition of a WHERE: columns and tables from the field tables, everything else bound.
 *
 * Of an `and` at the top, what an index can start from in the list's order is left to it (status=firing, created>-2h);
 * all other conditions are tested on the rows as the order's own index brings them, so that no list sorts and a limit
 * ends it. Words that few rows have are the exception (`driver`): the full-text index finds these rows, which are then
 * sorted. Words that many have are looked up once, and the order's index is walked until the limit.
 */

#include <sqlite3.h>

#include "base/str.h"
#include "model/filter.h"
#include "store/store.h"

/* The text of the `and` at the top, or of the whole, that fewest rows have; NULL: none has so few. */
MUST_CHECK bool filter_driver(struct store *store, const struct filter *filter,
                              const struct filter **driver, struct error *err);

/* Appends the condition on table `t`; parameters are numbered from *parameter, which moves behind them. */
void filter_sql(struct str *out, const struct filter *filter, const struct kind_info *info,
                const struct filter *driver, int *parameter);

/* Binds them; `filter` outlives the statement's use. Same numbering, same order: it is the same walk. */
void filter_bind(sqlite3_stmt *handle, const struct filter *filter, const struct kind_info *info,
                 int *parameter);
