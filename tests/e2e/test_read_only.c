/*
 * A session that may only read sends nothing: not by any key of the action table, not by the palette, not by `tocsin do`, not
 * what an earlier session left in the outbox. Proven on the wire: all that upstream gets is GET.
 */

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "action/action.h"
#include "base/text.h"
#include "tests/support/demo.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/hub_process.h"
#include "tests/support/hub_world.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"

enum { LOOKS = 1500, LOOK_EVERY_US = 20000, ROUND = 10 /* requests of a poller that goes on */ };

static const char *const editor[] = {"@U1",
                                     "viewer",
                                     "incident_creator",
                                     "incident_editor",
                                     "on_call_editor",
                                     "escalation_creator",
                                     "schedules_reader",
                                     "schedule_overrides_editor",
                                     NULL};
static const char *const viewer[] = {"viewer", "schedules_reader", NULL};
static const char *const *const roles[] = {editor, viewer};

static struct hub_process hub;
static struct hub_options hub_options;
static struct fault_proxy *proxy;
static struct arena arena;
static const char *directory;

static int
set_up(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    hub_options = (struct hub_options){.database = arena_printf(&arena, "%s/hub.db", directory),
                                       .listen = "127.0.0.1:0",
                                       .limits = {.per_key = 1000000, .incidents = 1000000}};
    hub_process_start(&hub, &hub_options, hub_world_fill, roles, 2);
    proxy = fault_proxy_start(hub.port);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    fault_proxy_stop(proxy);
    hub_process_stop(&hub);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static void
run(const struct home *home, const char *name, const char *const *arguments, int status,
    const char *part)
{
    struct program program;
    program_run(&program, name, arguments, home->env);
    program_expect_status(&program, status);
    if (status)
        program_expect_err(&program, part);
    else
        program_expect_out(&program, part);
    program_finish(&program);
}

static void
begin(struct home *home, const char *key, const char *options)
{
    home_create(home, fault_proxy_url(proxy), key);
    home_configure(
        home, fault_proxy_url(proxy),
        arena_printf(&arena, "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n%s", options));
    run(home, "tocsin-sync", (const char *const[]){"sync", "--once", NULL}, 0, "");
}

static struct screen *
open_console(const struct home *home, const char *option)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), "console", option,
                                NULL};
    struct screen *screen = screen_start(120, 40, argv, home->env);
    screen_expect(screen, "1 Alerts");
    return screen;
}

static int
writes_on_the_wire(void)
{
    return fault_proxy_requests(proxy, NULL, "") - fault_proxy_requests(proxy, "GET", "");
}

static void
expect_refused(struct screen *screen, const char *keys)
{
    screen_type(screen, keys);
    screen_expect(screen, "read-only: not sent");
    screen_type(screen, "g");
    screen_expect_gone(screen, "read-only: not sent");
}

static void
every_action_is_refused(struct screen *screen)
{
    for (int action = 0; action < ACTION_COUNT; action++) {
        const struct action_info *info = action_info((enum action_id)action);
        if (info->class == CLASS_READ)
            continue;
        for (int pane = 1; pane <= 4 && *info->keys; pane++)
            expect_refused(screen, arena_printf(&arena, "%d%.1s", pane, info->keys));
        expect_refused(screen, arena_printf(&arena, ":%s me 2h\r", info->name));
    }
}

static void
do_refuses_every_action(const struct home *home, const char *option)
{
    for (int action = ACTION_WRITES; action < ACTION_COUNT; action++) {
        const char *name = action_info((enum action_id)action)->name;
        if (*name)
            run(home, "tocsin", (const char *const[]){"do", name, "A00", "x", option, NULL}, 5,
                "read-only: not sent");
    }
    run(home, "tocsin", (const char *const[]){"do", "retry", "1", option, NULL}, 5,
        "read-only: not sent");
}

static void
expect_nothing_was_written(const struct home *home, int before)
{
    assert_int_equal(writes_on_the_wire(), before);
    run(home, "tocsin", (const char *const[]){"list", "outbox", "--jq", "length", NULL}, 0, "0");
}

static void
by_the_flag(void **state)
{
    (void)state;
    struct home home;
    const int before = writes_on_the_wire();
    begin(&home, hub.keys[0], "");
    struct screen *screen = open_console(&home, "--read-only");
    screen_expect(screen, "RO");
    every_action_is_refused(screen);
    screen_leave(screen, "Q");
    do_refuses_every_action(&home, "--read-only");
    expect_nothing_was_written(&home, before);
    home_destroy(&home);
}

static void
by_the_profile(void **state)
{
    (void)state;
    struct home home;
    const int before = writes_on_the_wire();
    begin(&home, hub.keys[0], "read_only = yes\n");
    struct screen *screen = open_console(&home, NULL);
    screen_expect(screen, "RO");
    every_action_is_refused(screen);
    screen_leave(screen, "Q");
    do_refuses_every_action(&home, NULL);
    expect_nothing_was_written(&home, before);
    home_destroy(&home);
}

static void
by_the_key(void **state)
{
    (void)state;
    struct home home;
    const int before = writes_on_the_wire();
    begin(&home, hub.keys[1], "");
    struct screen *screen = open_console(&home, NULL);
    screen_expect(screen, "RO");
    every_action_is_refused(screen);
    screen_type(screen, "a");
    screen_expect(screen, "this key may only read");
    screen_leave(screen, "Q");
    do_refuses_every_action(&home, NULL);
    expect_nothing_was_written(&home, before);
    home_destroy(&home);
}

static void
by_the_lock(void **state)
{
    (void)state;
    struct home home;
    const int before = writes_on_the_wire();
    begin(&home, hub.keys[0], "");
    struct screen *screen = open_console(&home, NULL);
    screen_expect(screen, "rw");
    screen_type(screen, "K");
    screen_expect(screen, "LOCK");
    every_action_is_refused(screen);
    screen_leave(screen, "Q");
    expect_nothing_was_written(&home, before);
    home_destroy(&home);
}

static void
wait_for_requests(const char *method, int count)
{
    for (int i = 0; i < LOOKS; i++) {
        if (fault_proxy_requests(proxy, method, "") >= count)
            return;
        (void)usleep(LOOK_EVERY_US);
    }
    fail_msg("the poller does not go on");
}

static void
what_an_earlier_session_left_waits_for_one_that_may_write(void **state)
{
    (void)state;
    struct home home;
    begin(&home, hub.keys[0], "");
    fault_proxy_set(proxy, "", FAULT_DROP, 0, 0);
    run(&home, "tocsin",
        (const char *const[]){"do", "note", "A02", "left behind", "--wait", "1s", NULL}, 3,
        "it stays queued");
    fault_proxy_clear(proxy);
    const int before = writes_on_the_wire();
    struct screen *screen = open_console(&home, "--read-only");
    screen_expect(screen, "out 1 ");
    screen_expect(screen, "live ");
    screen_type(screen, "R");
    wait_for_requests("GET", fault_proxy_requests(proxy, "GET", "") + ROUND);
    screen_expect(screen, "out 1 ");
    assert_int_equal(writes_on_the_wire(), before);
    struct screen *other = open_console(&home, NULL); /* the same poller serves both */
    wait_for_requests("POST", before + 1);
    screen_expect(screen, "out 0 ");
    assert_int_equal(writes_on_the_wire(), before + 1);
    screen_leave(other, "Q");
    screen_leave(screen, "Q");
    home_destroy(&home);
}

/* It has no key that writes, and the sync that it starts leaves alone what waits. */
static void
by_the_wallboard(void **state)
{
    static char program[PATH_MAX];
    (void)state;
    struct home home;
    begin(&home, hub.keys[0], "");
    fault_proxy_set(proxy, "", FAULT_DROP, 0, 0);
    run(&home, "tocsin",
        (const char *const[]){"do", "note", "A02", "left behind", "--wait", "1s", NULL}, 3,
        "it stays queued");
    fault_proxy_clear(proxy);
    const int before = writes_on_the_wire();
    const char *const argv[] = {program_path("tocsin", program, sizeof program), "wallboard", NULL};
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect(screen, "read-only");
    screen_expect(screen, "LIVE");
    for (char byte = 1; byte < 127; byte++)
        if (!strchr("\x03\x1a\x1c\x1bqQ",
                    byte)) /* what ends or stops it, and what begins a longer key */
            screen_send(screen, &byte, 1);
    wait_for_requests("GET", fault_proxy_requests(proxy, "GET", "") + ROUND);
    screen_expect(screen, "LIVE");
    screen_leave(screen, "q");
    assert_int_equal(writes_on_the_wire(), before);
    run(&home, "tocsin", (const char *const[]){"list", "outbox", "--jq", "length", NULL}, 0, "1");
    home_destroy(&home);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_flag),
        cmocka_unit_test(by_the_profile),
        cmocka_unit_test(by_the_key),
        cmocka_unit_test(by_the_lock),
        cmocka_unit_test(by_the_wallboard),
        cmocka_unit_test(what_an_earlier_session_left_waits_for_one_that_may_write),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
