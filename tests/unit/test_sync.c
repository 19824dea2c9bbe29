#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/clock.h"
#include "hub/hub.h"
#include "store/cover.h"
#include "tests/support/sync_world.h"

/* A real hub, a server in between that can break things, and a real sync, in one loop. */

static void
one_pass_makes_the_cache_equal_to_upstream(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
    sync_world_assert_equal(world);
    assert_int_equal(outcome.counts[KIND_ALERT].inserted, WORLD_ALERTS);
    assert_int_equal(outcome.counts[KIND_INCIDENT].inserted, WORLD_INCIDENTS - 2);
}

static void
a_second_pass_changes_nothing_and_writes_no_row(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct keep_counts *count = &outcome.counts[kind];
        if (count->inserted || count->changed || count->deleted)
            fail_msg("%s: %lld new, %lld changed, %lld deleted", kind_info((enum kind)kind)->list,
                     (long long)count->inserted, (long long)count->changed,
                     (long long)count->deleted);
    }
}

static bool
is_equal(struct sync_world *world)
{
    return !sync_world_difference(world);
}

static void
put_alert(struct sync_world *world, const char *id, const char *title, const char *status,
          int64_t updated_at)
{
    char at[RFC3339_SIZE];
    sync_world_put(
        world, KIND_ALERT,
        arena_printf(&world->arena,
                     "{\"id\":\"%s\",\"title\":\"%s\",\"status\":\"%s\",\"deduplication_key\":"
                     "\"k\",\"alert_source_id\":\"SRC1\",\"attributes\":[],\"created_at\":"
                     "\"%s\",\"updated_at\":\"%s\"}",
                     id, title, status, "2026-08-01T00:00:00Z", time_to_rfc3339(updated_at, at)));
}

static void
what_upstream_deleted_is_deleted_here(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    sync_world_delete(world, KIND_ALERT, "A10");
    sync_world_delete(world, KIND_FOLLOW_UP, "F2");
    sync_world_delete(world, KIND_ALERT_NOTE, "N1");
    sync_world_delete(world, KIND_INCIDENT_ATTACHMENT, "AT1");
    sync_world_delete(world, KIND_ALERT_ROUTE, "R1");
    sync_world_delete(world, KIND_SCHEDULE_SYNC_RULE, "RULE");
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
    sync_world_assert_equal(world);
    assert_int_equal(outcome.counts[KIND_ALERT].deleted, 1);
    assert_int_equal(outcome.counts[KIND_FOLLOW_UP].deleted, 1);
    assert_int_equal(outcome.counts[KIND_ALERT_NOTE].deleted, 1);
    assert_int_equal(outcome.counts[KIND_ALERT_ROUTE].deleted, 1);
}

static void
polling_brings_what_is_new_changed_and_over(void **state)
{
    struct sync_world *world = *state;
    world->profile.interval = 0.003;
    sync_world_poll(world);
    sync_world_run_until(world, is_equal);
    put_alert(world, "A00", "renamed", "firing", clock_now_ms());
    put_alert(world, "A02", "over", "resolved", clock_now_ms());
    put_alert(world, "A99", "new", "firing", clock_now_ms());
    sync_world_delete(world, KIND_ALERT, "A04"); /* was firing: asked for by id, and gone */
    sync_world_delete(world, KIND_FOLLOW_UP, "F1");
    sync_world_run_until(world, is_equal);
    sync_world_stop(world);
}

static void
without_the_newer_filter_alerts_are_kept_by_the_firing_set(void **state)
{
    struct sync_world *world = *state;
    world->profile.interval = 0.003;
    world->path = "/v2/alerts";
    world->with = "updated_at";
    world->faults_left = -1;
    world->fault =
        (struct scripted_answer){.status = 422, .body = "{\"type\":\"validation_error\"}"};
    sync_world_poll(world);
    sync_world_run_until(world, is_equal);
    put_alert(world, "A02", "over", "resolved", clock_now_ms());
    sync_world_run_until(world, is_equal);
    assert_int_equal(world->faults_served, 1); /* asked once, then remembered */
    sync_world_stop(world);
}

static bool
settled(struct sync_world *world)
{
    struct arena arena = {0};
    const struct freshness *all;
    struct error err = {0};
    size_t len, waiting = 0;
    assert_true(freshness_all(world->cache, &arena, &all, &len, &err));
    for (size_t i = 0; i < len; i++)
        waiting += !all[i].last_complete_at;
    arena_finish(&arena);
    return len > 30 && !waiting && is_equal(world);
}

static void
a_quiet_poll_writes_nothing(void **state)
{
    struct sync_world *world = *state;
    int64_t before, after;
    world->profile.interval = 0.002;
    sync_world_poll(world);
    sync_world_run_until(world, settled);
    sync_world_run_for(world, 300);
    before = store_total_changes(world->cache);
    int requests = scripted_server_requests(world->server);
    assert_true(beat_get(world->cache, "firing_alerts.complete", &after));
    int64_t beat = after;
    sync_world_run_for(world, 600);
    assert_int_equal(store_total_changes(world->cache), before);
    assert_true(beat_get(world->cache, "firing_alerts.complete", &after));
    assert_true(after > beat);
    assert_true(scripted_server_requests(world->server) > requests + 10);
    sync_world_stop(world);
}

static void
a_server_without_timeline_items_is_no_failure(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    world->path = "/v2/incident_timeline_items";
    world->faults_left = -1;
    world->fault = (struct scripted_answer){.status = 404, .body = "{\"type\":\"not_found\"}"};
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
    assert_int_equal(world->faults_served, 4); /* those under way when the first answer came */
}

static void
a_refused_rate_waits_as_told(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    world->path = "/v2/follow_ups";
    world->faults_left = 1;
    world->fault =
        (struct scripted_answer){.status = 429, .headers = "Retry-After: 1\r\n", .body = "{}"};
    int64_t from = clock_monotonic_ms();
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
    assert_in_range(clock_monotonic_ms() - from, 1000, 30000);
}

static void
incidents_are_rated_anew_when_severities_change(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    struct error err = {0};
    struct incident incident;
    bool found;
    sync_world_delete(world, KIND_SEVERITY, "SEV2");
    sync_world_delete(world, KIND_SEVERITY, "SEV3");
    sync_world_put(
        world, KIND_SEVERITY,
        "{\"id\":\"SEV1\",\"name\":\"Only\",\"rank\":1,\"description\":\"\",\"created_at\":"
        "\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\"}");
    sync_world_pass(world, &outcome);
    assert_true(
        cache_get(world->cache, KIND_INCIDENT, "I1", &world->arena, &incident, &found, &err));
    assert_int_equal(incident.severity_digit, 1);
    sync_world_put(
        world, KIND_SEVERITY,
        "{\"id\":\"SEV9\",\"name\":\"Worst\",\"rank\":99,\"description\":\"\",\"created_at\":"
        "\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\"}");
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
    assert_true(
        cache_get(world->cache, KIND_INCIDENT, "I1", &world->arena, &incident, &found, &err));
    assert_int_equal(incident.severity_digit, 2);
}

static bool
history_is_on_its_second_page(struct sync_world *world)
{
    return world->faults_served > 0;
}

static struct freshness
freshness_of(struct sync_world *world, const char *resource)
{
    struct freshness freshness;
    struct error err = {0};
    bool found;
    assert_true(freshness_get(world->cache, resource, &world->arena, &freshness, &found, &err));
    assert_true(found);
    return freshness;
}

/* Polls until the alerts' history waits for its second page, which does not come; then dies. */
static void
die_within_history(struct sync_world *world)
{
    world->timeout_ms = 60000;
    world->path = "/v2/alerts";
    world->with = "&after=";
    world->faults_left = -1;
    world->fault = (struct scripted_answer){.how = SCRIPTED_SILENT};
    sync_world_poll(world);
    sync_world_run_until(world, history_is_on_its_second_page);
    sync_world_run_for(world, 400); /* what comes in bulk is committed within 200 ms */
    sync_world_kill(world);
    const struct freshness freshness = freshness_of(world, "alert");
    assert_true(*freshness.cursor && freshness.history_until);
    assert_int_equal(freshness.last_complete_at, 0);
    world->path = "";
}

static bool
history_is_walked(struct sync_world *world)
{
    return freshness_of(world, "alert").last_complete_at && is_equal(world);
}

static void
a_killed_walk_through_history_goes_on_where_it_stood(void **state)
{
    struct sync_world *world = *state;
    die_within_history(world);
    const char *cursor = strchr(freshness_of(world, "alert").cursor, ' ') + 1;
    assert_non_null(strstr(world->last_target, cursor));
    world->path = "/v2/alerts";
    world->with = arena_printf(&world->arena, "&after=%s", cursor);
    world->faults_left = world->served = 0;
    sync_world_poll(world);
    sync_world_run_until(world, history_is_walked);
    assert_int_equal(world->served,
                     1); /* not reached by paging, for the page before was not asked for */
    assert_string_equal(freshness_of(world, "alert").cursor, "");
    sync_world_stop(world);
}

static void
a_cursor_that_the_server_no_longer_takes_is_given_up(void **state)
{
    struct sync_world *world = *state;
    die_within_history(world);
    world->path = "/v2/alerts";
    world->with = "&after=";
    world->fault =
        (struct scripted_answer){.status = 422, .body = "{\"type\":\"validation_error\"}"};
    world->faults_left = 1;
    world->faults_served = 0;
    sync_world_poll(world);
    sync_world_run_until(world, history_is_walked);
    assert_int_equal(world->faults_served, 1);
    sync_world_stop(world);
}

/* Former states of the alert A00. */
static int64_t
versions(struct sync_world *world)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    const char *path = arena_printf(&world->arena, "%s/cache.db", world->directory);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "select count(*) from version where id = 'A00'", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return count;
}

static void
what_is_older_than_the_profile_keeps_is_forgotten(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    put_alert(world, "A00", "renamed", "firing", clock_now_ms());
    put_alert(world, "A01", "renamed", "resolved", clock_now_ms());
    sync_world_pass(world, &outcome);
    sync_world_assert_equal(world);
    const int64_t shifts = sync_world_count(world, KIND_SCHEDULE_ENTRY);
    assert_int_equal(versions(world), 1);
    assert_true(shifts > 0);

    world->profile.history_ms = DAY_MS;
    world->profile.versions_ms = 0;
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
    assert_true(sync_world_count(world, KIND_ALERT) < WORLD_ALERTS);
    assert_in_range(sync_world_count(world, KIND_ALERT), 25, 35); /* those that fire, however old */
    assert_true(sync_world_count(world, KIND_SCHEDULE_ENTRY) < shifts);
    assert_int_equal(sync_world_count(world, KIND_INCIDENT), WORLD_INCIDENTS - 2);
    assert_int_equal(versions(world), 0);
    sync_world_pass(world, &outcome);
    assert_int_equal(outcome.counts[KIND_ALERT].inserted, 0); /* what was forgotten stays away */
}

static enum cover_support
support_of(struct sync_world *world)
{
    enum cover_support support;
    struct error err;
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome); /* whoever has no such list lacks nothing */
    if (!cover_support(world->cache, &support, &err))
        fail_msg("%s", err.message);
    return support;
}

static void
a_server_without_requests_for_cover_is_known_as_such(void **state)
{
    struct sync_world *world = *state;
    assert_int_equal(support_of(world), COVER_OFFERED);
    world->path = COVER_TARGET;
    world->faults_left = -1;
    world->fault = (struct scripted_answer){.status = 404, .body = "{\"type\":\"not_found\"}"};
    assert_int_equal(support_of(world), COVER_MISSING);
    world->faults_left = 0;
    assert_int_equal(support_of(world), COVER_OFFERED);
    world->faults_left = -1;
    world->fault = (struct scripted_answer){.body = "{\"schedule_cover_requests\":\"none\"}"};
    assert_int_equal(support_of(world), COVER_MISSING);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, sync_world_open, sync_world_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(one_pass_makes_the_cache_equal_to_upstream),
        WITH_WORLD(a_second_pass_changes_nothing_and_writes_no_row),
        WITH_WORLD(what_upstream_deleted_is_deleted_here),
        WITH_WORLD(polling_brings_what_is_new_changed_and_over),
        WITH_WORLD(without_the_newer_filter_alerts_are_kept_by_the_firing_set),
        WITH_WORLD(a_quiet_poll_writes_nothing),
        WITH_WORLD(a_server_without_timeline_items_is_no_failure),
        WITH_WORLD(a_refused_rate_waits_as_told),
        WITH_WORLD(a_killed_walk_through_history_goes_on_where_it_stood),
        WITH_WORLD(a_cursor_that_the_server_no_longer_takes_is_given_up),
        WITH_WORLD(a_server_without_requests_for_cover_is_known_as_such),
        WITH_WORLD(what_is_older_than_the_profile_keeps_is_forgotten),
        WITH_WORLD(incidents_are_rated_anew_when_severities_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
