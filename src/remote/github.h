#pragma once

/*
 * GitHub's REST API, as far as a pull request needs it: where its parts are, what limits hold, what the answers mean.
 * Read tolerantly: an unknown state is "unknown", never well.
 */

#include "base/arena.h"
#include "config/config.h"
#include "remote/http.h"

enum github_part { GITHUB_PULL, GITHUB_REVIEWS, GITHUB_STATUSES, GITHUB_RUNS, GITHUB_PARTS };

#define GITHUB_LIMIT_TARGET "/rate_limit" /* costs nothing */

/* A client with GitHub's headers and limits: 5,000 requests an hour until an answer says otherwise. */
MUST_CHECK bool github_open(struct http **http, struct loop *loop, const struct profile *profile,
                            const char *token, int64_t timeout_ms, struct error *err);
/* The header lines of each request. */
extern const char *const github_headers[];

struct github_place {
    const char *repository; /* "owner/name" */
    int64_t number;
};

/*
 * Of an attachment: by its address, which must be of the server that the profile asks ("https://github.com/o/r/pull/7"
 * for api.github.com; a server on loopback stands in for any), else by its name ("o/r#7").
 */
bool github_place_of(const char *api_url, const char *link, const char *name, struct arena *arena,
                     struct github_place *place);

/* head: the commit, of STATUSES and RUNS. Pages count from 1. */
const char *github_target(enum github_part part, const struct github_place *place, const char *head,
                          int page, struct arena *arena);

/* ---- who may have broken it ---- */

/* "owner/name", of what may stand in an address. */
bool github_repository_is_one(const char *repository);

/* A commit; the pull requests that brought it; those merged since a day ("2026-03-01"), by their last change. */
const char *github_commit_target(const char *repository, const char *sha, struct arena *arena);
const char *github_commit_pulls_target(const char *repository, const char *sha,
                                       struct arena *arena);
const char *github_merged_target(const char *repository, const char *since_day,
                                 struct arena *arena);

struct github_commit {
    const char *subject, *author, *url; /* author: login, else name */
    int64_t authored_at;
    const char *files; /* that it touched, a line each; at most GITHUB_FILES_MAX */
};
enum { GITHUB_FILES_MAX = 300 };
MUST_CHECK bool github_read_commit(struct slice body, struct arena *arena,
                                   struct github_commit *commit, struct error *err);

/* A list of pull requests. At most 100; `url` leads to each. */
struct github_listed {
    int64_t number, merged_at;
    const char *title, *author, *state, *url;
};
MUST_CHECK bool github_read_listed(struct slice body, struct arena *arena,
                                   struct github_listed **pulls, size_t *pulls_len,
                                   struct error *err);
/* What a search found. */
MUST_CHECK bool github_read_found(struct slice body, struct arena *arena, int64_t **numbers,
                                  size_t *numbers_len, struct error *err);
/* Of one: its title and so on, and the commit it was merged as; "" = it was not. */
MUST_CHECK bool github_read_merged(struct slice body, struct arena *arena,
                                   struct github_listed *pull, const char **merge_commit,
                                   struct error *err);

/* The target that a redirect names; NULL when it leads to another server, or nowhere. */
const char *github_redirected(const char *api_url, const char *location, struct arena *arena);

struct github_pull {
    const char *id, *title, *author, *state; /* "draft" "open" "closed" "merged" "unknown" */
    const char *head;                        /* a commit's hexadecimal name */
    const char *merged_by;
    int64_t created_at, closed_at, merged_at;
};
MUST_CHECK bool github_read_pull(struct slice body, struct arena *arena, struct github_pull *pull,
                                 struct error *err);

struct github_review {
    const char *id, *who,
        *state; /* "approved" "changes requested" "dismissed"; others are left out */
    int64_t at;
};
/* At most 100, oldest first. */
MUST_CHECK bool github_read_reviews(struct slice body, struct arena *arena,
                                    struct github_review **reviews, size_t *reviews_len,
                                    struct error *err);

/* What checks come to, page after page; begins zeroed. */
struct github_checks {
    size_t failed, running, unknown, ok;
    int64_t at;           /* when the last of them ended */
    const char *names[3]; /* of those that failed */
};
MUST_CHECK bool github_read_statuses(struct slice body, struct arena *arena,
                                     struct github_checks *checks, struct error *err);
MUST_CHECK bool github_read_runs(struct slice body, struct arena *arena,
                                 struct github_checks *checks, struct error *err);

/* "failed" before "running" before "unknown" before "ok"; "" = there are none. */
const char *github_checks_word(const struct github_checks *checks);
/* The worse of two such words. */
const char *github_worse(const char *a, const char *b);
