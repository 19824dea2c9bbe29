#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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
        cmocka_unit_test(rgb_maps_to_the_nearest_of_256),
    };
    return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
