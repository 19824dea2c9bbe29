#include "watch/circleci_watch.h"

#include <string.h>

#include "base/clock.h"
#include "watch/circleci_round.h"

#define FIRST_LOOK_BACK_MS DAY_MS     /* at a project that was never watched */
#define RERUNS_MS DAY_MS              /* how long a pipeline is looked at for what is run again */
#define UNDER_WAY_MAX_MS (7 * DAY_MS) /* one that waits for somebody's approval may take days */
#define LONG_MS (3 * HOUR_MS)         /* one that takes so long is looked at by turns */

enum {
    PIPELINE_PAGES_MAX = 100,
    PAGES_MAX = 20,
    TROUBLES_MAX = 3, /* one after the other: then it is CircleCI, not a pipeline */
    BODY_MAX_BYTES = 8 * 1024 * 1024,
};

/* ---- one question at a time ---- */

struct asking {
    struct loop *loop;
    struct arena *arena;
    struct slice body;
    struct error error;
};

static void
on_answer(void *context, const struct http_response *response)
{
    struct asking *asking = context;
    asking->error = response->error;
    if (response->error.code == ERROR_NONE)
        asking->body = (struct slice){arena_text_len(asking->arena,
                                                     response->body.data ? response->body.data : "",
                                                     response->body.len),
                                      response->body.len};
    loop_stop(asking->loop);
}

bool
circleci_get(struct circleci_round *round, const char *target, struct arena *arena,
             struct slice *body, struct error *err)
{
    struct asking asking = {.loop = round->watch->access.loop, .arena = arena};
    const struct http_request request = {.target = target,
                                         .urgency = HTTP_LIVE,
                                         .body_max_bytes = BODY_MAX_BYTES,
                                         .done = on_answer,
                                         .context = &asking};
    http_ask(round->watch->circleci, &request);
    if (!loop_run(asking.loop, err))
        return false;
    *body = asking.body;
    *err = asking.error;
    return err->code == ERROR_NONE;
}

bool
circleci_each_page(struct circleci_round *round, const struct circleci_pages *pages,
                   struct error *err)
{
    struct arena arena = {0};
    const char *page = "";
    bool ok = true, enough = false;
    int count = 0;
    do {
        struct slice body;
        const char *next = "", *target = pages->target(pages->of, page, &arena);
        ok = circleci_get(round, target, &arena, &body, err) &&
             pages->take(pages->context, body, &next, &enough, err);
        if (ok && *next && (strcmp(next, page) == 0 || ++count == pages->pages_max) && !enough)
            ok = error_set(err, ERROR_PROTOCOL, "the list '%.*s' has no end",
                           (int)strcspn(target, "?"), target);
        page = arena_text(&arena, next);
    } while (ok && *page && !enough);
    arena_finish(&arena);
    return ok;
}

void
circleci_trouble(const struct circleci_round *round, const char *what, const struct error *why)
{
    if (round->watch->trouble)
        round->watch->trouble(round->watch->context, what, why);
}

bool
circleci_is_its_own(const struct error *err)
{
    return err->code == ERROR_PROTOCOL || err->code == ERROR_NOT_FOUND ||
           err->code == ERROR_FORBIDDEN || err->code == ERROR_TOO_LARGE ||
           err->code == ERROR_UPSTREAM || err->code == ERROR_INVALID;
}

bool
circleci_put(struct circleci_round *round, const struct alert_event_out *events, size_t events_len,
             struct error *err)
{
    struct alert_event_out *fresh =
        arena_new_array(&round->arena, events_len + 1, struct alert_event_out);
    size_t len = 0;
    for (size_t i = 0; i < events_len; i++) {
        const struct alert_event_out *event = &events[i];
        if (!event->resolved &&
            alert_spool_has_fired(round->spool, event->deduplication_key, event->at_ms))
            continue;
        fresh[len++] = *event;
        *(event->resolved ? &round->watch->resolved : &round->watch->fired) += 1;
    }
    return !len || alert_spool_put(round->spool, fresh, len, err);
}

/* ---- the list of pipelines ---- */

struct walking {
    struct circleci_round *round;
    struct circleci_pipeline *fresh; /* newest first */
    size_t fresh_len, left_out;
    int64_t not_before;
};

static const char *
pipelines_target(const void *of, const char *page, struct arena *arena)
{
    const struct profile *profile = of;
    return circleci_pipelines_target(profile->circleci_project, profile->circleci_branch, page,
                                     arena);
}

/* Of one that is known, what may have changed: that its configuration is wrong shows a little later. */
static void
renew(struct circleci_state *state, const struct circleci_pipeline *pipeline)
{
    for (size_t i = 0; i < state->open_len; i++)
        if (state->open[i].pipeline.number == pipeline->number) {
            state->open[i].pipeline.state = pipeline->state;
            state->open[i].pipeline.error = pipeline->error;
        }
}

static bool
take_pipelines(void *context, struct slice body, const char **next, bool *enough, struct error *err)
{
    struct walking *walking = context;
    struct circleci_round *round = walking->round;
    struct circleci_pipeline *page;
    size_t len;
    if (!circleci_read_pipelines(body, &round->arena, &page, &len, next, err))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (page[i].number <= round->state.done || page[i].created_at < walking->not_before) {
            renew(&round->state, &page[i]);
            *enough = true;
        } else if (walking->fresh_len < CIRCLECI_STATE_PIPELINES_MAX) {
            walking->fresh[walking->fresh_len++] = page[i];
        } else {
            walking->left_out++;
        }
    }
    return true;
}

/* Makes room for what is new: the oldest that were looked at go first. */
static void
make_room(struct circleci_state *state, size_t wanted)
{
    for (size_t i = 0;
         i < state->open_len && CIRCLECI_STATE_PIPELINES_MAX - state->open_len < wanted;)
        if (state->open[i].is_new)
            i++;
        else
            circleci_state_remove(state, i);
}

static bool
read_pipelines(struct circleci_round *round, struct error *err)
{
    const struct profile *profile = round->watch->access.profile;
    struct walking walking = {
        .round = round,
        .fresh =
            arena_new_array(&round->arena, CIRCLECI_STATE_PIPELINES_MAX, struct circleci_pipeline),
        .not_before = round->state.done ? 0 : clock_now_ms() - FIRST_LOOK_BACK_MS,
    };
    const struct circleci_pages pages = {.target = pipelines_target,
                                         .of = profile,
                                         .take = take_pipelines,
                                         .context = &walking,
                                         .pages_max = PIPELINE_PAGES_MAX};
    if (!circleci_each_page(round, &pages, err)) {
        if (err->code == ERROR_NOT_FOUND)
            error_wrap(err, "CircleCI has no project '%s', or the token may not read it",
                       profile->circleci_project);
        return false;
    }
    make_room(&round->state, walking.fresh_len);
    for (size_t i = walking.fresh_len; i-- > 0;) {
        if (!circleci_state_add(&round->state, &walking.fresh[i]))
            walking.left_out++;
        if (walking.fresh[i].number > round->state.done)
            round->state.done = walking.fresh[i].number;
    }
    if (walking.left_out) {
        struct error why = {0};
        error_set(&why, ERROR_PARTIAL, "%zu pipelines are passed over: more than %d at once",
                  walking.left_out, CIRCLECI_STATE_PIPELINES_MAX);
        circleci_trouble(round, "the list of pipelines", &why);
    }
    return !walking.fresh_len || circleci_state_save(&round->state, round->watch->dir, err);
}

/* ---- one pipeline ---- */

struct looking {
    struct circleci_round *round;
    struct circleci_workflow *workflows;
    size_t workflows_len;
    struct circleci_job *jobs;
    size_t jobs_len;
};

static const char *
workflows_target(const void *of, const char *page, struct arena *arena)
{
    return circleci_workflows_target(of, page, arena);
}

static bool
take_workflows(void *context, struct slice body, const char **next, bool *enough, struct error *err)
{
    struct looking *looking = context;
    struct arena *arena = &looking->round->arena;
    struct circleci_workflow *page;
    size_t len;
    (void)enough;
    if (!circleci_read_workflows(body, arena, &page, &len, next, err))
        return false;
    struct circleci_workflow *all =
        arena_new_array(arena, looking->workflows_len + len + 1, struct circleci_workflow);
    if (looking->workflows_len)
        memcpy(all, looking->workflows, looking->workflows_len * sizeof *all);
    memcpy(all + looking->workflows_len, page, len * sizeof *all);
    looking->workflows = all;
    looking->workflows_len += len;
    return true;
}

static const char *
jobs_target(const void *of, const char *page, struct arena *arena)
{
    return circleci_jobs_target(of, page, arena);
}

static bool
take_jobs(void *context, struct slice body, const char **next, bool *enough, struct error *err)
{
    struct looking *looking = context;
    struct arena *arena = &looking->round->arena;
    struct circleci_job *page;
    size_t len;
    (void)enough;
    if (!circleci_read_jobs(body, arena, &page, &len, next, err))
        return false;
    struct circleci_job *all =
        arena_new_array(arena, looking->jobs_len + len + 1, struct circleci_job);
    if (looking->jobs_len)
        memcpy(all, looking->jobs, looking->jobs_len * sizeof *all);
    memcpy(all + looking->jobs_len, page, len * sizeof *all);
    looking->jobs = all;
    looking->jobs_len += len;
    return true;
}

static bool
is_wanted(const char *const *names, const char *name)
{
    for (const char *const *at = names; *at; at++)
        if (strcmp(*at, name) == 0)
            return true;
    return !*names;
}

static bool
look_at_workflow(struct circleci_round *round, const struct circleci_run *of,
                 const struct circleci_workflow *workflow, struct error *err)
{
    struct looking looking = {.round = round};
    const struct circleci_pages pages = {.target = jobs_target,
                                         .of = workflow->id,
                                         .take = take_jobs,
                                         .context = &looking,
                                         .pages_max = PAGES_MAX};
    if (!circleci_each_page(round, &pages, err))
        return false;
    for (size_t i = 0; i < looking.jobs_len; i++) {
        const struct circleci_job *job = &looking.jobs[i];
        const int64_t began_at = job->started_at   ? job->started_at
                                 : job->stopped_at ? job->stopped_at
                                                   : workflow->created_at;
        struct circleci_run run = *of;
        run.workflow = workflow;
        run.job = job;
        if ((job->outcome != CIRCLECI_GOOD && job->outcome != CIRCLECI_BAD) ||
            !is_wanted(round->watch->access.profile->circleci_jobs, job->name) ||
            began_at <= circleci_state_told_at(&round->state, workflow->name, job->name))
            continue;
        if (!circleci_tell_job(round, &run, began_at, err))
            return false;
    }
    return true;
}

/* A configuration that CircleCI cannot read has no workflows, and the next pipeline with one is its end. */
static bool
tell_pipeline(struct circleci_round *round, const struct circleci_run *run, bool is_good,
              struct error *err)
{
    const struct circleci_pipeline *pipeline = run->pipeline;
    const bool is_firing = alert_spool_is_firing(round->spool, circleci_key(run, &round->arena), 0);
    if (pipeline->created_at <= circleci_state_told_at(&round->state, "", "") ||
        (is_good && !is_firing))
        return true;
    const struct alert_event_out event =
        circleci_event(run, is_good, "", "", pipeline->created_at, &round->arena);
    if (!circleci_put(round, &event, 1, err))
        return false;
    circleci_state_tell(&round->state, "", "", pipeline->created_at);
    return circleci_state_save(&round->state, round->watch->dir, err);
}

static bool
look_at(struct circleci_round *round, struct circleci_open *open, struct error *err)
{
    const struct profile *profile = round->watch->access.profile;
    const bool is_errored = strcmp(open->pipeline.state, "errored") == 0;
    const struct circleci_run run = {.api_url = profile->circleci_url,
                                     .project = profile->circleci_project,
                                     .branch = profile->circleci_branch,
                                     .pipeline = &open->pipeline};
    struct looking looking = {.round = round};
    const struct circleci_pages pages = {.target = workflows_target,
                                         .of = open->pipeline.id,
                                         .take = take_workflows,
                                         .context = &looking,
                                         .pages_max = PAGES_MAX};
    if (!circleci_each_page(round, &pages, err))
        return false;
    const bool has_workflows = looking.workflows_len > 0;
    if ((has_workflows || is_errored) && !tell_pipeline(round, &run, has_workflows, err))
        return false;
    looking.workflows_len = circleci_newest_workflows(looking.workflows, looking.workflows_len,
                                                      profile->circleci_workflow);
    int64_t newest = 0;
    /* One that sets itself up has its other workflows later. */
    bool is_under_way = !looking.workflows_len && !is_errored &&
                        (!has_workflows || strcmp(open->pipeline.state, "created") != 0);
    for (size_t i = 0; i < looking.workflows_len; i++) {
        const struct circleci_workflow *workflow = &looking.workflows[i];
        if (workflow->created_at > newest)
            newest = workflow->created_at;
        is_under_way |=
            workflow->outcome == CIRCLECI_UNDER_WAY || workflow->outcome == CIRCLECI_UNKNOWN;
    }
    if (open->is_under_way || newest != open->settled_at)
        for (size_t i = 0; i < looking.workflows_len; i++)
            if (!look_at_workflow(round, &run, &looking.workflows[i], err))
                return false;
    open->is_new = false;
    open->is_under_way = is_under_way;
    open->settled_at = newest;
    return true;
}

/* ---- a round ---- */

static bool
is_always_looked_at(const struct circleci_open *open)
{
    return open->is_new ||
           (open->is_under_way && open->pipeline.created_at > clock_now_ms() - LONG_MS);
}

/* Whether the round goes on. */
static bool
try_to_look(struct circleci_round *round, struct circleci_open *open, int *troubles,
            struct error *err)
{
    if (look_at(round, open, err)) {
        *troubles = 0;
        return true;
    }
    if (!circleci_is_its_own(err) || ++*troubles == TROUBLES_MAX)
        return false;
    circleci_trouble(
        round, arena_printf(&round->arena, "pipeline %lld", (long long)open->pipeline.number), err);
    *err = (struct error){0};
    return true;
}

static bool
look_at_new(struct circleci_round *round, int *troubles, struct error *err)
{
    for (size_t i = 0; i < round->state.open_len; i++)
        if (is_always_looked_at(&round->state.open[i]) &&
            !try_to_look(round, &round->state.open[i], troubles, err))
            return false;
    return true;
}

/* The one after the last, by number, of those that are not looked at each time. */
static struct circleci_open *
next_in_turn(struct circleci_state *state)
{
    struct circleci_open *first = NULL, *next = NULL;
    for (size_t i = 0; i < state->open_len; i++) {
        struct circleci_open *open = &state->open[i];
        if (is_always_looked_at(open))
            continue;
        if (!first)
            first = open;
        if (!next && open->pipeline.number > state->turn)
            next = open;
    }
    return next ? next : first;
}

static bool
look_by_turns(struct circleci_round *round, int *troubles, struct error *err)
{
    int64_t began_with = 0;
    for (int i = 0; i < round->watch->looks_max; i++) {
        struct circleci_open *open = next_in_turn(&round->state);
        if (!open || open->pipeline.number == began_with)
            return true;
        began_with = began_with ? began_with : open->pipeline.number;
        round->state.turn = open->pipeline.number;
        if (!try_to_look(round, open, troubles, err))
            return false;
    }
    return true;
}

static void
forget_old(struct circleci_state *state)
{
    const int64_t now_ms = clock_now_ms();
    for (size_t i = 0; i < state->open_len;) {
        const struct circleci_open *open = &state->open[i];
        const int64_t kept_ms = open->is_under_way ? UNDER_WAY_MAX_MS : RERUNS_MS;
        if (!open->is_new && open->pipeline.created_at < now_ms - kept_ms)
            circleci_state_remove(state, i);
        else
            i++;
    }
}

static bool
run_round(struct circleci_round *round, struct error *err)
{
    const struct profile *profile = round->watch->access.profile;
    int troubles = 0;
    if (!circleci_state_load(&round->state, round->watch->dir, profile->circleci_project,
                             profile->circleci_branch, err) ||
        !read_pipelines(round, err))
        return false;
    /* By turns even while the newest cannot be had, and what was seen is remembered whatever came after. */
    bool ok = look_at_new(round, &troubles, err) && look_by_turns(round, &troubles, err);
    forget_old(&round->state);
    struct error unsaved = {0};
    if (!circleci_state_save(&round->state, round->watch->dir, ok ? err : &unsaved))
        ok = false;
    return ok;
}

bool
circleci_watch_round(struct circleci_watch *watch, struct alert_spool *spool, struct error *err)
{
    struct circleci_round *round = memory_alloc(sizeof *round);
    round->watch = watch;
    round->spool = spool;
    watch->jobs = watch->fired = watch->resolved = 0;
    const bool ok = run_round(round, err);
    circleci_state_finish(&round->state);
    arena_finish(&round->arena);
    memory_free(round);
    return ok;
}
