/* What a wallboard tells beside the console's snapshot. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/board.h"
#include "store/cache.h"
#include "tests/support/sample_cache.h"
#include "tests/support/store_objects.h"

#define NOW INT64_C(1790000000000) /* 14:13:20 in UTC */

static struct arena arena;
static struct store *store;
static struct error err;

static int
open_sample(void **state)
{
    (void)state;
    store = sample_cache_open(NOW);
    return 0;
}

static int
close_sample(void **state)
{
    (void)state;
    store_close(store);
    arena_finish(&arena);
    return 0;
}

static struct board
read_board(void)
{
    static const char *const schedules[] = {NULL};
    struct board board = {0};
    const struct zone *utc;
    if (!zone_open("UTC", &utc, &err) ||
        !board_read(store, schedules, utc, NOW, &arena, &board, &err))
        fail_msg("%s", err.message);
    return board;
}

static void
put(enum kind kind, const void *object)
{
    enum cache_change change;
    if (!store_begin(store, &err) || !cache_put(store, kind, object, NOW, &change, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
}

static void
what_nobody_acknowledged_is_counted_with_the_oldest(void **state)
{
    (void)state;
    struct board board = read_board();
    assert_int_equal(board.unacked[1].len, 1);
    assert_int_equal(board.unacked[1].oldest_at, NOW - 4 * MINUTE_MS);
    assert_int_equal(board.unacked[2].len, 0); /* its page was answered */
    assert_int_equal(board.unacked[2].oldest_at, 0);
    assert_int_equal(board.unacked[3].len, 1);
    assert_int_equal(board.unacked[3].oldest_at, NOW - 38 * MINUTE_MS);
    sample_cache_resolve(store, "fire-1", NOW);
    assert_int_equal(read_board().unacked[1].len, 0);
}

static void
open_incidents_come_most_severe_first(void **state)
{
    (void)state;
    struct board board = read_board();
    assert_int_equal(board.incidents_len, 2);
    assert_string_equal(board.incidents[0].reference, "INC-412");
    assert_string_equal(board.incidents[0].lead, "Ana Ruiz");
    assert_string_equal(board.incidents[1].reference, "INC-413");
}

static void
what_is_usual_is_the_median_until_this_time_of_day(void **state)
{
    (void)state;
    assert_int_equal(read_board().alerts_usual, -1); /* of one day nothing can be told */
    sample_cache_fill(store, 20 * 24, NOW);          /* one an hour, from a day ago on */
    struct board board = read_board();
    assert_int_equal(board.days[BOARD_DAYS - 1].at_ms, NOW - NOW % DAY_MS);
    assert_int_equal(board.days[BOARD_DAYS - 1].alerts, 5);
    assert_int_equal(board.days[BOARD_DAYS - 1].incidents, 2);
    assert_int_equal(board.days[BOARD_DAYS - 2].alerts, 14);
    assert_int_equal(board.days[0].alerts, 24);
    assert_int_equal(board.alerts_usual, 14); /* 00:13 to 13:13 */
}

static void
a_scheduled_time_without_anybody_is_a_gap(void **state)
{
    static const int64_t from_h[] = {30, 5, 24 * 8};
    (void)state;
    struct schedule *schedule = sample_object(&arena, KIND_SCHEDULE, "S1", 1);
    schedule->name = "core";
    schedule->timezone = "UTC";
    put(KIND_SCHEDULE, schedule);
    for (size_t i = 0; i < sizeof from_h / sizeof *from_h; i++) {
        const char *id = arena_printf(&arena, "E%zu", i);
        struct schedule_entry *entry = sample_object(&arena, KIND_SCHEDULE_ENTRY, id, 1);
        entry->schedule_id = "S1";
        entry->list = "scheduled";
        entry->rotation_id = "R";
        entry->layer_id = "L";
        entry->user_id = "ana";
        entry->start_at = NOW + from_h[i] * HOUR_MS;
        entry->end_at = entry->start_at + HOUR_MS;
        put(KIND_SCHEDULE_ENTRY, entry);
    }
    struct board board = read_board();
    assert_int_equal(board.gaps_len, 2); /* the third is further than a week away */
    assert_string_equal(board.gaps[0].schedule, "core");
    assert_int_equal(board.gaps[0].start_at, NOW + 5 * HOUR_MS);
    assert_int_equal(board.gaps[0].end_at, NOW + 6 * HOUR_MS);
    assert_int_equal(board.gaps[1].start_at, NOW + 30 * HOUR_MS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_sample, close_sample)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_nobody_acknowledged_is_counted_with_the_oldest),
        TEST(open_incidents_come_most_severe_first),
        TEST(what_is_usual_is_the_median_until_this_time_of_day),
        TEST(a_scheduled_time_without_anybody_is_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
