#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "store/outbox.h"

#define NOW INT64_C(1790000000000)
#define HERE "https://api.example.com"

static struct arena arena;
static struct store *store;
static struct outbox outbox;
static struct error err;

static int
set_up(void **state)
{
    (void)state;
    if (!store_open(&store, STORE_PRIVATE, ":memory:", STORE_WRITE, NULL, &err))
        return -1;
    outbox = (struct outbox){store, HERE};
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    store_close(store);
    arena_finish(&arena);
    return 0;
}

static struct outbox_row
row_of(const char *target, const char *label)
{
    return (struct outbox_row){.action = "note",
                               .label = label,
                               .target_kind = "alert",
                               .target_id = target,
                               .method = "POST",
                               .path = "/v1/alert_notes",
                               .body = "{}"};
}

static int64_t
append(const char *target, const char *label, int64_t undo_ms)
{
    struct outbox_row row = row_of(target, label);
    assert_true(outbox_append(&outbox, &row, 1, NOW, undo_ms, &err));
    return row.id;
}

static const char *
next(void)
{
    struct outbox_row row;
    bool found;
    assert_true(outbox_next(&outbox, NOW, &arena, &row, &found, &err));
    return found ? row.label : "";
}

static void
settle(int64_t id, const char *state, const char *result_id)
{
    const struct outbox_row row = {.id = id, .state = state, .attempts = 1, .result_id = result_id};
    assert_true(outbox_settle(&outbox, &row, NOW, &err));
}

static void
begin(int64_t id)
{
    bool done;
    assert_true(outbox_sending(&outbox, id, &done, &err));
    assert_true(done);
}

static void
a_target_gets_its_writes_in_order(void **state)
{
    (void)state;
    int64_t first = append("A", "first", 0);
    append("A", "second", 0);
    int64_t other = append("B", "other", 0);
    assert_string_equal(next(), "first");
    begin(first);
    assert_string_equal(next(), "other"); /* nothing overtakes what is being sent to A */
    begin(other);
    assert_string_equal(next(), "");
    settle(first, OUTBOX_DONE, "N1");
    assert_string_equal(next(), "second");
}

static void
what_was_being_sent_when_sync_died_is_sent_again(void **state)
{
    (void)state;
    struct outbox_row row;
    bool found;
    begin(append("A", "first", 0));
    append("A", "second", 0);
    assert_true(outbox_recover(&outbox, &err));
    assert_true(outbox_next(&outbox, NOW, &arena, &row, &found, &err));
    assert_string_equal(row.label, "first");
    assert_int_equal(row.attempts, 1); /* it may have arrived: whoever sends it looks first */
}

static void
what_was_held_back_when_sync_ended_still_goes_first(void **state)
{
    (void)state;
    const struct outbox_row held = {.id = append("A", "first", 0),
                                    .state = OUTBOX_QUEUED,
                                    .next_at = NOW + 60000,
                                    .answer = "no route"};
    append("B", "second", 0);
    assert_true(outbox_settle(&outbox, &held, NOW, &err));
    assert_string_equal(next(), "second");
    assert_true(outbox_recover(&outbox, &err));
    assert_string_equal(next(), "first");
}

static void
what_was_queued_last_is_taken_back_with_its_batch(void **state)
{
    (void)state;
    struct outbox_row rows[2] = {row_of("A", "declare"), row_of("A", "attach")};
    struct outbox_counts counts;
    const char *label;
    size_t count;
    append("A", "older", 5000);
    rows[1].waits_for = 1;
    assert_true(outbox_append(&outbox, rows, 2, NOW, 5000, &err));
    assert_int_equal(rows[1].waits_for, rows[0].id);
    assert_int_equal(rows[1].batch, rows[0].id);
    assert_true(outbox_undo(&outbox, NOW + 4999, &arena, &label, &count, &err));
    assert_string_equal(label, "declare");
    assert_int_equal(count, 2);
    assert_true(outbox_count(store, HERE, &counts, &err));
    assert_int_equal(counts.waiting, 1);
    assert_true(outbox_undo(&outbox, NOW + 5000, &arena, &label, &count, &err));
    assert_int_equal(count, 0); /* too late */
}

static void
a_row_waits_for_what_another_one_makes(void **state)
{
    (void)state;
    struct outbox_row rows[2] = {row_of("A", "declare"), row_of("B", "attach")}, row;
    bool found;
    rows[1].waits_for = 1;
    assert_true(outbox_append(&outbox, rows, 2, NOW, 0, &err));
    begin(rows[0].id);
    assert_string_equal(next(), "");
    settle(rows[0].id, OUTBOX_DONE, "01INCIDENT");
    assert_true(outbox_next(&outbox, NOW, &arena, &row, &found, &err));
    assert_true(found);
    assert_string_equal(row.parent_result, "01INCIDENT");
}

static void
a_failed_row_waits_for_the_user_and_holds_up_nothing(void **state)
{
    (void)state;
    struct outbox_counts counts;
    bool done;
    int64_t id = append("A", "first", 0);
    append("A", "second", 0);
    begin(id);
    settle(id, OUTBOX_FAILED, "");
    assert_string_equal(next(), "second");
    assert_true(outbox_count(store, HERE, &counts, &err));
    assert_int_equal(counts.stuck, 1);
    assert_true(outbox_retry(&outbox, id, "", &done, &err));
    assert_true(done);
    assert_string_equal(next(), "first");
    assert_true(outbox_cancel(&outbox, id, NOW, &done, &err));
    assert_false(done); /* it was tried: it may be there */
}

static void
what_is_said_in_another_way_stands_for_what_was_queued(void **state)
{
    (void)state;
    const struct outbox_row *rows;
    struct outbox_row other = row_of("A", "other");
    bool done;
    size_t len;
    const int64_t ids[] = {append("A", "first", 0), append("A", "second", 0)};
    assert_true(outbox_replace(&outbox, ids, 1, &other, 1, NOW, 0, &done, &err));
    assert_true(done);
    assert_string_equal(next(), "second");
    begin(ids[1]); /* on its way: neither it nor the other is touched */
    const int64_t late[] = {other.id, ids[1]};
    struct outbox_row another = row_of("A", "another");
    assert_true(outbox_replace(&outbox, late, 2, &another, 1, NOW, 0, &done, &err));
    assert_false(done);
    settle(ids[1], OUTBOX_DONE, "");
    assert_string_equal(next(), "other");
    assert_true(outbox_of_batch(store, HERE, other.id, &arena, &rows, &len, &err));
    assert_int_equal(len, 1);
    assert_string_equal(rows[0].label, "other");
}

static void
what_was_queued_behind_a_write_knows_of_it_once_it_is_done(void **state)
{
    (void)state;
    struct outbox_row rows[4] = {row_of("A", "one"), row_of("A", "two"), row_of("B", "else"),
                                 row_of("A", "three")};
    struct outbox_row row;
    bool found;
    rows[0].goal = "{\"severity.id\":\"HIGH\",\"x\":\"1\"}";
    for (int i = 0; i < 3; i++)
        rows[i].seen = "{\"severity.id\":\"LOW\",\"title\":\"t\"}";
    assert_true(outbox_append(&outbox, rows, 4, NOW, 0, &err));
    begin(rows[0].id);
    settle(rows[0].id, OUTBOX_FAILED, "");
    assert_true(outbox_get(store, HERE, rows[1].id, &arena, &row, &found, &err));
    assert_string_equal(row.seen, rows[1].seen);
    assert_true(outbox_retry(&outbox, rows[0].id, "", &found, &err));
    begin(rows[0].id);
    settle(rows[0].id, OUTBOX_DONE, "");
    assert_true(outbox_get(store, HERE, rows[1].id, &arena, &row, &found, &err));
    assert_string_equal(row.seen, "{\"severity.id\":\"HIGH\",\"title\":\"t\"}");
    assert_true(outbox_get(store, HERE, rows[2].id, &arena, &row, &found, &err));
    assert_string_equal(row.seen, rows[2].seen);
    assert_true(outbox_get(store, HERE, rows[3].id, &arena, &row, &found, &err));
    assert_string_equal(row.seen, "");
}

static void
the_newest_rows_come_first_page_by_page(void **state)
{
    (void)state;
    const struct outbox_row *rows;
    size_t len;
    for (int i = 0; i < 5; i++)
        append("A", i % 2 ? "odd" : "even", 0);
    assert_true(outbox_list(store, HERE, true, 0, 2, &arena, &rows, &len, &err));
    assert_int_equal(len, 2);
    assert_int_equal(rows[0].id, 5);
    assert_true(outbox_list(store, HERE, true, rows[1].id, 2, &arena, &rows, &len, &err));
    assert_int_equal(rows[0].id, 3);
    assert_true(
        outbox_list(store, "https://other.example.com", false, 0, 0, &arena, &rows, &len, &err));
    assert_int_equal(len, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_target_gets_its_writes_in_order),
        TEST(what_was_being_sent_when_sync_died_is_sent_again),
        TEST(what_was_held_back_when_sync_ended_still_goes_first),
        TEST(what_was_queued_last_is_taken_back_with_its_batch),
        TEST(a_row_waits_for_what_another_one_makes),
        TEST(a_failed_row_waits_for_the_user_and_holds_up_nothing),
        TEST(what_is_said_in_another_way_stands_for_what_was_queued),
        TEST(what_was_queued_behind_a_write_knows_of_it_once_it_is_done),
        TEST(the_newest_rows_come_first_page_by_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
