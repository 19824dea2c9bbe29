#pragma once

/*
 * What makes itself heard while one looks elsewhere, and how: a bell, a notification of the terminal (OSC 9, OSC 777), a
 * command, as the profile says (notify, notify_command, notify_events, notify_severity, quiet_hours). Each alert once; what
 * fired before the console was opened never.
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

/* event: of notify_events. Whether the profile wants it in any way: the reading is spared else. */
bool notify_is_wanted(const struct notify *notify, const char *event);

/* Alerts that began before this are no news. */
int64_t notify_since(const struct notify *notify, int64_t now_ms);

/* Those of the firing alerts read now that are to be told of, and how many. In quiet hours they count as told. */
size_t notify_news(struct notify *notify, const struct firing_alert *alerts, size_t len,
                   int64_t now_ms, struct arena *arena, const struct firing_alert **news);
/* "S1 orders_daily: 3 tests failed", of several the most severe and how many more; "" = of none. */
const char *notify_text(const struct firing_alert *news, size_t len, struct arena *arena);

/* Hours in which nothing makes itself heard. */
bool notify_is_quiet(const struct notify *notify, int64_t now_ms);

/* By the terminal's ways that the profile names. The text is outside text: it is cleaned here. */
void notify_send(const struct notify *notify, const char *text, struct arena *arena);
