/* The timeline pane, read as text: its head, days, runs that fold, and what is new. */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "ui/timeline.h"

#define LEN(array) (sizeof(array) / sizeof(array)[0])

static struct arena arena;

static int
forget(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static int64_t
at(const char *text)
{
    int64_t time_ms;
    assert_true(time_from_rfc3339(text, &time_ms));
    return time_ms;
}

struct scene {
    struct snapshot snap;
    struct view view;
    struct view_settings settings;
    struct timeline_state state;
    struct source_state sources[2];
    struct table table;
};

#define NOW "2026-03-23T03:12:00Z"

static void
set_scene(struct scene *scene, const struct timeline_event *events, size_t len, int cols, int rows)
{
    static const char *const open[] = {"I1", "I2", "I3"};
    static const char *const names[] = {"live_incidents", "incident_update"};
    *scene = (struct scene){0};
    scene->settings =
        (struct view_settings){.zone = zone_utc(), .time_style = TIME_VIEWER, .me = ""};
    scene->view = (struct view){.ops = &view_timeline,
                                .settings = &scene->settings,
                                .state = &scene->state,
                                .cols = cols,
                                .rows = rows,
                                .size = SIZE_MEDIUM};
    query_init(&scene->view.query, WINDOW_EVENTS);
    for (size_t i = 0; i < LEN(names); i++)
        scene->sources[i] = (struct source_state){.resource = names[i],
                                                  .last_complete_at = at(NOW) - SECOND_MS,
                                                  .last_attempt_at = at(NOW) - SECOND_MS,
                                                  .interval_ms = MINUTE_MS,
                                                  .error_code = "",
                                                  .error_message = ""};
    scene->snap.sources = scene->sources;
    scene->snap.sources_len = LEN(scene->sources);
    scene->snap.present = true;
    scene->snap.timeline = (struct timeline_window){
        .found = true,
        .incident = {.id = "I2",
                     .reference = "INC-412",
                     .name = "Orders table wrong",
                     .summary = "A model change of yesterday dropped the late orders of two days",
                     .status = "Fixing",
                     .status_category = "live",
                     .mode = "standard",
                     .lead = "Ana Ruiz",
                     .severity = "Critical",
                     .severity_digit = 1,
                     .permalink = "",
                     .slack_channel_name = "",
                     .created_at = at("2026-03-23T02:31:00Z"),
                     .last_update_at = at("2026-03-23T03:08:00Z")},
        .open_ids = open,
        .open_len = LEN(open),
        .events = events,
        .events_len = len};
}

static struct timeline_event
event(const char *kind, const char *who, const char *text, const char *when)
{
    return (struct timeline_event){.id = arena_printf(&arena, "%s/%s", kind, when),
                                   .kind = kind,
                                   .who = who,
                                   .change = "",
                                   .text = text,
                                   .detail = "",
                                   .at = at(when)};
}

static const char *
title_of(const struct table *table)
{
    const char *text = "";
    for (size_t i = 0; i < table->title.spans_len; i++)
        text = arena_printf(&arena, "%s%s", text, table->title.spans[i].text);
    return text;
}

static const char *
drawn(struct scene *scene)
{
    view_timeline.build(&scene->view, &scene->snap, at(NOW), &arena, &scene->table);
    const char *text = arena_printf(&arena, "%s\n", title_of(&scene->table));
    for (size_t i = 0; i < scene->table.rows_len; i++)
        text = scene->table.rows[i].rule ? arena_printf(&arena, "%s---\n", text)
                                         : arena_printf(&arena, "%s%s|\n", text,
                                                        table_row_text(&scene->table, i, &arena));
    return text;
}

/* An update, then alerts one after the other, with a night between them. */
static size_t
night(struct timeline_event events[8])
{
    events[0] = event("status", "Ana Ruiz", "rolled the model change back, a backfill is running",
                      "2026-03-23T03:08:00Z");
    events[0].change = "Investigating -> Fixing";
    events[1] = event("resolved", "dbt", "orders_daily: not_null", "2026-03-23T03:01:00Z");
    events[1].span_ms = 58 * MINUTE_MS;
    events[2] = event("ack", "Ben Osei", "acknowledged", "2026-03-23T02:33:00Z");
    events[2].span_ms = 130 * SECOND_MS;
    events[3] = event("page", "", "paged Ben Osei", "2026-03-23T02:31:00Z");
    events[4] = event("alert", "dbt", "orders_daily: not_null", "2026-03-23T02:30:00Z");
    events[5] = event("alert", "dbt", "orders_hourly: unique", "2026-03-22T23:50:00Z");
    events[6] = event("link", "", "Late orders (#1746)", "2026-03-22T23:40:00Z");
    events[6].first_seen = true;
    return 7;
}

static void
the_head_stays_days_have_headings_and_a_run_of_alerts_is_one_row(void **state)
{
    (void)state;
    struct timeline_event events[8];
    struct scene scene;
    set_scene(&scene, events, night(events), 48, 26);
    assert_string_equal(drawn(&scene), "INC-412 S1 Fixing  2 of 3\n"
                                       " INC-412 Orders table wrong|\n"
                                       " lead Ana Ruiz   age 41m   updated 4m ago|\n"
                                       " A model change of yesterday dropped the late|\n"
                                       " orders of two days|\n"
                                       "---\n"
                                       " 03:08  Ana    Investigating -> Fixing: rolled|\n"
                                       "               the model change back, a|\n"
                                       "               backfill is running|\n"
                                       " 03:01         + 5: 2 fired, 1 resolved, 1 pag~|\n"
                                       " Sun 22 Mar|\n"
                                       " ~23:40        Late orders (#1746)|\n");
    assert_int_equal(scene.table.head_rows, 5);
}

static void
a_run_opens_and_folds_again_and_all_of_them_at_once(void **state)
{
    (void)state;
    struct timeline_event events[8];
    struct scene scene;
    set_scene(&scene, events, night(events), 80, 11);
    scene.view.size = SIZE_SMALL;
    const char *folded = drawn(&scene);
    assert_string_equal(
        folded, "INC-412 S1 Fixing  2 of 3  Ana  41m\n"
                " 03:08       Ana      status    Investigating -> Fixing: rolled the model chan~|\n"
                " 03:01                alerts    + 5: 2 fired, 1 resolved, 1 page, 1 ack|\n"
                " ~Sun 23:40           link      Late orders (#1746)|\n");
    const char *id = scene.table.rows[1].id;
    (void)snprintf(scene.view.cursor.id, sizeof scene.view.cursor.id, "%s", id);

    assert_int_equal(view_timeline.act(&scene.view, ACTION_OPEN, &scene.snap, 0), VIEW_BUILD);
    assert_string_equal(
        drawn(&scene),
        "INC-412 S1 Fixing  2 of 3  Ana  41m\n"
        " 03:08       Ana      status    Investigating -> Fixing: rolled the model chan~|\n"
        " 03:01       dbt      resolved  R orders_daily: not_null after 58m|\n"
        " 02:33       Ben      ack       A acknowledged after 2m 10s|\n"
        " 02:31                page      paged Ben Osei|\n"
        " 02:30       dbt      alert     F orders_daily: not_null|\n"
        " Sun 23:50   dbt      alert     F orders_hourly: unique|\n"
        " ~Sun 23:40           link      Late orders (#1746)|\n");
    assert_string_equal(scene.view.cursor.id, events[1].id);

    /* From any of them, and the row then is the one the cursor was on. */
    (void)snprintf(scene.view.cursor.id, sizeof scene.view.cursor.id, "%s", events[3].id);
    assert_int_equal(view_timeline.act(&scene.view, ACTION_LEFT, &scene.snap, 0), VIEW_BUILD);
    assert_string_equal(drawn(&scene), folded);
    assert_string_equal(scene.table.rows[1].id, scene.view.cursor.id);
    assert_int_equal(view_timeline.act(&scene.view, ACTION_LEFT, &scene.snap, 0), VIEW_IGNORED);

    assert_int_equal(view_timeline.act(&scene.view, ACTION_FOLD, &scene.snap, 0), VIEW_BUILD);
    (void)drawn(&scene);
    assert_int_equal(scene.table.rows_len, 7);
    assert_int_equal(view_timeline.act(&scene.view, ACTION_FOLD, &scene.snap, 0), VIEW_BUILD);
    assert_string_equal(drawn(&scene), folded);
}

static void
oldest_first_days_follow_each_other_and_what_is_new_is_below(void **state)
{
    (void)state;
    struct timeline_event events[8], turned[8];
    struct scene scene;
    size_t len = night(events);
    for (size_t i = 0; i < len; i++)
        turned[i] = events[len - 1 - i];
    set_scene(&scene, turned, len, 48, 26);
    query_order(&scene.view.query, "oldest");
    view_timeline_seen(&scene.view, "I2", at("2026-03-23T03:05:00Z"));
    assert_non_null(strstr(drawn(&scene), "---\n"
                                          " Sun 22 Mar|\n"
                                          " ~23:40        Late orders (#1746)|\n"
                                          " 23:50         + 5: 2 fired, 1 resolved, 1 pag~|\n"
                                          " v new since 03:05|\n"
                                          " Today|\n"
                                          " 03:08  Ana    Investigating -> Fixing: rolled|\n"));
}

static void
what_is_new_since_it_was_looked_at_is_marked(void **state)
{
    (void)state;
    struct timeline_event events[8];
    struct scene scene;
    set_scene(&scene, events, night(events), 80, 11);
    scene.view.size = SIZE_SMALL;
    assert_null(strstr(drawn(&scene), "new since"));
    view_timeline_seen(&scene.view, "I2", at("2026-03-23T03:05:00Z"));
    assert_non_null(strstr(drawn(&scene), "|\n ^ new since 03:05|\n 03:01 "));
    assert_int_equal(scene.table.rows[0].cells[0].spans[0].role, ROLE_STRONG);
    view_timeline_seen(&scene.view, "I2", at(NOW));
    assert_null(strstr(drawn(&scene), "new since"));
    view_timeline_seen(&scene.view, "I1", at("2026-03-23T03:05:00Z")); /* another one */
    assert_null(strstr(drawn(&scene), "new since"));
}

static void
incidents_are_walked_shown_by_id_and_those_closed_too(void **state)
{
    (void)state;
    struct timeline_event events[8];
    struct scene scene;
    set_scene(&scene, events, night(events), 80, 11);
    scene.view.size = SIZE_SMALL;
    assert_int_equal(view_timeline.act(&scene.view, ACTION_NEXT_TAB, &scene.snap, 0), VIEW_LOAD);
    assert_string_equal(scene.state.incident_id, "I3");
    assert_int_equal(view_timeline.act(&scene.view, ACTION_PREVIOUS_TAB, &scene.snap, 0),
                     VIEW_LOAD);
    assert_string_equal(scene.state.incident_id, "I1");
    assert_int_equal(view_timeline_show(&scene.view, "CLOSED"), VIEW_LOAD);
    assert_string_equal(scene.state.incident_id, "CLOSED");

    scene.snap.timeline.incident.id = "CLOSED";
    scene.snap.timeline.incident.status = "Closed";
    scene.snap.timeline.incident.status_category = "closed";
    assert_non_null(strstr(drawn(&scene), "INC-412 S1 Closed  Ana  41m\n"));
    scene.view.settings = &scene.settings;
    scene.settings.time_style = TIME_RELATIVE;
    assert_non_null(strstr(drawn(&scene), "\n 4m "));
}

static void
a_phone_wraps_under_a_line_of_who_and_when(void **state)
{
    (void)state;
    struct timeline_event events[8];
    struct scene scene;
    set_scene(&scene, events, night(events), 40, 11);
    scene.view.size = SIZE_PHONE;
    assert_string_equal(drawn(&scene), "INC-412 S1 Fixing  2 of 3\n"
                                       " 03:08  Ana Ruiz  status|\n"
                                       "   Investigating -> Fixing: rolled the|\n"
                                       "   model change back, a backfill is|\n"
                                       "   running|\n"
                                       " 03:01       + 5: 2 fired, 1 resolved,~|\n"
                                       " ~Sun 23:40  link|\n"
                                       "   Late orders (#1746)|\n");
}

static void
pull_requests_have_a_row_each_in_the_head_where_there_is_room(void **state)
{
    (void)state;
    static const struct pull_request_line pulls[] = {
        {"#1749 open, changes requested, checks failed", "Fix \033[31mthe late orders", ""},
        {"#1748: not found, or the token may not see it", "", ""},
        {"#1746 merged, approved, checks ok", "Late orders", ""},
        {"#1740 closed", "A first try", ""},
    };
    struct timeline_event events[8];
    struct scene scene;
    size_t len = night(events);
    set_scene(&scene, events, len, 76, 30);
    scene.snap.timeline.pulls = pulls;
    scene.snap.timeline.pulls_len = LEN(pulls);
    const char *text = drawn(&scene);
    assert_non_null(strstr(text, "pull #1749 open, changes requested, checks failed  Fix"));
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "pull #1748: not found, or the token may not see it"));
    assert_non_null(strstr(text, "pull #1746 merged, approved, checks ok  and 1 more"));
    assert_null(strstr(text, "#1740"));
    for (int cols = 20; cols < 60; cols += 7) {
        set_scene(&scene, events, len, cols, 30);
        scene.snap.timeline.pulls = pulls;
        scene.snap.timeline.pulls_len = LEN(pulls);
        (void)drawn(&scene);
    }
}

static const struct timeline_fact facts[] = {
    {"role", "Comms", "Ben Osei"},
    {"role", "Scribe", "Cyd Marsh"},
    {"call", "call", "https://meet.example.com/412"},
    {"field", "Area", "EU, \x1b[31mUK"},
    {"field", "Affected product", "The nightly orders table and all that reads it"},
};

/* The head's rows; its title and the rows below are cut off. */
static const char *
head_of(struct scene *scene)
{
    char *text = arena_text(&arena, drawn(scene));
    *strstr(text, "---") = '\0';
    return strchr(text, '\n') + 1;
}

static void
the_head_tells_as_much_as_fits_the_most_important_first(void **state)
{
    (void)state;
    static const struct update_spans spans = {{30 * MINUTE_MS}};
    struct scene scene;
    set_scene(&scene, NULL, 0, 46, 24);
    scene.settings.update_spans = &spans;
    scene.snap.timeline.incident.summary = "";
    scene.snap.timeline.incident.slack_channel_name = "inc-412";
    scene.snap.timeline.incident.permalink = "https://app.incident.io/acme/412";
    scene.snap.timeline.facts = facts;
    scene.snap.timeline.facts_len = LEN(facts);
    assert_string_equal(head_of(&scene), " INC-412 Orders table wrong|\n"
                                         " lead Ana Ruiz   age 41m   update due 26m|\n"
                                         " Comms: Ben   Scribe: Cyd   #inc-412|\n"
                                         " call meet.example.com/412   Area: EU, UK  +2|\n");
    scene.view.cols = 78;
    scene.view.rows = 16;
    assert_string_equal(head_of(&scene),
                        " INC-412 Orders table wrong|\n"
                        " lead Ana Ruiz   age 41m   update due 26m   updated 4m ago   #inc-412|\n"
                        " Comms: Ben Osei   Scribe: Cyd Marsh   call meet.example.com/412  +3|\n");
    scene.view.size = SIZE_LARGE;
    scene.view.rows = 40;
    assert_string_equal(head_of(&scene),
                        " INC-412 Orders table wrong|\n"
                        " lead Ana Ruiz   age 41m   update due 26m   updated 4m ago   #inc-412|\n"
                        " Comms: Ben Osei   Scribe: Cyd Marsh   call meet.example.com/412|\n"
                        " Area: EU, UK|\n"
                        " Affected product: The nightly orders table and all that reads it  +1|\n");
    scene.view.rows = 11; /* no head */
    scene.snap.timeline.found = true;
    assert_null(strstr(drawn(&scene), "Comms"));
}

static void
an_update_is_due_late_or_not_asked_for(void **state)
{
    (void)state;
    static const struct update_spans spans = {{4 * MINUTE_MS + 100, HOUR_MS}};
    struct scene scene;
    set_scene(&scene, NULL, 0, 78, 16);
    scene.settings.update_spans = &spans;
    struct timeline_incident *incident = &scene.snap.timeline.incident;
    assert_non_null(strstr(drawn(&scene), "update due 0s"));
    assert_int_equal(scene.table.rows[1].changes_at, at(NOW) + 101); /* it is late then */
    incident->last_update_at = 0;
    assert_non_null(strstr(drawn(&scene), "update late 36m"));
    incident->severity_digit = 2;
    assert_non_null(strstr(drawn(&scene), "update due 19m"));
    incident->severity_digit = 3;
    assert_null(strstr(drawn(&scene), "update due"));
    incident->severity_digit = 1;
    incident->status_category = "paused";
    assert_null(strstr(drawn(&scene), "update"));
}

static void
what_is_merged_and_green_is_proposed_to_be_resolved_once_the_data_is_right(void **state)
{
    (void)state;
    struct scene scene;
    set_scene(&scene, NULL, 0, 90, 16);
    struct timeline_mended *mended = &scene.snap.timeline.mended;
    assert_null(strstr(drawn(&scene), "merged"));
    *mended = (struct timeline_mended){.pulls = 1,
                                       .number = 412,
                                       .merged_at = at("2026-03-23T02:40:00Z"),
                                       .green_at = at("2026-03-23T02:52:00Z"),
                                       .alerts = 3};
    assert_non_null(strstr(drawn(&scene), " PR #412 merged 02:40, pipeline green since 02:52, "
                                          "alerts resolved: x resolves it|\n"));
    scene.settings.read_only = true;
    assert_non_null(strstr(drawn(&scene), "alerts resolved: it can be resolved|\n"));
    mended->firing = 1;
    assert_non_null(strstr(drawn(&scene),
                           " PR #412 merged 02:40, pipeline green since 02:52; 1 "
                           "alert still fires: mitigated, data|\n not right yet|\n"));
    mended->firing = mended->pulls = 2;
    assert_non_null(strstr(drawn(&scene), " 2 PRs merged, the last 02:40, pipeline green since "
                                          "02:52; 2 alerts still fire:|\n"));
    mended->firing = mended->alerts = 0;
    assert_non_null(strstr(drawn(&scene), "no alert tells of the data:"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_head_stays_days_have_headings_and_a_run_of_alerts_is_one_row,
                                  forget),
        cmocka_unit_test_teardown(a_run_opens_and_folds_again_and_all_of_them_at_once, forget),
        cmocka_unit_test_teardown(oldest_first_days_follow_each_other_and_what_is_new_is_below,
                                  forget),
        cmocka_unit_test_teardown(what_is_new_since_it_was_looked_at_is_marked, forget),
        cmocka_unit_test_teardown(incidents_are_walked_shown_by_id_and_those_closed_too, forget),
        cmocka_unit_test_teardown(pull_requests_have_a_row_each_in_the_head_where_there_is_room,
                                  forget),
        cmocka_unit_test_teardown(the_head_tells_as_much_as_fits_the_most_important_first, forget),
        cmocka_unit_test_teardown(an_update_is_due_late_or_not_asked_for, forget),
        cmocka_unit_test_teardown(
            what_is_merged_and_green_is_proposed_to_be_resolved_once_the_data_is_right, forget),
        cmocka_unit_test_teardown(a_phone_wraps_under_a_line_of_who_and_when, forget),
    };
    (void)setlocale(LC_ALL, "C.UTF-8"); /* wcwidth measures by it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
