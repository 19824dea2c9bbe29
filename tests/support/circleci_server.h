#pragma once

/*
 * CircleCI's API v2 in the test's own loop, in memory: what a test puts in is what it answers, newest first and in pages of two. It
 * checks the path, the token and the headers of each request, and fails as it is told. Artifacts are on another server, which wants the
 * token as well, and may redirect to one that must not get it.
 */

#include "base/arena.h"
#include "base/loop.h"

#define CIRCLECI_SERVER_TOKEN "CCIPAT_test_token"
#define CIRCLECI_SERVER_PROJECT "gh/acme/dbt"

enum circleci_fault {
    CIRCLECI_FAULT_NONE,
    CIRCLECI_FAULT_DROP,
    CIRCLECI_FAULT_CUT,
    CIRCLECI_FAULT_HTML,
    CIRCLECI_FAULT_GARBAGE, /* JSON that is no list */
    CIRCLECI_FAULT_500,
    CIRCLECI_FAULT_LIMITED,  /* 429 with Retry-After: 7 */
    CIRCLECI_FAULT_RESETS,   /* 429 that says with RateLimit-Reset when */
    CIRCLECI_FAULT_REFUSED,  /* 401 */
    CIRCLECI_FAULT_ABSENT,   /* 404 */
    CIRCLECI_FAULT_REDIRECT, /* to where its token must not go */
    CIRCLECI_FAULT_ENDLESS,  /* every page names another */
};

struct circleci_server;

struct circleci_server *circleci_server_open(struct loop *loop);
void circleci_server_close(struct circleci_server *server);
/* "http://127.0.0.1:PORT/api/v2" */
const char *circleci_server_url(const struct circleci_server *server);
/* What was wrong with a request; "" = nothing. */
const char *circleci_server_complaint(const struct circleci_server *server);

/* A pipeline's id is "p" and its number. Times are Unix milliseconds. Texts are copied. */
void circleci_server_pipeline(struct circleci_server *server, int64_t number, const char *state,
                              int64_t created_at);
/* Changes it when it is there. */
void circleci_server_workflow(struct circleci_server *server, int64_t pipeline, const char *id,
                              const char *name, const char *status, int64_t created_at);
void circleci_server_job(struct circleci_server *server, const char *workflow, int64_t number,
                         const char *name, const char *status, int64_t started_at);
/* elsewhere: on another host, to which the artifact's address redirects. */
void circleci_server_artifact(struct circleci_server *server, int64_t job, const char *path,
                              int node_index, const char *content, bool elsewhere);

/* The next `count` requests whose path holds `part` fail so. */
void circleci_server_fail(struct circleci_server *server, const char *part,
                          enum circleci_fault fault, int count);

/* How many requests had this in their path. */
int circleci_server_requests(const struct circleci_server *server, const char *part);
