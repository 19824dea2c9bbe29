/*
 * One table behind help, completion and manual: what has a row stands in each of them, and what they name in their prose
 * has a row. (Completion has a test of its own, in the shells.)
 */

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "action/action.h"
#include "base/clock.h"
#include "base/process.h"
#include "cli/command.h"
#include "cli/docs.h"
#include "config/config.h"
#include "config/file.h"
#include "tests/support/demo.h"
#include "ui/theme.h"

#define SOURCES "data/man"
#define FILE_MAX_BYTES ((size_t)1024 * 1024)

static struct arena arena;

static int
forget(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static const char *
source(const char *path)
{
    struct error err = {0};
    struct str text;
    str_init(&text, FILE_MAX_BYTES);
    if (!file_read(path, &text, &err))
        fail_msg("%s", err.message);
    const char *result = arena_text(&arena, str_text(&text));
    str_finish(&text);
    return result;
}

/* A page with its tables, without the marks of scdoc. */
static const char *
page(const char *name)
{
    struct error err = {0};
    struct str out, plain;
    str_init(&out, 0);
    str_init(&plain, 0);
    if (!docs_fill(source(arena_printf(&arena, "%s/%s.scd", SOURCES, name)), &out, &err))
        fail_msg("%s: %s", name, err.message);
    for (const char *at = str_text(&out); *at; at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '*' || *at == '_')
            continue;
        str_append_char(&plain, *at);
    }
    const char *result = arena_text(&arena, str_text(&plain));
    str_finish(&out);
    str_finish(&plain);
    return result;
}

static const char *
said(const char *const *arguments)
{
    static const char *const env[] = {"LC_ALL=C.UTF-8", "XDG_CONFIG_HOME=/nonexistent", NULL};
    char program[PATH_MAX];
    const char *argv[8] = {program_path("tocsin", program, sizeof program)};
    struct error err = {0};
    struct str out;
    int status = 0;
    for (size_t i = 0; arguments[i] && i < 6; i++)
        argv[i + 1] = arguments[i];
    str_init(&out, FILE_MAX_BYTES);
    if (!process_run(argv, env, 60 * SECOND_MS, &out, &status, &err))
        fail_msg("%s", err.message);
    if (status != 0)
        fail_msg("'tocsin %s' ended with status %d", arguments[0], status);
    const char *text = arena_text(&arena, str_text(&out));
    str_finish(&out);
    return text;
}

#define SAID(...) said((const char *const[]){__VA_ARGS__, NULL})

static void
expect(const char *text, const char *where, const char *part)
{
    if (!strstr(text, part))
        fail_msg("%s has no '%s'", where, part);
}

static void
expect_options(const char *text, const char *where, const struct argp_option *options)
{
    for (; options->name || options->doc; options++)
        if (options->name && !(options->flags & OPTION_HIDDEN)) {
            expect(text, where, arena_printf(&arena, "--%s", options->name));
            expect(text, where, options->doc);
        }
}

static void
every_command_and_option_stands_in_help_and_manual(void **state)
{
    (void)state;
    const char *help = SAID("help"), *manual = page("tocsin.1");
    expect_options(help, "help", options_common);
    expect_options(manual, "the manual", options_common);
    for (size_t i = 0; i < commands_len; i++) {
        const struct command *command = &commands[i];
        if (command_is_hidden(command))
            continue;
        const char *own = SAID("help", command->name);
        const char *usage = SAID(command->name, "--help");
        expect(help, "help", arena_printf(&arena, "  %s ", command->name));
        expect(help, "help", command->summary);
        expect(manual, "the manual", arena_printf(&arena, "tocsin %s", command->name));
        expect(manual, "the manual", command->summary);
        expect_options(own, command->name, command->options);
        expect_options(manual, "the manual", command->options);
        for (const struct argp_option *option = command->options; option->name; option++)
            if (!(option->flags & OPTION_HIDDEN))
                expect(usage, "--help", arena_printf(&arena, "--%s", option->name));
    }
}

static void
every_action_and_key_stands_in_keys_help_and_manual(void **state)
{
    (void)state;
    const char *keys = SAID("keys", "--plain"), *manual = page("tocsin.1");
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        const char *own = SAID("help", info->name);
        const char *const texts[] = {keys, manual, own};
        const char *const names[] = {"keys", "the manual", "help"};
        for (int text = 0; text < 3; text++) {
            expect(texts[text], names[text], info->name);
            expect(texts[text], names[text], info->help);
            if (*info->keys)
                expect(texts[text], names[text],
                       text == 1 ? arena_printf(&arena, "(%s)", info->keys) : info->keys);
        }
    }
}

static void
every_setting_theme_role_kind_and_status_stands_in_the_manual(void **state)
{
    (void)state;
    const char *conf = page("tocsin.conf.5"), *manual = page("tocsin.1");
    struct config_setting setting;
    for (size_t i = 0; config_setting(i, &setting); i++) {
        expect(conf, "tocsin.conf(5)", arena_printf(&arena, "%s = ", setting.name));
        expect(conf, "tocsin.conf(5)", setting.help);
    }
    for (const char *const *name = theme_names(); *name; name++)
        expect(conf, "tocsin.conf(5)", *name);
    for (int role = 0; role < ROLE_COUNT; role++)
        expect(conf, "tocsin.conf(5)", role_name((enum role)role));
    for (int kind = 0; kind < KIND_COUNT; kind++)
        expect(manual, "tocsin(1)", kind_info((enum kind)kind)->list);
    for (int code = 0; code < ERROR_CODE_COUNT; code++) {
        expect(manual, "tocsin(1)",
               arena_printf(&arena, "\n%d\n", error_exit_status((enum error_code)code)));
        expect(manual, "tocsin(1)", error_phrase((enum error_code)code));
    }
}

/* ---- and nothing is named that there is not ---- */

static bool
is_option(const char *name, size_t len)
{
    static const char *const of_argp[] = {"help", "version", "usage"};
    for (size_t i = 0; i < sizeof of_argp / sizeof *of_argp; i++)
        if (strlen(of_argp[i]) == len && strncmp(of_argp[i], name, len) == 0)
            return true;
    for (size_t set = 0; set <= commands_len; set++) {
        const struct argp_option *options = set ? commands[set - 1].options : options_common;
        for (; options->name || options->doc; options++)
            if (options->name && strlen(options->name) == len &&
                strncmp(options->name, name, len) == 0)
                return true;
    }
    return false;
}

static void
check_prose(const char *path)
{
    const char *text = source(path);
    for (const char *at = text; (at = strstr(at, "--")); at += 2) {
        size_t len = 0;
        while (isalpha((unsigned char)at[2 + len]) || (len && at[2 + len] == '-'))
            len++;
        bool begins = at > text && strchr(" *`[(\n|", at[-1]);
        if (begins && len && !is_option(at + 2, len))
            fail_msg("%s names the option --%.*s", path, (int)len, at + 2);
    }
    static const char mark[] = "tocsin ";
    for (const char *at = text; (at = strstr(at, mark)); at++) {
        const char *name = at + sizeof mark - 1;
        size_t len = 0;
        while (islower((unsigned char)name[len]))
            len++;
        bool quoted = at > text && strchr("*`'", at[-1]); /* prose says "tocsin shows" */
        if (quoted && len && !command_find(arena_text_len(&arena, name, len)))
            fail_msg("%s names the command 'tocsin %.*s'", path, (int)len, name);
    }
}

static void
what_the_prose_names_is_there(void **state)
{
    (void)state;
    DIR *dir = opendir(SOURCES);
    int seen = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strstr(entry->d_name, ".scd")) {
            check_prose(arena_printf(&arena, "%s/%s", SOURCES, entry->d_name));
            seen++;
        }
    closedir(dir);
    assert_true(seen >= 3);
    check_prose("README.md");
}

static void
a_table_there_is_none_of_is_an_error(void **state)
{
    (void)state;
    struct error err = {0};
    struct str out;
    str_init(&out, 0);
    assert_false(docs_fill("a\n@nonsense@\n", &out, &err));
    assert_non_null(strstr(err.message, "there is no table 'nonsense'"));
    assert_false(docs_fill("@command dance@\n", &out, &err));
    assert_true(docs_fill("me@example.com\n@\n@@\n", &out, &err));
    assert_non_null(strstr(str_text(&out), "me@example.com\n@\n@@\n"));
    str_finish(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_command_and_option_stands_in_help_and_manual, forget),
        cmocka_unit_test_teardown(every_action_and_key_stands_in_keys_help_and_manual, forget),
        cmocka_unit_test_teardown(every_setting_theme_role_kind_and_status_stands_in_the_manual,
                                  forget),
        cmocka_unit_test_teardown(what_the_prose_names_is_there, forget),
        cmocka_unit_test_teardown(a_table_there_is_none_of_is_an_error, forget),
    };
    return cmocka_run_group_tests_name("docs", tests, NULL, NULL);
}
