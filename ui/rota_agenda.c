#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "ui/rota.h"

#define TIME_COLS 22 /* "until Wed 25 Mar 01:30" */
#define WHO_COLS 26  /* "Rohan Mehta for Tunde" */
#define WHERE_COLS 24
#define LENGTH_COLS 8 /* "10h 30m" */
#define PHONE_COLS 60 /* below it two lines an item */
#define PHONE_TIME_COLS 16

/* What the list has one line for. */
struct entry {
    const struct rota_schedule *schedule;
    const struct rota_lane *lane;
    struct rota_run run;
    size_t order; /* of the lanes */
};

static int
compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->run.start_at != y->run.start_at)
        return x->run.start_at < y->run.start_at ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static size_t
collect(struct rota *rota, int64_t from_ms, int64_t to_ms, struct entry **out)
{
    struct arena *arena = rota->table->arena;
    size_t len = 0, cap = 0, order = 0;
    struct entry *entries = NULL;
    for (size_t i = 0; i < rota->window->schedules_len; i++) {
        const struct rota_schedule *schedule = &rota->window->schedules[i];
        for (size_t j = 0; j < schedule->lanes_len; j++, order++) {
            const struct rota_lane *lane = &schedule->lanes[j];
            struct rota_runs runs = rota_runs(rota, schedule, lane, ROTA_FINAL, from_ms, to_ms);
            if (len + runs.len > cap) {
                cap = (len + runs.len) * 2;
                struct entry *grown = arena_new_array(arena, cap, struct entry);
                if (len)
                    memcpy(grown, entries, len * sizeof *grown);
                entries = grown;
            }
            for (size_t k = 0; k < runs.len; k++)
                entries[len++] = (struct entry){schedule, lane, runs.items[k], order};
        }
    }
    if (len)
        qsort(entries, len, sizeof *entries, compare_entries);
    *out = entries;
    return len;
}

static const char *
entry_id(const struct rota *rota, const struct entry *entry)
{
    const struct rota_run *run = &entry->run;
    if (rota->state->mode == ROTA_MONTH) /* its cursor is the day */
        return "";
    if (run->kind == RUN_SHIFT)
        return run->entry->id;
    return arena_printf(rota->table->arena, "%s/%s/%s/%lld", run->kind == RUN_GAP ? "gap" : "2x",
                        entry->schedule->id, run->span->layer_id, (long long)run->start_at);
}

/* "09:00-17:30"; a part of another day is named. */
static const char *
times_text(const struct rota *rota, const struct zone *zone, int64_t start_at, int64_t end_at,
           int day)
{
    struct arena *arena = rota->table->arena;
    char start[MOMENT_SIZE], end[MOMENT_SIZE];
    int first = zone_day_number(zone, start_at), last = zone_day_number(zone, end_at - 1);
    clock_text(zone, start_at, start);
    clock_text(zone, end_at, end);
    /* Midnight belongs to the day it ends. */
    int till_day = zone_day_number(zone, end_at);
    const char *date = rota_month_of(till_day) == rota_month_of(day)
                           ? arena_printf(arena, "%s %d", weekday_names[rota_weekday(till_day)],
                                          rota_date(till_day).day)
                           : rota_date_text(till_day, arena);
    if (rota->table->cols < PHONE_COLS)
        date = weekday_names[rota_weekday(till_day)];
    bool same_day = last == first || (last == day && first < day);
    const char *till = same_day ? end : arena_printf(arena, "%s %s", date, end);
    return first < day ? arena_printf(arena, "until %s", till)
                       : arena_printf(arena, "%s-%s", start, till);
}

/* The same by the other clock, where it has another date, or where both are asked for. */
static const char *
other_times(const struct rota *rota, const struct entry *entry)
{
    struct arena *arena = rota->table->arena;
    const struct zone *viewer = rota->view->settings->zone;
    const struct zone *there = text_equals(zone_name(rota->zone), zone_name(viewer))
                                   ? rota_schedule_zone(rota->view, entry->schedule)
                                   : viewer;
    const struct rota_run *run = &entry->run;
    int first = zone_day_number(there, run->start_at),
        last = zone_day_number(there, run->end_at - 1);
    bool same_dates = first == zone_day_number(rota->zone, run->start_at) &&
                      last == zone_day_number(rota->zone, run->end_at - 1);
    bool same_clock =
        zone_offset_seconds(there, run->start_at) == zone_offset_seconds(rota->zone, run->start_at);
    char start[MOMENT_SIZE], end[MOMENT_SIZE];
    if (same_clock || (same_dates && !rota->both))
        return "";
    clock_text(there, run->start_at, start);
    clock_text(there, run->end_at, end);
    const char *where = there == viewer ? "you" : rota_city(there, arena);
    if (first == last)
        return arena_printf(arena, "%s %s %s-%s", where, rota_date_text(first, arena), start, end);
    return arena_printf(arena, "%s %s %s - %s %s", where, rota_date_text(first, arena), start,
                        rota_date_text(last, arena), end);
}

/* Who, and what there is to say about it. */
static void
put_who(struct rota *rota, const struct entry *entry)
{
    struct table *table = rota->table;
    struct arena *arena = table->arena;
    enum glyph_set glyphs = rota->view->settings->glyphs;
    const struct rota_run *run = &entry->run;
    if (run->kind == RUN_GAP) {
        table_span(table, ROLE_GAP, glyph_text(glyphs, GLYPH_GAP));
        table_span(table, ROLE_TEXT, " nobody on call");
        return;
    }
    if (run->kind == RUN_DOUBLE) {
        bool two = run->span->kind == ONCALL_DOUBLE;
        table_span_printf(table, ROLE_PROBLEM, "2x %s%s%s",
                          view_first_name(arena, run->span->user_name),
                          two ? " and " : " on two layers",
                          two ? view_first_name(arena, run->span->other_user_name) : "");
        return;
    }
    table_span(table, rota_person_role(rota, run->entry),
               text_clean(arena, run->entry->user_name, 64));
    if (run->is_override) {
        const struct schedule_entry *instead =
            oncall_scheduled_instead(&entry->schedule->shifts, run->entry);
        table_span(table, ROLE_OVERRIDE, glyph_text(glyphs, GLYPH_OVERRIDE));
        if (instead)
            table_span_printf(table, ROLE_MUTED, " for %s",
                              view_first_name(arena, instead->user_name));
    } else if (run->before) {
        table_span_printf(table, ROLE_MUTED, " from %s",
                          view_first_name(arena, run->before->user_name));
    }
    if (run->wants_cover)
        table_span(table, ROLE_MESSAGE, " +cover?");
}

static const char *
where_text(const struct rota *rota, const struct entry *entry, int cols)
{
    struct arena *arena = rota->table->arena;
    const char *layer =
        rota_lane_name(entry->schedule, entry->lane->rotation_id, entry->lane->layer_id);
    if (rota->window->schedules_len == 1)
        return text_cut(arena, text_clean(arena, layer, 128), cols);
    const char *name = rota_schedule_name(rota, entry->schedule, cols);
    if (*layer && text_width_cols(name) + 2 + text_width_cols(layer) <= cols)
        return arena_printf(arena, "%s  %s", name, text_clean(arena, layer, 128));
    return name;
}

static void
put_entry(struct rota *rota, const struct entry *entry, int day)
{
    struct table *table = rota->table;
    const struct rota_run *run = &entry->run;
    bool is_now = run->start_at <= rota->now_ms && rota->now_ms < run->end_at;
    const char *id = entry_id(rota, entry);
    const char *other = other_times(rota, entry);
    bool phone = table->cols < PHONE_COLS;
    table_line(table, id);
    table_pad_to(table, 2);
    table_span(table, is_now ? ROLE_NOW : ROLE_TEXT,
               times_text(rota, rota->zone, run->start_at, run->end_at, day));
    table_span(table, ROLE_TEXT, " ");
    if (phone) {
        table_pad_to(table, 2 + PHONE_TIME_COLS);
        put_who(rota, entry);
        const char *where = where_text(rota, entry, table->cols - PHONE_TIME_COLS - 4);
        if (!*where && !*other)
            return;
        table_line(table, id);
        table_pad_to(table, 2 + PHONE_TIME_COLS);
        table_span(table, ROLE_MUTED, *other ? other : where);
        return;
    }
    table_pad_to(table, 2 + TIME_COLS);
    put_who(rota, entry);
    table_span(table, ROLE_TEXT, " ");
    table_pad_to(table, 2 + TIME_COLS + WHO_COLS);
    const char *length = view_length(run->end_at - run->start_at, table->arena);
    table_span_printf(table, ROLE_AGE, "%*s", LENGTH_COLS, length);
    table_span(table, ROLE_TEXT, "  ");
    int room = table_room(table) - 1;
    bool several = rota->window->schedules_len > 1;
    table_span(table, ROLE_MUTED, where_text(rota, entry, room < WHERE_COLS ? room : WHERE_COLS));
    if (!*other)
        return;
    if (several)
        table_pad_to(table, 2 + TIME_COLS + WHO_COLS + LENGTH_COLS + 2 + WHERE_COLS);
    room = table_room(table) - 3;
    if (room >= 20)
        table_span_printf(table, ROLE_MUTED, "  %s", text_cut(table->arena, other, room));
}

/* "Today  Mon 23 Mar" */
static void
put_heading(struct rota *rota, int day)
{
    struct table *table = rota->table;
    int off = day - rota->today;
    const char *word = off == 0    ? "Today  "
                       : off == 1  ? "Tomorrow  "
                       : off == -1 ? "Yesterday  "
                                   : "";
    table_line(table, "");
    table_span(table, off == 0 ? ROLE_NOW : day == rota->day ? ROLE_STRONG : ROLE_TITLE, word);
    table_span(table,
               off == 0           ? ROLE_NOW
               : day == rota->day ? ROLE_STRONG
                                  : ROLE_TITLE,
               rota_date_text(day, table->arena));
    const char *hours = rota_hours_text(rota, day);
    if (*hours)
        table_span_printf(table, ROLE_STRONG, "  DST %s", hours);
}

/* Shifts on both sides of it: then the time between them is known, and free. */
static bool
is_known(const struct rota *rota, int64_t from_ms, int64_t to_ms)
{
    bool before = false, behind = false;
    for (size_t i = 0; i < rota->window->schedules_len; i++) {
        const struct oncall_shifts *shifts = &rota->window->schedules[i].shifts;
        for (size_t j = 0; j < shifts->final_len; j++) {
            before = before || shifts->final[j].start_at < from_ms;
            behind = behind || shifts->final[j].end_at > to_ms;
        }
    }
    return before && behind;
}

void
rota_put_agenda(struct rota *rota, int from, int days)
{
    struct table *table = rota->table;
    struct entry *entries;
    int64_t from_ms = zone_day_at(rota->zone, from), to_ms = zone_day_at(rota->zone, from + days);
    size_t len = collect(rota, from_ms, to_ms, &entries);
    int heading = from - 1;
    for (size_t i = 0; i < len; i++) {
        int day = zone_day_number(rota->zone, entries[i].run.start_at);
        day = day < from ? from : day;
        /* What has ended today already is not what one looks for. */
        if (from == rota->today && entries[i].run.end_at <= rota->now_ms && !rota->state->day)
            continue;
        if (day != heading) {
            if (heading >= from)
                table_line(table, "");
            put_heading(rota, day);
        }
        heading = day;
        put_entry(rota, &entries[i], day);
    }
    if (heading < from) {
        put_heading(rota, from);
        table_line(table, "");
        table_pad_to(table, 2);
        table_span(table, ROLE_MUTED,
                   is_known(rota, from_ms, to_ms) ? "Nobody is on call, and nobody is meant to be."
                                                  : "No shifts are known of this time.");
    }
    table_changes_at(table, zone_day_at(rota->view->settings->zone, rota->today + 1));
}
