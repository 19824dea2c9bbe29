/* Cover by keys: who is on call asks, a colleague takes it, and the hub's rota has the colleague; what it refuses is said. */

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/demo.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/hub_process.h"
#include "tests/support/hub_world.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"

enum { LOOKS = 1500, LOOK_EVERY_US = 20000, ANA = 0, BEN = 1, CLERK = 2, HOMES = 3 };

#define REQUESTS "/v2/schedule_cover_requests"

static const char *const ana[] = {"@U1", "viewer", "schedules_reader", "schedule_overrides_editor",
                                  NULL};
static const char *const ben[] = {"@U2", "viewer", "schedules_reader", "schedule_overrides_editor",
                                  NULL};
static const char *const clerk[] = {"@U1", "viewer", "schedules_reader", "incident_editor", NULL};
static const char *const *const roles[] = {ana, ben, clerk};

static struct hub_process hub;
static struct hub_options hub_options;
static struct home homes[HOMES];
static struct arena arena;
static const char *directory;

static int
set_up(void **state)
{
    (void)state;
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    directory = temporary_directory(&arena);
    hub_options = (struct hub_options){.database = arena_printf(&arena, "%s/hub.db", directory),
                                       .listen = "127.0.0.1:0",
                                       .limits = {.per_key = 1000000, .incidents = 1000000}};
    hub_process_start(&hub, &hub_options, hub_world_fill, roles, HOMES);
    for (int i = 0; i < HOMES; i++) {
        struct program program;
        home_create(&homes[i], hub.url, hub.keys[i]);
        home_configure(&homes[i], hub.url,
                       i == BEN ? "me = \"u2@example.com\"\nhistory = 4000d\nbudget = 1\n"
                                : "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n");
        program_run(&program, "tocsin-sync", once, homes[i].env);
        program_expect_status(&program, 0);
        program_finish(&program);
    }
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    for (int i = 0; i < HOMES; i++)
        home_destroy(&homes[i]);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

/* The start of a shift of Ana's, some days ahead: she has each second day from 2026-08-01T09:00Z. */
static int64_t
shift_of_ana(int ahead)
{
    const int64_t first = INT64_C(1785542400000) + 9 * HOUR_MS;
    return first + (((clock_now_ms() - first) / DAY_MS + ahead) / 2 * 2) * DAY_MS;
}

static const char *
time_text(int64_t at_ms)
{
    char text[RFC3339_SIZE];
    return arena_text(&arena, time_to_rfc3339(at_ms, text));
}

/* On the midnight in that shift. */
static struct screen *
open_console(const struct home *home, int64_t shift_at)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), NULL};
    struct screen *screen = screen_start(120, 40, argv, home->env);
    screen_expect(screen, "live 0s");
    screen_expect(screen, "3 Rota Primary");
    screen_type(screen, arena_printf(&arena, "3:go-to %.10s\r", time_text(shift_at + DAY_MS)));
    screen_expect_gone(screen, ":go-to");
    return screen;
}

static const char *
read_back(const char *path, const char *at)
{
    return json_text_at(&arena, hub_ask(&hub, &arena, hub.keys[ANA], "GET", path, NULL).body, at);
}

static void
wait_for(const char *path, const char *at, const char *value)
{
    const char *text = "";
    for (int i = 0; i < LOOKS; i++) {
        text = read_back(path, at);
        if (strcmp(text, value) == 0)
            return;
        (void)usleep(LOOK_EVERY_US);
    }
    fail_msg("'%s' of '%s' is '%s', not '%s'", at, path, text, value);
}

static void
who_asks_is_covered_by_who_takes_it(void **state)
{
    (void)state;
    const int64_t shift_at = shift_of_ana(4);
    const char *entries = arena_printf(&arena,
                                       "/v2/schedule_entries?schedule_id=S1&entry_window_start=%s&"
                                       "entry_window_end=%s",
                                       time_text(shift_at), time_text(shift_at + DAY_MS));
    assert_string_equal(read_back(entries, "schedule_entries.final.0.user.id"), "U1");

    struct screen *screen = open_console(&homes[ANA], shift_at);
    screen_type(screen, "C");
    screen_expect_match(screen, "Ask for cover from 20[0-9-]+ 09:00 to .* in 'Primary'\\?");
    screen_type(screen, "y");
    screen_expect(screen, "queued: ask for cover from");
    screen_type(screen, "u");
    screen_expect(screen, "taken back");
    screen_type(screen, "C");
    screen_expect(screen, "Ask for cover from");
    screen_type(screen, "y");
    screen_expect(screen, "queued: ask for cover from");
    wait_for(REQUESTS "?status=open", "schedule_cover_requests.0.user.name", "Ana");
    assert_string_equal(read_back(REQUESTS, "schedule_cover_requests.1.id"), "");
    assert_string_equal(read_back(REQUESTS, "schedule_cover_requests.0.start_at"),
                        time_text(shift_at));
    assert_string_equal(read_back(entries, "schedule_entries.final.0.user.id"), "U1");
    screen_type(screen, ":calendar-agenda\r");
    screen_expect(screen, "+cover?");
    screen_type(screen, arena_printf(&arena, ":calendar-week\r:go-to %.10s\r",
                                     time_text(shift_at + DAY_MS)));
    screen_expect_gone(screen, "+cover?");
    screen_expect(screen, "An+");
    screen_type(screen, "C");
    screen_expect(screen, "you have asked for cover then already");
    screen_leave(screen, "Q");

    screen = open_console(&homes[BEN], shift_at);
    screen_expect(screen, "An+");
    screen_type(screen, "\r");
    screen_expect(screen, "cover wanted by");
    screen_type(screen, "q");
    screen_expect_gone(screen, "cover wanted by");
    screen_type(screen, "C");
    screen_expect_match(screen, "Put Ben on call for Ana, who asked, from 20.* in 'Primary'\\?");
    screen_expect_match(screen, "then +[A-Z0-9].* 09:00 - .* 09:00 +Ben ");
    screen_type(screen, "y");
    screen_expect(screen, "queued: put Ben on call for Ana");
    wait_for(REQUESTS, "schedule_cover_requests.0.status", "taken");
    screen_expect_gone(screen, "An+");
    screen_leave(screen, "Q");
    assert_string_equal(read_back(REQUESTS, "schedule_cover_requests.0.covering_user.id"), "U2");
    assert_string_equal(read_back(entries, "schedule_entries.final.0.user.id"), "U2");
    assert_string_equal(read_back(entries, "schedule_entries.final.0.start_at"),
                        time_text(shift_at));
    assert_string_equal(read_back(entries, "schedule_entries.final.1.id"), "");
}

/* What the outbox keeps of it is what the server said. */
static void
expect_refused(int home, const char *const *arguments, const char *answer)
{
    static const char *const outbox[] = {"list", "outbox", "--json", NULL};
    struct program program;
    program_run(&program, "tocsin", arguments, homes[home].env);
    assert_int_not_equal(program.status, 0);
    program_expect_err(&program, answer);
    program_finish(&program);
    program_run(&program, "tocsin", outbox, homes[home].env);
    program_expect_status(&program, 0);
    program_expect_out(&program, "\"failed\"");
    program_expect_out(&program, answer);
    program_finish(&program);
}

/* As the cache names what came without an id. */
static const char *
id_of_shift(int64_t shift_at)
{
    return arena_printf(&arena, "S1/final/ROT/L1/%lld", (long long)shift_at);
}

static void
what_the_hub_refuses_is_said_and_kept(void **state)
{
    (void)state;
    const int64_t shift_at = shift_of_ana(8);
    const char *long_from = time_text(clock_now_ms() + DAY_MS),
               *long_to = time_text(clock_now_ms() + 500 * DAY_MS);
    const char *body = arena_printf(
        &arena,
        "{\"schedule_id\":\"S1\",\"rotation_id\":\"ROT\",\"layer_id\":\"L1\",\"start_at\":\"%s\","
        "\"end_at\":\"%s\",\"user\":{\"id\":\"U4\"}}",
        time_text(shift_at), time_text(shift_at + DAY_MS));
    const char *const cover[] = {"do", "cover", id_of_shift(shift_at), NULL};
    /* Since the list came somebody else has it. */
    assert_int_equal(
        hub_ask(&hub, &arena, hub.keys[BEN], "POST", "/v2/schedule_overrides", body).status, 201);
    expect_refused(ANA, cover, "Ana is not on call there");
    const char *const too_long[] = {"do", "override", "S1", long_from, long_to, "Dee", NULL};
    expect_refused(BEN, too_long, "expected at most 366 days");
    const char *const not_mine[] = {"do", "cover", id_of_shift(shift_at), NULL};
    expect_refused(CLERK, not_mine, "schedule_overrides.create");
}

/* incident.io has no requests for cover. */
static void
where_the_server_has_no_requests_it_says_so_and_overrides(void **state)
{
    (void)state;
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    struct fault_proxy *proxy = fault_proxy_start(hub.port);
    struct program program;
    struct home home;
    home_create(&home, fault_proxy_url(proxy), hub.keys[ANA]);
    home_configure(&home, fault_proxy_url(proxy),
                   "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n");
    fault_proxy_answer(proxy, REQUESTS,
                       "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n"
                       "{\"type\":\"not_found\",\"status\":404}");
    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, 0);
    program_finish(&program);
    struct screen *screen = open_console(&home, shift_of_ana(6));
    screen_type(screen, "C");
    screen_expect(screen,
                  "this server has no requests for cover; 'cover PERSON' makes an override");
    screen_type(screen, ":cover Dee\r");
    screen_expect(screen, "Put Dee on call from");
    screen_type(screen, "n");
    screen_leave(screen, "Q");
    home_destroy(&home);
    fault_proxy_stop(proxy);
}

/* Ben has not heard yet that Dee took it. */
static void
who_comes_second_is_told(void **state)
{
    (void)state;
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    const int64_t shift_at = shift_of_ana(10);
    const char *const ask[] = {"do", "cover", id_of_shift(shift_at), NULL};
    static const char *const outbox[] = {"list", "outbox", "--json", NULL};
    struct program program;
    program_run(&program, "tocsin", ask, homes[ANA].env);
    program_expect_status(&program, 0);
    program_finish(&program);
    program_run(&program, "tocsin-sync", once, homes[BEN].env);
    program_expect_status(&program, 0);
    program_finish(&program);
    const char *id =
        read_back(REQUESTS "?status=open&schedule_id=S1", "schedule_cover_requests.0.id");
    assert_int_equal(hub_ask(&hub, &arena, hub.keys[ANA], "POST",
                             arena_printf(&arena, REQUESTS "/%s/actions/take", id),
                             "{\"user\":{\"id\":\"U4\"}}")
                         .status,
                     200);
    program_run(&program, "tocsin", ask, homes[BEN].env);
    assert_int_not_equal(program.status, 0);
    program_expect_err(&program, "it was changed upstream since you saw it");
    program_expect_err(&program, "taken");
    program_finish(&program);
    program_run(&program, "tocsin", outbox, homes[BEN].env);
    program_expect_out(&program, "\"conflict\"");
    program_finish(&program);
    assert_string_equal(read_back(arena_printf(&arena, REQUESTS "/%s", id),
                                  "schedule_cover_request.covering_user.name"),
                        "Dee");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_is_covered_by_who_takes_it),
        cmocka_unit_test(what_the_hub_refuses_is_said_and_kept),
        cmocka_unit_test(where_the_server_has_no_requests_it_says_so_and_overrides),
        cmocka_unit_test(who_comes_second_is_told),
    };
    return cmocka_run_group_tests_name("cover", tests, set_up, tear_down);
}
