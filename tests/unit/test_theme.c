#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"
#include "ui/theme.h"

static void
every_theme_that_comes_with_it_loads(void **state)
{
    (void)state;
    struct theme theme;
    struct error err;
    int seen = 0;
    for (int i = 0; i < embedded_files_len; i++)
        if (strncmp(embedded_files[i].name, "themes/", 7) == 0) {
            char name[32] = {0};
            memcpy(name, embedded_files[i].name + 7, strcspn(embedded_files[i].name + 7, "."));
            if (!theme_load(&theme, name, &err))
                fail_msg("%s", err.message);
            seen++;
        }
    assert_true(seen >= 4);
    assert_true(theme_load(&theme, "protan", &err));
}

static void
attributes_stay_without_any_colour(void **state)
{
    (void)state;
    struct theme theme;
    struct error err;
    assert_true(theme_load(&theme, "mono", &err));
    assert_int_equal(theme.paints[ROLE_SEVERITY_1].attributes, ATTRIBUTE_BOLD | ATTRIBUTE_REVERSE);
    for (int role = 0; role < ROLE_COUNT; role++) {
        assert_int_equal(theme.paints[role].colour16, COLOUR_DEFAULT);
        assert_int_equal(theme.paints[role].rgb, COLOUR_DEFAULT);
    }
}

static void
mistakes_in_a_theme_name_file_line_and_word(void **state)
{
    (void)state;
    struct theme theme;
    struct error err;
    assert_false(theme_parse(&theme, "# x\nseverity.9 = red\n", "t.theme", &err));
    assert_string_equal(err.message, "t.theme:2: unknown role 'severity.9'");
    assert_false(theme_parse(&theme, "late red\n", "t.theme", &err));
    assert_string_equal(err.message, "t.theme:1: expected '=' after 'late'");
    assert_false(theme_parse(&theme, "late = mauve\n", "t.theme", &err));
    assert_non_null(strstr(err.message, "t.theme:1: 'mauve' is no attribute"));
    assert_false(theme_load(&theme, "pretty", &err));
    assert_non_null(strstr(err.message, "no theme is called 'pretty'; there are"));
}

static const int depths[] = {0, 8, 16, 256, 0x1000000};
enum { DEPTHS_LEN = sizeof depths / sizeof *depths };

static struct theme
load(const char *name)
{
    struct theme theme;
    struct error err;
    if (!theme_load(&theme, name, &err))
        fail_msg("%s", err.message);
    return theme;
}

static void
every_role_of_every_theme_is_something_the_terminal_has(void **state)
{
    (void)state;
    static const int most[DEPTHS_LEN] = {-1, 7, 15, 255, 0xffffff};
    for (const char *const *name = theme_names(); *name; name++) {
        struct theme theme = load(*name);
        for (int depth = 0; depth < DEPTHS_LEN; depth++)
            for (int role = 0; role < ROLE_COUNT; role++) {
                struct shade shade = theme_shade(&theme, (enum role)role, depths[depth]);
                if (shade.colour < -1 || shade.colour > most[depth])
                    fail_msg("%s: '%s' is colour %d of %d", *name, role_name((enum role)role),
                             shade.colour, depths[depth]);
                /* black on black, or white on white, is for a file of one's own to choose */
                assert_true(depths[depth] > 16 || (shade.colour != 0 && shade.colour != 7));
            }
    }
}

/* The letters tell all of it; what hurries tells it by an attribute as well, whatever the theme and the terminal. */
static void
what_hurries_is_told_apart_without_any_colour(void **state)
{
    (void)state;
    static const enum role apart[][2] = {
        {ROLE_SEVERITY_1, ROLE_SEVERITY_2},
        {ROLE_SEVERITY_2, ROLE_SEVERITY_3},
        {ROLE_SEVERITY_1, ROLE_TEXT},
        {ROLE_STATE_FIRING, ROLE_STATE_ACKNOWLEDGED},
        {ROLE_STATE_FIRING, ROLE_STATE_RESOLVED},
        {ROLE_STATE_FAILED, ROLE_STATE_QUEUED},
        {ROLE_STATE_FAILED, ROLE_TEXT},
        {ROLE_STATE_ACKNOWLEDGED_HERE, ROLE_STATE_ACKNOWLEDGED},
        {ROLE_LATE, ROLE_TEXT},
        {ROLE_GAP, ROLE_PERSON_1},
        {ROLE_OVERRIDE, ROLE_PERSON_1},
        {ROLE_NOW, ROLE_TEXT},
        {ROLE_FRESH_STALE, ROLE_FRESH_LIVE},
        {ROLE_FRESH_DOWN, ROLE_FRESH_STALE},
        {ROLE_TITLE_FOCUS, ROLE_TITLE},
        {ROLE_PROBLEM, ROLE_TEXT},
        {ROLE_HINT_KEY, ROLE_HINT},
    };
    for (const char *const *name = theme_names(); *name; name++) {
        struct theme theme = load(*name);
        for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
            for (int depth = 0; depth < DEPTHS_LEN; depth++) {
                unsigned a = theme_shade(&theme, apart[i][0], depths[depth]).attributes;
                unsigned b = theme_shade(&theme, apart[i][1], depths[depth]).attributes;
                if (a == b)
                    fail_msg("%s: '%s' and '%s' differ by colour at most", *name,
                             role_name(apart[i][0]), role_name(apart[i][1]));
            }
    }
}

/* WCAG's contrast of two colours, 1 to 21. */
static double
luminance(int32_t rgb)
{
    static const double weights[3] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double part = ((rgb >> (16 - 8 * i)) & 255) / 255.0;
        /* its curve, closely enough: a square and a little */
        sum += weights[i] * part * part * (0.8 + 0.2 * part);
    }
    return sum;
}

static double
contrast(int32_t a, int32_t b)
{
    double one = luminance(a) + 0.05, other = luminance(b) + 0.05;
    return one > other ? one / other : other / one;
}

static void
colours_are_readable_on_the_backgrounds_they_are_for(void **state)
{
    (void)state;
    for (const char *const *name = theme_names(); *name; name++) {
        struct theme theme = load(*name);
        bool dark = strcmp(*name, "light") != 0, light = strcmp(*name, "dark") != 0;
        double least = dark && light ? 2.9 : 4.4;
        for (int role = 0; role < ROLE_COUNT; role++) {
            int32_t rgb = theme.paints[role].rgb;
            double at_least = role == ROLE_BORDER ? 2.9 : least;
            if (rgb == COLOUR_DEFAULT)
                continue;
            if ((dark && contrast(rgb, 0x000000) < at_least) ||
                (light && contrast(rgb, 0xffffff) < at_least))
                fail_msg("%s: '%s' is %.1f on black, %.1f on white", *name,
                         role_name((enum role)role), contrast(rgb, 0x000000),
                         contrast(rgb, 0xffffff));
        }
    }
}

static void
colours_fall_back_with_the_terminal(void **state)
{
    (void)state;
    struct theme theme;
    struct error err;
    assert_true(theme_parse(&theme,
                            "late = bright-red #ff5f87\nhint = bright-black\nnow = "
                            "bright-blue\nage = #000003\nmuted = #808080\n",
                            "t", &err));
    assert_int_equal(theme_shade(&theme, ROLE_LATE, 0).colour, -1);
    assert_int_equal(theme_shade(&theme, ROLE_LATE, 8).colour, 1);
    assert_int_equal(theme_shade(&theme, ROLE_LATE, 16).colour, 9);
    assert_int_equal(theme_shade(&theme, ROLE_LATE, 88).colour, 9);
    assert_int_equal(theme_shade(&theme, ROLE_LATE, 256).colour, 204);
    assert_int_equal(theme_shade(&theme, ROLE_LATE, 0x1000000).colour, 0xff5f87);
    assert_int_equal(theme_shade(&theme, ROLE_HINT, 8).colour, -1);
    assert_true(theme_shade(&theme, ROLE_HINT, 8).attributes & ATTRIBUTE_DIM);
    assert_int_equal(theme_shade(&theme, ROLE_NOW, 0x1000000).colour, 0x5c5cff);
    assert_int_equal(theme_shade(&theme, ROLE_AGE, 0x1000000).colour, 8); /* no index by mistake */
    assert_true(theme_shade(&theme, ROLE_MUTED, 16).attributes & ATTRIBUTE_DIM);
    assert_false(theme_shade(&theme, ROLE_MUTED, 256).attributes & ATTRIBUTE_DIM);
}

static void
a_file_of_ones_own_is_a_theme_by_its_path(void **state)
{
    (void)state;
    char path[] = "/tmp/tocsin-test-theme-XXXXXX";
    struct theme theme;
    struct error err = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "late = plain underline\n", 23), 23);
    assert_true(theme_load(&theme, path, &err));
    assert_int_equal(theme.paints[ROLE_LATE].attributes, ATTRIBUTE_UNDERLINE);
    assert_int_equal(write(fd, "x = y\n", 6), 6);
    assert_false(theme_load(&theme, path, &err));
    assert_non_null(strstr(err.message, ":2: unknown role 'x'"));
    close(fd);
    unlink(path);
    assert_false(theme_load(&theme, path, &err));
    assert_int_equal(err.code, ERROR_CONFIG);
    assert_non_null(strstr(err.message, path));
}

static void
rgb_maps_to_the_nearest_of_256(void **state)
{
    (void)state;
    assert_int_equal(theme_colour_256(0xff0000), 196);
    assert_int_equal(theme_colour_256(0x808080), 244);
    assert_int_equal(theme_colour_256(0x5f87d7), 68);
    assert_int_equal(theme_colour_256(0x000000), 16);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_theme_that_comes_with_it_loads),
        cmocka_unit_test(attributes_stay_without_any_colour),
        cmocka_unit_test(mistakes_in_a_theme_name_file_line_and_word),
        cmocka_unit_test(every_role_of_every_theme_is_something_the_terminal_has),
        cmocka_unit_test(what_hurries_is_told_apart_without_any_colour),
        cmocka_unit_test(colours_are_readable_on_the_backgrounds_they_are_for),
        cmocka_unit_test(colours_fall_back_with_the_terminal),
        cmocka_unit_test(a_file_of_ones_own_is_a_theme_by_its_path),
        cmocka_unit_test(rgb_maps_to_the_nearest_of_256),
    };
    return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
