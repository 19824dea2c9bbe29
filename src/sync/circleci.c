#include "sync/circleci.h"

#include <string.h>

#include "base/clock.h"
#include "remote/circleci.h"
#include "store/pipeline_run.h"
#include "sync/engine.h"
#include "sync/outside.h"

#define RESOURCE "circleci"
#define LOOK_MS MINUTE_MS
#define FIRST_LOOK_MS (2 * SECOND_MS)
#define RERUN_MS DAY_MS         /* how long what went wrong may be run again */
#define RUNNING_MS (7 * DAY_MS) /* one that waits for somebody's approval may take days */

enum {
    FILL = 48, /* runs that are read of a project that is not known yet */
    PIPELINES_MAX = 500,
    PAGES_MAX = 30,
    WORKFLOW_PAGES_MAX = 5,
    BODY_MAX_BYTES = 4 * 1024 * 1024,
};

struct circleci {
    struct sync *sync;
    struct http *http; /* NULL: it cannot be asked */
    struct outside source;
    uint64_t timer, request;
    int64_t turn; /* of those that went wrong, the number that was last asked for again */

    /* of a run */
    bool running;
    struct arena arena;
    int64_t started_at;
    struct error run_error;
    struct circleci_pipeline *pipelines; /* newest first; those that are to be asked for */
    size_t pipelines_len, next;
    size_t listed; /* by the pages so far */
    int pages;
    const char *page;

    /* of the pipeline that is being read */
    struct pipeline_run before;
    struct circleci_workflow *workflows;
    size_t workflows_len;
};

static void run(void *context);
static void next_pipeline(struct circleci *circleci);

static const struct profile *
profile_of(const struct circleci *circleci)
{
    return circleci->sync->options.profile;
}

static void
run_after(struct circleci *circleci, int64_t delay_ms)
{
    loop_cancel(circleci->sync->loop, circleci->timer);
    circleci->timer = loop_after(circleci->sync->loop, delay_ms, run, circleci);
}

static void
end_run(struct circleci *circleci)
{
    circleci->running = false;
    if (!outside_ended(&circleci->source, circleci->started_at, &circleci->run_error, false))
        return;
    if (!circleci->sync->options.once)
        run_after(circleci, circleci->source.next_due_at - clock_now_ms());
    sync_outside_ended(circleci->sync);
}

/* ---- what a run comes to ---- */

static const char *
outcome_of(const struct circleci *circleci, const struct circleci_pipeline *pipeline)
{
    static const struct {
        enum circleci_outcome outcome;
        const char *word;
    } worst_first[] = {{CIRCLECI_BAD, "failed"},
                       {CIRCLECI_UNDER_WAY, "running"},
                       {CIRCLECI_UNKNOWN, "unknown"},
                       {CIRCLECI_CANCELED, "canceled"},
                       {CIRCLECI_GOOD, "ok"}};
    if (strcmp(pipeline->state, "errored") == 0)
        return "failed";
    for (size_t w = 0; w < sizeof worst_first / sizeof *worst_first; w++)
        for (size_t i = 0; i < circleci->workflows_len; i++)
            if (circleci->workflows[i].outcome == worst_first[w].outcome)
                return worst_first[w].word;
    /* None yet; after a day there will be none, such as of a pipeline without the workflow that counts. */
    return pipeline->created_at > clock_now_ms() - RERUN_MS ? "running" : "unknown";
}

static bool
save(struct circleci *circleci, const struct pipeline_run *now)
{
    struct sync *sync = circleci->sync;
    struct error err = {0};
    const int64_t before = clock_now_ms() - profile_of(circleci)->history_ms;
    if (pipeline_run_is_same(&circleci->before, now))
        return true;
    if (keep_begin(&sync->keep, &err) && pipeline_run_put(sync->keep.store, now, &err) &&
        pipeline_run_forget(sync->keep.store, now->project, now->branch, before, &err) &&
        keep_end(&sync->keep, &err))
        return true;
    sync_fail(sync, &err);
    return false;
}

static bool
put_together(struct circleci *circleci, const struct circleci_pipeline *pipeline)
{
    const struct profile *profile = profile_of(circleci);
    struct pipeline_run now = {.id = pipeline->id,
                               .project = profile->circleci_project,
                               .branch = profile->circleci_branch,
                               .number = pipeline->number,
                               .created_at = pipeline->created_at,
                               .revision = pipeline->revision,
                               .subject = pipeline->subject,
                               .actor = pipeline->actor};
    circleci->workflows_len = circleci_newest_workflows(
        circleci->workflows, circleci->workflows_len, profile->circleci_workflow);
    now.outcome = outcome_of(circleci, pipeline);
    const bool has_ended = strcmp(now.outcome, "running") != 0;
    const char *workflow = "";
    for (size_t i = 0; i < circleci->workflows_len; i++) {
        const struct circleci_workflow *one = &circleci->workflows[i];
        if (has_ended && one->stopped_at > now.stopped_at)
            now.stopped_at = one->stopped_at;
        if (!*workflow || one->outcome == CIRCLECI_BAD)
            workflow = one->id;
    }
    now.url = circleci_web_url(profile->circleci_url, profile->circleci_project, pipeline->number,
                               workflow, 0, &circleci->arena);
    return save(circleci, &now);
}

/* ---- asking ---- */

static void
ask(struct circleci *circleci, const char *target,
    void (*done)(void *context, const struct http_response *response))
{
    const struct http_request request = {.target = target,
                                         .urgency = HTTP_LIVE,
                                         .body_max_bytes = BODY_MAX_BYTES,
                                         .done = done,
                                         .context = circleci};
    circleci->request = http_ask(circleci->http, &request);
}

static void
fail(struct circleci *circleci, const struct error *err)
{
    circleci->run_error = *err;
    end_run(circleci);
}

/* ---- the workflows of a pipeline ---- */

static void on_workflows(void *context, const struct http_response *response);

static void
ask_workflows(struct circleci *circleci)
{
    ask(circleci,
        circleci_workflows_target(circleci->pipelines[circleci->next - 1].id, circleci->page,
                                  &circleci->arena),
        on_workflows);
}

static bool
take_workflows(struct circleci *circleci, struct slice body, struct error *err)
{
    struct arena *arena = &circleci->arena;
    struct circleci_workflow *page;
    size_t len;
    if (!circleci_read_workflows(body, arena, &page, &len, &circleci->page, err))
        return false;
    struct circleci_workflow *all =
        arena_new_array(arena, circleci->workflows_len + len + 1, struct circleci_workflow);
    if (circleci->workflows_len)
        memcpy(all, circleci->workflows, circleci->workflows_len * sizeof *all);
    memcpy(all + circleci->workflows_len, page, len * sizeof *all);
    circleci->workflows = all;
    circleci->workflows_len += len;
    return true;
}

/* Whether it is about this pipeline alone: the others may be well. */
static bool
is_its_own(const struct error *err)
{
    return err->code == ERROR_NOT_FOUND || err->code == ERROR_FORBIDDEN ||
           err->code == ERROR_PROTOCOL || err->code == ERROR_TOO_LARGE ||
           err->code == ERROR_INVALID;
}

static void
on_workflows(void *context, const struct http_response *response)
{
    struct circleci *circleci = context;
    struct error err = response->error;
    circleci->request = 0;
    if (err.code == ERROR_NONE && take_workflows(circleci, response->body, &err)) {
        if (*circleci->page && ++circleci->pages < WORKFLOW_PAGES_MAX)
            ask_workflows(circleci);
        else if (put_together(circleci, &circleci->pipelines[circleci->next - 1]))
            next_pipeline(circleci);
        return;
    }
    if (circleci->run_error.code == ERROR_NONE)
        circleci->run_error = err;
    if (is_its_own(&err))
        next_pipeline(circleci);
    else
        end_run(circleci);
}

static void
next_pipeline(struct circleci *circleci)
{
    struct error err = {0};
    if (circleci->next == circleci->pipelines_len) {
        end_run(circleci);
        return;
    }
    const struct circleci_pipeline *pipeline = &circleci->pipelines[circleci->next++];
    if (!pipeline_run_get(circleci->sync->keep.store, pipeline->id, &circleci->arena,
                          &circleci->before, &err)) {
        sync_fail(circleci->sync, &err);
        return;
    }
    circleci->workflows_len = 0;
    circleci->pages = 0;
    circleci->page = "";
    ask_workflows(circleci);
}

/* ---- the list of pipelines ---- */

static void on_pipelines(void *context, const struct http_response *response);

static void
ask_pipelines(struct circleci *circleci)
{
    const struct profile *profile = profile_of(circleci);
    ask(circleci,
        circleci_pipelines_target(profile->circleci_project, profile->circleci_branch,
                                  circleci->page, &circleci->arena),
        on_pipelines);
}

static bool
is_listed(const struct circleci *circleci, int64_t number)
{
    for (size_t i = 0; i < circleci->pipelines_len; i++)
        if (circleci->pipelines[i].number == number)
            return true;
    return false;
}

/* What went on when it was last seen, and by turns what went wrong, for it may have been run again. */
static bool
add_known(struct circleci *circleci, struct error *err)
{
    struct pipeline_run *runs;
    size_t len;
    const int64_t now = clock_now_ms(), turn = circleci->turn ? circleci->turn : INT64_MAX;
    if (!pipeline_run_again(circleci->sync->keep.store, now - RUNNING_MS, now - RERUN_MS, turn,
                            &circleci->arena, &runs, &len, err))
        return false;
    circleci->turn = 0; /* from the newest on again */
    for (size_t i = 0; i < len && circleci->pipelines_len < PIPELINES_MAX; i++) {
        if (strcmp(runs[i].outcome, "running") != 0)
            circleci->turn = runs[i].number;
        if (!is_listed(circleci, runs[i].number))
            circleci->pipelines[circleci->pipelines_len++] =
                (struct circleci_pipeline){.id = runs[i].id,
                                           .state = "",
                                           .number = runs[i].number,
                                           .created_at = runs[i].created_at,
                                           .revision = runs[i].revision,
                                           .subject = runs[i].subject,
                                           .actor = runs[i].actor};
    }
    return true;
}

/* False: the store failed. *enough: what comes behind is known. */
static bool
take_pipelines(struct circleci *circleci, struct circleci_pipeline *page, size_t len, bool *enough,
               struct error *err)
{
    for (size_t i = 0; i < len && circleci->pipelines_len < PIPELINES_MAX; i++) {
        struct pipeline_run known;
        if (!pipeline_run_get(circleci->sync->keep.store, page[i].id, &circleci->arena, &known,
                              err))
            return false;
        const bool has_ended = known.number && strcmp(known.outcome, "running") != 0;
        *enough |= has_ended;
        if (!has_ended)
            circleci->pipelines[circleci->pipelines_len++] = page[i];
    }
    circleci->listed += len;
    return true;
}

static void
on_pipelines(void *context, const struct http_response *response)
{
    struct circleci *circleci = context;
    struct error err = response->error, store_err = {0};
    struct circleci_pipeline *page;
    size_t len;
    bool enough = false;
    circleci->request = 0;
    if (err.code == ERROR_NOT_FOUND)
        error_wrap(&err, "CircleCI has no project '%s', or the token may not read it",
                   profile_of(circleci)->circleci_project);
    if (err.code != ERROR_NONE || !circleci_read_pipelines(response->body, &circleci->arena, &page,
                                                           &len, &circleci->page, &err)) {
        fail(circleci, &err);
        return;
    }
    if (!take_pipelines(circleci, page, len, &enough, &store_err)) {
        sync_fail(circleci->sync, &store_err);
        return;
    }
    const bool is_filled = circleci->listed >= FILL && !circleci->source.complete_at;
    if (*circleci->page && !enough && !is_filled && ++circleci->pages < PAGES_MAX &&
        circleci->pipelines_len < PIPELINES_MAX)
        ask_pipelines(circleci);
    else if (add_known(circleci, &store_err))
        next_pipeline(circleci);
    else
        sync_fail(circleci->sync, &store_err);
}

static void
run(void *context)
{
    struct circleci *circleci = context;
    circleci->timer = 0;
    if (circleci->sync->ended || circleci->running)
        return;
    arena_reset(&circleci->arena);
    circleci->run_error = (struct error){0};
    circleci->started_at = clock_now_ms();
    circleci->pipelines =
        arena_new_array(&circleci->arena, PIPELINES_MAX, struct circleci_pipeline);
    circleci->pipelines_len = circleci->next = circleci->listed = 0;
    circleci->pages = 0;
    circleci->page = "";
    circleci->running = true;
    ask_pipelines(circleci);
}

/* ---- the source ---- */

/* Runs of another project or branch are no longer of interest. */
static bool
forget_others(struct sync *sync, const char *project, struct error *err)
{
    return pipeline_run_forget(sync->keep.store, project, sync->options.profile->circleci_branch, 0,
                               err);
}

bool
circleci_create(struct circleci **out, struct sync *sync, const char *token,
                const struct error *why, struct error *err)
{
    const char *project = sync->options.profile->circleci_project;
    const bool is_refused = why && why->code != ERROR_NONE;
    *out = NULL;
    if (text_is_empty(project) || (text_is_empty(token) && !is_refused))
        return forget_others(sync, "", err) && outside_none(sync, RESOURCE, err);
    struct circleci *circleci = memory_alloc(sizeof *circleci);
    struct error failure = is_refused ? *why : (struct error){0};
    *out = circleci;
    circleci->sync = sync;
    circleci->source = (struct outside){.sync = sync, .resource = RESOURCE, .period_ms = LOOK_MS};
    if (!circleci_project_is_one(project)) {
        error_set(&failure, ERROR_CONFIG,
                  "circleci_project '%s' is no project's slug, such as gh/ORG/REPO", project);
        return outside_cannot(&circleci->source, &failure, err);
    }
    if (is_refused || !circleci_open(&circleci->http, sync->loop, sync->options.profile, token,
                                     sync->options.timeout_ms, &failure))
        return outside_cannot(&circleci->source, &failure, err);
    run_after(circleci, sync->options.once ? 0 : sync_scaled(sync, FIRST_LOOK_MS));
    return forget_others(sync, project, err);
}

void
circleci_destroy(struct circleci *circleci)
{
    if (!circleci)
        return;
    http_close(circleci->http);
    loop_cancel(circleci->sync->loop, circleci->timer);
    arena_finish(&circleci->arena);
    memory_free(circleci);
}

void
circleci_refresh(struct circleci *circleci)
{
    if (circleci && circleci->http && !circleci->running &&
        circleci->source.error.retry_after_ms == 0)
        run_after(circleci, 0);
}

bool
circleci_is_settled(const struct circleci *circleci)
{
    return !circleci || circleci->source.settled;
}

const struct error *
circleci_error(const struct circleci *circleci)
{
    static const struct error none;
    return circleci ? &circleci->source.error : &none;
}

bool
circleci_finish(struct circleci *circleci, struct error *err)
{
    if (circleci && circleci->request) {
        http_cancel(circleci->http, circleci->request);
        circleci->request = 0;
    }
    return !circleci || !circleci->source.attempt_at || outside_write(&circleci->source, err);
}
