/* Conditions: what each operation holds for, and how groups and references are read. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "hub/condition.h"
#include "wire/wire.h"

static struct arena arena;
static struct alert alert;

static const char alert_json[] =
    "{\"id\":\"A\",\"title\":\"Model fct_Orders "
    "failed\",\"status\":\"firing\",\"deduplication_key\":"
    "\"k\",\"alert_source_id\":\"S\",\"created_at\":\"2026-03-23T03:12:00Z\",\"updated_at\":"
    "\"2026-03-23T03:12:00Z\",\"attributes\":["
    "{\"attribute\":{\"id\":\"SEV\",\"name\":\"Severity\",\"type\":\"String\",\"array\":false,"
    "\"required\":false},\"value\":{\"literal\":\"major\"}},"
    "{\"attribute\":{\"id\":\"EXP\",\"name\":\"Exposures\",\"type\":\"String\",\"array\":true,"
    "\"required\":false},\"array_value\":[{\"literal\":\"Revenue\"},{\"literal\":\"Payouts\"}]},"
    "{\"attribute\":{\"id\":\"SVC\",\"name\":\"Service\",\"type\":\"CatalogEntry\",\"array\":false,"
    "\"required\":false},\"value\":{\"catalog_entry\":{\"id\":\"C1\",\"name\":\"Warehouse "
    "north\",\"catalog_type_id\":\"T\"}}}]}";

static void
values(const struct scope *scope, const char *reference, struct subject_values *out)
{
    if (text_equals(reference, "expressions[\"hours\"]"))
        subject_values_add(out, "true", NULL, scope->arena);
    else
        alert_values(&alert, reference, scope->arena, out);
}
static const struct scope scope = {&arena, values};

static int
start(void **state)
{
    struct error err;
    (void)state;
    assert_true(wire_read_object(KIND_ALERT, slice_of(alert_json), &arena, &alert, &err));
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static const char *
condition(const char *subject, const char *operation, const char *parameters)
{
    struct str quoted;
    str_init(&quoted, 0);
    wire_append_string(&quoted, subject);
    const char *json = arena_printf(
        &arena,
        "{\"subject\":{\"label\":\"It\",\"reference\":%s},\"operation\":{\"label\":\"x\",\"value\":"
        "\"%s\"},\"param_bindings\":%s}",
        str_text(&quoted), operation, parameters);
    str_finish(&quoted);
    return json;
}

static bool
groups_hold(const char *json)
{
    const struct condition_group *groups;
    size_t len;
    struct error err;
    if (!condition_groups_read(json, &arena, &groups, &len, &err))
        fail_msg("%s: %s", json, err.message);
    return condition_groups_hold(groups, len, &scope);
}

#define ONE(text) "[{\"value\":{\"literal\":\"" text "\"}}]"
#define TWO(a, b) "[{\"array_value\":[{\"literal\":\"" a "\"},{\"literal\":\"" b "\"}]}]"

static void
each_operation_holds_for_what_it_says_and_its_opposite_for_the_rest(void **state)
{
    static const struct {
        const char *subject, *operation, *parameters;
        bool holds;
    } cases[] = {
        {"alert.attributes.SEV", "one_of", TWO("critical", "major"), true},
        {"alert.attributes.SEV", "one_of", ONE("major"), true},
        {"alert.attributes.SEV", "one_of", ONE("MAJOR"), false},
        {"alert.attributes.SEV", "one_of", "[]", false},
        {"alert.attributes.SEV", "not_one_of", TWO("critical", "major"), false},
        {"alert.attributes.SEV", "not_one_of", ONE("minor"), true},
        {"alert.attributes.NONE", "one_of", ONE("major"), false},
        {"alert.attributes.NONE", "not_one_of", ONE("major"), true},
        {"alert.attributes.EXP", "one_of", ONE("Payouts"), true},
        {"alert.attributes.EXP", "not_one_of", ONE("Payouts"), false},
        {"alert.attributes.SVC", "one_of", ONE("C1"), true},
        {"alert.attributes.SVC", "one_of", ONE("Warehouse north"), false},
        {"alert.attributes.SVC", "name_contains", ONE("WAREHOUSE"), true},
        {"alert.attributes.SVC", "not_name_contains", ONE("south"), true},
        {"alert.title", "contains", ONE("FCT_orders"), true},
        {"alert.title", "contains_one_of", TWO("dim_", "fct_"), true},
        {"alert.title", "not_contains", ONE("fct_"), false},
        {"alert.title", "not_contains_one_of", TWO("dim_", "stg_"), true},
        {"alert.description", "is_set", "[]", false},
        {"alert.description", "is_not_set", "[]", true},
        {"alert.attributes.EXP", "is_set", "[]", true},
        {"expressions[\"hours\"]", "is_active", "[]", true},
        {"expressions[\"hours\"]", "is_not_active", "[]", false},
        {"expressions[\"hours\"]", "one_of", ONE("true"), true},
        {"alert.attributes.SEV", "is_like", ONE("major"), false},
        {"alert.title", "one_of", "[{\"value\":{\"reference\":\"alert.title\"}}]", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *json =
            arena_printf(&arena, "[{\"conditions\":[%s]}]",
                         condition(cases[i].subject, cases[i].operation, cases[i].parameters));
        if (groups_hold(json) != cases[i].holds)
            fail_msg("%s is not %d", json, cases[i].holds);
    }
}

static void
groups_are_alternatives_and_all_conditions_of_one_hold(void **state)
{
    const char *yes = condition("alert.attributes.SEV", "is_set", "[]");
    const char *no = condition("alert.attributes.NONE", "is_set", "[]");
    (void)state;
    assert_true(groups_hold("[]"));
    assert_true(groups_hold(""));
    assert_false(groups_hold(arena_printf(&arena, "[{\"conditions\":[%s,%s]}]", yes, no)));
    assert_true(groups_hold(
        arena_printf(&arena, "[{\"conditions\":[%s]},{\"conditions\":[%s]}]", no, yes)));
    assert_false(
        groups_hold(arena_printf(&arena, "[{\"conditions\":[%s]},{\"conditions\":[%s]}]", no, no)));
}

static void
conditions_that_make_no_sense_are_refused(void **state)
{
    static const char *const bad[] = {"{", "{}", "[{}]", "[{\"conditions\":[{}]}]",
                                      "[{\"conditions\":[{\"subject\":{\"reference\":7}}]}]"};
    const struct condition_group *groups;
    size_t len;
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (condition_groups_read(bad[i], &arena, &groups, &len, &err))
            for (size_t g = 0; g < len; g++) /* read without words: it must not hold by accident */
                if (groups[g].conditions_len)
                    assert_false(condition_holds(&groups[g].conditions[0], &scope));
}

static void
a_condition_reads_as_a_sentence(void **state)
{
    const struct condition_group *groups;
    size_t len;
    struct error err;
    (void)state;
    assert_true(condition_groups_read(
        arena_printf(&arena, "[{\"conditions\":[%s,%s]}]",
                     condition("alert.attributes.EXP", "not_one_of", TWO("a", "b")),
                     condition("alert.title", "is_set", "[]")),
        &arena, &groups, &len, &err));
    assert_string_equal(condition_text(&groups[0].conditions[0], &arena), "It is none of a, b");
    assert_string_equal(condition_text(&groups[0].conditions[1], &arena), "It is set");
    assert_string_equal(subject_text("alert.attributes.EXP", &scope), "Revenue, Payouts");
    assert_string_equal(subject_text("alert.attributes.SVC", &scope), "Warehouse north");
    assert_string_equal(subject_text("alert.attributes.NONE", &scope), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_holds_for_what_it_says_and_its_opposite_for_the_rest),
        cmocka_unit_test(groups_are_alternatives_and_all_conditions_of_one_hold),
        cmocka_unit_test(conditions_that_make_no_sense_are_refused),
        cmocka_unit_test(a_condition_reads_as_a_sentence),
    };
    return cmocka_run_group_tests_name("conditions", tests, start, stop);
}
