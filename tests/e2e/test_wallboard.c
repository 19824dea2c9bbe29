/*
 * The wallboard: what happens now at every size, page after page; how old it is, told so that it is seen from across a room;
 * nothing from outside reaches the terminal as more than text. That it sends nothing: test_read_only.
 */

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/cache.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/frozen.h"
#include "tests/support/program.h"
#include "tests/support/store_objects.h"

static struct arena arena;

static struct screen *
open_frozen(int cols, int rows, const char *now)
{
    static const char *const env[] = {"LC_ALL=C.UTF-8", "TZ=UTC", NULL};
    struct screen *screen = frozen_wallboard(cols, rows, now, env);
    screen_expect(screen, cols >= 40 ? "DEMO" : "tocsin");
    return screen;
}

static void
what_happens_now_at_every_size(void **state)
{
    static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct screen *screen = open_frozen(sizes[i][0], sizes[i][1], FROZEN_NOW);
        screen_expect_match(screen, "DEMO +03:12 UTC  Mon 23 Mar +LIVE  synced 0s ago");
        screen_expect(screen, "S1 firing");
        screen_expect(screen, "ON CALL");
        screen_expect(screen, "page 1 of 3");
        screen_expect_match(screen, "^ +[AF] S1 .* INC-[0-9]+"); /* what fires, itself */
        if (sizes[i][1] == 24)
            screen_expect_match(screen, "^ and [0-9]+ more fire");
        screen_expect_match(screen, "alerts today [0-9]+ \\(usual [0-9]+\\) .*read-only");
        screen_leave(screen, "q");
    }
    struct screen *small = open_frozen(39, 10, FROZEN_NOW);
    screen_expect(small, "enlarge to 40x10");
    screen_resize(small, 80, 24);
    screen_expect(small, "S1 firing");
    screen_leave(small, "q");
}

/* The counts are those of the list: at 40 columns they stand as text. */
static void
counts_are_those_of_the_lists(void **state)
{
    (void)state;
    struct screen *screen = open_frozen(50, 12, FROZEN_NOW);
    for (int digit = 1; digit <= 3; digit++) {
        struct program program;
        char severity[16];
        (void)snprintf(severity, sizeof severity, "sev=%d", digit); /* fits */
        const char *const list[] = {
            "list",         "alerts", "status=firing", severity,    "--jq",  "length", "--profile",
            frozen.profile, "--now",  FROZEN_NOW,      "--max-age", "4000d", NULL};
        program_run(&program, "tocsin", list, frozen.home.env);
        program_expect_status(&program, 0);
        screen_expect_match(
            screen, arena_printf(&arena, "(^| )%d S%d( |$)", atoi(str_text(&program.out)), digit));
        program_finish(&program);
    }
    screen_leave(screen, "q");
}

static void
keys_turn_the_pages(void **state)
{
    (void)state;
    struct screen *screen = open_frozen(120, 40, FROZEN_NOW);
    screen_type(screen, " ");
    screen_expect(screen, "page 2 of 3");
    screen_expect(screen, "ROTA");
    screen_expect_match(screen, "Today +Mon 23 Mar");
    screen_type(screen, "\x1bOC");
    screen_expect(screen, "page 3 of 3");
    screen_expect_match(screen, "FOLLOW-UPS  [0-9]+ open, [0-9]+ late");
    screen_expect_match(screen, "Mon 23 +[0-9]+ .*");
    screen_type(screen, " ");
    screen_expect(screen, "page 1 of 3");
    screen_type(screen, "\x1bOD");
    screen_expect(screen, "page 3 of 3");
    screen_type(screen, "P");
    screen_expect(screen, "held");
    screen_type(screen, "P");
    screen_expect_gone(screen, "held");
    screen_leave(screen, "q");
}

static void
its_age_is_told_louder_and_louder(void **state)
{
    int row;
    (void)state;
    struct screen *screen = open_frozen(120, 40, "2026-03-23T03:16:00Z");
    screen_expect(screen, "DATA 4 MIN OLD");
    assert_true(screen_find(screen, "DATA 4 MIN OLD", &row, NULL));
    for (int col = 2; col < 118; col++)
        assert_true(screen_cell(screen, row, col).reverse);
    assert_false(screen_find(screen, "UNKNOWN SINCE", NULL, NULL));
    assert_false(screen_has_match(screen, "LIVE  synced"));
    screen_leave(screen, "q");
    screen = open_frozen(120, 40, "2026-03-23T03:42:00Z");
    screen_expect(screen, "DATA 30 MIN OLD");
    screen_expect(screen, "UNKNOWN SINCE 03:12");
    screen_leave(screen, "q");
}

static void
text_from_outside_stays_text(void **state)
{
    struct error err = {0};
    enum cache_change change;
    int64_t now_ms;
    size_t len;
    (void)state;
    assert_true(time_from_rfc3339(FROZEN_NOW, &now_ms));
    struct store *store = frozen_cache();
    struct incident *incident = sample_object(&arena, KIND_INCIDENT, "01ZZHOSTILE", now_ms);
    incident->name = "hostile \x1b[31mred\x1b]0;owned\x07 \x9b"
                     "2J\r\nname";
    incident->incident_status_name = "Fixing";
    incident->incident_status_category = "live";
    incident->mode = "standard";
    incident->severity_digit = 1;
    if (!store_begin(store, &err) ||
        !cache_put(store, KIND_INCIDENT, incident, now_ms, &change, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
    struct screen *screen = open_frozen(120, 40, FROZEN_NOW);
    screen_record(screen);
    screen_type(screen, "\f"); /* all of it again, now that it is recorded */
    screen_expect_match(screen, "HOSTILE .*RED.*NAME");
    screen_settle(screen, 150);
    const char *written = screen_recorded(screen, &len);
    assert_true(len > 1000);
    assert_null(memmem(written, len, "]0;owned", 8));
    assert_null(memmem(written, len, "\x1b[31mred", 8));
    assert_null(memmem(written, len, "\x9b", 1) ? memmem(written, len, " \x9b", 2) : NULL);
    screen_leave(screen, "q");
}

static void
a_terminal_that_is_gone_ends_it(void **state)
{
    (void)state;
    struct screen *screen = open_frozen(80, 24, FROZEN_NOW);
    screen_hang_up(screen);
    assert_int_equal(screen_expect_exit(screen), 128 + SIGHUP);
    screen_stop(screen);
}

/* ---- with a sync that lives ---- */

static const char *
beat(struct screen *screen)
{
    int row, col;
    if (!screen_find(screen, "LIVE  synced", &row, NULL))
        return "";
    for (col = screen_cols(screen) - 1; col > 0; col--)
        if (strcmp(screen_cell(screen, row, col).text, "]") == 0)
            return arena_text(&arena, screen_cell(screen, row, col - 1).text);
    return "";
}

static bool
beats_on(struct screen *screen, void *context)
{
    const char *now = beat(screen);
    return *now && strcmp(now, context) != 0;
}

/* -1 = it is not told in seconds. */
static int
synced_s(struct screen *screen)
{
    int row, seconds;
    char unit;
    if (!screen_find(screen, "LIVE  synced", &row, NULL))
        return -1;
    const char *text = strstr(screen_line(screen, row, &arena), "synced ");
    return sscanf(text, "synced %d%c ago", &seconds, &unit) == 2 && unit == 's' ? seconds : -1;
}

static bool
is_as_old(struct screen *screen, void *context)
{
    return synced_s(screen) >= *(const int *)context;
}

static void
expect_to_age(struct screen *screen, int by_s)
{
    int age_s = synced_s(screen) + by_s;
    if (!screen_wait(screen, is_as_old, &age_s, SCREEN_PATIENCE_MS))
        fail_msg("it does not age:\n%s", screen_text(screen, &arena));
}

static void
the_heart_beats_with_the_sync_and_stops_with_it(void **state)
{
    static const char *const demo_options[] = {"--speed", "0", NULL};
    struct demo demo;
    struct home home;
    char program[PATH_MAX];
    (void)state;
    demo_start(&demo, demo_options);
    struct fault_proxy *proxy = fault_proxy_start(atoi(strrchr(demo.url, ':') + 1));
    home_create(&home, fault_proxy_url(proxy), demo.viewer_key);
    home_configure(&home, fault_proxy_url(proxy), "interval = 0.1\nbudget = 1\n");
    static const char *const once[] = {"sync", "--once", NULL};
    struct program sync;
    program_run(&sync, "tocsin", once, home.env);
    program_expect_status(&sync, 0);
    program_finish(&sync);
    const char *const argv[] = {program_path("tocsin", program, sizeof program), "wallboard", NULL};
    struct screen *screen = screen_start(100, 30, argv, home.env);
    screen_expect(screen, "LIVE  synced");
    for (int i = 0; i < 3; i++) {
        const char *before = beat(screen);
        assert_true(screen_wait(screen, beats_on, (void *)(uintptr_t)before, SCREEN_PATIENCE_MS));
    }
    fault_proxy_set(proxy, "", FAULT_DROP, 0, 0);
    expect_to_age(screen, 2);
    const char *last = beat(screen);
    expect_to_age(screen, 4);
    assert_string_equal(beat(screen), last);
    fault_proxy_clear(proxy);
    assert_true(screen_wait(screen, beats_on, (void *)(uintptr_t)last, SCREEN_PATIENCE_MS));
    screen_leave(screen, "q");
    fault_proxy_stop(proxy);
    home_destroy(&home);
    demo_stop(&demo);
}

static int
stop(void **state)
{
    arena_finish(&arena);
    return frozen_stop(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_happens_now_at_every_size),
        cmocka_unit_test(counts_are_those_of_the_lists),
        cmocka_unit_test(keys_turn_the_pages),
        cmocka_unit_test(its_age_is_told_louder_and_louder),
        cmocka_unit_test(text_from_outside_stays_text),
        cmocka_unit_test(a_terminal_that_is_gone_ends_it),
        cmocka_unit_test(the_heart_beats_with_the_sync_and_stops_with_it),
    };
    return cmocka_run_group_tests(tests, frozen_start, stop);
}
