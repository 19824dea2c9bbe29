#include "sync/outside.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "sync/engine.h"

#define RETRY_MIN_MS (30 * SECOND_MS)
#define RETRY_MAX_MS (10 * MINUTE_MS)

bool
outside_none(struct sync *sync, const char *resource, struct error *err)
{
    struct statement *statement;
    if (!store_statement(sync->keep.store, SQL_FRESHNESS_DELETE, &statement, err))
        return false;
    bind_text(statement, "resource", resource);
    return statement_run(statement, err);
}

static void
beat(const struct outside *outside)
{
    struct store *store = outside->sync->keep.store;
    char name[64];
    (void)snprintf(name, sizeof name, "%s.attempt", outside->resource); /* names are short */
    beat_put(store, name, outside->attempt_at);
    (void)snprintf(name, sizeof name, "%s.complete", outside->resource);
    beat_put(store, name, outside->complete_at);
}

bool
outside_write(struct outside *outside, struct error *err)
{
    struct sync *sync = outside->sync;
    const struct freshness freshness = {
        .resource = outside->resource,
        .last_complete_at = outside->complete_at,
        .last_attempt_at = outside->attempt_at,
        .next_due_at = outside->next_due_at,
        .interval_ms = sync_scaled(sync, outside->period_ms),
        .error_code = outside->error.code ? error_name(outside->error.code) : "",
        .error_message = outside->error.message,
        .error_request_id = outside->error.request_id,
        .error_since = outside->error_since,
        .retry_at = outside->retry_at,
        .cursor = "",
        .rows_seen = outside->rows_seen,
    };
    outside->written = true;
    beat(outside);
    return keep_begin(&sync->keep, err) && freshness_put(sync->keep.store, &freshness, err) &&
           keep_end(&sync->keep, err);
}

static void
set_error(struct outside *outside, const struct error *err)
{
    if (outside->error.code == ERROR_NONE) {
        outside->error_since = clock_now_ms();
        log_failure(LOG_WARNING, err, outside->resource);
    }
    outside->error = *err;
}

bool
outside_cannot(struct outside *outside, const struct error *why, struct error *err)
{
    set_error(outside, why);
    outside->settled = true;
    outside->attempt_at = clock_now_ms();
    return outside_write(outside, err);
}

static int64_t
retry_ms(const struct outside *outside)
{
    int shift = outside->failures < 6 ? outside->failures - 1 : 5;
    int64_t wait_ms =
        outside->error.code == ERROR_UNAUTHENTICATED ? RETRY_MAX_MS : RETRY_MIN_MS << shift;
    wait_ms = wait_ms < RETRY_MAX_MS ? wait_ms : RETRY_MAX_MS;
    wait_ms = (int64_t)((double)sync_scaled(outside->sync, wait_ms) * (0.75 + 0.5 * sync_jitter()));
    return wait_ms < outside->error.retry_after_ms ? outside->error.retry_after_ms : wait_ms;
}

bool
outside_ended(struct outside *outside, int64_t started_at, const struct error *run_error,
              bool again)
{
    struct error err = {0};
    const bool had_error = outside->error.code != ERROR_NONE;
    int64_t wait_ms = sync_scaled(outside->sync, outside->period_ms);
    outside->attempt_at = clock_now_ms();
    if (run_error->code != ERROR_NONE) {
        outside->failures++;
        set_error(outside, run_error);
        wait_ms = retry_ms(outside);
        outside->retry_at = clock_now_ms() + wait_ms;
    } else {
        if (had_error)
            log_write(LOG_INFO, "%s: works again", outside->resource);
        outside->error = (struct error){0};
        outside->error_since = outside->retry_at = 0;
        outside->failures = 0;
        outside->written &= outside->complete_at != 0;
        outside->complete_at = started_at;
        if (again)
            wait_ms = 0;
    }
    outside->settled = true;
    outside->next_due_at = clock_now_ms() + wait_ms;
    if (!had_error && outside->error.code == ERROR_NONE && outside->written) {
        beat(outside);
        return true;
    }
    if (outside_write(outside, &err))
        return true;
    sync_fail(outside->sync, &err);
    return false;
}
