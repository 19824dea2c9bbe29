/* What is to be said to the outside: once, in order, later when it must be, and never lost. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/clock.h"
#include "hub/delivery.h"
#include "tests/support/store_objects.h"

enum { SENT_MAX = 64 };
#define START INT64_C(1790000000000)

/* A sender that answers at once, or keeps what it was given. */
static struct {
    char keys[SENT_MAX][32];
    bool in_doubt[SENT_MAX];
    int attempts[SENT_MAX];
    int64_t ids[SENT_MAX];
    size_t len;
    struct delivery_answer answer;
    bool silent;
} sent;

static struct loop *loop;
static struct store *store;
static struct deliveries *deliveries;

static void
take(void *context, const struct delivery *delivery)
{
    (void)context;
    assert_true(sent.len < SENT_MAX);
    strcpy(sent.keys[sent.len], delivery->key);
    sent.in_doubt[sent.len] = delivery->in_doubt;
    sent.attempts[sent.len] = delivery->attempts;
    sent.ids[sent.len++] = delivery->id;
    if (!sent.silent)
        deliveries_answer(deliveries, delivery->id, &sent.answer);
}

static void
begin_life(int at_once, int64_t spacing_ms)
{
    const struct delivery_kind kind = {
        .name = "test", .at_once = at_once, .spacing_ms = spacing_ms, .send = take};
    deliveries = deliveries_create(store);
    deliveries_register(deliveries, &kind);
    deliveries_attach(deliveries, loop);
}

static int
set_up(void **state)
{
    struct error err;
    (void)state;
    memset(&sent, 0, sizeof(sent));
    sent.answer = (struct delivery_answer){.outcome = DELIVERY_DONE, .text = "ok"};
    clock_freeze(START);
    assert_true(loop_create(&loop, &err));
    assert_true(store_open(&store, STORE_HUB, ":memory:", STORE_WRITE, NULL, &err));
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    deliveries_destroy(deliveries);
    deliveries = NULL;
    store_close(store);
    loop_destroy(loop);
    clock_freeze(0);
    return 0;
}

static void
stop(void *context)
{
    loop_stop(context);
}

/* Everything that follows at once: answers are noted by a timer that is due, and so on. */
static void
settle(void)
{
    struct error err;
    for (int pass = 0; pass < 8; pass++) {
        loop_after(loop, 0, stop, loop);
        assert_true(loop_run(loop, &err));
    }
}

static void
at(int64_t ms)
{
    clock_freeze(START + ms);
    deliveries_look(deliveries);
    settle();
}

static void
put(const char *key, const char *destination, const char *lane)
{
    struct error err;
    const struct delivery delivery = {.kind = "test",
                                      .destination = destination,
                                      .lane = lane,
                                      .key = key,
                                      .about = "escalation:E",
                                      .body = "{}"};
    assert_true(store_begin(store, &err));
    assert_true(delivery_put(store, &delivery, clock_now_ms(), &err));
    assert_true(store_commit(store, &err));
}

static void
expect_sent(const char *const *keys, size_t keys_len)
{
    assert_int_equal(sent.len, keys_len);
    for (size_t i = 0; i < keys_len; i++)
        assert_string_equal(sent.keys[i], keys[i]);
}
#define EXPECT_SENT(...)                                                                           \
    expect_sent((const char *const[]){__VA_ARGS__},                                                \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void
a_key_is_sent_once_and_a_lane_in_order(void **state)
{
    (void)state;
    begin_life(4, 0);
    put("a", "D", "");
    put("b", "D", "");
    put("a", "D", "");
    at(0);
    EXPECT_SENT("a", "b");
    put("a", "D", "");
    at(1);
    EXPECT_SENT("a", "b");
}

static void
a_lane_waits_for_its_first_and_other_lanes_do_not(void **state)
{
    (void)state;
    begin_life(4, 0);
    sent.silent = true;
    put("a", "D", "1");
    put("b", "D", "1");
    put("c", "D", "2");
    at(0);
    EXPECT_SENT("a", "c");
    deliveries_answer(deliveries, sent.ids[0], &sent.answer);
    settle();
    EXPECT_SENT("a", "c", "b");
}

static void
a_destination_is_not_given_more_at_once_than_its_kind_allows(void **state)
{
    (void)state;
    begin_life(2, 0);
    sent.silent = true;
    put("a", "D", "1");
    put("b", "D", "2");
    put("c", "D", "3");
    put("d", "E", "4");
    at(0);
    EXPECT_SENT("a", "b", "d");
}

static void
a_pace_is_kept(void **state)
{
    (void)state;
    begin_life(1, 1000);
    put("a", "D", "1");
    put("b", "D", "2");
    put("c", "E", "3");
    at(0);
    EXPECT_SENT("a", "c");
    at(999);
    EXPECT_SENT("a", "c");
    at(1000);
    EXPECT_SENT("a", "c", "b");
}

static void
what_fails_comes_later_and_later_and_is_given_up_after_a_day(void **state)
{
    (void)state;
    begin_life(1, 0);
    sent.answer = (struct delivery_answer){.outcome = DELIVERY_AGAIN, .text = "500"};
    put("a", "D", "");
    at(0);
    at(700);
    assert_int_equal(sent.len, 1);
    at(1300);
    assert_int_equal(sent.len, 2);
    assert_int_equal(sent.attempts[1], 2);
    at(2000);
    assert_int_equal(sent.len, 2);
    at(1300 + 2600);
    assert_int_equal(sent.len, 3);
    assert_false(sent.in_doubt[2]);
    at(DAY_MS);
    assert_int_equal(sent.len, 4);
    at(2 * DAY_MS);
    assert_int_equal(sent.len, 4);
}

static void
what_is_due_only_later_is_tried_for_as_long_from_then(void **state)
{
    struct error err;
    const struct delivery later = {.kind = "test",
                                   .destination = "D",
                                   .lane = "",
                                   .key = "a",
                                   .about = "",
                                   .body = "{}",
                                   .due_at = START + 7 * DAY_MS};
    (void)state;
    begin_life(1, 0);
    sent.answer = (struct delivery_answer){.outcome = DELIVERY_AGAIN, .text = "500"};
    assert_true(delivery_put(store, &later, START, &err));
    at(6 * DAY_MS);
    assert_int_equal(sent.len, 0);
    at(7 * DAY_MS);
    at(7 * DAY_MS + 2000);
    EXPECT_SENT("a", "a");
    at(8 * DAY_MS);
    at(9 * DAY_MS);
    assert_int_equal(sent.len, 3);
}

static void
change_by_others(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* A disk that is full at the start leaves nothing behind for good: neither what was under way nor what stands behind it. */
static void
a_start_that_cannot_write_is_made_good(void **state)
{
    struct arena arena = {0};
    struct error err;
    const char *directory = temporary_directory(&arena);
    const char *path = arena_printf(&arena, "%s/hub.db", directory);
    (void)state;
    store_close(store);
    assert_true(store_open(&store, STORE_HUB, path, STORE_WRITE, NULL, &err));
    begin_life(1, 0);
    sent.silent = true;
    put("a", "D", "");
    put("b", "D", "");
    at(0);
    deliveries_destroy(deliveries);
    change_by_others(path, "create trigger full before update on delivery begin select "
                           "raise(abort, 'disk is full'); end");
    begin_life(1, 0);
    sent.silent = false;
    at(10);
    EXPECT_SENT("a");
    change_by_others(path, "drop trigger full");
    at(2000);
    EXPECT_SENT("a", "a", "b");
    assert_true(sent.in_doubt[1]);
    temporary_directory_remove(directory);
    arena_finish(&arena);
}

static void
a_destination_that_asks_for_peace_gets_it_over_a_restart(void **state)
{
    (void)state;
    begin_life(1, 0);
    sent.answer = (struct delivery_answer){
        .outcome = DELIVERY_AGAIN, .text = "429", .wait_ms = 30000, .hold_destination = true};
    put("a", "D", "1");
    at(0);
    put("b", "D", "2");
    put("c", "E", "3");
    at(29000);
    EXPECT_SENT("a", "c");
    deliveries_destroy(deliveries);
    begin_life(1, 0);
    sent.answer = (struct delivery_answer){.outcome = DELIVERY_DONE, .text = "ok"};
    at(29500);
    EXPECT_SENT("a", "c");
    at(62000);
    EXPECT_SENT("a", "c", "a", "c", "b");
}

static void
what_was_under_way_when_the_hub_died_is_in_doubt(void **state)
{
    (void)state;
    begin_life(1, 0);
    sent.silent = true;
    put("a", "D", "");
    at(0);
    deliveries_destroy(deliveries);
    begin_life(1, 0);
    sent.silent = false;
    at(10);
    EXPECT_SENT("a", "a");
    assert_false(sent.in_doubt[0]);
    assert_true(sent.in_doubt[1]);
    deliveries_destroy(deliveries);
    begin_life(1, 0);
    at(20);
    assert_int_equal(sent.len, 2);
}

static void
what_is_not_wanted_any_more_is_not_sent(void **state)
{
    struct error err;
    (void)state;
    begin_life(1, 0);
    sent.answer = (struct delivery_answer){.outcome = DELIVERY_AGAIN, .text = "500"};
    put("a", "D", "");
    put("b", "D", "");
    at(0);
    assert_true(store_begin(store, &err));
    assert_true(delivery_drop(store, "escalation:E", "acknowledged", clock_now_ms(), &err));
    assert_true(store_commit(store, &err));
    at(HOUR_MS);
    EXPECT_SENT("a");
}

static void
what_is_refused_lets_the_next_one_pass(void **state)
{
    (void)state;
    begin_life(1, 0);
    sent.answer = (struct delivery_answer){.outcome = DELIVERY_REFUSED, .text = "no such channel"};
    put("a", "D", "");
    put("b", "D", "");
    at(0);
    EXPECT_SENT("a", "b");
    at(HOUR_MS);
    EXPECT_SENT("a", "b");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_sent_once_and_a_lane_in_order),
        TEST(a_lane_waits_for_its_first_and_other_lanes_do_not),
        TEST(a_destination_is_not_given_more_at_once_than_its_kind_allows),
        TEST(a_pace_is_kept),
        TEST(what_fails_comes_later_and_later_and_is_given_up_after_a_day),
        TEST(what_is_due_only_later_is_tried_for_as_long_from_then),
        TEST(a_start_that_cannot_write_is_made_good),
        TEST(a_destination_that_asks_for_peace_gets_it_over_a_restart),
        TEST(what_was_under_way_when_the_hub_died_is_in_doubt),
        TEST(what_is_not_wanted_any_more_is_not_sent),
        TEST(what_is_refused_lets_the_next_one_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
