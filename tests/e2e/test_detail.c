/* What is known of an item, in the console: each kind opens, what it is about as well; copying reaches the terminal. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/frozen.h"
#include "tests/support/store_objects.h"

static struct arena arena;
/* No multiplexer, no display: whatever the tests run in. */
static const char *const bare[] = {"TMUX=", "DISPLAY=", "WAYLAND_DISPLAY=", NULL};

static void
each_kind_opens(void **state)
{
    static const struct {
        const char *keys, *expected[3];
    } kinds[] = {
        {"1\r", {"state", "Attributes", "Last 14 days of"}},
        {"2G\r", {"state", "Origin", "incident"}},
        {"2\r", {"incident", "INC-", NULL}},
        {"3j\r", {"hands over to", "zone", "length"}},
        {"4\r", {"due", "priority", "created"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct screen *screen = frozen_console(120, 50, bare);
        screen_type(screen, kinds[i].keys);
        screen_expect(screen, " Detail ");
        for (size_t j = 0; j < 3 && kinds[i].expected[j]; j++)
            screen_expect(screen, kinds[i].expected[j]);
        screen_type(screen, "\x1b");
        screen_expect(screen, "4 Follow-ups");
        screen_leave(screen, "Q");
    }
}

static void
one_goes_on_from_a_fact_to_what_it_is_about_and_back(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 50, bare);
    screen_type(screen, "\r");
    screen_expect(screen, "Last 14 days of");
    screen_type(screen, "jj\r"); /* title, state, incident */
    screen_expect(screen, "Stakeholder");
    screen_expect_gone(screen, "Last 14 days of");
    screen_type(screen, "\x1b");
    screen_expect(screen, "Last 14 days of");
    screen_type(screen, "J");
    screen_expect(screen, "\"deduplication_key\": ");
    screen_type(screen, "\x1b\x1b");
    screen_expect(screen, "4 Follow-ups");
    screen_leave(screen, "Q");
}

static void
expect_sent(struct screen *screen, const char *bytes)
{
    size_t len;
    const char *sent = screen_recorded(screen, &len);
    if (!memmem(sent, len, bytes, strlen(bytes)))
        fail_msg("not sent: %s", bytes + 1);
}

static void
copying_reaches_the_terminal_also_through_a_multiplexer(void **state)
{
    static const char *const in_tmux[] = {"TMUX=/tmp/tmux-0/default,1,0", "DISPLAY=", NULL};
    (void)state;
    struct screen *screen = frozen_console(120, 40, bare);
    screen_record(screen);
    screen_type(screen, "y");
    screen_expect(screen, "reference");
    screen_type(screen, "l");
    screen_expect(screen, "copied link: https://app.incidents.");
    /* "https://app.incidents.brindlecart" */
    expect_sent(screen, "\x1b]52;c;aHR0cHM6Ly9hcHAuaW5jaWRlbnRzLmJyaW5kbGVjYXJ0");
    screen_leave(screen, "Q");

    screen = frozen_console(120, 40, in_tmux);
    screen_record(screen);
    screen_type(screen, "yl");
    screen_expect(screen, "copied link: https://app.incidents.");
    expect_sent(screen, "\x1bPtmux;\x1b\x1b]52;c;aHR0cHM6Ly9hcHAuaW5jaWRlbnRz");
    screen_leave(screen, "Q");
}

static void
without_a_display_a_link_is_copied_and_shown(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, bare);
    screen_record(screen);
    screen_type(screen, "o");
    screen_expect(screen, "Links");
    screen_type(screen, "1");
    screen_expect(screen, "no display here: https://");
    expect_sent(screen, "\x1b]52;c;aHR0cHM6Ly9");
    screen_leave(screen, "Q");
}

/* An opened detail, walked a little, as text; what was sent goes to *sent. */
static const char *
walked_detail(const char **sent)
{
    size_t len;
    struct screen *screen = frozen_console(100, 40, bare);
    screen_record(screen);
    screen_type(screen, "\r");
    screen_expect(screen, "Last 14 days of");
    screen_type(screen, "jjjjj");
    screen_settle(screen, 200);
    const char *text = screen_text(screen, &arena);
    const char *recorded = screen_recorded(screen, &len);
    *sent = arena_text_len(&arena, recorded, len);
    screen_leave(screen, "Q");
    return text;
}

static void
hyperlinks_are_told_only_where_they_are_wanted_and_change_nothing_on_screen(void **state)
{
    const char *sent;
    (void)state;
    const char *without = walked_detail(&sent);
    assert_null(strstr(sent, "\x1b]8;"));
    frozen_configure("hyperlinks = yes\n");
    assert_string_equal(walked_detail(&sent), without);
    const char *begin = strstr(sent, "\x1b]8;;https://ci.");
    assert_non_null(begin);
    assert_non_null(strstr(begin, "\x1b\\https://ci."));
    assert_non_null(strstr(begin, "\x1b]8;;\x1b\\"));
    frozen_configure("");
}

static bool
is_written(struct screen *screen, void *path)
{
    (void)screen;
    return access(path, F_OK) == 0;
}

static void
the_open_command_gets_the_address_as_one_argument(void **state)
{
    (void)state;
    const char *directory = temporary_directory(&arena);
    char *path = arena_printf(&arena, "%s/opened", directory);
    char text[400] = "";
    frozen_configure(arena_printf(&arena,
                                  "open_command = {'sh', '-c', 'printf %%s \"$#:$1\" > %s.part; "
                                  "mv %s.part %s', 'sh'}\n",
                                  path, path, path));
    struct screen *screen = frozen_console(120, 40, bare);
    screen_type(screen, "o1");
    screen_expect(screen, "opening https://");
    assert_true(screen_wait(screen, is_written, path, SCREEN_PATIENCE_MS));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    (void)fclose(file);
    assert_memory_equal(text, "1:https://", 10);
    screen_leave(screen, "Q");
    frozen_configure("");
    temporary_directory_remove(directory);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_opens),
        cmocka_unit_test(one_goes_on_from_a_fact_to_what_it_is_about_and_back),
        cmocka_unit_test(copying_reaches_the_terminal_also_through_a_multiplexer),
        cmocka_unit_test(without_a_display_a_link_is_copied_and_shown),
        cmocka_unit_test(
            hyperlinks_are_told_only_where_they_are_wanted_and_change_nothing_on_screen),
        cmocka_unit_test(the_open_command_gets_the_address_as_one_argument),
    };
    int failed = cmocka_run_group_tests_name("detail", tests, frozen_start, frozen_stop);
    arena_finish(&arena);
    return failed;
}
