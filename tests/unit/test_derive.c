#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "model/derive.h"

static void
severity_words_of_any_sender_become_a_digit(void **state)
{
    (void)state;
    const struct {
        const char *word;
        int digit;
    } cases[] = {
        {"critical", 1}, {"Sev1", 1},  {"P1", 1},      {"1", 1},    {"MAJOR", 2}, {"high", 2},
        {"s2", 2},       {"minor", 3}, {"warning", 3}, {"p3", 3},   {"low", 4},   {"info", 4},
        {"4", 4},        {"", 0},      {"purple", 0},  {"sev9", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(severity_digit_from_word(&derivation_default, cases[i].word),
                         cases[i].digit);
}

static void
alerts_take_their_roles_from_attributes(void **state)
{
    (void)state;
    const struct alert_attribute_value nodes[] = {{.literal = "n1", .label = "model.orders"},
                                                  {.literal = "n2"}};
    const struct alert_attribute_entry attributes[] = {
        {.attribute_name = "severity",
         .literal = "01X",
         .label = "High",
         .catalog_entry_name = "Critical"},
        {.attribute_name = "Environment", .literal = "prod"},
        {.attribute_name = "Node", .array_value = nodes, .array_value_len = 2},
        {.attribute_name = "Else", .literal = "x"},
    };
    struct alert alert = {
        .status = "firing", .created_at = DAY_MS, .attributes = attributes, .attributes_len = 4};
    model_derive(KIND_ALERT, &alert, &derivation_default, NULL, 0);
    assert_string_equal(alert.severity, "Critical");
    assert_int_equal(alert.severity_digit, 1);
    assert_int_equal(alert.feed_rank, 1);
    assert_string_equal(alert.environment, "prod");
    assert_string_equal(alert.node, "model.orders");
    assert_string_equal(alert.owner, "");

    alert.status = "resolved";
    model_derive(KIND_ALERT, &alert, &derivation_default, NULL, 0);
    assert_int_equal(alert.feed_rank, 9);
    assert_int_equal(alert.feed_at, alert.created_at); /* nobody said when it ended */
    alert.resolved_at = alert.created_at + HOUR_MS;
    model_derive(KIND_ALERT, &alert, &derivation_default, NULL, 0);
    assert_int_equal(alert.feed_at, alert.resolved_at);

    struct derivation none = derivation_default;
    none.roles.severity = "";
    alert.status = "firing";
    model_derive(KIND_ALERT, &alert, &none, NULL, 0);
    assert_string_equal(alert.severity, "");
    assert_int_equal(alert.feed_rank, 5);
    assert_int_equal(alert.feed_at, alert.created_at); /* fires again, whatever ended before */
}

static void
incident_severities_count_from_the_top(void **state)
{
    (void)state;
    const int64_t ranks[] = {50, 40, 30, 20, 10};
    const struct {
        int64_t rank;
        const int64_t *ranks;
        size_t len;
        int digit;
    } cases[] = {
        {50, ranks, 5, 1}, {30, ranks, 5, 3}, {10, ranks, 5, 4}, {7, ranks, 5, 2}, {50, NULL, 0, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct incident incident = {
            .severity_id = "S", .severity_name = "Major", .severity_rank = cases[i].rank};
        model_derive(KIND_INCIDENT, &incident, &derivation_default, cases[i].ranks, cases[i].len);
        assert_int_equal(incident.severity_digit, cases[i].digit);
    }
    struct incident ungraded = {.severity_id = ""};
    model_derive(KIND_INCIDENT, &ungraded, &derivation_default, ranks, 5);
    assert_int_equal(ungraded.severity_digit, 0);
}

static void
the_lead_is_who_holds_the_lead_role(void **state)
{
    (void)state;
    const struct incident_role_assignment roles[] = {
        {.role_type = "reporter", .assignee_id = "A", .assignee_name = "Ana"},
        {.role_type = "lead", .assignee_id = ""},
        {.role_type = "lead", .assignee_id = "B", .assignee_name = "Ben"},
    };
    struct incident incident = {.incident_role_assignments = roles,
                                .incident_role_assignments_len = 3};
    model_derive(KIND_INCIDENT, &incident, &derivation_default, NULL, 0);
    assert_string_equal(incident.lead_id, "B");
    assert_string_equal(incident.lead_name, "Ben");
    incident.incident_role_assignments_len = 2;
    model_derive(KIND_INCIDENT, &incident, &derivation_default, NULL, 0);
    assert_string_equal(incident.lead_id, "");
}

static void
a_follow_up_is_due_by_its_priority(void **state)
{
    (void)state;
    struct follow_up follow_up = {.priority_name = "URGENT", .created_at = DAY_MS};
    model_derive(KIND_FOLLOW_UP, &follow_up, &derivation_default, NULL, 0);
    assert_int_equal(follow_up.due_at, 4 * DAY_MS);
    follow_up.priority_name = "whenever";
    model_derive(KIND_FOLLOW_UP, &follow_up, &derivation_default, NULL, 0);
    assert_int_equal(follow_up.due_at, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(severity_words_of_any_sender_become_a_digit),
        cmocka_unit_test(alerts_take_their_roles_from_attributes),
        cmocka_unit_test(incident_severities_count_from_the_top),
        cmocka_unit_test(the_lead_is_who_holds_the_lead_role),
        cmocka_unit_test(a_follow_up_is_due_by_its_priority),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
