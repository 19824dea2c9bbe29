/*
 * `tocsin watch circleci`: what dbt left in the jobs of a CircleCI of ours, and jobs that failed without it, become alerts of a
 * real hub, resolved when they recover, all there and once, however CircleCI fails and whenever the watch is killed.
 */

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "dbt/event.h"
#include "remote/alert_events.h"
#include "tests/support/circleci_server.h"
#include "tests/support/demo.h"
#include "tests/support/hub_process.h"
#include "tests/support/killed.h"
#include "tests/support/program.h"
#include "watch/circleci_event.h"
#include "watch/circleci_watch.h"

enum { TRIES = 1000, TRY_US = 20000, STEPS_MAX = 60 };

static struct {
    char secret[HUB_TOKEN_SIZE]; /* made in the hub's process */
} * shared;
static struct hub_process hub;
static struct home home;
static struct arena arena;
static struct loop *loop;
static struct circleci_server *server;
static const char *directory;
static int64_t start_ms;
static struct circleci_watch last; /* what a round counted */

static const char *const viewer[] = {"viewer", NULL};
static const char *const *const roles[] = {viewer};
static const char *const no_names[] = {NULL};

/* ---- set-up ---- */

static void
fill(struct hub *of, struct arena *scratch)
{
    struct error err;
    hub_put(of, KIND_ALERT_SOURCE,
            "{\"id\":\"DBT\",\"name\":\"dbt\",\"source_type\":\"http\",\"template\":{}}", scratch);
    if (!hub_source_secret_make(hub_store(of), "DBT", shared->secret, &err))
        _exit(1);
}

static int
start(void **state)
{
    const struct hub_options options = {
        .database = ":memory:", .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 1000000}};
    struct error err;
    (void)state;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    hub_process_start(&hub, &options, fill, roles, 1);
    home_create(&home, hub.url, hub.keys[0]);
    assert_true(loop_create(&loop, &err));
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    loop_destroy(loop);
    hub_process_stop(&hub);
    home_destroy(&home);
    arena_finish(&arena);
    return munmap(shared, sizeof *shared);
}

static int
open_circleci(void **state)
{
    static int count;
    (void)state;
    server = circleci_server_open(loop);
    directory = arena_printf(&arena, "%s/watch%d", home.root, count++);
    assert_int_equal(mkdir(directory, 0700), 0);
    start_ms = clock_now_ms() - 2 * HOUR_MS;
    return 0;
}

static int
close_circleci(void **state)
{
    (void)state;
    assert_string_equal(circleci_server_complaint(server), "");
    circleci_server_close(server);
    return 0;
}

/* ---- runs ---- */

/* Tests share the hub: each has an environment of its own, for it is part of every key. */
static const char *
results_of(const char *environment, const char *node, const char *status, int64_t at_ms)
{
    char at[RFC3339_SIZE];
    return arena_printf(
        &arena,
        "{\"metadata\":{\"dbt_schema_version\":\"https://schemas.getdbt.com/dbt/run-results/"
        "v6.json\",\"generated_at\":\"%s\",\"invocation_id\":\"i\",\"env\":{}},"
        "\"results\":[{\"status\":\"%s\",\"unique_id\":\"%s\",\"message\":\"it says %s\","
        "\"execution_time\":1,\"timing\":[],\"thread_id\":\"t\",\"adapter_response\":{}}],"
        "\"elapsed_time\":1,\"args\":{\"target\":\"%s\",\"which\":\"build\"}}",
        time_to_rfc3339(at_ms, at), status, node, status, environment);
}

static const char *
manifest_of(const char *node)
{
    return arena_printf(
        &arena,
        "{\"metadata\":{\"dbt_schema_version\":\"https://schemas.getdbt.com/dbt/manifest/"
        "v12.json\"},\"nodes\":{\"%s\":{\"unique_id\":\"%s\",\"resource_type\":\"model\","
        "\"name\":\"orders\",\"config\":{\"meta\":{\"owner\":\"ana\"}},"
        "\"original_file_path\":\"models/orders.sql\"}},"
        "\"sources\":{},\"exposures\":{},\"parent_map\":{},\"child_map\":{}}",
        node, node);
}

static int64_t
at_minute(int64_t minute)
{
    return start_ms + minute * MINUTE_MS;
}

/* A pipeline with one workflow of one job, which began in that minute. */
static void
put_run(int64_t number, int64_t minute, const char *workflow_status, const char *job_status)
{
    const char *workflow = arena_printf(&arena, "w%lld", (long long)number);
    circleci_server_pipeline(server, number, "created", at_minute(minute));
    circleci_server_workflow(server, number, workflow, "hourly", workflow_status,
                             at_minute(minute));
    circleci_server_job(server, workflow, number, "build", job_status, at_minute(minute) + 1000);
}

static const char *
node_of(const char *environment)
{
    return arena_printf(&arena, "model.shop.%s", environment);
}

static void
put_results(int64_t job, const char *environment, const char *status, int64_t minute)
{
    circleci_server_artifact(
        server, job, "target/run_results.json", 0,
        results_of(environment, node_of(environment), status, at_minute(minute)), true);
    circleci_server_artifact(server, job, "target/manifest.json", 0,
                             manifest_of(node_of(environment)), true);
}

/* ---- what becomes of it ---- */

static const char *
dbt_key_of(const char *environment)
{
    static char key[DBT_KEY_SIZE];
    return dbt_key(environment, node_of(environment), key);
}

static const char *
job_key(const char *workflow, const char *job)
{
    const struct circleci_pipeline pipeline = {0};
    const struct circleci_workflow of = {.name = workflow};
    const struct circleci_job what = {.name = job};
    const struct circleci_run run = {.project = CIRCLECI_SERVER_PROJECT,
                                     .branch = "main",
                                     .pipeline = &pipeline,
                                     .workflow = *workflow ? &of : NULL,
                                     .job = *job ? &what : NULL};
    return circleci_key(&run, &arena);
}

static const char *
alerts_of(const char *key)
{
    return hub_ask(&hub, &arena, hub.keys[0], "GET",
                   arena_printf(&arena, "/v2/alerts?page_size=50&deduplication_key[is]=%s", key),
                   NULL)
        .body;
}

/* The newest alert of this key has, in the end, this status; there are so many of it. */
static const char *
expect_alerts(const char *key, const char *status, size_t count)
{
    const char *body = "";
    for (int i = 0; i < TRIES; i++) {
        body = alerts_of(key);
        if (strcmp(json_text_at(&arena, body, "alerts.0.status"), status) == 0) {
            assert_string_equal(
                json_text_at(&arena, body, arena_printf(&arena, "alerts.%zu.id", count)), "");
            return body;
        }
        (void)usleep(TRY_US);
    }
    fail_msg("no alert of '%s' is %s: %s", key, status, body);
    return body;
}

static void
expect_none(const char *key)
{
    assert_string_equal(json_text_at(&arena, alerts_of(key), "alerts.0.id"), "");
}

/* ---- a round ---- */

static char troubles[800];

static void
on_trouble(void *context, const char *what, const struct error *why)
{
    (void)context;
    (void)snprintf(troubles, sizeof troubles, "%s: %s", what, why->message);
}

/* As the command does it. */
static bool
run_round_with(const char *token, struct error *err)
{
    const struct profile profile = {.url = hub.url,
                                    .ca_file = "",
                                    .proxy = "",
                                    .budget = 1,
                                    .circleci_url = circleci_server_url(server),
                                    .circleci_project = CIRCLECI_SERVER_PROJECT,
                                    .circleci_branch = "main",
                                    .circleci_workflow = "",
                                    .circleci_jobs = no_names};
    struct alert_address address;
    struct alert_spool *spool;
    struct circleci_watch watch = {.access = {.profile = &profile, .token = token, .loop = loop},
                                   .dir = directory,
                                   .looks_max = 3,
                                   .trouble = on_trouble};
    struct error later;
    *err = (struct error){0};
    troubles[0] = '\0';
    if (!circleci_open(&watch.circleci, loop, &profile, token, 2000, err) ||
        !alert_address_read("DBT", &profile, &arena, &address, err))
        return false;
    bool ok = alert_spool_open(&spool, directory, address.text, 1000, err) &&
              circleci_watch_round(&watch, spool, err);
    struct alert_delivery delivery = {
        .address = &address, .profile = &profile, .secret = shared->secret, .patience_ms = 10000};
    ok = alert_events_deliver(&delivery, spool, ok ? err : &later) && ok;
    alert_spool_close(spool);
    http_close(watch.circleci);
    last = watch;
    return ok;
}

static bool
run_round(struct error *err)
{
    return run_round_with(CIRCLECI_SERVER_TOKEN, err);
}

static void
expect_round(size_t fired, size_t resolved)
{
    struct error err;
    if (!run_round(&err))
        fail_msg("%s", err.message);
    assert_int_equal(last.fired, fired);
    assert_int_equal(last.resolved, resolved);
}

/* Whether it came to its end. */
static bool
run_killed(int before, int after)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct error err;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        killed_at(before, after);
        _exit(!run_round(&err) || *circleci_server_complaint(server));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return !WIFSIGNALED(status);
}

/* ---- tests ---- */

static void
a_run_that_fails_fires_and_the_next_that_does_not_resolves(void **state)
{
    (void)state;
    put_run(8801, 0, "failed", "failed");
    put_results(8801, "recovers", "error", 2);
    expect_round(1, 0);
    const char *alert = expect_alerts(dbt_key_of("recovers"), "firing", 1);
    assert_non_null(strstr(json_text_at(&arena, alert, "alerts.0.title"), "orders"));
    assert_string_equal(
        json_text_at(&arena, alert, "alerts.0.source_url"),
        arena_printf(&arena, "%.*s/pipelines/github/acme/dbt/8801/workflows/w8801/jobs/8801",
                     (int)(strlen(circleci_server_url(server)) - strlen("/api/v2")),
                     circleci_server_url(server)));
    expect_none(job_key("hourly", "build")); /* dbt said why */
    expect_round(0, 0);

    put_run(8802, 60, "success", "success");
    put_results(8802, "recovers", "success", 62);
    expect_round(0, 1);
    expect_alerts(dbt_key_of("recovers"), "resolved", 1);
    expect_round(0, 0);
    /* What is done is not asked for again, but for a look at the workflows by turns. */
    assert_int_equal(circleci_server_requests(server, "/artifacts"), 2);
    assert_int_equal(circleci_server_requests(server, "manifest.json"), 1);
}

static void
a_job_without_artifacts_is_told_by_itself(void **state)
{
    (void)state;
    put_run(8801, 0, "failed", "timedout");
    expect_round(1, 0);
    const char *alert = expect_alerts(job_key("hourly", "build"), "firing", 1);
    assert_string_equal(json_text_at(&arena, alert, "alerts.0.title"),
                        "CircleCI job build hit its time limit on main");
    const char *description = json_text_at(&arena, alert, "alerts.0.description");
    assert_non_null(strstr(description, "Exit code 137"));
    assert_non_null(strstr(description, "orders"));
    put_run(8802, 60, "success", "success");
    expect_round(0, 1);
    expect_alerts(job_key("hourly", "build"), "resolved", 1);
}

static void
a_configuration_that_is_wrong_is_told_though_there_is_no_job(void **state)
{
    (void)state;
    circleci_server_pipeline(server, 9001, "errored", at_minute(1));
    expect_round(1, 0);
    const char *alert = expect_alerts(job_key("", ""), "firing", 1);
    assert_non_null(strstr(json_text_at(&arena, alert, "alerts.0.description"), "bad indent"));
    put_run(9002, 60, "success", "success");
    expect_round(0, 1);
    expect_alerts(job_key("", ""), "resolved", 1);
}

static void
a_rerun_counts_and_a_late_end_of_an_older_run_does_not(void **state)
{
    (void)state;
    put_run(8801, 0, "running", "running");
    put_results(8801, "rerun", "error", 70);
    put_run(8802, 60, "failed", "failed");
    put_results(8802, "rerun", "error", 62);
    expect_round(1, 0);
    /* The newer one is run again and is well. */
    circleci_server_workflow(server, 8802, "again", "hourly", "success", at_minute(65));
    circleci_server_job(server, "again", 8803, "build", "success", at_minute(66));
    put_results(8803, "rerun", "success", 67);
    expect_round(0, 1);
    expect_alerts(dbt_key_of("rerun"), "resolved", 1);
    /* The older one fails only now: that is old news. */
    circleci_server_workflow(server, 8801, "w8801", "hourly", "failed", at_minute(0));
    circleci_server_job(server, "w8801", 8801, "build", "failed", at_minute(0) + 1000);
    expect_round(0, 0);
    expect_alerts(dbt_key_of("rerun"), "resolved", 1);
}

static void
each_parallel_run_and_each_directory_is_told(void **state)
{
    (void)state;
    put_run(8801, 0, "failed", "failed");
    const char *const nodes[] = {"model.shop.one", "model.shop.two", "model.shop.three"};
    char key[DBT_KEY_SIZE];
    for (int i = 0; i < 3; i++)
        circleci_server_artifact(server, 8801,
                                 i == 2 ? "seed/run_results.json" : "target/run_results.json",
                                 i == 2 ? 0 : i, results_of("many", nodes[i], "error", 2), i == 1);
    expect_round(3, 0);
    for (int i = 0; i < 3; i++)
        expect_alerts(dbt_key("many", nodes[i], key), "firing", 1);
}

static void
what_is_half_written_or_gone_is_said_and_the_job_is_told(void **state)
{
    static const char *const contents[] = {"", "{\"metadata\":", "<html>", "{}", "\xff\xfe"};
    (void)state;
    for (int i = 0; i < 5; i++) {
        put_run(8801 + i, 2 * i, "failed", "failed");
        circleci_server_artifact(server, 8801 + i, "target/run_results.json", 0, contents[i],
                                 i % 2);
        struct error err;
        if (!run_round(&err))
            fail_msg("%s", err.message);
        assert_non_null(strstr(troubles, "job build of pipeline"));
        assert_int_equal(last.jobs, 1);
    }
    expect_alerts(job_key("hourly", "build"), "firing", 2); /* one is of an earlier test */
    put_run(8850, 30, "success", "success");
    expect_round(0, 1);
}

/* Whatever becomes of one request, the next round has all of it, once. */
static void
however_circleci_fails_the_next_round_takes_up_where_it_stopped(void **state)
{
    static const char *const parts[] = {"/project/gh/acme/dbt/pipeline",
                                        "/workflow?",
                                        "/workflow",
                                        "/job",
                                        "/artifacts",
                                        "/output/"};
    static const struct {
        enum circleci_fault fault;
        enum error_code code;
        int64_t retry_after_ms;
        bool ends; /* the round, wherever it happens */
    } faults[] = {
        {CIRCLECI_FAULT_DROP, ERROR_NETWORK, 0, true},
        {CIRCLECI_FAULT_CUT, ERROR_NETWORK, 0, true},
        {CIRCLECI_FAULT_LIMITED, ERROR_RATE_LIMITED, 7000, true},
        {CIRCLECI_FAULT_RESETS, ERROR_RATE_LIMITED, 8000, true},
        {CIRCLECI_FAULT_REFUSED, ERROR_UNAUTHENTICATED, 0, true},
        {CIRCLECI_FAULT_HTML, ERROR_PROTOCOL, 0, false},
        {CIRCLECI_FAULT_GARBAGE, ERROR_PROTOCOL, 0, false},
        {CIRCLECI_FAULT_500, ERROR_UPSTREAM, 0, false},
        {CIRCLECI_FAULT_REDIRECT, ERROR_PROTOCOL, 0, false},
    };
    struct error err;
    int64_t number = 100;
    (void)state;
    start_ms = clock_now_ms() - 10 * MINUTE_MS; /* young enough to be waited for */
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
        for (size_t f = 0; f < sizeof faults / sizeof *faults; f++) {
            const bool is_artifact = strcmp(parts[p], "/output/") == 0;
            const char *environment = arena_printf(&arena, "fault%zu_%zu", p, f);
            const bool is_refused = faults[f].fault == CIRCLECI_FAULT_REFUSED;
            if (strcmp(parts[p], "/workflow?") == 0 ||
                (is_artifact && (is_refused || !faults[f].ends)))
                continue; /* there is no second page; what cannot be had is tried below */
            number++;
            put_run(number, 0, "failed", "failed");
            circleci_server_job(server, arena_printf(&arena, "w%lld", (long long)number), number,
                                "build", "failed", start_ms + number * 100);
            put_results(number, environment, "error", 1);
            circleci_server_fail(server, parts[p], faults[f].fault, 1);
            const bool ok = run_round(&err);
            if (ok && (faults[f].ends || p == 0))
                fail_msg("fault %zu of '%s' was not told", f, parts[p]);
            if (!ok) {
                assert_int_equal(err.code, faults[f].code);
                assert_true(err.retry_after_ms >= faults[f].retry_after_ms);
            } else if (!*troubles) {
                fail_msg("fault %zu of '%s' was swallowed", f, parts[p]);
            }
            if (!run_round(&err))
                fail_msg("%s", err.message);
            expect_alerts(dbt_key_of(environment), "firing", 1);
        }
}

static void
an_artifact_that_is_refused_says_nothing_of_the_token(void **state)
{
    struct error err;
    (void)state;
    put_run(8801, 0, "failed", "failed");
    put_results(8801, "refused", "error", 2);
    circleci_server_fail(server, "/output/", CIRCLECI_FAULT_REFUSED, 1);
    if (!run_round(&err))
        fail_msg("%s", err.message);
    assert_non_null(strstr(troubles, "run_results.json"));
    assert_int_equal(last.fired, 1); /* the job itself */
    put_run(8802, 60, "success", "success");
    expect_round(0, 1);
}

static void
a_list_without_end_ends(void **state)
{
    struct error err;
    (void)state;
    put_run(8801, 0, "failed", "failed");
    circleci_server_fail(server, "/pipeline?", CIRCLECI_FAULT_ENDLESS, 1);
    assert_false(run_round(&err));
    assert_int_equal(err.code, ERROR_PROTOCOL);
    assert_non_null(strstr(err.message, "no end"));
    circleci_server_fail(server, "/artifacts", CIRCLECI_FAULT_ENDLESS, 1);
    expect_round(1, 0); /* the job is old: it is told without */
    assert_non_null(strstr(troubles, "no end"));
    circleci_server_fail(server, "", CIRCLECI_FAULT_NONE, 0);
    put_run(8802, 60, "success", "success");
    expect_round(0, 1);
}

static void
a_watch_that_is_killed_at_each_step_misses_no_run_and_tells_none_twice(void **state)
{
    int64_t number = 5000;
    (void)state;
    start_ms = clock_now_ms() - 23 * HOUR_MS;
    for (int way = 0; way < 2; way++) {
        bool ended = false;
        int at = 0;
        while (!ended && ++at < STEPS_MAX) {
            const char *environment = arena_printf(&arena, "killed%d_%d", way, at);
            const int64_t minute = 5 * (number - 5000);
            number++;
            put_run(number, minute, "failed", "failed");
            put_results(number, environment, "error", minute);
            ended = run_killed(way ? 0 : at, way ? at : 0);
            struct error err;
            assert_true(run_round(&err));
            if (ended)
                assert_int_equal(last.fired, 0);
            expect_alerts(dbt_key_of(environment), "firing", 1);
            number++;
            put_run(number, minute + 5, "success", "success");
            put_results(number, environment, "success", minute + 5);
            ended = run_killed(way ? 0 : at, way ? at : 0) && ended;
            assert_true(run_round(&err));
            expect_alerts(dbt_key_of(environment), "resolved", 1);
        }
        assert_true(at > 4 && at < STEPS_MAX);
    }
    /* Nothing is left of what was being read. */
    DIR *dir = opendir(directory);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));)
        assert_null(strstr(entry->d_name, "artifact"));
    closedir(dir);
}

static void
runs_that_were_missed_are_told_oldest_first(void **state)
{
    (void)state;
    put_run(1, 0, "success", "success");
    expect_round(0, 0);
    for (int i = 0; i < 7; i++) { /* several pages; the last is well */
        put_run(2 + i, 10 + i, i == 6 ? "success" : "failed", i == 6 ? "success" : "failed");
        put_results(2 + i, "missed", i == 6 ? "success" : "error", 10 + i);
    }
    expect_round(6, 1);
    expect_alerts(dbt_key_of("missed"), "resolved", 1);
}

static void
the_program_looks_once_and_says_what_is_wrong(void **state)
{
    struct program program;
    (void)state;
    put_run(8801, 0, "failed", "failed");
    put_results(8801, "program", "error", 2);
    const char *secret = arena_printf(&arena, "%s/config/tocsin/source", home.root);
    const char *token = arena_printf(&arena, "%s/config/tocsin/circleci", home.root);
    const char *const arguments[] = {"watch",   "circleci", "--once", "--state",
                                     directory, "--json",   NULL};
    write_private_file(secret, shared->secret);
    write_private_file(token, CIRCLECI_SERVER_TOKEN);
    home_configure(&home, hub.url, "");
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 1);
    program_expect_err(&program, "circleci_project");
    program_finish(&program);
    home_configure(&home, hub.url, "circleci_project = \"acme/dbt\"\n");
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 1);
    program_expect_err(&program, "gh/ORG/REPO");
    program_finish(&program);

    home_configure(&home, hub.url,
                   arena_printf(&arena,
                                "circleci_url = \"%s\"\ncircleci_token_file = \"%s\"\n"
                                "circleci_project = \"%s\"\nalert_source = \"DBT\"\n"
                                "alert_secret_file = \"%s\"\n",
                                circleci_server_url(server), token, CIRCLECI_SERVER_PROJECT,
                                secret));
    pid_t pid = fork(); /* the server, while we wait for the program */
    assert_true(pid >= 0);
    if (pid == 0) {
        struct error err;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(loop_run(loop, &err) ? 0 : 1);
    }
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 0);
    program_expect_out(&program, "{\"jobs\":1,\"firing\":1,\"resolved\":0,\"sent\":1}");
    assert_int_equal(program.err.len, 0);
    program_finish(&program);
    const char *const doctor[] = {"doctor", NULL};
    program_run(&program, "tocsin", doctor, home.env);
    program_expect_out(&program, "it takes the token; the newest pipeline is 8801");
    program_finish(&program);
    write_private_file(token, "CCIPAT_another");
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 2);
    assert_null(strstr(str_text(&program.err), "CCIPAT"));
    program_finish(&program);
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    expect_alerts(dbt_key_of("program"), "firing", 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_circleci, close_circleci)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_that_fails_fires_and_the_next_that_does_not_resolves),
        TEST(a_job_without_artifacts_is_told_by_itself),
        TEST(a_configuration_that_is_wrong_is_told_though_there_is_no_job),
        TEST(a_rerun_counts_and_a_late_end_of_an_older_run_does_not),
        TEST(each_parallel_run_and_each_directory_is_told),
        TEST(what_is_half_written_or_gone_is_said_and_the_job_is_told),
        TEST(however_circleci_fails_the_next_round_takes_up_where_it_stopped),
        TEST(an_artifact_that_is_refused_says_nothing_of_the_token),
        TEST(a_list_without_end_ends),
        TEST(a_watch_that_is_killed_at_each_step_misses_no_run_and_tells_none_twice),
        TEST(runs_that_were_missed_are_told_oldest_first),
        TEST(the_program_looks_once_and_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
