#pragma once

/* A hub with the small organisation of hub_world, a faulty server before it, and sync: all in one loop and one process. */

#include "base/loop.h"
#include "config/config.h"
#include "sync/sync.h"
#include "tests/support/hub_world.h"
#include "tests/support/scripted_server.h"

struct sync_world {
    struct loop *loop;
    struct hub *hub;
    struct scripted_server *server;
    struct store *cache;
    struct sync *sync; /* of the last pass, or the one that polls */
    struct profile profile;
    struct arena arena;
    char token[HUB_TOKEN_SIZE];
    const char *directory;
    const char *github_token;   /* NULL = none; profile.github_url says where */
    const char *circleci_token; /* the same, of profile.circleci_url and circleci_project */
    const char *slack_token;    /* the same, of profile.slack_url */
    int64_t timeout_ms; /* of a request; 0 = longer than any answer takes on a busy machine */

    /* The fault: answers to targets that begin with `path` ("" = none). */
    const char *path;
    const char *with; /* … and hold this; NULL = any */
    struct scripted_answer fault;
    int faults_left; /* -1 = all */
    int faults_served;
    int served;              /* targets that began with `path` */
    const char *last_target; /* the last of them */
};

/* cmocka set-up and tear-down. */
int sync_world_open(void **state);
int sync_world_close(void **state);

/* A `sync --once`. Outcome is valid until the next pass. */
void sync_world_pass(struct sync_world *world, struct sync_outcome *outcome);
void sync_world_assert_complete(const struct sync_outcome *outcome);
/* Every kind, object for object. */
void sync_world_assert_equal(struct sync_world *world);
/* The name of a kind that differs; NULL = none does. */
const char *sync_world_difference(struct sync_world *world);

/* Starts polling, and runs the loop until `is_reached` or for at most a minute. */
void sync_world_poll(struct sync_world *world);
void sync_world_run_until(struct sync_world *world, bool (*is_reached)(struct sync_world *world));
void sync_world_run_for(struct sync_world *world, int64_t span_ms);
void sync_world_stop(struct sync_world *world);
/* As if killed: nothing more is written. */
void sync_world_kill(struct sync_world *world);

/* Changes in the hub. */
void sync_world_put(struct sync_world *world, enum kind kind, const char *json);
void sync_world_delete(struct sync_world *world, enum kind kind, const char *id);
int64_t sync_world_count(struct sync_world *world, enum kind kind);
