#pragma once

/*
 * What the files of src/sync share. A resource is a row of `freshness`; a job runs a row of the plan again and again; a
 * fetch is one paged list (or one object) of a run. fetch.c asks, retries and pages; job.c knows the strategies;
 * resource.c what the store is told about freshness; retain.c what is forgotten; sync.c when which job runs.
 */

#include "remote/api.h"
#include "remote/http.h"
#include "sync/circleci.h"
#include "sync/github.h"
#include "sync/keep.h"
#include "sync/plan.h"
#include "sync/slack.h"
#include "sync/suspects.h"
#include "sync/sync.h"

enum { CURSOR_MAX_BYTES = 512 };

struct resource {
    const char *name;
    int64_t interval_ms;
    bool has_history;    /* complete only once its history was walked */
    int64_t walked_at;   /* end of the last complete walk of its history; 0 = never */
    int64_t complete_at; /* start of the last complete run */
    int64_t changes_at;  /* the same, whether or not history is complete */
    int64_t attempt_at;
    int64_t history_until;
    int64_t rows_seen;
    char cursor[CURSOR_MAX_BYTES + 16]; /* "DAY AFTER" of a history walk under way; "" = none */
    bool written; /* the store's row says what there is to say; times go to the beat */
};

struct job {
    struct sync *sync;
    const struct plan *plan;
    struct resource *resource; /* NULL = shows nowhere */
    bool enabled;
    bool of_user;        /* this run was asked for */
    int64_t due_at;      /* monotonic; INT64_MAX = not again */
    bool tried, settled; /* a request was answered or failed; a run came to its end */
    bool complete;       /* the last run was */
    int failures;        /* runs in a row */
    struct error error;  /* code ERROR_NONE after a complete run */
    int64_t error_since, retry_at;

    /* of the run */
    bool running;
    struct arena arena;
    int64_t started_at;
    const char *day; /* CHANGES, HISTORY, NOTES: since when */
    bool resumed;
    bool newest_first;             /* the pages so far were */
    int64_t oldest_seen, bound_at; /* HISTORY: rows created before bound_at are not asked for */
    struct cache_walk *walk;
    const char **ids; /* parents, or objects to ask for one by one */
    size_t ids_len, ids_cap, ids_next;
    bool listed; /* the list that comes before the ids is complete */
    int in_flight, failed_items, missing_items, good_items;
    bool given_up;          /* no further requests in this run */
    bool touched_again;     /* OPEN_INCIDENTS: something changed during the run */
    int64_t full_due_at;    /* when all are due, not just the touched (plan_takes_touched) */
    struct error run_error; /* the first */
    int64_t rows;
};

enum fetch_what { FETCH_LIST, FETCH_ONE, FETCH_ENTRIES, FETCH_IDENTITY, FETCH_COVER };

struct fetch {
    struct job *job;
    enum fetch_what what;
    enum kind kind;
    bool of_item;            /* one of job->ids, not the list before them */
    const char *parent;      /* of a child list; id of one object; in the job's arena */
    const char *query;       /* filters, in the job's arena */
    struct cache_walk *walk; /* of a child list */
    struct str after;        /* where the next page begins */
    struct str checkpoint;   /* an earlier `after`: meeting it again is a loop */
    int pages, attempts, window;
    uint64_t request, timer;
    struct fetch *next;
};

/* An incident that changed or is on screen, and which jobs have yet to look at its children. */
struct touched {
    char *id;
    uint64_t jobs; /* a bit a job: 1 << index in the plan */
};

struct sync {
    struct loop *loop;
    struct sync_options options;
    struct http *http;
    struct keep keep;
    struct github *github;     /* NULL = off */
    struct circleci *circleci; /* as github */
    struct suspects *suspects; /* the same */
    struct slack_source *slack;
    struct job *jobs;
    size_t jobs_len;
    struct resource *resources;
    size_t resources_len;
    struct fetch *fetches;
    struct arena page; /* of the answer being handled */
    uint64_t tick_timer, index_timer, retain_timer;
    bool retained; /* since the last time it was due */
    struct touched *touched;
    size_t touched_len;
    char *on_screen;        /* "" or an id */
    bool refused;           /* 401: only identity is asked, rarely */
    bool reached;           /* the server answered something */
    bool is_index_behind;   /* made up for once history is there */
    bool updated_at_filter; /* the server's alerts take it */
    int failures_in_a_row;
    bool skew_warned;
    bool ended;
    struct error fatal;
    struct sync_failure *failures;
};

/* fetch.c */
void fetch_start(struct job *job, const struct fetch *like);
void fetch_cancel_all(struct sync *sync);

/* job.c: what fetches tell a job. False: the store failed. */
MUST_CHECK bool job_took(struct job *job, struct fetch *fetch, enum kind kind, void *items,
                         size_t items_len, struct error *err);
void job_fetch_failed_once(struct job *job, const struct error *err);
void job_fetch_ended(struct job *job, struct fetch *fetch, const struct error *err);
void job_start(struct job *job);
/* Ends the run without a result: nothing is deleted, nothing counted. */
void job_abandon(struct job *job);
void job_finish(struct job *job);

/* resource.c */
MUST_CHECK bool resource_load(struct sync *sync, struct resource *resource, struct error *err);
/* A quiet success: only the beat. */
void resource_beat(struct sync *sync, const struct resource *resource);
MUST_CHECK bool resource_write(struct sync *sync, struct resource *resource, struct error *err);

/* retain.c: forgets some of what is older than the profile keeps; *done = there is no more of it. */
MUST_CHECK bool retain_step(struct sync *sync, bool *done, struct error *err);

/* sync.c */
void sync_job_ended(struct job *job);
void sync_note_error(struct job *job, const struct error *err);
/* The key is refused or, in a --once, nobody answers: nothing else needs to be asked. */
void sync_refused(struct sync *sync, const struct error *err);
void sync_fail(struct sync *sync, const struct error *err);
void sync_touch(struct sync *sync, enum kind kind, const char *id);
/* Whether its job asks for what belongs to a touched incident, or alert. */
bool plan_takes_touched(const struct plan *plan, enum kind of);
void sync_schedules_changed(struct sync *sync);
void sync_outside_ended(struct sync *sync);
double sync_jitter(void); /* 0 … 1 */
/* By the profile's interval. */
int64_t sync_scaled(const struct sync *sync, int64_t span_ms);
