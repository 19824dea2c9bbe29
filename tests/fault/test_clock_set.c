/*
 * The machine's clock is set while console and poller run, and what happened meanwhile is looked at afterwards: events sent
 * to a real hub, what is new since a moment, the board as it was then.
 */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/demo.h"
#include "tests/support/http_client.h"
#include "tests/support/screen.h"

static struct demo demo;
static struct home home;
static struct arena arena;
static struct http_client *client;
static char program[4200];
static const char *env[12];
static int64_t *off_by_ms;

static int
start(void **state)
{
    static const char *const still[] = {"--speed", "0", NULL};
    char preload[4200];
    (void)state;
    demo_start(&demo, still);
    client = http_client_create(demo.url);
    home_create(&home, demo.url, demo.viewer_key);
    home_configure(&home, demo.url,
                   "interval = 0.2\nbudget = 1\n"); /* slack enough to be live on a busy machine */
    (void)program_path("tocsin", program, sizeof program);
    (void)program_path("tests/preload/clock.so", preload, sizeof preload);
    const char *clock = arena_printf(&arena, "%s/clock", home.root);
    int fd = open(clock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && ftruncate(fd, sizeof *off_by_ms) == 0);
    off_by_ms = mmap(NULL, sizeof *off_by_ms, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(off_by_ms != MAP_FAILED);
    (void)close(fd);
    size_t len = 0;
    for (; home.env[len]; len++)
        env[len] = home.env[len];
    env[len++] = arena_printf(&arena, "LD_PRELOAD=%s", preload);
    env[len++] = arena_printf(&arena, "TEST_CLOCK=%s", clock);
    /* Whoever looks for it finds the sanitizer behind what is preloaded. */
    const char *asan = getenv("ASAN_OPTIONS");
    if (asan)
        env[len++] = arena_printf(&arena, "ASAN_OPTIONS=%s:verify_asan_link_order=0", asan);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    http_client_destroy(client);
    demo_stop(&demo);
    home_destroy(&home);
    arena_finish(&arena);
    (void)munmap(off_by_ms, sizeof *off_by_ms);
    return 0;
}

static struct screen *
open_console(void)
{
    const char *const argv[] = {program, NULL};
    struct screen *screen = screen_start(120, 40, argv, env);
    screen_record(screen);
    screen_expect_match(screen, "live [0-9]");
    return screen;
}

static void
leave(struct screen *screen)
{
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
}

static void
send_event(const char *title, const char *status)
{
    const char *const headers[] = {
        arena_printf(&arena, "Authorization: Bearer %s", demo.source_secret),
        "Content-Type: application/json", NULL};
    const char *path = arena_printf(&arena, "/v2/alert_events/http/%s", demo.source_id);
    const char *body =
        arena_printf(&arena, "{\"title\":\"%s\",\"status\":\"%s\",\"deduplication_key\":\"%s\"}",
                     title, status, title);
    assert_int_equal(http_send(client, "POST", path, headers, body, &arena).status, 202);
}

/* What the terminal's title said from a place of the record on. */
static size_t
record_len(struct screen *screen)
{
    size_t len;
    (void)screen_recorded(screen, &len);
    return len;
}

static void
expect_never_said_since(struct screen *screen, size_t from, const char *text)
{
    size_t len;
    const char *bytes = screen_recorded(screen, &len);
    if (memmem(bytes + from, len - from, text, strlen(text)))
        fail_msg("'%s' was said:\n%s", text, screen_text(screen, &arena));
}

static void
a_clock_set_by_hours_stalls_nothing_and_makes_nothing_stale(void **state)
{
    static const struct {
        int hours;
        const char *skew, *title;
    } cases[] = {
        {1, "clock (59m|1h) fast", "set forward"},
        {-1, "clock (59m|1h) slow", "set back"},
        {0, NULL, "set right"},
    };
    (void)state;
    struct screen *screen = open_console();
    screen_expect_match(screen, "1 Alerts [0-9]+ ");
    size_t from = record_len(screen);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        *off_by_ms = cases[i].hours * HOUR_MS;
        send_event(cases[i].title, "firing");
        screen_expect(screen, cases[i].title);
        if (cases[i].skew)
            screen_expect_match(screen, cases[i].skew);
        else
            screen_expect_no_match(screen, "clock (59m|1h)");
        screen_expect_match(screen, "live [05]s"); /* and not an hour */
        screen_type(screen, "jjk");
        screen_settle(screen, 50);
    }
    expect_never_said_since(screen, from, ": stale");
    expect_never_said_since(screen, from, ": down");
    leave(screen);
}

static void
what_changed_since_a_moment_and_the_board_as_it_was_come_from_a_real_hub(void **state)
{
    char moment[RFC3339_SIZE];
    (void)state;
    *off_by_ms = 0;
    struct screen *screen = open_console();
    send_event("before the moment", "firing");
    screen_expect_match(screen, "F .*before the moment");
    int64_t at_ms = (clock_now_ms() / SECOND_MS + 1) * SECOND_MS; /* the hub's own steps */
    const char *at = arena_text(&arena, time_to_rfc3339(at_ms, moment));
    while (clock_now_ms() <= at_ms) /* what began at the moment itself is not since then */
        screen_settle(screen, 50);
    send_event("after the moment", "firing");
    screen_expect_match(screen, "F .*after the moment");
    send_event("before the moment", "resolved");
    screen_expect_no_match(screen, "F .*before the moment");

    screen_type(screen, arena_printf(&arena, ":since %s\r", at));
    screen_expect(screen, "changed since");
    screen_expect_match(screen, "new .*after the moment");
    screen_expect_match(screen, "changed .*before the moment");
    screen_type(screen, "q");
    screen_expect_gone(screen, "changed since");

    screen_type(screen, arena_printf(&arena, ":as-of %s\r", at));
    screen_expect(screen, "AS OF ");
    screen_expect_match(screen, "F .*before the moment");
    assert_false(screen_has_match(screen, "F .*after the moment"));
    send_event("while one looked back", "firing");
    screen_type(screen, ":as-of now\r");
    screen_expect_gone(screen, "AS OF ");
    screen_expect_match(screen, "F .*while one looked back");
    screen_expect_match(screen, "F .*after the moment");
    leave(screen);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_set_by_hours_stalls_nothing_and_makes_nothing_stale),
        cmocka_unit_test(what_changed_since_a_moment_and_the_board_as_it_was_come_from_a_real_hub),
    };
    return cmocka_run_group_tests_name("clock_set", tests, start, stop);
}
