/* The rota's window: from the rotation engine through the store to what the pane is given. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "hub/schedules.h"
#include "store/cache.h"
#include "store/window.h"
#include "tests/support/store_objects.h"

#define CONFIG                                                                                     \
    "{\"rotations\":[{\"id\":\"R\",\"name\":\"Core\",\"handover_start_at\":\"2026-01-05T09:00:"    \
    "00Z\","                                                                                       \
    "\"handovers\":[{\"interval\":1,\"interval_type\":\"weekly\"}],"                               \
    "\"layers\":[{\"id\":\"L1\",\"name\":\"Primary\"},{\"id\":\"L2\",\"name\":\"Backup\"}],"       \
    "\"users\":[{\"id\":\"ana\",\"name\":\"Ana Ruiz\"},{\"id\":\"ben\",\"name\":\"Ben Osei\"}],"   \
    "\"working_intervals\":[]}]}"

static struct arena arena;

static int64_t
at(const char *text)
{
    int64_t time_ms;
    assert_true(time_from_rfc3339(text, &time_ms));
    return time_ms;
}

static void
put(struct store *store, enum kind kind, const void *object)
{
    enum cache_change change;
    struct error err = {0};
    if (!cache_put(store, kind, object, at("2026-03-01T00:00:00Z"), &change, &err))
        fail_msg("%s", err.message);
}

static void
put_entries(struct store *store, const struct schedule_entry *entries, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        struct schedule_entry entry = entries[i];
        entry.user_email = arena_printf(&arena, "%s@example.com", entry.user_id);
        entry.json = arena_printf(&arena, "{\"fingerprint\":\"%s\"}", entry.fingerprint);
        put(store, KIND_SCHEDULE_ENTRY, &entry);
    }
}

/* Two schedules; the first has two layers, a cover on 24 March, and 80 days of shifts. */
static struct store *
filled_store(void)
{
    struct store *store;
    struct error err = {0};
    if (!store_open(&store, STORE_CACHE, ":memory:", STORE_WRITE, NULL, &err) ||
        !store_begin(store, &err))
        fail_msg("%s", err.message);
    struct schedule *schedule = sample_object(&arena, KIND_SCHEDULE, "S1", 1);
    schedule->name = "core";
    schedule->timezone = "Europe/London";
    schedule->config = CONFIG;
    schedule->json = "{\"id\":\"S1\",\"config\":" CONFIG "}";
    put(store, KIND_SCHEDULE, schedule);
    struct schedule *mirrored = sample_object(&arena, KIND_SCHEDULE, "S2", 1);
    mirrored->name = "another";
    mirrored->timezone = "UTC";
    put(store, KIND_SCHEDULE, mirrored);

    struct schedule_override *cover = sample_object(&arena, KIND_SCHEDULE_OVERRIDE, "O1", 1);
    cover->schedule_id = "S1";
    cover->rotation_id = "R";
    cover->layer_id = "L1";
    cover->user_id = "cy";
    cover->user_name = "Cy Lam";
    cover->start_at = at("2026-03-24T12:00:00Z");
    cover->end_at = at("2026-03-24T15:00:00Z");
    const struct schedule_plan *plan;
    struct schedule_entries entries;
    if (!schedule_plan_read(schedule, &arena, &plan, &err) ||
        !schedule_plan_entries(plan, cover, 1, at("2026-02-10T00:00:00Z"),
                               at("2026-05-01T00:00:00Z"), &arena, &entries, &err))
        fail_msg("%s", err.message);
    put_entries(store, entries.scheduled, entries.scheduled_len);
    put_entries(store, entries.overrides, entries.overrides_len);
    put_entries(store, entries.final, entries.final_len);
    if (!store_commit(store, &err))
        fail_msg("%s", err.message);
    return store;
}

static struct rota_window
window_of(struct store *store, const char *const *names)
{
    struct rota_window window;
    struct error err = {0};
    if (!window_rota(store, names, NULL, at("2026-03-23T00:00:00Z"), at("2026-03-30T00:00:00Z"),
                     &arena, &window, &err))
        fail_msg("%s", err.message);
    return window;
}

static void
a_schedule_comes_with_its_layers_and_the_shifts_that_touch_the_window(void **state)
{
    (void)state;
    static const char *const names[] = {"core", "nonsense", NULL};
    struct store *store = filled_store();
    struct rota_window window = window_of(store, names);
    assert_int_equal(window.schedules_len, 1);
    const struct rota_schedule *schedule = &window.schedules[0];
    assert_string_equal(schedule->timezone, "Europe/London");
    assert_int_equal(schedule->lanes_len, 2);
    assert_string_equal(schedule->lanes[0].rotation_name, "Core");
    assert_string_equal(schedule->lanes[0].layer_name, "Primary");
    assert_string_equal(schedule->lanes[1].layer_id, "L2");

    /* The week before ends on Monday 09:00, so it touches: two shifts a layer, and the cover cuts one into three. */
    assert_int_equal(schedule->shifts.scheduled_len, 4);
    assert_int_equal(schedule->shifts.overrides_len, 1);
    assert_int_equal(schedule->shifts.final_len, 6);
    for (size_t i = 1; i < 6; i++)
        assert_true(schedule->shifts.final[i - 1].start_at <= schedule->shifts.final[i].start_at);

    const struct schedule_entry *const *on_call;
    size_t len = oncall_at(&schedule->shifts, at("2026-03-24T13:00:00Z"), &arena, &on_call);
    assert_int_equal(len, 2);
    assert_string_equal(on_call[1]->user_name, "Cy Lam");
    assert_non_null(oncall_override_of(&schedule->shifts, on_call[1]));
    store_close(store);
}

static void
all_schedules_come_by_name_and_one_without_a_configuration_is_there(void **state)
{
    (void)state;
    struct store *store = filled_store();
    struct rota_window window = window_of(store, NULL);
    assert_int_equal(window.schedules_len, 2);
    assert_string_equal(window.schedules[0].name, "another");
    assert_int_equal(window.schedules[0].lanes_len, 0);
    assert_int_equal(window.schedules[0].shifts.final_len, 0);
    assert_string_equal(window.schedules[1].name, "core");
    store_close(store);
}

static void
mine_are_my_shifts_from_now_on_each_once_with_the_name_of_its_layer(void **state)
{
    (void)state;
    struct store *store = filled_store();
    struct rota_window window = window_of(store, NULL);
    struct error err = {0};
    if (!window_rota_mine(store, "cy@example.com", at("2026-03-24T13:00:00Z"), &arena, &window,
                          &err))
        fail_msg("%s", err.message);
    assert_int_equal(window.mine_len, 1);
    assert_string_equal(window.mine[0].schedule_name, "core");
    assert_string_equal(window.mine[0].timezone, "Europe/London");
    assert_string_equal(window.mine[0].rotation_name, "Core");
    assert_string_equal(window.mine[0].layer_name, "Primary");
    assert_true(window.mine[0].end_at == at("2026-03-24T15:00:00Z"));

    if (!window_rota_mine(store, "ben@example.com", at("2026-03-24T13:00:00Z"), &arena, &window,
                          &err))
        fail_msg("%s", err.message);
    assert_true(window.mine_len >= 5);
    for (size_t i = 1; i < window.mine_len; i++)
        assert_true(window.mine[i - 1].start_at <= window.mine[i].start_at);
    if (!window_rota_mine(store, "nobody@example.com", 0, &arena, &window, &err))
        fail_msg("%s", err.message);
    assert_int_equal(window.mine_len, 0);
    store_close(store);
}

static void
the_detail_of_a_cover_says_in_whose_place(void **state)
{
    (void)state;
    struct store *store = filled_store();
    struct detail detail = {.brief = false};
    struct error err = {0};
    if (!detail_shift(store, "S1/final/R/L1/2026-03-24T12:00:00Z", &detail, &err))
        fail_msg("%s", err.message);
    assert_string_equal(detail.title, "Cy Lam covers Ben Osei for core");
    const char *found[] = {"", "", ""};
    for (size_t i = 0; i < detail.facts_len; i++) {
        const struct detail_fact *fact = &detail.facts[i];
        if (text_equals(fact->label, "override"))
            found[0] = fact->text;
        if (text_equals(fact->label, "length"))
            found[1] = fact->text;
        if (text_equals(fact->label, "layer"))
            found[2] = fact->text;
    }
    /* 23 March begins turn 11: Ben has the first layer. */
    assert_string_equal(found[0], "covers Ben Osei");
    assert_string_equal(found[1], "3 h");
    assert_string_equal(found[2], "Primary");
    assert_true(detail_shift(store, "gap/S1/L1/1", &detail, &err));
    assert_string_equal(detail.id, "");
    arena_finish(&detail.arena);
    store_close(store);
}

static void
a_filter_leaves_whole_schedules_and_tells_which_shifts_are_meant(void **state)
{
    (void)state;
    static const char *const names[] = {"core", NULL};
    struct store *store = filled_store();
    struct filter_context context;
    struct filter_error problem;
    const struct filter *filter;
    struct rota_window window;
    struct error err = {0};
    struct rota_window all = window_of(store, names);
    const struct schedule_entry *first = &all.schedules[0].shifts.final[0];
    assert_true(window_filter_context(store, WINDOW_SHIFTS, "", &arena, &context, &err));
    const char *text = arena_printf(&arena, "person:\"%s\" schedule=core", first->user_name);
    assert_true(filter_parse(text, &context, &arena, &filter, &problem));
    assert_true(window_rota(store, names, filter, all.from_ms, all.to_ms, &arena, &window, &err));
    assert_int_equal(window.schedules_len, 1);
    assert_int_equal(window.schedules[0].shifts.final_len, all.schedules[0].shifts.final_len);
    assert_true(rota_shift_matches(filter, &window.schedules[0], first));
    size_t others = 0;
    for (size_t i = 0; i < all.schedules[0].shifts.final_len; i++)
        others +=
            !rota_shift_matches(filter, &window.schedules[0], &window.schedules[0].shifts.final[i]);
    assert_true(others > 0);
    assert_true(filter_parse("layer=nonsense", &context, &arena, &filter, &problem));
    assert_true(window_rota(store, names, filter, all.from_ms, all.to_ms, &arena, &window, &err));
    assert_int_equal(window.schedules_len, 0);
    store_close(store);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schedule_comes_with_its_layers_and_the_shifts_that_touch_the_window),
        cmocka_unit_test(all_schedules_come_by_name_and_one_without_a_configuration_is_there),
        cmocka_unit_test(mine_are_my_shifts_from_now_on_each_once_with_the_name_of_its_layer),
        cmocka_unit_test(the_detail_of_a_cover_says_in_whose_place),
        cmocka_unit_test(a_filter_leaves_whole_schedules_and_tells_which_shifts_are_meant),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_finish(&arena);
    return failed;
}
