/* notify_command: told once of each thing, whatever number of consoles looks; one that hangs or fails is ended and said. */

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/fault_proxy.h"
#include "tests/support/screen.h"
#include "tests/support/story.h"

enum { LOOKS = 3000, LOOK_EVERY_US = 20000 };

static struct home home;
static struct fault_proxy *proxy;
static const char *told; /* a line for each run */

static int
start(void **state)
{
    (void)state;
    story_start();
    home_create(&home, story_demo.url, story_demo.editor_key);
    assert_int_equal(
        setenv("PATH", arena_printf(&story_arena, "%s:%s", home.root, getenv("PATH")), 1), 0);
    told = arena_printf(&story_arena, "%s/told", home.root);
    proxy = fault_proxy_start(atoi(strrchr(story_demo.url, ':') + 1));
    home_configure(&home, fault_proxy_url(proxy),
                   "interval = 0.25\nbudget = 1\nnotify_severity = 4\n"
                   "notify_events = {alert, stale}\nnotify_command = told-by\n");
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    home_destroy(&home);
    fault_proxy_stop(proxy);
    story_stop();
    return 0;
}

static void
set_command(const char *script)
{
    const char *path = arena_printf(&story_arena, "%s/told-by", home.root);
    const char *fresh = arena_printf(&story_arena, "%s.new", path);
    write_private_file(fresh, arena_printf(&story_arena, "#!/bin/sh\n%s\n", script));
    assert_int_equal(chmod(fresh, 0700), 0);
    assert_int_equal(rename(fresh, path), 0);
}

static struct screen *
open_console(void)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), NULL};
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect_match(screen, "live [0-9]");
    return screen;
}

static const char *
read_told(void)
{
    static char text[8192];
    FILE *file = fopen(told, "r");
    size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[len] = '\0';
    if (file)
        (void)fclose(file);
    return text;
}

static void
expect_told_once(const char *part)
{
    const char *at = NULL;
    for (int i = 0; i < LOOKS && !(at = strstr(read_told(), part)); i++)
        (void)usleep(LOOK_EVERY_US);
    if (!at || strstr(at + 1, part))
        fail_msg("'%s' is not once in what was told: %s", part, read_told());
}

static void
each_alert_is_told_once_by_whichever_console(void **state)
{
    (void)state;
    set_command(arena_printf(&story_arena, "cat >>%s", told));
    struct screen *one = open_console(), *two = open_console();
    (void)story_fire("bell-one");
    screen_expect(one, "bell-one");
    screen_expect(two, "bell-one");
    expect_told_once(
        "{\"event\":\"alert\",\"profile\":\"default\",\"text\":\"S3 bell-one\",\"items\":[{"
        "\"type\":\"alert\",\"id\":\"");
    screen_leave(one, "Q");
    (void)story_fire("bell-two");
    screen_expect(two, "bell-two");
    expect_told_once("bell-two\",\"items");
    one = open_console(); /* another run knows of it */
    screen_expect(one, "bell-two");
    (void)story_fire("bell-three");
    screen_expect(one, "bell-three");
    screen_expect(two, "bell-three");
    expect_told_once("bell-three\",\"items");
    expect_told_once("bell-two\",\"items");
    expect_told_once("bell-one\",\"items");
    screen_leave(one, "Q");
    screen_leave(two, "Q");
}

static void
one_that_fails_or_hangs_is_said_and_holds_nobody_up(void **state)
{
    (void)state;
    struct screen *screen = open_console();
    set_command("echo the pager is out >&2; exit 3");
    (void)story_fire("bell-four");
    screen_expect(screen, "ended with status 3: the pager is out");
    set_command(arena_printf(&story_arena, "echo $$ >%s.pid; exec sleep 1000", told));
    (void)story_fire("bell-five");
    screen_expect(screen, "bell-five");
    for (int i = 0; i < 5; i++) {
        screen_type(screen, "?");
        screen_expect(screen, "Only in Alerts");
        screen_type(screen, "q");
        screen_expect_gone(screen, "Only in Alerts");
    }
    screen_expect(screen, "did not end within 10.0 s and was killed");
    FILE *file = fopen(arena_printf(&story_arena, "%s.pid", told), "r");
    int pid = 0;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &pid), 1);
    (void)fclose(file);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(unlink(arena_printf(&story_arena, "%s/told-by", home.root)), 0);
    (void)story_fire("bell-six");
    screen_expect(screen, "cannot start '");
    screen_leave(screen, "Q");
}

static void
that_nobody_is_reached_is_told_once(void **state)
{
    (void)state;
    set_command(arena_printf(&story_arena, "cat >>%s", told));
    struct screen *one = open_console(), *two = open_console();
    fault_proxy_set(proxy, "", FAULT_DROP, 0, 0);
    screen_expect_match(one, "down [0-9]|stale [0-9]");
    screen_expect_match(two, "down [0-9]|stale [0-9]");
    expect_told_once("\"event\":\"stale\"");
    fault_proxy_clear(proxy);
    screen_expect_match(one, "live [0-9]");
    screen_leave(one, "Q");
    screen_leave(two, "Q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_alert_is_told_once_by_whichever_console),
        cmocka_unit_test(one_that_fails_or_hangs_is_said_and_holds_nobody_up),
        cmocka_unit_test(that_nobody_is_reached_is_told_once),
    };
    return cmocka_run_group_tests_name("notify_command", tests, start, stop);
}
