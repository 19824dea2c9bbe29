#include "ui/columns.h"

#include "base/text.h"

#define GAP_MORE_COLS 2

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

/* Columns leave until the title has room, and the most important of them come back where there is still some. */
static int
make_room(const struct list_column *all, size_t len, int *widths, int used, int most)
{
    int whole[LIST_COLUMNS_MAX], most_leaves = 0;
    for (size_t i = 0; i < len; i++) {
        whole[i] = widths[i];
        most_leaves = all[i].leaves > most_leaves ? all[i].leaves : most_leaves;
    }
    for (int leaves = 1; leaves <= most_leaves && used > most; leaves++)
        for (size_t i = 0; i < len; i++)
            if (all[i].leaves == leaves && widths[i]) {
                used -= widths[i] + all[i].column.gap;
                widths[i] = 0;
            }
    for (int leaves = most_leaves; leaves > 0; leaves--)
        for (size_t i = 0; i < len; i++)
            if (all[i].leaves == leaves && !widths[i] && whole[i] &&
                used + whole[i] + all[i].column.gap <= most) {
                used += whole[i] + all[i].column.gap;
                widths[i] = whole[i];
            }
    return used;
}

/* Wider than its texts the title only tears its row apart: the columns keep near it, a little looser. */
static void
gather(struct column *shown, size_t len, size_t title, int room, int texts)
{
    int spare = room - texts, gap = len > 2 ? spare / (int)(len - 2) : 0;
    if (spare <= 0)
        return;
    shown[title].cols = texts;
    for (size_t i = title + 1; i < len && gap > 0; i++)
        shown[i].gap += gap < GAP_MORE_COLS ? gap : GAP_MORE_COLS;
}

size_t
columns_choose(const struct list_column *all, size_t len, const int *widest, int cols,
               int title_min, int title_enough, struct column out[LIST_COLUMNS_MAX],
               size_t which[LIST_COLUMNS_MAX])
{
    int widths[LIST_COLUMNS_MAX];
    int used = TABLE_MARK_COLS + 1; /* the mark and the last blank */
    for (size_t i = 0; i < len; i++) {
        widths[i] = all[i].column.cols       ? all[i].column.cols
                    : is_title(&all[i])      ? 0
                    : widest[i] < all[i].cap ? widest[i]
                                             : all[i].cap;
        if (widths[i] || is_title(&all[i]))
            used += widths[i] + all[i].column.gap;
    }
    used = make_room(all, len, widths, used, cols - title_min);
    /* Room to spare: names in full. */
    int spare = cols - used - title_enough;
    for (size_t i = 0; i < len && spare > 0; i++) {
        int missing = all[i].cap && widths[i] ? widest[i] - widths[i] : 0;
        missing = missing < spare ? missing : spare;
        widths[i] += missing > 0 ? missing : 0;
        used += missing > 0 ? missing : 0;
        spare -= missing > 0 ? missing : 0;
    }
    size_t shown = 0, title = 0;
    for (size_t i = 0; i < len; i++) {
        if (!widths[i] && !is_title(&all[i]))
            continue;
        title = is_title(&all[i]) ? shown : title;
        out[shown] = all[i].column;
        out[shown].cols = widths[i];
        which[shown++] = i;
    }
    int texts = widest[which[title]];
    gather(out, shown, title, cols - used, texts > title_enough ? texts : title_enough);
    return shown;
}
