/*
 * Completion, in the shells themselves: each loads the script and is asked as if Tab had been pressed. What stands in a
 * table is offered, and a real Tab on a terminal completes. A shell that is not installed is skipped.
 */

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "action/action.h"
#include "base/clock.h"
#include "base/process.h"
#include "cli/completion.h"
#include "tests/support/demo.h"
#include "tests/support/screen.h"

static char directory[64], build[PATH_MAX];
static struct arena arena;
static struct str out;

static const char *const shells[] = {"bash", "zsh", "fish"};
enum { BASH, ZSH, FISH, SHELLS_LEN };
static bool installed[SHELLS_LEN];

static const char *
script_path(int shell)
{
    return arena_printf(&arena, "%s/%s", directory, shell == ZSH ? "_tocsin" : shells[shell]);
}

static void
run(const char *const *argv)
{
    struct error err = {0};
    int status = 0;
    str_clear(&out);
    if (!process_run(argv, NULL, 60 * SECOND_MS, &out, &status, &err))
        fail_msg("%s", err.message);
    if (status != 0)
        fail_msg("'%s' ended with status %d", argv[0], status);
}

static int
write_scripts(void **state)
{
    char program[PATH_MAX];
    (void)state;
    str_init(&out, (size_t)8 * 1024 * 1024);
    strcpy(directory, "/tmp/tocsin-test-completion-XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    (void)program_path("tocsin", program, sizeof program);
    (void)snprintf(build, sizeof build, "%.*s", (int)(strrchr(program, '/') - program), program);
    setenv("PATH", arena_printf(&arena, "%s:%s", build, getenv("PATH")), 1);
    setenv("XDG_CONFIG_HOME", directory, 1); /* no keys of whoever runs this */
    setenv("LC_ALL", "C.UTF-8", 1);
    for (int shell = 0; shell < SHELLS_LEN; shell++) {
        const char *const argv[] = {program, "completion", shells[shell], NULL};
        run(argv);
        FILE *file = fopen(script_path(shell), "w");
        assert_non_null(file);
        assert_true(fputs(str_text(&out), file) >= 0);
        assert_int_equal(fclose(file), 0);
        installed[shell] = system(arena_printf(&arena, "command -v %s >/dev/null",
                                               shells[shell])) == 0; /* our own text */
    }
    return 0;
}

static int
remove_scripts(void **state)
{
    (void)state;
    int removed = system(arena_printf(&arena, "rm -rf '%s'", directory)); /* ours */
    str_finish(&out);
    arena_finish(&arena);
    return removed;
}

/* ---- what is offered ---- */

/* Runs the questions, one a line ("list al"), through the shell; what it offers for each is a line of words. */
static void
ask(int shell, const char *questions)
{
    static const char bash_text[] = "compopt() { :; }\n"
                                    "source \"$1\"\n"
                                    "while IFS= read -r line; do\n"
                                    "  IFS=' ' read -ra COMP_WORDS <<<\"tocsin $line\"\n"
                                    "  [[ $line == *' ' || -z $line ]] && COMP_WORDS+=('')\n"
                                    "  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                                    "  _tocsin\n"
                                    "  printf ' %s ' \"${COMPREPLY[@]}\"; echo\n"
                                    "done <<<\"$2\"\n";
    static const char fish_text[] = "source $argv[1]\n"
                                    "for line in (string split \\n -- $argv[2])\n"
                                    "  echo ' '(complete -C \"tocsin $line\" | string replace -r "
                                    "'\\t.*' '' | string join '  ')' '\n"
                                    "end\n";
    const char *const bash_argv[] = {"bash",    "-c", bash_text, "bash", script_path(BASH),
                                     questions, NULL};
    const char *const fish_argv[] = {"fish",    "--no-config", "-c", fish_text, script_path(FISH),
                                     questions, NULL};
    run(shell == BASH ? bash_argv : fish_argv);
}

/* The answer to question `number`, counted from 0, has the word. */
static void
expect_offer(int shell, int number, const char *word)
{
    const char *at = str_text(&out);
    for (int i = 0; i < number && at; i++) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    size_t len = at ? strcspn(at, "\n") : 0;
    const char *line = at ? arena_text_len(&arena, at, len) : "";
    if (!strstr(line, arena_printf(&arena, " %s ", word)))
        fail_msg("%s offers no '%s' in answer %d: %.400s", shells[shell], word, number, line);
}

static void
every_command_option_kind_field_action_and_key_is_offered(void **state)
{
    (void)state;
    struct str questions;
    str_init(&questions, 0);
    str_append(&questions,
               "\nlist \nlist alerts \nhelp \nkeys \ncompletion \nconfig \n--color a\n--pr");
    for (size_t i = 0; i < commands_len; i++)
        if (!command_is_hidden(&commands[i]))
            str_printf(&questions, "\n%s --", commands[i].name);
    for (int shell = 0; shell < SHELLS_LEN; shell++) {
        if (shell == ZSH || !installed[shell])
            continue;
        ask(shell, str_text(&questions));
        int number = 9;
        for (size_t i = 0; i < commands_len; i++) {
            const struct argp_option *options = commands[i].options;
            if (command_is_hidden(&commands[i]))
                continue;
            expect_offer(shell, 0, commands[i].name);
            expect_offer(shell, 3, commands[i].name);
            for (int set = 0; set < 2; set++, options = options_common)
                for (; options->name || options->doc; options++)
                    if (options->name && !(options->flags & OPTION_HIDDEN))
                        expect_offer(shell, number,
                                     arena_printf(&arena, "--%s%s", options->name,
                                                  options->arg && shell == BASH ? "=" : ""));
            number++;
        }
        for (int kind = 0; kind < KIND_COUNT; kind++)
            expect_offer(shell, 1, kind_info((enum kind)kind)->list);
        expect_offer(shell, 1, "timeline");
        struct words fields = completion_fields(KIND_ALERT, &arena);
        for (size_t i = 0; i < fields.len; i++)
            expect_offer(shell, 2, fields.items[i].text);
        for (int action = 0; action < ACTION_COUNT; action++) {
            const struct action_info *info = action_info((enum action_id)action);
            expect_offer(shell, 3, info->name);
            expect_offer(shell, 4, info->name);
            char *rest = arena_text(&arena, info->keys);
            for (char *key; (key = strsep(&rest, " "));)
                if (*key &&
                    strspn(key,
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789") ==
                        strlen(key))
                    expect_offer(shell, 4, key); /* others are quoted, each shell in its own way */
        }
        for (int i = 0; i < SHELLS_LEN; i++)
            expect_offer(shell, 5, shells[i]);
        expect_offer(shell, 6, "check");
        expect_offer(shell, 7, "always");
        expect_offer(shell, 8, shell == BASH ? "--profile=" : "--profile");
    }
    str_finish(&questions);
}

/* ---- Tab ---- */

/* The line is run, by what takes tocsin's place, for the next to begin at a prompt that waits. */
static void
expect_completed(struct screen *screen, const char *typed, const char *completed)
{
    static int runs;
    screen_expect_match(screen, "^ready>$");
    screen_type(screen, typed);
    screen_expect(screen, arena_printf(&arena, "ready> %s", completed));
    screen_type(screen, "\r");
    screen_expect(screen, arena_printf(&arena, "run %d of this test", ++runs));
}

static void
press_tab(int shell, const char *const *argv, const char *load)
{
    static const struct {
        const char *typed, *completed;
    } cases[] = {
        {"tocsin compl\t", "tocsin completion"},
        {"tocsin completion f\t", "tocsin completion fish"},
        {"tocsin list alerts envi\t", "tocsin list alerts environment="},
        {"tocsin --color al\t", "tocsin --color always"},
        {"tocsin list --fr\t", "tocsin list --from"},
    };
    static int started;
    const char *const env[] = {"PS1=ready> ", "PROMPT=ready> ", "HISTFILE=", NULL};
    if (!installed[shell])
        return;
    struct screen *screen = screen_start(100, 40, argv, env);
    screen_expect(screen, "ready>");
    screen_type(screen, arena_printf(&arena,
                                     "%s; n=%d; tocsin() { n=$((n + 1)); echo run $n of this test; "
                                     "}; clear; echo load''ed\r",
                                     load, started));
    screen_expect(screen, "loaded");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_completed(screen, cases[i].typed, cases[i].completed);
    started += (int)(sizeof cases / sizeof *cases);
    screen_expect_match(screen, "^ready>$");
    screen_type(screen, "exit\r");
    (void)screen_expect_exit(screen);
    screen_stop(screen);
}

static void
a_tab_in_bash_completes(void **state)
{
    (void)state;
    static const char *const argv[] = {"bash", "--norc", "--noprofile", "-i", NULL};
    press_tab(BASH, argv, arena_printf(&arena, "source %s", script_path(BASH)));
}

static void
a_tab_in_zsh_completes(void **state)
{
    (void)state;
    static const char *const argv[] = {"zsh", "-f", "-i", NULL};
    press_tab(
        ZSH, argv,
        arena_printf(&arena, "autoload -Uz compinit; compinit -D -u; source %s", script_path(ZSH)));
}

static void
a_shell_nobody_knows_is_an_error_that_names_those_there_are(void **state)
{
    (void)state;
    struct error err = {0};
    int status = 0;
    char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), "completion",
                                "tcsh", NULL};
    str_clear(&out);
    assert_true(process_run(argv, NULL, 60 * SECOND_MS, &out, &status, &err));
    assert_int_equal(status, 1);
    assert_int_equal(out.len, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_option_kind_field_action_and_key_is_offered),
        cmocka_unit_test(a_tab_in_bash_completes),
        cmocka_unit_test(a_tab_in_zsh_completes),
        cmocka_unit_test(a_shell_nobody_knows_is_an_error_that_names_those_there_are),
    };
    return cmocka_run_group_tests_name("completion", tests, write_scripts, remove_scripts);
}
