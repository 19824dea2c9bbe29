/* What was typed before, and Tab in what is being typed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ui/line_history.h"
#include "ui/tab.h"

static void
each_line_is_kept_once_and_the_newest_comes_first(void **state)
{
    struct line_history history = {0};
    char text[32];
    (void)state;
    line_history_add(&history, "  ");
    line_history_add(&history, "a");
    line_history_add(&history, "b");
    line_history_add(&history, "a");
    assert_int_equal(history.len, 2);
    assert_string_equal(history.items[0], "a");
    for (int i = 0; i < LINE_HISTORY_MAX + 5; i++) {
        (void)snprintf(text, sizeof text, "line %d", i);
        line_history_add(&history, text);
    }
    assert_int_equal(history.len, LINE_HISTORY_MAX);
    assert_string_equal(history.items[0], text);
    line_history_finish(&history);
}

static void
a_walk_goes_up_and_comes_back_to_what_was_being_typed(void **state)
{
    struct line_history history = {0};
    struct line_history_walk walk = {0};
    struct line line;
    (void)state;
    line_history_add(&history, "old");
    line_history_add(&history, "new");
    line_set(&line, "typed");
    assert_false(line_history_step(&history, &walk, -1, &line));
    assert_true(line_history_step(&history, &walk, 1, &line));
    assert_string_equal(line.text, "new");
    assert_true(line_history_step(&history, &walk, 1, &line));
    assert_false(line_history_step(&history, &walk, 1, &line));
    assert_string_equal(line.text, "old");
    assert_true(line_history_step(&history, &walk, -1, &line));
    assert_true(line_history_step(&history, &walk, -1, &line));
    assert_string_equal(line.text, "typed");
    line_history_finish(&history);
}

static void
tab_goes_from_candidate_to_candidate_in_place_of_what_was_typed(void **state)
{
    struct filter_candidate candidates[] = {{"sev>=", ""}, {"severity>=", ""}};
    struct completion completion = {
        .at = 4, .len = 2, .prefix = "se", .candidates = candidates, .candidates_len = 2};
    struct tab tab = {0};
    struct line line;
    (void)state;
    line_set(&line, "not se and x");
    line.caret = 6;
    assert_string_equal(tab_step(&tab, &line, &completion, 1), "sev>=");
    assert_string_equal(line.text, "not sev>= and x");
    assert_int_equal(line.caret, 9);
    assert_string_equal(tab_text(&tab, &line), "not se and x");
    assert_non_null(tab_step(&tab, &line, &completion, 1));
    assert_string_equal(line.text, "not severity>= and x");
    assert_non_null(tab_step(&tab, &line, &completion, 1));
    assert_string_equal(line.text, "not sev>= and x");
    completion.candidates_len = 0;
    assert_null(tab_step(&tab, &line, &completion, 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_kept_once_and_the_newest_comes_first),
        cmocka_unit_test(a_walk_goes_up_and_comes_back_to_what_was_being_typed),
        cmocka_unit_test(tab_goes_from_candidate_to_candidate_in_place_of_what_was_typed),
    };
    return cmocka_run_group_tests_name("line_history", tests, NULL, NULL);
}
