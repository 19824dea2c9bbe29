#pragma once

/*
 * Who is on call, read from shifts: from `final` entries, which are the truth, and from `scheduled` and `overrides` ones
 * where it takes them to say what is missing. Pure functions over arrays of one schedule, ordered by start_at (as the
 * store and the API give them). Spans of less than a minute are never gaps, overlaps or hand-overs (ux 12).
 */

#include "base/arena.h"
#include "model/model.h"

#define ONCALL_TOLERANCE_MS (60 * (int64_t)1000)

/* Shifts of one schedule, each list ordered by start_at. Borrowed. */
struct oncall_shifts {
    const struct schedule_entry *final;
    size_t final_len;
    const struct schedule_entry *scheduled;
    size_t scheduled_len;
    const struct schedule_entry *overrides;
    size_t overrides_len;
};

/* Somebody is meant: an entry without a user is an empty slot. */
bool oncall_has_user(const struct schedule_entry *entry);

/*
 * The final entries with a user that hold time_ms, each person once (the entry of the earliest start); pointers into
 * `shifts->final`. An empty list outside working hours is normal: see oncall_gaps for what is not.
 */
size_t oncall_at(const struct oncall_shifts *shifts, int64_t time_ms, struct arena *arena,
                 const struct schedule_entry *const **entries);

/*
 * When the person's contiguous run of final entries around time_ms ends: the hand-over as a person means it, over entry
 * borders, versions, layers and overrides. time_ms when they are not on call then.
 */
int64_t oncall_until(const struct oncall_shifts *shifts, const char *user_id, int64_t time_ms);

/* The next final entry with a user that starts after time_ms and does not merely continue that user's run; NULL if none. */
const struct schedule_entry *oncall_next(const struct oncall_shifts *shifts, int64_t time_ms);

/* The next such entry of somebody who is not among those on call at time_ms: who takes over. NULL if none. */
const struct schedule_entry *oncall_next_person(const struct oncall_shifts *shifts,
                                                int64_t time_ms);

/* The override that put this final entry there: same rotation, layer and user, holding it. NULL when it is as scheduled. */
const struct schedule_entry *oncall_override_of(const struct oncall_shifts *shifts,
                                                const struct schedule_entry *entry);

/* Whose scheduled shift this final entry takes over, in whole or part; NULL when the rotation schedules nobody then. */
const struct schedule_entry *oncall_scheduled_instead(const struct oncall_shifts *shifts,
                                                      const struct schedule_entry *entry);

/* Something wrong with the rota from start_at to end_at. Ids are borrowed from the entries. */
struct oncall_span {
    enum {
        ONCALL_GAP,         /* nobody on a layer that should have somebody */
        ONCALL_DOUBLE,      /* two people on one layer of one rotation: "2x" */
        ONCALL_SAME_PERSON, /* one person on two layers, so that one of them is empty in truth: "2x" */
    } kind;
    int64_t start_at, end_at;
    const char *rotation_id, *layer_id;
    const char *user_id, *user_name;             /* of an overlap; "" for a gap */
    const char *other_user_id, *other_user_name; /* the second of ONCALL_DOUBLE; "" otherwise */
};

/*
 * Gaps in [from_ms, to_ms), per layer: where a scheduled entry says that somebody should be (an empty slot, NOBODY, says
 * so too) or a final entry is empty, and no final entry with a user is there. Hours in which the rotation schedules
 * nobody at all, as nights in a rota of working hours, are no gap. Ordered by start; parts less than a minute apart are one.
 */
size_t oncall_gaps(const struct oncall_shifts *shifts, int64_t from_ms, int64_t to_ms,
                   struct arena *arena, const struct oncall_span **spans);

size_t oncall_overlaps(const struct oncall_shifts *shifts, int64_t from_ms, int64_t to_ms,
                       struct arena *arena, const struct oncall_span **spans);
