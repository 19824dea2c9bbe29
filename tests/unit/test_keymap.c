#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ui/keymap.h"

static void
no_key_means_two_things(void **state)
{
    (void)state;
    for (int action = 0; action < ACTION_COUNT; action++) {
        char keys[64];
        (void)snprintf(keys, sizeof keys, "%s", action_info((enum action_id)action)->keys);
        assert_true(strlen(keys) > 0);
        for (char *key = strtok(keys, " "); key; key = strtok(NULL, " "))
            assert_int_equal(keymap_action(key), action);
    }
}

static void
keys_that_terminals_keep_for_themselves_are_not_used(void **state)
{
    (void)state;
    static const char *const kept[] = {"Ctrl-A",  "Ctrl-B", "Ctrl-S", "Ctrl-Q", "Ctrl-Z",
                                       "Ctrl-\\", "Ctrl-H", "F5",     "",       "nonsense"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        assert_int_equal(keymap_action(kept[i]), ACTION_COUNT);
}

static void
every_action_has_help_and_a_name_that_finds_it(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        assert_true(strlen(info->help) > 0);
        assert_int_equal(action_from_name(info->name), i);
    }
    assert_int_equal(action_from_name("zo"), ACTION_ZOOM);
    assert_int_equal(action_from_name("page"), ACTION_COUNT);
    assert_int_equal(action_from_name("refresh"), ACTION_REFRESH);
    assert_int_equal(action_from_name(""), ACTION_COUNT);
}

static void
a_read_only_session_runs_reading_actions_only(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_COUNT; i++) {
        enum action_id action = (enum action_id)i;
        assert_true(action_allowed(action, false));
        assert_int_equal(action_allowed(action, true), action_info(action)->class == CLASS_READ);
    }
}

static void
hints_name_the_first_key(void **state)
{
    (void)state;
    char key[KEY_NAME_SIZE];
    assert_string_equal(keymap_hint(ACTION_HELP, key), "?");
    assert_string_equal(keymap_hint(ACTION_DOWN, key), "j");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_key_means_two_things),
        cmocka_unit_test(keys_that_terminals_keep_for_themselves_are_not_used),
        cmocka_unit_test(every_action_has_help_and_a_name_that_finds_it),
        cmocka_unit_test(a_read_only_session_runs_reading_actions_only),
        cmocka_unit_test(hints_name_the_first_key),
    };
    return cmocka_run_group_tests_name("keymap", tests, NULL, NULL);
}
