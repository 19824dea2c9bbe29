#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/process.h"

#define SH(script) ((const char *const[]){"/bin/sh", "-c", (script), NULL})

static struct str out;
static int status;
static struct error err;

static int
set_up(void **state)
{
    (void)state;
    str_init(&out, 64 * 1024);
    err = (struct error){0};
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    str_finish(&out);
    return 0;
}

static bool
run(const char *script)
{
    return process_run(SH(script), NULL, 20000, &out, &status, &err);
}

static void
output_and_exit_status_are_collected(void **state)
{
    (void)state;
    assert_true(run("echo one; echo two; exit 3"));
    assert_string_equal(str_text(&out), "one\ntwo\n");
    assert_int_equal(status, 3);
    assert_true(run("kill -9 $$"));
    assert_int_equal(status, 128 + 9);
}

static void
programs_are_found_in_path_and_standard_input_is_empty(void **state)
{
    (void)state;
    assert_true(process_run((const char *const[]){"cat", NULL}, NULL, 20000, &out, &status, &err));
    assert_string_equal(str_text(&out), "");
    assert_int_equal(status, 0);
}

static void
a_missing_program_is_an_error_that_names_it(void **state)
{
    (void)state;
    assert_false(process_run((const char *const[]){"tocsin-no-such-program", NULL}, NULL, 1000,
                             &out, &status, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_string_equal(err.message,
                        "cannot start 'tocsin-no-such-program': No such file or directory");
    assert_false(
        process_run((const char *const[]){"/etc/passwd", NULL}, NULL, 1000, &out, &status, &err));
    assert_int_equal(err.code, ERROR_FILE);
    assert_false(process_run((const char *const[]){NULL}, NULL, 1000, &out, &status, &err));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* all reaped */
    assert_int_equal(errno, ECHILD);
}

static void
a_program_that_takes_too_long_is_killed(void **state)
{
    (void)state;
    int64_t start = clock_monotonic_ms();
    assert_false(
        process_run((const char *const[]){"sleep", "60", NULL}, NULL, 100, &out, &status, &err));
    assert_true(clock_monotonic_ms() - start < 20000);
    assert_int_equal(err.code, ERROR_TIMEOUT);
    assert_non_null(strstr(err.message, "'sleep' did not end within 0.1 s"));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void
a_program_that_prints_too_much_is_killed(void **state)
{
    (void)state;
    assert_false(process_run((const char *const[]){"yes", NULL}, NULL, 20000, &out, &status, &err));
    assert_int_equal(err.code, ERROR_TOO_LARGE);
    assert_true(out.len <= 64 * 1024);
}

static void
a_background_child_that_keeps_the_pipe_open_does_not_delay_the_end(void **state)
{
    (void)state;
    int64_t start = clock_monotonic_ms();
    assert_true(run("sleep 30 & echo $!"));
    assert_true(clock_monotonic_ms() - start < 15000);
    assert_int_equal(kill((pid_t)atoi(str_text(&out)), SIGKILL), 0);
}

static void
the_environment_is_ours_with_the_extra_on_top(void **state)
{
    (void)state;
    setenv("TOCSIN_TEST_A", "old", 1);
    setenv("TOCSIN_TEST_AB", "kept", 1);
    const char *const extra[] = {"TOCSIN_TEST_A=new", "TOCSIN_TEST_C=added", NULL};
    assert_true(process_run(
        SH("echo $TOCSIN_TEST_A $TOCSIN_TEST_AB $TOCSIN_TEST_C; env | grep -c ^TOCSIN_TEST_A="),
        extra, 20000, &out, &status, &err));
    assert_string_equal(str_text(&out), "new kept added\n1\n");
}

static void
children_inherit_neither_descriptors_nor_blocked_or_ignored_signals(void **state)
{
    (void)state;
    int open_here = dup(0);
    sigset_t set, old;
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, &old);
    void (*old_pipe)(int) = signal(SIGPIPE, SIG_IGN);
    assert_true(run("ls /proc/self/fd | tr '\\n' ' '; grep -E 'SigBlk|SigIgn' /proc/self/status"));
    signal(SIGPIPE, old_pipe);
    sigprocmask(SIG_SETMASK, &old, NULL);
    close(open_here);
    /* 3 is ls's own */
    assert_memory_equal(str_text(&out), "0 1 2 3 ", 8);
    assert_non_null(strstr(str_text(&out), "SigBlk:\t0000000000000000"));
    const char *ignored = strstr(str_text(&out), "SigIgn:\t");
    assert_non_null(ignored);
    assert_int_equal(strtoull(ignored + strlen("SigIgn:\t"), NULL, 16) >> (SIGPIPE - 1) & 1, 0);
}

static void
start_returns_at_once_and_stop_ends_and_reaps(void **state)
{
    (void)state;
    pid_t pid;
    const struct process_options quiet = {.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};
    assert_true(process_start((const char *const[]){"sleep", "60", NULL}, &quiet, &pid, &err));
    assert_false(process_wait(pid, 0, &status));
    process_stop(pid, 20000);
    assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
    process_stop(-1, 10);
    process_stop(pid, 10); /* already gone */
}

static void
a_child_that_ignores_sigterm_is_killed_after_the_grace(void **state)
{
    (void)state;
    int ends[2];
    char c;
    pid_t pid;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    const struct process_options options = {.stdin_fd = -1, .stdout_fd = ends[1], .stderr_fd = -1};
    assert_true(
        process_start(SH("trap '' TERM; echo; while :; do sleep 1; done"), &options, &pid, &err));
    assert_int_equal(read(ends[0], &c, 1), 1);
    int64_t start = clock_monotonic_ms();
    process_stop(pid, 50);
    assert_true(clock_monotonic_ms() - start >= 50);
    assert_int_equal(kill(pid, 0), -1);
    close(ends[0]);
    close(ends[1]);
}

static void
wait_reports_the_exit_status(void **state)
{
    (void)state;
    pid_t pid;
    assert_true(process_start(SH("exit 7"), NULL, &pid, &err));
    assert_true(process_wait(pid, 20000, &status));
    assert_int_equal(status, 7);
}

static void
descriptors_may_be_swapped(void **state)
{
    (void)state;
    int ends[2];
    pid_t pid;
    char text[16] = "";
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    int old_stdin = dup(0);
    dup2(ends[1], 0); /* what shall be the child's output stands on its input's number */
    const struct process_options options = {.stdin_fd = -1, .stdout_fd = 0, .stderr_fd = 0};
    assert_true(process_start(SH("echo out; echo err >&2; cat"), &options, &pid, &err));
    dup2(old_stdin, 0);
    assert_true(process_wait(pid, 20000, &status));
    assert_int_equal(read(ends[0], text, sizeof text - 1), 8);
    assert_string_equal(text, "out\nerr\n");
    close(old_stdin);
    close(ends[0]);
    close(ends[1]);
}

static void
a_child_dies_with_its_parent_however_that_dies(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t middle = fork();
    if (middle == 0) {
        pid_t pid = -1;
        const struct process_options options = {
            .stdin_fd = -1, .stdout_fd = ends[1], .stderr_fd = -1, .die_with_parent = true};
        if (!process_start((const char *const[]){"sleep", "60", NULL}, &options, &pid, NULL))
            _exit(1);
        raise(SIGKILL);
    }
    close(ends[1]);
    assert_int_equal(waitpid(middle, &status, 0), middle);
    char c;
    assert_int_equal(read(ends[0], &c, 1), 0); /* ends when the last holder of the pipe is gone */
    close(ends[0]);
}

static void
a_new_session_is_detached(void **state)
{
    (void)state;
    int ends[2];
    pid_t pid;
    char text[32] = "";
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    const struct process_options options = {
        .stdin_fd = -1, .stdout_fd = ends[1], .stderr_fd = -1, .new_session = true};
    assert_true(process_start(SH("cut -d' ' -f6 /proc/$$/stat"), &options, &pid, &err));
    assert_true(process_wait(pid, 20000, &status));
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    assert_int_equal(atoi(text), pid);
    close(ends[0]);
    close(ends[1]);
}

static void
a_sibling_is_found_beside_the_running_program(void **state)
{
    (void)state;
    char path[512];
    assert_true(process_sibling("test_process", path, sizeof path, &err));
    assert_int_equal(access(path, X_OK), 0);
    assert_false(process_sibling("tocsin-no-such-program", path, sizeof path, &err));
    assert_int_equal(err.code, ERROR_FILE);
    assert_non_null(strstr(err.message, "cannot find the program 'tocsin-no-such-program'"));
    assert_string_equal(path, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(output_and_exit_status_are_collected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(programs_are_found_in_path_and_standard_input_is_empty,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_program_is_an_error_that_names_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_program_that_takes_too_long_is_killed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_program_that_prints_too_much_is_killed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            a_background_child_that_keeps_the_pipe_open_does_not_delay_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_environment_is_ours_with_the_extra_on_top, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            children_inherit_neither_descriptors_nor_blocked_or_ignored_signals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(start_returns_at_once_and_stop_ends_and_reaps, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_child_that_ignores_sigterm_is_killed_after_the_grace,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(wait_reports_the_exit_status, set_up, tear_down),
        cmocka_unit_test_setup_teardown(descriptors_may_be_swapped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_child_dies_with_its_parent_however_that_dies, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_new_session_is_detached, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sibling_is_found_beside_the_running_program, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
