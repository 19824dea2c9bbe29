#pragma once

/*
 * A source beside the upstream's API, such as GitHub: how it is doing, as a row of freshness tells it, and when it is asked
 * next. What fails there is a state of that source and leaves every other one alone.
 */

#include "base/error.h"

struct sync;

struct outside {
    struct sync *sync;
    const char *resource; /* of freshness */
    int64_t period_ms;    /* between two looks; the profile's interval scales it */
    int64_t rows_seen;

    struct error error; /* code ERROR_NONE after a good run */
    int64_t error_since, retry_at, complete_at, attempt_at, next_due_at;
    int failures; /* in a row */
    bool settled; /* a run came to its end, or cannot */
    bool written;
};

/* It is off: nothing is said of it. */
MUST_CHECK bool outside_none(struct sync *sync, const char *resource, struct error *err);

/* It cannot be asked at all. False: the store failed. */
MUST_CHECK bool outside_cannot(struct outside *outside, const struct error *why, struct error *err);

/* A run is over; `again`: another is wanted at once. False: the store failed, and sync was told. */
MUST_CHECK bool outside_ended(struct outside *outside, int64_t started_at,
                              const struct error *run_error, bool again);

/* The row, as it is now: at the end. */
MUST_CHECK bool outside_write(struct outside *outside, struct error *err);
