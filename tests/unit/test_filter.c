/* The filter language: what is read as what, and what is said about mistakes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "model/filter.h"

static struct arena arena;
static const char *const attributes[] = {"Severity", "Downstream models", "Status"};
static const struct filter_name sources[] = {{.id = "S1", .name = "dbt Cloud"},
                                             {.id = "S2", .name = "dbt Core"}};
static const struct filter_name severities[] = {{.id = "A", .name = "Sev A", .digit = 1},
                                                {.id = "B", .name = "Sev B", .digit = 2}};

static struct filter_context
context_of(enum kind kind)
{
    struct filter_context context = {
        .kind = kind,
        .me = {.id = "U1", .name = "Ana Ruiz"},
        .me_email = "ana@example.com",
        .attributes = attributes,
        .attributes_len = 3,
        .sources = sources,
        .sources_len = 2,
        .severities = severities,
        .severities_len = 2,
    };
    if (!zone_open("Europe/London", &context.zone, NULL) ||
        !time_from_rfc3339("2026-03-28T12:00:00Z", &context.now_ms)) /* the day before clocks go */
        fail();
    return context;
}

static const char *
meaning(enum kind kind, const char *text)
{
    struct filter_context context = context_of(kind);
    const struct filter *filter;
    struct filter_error problem;
    if (filter_parse(text, &context, &arena, &filter, &problem))
        return filter_describe(filter, &arena);
    return arena_printf(&arena, "%zu+%zu: %s", problem.at, problem.len, problem.message);
}

struct sample {
    enum kind kind;
    const char *text, *meaning;
};

static void
check(const struct sample *samples, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const char *found = meaning(samples[i].kind, samples[i].text);
        if (strcmp(found, samples[i].meaning) != 0)
            fail_msg("%s\n  expected %s\n  found    %s", samples[i].text, samples[i].meaning,
                     found);
    }
    arena_finish(&arena);
}
#define CHECK(samples) check(samples, sizeof(samples) / sizeof *(samples))

static void
words_and_structure(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {KIND_ALERT, "", "everything"},
        {KIND_ALERT, " \t\n", "everything"},
        {KIND_ALERT, "orders", "text 'orders'*"},
        {KIND_ALERT, "\"orders daily\"", "text 'orders daily'"},
        {KIND_ALERT, "\"a \\\"b\\\" \\\\ c\"", "text 'a \"b\" \\ c'"},
        {KIND_ALERT, "a b", "(and text 'a'* text 'b'*)"},
        {KIND_ALERT, "a and b", "(and text 'a'* text 'b'*)"},
        {KIND_ALERT, "a AND b OR c", "(or (and text 'a'* text 'b'*) text 'c'*)"},
        {KIND_ALERT, "a or b c", "(or text 'a'* (and text 'b'* text 'c'*))"},
        {KIND_ALERT, "(a or b) c", "(and (or text 'a'* text 'b'*) text 'c'*)"},
        {KIND_ALERT, "not a b", "(and (not text 'a'*) text 'b'*)"},
        {KIND_ALERT, "not (a b)", "(not (and text 'a'* text 'b'*))"},
        {KIND_ALERT, "not not a", "(not (not text 'a'*))"},
        {KIND_ALERT, "\"or\"", "text 'or'"},
        {KIND_ALERT, "ordinary", "text 'ordinary'*"},
        {KIND_ALERT, "a,b!", "text 'a,b!'*"},
        {KIND_ALERT, "((((a))))", "text 'a'*"},
    };
    CHECK(samples);
}

static void
conditions_on_texts_and_names(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {KIND_ALERT, "env=prod", "environment is 'prod'"},
        {KIND_ALERT, "ENVIRONMENT = prod", "environment is 'prod'"},
        {KIND_ALERT, "env:prod", "environment is 'prod'"},
        {KIND_ALERT, "env~pro", "environment contains 'pro'"},
        {KIND_ALERT, "env!=prod", "(not environment is 'prod')"},
        {KIND_ALERT, "env=prod,\"pre prod\",a:b", "environment is 'prod','pre prod','a:b'"},
        {KIND_ALERT, "env!=a,b", "(not environment is 'a','b')"},
        {KIND_ALERT, "title:orders", "title contains 'orders'"},
        {KIND_ALERT, "title=orders", "title is 'orders'"},
        {KIND_ALERT, "level>3", "level > '3'"},
        {KIND_ALERT, "level<=-2.5", "level <= '-2.5'"},
        {KIND_ALERT, "status=FIRING", "status is 'firing'"},
        {KIND_ALERT, "dedup=x", "deduplication_key is 'x'"},
        {KIND_ALERT, "url=https://x/?a=b", "source_url is 'https://x/?a=b'"},
        {KIND_ALERT, "owner:@me", "owner is 'ana@example.com','Ana Ruiz'"},
        {KIND_ALERT, "owner=\"@me\"", "owner is '@me'"},
        {KIND_FOLLOW_UP, "owner:@me", "assignee_id is 'U1'"},
        {KIND_FOLLOW_UP, "owner!=@me,Ben", "(not (or assignee_id is 'U1' assignee_name is 'Ben'))"},
        {KIND_INCIDENT, "lead=@me", "lead_id is 'U1'"},
        {KIND_SCHEDULE_ENTRY, "owner=@me", "user_id is 'U1'"},
        {KIND_ALERT, "source=\"dbt cloud\"", "alert_source_id is 'S1'"},
        {KIND_ALERT, "source~dbt", "alert_source_id is 'S1','S2'"},
        {KIND_ALERT, "\"downstream models\">=10", "'downstream models' >= '10'"},
        {KIND_ALERT, "attribute.status=x", "'status' is 'x'"},
        {KIND_ALERT, "attribute.status=\"\"", "'status' is absent"},
        {KIND_ALERT, "attribute.status!=\"\"", "(not 'status' is absent)"},
        {KIND_INCIDENT, "ref=INC-412", "reference is 'INC-412'"},
        {KIND_INCIDENT, "category=live", "incident_status_category is 'live'"},
        {KIND_USER, "active=true", "is_active in 1"},
        {KIND_SEVERITY, "rank>=2", "rank in 2.."},
        {KIND_SEVERITY, "rank<2", "rank in ..1"},
    };
    CHECK(samples);
}

static void
severity_compares_by_rank(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {KIND_ALERT, "sev=1", "severity_digit in 1"},
        {KIND_ALERT, "severity=critical", "severity_digit in 1"},
        {KIND_ALERT, "sev>=major", "severity_digit in 1..2"},
        {KIND_ALERT, "sev>=2", "severity_digit in 1..2"},
        {KIND_ALERT, "sev>P2", "severity_digit in 1"},
        {KIND_ALERT, "sev<major", "severity_digit in 3.."},
        {KIND_ALERT, "sev<=major", "severity_digit in 2.."},
        {KIND_ALERT, "sev!=2", "(not severity_digit in 2)"},
        {KIND_ALERT, "sev=1,3", "(or severity_digit in 1 severity_digit in 3)"},
        {KIND_ALERT, "sev=none", "severity_digit in 0"},
        {KIND_ALERT, "sev=odd", "severity is 'odd'"},
        {KIND_ALERT, "sev~crit", "severity contains 'crit'"},
        {KIND_INCIDENT, "sev>=\"sev b\"", "severity_digit in 1..2"},
        {KIND_INCIDENT, "sev=odd", "severity_name is 'odd'"},
        {KIND_INCIDENT_UPDATE, "sev=odd", "new_severity_name is 'odd'"},
    };
    CHECK(samples);
}

static void
times_are_read_in_the_zone_and_from_now(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {KIND_ALERT, "age<2h", "created_at in 1774692000001.."},
        {KIND_ALERT, "age<=2h", "created_at in 1774692000000.."},
        {KIND_ALERT, "age>2h", "created_at in 1..1774691999999"},
        {KIND_ALERT, "age>=2h", "created_at in 1..1774692000000"},
        {KIND_ALERT, "created>-2h", "created_at in 1774692000001.."},
        {KIND_FOLLOW_UP, "due<+2d", "due_at in 1..1774871999999"},
        {KIND_FOLLOW_UP, "due<now", "due_at in 1..1774699199999"},
        {KIND_ALERT, "created=2026-03-28", "created_at in 1774656000000..1774742399999"},
        {KIND_ALERT, "created=today", "created_at in 1774656000000..1774742399999"},
        {KIND_ALERT, "created>2026-03-28", "created_at in 1774742400000.."},
        {KIND_ALERT, "created<2026-03-28", "created_at in 1..1774655999999"},
        /* 23 hours: clocks go forward */
        {KIND_ALERT, "created=2026-03-29", "created_at in 1774742400000..1774825199999"},
        {KIND_ALERT, "created=tomorrow", "created_at in 1774742400000..1774825199999"},
        {KIND_ALERT, "created=2026-03-30T09:30", "created_at in 1774859400000..1774859459999"},
        {KIND_ALERT, "created>=2026-03-30T09:30:00Z", "created_at in 1774863000000.."},
        {KIND_ALERT, "resolved=none", "resolved_at in 0"},
        {KIND_ALERT, "resolved!=\"\"", "(not resolved_at in 0)"},
    };
    CHECK(samples);
}

static void
mistakes_are_pointed_at(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {KIND_ALERT, "a sevrity>=major",
         "2+7: alerts have no field 'sevrity': did you mean 'severity'?"},
        {KIND_ALERT, "statsu=firing", "0+6: alerts have no field 'statsu': did you mean 'status'?"},
        {KIND_ALERT, "downstream=1",
         "0+10: alerts have no field 'downstream': did you mean 'Downstream models'?"},
        {KIND_TEAM, "xyzzy=1",
         "0+5: teams have no field 'xyzzy'; quote it to search for the text; there are: id name"},
        {KIND_ALERT, "status=fring", "7+5: 'fring' is no status: did you mean 'firing'?"},
        {KIND_ALERT, "sev>=majr", "5+4: 'majr' is no severity: did you mean 'major'?"},
        {KIND_ALERT, "sev>=none",
         "5+4: 'none' is no severity: 1 to 4 (1 is the most severe) or a word such as critical, "
         "major, minor, low"},
        {KIND_ALERT, "status>firing", "7+6: 'status' has no order: compare it with = or !="},
        {KIND_ALERT, "created>2h", "8+2: '2h' from when: did you mean '-2h' (ago)?"},
        {KIND_ALERT, "created>2026-02-30",
         "8+10: '2026-02-30' is no time: a day (2026-03-23), an instant (2026-03-23T03:12:00Z), "
         "today, -2h, +3d or none"},
        {KIND_ALERT, "created>none", "8+4: 'created' can only be = or != none"},
        {KIND_ALERT, "created~x",
         "8+1: 'created' is a time: compare it with =, !=, <, <=, > or >="},
        {KIND_ALERT, "age=2h", "4+2: 'age' is compared with <, <=, > or >="},
        {KIND_ALERT, "age<soon",
         "4+4: 'soon' is no age: expected one such as 90s, 10m, 2h, 3d or 5w"},
        {KIND_ALERT, "env>prod", "4+4: 'prod' is text: only a number can be compared with < and >"},
        {KIND_ALERT, "env>1,2", "6+1: only one value can be compared with < and >"},
        {KIND_ALERT, "owner>@me", "6+3: 'owner' can only be = or != @me"},
        {KIND_USER, "active=maybe", "7+5: 'active' is = true or = false"},
        {KIND_SEVERITY, "rank=x", "5+1: 'x' is no whole number"},
        {KIND_ALERT, "source=dbt",
         "7+3: there is no alert source 'dbt': did you mean 'dbt Cloud'?"},
        {KIND_ALERT, "\"a b", "0+4: this quote is not closed"},
        {KIND_ALERT, "a (b", "2+1: this parenthesis is not closed"},
        {KIND_ALERT, "a) b", "1+1: no parenthesis is open that this one could close"},
        {KIND_ALERT, "a or", "4+0: expected a condition or a word here"},
        {KIND_ALERT, "a and )",
         "6+1: expected a condition or a word here; and, or and parentheses are quoted to search "
         "for them"},
        {KIND_ALERT, "=x", "0+1: expected the name of a field before '='"},
        {KIND_ALERT, "env=",
         "4+0: expected a value here; \"\" is an empty one, and what has blanks, commas or "
         "parentheses in it is quoted"},
        {KIND_ALERT, "***", "0+3: there is no word in '***' to search for"},
        {KIND_ALERT_ROUTE, "x",
         "0+1: alert-routes have no text to search; compare a field, as in name~x"},
        {KIND_ALERT, "\xff", "0+1: the filter is not valid UTF-8"},
    };
    CHECK(samples);
}

static void
me_has_to_be_known(void **state)
{
    (void)state;
    struct filter_context context = context_of(KIND_FOLLOW_UP);
    const struct filter *filter;
    struct filter_error problem;
    context.me = (struct filter_name){.id = "", .name = ""};
    assert_false(filter_parse("owner:@me", &context, &arena, &filter, &problem));
    assert_string_equal(problem.message, "@me is 'ana@example.com', and there is no such user");
    context.me_email = "";
    assert_false(filter_parse("owner:@me", &context, &arena, &filter, &problem));
    assert_string_equal(problem.message,
                        "the profile does not say who @me is: set me = \"you@example.com\"");
    arena_finish(&arena);
}

static void
depth_length_and_number_of_parts_are_bounded(void **state)
{
    (void)state;
    struct str text;
    str_init(&text, 0);
    for (int i = 0; i < FILTER_MAX_DEPTH; i++)
        str_append(&text, "(");
    str_append(&text, "a");
    assert_non_null(strstr(meaning(KIND_ALERT, str_text(&text)), "more than 50 levels deep"));
    str_clear(&text);
    for (int i = 0; i < FILTER_MAX_DEPTH; i++)
        str_append(&text, "not ");
    str_append(&text, "a");
    assert_non_null(strstr(meaning(KIND_ALERT, str_text(&text)), "more than 50 levels deep"));
    str_clear(&text);
    for (int i = 0; i <= FILTER_MAX_NODES; i++)
        str_append(&text, "a ");
    assert_non_null(strstr(meaning(KIND_ALERT, str_text(&text)), "at most 300 parts"));
    str_clear(&text);
    str_append(&text, "env=a");
    for (int i = 0; i < FILTER_MAX_NODES; i++)
        str_append(&text, ",a");
    assert_non_null(strstr(meaning(KIND_ALERT, str_text(&text)), "at most 300 parts"));
    str_clear(&text);
    for (int i = 0; i <= FILTER_MAX_BYTES; i++)
        str_append(&text, "a");
    assert_string_equal(meaning(KIND_ALERT, str_text(&text)),
                        "4096+1: a filter has at most 4096 bytes");
    str_finish(&text);
    arena_finish(&arena);
}

static const char *
caret(const char *text)
{
    struct filter_context context = context_of(KIND_ALERT);
    const struct filter *filter;
    struct filter_error problem;
    assert_false(filter_parse(text, &context, &arena, &filter, &problem));
    return filter_error_caret(text, &problem, &arena);
}

static void
the_caret_stands_under_the_mistake(void **state)
{
    (void)state;
    assert_string_equal(caret("env=prod  sevv=1 a"), "env=prod sevv=1 a\n         ^^^^");
    assert_string_equal(caret("a or"), "a or\n    ^");
    assert_string_equal(caret("\xc3\xa9t\xc3\xa9 (x"), "\xc3\xa9t\xc3\xa9 (x\n    ^");
    assert_string_equal(caret("\033[31mx = 1"), "[31mx = 1\n^^^^^"); /* nothing a terminal obeys */
    const char *text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa sevv=1 "
                       "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    assert_string_equal(caret(text), "~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa sevv=1 "
                                     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb~\n"
                                     "                                         ^^^^");
    arena_finish(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_structure),
        cmocka_unit_test(conditions_on_texts_and_names),
        cmocka_unit_test(severity_compares_by_rank),
        cmocka_unit_test(times_are_read_in_the_zone_and_from_now),
        cmocka_unit_test(mistakes_are_pointed_at),
        cmocka_unit_test(me_has_to_be_known),
        cmocka_unit_test(depth_length_and_number_of_parts_are_bounded),
        cmocka_unit_test(the_caret_stands_under_the_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
