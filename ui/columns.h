#pragma once

/* Which columns a list shows and how wide they are: a pure function of the pane's width and of what there is to show. */

#include "ui/table.h"

#define LIST_COLUMNS_MAX 12

/*
 * A column as a list declares it. `column.cols` > 0: that wide. 0 with a cap: as wide as its longest text, up to the cap
 * (nothing to show: not there). 0 without a cap: the title, which takes what is left, but no more than its texts and
 * title_enough: beyond that the columns stand looser.
 */
struct list_column {
    struct column column;
    int cap;
    int leaves; /* when the title gets too short, columns go in this order, and come back in the other; 0 = never */
};

/* Fills `out` with the columns that are shown and `which` with their numbers in `all`; returns how many. */
size_t columns_choose(const struct list_column *all, size_t len, const int *widest, int cols,
                      int title_min, int title_enough, struct column out[LIST_COLUMNS_MAX],
                      size_t which[LIST_COLUMNS_MAX]);

/* For measuring: *widest becomes the width of the text if that is more. */
void columns_widen(int *widest, const char *text);
