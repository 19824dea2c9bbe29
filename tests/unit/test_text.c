#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>
#include <wchar.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"

static struct arena arena;

static int
set_up(void **state)
{
    (void)state;
    return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_reset(&arena);
    return 0;
}

static int
finish(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

struct pair {
    const char *from, *to;
};

static void
assert_cleans(const struct pair *pairs, size_t len)
{
    for (size_t i = 0; i < len; i++)
        assert_string_equal(text_clean(&arena, pairs[i].from, 1000), pairs[i].to);
}
#define ASSERT_CLEANS(pairs) assert_cleans((pairs), sizeof(pairs) / sizeof(pairs)[0])

static void
plain_text_stays_as_it_is(void **state)
{
    (void)state;
    const struct pair pairs[] = {
        {"", ""},
        {"orders_hourly failed: 3 rows", "orders_hourly failed: 3 rows"},
        {"Zürich – naïve façade", "Zürich – naïve façade"},
        {"日本語のタイトル", "日本語のタイトル"},
        {"العربية", "العربية"},
        {"Ωμέγα Привет", "Ωμέγα Привет"},
    };
    ASSERT_CLEANS(pairs);
    assert_string_equal(text_clean(&arena, NULL, 10), "");
}

static void
white_space_of_every_kind_becomes_one_space_and_ends_are_trimmed(void **state)
{
    (void)state;
    const struct pair pairs[] = {
        {"  a  b  ", "a b"},
        {"a\tb\r\nc\nd\v\fe", "a b c d e"},
        {"a\u00a0\u2003\u3000b", "a b"},
        {"a\u2028b\u2029c\xc2\x85"
         "d",
         "a b c d"},
        {" \n\t ", ""},
        {"\u3000é", "é"},
    };
    ASSERT_CLEANS(pairs);
}

static void
escape_sequences_go_as_a_whole(void **state)
{
    (void)state;
    const struct pair pairs[] = {
        {"\x1b[31mred\x1b[0m", "red"},
        {"a\x1b[2J\x1b[1;1Hb", "ab"},
        {"a\x1b[?1049hb\x1b[38;2;1;2;3mc\x1b[ qd", "abcd"},
        {"a\x1b]0;evil title\ab", "ab"},
        {"a\x1b]8;;https://evil.example/\x1b\\link\x1b]8;;\x1b\\b", "alinkb"},
        {"a\x1b]52;c;ZXZpbA==\xc2\x9c"
         "b",
         "ab"},
        {"a\x1bP1$r0m\x1b\\b\x1b_apc\x1b\\c\x1b^pm\x1b\\d\x1bXsos\x1b\\e", "abcde"},
        {"a\x1b(Bb\x1b)0c\x1b#8d", "abcd"},
        {"a\x1b"
         "7b\x1b"
         "8c\x1b=d\x1b"
         "ce",
         "abcde"},
        {"a\xc2\x9b"
         "31mb",
         "ab"},
        {"a\xc2\x9d"
         "0;title\xc2\x9c"
         "b",
         "ab"},
        {"a\xc2\x90"
         "dcs\x1b\\b",
         "ab"},
        {"a\x1b", "a"},
        {"a\x1b[", "a"},
        {"a\x1b[31", "a"},
        {"a\x1b\x1b[31mb", "ab"},
        {"a\x1b[31\x1b[0mb", "ab"},
        {"a\x1b]0;never ends", "a0;never ends"},
        {"a\x1b\xc3\xa9", "aé"},
        {"\x1b[31;\x07m", "m"},
    };
    ASSERT_CLEANS(pairs);
}

static void
control_bidi_and_invisible_characters_are_removed(void **state)
{
    (void)state;
    const struct pair pairs[] = {
        {"a\x01\x02\a\b\x7f"
         "b",
         "ab"},
        {"a\xc2\x80"
         "\xc2\x84"
         "\xc2\x99"
         "b",
         "ab"},
        {"abc\u202egpj.exe", "abcgpj.exe"},
        {"\u202a\u202b\u202c\u202d\u202ea\u2066\u2067\u2068\u2069\u200e\u200f\u061c", "a"},
        {"a\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e"
         "b",
         "ab"},
        {"a\ufe0e\ufe0f\U000e0100"
         "b",
         "ab"},
        {"a\U000e0041\U000e007f"
         "b",
         "ab"},
        {"a\u3164\uffa0\u115f\u1160"
         "b",
         "ab"},
    };
    ASSERT_CLEANS(pairs);
}

static void
emoji_clusters_are_reduced_to_one_character(void **state)
{
    (void)state;
    const struct pair pairs[] = {
        {"on fire \U0001f525", "on fire \U0001f525"},
        {"\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family", "\U0001f468 family"},
        {"\U0001f44d\U0001f3fd ok", "\U0001f44d ok"},
        {"\U0001f9d1\U0001f3fd\u200d\U0001f4bb dev", "\U0001f9d1 dev"},
        {"\u2764\ufe0f\u200d\U0001f525 x", "\u2764 x"},
        {"\u26a0\ufe0f warning", "\u26a0 warning"},
        {"1\ufe0f\u20e3 first", "1 first"},
        {"\U0001f1ec\U0001f1e7 store", "GB store"},
        {"\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f x",
         "\U0001f3f4 x"},
        {"\U0001f3f3\ufe0f\u200d\U0001f308 x", "\U0001f3f3 x"},
    };
    ASSERT_CLEANS(pairs);
}

static void
combining_marks_are_composed_limited_and_need_a_base(void **state)
{
    (void)state;
    const struct pair pairs[] = {
        {"Zu\u0308rich", "Zürich"},
        {"e\u0301\u0302\u0303\u0304\u0305\u0306\u0307x", "é\u0302\u0303\u0304x"},
        {"\u0301a", "a"},
        {"a \u0301b", "a b"},
        {"\u1112\u1161\u11ab", "\ud55c"},
        {"\u212b", "Å"},
    };
    ASSERT_CLEANS(pairs);
}

static void
invalid_bytes_and_unassigned_characters_are_replaced(void **state)
{
    (void)state;
    const struct pair pairs[] = {
        {"a\xff"
         "b",
         "a\ufffd"
         "b"},
        {"a\xc3", "a\ufffd"},
        {"\xc0\xaf", "\ufffd\ufffd"},
        {"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
        {"a\U0003fffe", "a\ufffd"},
    };
    ASSERT_CLEANS(pairs);
}

static void
clean_text_is_never_longer_than_asked_and_ends_at_a_character(void **state)
{
    (void)state;
    assert_string_equal(text_clean(&arena, "abcdef", 4), "abcd");
    assert_string_equal(text_clean(&arena, "abc def", 4), "abc");
    assert_string_equal(text_clean(&arena, "aé日x", 3), "aé");
    assert_string_equal(text_clean(&arena, "aé日x", 5), "aé");
    assert_string_equal(text_clean(&arena, "aé日x", 6), "aé日");
    assert_string_equal(text_clean(&arena, "abc", 0), "");
    assert_string_equal(text_clean_lines(&arena, "ab\ncd", 3), "ab");
}

static void
lines_keep_line_feeds_and_indentation(void **state)
{
    (void)state;
    const struct pair pairs[] = {
        {"one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"},
        {"a  b\n\tindented\n  two \t \n", "a  b\n    indented\n  two"},
        {"\n\n a\n\n\nb\n\n", " a\n\n\nb"},
        {"a\u2028b", "a\nb"},
        {"\x1b[31ma\x1b[0m\n\u0301b", "a\nb"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_string_equal(text_clean_lines(&arena, pairs[i].from, 1000), pairs[i].to);
}

/* Whatever goes in: what comes out is valid, bounded, without controls, and cleaning it again
 * changes nothing. */
static void
hostile_bytes_of_all_kinds_come_out_clean(void **state)
{
    (void)state;
    static const char *const pieces[] = {"\x1b",
                                         "[",
                                         "]",
                                         "P",
                                         "\a",
                                         "\\",
                                         "\xc2",
                                         "\x9b",
                                         "\x9c",
                                         "\xe2\x80\xae",
                                         "\xe2\x80\x8d",
                                         "\xf0\x9f\x91\xa8",
                                         "\xcc\x81",
                                         "a",
                                         " ",
                                         "\n",
                                         "\r",
                                         "\xf0\x9f\x87\xac",
                                         "\xff",
                                         "\xe6\x97\xa5",
                                         "\xf3\xa0\x81\x81",
                                         "0;1",
                                         "m",
                                         "\xe1\x84\x92",
                                         "\xe1\x85\xa1",
                                         "\xef\xb8\x8f"};
    unsigned seed = 12345;
    for (int round = 0; round < 20000; round++) {
        char text[200] = "";
        for (int i = 0; i < 20; i++) {
            seed = seed * 1103515245 + 12345;
            strcat(text, pieces[(seed >> 16) % (sizeof pieces / sizeof pieces[0])]);
        }
        for (int lines = 0; lines < 2; lines++) {
            const char *(*cleaner)(struct arena *, const char *, size_t) =
                lines ? text_clean_lines : text_clean;
            const char *once = cleaner(&arena, text, 60);
            assert_true(strlen(once) <= 60);
            assert_true(text_is_valid_utf8(once, strlen(once)));
            for (const char *at = once; *at; at++)
                assert_true((unsigned char)*at >= 0x20 || (lines && *at == '\n'));
            assert_null(strstr(once, "\xe2\x80\xae"));
            assert_string_equal(cleaner(&arena, once, 60), once);
        }
        arena_reset(&arena);
    }
}

static void
hostile_text_takes_linear_time(void **state)
{
    (void)state;
    static const char *const pieces[] = {"\x1b]",  "\x1b[1;",      "\u0301",
                                         "\u0344", "\u0323\u0301", "\xc2\x9d",
                                         " ",      "\u200d",       "\U0001f468\u200d"};
    enum { SIZE = 1 << 20 };
    char *text = memory_alloc(SIZE + 16);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t len = 1;
        text[0] = 'a';
        while (len < SIZE) {
            memcpy(text + len, pieces[i], strlen(pieces[i]));
            len += strlen(pieces[i]);
        }
        text[len] = '\0';
        int64_t before = clock_monotonic_ms();
        (void)text_width_cols(text_clean(&arena, text, SIZE));
        assert_true(clock_monotonic_ms() - before <
                    10000); /* quadratic takes hours; valgrind and load get room */
        arena_reset(&arena);
    }
    memory_free(text);
}

static void
width_is_what_wcwidth_says(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int cols;
    } cases[] = {{"", 0},  {"abc", 3},           {"é", 1},      {"日本", 4}, {"a日b", 4},
                 {"🔥", 2}, {"x\u0323\u0302", 1}, {"\u2764", 1}, {"한국", 4}, {"\ufffd", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(text_width_cols(cases[i].text), cases[i].cols);
}

static void
cut_marks_the_cut_in_the_last_column(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int cols;
        const char *cut;
    } cases[] = {
        {"abcdef", 6, "abcdef"},
        {"abcdef", 5, "abcd~"},
        {"abcdef", 1, "~"},
        {"abcdef", 0, ""},
        {"", 3, ""},
        {"日本語", 6, "日本語"},
        {"日本語", 5, "日本~"},
        {"日本語", 4, "日 ~"},
        {"日本語", 1, "~"},
        {"ax\u0323\u0302bc", 3, "ax\u0323\u0302~"},
        {"x", -1, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(text_cut(&arena, cases[i].text, cases[i].cols), cases[i].cut);
    const char *fits = "fits";
    assert_ptr_equal(text_cut(&arena, fits, 4), fits);
}

static void
every_cut_of_every_text_has_the_width_asked_for(void **state)
{
    (void)state;
    const char *const texts[] = {"plain ascii", "日本語のtitle", "a🔥b🔥c",
                                 "e\u0323\u0302xe\u0323\u0302y", "한국어 mix é"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int width = text_width_cols(texts[i]);
        for (int cols = 1; cols < width; cols++)
            assert_int_equal(text_width_cols(text_cut(&arena, texts[i], cols)), cols);
    }
}

static void
skip_starts_at_a_character(void **state)
{
    (void)state;
    assert_string_equal(text_skip("abcdef", 2), "cdef");
    assert_string_equal(text_skip("日本語", 2), "本語");
    assert_string_equal(text_skip("日本語", 3), "語");
    assert_string_equal(text_skip("abc", 10), "");
    assert_string_equal(text_skip("abc", 0), "abc");
}

static void
wrap_breaks_at_white_space_and_splits_long_words(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int cols;
        const char *lines[6];
    } cases[] = {
        {"", 10, {0}},
        {"the quick brown fox", 10, {"the quick", "brown fox"}},
        {"the quick brown fox", 9, {"the quick", "brown fox"}},
        {"one\n\ntwo\n", 10, {"one", "", "two"}},
        {"abcdefghij", 4, {"abcd", "efgh", "ij"}},
        {"a abcdefgh", 4, {"a", "abcd", "efgh"}},
        {"日本語テ", 5, {"日本", "語テ"}},
        {"日本", 1, {"日", "本"}},
        {"    code here", 8, {"    code", "here"}},
        {"ab    cd", 3, {"ab", "cd"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const *lines;
        size_t len = text_wrap(&arena, cases[i].text, cases[i].cols, &lines), wanted = 0;
        while (cases[i].lines[wanted])
            wanted++;
        assert_int_equal(len, wanted);
        for (size_t k = 0; k < len; k++)
            assert_string_equal(lines[k], cases[i].lines[k]);
        assert_null(lines[len]);
    }
}

static void
valid_and_invalid_utf8_are_told_apart_and_repaired(void **state)
{
    (void)state;
    const struct {
        const char *data;
        size_t len;
        bool valid;
        const char *repaired;
    } cases[] = {
        {"", 0, true, ""},
        {"abc", 3, true, "abc"},
        {"é日🔥", 9, true, "é日🔥"},
        {"a\xff"
         "b",
         3, false,
         "a\ufffd"
         "b"},
        {"\xe6\x97", 2, false, "\ufffd\ufffd"},
        {"\xf4\x90\x80\x80", 4, false, "\ufffd\ufffd\ufffd\ufffd"},
        {"a\0b", 3, true,
         "a\ufffd"
         "b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(text_is_valid_utf8(cases[i].data, cases[i].len), cases[i].valid);
        assert_string_equal(text_repair_utf8(&arena, cases[i].data, cases[i].len),
                            cases[i].repaired);
    }
}

static void
folding_ignores_case_in_any_script(void **state)
{
    (void)state;
    assert_string_equal(text_fold(&arena, "Hello WORLD 42"), "hello world 42");
    assert_string_equal(text_fold(&arena, "STRASSE"), text_fold(&arena, "straße"));
    assert_string_equal(text_fold(&arena, "ΌΜΗΡΟΣ"), text_fold(&arena, "όμηρος"));
    assert_string_equal(text_fold(&arena, "\ufb03"), "ffi");
    assert_string_equal(text_fold(&arena, "\u0390"), text_fold(&arena, "\u1fd3"));
    assert_string_equal(text_fold(&arena, "A\xff"), "a\ufffd");
}

static void
folding_never_outgrows_its_room(void **state)
{
    (void)state;
    for (int32_t c = 0x80; c < 0x110000; c++) {
        char text[5] = "";
        if (utf8proc_codepoint_valid(c) && utf8proc_encode_char(c, (utf8proc_uint8_t *)text) > 0)
            assert_true(strlen(text_fold(&arena, text)) <= strlen(text) * 9);
        if (c % 1000 == 0)
            arena_reset(&arena);
    }
}

static void
distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("alerts", "alerts"), 0);
    assert_int_equal(text_distance("alerst", "alerts"), 2);
    assert_int_equal(text_distance("alert", "alerts"), 1);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
    assert_int_equal(text_distance("", "abc"), 3);
    char longer[200];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(text_distance(longer, "a"), 199);
}

static void
without_a_locale_text_is_cleaned_and_measured_by_unicode(void **state)
{
    (void)state;
    setlocale(LC_ALL, "C");
    assert_string_equal(text_clean(&arena, "é日\u202e🔥", 100), "é日🔥");
    assert_int_equal(text_width_cols("é日🔥"), 5);
    setlocale(LC_ALL, "C.UTF-8");
}

static void
a_locale_nobody_chose_or_that_is_missing_is_utf8(void **state)
{
    (void)state;
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    char *kept[3];
    for (size_t i = 0; i < 3; i++) {
        kept[i] = getenv(names[i]) ? strdup(getenv(names[i])) : NULL;
        unsetenv(names[i]);
    }
    assert_true(text_use_locale());
    setenv("LANG", "xx_XX.UTF-8", 1);
    assert_true(text_use_locale());
    setenv("LC_ALL", "C", 1);
    assert_false(text_use_locale());

    for (size_t i = 0; i < 3; i++) {
        if (kept[i])
            setenv(names[i], kept[i], 1);
        else
            unsetenv(names[i]);
        free(kept[i]);
    }
    assert_true(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_locale_nobody_chose_or_that_is_missing_is_utf8),
        cmocka_unit_test_teardown(plain_text_stays_as_it_is, tear_down),
        cmocka_unit_test_teardown(white_space_of_every_kind_becomes_one_space_and_ends_are_trimmed,
                                  tear_down),
        cmocka_unit_test_teardown(escape_sequences_go_as_a_whole, tear_down),
        cmocka_unit_test_teardown(control_bidi_and_invisible_characters_are_removed, tear_down),
        cmocka_unit_test_teardown(emoji_clusters_are_reduced_to_one_character, tear_down),
        cmocka_unit_test_teardown(combining_marks_are_composed_limited_and_need_a_base, tear_down),
        cmocka_unit_test_teardown(invalid_bytes_and_unassigned_characters_are_replaced, tear_down),
        cmocka_unit_test_teardown(clean_text_is_never_longer_than_asked_and_ends_at_a_character,
                                  tear_down),
        cmocka_unit_test_teardown(lines_keep_line_feeds_and_indentation, tear_down),
        cmocka_unit_test_teardown(hostile_bytes_of_all_kinds_come_out_clean, tear_down),
        cmocka_unit_test_teardown(hostile_text_takes_linear_time, tear_down),
        cmocka_unit_test_teardown(width_is_what_wcwidth_says, tear_down),
        cmocka_unit_test_teardown(cut_marks_the_cut_in_the_last_column, tear_down),
        cmocka_unit_test_teardown(every_cut_of_every_text_has_the_width_asked_for, tear_down),
        cmocka_unit_test_teardown(skip_starts_at_a_character, tear_down),
        cmocka_unit_test_teardown(wrap_breaks_at_white_space_and_splits_long_words, tear_down),
        cmocka_unit_test_teardown(valid_and_invalid_utf8_are_told_apart_and_repaired, tear_down),
        cmocka_unit_test_teardown(folding_ignores_case_in_any_script, tear_down),
        cmocka_unit_test_teardown(folding_never_outgrows_its_room, tear_down),
        cmocka_unit_test_teardown(distance_counts_edits, tear_down),
        cmocka_unit_test_teardown(without_a_locale_text_is_cleaned_and_measured_by_unicode,
                                  tear_down),
    };
    return cmocka_run_group_tests(tests, set_up, finish);
}
