/*
 * Golden screens (ux.md 15.4): what the console shows of one moment, at every size. `make e2e-accept` writes them anew;
 * what changed is then seen in the difference. Those in colour have a second grid: a letter a cell for its look.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/cache.h"
#include "store/pipeline_run.h"
#include "store/window.h"
#include "tests/support/frozen.h"
#include "tests/support/store_objects.h"

#define DIRECTORY "tests/e2e/screens"
#define LOOKS_MAX 60

static struct arena arena;

/* ---- what comes from outside may hold anything ---- */

static const char *const hostile_titles[] = {
    "wide \xe8\xab\x8b\xe6\xb1\x82\xe3\x83\x87\xe3\x83\xbc\xe3\x82\xbf \xe9\x81\x85\xe5\xbb\xb6 "
    "and "
    "emoji \xf0\x9f\x94\xa5\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xa7 \xf0\x9f\x87\xae\xf0\x9f"
    "\x87\xb9 here",
    "combining cafe\xcc\x81 Z\xcc\x88\xcc\xa3\xcc\xb1o\xcc\x9b and \xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4"
    "\xb7 end",
    "right to left \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 "
    "\xe2\x80\xaegnirts\xe2\x80\xac back",
    "control \x1b[31mred\x1b]0;title\x07 \x9b"
    "2J tab\there\nline\x7f \x1b(0 end",
};

static void
put_hostile_items(void)
{
    struct store *store = frozen_cache();
    struct error err = {0};
    int64_t now_ms;
    assert_true(time_from_rfc3339("2026-03-23T03:00:00Z", &now_ms));
    if (!store_begin(store, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < sizeof hostile_titles / sizeof *hostile_titles; i++) {
        struct alert *alert =
            sample_object(&arena, KIND_ALERT, arena_printf(&arena, "01ZZHOSTILE%zu", i), now_ms);
        enum cache_change change;
        alert->title = hostile_titles[i];
        alert->status = "firing";
        alert->severity_digit = alert->feed_rank = 1;
        alert->team = hostile_titles[i] + 5;
        alert->feed_at = alert->created_at + (int64_t)i * MINUTE_MS;
        if (!cache_put(store, KIND_ALERT, alert, now_ms, &change, &err))
            fail_msg("%s", err.message);

        struct follow_up *follow_up =
            sample_object(&arena, KIND_FOLLOW_UP, arena_printf(&arena, "01ZZHOSTILE%zu", i),
                          now_ms - 99 * DAY_MS);
        follow_up->title = hostile_titles[i];
        follow_up->assignee_name = hostile_titles[i] + 5;
        follow_up->status = "outstanding";
        follow_up->due_at = now_ms - (60 - (int64_t)i) * DAY_MS;
        if (!cache_put(store, KIND_FOLLOW_UP, follow_up, now_ms, &change, &err))
            fail_msg("%s", err.message);
    }
    if (!store_commit(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
}

/* An hour apart, the newest under way. */
static void
put_runs(void)
{
    struct store *store = frozen_cache();
    struct error err = {0};
    int64_t now_ms;
    assert_true(time_from_rfc3339("2026-03-23T03:00:00Z", &now_ms));
    if (!store_begin(store, &err))
        fail_msg("%s", err.message);
    for (int i = 0; i < 30; i++) {
        const int64_t began_at = now_ms - i * HOUR_MS + 5 * MINUTE_MS;
        const struct pipeline_run run = {
            .id = arena_printf(&arena, "01ZZRUN%02d", i),
            .project = "gh/acme/dbt",
            .branch = "main",
            .number = 8812 - i,
            .outcome = i == 0             ? "running"
                       : i == 1 || i == 4 ? "failed"
                       : i == 9           ? "canceled"
                                          : "ok",
            .created_at = began_at,
            .stopped_at = i ? began_at + 20 * MINUTE_MS : 0,
            .revision = "f454a02b00000000000000000000000000000000",
            .subject = "Change orders \x1b[31mred",
            .actor = "scheduled",
            .url = "https://app.circleci.com/pipelines/github/acme/dbt/8812"};
        if (!pipeline_run_put(store, &run, &err))
            fail_msg("%s", err.message);
    }
    if (!store_commit(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
}

static int
start(void **state)
{
    frozen_start(state);
    put_hostile_items();
    put_runs();
    return 0;
}

/* ---- a screen as text ---- */

struct look {
    bool bold, underline, reverse;
    int32_t foreground, background;
};

static size_t
look_of(struct look *looks, size_t *len, const struct screen_cell *cell)
{
    struct look look = {0};
    look.bold = cell->bold;
    look.underline = cell->underline;
    look.reverse = cell->reverse;
    look.foreground = cell->foreground;
    look.background = cell->background;
    for (size_t i = 0; i < *len; i++)
        if (looks[i].bold == look.bold && looks[i].underline == look.underline &&
            looks[i].reverse == look.reverse && looks[i].foreground == look.foreground &&
            looks[i].background == look.background)
            return i;
    assert_true(*len < LOOKS_MAX);
    looks[(*len)++] = look;
    return *len - 1;
}

static void
append_looks(struct str *out, const struct screen *screen)
{
    struct look looks[LOOKS_MAX];
    size_t len = 0;
    for (int row = 0; row < screen_rows(screen); row++) {
        size_t keep = out->len;
        for (int col = 0; col < screen_cols(screen); col++) {
            struct screen_cell cell = screen_cell(screen, row, col);
            bool blank = (!cell.text[0] || strcmp(cell.text, " ") == 0) && !cell.reverse;
            size_t look = blank ? 0 : look_of(looks, &len, &cell);
            str_append_char(out, blank ? ' ' : (char)('A' + look));
            keep = blank ? keep : out->len;
        }
        out->len = keep;
        str_append_char(out, '\n');
    }
    for (size_t i = 0; i < len; i++) {
        str_printf(out, "%c:%s%s%s", (char)('A' + i), looks[i].bold ? " bold" : "",
                   looks[i].underline ? " underline" : "", looks[i].reverse ? " reverse" : "");
        if (looks[i].foreground >= 0)
            str_printf(out, " #%06x", (unsigned)looks[i].foreground);
        if (looks[i].background >= 0)
            str_printf(out, " on #%06x", (unsigned)looks[i].background);
        str_append_char(out, '\n');
    }
}

/* Compares with the file, or writes it when asked to. */
static void
assert_golden(const char *name, const char *text)
{
    const char *path = arena_printf(&arena, DIRECTORY "/%s.txt", name);
    if (getenv("TOCSIN_ACCEPT")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
        return;
    }
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("no golden screen '%s'; `make e2e-accept` writes it", path);
    size_t size = strlen(text) + 2;
    char *kept = arena_alloc(&arena, size);
    kept[fread(kept, 1, size - 1, file)] = '\0';
    (void)fclose(file);
    if (strcmp(kept, text) != 0)
        fail_msg("the screen is not '%s' any more (`make e2e-accept` takes it):\n%s", path, text);
}

static const char *zone = ""; /* the viewer's; "" = as the system has it */

static void
check(int cols, int rows, const char *keys, const char *what, bool in_colour, bool rich)
{
    static const char *const no_colour[] = {"NO_COLOR=1", NULL};
    frozen_configure(
        arena_printf(&arena, "    glyphs = \"%s\"\n%s", rich ? "rich" : "ascii",
                     *zone ? arena_printf(&arena, "    timezone = \"%s\"", zone) : ""));
    struct screen *screen = frozen_console(cols, rows, in_colour ? NULL : no_colour);
    struct str out;
    if (*keys) {
        screen_type(screen, keys);
        screen_settle(screen, 200);
    }
    str_init(&out, 0);
    str_append(&out, screen_text(screen, &arena));
    append_looks(&out, screen);
    assert_golden(arena_printf(&arena, "%s%dx%d-%s-%s", what, cols, rows, rich ? "rich" : "ascii",
                               in_colour ? "colour" : "none"),
                  str_text(&out));
    str_finish(&out);
    screen_type(screen, "\x1b"); /* out of a line being typed */
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
}

static void
every_size_reads_as_it_did(void **state)
{
    static const int sizes[][2] = {{39, 10},  {40, 20},  {79, 24}, {80, 24},
                                   {120, 40}, {200, 60}, {240, 67}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check(sizes[i][0], sizes[i][1], "", "", false, false);
        check(sizes[i][0], sizes[i][1], "", "", true, true);
    }
    check(80, 24, "", "", true, false);
    check(120, 40, "", "", false, true);
    check(80, 24, " jvjj", "selected-", true, true);
    check(40, 20, " j ", "selected-", false, false);
}

/* ux.md 15.8: it is Monday there already, and Sunday still. */
static void
a_viewer_across_the_date_line_sees_the_rota_by_his_days(void **state)
{
    (void)state;
    zone = "Pacific/Kiritimati";
    check(120, 40, "3z", "kiritimati-", false, true);
    zone = "Pacific/Honolulu";
    check(120, 40, "3z", "honolulu-", false, true);
    check(80, 24, "3zccc", "honolulu-mine-", false, true);
    zone = "";
}

static void
each_pane_of_a_phone_a_zoom_and_the_help_read_as_they_did(void **state)
{
    (void)state;
    check(40, 20, "2", "timeline-", false, true);
    check(40, 20, "3", "rota-", false, true);
    check(40, 20, "4", "follow-ups-", false, true);
    check(80, 24, "4bz", "follow-ups-by-owner-", false, true);
    check(40, 20, "3c", "month-", false, true);
    check(80, 24, "3z", "week-", false, true);
    check(120, 40, "3zc", "month-", true, true);
    check(120, 40, "3zcc", "agenda-", false, true);
    check(80, 24, "3zccc", "mine-", false, true);
    check(120, 40, "3zccccl", "day-", false, false);
    check(80, 24, "2z", "timeline-", false, true);
    check(80, 24, "?", "help-", false, true);
    check(120, 40, "\r", "detail-", false, true);
}

static void
lines_being_typed_read_as_they_did(void **state)
{
    (void)state;
    check(80, 24, "/env=prod st", "filter-", false, true);
    check(120, 40, "/sev>=mjor", "mistake-", true, true);
    check(40, 20, "/sev>=", "filter-", false, true);
    check(80, 24, ":", "palette-", false, true);
    check(120, 40, ":sort ", "palette-", false, true);
    check(40, 20, ":vi", "palette-", false, true);
    check(120, 40,
          "\x06"
          "deliveries kind=alerts",
          "search-", true, true);
}

/* ux.md 14: on the pty, at 120x40. */
static void
a_move_a_switch_and_idling_stay_within_their_bytes(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    screen_type(screen, "jjjjj"); /* below the titles in which a column is several bytes */
    screen_settle(screen, 100);
    static const char *const moves[] = {"j", "j", "j", "j", "k", "j", "k", "j"};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        uint64_t before = screen_bytes(screen);
        screen_type(screen, moves[i]);
        screen_settle(screen, 100);
        assert_in_range(screen_bytes(screen) - before, 1, 400);
    }
    uint64_t idle_from = screen_bytes(screen);
    screen_settle(screen, 3000);
    assert_int_equal(screen_bytes(screen) - idle_from, 0); /* its clock stands still */
    for (int i = 0; i < 4; i++) {
        uint64_t before = screen_bytes(screen);
        screen_type(screen, "\t");
        screen_settle(screen, 100);
        assert_in_range(screen_bytes(screen) - before, 1, 6000);
    }
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
}

static void
a_date_and_an_items_incident_are_gone_to(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    screen_type(screen, "I"); /* alerts of ours belong to none */
    screen_expect(screen, "this item has no incident");
    screen_type(screen, "jjjjjI");
    screen_expect(screen, "2 Timeline INC-410");
    screen_type(screen, ":");
    screen_expect(screen, "Actions");
    screen_type(screen, "go-to 2 Apr\r");
    screen_expect(screen, "Mon 30 Mar - Sun 5 Apr");
    screen_type(screen, ":");
    screen_expect(screen, "Actions");
    screen_type(screen, "go-to 2 Nov 2027\r");
    screen_expect(screen, "No shifts are known of this time.");
    screen_type(screen, ":");
    screen_expect(screen, "Actions");
    screen_type(screen, "go-to nonsense\r");
    screen_expect(screen, "'nonsense' is no time");
    screen_type(screen, ".");
    screen_expect(screen, "Mon 23 - Sun 29 Mar");
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
}

/* The last of all, for it changes the cache. */
static void
what_came_since_the_last_look_is_marked_in_the_timeline(void **state)
{
    (void)state;
    struct error err = {0};
    enum cache_change change;
    int64_t at_ms;
    struct screen *screen = frozen_console(120, 40, NULL);
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);

    struct store *store = frozen_cache();
    struct timeline_window window;
    struct window_request request = {.rows = 1};
    assert_true(time_from_rfc3339("2026-03-23T03:13:00Z", &at_ms));
    assert_true(window_timeline(store, "", &request, &arena, &window, &err));
    struct incident_update *update = sample_object(&arena, KIND_INCIDENT_UPDATE, "01ZZNEW", at_ms);
    update->incident_id = window.incident.id;
    update->message = "The second file is accepted";
    if (!store_begin(store, &err) ||
        !cache_put(store, KIND_INCIDENT_UPDATE, update, at_ms, &change, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
    store_close(store);

    screen = frozen_console(120, 40, NULL);
    screen_expect(screen, "The second file is accepted");
    screen_expect(screen, "^ new since 03:12");
    screen_type(screen, "2]"); /* the next incident was never looked at */
    screen_expect_gone(screen, "new since");
    screen_type(screen, "[");
    screen_expect(screen, "^ new since 03:12");
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_reads_as_it_did),
        cmocka_unit_test(a_viewer_across_the_date_line_sees_the_rota_by_his_days),
        cmocka_unit_test(each_pane_of_a_phone_a_zoom_and_the_help_read_as_they_did),
        cmocka_unit_test(lines_being_typed_read_as_they_did),
        cmocka_unit_test(a_move_a_switch_and_idling_stay_within_their_bytes),
        cmocka_unit_test(a_date_and_an_items_incident_are_gone_to),
        cmocka_unit_test(what_came_since_the_last_look_is_marked_in_the_timeline),
    };
    int failed = cmocka_run_group_tests_name("screens", tests, start, frozen_stop);
    arena_finish(&arena);
    return failed;
}
