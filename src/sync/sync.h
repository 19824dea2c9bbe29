#pragma once

/*
 * The worker: keeps a cache equal to what upstream says. It runs in the caller's loop; the plan (plan.h) says what is
 * fetched how often, one source failing leaves the others going, and only a complete walk deletes anything.
 */

#include "base/loop.h"
#include "config/config.h"
#include "store/cache.h"
#include "store/outbox.h"
#include "sync/keep.h"

struct sync_options {
    const struct profile *profile; /* url, budget, interval, history_ms, derivation, … */
    const char *token;
    const char *github_token; /* NULL, "" = GitHub is not asked */
    const struct error
        *github_error;          /* why there is no token though there should be; NULL = none */
    const char *circleci_token; /* the same, of the profile's circleci_project */
    const struct error *circleci_error;
    const char *slack_token; /* as github_token */
    const struct error *slack_error;
    struct store *cache; /* opened for writing; its owner closes it after sync_destroy */
    bool once;           /* one complete walk of everything, history included, then on_end */
    int64_t backoff_ms;  /* before a failed request is repeated the first time; 0 = 1 s */
    int64_t timeout_ms;  /* of a request; 0 = 30 s */
    /* `once`: everything was walked or given up. Else: the store failed and sync cannot go on. From the loop. */
    void (*on_end)(void *context);
    /*
     * The server refuses the key. Until it takes it, identity is asked every ten minutes and this is called each time, so
     * that its owner can look for a new one; that makes another sync, on another cache. From the loop; NULL = nobody looks.
     */
    void (*on_refused)(void *context);
    void *context;
};

struct sync_failure {
    const char *resource;
    struct error error;
};

struct sync_outcome {
    struct error fatal; /* code ERROR_NONE unless nothing could go on: refused key, broken store */
    const struct keep_counts *counts; /* per kind */
    const struct sync_failure
        *failures; /* sources without a complete walk; a name may stand twice */
    size_t failures_len;
    size_t walked; /* sources that were completely walked */
};

struct sync;

/* Nothing is sent before the loop runs. Everything in options must outlive sync. */
MUST_CHECK bool sync_create(struct sync **sync, struct loop *loop,
                            const struct sync_options *options, struct error *err);
/* Commits what came in, writes the freshness rows, checkpoints. Requests under way are dropped. */
MUST_CHECK bool sync_finish(struct sync *sync, struct error *err);
void sync_destroy(struct sync *sync);

/* Ahead of the plan, with the urgency of the user. resource: a name of the plan or of a kind; "" = all. */
void sync_refresh(struct sync *sync, const char *resource);
/* Keeps the children of this incident as fresh as those of open ones. */
void sync_on_screen(struct sync *sync, const char *id);
/* The notes of an alert, at once: somebody asks for the reasons in them. */
void sync_ask_notes(struct sync *sync, const char *alert_id);

/* What upstream answered to a write is shown at once, and what the write touched is asked for. False: the store failed. */
MUST_CHECK bool sync_take(struct sync *sync, const struct outbox_row *row, struct slice body,
                          struct error *err);

/* Valid until sync_destroy. */
void sync_outcome(struct sync *sync, struct sync_outcome *outcome);
