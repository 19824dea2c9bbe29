#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/phrase.h"

static void
words_are_runs_of_letters_and_digits_without_case_and_accents(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", ""},
        {" -- ", ""},
        {"Orders_daily: 3 tests", " orders daily 3 tests"},
        {"naïve Ångström", " naive angstrom"},
        {"nai\xcc\x88ve", " naive"},
        {"СТОП стоп", " стоп стоп"},
        {"a\xff"
         "b",
         " a b"},
        {"日本 4711", " 日本 4711"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str words;
        str_init(&words, 0);
        phrase_append(&words, cases[i].text);
        assert_string_equal(str_text(&words), cases[i].words);
        str_finish(&words);
    }
}

static void
a_phrase_is_whole_words_in_a_row_and_may_end_in_a_beginning(void **state)
{
    (void)state;
    assert_true(phrase_is_in(" b c", false, " a b c"));
    assert_true(phrase_is_in(" b", false, " ab b"));
    assert_false(phrase_is_in(" b c", false, " b cd"));
    assert_true(phrase_is_in(" b c", true, " b cd"));
    assert_false(phrase_is_in(" c", true, " abc"));
    assert_true(phrase_is_in(" b c", false, " b cd b c"));
    assert_false(phrase_is_in("", true, " a"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_runs_of_letters_and_digits_without_case_and_accents),
        cmocka_unit_test(a_phrase_is_whole_words_in_a_row_and_may_end_in_a_beginning),
    };
    return cmocka_run_group_tests_name("phrase", tests, NULL, NULL);
}
