#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "ui/rota.h"

#define DAYS_MAX 14
#define DAY_COLS 7 /* "Mon 23" and a blank */
#define PEOPLE_MAX 64

/* What fills columns of a lane. */
struct run {
    enum { RUN_SHIFT, RUN_GAP, RUN_DOUBLE } kind;
    int64_t start_at, end_at;
    const struct schedule_entry *entry; /* NULL for a gap */
    bool is_override;
    bool other; /* drawn in the second of two roles, to tell neighbours apart */
};

struct person {
    const char *id, *name;
};

struct grid {
    struct rota *rota;
    int days;
    int day_cols;                               /* the blank between days included */
    int64_t from_ms[DAYS_MAX], to_ms[DAYS_MAX]; /* the part of each day that is drawn */
    struct person people[PEOPLE_MAX];
    size_t people_len;
};

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
lay_days(struct grid *grid, int64_t from_ms, int first_hour, int last_hour)
{
    const struct zone *zone = grid->rota->zone;
    struct civil day = zone_to_civil(zone, from_ms);
    day.hour = day.minute = day.second = 0;
    for (int i = 0; i < grid->days; i++, day.day++) {
        struct civil first = day, last = day;
        first.hour = first_hour;
        last.hour = last_hour;
        grid->from_ms[i] = zone_from_civil(zone, first);
        grid->to_ms[i] = zone_from_civil(zone, last);
    }
}

static bool
has_clock_change(const struct grid *grid, int day)
{
    int64_t midnight = zone_day_start(grid->rota->zone, grid->from_ms[day]);
    return zone_offset_seconds(grid->rota->zone, midnight) !=
           zone_offset_seconds(grid->rota->zone, zone_add_days(grid->rota->zone, midnight, 1));
}

static int
column_of(const struct grid *grid, int day, int64_t at_ms)
{
    int cols = grid->day_cols - 1;
    if (at_ms <= grid->from_ms[day])
        return 0;
    if (at_ms >= grid->to_ms[day])
        return cols;
    return (int)((at_ms - grid->from_ms[day]) * cols / (grid->to_ms[day] - grid->from_ms[day]));
}

static int
day_of(const struct grid *grid, int64_t at_ms)
{
    for (int day = 0; day < grid->days; day++) {
        int64_t start = zone_day_start(grid->rota->zone, grid->from_ms[day]);
        if (at_ms >= start && at_ms < zone_add_days(grid->rota->zone, start, 1))
            return day;
    }
    return -1;
}

static void
put_days(struct grid *grid, const char *hours)
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    struct rota *rota = grid->rota;
    struct table *table = rota->table;
    int today = day_of(grid, rota->now_ms);
    table_line(table, "");
    table_span(table, ROLE_MUTED, hours);
    for (int i = 0; i < grid->days; i++) {
        struct civil day = zone_to_civil(rota->zone, grid->from_ms[i]);
        bool change = has_clock_change(grid, i);
        const char *name = arena_printf(table->arena, "%s %d", weekdays[day.weekday], day.day);
        int room = grid->day_cols - 1 - (change ? 3 : 0);
        if ((int)strlen(name) > room)
            name = arena_printf(table->arena, "%d", day.day);
        table_pad_to(table, rota->label_cols + i * grid->day_cols);
        table_span(table, i == today ? ROLE_NOW : day.weekday > 4 ? ROLE_MUTED : ROLE_TEXT, name);
        if (change) {
            if ((int)strlen(name) < room)
                table_span(table, ROLE_TEXT, " ");
            table_span(table, ROLE_STRONG, "DST");
        }
    }
    table->head_rows = table->rows_len;
}

/* When each drawn day begins, by the clock of a zone. */
static void
put_clocks(struct grid *grid, const struct zone *zone)
{
    struct rota *rota = grid->rota;
    struct table *table = rota->table;
    char clock[MOMENT_SIZE];
    table_line(table, "");
    table_span(table, ROLE_MUTED,
               text_cut(table->arena, rota_city(zone, table->arena), rota->label_cols - 1));
    for (int i = 0; i < grid->days; i++) {
        struct civil here = zone_to_civil(rota->zone, grid->from_ms[i]);
        struct civil there = zone_to_civil(zone, grid->from_ms[i]);
        table_pad_to(table, rota->label_cols + i * grid->day_cols);
        table_span(table, ROLE_MUTED, clock_text(zone, grid->from_ms[i], clock));
        if (here.day != there.day) /* it is another date there */
            table_span(table, ROLE_MUTED, here.weekday == (there.weekday + 1) % 7 ? "-" : "+");
    }
    table->head_rows = table->rows_len;
}

/* ---- names ---- */

static void
find_people(struct grid *grid)
{
    for (size_t i = 0; i < grid->rota->window->schedules_len; i++) {
        const struct oncall_shifts *shifts = &grid->rota->window->schedules[i].shifts;
        for (size_t j = 0; j < shifts->final_len; j++) {
            const struct schedule_entry *entry = &shifts->final[j];
            bool known = !oncall_has_user(entry) || grid->people_len == PEOPLE_MAX;
            for (size_t k = 0; !known && k < grid->people_len; k++)
                known = text_equals(grid->people[k].id, entry->user_id);
            if (!known)
                grid->people[grid->people_len++] =
                    (struct person){entry->user_id, entry->user_name};
        }
    }
}

/* The first name; "AnaR" where two people share it. */
static const char *
short_name(const struct grid *grid, const struct schedule_entry *entry)
{
    struct arena *arena = grid->rota->table->arena;
    const char *name = text_clean(arena, entry->user_name, 128);
    const char *first = view_first_name(arena, name);
    size_t len = strlen(first);
    const char *last = strrchr(name, ' ');
    for (size_t i = 0; last && i < grid->people_len; i++) {
        const struct person *person = &grid->people[i];
        if (text_equals(person->id, entry->user_id) || strncmp(person->name, first, len) != 0 ||
            (person->name[len] != ' ' && person->name[len] != '\0'))
            continue;
        size_t initial = 1; /* a whole character of UTF-8 */
        while ((last[1 + initial] & 0xc0) == 0x80)
            initial++;
        return arena_printf(arena, "%s%.*s", first, (int)initial, last + 1);
    }
    return first;
}

/* ---- lanes ---- */

struct runs {
    struct run *items;
    size_t len;
};

static bool
in_lane(const struct rota_lane *lane, const char *rotation_id, const char *layer_id)
{
    return text_equals(lane->rotation_id, rotation_id) && text_equals(lane->layer_id, layer_id);
}

static void
add_shifts(const struct grid *grid, const struct rota_schedule *schedule,
           const struct rota_lane *lane, struct runs *runs)
{
    for (size_t i = 0; i < schedule->shifts.final_len; i++) {
        const struct schedule_entry *entry = &schedule->shifts.final[i];
        if (!oncall_has_user(entry) || !in_lane(lane, entry->rotation_id, entry->layer_id) ||
            entry->end_at <= grid->from_ms[0] || entry->start_at >= grid->to_ms[grid->days - 1])
            continue;
        bool is_override = oncall_override_of(&schedule->shifts, entry) != NULL;
        struct run *last = runs->len ? &runs->items[runs->len - 1] : NULL;
        bool same = last && text_equals(last->entry->user_id, entry->user_id) &&
                    last->is_override == is_override;
        if (same && entry->start_at <= last->end_at + ONCALL_TOLERANCE_MS) {
            if (entry->end_at > last->end_at)
                last->end_at = entry->end_at;
            continue;
        }
        runs->items[runs->len++] =
            (struct run){.kind = RUN_SHIFT,
                         .start_at = entry->start_at,
                         .end_at = entry->end_at,
                         .entry = entry,
                         .is_override = is_override,
                         .other = last && (same ? last->other : !last->other)};
    }
}

static void
add_problems(const struct rota_lane *lane, const struct oncall_span *spans, size_t spans_len,
             struct runs *runs)
{
    for (size_t i = 0; i < spans_len; i++)
        if (in_lane(lane, spans[i].rotation_id, spans[i].layer_id))
            runs->items[runs->len++] =
                (struct run){.kind = spans[i].kind == ONCALL_GAP ? RUN_GAP : RUN_DOUBLE,
                             .start_at = spans[i].start_at,
                             .end_at = spans[i].end_at};
}

/* ---- cells: each day is a cell of its own, in which whoever has part of the day has room for a name ---- */

#define DAY_SLOTS 96 /* a quarter of an hour; what is shorter has one all the same */
#define PARTS_MAX 16

/* A stretch of a day's cell. */
struct part {
    const struct run *run;
    int slots; /* how long it is */
    int cols;
};

struct day_parts {
    struct part items[PARTS_MAX];
    size_t len;
    bool from_start, to_end; /* somebody is there at its first and last moment */
};

static bool
same_look(const struct run *a, const struct run *b)
{
    if (a->kind != b->kind || a->is_override != b->is_override)
        return false;
    return a->kind != RUN_SHIFT || text_equals(a->entry->user_id, b->entry->user_id);
}

/* Marks the slots of a day that a run has as its own; what is painted later lies on top. */
static void
paint(const struct grid *grid, int day, const struct run *run, const struct run **slots)
{
    int64_t from_ms = grid->from_ms[day], to_ms = grid->to_ms[day];
    int64_t start = run->start_at > from_ms ? run->start_at : from_ms;
    int64_t end = run->end_at < to_ms ? run->end_at : to_ms;
    if (start >= end)
        return;
    int first = (int)((start - from_ms) * DAY_SLOTS / (to_ms - from_ms));
    int last = (int)((end - from_ms) * DAY_SLOTS / (to_ms - from_ms));
    for (int slot = first; slot < last || slot == first; slot++)
        slots[slot] = run;
}

static bool
is_on_top(const struct run *run)
{
    return run->kind != RUN_SHIFT || run->is_override;
}

/* Who has which part of a day, in order. Hours in which nobody is meant to be there part nothing. */
static void
part_day(const struct grid *grid, int day, const struct runs *runs, struct day_parts *parts)
{
    const struct run *slots[DAY_SLOTS] = {NULL};
    *parts = (struct day_parts){.len = 0};
    for (int on_top = 0; on_top < 2; on_top++)
        for (size_t i = 0; i < runs->len; i++)
            if (is_on_top(&runs->items[i]) == on_top)
                paint(grid, day, &runs->items[i], slots);
    for (int slot = 0; slot < DAY_SLOTS; slot++) {
        if (!slots[slot])
            continue;
        struct part *last = parts->len ? &parts->items[parts->len - 1] : NULL;
        if (last && same_look(last->run, slots[slot]))
            last->slots++;
        else if (parts->len < PARTS_MAX)
            parts->items[parts->len++] = (struct part){.run = slots[slot], .slots = 1};
    }
    parts->from_start = slots[0] != NULL;
    parts->to_end = slots[DAY_SLOTS - 1] != NULL;
}

/* Columns a part should have: nothing out of the ordinary may be too short to be read. */
static int
wanted_cols(const struct run *run)
{
    return run->kind == RUN_DOUBLE ? 2 : 3;
}

/* Shares the cell out by length once each part can be read; bars stand between them. */
static void
share_cell(struct day_parts *parts, int cols)
{
    struct part *items = parts->items;
    while (parts->len > 1 && (int)parts->len * 2 - 1 > cols)
        parts->len--;
    int rest = cols - (int)(parts->len - 1);
    int wanted = 0;
    for (size_t i = 0; i < parts->len; i++)
        wanted += wanted_cols(items[i].run);
    /* "Ben|GAP|": that he is back after it, the bar says. */
    struct part *back = parts->len > 2 && wanted > rest ? &items[parts->len - 1] : NULL;
    if (back && (is_on_top(back->run) || !same_look(back->run, back[-2].run)))
        back = NULL;
    for (int most = 1; most <= 3; most++)
        for (int on_top = 1; on_top >= 0; on_top--)
            for (size_t i = 0; i < parts->len; i++)
                if (&items[i] != back && rest > 0 && is_on_top(items[i].run) == on_top &&
                    items[i].cols < most && items[i].cols < wanted_cols(items[i].run)) {
                    items[i].cols++;
                    rest--;
                }
    while (rest > 0) {
        struct part *longest = NULL;
        for (struct part *part = items; part < items + parts->len; part++)
            if (part != back &&
                (!longest || part->slots * (longest->cols + 1) > longest->slots * (part->cols + 1)))
                longest = part;
        if (!longest)
            break;
        longest->cols++;
        rest--;
    }
}

/* As much of a name as fits. In so few columns two letters say more than a letter and the mark of a cut. */
static const char *
cut_name(struct arena *arena, const char *name, int cols)
{
    if (cols > 3 || text_width_cols(name) <= cols)
        return text_cut(arena, name, cols);
    size_t len = strlen(name);
    char *cut = arena_text_len(arena, name, len);
    while (len && text_width_cols(cut) > cols) {
        while (len > 1 && (cut[len - 1] & 0xc0) == 0x80)
            len--;
        cut[--len] = '\0';
    }
    return cut;
}

/* `on`: it goes on to the end of the part, which the fill says. */
static void
put_part(struct grid *grid, const struct part *part, bool on)
{
    struct rota *rota = grid->rota;
    struct table *table = rota->table;
    const struct run *run = part->run;
    enum glyph_set glyphs = rota->view->settings->glyphs;
    int cols = part->cols;
    enum role fill = run->kind == RUN_GAP      ? ROLE_GAP
                     : run->kind == RUN_DOUBLE ? ROLE_PROBLEM
                     : run->other              ? ROLE_SHIFT_OTHER
                                               : ROLE_SHIFT;
    enum role role = fill;
    const char *name = run->kind == RUN_GAP ? glyph_text(glyphs, GLYPH_GAP) : "2x";
    if (run->kind == RUN_SHIFT) {
        name = short_name(grid, run->entry);
        role = run->is_override                 ? ROLE_OVERRIDE
               : rota_is_mine(rota, run->entry) ? ROLE_STRONG
                                                : fill;
    }
    /* The star outlives the name: who covers is in the line below, that somebody does must be seen here. */
    int star = run->kind == RUN_SHIFT && run->is_override && cols > 0 ? 1 : 0;
    if (cols > star) {
        name = cut_name(table->arena, name, cols - star);
        table_span(table, role, name);
        cols -= text_width_cols(name);
    }
    if (star) {
        table_span(table, role, glyph_text(glyphs, GLYPH_OVERRIDE));
        cols--;
    }
    for (; on && cols > 0; cols--)
        table_span(table, fill, glyph_text(glyphs, GLYPH_SHIFT_FILL));
}

static void
put_lane(struct grid *grid, const struct rota_schedule *schedule, const struct rota_lane *lane,
         const char *label, const struct runs *runs)
{
    struct rota *rota = grid->rota;
    struct table *table = rota->table;
    struct day_parts parts;
    const struct run *before = NULL; /* who is there as the day before ends */

    table_line(table, rota_lane_id(schedule, lane, table->arena));
    table_span(table, ROLE_LABEL, label);
    for (int day = 0; day < grid->days; day++) {
        int col = rota->label_cols + day * grid->day_cols;
        part_day(grid, day, runs, &parts);
        if (parts.len == 0) {
            before = NULL;
            continue;
        }
        share_cell(&parts, grid->day_cols - 1);
        if (before && parts.from_start && !same_look(before, parts.items[0].run)) {
            table_pad_to(table, col - 1); /* a hand-over at midnight, over the blank between days */
            table_span(table, ROLE_BORDER, "|");
        }
        for (size_t i = 0; i < parts.len; i++) {
            bool is_last = i + 1 == parts.len;
            table_pad_to(table, col);
            put_part(grid, &parts.items[i], parts.to_end || !is_last);
            col += parts.items[i].cols;
            table_pad_to(table, col);
            if (!is_last)
                table_span(table, ROLE_BORDER, "|");
            col++;
        }
        before = parts.to_end ? parts.items[parts.len - 1].run : NULL;
    }
}

static const char *
label_of(const struct rota *rota, const struct rota_schedule *schedule,
         const struct rota_lane *lane, int cols)
{
    struct arena *arena = rota->table->arena;
    const char *own = *lane->layer_name ? lane->layer_name : lane->rotation_name;
    bool one_layer_each = true;
    for (size_t i = 1; i < schedule->lanes_len; i++)
        if (text_equals(schedule->lanes[i].rotation_id, schedule->lanes[i - 1].rotation_id))
            one_layer_each = false;
    if (one_layer_each && *lane->rotation_name)
        own = lane->rotation_name;
    own = text_clean(arena, own, 128);
    if (rota->window->schedules_len == 1) /* its name is in the title */
        return schedule->lanes_len == 1 ? "on call" : text_cut(arena, own, cols);
    return schedule->lanes_len == 1 || lane == schedule->lanes
               ? rota_schedule_name(rota, schedule, cols)
               : text_cut(arena, arena_printf(arena, " %s", own), cols);
}

static void
put_schedule(struct grid *grid, const struct rota_schedule *schedule)
{
    struct arena *arena = grid->rota->table->arena;
    const struct oncall_span *gaps, *overlaps;
    int64_t to_ms = grid->to_ms[grid->days - 1];
    size_t gaps_len = oncall_gaps(&schedule->shifts, grid->from_ms[0], to_ms, arena, &gaps);
    size_t overlaps_len =
        oncall_overlaps(&schedule->shifts, grid->from_ms[0], to_ms, arena, &overlaps);
    for (size_t i = 0; i < schedule->lanes_len; i++) {
        const struct rota_lane *lane = &schedule->lanes[i];
        struct runs runs = {arena_new_array(arena,
                                            schedule->shifts.final_len + gaps_len + overlaps_len,
                                            struct run),
                            0};
        add_shifts(grid, schedule, lane, &runs);
        add_problems(lane, overlaps, overlaps_len, &runs);
        add_problems(lane, gaps, gaps_len, &runs);
        put_lane(grid, schedule, lane,
                 label_of(grid->rota, schedule, lane, grid->rota->label_cols - 1), &runs);
    }
}

/* "^ now 03:12 London / 04:12 you", the caret below this moment. */
static void
put_now(struct grid *grid)
{
    struct rota *rota = grid->rota;
    struct table *table = rota->table;
    const struct zone *viewer = rota->view->settings->zone;
    char here[MOMENT_SIZE], there[MOMENT_SIZE];
    int day = day_of(grid, rota->now_ms);
    if (day < 0)
        return;
    const char *text =
        arena_printf(table->arena, "now %s", clock_text(rota->zone, rota->now_ms, here));
    if (!text_equals(zone_name(rota->zone), zone_name(viewer)))
        text =
            arena_printf(table->arena, "%s %s / %s you", text, rota_city(rota->zone, table->arena),
                         clock_text(viewer, rota->now_ms, there));
    int col = column_of(grid, day, rota->now_ms);
    col = rota->label_cols + day * grid->day_cols +
          (col < grid->day_cols - 1 ? col : grid->day_cols - 2);
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

/* Labels get what they need as long as a day keeps room for its date; what the days leave is theirs. */
static void
lay_columns(struct grid *grid)
{
    struct rota *rota = grid->rota;
    int widest = 6;
    for (size_t i = 0; i < rota->window->schedules_len; i++)
        for (size_t j = 0; j < rota->window->schedules[i].lanes_len; j++) {
            const struct rota_schedule *schedule = &rota->window->schedules[i];
            int cols = text_width_cols(label_of(rota, schedule, &schedule->lanes[j], 40));
            widest = cols + 1 > widest ? cols + 1 : widest;
        }
    int room = rota->table->cols - rota->table->mark_cols;
    int most = room - grid->days * DAY_COLS;
    rota->label_cols = widest < most ? widest : most < 10 ? 10 : most;
    grid->day_cols = (room - rota->label_cols) / grid->days;
    rota->label_cols = room - grid->day_cols * grid->days;
    rota->label_cols = rota->label_cols < widest ? rota->label_cols : widest;
}

void
rota_put_grid(struct rota *rota, int64_t from_ms, int days)
{
    struct grid grid = {.rota = rota, .days = days < DAYS_MAX ? days : DAYS_MAX};
    struct arena *arena = rota->table->arena;
    int first_hour, last_hour;
    int64_t to_ms = zone_add_days(rota->zone, from_ms, grid.days);
    find_hours(rota, from_ms, to_ms, &first_hour, &last_hour);
    lay_columns(&grid);
    lay_days(&grid, from_ms, first_hour, last_hour);
    find_people(&grid);

    bool whole_days = last_hour - first_hour == 24;
    put_days(&grid, whole_days ? "" : arena_printf(arena, "%02d-%02d", first_hour, last_hour));
    const struct zone *viewer = rota->view->settings->zone;
    if (rota->view->size == SIZE_LARGE && !text_equals(zone_name(rota->zone), zone_name(viewer))) {
        put_clocks(&grid, rota->zone);
        put_clocks(&grid, viewer);
    }
    for (size_t i = 0; i < rota->window->schedules_len; i++)
        put_schedule(&grid, &rota->window->schedules[i]);
    put_now(&grid);

    rota->label_cols = 6;
    int64_t since_ms = rota->now_ms > from_ms && rota->now_ms < to_ms ? rota->now_ms : from_ms;
    for (size_t i = 0; i < rota->window->schedules_len; i++) {
        rota_put_problems(rota, &rota->window->schedules[i], since_ms, to_ms);
        rota_put_overrides(rota, &rota->window->schedules[i], since_ms, to_ms);
    }
}

const char *
rota_lane_id(const struct rota_schedule *schedule, const struct rota_lane *lane,
             struct arena *arena)
{
    return arena_printf(arena, "lane/%s/%s/%s", schedule->id, lane->rotation_id, lane->layer_id);
}

const struct schedule_entry *
rota_shift_of_lane(const struct rota_window *window, const char *id, int64_t now_ms,
                   struct arena *arena)
{
    for (size_t i = 0; i < window->schedules_len; i++) {
        const struct rota_schedule *schedule = &window->schedules[i];
        for (size_t j = 0; j < schedule->lanes_len; j++) {
            if (!text_equals(rota_lane_id(schedule, &schedule->lanes[j], arena), id))
                continue;
            for (size_t k = 0; k < schedule->shifts.final_len; k++) {
                const struct schedule_entry *entry = &schedule->shifts.final[k];
                if (in_lane(&schedule->lanes[j], entry->rotation_id, entry->layer_id) &&
                    entry->end_at > now_ms)
                    return entry;
            }
        }
    }
    return NULL;
}
