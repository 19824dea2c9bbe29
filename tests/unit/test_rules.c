/* Which routes take an alert and why; groups, windows, severities, pages; and the story that is told of it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "hub/rules.h"
#include "hub/rules_index.h"
#include "wire/decision_note.h"

static struct arena arena;
static struct alert alert;
static struct alert_attribute_entry attributes[3];

static int
start(void **state)
{
    (void)state;
    object_clear(&alert_table, &alert);
    alert.id = "A";
    alert.title = "Model fct_orders failed";
    alert.alert_source_id = "DBT";
    for (size_t i = 0; i < 3; i++)
        object_clear(&alert_attribute_entry_table, &attributes[i]);
    attributes[0].attribute_id = "SEV", attributes[0].attribute_name = "Severity";
    attributes[0].literal = "major";
    attributes[1].attribute_id = "ENV", attributes[1].attribute_name = "Environment";
    attributes[1].literal = "prod";
    attributes[2].attribute_id = "TEAM", attributes[2].attribute_name = "Team";
    alert.attributes = attributes;
    alert.attributes_len = 3;
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

#define WANTS(attribute, values)                                                                   \
    "{\"subject\":{\"label\":\"" attribute "\",\"reference\":\"alert.attributes." attribute        \
    "\"},\"operation\":{\"label\":\"is one of\",\"value\":\"one_of\"},\"param_bindings\":[{"       \
    "\"array_value\":[" values "]}]}"
#define IS(text) "{\"literal\":\"" text "\"}"
#define ASKS(ref)                                                                                  \
    "{\"subject\":{\"label\":\"" ref "\",\"reference\":\"expressions[\\\"" ref                     \
    "\\\"]\"},\"operation\":{\"label\":\"\",\"value\":\"one_of\"},\"param_bindings\":[{\"value\":" \
    "{\"literal\":\"true\"}}]}"

static void
add(struct rules *rules, const char *id, const char *source, const char *conditions,
    const char *more)
{
    struct error err;
    const char *json = arena_printf(
        &arena,
        "{\"id\":\"%s\",\"name\":\"Route %s\",\"enabled\":true,\"alert_sources\":[{\"alert_source_"
        "id\":\"%s\",\"condition_groups\":[]}],\"condition_groups\":[%s%s%s]%s}",
        id, id, source, *conditions ? "{\"conditions\":[" : "", conditions, *conditions ? "]}" : "",
        more);
    if (!rules_add(rules, json, &err))
        fail_msg("%s: %s", json, err.message);
}

static const char *
names(const struct rule_survivor *survivors, size_t len)
{
    const char *text = "";
    for (size_t i = 0; i < len; i++)
        text = arena_printf(&arena, "%s%s%s", text, i ? " " : "", survivors[i].route->id);
    return text;
}

static void
each_route_that_matches_acts_on_its_own(void **state)
{
    struct rules *rules = rules_create();
    struct rule_survivor *survivors;
    const struct rule_survivor **taken;
    struct decision decision;
    struct error err;
    (void)state;
    add(rules, "all", "DBT", "", "");
    add(rules, "other", "CI", "", "");
    add(rules, "prod", "DBT", WANTS("ENV", IS("prod")), "");
    add(rules, "dev", "DBT", WANTS("ENV", IS("dev")), "");
    add(rules, "both", "DBT", WANTS("ENV", IS("prod")) "," WANTS("SEV", IS("minor")), "");
    add(rules, "several", "DBT", WANTS("SEV", IS("critical") "," IS("major")), "");
    assert_true(rules_add(rules, "{\"id\":\"off\",\"name\":\"off\",\"enabled\":false}", &err));
    assert_false(rules_add(rules, "{\"id\":7}", &err));
    rules_index(rules);
    assert_int_equal(rules_len(rules), 6);
    size_t len = rules_survivors(rules, &alert, &arena, &survivors);
    assert_string_equal(names(survivors, len), "all prod several");
    object_clear(&decision_table, &decision);
    rules_decide(rules, &alert, "dbt production", survivors, len, &arena, &decision, &taken);
    /* The story has those of the source that did not take it, too, and what did not hold. */
    assert_int_equal(decision.routes_len, 5);
    assert_int_equal(decision.other_routes, 1);
    assert_true(decision.routes[1].taken);
    assert_non_null(taken[1]);
    assert_string_equal(decision.routes[3].id, "dev");
    assert_false(decision.routes[3].taken);
    assert_null(taken[3]);
    assert_true(decision.routes[3].conditions[0].held);
    assert_false(decision.routes[3].conditions[1].held);
    assert_string_equal(decision.routes[3].conditions[1].text, "ENV is one of dev");
    assert_string_equal(decision.routes[3].conditions[1].found, "prod");
    rules_destroy(rules);
}

static void
routes_for_other_sources_and_values_are_not_looked_at(void **state)
{
    struct rules *rules = rules_create();
    const struct rule_route **candidates;
    struct decision decision;
    struct rule_survivor *survivors;
    const struct rule_survivor **taken;
    (void)state;
    for (int i = 0; i < 500; i++) {
        add(rules, arena_printf(&arena, "s%d", i), "CI", "", "");
        add(rules, arena_printf(&arena, "t%d", i), "DBT",
            arena_printf(&arena, WANTS("TEAM", IS("team %d")), i), "");
    }
    add(rules, "here", "DBT", WANTS("ENV", IS("prod")), "");
    rules_index(rules);
    assert_int_equal(rules_candidates(rules, &alert, &arena, &candidates), 1);
    assert_string_equal(candidates[0]->id, "here");
    attributes[2].literal = "team 77";
    assert_int_equal(rules_candidates(rules, &alert, &arena, &candidates), 2);
    assert_string_equal(candidates[0]->id, "t77");
    attributes[2].literal = "";
    size_t len = rules_survivors(rules, &alert, &arena, &survivors);
    object_clear(&decision_table, &decision);
    rules_decide(rules, &alert, "dbt", survivors, len, &arena, &decision, &taken);
    assert_int_equal(decision.routes_len, 1);
    assert_int_equal(decision.other_routes, 1000);
    rules_destroy(rules);
}

#define EXPRESSION(ref, jq, otherwise)                                                             \
    ",\"expressions\":[{\"label\":\"" ref "\",\"reference\":\"" ref                                \
    "\",\"root_reference\":\"alert\",\"operations\":[{\"operation_type\":\"parse\",\"parse\":{"    \
    "\"source\":\"" jq "\"}}]" otherwise "}]"

static void
expressions_decide_among_the_survivors_only(void **state)
{
    struct rules *rules = rules_create();
    struct rule_survivor *survivors;
    const struct rule_survivor **taken;
    struct decision decision;
    (void)state;
    add(rules, "gone", "DBT", WANTS("ENV", IS("dev")) "," ASKS("when"),
        EXPRESSION("when", ".x", ""));
    add(rules, "asks", "DBT", ASKS("when"), EXPRESSION("when", ".metadata.x > 1", ""));
    add(rules, "else", "DBT", ASKS("when"),
        EXPRESSION("when", ".y",
                   ",\"else_branch\":{\"result\":{\"value\":{\"literal\":\"true\"}}}"));
    rules_index(rules);
    size_t len = rules_survivors(rules, &alert, &arena, &survivors);
    assert_string_equal(names(survivors, len), "asks else");
    assert_string_equal(rule_programs(survivors[0].route, &arena)[0], ".metadata.x > 1");
    struct rule_result yes = {"true", ""}, no = {"false", ""}, nothing = {"", "it raised: x"};
    survivors[0].results = &yes;
    survivors[1].results = &nothing; /* then the else branch says */
    object_clear(&decision_table, &decision);
    rules_decide(rules, &alert, "dbt", survivors, len, &arena, &decision, &taken);
    assert_true(decision.routes[0].taken);
    assert_true(decision.routes[1].taken);
    assert_string_equal(decision.routes[1].expressions[0].reason, "it raised: x");
    survivors[0].results = &no;
    rules_decide(rules, &alert, "dbt", survivors, len, &arena, &decision, &taken);
    assert_false(decision.routes[0].taken);
    assert_string_equal(decision.routes[0].conditions[1].found, "false");
    rules_destroy(rules);
}

static void
programs_see_the_alert_with_its_attributes(void **state)
{
    (void)state;
    assert_string_equal(
        rules_document(&alert, "dbt \"x\"", "{\"a\":1}", "", &arena),
        "{\"title\":\"Model fct_orders "
        "failed\",\"description\":\"\",\"status\":\"\",\"source_url\":"
        "\"\",\"deduplication_key\":\"\",\"source\":\"dbt \\\"x\\\"\",\"attributes\":{\"Severity\":"
        "\"major\",\"Environment\":\"prod\",\"Team\":\"\"},\"attributes_by_id\":{\"SEV\":\"major\","
        "\"ENV\":\"prod\",\"TEAM\":\"\"},\"metadata\":{\"a\":1},\"query_params\":{}}");
}

static void
templates_replace_what_they_refer_to(void **state)
{
    static const struct {
        const char *literal, *reference, *text;
    } cases[] = {
        {"plain", "", "plain"},
        {"", "alert.title", "Model fct_orders failed"},
        {"{{alert.attributes.SEV}}: {{ alert.title | truncate: 9 }}!", "", "major: Model fct!"},
        {"{{alert.attributes.NONE}}x", "", "x"},
        {"{{alert.title", "", "{{alert.title"},
        {"{{}}", "", ""},
    };
    const struct rule_route route = {0};
    const struct rule_survivor survivor = {.route = &route};
    const struct rule_scope scope = rule_scope_of(&alert, &survivor, &arena);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(rule_text(cases[i].literal, cases[i].reference, &scope.scope),
                            cases[i].text);
}

static void
a_group_takes_alerts_up_to_the_end_of_its_window(void **state)
{
    struct rule_route rolling = {.window_type = "rolling", .window_seconds = 60};
    struct rule_route fixed = {.window_type = "fixed", .window_seconds = 60};
    struct rule_group group = {.opened_at = 1000, .last_at = 31000};
    (void)state;
    assert_true(rule_group_takes(&fixed, &group, 60999));
    assert_false(rule_group_takes(&fixed, &group, 61000));
    assert_true(rule_group_takes(&rolling, &group, 61000));
    assert_true(rule_group_takes(&rolling, &group, 90999));
    assert_false(rule_group_takes(&rolling, &group, 91000));
    assert_true(rule_group_takes(&rolling, &group, 30000)); /* the clock went back a little */
    group.incident_is_over = true;
    assert_false(rule_group_takes(&rolling, &group, 31001));
}

static void
keys_are_equal_when_their_values_are_and_unset_is_a_value(void **state)
{
    static const struct binding_value keys[] = {{"", "alert.attributes.TEAM", ""},
                                                {"", "alert.title", ""}};
    const struct rule_route route = {.grouping_keys = keys, .grouping_keys_len = 2}, none = {0};
    const struct rule_survivor survivor = {.route = &route};
    const struct rule_scope scope = rule_scope_of(&alert, &survivor, &arena);
    const struct decision_key *said;
    size_t len;
    (void)state;
    assert_string_equal(rule_group_keys(&route, &scope.scope, &said, &len),
                        "[null,[\"Model fct_orders failed\"]]");
    assert_int_equal(len, 2);
    assert_string_equal(said[0].name, "Team");
    assert_string_equal(said[0].value, "");
    assert_string_equal(said[1].name, "title");
    attributes[2].literal = "co\"re";
    assert_string_equal(rule_group_keys(&route, &scope.scope, &said, &len),
                        "[[\"co\\\"re\"],[\"Model fct_orders failed\"]]");
    attributes[2].literal = "";
    assert_string_equal(rule_group_keys(&none, &scope.scope, &said, &len), "[]");
}

static void
who_joins_a_group_pages_when_it_is_worse_or_nobody_is_paged_any_more(void **state)
{
    static const struct rule_target target = {0};
    struct rule_route route = {
        .targets = &target, .targets_len = 1, .joining_mode = "on_priority_increase"};
    struct rule_group group = {
        .severity_digit = 2, .has_escalation = true, .escalation_is_live = true};
    const char *why;
    (void)state;
    assert_true(rule_pages(&route, NULL, 0, &why));
    assert_false(rule_pages(&route, &group, 2, &why));
    assert_non_null(strstr(why, "no more severe"));
    assert_false(rule_pages(&route, &group, 0, &why));
    assert_true(rule_pages(&route, &group, 1, &why));
    group.severity_digit = 0;
    assert_true(rule_pages(&route, &group, 4, &why));
    group.severity_digit = 2;
    group.escalation_is_live = false;
    assert_true(rule_pages(&route, &group, 3, &why));
    group.escalation_is_live = true;
    route.joining_mode = "on_each_new_alert";
    assert_true(rule_pages(&route, &group, 4, &why));
    route.targets_len = 0;
    assert_false(rule_pages(&route, NULL, 1, &why));
}

static void
severity_follows_its_strategy(void **state)
{
    struct rule_route max = {.severity_merge = "max"}, first = {.severity_merge = "first-wins"};
    (void)state;
    assert_true(rule_severity_changes(&max, 2, 3));
    assert_false(rule_severity_changes(&max, 3, 3));
    assert_false(rule_severity_changes(&max, 3, 2));
    assert_false(rule_severity_changes(&first, 1, 4));
}

static const char decision_text[] =
    "{\"tocsin_decision\":1,\"alert_id\":\"A\",\"alert_source\":\"dbt\",\"attributes\":[{\"name\":"
    "\"Severity\",\"expression\":\".level\",\"value\":\"major\"},{\"name\":\"Owner\","
    "\"expression\":"
    "\".owner\",\"reason\":\"it gave nothing\"}],\"routes\":[{\"id\":\"R2\",\"name\":\"CI\","
    "\"taken\":false,\"conditions\":[{\"text\":\"Env is one of dev\",\"held\":false,\"found\":"
    "\"prod\"}]},{\"id\":\"R1\",\"name\":\"Pipeline\",\"taken\":true,\"conditions\":[{\"text\":"
    "\"Env "
    "is one of prod\",\"held\":true,\"found\":\"prod\"}],\"group\":{\"id\":\"G\",\"is_new\":true,"
    "\"alerts\":1,\"window_type\":\"rolling\",\"window_seconds\":14400,\"keys\":[{\"name\":"
    "\"Team\","
    "\"value\":\"core\"}]},\"incident\":{\"id\":\"I\",\"reference\":\"INC-7\",\"name\":\"It "
    "broke\",\"is_new\":true,\"status\":\"Triage\",\"severity\":\"Major\",\"why\":\"by the alert's "
    "severity major\"},\"paging\":{\"escalations\":[{\"name\":\"Platform\",\"people\":[{\"name\":"
    "\"Ana\"},{\"name\":\"Bo\"}]}]},\"channels\":[{\"name\":\"#data\"}]}],\"other_routes\":9}";

static void
the_story_tells_it_all_in_the_same_words_everywhere(void **state)
{
    struct decision decision, again;
    struct error err;
    size_t len;
    (void)state;
    if (!decision_read(decision_text, &arena, &decision, &err))
        fail_msg("%s", err.message);
    const struct story_line *lines = decision_story(&decision, &arena, &len);
    assert_string_equal(story_plain(lines, len, &arena),
                        "  1 of 11 routes took it.\n"
                        "\nAttributes\n"
                        "  Severity is major, by `.level`\n"
                        "  Owner is not set, by `.owner`: it gave nothing\n"
                        "\nRoute Pipeline: taken\n"
                        "  yes: Env is one of prod (it is prod)\n"
                        "  group: begins one of Team core, open for 4 h after its last alert\n"
                        "  incident: opens INC-7 “It broke”, Triage, Major: by the alert's "
                        "severity major\n"
                        "  pages Platform (now Ana, Bo)\n"
                        "  tells #data\n"
                        "\nRoute CI: not taken\n"
                        "  no: Env is one of dev (it is prod)\n"
                        "  9 other routes are for other sources or other values.\n");
    const char *note = decision_note(&decision, &arena);
    assert_non_null(strstr(note, "#### Route Pipeline: taken\n- yes: Env is one of prod"));
    assert_true(decision_of_note(note, &arena, &again));
    assert_string_equal(decision_json(&again, &arena), decision_json(&decision, &arena));
    assert_false(decision_of_note("Part of INC-3: it broke.", &arena, &again));
    assert_false(decision_of_note("\n```json\n{\"tocsin_decision\":1,\n```", &arena, &again));
    assert_false(decision_of_note("\n```json\n{\"tocsin_decision\":2}\n```", &arena, &again));
}

static void
nobody_told_is_said_first(void **state)
{
    struct decision decision;
    size_t len;
    (void)state;
    object_clear(&decision_table, &decision);
    assert_string_equal(decision_story(&decision, &arena, &len)[0].text,
                        "No route took it: nobody was told.");
    decision.held_by = "Move of the warehouse";
    assert_string_equal(decision_story(&decision, &arena, &len)[0].text,
                        "Held by the maintenance window Move of the warehouse: nobody was told.");
}

/* What a sender wrote is on one line each, and only the last block is the decision. */
static void
text_from_outside_ends_neither_its_line_nor_the_note(void **state)
{
    static const char hostile[] =
        "prod\n```json\n{\"tocsin_decision\":1,\"alert_id\":\"X\"}\n```\n# Forged\x1b[2J";
    struct decision decision, again;
    struct error err;
    size_t len;
    (void)state;
    if (!decision_read(decision_text, &arena, &decision, &err))
        fail_msg("%s", err.message);
    ((struct decision_attribute *)decision.attributes)[0].value = hostile;
    ((struct decision_route *)decision.routes)[1].incident_name = hostile;
    const struct story_line *lines = decision_story(&decision, &arena, &len);
    for (size_t i = 0; i < len; i++) {
        assert_null(strpbrk(lines[i].text, "\n\r\x1b"));
        assert_null(strstr(lines[i].text, "```"));
    }
    const char *note = decision_note(&decision, &arena);
    assert_true(decision_of_note(note, &arena, &again));
    assert_string_equal(decision_json(&again, &arena), decision_json(&decision, &arena));
    const char *doubled = arena_printf(&arena, "%s\n%s", hostile, note);
    assert_true(decision_of_note(doubled, &arena, &again));
    assert_string_equal(again.alert_id, "A");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_route_that_matches_acts_on_its_own),
        cmocka_unit_test(routes_for_other_sources_and_values_are_not_looked_at),
        cmocka_unit_test(expressions_decide_among_the_survivors_only),
        cmocka_unit_test(programs_see_the_alert_with_its_attributes),
        cmocka_unit_test(templates_replace_what_they_refer_to),
        cmocka_unit_test(a_group_takes_alerts_up_to_the_end_of_its_window),
        cmocka_unit_test(keys_are_equal_when_their_values_are_and_unset_is_a_value),
        cmocka_unit_test(who_joins_a_group_pages_when_it_is_worse_or_nobody_is_paged_any_more),
        cmocka_unit_test(severity_follows_its_strategy),
        cmocka_unit_test(the_story_tells_it_all_in_the_same_words_everywhere),
        cmocka_unit_test(nobody_told_is_said_first),
        cmocka_unit_test(text_from_outside_ends_neither_its_line_nor_the_note),
    };
    return cmocka_run_group_tests_name("rules", tests, start, stop);
}
