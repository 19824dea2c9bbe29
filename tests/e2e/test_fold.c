/*
 * Alerts of an incident as one row, in the console: folded and opened, the cursor where it was, and an action on the row sent
 * for each of its alerts. On a real hub; what comes later is sent to it by its API.
 */

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

/* Three that fire are of INC-1: A58, the newest of all, A40 and A20. */
static void
fill(struct hub *on, struct arena *to)
{
    static const char *const alerts[] = {"A58", "A40", "A20"};
    hub_world_fill(on, to);
    for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
        hub_put(
            on, KIND_INCIDENT_ALERT,
            arena_printf(to,
                         "{\"id\":\"IF%zu\",\"alert\":{\"id\":\"%s\",\"title\":\"t\",\"status\":"
                         "\"firing\",\"deduplication_key\":\"k\",\"alert_source_id\":\"SRC1\","
                         "\"created_at\":\"2026-08-01T00:00:00Z\",\"updated_at\":"
                         "\"2026-08-01T00:00:00Z\"},\"incident\":{\"id\":\"I1\",\"external_id\":1,"
                         "\"reference\":\"INC-1\",\"name\":\"Orders late\",\"status_category\":"
                         "\"active\",\"visibility\":\"public\"}}",
                         i, alerts[i]),
            to);
}

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
    hub_process_start(&hub, &hub_options, fill, roles, 1);
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
open_console(void)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), "console", NULL};
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
a_group_is_a_row_that_opens_and_folds_under_the_cursor(void **state)
{
    (void)state;
    struct screen *screen = open_console();
    screen_expect_match(screen, ">.*Model stg_58 ");
    screen_type(screen, "F");
    screen_expect_match(screen, "1 Alerts .*folded");
    screen_expect_match(screen, ">.*[+] Orders late .*x3"); /* the alert's row is the group's now */
    screen_expect_gone(screen, "Model stg_58 ");
    screen_expect(screen, "Model stg_56 "); /* of no incident */
    screen_type(screen, "\r");
    screen_expect_match(screen, ">.*- Orders late .*x3");
    screen_expect_match(screen, "  Model stg_58 ");
    screen_expect_match(screen, "  Model stg_20 ");
    screen_type(screen, "jj");
    screen_expect_match(screen, ">.*  Model stg_40 ");
    screen_type(screen, "h"); /* from an alert of it, too */
    screen_expect_match(screen, ">.*[+] Orders late .*x3");
    screen_expect_gone(screen, "Model stg_40 ");
    screen_type(screen, "j");
    screen_expect_match(screen, ">.*Model stg_56 ");
    screen_leave(screen, "Q");

    screen = open_console(); /* as it was left */
    screen_expect_match(screen, "[+] Orders late .*x3");
    screen_expect_match(screen, ">.*Model stg_56 ");
    screen_type(screen, "F");
    screen_expect(screen, "Model stg_58 ");
    screen_expect_match(screen, ">.*Model stg_56 ");
    screen_leave(screen, "Q");
}

static void
an_alert_that_is_searched_for_is_shown_in_its_group(void **state)
{
    (void)state;
    struct screen *screen = open_console();
    screen_type(screen, "gF");
    screen_expect_match(screen, ">.*[+] Orders late .*x3");
    screen_type(screen, "\x06stg_40");
    screen_expect_match(screen, "Model stg_40 ");
    screen_type(screen, "\r");
    screen_expect_match(screen, "- Orders late .*x3");
    screen_expect_match(screen, ">.*  Model stg_40 ");
    screen_type(screen, "F");
    screen_expect_no_match(screen, "Orders late .*x3");
    screen_expect_match(screen, ">.*Model stg_40 ");
    screen_leave(screen, "Q");
}

static void
an_alert_that_joins_leaves_the_cursor_on_its_group(void **state)
{
    (void)state;
    struct screen *screen = open_console();
    screen_type(screen, "gF");
    screen_expect_match(screen, ">.*[+] Orders late .*x3");
    struct http_answer answer = hub_ask(&hub, &arena, hub.keys[0], "POST", "/v2/incident_alerts",
                                        "{\"incident_id\":\"I1\",\"alert_id\":\"A56\"}");
    if (answer.status / 100 != 2)
        fail_msg("%d %s", answer.status, answer.body);
    screen_type(screen, "R"); /* it is asked for once a minute only */
    screen_expect_match(screen, ">.*[+] Orders late .*x4");
    screen_expect_gone(screen, "Model stg_56 ");
    screen_type(screen, "F");
    screen_expect_match(screen, ">.*Model stg_58 ");
    screen_leave(screen, "Q");
}

static void
an_action_on_the_row_is_sent_for_each_of_its_alerts(void **state)
{
    (void)state;
    struct screen *screen = open_console();
    screen_type(screen, "gF");
    screen_expect_match(screen, ">.*[+] Orders late .*x4");
    screen_type(screen, "x");
    screen_expect(screen, "Resolve ");
    screen_expect(screen, "and resolve 'Model stg_40");
    screen_expect(screen, "and resolve 'Model stg_20");
    screen_type(screen, "y");
    screen_expect_match(screen, "queued: resolve 'Model stg_58.* and 3 more");
    wait_for("/v2/alerts/A58", "alert.status", "resolved");
    wait_for("/v2/alerts/A56", "alert.status", "resolved");
    wait_for("/v2/alerts/A40", "alert.status", "resolved");
    wait_for("/v2/alerts/A20", "alert.status", "resolved");
    wait_for("/v2/alerts/A54", "alert.status", "firing");
    screen_expect_match(screen, "R .*[+] Orders late .*x4"); /* the cursor follows it there */
    screen_leave(screen, "Q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_is_a_row_that_opens_and_folds_under_the_cursor),
        cmocka_unit_test(an_alert_that_is_searched_for_is_shown_in_its_group),
        cmocka_unit_test(an_alert_that_joins_leaves_the_cursor_on_its_group),
        cmocka_unit_test(an_action_on_the_row_is_sent_for_each_of_its_alerts),
    };
    return cmocka_run_group_tests_name("fold", tests, set_up, tear_down);
}
