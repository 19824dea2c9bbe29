#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/sample_cache.h"
#include "ui/view.h"

#define NOW INT64_C(1790000000000)

static struct arena arena;
static struct snapshot snap;
static struct view_settings settings;
static struct view view;
static struct store *store;
static struct error err;

static int
open_sample(void **state)
{
    (void)state;
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    store = sample_cache_open(NOW);
    settings = (struct view_settings){.zone = zone_utc(), .time_style = TIME_VIEWER, .me = ""};
    snap = (struct snapshot){.present = true, .waiting_since = NOW};
    return 0;
}

static int
close_sample(void **state)
{
    (void)state;
    store_close(store);
    arena_finish(&snap.arena);
    arena_finish(&arena);
    return 0;
}

static struct table
build(const struct view_ops *ops, int cols, int rows, enum size_class size)
{
    struct snapshot before = snap;
    struct table table;
    view =
        (struct view){.ops = ops, .settings = &settings, .cols = cols, .rows = rows, .size = size};
    view.state = arena_alloc(&arena, ops->state_size);
    if (!window_sources(store, &snap.arena, &snap.sources, &snap.sources_len, &err) ||
        !window_header(store, NULL, NOW, &snap.arena, &snap.header, &err) ||
        !ops->load(&view, store, NOW, &before, &snap, &err))
        fail_msg("%s", err.message);
    ops->build(&view, &snap, NOW, &arena, &table);
    return table;
}

static void
assert_rows(const struct table *table, const char *const *rows, size_t len)
{
    for (size_t i = 0; i < len; i++)
        assert_string_equal(table_row_text(table, i, &arena), rows[i]);
    assert_int_equal(table->rows_len, len);
}

static void
alerts_show_state_severity_title_and_age(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "  F S1 orders_daily: 3 tests failed                 dbt  core   4m  x2  INC-412",
        "  A S2 deploy-main failed                           dbt  core  11m",
        "  F S3 stg_events 96 min late                       dbt  core  38m",
        "  R S1 orders_daily: 3 tests failed                 dbt  core   2h",
        "  R S3 nightly-export slow                          dbt  core   4h",
    };
    struct table table = build(&view_feed, 80, 6, SIZE_SMALL);
    assert_rows(&table, rows, 5);
    assert_string_equal(table.title.spans[0].text, "3");
    assert_int_equal(table.rows[0].cells[0].spans[0].role, ROLE_STATE_FIRING);
    assert_int_equal(table.rows[0].cells[1].spans[0].role, ROLE_SEVERITY_1);
    assert_int_equal(table.rows[3].cells[1].spans[0].role, ROLE_STATE_RESOLVED);
    assert_int_equal(table.rows[0].changes_at, NOW + MINUTE_MS);
}

static void
columns_leave_before_the_title_gets_short(void **state)
{
    (void)state;
    struct table table = build(&view_feed, 62, 6, SIZE_SMALL);
    assert_string_equal(table_row_text(&table, 0, &arena),
                        "  F S1 orders_daily: 3 tests failed             core   4m  x2");
}

static void
a_phone_gets_two_lines_an_alert(void **state)
{
    (void)state;
    struct table table = build(&view_feed, 40, 16, SIZE_PHONE);
    assert_int_equal(table.rows_len, 10);
    assert_string_equal(table_row_text(&table, 0, &arena), " F S1 orders_daily: 3 tests failed");
    assert_string_equal(table_row_text(&table, 1, &arena), "      4m   INC-412  x2  core  dbt");
    assert_string_equal(table.rows[0].id, table.rows[1].id);
}

static void
old_data_is_never_calm(void **state)
{
    (void)state;
    struct table table = build(&view_feed, 78, 6, SIZE_SMALL);
    view_feed.build(&view, &snap, NOW + 5 * MINUTE_MS, &arena, &table);
    assert_string_equal(table.title.spans[0].text, "3?");
    assert_string_equal(table_row_text(&table, 0, &arena),
                        "  UNKNOWN. Last seen 3 firing, 5m ago.");

    snap.feed.rows_len = 0;
    view_feed.build(&view, &snap, NOW + 5 * MINUTE_MS, &arena, &table);
    assert_string_equal(table.empty, "UNKNOWN. Last seen 3 firing, 5m ago.");
    snap.sources_len = 0;
    view_feed.build(&view, &snap, NOW + 6 * SECOND_MS, &arena, &table);
    assert_string_equal(table.empty, "Loading alerts... 5s");
    view_feed.build(&view, &snap, NOW + 20 * SECOND_MS, &arena, &table);
    assert_non_null(strstr(table.empty, "No alerts after 20s"));
}

static void
when_nothing_fires_it_says_since_when(void **state)
{
    (void)state;
    sample_cache_resolve(store, "fire-1", NOW - HOUR_MS);
    sample_cache_resolve(store, "fire-2", NOW - HOUR_MS);
    sample_cache_resolve(store, "fire-3", NOW - 2 * HOUR_MS);
    struct table table = build(&view_feed, 78, 6, SIZE_SMALL);
    assert_string_equal(table_row_text(&table, 0, &arena),
                        "  No firing alerts. Last one resolved 1h ago.");
    assert_int_equal(table.head_rows, 1);
}

static void
a_key_without_permission_is_told_once_in_the_pane(void **state)
{
    (void)state;
    struct table table = build(&view_feed, 78, 6, SIZE_SMALL);
    struct source_state refused = {.resource = "firing_alerts",
                                   .error_code = "forbidden",
                                   .error_message = "",
                                   .error_since = NOW};
    snap.sources = &refused;
    snap.sources_len = 1;
    snap.feed.rows_len = 0;
    view_feed.build(&view, &snap, NOW, &arena, &table);
    assert_string_equal(table.empty, "This key cannot read alerts.");
}

static void
the_timeline_reads_like_the_sketch(void **state)
{
    (void)state;
    struct table table = build(&view_timeline, 78, 4, SIZE_SMALL);
    assert_string_equal(table.title.spans[0].text, "INC-412");
    assert_string_equal(table.title.spans[4].text, "Fixing");
    assert_string_equal(table_row_text(&table, 2, &arena) + 9,
                        "Ana      status    Investigating -> Fixing: Rolled back");
    assert_int_equal(table_row_text(&table, 1, &arena)[1], '~'); /* first seen */
    assert_int_equal(table.head_rows, 0);
}

static void
a_high_timeline_has_a_head_that_stays(void **state)
{
    (void)state;
    struct table table = build(&view_timeline, 47, 25, SIZE_MEDIUM);
    assert_int_equal(table.head_rows, 3);
    assert_string_equal(table_row_text(&table, 0, &arena),
                        " INC-412 Orders table wrong since 02:30");
    assert_string_equal(table_row_text(&table, 1, &arena),
                        " lead Ana Ruiz   age 41m   updated 20m ago");
}

static void
brackets_walk_the_open_incidents(void **state)
{
    (void)state;
    (void)build(&view_timeline, 78, 4, SIZE_SMALL);
    struct snapshot before = snap;
    assert_int_equal(view_timeline.act(&view, ACTION_NEXT_TAB, &snap, NOW), VIEW_LOAD);
    assert_true(view_timeline.load(&view, store, NOW, &before, &snap, &err));
    assert_string_equal(snap.timeline.incident.reference, "INC-413");
    assert_int_equal(view_timeline.act(&view, ACTION_NEXT_TAB, &snap, NOW), VIEW_LOAD);
    assert_true(view_timeline.load(&view, store, NOW, &before, &snap, &err));
    assert_string_equal(snap.timeline.incident.reference, "INC-412");
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_sample, close_sample)
    const struct CMUnitTest tests[] = {
        CASE(alerts_show_state_severity_title_and_age),
        CASE(columns_leave_before_the_title_gets_short),
        CASE(a_phone_gets_two_lines_an_alert),
        CASE(old_data_is_never_calm),
        CASE(when_nothing_fires_it_says_since_when),
        CASE(a_key_without_permission_is_told_once_in_the_pane),
        CASE(the_timeline_reads_like_the_sketch),
        CASE(a_high_timeline_has_a_head_that_stays),
        CASE(brackets_walk_the_open_incidents),
    };
    return cmocka_run_group_tests_name("view_feed", tests, NULL, NULL);
}
