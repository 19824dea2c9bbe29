#include "hub/schedules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/str.h"
#include "hub/schedule_plan.h"

#define WINDOW_END_MAX_MS ((int64_t)330 * 366 * DAY_MS) /* about the year 2300 */
#define WINDOW_MAX_MS ((int64_t)10 * 366 * DAY_MS)

/* One layer of one rotation, over all versions: what an override belongs to and final is computed for. */
struct lane {
    const char *rotation_id, *layer_id;
};

/* A shift without its texts. */
struct piece {
    int64_t start_ms, end_ms;
    const struct user_embedded *user;         /* NULL = nobody */
    const struct schedule_override *override; /* what put it there, or NULL */
};

struct pieces {
    struct arena *arena;
    struct piece *items;
    size_t len, cap;
};

struct entry_list {
    struct schedule_entry *items;
    size_t len, cap;
};

static void *
grow(struct arena *arena, void *items, size_t len, size_t *cap, size_t item_size)
{
    if (len < *cap)
        return items;
    size_t bigger = *cap ? *cap * 2 : 16;
    void *moved = arena_alloc_array(arena, bigger, item_size);
    if (len)
        memcpy(moved, items, len * item_size);
    *cap = bigger;
    return moved;
}

/* Empty pieces are not shifts: a clock change can make one of a short interval. */
static void
pieces_add(struct pieces *pieces, struct piece piece)
{
    if (piece.start_ms >= piece.end_ms)
        return;
    pieces->items =
        grow(pieces->arena, pieces->items, pieces->len, &pieces->cap, sizeof *pieces->items);
    pieces->items[pieces->len++] = piece;
}

/* ---- rotations: from handover to handover ---- */

/* Handover number `k`. `wall` is the local time meant, which at_ms misses when the clocks skip it. */
struct handover {
    int64_t k;
    int64_t at_ms;
    struct civil wall;
};

static struct handover
handover_next(const struct plan_version *version, const struct zone *zone, struct handover handover)
{
    const struct plan_step *step = &version->steps[handover.k % (int64_t)version->steps_len];
    handover.k++;
    if (step->hours) {
        handover.at_ms += step->hours * HOUR_MS;
        handover.wall = zone_to_civil(zone, handover.at_ms);
    } else {
        handover.wall.day += step->days;
        handover.at_ms = zone_from_civil(zone, handover.wall);
    }
    return handover;
}

static bool
is_at_its_wall_time(const struct zone *zone, const struct handover *handover)
{
    struct civil civil = zone_to_civil(zone, handover->at_ms);
    return civil.hour == handover->wall.hour && civil.minute == handover->wall.minute &&
           civil.second == handover->wall.second;
}

/*
 * Leaps over whole cycles, as long as they end before target_ms and before the next clock change: in between every
 * cycle lasts the same. So the way to any date is a few steps a clock change, not one a shift.
 */
static struct handover
handover_leap(const struct plan_version *version, const struct zone *zone, struct handover handover,
              int64_t target_ms)
{
    int64_t steps = (int64_t)version->steps_len;
    if (handover.k % steps != 0 || !is_at_its_wall_time(zone, &handover))
        return handover;
    int64_t limit_ms = zone_next_transition_ms(zone, handover.at_ms);
    if (limit_ms > target_ms)
        limit_ms = target_ms;
    int64_t cycles = (limit_ms - handover.at_ms) / version->cycle_ms - 1;
    if (cycles < 1)
        return handover;
    handover.k += cycles * steps;
    handover.at_ms += cycles * version->cycle_ms;
    handover.wall = zone_to_civil(zone, handover.at_ms);
    return handover;
}

static const struct user_embedded *
user_of_shift(const struct plan_version *version, int64_t k, size_t layer)
{
    int64_t turn = version->hands_over ? k : 0;
    const struct user_embedded *user =
        &version->users[(turn + (int64_t)layer) % (int64_t)version->users_len];
    return text_equals(user->id, SCHEDULE_NOBODY) ? NULL : user;
}

/* The parts of a shift that lie in working intervals; parts that touch become one. */
static void
add_working_parts(const struct plan_version *version, const struct zone *zone, struct piece shift,
                  struct pieces *pieces)
{
    struct civil day = zone_to_civil(zone, shift.start_ms);
    day.hour = day.minute = day.second = 0;
    struct piece open = {0};

    for (; zone_from_civil(zone, day) < shift.end_ms;
         day.day++, day.weekday = (day.weekday + 1) % 7)
        for (size_t i = 0; i < version->intervals_len; i++) {
            const struct plan_interval *interval = &version->intervals[i];
            if (interval->weekday != day.weekday)
                continue;
            struct civil from = day, to = day;
            from.hour = interval->start_minute / 60;
            from.minute = interval->start_minute % 60;
            to.hour = interval->end_minute / 60;
            to.minute = interval->end_minute % 60;
            struct piece part = shift;
            int64_t start_ms = zone_from_civil(zone, from), end_ms = zone_from_civil(zone, to);
            if (start_ms > part.start_ms)
                part.start_ms = start_ms;
            if (end_ms < part.end_ms)
                part.end_ms = end_ms;
            if (part.start_ms >= part.end_ms)
                continue;
            if (part.start_ms <= open.end_ms && open.end_ms) {
                if (part.end_ms > open.end_ms)
                    open.end_ms = part.end_ms;
                continue;
            }
            pieces_add(pieces, open);
            open = part;
        }
    pieces_add(pieces, open);
}

/* The shifts of one version's layer that overlap [from_ms, to_ms). */
static void
add_version(const struct plan_version *version, const struct zone *zone, size_t layer,
            int64_t from_ms, int64_t to_ms, struct pieces *pieces)
{
    if (!version->users_len || version->to_ms <= from_ms || version->from_ms >= to_ms)
        return;
    int64_t end_ms = version->to_ms < to_ms ? version->to_ms : to_ms;
    int64_t target_ms = version->from_ms > from_ms ? version->from_ms : from_ms;

    struct handover handover = {.at_ms = version->anchor_ms,
                                .wall = zone_to_civil(zone, version->anchor_ms)};
    while (handover.at_ms < end_ms && pieces->len <= SCHEDULE_ENTRIES_MAX) {
        handover = handover_leap(version, zone, handover, target_ms);
        struct handover next = handover_next(version, zone, handover);
        struct piece shift = {.start_ms = handover.at_ms, .end_ms = next.at_ms};
        if (shift.start_ms < version->from_ms)
            shift.start_ms = version->from_ms;
        if (shift.end_ms > version->to_ms)
            shift.end_ms = version->to_ms;

        if (shift.end_ms > target_ms) {
            shift.user = user_of_shift(version, handover.k, layer);
            if (version->intervals_len)
                add_working_parts(version, zone, shift, pieces);
            else
                pieces_add(pieces, shift);
        }
        handover = next;
    }
}

static void
add_scheduled(const struct schedule_plan *plan, const struct lane *lane, int64_t from_ms,
              int64_t to_ms, struct pieces *pieces)
{
    for (size_t i = 0; i < plan->versions_len; i++) {
        const struct plan_version *version = &plan->versions[i];
        if (!text_equals(version->rotation_id, lane->rotation_id))
            continue;
        for (size_t layer = 0; layer < version->layers_len; layer++)
            if (text_equals(version->layers[layer].id, lane->layer_id))
                add_version(version, plan->zone, layer, from_ms, to_ms, pieces);
    }
}

/* ---- overrides: cut and replace ---- */

static int
compare_created(const void *a, const void *b)
{
    const struct schedule_override *x = *(const struct schedule_override *const *)a;
    const struct schedule_override *y = *(const struct schedule_override *const *)b;
    if (x->created_at != y->created_at)
        return x->created_at < y->created_at ? -1 : 1;
    return strcmp(x->id, y->id);
}

static struct pieces
cut_out(const struct pieces *pieces, int64_t from_ms, int64_t to_ms)
{
    struct pieces left = {.arena = pieces->arena};
    for (size_t i = 0; i < pieces->len; i++) {
        struct piece before = pieces->items[i], after = pieces->items[i];
        if (before.end_ms > from_ms)
            before.end_ms = from_ms;
        if (after.start_ms < to_ms)
            after.start_ms = to_ms;
        pieces_add(&left, before);
        pieces_add(&left, after);
    }
    return left;
}

/* The user an override names, or NULL for nobody. */
static const struct user_embedded *
user_of_override(const struct schedule_override *override, struct arena *arena)
{
    if (text_is_empty(override->user_id) || text_equals(override->user_id, SCHEDULE_NOBODY))
        return NULL;
    struct user_embedded *user = arena_new(arena, struct user_embedded);
    *user = (struct user_embedded){override->user_id, override->user_name, override->user_email,
                                   override->user_role, override->user_slack_user_id};
    return user;
}

static struct piece
piece_of_override(const struct schedule_override *override, struct arena *arena)
{
    return (struct piece){override->start_at, override->end_at, user_of_override(override, arena),
                          override};
}

/* `overrides` in the order they were made, so that a later one wins. */
static struct pieces
apply_overrides(const struct pieces *scheduled, const struct schedule_override *const *overrides,
                size_t overrides_len)
{
    struct pieces final = {.arena = scheduled->arena};
    for (size_t i = 0; i < scheduled->len; i++)
        pieces_add(&final, scheduled->items[i]);
    for (size_t i = 0; i < overrides_len; i++) {
        final = cut_out(&final, overrides[i]->start_at, overrides[i]->end_at);
        pieces_add(&final, piece_of_override(overrides[i], scheduled->arena));
    }
    return final;
}

/* ---- entries ---- */

/* Identifies a shift across calls: 32 hex digits from schedule, rotation, layer, start, end and user. */
static const char *
schedule_entry_fingerprint(const struct schedule_entry *entry, struct arena *arena)
{
    char start[RFC3339_SIZE], end[RFC3339_SIZE], hex[DIGEST_HEX_SIZE];
    const char *parts[] = {entry->schedule_id,
                           entry->rotation_id,
                           entry->layer_id,
                           time_to_rfc3339(entry->start_at, start),
                           time_to_rfc3339(entry->end_at, end),
                           entry->user_id};
    digest_keyed_hex("shift", parts, sizeof parts / sizeof parts[0], hex);
    return arena_text_len(arena, hex, 32);
}

static void
add_entries(const struct schedule_plan *plan, const struct lane *lane, const char *list_name,
            const struct pieces *pieces, int64_t from_ms, int64_t to_ms, struct entry_list *list)
{
    struct arena *arena = pieces->arena;
    for (size_t i = 0; i < pieces->len; i++) {
        const struct piece *piece = &pieces->items[i];
        if (piece->end_ms <= from_ms || piece->start_ms >= to_ms)
            continue;
        static const struct user_embedded nobody = {"", "", "", "", ""};
        const struct user_embedded *user = piece->user ? piece->user : &nobody;
        char start[RFC3339_SIZE];

        list->items = grow(arena, list->items, list->len, &list->cap, sizeof *list->items);
        struct schedule_entry *entry = &list->items[list->len++];
        *entry = (struct schedule_entry){
            .schedule_id = plan->schedule_id,
            .list = list_name,
            .entry_id = piece->override ? piece->override->id : "",
            .rotation_id = lane->rotation_id,
            .layer_id = lane->layer_id,
            .user_id = user->id,
            .user_name = user->name,
            .user_email = user->email,
            .user_role = user->role,
            .user_slack_user_id = user->slack_user_id,
            .start_at = piece->start_ms,
            .end_at = piece->end_ms,
            .json = "",
        };
        entry->fingerprint = schedule_entry_fingerprint(entry, arena);
        entry->id =
            arena_printf(arena, "%s/%s/%s/%s/%s", plan->schedule_id, list_name, lane->rotation_id,
                         lane->layer_id, time_to_rfc3339(piece->start_ms, start));
    }
}

/* Both halves are in order of start; entries of one time stay in order of their lanes. */
static void
merge_by_start(struct entry_list *list, size_t sorted_len, struct arena *arena)
{
    if (sorted_len == 0 || sorted_len == list->len)
        return;
    struct schedule_entry *merged = arena_new_array(arena, list->cap, struct schedule_entry);
    size_t a = 0, b = sorted_len, len = 0;
    while (a < sorted_len || b < list->len)
        if (b == list->len ||
            (a < sorted_len && list->items[a].start_at <= list->items[b].start_at))
            merged[len++] = list->items[a++];
        else
            merged[len++] = list->items[b++];
    list->items = merged;
}

static int
compare_pieces(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    if (x->start_ms != y->start_ms)
        return x->start_ms < y->start_ms ? -1 : 1;
    return x->end_ms < y->end_ms ? -1 : x->end_ms > y->end_ms;
}

static void
add_lane(const struct schedule_plan *plan, const struct lane *lane, const char *list_name,
         struct pieces *pieces, int64_t from_ms, int64_t to_ms, struct entry_list *list)
{
    if (pieces->len)
        qsort(pieces->items, pieces->len, sizeof *pieces->items, compare_pieces);
    size_t before = list->len;
    add_entries(plan, lane, list_name, pieces, from_ms, to_ms, list);
    merge_by_start(list, before, pieces->arena);
}

/* ---- lanes: those of the configuration, then those only overrides name, which have no order but their ids' ---- */

static int
compare_lanes(const void *a, const void *b)
{
    const struct lane *x = a, *y = b;
    int by_rotation = strcmp(x->rotation_id, y->rotation_id);
    return by_rotation ? by_rotation : strcmp(x->layer_id, y->layer_id);
}

static void
lanes_add(struct lane *lanes, size_t *len, const char *rotation_id, const char *layer_id)
{
    for (size_t i = 0; i < *len; i++)
        if (text_equals(lanes[i].rotation_id, rotation_id) &&
            text_equals(lanes[i].layer_id, layer_id))
            return;
    lanes[(*len)++] = (struct lane){rotation_id, layer_id};
}

static struct lane *
lanes_of(const struct schedule_plan *plan, const struct schedule_override *const *overrides,
         size_t overrides_len, struct arena *arena, size_t *len)
{
    size_t cap = overrides_len;
    for (size_t i = 0; i < plan->versions_len; i++)
        cap += plan->versions[i].layers_len;
    struct lane *lanes = arena_new_array(arena, cap, struct lane);
    *len = 0;
    for (size_t i = 0; i < plan->versions_len; i++)
        for (size_t j = 0; j < plan->versions[i].layers_len; j++)
            lanes_add(lanes, len, plan->versions[i].rotation_id, plan->versions[i].layers[j].id);
    size_t configured = *len;
    for (size_t i = 0; i < overrides_len; i++)
        lanes_add(lanes, len, overrides[i]->rotation_id, overrides[i]->layer_id);
    if (*len > configured)
        qsort(lanes + configured, *len - configured, sizeof *lanes, compare_lanes);
    return lanes;
}

/* This schedule's overrides of a lane (NULL = of any) that touch [from_ms, to_ms), in the order they were made. */
static const struct schedule_override **
overrides_of(const struct schedule_plan *plan, const struct lane *lane,
             const struct schedule_override *overrides, size_t overrides_len, int64_t from_ms,
             int64_t to_ms, struct arena *arena, size_t *len)
{
    const struct schedule_override **chosen =
        arena_new_array(arena, overrides_len, const struct schedule_override *);
    *len = 0;
    for (size_t i = 0; i < overrides_len; i++)
        if (text_equals(overrides[i].schedule_id, plan->schedule_id) &&
            overrides[i].start_at < overrides[i].end_at && overrides[i].end_at > from_ms &&
            overrides[i].start_at < to_ms &&
            (!lane || (text_equals(overrides[i].rotation_id, lane->rotation_id) &&
                       text_equals(overrides[i].layer_id, lane->layer_id))))
            chosen[(*len)++] = &overrides[i];
    if (*len) /* qsort takes no NULL */
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): it is pointers that are sorted */
        qsort(chosen, *len, sizeof *chosen, compare_created);
    return chosen;
}

/*
 * Final entries are whole: an override that ended before the window still cuts the shift that reaches into it, and so does
 * one made later that cuts the override which reaches into it. Overrides of a lane that touch what has been found, in the
 * order they were made.
 */
static const struct schedule_override **
overrides_that_cut(const struct schedule_plan *plan, const struct lane *lane,
                   const struct pieces *scheduled, const struct schedule_override *overrides,
                   size_t overrides_len, int64_t from_ms, int64_t to_ms, struct arena *arena,
                   size_t *len)
{
    for (size_t i = 0; i < scheduled->len; i++) {
        if (scheduled->items[i].start_ms < from_ms)
            from_ms = scheduled->items[i].start_ms;
        if (scheduled->items[i].end_ms > to_ms)
            to_ms = scheduled->items[i].end_ms;
    }
    for (size_t known = 0;; known = *len) {
        const struct schedule_override **cutting =
            overrides_of(plan, lane, overrides, overrides_len, from_ms, to_ms, arena, len);
        if (*len == known)
            return cutting;
        for (size_t i = 0; i < *len; i++) {
            if (cutting[i]->start_at < from_ms)
                from_ms = cutting[i]->start_at;
            if (cutting[i]->end_at > to_ms)
                to_ms = cutting[i]->end_at;
        }
    }
}

bool
schedule_plan_entries(const struct schedule_plan *plan, const struct schedule_override *overrides,
                      size_t overrides_len, int64_t from_ms, int64_t to_ms, struct arena *arena,
                      struct schedule_entries *entries, struct error *err)
{
    if (to_ms < from_ms || from_ms < 0 || to_ms > WINDOW_END_MAX_MS ||
        to_ms - from_ms > WINDOW_MAX_MS)
        return error_set(err, ERROR_INVALID,
                         "cannot compute shifts: the window must end after it begins, within 10 "
                         "years and between 1970 and 2300");

    struct entry_list scheduled = {0}, overriding = {0}, final = {0};
    size_t in_window_len, lanes_len;
    const struct schedule_override **in_window =
        overrides_of(plan, NULL, overrides, overrides_len, from_ms, to_ms, arena, &in_window_len);
    struct lane *lanes = lanes_of(plan, in_window, in_window_len, arena, &lanes_len);

    for (size_t i = 0; i < lanes_len; i++) {
        struct pieces rules = {.arena = arena}, replacing = {.arena = arena};
        add_scheduled(plan, &lanes[i], from_ms, to_ms, &rules);
        if (rules.len > SCHEDULE_ENTRIES_MAX)
            return error_set(err, ERROR_INVALID,
                             "cannot compute shifts: more than %d of rotation '%s' in one window",
                             SCHEDULE_ENTRIES_MAX, lanes[i].rotation_id);

        size_t cutting_len;
        const struct schedule_override **cutting = overrides_that_cut(
            plan, &lanes[i], &rules, overrides, overrides_len, from_ms, to_ms, arena, &cutting_len);
        for (size_t j = 0; j < cutting_len; j++)
            pieces_add(&replacing, piece_of_override(cutting[j], arena));
        struct pieces effective = apply_overrides(&rules, cutting, cutting_len);

        add_lane(plan, &lanes[i], "scheduled", &rules, from_ms, to_ms, &scheduled);
        add_lane(plan, &lanes[i], "overrides", &replacing, from_ms, to_ms, &overriding);
        add_lane(plan, &lanes[i], "final", &effective, from_ms, to_ms, &final);
        if (scheduled.len + overriding.len + final.len > 3 * SCHEDULE_ENTRIES_MAX)
            return error_set(err, ERROR_INVALID,
                             "cannot compute shifts: more than %d in one window; ask for less",
                             SCHEDULE_ENTRIES_MAX);
    }
    *entries = (struct schedule_entries){scheduled.items, scheduled.len, overriding.items,
                                         overriding.len,  final.items,   final.len};
    return true;
}

static bool
is_first_of_its_lane(const struct schedule_shifts *shifts, const struct schedule_entry *entry)
{
    for (size_t i = 0; i < shifts->next_len; i++)
        if (text_equals(shifts->next[i].rotation_id, entry->rotation_id) &&
            text_equals(shifts->next[i].layer_id, entry->layer_id))
            return false;
    return true;
}

bool
schedule_plan_shifts(const struct schedule_plan *plan, const struct schedule_override *overrides,
                     size_t overrides_len, int64_t now_ms, struct arena *arena,
                     struct schedule_shifts *shifts, struct error *err)
{
    size_t lanes_len;
    (void)lanes_of(plan, NULL, 0, arena, &lanes_len); /* only their number is of use */

    /* Most rotas hand over within the week; only the others need the long look ahead. */
    static const int days_ahead[] = {8, SCHEDULE_WINDOW_MAX_DAYS};
    for (size_t i = 0; i < sizeof days_ahead / sizeof days_ahead[0]; i++) {
        struct schedule_entries entries = {0};
        if (!schedule_plan_entries(plan, overrides, overrides_len, now_ms,
                                   now_ms + days_ahead[i] * DAY_MS, arena, &entries, err))
            return false;
        struct schedule_entry *current =
            arena_new_array(arena, entries.final_len, struct schedule_entry);
        struct schedule_entry *next =
            arena_new_array(arena, entries.final_len, struct schedule_entry);
        *shifts = (struct schedule_shifts){.current = current, .next = next};
        for (size_t j = 0; j < entries.final_len; j++)
            if (entries.final[j].start_at <= now_ms)
                current[shifts->current_len++] = entries.final[j];
            else if (is_first_of_its_lane(shifts, &entries.final[j]))
                next[shifts->next_len++] = entries.final[j];
        if (shifts->next_len >= lanes_len)
            break;
    }
    return true;
}
