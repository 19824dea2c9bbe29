#pragma once

/* For benchmarks: a program in a pseudo-terminal of 120x40, its output taken as bytes. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"

struct bench_terminal {
    pid_t pid;
    int fd; /* reading does not wait */
};

/* state_home NULL = as it is. Ends the program with a message when there is no pty. */
struct bench_terminal bench_terminal_start(const char *const *argv, const char *state_home);

/* What has come, at most `size` bytes, waiting up to timeout_ms for the first; 0 = nothing, -1 = it has ended. */
ssize_t bench_terminal_read(const struct bench_terminal *terminal, char *out, size_t size,
                            int timeout_ms);

/* Reads until all of the texts were sent; false when it ends before, or after five seconds. */
bool bench_terminal_expect(const struct bench_terminal *terminal, const char *const *texts);

/* Asks it to quit, and kills it when it does not. */
void bench_terminal_end(struct bench_terminal *terminal);

/* The program under another name in a directory that has no sync beside it: a console that finds none starts none. */
const char *bench_lone_copy(struct arena *arena, const char *directory, const char *program);

double bench_now_ms(void);
