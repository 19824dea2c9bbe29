#include "ui/columns.h"

#include "base/text.h"

void
columns_widen(int *widest, const char *text)
{
    int cols = text_width_cols(text);
    *widest = cols > *widest ? cols : *widest;
}

static bool
is_title(const struct list_column *column)
{
    return column->column.cols == 0 && column->cap == 0;
}

size_t
columns_choose(const struct list_column *all, size_t len, const int *widest, int cols,
               int title_min, int title_enough, struct column out[LIST_COLUMNS_MAX],
               size_t which[LIST_COLUMNS_MAX])
{
    int widths[LIST_COLUMNS_MAX];
    int most_leaves = 0, used = TABLE_MARK_COLS + 1; /* the mark and the last blank */
    for (size_t i = 0; i < len; i++) {
        widths[i] = all[i].column.cols       ? all[i].column.cols
                    : widest[i] < all[i].cap ? widest[i]
                                             : all[i].cap;
        if (widths[i] || is_title(&all[i]))
            used += widths[i] + all[i].column.gap;
        most_leaves = all[i].leaves > most_leaves ? all[i].leaves : most_leaves;
    }
    for (int leaves = 1; leaves <= most_leaves && cols - used < title_min; leaves++)
        for (size_t i = 0; i < len; i++)
            if (all[i].leaves == leaves && widths[i]) {
                used -= widths[i] + all[i].column.gap;
                widths[i] = 0;
            }
    /* Room to spare: names in full. */
    int spare = cols - used - title_enough;
    for (size_t i = 0; i < len && spare > 0; i++) {
        int missing = all[i].cap && widths[i] ? widest[i] - widths[i] : 0;
        missing = missing < spare ? missing : spare;
        widths[i] += missing > 0 ? missing : 0;
        spare -= missing > 0 ? missing : 0;
    }
    size_t shown = 0;
    for (size_t i = 0; i < len; i++) {
        if (!widths[i] && !is_title(&all[i]))
            continue;
        out[shown] = all[i].column;
        out[shown].cols = widths[i];
        which[shown++] = i;
    }
    return shown;
}
