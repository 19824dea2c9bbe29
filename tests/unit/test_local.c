#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "store/local.h"

#define NOW INT64_C(1790000000000)
#define HERE "https://api.example.com"
#define ELSEWHERE "https://other.example.com"

static struct arena arena;
static struct store *store;
static struct error err;

static int
set_up(void **state)
{
    (void)state;
    return store_open(&store, STORE_PRIVATE, ":memory:", STORE_WRITE, NULL, &err) ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    store_close(store);
    arena_finish(&arena);
    return 0;
}

static void
put_view(const char *upstream, const char *name, const char *filter, const char *sort)
{
    const struct saved_view view = {name, "alerts", filter, sort, "", 0};
    assert_true(saved_view_put(store, upstream, &view, NOW, &err));
}

static void
views_belong_to_an_upstream_and_are_listed_by_name(void **state)
{
    (void)state;
    const struct saved_view *views;
    size_t len;
    put_view(HERE, "prod core", "env=prod", "owner");
    put_view(HERE, "Late", "age>2h", "");
    put_view(ELSEWHERE, "prod core", "env=live", "");
    put_view(HERE, "prod core", "env=prod team=core", "newest");
    assert_true(saved_view_list(store, HERE, &arena, &views, &len, &err));
    assert_int_equal(len, 2);
    assert_string_equal(views[0].name, "Late");
    assert_string_equal(views[1].filter, "env=prod team=core");
    assert_string_equal(views[1].sort, "newest");
    assert_string_equal(views[1].pane, "alerts");
    assert_int_equal(views[1].saved_at, NOW);
    assert_true(saved_view_delete(store, HERE, "prod core", &err));
    assert_true(saved_view_delete(store, HERE, "prod core", &err));
    assert_true(saved_view_list(store, HERE, &arena, &views, &len, &err));
    assert_int_equal(len, 1);
    assert_true(saved_view_list(store, ELSEWHERE, &arena, &views, &len, &err));
    assert_int_equal(len, 1);
}

static void
a_views_name_is_something_one_can_read_and_type(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "a\nb",
        "\x1b[31mred",
        " x",
        "a  b",
        "\xff",
        "a name that is longer than anybody would want to read in a menu of views"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct saved_view view = {names[i], "alerts", "", "", "", 0};
        assert_false(saved_view_put(store, HERE, &view, NOW, &err));
        assert_int_equal(err.code, ERROR_USAGE);
    }
}

static void
a_view_that_no_longer_parses_is_kept_and_says_why(void **state)
{
    (void)state;
    const struct filter_context context = {.kind = KIND_ALERT, .now_ms = NOW};
    static const struct {
        const char *filter, *sort, *message;
    } cases[] = {
        {"sev>=2", "owner", NULL},
        {"", "", NULL},
        {"sev>=", "", "expected a value here"},
        {"sev>=weird", "", "'weird'"},
        {"(env=prod", "", "not closed"},
        {"created>someday", "", "someday"},
        {"env=prod \"open", "", "quote"},
        {"status=burning", "", "'burning' is no status"},
        {"env=prod", "colour", "alerts are not sorted by 'colour'"},
        {"and", "", "expected a condition"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct saved_view *views;
        const struct filter *filter;
        const struct sort *sort;
        struct filter_error problem;
        size_t len;
        put_view(HERE, "view", cases[i].filter, cases[i].sort);
        assert_true(saved_view_list(store, HERE, &arena, &views, &len, &err));
        assert_string_equal(views[0].filter, cases[i].filter);
        bool ok = saved_view_parse(&views[0], &context, &arena, &filter, &sort, &problem);
        assert_int_equal(ok, !cases[i].message);
        if (cases[i].message && !strstr(problem.message, cases[i].message))
            fail_msg("%s: %s", cases[i].filter, problem.message);
        if (ok)
            assert_true((sort != NULL) == (*cases[i].sort != '\0'));
    }
}

static void
what_is_remembered_is_written_at_once_and_the_last_of_it_counts(void **state)
{
    (void)state;
    struct local_batch batch = {0};
    const struct pane_state *states;
    const struct palette_use *uses;
    const struct read_mark *marks;
    size_t len;
    int64_t seen;
    struct pane_state alerts = {"alerts", "env=prod", "owner", "01A", "", 0};
    assert_true(local_batch_is_empty(&batch));
    local_batch_pane(&batch, &alerts, NOW);
    alerts.filter = "env=stage";
    local_batch_pane(&batch, &alerts, NOW + 1);
    local_batch_seen(&batch, "alert", "", NOW);
    local_batch_seen(&batch, "alert", "01A", NOW);
    local_batch_seen(&batch, "alert", "01A", NOW + 5);
    local_batch_used(&batch, "theme deutan", NOW);
    local_batch_used(&batch, "since shift", NOW + 1);
    local_batch_used(&batch, "theme deutan", NOW + 2);
    assert_false(local_batch_is_empty(&batch));
    assert_true(local_batch_write(&batch, store, HERE, &err));
    assert_true(local_batch_is_empty(&batch));

    assert_true(pane_state_list(store, HERE, &arena, &states, &len, &err));
    assert_int_equal(len, 1);
    assert_string_equal(states[0].filter, "env=stage");
    assert_string_equal(states[0].item, "01A");
    assert_true(pane_state_list(store, ELSEWHERE, &arena, &states, &len, &err));
    assert_int_equal(len, 0);
    assert_true(read_mark_get(store, HERE, "alert", "01A", &seen, &err));
    assert_int_equal(seen, NOW + 5);
    assert_true(read_mark_get(store, HERE, "alert", "01B", &seen, &err));
    assert_int_equal(seen, 0);
    assert_true(read_mark_list(store, HERE, "alert", &arena, &marks, &len, &err));
    assert_int_equal(len, 1); /* the pane's own is not among them */
    assert_true(palette_use_list(store, 10, &arena, &uses, &len, &err));
    assert_int_equal(len, 2);
    assert_string_equal(uses[0].line, "theme deutan");

    /* A clock set back takes no mark back; what nobody saw for long is forgotten. */
    local_batch_seen(&batch, "alert", "01A", NOW - 5);
    assert_true(local_batch_write(&batch, store, HERE, &err));
    assert_true(read_mark_get(store, HERE, "alert", "01A", &seen, &err));
    assert_int_equal(seen, NOW + 5);
    local_batch_seen(&batch, "alert", "01C", NOW + INT64_C(200) * 86400000);
    assert_true(local_batch_write(&batch, store, HERE, &err));
    assert_true(read_mark_get(store, HERE, "alert", "01A", &seen, &err));
    assert_int_equal(seen, 0);
    assert_true(read_mark_get(store, HERE, "alert", "", &seen, &err));
    assert_int_equal(seen, NOW);
    local_batch_finish(&batch);
}

static void
a_batch_that_is_full_takes_no_more_and_says_so(void **state)
{
    (void)state;
    struct local_batch batch = {0};
    const struct palette_use *uses;
    size_t len;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 100 && !local_batch_is_full(&batch); i++)
            local_batch_used(&batch, arena_printf(&arena, "line %d", round * 100 + i),
                             NOW + round * 100 + i);
        assert_true(local_batch_is_full(&batch));
        local_batch_used(&batch, "too much", NOW);
        assert_true(local_batch_write(&batch, store, HERE, &err));
    }
    assert_true(palette_use_list(store, 1000, &arena, &uses, &len, &err));
    assert_int_equal(len, 200);
    assert_string_equal(uses[0].line, "line 1931");
    local_batch_finish(&batch);
}

static void
a_moment_is_claimed_once(void **state)
{
    (void)state;
    bool first;
    int64_t seen;
    assert_true(read_mark_claim(store, HERE, "update_due", "I1", NOW, 0, &first, &err));
    assert_true(first);
    assert_true(read_mark_claim(store, HERE, "update_due", "I1", NOW, 0, &first, &err));
    assert_false(first);
    assert_true(read_mark_claim(store, HERE, "update_due", "I1", NOW - 1, 0, &first, &err));
    assert_false(first);
    assert_true(read_mark_claim(store, HERE, "update_due", "I2", NOW, 0, &first, &err));
    assert_true(first);
    assert_true(read_mark_claim(store, HERE, "update_due", "I1", NOW + 1, 0, &first, &err));
    assert_true(first);
    assert_true(read_mark_get(store, HERE, "update_due", "I1", &seen, &err));
    assert_int_equal(seen, NOW + 1);
    assert_true(read_mark_claim(store, HERE, "stale", "stale", NOW, 100, &first, &err));
    assert_true(first);
    assert_true(read_mark_claim(store, HERE, "stale", "stale", NOW + 100, 100, &first, &err));
    assert_false(first);
    assert_true(read_mark_claim(store, HERE, "stale", "stale", NOW + 101, 100, &first, &err));
    assert_true(first);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(views_belong_to_an_upstream_and_are_listed_by_name),
        CASE(a_views_name_is_something_one_can_read_and_type),
        CASE(a_view_that_no_longer_parses_is_kept_and_says_why),
        CASE(what_is_remembered_is_written_at_once_and_the_last_of_it_counts),
        CASE(a_moment_is_claimed_once),
        CASE(a_batch_that_is_full_takes_no_more_and_says_so),
    };
    return cmocka_run_group_tests_name("local", tests, NULL, NULL);
}
