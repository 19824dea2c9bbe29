#pragma once

/*
 * Rate limits: a token bucket per API key and limit (facts 2). A bucket is one number: when it will be full again. Each
 * request puts that off by a minute / limit; a request that would put it off by more than a minute is refused.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum limit {
    LIMIT_KEY,         /* every request */
    LIMIT_INCIDENTS,   /* GET /v2/incidents besides */
    LIMIT_EVENTS,      /* what an alert source sends, by its own bucket */
    LIMIT_ESCALATIONS, /* made by hand, besides */
    LIMIT_COUNT
};

struct limiter;

struct limiter *limiter_create(const int per_minute[LIMIT_COUNT]);
void limiter_destroy(struct limiter *limiter);

/* What the headers say about the binding limit: the one with the least left. */
struct limit_state {
    bool allowed;
    const char *name; /* of the binding limit */
    int limit, remaining;
    int64_t full_after_ms;  /* until the bucket is full again */
    int64_t retry_after_ms; /* until one request is allowed; 0 when one is */
    char header[96];        /* X-RateLimit-Limit: "60, 1200;window=60, 60;window=60" */
};

/*
 * Takes one request of `key_id` from the bucket of LIMIT_KEY and from that of `also` when it is another. A refused one
 * takes nothing. now_ms is the monotonic clock's.
 */
struct limit_state limiter_take(struct limiter *limiter, const char *key_id, enum limit also,
                                int64_t now_ms);
