/*
 * Alert events from a pipeline's step, with a server that is away, slow, lost or wrong: the step does not break, what could not
 * be sent waits, and all is there after the next run, once and in order. And with runs that are killed at each thing they write.
 */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "remote/alert_events.h"
#include "tests/support/demo.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/hub_process.h"
#include "tests/support/killed.h"
#include "tests/support/program.h"

enum { TRIES = 3000, TRY_US = 20000, STEPS_MAX = 100 };

/* What the test, its hub and the runs that are killed share. */
static struct {
    char secret[HUB_TOKEN_SIZE]; /* made in the hub's process */
    bool is_put;
} * shared;
static struct hub_process hub;
static struct fault_proxy *proxy;
static struct home home;
static struct arena arena;
static const char *state_directory;

static const char *const viewer[] = {"viewer", NULL};
static const char *const *const roles[] = {viewer};

/* ---- the hub ---- */

static void
fill(struct hub *of, struct arena *scratch)
{
    struct error err;
    hub_put(of, KIND_ALERT_SOURCE,
            "{\"id\":\"S\",\"name\":\"CI\",\"source_type\":\"http\",\"template\":{}}", scratch);
    if (!hub_source_secret_make(hub_store(of), "S", shared->secret, &err))
        _exit(1);
}

/* Where the profile sends, and with which secret. */
static void
configure(const char *url, const char *source, const char *secret)
{
    const char *path = arena_printf(&arena, "%s/config/tocsin/secret", home.root);
    write_private_file(path, secret);
    home_configure(
        &home, url,
        arena_printf(&arena, "alert_source = \"%s\"\nalert_secret_file = \"%s\"\n", source, path));
}

static int
start(void **state)
{
    const struct hub_options options = {
        .database = ":memory:", .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 1000000}};
    (void)state;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    hub_process_start(&hub, &options, fill, roles, 1);
    proxy = fault_proxy_start(hub.port);
    home_create(&home, fault_proxy_url(proxy), "unused");
    state_directory = arena_printf(&arena, "%s/kept", home.root);
    configure(fault_proxy_url(proxy), "S", shared->secret);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    fault_proxy_stop(proxy);
    hub_process_stop(&hub);
    home_destroy(&home);
    arena_finish(&arena);
    return munmap(shared, sizeof *shared);
}

static const char *
alerts_of(const char *key)
{
    return hub_ask(&hub, &arena, hub.keys[0], "GET",
                   arena_printf(&arena, "/v2/alerts?page_size=50&deduplication_key[is]=%s", key),
                   NULL)
        .body;
}

/* One alert of this key, in the end with this status. */
static void
expect_alert(const char *key, const char *status)
{
    const char *body = "";
    for (int i = 0; i < TRIES; i++) {
        body = alerts_of(key);
        if (strcmp(json_text_at(&arena, body, "alerts.0.status"), status) == 0) {
            assert_string_equal(json_text_at(&arena, body, "alerts.1.id"), "");
            return;
        }
        (void)usleep(TRY_US);
    }
    fail_msg("no alert '%s' is %s: %s", key, status, body);
}

static void
expect_no_alert(const char *key)
{
    assert_string_equal(json_text_at(&arena, alerts_of(key), "alerts.0.id"), "");
}

/* ---- runs ---- */

static struct program program;

static void
send_one(const char *key, const char *status, bool strict)
{
    const char *const arguments[] = {"alert",      "send",
                                     "--title",    "orders is late",
                                     "--status",   status,
                                     "--key",      key,
                                     "--state",    state_directory,
                                     "--patience", "1s",
                                     "--json",     strict ? "--strict" : NULL,
                                     NULL};
    program_run(&program, "tocsin", arguments, home.env);
}

static void
send_lines(const char *lines)
{
    const char *const arguments[] = {"alert",         "send",       "--state",
                                     state_directory, "--patience", "30s",
                                     "--strict",      "--json",     NULL};
    program_run_with_input(&program, "tocsin", arguments, home.env, lines);
}

/* The next run, with nothing of its own. */
static void
send_what_waits(int expected)
{
    send_lines("");
    program_expect_status(&program, 0);
    program_expect_out(&program,
                       arena_printf(&arena, "{\"sent\":%d,\"refused\":0,\"waiting\":0}", expected));
    assert_int_equal(program.err.len, 0);
    program_finish(&program);
}

/* ---- tests ---- */

static void
options_and_lines_become_alerts_and_are_resolved(void **state)
{
    (void)state;
    const char *const arguments[] = {
        "alert",      "send",          "--title",          "größer",       "--key",
        "flags",      "--description", "a \"quoted\" one", "--source-url", "https://ci.example/1",
        "--metadata", "team=core",     "--metadata",       "rows=a=b",     "--json",
        NULL};
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 0);
    program_expect_out(&program, "{\"sent\":1,\"refused\":0,\"waiting\":0}\n");
    program_finish(&program);
    expect_alert("flags", "firing");
    const char *alert = alerts_of("flags");
    assert_string_equal(json_text_at(&arena, alert, "alerts.0.title"), "größer");
    assert_string_equal(json_text_at(&arena, alert, "alerts.0.description"), "a \"quoted\" one");
    assert_string_equal(json_text_at(&arena, alert, "alerts.0.source_url"), "https://ci.example/1");

    send_lines("{\"title\":\"x\",\"status\":\"firing\",\"deduplication_key\":\"l1\"}\n"
               "  \r\n"
               "{\"title\":\"x\",\"status\":\"firing\",\"deduplication_key\":\"l2\","
               "\"metadata\":{\"a\":[1,2.5,null]}}\r\n"
               "{\"title\":\"x\",\"status\":\"resolved\",\"deduplication_key\":\"l1\"}");
    program_expect_status(&program, 0);
    program_expect_out(&program, "{\"sent\":3,\"refused\":0,\"waiting\":0}");
    program_finish(&program);
    expect_alert("l1", "resolved");
    expect_alert("l2", "firing");
}

static void
a_line_that_makes_no_sense_is_told_and_the_others_are_sent(void **state)
{
    (void)state;
    send_lines("{\"title\":\"x\",\"status\":\"firing\",\"deduplication_key\":\"w1\"}\n"
               "{\"title\":\n"
               "{\"title\":\" \",\"status\":\"firing\"}\n"
               "{\"title\":\"x\",\"status\":\"resolved\"}\n"
               "[1]\n"
               "{\"title\":\"x\",\"status\":\"burning\",\"deduplication_key\":\"w3\"}\n"
               "{\"title\":\"x\",\"status\":\"firing\",\"deduplication_key\":\"w2\"}\n");
    program_expect_status(&program, 1);
    program_expect_err(&program, "line 2 is left out");
    program_expect_err(&program, "line 3 is left out: 'title' is missing");
    program_expect_err(&program, "line 4 is left out: deduplication_key");
    program_expect_err(&program, "line 5 is left out");
    program_expect_err(&program, "line 6 is left out");
    program_expect_out(&program, "{\"sent\":2,\"refused\":0,\"waiting\":0}");
    program_finish(&program);
    expect_alert("w1", "firing");
    expect_alert("w2", "firing");
}

static void
a_job_without_a_configuration_needs_two_variables_only(void **state)
{
    const char *env[16];
    size_t len = 0;
    (void)state;
    for (; home.env[len]; len++)
        env[len] = home.env[len];
    env[len++] = arena_printf(&arena, "XDG_CONFIG_HOME=%s/none", home.root);
    env[len++] = arena_printf(&arena, "TOCSIN_ALERT_SOURCE=%s/v2/alert_events/http/S",
                              fault_proxy_url(proxy));
    env[len++] = arena_printf(&arena, "TOCSIN_ALERT_SECRET=%s", shared->secret);
    env[len] = NULL;
    const char *const arguments[] = {"alert", "send",  "--strict", "--title",
                                     "x",     "--key", "bare",     NULL};
    program_run(&program, "tocsin", arguments, env);
    program_expect_status(&program, 0);
    assert_int_equal(program.err.len, 0);
    program_finish(&program);
    expect_alert("bare", "firing");
}

static void
a_dry_run_prints_what_would_be_sent_and_sends_nothing(void **state)
{
    (void)state;
    const char *const arguments[] = {"alert",      "send",    "--dry-run",     "--title",
                                     "x",          "--key",   "dry",           "--metadata",
                                     "team=\"a\"", "--state", state_directory, NULL};
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 0);
    assert_string_equal(str_text(&program.out),
                        "[\n{\"title\":\"x\",\"status\":\"firing\",\"deduplication_key\":\"dry\","
                        "\"metadata\":{\"team\":\"\\\"a\\\"\"}}\n]\n");
    program_finish(&program);
    expect_no_alert("dry");
}

static void
wrong_usage_is_said_and_breaks_the_step(void **state)
{
    static const struct {
        const char *arguments[6];
        const char *sentence;
    } cases[] = {
        {{"alert"}, "alert send"},
        {{"alert", "sent"}, "alert send"},
        {{"alert", "send", "--status", "firing"}, "title: must not be empty"},
        {{"alert", "send", "--status", "on"}, "firing or resolved"},
        {{"alert", "send", "--title", "x", "--status=resolved"}, "needs the key"},
        {{"alert", "send", "--title", "x", "--metadata"}, "metadata"},
        {{"alert", "send", "--title", "x", "--metadata=a"}, "NAME=VALUE"},
        {{"alert", "send", "--title=x", "--metadata=a=1", "--metadata=a=2"}, "given twice"},
        {{"alert", "send", "--title", "x", "--state="}, "expected a directory"},
        {{"alert", "send", "--title", "x", "--patience=soon"}, "a span"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        program_run(&program, "tocsin", cases[i].arguments, home.env);
        program_expect_status(&program, 1);
        program_expect_err(&program, cases[i].sentence);
        program_finish(&program);
    }
}

#define ANSWER(status, type, body)                                                                 \
    "HTTP/1.1 " status "\r\nContent-Type: " type "\r\nConnection: close\r\n\r\n" body
#define JSON "application/json"

struct fault_case {
    const char *name;
    enum fault fault;
    int amount;
    const char *answer; /* of FAULT_ANSWER */
    int status;
    const char *sentence;
    bool is_long; /* run by `make storm` only */
};

/* clang-format off: a table, one row a line */
static const struct fault_case cases[] = {
    {"500", FAULT_ERROR, 0, NULL, 3, "500", false},
    {"a page, 502", FAULT_HTML, 0, NULL, 3, "502", true},
    {"a page, 200", FAULT_ANSWER, 0, ANSWER("200 OK", "text/html", "<!doctype html><p>sign in"), 3,
     "HTML instead of JSON", false},
    {"200", FAULT_ANSWER, 0, ANSWER("200 OK", JSON, "{}"), 3, "as no alert source does", false},
    {"a page, 403", FAULT_ANSWER, 0, ANSWER("403 Forbidden", "text/html", "<p>no"), 2, "403",
     false},
    {"401", FAULT_ANSWER, 0,
     ANSWER("401 Unauthorized", JSON, "{\"type\":\"authentication_error\",\"status\":401}"), 2,
     "401", false},
    {"404", FAULT_ANSWER, 0,
     ANSWER("404 Not Found", JSON, "{\"type\":\"not_found\",\"status\":404}"), 6, "404", false},
    {"429 for an hour", FAULT_RATE_LIMITED, 3600, NULL, 3, "429", false},
    {"elsewhere", FAULT_ANSWER, 0,
     "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.invalid/\r\nConnection: close\r\n\r\n", 3,
     "elsewhere.invalid", false},
    {"no HTTP", FAULT_ANSWER, 0, "SSH-2.0-OpenSSH_9.2\r\n", 3, "/v2/alert_events/http/S", true},
    {"broken off", FAULT_DROP, 0, NULL, 3, "/v2/alert_events/http/S", false},
    {"silent", FAULT_SILENT, 0, NULL, 3, "/v2/alert_events/http/S", false},
};
/* clang-format on */

static void
whatever_the_server_does_the_events_wait_and_go_out_with_the_next_run(void **state)
{
    (void)state;
    int waiting = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *key = arena_printf(&arena, "fault%zu", i);
        if (cases[i].is_long && !getenv("TEST_LONG"))
            continue;
        print_message("  %s\n", cases[i].name);
        if (cases[i].fault == FAULT_ANSWER)
            fault_proxy_answer(proxy, "/v2/alert_events", cases[i].answer);
        else
            fault_proxy_set(proxy, "/v2/alert_events", cases[i].fault, cases[i].amount, 0);
        waiting++;
        send_one(key, "firing", true);
        program_expect_status(&program, cases[i].status);
        program_expect_err(&program, cases[i].sentence);
        program_expect_err(&program, " for the next run");
        program_expect_out(&program,
                           arena_printf(&arena, "\"refused\":0,\"waiting\":%d}", waiting));
        assert_null(strstr(str_text(&program.err), shared->secret));
        program_finish(&program);
    }
    fault_proxy_set(proxy, "/v2/alert_events", FAULT_RATE_LIMITED, 3600, 0);
    send_one("fault0", "resolved", false); /* a step that may not break the pipeline */
    program_expect_status(&program, 0);
    program_expect_err(&program, " for the next run");
    program_finish(&program);
    waiting++;
    fault_proxy_clear(proxy);
    send_what_waits(waiting);
    send_what_waits(0);
    expect_alert("fault0", "resolved");
    for (size_t i = 1; i < sizeof cases / sizeof *cases; i++)
        if (!cases[i].is_long || getenv("TEST_LONG"))
            expect_alert(arena_printf(&arena, "fault%zu", i), "firing");
}

static void
what_is_over_soon_is_waited_for(void **state)
{
    static const struct {
        enum fault fault;
        int amount;
        bool is_long;
    } faults[] = {
        {FAULT_RATE_LIMITED, 1, false},
        {FAULT_CUT, 0, false}, /* taken, but the answer is lost */
        {FAULT_ERROR, 0, true},
        {FAULT_DROP, 0, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const char *key = arena_printf(&arena, "soon%zu", i);
        if (faults[i].is_long && !getenv("TEST_LONG"))
            continue;
        fault_proxy_set(proxy, "/v2/alert_events", faults[i].fault, faults[i].amount, 1);
        send_lines(arena_printf(
            &arena, "{\"title\":\"x\",\"status\":\"firing\",\"deduplication_key\":\"%s\"}\n", key));
        program_expect_status(&program, 0);
        program_expect_out(&program, "{\"sent\":1,\"refused\":0,\"waiting\":0}");
        program_finish(&program);
        expect_alert(key, "firing");
    }
}

static void
what_is_refused_for_good_does_not_hold_up_the_others(void **state)
{
    (void)state;
    fault_proxy_answer(proxy, "/v2/alert_events",
                       ANSWER("422 Unprocessable Entity", JSON,
                              "{\"type\":\"validation_error\",\"status\":422,\"errors\":[{\"code\":"
                              "\"is_required\",\"message\":\"too long\",\"source\":{\"field\":"
                              "\"title\"}}]}"));
    send_one("refused", "firing", true);
    program_expect_status(&program, 2);
    program_expect_err(&program, "'orders is late' was refused for good");
    program_expect_err(&program, "too long");
    program_expect_out(&program, "{\"sent\":0,\"refused\":1,\"waiting\":0}");
    program_finish(&program);
    /* Too large for whoever stands between: it always will be. */
    fault_proxy_answer(proxy, "/v2/alert_events",
                       ANSWER("413 Payload Too Large", "text/html", "<p>no"));
    send_one("refused", "firing", true);
    program_expect_status(&program, 3);
    program_expect_out(&program, "{\"sent\":0,\"refused\":1,\"waiting\":0}");
    program_finish(&program);
    fault_proxy_clear(proxy);
    send_what_waits(0);
    expect_no_alert("refused");
}

static void
a_server_that_is_away_a_wrong_secret_and_an_address_that_is_none(void **state)
{
    (void)state;
    configure("http://127.0.0.1:1", "S", shared->secret);
    send_one("away", "firing", true);
    program_expect_status(&program, 3);
    program_expect_err(&program, "1 event waits");
    program_finish(&program);

    configure(fault_proxy_url(proxy), "S", "not-the-secret");
    send_one("wrong-secret", "firing", true);
    program_expect_status(&program, 2);
    program_expect_err(&program, "401");
    program_finish(&program);

    configure(fault_proxy_url(proxy), "", shared->secret);
    send_one("nowhere", "firing", true);
    program_expect_status(&program, 1);
    program_expect_err(&program, "has no alert source");
    program_finish(&program);
    send_one("nowhere", "firing", false);
    program_expect_status(&program, 0);
    program_finish(&program);

    /* The source's own address, and a directory that cannot be one: it is sent all the same. */
    configure("http://127.0.0.1:1",
              arena_printf(&arena, "%s/v2/alert_events/http/S", fault_proxy_url(proxy)),
              shared->secret);
    const char *kept = state_directory;
    state_directory = home.config;
    send_one("no-directory", "firing", true);
    program_expect_status(&program, 7);
    program_expect_err(&program, "cannot use the state directory");
    program_expect_out(&program, "{\"sent\":1,\"refused\":0,\"waiting\":0}");
    program_finish(&program);
    state_directory = kept;
    send_what_waits(1); /* that of the wrong secret: the address is the same */
    expect_alert("no-directory", "firing");
    expect_alert("wrong-secret", "firing");
    expect_no_alert("away");
    configure(fault_proxy_url(proxy), "S", shared->secret);
}

/* ---- kill -9 ---- */

static struct alert_event_out
event(const char *key, bool resolved)
{
    const struct alert_event_parts parts = {.title = "x",
                                            .deduplication_key = key,
                                            .description = "",
                                            .source_url = "",
                                            .metadata = "",
                                            .resolved = resolved};
    return alert_event_out(&parts, &arena);
}

/* In a child: puts the events, sends what waits. */
static void
deliver(const char *directory, const struct alert_event_out *events, size_t events_len)
{
    const struct profile profile = {.url = fault_proxy_url(proxy), .ca_file = "", .proxy = ""};
    struct alert_address address;
    struct alert_spool *spool;
    struct error err;
    struct alert_delivery delivery = {
        .address = &address, .profile = &profile, .secret = shared->secret};
    if (!alert_address_read("S", &profile, &arena, &address, &err) ||
        !alert_spool_open(&spool, directory, address.text, 0, &err) ||
        !alert_spool_put(spool, events, events_len, &err))
        _exit(1);
    shared->is_put = true;
    if (!alert_events_deliver(&delivery, spool, &err))
        _exit(1);
    alert_spool_close(spool);
    _exit(0);
}

/* True when it ended by itself, and well. */
static bool
deliver_in_child(const char *directory, const struct alert_event_out *events, size_t events_len,
                 int before, int after)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        killed_at(before, after);
        deliver(directory, events, events_len);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    else
        assert_int_equal(WTERMSIG(status), SIGKILL);
    return WIFEXITED(status);
}

static void
a_run_that_is_killed_at_any_step_leaves_all_to_the_next_one(void **state)
{
    bool is_over = false;
    (void)state;
    for (int i = 2; !is_over; i++) {
        const char *directory = arena_printf(&arena, "%s/killed%d", home.root, i);
        const char *a = arena_printf(&arena, "killed%da", i);
        const char *b = arena_printf(&arena, "killed%db", i);
        const struct alert_event_out events[] = {event(a, false), event(b, false), event(a, true)};
        assert_true(i < STEPS_MAX);
        shared->is_put = false;
        is_over = deliver_in_child(directory, events, 3, i % 2 ? 0 : i / 2, i % 2 ? i / 2 : 0);
        bool was_put = shared->is_put;
        assert_true(deliver_in_child(directory, NULL, 0, 0, 0));
        if (was_put) {
            expect_alert(a, "resolved");
            expect_alert(b, "firing");
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_lines_become_alerts_and_are_resolved),
        cmocka_unit_test(a_line_that_makes_no_sense_is_told_and_the_others_are_sent),
        cmocka_unit_test(a_job_without_a_configuration_needs_two_variables_only),
        cmocka_unit_test(a_dry_run_prints_what_would_be_sent_and_sends_nothing),
        cmocka_unit_test(wrong_usage_is_said_and_breaks_the_step),
        cmocka_unit_test(whatever_the_server_does_the_events_wait_and_go_out_with_the_next_run),
        cmocka_unit_test(what_is_over_soon_is_waited_for),
        cmocka_unit_test(what_is_refused_for_good_does_not_hold_up_the_others),
        cmocka_unit_test(a_server_that_is_away_a_wrong_secret_and_an_address_that_is_none),
        cmocka_unit_test(a_run_that_is_killed_at_any_step_leaves_all_to_the_next_one),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
