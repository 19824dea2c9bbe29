/* The hub's own program with a hub.conf: from an event to a page and its end, over HTTP; reload; what is declared. */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/process.h"
#include "config/file.h"
#include "hub/declare.h"
#include "tests/support/demo.h"
#include "tests/support/http_client.h"
#include "tests/support/program.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

enum { PATIENCE_MS = 60 * 1000, FILE_MAX_BYTES = 4 * 1024 * 1024 };

static struct arena arena;
static const char *directory, *conf, *data, *log_path;
static const char *key;
static pid_t hub;
static struct http_client *client;

static const char *
text_of(const char *path)
{
    struct str text;
    struct error err;
    str_init(&text, FILE_MAX_BYTES);
    const char *copy = file_read(path, &text, &err) ? arena_text(&arena, str_text(&text)) : "";
    str_finish(&text);
    return copy;
}

static void
write_text(const char *path, const char *text, mode_t mode)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(path, mode), 0);
}

/* A condition that comes about, or the test fails with what was said last. */
#define WAIT_FOR(condition, last)                                                                  \
    do {                                                                                           \
        int64_t until = clock_monotonic_ms() + PATIENCE_MS;                                        \
        while (!(condition)) {                                                                     \
            if (clock_monotonic_ms() > until)                                                      \
                fail_msg("waited in vain for: %s\n%s", #condition, (last));                        \
            usleep(5000);                                                                          \
        }                                                                                          \
    } while (0)

static const char *
replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    return arena_printf(&arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static size_t
count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text++)
        count++;
    return count;
}

/* The shipped example, on a free port, its pages to a file of ours. */
static const char *
example(void)
{
    const char *text = replaced(text_of("data/hub.conf"), "127.0.0.1:8180", "127.0.0.1:0");
    const char *hook = arena_printf(&arena, "\"%s/hook\"", directory);
    return replaced(text, "\"/usr/bin/logger\", \"-t\", \"tocsin\", \"-p\", \"user.crit\"", hook);
}

static int
start(void **state)
{
    static const char *const secrets[] = {"dbt", "ci", "hourly", "questions"};
    char program[4096];
    struct error err;
    (void)state;
    directory = temporary_directory(&arena);
    conf = arena_printf(&arena, "%s/hub.conf", directory);
    data = arena_printf(&arena, "%s/data", directory);
    log_path = arena_printf(&arena, "%s/log", directory);
    assert_int_equal(mkdir(arena_printf(&arena, "%s/secrets", directory), 0700), 0);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        write_text(arena_printf(&arena, "%s/secrets/%s", directory, secrets[i]),
                   arena_printf(&arena, "secret-of-%s\n", secrets[i]), 0600);
    write_text(arena_printf(&arena, "%s/hook", directory),
               arena_printf(&arena, "#!/bin/sh\n{ cat; echo; } >>'%s/pages'\n", directory), 0700);
    write_text(conf, example(), 0644);

    struct program made;
    program_run(&made, "tocsin",
                (const char *const[]){"hub", "key", "add", "test", "--role", "viewer", "--role",
                                      "manage_settings", "--role", "on_call_editor", "--role",
                                      "escalation_creator", "--data", data, "--plain", NULL},
                NULL);
    program_expect_status(&made, 0);
    key = arena_text_len(&arena, str_text(&made.out), strcspn(str_text(&made.out), "\n"));
    program_finish(&made);

    int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(log >= 0);
    const struct process_options options = {
        .stdin_fd = -1, .stdout_fd = log, .stderr_fd = log, .die_with_parent = true};
    const char *const argv[] = {program_path("tocsin-hub", program, sizeof program),
                                "hub",
                                "--config",
                                conf,
                                "--data",
                                data,
                                NULL};
    if (!process_start(argv, &options, &hub, &err))
        fail_msg("%s", err.message);
    (void)close(log); /* the child's */
    WAIT_FOR(strstr(text_of(log_path), "listening on "), text_of(log_path));
    const char *url = strstr(text_of(log_path), "listening on ") + strlen("listening on ");
    client = http_client_create(arena_text_len(&arena, url, strcspn(url, "\n")));
    return 0;
}

static int
stop(void **state)
{
    int status = -1;
    (void)state;
    http_client_destroy(client);
    assert_int_equal(kill(hub, SIGTERM), 0);
    assert_true(process_wait(hub, PATIENCE_MS, &status));
    assert_int_equal(status, 0);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static const char *
get(const char *path)
{
    struct http_answer answer = http_client_get(client, path, key, &arena);
    if (answer.status != 200)
        fail_msg("%s: %d %s", path, answer.status, answer.body);
    return answer.body;
}

static const char *
value_of(const char *json, const char *path)
{
    struct wire_document *document;
    struct error err;
    assert_true(wire_document_read(slice_of(json), &document, &err));
    const char *text = wire_document_text(document, &arena, path);
    wire_document_destroy(document);
    return text;
}

static int
post(const char *path, const char *token, const char *body)
{
    const char *const headers[] = {arena_printf(&arena, "Authorization: Bearer %s", token),
                                   "Content-Type: application/json", NULL};
    return http_send(client, "POST", path, headers, body, &arena).status;
}

static int
send_event(const char *event_key, const char *status, const char *model)
{
    return post(arena_printf(&arena, "/v2/alert_events/http/%s",
                             declared_id("alert_source", "dbt", &arena)),
                "secret-of-dbt",
                arena_printf(&arena,
                             "{\"title\":\"%s failed\",\"status\":\"%s\",\"deduplication_key\":\"%s"
                             "\",\"metadata\":{\"model\":\"%s\",\"level\":\"error\",\"tags\":["
                             "\"revenue\"]}}",
                             model, status, event_key, model));
}

static void
an_event_pages_whom_it_concerns_until_it_is_over(void **state)
{
    (void)state;
    assert_int_equal(post(arena_printf(&arena, "/v2/alert_events/http/%s",
                                       declared_id("alert_source", "dbt", &arena)),
                          "wrong", "{\"title\":\"x\",\"status\":\"firing\"}"),
                     401);
    assert_int_equal(send_event("scenario", "firing", "fct_orders"), 202);

    /* alert, with its owner and impact */
    const char *alerts = "";
    WAIT_FOR(*value_of(alerts = get("/v2/alerts?page_size=5&deduplication_key%5Bis%5D=scenario"),
                       "alerts.0.id"),
             alerts);
    const char *alert_id = value_of(alerts, "alerts.0.id");
    assert_non_null(strstr(alerts, "\"literal\":\"critical\""));
    assert_non_null(strstr(alerts, "\"literal\":\"ben\""));

    /* incident */
    const char *links = "";
    WAIT_FOR(*value_of(links = get(arena_printf(
                           &arena, "/v2/incident_alerts?page_size=5&alert_id=%s", alert_id)),
                       "incident_alerts.0.incident.id"),
             links);
    const char *incident = get(
        arena_printf(&arena, "/v2/incidents/%s", value_of(links, "incident_alerts.0.incident.id")));
    assert_string_equal(value_of(incident, "incident.name"), "fct_orders failed");
    assert_string_equal(value_of(incident, "incident.severity.name"), "Critical");
    assert_string_equal(value_of(incident, "incident.incident_status.category"), "triage");
    assert_string_equal(value_of(incident, "incident.incident_type.name"), "Pipeline");

    /* why: the note tells it */
    const char *notes = get(arena_printf(&arena, "/v1/alert_notes?alert_id=%s", alert_id));
    assert_non_null(strstr(notes, "Production pipeline"));

    /* page, by the hook */
    const char *pages = arena_printf(&arena, "%s/pages", directory);
    const char *escalations = "";
    WAIT_FOR(strcmp(value_of(escalations = get(arena_printf(
                                 &arena, "/v2/escalations?page_size=5&alert%%5Bone_of%%5D=%s",
                                 alert_id)),
                             "escalations.0.status"),
                    "triggered") == 0,
             escalations);
    WAIT_FOR(strstr(text_of(pages), "fct_orders failed"), text_of(log_path));

    /* acknowledged: it stays so */
    const char *escalation_id = value_of(escalations, "escalations.0.id");
    assert_int_equal(post(arena_printf(&arena, "/v2/escalations/%s/actions/respond", escalation_id),
                          key, "{\"response\":\"ack\"}"),
                     200);
    assert_string_equal(value_of(get(arena_printf(&arena, "/v2/escalations/%s", escalation_id)),
                                 "escalation.status"),
                        "acked");

    /* over: the alert resolves, its incident, still in triage, is declined */
    assert_int_equal(send_event("scenario", "resolved", "fct_orders"), 202);
    WAIT_FOR(strcmp(value_of(alerts = get(arena_printf(&arena, "/v2/alerts/%s", alert_id)),
                             "alert.status"),
                    "resolved") == 0,
             alerts);
    WAIT_FOR(strcmp(value_of(incident = get(arena_printf(&arena, "/v2/incidents/%s",
                                                         value_of(incident, "incident.id"))),
                             "incident.incident_status.category"),
                    "declined") == 0,
             incident);
}

static void
a_wrong_file_is_refused_whole_and_the_one_before_goes_on(void **state)
{
    const char *right = text_of(conf);
    const char *before = get("/v3/alert_routes");
    (void)state;
    write_text(conf,
               arena_printf(&arena,
                            "%s\nroute \"new\" { sources = {\"dbt\"} }\nroute \"wrong\" { "
                            "sources = {\"nowhere\"} }\n",
                            right),
               0644);
    assert_int_equal(kill(hub, SIGHUP), 0);
    WAIT_FOR(strstr(text_of(log_path), "there is no source 'nowhere'"), text_of(log_path));
    assert_string_equal(get("/v3/alert_routes"), before);
    write_text(conf, replaced(right, "'.metadata.commit'", "'.metadata.commit | if'"), 0644);
    assert_int_equal(kill(hub, SIGHUP), 0);
    WAIT_FOR(strstr(text_of(log_path), "attribute Commit: "), text_of(log_path));
    assert_string_equal(get("/v3/alert_routes"), before);
    write_text(conf, replaced(right, "Deploys of main", "Deploys"), 0644);
    assert_int_equal(kill(hub, SIGHUP), 0);
    WAIT_FOR(strstr(get("/v3/alert_routes"), "\"Deploys\""), text_of(log_path));
    write_text(conf, right, 0644);
}

static void
a_thousand_routes_are_reloaded_while_events_are_taken(void **state)
{
    enum { ROUTES = 1000 };
    struct str text;
    int taken = 0;
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    (void)state;
    str_init(&text, 0);
    str_append(&text, text_of(conf));
    for (int i = 0; i < ROUTES; i++)
        str_printf(&text,
                   "route \"many %d\" { sources = {\"ci\"} match = {\"Owner = owner %d\"} when = "
                   "'.title | test(\"x%d\")' }\n",
                   i, i, i);
    write_text(conf, str_text(&text), 0644);
    size_t reloads = count_of(text_of(log_path), "objects changed");
    assert_int_equal(kill(hub, SIGHUP), 0);
    while (count_of(text_of(log_path), "objects changed") == reloads) {
        int status = send_event(arena_printf(&arena, "during %d", taken), "resolved", "x");
        if (status != 202 && status != 429)
            fail_msg("an event got %d", status);
        if (clock_monotonic_ms() > until)
            fail_msg("the reload does not end\n%s", text_of(log_path));
        taken++;
    }
    assert_true(taken > 0);
    (void)get(arena_printf(&arena, "/v3/alert_routes/%s",
                           declared_id("alert_route", "many 999", &arena)));
    str_finish(&text);
}

static void
a_backup_is_made_while_it_runs(void **state)
{
    struct program program;
    struct store *store;
    struct error err;
    const char *place;
    const char *copy = arena_printf(&arena, "%s/copy.db", directory);
    (void)state;
    program_run(&program, "tocsin",
                (const char *const[]){"hub", "backup", copy, "--data", data, NULL}, NULL);
    program_expect_status(&program, 0);
    program_finish(&program);
    assert_true(store_open(&store, STORE_HUB, copy, STORE_READ, NULL, &err));
    assert_true(declared_place(store, KIND_ALERT_SOURCE, declared_id("alert_source", "dbt", &arena),
                               &arena, &place, &err));
    assert_non_null(strstr(place, "hub.conf:"));
    store_close(store);
}

static void
rules_are_checked_explained_and_replayed(void **state)
{
    struct program program;
    const char *payload = arena_printf(&arena, "%s/payload.json", directory);
    (void)state;
    write_text(payload,
               "{\"title\":\"fct_orders failed\",\"status\":\"firing\",\"metadata\":{\"model\":"
               "\"fct_orders\",\"level\":\"error\"}}",
               0644);
    program_run(
        &program, "tocsin",
        (const char *const[]){"rules", "check", "--config", "data/hub.conf", "--plain", NULL},
        NULL);
    program_expect_status(&program, 0);
    program_expect_out(&program, "nothing is wrong with it");
    program_finish(&program);
    program_run(&program, "tocsin",
                (const char *const[]){"rules", "test", payload, "--config", "data/hub.conf",
                                      "--plain", NULL},
                NULL);
    program_expect_status(&program, 0);
    program_expect_out(&program, "Severity is minor");
    program_expect_out(&program, "Route Production pipeline: taken");
    program_finish(&program);

    /* What happened, once more with the same rules: the same. With another route: not. */
    write_text(conf, example(), 0644);
    program_run(
        &program, "tocsin",
        (const char *const[]){"rules", "replay", "--config", conf, "--data", data, "--plain", NULL},
        NULL);
    program_expect_status(&program, 0);
    program_expect_out(&program, "Every alert would have gone the same way.");
    program_finish(&program);
    write_text(conf, replaced(example(), "critical | major | minor", "low"), 0644);
    program_run(
        &program, "tocsin",
        (const char *const[]){"rules", "replay", "--config", conf, "--data", data, "--plain", NULL},
        NULL);
    program_expect_status(&program, 0);
    program_expect_out(&program, "would have: unrouted");
    program_finish(&program);

    write_text(conf, "route \"r\" { }\n", 0644);
    program_run(&program, "tocsin",
                (const char *const[]){"rules", "check", "--config", conf, "--plain", NULL}, NULL);
    program_expect_status(&program, 1);
    program_expect_err(&program, "hub.conf:1: route 'r' needs 'sources'");
    program_finish(&program);
    write_text(conf, example(), 0644);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_pages_whom_it_concerns_until_it_is_over),
        cmocka_unit_test(rules_are_checked_explained_and_replayed),
        cmocka_unit_test(a_wrong_file_is_refused_whole_and_the_one_before_goes_on),
        cmocka_unit_test(a_thousand_routes_are_reloaded_while_events_are_taken),
        cmocka_unit_test(a_backup_is_made_while_it_runs),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
