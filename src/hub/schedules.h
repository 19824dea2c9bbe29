#pragma once

/*
 * The rotation engine: what a schedule's configuration and overrides mean in time. Pure functions, no I/O; the facts are
 * incident-io-api 10.2, whose open points are decided here:
 *
 * - Each version of a rotation (same id, other effective_from) counts its shifts from its own handover_start_at; there is
 *   no shift before that. Its shifts are clipped to [effective_from, the next version's effective_from).
 * - Daily and weekly handovers keep the local time of day, hourly ones are elapsed time. A local time that does not exist
 *   is the first instant after the gap, one that occurs twice the earlier; the next handover is back at its usual time.
 * - Layer j of shift k has users[(k + j) mod number of users]. "fair" is treated as "sequential", which is the same for
 *   shifts of equal length; the balancing of unequal ones is not published.
 * - Without handovers nobody ever hands over: users[j] keeps layer j, in shifts of a week so that entries stay finite.
 *   Without layers there is one, with the id "". Without users there are no entries.
 * - Working intervals that touch or overlap within a shift make one entry. "24:00", or "00:00" as an end, is the end of
 *   the day; an interval that would wrap past midnight is refused.
 * - The user NOBODY is an entry without a user.
 * - Should overrides of a layer overlap after all, the one created last wins.
 */

#include "base/arena.h"
#include "base/error.h"
#include "hub/schedule_config.h"
#include "model/model.h"

enum {
    SCHEDULE_WINDOW_MAX_DAYS = 91, /* what an endpoint may be asked for; checked by the endpoint */
    SCHEDULE_ENTRIES_MAX = 100000, /* entries of one answer and layer; more is ERROR_INVALID */
};

#define SCHEDULE_NOBODY "NOBODY"

/* A checked configuration, ready to be asked. Lives in the arena it was made in; borrows the config's texts. */
struct schedule_plan;

/*
 * ERROR_INVALID names the path: "config.rotations.0.handovers.1.interval: expected 1 to 366, got 0". An unknown zone is
 * ERROR_INVALID too. A schedule without a config (mirrored from elsewhere) has a plan without entries.
 */
MUST_CHECK bool schedule_plan_read(const struct schedule *schedule, struct arena *arena,
                                   const struct schedule_plan **plan, struct error *err);
MUST_CHECK bool schedule_plan_make(const char *schedule_id, const char *timezone,
                                   const struct schedule_config *config, struct arena *arena,
                                   const struct schedule_plan **plan, struct error *err);

/* The lists of GET /v2/schedule_entries: by start, then by place of rotation and layer in the configuration. */
struct schedule_entries {
    const struct schedule_entry *scheduled; /* what the rotations say */
    size_t scheduled_len;
    const struct schedule_entry *overrides; /* entry_id is the override's id */
    size_t overrides_len;
    const struct schedule_entry *final; /* scheduled, cut by the overrides, and the overrides */
    size_t final_len;
};

/*
 * All entries that overlap [from_ms, to_ms), unclipped, with fingerprint, local members and the users' names, ready for
 * wire_write_object. `overrides` may be in any order and hold those of other schedules and times, which are ignored; it
 * should hold all that touch a shift which reaches into the window, and not only the window itself.
 * The work depends on the window, not on how long ago the rotation began. Fails on to_ms < from_ms and too many entries.
 */
MUST_CHECK bool schedule_plan_entries(const struct schedule_plan *plan,
                                      const struct schedule_override *overrides,
                                      size_t overrides_len, int64_t from_ms, int64_t to_ms,
                                      struct arena *arena, struct schedule_entries *entries,
                                      struct error *err);

/*
 * For the schedule object: `current` are the final entries that hold now_ms, `next` the first of each rotation's layer that
 * starts after now_ms, looking SCHEDULE_WINDOW_MAX_DAYS ahead. Entries without a user are among them.
 */
struct schedule_shifts {
    const struct schedule_entry *current;
    size_t current_len;
    const struct schedule_entry *next;
    size_t next_len;
};
MUST_CHECK bool schedule_plan_shifts(const struct schedule_plan *plan,
                                     const struct schedule_override *overrides,
                                     size_t overrides_len, int64_t now_ms, struct arena *arena,
                                     struct schedule_shifts *shifts, struct error *err);
