#include "base/str.h"
#include "base/text.h"
#include "ui/rota.h"

#define MINE_MAX 5
#define WHEN_COLS 8 /* "in 13d" */
#define LENGTH_COLS 8
#define PHONE_COLS 60 /* below it two lines a shift */

/* "Thu 26 Mar 18:00 - Sat 28 Mar 09:00" */
static const char *
times_text(const struct rota *rota, const struct rota_mine *mine)
{
    struct arena *arena = rota->table->arena;
    int first = zone_day_number(rota->zone, mine->start_at);
    int last = zone_day_number(rota->zone, mine->end_at - 1);
    char start[MOMENT_SIZE], end[MOMENT_SIZE];
    clock_text(rota->zone, mine->start_at, start);
    clock_text(rota->zone, mine->end_at, end);
    if (first == last)
        return arena_printf(arena, "%s %s-%s", rota_date_text(first, arena), start, end);
    return arena_printf(arena, "%s %s - %s %s", rota_date_text(first, arena), start,
                        rota_date_text(last, arena), end);
}

/* When it begins where the schedule is, if that is another date, or both clocks are asked for; "" = no need. */
static const char *
there_text(const struct rota *rota, const struct rota_mine *mine)
{
    struct arena *arena = rota->table->arena;
    const struct zone *zone;
    struct error unknown; /* a zone this machine does not have: its dates cannot be told */
    char start[MOMENT_SIZE];
    if (!zone_open(mine->timezone, &zone, &unknown) ||
        zone_offset_seconds(zone, mine->start_at) ==
            zone_offset_seconds(rota->zone, mine->start_at))
        return "";
    int day = zone_day_number(zone, mine->start_at);
    if (day == zone_day_number(rota->zone, mine->start_at) && !rota->both)
        return "";
    return arena_printf(arena, "  %s %s %s", rota_city(zone, arena), rota_date_text(day, arena),
                        clock_text(zone, mine->start_at, start));
}

static void
put_shift(struct rota *rota, const struct rota_mine *mine, int times_cols)
{
    struct table *table = rota->table;
    struct arena *arena = table->arena;
    bool is_now = mine->start_at <= rota->now_ms;
    const char *role = *mine->layer_name ? mine->layer_name : mine->rotation_name;
    char age[AGE_SIZE];
    table_line(table, mine->id);
    if (is_now)
        table_span(table, ROLE_NOW, "now");
    else
        table_span_printf(table, ROLE_AGE, "in %s", age_text(mine->start_at - rota->now_ms, age));
    table_changes_at(table,
                     is_now ? mine->end_at : rota->now_ms + MINUTE_MS - rota->now_ms % MINUTE_MS);
    table_pad_to(table, WHEN_COLS);
    table_span(table, ROLE_STRONG, times_text(rota, mine));
    if (table->cols < PHONE_COLS) {
        table_line(table, mine->id);
        table_pad_to(table, WHEN_COLS);
    } else {
        table_pad_to(table, WHEN_COLS + times_cols);
        table_span_printf(table, ROLE_AGE, "%*s  ", LENGTH_COLS,
                          view_length(mine->end_at - mine->start_at, arena));
    }
    table_span(table, ROLE_TEXT, text_clean(arena, mine->schedule_name, 128));
    if (*role)
        table_span_printf(table, ROLE_MUTED, "  %s", text_clean(arena, role, 128));
    table_span(table, ROLE_MUTED, there_text(rota, mine));
}

void
rota_put_mine(struct rota *rota)
{
    const struct rota_window *window = rota->window;
    int times_cols = 0;
    if (text_is_empty(rota->view->settings->me)) {
        table_empty(rota->table, ROLE_MUTED,
                    "Who are you? With `me` in the profile, your next shifts stand here.");
        return;
    }
    if (window->mine_len == 0) {
        table_empty(rota->table, ROLE_MUTED, "No shift of yours is known.");
        return;
    }
    for (size_t i = 0; i < window->mine_len && i < MINE_MAX; i++) {
        int cols = text_width_cols(times_text(rota, &window->mine[i]));
        times_cols = cols > times_cols ? cols : times_cols;
    }
    for (size_t i = 0; i < window->mine_len && i < MINE_MAX; i++)
        put_shift(rota, &window->mine[i], times_cols);
}
