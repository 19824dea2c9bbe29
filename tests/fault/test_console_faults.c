/* The console and its poller on a live world, killed at any moment; a key that may not read everything. */

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "tests/support/demo.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "tests/support/upstream_equality.h"

static struct demo demo;
static struct home home;
static struct fault_proxy *proxy;
static char program[4200];

static int
start(void **state)
{
    (void)state;
    static const char *const options[] = {"--speed", "2", NULL};
    demo_start(&demo, options);
    proxy = fault_proxy_start(atoi(strrchr(demo.url, ':') + 1));
    home_create(&home, fault_proxy_url(proxy), demo.viewer_key);
    home_configure(&home, fault_proxy_url(proxy), "interval = 0.05\nbudget = 1\n");
    (void)program_path("tocsin", program, sizeof program);
    return 0;
}

static int
mend(void **state)
{
    (void)state;
    fault_proxy_clear(proxy);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    fault_proxy_stop(proxy);
    demo_stop(&demo);
    home_destroy(&home);
    return 0;
}

static struct screen *
open_console(void)
{
    const char *const argv[] = {program, NULL};
    return screen_start(120, 40, argv, home.env);
}

static void
no_permission_is_said_once_in_the_pane(void **state)
{
    struct home other;
    (void)state;
    home_create(&other, fault_proxy_url(proxy), demo.editor_key);
    home_configure(&other, fault_proxy_url(proxy), "interval = 0.05\nbudget = 1\n");
    fault_proxy_answer(proxy, "/v2/follow_ups",
                       "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"
                       "{\"type\":\"authorization_error\",\"status\":403}");
    const char *const argv[] = {program, NULL};
    struct screen *screen = screen_start(120, 40, argv, other.env);
    screen_expect(screen, "This key cannot read follow-ups");
    screen_expect_match(screen, "live [0-9]");
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
    fault_proxy_clear(proxy);
    home_destroy(&other);
}

static void
afterwards_the_store_is_equal_to_upstream(void **state)
{
    (void)state;
    expect_store_equals_upstream(&home, demo.url, demo.viewer_key);
}

static void
a_console_that_is_killed_leaves_nothing_locked(void **state)
{
    int rounds = getenv("TEST_LONG") ? 200 : 6;
    (void)state;
    srand(1);
    for (int i = 0; i < rounds; i++) {
        struct screen *screen = open_console();
        if (i % 3)
            screen_expect(screen, "1 Alerts");
        (void)poll(NULL, 0, 1 + rand() % 150); /* at any moment */
        assert_int_equal(kill(screen_pid(screen), SIGKILL), 0);
        assert_int_equal(screen_expect_exit(screen), 128 + SIGKILL);
        screen_stop(screen);
    }
    struct screen *screen = open_console();
    screen_expect_match(screen, "live [0-9]");
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
}

/* Killed at any moment, the next pass finds a sound cache and completes it. */
static void
a_sync_that_is_killed_is_resumed(void **state)
{
    int rounds = getenv("TEST_LONG") ? 200 : 8;
    struct home fresh;
    struct program synced;
    struct error err = {0};
    char path[4096];
    (void)state;
    home_create(&fresh, demo.url, demo.viewer_key);
    srand(2);
    for (int i = 0; i < rounds; i++) {
        const char *const argv[] = {program_path("tocsin-sync", path, sizeof path), "sync",
                                    "--once", NULL};
        const struct process_options how = {.extra_env = fresh.env,
                                            .stdin_fd = -1,
                                            .stdout_fd = -1,
                                            .stderr_fd = -1,
                                            .die_with_parent = true};
        int status;
        pid_t pid;
        if (!process_start(argv, &how, &pid, &err))
            fail_msg("%s", err.message);
        if (!process_wait(pid, 20 + rand() % 600, &status)) {
            assert_int_equal(kill(pid, SIGKILL), 0);
            assert_true(process_wait(pid, 60000, &status));
        }
    }
    static const char *const once[] = {"sync", "--once", NULL};
    program_run(&synced, "tocsin-sync", once, fresh.env);
    program_expect_status(&synced, 0);
    program_finish(&synced);
    char command[500];
    snprintf(command, sizeof command,
             "for f in '%s'/state/tocsin/cache/*/cache.db '%s'/state/tocsin/profiles/*/private.db; "
             "do sqlite3 $f 'pragma integrity_check'; done | sort -u",
             fresh.root, fresh.root);
    const char *const check[] = {"sh", "-c", command, NULL};
    struct str out;
    int status = -1;
    str_init(&out, 4096);
    assert_true(process_run(check, NULL, 30000, &out, &status, &err));
    assert_string_equal(str_text(&out), "ok\n");
    str_finish(&out);
    home_destroy(&fresh);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(no_permission_is_said_once_in_the_pane, mend),
        cmocka_unit_test_teardown(a_console_that_is_killed_leaves_nothing_locked, mend),
        cmocka_unit_test_teardown(a_sync_that_is_killed_is_resumed, mend),
        cmocka_unit_test_teardown(afterwards_the_store_is_equal_to_upstream, mend),
    };
    return cmocka_run_group_tests_name("console faults", tests, start, stop);
}
