#include <string.h>

#include "base/str.h"
#include "ui/rota.h"

static bool
in_lane(const struct rota_lane *lane, const char *rotation_id, const char *layer_id)
{
    return text_equals(lane->rotation_id, rotation_id) && text_equals(lane->layer_id, layer_id);
}

bool
rota_run_is_on_top(const struct rota_run *run)
{
    return run->kind != RUN_SHIFT || run->is_override;
}

bool
rota_run_looks_like(const struct rota_run *a, const struct rota_run *b)
{
    if (a->kind != b->kind || a->is_override != b->is_override)
        return false;
    return a->kind != RUN_SHIFT || text_equals(a->entry->user_id, b->entry->user_id);
}

/* A shift makes the last run longer when it is its person going on. */
static void
add_shift(struct rota_runs *runs, const struct schedule_entry *entry, bool is_override)
{
    struct rota_run run = {.kind = RUN_SHIFT,
                           .start_at = entry->start_at,
                           .end_at = entry->end_at,
                           .entry = entry,
                           .is_override = is_override};
    struct rota_run *last = runs->len ? &runs->items[runs->len - 1] : NULL;
    bool follows = last && entry->start_at <= last->end_at + ONCALL_TOLERANCE_MS;
    if (follows && rota_run_looks_like(last, &run)) {
        if (entry->end_at > last->end_at)
            last->end_at = entry->end_at;
        return;
    }
    if (follows && !text_equals(last->entry->user_id, entry->user_id) &&
        last->end_at <= entry->start_at + ONCALL_TOLERANCE_MS)
        run.before = last->entry;
    runs->items[runs->len++] = run;
}

static void
add_problems(struct rota_runs *runs, const struct rota_lane *lane, const struct oncall_span *spans,
             size_t spans_len)
{
    for (size_t i = 0; i < spans_len; i++)
        if (in_lane(lane, spans[i].rotation_id, spans[i].layer_id))
            runs->items[runs->len++] =
                (struct rota_run){.kind = spans[i].kind == ONCALL_GAP ? RUN_GAP : RUN_DOUBLE,
                                  .start_at = spans[i].start_at,
                                  .end_at = spans[i].end_at,
                                  .span = &spans[i]};
}

static void
mark_wanted(const struct rota *rota, const struct rota_schedule *schedule,
            const struct rota_lane *lane, struct rota_runs *runs)
{
    for (size_t i = 0; i < rota->window->covers_len; i++) {
        const struct asked_cover *cover = &rota->window->covers[i];
        if (!text_equals(cover->schedule_id, schedule->id) ||
            !in_lane(lane, cover->rotation_id, cover->layer_id))
            continue;
        for (size_t k = 0; k < runs->len; k++) {
            struct rota_run *run = &runs->items[k];
            run->wants_cover |= run->kind == RUN_SHIFT && cover->start_at < run->end_at &&
                                cover->end_at > run->start_at &&
                                text_equals(cover->user_id, run->entry->user_id);
        }
    }
}

/* All runs of a line in the window that was read. */
static struct rota_runs
all_runs(const struct rota *rota, const struct rota_schedule *schedule,
         const struct rota_lane *lane, enum rota_source source)
{
    struct arena *arena = rota->table->arena;
    const struct oncall_shifts *shifts = &schedule->shifts;
    const struct schedule_entry *entries = source == ROTA_FINAL       ? shifts->final
                                           : source == ROTA_SCHEDULED ? shifts->scheduled
                                                                      : shifts->overrides;
    size_t len = source == ROTA_FINAL       ? shifts->final_len
                 : source == ROTA_SCHEDULED ? shifts->scheduled_len
                                            : shifts->overrides_len;
    const struct oncall_span *gaps = NULL, *overlaps = NULL;
    size_t gaps_len = 0, overlaps_len = 0;
    if (source == ROTA_FINAL) {
        gaps_len = oncall_gaps(shifts, INT64_MIN, INT64_MAX, arena, &gaps);
        overlaps_len = oncall_overlaps(shifts, INT64_MIN, INT64_MAX, arena, &overlaps);
    }
    struct rota_runs runs = {
        arena_new_array(arena, len + gaps_len + overlaps_len + 1, struct rota_run), 0};
    for (size_t i = 0; i < len; i++)
        if (oncall_has_user(&entries[i]) &&
            in_lane(lane, entries[i].rotation_id, entries[i].layer_id))
            add_shift(&runs, &entries[i],
                      source == ROTA_OVERRIDES ||
                          (source == ROTA_FINAL && oncall_override_of(shifts, &entries[i])));
    if (source == ROTA_FINAL)
        mark_wanted(rota, schedule, lane, &runs);
    add_problems(&runs, lane, overlaps, overlaps_len);
    add_problems(&runs, lane, gaps, gaps_len);
    return runs;
}

/* Where a line's runs are kept for the rest of this build: a month asks for them each week. */
static struct rota_runs *
kept_runs(struct rota *rota, const struct rota_schedule *schedule, const struct rota_lane *lane,
          enum rota_source source)
{
    size_t lanes = 0, at = 0;
    for (size_t i = 0; i < rota->window->schedules_len; i++) {
        const struct rota_schedule *other = &rota->window->schedules[i];
        if (other == schedule)
            at = lanes + (size_t)(lane - schedule->lanes);
        lanes += other->lanes_len;
    }
    if (!rota->runs) {
        rota->runs =
            arena_new_array(rota->table->arena, lanes * ROTA_SOURCE_COUNT, struct rota_runs);
        memset(rota->runs, 0, lanes * ROTA_SOURCE_COUNT * sizeof *rota->runs);
    }
    return &rota->runs[at * ROTA_SOURCE_COUNT + source];
}

struct rota_runs
rota_runs(struct rota *rota, const struct rota_schedule *schedule, const struct rota_lane *lane,
          enum rota_source source, int64_t from_ms, int64_t to_ms)
{
    struct rota_runs *kept = kept_runs(rota, schedule, lane, source);
    if (!kept->items)
        *kept = all_runs(rota, schedule, lane, source);
    struct rota_runs runs = {arena_new_array(rota->table->arena, kept->len + 1, struct rota_run),
                             0};
    for (size_t i = 0; i < kept->len; i++)
        if (kept->items[i].end_at > from_ms && kept->items[i].start_at < to_ms)
            runs.items[runs.len++] = kept->items[i];
    return runs;
}

const char *
rota_lane_id(const struct rota_schedule *schedule, const struct rota_lane *lane,
             struct arena *arena)
{
    return arena_printf(arena, "lane/%s/%s/%s", schedule->id, lane->rotation_id, lane->layer_id);
}

const struct schedule_entry *
rota_shift_of_lane(const struct rota_window *window, const char *id, int64_t at_ms,
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
                    entry->end_at > at_ms)
                    return entry;
            }
        }
    }
    return NULL;
}
