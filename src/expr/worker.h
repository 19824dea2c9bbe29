#pragma once

/*
 * jq programs of rules: attributes, transforms, conditions of routes. They are other people's text, and libjq cannot be
 * interrupted, reads the environment and loads modules; so they run in helper processes of ours without environment,
 * files or much memory, and each evaluation has a deadline. A helper that overruns, dies or answers nonsense is killed and
 * another goes on with what is behind it; meanwhile a second one takes the jobs of others. A program that overran or brought
 * its helper down is set aside for a minute, for whom it did so (aside.h): it fails at once, with that reason.
 *
 * Programs of one job are compiled together, once, and kept by the helper: submit the same list for the same purpose (all
 * expressions of a source, all conditions of a route), however often.
 *
 * The helper is the running program itself, started again under the name WORKER_HELPER_NAME: a main() that uses workers
 * calls worker_is_helper first. (Tests get that from tests/support.)
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/loop.h"
#include "base/str.h"

#define WORKER_HELPER_NAME "tocsin-expr"

enum {
    WORKER_EVALUATION_MS = 250,             /* of processor time; twenty times that by the clock */
    WORKER_PROGRAM_MAX_BYTES = 1024 * 1024, /* lookup tables are part of the text */
    WORKER_PROGRAMS_MAX = 256,              /* of a job */
    WORKER_DOCUMENT_MAX_BYTES = 4 * 1024 * 1024, /* what is longer fails with that reason */
    WORKER_RESULT_MAX_BYTES = 64 * 1024,         /* unless the job says otherwise */
};

/* clang-format off: a table, one row a line */
#define WORKER_OUTCOMES(X)                                                                         \
    X(VALUE, "value")         /* json is the program's first result */                             \
    X(NOTHING, "nothing")     /* it gave no result, or null */                                     \
    X(WRONG, "wrong")         /* it does not compile */                                            \
    X(FAILED, "failed")       /* it raised an error */                                             \
    X(TOO_LARGE, "too_large") /* its result, or the document */                                    \
    X(OVERRAN, "overran")     /* its time was over */                                              \
    X(DIED, "died")           /* it took more memory or stack than there is */                     \
    X(SET_ASIDE, "set_aside") /* it overran or died a short while ago: not tried */                \
    X(NO_HELPER, "no_helper") /* no helper can be started: not its fault */
/* clang-format on */

enum worker_outcome {
#define X(id, name) WORKER_##id,
    WORKER_OUTCOMES(X)
#undef X
};

const char *worker_outcome_name(enum worker_outcome outcome);

struct worker_result {
    enum worker_outcome outcome;
    const char *json;   /* compact, valid JSON for VALUE; "" for all others */
    const char *reason; /* a sentence for whoever wrote the program; "" for VALUE and NOTHING */
};

struct worker_job {
    const char *const *programs;
    size_t programs_len;     /* 0 is allowed: done is called all the same */
    struct slice document;   /* JSON; empty = only compile: the outcome is NOTHING or WRONG */
    size_t result_max_bytes; /* 0 = WORKER_RESULT_MAX_BYTES */
    const char *party;   /* whose it is, and what it is about: what overruns for them does so for */
    const char *subject; /* no others. A source's id and an alert's key; NULL = "" */
    /* Called once from the loop, never from worker_submit. One result a program, in their order; borrowed for the call. */
    void (*done)(void *context, const struct worker_result *results);
    void *context;
};

struct worker;

/* Starts no process before the first job. */
struct worker *worker_create(struct loop *loop);
/* Ends the helpers. Jobs that wait are dropped: their `done` is not called. NULL is allowed. */
void worker_destroy(struct worker *worker);

/* Copies what it needs. Jobs begin in the order they came in; they may end in another one. */
void worker_submit(struct worker *worker, const struct worker_job *job);

/*
 * The same for command line programs, which wait: job->done and job->context are not used, results are in the arena. Fails
 * only when there can be no loop. `worker` and its loop are made for the call.
 */
MUST_CHECK bool worker_run(const struct worker_job *job, struct arena *arena,
                           const struct worker_result **results, struct error *err);

/* Whether this process was started as a helper: main() then returns worker_help(). */
bool worker_is_helper(int argc, char **argv);
int worker_help(void);
