/*
 * Every path the console's panes live on, broken in every way: the pane concerned says so, the others go on, keys are
 * answered, and once the fault stops all is live again and the store is what upstream is. `make test` breaks each path in
 * one way, another every day (FAULT_TURN=N chooses); the long form in all.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/demo.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/screen.h"
#include "tests/support/upstream_equality.h"

static struct demo demo;
static struct home home;
static struct fault_proxy *proxy;
static struct screen *screen;
static int turn;

static const char *const pane_titles[] = {"1 Alerts", "2 Timeline", "3 Rota", "4 Follow-ups"};
enum { PANES_LEN = sizeof pane_titles / sizeof *pane_titles };

/* What a pane shows stands on these. */
static const struct {
    const char *path;
    int pane;
} paths[] = {
    {"/v2/alerts", 0},    {"/v2/incidents", 1},        {"/v2/incident_updates", 1},
    {"/v2/schedules", 2}, {"/v2/schedule_entries", 2}, {"/v2/follow_ups", 3},
};
enum { PATHS_LEN = sizeof paths / sizeof *paths };

/* What it is adorned with comes from these: no pane is down for want of them. */
static const char *const other_paths[] = {"/v1/identity",
                                          "/v1/severities",
                                          "/v1/incident_statuses",
                                          "/v2/incident_roles",
                                          "/v1/incident_types",
                                          "/v2/incident_timestamps",
                                          "/v2/alert_sources",
                                          "/v2/alert_attributes",
                                          "/v3/alert_routes",
                                          "/v1/alert_notes",
                                          "/v2/users",
                                          "/v3/teams",
                                          "/v2/escalations",
                                          "/v2/escalation_paths",
                                          "/v2/schedule_overrides",
                                          "/v2/schedule_sync_targets",
                                          "/v2/incident_alerts",
                                          "/v2/incident_timeline_items",
                                          "/v1/incident_attachments",
                                          "/v1/incident_relationships",
                                          "/v2/actions",
                                          "/v1/postmortem_documents",
                                          "/v1/maintenance_windows"};
enum { OTHER_PATHS_LEN = sizeof other_paths / sizeof *other_paths };

#define JSON_200 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
#define DENIED(status, type)                                                                       \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"type\":" \
    "\"" type "\",\"status\":403,\"request_id\":\"r1\",\"errors\":[]}"

/* clang-format off: a table, one row a line */
static const struct broken {
    const char *name;
    enum fault fault;
    int amount;
    const char *answer; /* of FAULT_ANSWER */
    const char *cause;  /* what the pane or the header says; NULL = the pane stays as it is */
    bool is_slow;       /* noticed after the time an answer may take: the long form only */
} faults[] = {
    {"500", FAULT_ERROR, 0, NULL, "server error", false},
    {"cut", FAULT_CUT, 0, NULL, "no route", false},
    {"429", FAULT_RATE_LIMITED, 1, NULL, "rate limited", false},
    {"a proxy's 502", FAULT_HTML, 0, NULL, "server error", false},
    {"corrupt", FAULT_CORRUPT, 0, NULL, "answer makes no sense", false},
    {"dropped", FAULT_DROP, 0, NULL, "no route", false},
    {"endless", FAULT_ENDLESS, 0, NULL, "answer too large", false},
    {"403", FAULT_ANSWER, 0, DENIED("403 Forbidden", "authorization_error"), "no permission",
     false},
    {"a page", FAULT_ANSWER, 0,
     "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>sign in",
     "answer makes no sense", false},
    {"truncated", FAULT_ANSWER, 0, JSON_200 "{\"alerts\":[{\"id\":\"A", "answer makes no sense",
     false},
    {"nested", FAULT_ANSWER, 0,
     JSON_200 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
              "[[[[[[[[[[",
     "answer makes no sense", false},
    {"another shape", FAULT_ANSWER, 0, JSON_200 "[1,2,3]", "answer makes no sense", false},
    {"no HTTP", FAULT_ANSWER, 0, "SSH-2.0-OpenSSH_9.2\r\n", "answer makes no sense", false},
    {"late", FAULT_DELAY, 300, NULL, NULL, false},
    {"silent", FAULT_SILENT, 0, NULL, "timed out", true},
    {"byte by byte", FAULT_DRIP, 40, NULL, "timed out", true},
};
/* clang-format on */
enum { FAULTS_LEN = sizeof faults / sizeof *faults };

static bool
is_long(void)
{
    return getenv("TEST_LONG") != NULL;
}

static int
start(void **state)
{
    static const char *const options[] = {"--speed", "2", NULL};
    char program[4200];
    (void)state;
    const char *chosen = getenv("FAULT_TURN");
    turn = chosen ? atoi(chosen) : (int)(clock_now_ms() / DAY_MS % 1000);
    demo_start(&demo, options);
    proxy = fault_proxy_start(atoi(strrchr(demo.url, ':') + 1));
    home_create(&home, fault_proxy_url(proxy), demo.viewer_key);
    home_configure(&home, fault_proxy_url(proxy), "interval = 0.05\nbudget = 1\n");
    const char *const argv[] = {program_path("tocsin", program, sizeof program), NULL};
    screen = screen_start(120, 40, argv, home.env);
    screen_expect_match(screen, "1 Alerts [0-9]+ ");
    screen_expect_match(screen, "live [0-9]");
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    screen_stop(screen);
    fault_proxy_stop(proxy);
    demo_stop(&demo);
    home_destroy(&home);
    return 0;
}

static int
mend(void **state)
{
    (void)state;
    fault_proxy_clear(proxy);
    return 0;
}

static void
set_fault(const char *path, const struct broken *fault)
{
    if (fault->answer)
        fault_proxy_answer(proxy, path, fault->answer);
    else
        fault_proxy_set(proxy, path, fault->fault, fault->amount, 0);
    screen_type(screen, "R");
}

/* Two panes' titles stand in one line: a frame's stroke is between them. */
static const char *
says_that_it_is_broken(int pane)
{
    static char regex[PANES_LEN][64];
    (void)snprintf(regex[pane], sizeof regex[pane], "%s[^─]* (down|stale) [0-9]",
                   pane_titles[pane]); /* fits */
    return regex[pane];
}

static bool
has_match(struct screen *of, void *regex)
{
    return screen_has_match(of, regex);
}

/* A refresh joins one that is under way, whose answer may have come before the fault: so it is asked for until it shows. */
static void
expect_broken(int pane)
{
    char *regex = (char *)(uintptr_t)says_that_it_is_broken(pane);
    for (int tries = 0; tries < 30 && !screen_wait(screen, has_match, regex, 2000); tries++)
        screen_type(screen, "R");
    screen_expect_match(screen, regex);
}

/* No key waits for the network, however long that takes. */
static void
expect_keys_answered(int pane)
{
    char number[2] = {(char)('1' + pane), 0};
    int64_t started = clock_monotonic_ms();
    screen_type(screen, "?");
    screen_expect(screen, "Help");
    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "Help");
    screen_type(screen, number);
    screen_type(screen, "z");
    screen_expect_gone(screen, pane_titles[(pane + 1) % PANES_LEN]);
    screen_type(screen, "jkz");
    screen_expect(screen, pane_titles[(pane + 1) % PANES_LEN]);
    assert_true(clock_monotonic_ms() - started < 10000); /* a loaded machine's time, no network's */
}

/* What an earlier fault broke may say so once more: an answer was under way when that fault stopped. */
static void
expect_others_live(int pane)
{
    for (int other = 0; other < PANES_LEN; other++)
        if (other != pane)
            screen_expect_no_match(screen, says_that_it_is_broken(other));
}

static void
mend_and_expect_live(void)
{
    fault_proxy_clear(proxy);
    screen_type(screen, "R");
    expect_others_live(-1);
}

static void
break_path(int path, const struct broken *fault)
{
    char regex[100];
    int pane = paths[path].pane;
    print_message("  %s: %s\n", paths[path].path, fault->name);
    set_fault(paths[path].path, fault);
    if (fault->cause) {
        expect_broken(pane);
        /* The cause stands in the title or, where it has no room, in the header. */
        (void)snprintf(regex, sizeof regex, "down [0-9].* %s", fault->cause); /* fits */
        screen_expect_match(screen, regex);
    }
    expect_others_live(pane);
    expect_keys_answered((pane + 1) % PANES_LEN);
    mend_and_expect_live();
}

static void
each_pane_says_what_is_wrong_and_recovers(void **state)
{
    (void)state;
    print_message("  FAULT_TURN=%d\n", turn);
    for (int path = 0; path < PATHS_LEN; path++)
        for (int fault = 0, at = (turn + path * 5) % FAULTS_LEN; fault < FAULTS_LEN;
             fault++, at = (at + 1) % FAULTS_LEN) {
            if (faults[at].is_slow && !is_long())
                continue;
            break_path(path, &faults[at]);
            if (!is_long())
                break;
        }
}

static void
what_adorns_a_pane_may_be_missing(void **state)
{
    const int paths_each = is_long() ? OTHER_PATHS_LEN : 4,
              faults_each = is_long() ? FAULTS_LEN : 1;
    (void)state;
    for (int i = 0; i < paths_each; i++)
        for (int n = 0; n < faults_each; n++) {
            const char *path = other_paths[(turn * paths_each + i) % OTHER_PATHS_LEN];
            const struct broken *fault = &faults[(turn + i + n) % FAULTS_LEN];
            print_message("  %s: %s\n", path, fault->name);
            set_fault(path, fault);
            expect_keys_answered((i + n) % PANES_LEN);
            expect_others_live(-1);
            mend_and_expect_live();
        }
}

/* The server's clock is ten minutes before ours: ages are wrong, and the header says so. */
static void
a_clock_that_is_off_is_told(void **state)
{
    (void)state;
    fault_proxy_set(proxy, "", FAULT_DATE, 660, 0);
    screen_type(screen, "R");
    screen_expect_match(screen, "clock 1[01]m slow");
    expect_keys_answered(0);
    fault_proxy_clear(proxy);
    screen_type(screen, "R");
    screen_expect_gone(screen, "m slow");
    expect_others_live(-1);
}

/* Without the console's poller, which would go on while the stores are compared. */
static void
afterwards_the_store_is_equal_to_upstream(void **state)
{
    (void)state;
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
    screen = NULL;
    expect_store_equals_upstream(&home, demo.url, demo.viewer_key);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(each_pane_says_what_is_wrong_and_recovers, mend),
        cmocka_unit_test_teardown(what_adorns_a_pane_may_be_missing, mend),
        cmocka_unit_test_teardown(a_clock_that_is_off_is_told, mend),
        cmocka_unit_test_teardown(afterwards_the_store_is_equal_to_upstream, mend),
    };
    return cmocka_run_group_tests_name("console paths", tests, start, stop);
}
