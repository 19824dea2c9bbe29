/* The rota pane, read as text: the small form's lines and the week grid. */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "ui/rota.h"
#include "ui/view.h"

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

static struct schedule_entry
shift(const char *name, const char *layer, const char *from, const char *to)
{
    return (struct schedule_entry){.id = arena_printf(&arena, "%s/%s/%s", layer, name, from),
                                   .schedule_id = "S",
                                   .rotation_id = "R",
                                   .layer_id = layer,
                                   .user_id = name,
                                   .user_name = name,
                                   .user_email = *name ? "x@example.com" : "",
                                   .start_at = at(from),
                                   .end_at = at(to)};
}

static const struct zone *
zone_named(const char *name)
{
    const struct zone *zone;
    struct error err;
    assert_true(zone_open(name, &zone, &err));
    return zone;
}

struct scene {
    struct snapshot snap;
    struct view view;
    struct view_settings settings;
    struct rota_state state;
    struct source_state sources[2];
    struct table table;
};

/* A pane of cols by rows, its sources asked a second ago. */
static void
set_scene(struct scene *scene, const struct rota_schedule *schedules, size_t len, int cols,
          int rows, int64_t now_ms)
{
    *scene = (struct scene){0};
    scene->settings = (struct view_settings){.zone = zone_named("Europe/Berlin"), .me = ""};
    scene->view = (struct view){.ops = &view_rota,
                                .settings = &scene->settings,
                                .state = &scene->state,
                                .cols = cols,
                                .rows = rows,
                                .size = cols > 110 ? SIZE_LARGE : SIZE_MEDIUM};
    static const char *const names[] = {"schedule", "schedule_entry"};
    for (size_t i = 0; i < LEN(names); i++)
        scene->sources[i] = (struct source_state){.resource = names[i],
                                                  .last_complete_at = now_ms - SECOND_MS,
                                                  .last_attempt_at = now_ms - SECOND_MS,
                                                  .interval_ms = MINUTE_MS,
                                                  .error_code = "",
                                                  .error_message = ""};
    scene->snap.sources = scene->sources;
    scene->snap.sources_len = LEN(scene->sources);
    scene->snap.present = true;
    scene->snap.rota = (struct rota_window){.schedules = schedules, .schedules_len = len};
}

static const char *
title_of(const struct table *table)
{
    struct str out;
    str_init(&out, 0);
    for (size_t i = 0; i < table->title.spans_len; i++)
        str_append(&out, table->title.spans[i].text);
    const char *text = arena_text(&arena, str_text(&out));
    str_finish(&out);
    return text;
}

/* Title and rows as drawn. */
static const char *
drawn(struct scene *scene, int64_t now_ms)
{
    struct str out;
    str_init(&out, 0);
    view_rota.build(&scene->view, &scene->snap, now_ms, &arena, &scene->table);
    str_printf(&out, "%s\n", title_of(&scene->table));
    for (size_t i = 0; i < scene->table.rows_len; i++)
        str_printf(&out, "%s|\n", table_row_text(&scene->table, i, &arena));
    if (scene->table.rows_len == 0)
        str_printf(&out, "%s\n", scene->table.empty);
    const char *text = arena_text(&arena, str_text(&out));
    str_finish(&out);
    return text;
}

static const struct rota_lane lanes[] = {{"R", "Core", "prim", "prim"},
                                         {"R", "Core", "back", "back"}};

/* The week of the clock change: a handover on Thursday, a gap on Saturday, a cover on Sunday. */
static struct rota_schedule
week_of_the_change(void)
{
    const struct schedule_entry final[] = {
        shift("Ana Ruiz", "prim", "2026-03-19T18:00:00Z", "2026-03-26T18:00:00Z"),
        shift("Eve Lind", "back", "2026-03-20T00:00:00Z", "2026-03-28T00:00:00Z"),
        shift("Ben Osei", "prim", "2026-03-26T18:00:00Z", "2026-03-28T09:00:00Z"),
        shift("Dee Park", "back", "2026-03-28T00:00:00Z", "2026-04-04T00:00:00Z"),
        shift("", "prim", "2026-03-28T09:00:00Z", "2026-03-28T10:00:00Z"),
        shift("Ben Osei", "prim", "2026-03-28T10:00:00Z", "2026-03-29T08:00:00Z"),
        shift("Cy Lam", "prim", "2026-03-29T08:00:00Z", "2026-03-29T16:00:00Z"),
        shift("Ben Osei", "prim", "2026-03-29T16:00:00Z", "2026-04-02T17:00:00Z"),
    };
    const struct schedule_entry scheduled[] = {
        shift("Ana Ruiz", "prim", "2026-03-19T18:00:00Z", "2026-03-26T18:00:00Z"),
        shift("Ben Osei", "prim", "2026-03-26T18:00:00Z", "2026-04-02T17:00:00Z"),
    };
    const struct schedule_entry overrides[] = {
        shift("", "prim", "2026-03-28T09:00:00Z", "2026-03-28T10:00:00Z"),
        shift("Cy Lam", "prim", "2026-03-29T08:00:00Z", "2026-03-29T16:00:00Z"),
    };
    struct schedule_entry *copies[3] = {arena_alloc(&arena, sizeof final),
                                        arena_alloc(&arena, sizeof scheduled),
                                        arena_alloc(&arena, sizeof overrides)};
    memcpy(copies[0], final, sizeof final);
    memcpy(copies[1], scheduled, sizeof scheduled);
    memcpy(copies[2], overrides, sizeof overrides);
    return (struct rota_schedule){
        .id = "S",
        .name = "core-primary",
        .timezone = "Europe/London",
        .lanes = lanes,
        .lanes_len = 2,
        .shifts = {copies[0], LEN(final), copies[1], LEN(scheduled), copies[2], LEN(overrides)}};
}

/* Mon-Fri 09:00-17:30, a week each. */
static struct rota_schedule
office_hours(void)
{
    static const char *const days[] = {"2026-03-23", "2026-03-24", "2026-03-25", "2026-03-26",
                                       "2026-03-27", "2026-03-30", "2026-03-31"};
    struct schedule_entry *final = arena_new_array(&arena, LEN(days), struct schedule_entry);
    for (size_t i = 0; i < LEN(days); i++)
        final[i] = shift(i < 5 ? "Ana Ruiz" : "Ben Osei", "prim",
                         arena_printf(&arena, "%sT%s:00Z", days[i], i < 5 ? "09:00" : "08:00"),
                         arena_printf(&arena, "%sT%s:00Z", days[i], i < 5 ? "17:30" : "16:30"));
    static const struct rota_lane lane[] = {{"R", "Data Responder", "prim", "Layer 1"}};
    return (struct rota_schedule){.id = "D",
                                  .name = "Data Responder",
                                  .timezone = "Europe/London",
                                  .lanes = lane,
                                  .lanes_len = 1,
                                  .shifts = {final, LEN(days), final, LEN(days), NULL, 0}};
}

/* ---- the small form ---- */

static void
the_lines_say_now_next_gap_and_cover(void **state)
{
    (void)state;
    struct rota_schedule schedule = week_of_the_change();
    int64_t now = at("2026-03-23T03:12:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 39, 4, now);
    assert_string_equal(drawn(&scene, now), "core-primary\n"
                                            " now   Ana Ruiz    until Thu 18:00|\n"
                                            "       Eve Lind    until Sat 00:00|\n"
                                            " next  Ben Osei    Thu 18:00-Sat 09:00|\n"
                                            " gap   Sat 09:00-10:00  GAP 1h  prim|\n"
                                            " cover Cy for Ben  29 Mar 09:00-17:00|\n");
    const struct cell *gap = &scene.table.rows[3].cells[0];
    assert_int_equal(gap->spans[gap->spans_len - 2].role, ROLE_GAP);
    assert_string_equal(gap->spans[gap->spans_len - 2].text, "GAP 1h");
    assert_int_equal(scene.table.rows[0].changes_at, at("2026-03-24T00:00:00Z"));
}

static void
a_cover_says_for_whom_and_a_gap_now_comes_before_the_next_shift(void **state)
{
    (void)state;
    struct rota_schedule schedule = week_of_the_change();
    schedule.lanes_len = 1; /* the other layer is another story */
    struct scene scene;
    int64_t now = at("2026-03-29T10:00:00Z");
    set_scene(&scene, &schedule, 1, 50, 4, now);
    const char *text = drawn(&scene, now);
    assert_non_null(strstr(text, "       Cy Lam*     until 17:00  for Ben|\n"));

    now = at("2026-03-28T09:30:00Z");
    text = drawn(&scene, now);
    assert_true(strstr(text, " gap   09:30-10:00  GAP 30m") < strstr(text, " next  Ben Osei "));
}

static void
hours_off_are_no_gap_and_tell_who_takes_over(void **state)
{
    (void)state;
    struct rota_schedule schedule = office_hours();
    struct scene scene;
    int64_t now = at("2026-03-24T11:00:00Z");
    set_scene(&scene, &schedule, 1, 39, 4, now);
    assert_string_equal(drawn(&scene, now), "Data Responder\n"
                                            " now   Ana Ruiz    until 17:30|\n"
                                            " next  Ana Ruiz    Wed 09:00-17:30|\n"
                                            " then  Ben Osei    Mon 09:00-17:30|\n");
    now = at("2026-03-24T20:00:00Z");
    set_scene(&scene, &schedule, 1, 39, 4, now);
    assert_string_equal(drawn(&scene, now), "Data Responder\n"
                                            " now   nobody      until Wed 09:00|\n"
                                            " next  Ana Ruiz    Wed 09:00-17:30|\n"
                                            " then  Ben Osei    Mon 09:00-17:30|\n");
}

static void
several_schedules_say_first_who_is_on_for_each(void **state)
{
    (void)state;
    struct rota_schedule schedules[] = {week_of_the_change(), office_hours()};
    struct scene scene;
    int64_t now = at("2026-03-26T12:00:00Z");
    schedules[0].shifts.overrides_len = 0;
    set_scene(&scene, schedules, 2, 39, 4, now);
    assert_string_equal(drawn(&scene, now), "2 schedules\n"
                                            " core-prim~ Ana Ruiz  until 18:00|\n"
                                            "            Eve Lind  until Sat 00:00|\n"
                                            " Data       Ana Ruiz  until 17:30|\n"
                                            " next core~ Ben Osei  18:00-Sat 09:00|\n"
                                            " next Data  Ana Ruiz  Fri 09:00-17:30|\n"
                                            " then Data  Ben Osei  Mon 09:00-17:30|\n"
                                            " gap        Sat 09:00-10:00  GAP 1h|\n");
}

static void
schedules_are_ordered_by_their_next_hand_over(void **state)
{
    (void)state;
    struct rota_schedule schedules[] = {week_of_the_change(), office_hours()};
    struct rota_window window = {.schedules = schedules, .schedules_len = 2};
    rota_order_by_hand_over(&window, at("2026-03-26T12:00:00Z"), &arena); /* 17:30, 18:00 */
    assert_string_equal(window.schedules[0].id, "D");
    assert_string_equal(window.schedules[1].id, "S");
    rota_order_by_hand_over(&window, at("2026-03-26T17:45:00Z"), &arena); /* 18:00, Fri 09:00 */
    assert_string_equal(window.schedules[0].id, "S");
    assert_string_equal(window.schedules[1].id, "D");
}

static void
times_follow_the_ruler(void **state)
{
    (void)state;
    struct rota_schedule schedule = office_hours();
    struct scene scene;
    int64_t now = at("2026-03-24T11:00:00Z");
    set_scene(&scene, &schedule, 1, 39, 4, now);
    scene.settings.time_style = TIME_VIEWER; /* Berlin */
    assert_non_null(strstr(drawn(&scene, now), " now   Ana Ruiz    until 18:30|\n"));
    scene.settings.time_style = TIME_UTC;
    assert_non_null(strstr(drawn(&scene, now), " then  Ben Osei    Mon 08:00-16:30|\n"));
}

/* ---- the grid ---- */

static void
the_week_shows_layers_handovers_the_gap_the_cover_and_this_moment(void **state)
{
    (void)state;
    struct rota_schedule schedule = week_of_the_change();
    int64_t now = at("2026-03-23T03:12:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 70, 8, now);
    assert_string_equal(drawn(&scene, now),
                        "core-primary  Mon 23 - Sun 29 Mar  London | you Berlin\n"
                        "       Mon 23   Tue 24   Wed 25   Thu 26   Fri 27   Sat 28   29 DST|\n"
                        " prim  Ana----- Ana----- Ana----- Ana-|Ben Ben----- Ben|GAP| Ben|Cy*||\n"
                        " back  Eve----- Eve----- Eve----- Eve----- Eve-----|Dee----- Dee-----|\n"
                        "        ^ now 03:12 London / 04:12 you|\n"
                        " Ana hands over to Ben in 3d 14h, Thu 18:00|\n"
                        " Eve hands over to Dee in 4d 20h, Sat 00:00|\n"
                        " gap   Sat 09:00-10:00  GAP 1h  prim|\n"
                        " cover Cy for Ben  29 Mar 09:00-17:00  prim|\n");
    assert_int_equal(scene.table.head_rows, 1);
    assert_int_equal(scene.table.rows[3].changes_at, at("2026-03-23T03:13:00Z"));

    /* Roles, not only letters: the gap, the cover, and neighbours that differ. */
    const struct cell *lane = &scene.table.rows[1].cells[0];
    bool gap = false, cover = false;
    enum role one = ROLE_TEXT, other = ROLE_TEXT;
    for (size_t i = 0; i < lane->spans_len; i++) {
        gap |= lane->spans[i].role == ROLE_GAP && strcmp(lane->spans[i].text, "GAP") == 0;
        cover |= lane->spans[i].role == ROLE_OVERRIDE && strcmp(lane->spans[i].text, "Cy") == 0;
        one = strcmp(lane->spans[i].text, "Ana") == 0 ? lane->spans[i].role : one;
        other = strcmp(lane->spans[i].text, "Ben") == 0 ? lane->spans[i].role : other;
    }
    assert_true(gap && cover);
    assert_in_range(one, ROLE_PERSON_1, ROLE_PERSON_6);
    assert_in_range(other, ROLE_PERSON_1, ROLE_PERSON_6);
    assert_int_not_equal(one, other);
}

static void
a_fortnight_has_two_rulers_and_rich_glyphs(void **state)
{
    (void)state;
    struct rota_schedule schedules[] = {week_of_the_change(), office_hours()};
    int64_t now = at("2026-03-23T03:12:00Z");
    struct scene scene;
    set_scene(&scene, schedules, 2, 115, 16, now);
    scene.settings.glyphs = GLYPHS_RICH;
    const char *text = drawn(&scene, now);
    assert_non_null(strstr(text, "2 schedules  Mon 23 Mar - Sun 5 Apr  London | you Berlin\n"));
    assert_non_null(strstr(text, "\n London         Mon 23 Tue 24 "));
    assert_non_null(strstr(text, " Berlin         01:00  01:00 "));
    assert_non_null(strstr(text, "\n core-primary   Ana\xe2\x95\x8c"));
    assert_non_null(strstr(text, "\n  back          Eve"));
    assert_non_null(strstr(text, "\n Data Responder "));
    assert_int_equal(scene.table.head_rows, 2);
}

static void
a_rota_of_working_hours_is_drawn_by_those_hours(void **state)
{
    (void)state;
    struct rota_schedule schedule = office_hours();
    int64_t now = at("2026-03-24T12:00:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 70, 8, now);
    assert_string_equal(drawn(&scene, now),
                        "Data Responder  Mon 23 - Sun 29 Mar  London | you Berlin\n"
                        " 09-18   Mon 23  Tue 24  Wed 25  Thu 26  Fri 27  Sat 28  29 DST|\n"
                        " on call Ana     Ana     Ana     Ana     Ana|\n"
                        "                   ^ now 12:00 London / 13:00 you|\n"
                        " Ana ends in 5h 30m, 17:30; then Ben, Mon 09:00|\n");
}

static void
weeks_move_and_come_back(void **state)
{
    (void)state;
    struct rota_schedule schedule = office_hours();
    int64_t now = at("2026-03-24T12:00:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 70, 8, now);
    assert_int_equal(view_rota.act(&scene.view, ACTION_NEXT_TAB, &scene.snap, now), VIEW_LOAD);
    const char *text = drawn(&scene, now);
    assert_non_null(strstr(text, "Mon 30 Mar - Sun 5 Apr  London"));
    assert_null(strstr(text, "now "));
    /* A day back is still in that week, another one leaves it. */
    assert_int_equal(view_rota.act(&scene.view, ACTION_LEFT, &scene.snap, now), VIEW_LOAD);
    assert_non_null(strstr(drawn(&scene, now), "Mon 30 Mar - Sun 5 Apr"));
    assert_int_equal(view_rota.act(&scene.view, ACTION_LEFT, &scene.snap, now), VIEW_LOAD);
    assert_non_null(strstr(drawn(&scene, now), "Mon 23 - Sun 29 Mar"));
    assert_int_equal(view_rota.act(&scene.view, ACTION_NOW, &scene.snap, now), VIEW_LOAD);
    assert_int_equal(scene.state.day, 0);
    assert_int_equal(view_rota_go_to(&scene.view, at("2027-01-01T12:00:00Z"), now), VIEW_LOAD);
    assert_non_null(strstr(drawn(&scene, now), "Mon 28 Dec - Sun 3 Jan"));
    assert_int_equal(view_rota_go_to(&scene.view, at("9027-01-01T12:00:00Z"), now), VIEW_BUILD);

    scene.view.cols = 39;
    assert_int_equal(view_rota.act(&scene.view, ACTION_NEXT_TAB, &scene.snap, now), VIEW_IGNORED);
}

static void
people_of_one_first_name_and_hostile_names_stay_apart_and_aligned(void **state)
{
    (void)state;
    struct schedule_entry final[] = {
        shift("Ana Ruiz", "prim", "2026-03-23T00:00:00Z", "2026-03-25T00:00:00Z"),
        shift("Ana Ørsted", "prim", "2026-03-25T00:00:00Z", "2026-03-27T00:00:00Z"),
        shift("\x1b[31m\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe5\x90\x8d\xe5\x89\x8d", "prim",
              "2026-03-27T00:00:00Z", "2026-03-30T00:00:00Z"),
    };
    struct rota_schedule schedule = {.id = "S",
                                     .name = "core\x1b[2J",
                                     .timezone = "UTC",
                                     .lanes = lanes,
                                     .lanes_len = 1,
                                     .shifts = {.final = final, .final_len = LEN(final)}};
    int64_t now = at("2026-03-23T03:12:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 70, 8, now);
    const char *text = drawn(&scene, now);
    assert_non_null(strstr(text, "AnaR---"));
    assert_non_null(strstr(text, "Ana\xc3\x98---"));
    assert_null(strchr(text, '\x1b'));
    /* Three wide characters and the mark of the cut fill the seven columns. */
    assert_non_null(strstr(text, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e~ \xe6\x97\xa5"));
}

static void
two_people_on_one_layer_are_marked(void **state)
{
    (void)state;
    struct schedule_entry final[] = {
        shift("Ana Ruiz", "prim", "2026-03-23T00:00:00Z", "2026-03-25T06:00:00Z"),
        shift("Ben Osei", "prim", "2026-03-25T00:00:00Z", "2026-03-30T00:00:00Z"),
    };
    struct rota_schedule schedule = {.id = "S",
                                     .name = "core",
                                     .timezone = "UTC",
                                     .lanes = lanes,
                                     .lanes_len = 1,
                                     .shifts = {.final = final, .final_len = LEN(final)}};
    int64_t now = at("2026-03-23T03:12:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 70, 8, now);
    const char *text = drawn(&scene, now);
    assert_non_null(strstr(text, "2x|Ben"));
    assert_non_null(strstr(text, " 2x    Wed 00:00-06:00  Ana and Ben|\n"));
}

static void
the_cursor_on_a_line_means_the_shift_going_on(void **state)
{
    (void)state;
    struct rota_schedule schedule = week_of_the_change();
    struct rota_window window = {.schedules = &schedule, .schedules_len = 1};
    const char *id = rota_lane_id(&schedule, &lanes[0], &arena);
    const struct schedule_entry *entry =
        rota_shift_of_lane(&window, id, at("2026-03-27T00:00:00Z"), &arena);
    assert_string_equal(entry->user_name, "Ben Osei");
    assert_null(rota_shift_of_lane(&window, "gap/1", at("2026-03-27T00:00:00Z"), &arena));
}

/* ---- month, agenda, mine ---- */

static void
a_month_is_weeks_of_days_and_one_of_them_is_looked_at(void **state)
{
    (void)state;
    struct rota_schedule schedule = week_of_the_change();
    int64_t now = at("2026-03-23T03:12:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 70, 30, now);
    scene.state.mode = ROTA_MONTH;
    const char *text = drawn(&scene, now);
    assert_non_null(strstr(text,
                           "core-primary  Mar 2026  London | you Berlin\n"
                           "       Mon      Tue      Wed      Thu      Fri      Sat      Sun|\n"));
    assert_non_null(
        strstr(text, "       23       24       25       26       27       28       29 DST|\n"
                     " prim  Ana----- Ana----- Ana----- Ana-|Ben Ben----- Ben|GAP| Ben|Cy*||\n"
                     " back  Eve----- Eve----- Eve----- Eve----- Eve-----|Dee----- Dee-----|\n"));
    assert_non_null(strstr(text, "       30       31        1 Apr"));
    /* Below: the day. Nothing holds the cursor, for that is the day. */
    assert_non_null(strstr(text, " Today  Mon 23 Mar|\n"));
    for (size_t i = 0; i < scene.table.rows_len; i++)
        assert_string_equal(scene.table.rows[i].id, "");

    assert_int_equal(view_rota.act(&scene.view, ACTION_DOWN, &scene.snap, now), VIEW_LOAD);
    assert_int_equal(scene.state.day, zone_day_number(zone_utc(), at("2026-03-30T00:00:00Z")));
    assert_int_equal(view_rota.act(&scene.view, ACTION_RIGHT, &scene.snap, now), VIEW_LOAD);
    assert_int_equal(view_rota.act(&scene.view, ACTION_NEXT_TAB, &scene.snap, now), VIEW_LOAD);
    assert_non_null(
        strstr(drawn(&scene, now), "  Apr 2026  ")); /* 31 March and a month: 30 April */
    assert_int_equal(scene.state.day, zone_day_number(zone_utc(), at("2026-04-30T00:00:00Z")));

    /* Enter opens the day, Esc leads back. */
    assert_int_equal(view_rota.act(&scene.view, ACTION_OPEN, &scene.snap, now), VIEW_LOAD);
    assert_int_equal(scene.state.mode, ROTA_DAY);
    assert_int_equal(view_rota.act(&scene.view, ACTION_BACK, &scene.snap, now), VIEW_LOAD);
    assert_int_equal(scene.state.mode, ROTA_MONTH);
    assert_int_equal(view_rota.act(&scene.view, ACTION_BACK, &scene.snap, now), VIEW_IGNORED);
}

static void
a_month_of_few_rows_has_a_line_a_week_and_the_week_begins_where_one_likes(void **state)
{
    (void)state;
    struct rota_schedule schedule = week_of_the_change();
    int64_t now = at("2026-03-23T03:12:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 71, 8, now);
    scene.state.mode = ROTA_MONTH;
    scene.settings.week_starts = "sunday";
    assert_non_null(strstr(drawn(&scene, now),
                           " Sun       Mon       Tue       Wed       Thu       Fri       Sat|\n"));
    assert_non_null(
        strstr(drawn(&scene, now),
               " 22 Ana Ev 23 Ana Ev 24 Ana Ev 25 Ana Ev 26 Ana Ev 27 Ben Ev 28 GAP De|\n"));
}

static void
the_agenda_lists_by_day_who_begins_takes_over_covers_and_where_nobody_is(void **state)
{
    (void)state;
    struct rota_schedule schedule = week_of_the_change();
    int64_t now = at("2026-03-26T03:12:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 70, 30, now);
    scene.state.mode = ROTA_AGENDA;
    assert_string_equal(drawn(&scene, now),
                        "core-primary  agenda from Thu 26 Mar  London | you Berlin\n"
                        " Today  Thu 26 Mar|\n"
                        "   until 18:00           Ana Ruiz                        7d  prim|\n"
                        "   until Sat 28 00:00    Eve Lind                        8d  back|\n"
                        "   18:00-Sat 28 09:00    Ben Osei from Ana           1d 15h  prim|\n"
                        "|\n"
                        " Sat 28 Mar|\n"
                        "   00:00-Sat 4 Apr 01:00 Dee Park from Eve               7d  back|\n"
                        "   09:00-10:00           GAP nobody on call              1h  prim|\n"
                        "   10:00-Sun 29 09:00    Ben Osei                       22h  prim|\n"
                        "|\n"
                        " Sun 29 Mar  DST 23h|\n"
                        "   09:00-17:00           Cy Lam* for Ben                 8h  prim|\n"
                        "   17:00-Thu 2 Apr 18:00 Ben Osei from Cy             4d 1h  prim|\n");
}

static void
mine_are_the_next_five_of_mine_with_role_length_and_when(void **state)
{
    (void)state;
    struct rota_schedule schedule = week_of_the_change();
    int64_t now = at("2026-03-26T03:12:00Z");
    struct rota_mine mine[6];
    for (int i = 0; i < 6; i++)
        mine[i] = (struct rota_mine){.id = arena_printf(&arena, "E%d", i),
                                     .schedule_name = "core-primary",
                                     .timezone = "Pacific/Auckland",
                                     .rotation_name = "Core",
                                     .layer_name = i ? "Backup" : "",
                                     .start_at = now - HOUR_MS + i * 7 * DAY_MS,
                                     .end_at = now - HOUR_MS + (i * 7 + 7) * DAY_MS};
    struct scene scene;
    set_scene(&scene, &schedule, 1, 110, 30, now);
    scene.state.mode = ROTA_MINE;
    assert_non_null(strstr(drawn(&scene, now), "Who are you? With `me` in the profile"));
    scene.settings.me = "ana@example.com";
    assert_non_null(strstr(drawn(&scene, now), "No shift of yours is known."));
    scene.snap.rota.mine = mine;
    scene.snap.rota.mine_len = 6;
    assert_string_equal(
        drawn(&scene, now),
        "core-primary  my next shifts  London | you Berlin\n"
        " now     Thu 26 Mar 02:12 - Thu 2 Apr 03:12       7d  core-primary  Core|\n"
        " in 6d   Thu 2 Apr 03:12 - Thu 9 Apr 03:12        7d  core-primary  Backup|\n"
        " in 13d  Thu 9 Apr 03:12 - Thu 16 Apr 03:12       7d  core-primary  Backup|\n"
        " in 20d  Thu 16 Apr 03:12 - Thu 23 Apr 03:12      7d  core-primary  Backup|\n"
        " in 27d  Thu 23 Apr 03:12 - Thu 30 Apr 03:12      7d  core-primary  Backup|\n");
}

static void
layers_show_what_was_scheduled_and_what_went_over_it(void **state)
{
    (void)state;
    struct rota_schedule schedule = week_of_the_change();
    int64_t now = at("2026-03-23T03:12:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 77, 12, now);
    assert_int_equal(view_rota.act(&scene.view, ACTION_LAYERS, &scene.snap, now), VIEW_BUILD);
    assert_string_equal(
        drawn(&scene, now),
        "core-primary  Mon 23 - Sun 29 Mar  London | you Berlin\n"
        "             Mon 23   Tue 24   Wed 25   Thu 26   Fri 27   Sat 28   29 DST|\n"
        " prim        Ana----- Ana----- Ana----- Ana-|Ben Ben----- Ben|GAP| Ben|Cy*||\n"
        "   scheduled Ana----- Ana----- Ana----- Ana-|Ben Ben----- Ben----- Ben-----|\n"
        "   overrides                                                       Cy*|\n"
        " back        Eve----- Eve----- Eve----- Eve----- Eve-----|Dee----- Dee-----|\n"
        "   scheduled|\n"
        "              ^ now 03:12 London / 04:12 you|\n"
        " Ana hands over to Ben in 3d 14h, Thu 18:00|\n"
        " Eve hands over to Dee in 4d 20h, Sat 00:00|\n"
        " gap   Sat 09:00-10:00  GAP 1h  prim|\n"
        " cover Cy for Ben  29 Mar 09:00-17:00  prim|\n");
}

/* ---- clock changes and zones (ux.md 15.8) ---- */

/* One layer, one shift, looked at as one day by its hours. */
static const char *
day_drawn(struct scene *scene, const char *schedule_zone, const char *viewer, int cols,
          const char *from, const char *to, const char *day)
{
    static struct rota_schedule schedule;
    struct schedule_entry *final = arena_new(&arena, struct schedule_entry);
    *final = shift("Ana Ruiz", "prim", from, to);
    schedule = (struct rota_schedule){.id = "S",
                                      .name = "core",
                                      .timezone = schedule_zone,
                                      .lanes = lanes,
                                      .lanes_len = 1,
                                      .shifts = {final, 1, final, 1, NULL, 0}};
    int64_t now = at("2026-01-02T12:00:00Z");
    set_scene(scene, &schedule, 1, cols, 12, now);
    scene->settings.zone = zone_named(viewer);
    scene->state.mode = ROTA_DAY;
    scene->state.day = zone_day_number(zone_utc(), at(day));
    return drawn(scene, now);
}

static void
the_day_the_clocks_go_forward_has_23_hours_and_one_hatched(void **state)
{
    (void)state;
    struct scene scene;
    assert_string_equal(day_drawn(&scene, "Europe/London", "Europe/London", 126,
                                  "2026-03-28T22:00:00Z", "2026-03-29T08:00:00Z",
                                  "2026-03-29T00:00:00Z"),
                        "core  Sun 29 Mar 2026  London\n"
                        " London      00  ////02  03  04  05  06  07  08  09  10  11  12  13  14  "
                        "15  16  17  18  19  20  21  22  23|\n"
                        " DST  23h: 01:00-02:00 does not exist, GMT then BST|\n"
                        " on call     Ana-////----------------------------|\n"
                        "|\n"
                        " Sun 29 Mar  DST 23h|\n"
                        "   until 09:00           Ana Ruiz                       10h|\n");
    assert_string_equal(day_drawn(&scene, "America/New_York", "America/New_York", 126,
                                  "2026-03-08T03:00:00Z", "2026-03-08T13:00:00Z",
                                  "2026-03-08T00:00:00Z"),
                        "core  Sun 8 Mar 2026  New York\n"
                        " New York    00  01  ////03  04  05  06  07  08  09  10  11  12  13  14  "
                        "15  16  17  18  19  20  21  22  23|\n"
                        " DST  23h: 02:00-03:00 does not exist, EST then EDT|\n"
                        " on call     Ana-----////------------------------|\n"
                        "|\n"
                        " Sun 8 Mar  DST 23h|\n"
                        "   until 09:00           Ana Ruiz                       10h|\n");
}

static void
the_day_the_clocks_go_back_has_25_hours_and_one_twice(void **state)
{
    (void)state;
    struct scene scene;
    assert_string_equal(day_drawn(&scene, "Europe/London", "Europe/London", 130,
                                  "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z",
                                  "2026-10-25T00:00:00Z"),
                        "core  Sun 25 Oct 2026  London\n"
                        " London      00  01a 01b 02  03  04  05  06  07  08  09  10  11  12  13  "
                        "14  15  16  17  18  19  20  21  22  23|\n"
                        " DST  25h: 01:00-02:00 comes twice, a in BST and b in GMT|\n"
                        " on call           Ana-|\n"
                        "|\n"
                        " Sun 25 Oct  DST 25h|\n"
                        "   01:30a-01:30b         Ana Ruiz                        1h|\n");
    assert_string_equal(day_drawn(&scene, "America/New_York", "America/New_York", 130,
                                  "2026-11-01T05:30:00Z", "2026-11-01T15:00:00Z",
                                  "2026-11-01T00:00:00Z"),
                        "core  Sun 1 Nov 2026  New York\n"
                        " New York    00  01a 01b 02  03  04  05  06  07  08  09  10  11  12  13  "
                        "14  15  16  17  18  19  20  21  22  23|\n"
                        " DST  25h: 01:00-02:00 comes twice, a in EDT and b in EST|\n"
                        " on call           Ana-----------------------------------|\n"
                        "|\n"
                        " Sun 1 Nov  DST 25h|\n"
                        "   01:30a-10:00          Ana Ruiz                    9h 30m|\n");
}

static void
half_hours_of_zone_and_of_change_have_their_place(void **state)
{
    (void)state;
    struct scene scene;
    assert_string_equal(day_drawn(&scene, "Europe/London", "Asia/Kolkata", 126,
                                  "2026-03-29T00:00:00Z", "2026-03-29T08:00:00Z",
                                  "2026-03-29T00:00:00Z"),
                        "core  Sun 29 Mar 2026  London | you Kolkata\n"
                        " London      00  ////02  03  04  05  06  07  08  09  10  11  12  13  14  "
                        "15  16  17  18  19  20  21  22  23|\n"
                        " Kolkata     05:30   06:30   08:30   10:30   12:30   14:30   16:30   "
                        "18:30   20:30   22:30 Mon   01:30|\n"
                        " DST  23h: 01:00-02:00 does not exist, GMT then BST|\n"
                        " on call     Ana-////----------------------------|\n"
                        "|\n"
                        " Sun 29 Mar  DST 23h|\n"
                        "   00:00-09:00           Ana Ruiz                        8h    you Sun 29 "
                        "Mar 05:30-13:30|\n");
    assert_string_equal(day_drawn(&scene, "Australia/Lord_Howe", "Australia/Lord_Howe", 126,
                                  "2026-04-04T13:00:00Z", "2026-04-04T23:00:00Z",
                                  "2026-04-05T00:00:00Z"),
                        "core  Sun 5 Apr 2026  Lord Howe\n"
                        " Lord Howe   00       02      04      06      08      10     12      14   "
                        "   16      18      20      22|\n"
                        " DST  24h 30m: 01:30-02:00 comes twice, a in +11 and b in +1030|\n"
                        " on call     Ana------------------------------------|\n"
                        "|\n"
                        " Sun 5 Apr  DST 24h 30m|\n"
                        "   00:00-09:30           Ana Ruiz                       10h|\n");
}

static void
a_viewer_across_the_date_line_sees_both_dates(void **state)
{
    (void)state;
    struct scene scene;
    assert_string_equal(day_drawn(&scene, "Pacific/Kiritimati", "Pacific/Honolulu", 126,
                                  "2026-03-28T22:00:00Z", "2026-03-29T12:00:00Z",
                                  "2026-03-29T00:00:00Z"),
                        "core  Sun 29 Mar 2026  Kiritimati | you Honolulu\n"
                        " Kiritimati   00  01  02  03  04  05  06  07  08  09  10  11  12  13  14  "
                        "15  16  17  18  19  20  21  22  23|\n"
                        " Honolulu Sat 00  01  02  03  04  05  06  07  08  09  10  11  12  13  14  "
                        "15  16  17  18  19  20  21  22  23|\n"
                        " on call                                                      "
                        "Ana---------------------------------------------|\n"
                        "|\n"
                        " Sun 29 Mar|\n"
                        "   12:00-Mon 30 02:00    Ana Ruiz                       14h    you Sat 28 "
                        "Mar 12:00 - Sun 29 Mar 02:00|\n");
    scene.state.mode = ROTA_AGENDA;
    assert_string_equal(drawn(&scene, at("2026-03-27T12:00:00Z")),
                        "core  agenda from Sun 29 Mar  Kiritimati | you Honolulu  as of 01:59\n"
                        " Sun 29 Mar|\n"
                        "   12:00-Mon 30 02:00    Ana Ruiz                       14h    you Sat 28 "
                        "Mar 12:00 - Sun 29 Mar 02:00|\n");
}

/* ---- states ---- */

static void
old_shifts_stay_and_say_of_when_they_are(void **state)
{
    (void)state;
    struct rota_schedule schedule = week_of_the_change();
    int64_t now = at("2026-03-23T03:12:00Z");
    struct scene scene;
    set_scene(&scene, &schedule, 1, 39, 4, now);
    scene.sources[0].last_complete_at = scene.sources[1].last_complete_at = now - 8 * MINUTE_MS;
    const char *text = drawn(&scene, now);
    assert_non_null(strstr(text, "core-primary  as of 04:04\n"));
    assert_non_null(strstr(text, "Ana Ruiz"));
    assert_true(scene.table.dimmed);
}

static void
without_schedules_it_says_why(void **state)
{
    (void)state;
    static const char *const names[] = {"core", NULL};
    int64_t now = at("2026-03-23T03:12:00Z");
    struct scene scene;
    set_scene(&scene, NULL, 0, 39, 4, now);
    assert_string_equal(drawn(&scene, now), "\nThis server has no schedules.\n");
    scene.settings.schedules = names;
    assert_string_equal(drawn(&scene, now), "\nNo schedule is called 'core' here.\n");
    scene.snap.sources_len = 0;
    scene.snap.waiting_since = now - 2 * SECOND_MS;
    assert_non_null(strstr(drawn(&scene, now), "Loading shifts..."));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_lines_say_now_next_gap_and_cover, forget),
        cmocka_unit_test_teardown(a_cover_says_for_whom_and_a_gap_now_comes_before_the_next_shift,
                                  forget),
        cmocka_unit_test_teardown(hours_off_are_no_gap_and_tell_who_takes_over, forget),
        cmocka_unit_test_teardown(several_schedules_say_first_who_is_on_for_each, forget),
        cmocka_unit_test_teardown(schedules_are_ordered_by_their_next_hand_over, forget),
        cmocka_unit_test_teardown(times_follow_the_ruler, forget),
        cmocka_unit_test_teardown(the_week_shows_layers_handovers_the_gap_the_cover_and_this_moment,
                                  forget),
        cmocka_unit_test_teardown(a_fortnight_has_two_rulers_and_rich_glyphs, forget),
        cmocka_unit_test_teardown(a_rota_of_working_hours_is_drawn_by_those_hours, forget),
        cmocka_unit_test_teardown(weeks_move_and_come_back, forget),
        cmocka_unit_test_teardown(people_of_one_first_name_and_hostile_names_stay_apart_and_aligned,
                                  forget),
        cmocka_unit_test_teardown(two_people_on_one_layer_are_marked, forget),
        cmocka_unit_test_teardown(the_cursor_on_a_line_means_the_shift_going_on, forget),
        cmocka_unit_test_teardown(a_month_is_weeks_of_days_and_one_of_them_is_looked_at, forget),
        cmocka_unit_test_teardown(
            a_month_of_few_rows_has_a_line_a_week_and_the_week_begins_where_one_likes, forget),
        cmocka_unit_test_teardown(
            the_agenda_lists_by_day_who_begins_takes_over_covers_and_where_nobody_is, forget),
        cmocka_unit_test_teardown(mine_are_the_next_five_of_mine_with_role_length_and_when, forget),
        cmocka_unit_test_teardown(layers_show_what_was_scheduled_and_what_went_over_it, forget),
        cmocka_unit_test_teardown(the_day_the_clocks_go_forward_has_23_hours_and_one_hatched,
                                  forget),
        cmocka_unit_test_teardown(the_day_the_clocks_go_back_has_25_hours_and_one_twice, forget),
        cmocka_unit_test_teardown(half_hours_of_zone_and_of_change_have_their_place, forget),
        cmocka_unit_test_teardown(a_viewer_across_the_date_line_sees_both_dates, forget),
        cmocka_unit_test_teardown(old_shifts_stay_and_say_of_when_they_are, forget),
        cmocka_unit_test_teardown(without_schedules_it_says_why, forget),
    };
    (void)setlocale(LC_ALL, "C.UTF-8"); /* wcwidth measures by it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
