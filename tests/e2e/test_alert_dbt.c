/*
 * Runs of one dbt project against a demo's hub: what failed is an alert, what recovered is resolved under the same key, what could
 * not be sent comes with the next run, once. And real artifacts, where they are, beside what another program makes of them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/process.h"
#include "tests/support/demo.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/http_client.h"
#include "tests/support/program.h"
#include "wire/wire.h"

#define SAMPLES "../shared/samples/dbt"
enum { PATIENCE_MS = 60000, OUT_MAX_BYTES = 64 * 1024 };

static struct demo demo;
static struct fault_proxy *proxy;
static struct http_client *client;
static struct home home;
static struct program program;
static struct arena arena;

static int
start(void **state)
{
    static const char *const options[] = {"--speed", "0", NULL};
    (void)state;
    demo_start(&demo, options);
    client = http_client_create(demo.url);
    proxy = fault_proxy_start(atoi(strrchr(demo.url, ':') + 1));
    home_create(&home, fault_proxy_url(proxy), demo.viewer_key);
    const char *secret = arena_printf(&arena, "%s/secret", home.root);
    write_private_file(secret, demo.source_secret);
    home_configure(&home, fault_proxy_url(proxy),
                   arena_printf(&arena, "alert_source = \"%s\"\nalert_secret_file = \"%s\"\n",
                                demo.source_id, secret));
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    http_client_destroy(client);
    fault_proxy_stop(proxy);
    demo_stop(&demo);
    home_destroy(&home);
    arena_finish(&arena);
    return 0;
}

/* ---- a project ---- */

static const char *
write_artifact(const char *name, const char *text)
{
    const char *path = arena_printf(&arena, "%s/%s", home.root, name);
    write_private_file(path, text);
    return path;
}

static const char *
manifest(void)
{
    return write_artifact(
        "manifest.json",
        "{\"metadata\":{\"dbt_schema_version\":\"https://schemas.getdbt.com/dbt/manifest/"
        "v12.json\"},"
        "\"nodes\":{\"model.shop.fct_orders\":{\"name\":\"fct_orders\",\"package_name\":\"shop\","
        "\"group\":\"core\",\"depends_on\":{\"nodes\":[\"model.shop.stg_orders\"]}},"
        "\"model.shop.stg_orders\":{\"name\":\"stg_orders\"},\"test.shop.not_null.0123456789\":{"
        "\"attached_node\":\"model.shop.fct_orders\"}},"
        "\"groups\":{\"group.shop.core\":{\"owner\":{\"email\":\"ana@example.com\"}}},"
        "\"exposures\":{\"exposure.shop.weekly\":{\"name\":\"weekly\",\"type\":\"dashboard\","
        "\"depends_on\":{\"nodes\":[\"model.shop.fct_orders\"]}}}}");
}

/* A run some minutes after the one before; what is between them is as it was. */
static const char *
results(int number, const char *model_status, const char *test_status)
{
    return write_artifact(
        "run_results.json",
        arena_printf(&arena,
                     "{\"metadata\":{\"generated_at\":\"2026-03-23T03:%02d:00Z\"},\"results\":["
                     "{\"unique_id\":\"model.shop.stg_orders\",\"status\":\"success\"},"
                     "{\"unique_id\":\"model.shop.fct_orders\",\"status\":\"%s\",\"message\":"
                     "\"Database Error in model fct_orders (x.sql)\\n  no such column\"},"
                     "{\"unique_id\":\"test.shop.not_null.0123456789\",\"status\":\"%s\"}],"
                     "\"args\":{\"which\":\"build\",\"target\":\"prod\"}}",
                     number, model_status, test_status));
}

static void
alert_dbt(const char *run_results, bool strict)
{
    const char *const arguments[] = {"alert",
                                     "dbt",
                                     "--json",
                                     "--quiet",
                                     "--state",
                                     arena_printf(&arena, "%s/kept", home.root),
                                     "--patience",
                                     "1s",
                                     "--manifest",
                                     manifest(),
                                     "--run-results",
                                     run_results,
                                     strict ? "--strict" : NULL,
                                     NULL};
    program_run(&program, "tocsin", arguments, home.env);
}

static void
expect_sent(int status, const char *counts)
{
    program_expect_status(&program, status);
    program_expect_out(&program, counts);
    program_finish(&program);
}

static const char *
key_of(const char *run_results, const char *unique_id)
{
    const char *const arguments[] = {"alert",   "dbt",           "--dry-run", "--json",
                                     "--quiet", "--run-results", run_results, NULL};
    struct wire_document *events;
    struct error err;
    const char *key = "";
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 0);
    assert_true(wire_document_read(str_slice(&program.out), &events, &err));
    for (size_t i = 0; i < wire_document_count(events, ""); i++) {
        const char *id =
            wire_document_text(events, &arena, arena_printf(&arena, "%zu.metadata.unique_id", i));
        if (strcmp(id, unique_id) == 0)
            key = wire_document_text(events, &arena,
                                     arena_printf(&arena, "%zu.deduplication_key", i));
    }
    wire_document_destroy(events);
    program_finish(&program);
    assert_int_equal(*key, 'd');
    return key;
}

/* So many alerts of this key, the newest of which is so, come to be. */
static const struct alert *
expect_alerts(const char *key, size_t count, const char *status)
{
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    for (;;) {
        struct wire_page page;
        struct error err;
        struct http_answer answer = http_client_get(
            client,
            arena_printf(&arena, "/v2/alerts?page_size=50&deduplication_key%%5Bis%%5D=%s", key),
            demo.viewer_key, &arena);
        assert_int_equal(answer.status, 200);
        assert_true(wire_read_page(KIND_ALERT, slice_of(answer.body), &arena, &page, &err));
        const struct alert *alerts = page.items;
        if (page.items_len == count && strcmp(alerts[0].status, status) == 0)
            return alerts;
        if (clock_monotonic_ms() > until)
            fail_msg("there are not %zu alerts, the newest %s, but %s", count, status, answer.body);
        usleep(5000);
    }
}

static void
expect_attribute(const struct alert *alert, const char *name, const char *value)
{
    for (size_t i = 0; i < alert->attributes_len; i++)
        if (strcmp(alert->attributes[i].attribute_name, name) == 0) {
            assert_string_equal(alert->attributes[i].literal, value);
            return;
        }
    fail_msg("the alert has no %s", name);
}

static void
a_node_fails_recovers_and_fails_while_the_hub_is_away(void **state)
{
    (void)state;
    const char *run = results(1, "error", "fail");
    const char *model = key_of(run, "model.shop.fct_orders");
    const char *test = key_of(run, "test.shop.not_null.0123456789");
    alert_dbt(run, true);
    expect_sent(0, "{\"sent\":2,\"refused\":0,\"waiting\":0}");
    const struct alert *alert = expect_alerts(model, 1, "firing");
    assert_string_equal(alert->title, "fct_orders failed: no such column");
    expect_attribute(alert, "Node", "fct_orders");
    expect_attribute(alert, "Level", "error");
    expect_attribute(alert, "Downstream models", "0");
    expect_attribute(expect_alerts(test, 1, "firing"), "Node", "fct_orders");

    alert_dbt(results(2, "success", "pass"), true); /* what never failed is not told */
    expect_sent(0, "{\"sent\":2,\"refused\":0,\"waiting\":0}");
    (void)expect_alerts(model, 1, "resolved");
    (void)expect_alerts(test, 1, "resolved");
    alert_dbt(results(3, "success", "pass"), true);
    expect_sent(0, "{\"sent\":0,\"refused\":0,\"waiting\":0}");

    fault_proxy_set(proxy, "", FAULT_DROP, 0, 0);
    alert_dbt(results(4, "error", "skipped"), false);
    expect_sent(0, "{\"sent\":0,\"refused\":0,\"waiting\":1}");
    fault_proxy_clear(proxy);
    alert_dbt(results(5, "success", "fail"), true);
    expect_sent(0, "{\"sent\":3,\"refused\":0,\"waiting\":0}");
    (void)expect_alerts(model, 2, "resolved");
    (void)expect_alerts(test, 2, "firing");
}

static void
a_step_says_what_was_wrong_and_fails_only_when_told_to(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        alert_dbt(arena_printf(&arena, "%s/absent.json", home.root), strict);
        program_expect_err(&program, "absent.json': No such file");
        expect_sent(strict ? 7 : 0, "{\"sent\":0,");
        alert_dbt(write_artifact("cut.json", "{\"results\":[{\"unique_id\":\"model.shop.new\","
                                             "\"status\":\"success\"},{\"uni"),
                  strict);
        program_expect_err(&program, "cut.json' is cut off");
        program_expect_err(&program, "the command is not said): nothing is resolved by it");
        expect_sent(strict ? 8 : 0, "{\"sent\":0,");
    }
    static const char *const nothing[] = {"alert", "dbt", NULL};
    program_run(&program, "tocsin", nothing, home.env);
    program_expect_err(&program, "expected --run-results FILE, or --sources FILE");
    expect_sent(1, "");
    static const char *const unset[] = {"alert", "dbt", "--run-results", "", NULL};
    program_run(&program, "tocsin", unset, home.env);
    program_expect_err(&program, "--run-results: expected a file, got nothing");
    expect_sent(1, "");
}

static void
real_artifacts_give_what_another_program_finds_in_them(void **state)
{
    char path[4200];
    int status = 0;
    struct str out;
    struct error err;
    (void)state;
    if (access(SAMPLES, R_OK) != 0)
        skip();
    const char *const argv[] = {"python3", "tests/e2e/dbt_samples.py",
                                program_path("tocsin", path, sizeof path), SAMPLES, NULL};
    str_init(&out, OUT_MAX_BYTES);
    assert_true(process_run(argv, NULL, PATIENCE_MS, &out, &status, &err));
    if (status)
        fail_msg("%s", str_text(&out));
    str_finish(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_fails_recovers_and_fails_while_the_hub_is_away),
        cmocka_unit_test(a_step_says_what_was_wrong_and_fails_only_when_told_to),
        cmocka_unit_test(real_artifacts_give_what_another_program_finds_in_them),
    };
    return cmocka_run_group_tests_name("alerts from dbt", tests, start, stop);
}
