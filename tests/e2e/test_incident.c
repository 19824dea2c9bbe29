/*
 * An incident from its page to its follow-ups, by keys, on the demo's hub: what was done is there, once, in order, by whoever did
 * it; also when nobody was reached meanwhile and the console was killed after every key.
 */

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
#include "tests/support/hub_process.h"
#include "tests/support/processes.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "tests/support/story.h"

#define PULL_REQUEST "https://github.com/brindlecart-example/dbt/pull/77"

enum { LOOKS = 3000, LOOK_EVERY_US = 20000 };

static struct home home;

static int
start(void **state)
{
    (void)state;
    story_start();
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    story_stop();
    return 0;
}

static int
leave_home(void **state)
{
    (void)state;
    home_destroy(&home);
    return 0;
}

struct write {
    const char *who, *request;
};

/* These and no others since then, in this order; ended by {NULL, NULL}. */
static void
expect_audit(const char *before, const struct write *writes)
{
    const char *now = story_audit(&home), *wanted = "";
    for (; writes->who; writes++)
        wanted = arena_printf(&story_arena, "%s%s: %s\n", wanted, writes->who, writes->request);
    assert_memory_equal(now, before, strlen(before));
    assert_string_equal(now + strlen(before), wanted);
}

static void
expect_lead(const char *path, const char *name)
{
    for (int i = 0;; i++) {
        const char *role = arena_printf(&story_arena, "incident.incident_role_assignments.%d.", i);
        const char *type = story_text(path, arena_printf(&story_arena, "%srole.role_type", role));
        assert_string_not_equal(type, "");
        if (strcmp(type, "lead") == 0) {
            story_expect_text(path, arena_printf(&story_arena, "%sassignee.name", role), name);
            return;
        }
    }
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
    home_create(&home, url, story_demo.editor_key);
    home_configure(&home, url,
                   "me = \"ines.caballero@brindlecart.example\"\ninterval = 0.25\nbudget = 1\n");
}

/* From its alert, which is under the cursor. What was attached a moment ago may not be known here yet. */
static void
go_to_incident(struct screen *screen, const char *reference)
{
    const char *title = arena_printf(&story_arena, "2 Timeline %s ", reference);
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
    screen_expect(screen, arena_printf(&story_arena, "queued: %s", step->queued));
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
        {"A", NULL, "make " STORY_ME " lead of 'INC-"},
        {":update status=Fixing the disk is full\r", "Set status Fixing of 'INC-",
         "set status Fixing of 'INC-"},
        {":update there is a larger disk\r", "Tell about 'INC-", "tell about 'INC-"},
        {":link " PULL_REQUEST "\r", NULL, "link " PULL_REQUEST " to 'INC-"},
        {":add watch the disk\r", NULL, "new follow-up of 'INC-"},
        {"x", "Set status Documenting of 'INC-", "set status Documenting of 'INC-"},
    };
    static const struct step resolve = {"1x", "Resolve 'loader-stands-still'?",
                                        "resolve 'loader-stands-still'"};
    static const struct step complete = {"x", "Complete 'ask-for-alarms'?",
                                         "complete 'ask-for-alarms'"};
    static const struct write story[] = {
        {STORY_ME, "POST /v2/escalations/{id}/actions/respond"}, /* acknowledged */
        {STORY_ME, "POST /v2/incidents"},                        /* declared */
        {STORY_ME, "POST /v2/incident_alerts"},                  /* with its alert */
        {STORY_COLLEAGUE, "POST /v2/follow_ups"},                /* his own */
        {STORY_ME, "POST /v2/incidents/{id}/actions/edit"},      /* the lead */
        {STORY_ME, "POST /v2/incidents/{id}/actions/edit"},      /* status */
        {STORY_ME, "POST /v2/incident_timeline_items"},          /* and why */
        {STORY_ME, "POST /v2/incident_timeline_items"},          /* the second update */
        {STORY_ME, "POST /v1/incident_attachments"},             /* pull request */
        {STORY_ME, "POST /v2/follow_ups"},                       /* mine */
        {STORY_ME, "POST /v2/incidents/{id}/actions/edit"},      /* resolved */
        {STORY_ME, "POST /v2/alerts/{id}/actions/resolve"},      /* its alert */
        {STORY_ME, "PUT /v2/follow_ups/{id}"},                   /* his is done */
        {NULL, NULL},
    };
    (void)state;
    make_home(story_demo.url);
    const char *colleague = story_colleague_key(&home);
    const char *before = story_audit(&home);
    struct screen *screen = open_console();
    screen_type(screen, "/loader\r");
    screen_expect(screen, "[loader]");
    const char *alert = story_fire("loader-stands-still");
    screen_expect_match(screen,
                        "^ loader-stands-still +firing, paged "); /* there is a page to answer */
    take_all(screen, of_alert, 2);
    const char *of =
        arena_printf(&story_arena, "/v2/incident_alerts?page_size=50&alert_id=%s", alert);
    const char *incident = story_wait(of, "incident_alerts.0.incident.id", "");
    (void)story_write_as(colleague, "/v2/follow_ups",
                         arena_printf(&story_arena,
                                      "{\"incident_id\":\"%s\",\"title\":\"ask-for-alarms\"}",
                                      incident));
    go_to_incident(screen, story_text(of, "incident_alerts.0.incident.reference"));
    take_all(screen, of_incident, sizeof of_incident / sizeof *of_incident);
    take(screen, &resolve);
    screen_type(screen, "4r/ask-for-alarms\r");
    screen_expect(screen, "4 Follow-ups 1 of");
    take(screen, &complete);
    screen_expect(screen, "out 0 ");

    /* ---- somebody else, with another key ---- */
    const char *it = arena_printf(&story_arena, "/v2/incidents/%s", incident);
    story_expect_text(it, "incident.incident_status.name", "Documenting");
    expect_lead(it, STORY_ME);
    const char *items = arena_printf(
        &story_arena, "/v2/incident_timeline_items?page_size=50&incident_id=%s", incident);
    story_expect_once(items, "\"title\":\"the disk is full\"");
    story_expect_once(items, "\"title\":\"there is a larger disk\"");
    story_expect_text(
        arena_printf(&story_arena, "/v1/incident_attachments?incident_id=%s", incident),
        "incident_attachments.0.resource.permalink", PULL_REQUEST);
    const char *tasks = arena_printf(&story_arena, "/v2/follow_ups?incident_id=%s", incident);
    story_expect_once(tasks, "\"title\":\"ask-for-alarms\",\"status\":\"completed\"");
    story_expect_once(tasks, "\"title\":\"watch the disk\",\"status\":\"outstanding\"");
    story_expect_text(arena_printf(&story_arena, "/v2/alerts/%s", alert), "alert.status",
                      "resolved");
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
        label = story_said_by(&home, list);
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
        {true, {"A", NULL, "make " STORY_ME " lead of 'INC-"}},
        {true,
         {":update status=Fixing a first word\r", "Set status Fixing of", "set status Fixing of"}},
        {true, {":update a second word\r", "Tell about 'INC-", "tell about 'INC-"}},
        {true, {":link " PULL_REQUEST "\r", NULL, "link " PULL_REQUEST " to 'INC-"}},
        {true, {"x", "Set status Documenting of 'INC-", "set status Documenting of 'INC-"}},
        {false, {"1x", "Resolve 'disk-is-full'?", "resolve 'disk-is-full'"}},
        {true, {":add test the loader\r", NULL, "new follow-up of 'INC-"}},
        {false, {"4x", "Complete 'phone-finance'?", "complete 'phone-finance'"}},
    };
    static const struct write nothing[] = {{NULL, NULL}};
    static const struct write all[] = {
        {STORY_ME, "POST /v2/escalations/{id}/actions/respond"},
        {STORY_ME, "POST /v2/incidents"},
        {STORY_ME, "POST /v2/incident_alerts"},
        {STORY_ME, "POST /v2/incidents/{id}/actions/edit"},
        {STORY_ME, "POST /v2/incidents/{id}/actions/edit"},
        {STORY_ME, "POST /v2/incident_timeline_items"},
        {STORY_ME, "POST /v2/incident_timeline_items"},
        {STORY_ME, "POST /v1/incident_attachments"},
        {STORY_ME, "POST /v2/incidents/{id}/actions/edit"},
        {STORY_ME, "POST /v2/alerts/{id}/actions/resolve"},
        {STORY_ME, "POST /v2/follow_ups"},
        {STORY_ME, "PUT /v2/follow_ups/{id}"},
        {NULL, NULL},
    };
    struct screen *screen;
    (void)state;
    struct fault_proxy *proxy = fault_proxy_start(atoi(strrchr(story_demo.url, ':') + 1));
    make_home(fault_proxy_url(proxy));
    const char *colleague = story_colleague_key(&home);
    const char *alert = story_fire("disk-is-full");
    const char *incident = json_text_at(
        &story_arena,
        story_write_as(
            colleague, "/v2/incidents",
            "{\"idempotency_key\":\"once\",\"visibility\":\"public\",\"name\":\"full disk\"}"),
        "incident.id");
    const char *reference =
        story_text(arena_printf(&story_arena, "/v2/incidents/%s", incident), "incident.reference");
    (void)story_write_as(colleague, "/v2/incident_alerts",
                         arena_printf(&story_arena, "{\"incident_id\":\"%s\",\"alert_id\":\"%s\"}",
                                      incident, alert));
    (void)story_write_as(colleague, "/v2/follow_ups",
                         arena_printf(&story_arena,
                                      "{\"incident_id\":\"%s\",\"title\":\"phone-finance\"}",
                                      incident));
    const char *before = story_audit(&home);

    screen = open_console();
    screen_type(screen, "4/phone-finance\r1/disk-is-full\r");
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
    story_wait(arena_printf(&story_arena, "/v2/follow_ups?incident_id=%s", incident),
               "follow_ups.1.status", "completed");
    screen_expect(screen, "out 0 ");
    expect_audit(before, all);
    const char *it = arena_printf(&story_arena, "/v2/incidents/%s", incident);
    story_expect_text(it, "incident.incident_status.name", "Documenting");
    expect_lead(it, STORY_ME);
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
