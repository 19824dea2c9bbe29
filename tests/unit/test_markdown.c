/* Texts from outside, shown as the Markdown they are. */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ui/markdown.h"

static struct arena arena;
static struct table table;

static int
forget(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

/* The rows, each ended by '|'. */
static const char *
shown(const char *text, int cols)
{
    const char *out = "";
    table_init(&table, &arena, cols, NULL, 0);
    table.mark_cols = 0;
    markdown_put(&table, 0, text);
    for (size_t i = 0; i < table.rows_len; i++)
        out = arena_printf(&arena, "%s%s|", out, table_row_text(&table, i, &arena));
    return out;
}

/* The role of the first span whose text is this. */
static enum role
role_of(const char *text)
{
    for (size_t i = 0; i < table.rows_len; i++)
        for (size_t j = 0; j < table.rows[i].cells[0].spans_len; j++)
            if (strcmp(table.rows[i].cells[0].spans[j].text, text) == 0)
                return table.rows[i].cells[0].spans[j].role;
    fail_msg("no span '%s'", text);
    return ROLE_TEXT;
}

static void
marks_become_looks(void **state)
{
    (void)state;
    assert_string_equal(shown("# What\nIt was **bad** and `code_here` was *it*.", 60),
                        "What|It was bad and code_here was it.|");
    assert_int_equal(role_of("What"), ROLE_STRONG);
    assert_int_equal(role_of("bad"), ROLE_STRONG);
    assert_int_equal(role_of("code_here"), ROLE_REFERENCE);
}

static void
what_is_no_mark_stays(void **state)
{
    static const char *const same[] = {
        "a * b * c",   "x ** y",  "[a] (b)",  "<b>",   "half **open",
        "#no heading", "a `half", "1.5 rows", "-dash",
    };
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_string_equal(shown(same[i], 60), arena_printf(&arena, "%s|", same[i]));
    assert_string_equal(shown("stg_web__events: not_null event_id", 60),
                        "stg_web__events: not_null event_id|");
}

static void
links_show_where_they_lead(void **state)
{
    (void)state;
    assert_string_equal(
        shown("[run](https://ci.example/1) or <https://b.example|b>, <https://c.example>", 90),
        "run (https://ci.example/1) or b (https://b.example), https://c.example|");
    assert_int_equal(role_of("https://ci.example/1"), ROLE_REFERENCE);
}

static void
lists_quotes_and_code_keep_their_shape(void **state)
{
    (void)state;
    assert_string_equal(
        shown("Steps:\n\n\n- one that is long enough to wrap\n  * two\n1. three\n> said", 24),
        "Steps:||- one that is long|  enough to wrap|  - two|1. three|| said|");
    assert_string_equal(shown("```sql\nselect  *\n  from a_b_c\n```\nend", 40),
                        "  select  *|    from a_b_c|end|");
    assert_string_equal(shown("{\"a\":{\"b\":[{}]},\"c\":2}", 40),
                        "{|  \"a\": {|    \"b\": [|      {}|    ]|  },|  \"c\": 2|}|");
}

static void
hostile_texts_are_cleaned_and_end(void **state)
{
    (void)state;
    assert_string_equal(shown("a\x1b[31mb\x1b]0;t\x07 **c** d", 40), "ab c d|");
    assert_string_equal(shown("", 40), "");
    assert_string_equal(shown("** **", 40), "** **|");
    char *marks = arena_alloc(&arena, 60001);
    for (int i = 0; i < 20000; i++)
        memcpy(marks + (ptrdiff_t)i * 3, i % 2 ? "_a " : "[*`", 3);
    assert_true(*shown(marks, 80)); /* in time */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(marks_become_looks, forget),
        cmocka_unit_test_teardown(what_is_no_mark_stays, forget),
        cmocka_unit_test_teardown(links_show_where_they_lead, forget),
        cmocka_unit_test_teardown(lists_quotes_and_code_keep_their_shape, forget),
        cmocka_unit_test_teardown(hostile_texts_are_cleaned_and_end, forget),
    };
    (void)setlocale(LC_ALL, "C.UTF-8"); /* wcwidth measures by it */
    return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
