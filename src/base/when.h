#pragma once

/*
 * Moments as people type them, in the viewer's zone: 03:10, yesterday 14:00, Thu 18:00, 23 Mar, Mar 23 2025 09:30,
 * 2026-03-23 09:30, 2h (ago, or from now), -2h, 2h ago, +3d, today, now, and RFC 3339. The one reader of them.
 */

#include "base/zone.h"

enum when_side {
    WHEN_PAST,   /* a bare clock time or weekday is the last one that was */
    WHEN_FUTURE, /* … the next one to come */
};

/* A day without a clock time is its start. ERROR_USAGE, with a suggestion, when it is no moment. */
MUST_CHECK bool when_from_text(const char *text, enum when_side side, const struct zone *zone,
                               int64_t now_ms, int64_t *at_ms, struct error *err);
