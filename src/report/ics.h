#pragma once

/*
 * Shifts as an iCalendar file (RFC 5545), what calendars import and subscribe to. Written by hand: libical would cost a
 * start of the program more than all of this, and nothing is read here.
 *
 * Times are UTC, so that no calendar's own copy of a zone's rules can move a shift; the schedule's zone is named for the
 * calendar and the local times stand in the description. A shift keeps its UID while its schedule, rotation, layer and
 * start are the same, so that one taken over by somebody else changes in place. Nothing blocks anybody's time, and no
 * addresses are in it: such files are handed around.
 */

#include <stdint.h>

#include "base/str.h"

struct ics_calendar {
    const char *name;
    const char *zone; /* IANA; "" = none in particular */
    int64_t now_ms;   /* every event's DTSTAMP */
};

struct ics_shift {
    const char *schedule_id, *rotation_id, *layer_id;
    int64_t start_at, end_at;
    const char *person; /* who is on call in truth: the covering person; "" = nobody */
    const char *covers; /* whose scheduled shift it is; "" = nobody else's */
    bool is_override;
    const char *schedule; /* names, as people know them; rotation and url may be "" */
    const char *rotation;
    const char *zone;
    const char *url;
};

void ics_begin(struct str *out, const struct ics_calendar *calendar);
void ics_add(struct str *out, const struct ics_calendar *calendar, const struct ics_shift *shift);
void ics_end(struct str *out);
