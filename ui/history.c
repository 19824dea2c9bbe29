#include "ui/history.h"

#include <stdio.h>

#define WIDE_DAY_COLS                                                                              \
    3 /* with the day of the month below each bar, else with its weekday's letter */
#define NARROW_DAY_COLS 2
#define BAR_LEVELS 4

static void
begin_line(struct table *table)
{
    table_line(table, arena_printf(table->arena, "%zu", table->rows_len));
}

/* Rich: as high as its share of the worst day, of four dots. Ascii: the number itself. */
static const char *
bar_text(const struct history *history, int count, enum glyph_set glyphs, struct arena *arena)
{
    static const char *const bars[BAR_LEVELS] = {"\xe2\xa3\x80", "\xe2\xa3\xa4", "\xe2\xa3\xb6",
                                                 "\xe2\xa3\xbf"};
    if (!count)
        return ".";
    if (glyphs == GLYPHS_ASCII)
        return count > 9 ? "+" : arena_printf(arena, "%d", count);
    int most = history->most > BAR_LEVELS ? history->most : BAR_LEVELS;
    return bars[(count * BAR_LEVELS + most - 1) / most - 1];
}

void
history_put(struct table *table, const struct detail_history *spells,
            const struct view_settings *settings, int64_t now_ms)
{
    struct history history = history_of(spells, settings->zone, now_ms);
    bool wide = table->cols - table->mark_cols > HISTORY_DAYS * WIDE_DAY_COLS;
    int step = wide ? WIDE_DAY_COLS : NARROW_DAY_COLS;
    char moment[MOMENT_SIZE];

    begin_line(table);
    for (int i = 0; i < HISTORY_DAYS; i++) {
        const char *bar = bar_text(&history, history.days[i].count, settings->glyphs, table->arena);
        enum role role = !history.days[i].count  ? ROLE_MUTED
                         : i + 1 == HISTORY_DAYS ? ROLE_STATE_FIRING
                                                 : ROLE_STRONG;
        table_pad_to(table, i * step);
        table_put(table, role, bar);
        if (wide)
            table_put(table, role, bar);
    }
    begin_line(table);
    for (int i = 0; i < HISTORY_DAYS; i++) {
        struct civil day = zone_to_civil(settings->zone, history.days[i].begins_at);
        table_pad_to(table, i * step);
        if (wide)
            table_span_printf(table, ROLE_LABEL, "%2d", day.day);
        else
            table_span_printf(table, ROLE_LABEL, "%c", weekday_names[day.weekday][0]);
    }
    if (history.failing_since) {
        begin_line(table);
        table_span_printf(table, ROLE_STRONG, "failing since %s",
                          moment_text(settings->zone, history.failing_since, now_ms, moment));
    }
    begin_line(table);
    table_span_printf(table, ROLE_MUTED, "%d alert%s, firing on %d of %d days", history.total,
                      history.total == 1 ? "" : "s", history.failing_days, HISTORY_DAYS);
    /* Tomorrow the bars move on. */
    table_changes_at(table,
                     zone_add_days(settings->zone, zone_day_start(settings->zone, now_ms), 1));
}
