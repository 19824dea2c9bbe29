#pragma once

/*
 * Alert events on their way out: what POST /v2/alert_events/http/{source} takes (facts 5.1). The body is made once, so that
 * what waits on disk and is sent again is the same text.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct alert_event_out {
    const char *deduplication_key;
    bool resolved;
    int64_t at_ms;    /* when it was so, to tell old news from new; 0 = unknown */
    const char *body; /* the request's JSON, on one line */
};

/* Texts are valid UTF-8; "" is left out, but for the title. */
struct alert_event_parts {
    const char *title, *deduplication_key, *description, *source_url;
    const char *metadata; /* a JSON object */
    bool resolved;
    int64_t at_ms;
};

/* Everything in the arena. */
struct alert_event_out alert_event_out(const struct alert_event_parts *parts, struct arena *arena);
