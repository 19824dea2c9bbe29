#pragma once

/* What divides the backlog: by whose, by incident, by when it is due, by how old it is. */

#include "model/sort.h"
#include "ui/view.h"

/* Where the parts of time end, seen from now. */
struct follow_up_grouping follow_up_grouping(enum follow_up_by by, const struct zone *zone,
                                             int64_t now_ms);

/* The order in which each group's rows stand together. */
const struct sort *follow_up_grouping_sort(enum follow_up_by by);

/* "Ben Osei  3 (1 late)" in front of the row, where its group is another than that of the row before (NULL = none). */
void follow_up_put_head(const struct view *view, const struct follow_up_window *window,
                        const struct follow_up_row *before, const struct follow_up_row *row,
                        struct table *table);
