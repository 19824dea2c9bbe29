/* `make screenshots`: pictures of the real program on a terminal, for the README. They depend on the program alone. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/frozen.h"
#include "tests/support/svg.h"

static struct arena arena;

static void
take(struct screen *screen, const char *name, const char *title)
{
    screen_settle(screen, 300);
    const char *path = arena_printf(&arena, "screenshots/%s.svg", name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(svg_from_screen(screen, title, &arena), file) >= 0);
    assert_int_equal(fclose(file), 0);
    screen_stop(screen);
}

static void
takes_the_pictures(void **state)
{
    static const struct {
        const char *name, *title, *keys;
        int cols, rows;
    } pictures[] = {
        {"console-80x24", "The console on a terminal of 80 by 24", "", 80, 24},
        {"console-120x40", "The console on a terminal of 120 by 40", "", 120, 40},
        {"console-200x60", "The console on a terminal of 200 by 60", "", 200, 60},
        {"timeline-100x32", "The open incident's timeline, zoomed", "2z", 100, 32},
        {"alerts-120x40", "The alert feed, zoomed", "1z", 120, 40},
        {"detail-120x40", "An alert, opened", "\r", 120, 40},
        {"filter-120x40", "A filter being typed, with what can follow", "/sev>=major own", 120, 40},
        {"update-120x40", "An update being written",
         "2S\t\tThe loader runs again; backfill until noon", 120, 40},
        {"override-120x40", "Somebody put on call, before it is sent", "3llOJonas\r", 120, 40},
        {"month-120x40", "The rota's month, zoomed", ":calendar-month\rz", 120, 40},
        {"agenda-100x32", "The rota's agenda, zoomed", "3:calendar-agenda\rz", 100, 32},
        {"follow-ups-100x32", "The follow-ups, zoomed", "4z", 100, 32},
        {"palette-100x32", "Any action by a few of its letters", ":cal", 100, 32},
        {"phone-40x20", "The console on a phone", "", 40, 20},
        {"help-100x32", "The help", "?", 100, 32},
    };
    static const char *const env[] = {"COLORTERM=", NULL};
    (void)state;
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        struct screen *screen = frozen_console(pictures[i].cols, pictures[i].rows, env);
        screen_type(screen, pictures[i].keys);
        take(screen, pictures[i].name, pictures[i].title);
    }
    struct screen *screen = frozen_wallboard(120, 40, FROZEN_NOW, env);
    screen_expect(screen, "read-only");
    take(screen, "wallboard-120x40", "The wallboard: what happens now");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(takes_the_pictures)};
    frozen.profile = "data-prod";
    frozen.with_look_alikes = true;
    int failed = cmocka_run_group_tests_name("screenshots", tests, frozen_start, frozen_stop);
    arena_finish(&arena);
    return failed;
}
