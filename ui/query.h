#pragma once

/*
 * What the user asked of a pane's list: the filter in force and the order. A filter depends on the time (age<2h, today), so
 * it is read again before each load; a mistake leaves the one in force alone.
 */

#include "model/filter.h"
#include "model/sort.h"
#include "store/window.h"

struct query {
    enum window_rows rows;
    char text[FILTER_MAX_BYTES]; /* "" = everything */
    const struct filter *filter; /* NULL = everything, or text no longer reads */
    const struct sort *sort;     /* NULL: the rows have no order to choose */
    struct filter_error problem; /* message "" unless a remembered text no longer reads */
    struct window_count count;   /* what the filter found when the pane was last read */
    bool counted;                /* since it was set */
    bool is_new;                 /* since rows were built: what is gone was sent away by the user */
    struct arena arena;          /* of filter */
    struct arena names;          /* of context */
    struct filter_context context;
    bool has_context;
};

void query_init(struct query *query, enum window_rows rows);
void query_finish(struct query *query);

bool query_is_filtered(const struct query *query);
/* The pane's first order is not worth a word. */
bool query_is_sorted(const struct query *query);

/* By a sort's name; "", and one that is gone, is the rows' first. */
void query_order(struct query *query, const char *name);

/* False, and nothing changed, when text is no filter. Needs its context (reader_filter_context). */
bool query_set_filter(struct query *query, const char *text, int64_t now_ms,
                      struct filter_error *problem);
/* A text of before that no longer reads is kept, with its problem. */
void query_restore(struct query *query, const char *text);
/* Before a load: what depends on the time. */
void query_reread(struct query *query, int64_t now_ms);
/* Behind a load, in its transaction: how many rows match, of alerts and follow-ups. */
MUST_CHECK bool query_count(struct query *query, struct store *store, struct error *err);
