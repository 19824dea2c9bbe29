#pragma once

/*
 * Rows of tables in words, for whoever reads lines instead of a screen: letters become what they stand for, columns become
 * commas, ages are written out. The tables are the views' own.
 */

#include "ui/table.h"

enum plain_detail {
    PLAIN_WHOLE,
    PLAIN_LASTING, /* without what only the passing of time changes: two of them differ when the item did */
};

/* All rows of the item that begins at `row`, as one line. *rows = how many they are. */
const char *plain_item(const struct table *table, size_t row, enum plain_detail how,
                       struct arena *arena, size_t *rows);

/* "13" of the pane's border, as one line. */
const char *plain_title(const struct table *table, struct arena *arena);

/* "27d late" is "27 days late". */
const char *plain_ages(const char *text, struct arena *arena);
