/* Keys of one's own, and colours as the terminal has them: the console on a cache that stands still. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/frozen.h"

static struct arena arena;

static void
configure(const char *profile, const char *top)
{
    frozen_configure(profile);
    FILE *file = fopen(frozen.home.config, "a");
    assert_non_null(file);
    assert_true(fputs(top, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* ---- keys ---- */

/* The lowest: of a list over the panes, when one is open. */
static int
cursor_row_on(const struct screen *screen)
{
    for (int row = screen_rows(screen) - 1; row > 0; row--)
        for (int col = 1; col < 4; col++)
            if (strcmp(screen_cell(screen, row, col).text, ">") == 0)
                return row;
    fail_msg("no row has the cursor");
    return -1;
}

static void
bound_keys_act_and_are_told_and_the_old_ones_rest(void **state)
{
    (void)state;
    configure("", "bind('zoom', 'F2')\nbind('down', 'Up')\nbind('up', 'Down')\n"
                  "bind('refresh')\nbind('quit-now', 'X')\nbind('open', 'Ctrl-O', 'Enter')\n");
    struct screen *screen = frozen_console(120, 40, NULL);
    screen_expect(screen, "Ctrl-O open");
    assert_false(screen_find(screen, " refresh", NULL, NULL));
    screen_type(screen, "z");
    screen_settle(screen, 100);
    screen_expect(screen, "3 Rota");
    screen_type(screen, "\x1bOQ"); /* F2 */
    screen_expect_gone(screen, "3 Rota");
    screen_type(screen, "\x1bOQ");
    screen_expect(screen, "3 Rota");

    int before = cursor_row_on(screen);
    screen_type(screen, "\x1bOA"); /* Up, which goes down now */
    screen_settle(screen, 100);
    assert_int_equal(cursor_row_on(screen), before + 1);
    screen_type(screen, "\x1bOB");
    screen_settle(screen, 100);
    assert_int_equal(cursor_row_on(screen), before);

    screen_type(screen, "?");
    screen_expect(screen, "Only in Alerts");
    screen_type(screen, "/zoom\r");
    screen_expect_match(screen, " F2 +Zoom the pane");
    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "Zoom the pane");

    screen_type(screen, ":page"); /* lists below a line are walked by the same keys */
    screen_expect(screen, "page-down");
    screen_settle(screen, 100);
    before = cursor_row_on(screen);
    screen_type(screen, "\x1bOA");
    screen_settle(screen, 100);
    assert_int_equal(cursor_row_on(screen), before + 1);
    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "page-down");
    screen_leave(screen, "X");
    configure("", "");
}

static void
a_mistake_in_a_binding_is_told_before_anything_is_drawn(void **state)
{
    (void)state;
    const char *const argv[] = {frozen.program, "--profile", "looks", NULL};
    configure("", "bind('zom', 'F2')\n");
    struct screen *screen = screen_start(400, 24, argv, frozen.home.env);
    screen_expect(screen, "there is no action 'zom', did you mean 'zoom'?");
    assert_int_equal(screen_expect_exit(screen), 1);
    screen_stop(screen);
    configure("", "");
}

/* ---- colours ---- */

struct colours {
    int coloured, attributed; /* cells */
};

static struct colours
count(struct screen *screen)
{
    struct colours found = {0};
    for (int row = 0; row < screen_rows(screen); row++)
        for (int col = 0; col < screen_cols(screen); col++) {
            struct screen_cell cell = screen_cell(screen, row, col);
            found.coloured += cell.foreground >= 0 || cell.background >= 0;
            found.attributed += cell.bold || cell.reverse || cell.underline;
        }
    return found;
}

static struct colours
colours_with(const char *option, const char *const *env)
{
    const char *argv[] = {frozen.program,         "--profile", "looks", "--now",
                          "2026-03-23T03:12:00Z", option,      NULL};
    const char *all[16] = {"LC_ALL=C.UTF-8", "TZ=UTC"};
    size_t len = 2;
    for (size_t i = 0; frozen.home.env[i]; i++)
        all[len++] = frozen.home.env[i];
    for (size_t i = 0; env[i]; i++)
        all[len++] = env[i];
    struct screen *screen = screen_start(120, 40, argv, all);
    screen_expect(screen, "4 Follow-ups");
    screen_settle(screen, 150);
    struct colours found = count(screen);
    screen_leave(screen, "Q");
    return found;
}

static void
colours_come_and_go_as_asked_and_attributes_stay(void **state)
{
    static const struct {
        const char *option;
        const char *env[3];
        bool coloured;
    } cases[] = {
        {"--color=auto", {"TERM=xterm-256color", NULL}, true},
        {"--color=never", {"TERM=xterm-256color", NULL}, false},
        {"--color=auto", {"TERM=xterm-256color", "NO_COLOR=1", NULL}, false},
        {"--color=auto", {"TERM=xterm-256color", "NO_COLOR=", NULL}, true}, /* empty is unset */
        {"--color=always", {"TERM=xterm-256color", "NO_COLOR=1", NULL}, true},
        {"--color=always", {"TERM=vt100", NULL}, false}, /* it has none */
        {"--color=auto", {"TERM=xterm", NULL}, true},    /* 8 */
        {"--color=auto", {"TERM=xterm-16color", NULL}, true},
        {"--color=auto", {"TERM=xterm-direct", NULL}, true},
        {"--color=auto", {"TERM=linux", NULL}, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct colours found = colours_with(cases[i].option, cases[i].env);
        if ((found.coloured > 0) != cases[i].coloured)
            fail_msg("%s with %s: %d cells in colour", cases[i].option, cases[i].env[0],
                     found.coloured);
        assert_true(found.attributed > 100);
    }
}

static void
every_theme_draws(void **state)
{
    static const char *const themes[] = {"dark", "light", "contrast", "deutan", "tritan", "mono"};
    static const char *const env[] = {"TERM=xterm-256color", NULL};
    (void)state;
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
        configure(arena_printf(&arena, "theme = %s\n", themes[i]), "");
        struct colours found = colours_with("--color=auto", env);
        bool plain = strcmp(themes[i], "mono") == 0 || strcmp(themes[i], "contrast") == 0;
        if ((found.coloured == 0) != plain)
            fail_msg("%s: %d cells in colour", themes[i], found.coloured);
        assert_true(found.attributed > 100);
    }
    configure("", "");
}

static void
the_theme_changes_while_it_runs(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    assert_true(count(screen).coloured > 100);
    screen_type(screen, ":theme mono\r");
    screen_expect_gone(screen, "theme mono");
    screen_settle(screen, 150);
    assert_int_equal(count(screen).coloured, 0);
    screen_type(screen, ":theme nonsense\r");
    screen_expect(screen, "no theme is called 'nonsense'");
    screen_type(screen, ":theme\r");
    screen_expect(screen, "Themes");
    screen_expect(screen, "the profile's");
    screen_type(screen, "j\r"); /* contrast, dark */
    screen_expect_gone(screen, "the profile's");
    screen_settle(screen, 150);
    assert_true(count(screen).coloured > 100);
    screen_leave(screen, "Q");
}

/* Without UTF-8 everything is ASCII, and letters of other scripts are question marks. */
static void
a_locale_without_utf8_gets_ascii(void **state)
{
    (void)state;
    static const char *const env[] = {"LC_ALL=C", "LC_CTYPE=C", "TERM=xterm", NULL};
    const char *argv[] = {frozen.program,         "--profile", "looks", "--now",
                          "2026-03-23T03:12:00Z", NULL};
    const char *all[16];
    size_t len = 0;
    for (size_t i = 0; frozen.home.env[i]; i++)
        all[len++] = frozen.home.env[i];
    for (size_t i = 0; i < sizeof env / sizeof *env; i++)
        all[len++] = env[i];
    struct screen *screen = screen_start(120, 40, argv, all);
    screen_record(screen);
    screen_expect(screen, "4 Follow-ups");
    screen_settle(screen, 150);
    size_t recorded_len;
    const char *recorded = screen_recorded(screen, &recorded_len);
    for (size_t i = 0; i < recorded_len; i++)
        if ((unsigned char)recorded[i] >= 0x80)
            fail_msg("byte %02x was written", (unsigned char)recorded[i]);
    screen_leave(screen, "Q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bound_keys_act_and_are_told_and_the_old_ones_rest),
        cmocka_unit_test(a_mistake_in_a_binding_is_told_before_anything_is_drawn),
        cmocka_unit_test(colours_come_and_go_as_asked_and_attributes_stay),
        cmocka_unit_test(every_theme_draws),
        cmocka_unit_test(the_theme_changes_while_it_runs),
        cmocka_unit_test(a_locale_without_utf8_gets_ascii),
    };
    frozen.profile = "looks";
    int failed = cmocka_run_group_tests_name("looks", tests, frozen_start, frozen_stop);
    arena_finish(&arena);
    return failed;
}
