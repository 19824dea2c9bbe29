#include "sync/github.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "sync/engine.h"
#include "sync/github_due.h"
#include "sync/github_reading.h"
#include "sync/outside.h"

#define RESOURCE "github"
#define FIRST_LOOK_MS SECOND_MS

enum { PAGES_MAX = 10, REDIRECTS_MAX = 3, BODY_MAX_BYTES = 8 * 1024 * 1024 };

struct github {
    struct sync *sync;
    struct http *http; /* NULL: there is no usable token */
    char etags_of[17];
    struct github_due due;
    uint64_t timer, request;
    bool wanted; /* looked at again once this run is over */
    struct outside source;

    /* of a run */
    bool running;
    struct arena arena;
    struct pull_request_attached *to_read;
    size_t to_read_len, to_read_next;
    int64_t started_at;
    struct error run_error;

    /* of the pull request that is being read */
    struct arena own;
    struct reading reading;
    enum github_part part;
    int page, redirects;
};

static void run(void *context);
static void next_pull(struct github *github);

static void
run_after(struct github *github, int64_t delay_ms)
{
    loop_cancel(github->sync->loop, github->timer);
    github->timer = loop_after(github->sync->loop, delay_ms, run, github);
}

static void
end_run(struct github *github)
{
    const bool again = github->wanted;
    github->running = github->wanted = false;
    github->source.rows_seen = (int64_t)github->due.len;
    if (!outside_ended(&github->source, github->started_at, &github->run_error, again))
        return;
    if (!github->sync->options.once)
        run_after(github, github->source.next_due_at - clock_now_ms());
    sync_outside_ended(github->sync);
}

static void
run(void *context)
{
    struct github *github = context;
    struct error err = {0};
    github->timer = 0;
    if (github->sync->ended || github->running)
        return;
    arena_reset(&github->arena);
    github->run_error = (struct error){0};
    github->started_at = clock_now_ms();
    if (!github_due_find(&github->due, github->sync, &github->arena, &github->to_read,
                         &github->to_read_len, &err)) {
        sync_fail(github->sync, &err);
        return;
    }
    github->to_read_next = 0;
    github->running = true;
    next_pull(github);
}

/* ---- one pull request ---- */

static bool
save(struct github *github, const struct pull_request_event *events, size_t events_len)
{
    struct sync *sync = github->sync;
    const struct pull_request *now = &github->reading.now;
    struct error err = {0};
    if (!events_len && reading_is_same(&github->reading.before, now))
        return true;
    if (keep_begin(&sync->keep, &err) &&
        pull_request_put(sync->keep.store, now, events, events_len, &err) &&
        keep_end(&sync->keep, &err))
        return true;
    sync_fail(sync, &err);
    return false;
}

/* All its parts are there. */
static bool
put_together(struct github *github)
{
    const struct pull_request_event *events;
    size_t len;
    reading_finish(&github->reading, github->etags_of, &github->own, &events, &len);
    github_due_read(&github->due, github->sync, &github->reading.now);
    return save(github, events, len);
}

/* ---- asking ---- */

static void on_answer(void *context, const struct http_response *response);

static void
ask_target(struct github *github, const char *target, const char *etag)
{
    const struct http_request request = {
        .target = target,
        .headers = github_headers,
        .if_none_match = etag,
        .urgency = HTTP_LIVE,
        .body_max_bytes = BODY_MAX_BYTES,
        .done = on_answer,
        .context = github,
    };
    github->request = http_ask(github->http, &request);
}

static void
ask_page(struct github *github)
{
    github->redirects = 0;
    ask_target(github,
               github_target(github->part, &github->reading.place, github->reading.now.head,
                             github->page, &github->own),
               github->page == 1 ? github->reading.etags[github->part] : "");
}

/* An ETag is of a whole part, asked by the same token, and the checks' also of one commit. */
static void
take_up_etags(struct github *github)
{
    char *rest = arena_text(&github->own, github->reading.before.etags);
    const bool is_ours = text_equals(github->reading.before.etags_of, github->etags_of) &&
                         !*github->reading.before.problem;
    for (int part = 0; part < GITHUB_PARTS; part++) {
        const char *etag = rest ? strsep(&rest, "\n") : "";
        github->reading.etags[part] = is_ours && strlen(etag) < HTTP_ETAG_SIZE ? etag : "";
    }
}

/* `before` and `place` are known. */
static void
start_reading(struct github *github)
{
    struct reading *reading = &github->reading;
    *reading = (struct reading){
        .before = reading->before,
        .now = reading->before,
        .place = reading->place,
        .reviews = arena_new_array(&github->own, REVIEWS_MAX, struct github_review)};
    reading->now.repository = reading->place.repository;
    reading->now.number = reading->place.number;
    take_up_etags(github);
}

/* Goes on until one has to be asked for; after the last the run is over. */
static void
next_pull(struct github *github)
{
    struct error err = {0};
    while (github->to_read_next < github->to_read_len) {
        const struct pull_request_attached *attached = &github->to_read[github->to_read_next++];
        arena_reset(&github->own);
        if (!pull_request_get(github->sync->keep.store, attached->link, &github->own,
                              &github->reading.before, &err)) {
            sync_fail(github->sync, &err);
            return;
        }
        if (!github_place_of(github->sync->options.profile->github_url, attached->link,
                             attached->external_id, &github->own, &github->reading.place)) {
            github_due_elsewhere(&github->due, github->sync, attached->link);
            continue;
        }
        start_reading(github);
        github->part = GITHUB_PULL;
        github->page = 1;
        ask_page(github);
        return;
    }
    end_run(github);
}

static void
next_part(struct github *github)
{
    const bool is_over = github->part == GITHUB_PULL && !github->reading.is_new[GITHUB_PULL] &&
                         pull_request_has_ended(&github->reading.now);
    github->part++;
    if (!*github->reading.now.head && github->part >= GITHUB_STATUSES)
        github->part = GITHUB_PARTS;
    if (is_over || github->part == GITHUB_PARTS) {
        if (put_together(github))
            next_pull(github);
        return;
    }
    github->page = 1;
    ask_page(github);
}

/* ---- answers ---- */

static bool
take_pull(struct github *github, struct slice body, struct error *err)
{
    struct pull_request *now = &github->reading.now;
    if (!github_read_pull(body, &github->own, &github->reading.pull, err))
        return false;
    now->title = github->reading.pull.title;
    now->author = github->reading.pull.author;
    now->state = github->reading.pull.state;
    now->merged_at = github->reading.pull.merged_at;
    if (!text_equals(now->head, github->reading.pull.head)) {
        now->head = github->reading.pull.head;
        now->statuses = now->runs = "";
        github->reading.etags[GITHUB_STATUSES] = github->reading.etags[GITHUB_RUNS] = "";
    }
    return true;
}

static bool
take_part(struct github *github, struct slice body, struct error *err)
{
    struct github_review *reviews;
    size_t len;
    switch (github->part) {
    case GITHUB_PULL:
        return take_pull(github, body, err);
    case GITHUB_REVIEWS:
        if (!github_read_reviews(body, &github->own, &reviews, &len, err))
            return false;
        for (size_t i = 0; i < len && github->reading.reviews_len < REVIEWS_MAX; i++)
            github->reading.reviews[github->reading.reviews_len++] = reviews[i];
        return true;
    case GITHUB_STATUSES:
        return github_read_statuses(body, &github->own, &github->reading.checks[GITHUB_STATUSES],
                                    err);
    case GITHUB_RUNS:
        return github_read_runs(body, &github->own, &github->reading.checks[GITHUB_RUNS], err);
    case GITHUB_PARTS:
        break;
    }
    return true;
}

/* Of this pull request alone: the next one may be well. */
static void
skip_pull(struct github *github, const char *problem)
{
    github_due_unreadable(&github->due, github->sync, github->reading.before.link);
    github->reading.now = github->reading.before;
    github->reading.now.repository = github->reading.place.repository;
    github->reading.now.number = github->reading.place.number;
    github->reading.now.problem = problem;
    github->reading.now.summary = reading_summary(&github->reading.now, &github->own);
    if (save(github, NULL, 0))
        next_pull(github);
}

static bool
is_redirect(int status)
{
    return status == 301 || status == 302 || status == 307 || status == 308;
}

static void
failed(struct github *github, const struct http_response *response, const struct error *err)
{
    const bool no_access = err->code == ERROR_NOT_FOUND || err->code == ERROR_FORBIDDEN;
    const char *target = is_redirect(response->status)
                             ? github_redirected(github->sync->options.profile->github_url,
                                                 response->location, &github->own)
                             : NULL;
    if (target && github->redirects++ < REDIRECTS_MAX) {
        ask_target(github, target, "");
        return;
    }
    if (no_access && github->part != GITHUB_PULL) {
        github->reading.is_new[github->part] = true; /* not every token may see all parts */
        github->reading.etags[github->part] = "";
        next_part(github);
        return;
    }
    if (no_access) {
        skip_pull(github, "not found, or the token may not see it");
        return;
    }
    if (github->run_error.code == ERROR_NONE)
        github->run_error = *err;
    switch (err->code) {
    case ERROR_PROTOCOL:
    case ERROR_TOO_LARGE:
    case ERROR_INVALID:
        github_due_again(&github->due, github->sync, github->reading.before.link);
        next_pull(github);
        break;
    default: /* nobody is there, or does not want us: the others would fare no better */
        end_run(github);
        break;
    }
}

static void
on_answer(void *context, const struct http_response *response)
{
    struct github *github = context;
    struct error err = response->error;
    github->request = 0;
    if (err.code == ERROR_NONE && response->status != 304 &&
        !take_part(github, response->body, &err))
        error_wrap(&err, "cannot read what GitHub says of '%s#%lld'",
                   github->reading.place.repository, (long long)github->reading.place.number);
    if (err.code != ERROR_NONE) {
        failed(github, response, &err);
        return;
    }
    if (response->status != 304) {
        const bool has_more =
            response->has_next && github->part != GITHUB_PULL && github->page < PAGES_MAX;
        github->reading.is_new[github->part] = true;
        github->reading.etags[github->part] =
            github->page == 1 && !has_more ? arena_text(&github->own, response->etag) : "";
        if (has_more) {
            github->page++;
            ask_page(github);
            return;
        }
    }
    next_part(github);
}

/* ---- the source ---- */

bool
github_create(struct github **out, struct sync *sync, const char *token, const struct error *why,
              struct error *err)
{
    char hex[DIGEST_HEX_SIZE];
    const char *const parts[] = {sync->options.profile->github_url};
    const bool is_refused = why && why->code != ERROR_NONE;
    *out = NULL;
    if (text_is_empty(token) && !is_refused)
        return outside_none(sync, RESOURCE, err);
    struct github *github = memory_alloc(sizeof *github);
    struct error failure = is_refused ? *why : (struct error){0};
    *out = github;
    github->sync = sync;
    github->source =
        (struct outside){.sync = sync, .resource = RESOURCE, .period_ms = GITHUB_LIVE_MS};
    if (is_refused || !github_open(&github->http, sync->loop, sync->options.profile, token,
                                   sync->options.timeout_ms, &failure))
        return outside_cannot(&github->source, &failure, err);
    (void)snprintf(github->etags_of, sizeof github->etags_of, "%.16s",
                   digest_keyed_hex(token, parts, 1, hex));
    if (!sync->options.once)
        run_after(github, sync_scaled(sync, FIRST_LOOK_MS));
    return true;
}

void
github_destroy(struct github *github)
{
    if (!github)
        return;
    http_close(github->http);
    loop_cancel(github->sync->loop, github->timer);
    github_due_finish(&github->due);
    arena_finish(&github->arena);
    arena_finish(&github->own);
    memory_free(github);
}

void
github_look(struct github *github)
{
    if (!github || !github->http || github->source.error.code != ERROR_NONE)
        return; /* a source that fails is asked again in its own time */
    if (github->running)
        github->wanted = true;
    else
        run_after(github, 0);
}

void
github_refresh(struct github *github)
{
    if (!github || !github->http || github->running)
        return;
    github_due_all(&github->due);
    if (github->source.error.retry_after_ms == 0)
        run_after(github, 0);
}

bool
github_is_settled(const struct github *github)
{
    return !github || github->source.settled;
}

const struct error *
github_error(const struct github *github)
{
    static const struct error none;
    return github ? &github->source.error : &none;
}

bool
github_finish(struct github *github, struct error *err)
{
    if (github && github->request) {
        http_cancel(github->http, github->request);
        github->request = 0;
    }
    return !github || !github->source.attempt_at || outside_write(&github->source, err);
}
