/* State M: alerts that a maintenance window holds, in panes, details and filters. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/cache.h"
#include "store/held.h"
#include "store/window.h"
#include "tests/support/store_objects.h"

#define NOW INT64_C(1790000000000)

static struct arena arena;
static struct store *store;
static struct error err;

static void
put(enum kind kind, const void *object)
{
    enum cache_change change;
    if (!store_begin(store, &err) || !cache_put(store, kind, object, NOW, &change, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
}

/* Began an hour ago; its first attribute is ATTRIBUTE, in the catalog as 01PROD. */
static void
put_alert(const char *id, const char *title, const char *status)
{
    struct alert *alert = sample_object(&arena, KIND_ALERT, id, NOW - HOUR_MS);
    struct alert_attribute_entry *entry = arena_new_array(&arena, 2, struct alert_attribute_entry);
    for (int i = 0; i < 2; i++)
        object_clear(&alert_attribute_entry_table, &entry[i]);
    entry[0].attribute_id = "ATTRIBUTE";
    entry[0].catalog_entry_id = "01PROD";
    entry[0].literal = "prod";
    entry[1].attribute_id = "LIST";
    alert->attributes = entry;
    alert->attributes_len = 2;
    alert->title = title;
    alert->status = status;
    alert->feed_rank = strcmp(status, "firing") == 0 ? 1 : 9;
    alert->feed_at = alert->created_at;
    alert->json = arena_printf(
        &arena,
        "{\"id\":\"%s\",\"title\":\"%s\",\"description\":\"Division by zero\",\"attributes\":[{},"
        "{\"array_value\":[{\"literal\":\"orders\"},{\"catalog_entry\":{\"id\":\"01PAYOUTS\"}}]}]}",
        id, title);
    put(KIND_ALERT, alert);
}

static void
put_window(int from_hours, int to_hours, bool archived, const char *groups)
{
    struct maintenance_window *window =
        sample_object(&arena, KIND_MAINTENANCE_WINDOW, "01WINDOW", NOW - DAY_MS);
    window->name = "resize";
    window->start_at = NOW + from_hours * HOUR_MS;
    window->end_at = NOW + to_hours * HOUR_MS;
    window->archived_at = archived ? NOW - 1 : 0;
    window->json = arena_printf(&arena,
                                "{\"id\":\"01WINDOW\",\"alert_condition_groups\":%s,\"n\":"
                                "\"%d %d %d\"}",
                                groups, from_hours, to_hours, archived);
    put(KIND_MAINTENANCE_WINDOW, window);
}

static int
set_up(void **state)
{
    (void)state;
    return store_open(&store, STORE_CACHE, ":memory:", STORE_WRITE, NULL, &err) ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    store_close(store);
    arena_finish(&arena);
    return 0;
}

static bool
is_held(const char *id, int64_t now_ms)
{
    const char *name;
    int64_t until_ms;
    if (!held_by(store, id, now_ms, &arena, &name, &until_ms, &err))
        fail_msg("%s", err.message);
    return *name;
}

static const char *
condition(const char *subject, const char *operation, const char *bindings)
{
    return arena_printf(&arena,
                        "{\"subject\":{\"reference\":\"%s\"},\"operation\":{\"value\":\"%s\"},"
                        "\"param_bindings\":[%s]}",
                        subject, operation, bindings);
}

#define PROD "{\"array_value\":[{\"literal\":\"01STAGING\"},{\"literal\":\"01PROD\"}]}"
#define STAGING "{\"array_value\":[{\"literal\":\"01STAGING\"}]}"

static void
a_window_holds_what_began_in_it_and_meets_its_conditions(void **state)
{
    static const struct {
        const char *subject, *operation, *bindings;
        bool held;
    } cases[] = {
        {"alert.attributes.ATTRIBUTE", "one_of", PROD, true},
        {"alert.attributes.ATTRIBUTE", "one_of", STAGING, false},
        {"alert.attributes.ATTRIBUTE", "is_set", "", true},
        {"alert.attributes.OTHER", "is_set", "", false},
        {"alert.attributes.LIST", "one_of", "{\"value\":{\"literal\":\"orders\"}}", true},
        {"alert.attributes.LIST", "one_of", "{\"value\":{\"literal\":\"01PAYOUTS\"}}", true},
        {"alert.title", "contains", "{\"value\":{\"literal\":\"ORDERS\"}}", true},
        {"alert.title", "contains", "{\"value\":{\"literal\":\"refunds\"}}", false},
        {"alert.description", "contains", "{\"value\":{\"literal\":\"zero\"}}", true},
        {"alert.title", "not_contains", "{\"value\":{\"literal\":\"refunds\"}}", false},
    };
    (void)state;
    put_alert("01A", "orders failed", "firing");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *one = condition(cases[i].subject, cases[i].operation, cases[i].bindings);
        put_window(-2, 1, false, arena_printf(&arena, "[{\"conditions\":[%s]}]", one));
        if (is_held("01A", NOW) != cases[i].held)
            fail_msg("%s %s %s", cases[i].subject, cases[i].operation, cases[i].bindings);
    }
    const char *yes = condition("alert.title", "contains", "{\"value\":{\"literal\":\"orders\"}}");
    const char *no = condition("alert.title", "contains", "{\"value\":{\"literal\":\"zebra\"}}");
    put_window(-2, 1, false, arena_printf(&arena, "[{\"conditions\":[%s,%s]}]", yes, no));
    assert_false(is_held("01A", NOW));
    put_window(-2, 1, false,
               arena_printf(&arena, "[{\"conditions\":[%s]},{\"conditions\":[%s]}]", no, yes));
    assert_true(is_held("01A", NOW));
    /* What is no condition holds nothing, and breaks nothing. */
    static const char *const odd[] = {
        "[\"x\",3,null]", "[{\"conditions\":[\"x\"]}]", "[{\"conditions\":[{},7]}]",
        "[{\"conditions\":[{\"subject\":\"x\",\"operation\":[]}]}]",
        ("[{\"conditions\":[{\"subject\":{\"reference\":\"alert.title\"},\"operation\":{\"value\":"
         "\"one_of\"},\"param_bindings\":[{\"array_value\":[\"x\",null]}]}]}]")};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        put_window(-2, 1, false, odd[i]);
        assert_false(is_held("01A", NOW));
    }
}

static void
only_while_it_lasts_and_only_what_fires(void **state)
{
    (void)state;
    put_alert("01A", "orders failed", "firing");
    put_alert("01B", "orders failed", "resolved");
    put_window(-2, 1, false, "[]");
    assert_true(is_held("01A", NOW));
    assert_false(is_held("01B", NOW));
    assert_false(is_held("01A", NOW + HOUR_MS));
    put_window(-2, 1, true, "[]");
    assert_false(is_held("01A", NOW));
    put_window(0, 1, false, "[]"); /* it began before */
    assert_false(is_held("01A", NOW));
}

/* Held, it asks for nobody; what is not is told, though it is less severe. */
static void
what_is_held_is_not_the_oldest_that_nobody_took(void **state)
{
    (void)state;
    struct header_facts header;
    const char *id;
    put_alert("01A", "orders failed", "firing");
    assert_true(window_header(store, NULL, NOW, &arena, &header, &err));
    assert_int_equal(header.unacked_at, NOW - HOUR_MS);
    assert_int_equal(header.unacked_digit, 1);
    assert_true(window_unacked(store, NOW, &arena, &id, &err));
    assert_string_equal(id, "01A");
    put_window(-2, 1, false, "[]");
    assert_true(window_header(store, NULL, NOW, &arena, &header, &err));
    assert_int_equal(header.unacked_at, 0);
    assert_true(window_unacked(store, NOW, &arena, &id, &err));
    assert_string_equal(id, "");
    assert_int_equal(header.firing[1], 1); /* it fires still */
}

/* The letters of the feed's alerts, by a filter. */
static const char *
listed(const char *text)
{
    struct filter_context context = {.kind = KIND_ALERT, .now_ms = NOW};
    struct window_request request = {.rows = 20};
    struct filter_error problem;
    struct feed_window window;
    if (!filter_parse(text, &context, &arena, &request.filter, &problem))
        return problem.message[0] ? arena_text(&arena, problem.message) : "";
    if (!window_feed(store, &request, &arena, &window, &err) ||
        !window_feed_maintenance(store, NOW, &arena, &window, &err))
        fail_msg("%s", err.message);
    const char *out = "";
    for (size_t i = 0; i < window.rows_len; i++)
        out = arena_printf(&arena, "%s%s%s", out, window.rows[i].id + 2,
                           window.rows[i].is_held ? "!" : "");
    return out;
}

static void
put_escalation(const char *id, const char *alert_id, const char *status)
{
    struct escalation *escalation = sample_object(&arena, KIND_ESCALATION, id, NOW);
    struct escalation_alert *about = arena_new_array(&arena, 1, struct escalation_alert);
    object_clear(&escalation_alert_table, about);
    about->alert_id = alert_id;
    escalation->status = status;
    escalation->related_alerts = about;
    escalation->related_alerts_len = 1;
    put(KIND_ESCALATION, escalation);
}

/* The row of a group: all that it stands for are. */
static void
a_group_is_held_when_all_of_it_is(void **state)
{
    static const char *const ids[] = {"01A", "01B"};
    struct window_request request = {.rows = 20, .folded = true};
    struct feed_window window;
    (void)state;
    put_alert("01A", "orders failed", "firing");
    put_alert("01B", "refunds failed", "firing");
    for (size_t i = 0; i < 2; i++) {
        struct incident_alert *link = sample_object(&arena, KIND_INCIDENT_ALERT, ids[i], NOW);
        link->alert_id = ids[i];
        link->incident_id = "incident-1";
        put(KIND_INCIDENT_ALERT, link);
    }
    const char *orders =
        condition("alert.title", "contains", "{\"value\":{\"literal\":\"orders\"}}");
    const char *of[] = {arena_printf(&arena, "[{\"conditions\":[%s]}]", orders), "[]"};
    for (size_t i = 0; i < 2; i++) {
        put_window(-2, 1, false, of[i]);
        assert_true(window_feed(store, &request, &arena, &window, &err) &&
                    window_feed_maintenance(store, NOW, &arena, &window, &err));
        assert_int_equal(window.rows_len, 1);
        assert_int_equal(window.rows[0].alerts_len, 2);
        assert_int_equal(window.rows[0].is_held, i == 1);
    }
}

static void
states_are_filtered_by_letter_and_by_word(void **state)
{
    (void)state;
    put_alert("01A", "orders failed", "firing");
    put_alert("01B", "refunds failed", "firing");
    put_alert("01C", "farms failed", "firing");
    put_alert("01D", "depots failed", "firing");
    put_alert("01E", "orders failed", "resolved");
    put_escalation("01EA", "01B", "acked");
    put_escalation("01EB", "01C", "snoozed");
    const char *orders =
        condition("alert.title", "contains", "{\"value\":{\"literal\":\"orders\"}}");
    put_window(-2, 1, false, arena_printf(&arena, "[{\"conditions\":[%s]}]", orders));
    assert_string_equal(listed(""), "A!BCDE");
    assert_string_equal(listed("state=M"), "A!");
    assert_string_equal(listed("state=maintenance"), "A!");
    assert_string_equal(listed("state=ack"), "B");
    assert_string_equal(listed("state=z,f"), "CD");
    assert_string_equal(listed("state=R"), "E");
    assert_string_equal(listed("state!=M status=firing"), "BCD");
    assert_string_equal(listed("not state=R,M"), "BCD");
    assert_string_equal(listed("state=firng"), "'firng' is no state: did you mean 'firing'?");
    assert_string_equal(listed("state>F"), "'state' has no order: compare it with = or !=");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_window_holds_what_began_in_it_and_meets_its_conditions,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_while_it_lasts_and_only_what_fires, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_held_is_not_the_oldest_that_nobody_took, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_group_is_held_when_all_of_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(states_are_filtered_by_letter_and_by_word, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
