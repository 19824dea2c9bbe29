#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "ui/rota.h"

#define COLS_MAX 512

/* One day by its half hours: 46, 48 or 50 of them, as its clocks have it, and those they go over. */
struct hours {
    struct rota *rota;
    struct rota_slot slots[ROTA_SLOTS_MAX];
    size_t len;
    int cols; /* of the whole day */
    int64_t from_ms, to_ms;
};

static int
col_of_slot(const struct hours *hours, size_t slot)
{
    return (int)slot * hours->cols / (int)hours->len;
}

static int
col_of(const struct hours *hours, int64_t at_ms)
{
    if (at_ms >= hours->to_ms)
        return hours->cols;
    for (size_t i = hours->len; i-- > 0;) {
        const struct rota_slot *slot = &hours->slots[i];
        if (slot->missing || at_ms < slot->from_ms)
            continue;
        int from = col_of_slot(hours, i), cols = col_of_slot(hours, i + 1) - from;
        return from + (int)((at_ms - slot->from_ms) * cols / (slot->to_ms - slot->from_ms));
    }
    return 0;
}

/* Hours between labels, so that one of `cols` columns has room in front of the next. */
static int
hours_apart(const struct hours *hours, int cols)
{
    static const int steps[] = {1, 2, 3, 4, 6, 12};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] * 2 * hours->cols / (int)hours->len > cols)
            return steps[i];
    return 24;
}

static void
put_ruler_name(const struct hours *hours, const char *name)
{
    struct rota *rota = hours->rota;
    table_line(rota->table, "");
    if (rota->label_cols)
        table_span(rota->table, ROLE_MUTED,
                   text_cut(rota->table->arena, name, rota->label_cols - 1));
}

static void
put_hatching(struct table *table, int cols)
{
    for (; cols > 0; cols--)
        table_span(table, ROLE_MUTED, "/");
}

/* "00 01a 01b 02", and what the clocks go over hatched. */
static void
put_ruler(const struct hours *hours)
{
    struct rota *rota = hours->rota;
    struct table *table = rota->table;
    int apart = hours_apart(hours, 3), free_col = 0;
    put_ruler_name(hours, rota_city(rota->zone, table->arena));
    for (size_t i = 0; i < hours->len; i++) {
        const struct rota_slot *slot = &hours->slots[i];
        int col = col_of_slot(hours, i);
        if (slot->missing) {
            table_pad_to(table, rota->label_cols + col);
            put_hatching(table, col_of_slot(hours, i + 1) - col);
            free_col = col_of_slot(hours, i + 1);
            continue;
        }
        if (slot->minute || slot->hour % apart || col < free_col)
            continue;
        bool is_now = rota->now_ms >= slot->from_ms && rota->now_ms < slot->from_ms + HOUR_MS;
        table_pad_to(table, rota->label_cols + col);
        table_span_printf(table,
                          slot->repeat ? ROLE_STRONG
                          : is_now     ? ROLE_NOW
                                       : ROLE_TEXT,
                          "%02d%.1s", slot->hour, &slot->repeat);
        free_col = col + (slot->repeat ? 4 : 3);
    }
}

/* The same hours by another clock; where its date changes the day's name. */
static void
put_other_ruler(const struct hours *hours, const struct zone *zone)
{
    struct rota *rota = hours->rota;
    struct table *table = rota->table;
    char clock[MOMENT_SIZE];
    int apart = hours_apart(hours, 3), free_col = 0;
    int day = zone_day_number(zone, hours->from_ms);
    const char *city = rota_city(zone, table->arena);
    put_ruler_name(hours, day == rota->day ? city
                                           : arena_printf(table->arena, "%s %s", city,
                                                          weekday_names[rota_weekday(day)]));
    for (size_t i = 0; i < hours->len; i++) {
        const struct rota_slot *slot = &hours->slots[i];
        int col = col_of_slot(hours, i), there = zone_day_number(zone, slot->from_ms);
        bool next_day = there != day && !slot->missing;
        if (slot->missing || col < free_col || (!next_day && (slot->minute || slot->hour % apart)))
            continue;
        clock_text(zone, slot->from_ms, clock);
        if (strncmp(clock + 2, ":00", 3) == 0)
            memmove(clock + 2, clock + 5, strlen(clock + 5) + 1);
        const char *label = next_day ? weekday_names[rota_weekday(there)] : clock;
        if (col + (int)strlen(label) > hours->cols)
            continue;
        table_pad_to(table, rota->label_cols + col);
        table_span(table, next_day ? ROLE_TEXT : ROLE_MUTED, label);
        free_col = col + (int)strlen(label) + 1;
        day = there;
    }
}

/* ---- lines ---- */

static void
put_hours(void *context, const struct rota_runs *runs)
{
    const struct hours *hours = context;
    struct rota *rota = hours->rota;
    struct table *table = rota->table;
    const struct rota_run *at[COLS_MAX + 1] = {NULL};
    for (int on_top = 0; on_top < 2; on_top++)
        for (size_t i = 0; i < runs->len; i++) {
            const struct rota_run *run = &runs->items[i];
            if (rota_run_is_on_top(run) != on_top || run->end_at <= hours->from_ms ||
                run->start_at >= hours->to_ms)
                continue;
            int first = col_of(hours, run->start_at), last = col_of(hours, run->end_at);
            for (int col = first; col < last || col == first; col++)
                at[col] = run;
        }
    bool missing[COLS_MAX + 1] = {false};
    for (size_t i = 0; i < hours->len; i++)
        for (int col = col_of_slot(hours, i); col < col_of_slot(hours, i + 1); col++)
            missing[col] = hours->slots[i].missing;

    const struct rota_run *before = NULL; /* who had the columns in front of a hatched stretch */
    for (int col = 0, end; col < hours->cols; col = end) {
        const struct rota_run *run = at[col];
        for (end = col + 1; end < hours->cols && missing[end] == missing[col]; end++)
            if (!missing[col] && (!run || !at[end] || !rota_run_looks_like(run, at[end])))
                break;
        if (!run && !missing[col])
            continue;
        table_pad_to(table, rota->label_cols + col);
        if (missing[col]) {
            before = col > 0 ? at[col - 1] : NULL;
            put_hatching(table, end - col);
            continue;
        }
        bool goes_on = col > 0 && missing[col - 1] && before && rota_run_looks_like(before, run);
        bool bar = col > 0 && at[col - 1] && !missing[col - 1] && end - col > 2;
        if (bar)
            table_span(table, ROLE_BORDER, "|");
        if (goes_on)
            rota_put_fill(rota, run, end - col);
        else
            rota_put_run(rota, run, end - col - bar, true);
    }
}

static void
put_now(const struct hours *hours)
{
    struct rota *rota = hours->rota;
    struct table *table = rota->table;
    char clock[MOMENT_SIZE];
    if (rota->now_ms < hours->from_ms || rota->now_ms >= hours->to_ms)
        return;
    int col = rota->label_cols + col_of(hours, rota->now_ms);
    const char *text =
        arena_printf(table->arena, "now %s", clock_text(rota->zone, rota->now_ms, clock));
    table_line(table, "");
    if (col + 2 + (int)strlen(text) <= table->cols - table->mark_cols) {
        table_pad_to(table, col);
        table_span_printf(table, ROLE_NOW, "^ %s", text);
    } else {
        table_pad_to(table, col - (int)strlen(text) - 1);
        table_span_printf(table, ROLE_NOW, "%s ^", text);
    }
    table_changes_at(table, (rota->now_ms / MINUTE_MS + 1) * MINUTE_MS);
}

/* "DST  25 hours: 01:00-02:00 comes twice, a in BST and b in GMT" */
static void
put_clock_change(const struct hours *hours)
{
    struct rota *rota = hours->rota;
    struct table *table = rota->table;
    const struct zone *zone = rota->zone;
    char from[MOMENT_SIZE], to[MOMENT_SIZE];
    int64_t change_ms = zone_next_transition_ms(zone, hours->from_ms - 1);
    if (change_ms >= hours->to_ms)
        return;
    int64_t forward_ms =
        (int64_t)(zone_offset_seconds(zone, change_ms) - zone_offset_seconds(zone, change_ms - 1)) *
        SECOND_MS;
    struct civil civil =
        zone_to_civil(zone_utc(), change_ms + zone_offset_seconds(zone, change_ms) * SECOND_MS);
    int64_t wall_ms = (civil.hour * 60 + civil.minute) * MINUTE_MS;
    int64_t first_ms = forward_ms > 0 ? wall_ms - forward_ms : wall_ms;
    int64_t last_ms = forward_ms > 0 ? wall_ms : wall_ms - forward_ms;
    clock_text(zone_utc(), (first_ms + DAY_MS) % DAY_MS, from);
    clock_text(zone_utc(), last_ms, to);
    table_line(table, "");
    table_span(table, ROLE_STRONG, "DST");
    table_span_printf(table, ROLE_TEXT, "  %s", rota_hours_text(rota, rota->day));
    if (forward_ms > 0)
        table_span_printf(table, ROLE_MUTED, ": %s-%s does not exist, %s then %s", from, to,
                          zone_abbreviation(zone, change_ms - 1),
                          zone_abbreviation(zone, change_ms));
    else
        table_span_printf(table, ROLE_MUTED, ": %s-%s comes twice, a in %s and b in %s", from, to,
                          zone_abbreviation(zone, change_ms - 1),
                          zone_abbreviation(zone, change_ms));
}

void
rota_put_day(struct rota *rota)
{
    struct table *table = rota->table;
    struct hours hours = {.rota = rota,
                          .from_ms = zone_day_at(rota->zone, rota->day),
                          .to_ms = zone_day_at(rota->zone, rota->day + 1)};
    int room = table->cols - table->mark_cols - 1;
    int widest = rota_widest_label(rota);
    int city = rota->other ? text_width_cols(rota_city(rota->other, table->arena)) + 5 : 0;
    widest = city > widest ? city : widest; /* "London Mon" */
    rota->label_cols = room < 50 ? 0 : widest < room / 4 ? widest : room / 4;
    hours.cols = room - rota->label_cols < COLS_MAX ? room - rota->label_cols : COLS_MAX;
    hours.len = rota_slots(rota->zone, rota->day, hours.slots);
    if (hours.len == 0) /* the zone went over the whole day */
        return;
    /* All hours alike, where there is room: a ruler is read by its even steps. */
    if (hours.cols >= (int)hours.len)
        hours.cols -= hours.cols % ((int)hours.len / 2);
    put_ruler(&hours);
    if (rota->other && (rota->both || rota->state->rulers != RULERS_ONE))
        put_other_ruler(&hours, rota->other);
    put_clock_change(&hours);
    table->head_rows = table->rows_len;
    rota_put_lanes(rota, hours.from_ms, hours.to_ms, put_hours, &hours);
    put_now(&hours);
    if (rota->view->rows - (int)table->rows_len < 4)
        return;
    table_line(table, "");
    if (rota->day == rota->today && rota_put_handovers(rota))
        table_line(table, "");
    rota_put_agenda(rota, rota->day, 1);
}
