/* Alerts of one incident as one row of the feed: which rows there are, what they say, around what they are read. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/cache.h"
#include "store/window.h"
#include "tests/support/sample_cache.h"
#include "tests/support/store_objects.h"

#define NOW INT64_C(1790000000000)

static struct arena arena;
static struct store *store;
static struct error err;

/* Of all links of an alert the last by id counts. */
static void
attach(const char *link_id, const char *alert_id, const char *incident_id)
{
    enum cache_change change;
    struct incident_alert *link = sample_object(&arena, KIND_INCIDENT_ALERT, link_id, 0);
    link->alert_id = alert_id;
    link->incident_id = incident_id;
    link->incident_reference = "INC-412";
    if (!store_begin(store, &err) ||
        !cache_put(store, KIND_INCIDENT_ALERT, link, NOW, &change, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
}

/* fire-1 is of incident-1 in the sample already. */
static int
open_sample(void **state)
{
    (void)state;
    store = sample_cache_open(NOW);
    attach("link-3", "fire-3", "incident-1");
    attach("link-4", "fire-0", "incident-1");
    attach("link-5", "done-1", "incident-1");
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

static struct feed_window
feed(struct window_request request)
{
    struct feed_window window;
    if (!window_feed(store, &request, &arena, &window, &err))
        fail_msg("%s", err.message);
    return window;
}

static struct feed_window
folded(struct window_request request)
{
    request.folded = true;
    return feed(request);
}

static const char *
ids_of(struct feed_window window)
{
    const char *text = "";
    for (size_t i = 0; i < window.rows_len; i++)
        text = arena_printf(&arena, "%s%s%s", text, i ? " " : "", window.rows[i].id);
    return text;
}

static const struct filter *
filter_of(const char *text)
{
    struct filter_context context;
    struct filter_error problem;
    const struct filter *filter;
    assert_true(cache_filter_context(store, KIND_ALERT, "", &arena, &context, &err));
    context.now_ms = NOW;
    if (!filter_parse(text, &context, &arena, &filter, &problem))
        fail_msg("%s: %s", text, problem.message);
    return filter;
}

static void
what_fires_and_what_is_over_of_an_incident_is_a_row_each(void **state)
{
    (void)state;
    struct feed_window window = folded((struct window_request){.rows = 10});
    assert_string_equal(ids_of(window), "group/incident-1 fire-2 group-over/incident-1");
    assert_int_equal(window.rows[0].alerts_len, 2);
    assert_string_equal(window.rows[0].alert_ids[0], "fire-1");
    assert_string_equal(window.rows[0].alert_ids[1], "fire-3");
    assert_string_equal(window.rows[0].title, "Orders table wrong since 02:30");
    assert_string_equal(window.rows[0].incident_reference, "INC-412");
    assert_int_equal(window.rows[1].alerts_len, 0);
    assert_int_equal(window.rows[2].alerts_len, 2);
    assert_string_equal(window.rows[2].status, "resolved");
    assert_false(window.more_above || window.more_below);
}

static void
a_row_has_the_worst_the_newest_and_what_is_the_same(void **state)
{
    (void)state;
    attach("link-6", "fire-2", "incident-2"); /* acknowledged, S2, 11 min */
    attach("link-7", "fire-3", "incident-2"); /* nobody's, S3, 38 min; no longer of incident-1 */
    struct feed_window window = folded((struct window_request){.rows = 10});
    assert_string_equal(ids_of(window), "fire-1 group/incident-2 group-over/incident-1");
    const struct feed_row *row = &window.rows[1];
    assert_string_equal(row->title, "Slow export");
    assert_int_equal(row->severity_digit, 2);
    assert_string_equal(row->escalation, "");
    assert_int_equal(row->feed_at, NOW - 11 * MINUTE_MS);
    assert_string_equal(row->source, "dbt");
    assert_string_equal(row->team, "core");
    /* Sorted otherwise the row stands where another of them does, and says the same. */
    window = folded((struct window_request){.rows = 10, .sort = sort_find(KIND_ALERT, "oldest")});
    assert_string_equal(ids_of(window), "group/incident-2 fire-1 group-over/incident-1");
    assert_int_equal(window.rows[0].severity_digit, 2);
    assert_string_equal(window.rows[0].alert_ids[0], "fire-3");
}

static void
a_filter_folds_what_it_lets_through(void **state)
{
    (void)state;
    struct feed_window window =
        folded((struct window_request){.rows = 10, .filter = filter_of("sev=S3")});
    assert_string_equal(ids_of(window), "fire-3 done-1"); /* not lost behind S1 ones */
    assert_true(store_begin(store, &err) && cache_index(store, &err) && store_commit(store, &err));
    window = folded((struct window_request){.rows = 10, .filter = filter_of("orders_daily")});
    assert_string_equal(ids_of(window), "fire-1 fire-0");
    window =
        folded((struct window_request){.rows = 10, .filter = filter_of("sev!=S2 status=firing")});
    assert_string_equal(ids_of(window), "group/incident-1");
}

static void
the_row_of_a_group_stands_for_an_alert_that_is_looked_for(void **state)
{
    (void)state;
    struct feed_window window = folded((struct window_request){.id = "fire-3", .rows = 1});
    assert_string_equal(window.shown_as, "group/incident-1");
    assert_string_equal(ids_of(window), "group/incident-1 fire-2");
    assert_true(window.more_below);
    window = folded((struct window_request){.id = "done-1", .rows = 0});
    assert_string_equal(window.shown_as, "group-over/incident-1");
    assert_string_equal(ids_of(window), "group-over/incident-1");
    /* Unfolded, its first alert does. */
    window = feed((struct window_request){.id = "group/incident-1", .rows = 0});
    assert_string_equal(window.shown_as, "fire-1");
    assert_string_equal(ids_of(window), "fire-1");
    window = folded((struct window_request){.id = "fire-2", .rows = 0});
    assert_string_equal(ids_of(window), "fire-2");
}

static void
a_group_that_shrinks_or_ends_is_found_where_it_went(void **state)
{
    (void)state;
    sample_cache_resolve(store, "fire-3", NOW);
    struct feed_window window =
        folded((struct window_request){.id = "group/incident-1", .rows = 10});
    assert_string_equal(window.shown_as, "fire-1");
    assert_string_equal(ids_of(window), "fire-1 fire-2 group-over/incident-1");
    assert_int_equal(window.rows[2].alerts_len, 3);
    sample_cache_resolve(store, "fire-1", NOW);
    window = folded((struct window_request){.id = "group/incident-1", .rows = 10});
    assert_string_equal(window.shown_as, "group-over/incident-1");
    assert_string_equal(ids_of(window), "fire-2 group-over/incident-1");
    assert_int_equal(window.rows[1].alerts_len, 4);
}

static void
an_open_group_has_its_alerts_behind_its_row(void **state)
{
    (void)state;
    static const char *const open[] = {"group/incident-1", NULL};
    struct feed_window window = folded((struct window_request){.rows = 10, .open = open});
    assert_string_equal(ids_of(window),
                        "group/incident-1 fire-1 fire-3 fire-2 group-over/incident-1");
    assert_true(window.rows[0].is_open);
    assert_true(window.rows[1].is_member && window.rows[2].is_member);
    assert_false(window.rows[3].is_member || window.rows[4].is_open);
    window = folded((struct window_request){.id = "fire-3", .rows = 0, .open = open});
    assert_string_equal(window.shown_as, "fire-3");
    assert_string_equal(ids_of(window), "group/incident-1 fire-1 fire-3");
}

static void
what_is_held_on_screen_is_read_wherever_it_is(void **state)
{
    (void)state;
    static const char *const ids[] = {"group/incident-1", "fire-2", "group-over/incident-1", "x"};
    struct window_request request = {.rows = 0, .folded = true};
    struct feed_window window = folded(request);
    assert_string_equal(ids_of(window), "group/incident-1");
    assert_true(window_feed_held(store, &request, ids, 4, &arena, &window, &err));
    assert_int_equal(window.elsewhere_len, 2);
    assert_string_equal(window.elsewhere[1].id, "group-over/incident-1");
    assert_int_equal(window.elsewhere[1].alerts_len, 2);
}

static void
a_row_acts_on_what_it_stands_for(void **state)
{
    (void)state;
    const char *const *ids;
    size_t len;
    assert_true(window_feed_alerts(store, NULL, "group/incident-1", &arena, &ids, &len, &err));
    assert_int_equal(len, 2);
    assert_string_equal(ids[1], "fire-3");
    assert_true(window_feed_alerts(store, filter_of("sev=S3"), "group/incident-1", &arena, &ids,
                                   &len, &err));
    assert_int_equal(len, 1);
    assert_true(window_feed_alerts(store, NULL, "fire-2", &arena, &ids, &len, &err));
    assert_int_equal(len, 1);
    assert_string_equal(ids[0], "fire-2");
}

/* Every third of many alerts is nobody's, the others are of a few incidents, strewn over all of the list. */
static void
walking_by_windows_meets_every_alert_once_in_every_order(void **state)
{
    enum { OLD = 120, INCIDENTS = 7 };
    size_t sorts_len;
    const struct sort *sorts = sorts_of(KIND_ALERT, &sorts_len);
    (void)state;
    sample_cache_fill(store, OLD, NOW);
    for (int i = 1; i <= OLD; i++)
        if (i % 3)
            attach(arena_printf(&arena, "old-link-%d", i), arena_printf(&arena, "old/%07d", i),
                   arena_printf(&arena, "old-incident-%d", i % INCIDENTS));
    for (size_t sort = 0; sort < sorts_len; sort++) {
        char cursor[64] = "";
        size_t rows = 0, alerts = 0;
        for (int step = 0; step < 100; step++) {
            struct feed_window window =
                folded((struct window_request){.id = cursor, .rows = 5, .sort = &sorts[sort]});
            size_t at = 0;
            while (*cursor && at < window.rows_len && strcmp(window.rows[at].id, cursor) != 0)
                at++;
            assert_true(at < window.rows_len);
            for (at += *cursor != '\0'; at < window.rows_len; at++) {
                rows++;
                alerts += window.rows[at].alerts_len ? window.rows[at].alerts_len : 1;
            }
            (void)snprintf(cursor, sizeof cursor, "%s", window.rows[window.rows_len - 1].id);
            if (!window.more_below)
                break;
        }
        assert_int_equal(alerts, OLD + 5);
        assert_int_equal(rows, OLD / 3 + INCIDENTS + 3);
        /* And back from the end. */
        struct feed_window last =
            folded((struct window_request){.to_end = true, .rows = 200, .sort = &sorts[sort]});
        assert_int_equal(last.rows_len, rows);
        assert_string_equal(last.rows[rows - 1].id, cursor);
    }
}

static void
a_very_large_group_says_that_it_has_more(void **state)
{
    (void)state;
    sample_cache_fill(store, FEED_GROUP_MAX + 3, NOW);
    for (int i = 1; i <= FEED_GROUP_MAX + 3; i++)
        attach(arena_printf(&arena, "old-link-%d", i), arena_printf(&arena, "old/%07d", i),
               "old-incident");
    struct feed_window window = folded((struct window_request){.rows = 10});
    assert_string_equal(ids_of(window),
                        "group/incident-1 fire-2 group-over/incident-1 group-over/old-incident");
    assert_int_equal(window.rows[3].alerts_len, FEED_GROUP_MAX);
    assert_true(window.rows[3].has_more);
    assert_string_equal(window.rows[3].title, "old/0000001"); /* the incident is not known */
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_sample, close_sample)
    const struct CMUnitTest tests[] = {
        CASE(what_fires_and_what_is_over_of_an_incident_is_a_row_each),
        CASE(a_row_has_the_worst_the_newest_and_what_is_the_same),
        CASE(a_filter_folds_what_it_lets_through),
        CASE(the_row_of_a_group_stands_for_an_alert_that_is_looked_for),
        CASE(a_group_that_shrinks_or_ends_is_found_where_it_went),
        CASE(an_open_group_has_its_alerts_behind_its_row),
        CASE(what_is_held_on_screen_is_read_wherever_it_is),
        CASE(a_row_acts_on_what_it_stands_for),
        CASE(walking_by_windows_meets_every_alert_once_in_every_order),
        CASE(a_very_large_group_says_that_it_has_more),
    };
    return cmocka_run_group_tests_name("feed_groups", tests, NULL, NULL);
}
