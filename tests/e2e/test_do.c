/* `tocsin do` against a real hub: what is written arrives once, in order, by the right person, whatever fails on the way. */

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "store/store.h"
#include "tests/support/demo.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/hub_process.h"
#include "tests/support/hub_world.h"
#include "tests/support/program.h"
#include "tests/support/store_objects.h"

enum {
    PATIENCE_MS = 60000,
    LOOK_EVERY_US = 20000,
    LOOKS = PATIENCE_MS * 1000 / LOOK_EVERY_US,
    HOMES = 4
};

static const char *const editor[] = {"@U1",
                                     "viewer",
                                     "incident_creator",
                                     "incident_editor",
                                     "on_call_editor",
                                     "escalation_creator",
                                     "schedules_reader",
                                     "schedule_overrides_editor",
                                     NULL};
static const char *const viewer[] = {"viewer", "schedules_reader", NULL};
static const char *const *const roles[] = {editor, viewer};

static struct hub_process hub;
static struct hub_options hub_options;
static struct fault_proxy *proxy;
static struct home home;
static struct home homes[HOMES]; /* whose senders wait after a lost answer, all at the same time */
static struct arena arena;
static const char *directory;
static pid_t poller;

static void
run_in(const struct home *place, const char *name, const char *const *arguments, int status,
       const char *part)
{
    struct program program;
    program_run(&program, name, arguments, place->env);
    if (program.status != status)
        program_expect_status(&program, status);
    if (status)
        program_expect_err(&program, part);
    else
        program_expect_out(&program, part);
    program_finish(&program);
}

static void
run(const char *name, const char *const *arguments, int status, const char *part)
{
    run_in(&home, name, arguments, status, part);
}

/* Words of `tocsin do`, and what it ends with and says. */
#define DO(status, part, ...)                                                                      \
    run("tocsin", (const char *const[]){"do", __VA_ARGS__, NULL}, status, part)

static pid_t
poller_of(const struct home *place)
{
    char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin-sync", program, sizeof program), "sync", "-q",
                                NULL};
    const char *env[] = {place->env[0], place->env[1],     place->env[2],
                         place->env[3], "TOCSIN_API_KEY=", NULL};
    const struct process_options options = {.extra_env = env,
                                            .stdin_fd = -1,
                                            .stdout_fd = -1,
                                            .stderr_fd = -1,
                                            .die_with_parent = true};
    struct error err;
    pid_t pid;
    if (!process_start(argv, &options, &pid, &err))
        fail_msg("%s", err.message);
    return pid;
}

static void
kill_poller(void)
{
    int status;
    (void)kill(poller, SIGKILL);
    assert_true(process_wait(poller, PATIENCE_MS, &status));
    poller = 0;
}

static void
fill(struct hub *world, struct arena *memory)
{
    static const char *const categories[] = {"live", "learning", "closed"};
    hub_world_fill(world, memory);
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++)
        hub_put(world, KIND_INCIDENT_STATUS,
                arena_printf(memory,
                             "{\"id\":\"ST_%s\",\"name\":\"%s\",\"category\":\"%s\",\"rank\":%zu,"
                             "\"description\":\"\",\"created_at\":\"2026-01-01T00:00:00Z\","
                             "\"updated_at\":\"2026-01-01T00:00:00Z\"}",
                             categories[i], categories[i], categories[i], i),
                memory);
    for (int i = 8; i <= 10; i += 2) /* pages for A08 and A10 that nobody answered */
        hub_put(
            world, KIND_ESCALATION,
            arena_printf(memory,
                         "{\"id\":\"E%d\",\"title\":\"t\",\"description\":\"\",\"status\":"
                         "\"triggered\",\"priority\":{\"name\":\"High\"},\"creator\":{\"alert\":{"
                         "\"id\":\"A%02d\",\"title\":\"t\"}},\"escalation_path_id\":\"P1\","
                         "\"events\":[],\"related_alerts\":[{\"id\":\"A%02d\",\"title\":\"t\","
                         "\"status\":\"firing\",\"deduplication_key\":\"k\",\"alert_source_id\":"
                         "\"SRC1\",\"created_at\":\"2026-08-01T00:00:00Z\",\"updated_at\":"
                         "\"2026-08-01T00:00:00Z\"}],\"related_incidents\":[],\"created_at\":"
                         "\"2026-08-01T01:00:00Z\",\"updated_at\":\"2026-08-01T02:00:00Z\"}",
                         i, i, i),
            memory);
}

static int
set_up(void **state)
{
    (void)state;
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    directory = temporary_directory(&arena);
    hub_options = (struct hub_options){.database = arena_printf(&arena, "%s/hub.db", directory),
                                       .listen = "127.0.0.1:0",
                                       .limits = {.per_key = 1000000, .incidents = 1000000}};
    hub_process_start(&hub, &hub_options, fill, roles, 2);
    proxy = fault_proxy_start(hub.port);
    home_create(&home, fault_proxy_url(proxy), hub.keys[0]);
    home_configure(&home, fault_proxy_url(proxy),
                   "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n");
    run("tocsin-sync", once, 0, "");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    fault_proxy_stop(proxy);
    home_destroy(&home);
    for (int i = 0; i < HOMES; i++)
        home_destroy(&homes[i]);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static int
settle(void **state)
{
    (void)state;
    if (poller)
        process_stop(poller, 5000);
    poller = 0;
    fault_proxy_clear(proxy);
    return 0;
}

/* What another client reads. */
static const char *
read_back(const char *path)
{
    struct http_answer answer = hub_ask(&hub, &arena, hub.keys[1], "GET", path, NULL);
    assert_int_equal(answer.status, 200);
    return answer.body;
}

static void
expect_there(const char *path, const char *at, const char *value)
{
    const char *text = json_text_at(&arena, read_back(path), at);
    if (strcmp(text, value) != 0)
        fail_msg("'%s' of '%s' is '%s', not '%s'", at, path, text, value);
}

static int
count_of(const char *json, const char *part)
{
    int count = 0;
    for (const char *at = json; (at = strstr(at, part)); at += strlen(part))
        count++;
    return count;
}

/* All that was changed was changed by this person. */
static void
expect_audit_names(const char *person, int at_least)
{
    struct store *store;
    struct error err;
    struct statement *statement;
    bool row;
    int rows = 0;
    assert_true(store_open(&store, STORE_HUB, hub_options.database, STORE_READ, NULL, &err));
    assert_true(store_statement(store, SQL_AUDIT_LIST, &statement, &err));
    bind_text(statement, "object_id", "");
    bind_integer(statement, "rows", -1);
    while (statement_step(statement, &row, &err) && row) {
        assert_string_equal(row_text_borrowed(statement, 3), person);
        rows++;
    }
    store_close(store);
    assert_true(rows >= at_least);
}

static void
an_incident_is_worked_on_from_the_command_line(void **state)
{
    (void)state;
    const char *item, *path;
    DO(0, "done", "acknowledge", "A00");
    expect_there("/v2/escalations/E1", "escalation.status", "acked");
    DO(2, "its page is answered so already", "acknowledge", "A00"); /* the cache knows by now */
    DO(0, "done", "note", "A00", "looking at it");
    assert_int_equal(count_of(read_back("/v1/alert_notes?alert_id=A00"), "looking at it"), 1);
    DO(0, "done", "assign", "INC-1", "Ben");
    expect_there("/v2/incidents/I1", "incident.incident_role_assignments.0.assignee.id", "U2");
    DO(0, "done", "assign", "INC-1"); /* nobody named: the profile's me */
    expect_there("/v2/incidents/I1", "incident.incident_role_assignments.0.assignee.id", "U1");
    DO(0, "done", "update", "INC-2", "severity=S3", "worse than it looked");
    expect_there("/v2/incidents/I2", "incident.severity.id", "SEV3");
    item = read_back("/v2/incident_timeline_items?incident_id=I2&page_size=50");
    assert_int_equal(count_of(item, "worse than it looked"), 1);
    DO(0, "done", "link", "INC-1", "https://github.com/acme/dbt/pull/8");
    expect_there("/v1/incident_attachments?incident_id=I1",
                 "incident_attachments.0.resource.resource_type", "github_pull_request");
    DO(0, "done", "add", "INC-1", "Alert on disk space");
    assert_int_equal(count_of(read_back("/v2/follow_ups?incident_id=I1"), "Alert on disk space"),
                     1);
    DO(0, "done", "declare", "A00", "A02", "Models are late");
    path = "/v2/incidents?page_size=50";
    const char *id = "";
    const char *list = read_back(path);
    for (int i = 0; i < 20 && !*id; i++)
        if (strcmp(json_text_at(&arena, list, arena_printf(&arena, "incidents.%d.name", i)),
                   "Models are late") == 0)
            id = json_text_at(&arena, list, arena_printf(&arena, "incidents.%d.id", i));
    assert_string_not_equal(id, "");
    list = read_back(arena_printf(&arena, "/v2/incident_alerts?page_size=50&incident_id=%s", id));
    assert_non_null(strstr(list, "\"A00\""));
    assert_non_null(strstr(list, "\"A02\""));
    DO(0, "done", "finish", "F1");
    expect_there("/v2/follow_ups/F1", "follow_up.status", "completed");
    DO(0, "done", "finish", "A00");
    expect_there("/v2/alerts/A00", "alert.status", "resolved");
    expect_audit_names("U1", 12);
}

static void
what_nobody_answers_waits_and_goes_in_order(void **state)
{
    (void)state;
    fault_proxy_set(proxy, "", FAULT_DROP, 0, 0);
    DO(3, "it stays queued", "note", "A02", "first", "--wait", "1s");
    DO(3, "it stays queued", "note", "A02", "second", "--wait", "1s");
    run("tocsin", (const char *const[]){"list", "outbox", "--plain", NULL}, 0, "queued");
    fault_proxy_clear(proxy);
    DO(0, "done", "note", "A02", "third", "--wait", "1m");
    const char *notes = read_back("/v1/alert_notes?alert_id=A02");
    assert_int_equal(count_of(notes, "\"content\""), 3);
    const char *first = strstr(notes, "\"first\""), *second = strstr(notes, "\"second\""),
               *third = strstr(notes, "\"third\"");
    assert_true(first && second && third);
    /* newest first, or oldest: but not mixed */
    assert_true((first < second) == (second < third));
}

/* ---- answers that are lost ---- */

enum { WORDS_MAX = 6 };

/*
 * A write of every kind, each on items that no other one touches: the request that does it (as the hub's audit calls it), and
 * the path of the first one whose answer is lost.
 */
static const struct lost {
    const char *words[WORDS_MAX];
    const char *request, *path;
    int answers;              /* so many of them are lost */
    const char *where, *text; /* what reads it back holds the text once; NULL = the audit tells */
} lost[] = {
    {{"note", "A14", "two lines:\n\"only\" once €"},
     "POST /v1/alert_notes",
     "/v1/alert_notes",
     1,
     "/v1/alert_notes?alert_id=A14",
     "once €"},
    {{"note", "INC-3", "told once"},
     "POST /v2/incident_timeline_items",
     "/v2/incident_timeline_items",
     1,
     "/v2/incident_timeline_items?incident_id=I3&page_size=50",
     "told once"},
    {{"update", "INC-3", "severity=S2"},
     "POST /v2/incidents/{id}/actions/edit",
     "/v2/incidents/I3/",
     1,
     NULL,
     NULL},
    {{"assign", "INC-1", "Ben"},
     "POST /v2/incidents/{id}/actions/edit",
     "/v2/incidents/I1/",
     1,
     NULL,
     NULL},
    {{"finish", "INC-2"},
     "POST /v2/incidents/{id}/actions/edit",
     "/v2/incidents/I2/",
     1,
     NULL,
     NULL},
    {{"declare", "A16", "A18", "Declared once"},
     "POST /v2/incidents",
     "/v2/incidents",
     1,
     "/v2/incidents?page_size=50",
     "\"name\":\"Declared once\""},
    {{"attach", "A22", "INC-3"},
     "POST /v2/incident_alerts",
     "/v2/incident_alerts",
     3,
     "/v2/incident_alerts?alert_id=A22&page_size=50",
     "\"A22\""},
    {{"link", "INC-3", "https://example.com/runs/1", "The run"},
     "POST /v1/incident_attachments",
     "/v1/incident_attachments",
     1,
     "/v1/incident_attachments?incident_id=I3",
     "\"title\":\"The run\""},
    {{"add", "INC-3", "Test the loader"},
     "POST /v2/follow_ups",
     "/v2/follow_ups",
     1,
     "/v2/follow_ups?incident_id=I3",
     "Test the loader"},
    {{"finish", "F4"}, "PUT /v2/follow_ups/{id}", "/v2/follow_ups/F4", 1, NULL, NULL},
    {{"assign", "F5", "Ben"}, "PUT /v2/follow_ups/{id}", "/v2/follow_ups/F5", 1, NULL, NULL},
    {{"acknowledge", "A08"},
     "POST /v2/escalations/{id}/actions/respond",
     "/v2/escalations/E8/",
     1,
     NULL,
     NULL},
    {{"defer", "A10", "2h"},
     "POST /v2/escalations/{id}/actions/respond",
     "/v2/escalations/E10/",
     1,
     NULL,
     NULL},
    {{"finish", "A12"}, "POST /v2/alerts/{id}/actions/resolve", "/v2/alerts/A12/", 1, NULL, NULL},
    {{"escalate", "A20", "Ben", "paged once"},
     "POST /v2/escalations",
     "/v2/escalations",
     1,
     "/v2/escalations?page_size=50",
     "\"title\":\"paged once\""},
    {{"override", "S1", "2027-01-10 12:00", "2027-01-10 18:00", "Ben"},
     "POST /v2/schedule_overrides",
     "/v2/schedule_overrides",
     2,
     "/v2/schedule_overrides?schedule_id=S1",
     "2027-01-10T12:00:00Z"},
    {{"cover", "S1", "Dee"},
     "POST /v2/schedule_overrides",
     "/v2/schedule_overrides",
     2,
     NULL,
     NULL},
};
enum { LOST = sizeof lost / sizeof *lost };

static const char *
rule_of(const struct lost *it)
{
    return arena_printf(&arena, "%.*s%s", (int)strcspn(it->request, "/"), it->request, it->path);
}

static bool
is_all_done(const struct home *place)
{
    static const char *const list[] = {"list", "outbox", "--jq", ".[] | select(.state != \"done\")",
                                       NULL};
    struct program program;
    program_run(&program, "tocsin", list, place->env);
    program_expect_status(&program, 0);
    const char *left = arena_text(&arena, str_text(&program.out));
    program_finish(&program);
    if (strstr(left, "\"state\":\"failed\"") || strstr(left, "\"state\":\"conflict\""))
        fail_msg("%s", left);
    return left[strspn(left, " \n")] == '\0';
}

/* Requests of this name that wrote something, by the hub's own account. */
static int
writes_of(const char *request)
{
    const char *seen = " ";
    struct store *store;
    struct error err;
    struct statement *statement;
    bool row;
    int count = 0;
    assert_true(store_open(&store, STORE_HUB, hub_options.database, STORE_READ, NULL, &err));
    assert_true(store_statement(store, SQL_AUDIT_LIST, &statement, &err));
    bind_text(statement, "object_id", "");
    bind_integer(statement, "rows", -1);
    while (statement_step(statement, &row, &err) && row) {
        const char *id = arena_printf(&arena, " %s ", row_text_borrowed(statement, 6));
        if (strcmp(row_text_borrowed(statement, 5), request) != 0 || strstr(seen, id))
            continue;
        seen = arena_printf(&arena, "%s%s", seen, id + 1);
        count++;
    }
    store_close(store);
    return count;
}

/* How often it was to be written. */
static int
wanted_of(const char *request)
{
    int count = 0;
    for (int i = 0; i < LOST; i++) {
        count += strcmp(lost[i].request, request) == 0;
        if (strcmp(lost[i].words[0], "declare") == 0 && strstr(request, "incident_alerts"))
            count += 2; /* its alerts */
    }
    return count;
}

static void
an_answer_that_is_lost_makes_nothing_twice(void **state)
{
    (void)state;
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    pid_t pollers[HOMES];
    int before[LOST];
    for (int i = 0; i < HOMES; i++) {
        home_create(&homes[i], fault_proxy_url(proxy), hub.keys[0]);
        home_configure(&homes[i], fault_proxy_url(proxy),
                       "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n");
        run_in(&homes[i], "tocsin-sync", once, 0, "");
    }
    for (int i = 0; i < LOST; i++) {
        const char *words[WORDS_MAX + 4] = {"do"};
        int len = 1;
        for (int j = 0; j < WORDS_MAX && lost[i].words[j]; j++)
            words[len++] = lost[i].words[j];
        words[len++] = "--wait";
        words[len] = "0";
        run_in(&homes[i % HOMES], "tocsin", words, 0, "queued");
        fault_proxy_set(proxy, rule_of(&lost[i]), FAULT_LOST, 0, lost[i].answers);
        before[i] = writes_of(lost[i].request);
    }
    for (int i = 0; i < HOMES; i++)
        pollers[i] = poller_of(&homes[i]);
    for (int i = 0; i < HOMES; i++) {
        for (int look = 0; !is_all_done(&homes[i]); look++) {
            assert_true(look < LOOKS);
            (void)usleep(5 * LOOK_EVERY_US); /* a look takes a while */
        }
        process_stop(pollers[i], 5000);
    }
    for (int i = 0; i < LOST; i++) {
        const struct lost *it = &lost[i];
        const int written = writes_of(it->request) - before[i];
        if (fault_proxy_left(proxy, rule_of(it)) != 0)
            fail_msg("'%s': not every answer was lost", rule_of(it));
        if (written != wanted_of(it->request))
            fail_msg("'%s' was written %d times, not %d", it->request, written,
                     wanted_of(it->request));
        if (it->text && count_of(read_back(it->where), it->text) != 1)
            fail_msg("'%s' is not once in '%s': %s", it->text, it->where, read_back(it->where));
    }
}

static void
a_sender_that_is_killed_sends_nothing_twice(void **state)
{
    (void)state;
    /* The hub commits, and the sender dies before it has the answer. */
    fault_proxy_set(proxy, "/v1/alert_notes", FAULT_DRIP, 1000, 1);
    poller = poller_of(&home);
    DO(3, "it stays queued", "note", "A06", "killed", "--wait", "1s");
    for (int i = 0; i < 600 && !strstr(read_back("/v1/alert_notes?alert_id=A06"), "killed"); i++)
        (void)usleep(20000);
    kill_poller();
    DO(0, "done", "note", "A06", "after it", "--wait", "1m");
    const char *notes = read_back("/v1/alert_notes?alert_id=A06");
    assert_int_equal(count_of(notes, "\"killed\""), 1);
    assert_int_equal(count_of(notes, "\"after it\""), 1);
    run("tocsin", (const char *const[]){"list", "outbox", "--plain", NULL}, 0, "note on");
}

/* Of the row that is in conflict. */
static const char *
stuck_number(void)
{
    static const char *const list[] = {"list", "outbox", "--jq",
                                       ".[] | select(.state == \"conflict\") | .id", NULL};
    struct program program;
    program_run(&program, "tocsin", list, home.env);
    program_expect_status(&program, 0);
    const char *number = arena_printf(&arena, "%d", atoi(str_text(&program.out)));
    program_finish(&program);
    return number;
}

static void
what_another_changed_meanwhile_is_a_conflict_until_the_user_insists(void **state)
{
    (void)state;
    struct http_answer answer =
        hub_ask(&hub, &arena, hub.keys[0], "POST", "/v2/incidents/I2/actions/edit",
                "{\"incident\":{\"severity_id\":\"SEV1\"},\"notify_incident_channel\":false}");
    assert_int_equal(answer.status, 200);
    DO(2, "changed upstream since you saw it: severity is 'S1'", "update", "INC-2", "severity=S2",
       "told only if it comes about");
    expect_there("/v2/incidents/I2", "incident.severity.id", "SEV1");
    assert_null(strstr(read_back("/v2/incident_timeline_items?incident_id=I2&page_size=50"),
                       "comes about"));
    const char *number = stuck_number();
    DO(0, "done", "retry", number, "--wait", "1m");
    expect_there("/v2/incidents/I2", "incident.severity.id", "SEV2");
    DO(2, "nothing to send again", "retry", number);
}

static void
what_another_wrote_into_a_follow_up_stays_when_the_user_insists(void **state)
{
    (void)state;
    struct http_answer answer = hub_ask(&hub, &arena, hub.keys[0], "PUT", "/v2/follow_ups/F3",
                                        "{\"title\":\"Their title\",\"status\":\"outstanding\"}");
    assert_int_equal(answer.status, 200);
    DO(2, "title is 'Their title', was ", "finish", "F3");
    expect_there("/v2/follow_ups/F3", "follow_up.status", "outstanding");
    DO(0, "done", "retry", stuck_number(), "--wait", "1m");
    expect_there("/v2/follow_ups/F3", "follow_up.status", "completed");
    expect_there("/v2/follow_ups/F3", "follow_up.title", "Their title");
}

static void
who_may_not_write_sends_nothing(void **state)
{
    (void)state;
    const int posts = fault_proxy_requests(proxy, "POST", "");
    DO(5, "read-only: not sent", "note", "A00", "x", "--read-only");
    DO(1, "there is no action", "frobnicate", "A00");
    DO(1, "on what?", "note");
    DO(6, "nothing here is called", "note", "INC-999", "x");
    DO(1, "not for follow-ups", "note", "F1", "x");
    assert_int_equal(fault_proxy_requests(proxy, "POST", ""), posts);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, settle)
        TEST(an_incident_is_worked_on_from_the_command_line),
        TEST(what_nobody_answers_waits_and_goes_in_order),
        TEST(an_answer_that_is_lost_makes_nothing_twice),
        TEST(a_sender_that_is_killed_sends_nothing_twice),
        TEST(what_another_changed_meanwhile_is_a_conflict_until_the_user_insists),
        TEST(what_another_wrote_into_a_follow_up_stays_when_the_user_insists),
        TEST(who_may_not_write_sends_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
