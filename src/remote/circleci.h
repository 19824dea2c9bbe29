#pragma once

/*
 * CircleCI's API v2, as far as runs of dbt need it: where its lists are, what the answers mean, and its artifacts. Read
 * tolerantly: an unknown status is neither good nor bad, an item without a fit id is left out. All texts are clean
 * (text_clean) and short; what becomes part of an address is checked or encoded.
 */

#include "base/arena.h"
#include "config/config.h"
#include "remote/http.h"

/* Its limits are not published: it says 429, and in headers how much is left. */
MUST_CHECK bool circleci_open(struct http **http, struct loop *loop, const struct profile *profile,
                              const char *token, int64_t timeout_ms, struct error *err);

/* "gh/ORG/REPO", "circleci/ORGID/PROJECTID": three parts of letters, digits and . _ - */
bool circleci_project_is_one(const char *slug);

/* ---- targets; page = "" for the first, else what the page before named ---- */

const char *circleci_pipelines_target(const char *project, const char *branch, const char *page,
                                      struct arena *arena);
const char *circleci_workflows_target(const char *pipeline_id, const char *page,
                                      struct arena *arena);
const char *circleci_jobs_target(const char *workflow_id, const char *page, struct arena *arena);
const char *circleci_job_target(const char *project, int64_t job_number, struct arena *arena);
const char *circleci_tests_target(const char *project, int64_t job_number, struct arena *arena);
const char *circleci_artifacts_target(const char *project, int64_t job_number, const char *page,
                                      struct arena *arena);

/* ---- answers: lists, newest first where they have an order; everything in the arena ---- */

enum { CIRCLECI_ITEMS_MAX = 500 }; /* of a page; its size is the server's */

struct circleci_pipeline {
    const char *id;
    const char *state; /* "errored": its configuration is wrong, and there are no workflows */
    const char *error; /* why it is; "" = not said */
    int64_t number, created_at;
    const char *revision, *branch, *subject, *trigger, *actor;
    const char *repository; /* "owner/name", from where its code came; "" = not said */
};
MUST_CHECK bool circleci_read_pipelines(struct slice body, struct arena *arena,
                                        struct circleci_pipeline **pipelines, size_t *len,
                                        const char **next, struct error *err);

/* What became of a workflow, a job or a whole run. */
enum circleci_outcome {
    CIRCLECI_UNDER_WAY, /* it may still end well */
    CIRCLECI_GOOD,
    CIRCLECI_BAD, /* failed, timed out, its machine was lost, not authorised */
    CIRCLECI_CANCELED,
    CIRCLECI_NOT_RUN, /* nor will it */
    CIRCLECI_UNKNOWN, /* a word that is not known */
};

struct circleci_workflow {
    const char *id, *name, *status;
    enum circleci_outcome outcome;
    int64_t created_at, stopped_at; /* 0 = not yet */
};
MUST_CHECK bool circleci_read_workflows(struct slice body, struct arena *arena,
                                        struct circleci_workflow **workflows, size_t *len,
                                        const char **next, struct error *err);
/* Of each name the newest stays, for a rerun stands for what it repeats; with `name`, that one alone. How many are left. */
size_t circleci_newest_workflows(struct circleci_workflow *workflows, size_t len, const char *name);

struct circleci_job {
    const char *name, *status;
    enum circleci_outcome outcome;
    int64_t number; /* 0 = it never started, or is an approval */
    int64_t started_at, stopped_at;
};
MUST_CHECK bool circleci_read_jobs(struct slice body, struct arena *arena,
                                   struct circleci_job **jobs, size_t *len, const char **next,
                                   struct error *err);

struct circleci_artifact {
    const char *path, *url; /* url: printable ASCII */
    int64_t node_index;     /* which of the job's parallel runs left it */
};
MUST_CHECK bool circleci_read_artifacts(struct slice body, struct arena *arena,
                                        struct circleci_artifact **artifacts, size_t *len,
                                        const char **next, struct error *err);

/* What a job says about itself ("" = nothing), and the names of the tests that failed in it, at most a line each. */
MUST_CHECK bool circleci_read_messages(struct slice body, struct arena *arena, const char **text,
                                       struct error *err);
MUST_CHECK bool circleci_read_failed_tests(struct slice body, struct arena *arena,
                                           const char **text, struct error *err);

/* Where a person looks at it; job_number 0: at the workflow; workflow_id "": at the pipeline. */
const char *circleci_web_url(const char *api_url, const char *project, int64_t pipeline_number,
                             const char *workflow_id, int64_t job_number, struct arena *arena);

/* Hosts that an artifact's address may name and that are CircleCI's own: they get the token, and nobody else does. */
bool circleci_is_own_host(const char *api_url, const char *host);
