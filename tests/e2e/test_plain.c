/* Plain mode: lines of words on a terminal that can show no more, through a pipe, and for whoever waits for changes. */

#include <limits.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"
#include "tests/support/demo.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"

static struct demo demo;
static struct home home;
static struct arena arena;
static char program[PATH_MAX];
static const char *env[12];

static int
start(void **state)
{
    /* Dense enough that something happens while one waits. */
    static const char *const busy[] = {"--speed", "30", NULL};
    struct program sync;
    size_t len = 0;
    (void)state;
    demo_start(&demo, busy);
    home_create(&home, demo.url, demo.viewer_key);
    home_configure(&home, demo.url, "interval = 0.1\nbudget = 1\n");
    (void)program_path("tocsin", program, sizeof program);
    for (; home.env[len]; len++)
        env[len] = home.env[len];
    env[len++] = "TERM=dumb";
    env[len++] = "TOCSIN_API_KEY=";
    env[len] = NULL;
    static const char *const before[] = {"--plain", NULL};
    program_run(&sync, "tocsin", before, env);
    program_expect_status(&sync, 4); /* nothing was ever fetched: no answer is the answer */
    program_expect_err(&sync, "nothing has been synced");
    program_finish(&sync);
    static const char *const once[] = {"sync", "--once", NULL};
    program_run(&sync, "tocsin", once, env);
    program_expect_status(&sync, 0);
    program_finish(&sync);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    demo_stop(&demo);
    home_destroy(&home);
    arena_finish(&arena);
    return 0;
}

static void
expect_lines(const char *text, const char *pattern)
{
    regex_t regex;
    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE), 0);
    int found = regexec(&regex, text, 0, NULL, 0);
    regfree(&regex);
    if (found != 0)
        fail_msg("no line is like '%s' in:\n%.4000s", pattern, text);
}

static void
expect_text_only(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' && !strchr("\r\n", text[i]))
            fail_msg("byte %u in '%.80s'", (unsigned char)text[i], text + (i > 40 ? i - 40 : 0));
    assert_null(strstr(text, "\xe2\x94")); /* no lines are drawn */
    assert_null(strstr(text, "+--"));
}

static void
through_a_pipe_it_says_all_once_in_full_words(void **state)
{
    struct program ran;
    (void)state;
    program_run(&ran, "tocsin", (const char *const[]){"--plain", NULL}, env);
    program_expect_status(&ran, 0);
    const char *text = arena_text(&arena, str_text(&ran.out));
    expect_text_only(text, ran.out.len);
    expect_lines(text, "^default, (live|stale) [0-9]+ (second|minute)s?(: .*)?, [A-Z][a-z]+ [0-9]+ "
                       "[A-Z][a-z]+ [0-9:]+ UTC\\.$");
    expect_lines(text, "^S[1-4] [0-9]+.* firing");
    expect_lines(text, "^On call, .*: .*\\.$");
    expect_lines(text, "^Alerts [0-9]+");
    expect_lines(text,
                 "^1\\. S[1-4] (firing|acknowledged|snoozed), .*, [0-9]+ (second|minute|hour|day)");
    expect_lines(text, "^Timeline INC-[0-9]+");
    expect_lines(text, "^Rota");
    expect_lines(text, "^Follow-ups [0-9]+");
    expect_lines(text, "^[0-9]+\\. late, .* (hour|day|week)s? late$");
    assert_null(strstr(text, "\n> "));
    program_finish(&ran);

    program_run(&ran, "tocsin", (const char *const[]){"--plain", "--limit", "2", NULL}, env);
    expect_lines(str_text(&ran.out), "^(at least )?[0-9]+ more\\.$");
    assert_true(ran.out.len < strlen(text));
    program_finish(&ran);
}

static void
options_that_need_it_say_so(void **state)
{
    struct program ran;
    (void)state;
    program_run(&ran, "tocsin", (const char *const[]){"--follow", NULL}, env);
    program_expect_status(&ran, 1);
    program_expect_err(&ran, "--follow goes with --plain");
    program_finish(&ran);
    program_run(&ran, "tocsin", (const char *const[]){"console", NULL}, env);
    program_expect_status(&ran, 1);
    program_expect_err(&ran, "tocsin --plain");
    program_finish(&ran);
}

static void
the_prompt_takes_numbers_and_names_of_actions(void **state)
{
    (void)state;
    const char *const argv[] = {program, "--plain", "--limit", "4", NULL};
    struct screen *screen = screen_start(120, 60, argv, env);
    screen_record(screen);
    screen_expect(screen, "A number opens an item");
    screen_type(screen, "1\r");
    screen_expect_match(screen, "^Severity +[a-z]+");
    screen_type(screen, "timel\r");
    screen_expect_match(screen, "^Timeline INC-[0-9]+");
    screen_type(screen, "open 2\r");
    screen_settle(screen, 100);
    screen_type(screen, "open 99\r");
    screen_expect(screen, "There is no item '99': 1 to ");
    screen_type(screen, "follow-ups\r");
    screen_expect_match(screen, "^1\\. late, ");
    screen_type(screen, "alerts\r");
    screen_expect_match(screen, "^1\\. S[1-4] ");
    screen_type(screen, "filter sev=1 status=fireing\r");
    screen_expect_match(screen, "^ +\\^+");
    screen_type(screen, "filter status=resolved sev=3\r");
    screen_expect_match(screen, "^1\\. S3 resolved, ");
    screen_type(screen, "sort sideways\r");
    screen_expect(screen, "expected severity");
    screen_type(screen, "sort oldest\r");
    screen_settle(screen, 100);
    screen_type(screen, "filter none\r");
    screen_type(screen, "follow-ups\r");
    screen_expect_match(screen, "^1\\. late, ");
    screen_type(screen, "zoom\r");
    screen_expect(screen, "'zoom' needs a screen");
    screen_type(screen, "dance\r");
    screen_expect(screen, "There is no action 'dance'");
    screen_type(screen, "help\r");
    screen_expect(screen, "quit: ");
    screen_type(screen, "refresh\r");
    screen_expect(screen, "Asked the server.");
    screen_type(screen, "quit\r");
    assert_int_equal(screen_expect_exit(screen), 0);
    size_t len;
    const char *written = screen_recorded(screen, &len);
    expect_text_only(written, len);
    screen_stop(screen);
}

static void
without_hints_only_the_prompt_is_left_and_the_end_of_input_leaves(void **state)
{
    (void)state;
    const char *const argv[] = {program, "--plain", "--no-hints", NULL};
    struct screen *screen = screen_start(120, 60, argv, env);
    screen_expect(screen, "> ");
    assert_false(screen_find(screen, "A number opens", NULL, NULL));
    screen_type(screen, "\x04");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
}

static void
following_adds_a_line_for_each_change(void **state)
{
    (void)state;
    const char *const argv[] = {program, "--plain", "--follow", NULL};
    struct screen *screen = screen_start(200, 60, argv, env);
    screen_record(screen);
    screen_expect_match(screen,
                        "^[0-9][0-9]:[0-9][0-9] S[1-4] (firing|resolved|acknowledged), .*, ");
    size_t len;
    const char *written = screen_recorded(screen, &len);
    expect_text_only(written, len);
    assert_int_equal(kill(screen_pid(screen), SIGTERM), 0);
    assert_int_equal(screen_expect_exit(screen), 128 + SIGTERM);
    screen_stop(screen);
}

static void
a_terminal_that_cannot_place_its_cursor_is_offered_it(void **state)
{
    (void)state;
    const char *const argv[] = {program, NULL};
    struct screen *screen = screen_start(120, 24, argv, env);
    screen_expect(screen, "tocsin --plain");
    assert_int_equal(screen_expect_exit(screen), 1);
    screen_stop(screen);
}

/* ---- the first start ---- */

static const char *
config_path(const char *name)
{
    return arena_printf(&arena, "%.*s/%s", (int)(strrchr(home.config, '/') - home.config),
                        home.config, name);
}

static void
the_first_start_asks_its_questions_in_lines_too(void **state)
{
    (void)state;
    struct config config;
    struct error err = {0};
    const char *kept = arena_printf(&arena, "%s.kept", home.config);
    const char *const argv[] = {program, NULL};
    assert_int_equal(rename(home.config, kept), 0);
    struct screen *screen = screen_start(120, 60, argv, env);
    screen_record(screen);
    screen_expect(screen, "or nothing to leave:");
    screen_type(screen, "3\r");
    screen_expect(screen, "Address:");
    screen_type(screen, "ftp://nowhere\r");
    screen_expect(screen, "expected https://HOST");
    screen_type(screen, arena_printf(&arena, "%s\r", demo.url));
    screen_expect(screen, "Key (not shown):");
    screen_type(screen, "wrong\r");
    screen_expect(screen, "Keep it as it is? y/n:");
    screen_type(screen, "n\r");
    screen_expect(screen, arena_printf(&arena, "Address [%s]:", demo.url));
    screen_type(screen, "\r");
    screen_settle(screen, 100);
    screen_type(screen, arena_printf(&arena, "%s\r", demo.viewer_key));
    screen_expect(screen, "The server answers; key ");
    screen_expect(screen, "E-mail:");
    screen_type(screen, "ana@example.com\r");
    screen_expect(screen, "Numbers, or nothing for all of them:");
    screen_type(screen, "2\r");
    screen_expect(screen, "Written to ");
    screen_expect(screen, "> ");
    screen_type(screen, "quit\r");
    assert_int_equal(screen_expect_exit(screen), 0);
    size_t len;
    assert_null(strstr(screen_recorded(screen, &len), demo.viewer_key));
    screen_stop(screen);

    if (!config_load(&config, home.config, &arena, &err))
        fail_msg("%s", err.message);
    assert_string_equal(config.profiles[0].url, demo.url);
    assert_string_equal(config.profiles[0].me, "ana@example.com");
    assert_non_null(config.profiles[0].schedules[0]);
    assert_null(config.profiles[0].schedules[1]);
    struct stat info;
    assert_int_equal(stat(config_path("key"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(access(config_path("key.draft"), F_OK) != 0);
    assert_int_equal(unlink(config_path("key")), 0);
    assert_int_equal(rename(kept, home.config), 0);
}

static void
a_first_start_that_is_left_leaves_nothing(void **state)
{
    (void)state;
    const char *kept = arena_printf(&arena, "%s.kept", home.config);
    const char *const argv[] = {program, "--plain", NULL};
    struct program ran;
    assert_int_equal(rename(home.config, kept), 0);
    program_run(&ran, "tocsin", (const char *const[]){"--plain", NULL}, env);
    program_expect_status(&ran, 1); /* nobody there to ask */
    program_expect_err(&ran, "no configuration yet");
    program_finish(&ran);
    struct screen *screen = screen_start(120, 60, argv, env);
    screen_expect(screen, "or nothing to leave:");
    screen_type(screen, "2\r");
    screen_expect(screen, "Address [https://api.incident.io]:");
    screen_type(screen, "\x04");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
    assert_true(access(home.config, F_OK) != 0);
    assert_int_equal(rename(kept, home.config), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(through_a_pipe_it_says_all_once_in_full_words),
        cmocka_unit_test(options_that_need_it_say_so),
        cmocka_unit_test(the_prompt_takes_numbers_and_names_of_actions),
        cmocka_unit_test(without_hints_only_the_prompt_is_left_and_the_end_of_input_leaves),
        cmocka_unit_test(following_adds_a_line_for_each_change),
        cmocka_unit_test(a_terminal_that_cannot_place_its_cursor_is_offered_it),
        cmocka_unit_test(the_first_start_asks_its_questions_in_lines_too),
        cmocka_unit_test(a_first_start_that_is_left_leaves_nothing),
    };
    return cmocka_run_group_tests_name("plain", tests, start, stop);
}
