#include "tests/support/bench_terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXPECT_MS = 5000, OUTPUT_MAX_BYTES = 256 * 1024 };

double
bench_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

const char *
bench_lone_copy(struct arena *arena, const char *directory, const char *program)
{
    const char *copy = arena_printf(arena, "%s/console", directory);
    if (system(arena_printf(arena, "cp '%s' '%s'", program, copy)) != 0)
        exit(1);
    return copy;
}

struct bench_terminal
bench_terminal_start(const char *const *argv, const char *state_home)
{
    const struct winsize size = {.ws_row = 40, .ws_col = 120};
    struct bench_terminal terminal;
    terminal.pid = forkpty(&terminal.fd, NULL, NULL, &size);
    if (terminal.pid < 0) {
        perror("bench: no terminal");
        exit(1);
    }
    if (terminal.pid == 0) {
        (void)setenv("TERM", "xterm-256color", 1);
        (void)setenv("LC_ALL", "C.UTF-8", 1);
        (void)setenv("TOCSIN_API_KEY", "bench", 1);
        if (state_home)
            (void)setenv("XDG_STATE_HOME", state_home, 1);
        (void)execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    (void)fcntl(terminal.fd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(terminal.fd, F_SETFL, O_NONBLOCK);
    return terminal;
}

ssize_t
bench_terminal_read(const struct bench_terminal *terminal, char *out, size_t size, int timeout_ms)
{
    struct pollfd fd = {.fd = terminal->fd, .events = POLLIN};
    if (poll(&fd, 1, timeout_ms) <= 0)
        return 0;
    ssize_t got = read(terminal->fd, out, size);
    return got > 0 ? got : -1;
}

static bool
all_seen(const char *output, const char *const *texts)
{
    for (size_t i = 0; texts[i]; i++)
        if (!strstr(output, texts[i]))
            return false;
    return true;
}

bool
bench_terminal_expect(const struct bench_terminal *terminal, const char *const *texts)
{
    static char output[OUTPUT_MAX_BYTES];
    const double end = bench_now_ms() + EXPECT_MS;
    size_t len = 0;
    while (bench_now_ms() < end && len < sizeof output - 1) {
        ssize_t got = bench_terminal_read(terminal, output + len, sizeof output - 1 - len, 100);
        if (got < 0)
            break;
        len += (size_t)got;
        output[len] = '\0';
        if (all_seen(output, texts))
            return true;
    }
    if (getenv("BENCH_SHOW"))
        (void)fwrite(output, 1, len, stderr);
    return false;
}

void
bench_terminal_end(struct bench_terminal *terminal)
{
    char junk[4096];
    (void)!write(terminal->fd, "Q", 1); /* it may be gone already */
    for (int i = 0; i < 200 && terminal->pid > 0; i++) {
        (void)bench_terminal_read(terminal, junk, sizeof junk,
                                  5); /* what it says while it leaves */
        if (waitpid(terminal->pid, NULL, WNOHANG) == terminal->pid)
            terminal->pid = 0;
    }
    if (terminal->pid > 0) {
        (void)kill(terminal->pid, SIGKILL);
        (void)waitpid(terminal->pid, NULL, 0);
    }
    (void)close(terminal->fd);
}
