#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/sync_world.h"

/*
 * One path after the other breaks in every way we could think of. Meanwhile freshness says what is wrong and nothing in
 * the cache is lost; once the fault stops, the cache is equal to upstream again.
 */

struct fault {
    const char *name;
    struct scripted_answer answer;
    enum error_code code; /* ERROR_NONE = the pass succeeds all the same */
};

static const char nested[] =
    "{\"alerts\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}";

static const struct fault faults[] = {
    {"delay", {.how = SCRIPTED_FORWARD, .delay_ms = 20}, ERROR_NONE},
    {"drop", {.how = SCRIPTED_DROP}, ERROR_NETWORK},
    {"close in the middle", {.how = SCRIPTED_FORWARD_CUT}, ERROR_NETWORK},
    {"corrupt", {.how = SCRIPTED_FORWARD_CORRUPT}, ERROR_PROTOCOL},
    {"silence", {.how = SCRIPTED_SILENT}, ERROR_TIMEOUT},
    {"429", {.status = 429, .body = "{\"type\":\"too_many_requests\"}"}, ERROR_RATE_LIMITED},
    {"500",
     {.status = 500, .body = "{\"type\":\"api_error\",\"request_id\":\"r-500\"}"},
     ERROR_UPSTREAM},
    {"502 of a proxy", {.status = 502, .body = "<html>bad gateway</html>"}, ERROR_UPSTREAM},
    {"403", {.status = 403, .body = "{\"type\":\"resource_forbidden\"}"}, ERROR_FORBIDDEN},
    {"HTML", {.body = "<html>please sign in</html>"}, ERROR_PROTOCOL},
    {"no HTTP", {.how = SCRIPTED_GARBAGE}, ERROR_PROTOCOL},
    {"empty", {.body = ""}, ERROR_PROTOCOL},
    {"truncated JSON", {.body = "{\"alerts\":[{\"id\":\"A"}, ERROR_PROTOCOL},
    {"nested JSON", {.body = nested}, ERROR_PROTOCOL},
    {"another shape", {.body = "{\"alerts\":{},\"pagination_meta\":7}"}, ERROR_PROTOCOL},
    {"an array", {.body = "[1,2,3]"}, ERROR_PROTOCOL},
};
enum { FAULTS_LEN = sizeof faults / sizeof *faults };

static int changes;

/* Something to bring over in each case. */
static void
change_upstream(struct sync_world *world)
{
    char at[RFC3339_SIZE];
    time_to_rfc3339(INT64_C(1785542400000) + changes * SECOND_MS, at);
    sync_world_put(
        world, KIND_ALERT,
        arena_printf(
            &world->arena,
            "{\"id\":\"A00\",\"title\":\"change %d\",\"status\":\"%s\",\"deduplication_key\":"
            "\"key 0\",\"alert_source_id\":\"SRC2\",\"attributes\":[],\"created_at\":"
            "\"2026-08-01T00:00:00Z\",\"updated_at\":\"%s\"}",
            changes, changes % 2 ? "firing" : "resolved", at));
    sync_world_put(
        world, KIND_FOLLOW_UP,
        arena_printf(&world->arena,
                     "{\"id\":\"F1\",\"incident_id\":\"I1\",\"title\":\"change %d\",\"status\":"
                     "\"outstanding\",\"labels\":[],\"creator\":{\"user\":{\"id\":\"U1\",\"name\":"
                     "\"Ana\",\"role\":\"unset\"}},\"created_at\":\"2026-08-01T13:00:00Z\","
                     "\"updated_at\":\"%s\"}",
                     changes, at));
    changes++;
}

static void
assert_freshness_says(struct sync_world *world, const char *resource, enum error_code code)
{
    struct arena arena = {0};
    struct freshness freshness;
    struct error err = {0};
    bool found;
    assert_true(freshness_get(world->cache, resource, &arena, &freshness, &found, &err));
    assert_true(found);
    assert_string_equal(freshness.error_code, error_name(code));
    assert_true(*freshness.error_message);
    assert_true(freshness.error_since && freshness.retry_at && freshness.last_complete_at);
    arena_finish(&arena);
}

static void
count_all(struct sync_world *world, int64_t counts[KIND_COUNT])
{
    for (int kind = 0; kind < KIND_COUNT; kind++)
        counts[kind] = sync_world_count(world, (enum kind)kind);
}

static void
break_path(struct sync_world *world, const char *path, const struct fault *fault)
{
    struct sync_outcome outcome;
    int64_t before[KIND_COUNT], after[KIND_COUNT];
    count_all(world, before);
    change_upstream(world);
    world->path = path;
    world->fault = fault->answer;
    world->faults_left = -1;
    world->faults_served = 0;
    world->timeout_ms = fault->answer.how == SCRIPTED_SILENT ? 60 : 0;
    sync_world_pass(world, &outcome);
    world->timeout_ms = 0;
    world->path = "";

    if (!world->faults_served)
        fail_msg("'%s' was never asked for", path);
    if (fault->code == ERROR_NONE) {
        sync_world_assert_complete(&outcome);
        sync_world_assert_equal(world);
        return;
    }
    if (outcome.fatal.code != ERROR_NONE || !outcome.failures_len || outcome.walked == 0)
        fail_msg("'%s', %s: fatal '%s', %zu failures", path, fault->name, outcome.fatal.message,
                 outcome.failures_len);
    if (outcome.failures[0].error.code != fault->code)
        fail_msg("'%s', %s: %s: %s", path, fault->name, error_name(outcome.failures[0].error.code),
                 outcome.failures[0].error.message);
    assert_freshness_says(world, outcome.failures[0].resource, fault->code);
    count_all(world, after);
    assert_memory_equal(before, after, sizeof before);

    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
    sync_world_assert_equal(world);
}

static const char *const main_paths[] = {"/v2/alerts", "/v2/incidents", "/v2/follow_ups",
                                         "/v2/schedule_entries"};
static const char *const other_paths[] = {"/v1/identity",
                                          "/v2/alert_sources",
                                          "/v2/alert_attributes",
                                          "/v3/alert_routes",
                                          "/v3/alert_routes/R1",
                                          "/v2/incident_alerts",
                                          "/v1/alert_notes",
                                          "/v2/incident_updates",
                                          "/v2/incident_timeline_items",
                                          "/v1/incident_statuses",
                                          "/v1/severities",
                                          "/v2/incident_roles",
                                          "/v1/incident_types",
                                          "/v2/incident_timestamps",
                                          "/v1/incident_attachments",
                                          "/v1/incident_relationships",
                                          "/v2/actions",
                                          "/v2/schedules",
                                          "/v2/schedule_overrides",
                                          "/v2/schedule_sync_targets",
                                          "/v2/schedules/S1/sync_rules",
                                          "/v2/escalations",
                                          "/v2/escalation_paths",
                                          "/v2/users",
                                          "/v3/teams",
                                          "/v1/postmortem_documents",
                                          "/v1/maintenance_windows"};

/* `make test-long`: every fault on every path. */
static bool
is_long(void)
{
    return getenv("TEST_LONG") != NULL;
}

static void
fill(struct sync_world *world)
{
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
}

static void
the_main_paths_survive_every_fault(void **state)
{
    struct sync_world *world = *state;
    int stride = is_long() ? 1 : 4;
    fill(world);
    for (int fault = 0; fault < FAULTS_LEN; fault++)
        break_path(world, main_paths[0], &faults[fault]);
    for (int path = 1; path < (int)(sizeof main_paths / sizeof *main_paths); path++)
        for (int fault = path % stride; fault < FAULTS_LEN; fault += stride)
            break_path(world, main_paths[path], &faults[fault]);
}

static void
every_other_path_survives_some_faults_each(void **state)
{
    struct sync_world *world = *state;
    int fault = 1, each = is_long() ? 3 : 1;
    fill(world);
    for (size_t path = 0; path < sizeof other_paths / sizeof *other_paths; path++)
        for (int i = 0; i < each; i++, fault = fault % (FAULTS_LEN - 1) + 1)
            break_path(world, other_paths[path], &faults[fault]);
}

static void
a_fault_that_passes_is_overcome_within_the_pass(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    for (int fault = 0; fault < FAULTS_LEN; fault++) {
        if (!error_is_retryable(faults[fault].code))
            continue;
        change_upstream(world);
        world->timeout_ms = faults[fault].answer.how == SCRIPTED_SILENT ? 1000 : 0;
        world->path = "/v2/alerts";
        world->fault = faults[fault].answer;
        world->faults_left = 2;
        sync_world_pass(world, &outcome);
        sync_world_assert_complete(&outcome);
        sync_world_assert_equal(world);
    }
}

static void
an_endless_answer_is_cut_at_its_bound(void **state)
{
    struct sync_world *world = *state;
    static const struct fault endless = {"endless", {.how = SCRIPTED_ENDLESS}, ERROR_TOO_LARGE};
    fill(world);
    break_path(world, "/v2/escalations", &endless);
}

static void
pages_that_lead_in_a_circle_end(void **state)
{
    struct sync_world *world = *state;
    static const struct fault circle = {
        "circle",
        {.body =
             "{\"escalations\":[{\"id\":\"E1\",\"title\":\"t\",\"description\":\"\",\"status\":"
             "\"triggered\","
             "\"priority\":{\"name\":\"High\"},\"creator\":{},\"events\":[],\"related_alerts\":[],"
             "\"related_incidents\":[],\"created_at\":\"2026-08-01T01:00:00Z\",\"updated_at\":"
             "\"2026-08-01T02:00:00Z\"}],\"pagination_meta\":{\"page_size\":25,\"after\":\"E1\"}}"},
        ERROR_PROTOCOL};
    fill(world);
    break_path(world, "/v2/escalations", &circle);
    assert_in_range(world->served, 1, 40);
}

static void
a_refused_key_stops_everything_and_says_so(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    fill(world);
    memcpy(world->token, "wrong", 6);
    sync_world_pass(world, &outcome);
    assert_int_equal(outcome.fatal.code, ERROR_UNAUTHENTICATED);
    assert_freshness_says(world, "firing_alerts", ERROR_UNAUTHENTICATED);
    assert_freshness_says(world, "follow_up", ERROR_UNAUTHENTICATED);
    assert_int_equal(sync_world_count(world, KIND_ALERT), WORLD_ALERTS);
}

static bool
is_fresh_again(struct sync_world *world)
{
    struct arena arena = {0};
    const struct freshness *all;
    struct error err = {0};
    size_t len, failing = 0;
    assert_true(freshness_all(world->cache, &arena, &all, &len, &err));
    for (size_t i = 0; i < len; i++)
        failing += *all[i].error_code != '\0' || !all[i].last_complete_at;
    arena_finish(&arena);
    return len > 20 && failing == 0;
}

static bool
alerts_are_down(struct sync_world *world)
{
    struct arena arena = {0};
    struct freshness freshness;
    struct error err = {0};
    bool found;
    assert_true(freshness_get(world->cache, "firing_alerts", &arena, &freshness, &found, &err));
    found = found && *freshness.error_code;
    arena_finish(&arena);
    return found;
}

static bool
others_go_on(struct sync_world *world)
{
    return world->served > 5 && alerts_are_down(world);
}

static void
polling_goes_on_around_a_broken_path_and_recovers(void **state)
{
    struct sync_world *world = *state;
    world->profile.interval = 0.002;
    sync_world_poll(world);
    sync_world_run_until(world, is_fresh_again);
    sync_world_assert_equal(world);

    world->path = "/v2/alerts";
    world->fault = (struct scripted_answer){.status = 500, .body = "{}"};
    world->faults_left = -1;
    sync_world_run_until(world, others_go_on);
    world->faults_left = 0;
    sync_world_run_until(world, is_fresh_again);
    sync_world_stop(world);
    sync_world_assert_equal(world);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, sync_world_open, sync_world_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(the_main_paths_survive_every_fault),
        WITH_WORLD(every_other_path_survives_some_faults_each),
        WITH_WORLD(a_fault_that_passes_is_overcome_within_the_pass),
        WITH_WORLD(an_endless_answer_is_cut_at_its_bound),
        WITH_WORLD(pages_that_lead_in_a_circle_end),
        WITH_WORLD(a_refused_key_stops_everything_and_says_so),
        WITH_WORLD(polling_goes_on_around_a_broken_path_and_recovers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
