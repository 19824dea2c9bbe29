/*
 * The demo's look-alikes of CircleCI, GitHub and Slack, on its own port: our clients read them as they read the real ones, and what they
 * say agrees with the company's alerts and incidents.
 */

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "demo/look_alike.h"
#include "store/window.h"
#include "tests/support/demo.h"
#include "tests/support/hub_process.h"
#include "tests/support/program.h"

#define NOW "2026-03-23T09:40:00Z"

static struct demo demo;
static struct home home;
static struct http_client *client;
static struct arena arena;

static int
start(void **state)
{
    static const char *const options[] = {"--speed", "0", "--now", NOW, NULL};
    (void)state;
    demo_start(&demo, options);
    home_create(&home, demo.url, demo.editor_key);
    client = http_client_create(demo.url);
    const char *token = arena_printf(&arena, "%s/config/tocsin/outside", home.root);
    const char *secret = arena_printf(&arena, "%s/config/tocsin/source", home.root);
    write_private_file(token, demo.viewer_key);
    write_private_file(secret, demo.source_secret);
    home_configure(
        &home, demo.url,
        arena_printf(&arena,
                     "github_url = \"%s" LOOK_ALIKE_GITHUB "\"\ngithub_token_file = \"%s\"\n"
                     "github_repository = \"" LOOK_ALIKE_REPOSITORY "\"\n"
                     "circleci_url = \"%s" LOOK_ALIKE_CIRCLECI "\"\ncircleci_token_file = \"%s\"\n"
                     "circleci_project = \"" LOOK_ALIKE_PROJECT "\"\n"
                     "slack_url = \"%s" LOOK_ALIKE_SLACK "\"\nslack_token_file = \"%s\"\n"
                     "questions_channels = {\"" LOOK_ALIKE_CHANNEL "\"}\n"
                     "questions_group = \"" LOOK_ALIKE_GROUP "\"\nquestions_source = \"%s\"\n"
                     "questions_secret_file = \"%s\"\nalert_source = \"%s\"\n"
                     "alert_secret_file = \"%s\"\n",
                     demo.url, token, demo.url, token, demo.url, token, demo.source_id, secret,
                     demo.source_id, secret));
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    http_client_destroy(client);
    home_destroy(&home);
    demo_stop(&demo);
    arena_finish(&arena);
    return 0;
}

static struct http_answer
get(const char *path)
{
    return http_client_get(client, path, demo.viewer_key, &arena);
}

static const char *
text_at(const char *path, const char *member)
{
    const struct http_answer answer = get(path);
    if (answer.status != 200)
        fail_msg("%s: %d %s", path, answer.status, answer.body);
    return json_text_at(&arena, answer.body, member);
}

static void
run(const char *const *arguments, struct program *program)
{
    program_run(program, "tocsin", arguments, home.env);
    program_expect_status(program, 0);
}

/* ---- tests ---- */

static void
who_has_no_key_is_told_nothing(void **state)
{
    (void)state;
    assert_int_equal(http_client_get(client, LOOK_ALIKE_GITHUB "/rate_limit", NULL, &arena).status,
                     401);
    assert_int_equal(
        http_client_get(client, LOOK_ALIKE_GITHUB "/rate_limit", "wrong", &arena).status, 401);
    assert_int_equal(get(LOOK_ALIKE_GITHUB "/nothing").status, 404);
    assert_int_equal(get("/look-alike/other").status, 404);
    assert_int_equal(get(LOOK_ALIKE_CIRCLECI "/pipeline/p1/workflow").status, 404); /* too old */
}

static void
the_same_question_has_the_same_answer_and_a_tag(void **state)
{
    static const char path[] = LOOK_ALIKE_GITHUB "/repos/" LOOK_ALIKE_REPOSITORY "/commits/abcdef0";
    (void)state;
    const struct http_answer first = get(path), second = get(path);
    assert_string_equal(first.body, second.body);
    const char *const headers[] = {
        arena_printf(&arena, "Authorization: Bearer %s", demo.viewer_key),
        arena_printf(&arena, "If-None-Match: %s", http_header(&first, "ETag", &arena)), NULL};
    assert_int_equal(http_send(client, "GET", path, headers, NULL, &arena).status, 304);
}

static void
a_run_failed_where_alerts_say_so(void **state)
{
    static const char list[] =
        LOOK_ALIKE_CIRCLECI "/project/" LOOK_ALIKE_PROJECT "/pipeline?branch=main";
    int failed = 0, well = 0;
    (void)state;
    for (int i = 0; i < 20; i++) {
        const char *id = text_at(list, arena_printf(&arena, "items.%d.id", i));
        const char *workflow =
            arena_printf(&arena, LOOK_ALIKE_CIRCLECI "/pipeline/%s/workflow", id);
        const char *status = text_at(workflow, "items.0.status");
        const char *jobs = arena_printf(&arena, LOOK_ALIKE_CIRCLECI "/workflow/%s/job",
                                        text_at(workflow, "items.0.id"));
        assert_string_equal(text_at(jobs, "items.1.status"), status);
        failed += strcmp(status, "failed") == 0;
        well += strcmp(status, "success") == 0;
    }
    assert_true(failed > 0 && well > 0);
    assert_string_equal(text_at(list, "next_page_token"), "20");
}

/* As the console's detail of the alert has them. */
static void
expect_suspects(const char *alert_id)
{
    struct store *store;
    struct detail detail = {0};
    struct error err = {0};
    glob_t found;
    size_t suspects = 0;
    assert_int_equal(
        glob(arena_printf(&arena, "%s/state/tocsin/cache/*/cache.db", home.root), 0, NULL, &found),
        0);
    if (!store_open(&store, STORE_CACHE, found.gl_pathv[0], STORE_READ, NULL, &err) ||
        !detail_alert(store, alert_id, &detail, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < detail.facts_len; i++)
        suspects += text_equals(detail.facts[i].section, "Suspects");
    assert_true(suspects >= 2); /* the commit, and what brought it */
    arena_finish(&detail.arena);
    store_close(store);
    globfree(&found);
}

static void
sync_reads_runs_pull_requests_and_suspects(void **state)
{
    static const char *const sync[] = {"sync", "--once", "--now", NOW, NULL};
    static const char *const ids[] = {"list",
                                      "alerts",
                                      "--json",
                                      "--limit",
                                      "0",
                                      "--jq",
                                      ".[] | select(.status == \"firing\") | select(.attributes[] "
                                      "| .attribute.name == \"Commit\") | .id",
                                      NULL};
    static const char *const incidents[] = {
        "list",
        "incidents",
        "--json",
        "--jq",
        ".[] | select(.incident_status.category == \"live\") | .reference",
        NULL};
    struct program program;
    (void)state;
    run(sync, &program);
    program_finish(&program);
    run(ids, &program);
    const char *id = arena_text_len(&arena, str_text(&program.out), 26);
    program_finish(&program);
    expect_suspects(id);
    run(incidents, &program);
    const char *reference = arena_text_len(&arena, str_text(&program.out), strlen("INC-410"));
    program_finish(&program);
    const char *const timeline[] = {"list", "timeline", reference, "--json", NULL};
    run(timeline, &program);
    program_expect_out(&program, "\"run ");
    program_finish(&program);
}

static void
both_watches_have_something_to_tell(void **state)
{
    struct program program;
    (void)state;
    const char *const slack[] = {"watch",  "slack",   "--once",
                                 "--json", "--state", arena_printf(&arena, "%s/slack", home.root),
                                 "--now",  NOW,       NULL};
    run(slack, &program);
    assert_true(atoi(json_text_at(&arena, str_text(&program.out), "asked")) > 0);
    assert_int_equal(program.err.len, 0);
    program_finish(&program);
    const char *const circleci[] = {
        "watch",  "circleci", "--once",
        "--json", "--state",  arena_printf(&arena, "%s/circleci", home.root),
        "--now",  NOW,        NULL};
    run(circleci, &program);
    assert_true(atoi(json_text_at(&arena, str_text(&program.out), "firing")) > 0);
    assert_int_equal(program.err.len, 0);
    program_finish(&program);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_no_key_is_told_nothing),
        cmocka_unit_test(the_same_question_has_the_same_answer_and_a_tag),
        cmocka_unit_test(a_run_failed_where_alerts_say_so),
        cmocka_unit_test(sync_reads_runs_pull_requests_and_suspects),
        cmocka_unit_test(both_watches_have_something_to_tell),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
