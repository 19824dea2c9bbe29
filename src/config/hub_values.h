#pragma once

/* What stands in values of hub.conf in a small language of its own. */

#include "base/arena.h"
#include "base/zone.h"

/* "mon-fri 09:00-17:30", "sat 10:00-24:00": days 0 = Monday … 6, both included, Sunday before Monday goes round. */
struct hub_hours {
    int first_day, last_day;
    const char *start, *end; /* "09:00"; "24:00" = the end of the day */
};
bool hub_hours_read(const char *text, struct arena *arena, struct hub_hours *hours);

/* "2026-01-05 09:00" or "2026-01-05" in a zone. */
bool hub_moment_read(const char *text, const struct zone *zone, int64_t *at_ms);

/* "Severity = critical | major": one attribute and the values it may have, NULL-terminated. */
struct hub_match {
    const char *attribute;
    const char *const *values;
};
bool hub_match_read(const char *text, struct arena *arena, struct hub_match *match);

/* "schedule responder": the word before the first blank, and what is behind it. "" when there is none. */
const char *hub_word_split(const char *text, struct arena *arena, const char **rest);

/* Whether a lookup or expression may be called so: a letter, then letters, digits and '_'. */
bool hub_is_name(const char *text);
