#include "ui/detail.h"

#include <string.h>

#include "base/text.h"

#define LABEL_MIN_COLS 8
#define LABEL_MAX_COLS 18
#define FACT_MAX_BYTES 1024
#define STRIP_TEXT_COLS                                                                            \
    130 /* a move of the cursor has 400 bytes, of which its two rows take over half */

static const char *
fact_text(const struct detail_fact *fact, const struct view_settings *settings, int64_t now_ms,
          struct arena *arena)
{
    char moment[MOMENT_SIZE];
    if (!fact->at)
        return text_clean(arena, fact->text, FACT_MAX_BYTES);
    return arena_text(arena, moment_text(settings->zone, fact->at, now_ms, moment));
}

/* Lines have no item behind them: the number is their id. */
static const char *
line_id(struct table *table)
{
    return arena_printf(table->arena, "%zu", table->rows_len);
}

static void
put_wrapped(struct table *table, enum role role, int indent, const char *text)
{
    size_t from = table->rows_len;
    table_wrap(table, "", role, indent, text);
    for (size_t i = from; i < table->rows_len; i++)
        table->rows[i].id = arena_printf(table->arena, "%zu", i);
}

/* As wide as the longest label, within reason. */
static int
label_cols(const struct detail *detail, struct arena *arena)
{
    int widest = LABEL_MIN_COLS;
    for (size_t i = 0; i < detail->facts_len; i++) {
        int cols = text_width_cols(text_clean(arena, detail->facts[i].label, 64));
        widest = cols > widest ? cols : widest;
    }
    return widest < LABEL_MAX_COLS ? widest : LABEL_MAX_COLS;
}

static void
put_fact(struct table *table, const struct detail_fact *fact, const struct view_settings *settings,
         int64_t now_ms, int labels)
{
    const char *const *lines;
    char age[AGE_SIZE];
    int cols = table->cols - table->mark_cols - labels - 2;
    size_t len = text_wrap(table->arena, fact_text(fact, settings, now_ms, table->arena),
                           cols > 8 ? cols : 8, &lines);
    for (size_t i = 0; i < len; i++) {
        table_line(table, line_id(table));
        if (i == 0)
            table_span(table, ROLE_LABEL,
                       text_cut(table->arena, text_clean(table->arena, fact->label, 64), labels));
        table_pad_to(table, labels + 1);
        table_span(table, ROLE_TEXT, lines[i]);
        if (fact->at) {
            table_span_printf(table, ROLE_AGE, "  %s ago", age_text(now_ms - fact->at, age));
            table_changes_at(table, now_ms + age_next_change_ms(fact->at, now_ms));
        }
    }
}

void
detail_build(const struct detail *detail, const struct view_settings *settings, int64_t now_ms,
             struct arena *arena, int cols, struct table *table)
{
    table_init(table, arena, cols, NULL, 0);
    if (text_is_empty(detail->id)) {
        table_empty(table, ROLE_MUTED, "Nothing chosen.");
        return;
    }
    put_wrapped(table, ROLE_STRONG, 0, detail->title);
    table_line(table, line_id(table));
    int labels = label_cols(detail, arena);
    for (size_t i = 0; i < detail->facts_len; i++)
        put_fact(table, &detail->facts[i], settings, now_ms, labels);
    for (size_t i = 0; i < detail->blocks_len; i++) {
        table_line(table, line_id(table));
        if (*detail->blocks[i].heading) {
            table_line(table, line_id(table));
            table_span(table, ROLE_LABEL, detail->blocks[i].heading);
        }
        put_wrapped(table, ROLE_TEXT, 0, detail->blocks[i].text);
    }
}

int64_t
detail_draw_strip(const struct detail *detail, const struct view_settings *settings, int64_t now_ms,
                  struct arena *scratch, struct canvas *canvas, struct rect place)
{
    if (text_is_empty(detail->id))
        return INT64_MAX;

    int left = place.col + 1, right = place.col + place.cols - 1;
    int row = place.row;
    const char *title = text_clean(scratch, detail->title, FACT_MAX_BYTES);
    int col = left + canvas_text(canvas, row, left, right - left, title, ROLE_STRONG, 0);

    /* One tone, only facts that fit whole, and no more than a budget: all of it is sent with every move of the cursor. */
    int spent = col - left;
    for (size_t i = 0; i < detail->facts_len; i++) {
        const struct detail_fact *fact = &detail->facts[i];
        const char *text = fact_text(fact, settings, now_ms, scratch);
        if (!*text)
            continue;
        text =
            arena_printf(scratch, "%s %s", text_clean(scratch, fact->label, FACT_MAX_BYTES), text);
        int gap = col > left ? 3 : 0;
        if (spent + text_width_cols(text) > STRIP_TEXT_COLS)
            continue;
        bool fits = col + gap + text_width_cols(text) <= right;
        bool may_begin_line = i == 0 || left + text_width_cols(text) <= right;
        if (!fits && (!may_begin_line || row + 1 == place.row + place.rows))
            continue;
        if (!fits) {
            row++;
            col = left;
            gap = 0;
        }
        col += gap;
        spent += gap + text_width_cols(text);
        col += canvas_text(canvas, row, col, right - col, text, ROLE_TEXT, 0);
    }
    return INT64_MAX;
}
