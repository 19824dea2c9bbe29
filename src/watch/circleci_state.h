#pragma once

/*
 * What `tocsin watch circleci` remembers between rounds, in a file beside its spool: how far the list of pipelines was read, which
 * of them may still change, and of each job which run was told last. It is written anew in one step, after the events of what
 * it speaks of are safe in the spool.
 */

#include "base/arena.h"
#include "base/error.h"
#include "remote/circleci.h"

enum { CIRCLECI_STATE_PIPELINES_MAX = 500, CIRCLECI_STATE_JOBS_MAX = 500 };

struct circleci_open {
    struct circleci_pipeline pipeline;
    bool is_new, is_under_way; /* new: nobody looked at it yet */
    int64_t
        settled_at; /* when its newest workflow began, of which nothing more is to come; 0 = none was seen */
};

/* The run of a job that was told last. A rerun that takes over a job leaves its start as it is. */
struct circleci_told {
    const char *workflow, *job;
    int64_t at; /* when it began */
};

struct circleci_state {
    struct arena arena;
    const char *project, *branch;
    int64_t done; /* no pipeline up to this number is new; 0 = none was read */
    struct circleci_open open[CIRCLECI_STATE_PIPELINES_MAX]; /* oldest first */
    size_t open_len;
    int64_t turn; /* of those that are looked at in turn, the number that was last */
    struct circleci_told told[CIRCLECI_STATE_JOBS_MAX];
    size_t told_len;
};

/* Empty when there is no file, or one of another project or branch. ERROR_FILE for one that is not ours. */
MUST_CHECK bool circleci_state_load(struct circleci_state *state, const char *dir,
                                    const char *project, const char *branch, struct error *err);
MUST_CHECK bool circleci_state_save(const struct circleci_state *state, const char *dir,
                                    struct error *err);
void circleci_state_finish(struct circleci_state *state);

/* False: there are too many. Its texts must live as long as the state. */
MUST_CHECK bool circleci_state_add(struct circleci_state *state,
                                   const struct circleci_pipeline *pipeline);
void circleci_state_remove(struct circleci_state *state, size_t index);

/* When the run of this job began that was told last; 0 = none was. */
int64_t circleci_state_told_at(const struct circleci_state *state, const char *workflow,
                               const char *job);
/* When there are too many, the one that ran longest ago is forgotten. */
void circleci_state_tell(struct circleci_state *state, const char *workflow, const char *job,
                         int64_t at);
