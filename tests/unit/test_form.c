/* A form and the words behind an action's name are one thing; a draft is kept per form. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "store/draft.h"
#include "ui/form.h"
#include "ui/line.h"

static struct arena arena;

static int
tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static void
fields_are_said_as_words_and_read_back(void **state)
{
    static const struct {
        enum action_id action;
        const char *texts[FORM_FIELDS_MAX], *argument;
    } cases[] = {
        {ACTION_UPDATE, {"", "", ""}, ""},
        {ACTION_UPDATE, {"Fixing", "S2", "On it"}, "status=Fixing severity=S2 On it"},
        {ACTION_UPDATE, {"In review", "", "a\nb"}, "\"status=In review\" a\nb"},
        {ACTION_UPDATE, {"", "", "status=up"}, "-- status=up"},
        {ACTION_UPDATE, {"", "", "sev=1"}, "-- sev=1"},
        {ACTION_UPDATE, {"x", "", "-- so"}, "status=x -- -- so"},
        {ACTION_UPDATE, {"", "", "\"so\" it is"}, "\"\\\"so\\\" it is\""},
        {ACTION_DECLARE, {"1", "All is late", ""}, "severity=1 All is late"},
        {ACTION_DECLARE, {"", "status=late", ""}, "status=late"},
        {ACTION_NOTE, {"-- sev=1", "", ""}, "-- sev=1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct form *form = form_of(cases[i].action);
        const char *read[FORM_FIELDS_MAX];
        assert_string_equal(form_argument(form, cases[i].texts, &arena), cases[i].argument);
        form_read(form, cases[i].argument, &arena, read);
        for (int field = 0; field < form->fields_len; field++)
            assert_string_equal(read[field], cases[i].texts[field]);
    }
    assert_null(form_of(ACTION_FINISH));
}

static void
a_sentence_is_about_the_field_that_it_names(void **state)
{
    static const char *const texts[FORM_FIELDS_MAX] = {"Fix", "S2", "the status of it"};
    static const char *const few[FORM_FIELDS_MAX] = {"", "S2", ""};
    const struct form *form = form_of(ACTION_UPDATE);
    (void)state;
    assert_int_equal(form_blames(form, texts, "'Fix' begins several: Fixing, Fixed", &arena), 0);
    assert_int_equal(form_blames(form, texts, "refused: incident.Severity_id: no", &arena), 1);
    assert_int_equal(form_blames(form, texts, "title: too long", &arena), 2);
    assert_int_equal(form_blames(form, texts, "status, severity: one at a time", &arena), -1);
    assert_int_equal(form_blames(form, few, "status: is needed for a severity", &arena), 1);
    assert_int_equal(form_blames(form, texts, "it is closed", &arena), -1);
}

static void
lines_are_one_line_and_lines_again(void **state)
{
    static struct line line;
    static char huge[LINE_SIZE + 1];
    (void)state;
    assert_true(line_set_lines(&line, "one\r\n\n  two\033[31m\n"));
    assert_string_equal(line.text, "one" LINE_END LINE_END "  two");
    assert_int_equal(line.caret, line.len);
    assert_string_equal(line_lines(&line, &arena), "one\n\n  two");
    memset(huge, 'x', LINE_SIZE);
    assert_false(line_set_lines(&line, huge));
    assert_string_equal(line_lines(&line, &arena), "one\n\n  two");
}

static void
a_draft_is_kept_per_form_until_it_is_empty(void **state)
{
    const struct draft_of here = {"https://a", "note", "alert", "A1"},
                          there = {"https://a", "note", "alert", "A2"};
    struct draft fields[] = {{.field = "status", .text = ""},
                             {.field = "message", .text = "so\nfar"}};
    const struct draft *kept;
    struct store *store;
    struct error err = {0};
    size_t len;
    int64_t count;
    (void)state;
    assert_true(store_open(&store, STORE_PRIVATE, ":memory:", STORE_WRITE, NULL, &err));
    assert_true(draft_save(store, &here, fields, 2, 1000, &err));
    assert_true(draft_load(store, &here, &arena, &kept, &len, &err));
    assert_int_equal(len, 1);
    assert_string_equal(kept[0].field, "message");
    assert_string_equal(kept[0].text, "so\nfar");
    assert_int_equal(kept[0].changed_at, 1000);
    assert_true(draft_load(store, &there, &arena, &kept, &len, &err));
    assert_int_equal(len, 0);
    fields[0].text = "Fixing";
    assert_true(draft_save(store, &there, fields, 2, 2000, &err));
    assert_true(draft_count(store, "https://a", &count, &err));
    assert_int_equal(count, 2); /* forms, not fields */
    assert_true(draft_count(store, "https://b", &count, &err));
    assert_int_equal(count, 0);
    assert_true(draft_delete(store, &there, &err));
    fields[0].text = fields[1].text = "";
    assert_true(draft_save(store, &here, fields, 2, 3000, &err));
    assert_true(draft_count(store, "https://a", &count, &err));
    assert_int_equal(count, 0);
    store_close(store);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_said_as_words_and_read_back),
        cmocka_unit_test(a_sentence_is_about_the_field_that_it_names),
        cmocka_unit_test(lines_are_one_line_and_lines_again),
        cmocka_unit_test(a_draft_is_kept_per_form_until_it_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
