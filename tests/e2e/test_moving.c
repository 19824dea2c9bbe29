/*
 * What writes, pressed while everything moves (ux.md 15.1): upstream changes between the keys, more than a hundred times, and
 * what is read back from it is that each write hit what the cursor was on.
 */

#include <glob.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "action/action.h"
#include "base/clock.h"
#include "demo/look_alike.h"
#include "store/cache.h"
#include "tests/support/hub_process.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"
#include "tests/support/story.h"

enum { REFRESHES = 5 /* in front of each write */, OTHERS = 4, KEYS_MAX = 4 };

static struct home home;
static const char *colleague,
    *shown; /* the colleague's key; the incident that the timeline shows */
static struct store *cache;
static int changes;

static int
start(void **state)
{
    (void)state;
    story_start();
    home_create(&home, story_demo.url, story_demo.editor_key);
    const char *token = arena_printf(&story_arena, "%s/config/tocsin/slack", home.root);
    write_private_file(token, story_demo.viewer_key);
    home_configure(&home, story_demo.url,
                   arena_printf(&story_arena,
                                "me = \"ines.caballero@brindlecart.example\"\ninterval = 60\n"
                                "budget = 1\nslack_url = \"%s" LOOK_ALIKE_SLACK "\"\n"
                                "slack_token_file = \"%s\"\n",
                                story_demo.url, token));
    colleague = story_colleague_key(&home);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    store_close(cache);
    home_destroy(&home);
    story_stop();
    return 0;
}

/* The one that the console made. */
static void
open_cache(void)
{
    struct error err = {0};
    glob_t found;
    const char *pattern = arena_printf(&story_arena, "%s/state/tocsin/cache/*/cache.db", home.root);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    if (!store_open(&cache, STORE_CACHE, found.gl_pathv[0], STORE_WRITE, NULL, &err))
        fail_msg("%s", err.message);
    globfree(&found);
}

/* ---- what moves: in the cache, as a poller would write what upstream changed ---- */

/* Puts one of a few others on top of what the pane lists: they change places with each other and with what the cursor is on. */
static const char *
change(enum kind kind, const char *target)
{
    struct error err = {0};
    enum cache_change changed;
    const char *title = arena_printf(&story_arena, "%d beside %s", ++changes, target);
    void *object = sample_object(
        &story_arena, kind,
        arena_printf(&story_arena, "01ZZ%s%d", kind_info(kind)->table, changes % OTHERS),
        clock_now_ms());
    const char *json = arena_printf(&story_arena, "{\"title\":\"%s\"}", title);
    if (kind == KIND_ALERT) {
        struct alert *alert = object;
        alert->title = title;
        alert->status = "firing";
        alert->severity_digit = alert->feed_rank = 1;
        alert->feed_at = clock_now_ms();
        alert->json = json;
    } else if (kind == KIND_INCIDENT) {
        struct incident *incident = object;
        incident->reference = arena_printf(&story_arena, "INC-9%d", changes);
        incident->name = title;
        incident->incident_status_category = incident->incident_status_name = "live";
        incident->severity_digit = 1;
        incident->json = json;
    } else {
        struct follow_up *follow_up = object;
        follow_up->title = title;
        follow_up->status = "outstanding";
        follow_up->json = json;
    }
    if (!store_begin(cache, &err) ||
        !cache_put(cache, kind, object, clock_now_ms(), &changed, &err) ||
        !cache_index(cache, &err) || !store_commit(cache, &err))
        fail_msg("%s", err.message);
    return title;
}

/* ---- what is pressed ---- */

static const struct stroke {
    enum action_id action;
    enum kind kind;
    const char *keys[KEYS_MAX]; /* upstream changes in front of each of them */
    const char *queued;         /* with the title of what was hit */
    const char *path;           /* what tells of it, with the id of what was to be hit … */
    const char *at, *value;     /* … and how; value "" = anything */
} strokes[] = {
    {ACTION_ACKNOWLEDGE,
     KIND_ALERT,
     {"a"},
     "acknowledge '%s'",
     "/v2/escalations?page_size=1&alert%5Bone_of%5D=%s",
     "escalations.0.status",
     "acked"},
    {ACTION_DEFER,
     KIND_ALERT,
     {"d", "2h\r"},
     "snooze '%s'",
     "/v2/escalations?page_size=1&alert%5Bone_of%5D=%s",
     "escalations.0.status",
     "snoozed"},
    {ACTION_NOTE,
     KIND_ALERT,
     {"n", "what I saw", "\r"},
     "note on '%s'",
     "/v1/alert_notes?page_size=50&alert_id=%s",
     "alert_notes.0.content",
     "what I saw"},
    {ACTION_DECLARE,
     KIND_ALERT,
     {"i", "\tdeclared-%s", "\r", "y"},
     "declare 'declared-%s'",
     "/v2/incident_alerts?page_size=50&alert_id=%s",
     "incident_alerts.0.incident.name",
     "declared-%s"},
    {ACTION_ATTACH,
     KIND_ALERT,
     {"M", "INC-@\r", "y"},
     "attach to INC-@ '%s'",
     "/v2/incident_alerts?page_size=50&alert_id=%s",
     "incident_alerts.0.incident.reference",
     "INC-@"},
    {ACTION_ESCALATE,
     KIND_ALERT,
     {"E", "\"" STORY_COLLEAGUE "\"\r", STORY_COLLEAGUE "\r"},
     "page " STORY_COLLEAGUE " about '%s'",
     "/v2/escalations?page_size=1",
     "escalations.0.title",
     "%s"},
    {ACTION_FINISH,
     KIND_ALERT,
     {"x", "y"},
     "resolve '%s'",
     "/v2/alerts/%s",
     "alert.status",
     "resolved"},
    {ACTION_ASSIGN,
     KIND_INCIDENT,
     {"A"},
     "make " STORY_ME " lead of 'INC-@",
     "/v2/incidents/%s",
     "incident.incident_role_assignments.0.assignee.name",
     STORY_ME},
    {ACTION_NOTE,
     KIND_INCIDENT,
     {"n", "a word", "\r"},
     "note on 'INC-@",
     "/v2/incident_timeline_items?page_size=50&incident_id=%s",
     "incident_timeline_items.0.title",
     "a word"},
    {ACTION_UPDATE,
     KIND_INCIDENT,
     {"S", "Fixing\r\r\r", "y"},
     "set status Fixing of 'INC-@",
     "/v2/incident_updates?page_size=50&incident_id=%s",
     "incident_updates.1.new_incident_status.name", /* behind the last */
     "Fixing"},
    {ACTION_LINK,
     KIND_INCIDENT,
     {"L", "https://example.com/pull/7\r"},
     "link https://example.com/pull/7 to 'INC-@",
     "/v1/incident_attachments?incident_id=%s",
     "incident_attachments.0.resource.permalink",
     "https://example.com/pull/7"},
    {ACTION_ADD,
     KIND_INCIDENT,
     {"+", "test the loader\r"},
     "new follow-up of 'INC-@",
     "/v2/follow_ups?incident_id=%s",
     "follow_ups.0.title",
     ""},
    {ACTION_FINISH,
     KIND_INCIDENT,
     {"x", "y"},
     "set status Documenting of 'INC-@",
     "/v2/incidents/%s",
     "incident.incident_status.name",
     "Documenting"},
    {ACTION_ASSIGN,
     KIND_FOLLOW_UP,
     {"A"},
     "give " STORY_ME " '%s'",
     "/v2/follow_ups/%s",
     "follow_up.assignee.name",
     STORY_ME},
    {ACTION_FINISH,
     KIND_FOLLOW_UP,
     {"x", "y"},
     "complete '%s'",
     "/v2/follow_ups/%s",
     "follow_up.status",
     "completed"},
};
enum { STROKES = sizeof strokes / sizeof *strokes };

/* %s: the title or the id; @: the number of the incident that is shown. */
static const char *
filled(const char *text, const char *title, const char *number)
{
    const char *out = "";
    for (; *text; text++)
        out = text[0] == '%' && text[1] == 's'
                  ? (text++, arena_printf(&story_arena, "%s%s", out, title))
              : *text == '@' ? arena_printf(&story_arena, "%s%s", out, number)
                             : arena_printf(&story_arena, "%s%c", out, *text);
    return out;
}

static void
expect_cursor(struct screen *screen, const struct stroke *stroke, const char *title)
{
    if (stroke->kind == KIND_INCIDENT)
        screen_expect(screen, arena_printf(&story_arena, "2 Timeline %s ", title));
    else
        screen_expect_match(screen, arena_printf(&story_arena, ">.*%s", title));
}

/* Something else is on top, and the cursor is where it was. */
static void
refresh(struct screen *screen, const struct stroke *stroke, const char *title)
{
    const char *other = change(stroke->kind, title);
    if (stroke->kind == KIND_INCIDENT)
        screen_settle(screen, 50); /* none of it is to be seen */
    else
        screen_expect(screen, other);
    expect_cursor(screen, stroke, title);
}

static bool
shows(struct screen *screen, void *text)
{
    return screen_find(screen, text, NULL, NULL);
}

static void
go_to_incident(struct screen *screen, const char *reference)
{
    const char *title = arena_printf(&story_arena, "2 Timeline %s ", reference);
    for (int i = 0; i < 100; i++) {
        if (screen_wait(screen, shows, (void *)(uintptr_t)title, 100))
            return;
        screen_type(screen, "]");
    }
    screen_expect(screen, title); /* fails, with a picture */
}

/* What is to be hit: made before the console looks. */
static void
make_target(const struct stroke *stroke, const char *title, const char **id)
{
    if (stroke->kind == KIND_ALERT)
        *id = story_fire(title);
    else if (stroke->kind == KIND_FOLLOW_UP)
        *id = json_text_at(
            &story_arena,
            story_write_as(colleague, "/v2/follow_ups",
                           arena_printf(&story_arena, "{\"incident_id\":\"%s\",\"title\":\"%s\"}",
                                        shown, title)),
            "follow_up.id");
    else
        *id = shown;
}

static void
go_to_target(struct screen *screen, const struct stroke *stroke, const char *title)
{
    if (stroke->kind == KIND_INCIDENT) {
        screen_type(screen, "2");
        go_to_incident(screen, title);
    } else {
        screen_type(screen, stroke->kind == KIND_ALERT ? "1/\x15" : "4/\x15");
        screen_type(screen, arena_printf(&story_arena, "%s\r", title));
    }
    if (stroke->kind == KIND_ALERT)
        screen_expect_match(screen, arena_printf(&story_arena, "^ %s +firing, paged ", title));
    expect_cursor(screen, stroke, title);
}

static int
lines_of(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void
each_write_hits_what_the_cursor_is_on(void **state)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), NULL};
    const char *ids[STROKES], *titles[STROKES];
    (void)state;
    shown = json_text_at(
        &story_arena,
        story_write_as(
            colleague, "/v2/incidents",
            "{\"idempotency_key\":\"once\",\"visibility\":\"public\",\"name\":\"moving\"}"),
        "incident.id");
    const char *reference =
        story_text(arena_printf(&story_arena, "/v2/incidents/%s", shown), "incident.reference");
    const char *number = strchr(reference, '-') + 1;
    for (int i = 0; i < STROKES; i++) {
        titles[i] =
            strokes[i].kind == KIND_INCIDENT
                ? reference
                : arena_printf(&story_arena, "to-%s-%d", action_info(strokes[i].action)->name, i);
        make_target(&strokes[i], titles[i], &ids[i]);
    }
    const char *before = story_audit(&home);
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect(screen, "live 0s");
    open_cache();
    for (int i = 0; i < STROKES; i++) {
        const struct stroke *stroke = &strokes[i];
        go_to_target(screen, stroke, titles[i]);
        for (int round = 0; round < REFRESHES; round++)
            refresh(screen, stroke, titles[i]);
        for (int key = 0; key < KEYS_MAX && stroke->keys[key]; key++) {
            (void)change(stroke->kind, titles[i]); /* on its way while the key is pressed */
            screen_type(screen, filled(stroke->keys[key], titles[i], number));
        }
        screen_expect(screen, arena_printf(&story_arena, "queued: %s",
                                           filled(stroke->queued, titles[i], number)));
    }
    screen_expect(screen, "out 0 ");
    assert_true(changes > 100);
    for (int i = 0; i < STROKES; i++)
        (void)story_wait(filled(strokes[i].path, ids[i], number), strokes[i].at,
                         filled(strokes[i].value, titles[i], number));
    assert_int_equal(lines_of(story_audit(&home)) - lines_of(before),
                     STROKES + 1); /* declared with its alert */
    screen_leave(screen, "Q");
}

/* ---- a message in Slack ---- */

/* An open incident with a channel: its reference; the channel. */
static const char *
incident_with_channel(const char **channel)
{
    for (int i = 0;; i++) {
        const char *path = "/v2/incidents?page_size=50";
        const char *at = arena_printf(&story_arena, "incidents.%d", i);
        const char *reference = story_text(path, arena_printf(&story_arena, "%s.reference", at));
        assert_string_not_equal(reference, "");
        *channel = story_text(path, arena_printf(&story_arena, "%s.slack_channel_id", at));
        if (**channel &&
            strcmp(story_text(path, arena_printf(&story_arena, "%s.incident_status.category", at)),
                   "live") == 0)
            return reference;
    }
}

static void
a_reply_goes_to_the_incident_that_is_shown(void **state)
{
    static char program[PATH_MAX];
    static const char *const keys[] = {"W", "as it was said, wombat", "\r"};
    const char *const argv[] = {program_path("tocsin", program, sizeof program), NULL};
    const struct stroke of_incident = {.kind = KIND_INCIDENT};
    const char *channel;
    (void)state;
    const char *reference = incident_with_channel(&channel);
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect(screen, "live ");
    screen_type(screen, "2");
    go_to_incident(screen, reference);
    screen_type(screen, "/\x15nothing-is-called-so\r"); /* to none of its messages: to it */
    screen_expect(screen, "Esc clears");
    for (int i = 0; i < 2 * REFRESHES; i++)
        refresh(screen, &of_incident, reference);
    for (size_t key = 0; key < sizeof keys / sizeof *keys; key++) {
        (void)change(KIND_INCIDENT, reference);
        screen_type(screen, keys[key]);
    }
    screen_expect(screen, "queued: reply in Slack to");
    screen_expect(screen, "out 0 ");
    screen_leave(screen, "Q");
    story_expect_once(
        arena_printf(&story_arena, LOOK_ALIKE_SLACK "/conversations.history?channel=%s", channel),
        "wombat");
}

/* ---- a shift: schedules come, change and stand above its own ---- */

#define SHIFT "on call for Data Responder"

/* Of whom and when the shift under the cursor is: the footer's line. */
static const char *
shift_under_cursor(struct screen *screen)
{
    int row;
    return screen_find(screen, SHIFT, &row, NULL) ? screen_line(screen, row, &story_arena) : "";
}

static void
change_rota(void)
{
    struct error err = {0};
    enum cache_change changed;
    const int64_t now_ms = clock_now_ms();
    const char *name = arena_printf(&story_arena, "A%d", ++changes);
    const char *id = arena_printf(&story_arena, "01ZZSCHEDULE%d", changes % OTHERS);
    struct schedule *schedule = sample_object(&story_arena, KIND_SCHEDULE, id, now_ms);
    schedule->name = name;
    schedule->timezone = "UTC";
    schedule->json = arena_printf(&story_arena, "{\"name\":\"%s\"}", name);
    struct schedule_entry *entry = sample_object(
        &story_arena, KIND_SCHEDULE_ENTRY, arena_printf(&story_arena, "%s/final", id), now_ms);
    entry->schedule_id = id;
    entry->list = "final";
    entry->user_name = entry->user_id = name;
    entry->start_at = now_ms - changes * HOUR_MS;
    entry->end_at = now_ms + 50 * DAY_MS;
    entry->json = schedule->json;
    if (!store_begin(cache, &err) ||
        !cache_put(cache, KIND_SCHEDULE, schedule, now_ms, &changed, &err) ||
        !cache_put(cache, KIND_SCHEDULE_ENTRY, entry, now_ms, &changed, &err) ||
        !store_commit(cache, &err))
        fail_msg("%s", err.message);
}

static void
refresh_rota(struct screen *screen, const char *shift)
{
    for (int i = 0; i < 2 * REFRESHES; i++) {
        change_rota();
        screen_expect_match(screen, arena_printf(&story_arena, " A%d ", changes));
        assert_string_equal(shift_under_cursor(screen), shift);
    }
}

/* In that schedule, as upstream has it. */
static int
overrides_of_colleague(void)
{
    const char *schedule = "", *who = "-";
    int count = 0;
    for (int i = 0; !*schedule; i++) {
        const char *name =
            story_text("/v2/schedules", arena_printf(&story_arena, "schedules.%d.name", i));
        assert_string_not_equal(name, "");
        if (strcmp(name, "Data Responder") == 0)
            schedule =
                story_text("/v2/schedules", arena_printf(&story_arena, "schedules.%d.id", i));
    }
    for (int i = 0; *who; i++) {
        who = story_text(arena_printf(&story_arena,
                                      "/v2/schedule_overrides?page_size=250&schedule_id=%s",
                                      schedule),
                         arena_printf(&story_arena, "overrides.%d.user.name", i));
        count += strcmp(who, STORY_COLLEAGUE) == 0;
    }
    return count;
}

static void
each_write_of_a_shift_hits_the_shift_under_the_cursor(void **state)
{
    static char program[PATH_MAX];
    static const struct {
        const char *keys[KEYS_MAX], *queued;
    } writes[] = {
        {{"O", STORY_COLLEAGUE "\r", "y"}, "queued: put " STORY_COLLEAGUE " on call"},
        {{":cover " STORY_COLLEAGUE, "\r", "y"}, "queued: put " STORY_COLLEAGUE " on call"},
    };
    const char *const argv[] = {program_path("tocsin", program, sizeof program), NULL};
    (void)state;
    const int before = overrides_of_colleague();
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect(screen, "live ");
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        screen_type(screen, "3");
        screen_settle(screen, 150);
        const char *of_this_week = shift_under_cursor(screen);
        screen_type(screen, "]");
        if (*of_this_week)
            screen_expect_gone(screen, of_this_week);
        screen_settle(screen, 150);
        for (int day = 0; day < 7 && !*shift_under_cursor(screen); day++) {
            screen_type(screen, "l");
            screen_settle(screen, 50);
        }
        const char *shift = shift_under_cursor(screen);
        assert_true(*shift);
        refresh_rota(screen, shift);
        for (int key = 0; key < KEYS_MAX && writes[i].keys[key]; key++) {
            change_rota(); /* on its way while the key is pressed */
            screen_type(screen, writes[i].keys[key]);
        }
        screen_expect(screen, writes[i].queued);
    }
    screen_expect(screen, "out 0 ");
    screen_leave(screen, "Q");
    assert_int_equal(overrides_of_colleague(), before + (int)(sizeof writes / sizeof *writes));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_write_hits_what_the_cursor_is_on),
        cmocka_unit_test(a_reply_goes_to_the_incident_that_is_shown),
        cmocka_unit_test(each_write_of_a_shift_hits_the_shift_under_the_cursor),
    };
    return cmocka_run_group_tests_name("moving", tests, start, stop);
}
