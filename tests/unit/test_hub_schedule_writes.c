/* Writes of schedules, overrides and the syncing of user groups, over real HTTP. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/hub_world.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

static const char *const editor[] = {"schedules_editor", NULL};
static const char *const viewer[] = {"viewer", NULL};
static const char *const swapper[] = {"schedule_overrides_editor", NULL};
static const char *const *const roles[] = {editor, viewer, swapper};
enum { EDITOR, VIEWER, SWAPPER };

static struct hub_process hub;
static struct arena arena;
static const char *directory, *database;

/* S2 is declared by a configuration file. */
static void
fill(struct hub *of, struct arena *scratch)
{
    struct statement *statement;
    struct error err;

    hub_world_fill(of, scratch);
    hub_put(of, KIND_SCHEDULE,
            "{\"id\":\"S2\",\"name\":\"Declared\",\"timezone\":\"UTC\",\"permalink\":\"\","
            "\"annotations\":{},\"team_ids\":[\"T1\"],\"config\":{\"rotations\":[{\"id\":\"R\","
            "\"name\":\"Main\",\"handover_start_at\":\"2026-08-01T09:00:00Z\",\"handovers\":[],"
            "\"layers\":[{\"id\":\"L\",\"name\":\"One\"}],\"users\":[{\"id\":\"U1\",\"name\":"
            "\"Ana\",\"role\":\"unset\"}],\"working_intervals\":[]}]},\"created_at\":"
            "\"2026-07-01T00:00:00Z\",\"updated_at\":\"2026-07-01T00:00:00Z\"}",
            scratch);
    if (!store_statement(hub_store(of), SQL_DECLARED_PUT, &statement, &err))
        _exit(1);
    bind_text(statement, "kind", "schedule");
    bind_text(statement, "id", "S2");
    bind_text(statement, "place", "hub.conf:12");
    if (!statement_run(statement, &err))
        _exit(1);
}

static int
start(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    database = arena_printf(&arena, "%s/hub.db", directory);
    const struct hub_options options = {
        .database = database, .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 0}};
    hub_process_start(&hub, &options, fill, roles, 3);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

/* ---- asking ---- */

static const char *
done_by(size_t key, int status, const char *method, const char *path, const char *body)
{
    struct http_answer answer = hub_ask(&hub, &arena, hub.keys[key], method, path, body);
    if (answer.status != status)
        fail_msg("%s %s: %d instead of %d: %s", method, path, answer.status, status, answer.body);
    return answer.body;
}
#define done(...) done_by(EDITOR, __VA_ARGS__)

static const char *
got(const char *path, const char *at)
{
    return json_text_at(&arena, done(200, "GET", path, NULL), at);
}

static void
refused(int status, const char *field, const char *method, const char *path, const char *body)
{
    struct http_answer answer = hub_ask(&hub, &arena, hub.keys[EDITOR], method, path, body);
    if (answer.status != status ||
        !text_equals(json_text_at(&arena, answer.body, "errors.0.source.field"), field))
        fail_msg("%s %s %s: %d, not %d on '%s': %s", method, path, body ? body : "", answer.status,
                 status, field, answer.body);
}

#define TEXT(...) arena_printf(&arena, __VA_ARGS__)

#define ROTATION_OF(users)                                                                         \
    "{\"name\":\"Main\",\"handover_start_at\":\"2026-09-07T09:00:00+01:00\","                      \
    "\"handovers\":[{\"interval\":1,\"interval_type\":\"weekly\"}],\"users\":[" users "],"         \
    "\"working_intervals\":[{\"weekday\":\"monday\",\"start_time\":\"09:00\",\"end_time\":"        \
    "\"17:30\"}],\"scheduling_mode\":\"sequential\"}"
#define SCHEDULE_OF(rotations)                                                                     \
    "{\"schedule\":{\"name\":\"Data Responder\",\"timezone\":\"Europe/London\","                   \
    "\"annotations\":{\"made-by\":\"tests, \\\"quoted\\\"\"},\"team_ids\":[\"T1\"],"               \
    "\"config\":{\"rotations\":[" rotations "]},"                                                  \
    "\"holidays_public_config\":{\"country_codes\":[\"GB\"]}}}"

static const char *
new_schedule(void)
{
    return done(201, "POST", "/v2/schedules",
                SCHEDULE_OF(ROTATION_OF("{\"id\":\"U1\"},{\"email\":\"u2@example.com\"},"
                                        "{\"slack_user_id\":\"SL3\"},{\"id\":\"NOBODY\"}")));
}

/* ---- schedules ---- */

static void
a_schedule_is_made_read_changed_and_deleted(void **state)
{
    (void)state;
    const char *made = new_schedule();
    const char *id = json_text_at(&arena, made, "schedule.id"),
               *path = TEXT("/v2/schedules/%s", id);
    assert_string_equal(json_text_at(&arena, made, "schedule.config.rotations.0.users.0.name"),
                        "Ana");
    assert_string_equal(json_text_at(&arena, made, "schedule.config.rotations.0.users.1.id"), "U2");
    assert_string_equal(json_text_at(&arena, made, "schedule.config.rotations.0.users.2.id"), "U3");
    assert_string_equal(json_text_at(&arena, made, "schedule.config.rotations.0.users.3.id"),
                        "NOBODY");
    assert_string_equal(json_text_at(&arena, made, "schedule.annotations.made-by"),
                        "tests, \"quoted\"");
    assert_string_equal(json_text_at(&arena, made, "schedule.holidays_public_config.country_codes"),
                        "[\"GB\"]");
    assert_true(*json_text_at(&arena, made, "schedule.config.rotations.0.id"));
    assert_string_equal(json_text_at(&arena, made, "schedule.config.rotations.0.layers.0.name"),
                        "Layer 1");
    assert_string_equal(json_text_at(&arena, done(200, "GET", path, NULL), "schedule.config"),
                        json_text_at(&arena, made, "schedule.config"));
    /* Mondays 09:00 in London: 08:00 UTC until the clocks go back, 09:00 UTC from then on. */
    const char *entries =
        done(200, "GET",
             TEXT("/v2/schedule_entries?schedule_id=%s&entry_window_start=2026-10-19T00:00:00Z&"
                  "entry_window_end=2026-10-27T00:00:00Z",
                  id),
             NULL);
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.final.0.start_at"),
                        "2026-10-19T08:00:00Z");
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.final.0.user.id"), "U3");
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.final.1.start_at"),
                        "2026-10-26T09:00:00Z");
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.final.1.user"), "");

    /* What was read may be sent back; a second version of the rotation begins later. */
    const char *rotation = json_text_at(&arena, made, "schedule.config.rotations.0");
    const char *later =
        TEXT("{\"id\":\"%s\",\"name\":\"Main\",\"effective_from\":"
             "\"2026-10-26T00:00:00Z\",\"handover_start_at\":"
             "\"2026-10-26T00:00:00Z\",\"users\":[{\"id\":\"U2\"}],\"layers\":%s}",
             json_text_at(&arena, rotation, "id"), json_text_at(&arena, rotation, "layers"));
    const char *before = got(path, "schedule.updated_at");
    done(200, "PUT", path,
         TEXT("{\"schedule\":{\"name\":\"Renamed\",\"config\":{\"rotations\":[%s,%s]}}}", rotation,
              later));
    assert_string_equal(got(path, "schedule.name"), "Renamed");
    assert_string_equal(got(path, "schedule.timezone"), "Europe/London");
    assert_string_not_equal(got(path, "schedule.updated_at"), before);
    entries = done(200, "GET",
                   TEXT("/v2/schedule_entries?schedule_id=%s&entry_window_start=2026-10-26T12:00:"
                        "00Z&entry_window_end=2026-10-26T13:00:00Z",
                        id),
                   NULL);
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.final.0.user.id"), "U2");
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.final.0.start_at"),
                        "2026-10-26T00:00:00Z");

    struct http_answer gone = hub_ask(&hub, &arena, hub.keys[EDITOR], "DELETE", path, NULL);
    assert_int_equal(gone.status, 202);
    assert_string_equal(http_header(&gone, "Content-Type", &arena), ""); /* there is no body */
    done(404, "GET", path, NULL);
    done(404, "DELETE", path, NULL);
    done(404, "PUT", path, "{\"schedule\":{\"name\":\"x\"}}");
}

static void
a_schedule_that_makes_no_sense_is_refused_with_the_place(void **state)
{
    (void)state;
#define AT "schedule.config.rotations.0."
#define WITH(rotation)                                                                             \
    "{\"schedule\":{\"name\":\"n\",\"timezone\":\"UTC\",\"config\":{\"rotations\":[{" rotation     \
    "}]}}}"
#define USERS "\"users\":[{\"id\":\"U1\"}],\"handover_start_at\":\"2026-09-07T09:00:00Z\""
    static const struct {
        const char *body, *field;
    } cases[] = {
        {"{}", "schedule"},
        {"{\"schedule\":{}}", "schedule.name"},
        {"{\"schedule\":{\"name\":\"n\"}}", "schedule.timezone"},
        {"{\"schedule\":{\"name\":\"n\",\"timezone\":\"Mars/Olympus\"}}", "schedule.timezone"},
        {"{\"schedule\":{\"name\":\"n\",\"timezone\":\"UTC\",\"annotations\":{\"a\":1}}}",
         "schedule.annotations"},
        {"{\"schedule\":{\"name\":\"n\",\"timezone\":\"UTC\",\"annotations\":{\"a\":{}}}}",
         "schedule.annotations"},
        {"{\"schedule\":{\"name\":\"n\",\"timezone\":\"UTC\",\"team_ids\":[1]}}",
         "schedule.team_ids.0"},
        {"{\"schedule\":{\"name\":\"n\",\"timezone\":\"UTC\",\"colour\":1}}", "schedule.colour"},
        {WITH("\"users\":[]"), AT "name"},
        {WITH("\"name\":\"r\",\"users\":[{\"id\":\"GONE\"}]"), AT "users.0"},
        {WITH("\"name\":\"r\",\"users\":[{}]"), AT "users.0"},
        {WITH("\"name\":\"r\",\"users\":[{\"id\":\"U1\"}]"), AT "handover_start_at"},
        {WITH("\"name\":\"r\",\"scheduling_mode\":\"random\""), AT "scheduling_mode"},
        {WITH("\"name\":\"r\"," USERS ",\"handovers\":[{\"interval\":0,\"interval_type\":"
              "\"daily\"}]"),
         AT "handovers.0.interval"},
        {WITH("\"name\":\"r\"," USERS ",\"handovers\":[{\"interval\":1,\"interval_type\":"
              "\"yearly\"}]"),
         AT "handovers.0.interval_type"},
        {WITH("\"name\":\"r\"," USERS ",\"handovers\":[{\"interval\":1}]"),
         AT "handovers.0.interval_type"},
        {WITH("\"name\":\"r\"," USERS ",\"working_intervals\":[{\"weekday\":\"monday\","
              "\"start_time\":\"22:00\",\"end_time\":\"06:00\"}]"),
         AT "working_intervals.0.end_time"},
        {WITH("\"name\":\"r\"," USERS ",\"layers\":[{\"id\":\"a\"},{\"id\":\"a\"}]"),
         AT "layers.1.id"},
        {WITH("\"id\":\"a\",\"name\":\"r\"},{\"id\":\"a\",\"name\":\"r\""),
         "schedule.config.rotations.1.effective_from"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused(422, cases[i].field, "POST", "/v2/schedules", cases[i].body);
}

static void
a_preview_says_who_would_be_on_call_and_keeps_nothing(void **state)
{
    (void)state;
    const char *before = done(200, "GET", "/v2/schedules/S1", NULL);
    const char *entries =
        done_by(VIEWER, 200, "POST", "/v2/schedules/S1/actions/preview_entries",
                TEXT("{\"entry_window_start\":\"2026-09-07T00:00:00Z\",\"entry_window_end\":"
                     "\"2026-09-21T00:00:00Z\",%s",
                     &SCHEDULE_OF(ROTATION_OF("{\"id\":\"U3\"},{\"id\":\"U1\"}"))[1]));
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.final.0.user.id"), "U3");
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.final.0.start_at"),
                        "2026-09-07T08:00:00Z");
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.scheduled.1.user.id"),
                        "U1");
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.overrides"), "[]");
    assert_string_equal(
        json_text_at(&arena, done(200, "GET", "/v2/schedules/S1", NULL), "schedule.config"),
        json_text_at(&arena, before, "schedule.config"));
    /* Without a configuration it is the one there is, with its overrides. */
    entries = done(200, "POST", "/v2/schedules/S1/actions/preview_entries",
                   "{\"entry_window_start\":\"2026-08-03T10:00:00Z\",\"entry_window_end\":"
                   "\"2026-08-03T11:00:00Z\",\"schedule\":{}}");
    assert_string_equal(json_text_at(&arena, entries, "schedule_entries.overrides.0.entry_id"),
                        "OV1");
    refused(422, "entry_window_end", "POST", "/v2/schedules/S1/actions/preview_entries",
            "{\"entry_window_start\":\"2026-08-03T10:00:00Z\",\"entry_window_end\":"
            "\"2026-12-03T11:00:00Z\",\"schedule\":{}}");
    done(404, "POST", "/v2/schedules/NONE/actions/preview_entries", "{\"schedule\":{}}");
}

static void
what_a_file_declares_is_read_only_but_takes_overrides(void **state)
{
    (void)state;
    done(403, "PUT", "/v2/schedules/S2", "{\"schedule\":{\"name\":\"x\"}}");
    const char *body = done(403, "DELETE", "/v2/schedules/S2", NULL);
    assert_non_null(strstr(json_text_at(&arena, body, "errors.0.message"), "hub.conf:12"));
    assert_string_equal(got("/v2/schedules/S2", "schedule.name"), "Declared");
    done_by(SWAPPER, 201, "POST", "/v2/schedule_overrides",
            "{\"schedule_id\":\"S2\",\"rotation_id\":\"R\",\"layer_id\":\"L\",\"start_at\":"
            "\"2026-09-01T00:00:00Z\",\"end_at\":\"2026-09-02T00:00:00Z\",\"user\":{\"id\":"
            "\"U2\"}}");
}

static void
a_schedule_that_somebody_is_paged_by_is_not_deleted(void **state)
{
    (void)state;
    struct http_answer answer =
        hub_ask(&hub, &arena, hub.keys[EDITOR], "DELETE", "/v2/schedules/S1", NULL);
    assert_int_equal(answer.status, 422);
    assert_non_null(
        strstr(json_text_at(&arena, answer.body, "errors.0.message"), "escalation path 'Data'"));
}

static void
scopes_are_asked_for(void **state)
{
    (void)state;
    static const struct {
        size_t key;
        const char *method, *path;
    } cases[] = {
        {VIEWER, "POST", "/v2/schedules"},
        {VIEWER, "PUT", "/v2/schedules/S1"},
        {VIEWER, "DELETE", "/v2/schedules/S1"},
        {VIEWER, "POST", "/v2/schedule_overrides"},
        {VIEWER, "PUT", "/v2/schedule_overrides/OV1"},
        {VIEWER, "DELETE", "/v2/schedule_overrides/OV1"},
        {VIEWER, "POST", "/v2/schedule_sync_targets"},
        {VIEWER, "DELETE", "/v2/schedule_sync_targets/STG"},
        {VIEWER, "POST", "/v2/schedules/S1/sync_rules"},
        {VIEWER, "PUT", "/v2/schedules/S1/sync_rules/RULE"},
        {SWAPPER, "POST", "/v2/schedules"},
        {SWAPPER, "DELETE", "/v2/schedule_sync_targets/STG"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        done_by(cases[i].key, 403, cases[i].method, cases[i].path, "{}");
}

/* ---- overrides ---- */

static const char *
override_of(const char *user, const char *from, const char *to)
{
    return TEXT("{\"schedule_id\":\"S1\",\"rotation_id\":\"ROT\",\"layer_id\":\"L1\",\"start_at\":"
                "\"%s\",\"end_at\":\"%s\",\"user\":{\"id\":\"%s\"}}",
                from, to, user);
}

static const char *
override_put(const char *user, const char *from, const char *to)
{
    return TEXT(
        "{\"rotation_id\":\"ROT\",\"layer_id\":\"L1\",\"start_at\":\"%s\",\"end_at\":\"%s\","
        "\"user\":{\"id\":\"%s\"}}",
        from, to, user);
}

/* "U2 10-11, U1 12-14": the overrides that touch a day, by its hours. */
static const char *
overrides_on(const char *day)
{
    const char *entries =
        done(200, "GET",
             TEXT("/v2/schedule_entries?schedule_id=S1&entry_window_start=%sT00:00:00Z&entry_"
                  "window_end=%sT23:59:00Z",
                  day, day),
             NULL);
    const char *told = "";
    for (int i = 0;; i++) {
        const char *at = TEXT("schedule_entries.overrides.%d", i),
                   *entry = json_text_at(&arena, entries, at);
        if (!*entry)
            return told;
        told = TEXT("%s%s%s %.2s-%.2s", told, i ? ", " : "", json_text_at(&arena, entry, "user.id"),
                    json_text_at(&arena, entry, "start_at") + 11,
                    json_text_at(&arena, entry, "end_at") + 11);
    }
}

static void
an_override_is_made_moved_and_deleted(void **state)
{
    (void)state;
    const char *made = done_by(SWAPPER, 201, "POST", "/v2/schedule_overrides",
                               override_of("U3", "2026-09-10T10:00:00Z", "2026-09-10T14:00:00Z"));
    const char *id = json_text_at(&arena, made, "override.id"),
               *path = TEXT("/v2/schedule_overrides/%s", id);
    assert_string_equal(json_text_at(&arena, made, "override.user.id"), "U3");
    assert_string_equal(overrides_on("2026-09-10"), "U3 10-14");
    made =
        done(200, "PUT", path, override_put("U3", "2026-09-10T11:00:00Z", "2026-09-10T12:00:00Z"));
    assert_string_equal(json_text_at(&arena, made, "override.id"), id);
    assert_string_equal(overrides_on("2026-09-10"), "U3 11-12");
    refused(422, "user", "PUT", path,
            override_put("U1", "2026-09-10T11:00:00Z", "2026-09-10T12:00:00Z"));
    done_by(SWAPPER, 204, "DELETE", path, NULL);
    assert_string_equal(overrides_on("2026-09-10"), "");
    done(404, "DELETE", path, NULL);
    done(404, "PUT", path, override_put("U3", "2026-09-10T11:00:00Z", "2026-09-10T12:00:00Z"));
}

static void
an_override_takes_its_window_from_the_others_of_its_layer(void **state)
{
    (void)state;
    const char *day = "2026-09-11";
    const char *made = done(201, "POST", "/v2/schedule_overrides",
                            override_of("U3", "2026-09-11T08:00:00Z", "2026-09-11T18:00:00Z"));
    done(201, "POST", "/v2/schedule_overrides",
         override_of("U2", "2026-09-11T10:00:00Z", "2026-09-11T12:00:00Z"));
    assert_string_equal(overrides_on(day), "U3 08-10, U2 10-12, U3 12-18");
    done(404, "GET", TEXT("/v2/schedule_overrides/%s", json_text_at(&arena, made, "override.id")),
         NULL);
    made = done(201, "POST", "/v2/schedule_overrides",
                override_of("U1", "2026-09-11T20:00:00Z", "2026-09-11T21:00:00Z"));
    const char *path = TEXT("/v2/schedule_overrides/%s", json_text_at(&arena, made, "override.id"));
    /* What is expected of the one that is moved is not expected of those it takes from. */
    struct http_answer read = hub_ask(&hub, &arena, hub.keys[EDITOR], "GET", path, NULL);
    const char *const headers[] = {TEXT("Authorization: Bearer %s", hub.keys[EDITOR]),
                                   TEXT("If-Match: %s", http_header(&read, "ETag", &arena)), NULL};
    const char *wider = override_put("U1", "2026-09-11T11:00:00Z", "2026-09-11T21:00:00Z");
    assert_int_equal(http_send(hub.client, "PUT", path, headers, wider, &arena).status, 200);
    assert_string_equal(overrides_on(day), "U3 08-10, U2 10-11, U1 11-21");
    assert_int_equal(http_send(hub.client, "PUT", path, headers, wider, &arena).status, 412);
}

static void
overrides_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    const char *good = override_of("U3", "2026-09-12T10:00:00Z", "2026-09-12T14:00:00Z");
    refused(422, "end_at", "POST", "/v2/schedule_overrides",
            override_of("U3", "2026-09-12T10:00:00Z", "2026-09-12T10:00:00Z"));
    refused(422, "end_at", "POST", "/v2/schedule_overrides",
            override_of("U3", "2026-09-12T10:00:00Z", "2028-09-12T10:00:00Z"));
    refused(422, "start_at", "POST", "/v2/schedule_overrides",
            override_of("U3", "tomorrow", "2026-09-12T10:00:00Z"));
    refused(422, "user", "POST", "/v2/schedule_overrides",
            override_of("GONE", "2026-09-12T10:00:00Z", "2026-09-12T14:00:00Z"));
    static const char *const members[] = {"schedule_id", "rotation_id", "layer_id"};
    for (size_t i = 0; i < 3; i++) {
        const char *at = strstr(good, members[i]) + strlen(members[i]) + 3;
        const char *body = TEXT("%.*sNONE%s", (int)(at - good), good, strchr(at, '"'));
        refused(422, members[i], "POST", "/v2/schedule_overrides", body);
    }
    assert_string_equal(overrides_on("2026-09-12"), "");
}

/* ---- groups ---- */

static void
a_target_is_fed_by_the_rules_of_schedules(void **state)
{
    (void)state;
    const char *id = json_text_at(&arena, new_schedule(), "schedule.id");
    const char *made = done(201, "POST", "/v2/schedule_sync_targets",
                            "{\"schedule_sync_target\":{\"slack_user_group_id\":\"S0DATA\","
                            "\"add_bot_to_group\":false,\"annotations\":{}}}");
    const char *target = json_text_at(&arena, made, "schedule_sync_target.id");
    const char *target_path = TEXT("/v2/schedule_sync_targets/%s", target);
    assert_string_equal(json_text_at(&arena, made, "schedule_sync_target.linked_schedules"), "[]");
    refused(422, "schedule_sync_target.slack_user_group_id", "POST", "/v2/schedule_sync_targets",
            "{\"schedule_sync_target\":{\"slack_user_group_id\":\"S0DATA\",\"add_bot_to_group\":"
            "false}}");
    refused(422, "schedule_sync_target.new_slack_user_group", "POST", "/v2/schedule_sync_targets",
            "{\"schedule_sync_target\":{\"new_slack_user_group\":{\"name\":\"n\",\"handle\":\"h\","
            "\"description\":\"d\"},\"add_bot_to_group\":false}}");
    refused(422, "schedule_sync_target.slack_user_group_id", "POST", "/v2/schedule_sync_targets",
            "{\"schedule_sync_target\":{\"add_bot_to_group\":false}}");
    refused(422, "schedule_sync_target.add_bot_to_group", "POST", "/v2/schedule_sync_targets",
            "{\"schedule_sync_target\":{\"slack_user_group_id\":\"S1\"}}");

    const char *rules = TEXT("/v2/schedules/%s/sync_rules", id);
    const char *rule = TEXT("{\"schedule_sync_rule\":{\"schedule_sync_target_id\":\"%s\","
                            "\"sync_type\":\"on_call\",\"permanent_member_user_ids\":[\"U1\"]}}",
                            target);
    made = done(201, "POST", rules, rule);
    const char *rule_id = json_text_at(&arena, made, "schedule_sync_rule.id");
    const char *rule_path = TEXT("%s/%s", rules, rule_id);
    assert_string_equal(
        json_text_at(&arena, made, "schedule_sync_rule.schedule_sync_target.linked_schedules.0.id"),
        id);
    assert_string_equal(got(target_path, "schedule_sync_target.linked_schedules.0.name"),
                        "Data Responder");
    assert_string_equal(got(target_path, "schedule_sync_target.linked_schedules.0.team_ids"),
                        "[\"T1\"]");
    refused(422, "schedule_sync_rule.schedule_sync_target_id", "POST", rules, rule);
    refused(422, "schedule_sync_rule.sync_type", "POST", rules,
            TEXT("{\"schedule_sync_rule\":{\"schedule_sync_target_id\":\"%s\",\"sync_type\":"
                 "\"some\"}}",
                 target));
    refused(422, "rotation_id", "POST", rules,
            TEXT("{\"schedule_sync_rule\":{\"schedule_sync_target_id\":\"%s\",\"sync_type\":"
                 "\"on_call\",\"rotation_id\":\"NONE\"}}",
                 target));

    /* Another schedule's rule for the same group: the way it is fed is one. */
    made = done(201, "POST", "/v2/schedules/S1/sync_rules", rule);
    const char *other =
        TEXT("/v2/schedules/S1/sync_rules/%s", json_text_at(&arena, made, "schedule_sync_rule.id"));
    done(200, "PUT", rule_path, "{\"sync_type\":\"all_users\"}");
    assert_string_equal(got(other, "schedule_sync_rule.sync_type"), "all_users");
    assert_string_equal(got(rule_path, "schedule_sync_rule.permanent_member_user_ids"), "[\"U1\"]");
    refused(422, "permanent_member_user_ids.0", "PUT", rule_path,
            "{\"sync_type\":\"on_call\",\"permanent_member_user_ids\":[\"GONE\"]}");
    done(404, "PUT", TEXT("/v2/schedules/S1/sync_rules/%s", rule_id),
         "{\"sync_type\":\"on_call\"}");
    done(404, "DELETE", TEXT("/v2/schedules/S1/sync_rules/%s", rule_id), NULL);

    done(200, "PUT", target_path, "{\"add_bot_to_group\":true}");
    assert_string_equal(got(rule_path, "schedule_sync_rule.schedule_sync_target.add_bot_to_group"),
                        "true");
    done(204, "DELETE", other, NULL);
    assert_string_equal(got(target_path, "schedule_sync_target.linked_schedules.1"), "");
    done(202, "DELETE", TEXT("/v2/schedules/%s", id), NULL);
    done(404, "GET", rules, NULL);
    assert_string_equal(got(target_path, "schedule_sync_target.linked_schedules"), "[]");
    done(201, "POST", "/v2/schedules/S1/sync_rules", rule);
    done(204, "DELETE", target_path, NULL);
    done(404, "GET", target_path, NULL);
}

/* ---- the calendar ---- */

static struct http_answer
calendar(const char *parameters)
{
    const char *const headers[] = {"Accept: text/calendar", NULL};
    return http_send(hub.client, "GET", TEXT("/calendars/shifts.ics%s", parameters), headers, NULL,
                     &arena);
}

/* What a strict parser reads of it, as JSON lines. */
static const char *
events_of(const char *text)
{
    char path[] = "/tmp/tocsin-calendar-XXXXXX", line[4096];
    int fd = mkstemp(path);
    size_t len = strlen(text);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), (ssize_t)len);
    close(fd);
    FILE *parser = popen(TEXT("python3 tests/support/ics.py %s", path), "r");
    assert_non_null(parser);
    const char *read = "";
    while (fgets(line, sizeof line, parser))
        read = TEXT("%s%s", read, line);
    assert_int_equal(pclose(parser), 0);
    unlink(path);
    return read;
}

static void
the_rota_is_a_calendar_for_a_key_that_only_reads(void **state)
{
    (void)state;
    const char *made = done(201, "POST", "/v2/schedules",
                            "{\"schedule\":{\"name\":\"Calendar, of ours\",\"timezone\":"
                            "\"Asia/Kolkata\",\"config\":{\"rotations\":[{\"name\":\"Days\","
                            "\"handover_start_at\":\"2020-01-06T00:00:00Z\",\"handovers\":[{"
                            "\"interval\":1,\"interval_type\":\"daily\"}],\"users\":[{\"id\":"
                            "\"U1\"}]}]}}}");
    const char *id = json_text_at(&arena, made, "schedule.id");
    char start[RFC3339_SIZE], end[RFC3339_SIZE];
    int64_t day = (clock_now_ms() / DAY_MS + 2) * DAY_MS;
    time_to_rfc3339(day + 4 * HOUR_MS, start);
    time_to_rfc3339(day + 6 * HOUR_MS, end);
    done(201, "POST", "/v2/schedule_overrides",
         TEXT("{\"schedule_id\":\"%s\",\"rotation_id\":\"%s\",\"layer_id\":\"%s\","
              "\"start_at\":\"%s\",\"end_at\":\"%s\",\"user\":{\"id\":\"U2\"}}",
              id, json_text_at(&arena, made, "schedule.config.rotations.0.id"),
              json_text_at(&arena, made, "schedule.config.rotations.0.layers.0.id"), start, end));

    const char *viewers = TEXT("?token=%s", hub.keys[VIEWER]);
    struct http_answer answer = calendar(TEXT("%s&schedule_id=%s", viewers, id));
    assert_int_equal(answer.status, 200);
    assert_string_equal(http_header(&answer, "Content-Type", &arena),
                        "text/calendar; charset=utf-8");
    const char *events = events_of(answer.body);
    assert_non_null(strstr(events, "\"X-WR-CALNAME\": \"Calendar, of ours\""));
    assert_non_null(strstr(events, "\"X-WR-TIMEZONE\": \"Asia/Kolkata\""));
    assert_non_null(strstr(events, "\"SUMMARY\": \"Ana on call: Calendar, of ours\""));
    const char *covered = strstr(events, "\\nCovers Ana\"");
    assert_non_null(covered);
    assert_non_null(strstr(covered, TEXT("\"DTSTART\": \"%s\"", start)));
    assert_null(strstr(events, "Primary"));
    assert_non_null(strstr(events_of(calendar(viewers).body), "\"X-WR-CALNAME\": \"On call\""));
    events = events_of(calendar(TEXT("%s&schedule_id=%s&user_id=U2", viewers, id)).body);
    assert_null(strstr(events, "Ana on call"));
    assert_non_null(strstr(events, "Ben on call"));
    assert_int_equal(calendar(TEXT("%s&schedule_id=NONE", viewers)).status, 404);

    /* A key in an address is good for this, and only one that changes nothing. */
    assert_int_equal(calendar("").status, 401);
    assert_int_equal(calendar("?token=inc_wrong").status, 401);
    assert_int_equal(calendar(TEXT("?token=%s", hub.keys[SWAPPER])).status, 403);
    assert_int_equal(
        hub_ask(&hub, &arena, hub.keys[EDITOR], "GET", "/calendars/shifts.ics", NULL).status, 200);
    static const char *const others[] = {"/v2/schedules", "/v1/identity", "/v2/alerts"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            http_send(hub.client, "GET", TEXT("%s%s", others[i], viewers), NULL, NULL, &arena)
                .status,
            401);
    assert_int_equal(
        http_send(hub.client, "POST", TEXT("/calendars/shifts.ics%s", viewers), NULL, "", &arena)
            .status,
        405);
}

/* Two layers, an hour each: some 5,700 shifts a schedule. */
static void
a_calendar_of_too_much_is_refused_as_a_whole(void **state)
{
    const char *viewers = TEXT("?token=%s", hub.keys[VIEWER]), *ids[4];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        ids[i] = json_text_at(
            &arena,
            done(201, "POST", "/v2/schedules",
                 "{\"schedule\":{\"name\":\"Hours\",\"timezone\":\"UTC\",\"config\":{\"rotations\":"
                 "[{"
                 "\"name\":\"R\",\"handover_start_at\":\"2020-01-06T00:00:00Z\",\"handovers\":[{"
                 "\"interval\":1,\"interval_type\":\"hourly\"}],\"layers\":[{\"name\":\"1\"},{"
                 "\"name\":\"2\"}],\"users\":[{\"id\":\"U1\"},{\"id\":\"U2\"}]}]}}}"),
            "schedule.id");
    assert_int_equal(calendar(TEXT("%s&schedule_id=%s", viewers, ids[0])).status, 200);
    struct http_answer all = calendar(viewers);
    assert_int_equal(all.status, 422);
    assert_string_equal(json_text_at(&arena, all.body, "errors.0.source.field"), "schedule_id");
    for (size_t i = 0; i < 4; i++)
        done(202, "DELETE", TEXT("/v2/schedules/%s", ids[i]), NULL);
}

/* ---- cover ---- */

/* Requests that changed it, the newest first: "DELETE …, POST …, …". */
static const char *
audit_of(const char *id)
{
    struct store *store;
    struct statement *statement = NULL;
    struct error err;
    bool row = true;
    const char *requests = "";
    if (!store_open(&store, STORE_HUB, database, STORE_READ, NULL, &err) ||
        !store_statement(store, SQL_AUDIT_LIST, &statement, &err))
        fail_msg("%s", err.message);
    bind_text(statement, "object_id", id);
    bind_integer(statement, "rows", -1);
    while (row) {
        assert_true(statement_step(statement, &row, &err));
        if (row)
            requests = TEXT("%s%s\n", requests, row_text_borrowed(statement, 5));
    }
    store_close(store);
    return requests;
}

static void
a_shift_is_asked_for_offered_and_taken(void **state)
{
    (void)state;
    const char *made = done(201, "POST", "/v2/schedules",
                            "{\"schedule\":{\"name\":\"Covered\",\"timezone\":\"UTC\","
                            "\"config\":{\"rotations\":[{\"name\":\"R\",\"handovers\":[],"
                            "\"handover_start_at\":\"2020-01-06T00:00:00Z\",\"users\":[{"
                            "\"id\":\"U1\"}]}]}}}");
    const char *id = json_text_at(&arena, made, "schedule.id");
    char start[RFC3339_SIZE], end[RFC3339_SIZE];
    int64_t day = (clock_now_ms() / DAY_MS + 2) * DAY_MS;
    time_to_rfc3339(day, start);
    time_to_rfc3339(day + 6 * HOUR_MS, end);
    const char *entries = TEXT("/v2/schedule_entries?schedule_id=%s&entry_window_start=%s&"
                               "entry_window_end=%s",
                               id, start, end);
    const char *where =
        TEXT("\"schedule_id\":\"%s\",\"rotation_id\":\"%s\",\"layer_id\":\"%s\","
             "\"start_at\":\"%s\",\"end_at\":\"%s\"",
             id, json_text_at(&arena, made, "schedule.config.rotations.0.id"),
             json_text_at(&arena, made, "schedule.config.rotations.0.layers.0.id"), start, end);
    const char *ask_of_ana = TEXT("{%s,\"user\":{\"id\":\"U1\"},\"asked_user\":{\"email\":"
                                  "\"u2@example.com\"},\"reason\":\"dentist\"}",
                                  where);
    static const char all[] = "/v2/schedule_cover_requests";

    done_by(VIEWER, 403, "POST", all, ask_of_ana);
    refused(422, "user", "POST", all, TEXT("{%s}", where)); /* the key is nobody's */
    refused(409, "start_at", "POST", all, TEXT("{%s,\"user\":{\"id\":\"U3\"}}", where));
    refused(422, "reason", "POST", all,
            TEXT("{%s,\"user\":{\"id\":\"U1\"},\"reason\":\"%01001d\"}", where, 0));
    refused(422, "layer_id", "POST", all,
            TEXT("{%s,\"user\":{\"id\":\"U1\"},\"layer_id\":\"NONE\"}", where));
    made = done_by(SWAPPER, 201, "POST", all, ask_of_ana);
    const char *taken = json_text_at(&arena, made, "schedule_cover_request.id");
    const char *path = TEXT("%s/%s", all, taken);
    assert_string_equal(got(path, "schedule_cover_request.status"), "open");
    assert_string_equal(got(path, "schedule_cover_request.user.name"), "Ana");
    assert_string_equal(got(path, "schedule_cover_request.asked_user.id"), "U2");
    assert_string_equal(got(path, "schedule_cover_request.reason"), "dentist");
    assert_string_equal(got(entries, "schedule_entries.final.0.user.id"), "U1");

    for (int i = 0; i < 2; i++)
        done(200, "POST", TEXT("%s/actions/offer", path), "{\"user\":{\"id\":\"U3\"}}");
    assert_string_equal(got(path, "schedule_cover_request.offers.0.id"), "U3");
    assert_string_equal(got(path, "schedule_cover_request.offers.1"), "");
    assert_string_equal(got(entries, "schedule_entries.final.0.user.id"), "U1");

    const char *take = TEXT("%s/actions/take", path);
    refused(422, "user", "POST", take, "{\"user\":{\"id\":\"U1\"}}");
    made = done_by(SWAPPER, 200, "POST", take, "{\"user\":{\"id\":\"U3\"}}");
    assert_string_equal(json_text_at(&arena, made, "schedule_cover_request.covering_user.id"),
                        "U3");
    const char *override = TEXT("/v2/schedule_overrides/%s",
                                json_text_at(&arena, made, "schedule_cover_request.override_id"));
    assert_string_equal(got(override, "override.user.id"), "U3");
    assert_string_equal(got(entries, "schedule_entries.final.0.user.id"), "U3");
    assert_string_equal(got(entries, "schedule_entries.final.0.end_at"), end);
    refused(409, "", "POST", take, "{\"user\":{\"id\":\"U2\"}}");
    refused(409, "", "DELETE", path, NULL);
    refused(409, "start_at", "POST", all, ask_of_ana); /* it is no longer hers */

    done(204, "DELETE", override, NULL);
    path =
        TEXT("%s/%s", all,
             json_text_at(&arena, done(201, "POST", all, ask_of_ana), "schedule_cover_request.id"));
    done(204, "DELETE", path, NULL);
    assert_string_equal(got(path, "schedule_cover_request.status"), "withdrawn");
    const char *listed = done_by(VIEWER, 200, "GET", TEXT("%s?schedule_id=%s", all, id), NULL);
    assert_true(*json_text_at(&arena, listed, "schedule_cover_requests.1.id"));
    assert_string_equal(json_text_at(&arena, listed, "schedule_cover_requests.2.id"), "");
    assert_string_equal(got(TEXT("%s?status=open", all), "schedule_cover_requests"), "[]");
    done(404, "POST", TEXT("%s/NONE/actions/take", all), "{}");
    assert_string_equal(audit_of(strrchr(path, '/') + 1),
                        TEXT("DELETE %s/{id}\nPOST %s\n", all, all));
    assert_string_equal(
        audit_of(taken),
        TEXT("POST %s/{id}/actions/take\nPOST %s/{id}/actions/offer\nPOST %s/{id}/actions/offer\n"
             "POST %s\n",
             all, all, all, all));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schedule_is_made_read_changed_and_deleted),
        cmocka_unit_test(a_schedule_that_makes_no_sense_is_refused_with_the_place),
        cmocka_unit_test(a_preview_says_who_would_be_on_call_and_keeps_nothing),
        cmocka_unit_test(what_a_file_declares_is_read_only_but_takes_overrides),
        cmocka_unit_test(a_schedule_that_somebody_is_paged_by_is_not_deleted),
        cmocka_unit_test(scopes_are_asked_for),
        cmocka_unit_test(an_override_is_made_moved_and_deleted),
        cmocka_unit_test(an_override_takes_its_window_from_the_others_of_its_layer),
        cmocka_unit_test(overrides_that_make_no_sense_are_refused),
        cmocka_unit_test(a_target_is_fed_by_the_rules_of_schedules),
        cmocka_unit_test(the_rota_is_a_calendar_for_a_key_that_only_reads),
        cmocka_unit_test(a_calendar_of_too_much_is_refused_as_a_whole),
        cmocka_unit_test(a_shift_is_asked_for_offered_and_taken),
    };
    return cmocka_run_group_tests_name("hub_schedule_writes", tests, start, stop);
}
