/* Words behind an action's name, and what its usage expects where the caret is. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "action/argument.h"

static struct arena arena;

static void
words_with_blanks_are_quoted(void **state)
{
    const char *text = "  save \"my \\\"prod\\\" view\"  x \"open";
    const char *word;
    (void)state;
    static const char *const words[] = {"save", "my \"prod\" view", "x", "open"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_true(argument_word(&text, &arena, &word));
        assert_string_equal(word, words[i]);
    }
    assert_false(argument_word(&text, &arena, &word));
}

static void
what_is_quoted_reads_as_it_was(void **state)
{
    static const char *const words[] = {"plain", "two words", "a \"b\" \\ c", "", "ünï"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *text = argument_quote(words[i], &arena), *word;
        assert_true(argument_word(&text, &arena, &word));
        assert_string_equal(word, words[i]);
    }
    assert_string_equal(argument_quote("plain", &arena), "plain");
}

static void
the_usage_says_what_may_stand_at_the_caret(void **state)
{
    static const char view[] = "[VIEW | save NAME | delete VIEW | rename VIEW NAME]";
    static const struct {
        const char *usage, *text, *expects; /* the caret is at the text's end */
        size_t at;
    } cases[] = {
        {view, "", "VIEW save delete rename", 0},
        {view, "sa", "VIEW save delete rename", 0},
        {view, "save ", "NAME", 5},
        {view, "delete \"my v", "VIEW", 7},
        {view, "rename a b", "NAME", 9},
        {view, "rename a b ", "", 11},
        {view, "nonsense ", "", 9},
        {"[FILTER | none]", "env=prod se", "FILTER", 0},
        {"[FILTER | none]", "no", "FILTER none", 0},
        {"as TEXT", "as one two", "TEXT", 3},
        {"shift | last | TIME", "", "shift last TIME", 0},
        {"", "x", "", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *expected[8], *all = "";
        struct argument_place place;
        size_t len = argument_expects(cases[i].usage, cases[i].text, strlen(cases[i].text), &arena,
                                      &place, expected, 8);
        for (size_t e = 0; e < len; e++)
            all = arena_printf(&arena, "%s%s%s", all, e ? " " : "", expected[e]);
        if (strcmp(all, cases[i].expects) != 0 || place.at != cases[i].at)
            fail_msg("'%s' '%s': %s at %zu", cases[i].usage, cases[i].text, all, place.at);
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
        cmocka_unit_test(words_with_blanks_are_quoted),
        cmocka_unit_test(what_is_quoted_reads_as_it_was),
        cmocka_unit_test(the_usage_says_what_may_stand_at_the_caret),
    };
    return cmocka_run_group_tests_name("argument", tests, NULL, forget);
}
