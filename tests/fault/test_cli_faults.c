/* What a script sees when the server is not as it should be: a sentence, an exit status, and a cache that stays. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/process.h"
#include "config/file.h"
#include "tests/support/demo.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/program.h"

static struct demo demo;
static struct home home;
static struct fault_proxy *proxy;
static struct arena arena;
static char *alerts_before;

static const char *const once[] = {"sync", "--once", "--json", NULL};
static const char *const doctor[] = {"doctor", "--json", NULL};
static const char *const list_alerts[] = {"list", "alerts", "--json", "--limit", "0", NULL};

static int
start(void **state)
{
    (void)state;
    static const char *const options[] = {"--speed", "0", NULL};
    struct program program;
    demo_start(&demo, options);
    proxy = fault_proxy_start(atoi(strrchr(demo.url, ':') + 1));
    home_create(&home, fault_proxy_url(proxy), demo.viewer_key);
    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, 0);
    program_finish(&program);
    program_run(&program, "tocsin", list_alerts, home.env);
    program_expect_status(&program, 0);
    alerts_before = strdup(str_text(&program.out));
    assert_true(strlen(alerts_before) > 1000 * 1000);
    program_finish(&program);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    free(alerts_before);
    fault_proxy_stop(proxy);
    demo_stop(&demo);
    home_destroy(&home);
    arena_finish(&arena);
    return 0;
}

/* The last line of standard error is one JSON object that names the error. */
static void
expect_json_error(const struct program *program, const char *code)
{
    char *text = strdup(str_text(&program->err)), *line = text;
    size_t len = strlen(text);
    if (len && text[len - 1] == '\n')
        text[len - 1] = '\0';
    if (strrchr(text, '\n'))
        line = strrchr(text, '\n') + 1;
    cJSON *object = cJSON_Parse(line);
    const char *error = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "error"));
    const char *message = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "message"));
    if (!error || strcmp(error, code) != 0 || !message || !*message ||
        !cJSON_IsBool(cJSON_GetObjectItemCaseSensitive(object, "retryable")) ||
        !cJSON_IsString(cJSON_GetObjectItemCaseSensitive(object, "request_id")))
        fail_msg("expected a JSON error '%s', got: %s", code, str_text(&program->err));
    cJSON_Delete(object);
    free(text);
}

static void
expect_cache_stays(void)
{
    struct program program;
    program_run(&program, "tocsin", list_alerts, home.env);
    if (strcmp(str_text(&program.out), alerts_before) != 0)
        fail_msg("the cache is not what it was: %.300s", str_text(&program.out));
    program_finish(&program);
}

struct fault_case {
    const char *name;
    const char *path;
    enum fault fault;
    int amount;
    const char *answer; /* of FAULT_ANSWER */
    int status;
    const char *code, *sentence;
    int doctor_status; /* 0 = doctor asks for another path, and finds nothing */
    bool is_long;      /* run by `make storm` only */
};

#define JSON_200 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"

/* clang-format off: a table, one row a line */
static const struct fault_case cases[] = {
    {"401", "", FAULT_ANSWER, 0,
     "HTTP/1.1 401 Unauthorized\r\nX-Request-Id: r401\r\nConnection: "
     "close\r\n\r\n{\"type\":\"authentication_error\",\"status\":401}",
     2, "unauthenticated", "401", 2, false},
    {"403 everywhere", "", FAULT_ANSWER, 0,
     "HTTP/1.1 403 Forbidden\r\nConnection: "
     "close\r\n\r\n{\"type\":\"authorization_error\",\"status\":403}",
     2, "forbidden", "403", 2, true},
    {"a page instead of the API", "", FAULT_ANSWER, 0,
     "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<!doctype "
     "html><p>sign in",
     3, "protocol", "HTML instead of JSON", 3, false},
    {"404 with a page", "", FAULT_ANSWER, 0,
     "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<h1>404</h1>",
     6, "not_found", "404", 6, true},
    {"a redirection", "", FAULT_ANSWER, 0,
     "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.invalid/\r\nConnection: close\r\n\r\n", 3,
     "protocol", "elsewhere.invalid", 3, true},
    {"no HTTP", "", FAULT_ANSWER, 0, "SSH-2.0-OpenSSH_9.2\r\n", 3, "protocol", "/v1/identity", 3,
     false},
    {"truncated JSON", "", FAULT_ANSWER, 0, JSON_200 "{\"identity\":{\"name", 3, "protocol",
     "/v1/identity", 3, false},
    {"wrong types", "", FAULT_ANSWER, 0,
     JSON_200 "{\"identity\":7,\"alerts\":\"x\",\"pagination_meta\":[]}", 3, "protocol",
     "/v1/identity", 3, true},
    {"a proxy's 502", "", FAULT_HTML, 0, NULL, 3, "upstream", "502", 3, true},
    {"dropped connections", "", FAULT_DROP, 0, NULL, 3, "network", "/v1/identity", 3, false},
    {"endless", "", FAULT_ENDLESS, 0, NULL, 3, "too_large", "larger than", 3, false},
    {"one path down", "/v2/escalations", FAULT_ERROR, 0, NULL, 8, "partial", "escalation", 0,
     false},
    {"one path forbidden", "/v2/follow_ups", FAULT_ANSWER, 0,
     "HTTP/1.1 403 Forbidden\r\nConnection: "
     "close\r\n\r\n{\"type\":\"authorization_error\",\"status\":403}",
     8, "partial", "follow_up", 0, false},
    {"one path corrupt", "/v2/incidents", FAULT_CORRUPT, 0, NULL, 8, "partial", "incident", 0,
     true},
    {"pages in a circle", "/v2/escalations", FAULT_ANSWER, 0,
     JSON_200 "{\"escalations\":[{\"id\":\"E1\",\"title\":\"t\",\"status\":\"triggered\","
              "\"priority\":{\"name\":\"High\"},\"creator\":{},"
              "\"events\":[],\"related_alerts\":[],\"related_incidents\":[],\"created_at\":\"2026-"
              "08-01T01:00:00Z\","
              "\"updated_at\":\"2026-08-01T02:00:00Z\"}],\"pagination_meta\":{\"page_size\":25,"
              "\"after\":\"E1\"}}",
     8, "partial", "circle", 0, false},
};
/* clang-format on */

static void
run_case(const struct fault_case *fault)
{
    struct program program;
    print_message("  %s\n", fault->name);
    if (fault->fault == FAULT_ANSWER)
        fault_proxy_answer(proxy, fault->path, fault->answer);
    else
        fault_proxy_set(proxy, fault->path, fault->fault, fault->amount, 0);

    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, fault->status);
    program_expect_err(&program, fault->sentence);
    expect_json_error(&program, fault->code);
    assert_null(strstr(str_text(&program.out), "nothing changed\nnothing"));
    if (*fault->path == '\0')
        assert_int_equal(program.out.len, 0); /* nothing was learnt, so nothing is said */
    program_finish(&program);

    program_run(&program, "tocsin", doctor, home.env);
    cJSON *findings = cJSON_Parse(str_text(&program.out));
    assert_true(cJSON_IsArray(findings));
    assert_true(cJSON_GetArraySize(findings) < 16); /* one cause is one line */
    cJSON_Delete(findings);
    if (fault->doctor_status)
        program_expect_status(&program, fault->doctor_status);
    else
        assert_int_not_equal(program.status, 0);
    program_expect_out(&program, fault->sentence);
    program_finish(&program);

    fault_proxy_clear(proxy);
    expect_cache_stays();
}

static void
every_fault_is_a_sentence_and_a_status_and_the_cache_stays(void **state)
{
    struct program program;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!cases[i].is_long || getenv("TEST_LONG"))
            run_case(&cases[i]);
    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, 0);
    program_finish(&program);
    program_run(&program, "tocsin", doctor, home.env);
    program_expect_status(&program, 0);
    program_finish(&program);
    expect_cache_stays();
}

static void
expect_failure_at(const char *url, int status, const char *code, const char *sentence)
{
    struct program program;
    home_configure(&home, url, "");
    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, status);
    program_expect_err(&program, sentence);
    if (code)
        expect_json_error(&program, code);
    program_finish(&program);
    program_run(&program, "tocsin", doctor, home.env);
    program_expect_status(&program, status);
    program_expect_out(&program, sentence);
    program_finish(&program);
    home_configure(&home, fault_proxy_url(proxy), "");
}

static void
a_wrong_address_is_told_by_its_kind(void **state)
{
    char url[200];
    (void)state;
    expect_failure_at("http://127.0.0.1:1", 3, "network", "connect");
    expect_failure_at("https://nobody.invalid", 3, NULL,
                      "esolv"); /* not resolved, or not in time */
    expect_failure_at("unix:/nowhere/hub.sock", 3, "network", "/nowhere/hub.sock");
    snprintf(url, sizeof url, "https%.100s", demo.url + strlen("http"));
    expect_failure_at(url, 3, "protocol", "does that port speak https?");
    snprintf(url, sizeof url, "%s/wrong", demo.url);
    expect_failure_at(url, 6, "not_found", "404");
    expect_failure_at("http://example.com", 1, "config", "unencrypted");
    expect_cache_stays();
}

static void
a_certificate_nobody_vouches_for_is_refused(void **state)
{
    char key[160], certificate[160], url[64];
    struct str out;
    struct error err = {0};
    int status = -1;
    pid_t pid;
    (void)state;
    snprintf(key, sizeof key, "%s/key.pem", home.root);
    snprintf(certificate, sizeof certificate, "%s/certificate.pem", home.root);
    const char *const make[] = {"openssl", "req",   "-x509", "-newkey",   "rsa:2048",
                                "-nodes",  "-days", "1",     "-subj",     "/CN=127.0.0.1",
                                "-keyout", key,     "-out",  certificate, NULL};
    str_init(&out, 64 * 1024);
    if (!process_run(make, NULL, 30000, &out, &status, &err) || status != 0)
        skip(); /* no openssl here */
    str_finish(&out);

    /* A free port: whoever had it a moment ago is gone. */
    struct fault_proxy *lender = fault_proxy_start(1);
    int port = fault_proxy_port(lender);
    fault_proxy_stop(lender);
    char port_text[8];
    snprintf(port_text, sizeof port_text, "%d", port);
    snprintf(url, sizeof url, "https://127.0.0.1:%d", port);
    const char *const serve[] = {"openssl", "s_server",  "-accept", port_text, "-key", key,
                                 "-cert",   certificate, "-quiet",  "-www",    NULL};
    const struct process_options how = {
        .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1, .die_with_parent = true};
    if (!process_start(serve, &how, &pid, &err))
        fail_msg("%s", err.message);
    const char *const probe[] = {"openssl", "s_client", "-connect", url + strlen("https://"), NULL};
    for (int i = 0; i < 200; i++) {
        str_init(&out, 1024 * 1024);
        bool answers = process_run(probe, NULL, 10000, &out, &status, &err) && status == 0;
        str_finish(&out);
        if (answers)
            break;
    }
    expect_failure_at(url, 3, "tls", "certificate");
    process_stop(pid, 1000);
}

static void
a_clock_that_is_off_is_told(void **state)
{
    static const char *const once_loud[] = {"sync", "--once", "-v", "--plain", NULL};
    struct program program;
    (void)state;
    fault_proxy_set(proxy, "", FAULT_DATE, 600, 0);
    program_run(&program, "tocsin-sync", once_loud, home.env);
    program_expect_status(&program, 0);
    program_expect_err(&program, "behind the server's");
    program_finish(&program);
    program_run(&program, "tocsin", doctor, home.env);
    program_expect_out(&program, "clock");
    assert_int_not_equal(program.status, 0);
    program_finish(&program);
    fault_proxy_clear(proxy);
}

static void
a_key_nobody_should_read_or_that_is_missing_is_told(void **state)
{
    char token[200];
    struct program program;
    (void)state;
    snprintf(token, sizeof token, "%s/config/tocsin/token", home.root);
    assert_int_equal(chmod(token, 0644), 0);
    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, 1);
    expect_json_error(&program, "config");
    program_expect_err(&program, token);
    program_finish(&program);
    assert_int_equal(chmod(token, 0600), 0);
    home_configure(&home, fault_proxy_url(proxy), "token_command = {\"/nowhere/pass\"}\n");
    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, 1);
    program_expect_err(&program, "/nowhere/pass");
    program_finish(&program);
    home_configure(&home, fault_proxy_url(proxy), "token_command = {\"false\"}\n");
    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, 1);
    program_finish(&program);
    home_configure(&home, fault_proxy_url(proxy), "");
}

static void
a_full_disk_is_told_and_overcome(void **state)
{
    struct home fresh;
    struct program program;
    char command[900], path[4096];
    (void)state;
    home_create(&fresh, demo.url, demo.viewer_key);
    /* 600 KiB a file: enough to begin, not to end. */
    snprintf(command, sizeof command, "ulimit -f 600; trap '' XFSZ; exec '%s' sync --once --json",
             program_path("tocsin-sync", path, 600));
    const char *const argv[] = {"sh", "-c", command, NULL};
    struct str out;
    struct error err = {0};
    int status = -1;
    str_init(&out, 1024 * 1024);
    if (!process_run(argv, fresh.env, 60000, &out, &status, &err))
        fail_msg("%s", err.message);
    assert_int_equal(status, 7);
    str_finish(&out);
    program_run(&program, "tocsin-sync", once, fresh.env);
    program_expect_status(&program, 0);
    program_finish(&program);
    program_run(&program, "tocsin", list_alerts, fresh.env);
    assert_string_equal(str_text(&program.out), alerts_before);
    program_finish(&program);
    home_destroy(&fresh);
}

/*
 * The state directory on a file system of 3 MB, then on one with room: everything in one mount namespace, which only root
 * may make.
 */
static void
a_file_system_without_room_is_told_and_overcome(void **state)
{
    static const char script[] = "mount -t tmpfs -o size=3m none \"$1\" 2>/dev/null || exit 77\n"
                                 "\"$2\" sync --once --json >/dev/null; first=$?\n"
                                 "\"$3\" list alerts >/dev/null 2>&1; listed=$?\n"
                                 "mount -o remount,size=300m \"$1\" || exit 77\n"
                                 "\"$2\" sync --once --quiet || exit 78\n"
                                 "echo \"$first $listed\" >&3\n"
                                 "\"$3\" list alerts --json --limit 0\n";
    struct home fresh;
    char sync[4096], tocsin[4096], where[200], said[200];
    (void)state;
    home_create(&fresh, demo.url, demo.viewer_key);
    (void)snprintf(where, sizeof where, "%s/state", fresh.root);
    (void)snprintf(said, sizeof said, "%s/said", fresh.root);
    const char *const argv[] = {"unshare",
                                "-m",
                                "sh",
                                "-c",
                                arena_printf(&arena, "exec 3>'%s'\n%s", said, script),
                                "sh",
                                where,
                                program_path("tocsin-sync", sync, sizeof sync),
                                program_path("tocsin", tocsin, sizeof tocsin),
                                NULL};
    struct str out;
    struct error err = {0};
    int status = -1;
    str_init(&out, 64 * 1024 * 1024);
    bool ran = process_run(argv, fresh.env, 120000, &out, &status, &err);
    if (!ran || status == 1 || status == 77) { /* no unshare, or not ours to do */
        str_finish(&out);
        home_destroy(&fresh);
        skip();
    }
    assert_int_equal(status, 0);
    struct str statuses;
    str_init(&statuses, 100);
    assert_true(file_read(said, &statuses, &err));
    assert_string_equal(str_text(&statuses), "7 4\n");
    assert_string_equal(str_text(&out), alerts_before);
    str_finish(&statuses);
    str_finish(&out);
    home_destroy(&fresh);
}

/* Both write one cache: the poller lets go, and goes on afterwards. */
static void
a_pass_beside_a_poller_takes_turns_with_it(void **state)
{
    static const char *const poll[] = {"sync", "-v", NULL};
    char path[4096];
    struct program program;
    struct error err = {0};
    pid_t pid;
    (void)state;
    home_configure(&home, demo.url, "interval = 0.05\n");
    const char *argv[] = {program_path("tocsin-sync", path, sizeof path), poll[0], poll[1], NULL};
    const struct process_options how = {.extra_env = home.env,
                                        .stdin_fd = -1,
                                        .stdout_fd = -1,
                                        .stderr_fd = -1,
                                        .die_with_parent = true};
    if (!process_start(argv, &how, &pid, &err))
        fail_msg("%s", err.message);
    for (int i = 0; i < 5; i++) {
        program_run(&program, "tocsin-sync", once, home.env);
        program_expect_status(&program, 0);
        program_finish(&program);
        expect_cache_stays();
    }
    int status;
    assert_false(process_wait(pid, 0, &status));
    assert_int_equal(kill(pid, SIGTERM), 0);
    assert_true(process_wait(pid, 60000, &status));
    home_configure(&home, fault_proxy_url(proxy), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_is_a_sentence_and_a_status_and_the_cache_stays),
        cmocka_unit_test(a_wrong_address_is_told_by_its_kind),
        cmocka_unit_test(a_certificate_nobody_vouches_for_is_refused),
        cmocka_unit_test(a_clock_that_is_off_is_told),
        cmocka_unit_test(a_key_nobody_should_read_or_that_is_missing_is_told),
        cmocka_unit_test(a_full_disk_is_told_and_overcome),
        cmocka_unit_test(a_file_system_without_room_is_told_and_overcome),
        cmocka_unit_test(a_pass_beside_a_poller_takes_turns_with_it),
    };
    return cmocka_run_group_tests_name("cli faults", tests, start, stop);
}
