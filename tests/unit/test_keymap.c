#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "ui/keymap.h"

static void
no_key_means_two_things(void **state)
{
    (void)state;
    for (int action = 0; action < ACTION_COUNT; action++) {
        char keys[64];
        (void)snprintf(keys, sizeof keys, "%s", action_info((enum action_id)action)->keys);
        for (char *key = strtok(keys, " "); key; key = strtok(NULL, " "))
            assert_int_equal(keymap_action(key), action);
    }
}

/* ux 5: multiplexers, flow control, suspension, quitting, backspace, Alt, and function keys from F5 on. */
static void
keys_that_terminals_keep_for_themselves_are_not_used(void **state)
{
    (void)state;
    static const char *const kept[] = {"Ctrl-A",  "Ctrl-B",    "Ctrl-S", "Ctrl-Q", "Ctrl-Z",
                                       "Ctrl-\\", "Ctrl-H",    "Ctrl-C", "F5",     "F6",
                                       "F7",      "F8",        "F9",     "F10",    "F11",
                                       "F12",     "Backspace", "",       "Alt-a",  "nonsense"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        assert_int_equal(keymap_action(kept[i]), ACTION_COUNT);
    for (int action = 0; action < ACTION_COUNT; action++) {
        char keys[64], name[KEY_NAME_SIZE];
        struct error err = {0};
        (void)snprintf(keys, sizeof keys, "%s", action_info((enum action_id)action)->keys);
        for (char *key = strtok(keys, " "); key; key = strtok(NULL, " ")) {
            assert_true(keymap_name(key, name, &err)); /* spelt as the terminal reports it */
            assert_string_equal(key, name);
        }
    }
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

/* ---- bindings of the user ---- */

static struct arena arena;

/* "zoom=z F2\ndown=Down": what bind(…) of a file with a line each would be. */
static const struct config *
config_with(const char *bindings)
{
    struct config *config = arena_alloc(&arena, sizeof *config);
    struct key_binding *items = arena_new_array(&arena, 20, struct key_binding);
    *config = (struct config){.path = "t.conf", .bindings = items};
    char *rest = arena_text(&arena, bindings);
    for (char *one; (one = strsep(&rest, "\n")) && *one;) {
        const char **keys = arena_new_array(&arena, 20, const char *);
        const char *action = strsep(&one, "=");
        size_t len = 0;
        for (char *key = strtok(one, " "); key; key = strtok(NULL, " "))
            keys[len++] = key;
        keys[len] = NULL;
        items[config->bindings_len] =
            (struct key_binding){action, keys, (int)config->bindings_len + 1};
        config->bindings_len++;
    }
    return config;
}

static void
load(const char *bindings)
{
    struct error err = {0};
    if (!keymap_load(config_with(bindings), &err))
        fail_msg("%s", err.message);
}

static int
forget_bindings(void **state)
{
    (void)state;
    load("");
    arena_finish(&arena);
    return 0;
}

static void
a_binding_stands_in_place_of_the_keys_an_action_had(void **state)
{
    (void)state;
    char text[KEYS_TEXT_SIZE], key[KEY_NAME_SIZE];
    load("zoom=F2 F3\ndown=s-down\nfirst=");
    assert_int_equal(keymap_action("F2"), ACTION_ZOOM);
    assert_int_equal(keymap_action("F3"), ACTION_ZOOM);
    assert_int_equal(keymap_action("z"), ACTION_COUNT);
    assert_int_equal(keymap_action("S-Down"), ACTION_DOWN);
    assert_int_equal(keymap_action("Down"), ACTION_COUNT); /* arrows as well */
    assert_int_equal(keymap_action("g"), ACTION_COUNT);
    assert_string_equal(keymap_keys(ACTION_ZOOM, text), "F2 F3");
    assert_string_equal(keymap_hint(ACTION_ZOOM, key), "F2");
    assert_string_equal(keymap_hint(ACTION_FIRST, key), "");
    assert_string_equal(keymap_keys(ACTION_UP, text), action_info(ACTION_UP)->keys);
}

static void
a_binding_beats_every_default(void **state)
{
    (void)state;
    char text[KEYS_TEXT_SIZE];
    for (int i = 0; i < ACTION_COUNT; i++) {
        const char *keys = action_info((enum action_id)i)->keys;
        enum action_id other = i == ACTION_ZOOM ? ACTION_HELP : ACTION_ZOOM;
        if (!*keys)
            continue;
        load(arena_printf(&arena, "%s=%s", action_info(other)->name, keys));
        assert_string_equal(keymap_keys(other, text), keys);
        assert_string_equal(keymap_keys((enum action_id)i, text), "");
    }
}

static void
mistakes_in_bindings_name_file_and_line_and_what_was_meant(void **state)
{
    (void)state;
    static const struct {
        const char *bindings, *said;
    } cases[] = {
        {"zoom=z\nzom=x", "t.conf:2: there is no action 'zom', did you mean 'zoom'?"},
        {"make-coffee=x", "t.conf:1: there is no action 'make-coffee'; 'tocsin keys' lists them"},
        {"zoom=PgDwn", "t.conf:1: there is no key 'PgDwn', did you mean 'PgDn'?"},
        {"zoom=xy", "t.conf:1: there is no key 'xy': a key is one character"},
        {"zoom=Ctrl-C", "t.conf:1: 'Ctrl-C' cannot be bound: it is a signal"},
        {"zoom=ctrl-s", "t.conf:1: 'Ctrl-S' cannot be bound: terminals stop"},
        {"zoom=Alt-x", "t.conf:1: 'Alt-x' cannot be bound: a terminal sends Alt as Esc"},
        {"zoom=Ctrl-", "there is no key 'Ctrl-'"},
        {"zoom=Ctrl-XY", "there is no key 'Ctrl-XY'"},
        {"zoom=z\ndown=j\nzoom=y", "t.conf:3: 'zoom' has its keys from line 1 already"},
    };
    load("zoom=F3");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        assert_false(keymap_load(config_with(cases[i].bindings), &err));
        if (!strstr(err.message, cases[i].said))
            fail_msg("'%s' said '%s'", cases[i].bindings, err.message);
        assert_int_equal(err.code, ERROR_CONFIG);
        assert_int_equal(keymap_action("F3"), ACTION_ZOOM); /* as they were */
    }
}

static void
keys_are_named_as_the_terminal_reports_them(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"ctrl-d", "Ctrl-D"}, {"Ctrl-I", "Tab"},        {"ctrl-m", "Enter"},  {"CTRL-[", "Esc"},
        {"pgdn", "PgDn"},     {"s-tab", "S-Tab"},       {"f12", "F12"},       {"space", "Space"},
        {"?", "?"},           {"\xc3\xa9", "\xc3\xa9"}, {"Ctrl-]", "Ctrl-]"},
    };
    struct error err = {0};
    char name[KEY_NAME_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(keymap_name(cases[i][0], name, &err));
        assert_string_equal(name, cases[i][1]);
    }
    assert_false(keymap_name("", name, &err));
    assert_false(keymap_name("\xff", name, &err));
    assert_false(keymap_name("\t", name, &err));
}

static size_t
mistakes(const char *bindings, const char *said)
{
    const struct keymap_finding *findings;
    const struct config *config = config_with(bindings);
    struct error err = {0};
    size_t len, count = 0;
    bool found = false;
    assert_true(keymap_load(config, &err));
    len = keymap_check(config, &arena, &findings);
    for (size_t i = 0; i < len; i++) {
        count += findings[i].is_mistake;
        found = found || strstr(findings[i].text, said);
    }
    if (!found && *said)
        fail_msg("'%s' did not say '%s'", bindings, said);
    return count;
}

static void
clashes_and_actions_no_key_reaches_are_found(void **state)
{
    (void)state;
    assert_int_equal(mistakes("", ""), 0);
    assert_int_equal(mistakes("zoom=~\ndown=~ Down",
                              "t.conf:1: '~' is bound to 'zoom' here and to 'down' in line 2"),
                     2); /* and nothing is left for zoom */
    assert_int_equal(mistakes("zoom=z ~\ndown=~ Down", "which holds"), 1);
    assert_int_equal(mistakes("zoom=p", "no key reaches 'preview' any more"), 1);
    assert_int_equal(mistakes("zoom=j", "'j' is 'zoom' now, no longer 'down'"), 0);
    assert_int_equal(mistakes("zoom=", ""), 0); /* asked for */
    assert_int_equal(mistakes("zoom=Ctrl-A", "multiplexers take it"), 0);
    assert_int_equal(mistakes("zoom=F9", "some terminals keep it"), 0);
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
        cmocka_unit_test_teardown(a_binding_stands_in_place_of_the_keys_an_action_had,
                                  forget_bindings),
        cmocka_unit_test_teardown(a_binding_beats_every_default, forget_bindings),
        cmocka_unit_test_teardown(mistakes_in_bindings_name_file_and_line_and_what_was_meant,
                                  forget_bindings),
        cmocka_unit_test(keys_are_named_as_the_terminal_reports_them),
        cmocka_unit_test_teardown(clashes_and_actions_no_key_reaches_are_found, forget_bindings),
    };
    return cmocka_run_group_tests_name("keymap", tests, NULL, NULL);
}
