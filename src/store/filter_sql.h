#pragma once

/*
 * A filter as a condition of a WHERE: columns and tables from the field tables, everything else bound.
 *
 * Lists come in the order of an index. Of an `and` at the top, what an index can start from in that order is left to it
 * (status=firing, created>-2h); all other conditions are tested on the rows as the order's own index brings them, so that
 * no list sorts and a limit ends it. Few matches among many rows are the exception. Most conditions can hold only where
 * certain words stand (a text itself; env=sandbox, for an attribute's values are in the full text): where few rows have
 * these words, the full-text index finds these rows, which are then tested and sorted; so do few rows of which all that is
 * said about attributes holds (filter_values.c).
 */

#include <sqlite3.h>

#include "base/str.h"
#include "model/filter.h"
#include "store/words.h"

struct filter_plan {
    const struct filter *filter; /* NULL = everything; outlives the plan */
    const struct kind_info *info;
    const char
        *order; /* the column by which the list's index brings the rows; the caller's to set */
    const struct store *store;
    /* What all matches are among: their words say so, their attributes do. NULL: nothing is known, or too many. */
    const struct words_set *words, *values;
    const struct words_set *driver; /* one of the two, with few rows: these are tested and sorted */
    bool by_number; /* attributes are asked by the numbers of their values (filter_values.c) */
};

/* Rows that may be sorted rather than met in order. */
#define FILTER_DRIVER_ROWS_MAX 2000

/* Looks up the words. The order is the kind's own (by time). The plan is good until the next one is made. */
MUST_CHECK bool filter_plan_make(struct filter_plan *plan, struct store *store,
                                 const struct filter *filter, const struct kind_info *info,
                                 struct error *err);

/*
 * What stands behind "from" (the table as `t`, and in front of it the rows that drive it), and the condition. Parameters
 * are numbered from *parameter, which moves behind them. The two that bind are the same walks.
 */
void filter_from(struct str *out, const struct filter_plan *plan, int *parameter);
void filter_sql(struct str *out, const struct filter_plan *plan, int *parameter);
void filter_bind_from(sqlite3_stmt *handle, const struct filter_plan *plan, int *parameter);
void filter_bind(sqlite3_stmt *handle, const struct filter_plan *plan, int *parameter);

/* Does the filter ask for another status of alerts than `resolved`, or than all others? */
bool filter_excludes(const struct filter *filter, bool resolved);

/*
 * What the full text of every match has, in the index's language; false: nothing is known. `with_values`: also what its
 * conditions on columns and attributes say. *is_exact: and what has it is a match.
 */
bool filter_words(const struct filter *filter, const struct kind_info *info, bool with_values,
                  struct str *words, bool *is_exact);
