#pragma once

/*
 * Tells of an alert that begins to fire while one looks elsewhere: a bell, or a notification of the terminal (OSC 9, OSC
 * 777), as the profile says (notify, notify_severity, quiet_hours). Each alert once; what fired before the console was
 * opened never.
 */

#include "config/config.h"
#include "ui/view.h"

#define NOTIFIED_MAX 256

struct notify {
    const struct profile *profile;
    const struct zone *zone;
    int64_t since_ms;             /* the console's start: what fired long before is no news */
    bool primed;                  /* what was there at first is known */
    uint64_t known[NOTIFIED_MAX]; /* digests of ids, the oldest replaced first */
    size_t known_next;
};

void notify_init(struct notify *notify, const struct profile *profile, const struct zone *zone,
                 int64_t now_ms);

/* Whether the profile wants any of it: the reading is spared else. */
bool notify_is_wanted(const struct notify *notify);

/* Alerts that began before this are no news. */
int64_t notify_since(const struct notify *notify, int64_t now_ms);

/*
 * What to tell of the firing alerts read now, "" = nothing: "S1 orders_daily: 3 tests failed", of several the most severe
 * and how many more. In quiet hours they count as told.
 */
const char *notify_text(struct notify *notify, const struct firing_alert *alerts, size_t len,
                        int64_t now_ms, struct arena *arena);

/* Hours in which nothing makes itself heard. */
bool notify_is_quiet(const struct notify *notify, int64_t now_ms);

/* By the ways the profile names. The text is outside text: it is cleaned here. */
void notify_send(const struct notify *notify, const char *text, struct arena *arena);
