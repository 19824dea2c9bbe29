#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static void
a_buffer_grows_and_stays_terminated(void **state)
{
    (void)state;
    struct str str;
    str_init(&str, 0);
    assert_string_equal(str_text(&str), "");
    for (int i = 0; i < 1000; i++) {
        str_append(&str, "ab");
        str_append_char(&str, 'c');
        str_printf(&str, "%d", i % 10);
    }
    assert_int_equal(str.len, 4000);
    assert_int_equal(strlen(str_text(&str)), 4000);
    assert_memory_equal(str_text(&str) + 3996, "abc9", 5);
    str_finish(&str);
    assert_string_equal(str_text(&str), "");
    str_finish(NULL);
}

static void
the_maximum_is_never_passed_and_overflow_sticks_until_cleared(void **state)
{
    (void)state;
    struct str str;
    str_init(&str, 5);
    str_append(&str, "abc");
    assert_false(str.overflowed);
    str_append(&str, "def"); /* all or nothing */
    assert_true(str.overflowed);
    str_append(&str, "d");
    str_printf(&str, "%s", "d");
    assert_string_equal(str_text(&str), "abc");
    str_clear(&str);
    assert_false(str.overflowed);
    str_append(&str, "12345");
    assert_string_equal(str_text(&str), "12345");
    assert_false(str.overflowed);
    str_append_len(&str, "", 0);
    assert_false(str.overflowed);
    str_finish(&str);
}

static void
slices_compare_by_length_and_bytes(void **state)
{
    (void)state;
    struct slice none = slice_of(NULL);
    assert_int_equal(none.len, 0);
    assert_true(slice_equals(none, ""));
    assert_false(slice_equals(none, "a"));
    assert_true(slice_equals((struct slice){"abcdef", 3}, "abc"));
    assert_false(slice_equals((struct slice){"abcdef", 3}, "abcd"));
    struct str str;
    str_init(&str, 0);
    str_append(&str, "xyz");
    assert_true(slice_equals(str_slice(&str), "xyz"));
    str_finish(&str);
}

static void
null_counts_as_empty_text(void **state)
{
    (void)state;
    assert_true(text_is_empty(NULL));
    assert_true(text_is_empty(""));
    assert_false(text_is_empty(" "));
    assert_true(text_equals(NULL, ""));
    assert_true(text_equals("a", "a"));
    assert_false(text_equals("a", NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_grows_and_stays_terminated),
        cmocka_unit_test(the_maximum_is_never_passed_and_overflow_sticks_until_cleared),
        cmocka_unit_test(slices_compare_by_length_and_bytes),
        cmocka_unit_test(null_counts_as_empty_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
