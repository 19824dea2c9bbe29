#pragma once

/* Runs one of our programs to its end, as a script would, and keeps what it said. */

#include <stdint.h>

#include "base/str.h"

struct program {
    int status; /* exit status, or 128 + signal */
    struct str out, err;
    int64_t took_ms;
};

/* `name` is one of ours ("tocsin"); arguments and env are NULL-terminated. Fails the test when it runs for two minutes. */
void program_run(struct program *program, const char *name, const char *const *arguments,
                 const char *const *env);
/* The same with something on its standard input. */
void program_run_with_input(struct program *program, const char *name, const char *const *arguments,
                            const char *const *env, const char *input);
void program_finish(struct program *program);

/* Fail the test, showing both outputs. */
void program_expect_status(const struct program *program, int status);
void program_expect_out(const struct program *program, const char *part);
void program_expect_err(const struct program *program, const char *part);
