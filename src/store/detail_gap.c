#include "store/detail.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/oncall.h"
#include "store/cache.h"

/* Shifts are read so far around what is wrong: who comes before it and after it is among them. */
#define AROUND_MS (35 * DAY_MS)

/* What the rota's rows are called that tell of one: "gap/SCHEDULE/LAYER/START", "2x/…", "nobody/SCHEDULE". */
struct problem {
    enum { PROBLEM_GAP, PROBLEM_OVERLAP, PROBLEM_NOBODY } kind;
    const char *schedule_id, *layer_id;
    int64_t start_at;
};

static bool
parse(const char *id, int64_t now_ms, struct arena *arena, struct problem *problem)
{
    const char *schedule = strchr(id, '/') + 1, *start = strrchr(id, '/') + 1;
    char *end;
    if (*id == 'n') {
        *problem = (struct problem){PROBLEM_NOBODY, schedule, "", now_ms};
        return true;
    }
    const char *layer = strchr(schedule, '/');
    if (!layer || ++layer > start)
        return false;
    *problem = (struct problem){
        .kind = *id == 'g' ? PROBLEM_GAP : PROBLEM_OVERLAP,
        .schedule_id = arena_text_len(arena, schedule, (size_t)(layer - schedule) - 1),
        .layer_id = layer < start ? arena_text_len(arena, layer, (size_t)(start - layer) - 1) : "",
        .start_at = strtoll(start, &end, 10),
    };
    return end > start && !*end && problem->start_at > 0 && problem->start_at < INT64_MAX / 2;
}

static bool
read_list(struct store *store, const struct problem *problem, const char *list, struct arena *arena,
          const struct schedule_entry **entries, size_t *len, struct error *err)
{
    struct statement *statement;
    struct schedule_entry *read = NULL;
    if (!store_statement(store, SQL_ROTA_SHIFTS, &statement, err))
        return false;
    bind_text(statement, "schedule_id", problem->schedule_id);
    bind_text(statement, "list", list);
    bind_integer(statement, "from_ms", problem->start_at - AROUND_MS);
    bind_integer(statement, "to_ms", problem->start_at + AROUND_MS);
    bool ok = statement_read_all(statement, &schedule_entry_table, arena, 0, &read, len, err);
    *entries = read;
    return ok;
}

static const struct oncall_span *
find_span(const struct problem *problem, const struct oncall_shifts *shifts, struct arena *arena)
{
    const struct oncall_span *spans;
    int64_t from_ms = problem->start_at - AROUND_MS, to_ms = problem->start_at + AROUND_MS;
    size_t len = problem->kind == PROBLEM_GAP
                     ? oncall_gaps(shifts, from_ms, to_ms, arena, &spans)
                     : oncall_overlaps(shifts, from_ms, to_ms, arena, &spans);
    for (size_t i = 0; i < len; i++)
        if (text_equals(spans[i].layer_id, problem->layer_id) &&
            spans[i].start_at <= problem->start_at && spans[i].end_at > problem->start_at)
            return &spans[i];
    return NULL;
}

static bool
is_on(const struct schedule_entry *entry, const struct oncall_span *span)
{
    return oncall_has_user(entry) && text_equals(entry->layer_id, span->layer_id) &&
           text_equals(entry->rotation_id, span->rotation_id);
}

/* Who comes before or after; nobody is nothing to say. */
static void
add_person(struct detail *detail, const char *label, const struct schedule_entry *entry, int64_t at)
{
    if (entry)
        detail_add(detail, (struct detail_fact){
                               .label = label,
                               .text = entry->user_name,
                               .at = at,
                               .ref = arena_printf(&detail->arena, "shift/%s", entry->id)});
}

static void
add_neighbours(const struct oncall_shifts *shifts, const struct oncall_span *span,
               struct detail *detail)
{
    const struct schedule_entry *last = NULL, *next = NULL, *meant = NULL;
    for (size_t i = 0; i < shifts->final_len; i++) {
        const struct schedule_entry *entry = &shifts->final[i];
        if (is_on(entry, span) && entry->end_at <= span->start_at &&
            (!last || entry->end_at > last->end_at))
            last = entry;
        if (is_on(entry, span) && entry->start_at >= span->end_at && !next)
            next = entry;
    }
    for (size_t i = 0; i < shifts->scheduled_len && !meant; i++) {
        const struct schedule_entry *entry = &shifts->scheduled[i];
        if (is_on(entry, span) && entry->start_at < span->end_at && entry->end_at > span->start_at)
            meant = entry;
    }
    detail_add(detail,
               (struct detail_fact){.label = "scheduled",
                                    .text = meant ? meant->user_name
                                                  : "nobody: an empty slot of the rotation"});
    add_person(detail, "last", last, last ? last->end_at : 0);
    add_person(detail, "next", next, next ? next->start_at : 0);
}

static void
describe(const struct problem *problem, const struct schedule *schedule,
         const struct oncall_shifts *shifts, const struct oncall_span *span, struct detail *detail)
{
    struct arena *arena = &detail->arena;
    if (problem->kind == PROBLEM_GAP) {
        detail->title = arena_printf(arena, "Nobody on call for %s", schedule->name);
        detail_add(detail,
                   (struct detail_fact){.label = "gap",
                                        .text = lasted_text(arena, span->end_at - span->start_at),
                                        .tone = TONE_PROBLEM});
    } else if (span->kind == ONCALL_SAME_PERSON) {
        detail->title =
            arena_printf(arena, "%s twice on call for %s", span->user_name, schedule->name);
        detail_add(detail, (struct detail_fact){
                               .label = "overlap",
                               .text = "one person on two layers: one of them is empty in truth",
                               .tone = TONE_PROBLEM});
    } else {
        detail->title = arena_printf(arena, "%s and %s both on call for %s", span->user_name,
                                     span->other_user_name, schedule->name);
        detail_add(detail, (struct detail_fact){.label = "overlap",
                                                .text = "two people on one layer",
                                                .tone = TONE_PROBLEM});
    }
    detail_add(detail, (struct detail_fact){.label = "from", .at = span->start_at});
    detail_add(detail, (struct detail_fact){.label = "until", .at = span->end_at});
    detail_add(detail, (struct detail_fact){.label = "length",
                                            .text = detail_length(arena, schedule->timezone,
                                                                  span->start_at, span->end_at)});
    if (problem->kind == PROBLEM_GAP)
        add_neighbours(shifts, span, detail);
    detail_section(detail, "Schedule");
    detail_add(detail, (struct detail_fact){.label = "schedule",
                                            .text = schedule->name,
                                            .link = schedule->permalink});
    detail_add(detail, (struct detail_fact){.label = "zone", .text = schedule->timezone});
}

/* "nobody/SCHEDULE": a schedule that has nobody on call now. */
static void
describe_nobody(const struct schedule *schedule, const struct oncall_shifts *shifts, int64_t now_ms,
                struct detail *detail)
{
    struct arena *arena = &detail->arena;
    const struct schedule_entry *next = oncall_next(shifts, now_ms), *last = NULL;
    for (size_t i = 0; i < shifts->final_len; i++)
        if (oncall_has_user(&shifts->final[i]) && shifts->final[i].end_at <= now_ms &&
            (!last || shifts->final[i].end_at > last->end_at))
            last = &shifts->final[i];
    detail->title = arena_printf(arena, "Nobody on call for %s now", schedule->name);
    add_person(detail, "last", last, last ? last->end_at : 0);
    add_person(detail, "next", next, next ? next->start_at : 0);
    detail_section(detail, "Schedule");
    detail_add(detail, (struct detail_fact){.label = "schedule", .text = schedule->name});
    detail_add(detail, (struct detail_fact){.label = "zone", .text = schedule->timezone});
}

bool
detail_problem(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct arena *arena = &detail->arena;
    struct problem problem;
    struct schedule schedule;
    struct oncall_shifts shifts = {0};
    int64_t now_ms = clock_now_ms();
    bool found;
    if (!parse(id, now_ms, arena, &problem))
        return true;
    if (!cache_get(store, KIND_SCHEDULE, problem.schedule_id, arena, &schedule, &found, err))
        return false;
    if (!found)
        return true;
    if (!read_list(store, &problem, "final", arena, &shifts.final, &shifts.final_len, err) ||
        !read_list(store, &problem, "scheduled", arena, &shifts.scheduled, &shifts.scheduled_len,
                   err))
        return false;
    if (problem.kind == PROBLEM_NOBODY) {
        describe_nobody(&schedule, &shifts, now_ms, detail);
    } else {
        const struct oncall_span *span = find_span(&problem, &shifts, arena);
        if (!span)
            return true; /* somebody has taken it meanwhile */
        describe(&problem, &schedule, &shifts, span, detail);
    }
    detail->id = arena_text(arena, id);
    detail->name = schedule.name;
    detail->zone = schedule.timezone;
    return true;
}
