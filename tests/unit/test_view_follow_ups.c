/* The follow-up pane: its cells, and its window walked through a store. */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "store/cache.h"
#include "tests/support/store_objects.h"
#include "ui/view.h"

#define LEN(array) (sizeof(array) / sizeof(array)[0])
#define NOW INT64_C(1774235520000) /* Mon 23 March 2026, 03:12 UTC */

static struct arena arena;

static int
forget(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static struct follow_up_row
row(const char *title, const char *person, int64_t due_at)
{
    return (struct follow_up_row){.id = title,
                                  .title = title,
                                  .assignee_name = person,
                                  .assignee_email = "",
                                  .assignee_team_name = "Core",
                                  .priority_name = "High",
                                  .external_issue_name = "DATA-12",
                                  .external_issue_permalink = "",
                                  .incident_id = "",
                                  .incident_reference = "INC-412",
                                  .incident_name = "",
                                  .created_at = NOW - 40 * DAY_MS,
                                  .due_at = due_at};
}

static const char *
drawn(const struct follow_up_window *window, int cols, enum size_class size, int64_t complete_at,
      struct table *table)
{
    static struct source_state source;
    static struct view_settings settings;
    static struct snapshot snap;
    struct error err;
    source = (struct source_state){.resource = "follow_up",
                                   .last_complete_at = complete_at,
                                   .interval_ms = MINUTE_MS,
                                   .error_code = "",
                                   .error_message = ""};
    settings = (struct view_settings){.me = ""};
    assert_true(zone_open("Europe/London", &settings.zone, &err));
    snap = (struct snapshot){.present = true,
                             .sources = &source,
                             .sources_len = complete_at ? 1 : 0,
                             .waiting_since = NOW - 3 * SECOND_MS,
                             .follow_ups = *window};
    struct view view = {.ops = &view_follow_ups,
                        .settings = &settings,
                        .state = memset(arena_alloc(&arena, view_follow_ups.state_size), 0,
                                        view_follow_ups.state_size),
                        .cols = cols,
                        .rows = 8,
                        .size = size};
    view_follow_ups.build(&view, &snap, NOW, &arena, table);

    struct str out;
    str_init(&out, 0);
    for (size_t i = 0; i < table->title.spans_len; i++)
        str_append(&out, table->title.spans[i].text);
    str_append(&out, "\n");
    for (size_t i = 0; i < table->rows_len; i++)
        str_printf(&out, "%s|\n", table_row_text(table, i, &arena));
    if (table->rows_len == 0)
        str_printf(&out, "%s\n", table->empty);
    const char *text = arena_text(&arena, str_text(&out));
    str_finish(&out);
    return text;
}

static void
rows_say_who_and_by_when(void **state)
{
    (void)state;
    const struct follow_up_row rows[] = {
        row("add not-null test", "Ben Osei", NOW - 3 * DAY_MS),
        row("page owner on late", "", NOW - HOUR_MS),
        row("fix alert name", "Dee Park", NOW + HOUR_MS),
        row("document backfill", "Ana Ruiz", NOW + 4 * DAY_MS),
        row("alert on late source events", "Cy", NOW + 9 * DAY_MS),
        row("split orders model", "Dee Park", NOW + 16 * DAY_MS),
        row("tidy up", "Eve Lind", 0),
    };
    const struct follow_up_window window = {
        .rows = rows, .rows_len = LEN(rows), .outstanding = 9, .late = 2};
    struct table table;
    assert_string_equal(drawn(&window, 39, SIZE_SMALL, NOW - SECOND_MS, &table),
                        "9 (2 late)\n"
                        " ! add not-null test     Ben   3d late|\n"
                        " ! page owner on late    Core  1h late|\n"
                        "   fix alert name        Dee     today|\n"
                        "   document backfill     Ana   due Fri|\n"
                        "   alert on late source~ Cy     due 9d|\n"
                        "   split orders model    Dee    due 2w|\n"
                        "   tidy up               Eve    no due|\n");
    assert_int_equal(table.rows[0].cells[0].spans[0].role, ROLE_LATE);
    assert_int_equal(table.rows[0].cells[3].spans[0].role, ROLE_LATE);
    assert_int_equal(table.rows[6].cells[3].spans[0].role, ROLE_MUTED);
    assert_int_equal(table.title.spans[1].role, ROLE_LATE);
    /* When words change: an age by the hour, a day at midnight, "today" when it is late. */
    assert_int_equal(table.rows[1].changes_at, NOW + HOUR_MS);
    assert_int_equal(table.rows[2].changes_at, NOW + HOUR_MS + 1);
    assert_int_equal(table.rows[3].changes_at, NOW - 3 * HOUR_MS - 12 * MINUTE_MS + DAY_MS);
    assert_int_equal(table.rows[6].changes_at, INT64_MAX);
}

static void
wide_panes_add_incident_priority_and_issue(void **state)
{
    (void)state;
    const struct follow_up_row rows[] = {row("add not-null test", "Ben Osei", NOW - 3 * DAY_MS)};
    const struct follow_up_window window = {
        .rows = rows, .rows_len = 1, .outstanding = 1, .late = 1};
    struct table table;
    assert_string_equal(
        drawn(&window, 82, SIZE_LARGE, NOW - SECOND_MS, &table),
        "1 (1 late)\n"
        " ! add not-null test                            INC-412 Ben High DATA-12  3d late|\n");
    assert_non_null(strstr(drawn(&window, 118, SIZE_LARGE, NOW - SECOND_MS, &table), "Ben Osei"));
    assert_non_null(
        strstr(drawn(&window, 60, SIZE_MEDIUM, NOW - SECOND_MS, &table), "INC-412 Ben"));
    assert_string_equal(drawn(&window, 40, SIZE_PHONE, NOW - SECOND_MS, &table),
                        "1 (1 late)\n"
                        " ! add not-null test|\n"
                        "   3d late   Ben Osei  INC-412|\n");
}

static void
groups_have_heads_with_counts_and_what_they_say_has_no_column(void **state)
{
    (void)state;
    struct follow_up_row rows[] = {
        row("add not-null test", "Ben Osei", NOW - 3 * DAY_MS),
        row("fix alert name", "Ben Osei", NOW + HOUR_MS),
        row("document backfill", "Dee Park", NOW + 4 * DAY_MS),
        row("tidy up", "", 0),
    };
    const struct follow_up_group by_owner[] = {
        {"Ben Osei", 3, 1}, {"Dee Park", 1, 0}, {"", 1000001, 0}};
    struct follow_up_window window = {.rows = rows,
                                      .rows_len = LEN(rows),
                                      .grouping = {BY_OWNER, {0}},
                                      .groups = by_owner,
                                      .groups_len = LEN(by_owner),
                                      .outstanding = 5,
                                      .late = 1};
    struct table table;
    assert_string_equal(drawn(&window, 60, SIZE_SMALL, NOW - SECOND_MS, &table),
                        "5 (1 late)\n"
                        " Ben Osei  3 (1 late)|\n"
                        " ! add not-null test                  INC-412 High  3d late|\n"
                        "   fix alert name                     INC-412 High    today|\n"
                        " Dee Park  1|\n"
                        "   document backfill                  INC-412 High  due Fri|\n"
                        " nobody's  1000+|\n"
                        "   tidy up                            INC-412 High   no due|\n");
    assert_string_equal(table.rows[0].id, ""); /* the cursor goes over it */

    rows[0].incident_name = "Orders table wrong";
    window.grouping.by = BY_INCIDENT;
    window.groups_len = 0;
    assert_non_null(strstr(drawn(&window, 60, SIZE_SMALL, NOW - SECOND_MS, &table),
                           " INC-412 Orders table wrong|\n"));

    const struct follow_up_group by_due[] = {{"0", 1, 1}, {"1", 1, 0}, {"2", 1, 0}, {"none", 1, 0}};
    window.grouping = (struct follow_up_grouping){
        BY_DUE, {NOW, NOW + 20 * HOUR_MS, NOW + 20 * HOUR_MS + 7 * DAY_MS}};
    window.groups = by_due;
    window.groups_len = LEN(by_due);
    assert_string_equal(drawn(&window, 60, SIZE_SMALL, NOW - SECOND_MS, &table),
                        "5 (1 late)\n"
                        " late  1|\n"
                        " ! add not-null test                  INC-412 Ben   3d late|\n"
                        " today  1|\n"
                        "   fix alert name                     INC-412 Ben     today|\n"
                        " in the next 7 days  1|\n"
                        "   document backfill                  INC-412 Dee   due Fri|\n"
                        " not due at any time  1|\n"
                        "   tidy up                            INC-412 Core   no due|\n");
}

static void
none_is_only_said_of_fresh_data(void **state)
{
    (void)state;
    const struct follow_up_window none = {.rows = NULL};
    const struct follow_up_row rows[] = {row("add not-null test", "Ben Osei", NOW - 3 * DAY_MS)};
    const struct follow_up_window one = {.rows = rows, .rows_len = 1, .outstanding = 1, .late = 1};
    struct table table;
    assert_string_equal(drawn(&none, 39, SIZE_SMALL, NOW - SECOND_MS, &table),
                        "0\nBacklog clear.\n");
    assert_non_null(strstr(drawn(&none, 39, SIZE_SMALL, NOW - HOUR_MS, &table), "UNKNOWN"));
    assert_non_null(strstr(drawn(&none, 39, SIZE_SMALL, 0, &table), "Loading follow-ups..."));
    assert_non_null(strstr(drawn(&one, 39, SIZE_SMALL, NOW - HOUR_MS, &table),
                           "1? (1? late) as of 02:12\n ! add"));
    assert_true(table.dimmed);
}

/* ---- the window, from a store ---- */

#define TOTAL 300

/* Every third has no due time; every tenth is done. Due times repeat, so ids decide too. */
static struct store *
filled_store(void)
{
    struct store *store;
    struct error err = {0};
    enum cache_change change;
    if (!store_open(&store, STORE_CACHE, ":memory:", STORE_WRITE, NULL, &err) ||
        !store_begin(store, &err))
        fail_msg("%s", err.message);
    struct incident *incident = sample_object(&arena, KIND_INCIDENT, "I1", NOW);
    incident->reference = "INC-412";
    if (!cache_put(store, KIND_INCIDENT, incident, NOW, &change, &err))
        fail_msg("%s", err.message);
    for (int i = 0; i < TOTAL; i++) {
        struct follow_up *item = sample_object(&arena, KIND_FOLLOW_UP,
                                               arena_printf(&arena, "F%03d", i * 7 % TOTAL), NOW);
        item->title = item->id;
        item->incident_id = "I1";
        item->status = i % 10 == 0 ? "completed" : "outstanding";
        item->due_at = i % 3 == 0 ? 0 : NOW + (i / 4 - 20) * DAY_MS;
        if (!cache_put(store, KIND_FOLLOW_UP, item, NOW, &change, &err))
            fail_msg("%s", err.message);
    }
    if (!store_commit(store, &err))
        fail_msg("%s", err.message);
    return store;
}

static struct follow_up_window
window_at(struct store *store, struct window_request request)
{
    struct follow_up_window window;
    struct error err = {0};
    if (!window_follow_ups(store, &request, NOW, &arena, &window, &err))
        fail_msg("%s", err.message);
    return window;
}

static bool
is_before(const struct follow_up_row *a, const struct follow_up_row *b)
{
    if ((a->due_at == 0) != (b->due_at == 0))
        return a->due_at != 0;
    if (a->due_at != b->due_at)
        return a->due_at < b->due_at;
    return strcmp(a->id, b->id) < 0;
}

static void
windows_walk_the_whole_list_in_order_both_ways(void **state)
{
    (void)state;
    struct store *store = filled_store();
    struct follow_up_window top = window_at(store, (struct window_request){.id = "", .rows = 1000});
    assert_int_equal(top.rows_len, 270);
    assert_int_equal(top.outstanding, 270);
    assert_false(top.more_above || top.more_below);
    int64_t late = 0;
    for (size_t i = 0; i < top.rows_len; i++) {
        late += top.rows[i].due_at && top.rows[i].due_at < NOW;
        assert_true(i == 0 || is_before(&top.rows[i - 1], &top.rows[i]));
        assert_string_equal(top.rows[i].incident_reference, "INC-412");
    }
    assert_int_equal(top.late, late);

    for (size_t i = 0; i < top.rows_len; i++) {
        struct follow_up_window window =
            window_at(store, (struct window_request){.id = top.rows[i].id, .rows = 5});
        size_t first = i < 5 ? 0 : i - 5;
        size_t end = i + 6 > top.rows_len ? top.rows_len : i + 6;
        assert_int_equal(window.more_above, first > 0);
        assert_int_equal(window.more_below, end < top.rows_len);
        assert_int_equal(window.rows_len, end - first);
        for (size_t j = 0; j < window.rows_len; j++)
            assert_string_equal(window.rows[j].id, top.rows[first + j].id);
    }

    struct follow_up_window end =
        window_at(store, (struct window_request){.id = "", .to_end = true, .rows = 4});
    assert_string_equal(end.rows[end.rows_len - 1].id, top.rows[269].id);
    assert_true(end.more_above);
    assert_false(end.more_below);

    /* An item that is gone: the window is where it stood. */
    struct window_request gone = {.id = "F999", .place = {0, top.rows[50].due_at}, .rows = 3};
    struct follow_up_window around = window_at(store, gone);
    assert_true(is_before(&around.rows[0], &top.rows[51]));
    assert_true(is_before(&top.rows[50], &around.rows[around.rows_len - 1]));
    store_close(store);
}

static void
groups_are_counted_over_all_there_are(void **state)
{
    (void)state;
    struct store *store = filled_store();
    struct error err = {0};
    struct follow_up_window window = {0};
    struct follow_up_grouping grouping = {BY_DUE, {NOW, NOW + DAY_MS, NOW + 8 * DAY_MS}};
    if (!window_follow_up_groups(store, &grouping, false, NOW, &arena, &window, &err))
        fail_msg("%s", err.message);
    struct follow_up_window all = window_at(store, (struct window_request){.id = "", .rows = 1000});
    int64_t counts[5] = {0}, late = 0;
    for (size_t i = 0; i < all.rows_len; i++) {
        int64_t due = all.rows[i].due_at;
        counts[!due                     ? 4
               : due < NOW              ? 0
               : due < NOW + DAY_MS     ? 1
               : due < NOW + 8 * DAY_MS ? 2
                                        : 3]++;
    }
    for (size_t i = 0; i < window.groups_len; i++) {
        const struct follow_up_group *group = &window.groups[i];
        int part = strcmp(group->name, FOLLOW_UP_UNDATED) == 0 ? 4 : *group->name - '0';
        assert_int_equal(group->len, counts[part]);
        late += group->late;
        counts[part] = 0;
    }
    assert_int_equal(late, all.late);
    for (int part = 0; part < 5; part++)
        assert_int_equal(counts[part], 0);

    struct window_request done = {.id = "", .rows = 1000, .done = true};
    assert_int_equal(window_at(store, done).rows_len, 30);
    store_close(store);
}

static void
the_detail_of_a_follow_up_names_its_incident(void **state)
{
    (void)state;
    struct store *store = filled_store();
    struct detail detail = {.brief = false};
    struct error err = {0};
    if (!detail_follow_up(store, "F007", &detail, &err))
        fail_msg("%s", err.message);
    assert_string_equal(detail.id, "F007");
    bool found = false;
    for (size_t i = 0; i < detail.facts_len; i++)
        found = found || (strcmp(detail.facts[i].label, "incident") == 0 &&
                          strstr(detail.facts[i].text, "INC-412"));
    assert_true(found);
    assert_true(detail_follow_up(store, "nothing", &detail, &err));
    assert_string_equal(detail.id, "");
    arena_finish(&detail.arena);
    store_close(store);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(rows_say_who_and_by_when, forget),
        cmocka_unit_test_teardown(wide_panes_add_incident_priority_and_issue, forget),
        cmocka_unit_test_teardown(groups_have_heads_with_counts_and_what_they_say_has_no_column,
                                  forget),
        cmocka_unit_test_teardown(groups_are_counted_over_all_there_are, forget),
        cmocka_unit_test_teardown(none_is_only_said_of_fresh_data, forget),
        cmocka_unit_test_teardown(windows_walk_the_whole_list_in_order_both_ways, forget),
        cmocka_unit_test_teardown(the_detail_of_a_follow_up_names_its_incident, forget),
    };
    (void)setlocale(LC_ALL, "C.UTF-8"); /* wcwidth measures by it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
