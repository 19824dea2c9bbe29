/*
 * An incident that is declared while nobody is reached is worked on at once: it is on the timeline, takes its lead, updates,
 * links and follow-ups, over a console and a poller that are killed, and all of it arrives once and in order.
 */

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/demo.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/hub_process.h"
#include "tests/support/hub_world.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"

enum { LOOKS = 3000, LOOK_EVERY_US = 20000 };

static const char *const editor[] = {
    "@U1", "viewer", "incident_creator", "incident_editor", "on_call_editor", "schedules_reader",
    NULL};
static const char *const *const roles[] = {editor};

static struct hub_process hub;
static struct hub_options hub_options;
static struct fault_proxy *proxy;
static struct home home;
static struct arena arena;
static const char *directory;

static void
fill(struct hub *world, struct arena *memory)
{
    hub_world_fill(world, memory);
    hub_put(world, KIND_INCIDENT_STATUS,
            "{\"id\":\"ST_live\",\"name\":\"live\",\"category\":\"live\",\"rank\":1,"
            "\"description\":\"\","
            "\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\"}",
            memory);
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
    proxy = fault_proxy_start(hub.port);
    home_create(&home, fault_proxy_url(proxy), hub.keys[0]);
    home_configure(&home, fault_proxy_url(proxy),
                   "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n");
    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, 0);
    program_finish(&program);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    fault_proxy_stop(proxy);
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

static struct screen *
kill_and_open(struct screen *screen)
{
    assert_int_equal(kill(screen_pid(screen), SIGKILL), 0);
    screen_stop(screen);
    screen = open_console();
    screen_expect(screen, "1 of 3");
    screen_type(screen, "2["); /* behind those that are upstream */
    screen_expect(screen, "Timeline new");
    return screen;
}

static const char *
answer_to(const char *path)
{
    struct http_answer answer = hub_ask(&hub, &arena, hub.keys[0], "GET", path, NULL);
    assert_int_equal(answer.status, 200);
    return answer.body;
}

/* The incident of this name, once it is there. */
static const char *
wait_for_incident(const char *name)
{
    for (int i = 0; i < LOOKS; i++) {
        const char *body = answer_to("/v2/incidents?page_size=50");
        for (int at = 0; at < WORLD_INCIDENTS + 2; at++)
            if (strcmp(json_text_at(&arena, body, arena_printf(&arena, "incidents.%d.name", at)),
                       name) == 0)
                return json_text_at(&arena, body, arena_printf(&arena, "incidents.%d.id", at));
        (void)usleep(LOOK_EVERY_US);
    }
    fail_msg("there is no incident '%s'", name);
    return NULL;
}

static int
count_of(const char *text, const char *part)
{
    int count = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        count++;
    return count;
}

static void
an_incident_is_led_before_anybody_knows_of_it(void **state)
{
    (void)state;
    fault_proxy_set(proxy, "", FAULT_DROP, 0, 0);
    struct screen *screen = open_console();
    screen_type(screen, "1/stg_0\r");
    screen_expect(screen, "1 Alerts 1 of");
    screen_type(screen, ":declare severity=S2 Orders stand still\r");
    screen_expect(screen, "Send this?");
    screen_type(screen, "y");
    screen_expect(screen, "queued: declare 'Orders stand still'");
    screen_expect(screen, "Timeline new"); /* at once */
    screen_expect(screen, "Orders stand still");
    screen_type(screen, "2A");
    screen_expect(screen, "queued: make Ana lead of 'new Orders stand still'");
    screen = kill_and_open(screen);
    screen_type(screen, ":update severity=S1 The loader is stuck\r");
    screen_expect(screen, "Send this?");
    screen_type(screen, "y");
    screen_expect(screen, "queued: set severity S1 of 'new Orders stand still'");
    screen = kill_and_open(screen);
    screen_type(screen, "L");
    screen_expect(screen, "link ");
    screen_type(screen, "https://github.com/acme/dbt/pull/9\r");
    screen_expect(screen, "queued: link ");
    screen_type(screen, "+");
    screen_expect(screen, "add ");
    screen_type(screen, "watch the loader\r");
    screen_expect(screen, "queued: new follow-up of 'new Orders stand still'");
    screen = kill_and_open(screen);
    fault_proxy_clear(proxy);
    const char *id = wait_for_incident("Orders stand still");
    screen_expect(screen, "out 0 ");
    screen_expect_gone(screen, "Timeline new"); /* it is the same incident, by its reference */
    screen_expect(screen, "Orders stand still");

    const char *incident = answer_to(arena_printf(&arena, "/v2/incidents/%s", id));
    assert_string_equal(json_text_at(&arena, incident, "incident.severity.id"), "SEV1");
    assert_int_equal(count_of(incident, "\"role_type\":\"lead\""), 1);
    assert_non_null(strstr(incident, "\"assignee\":{\"id\":\"U1\""));
    const char *items =
        answer_to(arena_printf(&arena, "/v2/incident_timeline_items?incident_id=%s", id));
    assert_int_equal(count_of(items, "The loader is stuck"), 1);
    const char *links =
        answer_to(arena_printf(&arena, "/v1/incident_attachments?incident_id=%s", id));
    assert_int_equal(count_of(links, "\"https://github.com/acme/dbt/pull/9\""), 1);
    const char *tasks = answer_to(arena_printf(&arena, "/v2/follow_ups?incident_id=%s", id));
    assert_int_equal(count_of(tasks, "watch the loader"), 1);
    screen_leave(screen, "Q");
}

static void
who_takes_it_back_takes_back_what_was_done_to_it(void **state)
{
    (void)state;
    fault_proxy_set(proxy, "", FAULT_DROP, 0, 0);
    struct screen *screen = open_console();
    screen_type(screen, "1/\x15stg_6\r");
    screen_expect(screen, "[stg_6]");
    screen_type(screen, ":declare severity=S2 Never mind\r");
    screen_expect(screen, "Send this?");
    screen_type(screen, "y");
    screen_expect(screen, "queued: declare 'Never mind'");
    screen_type(screen, "2+");
    screen_expect(screen, "add ");
    screen_type(screen, "not this\r");
    screen_expect(screen, "queued: new follow-up of 'new Never mind'");
    screen_expect(screen, "out 3 "); /* and its alert */
    screen_type(screen, "@");
    screen_expect_match(screen, "queued .*declare 'Never mind'");
    screen_type(screen, "Gg");
    for (int i = 0; i < 8 && !screen_has_match(screen, ">.*declare 'Never mind'"); i++) {
        screen_type(screen, "j");
        screen_settle(screen, 50);
    }
    screen_type(screen, "x");
    screen_expect(screen, "taken back: declare 'Never mind'");
    screen_type(screen, "q");
    screen_expect(screen, "out 0 ");
    screen_expect_gone(screen, "Timeline new");
    screen_leave(screen, "Q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incident_is_led_before_anybody_knows_of_it),
        cmocka_unit_test(who_takes_it_back_takes_back_what_was_done_to_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
