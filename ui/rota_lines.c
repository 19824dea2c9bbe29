#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "ui/rota.h"

/* Columns of a person's name, at least; times begin behind. With several schedules their names need room too. */
#define PERSON_COLS 12
#define PERSON_COLS_SEVERAL 10
/* Below this width a long name is told by its first part. */
#define FULL_NAMES_COLS 50

static bool
is_several(const struct rota *rota)
{
    return rota->window->schedules_len > 1;
}

static int
times_col(const struct rota *rota)
{
    return rota->label_cols + (is_several(rota) ? PERSON_COLS_SEVERAL : PERSON_COLS);
}

static void
put_label(struct rota *rota, const char *id, enum role role, const char *label)
{
    table_line(rota->table, id);
    table_span(rota->table, role, text_cut(rota->table->arena, label, rota->label_cols - 1));
    table_pad_to(rota->table, rota->label_cols);
}

/* The longest of what says it that there is room for; never cut. */
static void
put_to_fit(struct rota *rota, enum role role, const char *text, const char *shorter,
           const char *shortest)
{
    int room = table_room(rota->table);
    table_span(rota->table, role,
               text_width_cols(text) <= room      ? text
               : text_width_cols(shorter) <= room ? shorter
                                                  : shortest);
}

static void
put_until(struct rota *rota, enum role role, int64_t at_ms)
{
    char until[MOMENT_SIZE], clock[MOMENT_SIZE];
    moment_text(rota->zone, at_ms, rota->now_ms, until);
    put_to_fit(rota, role, arena_printf(rota->table->arena, "until %s", until),
               arena_printf(rota->table->arena, "to %s", until),
               arena_printf(rota->table->arena, "to %s", clock_text(rota->zone, at_ms, clock)));
}

static void
wake_at(struct rota *rota, int64_t at_ms)
{
    table_changes_at(rota->table, at_ms);
    table_changes_at(rota->table,
                     zone_day_start(rota->zone, zone_add_days(rota->zone, rota->now_ms, 1)));
}

static void
put_person(struct rota *rota, const struct rota_schedule *schedule, const char *label,
           const struct schedule_entry *entry)
{
    const char *name = text_clean(rota->table->arena, entry->user_name, 128);
    int room = times_col(rota) - rota->label_cols - 1;
    if (rota->table->cols < FULL_NAMES_COLS && text_width_cols(name) > room)
        name = view_first_name(rota->table->arena, name);
    put_label(rota, entry->id, ROLE_LABEL, label);
    table_span(rota->table,
               oncall_override_of(&schedule->shifts, entry) ? ROLE_OVERRIDE
                                                            : rota_person_role(rota, entry),
               name);
    if (oncall_override_of(&schedule->shifts, entry))
        table_span(rota->table, ROLE_OVERRIDE,
                   glyph_text(rota->view->settings->glyphs, GLYPH_OVERRIDE));
    table_span(rota->table, ROLE_TEXT, " ");
    table_pad_to(rota->table, times_col(rota));
}

static void
put_now(struct rota *rota, const struct rota_schedule *schedule, const char *label,
        const struct schedule_entry *entry)
{
    int64_t until_ms = oncall_until(&schedule->shifts, entry->user_id, rota->now_ms);
    const struct schedule_entry *instead = oncall_override_of(&schedule->shifts, entry)
                                               ? oncall_scheduled_instead(&schedule->shifts, entry)
                                               : NULL;
    put_person(rota, schedule, label, entry);
    put_until(rota, ROLE_TEXT, until_ms);
    if (instead)
        put_to_fit(rota, ROLE_MUTED,
                   arena_printf(rota->table->arena, "  for %s",
                                view_first_name(rota->table->arena, instead->user_name)),
                   "", "");
    wake_at(rota, until_ms);
}

/* Nobody is on call: a gap, or the rota has hours off. */
static void
put_nobody(struct rota *rota, const struct rota_schedule *schedule, const char *label, bool is_gap)
{
    const struct schedule_entry *next = oncall_next(&schedule->shifts, rota->now_ms);

    put_label(rota, arena_printf(rota->table->arena, "nobody/%s", schedule->id), ROLE_LABEL, label);
    if (is_gap) {
        table_span(rota->table, ROLE_GAP, glyph_text(rota->view->settings->glyphs, GLYPH_GAP));
        table_span(rota->table, ROLE_TEXT, " nobody");
    } else {
        table_span(rota->table, ROLE_MUTED, "nobody");
    }
    if (!next)
        return;
    table_span(rota->table, ROLE_TEXT, " ");
    table_pad_to(rota->table, times_col(rota));
    put_until(rota, is_gap ? ROLE_TEXT : ROLE_MUTED, next->start_at);
    wake_at(rota, next->start_at);
}

static void
put_later(struct rota *rota, const struct rota_schedule *schedule, const char *label,
          const struct schedule_entry *entry)
{
    if (is_several(rota))
        label = arena_printf(
            rota->table->arena, "%s %s", label,
            rota_schedule_name(rota, schedule, rota->label_cols - 2 - text_width_cols(label)));
    put_person(rota, schedule, label, entry);
    int64_t until_ms = oncall_until(&schedule->shifts, entry->user_id, entry->start_at);
    char start[MOMENT_SIZE];
    moment_text(rota->zone, entry->start_at, rota->now_ms, start);
    put_to_fit(rota, ROLE_TEXT, rota_span_text(rota, entry->start_at, until_ms),
               arena_printf(rota->table->arena, "from %s", start),
               arena_text(rota->table->arena, start));
    wake_at(rota, entry->start_at);
}

static void
put_where(struct rota *rota, const struct rota_schedule *schedule, const char *rotation_id,
          const char *layer_id)
{
    const char *name = rota_lane_name(schedule, rotation_id, layer_id);
    struct arena *arena = rota->table->arena;
    const char *where = is_several(rota) ? arena_printf(arena, "  %s", schedule->name) : "";
    int room = table_room(rota->table) - 2;
    const char *shorter =
        is_several(rota) && room > 6
            ? arena_printf(arena, "  %s", rota_schedule_name(rota, schedule, room))
            : "";
    if (*name && *where)
        put_to_fit(rota, ROLE_MUTED, arena_printf(arena, "%s  %s", where, name), where, shorter);
    else
        put_to_fit(rota, ROLE_MUTED, *name ? arena_printf(arena, "  %s", name) : where, shorter,
                   "");
}

static void
put_problems_of(struct rota *rota, const struct rota_schedule *schedule, int64_t from_ms,
                int64_t to_ms)
{
    struct arena *arena = rota->table->arena;
    const struct oncall_span *spans;
    size_t spans_len = oncall_gaps(&schedule->shifts, from_ms, to_ms, arena, &spans);
    for (size_t i = 0; i < spans_len; i++) {
        put_label(rota,
                  arena_printf(arena, "gap/%s/%s/%lld", schedule->id, spans[i].layer_id,
                               (long long)spans[i].start_at),
                  ROLE_LABEL, "gap");
        table_span(rota->table, ROLE_TEXT,
                   rota_span_text(rota, spans[i].start_at, spans[i].end_at));
        table_span(rota->table, ROLE_TEXT, "  ");
        table_span_printf(rota->table, ROLE_GAP, "%s %s",
                          glyph_text(rota->view->settings->glyphs, GLYPH_GAP),
                          view_length(spans[i].end_at - spans[i].start_at, arena));
        put_where(rota, schedule, spans[i].rotation_id, spans[i].layer_id);
        wake_at(rota, spans[i].start_at > rota->now_ms ? spans[i].start_at : spans[i].end_at);
    }

    spans_len = oncall_overlaps(&schedule->shifts, from_ms, to_ms, arena, &spans);
    for (size_t i = 0; i < spans_len; i++) {
        put_label(rota,
                  arena_printf(arena, "2x/%s/%s/%lld", schedule->id, spans[i].layer_id,
                               (long long)spans[i].start_at),
                  ROLE_LABEL, "2x");
        table_span(rota->table, ROLE_TEXT,
                   rota_span_text(rota, spans[i].start_at, spans[i].end_at));
        if (spans[i].kind == ONCALL_DOUBLE)
            table_span_printf(rota->table, ROLE_PROBLEM, "  %s and %s",
                              view_first_name(arena, spans[i].user_name),
                              view_first_name(arena, spans[i].other_user_name));
        else
            table_span_printf(rota->table, ROLE_PROBLEM, "  %s on two layers",
                              view_first_name(arena, spans[i].user_name));
        put_where(rota, schedule, spans[i].rotation_id, spans[i].layer_id);
    }
}

static void
put_overrides_of(struct rota *rota, const struct rota_schedule *schedule, int64_t from_ms,
                 int64_t to_ms)
{
    struct arena *arena = rota->table->arena;
    for (size_t i = 0; i < schedule->shifts.overrides_len; i++) {
        const struct schedule_entry *override = &schedule->shifts.overrides[i];
        if (override->end_at <= from_ms || override->start_at >= to_ms ||
            !oncall_has_user(override)) /* that one is a gap, and said there */
            continue;
        const struct schedule_entry *instead =
            oncall_scheduled_instead(&schedule->shifts, override);
        put_label(rota, override->id, ROLE_LABEL, "cover");
        table_span(rota->table, ROLE_OVERRIDE, view_first_name(arena, override->user_name));
        if (instead)
            table_span_printf(rota->table, ROLE_MUTED, " for %s",
                              view_first_name(arena, instead->user_name));
        table_span(rota->table, ROLE_TEXT, "  ");
        table_span(rota->table, ROLE_TEXT,
                   rota_span_text(rota, override->start_at, override->end_at));
        put_where(rota, schedule, override->rotation_id, override->layer_id);
        wake_at(rota, override->end_at);
    }
}

/* Whether some layer that should have somebody has nobody at this moment. */
static bool
is_gap_now(const struct rota *rota, const struct rota_schedule *schedule)
{
    const struct oncall_span *gaps;
    size_t gaps_len = oncall_gaps(&schedule->shifts, rota->now_ms, rota->now_ms + ROTA_AHEAD_MS,
                                  rota->table->arena, &gaps);
    return gaps_len && gaps[0].start_at <= rota->now_ms;
}

static void
put_on_call(struct rota *rota, const struct rota_schedule *schedule)
{
    const struct schedule_entry *const *on_call;
    const char *label =
        is_several(rota) ? rota_schedule_name(rota, schedule, rota->label_cols - 1) : "now";
    size_t on_call_len = oncall_at(&schedule->shifts, rota->now_ms, rota->table->arena, &on_call);
    for (size_t i = 0; i < on_call_len; i++)
        put_now(rota, schedule, i ? "" : label, on_call[i]);
    if (on_call_len == 0)
        put_nobody(rota, schedule, label, is_gap_now(rota, schedule));
}

/* The shift that comes next, and who takes over when that is the same person again. */
static void
put_next(struct rota *rota, const struct rota_schedule *schedule)
{
    const struct schedule_entry *const *on_call;
    size_t on_call_len = oncall_at(&schedule->shifts, rota->now_ms, rota->table->arena, &on_call);
    const struct schedule_entry *next = oncall_next(&schedule->shifts, rota->now_ms);
    if (!next)
        return;
    put_later(rota, schedule, "next", next);

    /* In hours off the next shift is mostly that of the person who had the last: who takes over is told apart. */
    const struct schedule_entry *other =
        oncall_next_person(&schedule->shifts, on_call_len ? rota->now_ms : next->start_at);
    if (other && other != next)
        put_later(rota, schedule, "then", other);
}

void
rota_put_problems(struct rota *rota, int64_t from_ms, int64_t to_ms)
{
    rota->label_cols = 6;
    for (size_t i = 0; i < rota->window->schedules_len; i++)
        put_problems_of(rota, &rota->window->schedules[i], from_ms, to_ms);
    for (size_t i = 0; i < rota->window->schedules_len; i++)
        put_overrides_of(rota, &rota->window->schedules[i], from_ms, to_ms);
}

/* ---- hand-overs ---- */

/* Who else has the layer of this shift after it; NULL = nobody is known. */
static const struct schedule_entry *
next_of_layer(const struct rota_schedule *schedule, const struct schedule_entry *entry,
              int64_t until_ms)
{
    for (size_t i = 0; i < schedule->shifts.final_len; i++) {
        const struct schedule_entry *next = &schedule->shifts.final[i];
        if (next->start_at >= until_ms - ONCALL_TOLERANCE_MS && oncall_has_user(next) &&
            !text_equals(next->user_id, entry->user_id) &&
            text_equals(next->rotation_id, entry->rotation_id) &&
            text_equals(next->layer_id, entry->layer_id))
            return next;
    }
    return NULL;
}

static void
put_handover(struct rota *rota, const struct rota_schedule *schedule,
             const struct schedule_entry *entry)
{
    struct table *table = rota->table;
    struct arena *arena = table->arena;
    int64_t until_ms = oncall_until(&schedule->shifts, entry->user_id, rota->now_ms);
    const struct schedule_entry *next = next_of_layer(schedule, entry, until_ms);
    bool at_once = next && next->start_at <= until_ms + ONCALL_TOLERANCE_MS;
    char moment[MOMENT_SIZE];
    table_line(table, "");
    if (is_several(rota)) {
        table_span(table, ROLE_LABEL, rota_schedule_name(rota, schedule, 24));
        table_span(table, ROLE_LABEL, "  ");
    }
    table_span(table, rota_person_role(rota, entry), rota_short_name(rota, entry));
    if (at_once) {
        table_span(table, ROLE_MUTED, " hands over to ");
        table_span(table, rota_person_role(rota, next), rota_short_name(rota, next));
    } else {
        table_span(table, ROLE_MUTED, " ends");
    }
    table_span(table, ROLE_MUTED, " in ");
    table_span_printf(table, ROLE_STRONG, "%s",
                      view_length(until_ms - rota->now_ms + MINUTE_MS - 1, arena));
    table_span_printf(table, ROLE_MUTED, ", %s",
                      moment_text(rota->zone, until_ms, rota->now_ms, moment));
    if (next && !at_once) {
        table_span(table, ROLE_MUTED, "; then ");
        table_span(table, rota_person_role(rota, next), rota_short_name(rota, next));
        table_span_printf(table, ROLE_MUTED, ", %s",
                          moment_text(rota->zone, next->start_at, rota->now_ms, moment));
    }
    table_changes_at(table, rota->now_ms + MINUTE_MS - rota->now_ms % MINUTE_MS);
}

bool
rota_put_handovers(struct rota *rota)
{
    size_t lines = 0;
    for (size_t i = 0; i < rota->window->schedules_len; i++) {
        const struct rota_schedule *schedule = &rota->window->schedules[i];
        const struct schedule_entry *const *on_call;
        size_t len = oncall_at(&schedule->shifts, rota->now_ms, rota->table->arena, &on_call);
        for (size_t j = 0; j < len; j++)
            put_handover(rota, schedule, on_call[j]);
        lines += len;
    }
    return lines > 0;
}

/* ---- the whole ---- */

static void
put_problems(struct rota *rota, bool of_now)
{
    for (size_t i = 0; i < rota->window->schedules_len; i++)
        if (is_gap_now(rota, &rota->window->schedules[i]) == of_now)
            put_problems_of(rota, &rota->window->schedules[i], rota->now_ms,
                            rota->now_ms + ROTA_AHEAD_MS);
}

void
rota_put_on_call(struct rota *rota)
{
    rota->label_cols = is_several(rota) ? 11 : 6;
    for (size_t i = 0; i < rota->window->schedules_len; i++)
        put_on_call(rota, &rota->window->schedules[i]);
}

/* Most pressing first, for the pane may have three rows: who is on, where nobody is, who comes, what is odd later. */
void
rota_put_lines(struct rota *rota)
{
    const struct rota_window *window = rota->window;
    rota_put_on_call(rota);
    put_problems(rota, true);
    for (size_t i = 0; i < window->schedules_len; i++)
        put_next(rota, &window->schedules[i]);
    put_problems(rota, false);
    for (size_t i = 0; i < window->schedules_len; i++)
        put_overrides_of(rota, &window->schedules[i], rota->now_ms, rota->now_ms + ROTA_AHEAD_MS);
}
