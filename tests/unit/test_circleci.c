/* What CircleCI answers, as we read it, and the addresses that come of it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "remote/circleci.h"

static struct arena arena;

static int
tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

/* ---- lists ---- */

static void
pipelines_are_read_with_their_commit(void **state)
{
    struct circleci_pipeline *pipelines;
    const char *next;
    size_t len;
    struct error err;
    (void)state;
    assert_true(circleci_read_pipelines(
        slice_of("{\"items\":[{\"id\":\"5034460f-c7c4-4c43-9457-de07e2029e7b\",\"number\":25,"
                 "\"state\":\"created\",\"created_at\":\"2026-03-04T05:06:07Z\",\"errors\":[],"
                 "\"trigger\":{\"type\":\"schedule\",\"actor\":{\"login\":\"ana\"}},"
                 "\"vcs\":{\"revision\":\"f454a02b\",\"branch\":\"main\","
                 "\"commit\":{\"subject\":\"Fix \\u001b[31morders\"},"
                 "\"origin_repository_url\":\"https://github.com/acme/dbt.git\"}},"
                 "{\"id\":\"../me\",\"number\":26,\"created_at\":\"2026-03-04T06:06:07Z\"}],"
                 "\"next_page_token\":\"a b\"}"),
        &arena, &pipelines, &len, &next, &err));
    assert_int_equal(len, 1); /* an id that is none would lead elsewhere */
    assert_int_equal(pipelines[0].number, 25);
    assert_string_equal(pipelines[0].revision, "f454a02b");
    assert_string_equal(pipelines[0].subject, "Fix orders");
    assert_string_equal(pipelines[0].actor, "ana");
    assert_string_equal(pipelines[0].repository, "acme/dbt");
    assert_string_equal(next, "a b");
    assert_string_equal(circleci_pipelines_target("gh/acme/dbt", "feature/x", next, &arena),
                        "/project/gh/acme/dbt/pipeline?branch=feature%2Fx&page-token=a%20b");
}

static void
what_is_no_list_is_refused(void **state)
{
    static const char *const bodies[] = {"",
                                         "<html>",
                                         "{}",
                                         "{\"items\":{}}",
                                         "[]",
                                         "{\"items\":\"x\"}",
                                         "{\"message\":\"Not found\"}"};
    struct circleci_workflow *workflows;
    const char *next;
    size_t len;
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct error err = {0};
        assert_false(
            circleci_read_workflows(slice_of(bodies[i]), &arena, &workflows, &len, &next, &err));
        assert_int_equal(err.code, ERROR_PROTOCOL);
        assert_int_equal(len, 0);
    }
}

static void
of_each_workflow_the_newest_stands_for_all(void **state)
{
    struct circleci_workflow *workflows;
    const char *next;
    size_t len;
    struct error err;
    (void)state;
    assert_true(circleci_read_workflows(
        slice_of("{\"items\":["
                 "{\"id\":\"1\",\"name\":\"hourly\",\"status\":\"failed\","
                 "\"created_at\":\"2026-03-04T05:00:00Z\",\"stopped_at\":\"2026-03-04T05:09:00Z\"},"
                 "{\"id\":\"2\",\"name\":\"docs\",\"status\":\"on_hold\","
                 "\"created_at\":\"2026-03-04T05:00:00Z\",\"stopped_at\":null},"
                 "{\"id\":\"3\",\"name\":\"hourly\",\"status\":\"success\","
                 "\"created_at\":\"2026-03-04T05:30:00Z\"}],\"next_page_token\":null}"),
        &arena, &workflows, &len, &next, &err));
    assert_int_equal(len, 3);
    assert_string_equal(next, "");
    len = circleci_newest_workflows(workflows, len, "");
    assert_int_equal(len, 2);
    assert_string_equal(workflows[0].id, "3");
    assert_int_equal(workflows[0].outcome, CIRCLECI_GOOD);
    assert_int_equal(workflows[1].outcome, CIRCLECI_UNDER_WAY);
    assert_int_equal(circleci_newest_workflows(workflows, len, "docs"), 1);
    assert_string_equal(workflows[0].id, "2");
}

static void
each_status_of_a_job_has_an_outcome(void **state)
{
    static const struct {
        const char *status;
        enum circleci_outcome outcome;
    } expected[] = {
        {"success", CIRCLECI_GOOD},          {"running", CIRCLECI_UNDER_WAY},
        {"not_run", CIRCLECI_NOT_RUN},       {"failed", CIRCLECI_BAD},
        {"retried", CIRCLECI_NOT_RUN},       {"queued", CIRCLECI_UNDER_WAY},
        {"timedout", CIRCLECI_BAD},          {"infrastructure_fail", CIRCLECI_BAD},
        {"on_hold", CIRCLECI_UNDER_WAY},     {"terminated-unknown", CIRCLECI_BAD},
        {"blocked", CIRCLECI_UNDER_WAY},     {"canceled", CIRCLECI_CANCELED},
        {"unauthorized", CIRCLECI_BAD},      {"not_running", CIRCLECI_UNDER_WAY},
        {"something new", CIRCLECI_UNKNOWN}, {"", CIRCLECI_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct circleci_job *jobs;
        const char *next;
        size_t len;
        struct error err;
        const char *body = arena_printf(
            &arena, "{\"items\":[{\"name\":\"dbt\",\"job_number\":7,\"status\":\"%s\"}]}",
            expected[i].status);
        assert_true(circleci_read_jobs(slice_of(body), &arena, &jobs, &len, &next, &err));
        assert_int_equal(jobs[0].outcome, expected[i].outcome);
        assert_int_equal(jobs[0].number, 7);
    }
}

static void
artifacts_have_an_address_or_are_left_out(void **state)
{
    struct circleci_artifact *artifacts;
    const char *next;
    size_t len;
    struct error err;
    (void)state;
    assert_true(circleci_read_artifacts(
        slice_of("{\"items\":["
                 "{\"path\":\"target/run_results.json\",\"node_index\":1,"
                 "\"url\":\"https://output.circle-artifacts.com/a/run_results.json\"},"
                 "{\"path\":\"x\",\"url\":\"file:///etc/passwd\"},"
                 "{\"path\":\"x\",\"url\":\"https://host/a b\"},{\"path\":\"x\"},{\"url\":\"\"}]}"),
        &arena, &artifacts, &len, &next, &err));
    assert_int_equal(len, 1);
    assert_int_equal(artifacts[0].node_index, 1);
}

static void
why_a_job_failed_is_told_in_lines(void **state)
{
    const char *text;
    struct error err;
    (void)state;
    assert_true(circleci_read_messages(
        slice_of("{\"messages\":[{\"type\":\"error\",\"message\":\"Out of\\nmemory\"},"
                 "{\"message\":\"Exit code 137\"}]}"),
        &arena, &text, &err));
    assert_string_equal(text, "Out of memory\nExit code 137");
    assert_true(circleci_read_failed_tests(
        slice_of("{\"items\":[{\"name\":\"orders\",\"classname\":\"marts\",\"result\":\"failure\"},"
                 "{\"name\":\"x\",\"result\":\"success\"}]}"),
        &arena, &text, &err));
    assert_string_equal(text, "marts: orders");
}

/* ---- addresses ---- */

static void
a_project_is_three_parts_that_fit_into_an_address(void **state)
{
    static const char *const good[] = {"gh/acme/dbt", "github/acme/dbt.models", "bb/a_b/c-d",
                                       "circleci/8fQxV/9aZ"};
    static const char *const bad[] = {"",          "gh/acme",      "gh/acme/dbt/x", "gh//dbt",
                                      "/acme/dbt", "gh/acme/dbt/", "gh/../dbt",     "gh/ac me/dbt",
                                      "gh/a?b/c",  "gh/acme/."};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(circleci_project_is_one(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(circleci_project_is_one(bad[i]));
}

static void
a_person_is_led_to_the_job(void **state)
{
    (void)state;
    assert_string_equal(
        circleci_web_url("https://circleci.com/api/v2", "gh/acme/dbt", 25, "w1", 7, &arena),
        "https://app.circleci.com/pipelines/github/acme/dbt/25/workflows/w1/jobs/7");
    assert_string_equal(
        circleci_web_url("https://ci.acme.example/api/v2", "circleci/o/p", 25, "", 0, &arena),
        "https://ci.acme.example/pipelines/circleci/o/p/25");
}

static void
only_its_own_hosts_are_trusted(void **state)
{
    const char *cloud = "https://circleci.com/api/v2", *own = "https://ci.acme.example/api/v2";
    (void)state;
    assert_true(circleci_is_own_host(cloud, "circleci.com"));
    assert_true(circleci_is_own_host(cloud, "output.circle-artifacts.com"));
    assert_false(circleci_is_own_host(cloud, "circle-artifacts.com.evil.example"));
    assert_false(circleci_is_own_host(cloud, "evilcircleci.com"));
    assert_false(circleci_is_own_host(cloud, "bucket.s3.amazonaws.com"));
    assert_true(circleci_is_own_host(own, "CI.acme.example"));
    assert_false(circleci_is_own_host(own, "output.circle-artifacts.com"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipelines_are_read_with_their_commit),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(of_each_workflow_the_newest_stands_for_all),
        cmocka_unit_test(each_status_of_a_job_has_an_outcome),
        cmocka_unit_test(artifacts_have_an_address_or_are_left_out),
        cmocka_unit_test(why_a_job_failed_is_told_in_lines),
        cmocka_unit_test(a_project_is_three_parts_that_fit_into_an_address),
        cmocka_unit_test(a_person_is_led_to_the_job),
        cmocka_unit_test(only_its_own_hosts_are_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
