/*
 * The incident's head on a real hub: who does what, the call, the fields, when its next update is due, which the lead is
 * reminded of once, and that it can be resolved when all is merged, the pipeline green and the data right.
 */

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/pipeline_run.h"
#include "store/pull_request.h"
#include "tests/support/demo.h"
#include "tests/support/hub_process.h"
#include "tests/support/hub_world.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"

static const char link[] = "https://github.com/acme/dbt/pull/412";
static const char *const editor[] = {
    "@U1", "viewer", "incident_creator", "incident_editor", "on_call_editor", "schedules_reader",
    NULL};
static const char *const *const roles[] = {editor};

static struct hub_process hub;
static struct hub_options hub_options;
static struct home home;
static struct arena arena;
static const char *directory;
static int64_t began_at;

/* The world, and in it an incident of this hour: the most severe, led by U1, with the firing alert A00 and a pull request. */
static void
fill(struct hub *one, struct arena *scratch)
{
    char at[RFC3339_SIZE];
    hub_world_fill(one, scratch);
    time_to_rfc3339(began_at, at);
    const char *stamps =
        arena_printf(scratch, "\"created_at\":\"%s\",\"updated_at\":\"%s\"", at, at);
    hub_put(
        one, KIND_INCIDENT,
        arena_printf(
            scratch,
            "{\"id\":\"I50\",\"reference\":\"INC-50\",\"name\":\"Orders wrong\",\"mode\":"
            "\"standard\",\"visibility\":\"public\",\"incident_status\":{\"id\":\"ST_live\","
            "\"name\":\"Fixing\",\"category\":\"live\",\"rank\":1,\"description\":\"\",%s},"
            "\"severity\":{\"id\":\"SEV3\",\"name\":\"x\",\"rank\":30,\"description\":\"\",%s},"
            "\"creator\":{\"user\":{\"id\":\"U1\",\"name\":\"Ana\",\"role\":\"unset\"}},"
            "\"custom_field_entries\":[{\"custom_field\":{\"id\":\"CF\",\"name\":\"Area\","
            "\"field_type\":\"single_select\",\"description\":\"\",\"options\":[]},\"values\":[{"
            "\"value_option\":{\"id\":\"OPT\",\"value\":\"EU\"}}]}],"
            "\"incident_role_assignments\":[{\"role\":{\"id\":\"LEAD\",\"name\":\"Lead\","
            "\"role_type\":\"lead\",\"shortform\":\"lead\",\"description\":\"\","
            "\"instructions\":\"\",%s},\"assignee\":{\"id\":\"U1\",\"name\":\"Ana\",\"role\":"
            "\"unset\"}},{\"role\":{\"id\":\"COMMS\",\"name\":\"Comms\",\"role_type\":"
            "\"custom\",\"shortform\":\"comms\",\"description\":\"\",\"instructions\":\"\",%s},"
            "\"assignee\":{\"id\":\"U2\",\"name\":\"Ben\",\"role\":\"unset\"}}],"
            "\"call_url\":\"https://meet.example.com/50\",\"slack_channel_id\":\"C1\","
            "\"slack_channel_name\":\"inc-50\",\"slack_team_id\":\"T1\",%s}",
            stamps, stamps, stamps, stamps, stamps),
        scratch);
    hub_put(one, KIND_INCIDENT_ALERT,
            arena_printf(
                scratch,
                "{\"id\":\"IA50\",\"alert\":{\"id\":\"A00\",\"title\":\"t\",\"status\":\"firing\","
                "\"deduplication_key\":\"k\",\"alert_source_id\":\"SRC1\",%s},\"incident\":{\"id\":"
                "\"I50\",\"external_id\":50,\"reference\":\"INC-50\",\"name\":\"Orders wrong\","
                "\"status_category\":\"active\",\"visibility\":\"public\"}}",
                stamps),
            scratch);
    hub_put(one, KIND_INCIDENT_ATTACHMENT,
            arena_printf(scratch,
                         "{\"id\":\"AT50\",\"incident_id\":\"I50\",\"resource\":{\"external_id\":"
                         "\"acme/dbt/412\",\"resource_type\":\"github_pull_request\",\"title\":"
                         "\"Fix\",\"permalink\":\"%s\"}}",
                         link),
            scratch);
}

/* What GitHub and CircleCI would have told. */
static void
put_outside(void)
{
    struct store *store;
    struct error err = {0};
    glob_t found;
    struct pull_request pull;
    const struct pipeline_run run = {.id = "run-1",
                                     .project = "gh/acme/dbt",
                                     .branch = "main",
                                     .number = 7,
                                     .outcome = "ok",
                                     .created_at = began_at + 11 * MINUTE_MS,
                                     .stopped_at = began_at + 12 * MINUTE_MS,
                                     .revision = "",
                                     .subject = "",
                                     .actor = "",
                                     .url = ""};
    object_clear(&pull_request_table, &pull);
    pull.link = link;
    pull.number = 412;
    pull.state = "merged";
    pull.summary = "#412 merged";
    pull.merged_at = began_at + 10 * MINUTE_MS;
    assert_int_equal(
        glob(arena_printf(&arena, "%s/state/tocsin/cache/*/cache.db", home.root), 0, NULL, &found),
        0);
    if (!store_open(&store, STORE_CACHE, found.gl_pathv[0], STORE_WRITE, NULL, &err) ||
        !store_begin(store, &err) || !pull_request_put(store, &pull, NULL, 0, &err) ||
        !pipeline_run_put(store, &run, &err) || !store_commit(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
    globfree(&found);
}

/* CircleCI is never reached: what it told stays. */
static void
configure(const char *more)
{
    const char *token = arena_printf(&arena, "%s/config/tocsin/circleci", home.root);
    write_private_file(token, "secret");
    home_configure(&home, hub.url,
                   arena_printf(&arena,
                                "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n"
                                "timezone = UTC\nnotify = {osc9}\n"
                                "circleci_url = \"http://127.0.0.1:9\"\n"
                                "circleci_project = \"gh/acme/dbt\"\n"
                                "circleci_token_file = \"%s\"\n%s\n",
                                token, more));
}

static int
set_up(void **state)
{
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    struct program program;
    (void)state;
    began_at = clock_now_ms() - 20 * MINUTE_MS;
    directory = temporary_directory(&arena);
    hub_options = (struct hub_options){.database = arena_printf(&arena, "%s/hub.db", directory),
                                       .listen = "127.0.0.1:0",
                                       .limits = {.per_key = 1000000, .incidents = 1000000}};
    hub_process_start(&hub, &hub_options, fill, roles, 1);
    home_create(&home, hub.url, hub.keys[0]);
    configure("");
    program_run(&program, "tocsin-sync", once, home.env); /* its status tells of CircleCI */
    program_finish(&program);
    put_outside();
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
open_console(int cols, int rows)
{
    static char program[4096];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), "console", NULL};
    struct screen *screen = screen_start(cols, rows, argv, home.env);
    screen_record(screen);
    screen_expect(screen, "Timeline");
    return screen;
}

/* ---- tests ---- */

static void
the_head_tells_what_one_asks_first(void **state)
{
    (void)state;
    struct screen *screen = open_console(200, 60);
    screen_expect_match(screen, "lead Ana   age [0-9]+m   update due [0-9]m   #inc-50");
    screen_expect(screen, "Comms: Ben   call meet.example.com/50   Area: EU");
    screen_leave(screen, "Q");

    screen = open_console(120, 40);
    screen_expect_match(screen, "lead Ana   age [0-9]+m   update due [0-9]m");
    screen_expect(screen, "Comms: Ben");
    screen_expect(screen, "Area: EU");
    screen_leave(screen, "Q");

    screen = open_console(80, 24);
    screen_type(screen, "2z");
    screen_expect_match(screen, "lead Ana   age [0-9]+m   update due [0-9]m   #inc-50");
    screen_expect(screen, "Comms: Ben   call meet.example.com/50   Area: EU");
    screen_leave(screen, "Q");
}

static bool
was_heard(const struct screen *screen, const char *text)
{
    size_t len;
    const char *bytes = screen_recorded(screen, &len);
    return memmem(bytes, len, text, strlen(text)) != NULL;
}

static bool
is_heard(struct screen *screen, void *text)
{
    return was_heard(screen, text);
}

static void
the_lead_is_reminded_once_when_an_update_is_due(void **state)
{
    static char heard[] = "\x1b]9;INC-50: an update is due";
    (void)state;
    /* While it is looked at: five seconds from now, counted from the beginning. */
    configure(arena_printf(&arena, "update_every = {\"1=%llds\"}",
                           (long long)((clock_now_ms() - began_at) / 1000 + 5)));
    struct screen *screen = open_console(120, 40);
    screen_expect_match(screen, "update (due [0-5]s|late)");
    screen_expect(screen, "INC-50: an update is due (S)");
    assert_true(screen_wait(screen, is_heard, heard, SCREEN_PATIENCE_MS));
    screen_expect(screen, "update late");
    screen_leave(screen, "Q");

    screen = open_console(120, 40); /* the same moment */
    screen_expect(screen, "update late");
    screen_type(screen, "@"); /* where what was said stands, too */
    screen_expect(screen, "Said in this session");
    assert_false(screen_find(screen, "an update is", NULL, NULL));
    screen_type(screen, "q");
    assert_false(was_heard(screen, heard));
    screen_stop(screen);

    /* Another moment; and in quiet hours nothing is heard. */
    configure("update_every = {\"1=19m\"}\nquiet_hours = \"00:00-24:00\"");
    screen = open_console(120, 40);
    screen_expect(screen, "update late");
    screen_leave(screen, "Q");
    configure("");
}

static void
what_is_merged_and_green_is_resolved_when_its_alerts_are(void **state)
{
    (void)state;
    char merged[RFC3339_SIZE], green[RFC3339_SIZE];
    time_to_rfc3339(began_at + 10 * MINUTE_MS, merged);
    time_to_rfc3339(began_at + 12 * MINUTE_MS, green);
    struct screen *screen = open_console(200, 60);
    screen_expect_match(screen,
                        arena_printf(&arena, "PR #412 merged (... )?%.5s, pipeline green since",
                                     merged + strlen("2026-08-01T")));
    /* The sentence breaks where it may: around midnight its times have their days. */
    screen_expect(screen, "1 alert");
    screen_expect(screen, "not right yet");
    screen_expect_gone(screen, "resolves it");
    screen_type(screen, "1/stg_0\r");
    screen_expect(screen, "1 Alerts 1 of");
    screen_type(screen, "xy");
    screen_expect(screen, "queued: resolve 'Model stg_0");
    screen_expect(screen, "resolves it");
    screen_expect_gone(screen, "mitigated");
    screen_type(screen, "/\x15\r");
    screen_leave(screen, "Q");
    assert_string_equal(
        json_text_at(&arena,
                     hub_ask(&hub, &arena, hub.keys[0], "GET", "/v2/incidents/I50", NULL).body,
                     "incident.incident_status.category"),
        "live"); /* proposed, never done */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head_tells_what_one_asks_first),
        cmocka_unit_test(the_lead_is_reminded_once_when_an_update_is_due),
        cmocka_unit_test(what_is_merged_and_green_is_resolved_when_its_alerts_are),
    };
    return cmocka_run_group_tests_name("head", tests, set_up, tear_down);
}
