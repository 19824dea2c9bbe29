#include "sync/suspects.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "remote/github.h"
#include "store/suspect.h"
#include "sync/engine.h"
#include "sync/outside.h"

#define RESOURCE "suspects"
#define LOOK_MS MINUTE_MS
#define AGAIN_MS HOUR_MS                 /* a commit whose pull requests may have changed */
#define MERGED_EVERY_MS (10 * MINUTE_MS) /* the search; its own limit is small */
#define MERGED_SINCE_MS (8 * DAY_MS)     /* suspects are of a week before the alert */
#define KEPT_MS (60 * DAY_MS)

enum {
    COMMITS_MAX = 30, /* that are asked for in a run */
    PULLS_MAX = 10,
    REDIRECTS_MAX = 3,
    BODY_MAX_BYTES = 8 * 1024 * 1024,
};

enum step { STEP_COMMIT, STEP_COMMIT_PULLS, STEP_MERGED, STEP_PULL, STEP_FILES };

struct suspects {
    struct sync *sync;
    struct http *http; /* NULL: it cannot be asked */
    struct outside source;
    uint64_t timer, request;
    int64_t merged_at; /* when was searched last; 0 = never */

    /* of a run */
    bool running;
    struct arena arena;
    int64_t started_at;
    struct error run_error;
    const char *shas[COMMITS_MAX];
    size_t shas_len, next_sha;
    bool any_path, searches;
    int64_t numbers[PULLS_MAX];
    size_t numbers_len, next_number;

    /* of what is being asked for */
    enum step step;
    int redirects;
    struct git_commit commit;
    struct github_listed pull;
};

static void run(void *context);
static void next(struct suspects *suspects);

static const struct profile *
profile_of(const struct suspects *suspects)
{
    return suspects->sync->options.profile;
}

static void
run_after(struct suspects *suspects, int64_t delay_ms)
{
    loop_cancel(suspects->sync->loop, suspects->timer);
    suspects->timer = loop_after(suspects->sync->loop, delay_ms, run, suspects);
}

static void
end_run(struct suspects *suspects)
{
    suspects->running = false;
    if (!outside_ended(&suspects->source, suspects->started_at, &suspects->run_error, false))
        return;
    if (!suspects->sync->options.once)
        run_after(suspects, suspects->source.next_due_at - clock_now_ms());
    sync_outside_ended(suspects->sync);
}

/* ---- what there is to ask ---- */

static bool
is_due(const struct suspects *suspects, const struct git_commit *commit)
{
    return !commit->asked_at ||
           commit->asked_at < clock_now_ms() - sync_scaled(suspects->sync, AGAIN_MS);
}

static bool
add_sha(struct suspects *suspects, const char *sha, struct error *err)
{
    struct git_commit commit;
    for (size_t i = 0; i < suspects->shas_len; i++)
        if (strcmp(suspects->shas[i], sha) == 0)
            return true;
    if (suspects->shas_len == COMMITS_MAX)
        return true;
    if (!git_commit_get(suspects->sync->keep.store, profile_of(suspects)->github_repository, sha,
                        &suspects->arena, &commit, err))
        return false;
    if (is_due(suspects, &commit))
        suspects->shas[suspects->shas_len++] = sha;
    return true;
}

static bool
find_commits(struct suspects *suspects, struct error *err)
{
    struct keep *keep = &suspects->sync->keep;
    const struct profile *profile = profile_of(suspects);
    struct alert_commit *alerts;
    size_t len;
    suspects->shas_len = suspects->next_sha = suspects->numbers_len = suspects->next_number = 0;
    suspects->any_path = false;
    suspects->searches =
        suspects->merged_at <= clock_now_ms() - sync_scaled(suspects->sync, MERGED_EVERY_MS);
    if (!suspect_alerts(keep->store, profile->github_repository, profile->commit_attribute,
                        profile->path_attribute, &suspects->arena, &alerts, &len, err))
        return false;
    suspects->source.rows_seen = (int64_t)len;
    if (len && !keep_begin(keep, err))
        return false;
    for (size_t i = 0; i < len; i++) {
        suspects->any_path |= *alerts[i].path != '\0';
        if (!suspect_put_alert(keep->store, &alerts[i], err) ||
            !add_sha(suspects, alerts[i].sha, err))
            return false;
    }
    return !len || keep_end(keep, err);
}

static void
run(void *context)
{
    struct suspects *suspects = context;
    struct error err = {0};
    suspects->timer = 0;
    if (suspects->sync->ended || suspects->running)
        return;
    arena_reset(&suspects->arena);
    suspects->run_error = (struct error){0};
    suspects->started_at = clock_now_ms();
    if (!find_commits(suspects, &err)) {
        sync_fail(suspects->sync, &err);
        return;
    }
    suspects->running = true;
    next(suspects);
}

/* ---- asking ---- */

static void on_answer(void *context, const struct http_response *response);

static void
ask_target(struct suspects *suspects, const char *target, const char *etag)
{
    const struct http_request request = {.target = target,
                                         .headers = github_headers,
                                         .if_none_match = etag,
                                         .urgency = HTTP_REST,
                                         .body_max_bytes = BODY_MAX_BYTES,
                                         .done = on_answer,
                                         .context = suspects};
    suspects->request = http_ask(suspects->http, &request);
}

static void
ask(struct suspects *suspects, enum step step, const char *target, const char *etag)
{
    suspects->step = step;
    suspects->redirects = 0;
    ask_target(suspects, target, etag);
}

static void
ask_merged(struct suspects *suspects)
{
    char day[RFC3339_SIZE];
    (void)time_to_rfc3339(clock_now_ms() - MERGED_SINCE_MS, day);
    day[strlen("2026-03-01")] = '\0';
    suspects->merged_at = clock_now_ms();
    suspects->searches = false;
    ask(suspects, STEP_MERGED,
        github_merged_target(profile_of(suspects)->github_repository, day, &suspects->arena), "");
}

/* The next commit, then the search, then what it found; after the last the run is over. */
static void
next(struct suspects *suspects)
{
    const char *repository = profile_of(suspects)->github_repository;
    struct arena *arena = &suspects->arena;
    struct error err = {0};
    if (suspects->next_sha < suspects->shas_len) {
        const char *sha = suspects->shas[suspects->next_sha++];
        if (!git_commit_get(suspects->sync->keep.store, repository, sha, arena, &suspects->commit,
                            &err)) {
            sync_fail(suspects->sync, &err);
            return;
        }
        if (*suspects->commit.url)
            ask(suspects, STEP_COMMIT_PULLS, github_commit_pulls_target(repository, sha, arena),
                suspects->commit.etag);
        else
            ask(suspects, STEP_COMMIT, github_commit_target(repository, sha, arena), "");
        return;
    }
    if (suspects->any_path && suspects->searches) {
        ask_merged(suspects);
        return;
    }
    if (suspects->next_number < suspects->numbers_len) {
        const struct github_place place = {.repository = repository,
                                           .number = suspects->numbers[suspects->next_number++]};
        ask(suspects, STEP_PULL, github_target(GITHUB_PULL, &place, "", 1, arena), "");
        return;
    }
    end_run(suspects);
}

/* ---- answers ---- */

/* False: the store failed, and sync was told. */
static bool
save_commit(struct suspects *suspects, const struct commit_pull *pulls, size_t pulls_len)
{
    struct keep *keep = &suspects->sync->keep;
    struct error err = {0};
    suspects->commit.asked_at = clock_now_ms();
    if (keep_begin(keep, &err) &&
        git_commit_put(keep->store, &suspects->commit, pulls, pulls_len, &err) &&
        keep_end(keep, &err))
        return true;
    sync_fail(suspects->sync, &err);
    return false;
}

static bool
take_commit(struct suspects *suspects, struct slice body, struct error *err)
{
    struct github_commit commit;
    struct git_commit *now = &suspects->commit;
    if (!github_read_commit(body, &suspects->arena, &commit, err))
        return false;
    now->subject = commit.subject;
    now->author = commit.author;
    now->authored_at = commit.authored_at;
    now->url = commit.url;
    now->problem = "";
    ask(suspects, STEP_COMMIT_PULLS,
        github_commit_pulls_target(now->repository, now->sha, &suspects->arena), "");
    return true;
}

static bool
take_commit_pulls(struct suspects *suspects, const struct http_response *response,
                  struct error *err)
{
    struct github_listed *listed;
    size_t len = 0;
    if (response->status == 304) {
        if (save_commit(suspects, NULL, 0))
            next(suspects);
        return true;
    }
    if (!github_read_listed(response->body, &suspects->arena, &listed, &len, err))
        return false;
    struct commit_pull *pulls = arena_new_array(&suspects->arena, len + 1, struct commit_pull);
    for (size_t i = 0; i < len; i++)
        pulls[i] = (struct commit_pull){.repository = suspects->commit.repository,
                                        .sha = suspects->commit.sha,
                                        .number = listed[i].number,
                                        .title = listed[i].title,
                                        .author = listed[i].author,
                                        .state = listed[i].state,
                                        .url = listed[i].url};
    suspects->commit.etag = arena_text(&suspects->arena, response->etag);
    if (save_commit(suspects, pulls, len))
        next(suspects);
    return true;
}

static bool
take_found(struct suspects *suspects, struct slice body, struct error *err)
{
    const char *repository = profile_of(suspects)->github_repository;
    struct error store_err = {0};
    int64_t *numbers;
    size_t len;
    if (!github_read_found(body, &suspects->arena, &numbers, &len, err))
        return false;
    for (size_t i = 0; i < len && suspects->numbers_len < PULLS_MAX; i++) {
        bool known;
        if (!merged_pull_is_known(suspects->sync->keep.store, repository, numbers[i], &known,
                                  &store_err)) {
            sync_fail(suspects->sync, &store_err);
            return true;
        }
        if (!known)
            suspects->numbers[suspects->numbers_len++] = numbers[i];
    }
    next(suspects);
    return true;
}

static bool
take_pull(struct suspects *suspects, struct slice body, struct error *err)
{
    const char *merge_commit;
    if (!github_read_merged(body, &suspects->arena, &suspects->pull, &merge_commit, err))
        return false;
    if (*merge_commit)
        ask(suspects, STEP_FILES,
            github_commit_target(profile_of(suspects)->github_repository, merge_commit,
                                 &suspects->arena),
            "");
    else
        next(suspects);
    return true;
}

static bool
take_files(struct suspects *suspects, struct slice body, struct error *err)
{
    struct keep *keep = &suspects->sync->keep;
    const char *repository = profile_of(suspects)->github_repository;
    struct github_commit commit;
    struct error store_err = {0};
    if (!github_read_commit(body, &suspects->arena, &commit, err))
        return false;
    const struct merged_pull pull = {.repository = repository,
                                     .number = suspects->pull.number,
                                     .title = suspects->pull.title,
                                     .author = suspects->pull.author,
                                     .merged_at = suspects->pull.merged_at,
                                     .url = suspects->pull.url,
                                     .files = commit.files};
    if (keep_begin(keep, &store_err) && merged_pull_put(keep->store, &pull, &store_err) &&
        suspect_forget(keep->store, repository, clock_now_ms() - KEPT_MS, &store_err) &&
        keep_end(keep, &store_err))
        next(suspects);
    else
        sync_fail(suspects->sync, &store_err);
    return true;
}

static bool
take(struct suspects *suspects, const struct http_response *response, struct error *err)
{
    switch (suspects->step) {
    case STEP_COMMIT:
        return take_commit(suspects, response->body, err);
    case STEP_COMMIT_PULLS:
        return take_commit_pulls(suspects, response, err);
    case STEP_MERGED:
        return take_found(suspects, response->body, err);
    case STEP_PULL:
        return take_pull(suspects, response->body, err);
    case STEP_FILES:
        return take_files(suspects, response->body, err);
    }
    return true;
}

static bool
follows(struct suspects *suspects, const struct http_response *response)
{
    const int status = response->status;
    const bool is_redirect = status == 301 || status == 302 || status == 307 || status == 308;
    const char *target = is_redirect ? github_redirected(profile_of(suspects)->github_url,
                                                         response->location, &suspects->arena)
                                     : NULL;
    if (!target || suspects->redirects++ >= REDIRECTS_MAX)
        return false;
    ask_target(suspects, target, "");
    return true;
}

static void
failed(struct suspects *suspects, const struct error *err)
{
    const bool is_absent = err->code == ERROR_NOT_FOUND || err->code == ERROR_FORBIDDEN ||
                           err->code == ERROR_INVALID; /* 422: no commit of that name */
    if (is_absent && suspects->step <= STEP_COMMIT_PULLS) {
        if (suspects->step == STEP_COMMIT)
            suspects->commit.problem = "is not there, or the token may not see it";
        if (save_commit(suspects, NULL, 0))
            next(suspects);
        return;
    }
    if (suspects->run_error.code == ERROR_NONE && !is_absent)
        suspects->run_error = *err;
    if (is_absent || err->code == ERROR_PROTOCOL || err->code == ERROR_TOO_LARGE)
        next(suspects); /* the others may be well */
    else
        end_run(suspects);
}

static void
on_answer(void *context, const struct http_response *response)
{
    struct suspects *suspects = context;
    struct error err = response->error;
    suspects->request = 0;
    if (err.code == ERROR_NONE && take(suspects, response, &err))
        return;
    if (!follows(suspects, response))
        failed(suspects, &err);
}

/* ---- the source ---- */

bool
suspects_create(struct suspects **out, struct sync *sync, const char *token, struct error *err)
{
    const char *repository = sync->options.profile->github_repository;
    struct error failure = {0};
    *out = NULL;
    if (text_is_empty(repository) || text_is_empty(token))
        return suspect_forget(sync->keep.store, "", 0, err) && outside_none(sync, RESOURCE, err);
    struct suspects *suspects = memory_alloc(sizeof *suspects);
    *out = suspects;
    suspects->sync = sync;
    suspects->source = (struct outside){.sync = sync, .resource = RESOURCE, .period_ms = LOOK_MS};
    if (!github_repository_is_one(repository)) {
        error_set(&failure, ERROR_CONFIG, "github_repository '%s' is no repository: OWNER/NAME",
                  repository);
        return outside_cannot(&suspects->source, &failure, err);
    }
    if (!github_open(&suspects->http, sync->loop, sync->options.profile, token,
                     sync->options.timeout_ms, &failure))
        return outside_cannot(&suspects->source, &failure, err);
    if (!sync->options.once)
        run_after(suspects, sync_scaled(sync, LOOK_MS / 6));
    return suspect_forget(sync->keep.store, repository, clock_now_ms() - KEPT_MS, err);
}

void
suspects_destroy(struct suspects *suspects)
{
    if (!suspects)
        return;
    http_close(suspects->http);
    loop_cancel(suspects->sync->loop, suspects->timer);
    arena_finish(&suspects->arena);
    memory_free(suspects);
}

void
suspects_look(struct suspects *suspects)
{
    if (suspects && suspects->http && !suspects->running &&
        suspects->source.error.code == ERROR_NONE)
        run_after(suspects, 0);
}

bool
suspects_is_settled(const struct suspects *suspects)
{
    return !suspects || suspects->source.settled;
}

const struct error *
suspects_error(const struct suspects *suspects)
{
    static const struct error none;
    return suspects ? &suspects->source.error : &none;
}

bool
suspects_finish(struct suspects *suspects, struct error *err)
{
    if (suspects && suspects->request) {
        http_cancel(suspects->http, suspects->request);
        suspects->request = 0;
    }
    return !suspects || !suspects->source.attempt_at || outside_write(&suspects->source, err);
}
