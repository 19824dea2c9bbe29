#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "action/past.h"
#include "base/clock.h"
#include "store/cache.h"
#include "store/past.h"
#include "store/window.h"
#include "tests/support/store_objects.h"

#define NOW INT64_C(1790000000000)

static struct arena arena;
static const char *directory, *path;
static struct store *store;
static struct error err;

static void
put_alert(int n, const char *status, int64_t at_ms)
{
    struct alert *alert = sample_alert(&arena, n);
    enum cache_change change;
    alert->status = status;
    alert->created_at = NOW - DAY_MS + n * MINUTE_MS;
    alert->resolved_at = strcmp(status, "resolved") == 0 ? at_ms : 0;
    sample_alert_encode(&arena, alert);
    model_derive(KIND_ALERT, alert, &derivation_default, NULL, 0);
    assert_true(store_begin(store, &err));
    assert_true(cache_put(store, KIND_ALERT, alert, at_ms, &change, &err));
    assert_true(store_commit(store, &err));
}

static int
set_up(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    path = arena_printf(&arena, "%s/cache.db", directory);
    return store_open(&store, STORE_CACHE, path, STORE_WRITE, NULL, &err) ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    store_close(store);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

/* "F 0 R 1": the alerts of the feed at a moment, firing or resolved, by their number. */
static const char *
board_at(int64_t at_ms, const char *filter)
{
    struct store *past;
    struct feed_window window;
    struct window_request request = {.rows = 40};
    struct filter_context context = {.kind = KIND_ALERT, .now_ms = at_ms};
    struct filter_error problem;
    if (!past_open(&past, path, at_ms, &derivation_default, NULL, NULL, &err))
        return err.message;
    assert_true(filter_parse(filter, &context, &arena, &request.filter, &problem));
    if (!window_feed(past, &request, &arena, &window, &err))
        fail_msg("%s", err.message);
    const char *out = "";
    for (size_t i = 0; i < window.rows_len; i++)
        out = arena_printf(&arena, "%s%s%c %s", out, i ? " " : "",
                           strcmp(window.rows[i].status, "firing") == 0 ? 'F' : 'R',
                           window.rows[i].id + strlen(window.rows[i].id) - 1);
    store_close(past);
    return out;
}

static void
note_complete(int64_t at_ms)
{
    struct freshness freshness = {0};
    object_clear(&freshness_table, &freshness);
    freshness.resource = "firing_alerts";
    freshness.last_complete_at = at_ms;
    assert_true(freshness_put(store, &freshness, &err));
}

static void
the_board_is_shown_as_it_was(void **state)
{
    (void)state;
    put_alert(1, "firing", NOW);
    put_alert(2, "firing", NOW);
    note_complete(NOW + 1000);
    put_alert(1, "resolved", NOW + HOUR_MS);
    put_alert(3, "firing", NOW + 2 * HOUR_MS);
    put_alert(1, "firing", NOW + 3 * HOUR_MS);
    assert_true(store_begin(store, &err));
    assert_true(
        cache_delete(store, KIND_ALERT, "01ALERT0000000000000000002", NOW + 4 * HOUR_MS, &err));
    assert_true(store_commit(store, &err));

    static const struct {
        int64_t after_ms;
        const char *board;
    } cases[] = {
        {2000, "F 2 F 1"},
        {HOUR_MS - 1, "F 2 F 1"},
        {HOUR_MS, "F 2 R 1"},
        {2 * HOUR_MS, "F 3 F 2 R 1"},
        {3 * HOUR_MS, "F 3 F 2 F 1"},
        {4 * HOUR_MS, "F 3 F 1"},
        {5 * HOUR_MS, "F 3 F 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(board_at(NOW + cases[i].after_ms, ""), cases[i].board);
    assert_string_equal(board_at(NOW + 2 * HOUR_MS, "status=resolved"), "R 1");
    assert_string_equal(
        board_at(NOW + 2 * HOUR_MS, "attribute.severity=critical not status=firing"), "R 1");
}

static void
counts_header_and_detail_are_of_then_as_well(void **state)
{
    (void)state;
    struct store *past;
    struct header_facts header;
    struct window_count counts;
    struct detail detail = {0};
    put_alert(1, "firing", NOW);
    note_complete(NOW);
    put_alert(1, "resolved", NOW + HOUR_MS);
    put_alert(2, "firing", NOW + HOUR_MS);
    assert_true(past_open(&past, path, NOW + 1, &derivation_default, NULL, NULL, &err));
    assert_true(window_header(past, NULL, NOW + 1, &arena, &header, &err));
    assert_int_equal(header.firing_total, 1);
    assert_true(window_count(past, KIND_ALERT, NULL, &counts, &err));
    assert_int_equal(counts.total, 1);
    assert_int_equal(counts.firing, 1);
    assert_true(detail_alert(past, "01ALERT0000000000000000001", &detail, &err));
    assert_string_equal(detail.id, "01ALERT0000000000000000001");
    arena_finish(&detail.arena);
    store_close(past);
}

static void
a_board_that_lacks_some_of_what_was_over_knows_it(void **state)
{
    (void)state;
    struct arena scratch = {0};
    struct store *past;
    unsigned lacks;
    for (int n = 0; n <= PAST_ALERTS_OVER; n++) {
        if (n == 0 || n == 100)
            assert_true(store_begin(store, &err));
        struct alert *alert = sample_object(&scratch, KIND_ALERT,
                                            arena_printf(&scratch, "01A%d", n), NOW - DAY_MS + n);
        alert->status = "resolved";
        alert->feed_rank = 9;
        alert->feed_at = alert->created_at;
        assert_true(cache_put(store, KIND_ALERT, alert, NOW, NULL, &err));
        arena_reset(&scratch);
        if (n != 99 && n != PAST_ALERTS_OVER)
            continue;
        assert_true(store_commit(store, &err));
        note_complete(NOW);
        assert_true(past_open(&past, path, NOW + 1, &derivation_default, NULL, NULL, &err));
        assert_true(past_lacks(past, &lacks, &err));
        assert_int_equal(lacks, n == PAST_ALERTS_OVER ? PAST_LACKS_ALERTS : 0);
        store_close(past);
    }
    arena_finish(&scratch);
}

static void
what_changed_since_is_new_in_another_state_or_gone(void **state)
{
    (void)state;
    const struct change *changes;
    size_t len;
    put_alert(1, "firing", NOW);
    put_alert(2, "firing", NOW);
    put_alert(3, "firing", NOW);
    put_alert(4, "firing", NOW);
    note_complete(NOW);
    put_alert(1, "resolved", NOW + HOUR_MS);
    put_alert(3, "resolved", NOW + HOUR_MS);
    put_alert(3, "firing", NOW + 2 * HOUR_MS); /* as it was */
    put_alert(1500, "firing", NOW + 3 * HOUR_MS);
    assert_true(store_begin(store, &err));
    assert_true(
        cache_delete(store, KIND_ALERT, "01ALERT0000000000000000002", NOW + 4 * HOUR_MS, &err));
    assert_true(store_commit(store, &err));
    assert_true(past_changes(store, NOW + 1, 10, &arena, &changes, &len, &err));
    assert_int_equal(len, 3);
    assert_string_equal(changes[0].what, "gone");
    assert_string_equal(changes[0].id, "01ALERT0000000000000000002");
    assert_string_equal(changes[1].what, "changed");
    assert_string_equal(changes[1].was, "firing");
    assert_string_equal(changes[1].now_is, "resolved");
    assert_string_equal(changes[2].what, "new");
    assert_string_equal(changes[2].kind, "alerts");
    assert_true(past_changes(store, NOW + 1, 1, &arena, &changes, &len, &err));
    assert_int_equal(len, 1);
    assert_true(past_changes(store, NOW + 5 * HOUR_MS, 9, &arena, &changes, &len, &err));
    assert_int_equal(len, 0);
    assert_false(past_changes(store, NOW - 1, 9, &arena, &changes, &len, &err));
    assert_int_equal(err.code, ERROR_STALE);
}

static void
a_shift_goes_on_since_it_began(void **state)
{
    (void)state;
    int64_t since;
    struct schedule_entry *entry =
        sample_object(&arena, KIND_SCHEDULE_ENTRY, "S/final/1", NOW - 5 * HOUR_MS);
    entry->list = "final";
    entry->user_email = "Ana@example.com";
    entry->end_at = NOW + HOUR_MS;
    assert_true(store_begin(store, &err));
    assert_true(cache_put(store, KIND_SCHEDULE_ENTRY, entry, NOW, NULL, &err));
    assert_true(store_commit(store, &err));
    assert_true(past_shift_since(store, "ana@example.com", NOW, &since, &err));
    assert_int_equal(since, NOW - 5 * HOUR_MS);
    assert_true(past_shift_since(store, "ben@example.com", NOW, &since, &err));
    assert_int_equal(since, 0);
}

static void
before_what_is_known_it_says_that_it_does_not_know(void **state)
{
    (void)state;
    int64_t since;
    put_alert(1, "firing", NOW);
    assert_true(past_known_since(store, &since, &err));
    assert_int_equal(since, 0);
    assert_non_null(strstr(board_at(NOW, ""), "nothing was completely fetched yet"));
    note_complete(NOW);
    note_complete(NOW + HOUR_MS); /* the first one counts */
    assert_true(past_known_since(store, &since, &err));
    assert_int_equal(since, NOW);
    assert_non_null(strstr(board_at(NOW - 1, ""), "is not known: former states are known since"));
    assert_int_equal(err.code, ERROR_STALE);
    put_alert(1, "resolved", NOW + HOUR_MS);
    assert_true(cache_trim_versions(store, NOW + 2 * HOUR_MS, &err));
    assert_true(past_known_since(store, &since, &err));
    assert_int_equal(since, NOW + 2 * HOUR_MS);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(the_board_is_shown_as_it_was),
        CASE(counts_header_and_detail_are_of_then_as_well),
        CASE(a_board_that_lacks_some_of_what_was_over_knows_it),
        CASE(what_changed_since_is_new_in_another_state_or_gone),
        CASE(a_shift_goes_on_since_it_began),
        CASE(before_what_is_known_it_says_that_it_does_not_know),
    };
    return cmocka_run_group_tests_name("past", tests, NULL, NULL);
}
