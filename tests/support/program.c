#include "tests/support/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/process.h"
#include "tests/support/demo.h"

enum { PATIENCE_MS = 120000, ARGUMENTS_MAX = 24, OUTPUT_MAX = 256 * 1024 * 1024 };

/* Appends what fd has; closes it, and sets it to -1, at its end. */
static void
take(struct pollfd *from, struct str *to)
{
    char block[64 * 1024];
    if (!from->revents)
        return;
    ssize_t got = read(from->fd, block, sizeof block);
    if (got > 0)
        str_append_len(to, block, (size_t)got);
    else if (got == 0 || errno != EINTR) {
        (void)close(from->fd);
        from->fd = -1;
    }
}

static void
run(struct program *program, const char *name, const char *const *arguments, const char *const *env,
    int input)
{
    char path[PATH_MAX];
    const char *argv[ARGUMENTS_MAX + 2] = {program_path(name, path, sizeof path)};
    int out[2], errors[2];
    struct error err = {0};
    pid_t pid;
    for (int i = 0; arguments[i]; i++) {
        assert_true(i < ARGUMENTS_MAX);
        argv[i + 1] = arguments[i];
    }
    *program = (struct program){.status = -1};
    str_init(&program->out, OUTPUT_MAX);
    str_init(&program->err, OUTPUT_MAX);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    assert_int_equal(pipe2(errors, O_CLOEXEC), 0);
    const struct process_options how = {.extra_env = env,
                                        .stdin_fd = input,
                                        .stdout_fd = out[1],
                                        .stderr_fd = errors[1],
                                        .die_with_parent = true};
    int64_t started = clock_monotonic_ms();
    if (!process_start(argv, &how, &pid, &err))
        fail_msg("%s", err.message);
    (void)close(out[1]);
    (void)close(errors[1]);
    struct pollfd fds[] = {{.fd = out[0], .events = POLLIN}, {.fd = errors[0], .events = POLLIN}};
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        int64_t left = started + PATIENCE_MS - clock_monotonic_ms();
        if (left <= 0 || (poll(fds, 2, (int)left) < 0 && errno != EINTR))
            break;
        take(&fds[0], &program->out);
        take(&fds[1], &program->err);
    }
    bool ended = process_wait(pid, PATIENCE_MS, &program->status);
    program->took_ms = clock_monotonic_ms() - started;
    for (int i = 0; i < 2; i++)
        if (fds[i].fd >= 0)
            (void)close(fds[i].fd);
    if (!ended) {
        process_stop(pid, 0);
        fail_msg("'%s %s' did not end; it said '%s' and '%s'", name, arguments[0],
                 str_text(&program->out), str_text(&program->err));
    }
}

void
program_run(struct program *program, const char *name, const char *const *arguments,
            const char *const *env)
{
    run(program, name, arguments, env, -1);
}

void
program_run_with_input(struct program *program, const char *name, const char *const *arguments,
                       const char *const *env, const char *input)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fputs(input, file) < 0, 0);
    assert_int_equal(fflush(file), 0);
    rewind(file);
    run(program, name, arguments, env, fileno(file));
    assert_int_equal(fclose(file), 0);
}

void
program_finish(struct program *program)
{
    str_finish(&program->out);
    str_finish(&program->err);
}

static void
fail_with_output(const struct program *program, const char *what, const char *subject)
{
    fail_msg("%s '%s': status %d, standard output:\n%.3000s\nstandard error:\n%.3000s", what,
             subject, program->status, str_text(&program->out), str_text(&program->err));
}

void
program_expect_status(const struct program *program, int status)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%d", status); /* fits */
    if (program->status != status)
        fail_with_output(program, "the status is not", text);
}

void
program_expect_out(const struct program *program, const char *part)
{
    if (!strstr(str_text(&program->out), part))
        fail_with_output(program, "standard output has no", part);
}

void
program_expect_err(const struct program *program, const char *part)
{
    if (!strstr(str_text(&program->err), part))
        fail_with_output(program, "standard error has no", part);
}
