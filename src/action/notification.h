#pragma once

/* What a profile's notify_command is told: one JSON object. */

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct notification_item {
    const char *type; /* "alert" or "incident" */
    const char *id, *title;
    int64_t severity; /* 1 = the most severe; 0 = none */
};

struct notification {
    const char *event; /* "alert", "update_due" or "stale" */
    const char *profile;
    const char *text; /* as it is said: "S1 orders_daily: 3 tests failed (and 2 more)" */
    const struct notification_item *items;
    size_t items_len;
};

/*
 * {"event":"alert","profile":"default","text":"…","items":[{"type":"alert","id":"01…","title":"…","severity":1}]}. Texts
 * are cleaned. In the arena.
 */
const char *notification_json(const struct notification *notification, struct arena *arena);
