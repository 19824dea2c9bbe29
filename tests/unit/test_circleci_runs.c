#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/pipeline_run.h"
#include "store/window.h"
#include "tests/support/circleci_server.h"
#include "tests/support/sync_world.h"

/* Runs of the pipeline, as sync reads them from a CircleCI of ours beside a real hub. */

static struct sync_world *world;
static struct circleci_server *server;
static int64_t now_ms;

static int
set_up(void **state)
{
    if (sync_world_open(state))
        return -1;
    world = *state;
    server = circleci_server_open(world->loop);
    world->profile.circleci_url = circleci_server_url(server);
    world->profile.circleci_project = CIRCLECI_SERVER_PROJECT;
    world->circleci_token = CIRCLECI_SERVER_TOKEN;
    now_ms = clock_now_ms();
    return 0;
}

static int
tear_down(void **state)
{
    assert_string_equal(circleci_server_complaint(server), "");
    sync_destroy(world->sync);
    world->sync = NULL;
    circleci_server_close(server);
    return sync_world_close(state);
}

static void
put_run(int64_t number, int64_t age_ms, const char *status)
{
    const char *workflow = arena_printf(&world->arena, "w%lld", (long long)number);
    circleci_server_pipeline(server, number, "created", now_ms - age_ms);
    circleci_server_workflow(server, number, workflow, "hourly", status, now_ms - age_ms);
}

static struct sync_outcome
pass(void)
{
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    return outcome;
}

static struct sync_outcome
good_pass(void)
{
    struct sync_outcome outcome = pass();
    sync_world_assert_complete(&outcome);
    return outcome;
}

static struct header_facts
header(void)
{
    struct header_facts facts = {0};
    struct error err = {0};
    if (!window_runs(world->cache, 24, &world->arena, &facts, &err))
        fail_msg("%s", err.message);
    return facts;
}

/* "ok failed": newest first. */
static void
expect_runs(const char *outcomes)
{
    const struct header_facts facts = header();
    const char *text = "";
    for (size_t i = 0; i < facts.runs_len; i++)
        text = arena_printf(&world->arena, "%s%s%s", text, i ? " " : "", facts.runs[i].outcome);
    assert_string_equal(text, outcomes);
}

static struct freshness
source(void)
{
    struct freshness freshness;
    struct error err = {0};
    bool found;
    if (!freshness_get(world->cache, "circleci", &world->arena, &freshness, &found, &err))
        fail_msg("%s", err.message);
    if (!found)
        freshness = (struct freshness){.error_code = "no such source", .error_message = ""};
    return freshness;
}

static void
each_pipeline_is_a_run_with_its_worst_outcome(void **state)
{
    (void)state;
    circleci_server_pipeline(server, 1, "errored", now_ms - 5 * HOUR_MS);
    put_run(2, 4 * HOUR_MS, "success");
    put_run(3, 3 * HOUR_MS, "canceled");
    put_run(4, 2 * HOUR_MS, "success");
    circleci_server_workflow(server, 4, "docs", "docs", "failed", now_ms);
    put_run(5, HOUR_MS, "running");
    (void)good_pass();
    expect_runs("running failed canceled ok failed");
    const struct pipeline_run *run = &header().runs[1];
    assert_int_equal(run->number, 4);
    assert_non_null(strstr(run->url, "/pipelines/github/acme/dbt/4/workflows/docs"));
    assert_string_equal(run->subject, "Change orders");
    assert_string_equal(source().error_code, "");
}

static void
one_workflow_counts_where_the_profile_names_it(void **state)
{
    (void)state;
    world->profile.circleci_workflow = "hourly";
    put_run(4, HOUR_MS, "success");
    circleci_server_workflow(server, 4, "docs", "docs", "failed", now_ms);
    (void)good_pass();
    expect_runs("ok");
}

static void
what_is_over_is_not_asked_for_again_but_a_failure_by_turns(void **state)
{
    (void)state;
    for (int i = 1; i <= 9; i++)
        put_run(i, (10 - i) * HOUR_MS, i == 8 ? "failed" : "success");
    (void)good_pass();
    assert_int_equal(circleci_server_requests(server, "/workflow"), 9);
    assert_int_equal(circleci_server_requests(server, "/pipeline?"), 5); /* two a page */
    (void)good_pass();
    assert_int_equal(circleci_server_requests(server, "/workflow"), 10);
    assert_int_equal(circleci_server_requests(server, "/pipeline?"), 6);
    /* It was run again. */
    circleci_server_workflow(server, 8, "again", "hourly", "success", now_ms);
    put_run(10, 0, "running");
    (void)good_pass();
    expect_runs("running ok ok ok ok ok ok ok ok ok");
    circleci_server_workflow(server, 10, "w10", "hourly", "success", now_ms);
    (void)good_pass();
    expect_runs("ok ok ok ok ok ok ok ok ok ok");
}

static void
runs_since_an_incident_began_are_on_its_timeline(void **state)
{
    struct timeline_window window;
    struct window_request request = {.rows = 100};
    struct error err = {0};
    size_t runs = 0, failed = 0;
    (void)state;
    put_run(1, 4000 * DAY_MS, "failed"); /* before it */
    put_run(2, HOUR_MS, "failed");
    put_run(3, 0, "success");
    (void)good_pass();
    if (!window_timeline(world->cache, "I2", &request, &world->arena, &window, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < window.events_len; i++) {
        runs += text_equals(window.events[i].kind, "run");
        failed += text_equals(window.events[i].kind, "failed");
        if (text_equals(window.events[i].kind, "failed"))
            assert_string_equal(window.events[i].text, "run 2 failed: Change orders");
    }
    assert_int_equal(runs, 1);
    assert_int_equal(failed, 1);

    struct detail detail = {0};
    if (!detail_read(world->cache, "run/p2", &detail, &err))
        fail_msg("%s", err.message);
    assert_string_equal(detail.title, "Run 2 of main failed");
    arena_finish(&detail.arena);

    request.brief = true; /* the first frame has no time for them */
    if (!window_timeline(world->cache, "I2", &request, &world->arena, &window, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < window.events_len; i++)
        assert_string_not_equal(window.events[i].kind, "run");
}

static void
what_fails_is_a_state_of_its_source_and_hinders_no_other(void **state)
{
    static const struct {
        const char *part;
        enum circleci_fault fault;
        const char *code;
    } cases[] = {
        {"/pipeline?", CIRCLECI_FAULT_DROP, "network"},
        {"/pipeline?", CIRCLECI_FAULT_HTML, "protocol"},
        {"/pipeline?", CIRCLECI_FAULT_GARBAGE, "protocol"},
        {"/pipeline?", CIRCLECI_FAULT_REFUSED, "unauthenticated"},
        {"/pipeline?", CIRCLECI_FAULT_ABSENT, "not_found"},
        {"/pipeline?", CIRCLECI_FAULT_REDIRECT, "protocol"},
        {"/pipeline?", CIRCLECI_FAULT_LIMITED, "rate_limited"},
        {"/workflow", CIRCLECI_FAULT_500, "upstream"},
        {"/workflow", CIRCLECI_FAULT_CUT, "network"},
        {"/workflow", CIRCLECI_FAULT_GARBAGE, "protocol"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_run(10 + (int64_t)i, HOUR_MS - (int64_t)i * MINUTE_MS, "success");
        circleci_server_fail(server, cases[i].part, cases[i].fault, 1);
        struct sync_outcome outcome = pass();
        assert_int_equal(outcome.fatal.code, ERROR_NONE);
        assert_int_equal(outcome.failures_len, 1);
        assert_string_equal(outcome.failures[0].resource, "circleci");
        assert_string_equal(source().error_code, cases[i].code);
        (void)good_pass();
        assert_string_equal(source().error_code, "");
        assert_int_equal(header().runs_len, i + 1);
    }
}

static void
a_list_without_end_is_left_after_what_is_wanted(void **state)
{
    (void)state;
    put_run(1, HOUR_MS, "success");
    circleci_server_fail(server, "/pipeline?", CIRCLECI_FAULT_ENDLESS, 1);
    (void)pass();
    assert_true(circleci_server_requests(server, "/pipeline?") <= 30);
    expect_runs("ok");
}

static void
without_a_project_there_are_none(void **state)
{
    (void)state;
    put_run(1, HOUR_MS, "success");
    (void)good_pass();
    expect_runs("ok");
    world->profile.circleci_branch = "release";
    circleci_server_fail(server, "/pipeline?", CIRCLECI_FAULT_DROP, 1);
    (void)pass();
    expect_runs("");
    world->profile.circleci_branch = "main";
    (void)good_pass();
    expect_runs("ok");
    world->profile.circleci_project = "";
    (void)good_pass();
    expect_runs("");
    assert_string_equal(source().error_code, "no such source");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_pipeline_is_a_run_with_its_worst_outcome),
        TEST(one_workflow_counts_where_the_profile_names_it),
        TEST(what_is_over_is_not_asked_for_again_but_a_failure_by_turns),
        TEST(runs_since_an_incident_began_are_on_its_timeline),
        TEST(what_fails_is_a_state_of_its_source_and_hinders_no_other),
        TEST(a_list_without_end_is_left_after_what_is_wanted),
        TEST(without_a_project_there_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
