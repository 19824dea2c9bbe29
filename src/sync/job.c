#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/cover.h"
#include "sync/engine.h"

enum {
    ITEMS_IN_FLIGHT = 4,
    FAILED_ITEMS_MAX = 3, /* then the path is broken, not one item */
    RECENT_DAYS = 7,
};
#define PROBE_KEPT_MS (7 * DAY_MS)
#define RESUME_WITHIN_MS (12 * HOUR_MS) /* polling for changes has covered what came since */
#define TIME_OVERLAP_MS (5 * MINUTE_MS)
#define DAY_OVERLAP_MS HOUR_MS /* day filters: just after midnight ask for yesterday too */
#define PROBE_NAME "capability.alerts_updated_at"

/* ---- ids of a run ---- */

static bool
has_id(const struct job *job, const char *id)
{
    for (size_t i = 0; i < job->ids_len; i++)
        if (strcmp(job->ids[i], id) == 0)
            return true;
    return false;
}

static void
add_id(struct job *job, const char *id)
{
    if (job->ids_len == job->ids_cap) {
        job->ids_cap = job->ids_cap ? job->ids_cap * 2 : 64;
        job->ids = memory_resize(job->ids, job->ids_cap * sizeof *job->ids);
    }
    job->ids[job->ids_len++] = arena_text(&job->arena, id);
}

static bool
add_ids_of(struct job *job, enum sql sql, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(job->sync->keep.store, sql, &statement, err))
        return false;
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        add_id(job, row_text_borrowed(statement, 0));
    }
    return false;
}

static uint64_t
bit_of(const struct job *job)
{
    return UINT64_C(1) << (job - job->sync->jobs);
}

static void
add_touched(struct job *job)
{
    const struct sync *sync = job->sync;
    job->touched_again = false;
    for (size_t i = 0; i < sync->touched_len; i++)
        if (sync->touched[i].jobs & bit_of(job) && !has_id(job, sync->touched[i].id))
            add_id(job, sync->touched[i].id);
}

static void
forget_touched(struct job *job)
{
    struct sync *sync = job->sync;
    size_t kept = 0;
    for (size_t i = 0; i < sync->touched_len; i++) {
        struct touched touched = sync->touched[i];
        if (has_id(job, touched.id))
            touched.jobs &= ~bit_of(job);
        if (touched.jobs)
            sync->touched[kept++] = touched;
        else
            memory_free(touched.id);
    }
    sync->touched_len = kept;
}

static bool
add_parents(struct job *job, struct error *err)
{
    switch (job->plan->parents) {
    case PARENTS_NONE:
        return true;
    case PARENTS_ALL_INCIDENTS:
        return add_ids_of(job, SQL_SYNC_ALL_INCIDENTS, err);
    case PARENTS_SCHEDULES:
        return add_ids_of(job, SQL_SYNC_SCHEDULES, err);
    case PARENTS_OPEN_INCIDENTS:
        break;
    }
    if (job->full_due_at <= clock_monotonic_ms()) {
        if (!add_ids_of(job, SQL_SYNC_OPEN_INCIDENTS, err))
            return false;
        const char *shown = job->sync->on_screen;
        if (*shown && !has_id(job, shown))
            add_id(job, shown);
    }
    add_touched(job);
    return true;
}

/* ---- rows ---- */

static const char *
text_of(enum kind kind, const void *object, const char *name)
{
    const struct field *field = field_find(kind_info(kind)->fields, name);
    return field ? *(const char *const *)(const void *)((const char *)object + field->offset) : "";
}

static int64_t
time_of(enum kind kind, const void *object, const char *name)
{
    const struct field *field = field_find(kind_info(kind)->fields, name);
    return field ? *(const int64_t *)(const void *)((const char *)object + field->offset) : 0;
}

static const char *
parent_column(enum kind kind)
{
    if (kind == KIND_INCIDENT_RELATIONSHIP)
        return "parent_incident_id"; /* its rows do not say whose relation they are: local */
    if (kind == KIND_SCHEDULE_SYNC_RULE)
        return "schedule_id";
    return api_endpoint(kind)->parent;
}

static void
note_change(const struct job *job, enum kind kind, const void *object, enum cache_change change)
{
    if (change == CACHE_UNCHANGED || job->plan->strategy == STRATEGY_HISTORY)
        return;
    if (kind == KIND_INCIDENT)
        sync_touch(job->sync, KIND_INCIDENT, text_of(kind, object, "id"));
    if (kind == KIND_SCHEDULE)
        sync_schedules_changed(job->sync);
}

static bool
put(struct job *job, const struct fetch *fetch, enum kind kind, void *object, struct error *err)
{
    enum cache_change change;
    if (kind == KIND_INCIDENT_RELATIONSHIP)
        ((struct incident_relationship *)object)->parent_incident_id = fetch->parent;
    if (!keep_put(&job->sync->keep, kind, object, &change, err))
        return false;
    note_change(job, kind, object, change);
    return true;
}

/* A history walk notes how far it came, so that the header can show it and a restart can go on from there. */
static bool
note_progress(struct job *job, const struct fetch *fetch, const char *items, size_t items_len,
              struct error *err)
{
    struct resource *resource = job->resource;
    const size_t size = kind_info(fetch->kind)->fields->struct_size;
    for (size_t i = 0; i < items_len; i++) {
        int64_t created_at = time_of(fetch->kind, items + i * size, "created_at");
        if (!created_at || (job->oldest_seen && created_at > job->oldest_seen))
            job->newest_first = false;
        else
            job->oldest_seen = created_at;
    }
    if (!job->newest_first || !job->oldest_seen)
        return true;
    if (!resource->history_until || job->oldest_seen < resource->history_until)
        resource->history_until = job->oldest_seen;
    if (fetch->after.len && fetch->after.len < CURSOR_MAX_BYTES && fetch->request)
        (void)snprintf(resource->cursor, sizeof resource->cursor, "%.12s %s", job->day,
                       str_text(&fetch->after)); /* fits: measured above */
    return resource_write(job->sync, resource, err);
}

static bool
take_probe(struct job *job, size_t items_len, struct error *err)
{
    struct keep *keep = &job->sync->keep;
    char time[RFC3339_SIZE];
    job->sync->updated_at_filter = items_len == 0; /* nothing was changed tomorrow */
    const char *answer = arena_printf(&job->arena, "%s %s", items_len ? "no" : "yes",
                                      time_to_rfc3339(clock_now_ms(), time));
    return keep_begin(keep, err) && meta_put(keep->store, PROBE_NAME, answer, err) &&
           keep_end(keep, err);
}

/* A server that takes the parameter and ignores it would make every poll a walk of all alerts. */
static bool
check_filter_works(struct job *job, enum kind kind, const void *object, struct error *err)
{
    const bool is_ignored = kind == KIND_ALERT && job->plan->strategy == STRATEGY_CHANGES &&
                            job->sync->updated_at_filter &&
                            time_of(kind, object, "updated_at") < job->bound_at - SECOND_MS;
    return !is_ignored || take_probe(job, 1, err);
}

bool
job_took(struct job *job, struct fetch *fetch, enum kind kind, void *items, size_t items_len,
         struct error *err)
{
    struct keep *keep = &job->sync->keep;
    job->tried = true;
    job->rows += (int64_t)items_len;
    if (job->plan->strategy == STRATEGY_PROBE)
        return take_probe(job, items_len, err);
    if (fetch->what == FETCH_IDENTITY || fetch->what == FETCH_COVER)
        return true;

    const bool is_slim = job->plan->strategy == STRATEGY_DETAILS && !fetch->of_item;
    const bool is_index = is_slim || (job->plan->strategy == STRATEGY_NOTES && !fetch->of_item);
    const size_t size = kind_info(kind)->fields->struct_size;
    if (!keep_begin(keep, err))
        return false;
    for (size_t i = 0; i < items_len; i++) {
        void *object = (char *)items + i * size;
        if (is_index)
            add_id(job, text_of(kind, object, "id"));
        if (is_slim && !cache_walk_saw(keep->store, kind, text_of(kind, object, "id"), err))
            return false;
        if (!is_slim && !put(job, fetch, kind, object, err))
            return false;
        if (!check_filter_works(job, kind, object, err))
            return false;
    }
    if (job->plan->strategy == STRATEGY_HISTORY &&
        !note_progress(job, fetch, items, items_len, err))
        return false;
    return keep_end(keep, err);
}

/* ---- what a complete list did not show ---- */

/* Outside of what was asked for, absence means nothing. */
static bool
is_in_bounds(struct job *job, enum kind kind, const char *id, bool *inside, struct error *err)
{
    *inside = true;
    const bool is_entry = kind == KIND_SCHEDULE_ENTRY;
    if (!is_entry && !job->bound_at)
        return true;
    struct arena arena = {0};
    void *object = arena_alloc(&arena, kind_info(kind)->fields->struct_size);
    bool found;
    bool ok = cache_get(job->sync->keep.store, kind, id, &arena, object, &found, err);
    if (ok && found && is_entry) {
        int64_t today = clock_now_ms() / DAY_MS * DAY_MS;
        *inside = time_of(kind, object, "end_at") > today - ENTRY_WINDOW_MS &&
                  time_of(kind, object, "start_at") < today + ENTRY_WINDOW_MS;
    } else if (ok && found) {
        int64_t created_at = time_of(kind, object, "created_at");
        *inside = !created_at || created_at >= job->bound_at;
    }
    arena_finish(&arena);
    return ok;
}

static bool
delete_missing(struct job *job, struct cache_walk *walk, enum kind kind, const char *column,
               const char *value, struct error *err)
{
    struct keep *keep = &job->sync->keep;
    const char *const *ids;
    size_t ids_len;
    bool inside;
    if (!walk)
        return true;
    if (!cache_walk_missing(keep->store, walk, column, value, &job->arena, &ids, &ids_len, err))
        return false;
    if (!ids_len)
        return true;
    if (!keep_begin(keep, err))
        return false;
    for (size_t i = 0; i < ids_len; i++)
        if (!is_in_bounds(job, kind, ids[i], &inside, err) ||
            (inside && !keep_delete(keep, kind, ids[i], err)))
            return false;
    return keep_end(keep, err);
}

static bool
ask_for_missing(struct job *job, struct error *err)
{
    for (const char *const *value = job->plan->scope_values; *value; value++) {
        const char *const *ids;
        size_t ids_len;
        if (!cache_walk_missing(job->sync->keep.store, job->walk, job->plan->scope_column, *value,
                                &job->arena, &ids, &ids_len, err))
            return false;
        for (size_t i = 0; i < ids_len; i++)
            add_id(job, ids[i]);
    }
    return true;
}

/* ---- a run ---- */

static void
start_item(struct job *job, const char *id)
{
    struct fetch fetch = {
        .what = FETCH_LIST, .kind = job->plan->kind, .of_item = true, .parent = id, .query = ""};
    if (job->plan->strategy == STRATEGY_ENTRIES)
        fetch.what = FETCH_ENTRIES;
    else if (job->plan->strategy == STRATEGY_SET || job->plan->strategy == STRATEGY_DETAILS)
        fetch.what = FETCH_ONE;
    fetch_start(job, &fetch);
}

/* The end of a run that failed nowhere: only now may anything be deleted. */
static bool
conclude(struct job *job, struct error *err)
{
    const struct plan *plan = job->plan;
    const bool deletes = plan->strategy != STRATEGY_SET && !job->given_up;
    if (deletes && !delete_missing(job, job->walk, plan->kind, NULL, NULL, err))
        return false;
    if ((plan_takes_touched(plan, KIND_INCIDENT) || plan_takes_touched(plan, KIND_ALERT)) &&
        !job->touched_again)
        forget_touched(job);
    return plan->kind != KIND_SEVERITY || keep_severities(&job->sync->keep, err);
}

/* The job that lists this one's parents, when its last run was not complete; else NULL. */
static const struct job *
incomplete_need(const struct job *job)
{
    const struct sync *sync = job->sync;
    for (size_t i = 0; job->plan->needs && i < sync->jobs_len; i++) {
        const struct job *other = &sync->jobs[i];
        if (other->enabled && other->resource &&
            strcmp(other->resource->name, job->plan->needs) == 0 && other->settled &&
            !other->complete && other->error.code != ERROR_NONE)
            return other;
    }
    return NULL;
}

static void
run_ends(struct job *job)
{
    struct error err = {0};
    const struct job *need = incomplete_need(job);
    if (need && job->sync->options.once && job->run_error.code == ERROR_NONE)
        job->run_error = need->error;
    job->given_up |= need != NULL; /* children of parents we could not see are not to be deleted */
    /* All of several parents unknown means that the path is; one of them may just have gone. */
    if (job->run_error.code == ERROR_NONE && job->missing_items && !job->good_items &&
        !job->given_up)
        error_set(&job->run_error, ERROR_NOT_FOUND, "the server knows nothing under '%s'",
                  kind_info(job->plan->kind)->path);
    if (job->run_error.code == ERROR_NONE && !conclude(job, &err)) {
        sync_fail(job->sync, &err);
        return;
    }
    sync_job_ended(job);
}

static void
go_on(struct job *job)
{
    while (job->listed && !job->given_up && job->in_flight < ITEMS_IN_FLIGHT &&
           job->ids_next < job->ids_len)
        start_item(job, job->ids[job->ids_next++]);
    if (job->in_flight == 0)
        run_ends(job);
}

static void
item_failed(struct job *job, const struct fetch *fetch, const struct error *err)
{
    struct error store_err = {0};
    const bool is_absent = err->code == ERROR_NOT_FOUND || err->code == ERROR_UNSUPPORTED ||
                           err->code == ERROR_INVALID;
    if (fetch->what == FETCH_ONE && err->code == ERROR_NOT_FOUND) {
        struct keep *keep = &job->sync->keep;
        if (!keep_begin(keep, &store_err) ||
            !keep_delete(keep, fetch->kind, fetch->parent, &store_err) ||
            !keep_end(keep, &store_err))
            sync_fail(job->sync, &store_err);
        return;
    }
    if (is_absent && !job->good_items && api_endpoint(fetch->kind)->optional) {
        job->given_up = true; /* not offered here: nothing to fetch, nothing failed */
        return;
    }
    if (err->code == ERROR_NOT_FOUND) {
        job->missing_items++;
        return;
    }
    if (job->run_error.code == ERROR_NONE)
        job->run_error = *err;
    job->failed_items++;
    if (job->failed_items >= FAILED_ITEMS_MAX || !error_is_retryable(err->code))
        job->given_up = true;
}

static bool
take_no_cover(struct job *job, struct error *err)
{
    struct keep *keep = &job->sync->keep;
    return keep_begin(keep, err) && cover_keep(keep->store, "", err) && keep_end(keep, err);
}

static void
list_failed(struct job *job, const struct error *err)
{
    job->given_up = true;
    if (job->plan->strategy == STRATEGY_COVER &&
        (err->code == ERROR_UNSUPPORTED || err->code == ERROR_NOT_FOUND)) {
        struct error store_err = {0};
        if (!take_no_cover(job, &store_err))
            sync_fail(job->sync, &store_err);
        return;
    }
    if (job->plan->strategy == STRATEGY_PROBE &&
        (err->code == ERROR_INVALID || err->code == ERROR_UNSUPPORTED ||
         err->code == ERROR_NOT_FOUND)) {
        struct error store_err = {0};
        if (!take_probe(job, 1, &store_err))
            sync_fail(job->sync, &store_err);
        return;
    }
    /* A server may forget a cursor; then the walk begins anew. */
    if (job->resumed && !error_is_retryable(err->code))
        job->resource->cursor[0] = '\0';
    job->run_error = *err;
}

static bool
fetch_was_good(struct job *job, struct fetch *fetch, struct error *err)
{
    if (fetch->of_item) {
        job->good_items++;
        return delete_missing(job, fetch->walk, fetch->kind, parent_column(fetch->kind),
                              fetch->parent, err);
    }
    job->listed = true;
    return job->plan->strategy != STRATEGY_SET || ask_for_missing(job, err);
}

void
job_fetch_ended(struct job *job, struct fetch *fetch, const struct error *failure)
{
    struct error err = {0};
    job->tried = true;
    if (!failure) {
        if (!fetch_was_good(job, fetch, &err)) {
            sync_fail(job->sync, &err);
            return;
        }
    } else if (fetch->of_item) {
        item_failed(job, fetch, failure);
    } else {
        list_failed(job, failure);
    }
    if (job->running && !job->sync->ended)
        go_on(job);
}

/* ---- where a run begins ---- */

static const char *
day_text(struct arena *arena, int64_t time_ms)
{
    char text[RFC3339_SIZE];
    return arena_text_len(arena, time_to_rfc3339(time_ms / DAY_MS * DAY_MS, text), 10);
}

static const char *
with_filter(struct job *job, const char *parameter, const char *value)
{
    const char *fixed = job->plan->query ? job->plan->query : "";
    return arena_printf(&job->arena, "%s%s%s%s", fixed, *fixed ? "&" : "", parameter,
                        api_encode(value, &job->arena));
}

static int64_t
changes_since(const struct job *job, int64_t overlap_ms)
{
    bool known;
    int64_t skew_ms = http_clock_skew_ms(job->sync->http, &known);
    int64_t last = job->resource->changes_at ? job->resource->changes_at : clock_now_ms() - DAY_MS;
    return last + (known ? skew_ms : 0) - overlap_ms; /* in the server's time */
}

static const char *
query_of_changes(struct job *job)
{
    char time[RFC3339_SIZE];
    if (job->plan->kind == KIND_ALERT && job->sync->updated_at_filter) {
        job->bound_at = changes_since(job, TIME_OVERLAP_MS);
        return with_filter(job, "updated_at%5Bgte%5D=", time_to_rfc3339(job->bound_at, time));
    }
    return with_filter(job, job->plan->day_filter,
                       day_text(&job->arena, changes_since(job, DAY_OVERLAP_MS)));
}

/* A walk broken off not long ago goes on where it stood; it then has not seen all rows and deletes none. */
static const char *
resume(struct job *job)
{
    struct resource *resource = job->resource;
    const char *space = strchr(resource->cursor, ' ');
    if (job->sync->options.once || !space ||
        resource->attempt_at < clock_now_ms() - RESUME_WITHIN_MS)
        return "";
    job->day = arena_text_len(&job->arena, resource->cursor, (size_t)(space - resource->cursor));
    job->resumed = true;
    return arena_text(&job->arena, space + 1);
}

static void
start_history(struct job *job)
{
    const struct plan *plan = job->plan;
    const int64_t bound_at = clock_now_ms() - job->sync->options.profile->history_ms;
    job->day = day_text(&job->arena, bound_at);
    job->bound_at = plan->day_filter ? bound_at / DAY_MS * DAY_MS : 0;
    job->newest_first = true;
    const char *after = resume(job);
    if (!job->resumed) {
        job->resource->cursor[0] = '\0';
        job->walk = cache_walk_begin(job->sync->keep.store, plan->kind);
    }
    struct fetch fetch = {.what = FETCH_LIST, .kind = plan->kind};
    fetch.query = plan->day_filter ? with_filter(job, plan->day_filter, job->day)
                  : plan->query    ? plan->query
                                   : "";
    fetch.after = (struct str){.data = (char *)after, .len = strlen(after)}; /* only read */
    fetch_start(job, &fetch);
}

static bool
start_probe(struct job *job, struct error *err)
{
    char time[RFC3339_SIZE];
    const char *known;
    int64_t asked_at = 0;
    if (!meta_get(job->sync->keep.store, PROBE_NAME, &job->arena, &known, err))
        return false;
    const char *space = strchr(known, ' ');
    if (space && time_from_rfc3339(space + 1, &asked_at) &&
        clock_now_ms() - asked_at < PROBE_KEPT_MS) {
        job->sync->updated_at_filter = strncmp(known, "yes", 3) == 0;
        job->listed = true;
        return true;
    }
    time_to_rfc3339((clock_now_ms() / DAY_MS + 2) * DAY_MS, time);
    struct fetch fetch = {.what = FETCH_LIST, .kind = KIND_ALERT};
    fetch.query = with_filter(job, "updated_at%5Bgte%5D=", time);
    fetch_start(job, &fetch);
    return true;
}

static const char *
query_of_notes(struct job *job)
{
    const struct sync *sync = job->sync;
    const bool is_recent = job->plan->flags & PLAN_RECENT;
    int64_t span_ms = is_recent ? RECENT_DAYS * DAY_MS : sync->options.profile->history_ms;
    job->bound_at = (clock_now_ms() - span_ms) / DAY_MS * DAY_MS;
    if (!is_recent)
        job->walk = cache_walk_begin(sync->keep.store, KIND_ALERT_NOTE);
    return with_filter(job, job->plan->day_filter, day_text(&job->arena, job->bound_at));
}

static bool
start_run(struct job *job, struct error *err)
{
    const struct plan *plan = job->plan;
    struct fetch fetch = {
        .what = FETCH_LIST, .kind = plan->kind, .query = plan->query ? plan->query : ""};
    switch (plan->strategy) {
    case STRATEGY_PROBE:
        return start_probe(job, err);
    case STRATEGY_HISTORY:
        start_history(job);
        return true;
    case STRATEGY_CHILDREN:
    case STRATEGY_ENTRIES:
        if (plan->parents !=
            PARENTS_OPEN_INCIDENTS) /* rows of parents that are gone go with them */
            job->walk = cache_walk_begin(job->sync->keep.store, plan->kind);
        job->listed = true;
        return add_parents(job, err);
    case STRATEGY_IDENTITY:
        fetch.what = FETCH_IDENTITY;
        break;
    case STRATEGY_COVER:
        fetch.what = FETCH_COVER;
        break;
    case STRATEGY_CHANGES:
        fetch.query = query_of_changes(job);
        break;
    case STRATEGY_NOTES:
        add_touched(job);
        if (plan_takes_touched(plan, KIND_ALERT) && job->full_due_at > clock_monotonic_ms()) {
            job->listed = true;
            return true;
        }
        fetch.kind = KIND_ALERT;
        fetch.query = query_of_notes(job);
        break;
    case STRATEGY_WHOLE:
    case STRATEGY_SET:
    case STRATEGY_DETAILS:
        job->walk = cache_walk_begin(job->sync->keep.store, plan->kind);
        break;
    }
    fetch_start(job, &fetch);
    return true;
}

/* What freshness says while a request is repeated; the run may still come to a good end. */
void
job_fetch_failed_once(struct job *job, const struct error *err)
{
    struct error store_err = {0};
    job->tried = true;
    sync_note_error(job, err);
    if (job->resource && !resource_write(job->sync, job->resource, &store_err))
        sync_fail(job->sync, &store_err);
}

void
job_start(struct job *job)
{
    struct error err = {0};
    arena_reset(&job->arena);
    job->ids_len = job->ids_next = 0;
    job->listed = job->given_up = job->resumed = false;
    job->failed_items = job->missing_items = job->good_items = 0;
    job->run_error = (struct error){0};
    job->rows = job->oldest_seen = job->bound_at = 0;
    job->day = "";
    job->running = true;
    job->started_at = clock_now_ms();
    if (!start_run(job, &err))
        sync_fail(job->sync, &err);
    else if (job->listed)
        go_on(job);
}

void
job_abandon(struct job *job)
{
    cache_walk_end(job->sync->keep.store, job->walk);
    job->walk = NULL;
    job->running = false;
}

void
job_finish(struct job *job)
{
    job_abandon(job);
    memory_free(job->ids);
    arena_finish(&job->arena);
}
