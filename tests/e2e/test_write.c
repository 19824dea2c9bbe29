/* Keys that write, in the console on a real hub: queued at once, asked about where it matters, taken back, and sent once. */

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

static const char *const editor[] = {
    "@U1", "viewer", "incident_creator", "incident_editor", "on_call_editor", "schedules_reader",
    NULL};
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
    home_create(&home, hub.url, hub.keys[0]);
    home_configure(&home, hub.url, "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n");
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
open_console(const char *option)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), "console", option,
                                NULL};
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect(screen, "1 Alerts");
    return screen;
}

static void
wait_for(const char *path, const char *at, const char *value)
{
    const char *text = "";
    for (int i = 0; i < LOOKS; i++) {
        struct http_answer answer = hub_ask(&hub, &arena, hub.keys[0], "GET", path, NULL);
        assert_int_equal(answer.status, 200);
        text = json_text_at(&arena, answer.body, at);
        if (strcmp(text, value) == 0)
            return;
        (void)usleep(LOOK_EVERY_US);
    }
    fail_msg("'%s' of '%s' is '%s', not '%s'", at, path, text, value);
}

static void
a_key_is_queued_taken_back_asked_about_and_sent(void **state)
{
    (void)state;
    struct screen *screen = open_console(NULL);
    screen_type(screen, "/stg_0\r");
    screen_expect(screen, "1 Alerts 1 of");
    screen_type(screen, "nnot this one\r");
    screen_expect(screen, "queued: note on 'Model stg_0");
    screen_type(screen, "u");
    screen_expect(screen, "taken back: note on");
    screen_type(screen, "u");
    screen_expect(screen, "nothing can be taken back");
    screen_type(screen, "a");
    screen_expect(screen, "queued: acknowledge 'Model stg_0");
    screen_expect(screen, "out 1 ");
    screen_type(screen, "x");
    screen_expect(screen, "Resolve 'Model stg_0");
    screen_type(screen, "\r"); /* never yes */
    screen_expect(screen, "Resolve 'Model stg_0");
    screen_type(screen, "n");
    screen_expect_gone(screen, "Resolve 'Model stg_0");
    screen_type(screen, "nlooking at it\r");
    screen_expect(screen, "queued: note on 'Model stg_0");
    screen_type(screen, "xy");
    screen_expect(screen, "queued: resolve 'Model stg_0");
    wait_for("/v2/alerts/A00", "alert.status", "resolved");
    wait_for("/v1/alert_notes?alert_id=A00&page_size=50", "alert_notes.2.id", "");
    screen_expect(screen, "out 0 ");
    screen_type(screen, "@");
    screen_expect(screen, "Sent lately");
    screen_expect_match(screen, "done .*resolve 'Model stg_0");
    screen_expect_match(screen, "cancelled .*note on 'Model stg_0");
    screen_type(screen, "\x1b");
    screen_leave(screen, "Q");
}

static void
what_is_grave_is_typed_and_what_is_refused_waits_in_the_outbox(void **state)
{
    (void)state;
    struct screen *screen = open_console(NULL);
    screen_type(screen, "2:update sev=S3\r");
    screen_expect_match(screen, "Set severity S3 of 'INC-");
    screen_expect(screen, "type S3");
    screen_type(screen, "y\r");
    screen_expect(screen, "that is not it");
    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "type S3");
    screen_type(screen, "+");
    screen_expect(screen, "add ");
    screen_type(screen, "test the loader\r");
    screen_expect(screen, "queued: new follow-up of 'INC-");
    screen_type(screen, "1/\x15stg_2\r"); /* the pane remembers the filter of the console before */
    screen_expect(screen, "[stg_2]");
    screen_type(screen, "M");
    screen_expect(screen, "attach ");
    screen_type(screen, "INC-999\r");
    screen_expect(screen, "nothing here is called 'INC-999'");
    screen_type(screen, "a");
    screen_expect(screen, "nobody is being paged for it");
    screen_leave(screen, "Q"); /* before it is sent: the outbox is kept */
    struct program program;
    static const char *const list[] = {"list", "outbox", "--plain", NULL};
    program_run(&program, "tocsin", list, home.env);
    program_expect_status(&program, 0);
    program_expect_out(&program, "new follow-up of");
    program_finish(&program);
}

static void
a_session_that_only_reads_queues_nothing(void **state)
{
    (void)state;
    struct screen *screen = open_console("--read-only");
    screen_expect(screen, "RO");
    for (const char *key = "axdAnSiMLE+u"; *key; key++) {
        const char one[] = {*key, '\0'};
        screen_type(screen, one);
        screen_expect(screen, "read-only: not sent");
        screen_type(screen, "j");
        screen_expect_gone(screen, "read-only: not sent");
    }
    screen_leave(screen, "Q");
}

static void
a_question_is_answered_in_vain_once_the_session_locked_itself(void **state)
{
    (void)state;
    home_configure(&home, hub.url,
                   "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\nlock_after = \"3s\"\n");
    struct screen *screen = open_console(NULL);
    screen_type(screen, "1gx");
    screen_expect(screen, "Send this?");
    screen_expect(screen, "LOCK");
    screen_type(screen, "y");
    screen_expect(screen, "read-only: not sent");
    screen_leave(screen, "Q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_queued_taken_back_asked_about_and_sent),
        cmocka_unit_test(what_is_grave_is_typed_and_what_is_refused_waits_in_the_outbox),
        cmocka_unit_test(a_session_that_only_reads_queues_nothing),
        cmocka_unit_test(a_question_is_answered_in_vain_once_the_session_locked_itself),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
