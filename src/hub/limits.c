#include "hub/limits.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/digest.h"

enum {
    WINDOW_MS = 60 * 1000,
    WINDOW_SECONDS = 60,
    PER_MINUTE_MAX = 60 * 1000 * 1000,
    BUCKETS_MAX = 4096 /* keys in use within one minute, times limits */
};

static const char *const limit_names[LIMIT_COUNT] = {
    [LIMIT_KEY] = "api_key_requests",
    [LIMIT_INCIDENTS] = "incidents_list_requests",
    [LIMIT_EVENTS] = "alert_source_events",
    [LIMIT_ESCALATIONS] = "escalations_create_requests",
};

struct bucket {
    uint64_t key; /* digest of the key's id */
    enum limit limit;
    int64_t full_at_us;
};

struct limiter {
    int per_minute[LIMIT_COUNT];
    struct bucket buckets[BUCKETS_MAX];
    size_t buckets_len;
};

struct limiter *
limiter_create(const int per_minute[LIMIT_COUNT])
{
    struct limiter *limiter = memory_alloc(sizeof(*limiter));
    for (int i = 0; i < LIMIT_COUNT; i++) /* a request takes a microsecond at least */
        limiter->per_minute[i] = per_minute[i] < PER_MINUTE_MAX ? per_minute[i] : PER_MINUTE_MAX;
    return limiter;
}

void
limiter_destroy(struct limiter *limiter)
{
    memory_free(limiter);
}

/* A full bucket is as good as none, so it is reused; with more keys than buckets the one nearest to full goes. */
static struct bucket *
bucket_of(struct limiter *limiter, uint64_t key, enum limit limit, int64_t now_us)
{
    struct bucket *fullest = NULL;

    for (size_t i = 0; i < limiter->buckets_len; i++) {
        struct bucket *bucket = &limiter->buckets[i];
        if (bucket->key == key && bucket->limit == limit)
            return bucket;
        if (!fullest || bucket->full_at_us < fullest->full_at_us)
            fullest = bucket;
    }
    if (!fullest || (fullest->full_at_us >= now_us && limiter->buckets_len < BUCKETS_MAX))
        fullest = &limiter->buckets[limiter->buckets_len++];
    *fullest = (struct bucket){.key = key, .limit = limit, .full_at_us = now_us};
    return fullest;
}

struct limit_state
limiter_take(struct limiter *limiter, const char *key_id, enum limit also, int64_t now_ms)
{
    struct limit_state state = {.allowed = true};
    const enum limit limits[] = {LIMIT_KEY, also};
    const size_t limits_len = also == LIMIT_KEY ? 1 : 2;
    const uint64_t key = digest_row(key_id, strlen(key_id));
    const int64_t now_us = now_ms * 1000, window_us = (int64_t)WINDOW_MS * 1000;
    int64_t full_at_us[LIMIT_COUNT];

    for (size_t i = 0; i < limits_len; i++) {
        const struct bucket *bucket = bucket_of(limiter, key, limits[i], now_us);
        int64_t cost_us = window_us / limiter->per_minute[limits[i]];
        int64_t full_at = bucket->full_at_us < now_us ? now_us : bucket->full_at_us;
        full_at_us[i] = full_at + cost_us;
        if (full_at_us[i] - now_us > window_us)
            state.allowed = false;
    }
    for (size_t i = 0; i < limits_len; i++) {
        struct bucket *bucket = bucket_of(limiter, key, limits[i], now_us);
        int per_minute = limiter->per_minute[limits[i]];
        int64_t cost_us = window_us / per_minute;
        if (state.allowed)
            bucket->full_at_us = full_at_us[i];
        int64_t owed_us = bucket->full_at_us < now_us ? 0 : bucket->full_at_us - now_us;
        int64_t wait_us = owed_us + cost_us - window_us;
        int remaining = (int)((window_us - owed_us) / cost_us);
        if (state.name && remaining >= state.remaining)
            continue;
        state.name = limit_names[limits[i]];
        state.limit = per_minute;
        state.remaining = remaining;
        state.full_after_ms = owed_us / 1000;
        state.retry_after_ms = wait_us > 0 ? (wait_us + 999) / 1000 : 0;
    }

    int len = snprintf(state.header, sizeof(state.header), "%d", state.limit);
    for (size_t i = 0; i < limits_len; i++)
        len += snprintf(state.header + len, sizeof(state.header) - (size_t)len, ", %d;window=%d",
                        limiter->per_minute[limits[i]], WINDOW_SECONDS);
    return state;
}
