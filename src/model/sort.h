#pragma once

/*
 * The orders a list can have: one table for the sort menu, saved views and `list --sort`. A sort has one or two parts, which
 * stand one after the other: what fires, then what is resolved; what has a due time, then what has none. Of equals the
 * smaller id comes first, unless the last key says otherwise, so that every order is total and is walked by keyset.
 */

#include "model/model.h"

enum { SORT_PARTS_MAX = 2, SORT_KEYS_MAX = 4 };

struct sort_key {
    const char *column; /* a column of the kind, or one of store/sort_sql.c's expressions */
    bool descending;
};

struct sort_part {
    const char *column; /* the part's rows have from <= column <= to; NULL = all rows */
    int64_t from, to;
    struct sort_key keys[SORT_KEYS_MAX];
};

struct sort {
    enum kind kind;
    const char *name;  /* "owner" */
    const char *title; /* in a pane's title: "owner" */
    const char *help;
    struct sort_part parts[SORT_PARTS_MAX];
    size_t parts_len;
};

/* The sorts of a kind; the first is the one panes begin with. Every kind with a time has at least newest and oldest. */
const struct sort *sorts_of(enum kind kind, size_t *len);
const struct sort *sort_default(enum kind kind); /* NULL: the kind has no time */
/* By name, or by a beginning that only one of the kind's sorts has; NULL = none. */
const struct sort *sort_find(enum kind kind, const char *name);
