#pragma once

/*
 * Commands that are run beside the loop: an argument vector, never a shell's line. Standard input is what it is told,
 * standard output and error are kept, up to a bound. It has a session of its own, and is killed with all it started when its
 * time is over, when it prints without end, or when we end.
 */

#include "base/error.h"
#include "base/loop.h"

enum { HOOKS_MAX = 16, HOOK_OUTPUT_KEPT_BYTES = 400, HOOK_OUTPUT_MAX_BYTES = 256 * 1024 };

struct hook_result {
    bool ended; /* by itself; exit_status holds */
    int exit_status;
    const char *output; /* the beginning of what it printed, cleaned; "" = nothing */
    bool is_cut;        /* … there was more of it */
    struct error error; /* where it did not end by itself, or could not be started */
};

struct hook_call {
    const char *const *argv;
    const char *const
        *env; /* all the environment it has, "NAME=value", NULL-terminated; NULL = ours */
    const char *input;
    int64_t timeout_ms;
    size_t
        kept_bytes; /* of its output, its lines as they are; 0 = HOOK_OUTPUT_KEPT_BYTES, in one line */
};

struct hooks;

/* From then on we ignore SIGPIPE. */
struct hooks *hooks_create(struct loop *loop);
/* Kills what runs; its handlers are not called. */
void hooks_destroy(struct hooks *hooks);

/*
 * Everything is copied. The handler is called from the loop, never from within. False when as many run as there may be.
 */
bool hooks_run(struct hooks *hooks, const struct hook_call *call,
               void (*done)(void *context, const struct hook_result *result), void *context);
