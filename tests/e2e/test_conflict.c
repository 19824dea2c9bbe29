/* Two people at one incident: the later is told what the earlier did, and decides; nobody's own second thought is a conflict. */

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

static const char *const ana[] = {
    "@U1", "viewer", "incident_creator", "incident_editor", "on_call_editor", "schedules_reader",
    NULL};
static const char *const ben[] = {
    "@U2", "viewer", "incident_creator", "incident_editor", "on_call_editor", "schedules_reader",
    NULL};
static const char *const *const roles[] = {ana, ben};

static struct hub_process hub;
static struct hub_options hub_options;
static struct home homes[2];
static struct screen *screens[2];
static struct arena arena;
static const char *directory;

/* Who looks seldom does not see what the other does, until a write of theirs meets it. */
static void
open_consoles(void)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), "console", NULL};
    for (int i = 0; i < 2; i++) {
        screens[i] = screen_start(120, 40, argv, homes[i].env);
        screen_expect(screens[i], "1 Alerts");
        screen_expect(screens[i], "live ");
        screen_expect(screens[i], "INC-2");
    }
}

static int
set_up(void **state)
{
    (void)state;
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    directory = temporary_directory(&arena);
    hub_options = (struct hub_options){.database = arena_printf(&arena, "%s/hub.db", directory),
                                       .listen = "127.0.0.1:0",
                                       .limits = {.per_key = 1000000, .incidents = 1000000}};
    hub_process_start(&hub, &hub_options, hub_world_fill, roles, 2);
    for (int i = 0; i < 2; i++) {
        struct program program;
        home_create(&homes[i], hub.url, hub.keys[i]);
        home_configure(&homes[i], hub.url,
                       i ? "me = \"u2@example.com\"\nhistory = 4000d\nbudget = 1\ninterval = 1000\n"
                         : "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n");
        program_run(&program, "tocsin-sync", once, homes[i].env);
        program_expect_status(&program, 0);
        program_finish(&program);
    }
    open_consoles();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        screen_leave(screens[i], "Q");
    hub_process_stop(&hub);
    home_destroy(&homes[0]);
    home_destroy(&homes[1]);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static const char *
read_back(const char *path, const char *at)
{
    struct http_answer answer = hub_ask(&hub, &arena, hub.keys[0], "GET", path, NULL);
    assert_int_equal(answer.status, 200);
    return json_text_at(&arena, answer.body, at);
}

static void
wait_for(const char *path, const char *at, const char *value)
{
    const char *text = "";
    for (int i = 0; i < LOOKS; i++) {
        text = read_back(path, at);
        if (strcmp(text, value) == 0)
            return;
        (void)usleep(LOOK_EVERY_US);
    }
    fail_msg("'%s' of '%s' is '%s', not '%s'", at, path, text, value);
}

/* What is asked about a change of severity is answered: the gravest is typed. */
static void
send_severity(struct screen *screen, const char *severity)
{
    screen_type(screen, arena_printf(&arena, "2:update sev=%s\r", severity));
    screen_expect(screen, "Send this?");
    screen_type(screen, strcmp(severity, "S3") == 0 ? "S3\r" : "y");
}

/* Ana looks again. The title counts from the gravest: what is called S3 here is S1 there. */
static void
see_severity(const char *severity)
{
    screen_type(screens[0], "R");
    screen_expect(screens[0], arena_printf(&arena, "Timeline INC-2 %s", severity));
}

/* Ben, who has not seen what Ana wrote, writes over it, and is shown what there is. */
static void
meet(const char *there, const char *his)
{
    wait_for("/v2/incidents/I2", "incident.severity.id", there);
    send_severity(screens[1], his);
    screen_expect_match(screens[1], "not sent: set severity .*changed upstream");
    assert_string_equal(read_back("/v2/incidents/I2", "incident.severity.id"), there);
    screen_expect(screens[1], "out 1!");
    screen_type(screens[1], "@\r");
    screen_expect_match(screens[1], "was +theirs +yours");
}

/* Ana's write, without her console: it waits for her to think better of it. */
static void
she_sets(const char *severity)
{
    struct http_answer answer = hub_ask(
        &hub, &arena, hub.keys[0], "POST", "/v2/incidents/I2/actions/edit",
        arena_printf(&arena,
                     "{\"incident\":{\"severity_id\":\"%s\"},\"notify_incident_channel\":false}",
                     severity));
    assert_int_equal(answer.status, 200);
}

static void
end_meeting(void)
{
    screen_expect(screens[1], "out 0 ");
    screen_type(screens[1], "\x1b");
    screen_expect_gone(screens[1], "Sending and asking");
}

static void
the_later_may_insist(void **state)
{
    (void)state;
    send_severity(screens[0], "S1");
    screen_expect(screens[0], "queued: set severity");
    meet("SEV1", "S3");
    screen_expect_match(screens[1], "severity +S2 +S1 +S3");
    screen_type(screens[1], "\r"); /* is no answer */
    screen_expect_match(screens[1], "was +theirs +yours");
    screen_type(screens[1], "\x1b"); /* it is kept */
    screen_expect_match(screens[1], "conflict .*set severity S3");
    screen_type(screens[1], "\r");
    screen_expect_match(screens[1], "was +theirs +yours");
    screen_type(screens[1], "m");
    screen_expect(screens[1], "sent again: set severity");
    wait_for("/v2/incidents/I2", "incident.severity.id", "SEV3");
    end_meeting();
}

static void
the_later_may_leave_it(void **state)
{
    (void)state;
    she_sets("SEV2");
    meet("SEV2", "S1");
    screen_expect_match(screens[1], "severity +S3 +S2 +S1");
    screen_type(screens[1], "t");
    screen_expect(screens[1], "theirs stays, not sent: set severity");
    end_meeting();
    screen_settle(screens[1], 200);
    assert_string_equal(read_back("/v2/incidents/I2", "incident.severity.id"), "SEV2");
}

static void
the_later_may_say_it_in_another_way(void **state)
{
    (void)state;
    she_sets("SEV1");
    meet("SEV1", "S3");
    screen_type(screens[1], "e");
    screen_expect(screens[1], "> sev=S3");
    screen_type(screens[1], "\x15sev=S9\r");
    screen_expect(screens[1], "there is no severity 'S9'");
    screen_type(screens[1], "\x15sev=S2 after all\r");
    screen_expect(screens[1], "Send this?");
    screen_type(screens[1], "y");
    screen_expect(screens[1], "queued: set severity S2");
    wait_for("/v2/incidents/I2", "incident.severity.id", "SEV2");
    screen_expect_gone(screens[1], "out 2");
    screen_type(screens[1], "q");
    screen_expect(screens[1], "Sending and asking");
    end_meeting();
    assert_non_null(strstr(hub_ask(&hub, &arena, hub.keys[0], "GET",
                                   "/v2/incident_timeline_items?incident_id=I2&page_size=50", NULL)
                               .body,
                           "after all"));
}

static void
ones_own_second_thought_is_no_conflict(void **state)
{
    (void)state;
    see_severity("S2");
    send_severity(screens[0], "S1");
    screen_expect(screens[0], "queued: set severity S1");
    send_severity(screens[0], "S3");
    screen_expect(screens[0], "queued: set severity S3");
    send_severity(screens[0], "S2");
    screen_expect(screens[0], "out 3");
    screen_expect(screens[0], "out 0 ");
    assert_string_equal(read_back("/v2/incidents/I2", "incident.severity.id"), "SEV2");
    screen_type(screens[0], "@");
    screen_expect_match(screens[0], "done .*set severity S1 ");
    screen_expect_match(screens[0], "done .*set severity S3 ");
    screen_expect_no_match(screens[0], "conflict|failed");
    screen_type(screens[0], "\x1b");
}

static void
what_fails_of_many_stays_selected(void **state)
{
    (void)state;
    struct http_answer answer = hub_ask(&hub, &arena, hub.keys[0], "PUT", "/v2/follow_ups/F3",
                                        "{\"title\":\"Hers\",\"status\":\"outstanding\"}");
    assert_int_equal(answer.status, 200);
    screen_type(screens[1], "4*");
    screen_expect_match(screens[1], "sel [2-9]");
    screen_type(screens[1], "A");
    screen_expect_match(screens[1], "queued: give Ben .*and [0-9]+ more");
    screen_expect_no_match(screens[1], "sel [0-9]");
    screen_expect_match(screens[1], "[0-9] of [0-9] sent; not give Ben 'Add a test'");
    screen_expect(screens[1], "sel 1 ");
    assert_string_equal(read_back("/v2/follow_ups/F3", "follow_up.assignee.id"), "");
    assert_string_equal(read_back("/v2/follow_ups/F2", "follow_up.assignee.id"), "U2");
    screen_type(screens[1], "@x");
    screen_expect(screens[1], "taken back");
    end_meeting();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_later_may_insist),
        cmocka_unit_test(the_later_may_leave_it),
        cmocka_unit_test(the_later_may_say_it_in_another_way),
        cmocka_unit_test(ones_own_second_thought_is_no_conflict),
        cmocka_unit_test(what_fails_of_many_stays_selected),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
