/* Overrides by keys: the rota's cursor says when, who is on call now and then is shown, and the hub has it afterwards. */

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/demo.h"
#include "tests/support/hub_process.h"
#include "tests/support/hub_world.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"

enum { LOOKS = 1500, LOOK_EVERY_US = 20000 };

#define OVERRIDES "/v2/schedule_overrides?page_size=250&schedule_id=S1"

static const char *const editor[] = {"@U1", "viewer", "schedules_reader",
                                     "schedule_overrides_editor", NULL};
static const char *const *const roles[] = {editor};

static struct hub_process hub;
static struct hub_options hub_options;
static struct home home;
static struct arena arena;
static const char *directory;

static int
set_up(void **state)
{
    (void)state;
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    struct program program;
    directory = temporary_directory(&arena);
    hub_options = (struct hub_options){.database = arena_printf(&arena, "%s/hub.db", directory),
                                       .listen = "127.0.0.1:0",
                                       .limits = {.per_key = 1000000, .incidents = 1000000}};
    hub_process_start(&hub, &hub_options, hub_world_fill, roles, 1);
    const char *url = arena_printf(&arena, "http://127.0.0.1:%d", hub.port);
    home_create(&home, url, hub.keys[0]);
    home_configure(&home, url, "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n");
    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, 0);
    program_finish(&program);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    home_destroy(&home);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static struct screen *
open_console(void)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), NULL};
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect(screen, "live 0s");
    screen_expect(screen, "3 Rota Primary");
    return screen;
}

static void
wait_for(const char *part)
{
    const char *body = "";
    for (int i = 0; i < LOOKS; i++) {
        body = hub_ask(&hub, &arena, hub.keys[0], "GET", OVERRIDES, NULL).body;
        if (strstr(body, part))
            return;
        (void)usleep(LOOK_EVERY_US);
    }
    fail_msg("'%s' is not in %s", part, body);
}

static void
the_cursor_says_when_and_who_is_on_call_is_shown_before_and_after(void **state)
{
    (void)state;
    struct screen *screen = open_console();
    screen_type(screen, "3llO");
    screen_expect_match(screen, ":override \"20[0-9-]+ 00:00\" \"20[0-9-]+ 09:00\"");
    screen_type(screen, "Dee\r");
    screen_expect_match(screen, "Put Dee on call from 20.* in 'Primary'\\?");
    screen_expect_match(screen, "now +[A-Z0-9].* - .* +(Ana|Ben) ");
    screen_expect_match(screen,
                        "then +[A-Z0-9].* - .* 00:00 +(Ana|Ben) "); /* what is left of the shift */
    screen_expect_match(screen, " 00:00 - .* 09:00 +Dee ");
    screen_type(screen, "y");
    screen_expect(screen, "queued: put Dee on call");
    wait_for("\"id\":\"U4\"");
    screen_expect(screen, "out 0 ");
    screen_expect_match(screen, "cover Dee for (Ana|Ben)"); /* in the calendar */
    screen_type(screen, "O");
    screen_expect(screen, ":override ");
    screen_type(screen, "Dee\r");
    screen_expect(screen, "Dee is on call then already");
    screen_leave(screen, "q");
}

static void
a_shift_is_taken_by_one_key_unless_it_is_ones_own(void **state)
{
    int taken = 0;
    (void)state;
    struct screen *screen = open_console();
    screen_type(screen, "3lll"); /* Ana and Ben are on call in turns */
    for (int day = 0; day < 2; day++) {
        screen_type(screen, "lC");
        screen_expect_match(screen, "(Put Ana on call|Ask for cover) from 20.* in 'Primary'\\?");
        taken += screen_find(screen, "Put Ana on call", NULL, NULL);
        screen_type(screen, "n");
        screen_expect_gone(screen, "Send this?");
    }
    assert_int_equal(taken, 1);
    screen_type(screen, ":cover Dee\r");
    screen_expect_match(screen, "Put Dee on call from 20.* in 'Primary'\\?");
    screen_type(screen, "y");
    screen_expect(screen, "queued: put Dee on call");
    screen_type(screen, "u");
    screen_expect(screen, "taken back");
    screen_leave(screen, "q");
}

static void
what_makes_no_sense_is_said_and_not_sent(void **state)
{
    static const char *const cases[][2] = {
        {"\"2020-01-01 10:00\" \"2020-01-01 12:00\"", "override: that time is over"},
        {"\"2099-01-02\" \"2099-01-01\"", "override: it would end before it begins"},
        {"noonish tomorrow", "'noonish'"},
        {"\"2099-01-01 10:00\" \"2099-01-01 12:00\" Nobody", "'Nobody'"},
    };
    (void)state;
    struct screen *screen = open_console();
    const char *before = hub_ask(&hub, &arena, hub.keys[0], "GET", OVERRIDES, NULL).body;
    screen_type(screen, "3");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        screen_type(screen, "O");
        screen_expect(screen, ":override ");
        screen_type(screen, arena_printf(&arena, "\x15override %s\r", cases[i][0]));
        screen_expect_gone(screen, ":override");
        screen_expect(screen, cases[i][1]);
    }
    assert_string_equal(before, hub_ask(&hub, &arena, hub.keys[0], "GET", OVERRIDES, NULL).body);
    screen_leave(screen, "q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cursor_says_when_and_who_is_on_call_is_shown_before_and_after),
        cmocka_unit_test(a_shift_is_taken_by_one_key_unless_it_is_ones_own),
        cmocka_unit_test(what_makes_no_sense_is_said_and_not_sent),
    };
    return cmocka_run_group_tests_name("override", tests, set_up, tear_down);
}
