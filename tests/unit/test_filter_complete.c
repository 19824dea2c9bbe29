/* What can be written where the caret stands in a filter. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "model/filter_complete.h"

static struct arena arena;
static const char *const attributes[] = {"Downstream models", "model"};
static const struct filter_name sources[] = {{.id = "S1", .name = "dbt Cloud"},
                                             {.id = "S2", .name = "circleci"}};
static const struct filter_name severities[] = {{.id = "A", .name = "Major", .digit = 1}};

static struct filter_context
context_of(enum kind kind)
{
    return (struct filter_context){.kind = kind,
                                   .me_email = "ana@example.com",
                                   .attributes = attributes,
                                   .attributes_len = 2,
                                   .sources = sources,
                                   .sources_len = 2,
                                   .severities = kind == KIND_INCIDENT ? severities : NULL,
                                   .severities_len = kind == KIND_INCIDENT ? 1 : 0};
}

/* The caret is the `|` of the text; the answer is "from-to" and the first candidates. */
static const char *
at_caret(enum kind kind, const char *marked)
{
    struct filter_context context = context_of(kind);
    struct filter_place place;
    const struct filter_candidate *candidates;
    struct str out;
    size_t caret = strcspn(marked, "|");
    const char *text = arena_printf(&arena, "%.*s%s", (int)caret, marked, marked + caret + 1);
    if (!filter_place_at(text, caret, &context, &arena, &place))
        return "nothing";
    size_t len = filter_candidates(&place, &context, NULL, &arena, &candidates);
    str_init(&out, 0);
    str_printf(&out, "%zu-%zu", place.from, place.to);
    for (size_t i = 0; i < len && i < 4; i++)
        str_printf(&out, " %s", candidates[i].text);
    const char *answer = arena_text(&arena, str_text(&out));
    str_finish(&out);
    return answer;
}

struct example {
    const char *marked, *answer; /* how it begins */
};

static void
check(enum kind kind, const struct example *examples, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const char *answer = at_caret(kind, examples[i].marked);
        if (strncmp(answer, examples[i].answer, strlen(examples[i].answer)) != 0)
            fail_msg("'%s': %s", examples[i].marked, answer);
    }
}

static void
names_come_with_their_usual_operator(void **state)
{
    static const struct example examples[] = {
        {"se|", "0-2 severity>= sev>="},
        {"env=prod ag|", "9-11 age<"},
        {"en|v=prod", "0-4 env= environment="},
        {"(tit|", "1-4 title~"},
        {"not Downs|", "4-9 \"Downstream models\"="},
        {"xyzzy|", "0-5"},
    };
    (void)state;
    check(KIND_ALERT, examples, sizeof examples / sizeof *examples);
}

static void
a_name_written_out_shows_how_it_compares(void **state)
{
    static const struct example examples[] = {
        {"env|", "0-3 env= env!= env~ environment="},
        {"age|", "0-3 age< age<= age> age>="},
    };
    (void)state;
    check(KIND_ALERT, examples, sizeof examples / sizeof *examples);
}

static void
values_are_those_that_the_field_can_have(void **state)
{
    static const struct example alerts[] = {
        {"sev>=|", "5-5 critical major minor low"},
        {"sev>=ma| x", "5-7 major"},
        {"status=f|", "7-8 firing"},
        {"source = \"dbt|", "9-13 \"dbt Cloud\""},
        {"source=circleci,d|", "16-17 \"dbt Cloud\""},
        {"age<1|", "4-5 10m 1h 1d 1w"},
        {"owner:@|", "6-7 @me"},
        {"created>to|day", "8-13 today"},
        {"nothing=x|", "8-9"},
    };
    static const struct example incidents[] = {{"severity=|", "9-9 Major 1 2 3"}};
    (void)state;
    check(KIND_ALERT, alerts, sizeof alerts / sizeof *alerts);
    check(KIND_INCIDENT, incidents, 1);
}

static void
in_a_phrase_and_behind_a_parenthesis_there_is_nothing_to_complete(void **state)
{
    static const struct example examples[] = {
        {"\"orders da|ily\"", "nothing"},
        {"(env=prod)|", "nothing"},
        {"env !|", "nothing"},
    };
    (void)state;
    assert_string_equal(at_caret(KIND_ALERT, examples[0].marked), "nothing");
    assert_string_equal(at_caret(KIND_ALERT, examples[1].marked), "nothing");
}

/* Whatever stands there, it ends, and a place is inside of the text. */
static void
every_text_and_caret_has_an_answer(void **state)
{
    static const char pieces[][8] = {
        "env", "=", "\"", "(", ")", " ", ",", "!=", "\\", "or", "<", "not", ":", "é", "@me"};
    struct filter_context context = context_of(KIND_ALERT);
    unsigned seed = 7;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        char text[128] = "";
        for (int i = 0; i < 8; i++) {
            seed = seed * 1103515245u + 12345u;
            strcat(text, pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        for (size_t caret = 0; caret <= strlen(text); caret++) {
            struct filter_place place;
            if (!filter_place_at(text, caret, &context, &arena, &place))
                continue;
            assert_true(place.from <= caret && caret <= place.to && place.to <= strlen(text));
        }
        arena_reset(&arena);
    }
}

static int
forget(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_come_with_their_usual_operator),
        cmocka_unit_test(a_name_written_out_shows_how_it_compares),
        cmocka_unit_test(values_are_those_that_the_field_can_have),
        cmocka_unit_test(in_a_phrase_and_behind_a_parenthesis_there_is_nothing_to_complete),
        cmocka_unit_test(every_text_and_caret_has_an_answer),
    };
    return cmocka_run_group_tests_name("filter_complete", tests, NULL, forget);
}
