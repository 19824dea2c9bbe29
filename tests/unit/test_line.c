/* What is typed: the text field of prompts, and how names are found by some of their letters. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ui/fuzzy.h"
#include "ui/line.h"

static void
type(struct line *line, const char *const *keys)
{
    for (; *keys; keys++)
        (void)line_key(line, *keys);
}

static void
every_printable_key_is_text(void **state)
{
    struct line line = {0};
    char key[2] = {0}, expected[128] = {0};
    size_t len = 0;
    (void)state;
    for (key[0] = '!'; key[0] < 127; key[0]++) {
        assert_int_equal(line_key(&line, key), LINE_CHANGED);
        expected[len++] = key[0];
    }
    assert_int_equal(line_key(&line, "Space"), LINE_CHANGED);
    expected[len] = ' ';
    assert_int_equal(line_key(&line, "\xc3\xa9"), LINE_CHANGED);
    memcpy(expected + len + 1, "\xc3\xa9", 3);
    assert_string_equal(line.text, expected);
    assert_int_equal(line_key(&line, "F1"), LINE_IGNORED);
    assert_int_equal(line_key(&line, "Enter"), LINE_IGNORED);
}

static void
a_character_is_deleted_with_what_combines_with_it(void **state)
{
    struct line line = {0};
    (void)state;
    line_set(&line, "ae\xcc\x88x\xe6\xbc\xa2");
    type(&line, (const char *const[]){"Left", "Left", "Backspace", NULL});
    assert_string_equal(line.text, "ax\xe6\xbc\xa2");
    type(&line, (const char *const[]){"End", "Backspace", "Home", "Del", NULL});
    assert_string_equal(line.text, "x");
    type(&line, (const char *const[]){"Del", "Del", "Backspace", NULL});
    assert_string_equal(line.text, "");
}

static void
words_and_stretches_are_deleted(void **state)
{
    struct line line = {0};
    (void)state;
    line_set(&line, "sev>=major env=prod ");
    assert_int_equal(line_key(&line, "Ctrl-W"), LINE_CHANGED);
    assert_string_equal(line.text, "sev>=major ");
    line_set(&line, "abcdef");
    type(&line, (const char *const[]){"Left", "Left", "Ctrl-U", NULL});
    assert_string_equal(line.text, "ef");
    type(&line, (const char *const[]){"Right", "Ctrl-K", NULL});
    assert_string_equal(line.text, "e");
}

static void
pasted_text_is_cleaned_and_refused_when_too_long(void **state)
{
    static char huge[LINE_SIZE + 2];
    struct line line = {0};
    (void)state;
    assert_true(line_insert(&line, "two\nlines\x1b[31m red\x07"));
    assert_string_equal(line.text, "two lines red");
    memset(huge, 'x', sizeof huge - 1);
    assert_false(line_insert(&line, huge));
    assert_string_equal(line.text, "two lines red");
}

static void
a_long_line_is_shown_around_its_caret(void **state)
{
    struct arena arena = {0};
    struct line line = {0};
    int caret;
    (void)state;
    line_set(&line, "0123456789");
    assert_string_equal(line_view(&line, &arena, 5, &caret), "6789");
    assert_int_equal(caret, 4);
    (void)line_key(&line, "Home");
    assert_string_equal(line_view(&line, &arena, 5, &caret), "0123456789");
    assert_int_equal(caret, 0);
    arena_finish(&arena);
}

static void
names_are_found_by_some_of_their_letters(void **state)
{
    (void)state;
    assert_int_equal(fuzzy_score("zx", "zoom"), -1);
    assert_int_equal(fuzzy_score("", "zoom"), 0);
    assert_true(fuzzy_score("hpd", "half-page-down") > 0);
    assert_true(fuzzy_score("hpd", "half-page-down") > fuzzy_score("hpd", "sharp edge"));
    assert_true(fuzzy_score("re", "refresh") > fuzzy_score("re", "refresh-all"));
    assert_true(fuzzy_score("FOL", "follow-ups") > 0);
    /* However often a letter stands there, it ends. */
    assert_int_equal(fuzzy_score("aaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
                     -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_printable_key_is_text),
        cmocka_unit_test(a_character_is_deleted_with_what_combines_with_it),
        cmocka_unit_test(words_and_stretches_are_deleted),
        cmocka_unit_test(pasted_text_is_cleaned_and_refused_when_too_long),
        cmocka_unit_test(a_long_line_is_shown_around_its_caret),
        cmocka_unit_test(names_are_found_by_some_of_their_letters),
    };
    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
