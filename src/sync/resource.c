#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sync/engine.h"

static const char *
walked_name(const struct resource *resource, char *out, size_t size)
{
    (void)snprintf(out, size, "walked.%s", resource->name); /* names are short */
    return out;
}

bool
resource_load(struct sync *sync, struct resource *resource, struct error *err)
{
    struct store *store = sync->keep.store;
    struct arena arena = {0};
    struct freshness known = {0};
    char name[80];
    const char *walked;
    bool found;
    bool ok = freshness_get(store, resource->name, &arena, &known, &found, err) &&
              meta_get(store, walked_name(resource, name, sizeof name), &arena, &walked, err);
    if (ok && found) {
        resource->complete_at = resource->changes_at = known.last_complete_at;
        resource->attempt_at = known.last_attempt_at;
        resource->history_until = known.history_until;
        resource->rows_seen = known.rows_seen;
        if (strlen(known.cursor) < sizeof resource->cursor)
            strcpy(resource->cursor, known.cursor);
    }
    if (ok && *walked && !time_from_rfc3339(walked, &resource->walked_at))
        resource->walked_at = 0;
    arena_finish(&arena);
    return ok;
}

void
resource_beat(struct sync *sync, const struct resource *resource)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s.attempt", resource->name); /* names are short */
    beat_put(sync->keep.store, name, resource->attempt_at);
    (void)snprintf(name, sizeof name, "%s.complete", resource->name);
    beat_put(sync->keep.store, name, resource->complete_at);
}

bool
resource_write(struct sync *sync, struct resource *resource, struct error *err)
{
    const struct job *broken = NULL;
    int64_t due_at = INT64_MAX;
    for (size_t i = 0; i < sync->jobs_len; i++) {
        const struct job *job = &sync->jobs[i];
        if (job->resource != resource || !job->enabled)
            continue;
        if (!broken && job->error.code != ERROR_NONE)
            broken = job;
        if (job->due_at < due_at)
            due_at = job->due_at;
    }
    const struct freshness freshness = {
        .resource = resource->name,
        .last_complete_at = resource->complete_at,
        .last_attempt_at = resource->attempt_at,
        .next_due_at = due_at == INT64_MAX ? 0 : clock_now_ms() + due_at - clock_monotonic_ms(),
        .interval_ms = resource->interval_ms,
        .error_code = broken ? error_name(broken->error.code) : "",
        .error_message = broken ? broken->error.message : "",
        .error_request_id = broken ? broken->error.request_id : "",
        .error_since = broken ? broken->error_since : 0,
        .retry_at = broken ? broken->retry_at : 0,
        .cursor = resource->cursor,
        .history_until = resource->history_until,
        .rows_seen = resource->rows_seen,
    };
    char name[80], time[RFC3339_SIZE];
    resource->written = true;
    resource_beat(sync, resource);
    return keep_begin(&sync->keep, err) && freshness_put(sync->keep.store, &freshness, err) &&
           (!resource->walked_at ||
            meta_put(sync->keep.store, walked_name(resource, name, sizeof name),
                     time_to_rfc3339(resource->walked_at, time), err)) &&
           keep_end(&sync->keep, err);
}
