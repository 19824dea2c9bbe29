#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "remote/github.h"
#include "store/pull_request.h"
#include "store/window.h"
#include "tests/support/sync_world.h"

/*
 * Pull requests attached to incidents. The upstream is a real hub, GitHub a server that keeps one pull request, acme/dbt#7
 * of the open incident I2, checks every request, and fails as it is told to.
 */

#define TOKEN "github_pat_11SECRET0123456789abcdef"
#define HEAD "0123456789abcdef0123456789abcdef01234567"
#define LINK "https://github.com/acme/dbt/pull/7"

enum { TARGETS = 6 };

struct github_there {
    struct scripted_server *server;
    const char *pull, *reviews, *more_reviews, *statuses, *runs;
    const char *etag; /* of all there is; changed with it */
    struct scripted_answer fault;
    const char *fault_at; /* part of a target, or its end; NULL = none fails */
    bool is_exact;
    int asked, answered, unchanged;
    char complaint[400];
};

static struct github_there there;
static struct sync_world *world;

static void
complain(const char *what, const char *about)
{
    if (!there.complaint[0])
        (void)snprintf(there.complaint, sizeof there.complaint, "%s: %.300s", what, about);
}

static void
check_headers(const char *target, const char *head)
{
    static const char *const wanted[] = {
        "Authorization: Bearer " TOKEN "\r\n", "Accept: application/vnd.github+json\r\n",
        "X-GitHub-Api-Version: 2022-11-28\r\n", "User-Agent: tocsin/"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(head, wanted[i]))
            complain(target, wanted[i]);
    if (strncmp(head, "GET ", 4) != 0)
        complain("no GET", head);
    if (strstr(head, "/pulls/7 ") && strstr(target, "page="))
        complain("pages of one object", target);
}

static void
on_github(void *context, const char *target, const char *head, struct arena *arena,
          struct scripted_answer *answer)
{
    (void)context;
    const struct {
        const char *target, *body;
        bool has_next;
    } answers[TARGETS] = {
        {"/repos/acme/dbt/pulls/7", there.pull, false},
        {"/repos/acme/dbt/pulls/7/reviews?per_page=100&page=1", there.reviews,
         there.more_reviews != NULL},
        {"/repos/acme/dbt/pulls/7/reviews?per_page=100&page=2", there.more_reviews, false},
        {"/repos/acme/dbt/commits/" HEAD "/status?per_page=100&page=1", there.statuses, false},
        {"/repos/acme/dbt/commits/" HEAD "/check-runs?per_page=100&page=1", there.runs, false},
        {"/repositories/17/pulls/7", there.pull, false},
    };
    there.asked++;
    check_headers(target, head);
    const char *found = there.fault_at ? strstr(target, there.fault_at) : NULL;
    if (found && (!there.is_exact || !found[strlen(there.fault_at)])) {
        *answer = there.fault;
        return;
    }
    for (size_t i = 0; i < TARGETS; i++) {
        if (strcmp(target, answers[i].target) != 0 || !answers[i].body)
            continue;
        const char *asked = strstr(head, "If-None-Match: ");
        const char *etag = arena_printf(arena, "W/\"%s\"", there.etag);
        if (asked && strncmp(asked + 15, etag, strlen(etag)) == 0) {
            there.unchanged++;
            *answer = (struct scripted_answer){.status = 304};
            return;
        }
        there.answered++;
        *answer = (struct scripted_answer){
            .body = answers[i].body,
            .headers = arena_printf(
                arena, "ETag: %s\r\nX-RateLimit-Limit: 5000\r\nX-RateLimit-Remaining: 4990\r\n%s",
                etag,
                answers[i].has_next ? "Link: <https://api.github.com/x?page=2>; rel=\"next\"\r\n"
                                    : "")};
        return;
    }
    complain("unknown target", target);
    *answer = (struct scripted_answer){.status = 404, .body = "{\"message\":\"Not Found\"}"};
}

static const char *
pull_body(const char *state, bool draft, const char *merged_at)
{
    return arena_printf(
        &world->arena,
        "{\"id\":991,\"number\":7,\"title\":\"Fix the late orders\",\"state\":\"%s\",\"draft\":%s,"
        "\"user\":{\"login\":\"ana\"},\"head\":{\"sha\":\"" HEAD "\",\"repo\":null},"
        "\"created_at\":\"2026-08-01T00:10:00Z\",\"closed_at\":%s%s%s,\"merged_at\":%s%s%s,"
        "\"merged_by\":{\"login\":\"bo\"}}",
        state, draft ? "true" : "false", *merged_at ? "\"" : "", *merged_at ? merged_at : "null",
        *merged_at ? "\"" : "", *merged_at ? "\"" : "", *merged_at ? merged_at : "null",
        *merged_at ? "\"" : "");
}

static int
set_up(void **state)
{
    if (sync_world_open(state))
        return -1;
    world = *state;
    there = (struct github_there){
        .server = scripted_server_open(world->loop, on_github, NULL),
        .pull = pull_body("open", false, ""),
        .reviews = "[]",
        .statuses = "{\"state\":\"pending\",\"statuses\":[]}",
        .runs = "{\"total_count\":1,\"check_runs\":[{\"name\":\"build\",\"status\":\"in_progress\","
                "\"conclusion\":null}]}",
        .etag = "1",
    };
    world->profile.github_url = scripted_server_url(there.server);
    world->github_token = TOKEN;
    return 0;
}

static int
tear_down(void **state)
{
    char complaint[400];
    (void)snprintf(complaint, sizeof complaint, "%s", there.complaint);
    sync_destroy(world->sync);
    world->sync = NULL;
    scripted_server_close(there.server);
    int status = sync_world_close(state);
    if (complaint[0])
        print_error("%s\n", complaint);
    return status || complaint[0] ? -1 : 0;
}

static struct pull_request
stored(void)
{
    struct pull_request pull;
    struct error err = {0};
    if (!pull_request_get(world->cache, LINK, &world->arena, &pull, &err))
        fail_msg("%s", err.message);
    return pull;
}

static struct timeline_window
timeline(void)
{
    struct timeline_window window;
    struct window_request request = {.rows = 100};
    struct error err = {0};
    if (!window_timeline(world->cache, "I2", &request, &world->arena, &window, &err))
        fail_msg("%s", err.message);
    return window;
}

static const struct timeline_event *
event_with(const struct timeline_window *window, const char *text)
{
    for (size_t i = 0; i < window->events_len; i++)
        if (text_equals(window->events[i].text, text))
            return &window->events[i];
    return NULL;
}

static void
expect_event(const char *text, const char *who, const char *at)
{
    struct timeline_window window = timeline();
    const struct timeline_event *event = event_with(&window, text);
    char time[RFC3339_SIZE];
    if (!event)
        fail_msg("no '%s'", text);
    assert_string_equal(event->kind, "pull");
    assert_string_equal(event->who, who);
    assert_string_equal(time_to_rfc3339(event->at, time), at);
}

static struct freshness
source(void)
{
    struct freshness freshness;
    struct error err = {0};
    bool found;
    if (!freshness_get(world->cache, "github", &world->arena, &freshness, &found, &err))
        fail_msg("%s", err.message);
    if (!found)
        freshness = (struct freshness){.error_code = "no such source", .error_message = ""};
    return freshness;
}

static struct sync_outcome
pass(void)
{
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    return outcome;
}

static void
one_that_is_attached_is_read_with_its_reviews_and_checks(void **state)
{
    (void)state;
    there.reviews = "[{\"id\":5,\"state\":\"CHANGES_REQUESTED\",\"user\":{\"login\":\"cy\"},"
                    "\"submitted_at\":\"2026-08-01T00:20:00Z\"},"
                    "{\"id\":6,\"state\":\"COMMENTED\",\"user\":null}]";
    struct sync_outcome outcome = pass();
    sync_world_assert_complete(&outcome);
    struct pull_request pull = stored();
    assert_string_equal(pull.summary, "#7 open, changes requested, checks running");
    assert_string_equal(pull.title, "Fix the late orders");
    assert_string_equal(pull.author, "ana");
    expect_event("#7 opened", "ana", "2026-08-01T00:10:00Z");
    expect_event("#7 changes requested", "cy", "2026-08-01T00:20:00Z");
    struct timeline_window window = timeline();
    assert_int_equal(window.pulls_len, 1);
    assert_string_equal(window.pulls[0].summary, pull.summary);
    assert_string_equal(source().error_code, "");
}

static void
what_did_not_change_is_answered_by_304(void **state)
{
    (void)state;
    (void)pass();
    const int answered = there.answered;
    struct pull_request before = stored();
    assert_int_equal(answered, 4);
    assert_int_equal(there.unchanged, 0);
    struct sync_outcome outcome = pass();
    sync_world_assert_complete(&outcome);
    assert_int_equal(there.answered, answered);
    assert_int_equal(there.unchanged, 4);
    assert_string_equal(stored().summary, before.summary);

    world->github_token = "another"; /* its answers would not be ours to compare with */
    there.complaint[0] = '\0';
    (void)pass();
    assert_int_equal(there.answered, 2 * answered);
    there.complaint[0] = '\0';
}

static void
its_life_is_kept_for_the_timeline(void **state)
{
    (void)state;
    (void)pass();
    there.etag = "2";
    there.reviews = "[{\"id\":5,\"state\":\"CHANGES_REQUESTED\",\"user\":{\"login\":\"cy\"},"
                    "\"submitted_at\":\"2026-08-01T00:20:00Z\"}]";
    there.more_reviews = "[{\"id\":8,\"state\":\"APPROVED\",\"user\":{\"login\":\"cy\"},"
                         "\"submitted_at\":\"2026-08-01T00:40:00Z\"}]";
    there.runs = "{\"check_runs\":[{\"name\":\"build\",\"status\":\"completed\",\"conclusion\":"
                 "\"timed_out\",\"completed_at\":\"2026-08-01T00:30:00Z\"},"
                 "{\"name\":\"lint\",\"status\":\"completed\",\"conclusion\":\"skipped\"}]}";
    (void)pass();
    assert_string_equal(stored().summary, "#7 open, approved, checks failed");
    expect_event("#7 checks failed: build", "", "2026-08-01T00:30:00Z");
    expect_event("#7 review approved", "cy", "2026-08-01T00:40:00Z");

    there.etag = "3";
    there.pull = pull_body("closed", false, "2026-08-01T01:00:00Z");
    there.runs = "{\"check_runs\":[]}";
    there.statuses = "{\"state\":\"success\",\"statuses\":[{\"context\":\"ci\",\"state\":"
                     "\"success\",\"updated_at\":\"2026-08-01T00:50:00Z\"}]}";
    (void)pass();
    assert_string_equal(stored().summary, "#7 merged, approved, checks ok");
    expect_event("#7 checks ok", "", "2026-08-01T00:50:00Z");
    expect_event("#7 merged", "bo", "2026-08-01T01:00:00Z");
    expect_event("#7 checks failed: build", "", "2026-08-01T00:30:00Z");

    const int asked = there.asked;
    (void)pass();
    assert_int_equal(there.asked, asked + 1); /* over and unchanged: nothing more is asked */
}

static void
each_fault_is_a_state_of_the_source_and_of_no_other(void **state)
{
    (void)state;
    static const struct {
        struct scripted_answer answer;
        const char *code;
    } faults[] = {
        {{.status = 401, .body = "{\"message\":\"Bad credentials\"}"}, "unauthenticated"},
        {{.status = 403,
          .headers = "X-RateLimit-Remaining: 0\r\nX-RateLimit-Limit: 5000\r\n",
          .body = "{\"message\":\"API rate limit exceeded\"}"},
         "rate_limited"},
        {{.status = 429, .headers = "Retry-After: 60\r\n"}, "rate_limited"},
        {{.status = 500}, "upstream"},
        {{.status = 200, .body = "<html>login</html>"}, "protocol"},
        {{.status = 200, .body = "{}"}, "protocol"},
        {{.status = 200, .body = "{\"number\":"}, "protocol"},
        {{.how = SCRIPTED_CUT, .body = "{\"number\":7}"}, "network"},
        {{.how = SCRIPTED_DROP}, "network"},
        {{.status = 301, .headers = "Location: http://192.0.2.1/repos/x/y/pulls/7\r\n"},
         "protocol"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        there.fault = faults[i].answer;
        there.fault_at = "/pulls/7";
        struct sync_outcome outcome = pass();
        assert_int_equal(outcome.fatal.code, ERROR_NONE);
        if (outcome.failures_len != 1 ||
            strcmp(error_name(outcome.failures[0].error.code), faults[i].code) != 0)
            fail_msg("fault %zu: %zu failures, first '%s' (%s)", i, outcome.failures_len,
                     outcome.failures_len ? outcome.failures[0].error.message : "",
                     outcome.failures_len ? error_name(outcome.failures[0].error.code) : "");
        assert_string_equal(source().error_code, faults[i].code);
        assert_null(strstr(source().error_message, "SECRET"));
        sync_world_assert_equal(world);
    }
    there.fault_at = NULL;
    struct sync_outcome outcome = pass();
    sync_world_assert_complete(&outcome);
    assert_string_equal(source().error_code, "");
}

static void
one_that_the_token_may_not_see_says_so_and_is_no_fault_of_the_source(void **state)
{
    (void)state;
    there.fault = (struct scripted_answer){.status = 404, .body = "{\"message\":\"Not Found\"}"};
    there.fault_at = "/pulls/7";
    struct sync_outcome outcome = pass();
    sync_world_assert_complete(&outcome);
    assert_string_equal(stored().summary, "#7: not found, or the token may not see it");

    there.fault_at = "check-runs"; /* a token without that permission: the rest is still shown */
    there.fault.status = 403;
    outcome = pass();
    sync_world_assert_complete(&outcome);
    assert_string_equal(stored().summary, "#7 open");
}

static void
a_renamed_repository_is_followed_on_the_same_server_only(void **state)
{
    (void)state;
    there.fault = (struct scripted_answer){
        .status = 301,
        .headers = arena_printf(&world->arena, "Location: %s/repositories/17/pulls/7\r\n",
                                world->profile.github_url)};
    there.fault_at = "/acme/dbt/pulls/7";
    there.is_exact = true;
    struct sync_outcome outcome = pass();
    sync_world_assert_complete(&outcome);
    assert_string_equal(stored().state, "open");
    there.is_exact = false;
    there.fault_at = "/acme/dbt/pulls/7/"; /* of the reviews: it would go on for ever */
    there.fault.headers =
        arena_printf(&world->arena, "Location: %s/repos/acme/dbt/pulls/7/reviews\r\n",
                     world->profile.github_url);
    outcome = pass();
    assert_string_equal(error_name(outcome.failures[0].error.code), "protocol");
    assert_true(there.asked < 20);
}

static bool
is_merged(struct sync_world *polled)
{
    (void)polled;
    return text_equals(stored().state, "merged");
}

static bool
is_open(struct sync_world *polled)
{
    (void)polled;
    return text_equals(stored().state, "open");
}

static bool
was_asked_again(struct sync_world *polled)
{
    (void)polled;
    return there.unchanged >= 8;
}

static void
polling_sees_a_merge(void **state)
{
    (void)state;
    (void)pass(); /* upstream itself is quiet from here on */
    sync_world_poll(world);
    sync_world_run_until(world, is_open);
    sync_world_run_until(world, was_asked_again);
    assert_int_equal(there.answered, 4);
    there.etag = "2";
    there.pull = pull_body("closed", false, "2026-08-01T01:00:00Z");
    sync_world_run_until(world, is_merged);
    sync_world_stop(world);
    expect_event("#7 merged", "bo", "2026-08-01T01:00:00Z");
}

static void
without_a_token_nobody_is_asked(void **state)
{
    (void)state;
    (void)pass();
    assert_string_equal(source().error_code, "");
    const int asked = there.asked;
    world->github_token = NULL;
    struct sync_outcome outcome = pass();
    sync_world_assert_complete(&outcome);
    assert_int_equal(there.asked, asked);
    assert_string_equal(source().error_code, "no such source");
}

static void
an_address_is_taken_for_what_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *api, *link, *name, *repository;
        int number;
    } cases[] = {
        {"https://api.github.com", "https://github.com/acme/dbt/pull/7", "", "acme/dbt", 7},
        {"https://api.github.com", "https://github.com/acme/d.b-t_/pull/12/files?x#y", "",
         "acme/d.b-t_", 12},
        {"https://api.github.com", "", "acme/dbt#9", "acme/dbt", 9},
        {"https://ghe.example/api/v3", "https://ghe.example/acme/dbt/pull/7", "", "acme/dbt", 7},
        {"http://127.0.0.1:99", "https://github.com/acme/dbt/pull/7", "", "acme/dbt", 7},
        {"https://api.github.com", "https://evil.example/acme/dbt/pull/7", "", NULL, 0},
        {"https://api.github.com", "https://github.com.evil.example/a/b/pull/7", "", NULL, 0},
        {"https://ghe.example/api/v3", "https://github.com/acme/dbt/pull/7", "", NULL, 0},
        {"https://api.github.com", "https://github.com/../dbt/pull/7", "", NULL, 0},
        {"https://api.github.com", "https://github.com/acme/../pull/7", "", NULL, 0},
        {"https://api.github.com", "https://github.com/acme/dbt/pull/0", "", NULL, 0},
        {"https://api.github.com", "https://github.com/acme/dbt/pull/7x", "", NULL, 0},
        {"https://api.github.com", "https://github.com/acme/dbt/issues/7", "", NULL, 0},
        {"https://api.github.com", "https://github.com", "", NULL, 0},
        {"https://api.github.com", "javascript:x", "acme/dbt", NULL, 0},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct github_place place;
        bool is_one = github_place_of(cases[i].api, cases[i].link, cases[i].name, &arena, &place);
        if (is_one != (cases[i].repository != NULL))
            fail_msg("'%s' '%s'", cases[i].link, cases[i].name);
        if (is_one) {
            assert_string_equal(place.repository, cases[i].repository);
            assert_int_equal(place.number, cases[i].number);
        }
    }
    assert_string_equal(
        github_redirected("https://api.github.com", "https://api.github.com/x/1", &arena), "/x/1");
    assert_null(
        github_redirected("https://api.github.com", "https://api.github.com.evil/x", &arena));
    assert_null(github_redirected("https://api.github.com", "/x/1", &arena));
    arena_finish(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(one_that_is_attached_is_read_with_its_reviews_and_checks),
        TEST(what_did_not_change_is_answered_by_304),
        TEST(its_life_is_kept_for_the_timeline),
        TEST(each_fault_is_a_state_of_the_source_and_of_no_other),
        TEST(one_that_the_token_may_not_see_says_so_and_is_no_fault_of_the_source),
        TEST(a_renamed_repository_is_followed_on_the_same_server_only),
        TEST(polling_sees_a_merge),
        TEST(without_a_token_nobody_is_asked),
#undef TEST
        cmocka_unit_test(an_address_is_taken_for_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
