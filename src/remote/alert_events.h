#pragma once

/*
 * Sends what a spool holds to its alert source (facts 5.1), oldest first and one at a time, so that the events of a key stay in
 * order. A CI step waits for it, so it has an end: when the source has taken nothing for a while, however it fails, or after
 * ten minutes in all, the rest stays in the spool.
 *
 *   202                        taken
 *   413; other 4xx with JSON   this event is refused for good; the others go on
 *   401, 403, 404, 405, TLS, a redirect, a page: address or secret are wrong: all wait
 *   408, 429, 5xx, no answer   tried again, later each time, or when the server says; all wait when patience ends.
 *                              What a server that is there fails on again and again is passed over: it holds up nobody else
 */

#include "config/config.h"
#include "remote/alert_spool.h"

/* Where a source is: from its id, or its alert_events_url. */
struct alert_address {
    const char *url;    /* as http_options.url */
    const char *target; /* path */
    const char *text;   /* both: what the spool goes by */
};
/* ERROR_CONFIG for what is neither. Everything in the arena. */
MUST_CHECK bool alert_address_read(const char *source, const struct profile *profile,
                                   struct arena *arena, struct alert_address *address,
                                   struct error *err);

struct alert_delivery {
    const struct alert_address *address;
    const struct profile *profile;
    const char *secret;
    int64_t patience_ms; /* how long nothing may be taken; 0 = a minute */
    int64_t backoff_ms;  /* the first wait; 0 = a second */
    /* Called for each event that is refused or passed over; `left` says that it still waits. */
    void (*trouble)(void *context, const struct alert_event_out *event, bool left,
                    const struct error *why);
    void *context;

    size_t sent, refused; /* results */
};

/* Runs until nothing waits any more (true), or the reason why the rest does (false). */
MUST_CHECK bool alert_events_deliver(struct alert_delivery *delivery, struct alert_spool *spool,
                                     struct error *err);
