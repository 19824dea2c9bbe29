#pragma once

/*
 * Children: sync, editor, hooks, token commands. Argument vectors, never a shell. Every child gets a clean signal mask,
 * the standard action for SIGPIPE, and no descriptor above 2. Whoever starts one ends it with process_wait or
 * process_stop; nothing else may reap it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/str.h"

/*
 * Runs argv to its end and appends its standard output to out. Standard input is empty, standard error ours. It is killed
 * after timeout_ms (ERROR_TIMEOUT) or when it prints more than out's maximum (ERROR_TOO_LARGE). True once it ended by
 * itself: *exit_status is its status, or 128 + the signal that ended it.
 */
MUST_CHECK bool process_run(const char *const *argv, const char *const *extra_env,
                            int64_t timeout_ms, struct str *out, int *exit_status,
                            struct error *err);

struct process_options {
    const char *const *extra_env; /* "NAME=value", NULL-terminated, on top of ours; NULL = none */
    bool empty_env;               /* extra_env is all there is */
    const char
        *program; /* the file that is run, where argv[0] is another name for it; NULL = argv[0] */
    int stdin_fd, stdout_fd, stderr_fd; /* -1 = /dev/null; 0, 1, 2 themselves are inherited */
    bool new_session;                   /* detach: outlives the terminal */
    bool die_with_parent;               /* SIGTERM when we die, however we die */
};

/*
 * Starts argv (argv[0] is looked up in PATH unless it has a slash) and returns once it runs: a missing or forbidden program
 * is an error here. options NULL = everything inherited.
 */
MUST_CHECK bool process_start(const char *const *argv, const struct process_options *options,
                              pid_t *pid, struct error *err);

/* SIGTERM, then SIGKILL after grace_ms; reaps. pid <= 0 is allowed: nothing happens. */
void process_stop(pid_t pid, int64_t grace_ms);

/* SIGKILL to it and whatever it started, where it has a session of its own (new_session). Reaps it. */
void process_kill_session(pid_t pid);

/* Waits for the child's end and reaps it. False when timeout_ms passed first (0 = look, do not wait). */
MUST_CHECK bool process_wait(pid_t pid, int64_t timeout_ms, int *exit_status);

/* A descriptor for the loop, readable once the child has ended; the caller closes it. -1 where the kernel has none. */
int process_end_fd(pid_t pid);

/*
 * Path of another executable of ours: beside the running one, as built, or in libexec/tocsin beside its directory,
 * as installed. False when neither is there.
 */
MUST_CHECK bool process_sibling(const char *name, char *path, size_t path_size, struct error *err);
