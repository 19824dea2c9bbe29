#include "sync/sync.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "sync/engine.h"

#define RETRY_MIN_MS (5 * SECOND_MS)
#define RETRY_MAX_MS (5 * MINUTE_MS)
#define RETRY_REFUSED_MS HOUR_MS /* a missing permission seldom comes back by itself */
#define RETRY_KEY_MS (10 * MINUTE_MS)
#define UNSUPPORTED_MS (7 * DAY_MS)
#define SKEW_WARN_MS MINUTE_MS
#define RETAIN_AFTER_MS MINUTE_MS

enum {
    OUTSIDE_SOURCES = 4,    /* beside the upstream's API: github, circleci, suspects, slack */
    FAILURES_MEAN_DOWN = 5, /* so many in a row: the first success wakes everything */
    INDEX_ROWS_A_STEP = 2000,
};

double
sync_jitter(void)
{
    uint16_t random;
    digest_random(&random, sizeof random);
    return random / 65535.0;
}

int64_t
sync_scaled(const struct sync *sync, int64_t span_ms)
{
    double interval = sync->options.profile->interval;
    return (int64_t)((double)span_ms * (interval > 0 ? interval : 1));
}

/* ---- when which job runs ---- */

static void tick(void *context);

static void
tick_after(struct sync *sync, int64_t delay_ms)
{
    loop_cancel(sync->loop, sync->tick_timer);
    sync->tick_timer = loop_after(sync->loop, delay_ms < 0 ? 0 : delay_ms, tick, sync);
}

static bool
live_was_tried(const struct sync *sync)
{
    for (size_t i = 0; i < sync->jobs_len; i++)
        if (sync->jobs[i].enabled && sync->jobs[i].plan->phase < PHASE_HISTORY &&
            !sync->jobs[i].tried)
            return false;
    return true;
}

static bool
needs_are_settled(const struct sync *sync, const char *resource)
{
    for (size_t i = 0; resource && i < sync->jobs_len; i++) {
        const struct job *job = &sync->jobs[i];
        if (job->enabled && job->resource && strcmp(job->resource->name, resource) == 0 &&
            !job->settled)
            return false;
    }
    return true;
}

static bool
may_start(const struct job *job)
{
    const struct sync *sync = job->sync;
    if (!job->enabled || job->running)
        return false;
    if (sync->refused)
        return job->plan->strategy == STRATEGY_IDENTITY;
    return (job->plan->phase != PHASE_HISTORY || live_was_tried(sync)) &&
           needs_are_settled(sync, job->plan->needs);
}

static bool
is_all_done(const struct sync *sync)
{
    for (size_t i = 0; i < sync->jobs_len; i++)
        if (sync->jobs[i].enabled && !sync->jobs[i].settled)
            return false;
    return true;
}

static bool
history_is_running(const struct sync *sync)
{
    for (size_t i = 0; i < sync->jobs_len; i++)
        if (sync->jobs[i].running && sync->jobs[i].plan->phase == PHASE_HISTORY)
            return true;
    return false;
}

static void
end(struct sync *sync)
{
    if (sync->ended)
        return;
    sync->ended = true;
    if (sync->options.on_end)
        sync->options.on_end(sync->options.context);
}

static void
build_index(void *context)
{
    struct sync *sync = context;
    struct error err = {0};
    bool done;
    sync->index_timer = 0;
    if (!keep_flush(&sync->keep, &err) ||
        !cache_index_resume(sync->keep.store, INDEX_ROWS_A_STEP, &done, &err) ||
        (done && !cache_values_resume(sync->keep.store, INDEX_ROWS_A_STEP, &done, &err))) {
        sync_fail(sync, &err);
        return;
    }
    sync->is_index_behind = !done;
    if (done)
        tick_after(sync, 0);
    else
        sync->index_timer = loop_after(sync->loop, 0, build_index, sync);
}

static void
retain(void *context)
{
    struct sync *sync = context;
    struct error err = {0};
    sync->retain_timer = 0;
    if (!retain_step(sync, &sync->retained, &err)) {
        sync_fail(sync, &err);
        return;
    }
    const bool is_over = sync->retained && sync->options.once;
    if (is_over)
        tick_after(sync, 0);
    else
        sync->retain_timer = loop_after(sync->loop, sync->retained ? DAY_MS : 0, retain, sync);
}

/* A single pass ends with it; a poller does it once it has run for a while, and daily. */
static bool
retained_at_the_end(struct sync *sync)
{
    if (!sync->retained && !sync->retain_timer)
        sync->retain_timer = loop_after(sync->loop, 0, retain, sync);
    return sync->retained;
}

/* Search is built in one go once all of history is there: five times cheaper than page by page. Values of alerts that are
 * older than their table are read then as well. */
static bool
index_when_filled(struct sync *sync)
{
    if (!sync->is_index_behind)
        return true;
    for (size_t i = 0; i < sync->jobs_len; i++)
        if (sync->jobs[i].enabled && sync->jobs[i].plan->phase == PHASE_HISTORY &&
            !sync->jobs[i].settled)
            return false;
    if (!sync->index_timer)
        sync->index_timer = loop_after(sync->loop, 0, build_index, sync);
    return false;
}

static void
tick(void *context)
{
    struct sync *sync = context;
    int64_t now_ms = clock_monotonic_ms(), next_at = INT64_MAX;
    sync->tick_timer = 0;
    if (sync->ended)
        return;
    for (size_t i = 0; i < sync->jobs_len && !sync->ended; i++) {
        struct job *job = &sync->jobs[i];
        if (!may_start(job) || job->due_at == INT64_MAX)
            continue;
        if (job->due_at > now_ms) {
            next_at = job->due_at < next_at ? job->due_at : next_at;
            continue;
        }
        job_start(job);
    }
    sync->keep.in_bulk = sync->options.once || history_is_running(sync);
    if (index_when_filled(sync) && sync->options.once && is_all_done(sync) &&
        github_is_settled(sync->github) && circleci_is_settled(sync->circleci) &&
        suspects_is_settled(sync->suspects) && slack_source_is_settled(sync->slack)) {
        if (retained_at_the_end(sync))
            end(sync);
    } else if (next_at != INT64_MAX && !sync->tick_timer)
        tick_after(sync, next_at - now_ms);
}

/* ---- how a run ended ---- */

static int64_t
period_of(const struct job *job)
{
    return (int64_t)((double)sync_scaled(job->sync, job->plan->period_ms) *
                     (0.95 + 0.1 * sync_jitter()));
}

static int64_t
retry_after_ms(const struct job *job, const struct error *err)
{
    int64_t wait_ms;
    switch (err->code) {
    case ERROR_FORBIDDEN:
    case ERROR_UNSUPPORTED:
    case ERROR_NOT_FOUND:
    case ERROR_INVALID:
        wait_ms = job->resumed ? RETRY_MIN_MS : RETRY_REFUSED_MS;
        break;
    default:
        wait_ms = RETRY_MIN_MS << (job->failures < 6 ? job->failures - 1 : 6);
        break;
    }
    if (wait_ms > RETRY_MAX_MS && wait_ms != RETRY_REFUSED_MS)
        wait_ms = RETRY_MAX_MS;
    wait_ms = (int64_t)((double)sync_scaled(job->sync, wait_ms) * (0.75 + 0.5 * sync_jitter()));
    return wait_ms < err->retry_after_ms ? err->retry_after_ms : wait_ms;
}

void
sync_note_error(struct job *job, const struct error *err)
{
    if (job->error.code == ERROR_NONE) {
        job->error_since = clock_now_ms();
        if (!job->sync->refused)
            log_failure(LOG_WARNING, err, job->resource ? job->resource->name : "probe");
    }
    job->error = *err;
    if (job->resource)
        job->resource->attempt_at = clock_now_ms();
}

static void
run_failed(struct job *job)
{
    job->failures++;
    job->complete = false;
    job->sync->failures_in_a_row++;
    int64_t wait_ms = retry_after_ms(job, &job->run_error);
    job->due_at = clock_monotonic_ms() + wait_ms;
    job->full_due_at = job->due_at;
    job->retry_at = clock_now_ms() + wait_ms;
    sync_note_error(job, &job->run_error);
}

/* Whoever failed because nobody was there need not wait any longer. */
static void
wake_after_outage(struct sync *sync)
{
    int64_t now_ms = clock_monotonic_ms();
    if (sync->failures_in_a_row >= FAILURES_MEAN_DOWN)
        for (size_t i = 0; i < sync->jobs_len; i++) {
            struct job *job = &sync->jobs[i];
            const enum error_code code = job->error.code;
            if (!job->running && (code == ERROR_NETWORK || code == ERROR_TIMEOUT) &&
                job->due_at > now_ms)
                job->due_at =
                    now_ms + (int64_t)(sync_jitter() * (double)sync_scaled(sync, SECOND_MS));
        }
    sync->failures_in_a_row = 0;
}

static void
run_succeeded(struct job *job)
{
    struct sync *sync = job->sync;
    struct resource *resource = job->resource;
    if (job->error.code != ERROR_NONE)
        log_write(LOG_INFO, "%s: works again", resource ? resource->name : "probe");
    job->error = (struct error){0};
    job->error_since = job->retry_at = 0;
    job->failures = 0;
    job->complete = true;

    int64_t now_ms = clock_monotonic_ms();
    if (job->full_due_at <= now_ms)
        job->full_due_at = now_ms + (job->given_up ? UNSUPPORTED_MS : period_of(job));
    job->due_at = job->touched_again ? now_ms : job->full_due_at;
    wake_after_outage(sync);

    if (sync->refused && job->plan->strategy == STRATEGY_IDENTITY) {
        sync->refused = false;
        for (size_t i = 0; i < sync->jobs_len; i++)
            if (&sync->jobs[i] != job)
                sync->jobs[i].due_at = now_ms;
    }
    if (!resource)
        return;
    resource->attempt_at = clock_now_ms();
    resource->changes_at = job->started_at;
    resource->rows_seen = job->rows;
    if (job->plan->phase == PHASE_HISTORY) {
        resource->walked_at = clock_now_ms();
        resource->history_until = clock_now_ms() - sync->options.profile->history_ms;
        resource->cursor[0] = '\0';
        resource->written = false;
    }
    if (!resource->has_history || resource->walked_at) {
        resource->written &= resource->complete_at != 0;
        resource->complete_at = job->started_at;
    }
}

static bool
resource_has_error(const struct sync *sync, const struct resource *resource)
{
    for (size_t i = 0; i < sync->jobs_len; i++)
        if (sync->jobs[i].resource == resource && sync->jobs[i].error.code != ERROR_NONE)
            return true;
    return false;
}

static void
note_clock_and_budget(struct sync *sync)
{
    bool known;
    int64_t skew_ms = http_clock_skew_ms(sync->http, &known);
    beat_put(sync->keep.store, "rate.used_permille", http_rate_used_permille(sync->http));
    if (!known)
        return;
    beat_put(sync->keep.store, "clock.skew_ms", skew_ms);
    bool is_off = skew_ms > SKEW_WARN_MS || skew_ms < -SKEW_WARN_MS;
    if (is_off && !sync->skew_warned)
        log_write(LOG_WARNING, "this machine's clock is %lld s %s the server's: ages are wrong",
                  (long long)(skew_ms < 0 ? -skew_ms : skew_ms) / 1000,
                  skew_ms < 0 ? "ahead of" : "behind");
    sync->skew_warned = is_off;
}

void
sync_job_ended(struct job *job)
{
    struct sync *sync = job->sync;
    struct error err = {0};
    bool had_error = job->error.code != ERROR_NONE;
    job->settled = job->tried = true;
    job->of_user = false;
    if (job->run_error.code == ERROR_NONE)
        run_succeeded(job);
    else
        run_failed(job);
    job_abandon(job);

    struct resource *resource = job->resource;
    note_clock_and_budget(sync);
    if (resource && (had_error || !resource->written || resource_has_error(sync, resource))) {
        if (!resource_write(sync, resource, &err)) {
            sync_fail(sync, &err);
            return;
        }
    } else if (resource) {
        resource_beat(sync, resource);
    }
    if (job->plan->kind == KIND_INCIDENT_ATTACHMENT)
        github_look(sync->github);
    if (job->plan->kind == KIND_INCIDENT)
        slack_source_incidents(sync->slack);
    if (job->plan->kind == KIND_ALERT && job->plan->strategy == STRATEGY_SET)
        suspects_look(sync->suspects);
    tick_after(sync, 0);
}

void
sync_outside_ended(struct sync *sync)
{
    tick_after(sync, 0);
}

void
sync_refused(struct sync *sync, const struct error *err)
{
    struct error store_err = {0};
    int64_t now_ms = clock_monotonic_ms();
    fetch_cancel_all(sync);
    if (!sync->refused && !sync->options.once) /* a single pass reports it as its own end */
        log_failure(LOG_ERROR, err, "the server refuses the API key; polling stops");
    sync->refused = true;
    for (size_t i = 0; i < sync->jobs_len; i++) {
        struct job *job = &sync->jobs[i];
        job_abandon(job);
        job->complete = false;
        sync_note_error(job, err);
        job->due_at = now_ms + sync_scaled(sync, RETRY_KEY_MS);
        job->full_due_at = job->due_at;
        job->retry_at = clock_now_ms() + sync_scaled(sync, RETRY_KEY_MS);
    }
    for (size_t i = 0; i < sync->resources_len; i++)
        if (!resource_write(sync, &sync->resources[i], &store_err)) {
            sync_fail(sync, &store_err);
            return;
        }
    if (sync->options.once) {
        sync->fatal = *err;
        end(sync);
    } else {
        tick_after(sync, 0);
        if (sync->options.on_refused)
            sync->options.on_refused(sync->options.context);
    }
}

void
sync_fail(struct sync *sync, const struct error *err)
{
    fetch_cancel_all(sync);
    for (size_t i = 0; i < sync->jobs_len; i++)
        job_abandon(&sync->jobs[i]);
    sync->fatal = *err;
    end(sync);
}

static void
commit_failed(void *context, const struct error *err)
{
    sync_fail(context, err);
}

/* ---- what others ask for ---- */

bool
plan_takes_touched(const struct plan *plan, enum kind of)
{
    return of == KIND_ALERT ? plan->strategy == STRATEGY_NOTES && plan->phase != PHASE_HISTORY
                            : plan->parents == PARENTS_OPEN_INCIDENTS;
}

void
sync_touch(struct sync *sync, enum kind kind, const char *id)
{
    if (sync->options.once)
        return;
    struct touched *entry = NULL;
    for (size_t i = 0; i < sync->touched_len && !entry; i++)
        if (strcmp(sync->touched[i].id, id) == 0)
            entry = &sync->touched[i];
    if (!entry) {
        sync->touched =
            memory_resize(sync->touched, (sync->touched_len + 1) * sizeof *sync->touched);
        entry = &sync->touched[sync->touched_len++];
        *entry = (struct touched){.id = memory_alloc(strlen(id) + 1)};
        strcpy(entry->id, id);
    }
    for (size_t i = 0; i < sync->jobs_len; i++) {
        struct job *job = &sync->jobs[i];
        if (!job->enabled || !plan_takes_touched(job->plan, kind))
            continue;
        entry->jobs |= UINT64_C(1) << i;
        job->touched_again = true;
        if (job->error.code == ERROR_NONE)
            job->due_at = clock_monotonic_ms();
    }
    tick_after(sync, 0);
}

void
sync_schedules_changed(struct sync *sync)
{
    for (size_t i = 0; i < sync->jobs_len; i++) {
        struct job *job = &sync->jobs[i];
        if (job->plan->flags & PLAN_ON_CHANGE && job->plan->parents == PARENTS_SCHEDULES &&
            job->settled && job->error.code == ERROR_NONE && !sync->options.once &&
            !job->given_up) /* not offered there */
            job->due_at = clock_monotonic_ms();
    }
    tick_after(sync, 0);
}

void
sync_refresh(struct sync *sync, const char *resource)
{
    int64_t now_ms = clock_monotonic_ms();
    for (size_t i = 0; i < sync->jobs_len; i++) {
        struct job *job = &sync->jobs[i];
        const char *name = job->resource ? job->resource->name : "";
        const char *table = job->plan->kind == KIND_COUNT ? "" : kind_info(job->plan->kind)->table;
        const bool is_meant = *resource
                                  ? strcmp(resource, name) == 0 || strcmp(resource, table) == 0
                                  : job->plan->phase != PHASE_HISTORY;
        if (!job->enabled || job->running || !is_meant || job->plan->phase == PHASE_HISTORY)
            continue;
        job->of_user = true;
        job->due_at = job->full_due_at = now_ms;
    }
    if (!*resource || text_equals(resource, "github"))
        github_refresh(sync->github);
    if (!*resource || text_equals(resource, "circleci"))
        circleci_refresh(sync->circleci);
    if (!*resource || text_equals(resource, "suspects"))
        suspects_look(sync->suspects);
    if (!*resource || text_equals(resource, "slack"))
        slack_source_look(sync->slack);
    tick_after(sync, 0);
}

void
sync_on_screen(struct sync *sync, const char *id)
{
    memory_free(sync->on_screen);
    sync->on_screen = memory_alloc(strlen(id) + 1);
    strcpy(sync->on_screen, id);
    if (*id)
        sync_touch(sync, KIND_INCIDENT, id);
    github_look(sync->github);
    slack_source_look(sync->slack);
}

void
sync_ask_notes(struct sync *sync, const char *alert_id)
{
    sync_touch(sync, KIND_ALERT, alert_id);
}

/* ---- creation ---- */

static struct resource *
find_resource(struct sync *sync, const char *name)
{
    for (size_t i = 0; i < sync->resources_len; i++)
        if (strcmp(sync->resources[i].name, name) == 0)
            return &sync->resources[i];
    struct resource *resource = &sync->resources[sync->resources_len++];
    resource->name = name;
    return resource;
}

/* Whether the last complete walk of a history is recent enough to wait for the next. */
static int64_t
history_due_at(const struct job *job)
{
    assert(job->resource); /* every history shows somewhere */
    int64_t next = job->resource->walked_at + sync_scaled(job->sync, job->plan->period_ms);
    int64_t wait_ms = job->resource->walked_at ? next - clock_now_ms() : 0;
    return clock_monotonic_ms() + (wait_ms > 0 ? wait_ms : 0);
}

static bool
create_jobs(struct sync *sync, struct error *err)
{
    assert(plans_len <= 64); /* touched.jobs has a bit for each */
    sync->jobs = memory_alloc(plans_len * sizeof *sync->jobs);
    sync->resources = memory_alloc(plans_len * sizeof *sync->resources);
    sync->jobs_len = plans_len;
    for (size_t i = 0; i < plans_len; i++) {
        const struct plan *plan = &plans[i];
        struct job *job = &sync->jobs[i];
        *job = (struct job){.sync = sync, .plan = plan};
        job->enabled = !sync->options.once || plan->flags & PLAN_ONCE;
        if (!plan->resource)
            continue;
        struct resource *resource = job->resource = find_resource(sync, plan->resource);
        int64_t period_ms = sync_scaled(sync, plan->period_ms);
        if (!resource->interval_ms || period_ms < resource->interval_ms)
            resource->interval_ms = period_ms;
        resource->has_history |= plan->phase == PHASE_HISTORY;
    }
    for (size_t i = 0; i < sync->resources_len; i++)
        if (!resource_load(sync, &sync->resources[i], err))
            return false;
    for (size_t i = 0; i < sync->jobs_len && !sync->options.once; i++) {
        struct job *job = &sync->jobs[i];
        if (job->plan->phase != PHASE_HISTORY)
            continue;
        job->due_at = job->full_due_at = history_due_at(job);
        job->settled = job->due_at > clock_monotonic_ms();
    }
    return true;
}

static bool
prepare_index(struct sync *sync, struct error *err)
{
    bool complete, values_complete;
    int64_t alerts;
    if (!cache_index_is_complete(sync->keep.store, &complete, err) ||
        !cache_values_are_complete(sync->keep.store, &values_complete, err) ||
        !cache_count(sync->keep.store, KIND_ALERT, &alerts, err))
        return false;
    if (!complete || alerts == 0)
        cache_index_suspend(sync->keep.store);
    sync->is_index_behind = !complete || !values_complete || alerts == 0;
    return true;
}

bool
sync_create(struct sync **out, struct loop *loop, const struct sync_options *options,
            struct error *err)
{
    const struct profile *profile = options->profile;
    const struct http_options http = {
        .url = profile->url,
        .token = options->token,
        .ca_file = profile->ca_file,
        .proxy = profile->proxy,
        .insecure = profile->insecure,
        .budget = options->once ? 1 : profile->budget,
        .timeout_ms = options->timeout_ms,
    };
    struct sync *sync = memory_alloc(sizeof *sync);
    *out = sync;
    sync->loop = loop;
    sync->options = *options;
    sync->on_screen = memory_alloc(1);
    sync->keep = (struct keep){.store = options->cache,
                               .loop = loop,
                               .derivation = &profile->derivation,
                               .on_failure = commit_failed,
                               .context = sync};
    if (http_open(&sync->http, loop, &http, err) && keep_init(&sync->keep, err) &&
        create_jobs(sync, err) && prepare_index(sync, err) &&
        github_create(&sync->github, sync, options->github_token, options->github_error, err) &&
        circleci_create(&sync->circleci, sync, options->circleci_token, options->circleci_error,
                        err) &&
        suspects_create(&sync->suspects, sync, options->github_token, err) &&
        slack_source_create(&sync->slack, sync, options->slack_token, options->slack_error, err)) {
        tick_after(sync, 0);
        if (!options->once)
            sync->retain_timer = loop_after(loop, sync_scaled(sync, RETAIN_AFTER_MS), retain, sync);
        return true;
    }
    sync_destroy(sync);
    *out = NULL;
    return false;
}

bool
sync_finish(struct sync *sync, struct error *err)
{
    sync->ended = true;
    fetch_cancel_all(sync);
    if (sync->fatal.code == ERROR_STORE)
        return true; /* what can be said about it was said */
    for (size_t i = 0; i < sync->resources_len; i++)
        if (sync->resources[i].attempt_at && !resource_write(sync, &sync->resources[i], err))
            return false;
    if (!github_finish(sync->github, err) || !circleci_finish(sync->circleci, err) ||
        !suspects_finish(sync->suspects, err) || !slack_source_finish(sync->slack, err) ||
        !keep_flush(&sync->keep, err))
        return false;
    store_checkpoint(sync->keep.store);
    return true;
}

void
sync_destroy(struct sync *sync)
{
    if (!sync)
        return;
    fetch_cancel_all(sync);
    for (size_t i = 0; i < sync->jobs_len; i++)
        job_finish(&sync->jobs[i]);
    github_destroy(sync->github);
    circleci_destroy(sync->circleci);
    suspects_destroy(sync->suspects);
    slack_source_destroy(sync->slack);
    http_close(sync->http);
    keep_finish(&sync->keep);
    loop_cancel(sync->loop, sync->tick_timer);
    loop_cancel(sync->loop, sync->index_timer);
    loop_cancel(sync->loop, sync->retain_timer);
    for (size_t i = 0; i < sync->touched_len; i++)
        memory_free(sync->touched[i].id);
    memory_free(sync->touched);
    memory_free(sync->on_screen);
    memory_free(sync->jobs);
    memory_free(sync->resources);
    memory_free(sync->failures);
    arena_finish(&sync->page);
    memory_free(sync);
}

static void
add_outside(struct sync *sync, struct sync_outcome *outcome, const char *resource, bool is_on,
            const struct error *err)
{
    if (is_on && err->code != ERROR_NONE)
        sync->failures[outcome->failures_len++] = (struct sync_failure){resource, *err};
    else if (is_on)
        outcome->walked++;
}

void
sync_outcome(struct sync *sync, struct sync_outcome *outcome)
{
    memory_free(sync->failures);
    sync->failures = memory_alloc((sync->jobs_len + OUTSIDE_SOURCES) * sizeof *sync->failures);
    *outcome = (struct sync_outcome){
        .fatal = sync->fatal, .counts = sync->keep.counts, .failures = sync->failures};
    for (size_t i = 0; i < sync->jobs_len; i++) {
        const struct job *job = &sync->jobs[i];
        if (!job->enabled || !job->resource)
            continue;
        if (job->complete)
            outcome->walked++;
        else
            sync->failures[outcome->failures_len++] =
                (struct sync_failure){job->resource->name, job->error};
    }
    add_outside(sync, outcome, "github", sync->github != NULL, github_error(sync->github));
    add_outside(sync, outcome, "circleci", sync->circleci != NULL, circleci_error(sync->circleci));
    add_outside(sync, outcome, "suspects", sync->suspects != NULL, suspects_error(sync->suspects));
    add_outside(sync, outcome, "slack", sync->slack != NULL, slack_source_error(sync->slack));
}
