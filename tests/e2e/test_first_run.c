/* The first start: without a configuration the console asks, tries the answers on the server, and writes the file. */

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

#include "tests/support/demo.h"
#include "tests/support/screen.h"

static struct demo demo;
static struct home home;
static char program[4200], key_path[200];

static int
start(void **state)
{
    static const char *const options[] = {"--speed", "0", NULL};
    (void)state;
    demo_start(&demo, options);
    (void)program_path("tocsin", program, sizeof program);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    demo_stop(&demo);
    return 0;
}

static int
without_configuration(void **state)
{
    (void)state;
    home_create(&home, demo.url, demo.viewer_key);
    assert_int_equal(unlink(home.config), 0);
    (void)snprintf(key_path, sizeof key_path, "%.*s/key",
                   (int)(strrchr(home.config, '/') - home.config), home.config);
    (void)unlink(key_path); /* there or not */
    return 0;
}

static int
tidy(void **state)
{
    (void)state;
    home_destroy(&home);
    return 0;
}

static struct screen *
open_console(int cols, int rows)
{
    const char *const argv[] = {program, NULL};
    struct screen *screen = screen_start(cols, rows, argv, home.env);
    screen_expect(screen, "What shall the console show?");
    return screen;
}

static void
type_address(struct screen *screen, const char *address)
{
    screen_type(screen, "3");
    screen_expect(screen, "Where is the server?");
    screen_type(screen, "\x15");
    screen_type(screen, address);
    screen_expect(screen, address);
    screen_type(screen, "\r");
}

static void
three_answers_make_a_configuration(void **state)
{
    struct stat file;
    (void)state;
    struct screen *screen = open_console(80, 24);
    type_address(screen, demo.url);
    screen_expect(screen, "Which API key");
    screen_type(screen, "inc_wrong\r");
    screen_expect(screen, "401");
    screen_expect(screen, "keeps it as it is");
    screen_type(screen, "\x15");
    screen_expect_gone(screen, "401");
    screen_record(screen);
    screen_type(screen, demo.viewer_key);
    screen_type(screen, "\r");
    screen_expect(screen, "Who are you there?");
    screen_expect(screen, "The server answers");
    size_t len;
    assert_null(
        strstr(screen_recorded(screen, &len), demo.viewer_key)); /* shown by its length only */
    screen_type(screen, "\r");
    screen_expect(screen, "Which schedules");
    screen_type(screen, " \r");
    screen_expect(screen, "1 Alerts");
    screen_expect_match(screen, "live [0-9]");
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_expect_restored(screen);
    screen_stop(screen);
    assert_int_equal(stat(home.config, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(stat(key_path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
}

static void
who_leaves_leaves_nothing(void **state)
{
    (void)state;
    struct screen *screen = open_console(40, 10);
    type_address(screen, "http://127.0.0.1:1");
    screen_expect(screen, "Which API key");
    screen_type(screen, "inc_key\r");
    screen_expect(screen, "Where is the server?"); /* nobody answers there */
    screen_type(screen, "\x1b");
    screen_expect(screen, "What shall");
    screen_type(screen, "q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_expect_restored(screen);
    screen_stop(screen);
    assert_int_not_equal(access(home.config, F_OK), 0);
    assert_int_not_equal(access(key_path, F_OK), 0);
}

static void
every_printable_byte_reaches_the_address(void **state)
{
    char text[128] = {0};
    (void)state;
    for (int c = ' ' + 1; c < 127; c++)
        text[c - ' ' - 1] = (char)c;
    struct screen *screen = open_console(120, 40);
    screen_type(screen, "3");
    screen_expect(screen, "Where is the server?");
    screen_type(screen, "\x15");
    screen_type(screen, text);
    screen_expect(screen, text);
    screen_type(screen, "\r");
    screen_expect(screen, "Where is the server?"); /* and is no address */
    screen_type(screen, "\x1b");
    screen_expect(screen, "What shall");
    screen_type(screen, "q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
}

static void
the_demo_is_one_key_away(void **state)
{
    (void)state;
    struct screen *screen = open_console(80, 24);
    screen_type(screen, "\r");
    screen_expect(screen, "1 Alerts");
    screen_expect_match(screen, "live [0-9]");
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
    assert_int_not_equal(access(home.config, F_OK), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(three_answers_make_a_configuration, without_configuration,
                                        tidy),
        cmocka_unit_test_setup_teardown(who_leaves_leaves_nothing, without_configuration, tidy),
        cmocka_unit_test_setup_teardown(every_printable_byte_reaches_the_address,
                                        without_configuration, tidy),
        cmocka_unit_test_setup_teardown(the_demo_is_one_key_away, without_configuration, tidy),
    };
    return cmocka_run_group_tests_name("first start", tests, start, stop);
}
