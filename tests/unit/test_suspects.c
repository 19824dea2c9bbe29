#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/suspect.h"
#include "store/window.h"
#include "tests/support/sync_world.h"

/*
 * Who may have broken it. The upstream is a real hub with an alert that names a commit and a file, GitHub a server that checks
 * every request, and fails as it is told to.
 */

#define TOKEN "github_pat_11SECRET0123456789abcdef"
#define SHA "f454a02"
#define MERGE "00000000000000000000000000000000000000aa"

static struct {
    struct scripted_server *server;
    struct scripted_answer fault;
    const char *fault_at; /* part of a target; NULL = none fails */
    const char *commit, *pulls;
    int asked, unchanged;
    char targets[4000], complaint[400];
} there;
static struct sync_world *world;
static const char *merged_at, *alert_at;

static void
on_github(void *context, const char *target, const char *head, struct arena *arena,
          struct scripted_answer *answer)
{
    (void)context;
    const struct {
        const char *target, *body;
    } answers[] = {
        {"/repos/acme/dbt/commits/" SHA, there.commit},
        {"/repos/acme/dbt/commits/" SHA "/pulls?per_page=100", there.pulls},
        {"/search/issues?q=repo:acme/dbt+is:pr+is:merged+merged:%3E=",
         "{\"total_count\":2,\"items\":[{\"number\":8},{\"number\":9},{\"number\":17}]}"},
        {"/repos/acme/dbt/pulls/17",
         "{\"number\":17,\"title\":\"Mine\",\"state\":\"open\",\"user\":{\"login\":\"ana\"},"
         "\"merged_at\":null,\"merge_commit_sha\":\"" MERGE "\"}"},
        {"/repos/acme/dbt/pulls/8",
         arena_printf(arena,
                      "{\"number\":8,\"title\":\"Faster \\u001b[31morders\",\"state\":\"closed\","
                      "\"user\":{\"login\":\"bo\"},\"merged_at\":\"%s\","
                      "\"merge_commit_sha\":\"" MERGE "\","
                      "\"html_url\":\"https://github.com/acme/dbt/pull/8\"}",
                      merged_at)},
        {"/repos/acme/dbt/pulls/9",
         arena_printf(arena,
                      "{\"number\":9,\"title\":\"Docs\",\"state\":\"closed\","
                      "\"user\":{\"login\":\"cy\"},\"merged_at\":\"%s\","
                      "\"merge_commit_sha\":\"0000000bb\",\"html_url\":\"javascript:x\"}",
                      merged_at)},
        {"/repos/acme/dbt/commits/" MERGE,
         "{\"sha\":\"" MERGE "\",\"commit\":{\"message\":\"m\"},\"files\":["
         "{\"filename\":\"README.md\"},{\"filename\":\"transform/models/orders.sql\"}]}"},
        {"/repos/acme/dbt/commits/0000000bb",
         "{\"sha\":\"0000000bb\",\"commit\":{\"message\":\"m\"},\"files\":["
         "{\"filename\":\"models/orders.sql.md\"}]}"},
    };
    if (strstr(target, "/pulls/7")) { /* attached to an incident: another source's affair */
        *answer = (struct scripted_answer){.status = 404, .body = "{\"message\":\"x\"}"};
        return;
    }
    there.asked++;
    (void)snprintf(there.targets + strlen(there.targets),
                   sizeof there.targets - strlen(there.targets), "%s\n", target);
    if (!strstr(head, "Authorization: Bearer " TOKEN "\r\n") || strncmp(head, "GET ", 4) != 0 ||
        !strstr(head, "X-GitHub-Api-Version: 2022-11-28\r\n"))
        (void)snprintf(there.complaint, sizeof there.complaint, "headers of %.300s", target);
    if (there.fault_at && strstr(target, there.fault_at)) {
        *answer = there.fault;
        return;
    }
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const size_t len = strlen(answers[i].target);
        const bool is_search = strstr(answers[i].target, "/search/") != NULL;
        if (strncmp(target, answers[i].target, len) != 0 || (target[len] && !is_search))
            continue;
        if (strstr(head, "If-None-Match: \"7\"")) {
            there.unchanged++;
            *answer = (struct scripted_answer){.status = 304};
            return;
        }
        *answer = (struct scripted_answer){.body = answers[i].body, .headers = "ETag: \"7\"\r\n"};
        return;
    }
    (void)snprintf(there.complaint, sizeof there.complaint, "unknown %.300s", target);
    *answer = (struct scripted_answer){.status = 404, .body = "{\"message\":\"Not Found\"}"};
}

static void
put_alert(const char *id, const char *sha)
{
    sync_world_put(
        world, KIND_ALERT,
        arena_printf(
            &world->arena,
            "{\"id\":\"%s\",\"title\":\"orders failed\",\"status\":\"firing\","
            "\"deduplication_key\":\"%s\",\"alert_source_id\":\"S1\",\"attributes\":["
            "{\"attribute\":{\"id\":\"C\",\"name\":\"Commit\",\"type\":\"String\",\"array\":false,"
            "\"required\":false},\"value\":{\"literal\":\"%s\"}},"
            "{\"attribute\":{\"id\":\"P\",\"name\":\"Path\",\"type\":\"String\",\"array\":false,"
            "\"required\":false},\"value\":{\"literal\":\"models/orders.sql\"}}],"
            "\"created_at\":\"%s\",\"updated_at\":\"%s\"}",
            id, id, sha, alert_at, alert_at));
}

static int
set_up(void **state)
{
    char text[RFC3339_SIZE];
    if (sync_world_open(state))
        return -1;
    world = *state;
    memset(&there, 0, sizeof there);
    there.server = scripted_server_open(world->loop, on_github, NULL);
    there.commit = "{\"sha\":\"" SHA "aa\",\"html_url\":\"https://github.com/acme/dbt/commit/1\","
                   "\"commit\":{\"message\":\"Change orders\\n\\nbody\",\"author\":{\"name\":"
                   "\"Ana\",\"date\":\"2026-08-01T00:10:00Z\"}},\"author\":{\"login\":\"ana\"}}";
    there.pulls = "[{\"number\":12,\"title\":\"Orders\",\"state\":\"closed\",\"user\":{\"login\":"
                  "\"ana\"},\"merged_at\":\"2026-08-01T00:20:00Z\","
                  "\"html_url\":\"https://github.com/acme/dbt/pull/12\"}]";
    alert_at = arena_text(&world->arena, time_to_rfc3339(clock_now_ms() - HOUR_MS, text));
    merged_at = arena_text(&world->arena, time_to_rfc3339(clock_now_ms() - 4 * HOUR_MS, text));
    world->profile.github_url = scripted_server_url(there.server);
    world->profile.github_repository = "acme/dbt";
    world->github_token = TOKEN;
    put_alert("ALERT1", SHA);
    return 0;
}

static int
tear_down(void **state)
{
    sync_destroy(world->sync);
    world->sync = NULL;
    scripted_server_close(there.server);
    const int status = sync_world_close(state);
    if (*there.complaint)
        print_error("%s\n", there.complaint);
    return status || *there.complaint ? -1 : 0;
}

static struct sync_outcome
pass(void)
{
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    return outcome;
}

/* "commit: f454a02 …|pull: …|", as the detail of an alert has them. */
static const char *
suspects_of(const char *id)
{
    struct detail detail = {0};
    struct error err = {0};
    const char *text = "";
    if (!detail_alert(world->cache, id, &detail, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < detail.facts_len; i++)
        if (text_equals(detail.facts[i].section, "Suspects"))
            text = arena_printf(&world->arena, "%s%s: %s <%s>|", text, detail.facts[i].label,
                                detail.facts[i].text, detail.facts[i].link);
    arena_finish(&detail.arena);
    return text;
}

#define COMMIT_LINE "commit: " SHA " Change orders (ana) <https://github.com/acme/dbt/commit/1>|"
#define PULL_LINE                                                                                  \
    "pull: #12 Orders (ana) merged, brought the commit <https://github.com/acme/dbt/pull/12>|"
#define MERGED_LINE                                                                                \
    "merged: #8 Faster orders (bo) touched models/orders.sql "                                     \
    "<https://github.com/acme/dbt/pull/8>|"

static void
an_alert_tells_its_commit_who_brought_it_and_who_touched_the_file(void **state)
{
    (void)state;
    struct sync_outcome outcome = pass();
    sync_world_assert_complete(&outcome);
    assert_string_equal(suspects_of("ALERT1"), COMMIT_LINE PULL_LINE MERGED_LINE);
    assert_string_equal(suspects_of("A01"), "");
}

static void
an_incident_may_be_linked_to_the_suspects_of_its_alerts(void **state)
{
    struct pull_request_line *lines;
    struct error err = {0};
    size_t len;
    (void)state;
    sync_world_put(
        world, KIND_INCIDENT_ALERT,
        arena_printf(&world->arena,
                     "{\"id\":\"IA9\",\"alert\":{\"id\":\"ALERT1\",\"title\":\"t\",\"status\":"
                     "\"firing\",\"deduplication_key\":\"k\",\"alert_source_id\":\"S1\","
                     "\"created_at\":\"%s\",\"updated_at\":\"%s\"},\"incident\":{\"id\":\"I2\","
                     "\"external_id\":2,\"reference\":\"INC-2\",\"name\":\"Orders late\","
                     "\"status_category\":\"active\",\"visibility\":\"public\"}}",
                     alert_at, alert_at));
    (void)pass();
    if (!suspect_links(world->cache, "I2", &world->arena, &lines, &len, &err))
        fail_msg("%s", err.message);
    assert_int_equal(len, 2);
    assert_string_equal(lines[0].link, "https://github.com/acme/dbt/pull/12");
    assert_string_equal(lines[0].summary, "#12 merged");
    assert_string_equal(lines[0].title, "Orders (ana)");
    assert_string_equal(lines[1].link, "https://github.com/acme/dbt/pull/8");
    if (!suspect_links(world->cache, "I1", &world->arena, &lines, &len, &err))
        fail_msg("%s", err.message);
    assert_int_equal(len, 0);
}

static void
what_does_not_change_is_asked_for_once(void **state)
{
    (void)state;
    (void)pass();
    const int asked = there.asked;
    put_alert("ALERT2", SHA);
    there.targets[0] = '\0';
    (void)pass();
    /* A process that begins searches once, and looks again at what was found and is not merged. */
    assert_int_equal(there.asked - asked, 2);
    assert_null(strstr(there.targets, "/commits/"));
    assert_string_equal(suspects_of("ALERT2"), COMMIT_LINE PULL_LINE MERGED_LINE);
    struct git_commit commit;
    struct error err = {0};
    if (!git_commit_get(world->cache, "acme/dbt", SHA, &world->arena, &commit, &err))
        fail_msg("%s", err.message);
    commit.asked_at -= 2 * HOUR_MS; /* its pull requests may have changed */
    if (!git_commit_put(world->cache, &commit, NULL, 0, &err))
        fail_msg("%s", err.message);
    (void)pass();
    assert_true(there.unchanged >= 1);
    assert_string_equal(suspects_of("ALERT1"), COMMIT_LINE PULL_LINE MERGED_LINE);
}

static void
a_commit_that_is_not_there_is_told_as_such(void **state)
{
    (void)state;
    put_alert("ALERT1", "abcdef0");
    there.fault_at = "/commits/abcdef0";
    there.fault = (struct scripted_answer){.status = 422, .body = "{\"message\":\"No commit\"}"};
    struct sync_outcome outcome = pass();
    sync_world_assert_complete(&outcome);
    assert_string_equal(
        suspects_of("ALERT1"),
        "commit: abcdef0 is not there, or the token may not see it <>|" MERGED_LINE);
    put_alert("ALERT1", "../../user"); /* no commit's name: nothing is asked */
    (void)pass();
    assert_null(strstr(there.targets, "user"));
}

static void
what_fails_is_a_state_of_its_source_and_hinders_no_other(void **state)
{
    static const struct {
        const char *at;
        struct scripted_answer fault;
        enum error_code code;
    } cases[] = {
        {"/commits/" SHA, {.how = SCRIPTED_DROP}, ERROR_NETWORK},
        {"/commits/" SHA, {.body = "<html>log in"}, ERROR_PROTOCOL},
        {"/commits/" SHA, {.body = "[]"}, ERROR_PROTOCOL},
        {"/pulls?", {.status = 500, .body = "x"}, ERROR_UPSTREAM},
        {"/search",
         {.status = 401, .body = "{\"message\":\"Bad credentials\"}"},
         ERROR_UNAUTHENTICATED},
        {"/search",
         {.status = 403, .headers = "X-RateLimit-Remaining: 0\r\n", .body = "{\"message\":\"x\"}"},
         ERROR_RATE_LIMITED},
        {"/pulls/8", {.how = SCRIPTED_GARBAGE}, ERROR_PROTOCOL},
        {"/commits/" SHA,
         {.status = 301, .headers = "Location: https://evil.example/x\r\n"},
         ERROR_PROTOCOL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_alert("ALERT1", SHA);
        there.fault_at = cases[i].at;
        there.fault = cases[i].fault;
        store_close(world->cache);
        struct error err = {0};
        const char *fresh = arena_printf(&world->arena, "%s/cache%zu.db", world->directory, i);
        if (!store_open(&world->cache, STORE_CACHE, fresh, STORE_WRITE, NULL, &err))
            fail_msg("%s", err.message);
        struct sync_outcome outcome = pass();
        assert_int_equal(outcome.fatal.code, ERROR_NONE);
        assert_int_equal(outcome.failures_len, 1);
        assert_string_equal(outcome.failures[0].resource, "suspects");
        assert_int_equal(outcome.failures[0].error.code, cases[i].code);
        there.fault_at = NULL;
        outcome = pass();
        sync_world_assert_complete(&outcome);
        assert_string_equal(suspects_of("ALERT1"), COMMIT_LINE PULL_LINE MERGED_LINE);
        sync_destroy(world->sync); /* it uses the cache */
        world->sync = NULL;
    }
}

static void
without_a_repository_there_are_none(void **state)
{
    (void)state;
    (void)pass();
    world->profile.github_repository = "acme dbt";
    struct sync_outcome outcome = pass();
    assert_int_equal(outcome.failures_len, 1);
    assert_int_equal(outcome.failures[0].error.code, ERROR_CONFIG);
    world->profile.github_repository = "";
    outcome = pass();
    sync_world_assert_complete(&outcome);
    assert_string_equal(suspects_of("ALERT1"), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_alert_tells_its_commit_who_brought_it_and_who_touched_the_file),
        TEST(an_incident_may_be_linked_to_the_suspects_of_its_alerts),
        TEST(what_does_not_change_is_asked_for_once),
        TEST(a_commit_that_is_not_there_is_told_as_such),
        TEST(what_fails_is_a_state_of_its_source_and_hinders_no_other),
        TEST(without_a_repository_there_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
