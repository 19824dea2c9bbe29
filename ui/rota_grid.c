#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "ui/rota.h"

#define DAY_COLS 7         /* "Mon 23" and a blank */
#define LABELS_MIN_COLS 50 /* below it, lines go without */
#define AGENDA_MIN_ROWS 12 /* zoomed, and from so many on, the days are told in words as well */

/* ---- the ruler ---- */

/* Widens [*first, *last) to the local hours of a shift. False when it goes past midnight. */
static bool
widen_hours(const struct zone *zone, const struct schedule_entry *entry, int *first, int *last)
{
    struct civil start = zone_to_civil(zone, entry->start_at);
    struct civil end = zone_to_civil(zone, entry->end_at - 1);
    if (start.day != end.day || entry->end_at - entry->start_at > DAY_MS)
        return false;
    if (start.hour < *first)
        *first = start.hour;
    if (end.hour + 1 > *last)
        *last = end.hour + 1;
    return true;
}

/* A rota of working hours is drawn by those hours alone, which makes them three times as wide. */
static void
find_hours(const struct rota *rota, int64_t from_ms, int64_t to_ms, int *first, int *last)
{
    *first = 24;
    *last = 0;
    for (size_t i = 0; i < rota->window->schedules_len; i++) {
        const struct oncall_shifts *shifts = &rota->window->schedules[i].shifts;
        const struct schedule_entry *lists[] = {shifts->final, shifts->scheduled};
        size_t lens[] = {shifts->final_len, shifts->scheduled_len};
        for (size_t list = 0; list < 2; list++)
            for (size_t j = 0; j < lens[list]; j++) {
                const struct schedule_entry *entry = &lists[list][j];
                if (entry->end_at > from_ms && entry->start_at < to_ms &&
                    !widen_hours(rota->zone, entry, first, last)) {
                    *first = 0;
                    *last = 24;
                    return;
                }
            }
    }
    if (*first >= *last || *last - *first > 16) {
        *first = 0;
        *last = 24;
    }
}

static void
lay_days(struct rota_days *days, const struct zone *zone, int first_hour, int last_hour)
{
    for (int i = 0; i < days->len; i++) {
        struct civil from = {.year = 1970, .month = 1, .day = 1 + days->first + i};
        struct civil to = from;
        from.hour = first_hour;
        to.hour = last_hour;
        days->from_ms[i] = zone_from_civil(zone, from);
        days->to_ms[i] = zone_from_civil(zone, to);
    }
}

static enum role
role_of_day(const struct rota *rota, const struct rota_days *days, int day)
{
    /* A month is walked by days: the one looked at is its cursor. */
    if (day == rota->day && (day != rota->today || rota->state->mode == ROTA_MONTH))
        return ROLE_CHOSEN;
    if (day == rota->today)
        return ROLE_NOW;
    if (days->month && rota_month_of(day) != days->month)
        return ROLE_MUTED;
    return rota_weekday(day) > 4 ? ROLE_MUTED : ROLE_TEXT;
}

/* "Mon 23", where the month's name says more "1 Apr", and "DST" on the day of a clock change. */
static void
put_days(struct rota *rota, const struct rota_days *days)
{
    struct table *table = rota->table;
    for (int i = 0; i < days->len; i++) {
        int day = days->first + i;
        struct civil date = rota_date(day);
        bool change = *rota_hours_text(rota, day) != '\0';
        int room = days->cols - 1;
        const char *name = days->month ? arena_printf(table->arena, "%2d", date.day)
                                       : arena_printf(table->arena, "%s %d",
                                                      weekday_names[date.weekday], date.day);
        if (days->month && date.day == 1 && room >= 6)
            name = arena_printf(table->arena, "%2d %s", date.day, month_names[date.month - 1]);
        if ((int)strlen(name) > room - (change ? 3 : 0))
            name = arena_printf(table->arena, "%d", date.day);
        table_pad_to(table, rota->label_cols + i * days->cols);
        table_span(table, role_of_day(rota, days, day), name);
        if (!change || (int)strlen(name) + 3 > room)
            continue;
        if ((int)strlen(name) + 4 <= room)
            table_span(table, ROLE_TEXT, " ");
        table_span(table, ROLE_STRONG, "DST");
    }
}

/* When each drawn day begins, by the clock of a zone. */
static void
put_clocks(struct rota *rota, const struct rota_days *days, const struct zone *zone)
{
    struct table *table = rota->table;
    char clock[MOMENT_SIZE];
    table_line(table, "");
    table_span(table, ROLE_MUTED,
               text_cut(table->arena, rota_city(zone, table->arena), rota->label_cols - 1));
    for (int i = 0; i < days->len; i++) {
        int there = zone_day_number(zone, days->from_ms[i]);
        table_pad_to(table, rota->label_cols + i * days->cols);
        table_span(table, ROLE_MUTED, clock_text(zone, days->from_ms[i], clock));
        if (there != days->first + i && days->cols > DAY_COLS) /* it is another date there */
            table_span_printf(table, ROLE_MUTED, " %s", weekday_names[rota_weekday(there)]);
        else if (there != days->first + i)
            table_span(table, ROLE_MUTED, there < days->first + i ? "-" : "+");
    }
}

/* "^ now 03:12 London / 04:12 you", the caret below this moment. */
static void
put_now(struct rota *rota, const struct rota_days *days)
{
    struct table *table = rota->table;
    const struct zone *viewer = rota->view->settings->zone;
    char here[MOMENT_SIZE], there[MOMENT_SIZE];
    int day = zone_day_number(rota->zone, rota->now_ms) - days->first;
    if (day < 0 || day >= days->len)
        return;
    const char *text =
        arena_printf(table->arena, "now %s", clock_text(rota->zone, rota->now_ms, here));
    if (!text_equals(zone_name(rota->zone), zone_name(viewer)))
        text =
            arena_printf(table->arena, "%s %s / %s you", text, rota_city(rota->zone, table->arena),
                         clock_text(viewer, rota->now_ms, there));
    int64_t from_ms = days->from_ms[day], to_ms = days->to_ms[day];
    int64_t at_ms = rota->now_ms < from_ms ? from_ms : rota->now_ms >= to_ms ? to_ms : rota->now_ms;
    int col = (int)((at_ms - from_ms) * (days->cols - 1) / (to_ms - from_ms));
    col = rota->label_cols + day * days->cols + (col < days->cols - 1 ? col : days->cols - 2);
    int cols = text_width_cols(text);

    table_line(table, "");
    if (col + 2 + cols <= table->cols - table->mark_cols) {
        table_pad_to(table, col);
        table_span_printf(table, ROLE_NOW, "^ %s", text);
    } else {
        table_pad_to(table, col - cols - 1);
        table_span_printf(table, ROLE_NOW, "%s ^", text);
    }
    table_changes_at(table, (rota->now_ms / MINUTE_MS + 1) * MINUTE_MS);
}

/* ---- lines ---- */

int
rota_widest_label(const struct rota *rota)
{
    int widest = 6;
    for (size_t i = 0; i < rota->window->schedules_len; i++)
        for (size_t j = 0; j < rota->window->schedules[i].lanes_len; j++) {
            const struct rota_schedule *schedule = &rota->window->schedules[i];
            int cols = text_width_cols(rota_lane_label(rota, schedule, &schedule->lanes[j], 40));
            widest = cols + 1 > widest ? cols + 1 : widest;
        }
    return rota->layers && widest < 12 ? 12 : widest;
}

void
rota_put_lanes(struct rota *rota, int64_t from_ms, int64_t to_ms, rota_put_line *put, void *context)
{
    struct table *table = rota->table;
    /* A month has a layer's line once a week: there the cursor is the day, not the line. */
    bool are_items = rota->state->mode != ROTA_MONTH;
    bool labelled = rota->label_cols > 0;
    for (size_t i = 0; i < rota->window->schedules_len; i++) {
        const struct rota_schedule *schedule = &rota->window->schedules[i];
        for (size_t j = 0; j < schedule->lanes_len; j++) {
            const struct rota_lane *lane = &schedule->lanes[j];
            struct rota_runs final = rota_runs(rota, schedule, lane, ROTA_FINAL, from_ms, to_ms);
            table_line(table, are_items ? rota_lane_id(schedule, lane, table->arena) : "");
            if (labelled)
                table_span(table, ROLE_TEXT,
                           rota_lane_label(rota, schedule, lane, rota->label_cols - 1));
            put(context, &final);
            if (!rota->layers)
                continue;

            struct rota_runs scheduled =
                rota_runs(rota, schedule, lane, ROTA_SCHEDULED, from_ms, to_ms);
            struct rota_runs overrides =
                rota_runs(rota, schedule, lane, ROTA_OVERRIDES, from_ms, to_ms);
            /* A day tells its layers unasked, where they say more than what came of them. */
            if (rota->state->mode == ROTA_DAY && overrides.len == 0)
                continue;
            table_line(table, "");
            table_span(table, ROLE_LABEL, labelled ? "  scheduled" : "");
            put(context, &scheduled);
            if (overrides.len == 0)
                continue;
            table_line(table, "");
            table_span(table, ROLE_LABEL, labelled ? "  overrides" : "");
            put(context, &overrides);
        }
    }
}

struct cells {
    struct rota *rota;
    const struct rota_days *days;
};

static void
put_cells(void *context, const struct rota_runs *runs)
{
    struct cells *cells = context;
    rota_put_cells(cells->rota, cells->days, runs);
}

/* Labels get what they need as long as a day keeps room for its date; what the days leave is theirs. */
static void
lay_columns(struct rota *rota, struct rota_days *days)
{
    int widest = rota_widest_label(rota);
    int room = rota->table->cols - rota->table->mark_cols;
    int most = room - days->len * DAY_COLS;
    rota->label_cols = room < LABELS_MIN_COLS ? 0 : widest < most ? widest : most < 10 ? 10 : most;
    days->cols = (room - rota->label_cols) / days->len;
    rota->label_cols = rota->label_cols ? room - days->cols * days->len : 0;
    rota->label_cols = rota->label_cols < widest ? rota->label_cols : widest;
}

/* ---- the week or two ---- */

static bool
has_shifts(const struct rota *rota, int64_t from_ms, int64_t to_ms)
{
    for (size_t i = 0; i < rota->window->schedules_len; i++) {
        const struct oncall_shifts *shifts = &rota->window->schedules[i].shifts;
        for (size_t j = 0; j < shifts->final_len; j++)
            if (shifts->final[j].start_at < to_ms && shifts->final[j].end_at > from_ms)
                return true;
    }
    return false;
}

void
rota_put_grid(struct rota *rota, int from, int len)
{
    struct table *table = rota->table;
    struct rota_days days = {.len = len, .first = from};
    struct cells cells = {rota, &days};
    int first_hour, last_hour;
    int64_t from_ms = zone_day_at(rota->zone, from), to_ms = zone_day_at(rota->zone, from + len);
    find_hours(rota, from_ms, to_ms, &first_hour, &last_hour);
    lay_columns(rota, &days);
    lay_days(&days, rota->zone, first_hour, last_hour);

    bool whole_days = last_hour - first_hour == 24;
    table_line(table, "");
    if (!whole_days)
        table_span_printf(table, ROLE_MUTED, "%02d-%02d", first_hour, last_hour);
    else if (rota->both)
        table_span(
            table, ROLE_MUTED,
            text_cut(table->arena, rota_city(rota->zone, table->arena), rota->label_cols - 1));
    put_days(rota, &days);
    if (rota->both && !whole_days)
        put_clocks(rota, &days, rota->zone);
    if (rota->both)
        put_clocks(rota, &days, rota->other);
    table->head_rows = table->rows_len;
    rota_put_lanes(rota, from_ms, to_ms, put_cells, &cells);
    if (!has_shifts(rota, from_ms, to_ms)) {
        table_line(table, "");
        table_pad_to(table, rota->label_cols);
        table_span(table, ROLE_MUTED, "No shifts are known of this time.");
    }
    put_now(rota, &days);

    int64_t since_ms = rota->now_ms > from_ms && rota->now_ms < to_ms ? rota->now_ms : from_ms;
    if ((!rota->view->zoomed && rota->view->size != SIZE_PHONE) ||
        rota->view->rows < AGENDA_MIN_ROWS) {
        rota_put_handovers(rota);
        rota_put_problems(rota, since_ms, to_ms);
        return;
    }
    table_line(table, "");
    if (rota_put_handovers(rota))
        table_line(table, "");
    /* From now, or the day looked at, to the end of what is drawn; of what comes now, a week at least. */
    int first = rota->state->day ? rota->day : zone_day_number(rota->zone, since_ms);
    int rest = from + len - first;
    rota_put_agenda(rota, first, !rota->state->day && rest < 7 ? 7 : rest);
}

/* ---- the month ---- */

/* One line a week, for few rows: the day's number, and who has most of it, as far as there is room. */
static void
put_short_week(struct rota *rota, struct rota_days *week)
{
    struct table *table = rota->table;
    table_line(table, "");
    for (int i = 0; i < week->len; i++) {
        int day = week->first + i, room = week->cols - 4;
        int64_t from_ms = week->from_ms[i], to_ms = week->to_ms[i];
        table_pad_to(table, rota->label_cols + i * week->cols);
        table_span_printf(table, role_of_day(rota, week, day), "%2d", rota_date(day).day);
        for (size_t j = 0; j < rota->window->schedules_len; j++) {
            const struct rota_schedule *schedule = &rota->window->schedules[j];
            for (size_t k = 0; k < schedule->lanes_len && room > 0; k++) {
                struct rota_runs runs =
                    rota_runs(rota, schedule, &schedule->lanes[k], ROTA_FINAL, from_ms, to_ms);
                const struct rota_run *longest = NULL;
                int64_t most = 0;
                for (size_t l = 0; l < runs.len; l++) {
                    const struct rota_run *run = &runs.items[l];
                    int64_t part = (run->end_at < to_ms ? run->end_at : to_ms) -
                                   (run->start_at > from_ms ? run->start_at : from_ms);
                    if (run->kind == RUN_GAP || (part > most && run->kind == RUN_SHIFT)) {
                        longest = run;
                        most = run->kind == RUN_GAP ? INT64_MAX : part;
                    }
                }
                if (!longest)
                    continue;
                table_span(table, ROLE_TEXT, " ");
                rota_put_run(rota, longest, room < 3 ? room : 3, false);
                room -= 4;
            }
        }
    }
}

static void
put_weekdays(struct rota *rota, const struct rota_days *week)
{
    struct table *table = rota->table;
    table_line(table, "");
    for (int i = 0; i < 7; i++) {
        int weekday = rota_weekday(week->first + i);
        table_pad_to(table, rota->label_cols + i * week->cols);
        table_span(table, weekday > 4 ? ROLE_MUTED : ROLE_TEXT, weekday_names[weekday]);
    }
    table->head_rows = table->rows_len;
}

/* How many rows a week has with a line for each layer. */
static int
week_rows(const struct rota *rota)
{
    int rows = 1;
    for (size_t i = 0; i < rota->window->schedules_len; i++)
        rows += (int)rota->window->schedules[i].lanes_len;
    return rows;
}

void
rota_put_month(struct rota *rota)
{
    struct table *table = rota->table;
    int from, days_len = rota_month_days(rota->view->settings, rota->day, &from);
    int weeks = days_len / 7, room = rota->view->rows - 1;
    struct rota_days week = {.len = 7, .first = from, .month = rota_month_of(rota->day)};
    bool in_full = weeks * week_rows(rota) <= room, airy = weeks * (week_rows(rota) + 1) <= room;
    int first = 0; /* of the weeks; those around the day looked at, when not all have room */
    if (!in_full && weeks > room) {
        first = (rota->day - from) / 7 - room / 2;
        first = first < 0 ? 0 : first > weeks - room ? weeks - room : first;
        weeks = first + room;
    }
    rota->layers = false;
    lay_columns(rota, &week);
    if (!in_full) {
        rota->label_cols = 0;
        week.cols = (table->cols - table->mark_cols) / 7;
    }
    put_weekdays(rota, &week);
    for (int i = first; i < weeks; i++) {
        struct cells cells = {rota, &week};
        week.first = from + 7 * i;
        lay_days(&week, rota->zone, 0, 24);
        if (!in_full) {
            put_short_week(rota, &week);
            continue;
        }
        if (airy)
            table_rule(table);
        table_line(table, "");
        put_days(rota, &week);
        rota_put_lanes(rota, week.from_ms[0], week.to_ms[6], put_cells, &cells);
    }
    int rest = rota->view->rows - (int)table->rows_len;
    if (rest >= 4) {
        table_rule(table);
        rota_put_agenda(rota, rota->day, 1);
    }
}
