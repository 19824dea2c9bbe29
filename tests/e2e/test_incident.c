/*
 * An incident from its page to its follow-ups, by keys, on the demo's hub: what was done is there, once, in order, by whoever did
 * it; also when nobody was reached meanwhile and the console was killed after every key.
 */

#include <glob.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/demo.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/http_client.h"
#include "tests/support/hub_process.h"
#include "tests/support/processes.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"

#define ME "Inés Caballero" /* whose console the demo's is */
#define COLLEAGUE "Ciarán Doyle"
#define PULL_REQUEST "https://github.com/brindlecart-example/dbt/pull/77"

enum { LOOKS = 3000, LOOK_EVERY_US = 20000 };

static struct demo demo;
static struct http_client *client;
static struct home home;
static struct arena arena;
static const char *place,
    *directory; /* the demo's TMPDIR, and what it made there: with its database */

static int
start(void **state)
{
    static const char *const options[] = {"--speed", "0", NULL};
    glob_t found;
    (void)state;
    const char *outer = getenv("TMPDIR");
    outer = arena_text(&arena, outer ? outer : "/tmp");
    place = temporary_directory(&arena);
    assert_int_equal(setenv("TMPDIR", place, 1), 0);
    demo_start(&demo, options);
    assert_int_equal(setenv("TMPDIR", outer, 1), 0);
    client = http_client_create(demo.url);
    assert_int_equal(glob(arena_printf(&arena, "%s/tocsin-demo-*", place), 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 1);
    directory = arena_text(&arena, found.gl_pathv[0]);
    globfree(&found);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    http_client_destroy(client);
    demo_stop(&demo);
    temporary_directory_remove(place);
    arena_finish(&arena);
    return 0;
}

static int
leave_home(void **state)
{
    (void)state;
    home_destroy(&home);
    return 0;
}

/* ---- who sends alerts, and who else reads ---- */

static const char *
read_back(const char *path)
{
    struct http_answer answer = http_client_get(client, path, demo.viewer_key, &arena);
    if (answer.status != 200)
        fail_msg("'%s': %d %s", path, answer.status, answer.body);
    return answer.body;
}

static const char *
text_of(const char *path, const char *at)
{
    return json_text_at(&arena, read_back(path), at);
}

/* Until it is so; "" = until it is anything. */
static const char *
wait_for(const char *path, const char *at, const char *value)
{
    const char *text = "";
    for (int i = 0; i < LOOKS; i++) {
        text = text_of(path, at);
        if (*value ? strcmp(text, value) == 0 : *text != '\0')
            return text;
        (void)usleep(LOOK_EVERY_US);
    }
    fail_msg("'%s' of '%s' is '%s', not '%s'", at, path, text, value);
    return "";
}

/* An alert that pages and opens no incident by itself, as a sender would send it; its id. */
static const char *
fire(const char *title)
{
    const char *const headers[] = {
        arena_printf(&arena, "Authorization: Bearer %s", demo.source_secret), NULL};
    const char *body = arena_printf(&arena,
                                    "{\"title\":\"%s\",\"status\":\"firing\",\"deduplication_key\":"
                                    "\"%s\",\"metadata\":{\"severity\":\"minor\",\"environment\":"
                                    "\"prod\",\"group\":\"%s\"}}",
                                    title, title, title);
    struct http_answer answer =
        http_send(client, "POST", arena_printf(&arena, "/v2/alert_events/http/%s", demo.source_id),
                  headers, body, &arena);
    assert_int_equal(answer.status, 202);
    return wait_for(
        arena_printf(&arena, "/v2/alerts?page_size=1&deduplication_key%%5Bis%%5D=%s", title),
        "alerts.0.id", "");
}

static const char *
colleague_id(void)
{
    const char *users = read_back("/v2/users?page_size=250");
    for (int i = 0;; i++) {
        const char *name = json_text_at(&arena, users, arena_printf(&arena, "users.%d.name", i));
        assert_string_not_equal(name, "");
        if (strcmp(name, COLLEAGUE) == 0)
            return json_text_at(&arena, users, arena_printf(&arena, "users.%d.id", i));
    }
}

/* The colleague's own write, past the console. */
static const char *
write_as(const char *key, const char *path, const char *body)
{
    const char *const headers[] = {arena_printf(&arena, "Authorization: Bearer %s", key), NULL};
    struct http_answer answer = http_send(client, "POST", path, headers, body, &arena);
    if (answer.status < 200 || answer.status > 299)
        fail_msg("'%s': %d %s", path, answer.status, answer.body);
    return answer.body;
}

/* ---- what the hub says was done ---- */

static const char *
said_by_tocsin(const char *const *arguments)
{
    struct program program;
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 0);
    const char *text = arena_text(&arena, str_text(&program.out));
    program_finish(&program);
    return text;
}

/* Requests that wrote something, and who sent them, oldest first, one a line. */
static const char *
audit(void)
{
    const char *const arguments[] = {"hub",    "audit",   "--data", directory,
                                     "--json", "--limit", "0",      NULL};
    const char *rows = said_by_tocsin(arguments), *lines = "", *last = "";
    for (int i = 0;; i++) {
        const char *id = json_text_at(&arena, rows, arena_printf(&arena, "%d.request_id", i));
        if (!*id)
            return lines;
        if (strcmp(id, last) != 0)
            lines = arena_printf(
                &arena, "%s: %s\n%s",
                json_text_at(&arena, rows, arena_printf(&arena, "%d.user.name", i)),
                json_text_at(&arena, rows, arena_printf(&arena, "%d.request", i)), lines);
        last = id;
    }
}

struct write {
    const char *who, *request;
};

/* These and no others since then, in this order; ended by {NULL, NULL}. */
static void
expect_audit(const char *before, const struct write *writes)
{
    const char *now = audit(), *wanted = "";
    for (; writes->who; writes++)
        wanted = arena_printf(&arena, "%s%s: %s\n", wanted, writes->who, writes->request);
    assert_memory_equal(now, before, strlen(before));
    assert_string_equal(now + strlen(before), wanted);
}

static void
expect_text(const char *path, const char *at, const char *value)
{
    const char *text = text_of(path, at);
    if (strcmp(text, value) != 0)
        fail_msg("'%s' of '%s' is '%s', not '%s'", at, path, text, value);
}

static void
expect_once(const char *path, const char *part)
{
    const char *text = read_back(path), *at = strstr(text, part);
    if (!at || strstr(at + 1, part))
        fail_msg("%s is not once in '%s': %s", part, path, text);
}

static void
expect_lead(const char *path, const char *name)
{
    for (int i = 0;; i++) {
        const char *role = arena_printf(&arena, "incident.incident_role_assignments.%d.", i);
        const char *type = text_of(path, arena_printf(&arena, "%srole.role_type", role));
        assert_string_not_equal(type, "");
        if (strcmp(type, "lead") == 0) {
            expect_text(path, arena_printf(&arena, "%sassignee.name", role), name);
            return;
        }
    }
}

static const char *
colleague_key(void)
{
    const char *const arguments[] = {"hub",
                                     "key",
                                     "add",
                                     "colleague",
                                     "--data",
                                     directory,
                                     "--role=incident_creator",
                                     "--role=incident_editor",
                                     arena_printf(&arena, "--user=%s", colleague_id()),
                                     NULL};
    return json_text_at(&arena, said_by_tocsin(arguments), "key");
}

/* ---- by keys ---- */

static struct screen *
open_console(void)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), NULL};
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect(screen, "1 Alerts");
    return screen;
}

static bool
shows(struct screen *screen, void *text)
{
    return screen_find(screen, text, NULL, NULL);
}

static void
make_home(const char *url)
{
    home_create(&home, url, demo.editor_key);
    home_configure(&home, url,
                   "me = \"ines.caballero@brindlecart.example\"\ninterval = 0.25\nbudget = 1\n");
}

/* From its alert, which is under the cursor. What was attached a moment ago may not be known here yet. */
static void
go_to_incident(struct screen *screen, const char *reference)
{
    const char *title = arena_printf(&arena, "2 Timeline %s ", reference);
    for (int i = 0; i < 60; i++) {
        screen_type(screen, "1I");
        if (screen_wait(screen, shows, (void *)(uintptr_t)title, 1000))
            return;
    }
    screen_expect(screen, title); /* fails, with a picture */
}

struct step {
    const char *keys;
    const char *question; /* answered with y; NULL = it is not asked */
    const char *queued;
};

static void
take(struct screen *screen, const struct step *step)
{
    screen_type(screen, step->keys);
    if (step->question) {
        screen_expect(screen, step->question);
        screen_type(screen, "y");
    }
    screen_expect(screen, arena_printf(&arena, "queued: %s", step->queued));
}

static void
take_all(struct screen *screen, const struct step *steps, size_t len)
{
    for (size_t i = 0; i < len; i++)
        take(screen, &steps[i]);
}

static void
an_incident_from_page_to_follow_ups(void **state)
{
    static const struct step of_alert[] = {
        {"a", NULL, "acknowledge 'loader-stands-still'"},
        {"i\r\r", "Declare 'loader-stands-still'?", "declare 'loader-stands-still'"},
    };
    static const struct step of_incident[] = {
        {"A", NULL, "make " ME " lead of 'INC-"},
        {":update status=Fixing the disk is full\r", "Set status Fixing of 'INC-",
         "set status Fixing of 'INC-"},
        {":update there is a larger disk\r", "Tell about 'INC-", "tell about 'INC-"},
        {":link " PULL_REQUEST "\r", NULL, "link " PULL_REQUEST " to 'INC-"},
        {":add watch the disk\r", NULL, "new follow-up of 'INC-"},
        {"x", "Set status Documenting of 'INC-", "set status Documenting of 'INC-"},
    };
    static const struct step resolve = {"1x", "Resolve 'loader-stands-still'?",
                                        "resolve 'loader-stands-still'"};
    static const struct step complete = {"x", "Complete 'ask for alarms'?",
                                         "complete 'ask for alarms'"};
    static const struct write story[] = {
        {ME, "POST /v2/escalations/{id}/actions/respond"}, /* acknowledged */
        {ME, "POST /v2/incidents"},                        /* declared */
        {ME, "POST /v2/incident_alerts"},                  /* with its alert */
        {COLLEAGUE, "POST /v2/follow_ups"},                /* his own */
        {ME, "POST /v2/incidents/{id}/actions/edit"},      /* the lead */
        {ME, "POST /v2/incidents/{id}/actions/edit"},      /* status */
        {ME, "POST /v2/incident_timeline_items"},          /* and why */
        {ME, "POST /v2/incident_timeline_items"},          /* the second update */
        {ME, "POST /v1/incident_attachments"},             /* pull request */
        {ME, "POST /v2/follow_ups"},                       /* mine */
        {ME, "POST /v2/incidents/{id}/actions/edit"},      /* resolved */
        {ME, "POST /v2/alerts/{id}/actions/resolve"},      /* its alert */
        {ME, "PUT /v2/follow_ups/{id}"},                   /* his is done */
        {NULL, NULL},
    };
    (void)state;
    make_home(demo.url);
    const char *colleague = colleague_key();
    const char *before = audit();
    struct screen *screen = open_console();
    screen_type(screen, "/loader\r");
    screen_expect(screen, "[loader]");
    const char *alert = fire("loader-stands-still");
    screen_expect_match(screen,
                        "^ loader-stands-still +firing, paged "); /* there is a page to answer */
    take_all(screen, of_alert, 2);
    const char *of = arena_printf(&arena, "/v2/incident_alerts?page_size=50&alert_id=%s", alert);
    const char *incident = wait_for(of, "incident_alerts.0.incident.id", "");
    (void)write_as(
        colleague, "/v2/follow_ups",
        arena_printf(&arena, "{\"incident_id\":\"%s\",\"title\":\"ask for alarms\"}", incident));
    go_to_incident(screen, text_of(of, "incident_alerts.0.incident.reference"));
    take_all(screen, of_incident, sizeof of_incident / sizeof *of_incident);
    take(screen, &resolve);
    screen_type(screen, "4r/alarms\r");
    screen_expect(screen, "4 Follow-ups 1 of");
    take(screen, &complete);
    screen_expect(screen, "out 0 ");

    /* ---- somebody else, with another key ---- */
    const char *it = arena_printf(&arena, "/v2/incidents/%s", incident);
    expect_text(it, "incident.incident_status.name", "Documenting");
    expect_lead(it, ME);
    const char *items =
        arena_printf(&arena, "/v2/incident_timeline_items?page_size=50&incident_id=%s", incident);
    expect_once(items, "\"title\":\"the disk is full\"");
    expect_once(items, "\"title\":\"there is a larger disk\"");
    expect_text(arena_printf(&arena, "/v1/incident_attachments?incident_id=%s", incident),
                "incident_attachments.0.resource.permalink", PULL_REQUEST);
    const char *tasks = arena_printf(&arena, "/v2/follow_ups?incident_id=%s", incident);
    expect_once(tasks, "\"title\":\"ask for alarms\",\"status\":\"completed\"");
    expect_once(tasks, "\"title\":\"watch the disk\",\"status\":\"outstanding\"");
    expect_text(arena_printf(&arena, "/v2/alerts/%s", alert), "alert.status", "resolved");
    expect_audit(before, story);
    screen_leave(screen, "Q");
}

/* ---- the same with nobody there ---- */

/* Console and poller at once, with no time for a word. */
static void
kill_all(struct screen *screen)
{
    pid_t poller;
    assert_int_equal(kill(screen_pid(screen), SIGKILL), 0);
    if (processes_find("tocsin-sync", home.root, &poller, 1) == 1)
        (void)kill(poller, SIGKILL); /* it may have ended by now */
    assert_int_equal(screen_expect_exit(screen), 128 + SIGKILL);
    screen_stop(screen);
    processes_expect("", home.root, 0);
}

/* The first write was on its way, and waits for its next try. */
static void
expect_tried(void)
{
    static const char *const list[] = {"list", "outbox", "--jq", ".[] | select(.answer) | .label",
                                       NULL};
    const char *label = "";
    for (int i = 0; i < LOOKS && !*label; i++) {
        (void)usleep(5 * LOOK_EVERY_US);
        label = said_by_tocsin(list);
    }
    assert_non_null(strstr(label, "acknowledge 'disk-is-full'"));
}

static void
whoever_is_killed_at_every_step_with_nobody_there_loses_and_doubles_nothing(void **state)
{
    static const struct {
        bool is_of_incident;
        struct step step;
    } steps[] = {
        {false, {"1a", NULL, "acknowledge 'disk-is-full'"}},
        {false, {":declare another disk\r", "Declare 'another disk'?", "declare 'another disk'"}},
        {true, {"A", NULL, "make " ME " lead of 'INC-"}},
        {true,
         {":update status=Fixing a first word\r", "Set status Fixing of", "set status Fixing of"}},
        {true, {":update a second word\r", "Tell about 'INC-", "tell about 'INC-"}},
        {true, {":link " PULL_REQUEST "\r", NULL, "link " PULL_REQUEST " to 'INC-"}},
        {true, {"x", "Set status Documenting of 'INC-", "set status Documenting of 'INC-"}},
        {false, {"1x", "Resolve 'disk-is-full'?", "resolve 'disk-is-full'"}},
        {true, {":add test the loader\r", NULL, "new follow-up of 'INC-"}},
        {false, {"4x", "Complete 'tell finance'?", "complete 'tell finance'"}},
    };
    static const struct write nothing[] = {{NULL, NULL}};
    static const struct write all[] = {
        {ME, "POST /v2/escalations/{id}/actions/respond"},
        {ME, "POST /v2/incidents"},
        {ME, "POST /v2/incident_alerts"},
        {ME, "POST /v2/incidents/{id}/actions/edit"},
        {ME, "POST /v2/incidents/{id}/actions/edit"},
        {ME, "POST /v2/incident_timeline_items"},
        {ME, "POST /v2/incident_timeline_items"},
        {ME, "POST /v1/incident_attachments"},
        {ME, "POST /v2/incidents/{id}/actions/edit"},
        {ME, "POST /v2/alerts/{id}/actions/resolve"},
        {ME, "POST /v2/follow_ups"},
        {ME, "PUT /v2/follow_ups/{id}"},
        {NULL, NULL},
    };
    struct screen *screen;
    (void)state;
    struct fault_proxy *proxy = fault_proxy_start(atoi(strrchr(demo.url, ':') + 1));
    make_home(fault_proxy_url(proxy));
    const char *colleague = colleague_key();
    const char *alert = fire("disk-is-full");
    const char *incident = json_text_at(
        &arena,
        write_as(colleague, "/v2/incidents",
                 "{\"idempotency_key\":\"once\",\"visibility\":\"public\",\"name\":\"full disk\"}"),
        "incident.id");
    const char *reference =
        text_of(arena_printf(&arena, "/v2/incidents/%s", incident), "incident.reference");
    (void)write_as(
        colleague, "/v2/incident_alerts",
        arena_printf(&arena, "{\"incident_id\":\"%s\",\"alert_id\":\"%s\"}", incident, alert));
    (void)write_as(
        colleague, "/v2/follow_ups",
        arena_printf(&arena, "{\"incident_id\":\"%s\",\"title\":\"tell finance\"}", incident));
    const char *before = audit();

    screen = open_console();
    screen_type(screen, "4/tell\r1/disk-is-full\r");
    screen_expect(screen, "4 Follow-ups 1 of");
    screen_expect_match(screen, "^ disk-is-full +firing, paged ");
    go_to_incident(screen, reference);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i].is_of_incident)
            go_to_incident(screen, reference);
        take(screen, &steps[i].step);
        if (i == 0)
            fault_proxy_set(proxy, "", FAULT_DROP, 0, 0);
        kill_all(screen);
        screen = open_console();
        screen_expect(screen, "[disk-is-full]");
        screen_expect_match(screen, ">. S3 disk-is-full");
    }
    expect_audit(before, nothing);
    expect_tried();
    kill_all(screen);
    fault_proxy_clear(proxy);
    screen = open_console();
    wait_for(arena_printf(&arena, "/v2/follow_ups?incident_id=%s", incident), "follow_ups.1.status",
             "completed");
    screen_expect(screen, "out 0 ");
    expect_audit(before, all);
    const char *it = arena_printf(&arena, "/v2/incidents/%s", incident);
    expect_text(it, "incident.incident_status.name", "Documenting");
    expect_lead(it, ME);
    screen_leave(screen, "Q");
    fault_proxy_stop(proxy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(an_incident_from_page_to_follow_ups, leave_home),
        cmocka_unit_test_teardown(
            whoever_is_killed_at_every_step_with_nobody_there_loses_and_doubles_nothing,
            leave_home),
    };
    return cmocka_run_group_tests_name("an incident", tests, start, stop);
}
