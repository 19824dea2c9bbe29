#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "dbt/dbt.h"
#include "watch/circleci_round.h"

/*
 * A job's artifacts are taken to files beside what is remembered, one run of dbt after the other: run_results.json or sources.json, and
 * only where something fires the manifest, which may be a thousand times as large.
 */

enum { RUNS_MAX = 32, PAGES_MAX = 20 };
#define PATIENCE_MS (15 * MINUTE_MS) /* with artifacts that cannot be had */
static const size_t results_max_bytes = (size_t)256 * 1024 * 1024;
static const size_t manifest_max_bytes = (size_t)1024 * 1024 * 1024;

/* One run of dbt: what it left in a directory of one of the job's parallel runs. */
struct dbt_run {
    const struct circleci_artifact *artifacts[2]; /* by kind; NULL = none */
    const char *paths[2];                         /* "" = none, or not to be had */
    int64_t node_index, generated_at_ms;
    size_t firing;
};

struct telling {
    struct circleci_round *round;
    const struct circleci_run *run;
    const char *what; /* in words */
    struct arena arena;
    struct circleci_artifact *artifacts;
    size_t artifacts_len;
    struct dbt_run runs[RUNS_MAX];
    size_t runs_len;
    const char *files[2 * RUNS_MAX + 1]; /* to be removed */
    size_t files_len;
    struct dbt_build build;
    bool is_explained; /* by something that dbt says failed */
};

static const char *const kinds[] = {"run_results.json", "sources.json"};

/* ---- which artifacts there are ---- */

static const char *
artifacts_target(const void *of, const char *page, struct arena *arena)
{
    const struct circleci_run *run = of;
    return circleci_artifacts_target(run->project, run->job->number, page, arena);
}

static bool
take_artifacts(void *context, struct slice body, const char **next, bool *enough, struct error *err)
{
    struct telling *telling = context;
    struct circleci_artifact *page, *all;
    size_t len;
    (void)enough;
    if (!circleci_read_artifacts(body, &telling->arena, &page, &len, next, err))
        return false;
    all = arena_new_array(&telling->arena, telling->artifacts_len + len + 1,
                          struct circleci_artifact);
    if (telling->artifacts_len)
        memcpy(all, telling->artifacts, telling->artifacts_len * sizeof *all);
    if (len)
        memcpy(all + telling->artifacts_len, page, len * sizeof *all);
    telling->artifacts = all;
    telling->artifacts_len += len;
    return true;
}

static const char *
last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool
are_of_one_place(const char *a, const char *b)
{
    const size_t len = (size_t)(last_part(a) - a);
    return len == (size_t)(last_part(b) - b) && memcmp(a, b, len) == 0;
}

static struct dbt_run *
run_of(struct telling *telling, const struct circleci_artifact *artifact)
{
    for (size_t i = 0; i < telling->runs_len; i++) {
        struct dbt_run *run = &telling->runs[i];
        const struct circleci_artifact *other =
            run->artifacts[0] ? run->artifacts[0] : run->artifacts[1];
        if (run->node_index == artifact->node_index &&
            are_of_one_place(other->path, artifact->path))
            return run;
    }
    if (telling->runs_len == RUNS_MAX)
        return NULL;
    struct dbt_run *run = &telling->runs[telling->runs_len++];
    *run = (struct dbt_run){.paths = {"", ""}, .node_index = artifact->node_index};
    return run;
}

static void
find_runs(struct telling *telling)
{
    struct error err = {0};
    size_t left_out = 0;
    for (size_t i = 0; i < telling->artifacts_len; i++)
        for (int kind = 0; kind < 2; kind++) {
            if (strcmp(last_part(telling->artifacts[i].path), kinds[kind]) != 0)
                continue;
            struct dbt_run *run = run_of(telling, &telling->artifacts[i]);
            if (run)
                run->artifacts[kind] = &telling->artifacts[i];
            else
                left_out++;
        }
    if (!left_out)
        return;
    error_set(&err, ERROR_PARTIAL, "%zu results of dbt were left out: a job may have %d", left_out,
              RUNS_MAX);
    circleci_trouble(telling->round, telling->what, &err);
}

/* The manifest that lies nearest: the same directory, the same parallel run. */
static const struct circleci_artifact *
manifest_of(const struct telling *telling, const struct dbt_run *run)
{
    const struct circleci_artifact *best = NULL;
    const char *path = (run->artifacts[0] ? run->artifacts[0] : run->artifacts[1])->path;
    int best_fit = -1;
    for (size_t i = 0; i < telling->artifacts_len; i++) {
        const struct circleci_artifact *artifact = &telling->artifacts[i];
        if (strcmp(last_part(artifact->path), "manifest.json") != 0)
            continue;
        const int fit =
            2 * are_of_one_place(path, artifact->path) + (artifact->node_index == run->node_index);
        if (fit > best_fit) {
            best = artifact;
            best_fit = fit;
        }
    }
    return best;
}

/* ---- to files ---- */

/* *path is "" when this one cannot be had, which was said. False: nobody is there, or no disk. */
static bool
fetch(struct telling *telling, const struct circleci_artifact *artifact, size_t max_bytes,
      const char **path, struct error *err)
{
    const struct circleci_watch *watch = telling->round->watch;
    const char *file =
        arena_printf(&telling->arena, "%s/artifact-%zu.json", watch->dir, telling->files_len);
    *path = "";
    (void)unlink(file); /* of a round that was broken off */
    const int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set(err, ERROR_FILE, "cannot make '%s': %s", file, strerror(errno));
    telling->files[telling->files_len++] = file;
    const bool ok = circleci_fetch_artifact(&watch->access, artifact->url, fd, max_bytes, err);
    close(fd);
    if (ok) {
        *path = file;
        return true;
    }
    /* That its host wants another token is no word of CircleCI's on ours. */
    const bool is_its_own = circleci_is_its_own(err) || err->code == ERROR_UNAUTHENTICATED;
    if (!is_its_own || err->code == ERROR_UPSTREAM)
        return false;
    error_wrap(err, "artifact '%s'", artifact->path);
    circleci_trouble(telling->round, telling->what, err);
    return true;
}

static void
remove_files(const struct telling *telling)
{
    for (size_t i = 0; i < telling->files_len; i++)
        (void)unlink(telling->files[i]); /* else the next round writes over it */
}

/* ---- what dbt says ---- */

static bool
is_firing(void *context, const char *key, int64_t at_ms)
{
    return alert_spool_is_firing(context, key, at_ms);
}

static bool
read_run(struct telling *telling, const struct dbt_run *run, const char *manifest,
         struct dbt_output *output, struct error *err)
{
    const struct dbt_input input = {
        .run_results = run->paths[0],
        .sources = run->paths[1],
        .manifest = manifest,
        .environment = "",
        .build = &telling->build,
        .is_firing = is_firing,
        .context = telling->round->spool,
    };
    return dbt_events(&input, &telling->arena, output, err);
}

/* Which runs there are to tell of, and when they were. */
static bool
survey(struct telling *telling, struct error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < telling->runs_len; i++) {
        struct dbt_run *run = &telling->runs[i];
        struct dbt_output output;
        struct error why = {0};
        for (int kind = 0; kind < 2; kind++)
            if (run->artifacts[kind] &&
                !fetch(telling, run->artifacts[kind], results_max_bytes, &run->paths[kind], err))
                return false;
        if (!*run->paths[0] && !*run->paths[1])
            continue;
        if (!read_run(telling, run, "", &output, &why)) {
            circleci_trouble(telling->round, telling->what, &why);
            continue;
        }
        run->generated_at_ms = output.generated_at_ms;
        run->firing = output.firing;
        telling->is_explained |= output.firing > output.warnings;
        telling->runs[kept++] = *run;
    }
    telling->runs_len = kept;
    return true;
}

/* dbt that is run again in a job leaves its results somewhere else: what it says last is so. */
static void
sort_runs(struct telling *telling)
{
    for (size_t i = 1; i < telling->runs_len; i++)
        for (size_t j = i;
             j > 0 && telling->runs[j].generated_at_ms < telling->runs[j - 1].generated_at_ms;
             j--) {
            const struct dbt_run other = telling->runs[j];
            telling->runs[j] = telling->runs[j - 1];
            telling->runs[j - 1] = other;
        }
}

static bool
tell_run(struct telling *telling, const struct dbt_run *run, struct error *err)
{
    struct dbt_output output;
    const struct circleci_artifact *artifact = run->firing ? manifest_of(telling, run) : NULL;
    const char *manifest = "";
    if (artifact && !fetch(telling, artifact, manifest_max_bytes, &manifest, err))
        return false;
    if (!read_run(telling, run, manifest, &output, err))
        return false;
    for (size_t i = 0; i < output.notices_len; i++)
        if (output.notices[i].code != ERROR_NONE)
            circleci_trouble(telling->round, telling->what, &output.notices[i]);
    for (size_t i = 0; i < output.events_len; i++)
        if (!output.events[i].at_ms)
            output.events[i].at_ms = telling->run->job->stopped_at;
    if (*manifest)
        telling->files_len--; /* the next run's takes its place */
    const bool ok = circleci_put(telling->round, output.events, output.events_len, err);
    if (*manifest)
        (void)unlink(manifest);
    return ok;
}

static bool
tell_dbt(struct telling *telling, struct error *err)
{
    const struct circleci_pages pages = {.target = artifacts_target,
                                         .of = telling->run,
                                         .take = take_artifacts,
                                         .context = telling,
                                         .pages_max = PAGES_MAX};
    if (!circleci_each_page(telling->round, &pages, err)) {
        if (err->code != ERROR_NOT_FOUND)
            return false;
        *err = (struct error){0}; /* they are kept for 30 days */
    }
    find_runs(telling);
    if (!survey(telling, err))
        return false;
    sort_runs(telling);
    for (size_t i = 0; i < telling->runs_len; i++)
        if (!tell_run(telling, &telling->runs[i], err))
            return false;
    return true;
}

/* ---- what CircleCI says ---- */

/* "" when it does not say. */
static bool
ask_text(struct telling *telling, const char *target,
         bool (*read)(struct slice body, struct arena *arena, const char **text, struct error *err),
         const char **text, struct error *err)
{
    struct slice body;
    *text = "";
    if (circleci_get(telling->round, target, &telling->arena, &body, err) &&
        read(body, &telling->arena, text, err))
        return true;
    if (!circleci_is_its_own(err))
        return false;
    *err = (struct error){0};
    return true;
}

static bool
tell_failure(struct telling *telling, struct error *err)
{
    const struct circleci_run *run = telling->run;
    const char *messages = "", *tests = "";
    if (run->job->number &&
        (!ask_text(telling, circleci_job_target(run->project, run->job->number, &telling->arena),
                   circleci_read_messages, &messages, err) ||
         !ask_text(telling, circleci_tests_target(run->project, run->job->number, &telling->arena),
                   circleci_read_failed_tests, &tests, err)))
        return false;
    const struct alert_event_out event =
        circleci_event(run, false, messages, tests, run->job->stopped_at, &telling->arena);
    return circleci_put(telling->round, &event, 1, err);
}

static bool
tell_end(struct telling *telling, struct error *err)
{
    const struct circleci_run *run = telling->run;
    if (!alert_spool_is_firing(telling->round->spool, circleci_key(run, &telling->arena), 0))
        return true;
    const struct alert_event_out event =
        circleci_event(run, true, "", "", run->job->stopped_at, &telling->arena);
    return circleci_put(telling->round, &event, 1, err);
}

bool
circleci_tell_job(struct circleci_round *round, const struct circleci_run *run, int64_t began_at,
                  struct error *err)
{
    struct telling *telling = arena_new(&round->arena, struct telling);
    telling->round = round;
    telling->run = run;
    telling->what = arena_printf(&round->arena, "job %s of pipeline %lld", run->job->name,
                                 (long long)run->pipeline->number);
    telling->build = circleci_build(run, &telling->arena);
    bool ok = !run->job->number || tell_dbt(telling, err);
    if (!ok && circleci_is_its_own(err) && run->job->stopped_at < clock_now_ms() - PATIENCE_MS) {
        circleci_trouble(round, telling->what, err); /* better told without than never */
        *err = (struct error){0};
        ok = true;
    }
    /* What dbt says failed is why the job did; a step that broke without it is told by itself. */
    const bool is_bad = run->job->outcome == CIRCLECI_BAD && !telling->is_explained;
    ok = ok && (is_bad ? tell_failure(telling, err) : tell_end(telling, err));
    remove_files(telling);
    arena_finish(&telling->arena);
    if (!ok)
        return false;
    round->watch->jobs++;
    circleci_state_tell(&round->state, run->workflow->name, run->job->name, began_at);
    return circleci_state_save(&round->state, round->watch->dir, err);
}
