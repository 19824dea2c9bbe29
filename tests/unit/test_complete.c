#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/complete.h"

static struct arena arena;

static const char *const attributes[] = {"Environment", "Downstream models"};
static const struct filter_name sources[] = {{"01S", "dbt", 0}, {"01T", "Cron jobs", 0}};
static const struct filter_context alerts = {
    .kind = KIND_ALERT,
    .me_email = "ana@example.com",
    .attributes = attributes,
    .attributes_len = 2,
    .sources = sources,
    .sources_len = 2,
};

static int
tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

/* The caret is where the bar is. "PREFIX@AT: candidate candidate". */
static const char *
completed(const char *written)
{
    struct filter_completion completion;
    const char *bar = strchr(written, '|');
    char *text = arena_printf(&arena, "%.*s%s", (int)(bar - written), written, bar + 1);
    filter_complete(text, (size_t)(bar - written), &alerts, &arena, &completion);
    assert_int_equal(completion.at + completion.len, completion.asks == FILTER_ASKS_NOTHING
                                                         ? completion.at + completion.len
                                                         : (size_t)(bar - written));
    const char *out = arena_printf(&arena, "%s@%zu:", completion.prefix, completion.at);
    for (size_t i = 0; i < completion.candidates_len && i < 5; i++)
        out = arena_printf(&arena, "%s %s", out, completion.candidates[i].text);
    return out;
}

static void
what_may_stand_at_the_caret_is_offered(void **state)
{
    (void)state;
    static const struct {
        const char *written, *expected;
    } cases[] = {
        {"|", "@0: severity>= sev>= age< source= env="},
        {"se|", "se@0: severity>= sev>= severity_digit="},
        {"sev>=2 en|", "en@7: env= environment="},
        {"(en|", "en@1: env= environment="},
        {"env|", "env@0: env= env!= env~ environment="},
        {"AG|", "AG@0: age<"},
        {"down|", "down@0: \"Downstream models\"="},
        {"\"downstream m|", "downstream m@0: \"Downstream models\"="},
        {"status=|", "@7: firing resolved"},
        {"status=fi|", "fi@7: firing"},
        {"status=fi|ring sev=1", "fi@7: firing"},
        {"status=firing,re|", "re@14: resolved"},
        {"status = re|", "re@9: resolved"},
        {"sev>=m|", "m@5: major minor"},
        {"age<|", "@4: 10m 1h 2h 8h 1d"},
        {"source=c|", "c@7: \"Cron jobs\""},
        {"source=\"cron |", "cron @7: \"Cron jobs\""},
        {"owner:@|", "@@6: @me"},
        {"created>-|", "-@8: -2h -1d -7d"},
        {"env=prod o|", "o@9: owner= or"},
        {"env=prod |", "@9: severity>= sev>= age< source= env="},
        {"nonsense=|", "@9:"},
        {"env=prod|", "prod@4:"},
        {"!|", "!@0:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = completed(cases[i].written);
        if (strcmp(found, cases[i].expected) != 0)
            fail_msg("%s: expected '%s', got '%s'", cases[i].written, cases[i].expected, found);
    }
}

static void
a_value_says_what_the_store_is_to_be_asked_for(void **state)
{
    (void)state;
    struct filter_completion completion;
    filter_complete("team=da", 7, &alerts, &arena, &completion);
    assert_string_equal(completion.field->name, "team");
    assert_string_equal(completion.prefix, "da");
    filter_complete_value(&completion, "data platform", "", &arena);
    filter_complete_value(&completion, "Data platform", "", &arena);
    filter_complete_value(&completion, "core", "", &arena);
    assert_int_equal(completion.candidates_len, 1);
    assert_string_equal(completion.candidates[0].text, "\"data platform\"");
    filter_complete("\"Downstream models\"=x", 20, &alerts, &arena, &completion);
    assert_null(completion.field);
    assert_string_equal(completion.attribute, "Downstream models");
}

static void
any_text_and_any_caret_are_answered(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",      "((",    "a=(,",        "=,<!~",     "\"",         "\\",  "a=\"b\\", ",,,,",
        "a = ,", "\x01=", "not not or)", "a=b,c,\"d", "sev>=2and(", "é=ü", "!!==",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t caret = 0; caret <= strlen(texts[i]); caret++) {
            struct filter_completion completion;
            filter_complete(texts[i], caret, &alerts, &arena, &completion);
            assert_true(completion.at <= caret);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_may_stand_at_the_caret_is_offered, tear_down),
        cmocka_unit_test_teardown(a_value_says_what_the_store_is_to_be_asked_for, tear_down),
        cmocka_unit_test_teardown(any_text_and_any_caret_are_answered, tear_down),
    };
    return cmocka_run_group_tests_name("complete", tests, NULL, NULL);
}
