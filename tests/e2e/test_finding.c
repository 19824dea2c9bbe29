/* Finding things in the console: filter, matches, order, on the demo's company at one moment. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/cache.h"
#include "store/local.h"
#include "tests/support/frozen.h"
#include "tests/support/store_objects.h"

static struct arena arena;

static struct screen *
open_console(int cols, int rows)
{
    return frozen_console(cols, rows, NULL);
}

static void
a_filter_is_in_force_while_it_is_typed(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_expect(screen, "1 Alerts 13 ");
    screen_type(screen, "/sev>=major");
    screen_expect(screen, "1 Alerts 2 of 13 [sev>=major]");
    screen_expect(screen, "match; of what fires, 2 of 13");
    screen_expect_match(screen, "^│ >A S1 ");
    screen_expect_gone(screen, "F S3 ");
    screen_type(screen, " deliveries");
    screen_expect(screen, "1 Alerts 1 of 13 [sev>=major deliveries]");
    screen_type(screen, "\x17"); /* a word less */
    screen_expect(screen, "1 Alerts 2 of 13 [sev>=major]");
    screen_type(screen, "\r");
    screen_expect_gone(screen, " /sev");
    screen_expect(screen, "1 Alerts 2 of 13 [sev>=major]");
    screen_type(screen, "z\x1b"); /* Esc clears it and leaves the zoom */
    screen_expect(screen, "1 Alerts 13 ");
    screen_expect_gone(screen, "3 Rota");
    screen_type(screen, "\x1b");
    screen_expect(screen, "3 Rota");
    screen_leave(screen, "Q");
}

static void
esc_gives_back_the_filter_that_was(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_type(screen, "/env=prod\r");
    screen_expect(screen, "[env=prod]");
    screen_type(screen, "jjj/ sev=4");
    screen_expect(screen, "[env=prod sev=4]");
    screen_type(screen, "\x1b");
    screen_expect(screen, "1 Alerts 13 of 13 [env=prod] ");
    screen_expect_match(screen, ">F S3 ");
    screen_type(screen, "\x1b");
    screen_leave(screen, "Q");
}

static void
a_mistake_is_pointed_at_and_the_last_filter_stays(void **state)
{
    int row, col, note_row, note_col;
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_type(screen, "/deliveries");
    screen_expect(screen, "1 Alerts 2 of 13 [deliveries]");
    screen_type(screen, " sev>=mjor");
    screen_expect(screen, "'mjor' is no severity: did you mean 'major'?");
    screen_expect(screen, "1 Alerts 2 of 13 [deliveries]");
    assert_true(screen_find(screen, "mjor", &row, &col));
    assert_true(screen_find(screen, "^ 'mjor' is no severity", &note_row, &note_col));
    screen_type(screen, "\r"); /* what is wrong is not kept */
    screen_expect(screen, "^ 'mjor' is no severity");
    screen_type(screen, "\t"); /* what was meant instead */
    screen_expect(screen, "/deliveries sev>=major");
    screen_expect(screen, "1 Alerts 1 of 13 [deliveries sev>=major]");
    assert_int_equal(note_col, col);
    assert_int_equal(note_row, row + 1);
    screen_type(screen, "\x1b");
    screen_leave(screen, "Q");
}

static void
tab_completes_names_and_values(void **state)
{
    (void)state;
    struct screen *screen = open_console(80, 24);
    screen_type(screen, "/own");
    screen_expect(screen, "Tab completes");
    screen_type(screen, "\t");
    screen_expect(screen, " /owner=");
    screen_type(screen, "\x15se\t");
    screen_expect(screen, " /severity>=");
    screen_type(screen, "\t");
    screen_expect(screen, " /sev>=");
    screen_type(screen, "\x1b[Z\t");
    screen_expect(screen, " /sev>=");
    screen_type(screen, "cr\t");
    screen_expect(screen, " /sev>=critical");
    screen_expect(screen, "1 Alerts 1 of 13 [sev>=critical]");
    screen_type(screen, "\r\x1b");
    screen_leave(screen, "Q");
}

static void
a_filter_that_hides_every_row_says_how_to_get_them_back(void **state)
{
    (void)state;
    struct screen *screen = open_console(80, 24);
    screen_type(screen, "/xyzzy\r");
    screen_expect(screen, "0 of 13 match; Esc clears");
    screen_expect_gone(screen, "no longer in the list");
    screen_type(screen, "\x1b");
    screen_expect_match(screen, ">[AF] S1 ");
    screen_leave(screen, "Q");
}

static void
filters_come_back_with_the_arrows(void **state)
{
    (void)state;
    struct screen *screen = open_console(80, 24);
    screen_type(screen, "/age<1h\r/\025env=prod\r/\025");
    screen_type(screen, "tea\x1bOA");
    screen_expect(screen, " /env=prod");
    screen_type(screen, "\x1bOA");
    screen_expect(screen, " /age<1h");
    screen_type(screen, "\x1bOB\x1bOB");
    screen_expect(screen, " /tea");
    screen_type(screen, "\x1b\x1b");
    screen_expect(screen, "1 Alerts 13 ");
    screen_leave(screen, "Q");
}

static void
the_palette_filters_too_and_says_what_is_wrong(void **state)
{
    (void)state;
    struct screen *screen = open_console(80, 24);
    screen_type(screen, "4:filter owner:@me\r");
    screen_expect_match(screen, "4 Follow-ups [0-9]+ of 24 \\[owner:@me\\]");
    screen_type(screen, ":filter due<yesterdy\r");
    screen_expect(screen, "'yesterdy' is no time");
    screen_type(screen, ":filter none\r");
    screen_expect(screen, "4 Follow-ups 24 ");
    screen_leave(screen, "Q");
}

static void
events_and_shifts_are_filtered_too(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_type(screen, "2/refused kind=event\r");
    screen_expect_match(screen, ">02:24 .*File refused");
    screen_expect_gone(screen, "Helen can send");
    screen_expect(screen, "[refused kind=event]");
    screen_type(screen, "/\x15xyzzy\r");
    screen_expect(screen, "None match; Esc clears");
    screen_type(screen, "\x1b");
    screen_expect(screen, "Helen can send");
    screen_type(screen, "3/yara\r");
    screen_expect(screen, "[yara]");
    screen_expect_gone(screen, "Data Responder");
    screen_expect(screen, "3 Rota Platform out of hours");
    screen_type(screen, ";\x1b");
    screen_expect(screen, "Data Responder");
    screen_leave(screen, "Q");
}

static void
filters_orders_and_lines_outlive_the_program(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_type(screen, "/sev>=major\r:sort newest\r4/owner:@me\r");
    screen_expect(screen, "[owner:@me]");
    screen_leave(screen, "Q");
    screen = open_console(120, 40);
    screen_expect(screen, "1 Alerts 2 of 13 [sev>=major]  sort: newest");
    screen_expect_match(screen, "4 Follow-ups 6 of 24 \\[owner:@me\\]");
    screen_type(screen, "/\025\x1bOA");
    screen_expect(screen, " /owner:@me");
    screen_type(screen, "\x1bOA");
    screen_expect(screen, " /sev>=major");
    screen_type(screen, "\x1b:");
    screen_expect_match(screen, ">sort newest +used lately");
    screen_type(screen, "\x1b");
    screen_leave(screen, "Q");
}

static void
views_are_saved_listed_renamed_and_deleted(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_type(screen, "/sev>=major\r:view save \"my prod\"\r");
    screen_expect(screen, "saved as view 'my prod'");
    screen_type(screen, "\x1b"
                        "2f");
    screen_expect_match(screen, ">my prod +alerts +sev>=major");
    screen_type(screen, "\r"); /* goes to its pane */
    screen_expect(screen, "1 Alerts 2 of 13 [sev>=major]");
    screen_type(screen, "fe");
    screen_expect(screen, ":view rename \"my prod\"");
    screen_type(screen, "prod\r\x1b");
    screen_expect(screen, "1 Alerts 13 ");
    screen_leave(screen, "Q");

    screen = open_console(120, 40);
    screen_type(screen, ":view pr\t");
    screen_expect(screen, " :view prod");
    screen_type(screen, "\r");
    screen_expect(screen, "1 Alerts 2 of 13 [sev>=major]");
    screen_type(screen, ":view prodd\r");
    screen_expect(screen, "there is no view 'prodd': did you mean 'prod'?");
    screen_type(screen, ":view delete prod\r");
    screen_expect(screen, "Delete this view? y/n");
    screen_type(screen, "n");
    screen_expect_match(screen, ">prod +alerts");
    screen_type(screen, "x");
    screen_expect(screen, "Delete this view? y/n");
    screen_type(screen, "y");
    screen_expect_no_match(screen, "prod +alerts");
    screen_type(screen, "x");
    screen_expect(screen, "Delete this view? y/n");
    screen_type(screen, "y");
    screen_expect(screen, "view 'ignored' comes with tocsin: it stays");
    screen_type(screen, "\x1b\x1b");
    screen_expect(screen, "1 Alerts 13 ");
    screen_leave(screen, "Q");
}

static void
the_warnings_that_are_ignored_longest_are_a_view_from_the_start(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_type(screen, ":view ignored\r");
    screen_expect_match(screen,
                        "1 Alerts [0-9]+ of 13 \\[level=warn state=firing\\]  sort: oldest");
    screen_expect_match(screen, ">F S4 .*2d ");
    screen_leave(screen, "Q");
}

/* Saved by a former version, or while an attribute was there that is gone. */
static void
put_view(const char *name, const char *pane, const char *filter, const char *sort)
{
    struct store *private_db = NULL;
    struct error err = {0};
    const struct saved_view view = {
        .name = name, .pane = pane, .filter = filter, .sort = sort, .columns = ""};
    const char *path = arena_printf(&arena, "%s/state/tocsin/profiles/%s/private.db",
                                    frozen.home.root, frozen.profile);
    if (!store_open(&private_db, STORE_PRIVATE, path, STORE_WRITE, NULL, &err) ||
        !saved_view_put(private_db, frozen.url, &view, 1, &err))
        fail_msg("%s", err.message);
    store_close(private_db);
}

static void
a_view_that_no_longer_reads_says_why_and_is_kept(void **state)
{
    (void)state;
    put_view("of old", "alerts", "sev>=mjor", "");
    put_view("by moon", "alerts", "env=prod", "moon");
    put_view("of pumps", "pumps", "", "");
    struct screen *screen = open_console(120, 40);
    for (int round = 0; round < 2; round++) { /* and again: it was kept */
        screen_type(screen, ":view of old\r");
        screen_expect(screen,
                      "the view 'of old' no longer reads, it is kept: 'mjor' is no severity");
        screen_expect(screen, "1 Alerts 13 "); /* what was shown stays */
        screen_type(screen, ":view by moon\r");
        screen_expect(screen, "the view 'by moon' no longer reads, it is kept: ");
        screen_type(screen, ":view of pumps\r");
        screen_expect(screen, "the view 'of pumps' no longer reads, it is kept: ");
    }
    screen_type(screen, "f");
    screen_expect_match(screen, "of old +alerts +sev>=mjor +'mjor' is no severity");
    screen_expect_match(screen, "of pumps +pumps +everything +there is no pane 'pumps'");
    screen_type(screen, "\x1b");
    screen_leave(screen, "Q");
}

static void
one_search_finds_over_all_kinds_and_leads_there(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_type(screen, "\x06");
    screen_expect(screen, "Search everything");
    screen_type(screen, "deliveries");
    screen_expect_match(screen, "found, newest first");
    screen_expect_match(screen, "^│>.*deliveries");
    screen_type(screen, " kind=alerts not_null");
    screen_expect_match(screen, "^│>.*alerts .*fct_deliveries: not_null");
    screen_type(screen, "\r");
    screen_expect_match(screen, ">[AFR] S[1-4] fct_deliveries: not_null");
    screen_type(screen, ":search payouts kind=incidents\r");
    screen_expect_match(screen, "^│>.*incidents");
    screen_type(screen, "\r");
    screen_expect_match(screen, "2 Timeline INC-[0-9]+");
    screen_type(screen, "\x06");
    screen_type(screen, "\x1bOA"); /* what was looked for before */
    screen_expect(screen, "search payouts kind=incidents");
    screen_type(screen, "\025failed");
    screen_expect_match(screen, "more than 20[01] found");
    for (int page = 0; page < 6; page++)
        screen_type(screen, "\x1b[6~"); /* further down, there is more */
    screen_expect_match(screen, "more than (39|40)[0-9] found");
    screen_type(screen, "\025xyzzyx");
    screen_expect(screen, "Nothing has these words.");
    screen_type(screen, "\x1b");
    screen_leave(screen, "Q");
}

static void
the_alert_that_the_header_tells_of_is_gone_to(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_expect(screen, "oldest unacked S3 1h");
    screen_type(screen, "2U");
    screen_expect(screen, ">F S3 delivery_sla_daily: not_null");
    screen_type(screen, "/sev=4\rU"); /* there it is hidden: it opens */
    screen_expect(screen, "failing since 01:27");
    screen_type(screen, "q");
    screen_type(screen, "/none\r");
    screen_leave(screen, "Q");
}

static void
the_board_as_it_was_says_so(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_type(screen, ":as-of \"yesterdy 14:00\"\r");
    screen_expect(screen, "did you mean 'yesterday'?");
    screen_type(screen, ":as-of tomorrow\r");
    screen_expect(screen, "that is still to come");
    screen_type(screen, ":as-of yesterday 14:00\r"); /* all was fetched today */
    screen_expect_match(screen, "known|before");
    screen_expect(screen, "live 0s");
    screen_type(screen, ":as-of 03:12\r");
    screen_expect(screen, "AS OF 03:12");
    screen_expect_gone(screen, "live 0s");
    screen_type(screen, "G"); /* what it lacks is said where the list ends */
    screen_expect(screen, "Of what was over then, only the newest 1000 are on this board.");
    screen_type(screen, "\x1b");
    screen_expect(screen, "live 0s");
    screen_type(screen, ":since soonish\r");
    screen_expect(screen, "'soonish' is no time");
    screen_type(screen, ":since last\r");
    screen_expect(screen, "you have not looked before");
    screen_leave(screen, "Q");
}

static void
an_order_is_chosen_from_a_list_or_by_its_name(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_type(screen, "s");
    screen_expect(screen, ">* severity");
    screen_type(screen, "j\r");
    screen_expect(screen, "sort: newest");
    screen_type(screen, ":sort newest\r"); /* again: the other way round */
    screen_expect(screen, "sort: oldest");
    screen_type(screen, ":sort sideways\r");
    screen_expect(screen, "there is no order 'sideways' here: there are severity, newest");
    screen_type(screen, ":sort severity\r");
    screen_expect_gone(screen, "sort:");
    screen_type(screen, "2s");
    screen_expect(screen, ">* newest");
    screen_type(screen, "j\r");
    screen_expect_match(screen, "2 Timeline INC-[0-9]+ .*sort: oldest");
    screen_expect_match(screen, " opened|Opened:");
    screen_type(screen, "."); /* to the newest, which is the last */
    screen_expect_match(screen, ">~?[0-9:]+ .*Farms: accounts");
    screen_type(screen, "s\r");
    screen_expect_gone(screen, "sort:");
    screen_type(screen, "3s");
    screen_expect(screen, ">* name");
    screen_type(screen, "j\r");
    screen_expect(screen, "sort: hand-over");
    screen_type(screen, ":sort name\r");
    screen_expect_gone(screen, "sort:");
    screen_leave(screen, "Q");
}

static bool
reads_as_before(struct screen *screen, void *context)
{
    return strcmp(screen_text(screen, &arena), context) == 0;
}

static void
cursors_scrolls_and_forms_outlive_the_program_but_not_what_fires_meanwhile(void **state)
{
    (void)state;
    struct error err = {0};
    enum cache_change change;
    struct screen *screen = open_console(120, 40);
    const char *top = screen_text(screen, &arena);
    screen_type(screen, "4bGG3c2GG1jjjG");
    screen_settle(screen, 300);
    screen_type(screen, "kkk");
    screen_expect_match(screen, ">R S[1-4] ");
    screen_expect_gone(screen, ">A S1");
    screen_expect(screen, "sort: owner");
    screen_expect(screen, "  Mar 2026");
    screen_settle(screen, 300);
    char *left = arena_text(&arena, screen_text(screen, &arena));
    screen_leave(screen, "Q");
    screen = frozen_console_again(120, 40, NULL);
    if (!screen_wait(screen, reads_as_before, left, SCREEN_PATIENCE_MS))
        fail_msg("not as it was left:\n%s\nbut\n%s", left, screen_text(screen, &arena));
    screen_leave(screen, "Q");

    int64_t at_ms;
    struct store *store = frozen_cache();
    assert_true(time_from_rfc3339("2026-03-23T03:12:30Z", &at_ms));
    struct alert *alert = sample_object(&arena, KIND_ALERT, "01ZZMEANWHILE", at_ms);
    alert->title = "one that fires meanwhile";
    alert->status = "firing";
    alert->severity_digit = alert->feed_rank = 1;
    alert->feed_at = at_ms;
    if (!store_begin(store, &err) || !cache_put(store, KIND_ALERT, alert, at_ms, &change, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
    screen = frozen_console_again(120, 40, NULL);
    screen_expect_match(screen, "│.>F S1 one that fires meanwhile");
    screen_leave(screen, "Q");
    if (!store_begin(store, &err) ||
        !cache_delete(store, KIND_ALERT, "01ZZMEANWHILE", at_ms, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
    screen = open_console(120, 40);
    assert_string_equal(screen_text(screen, &arena), top);
    screen_leave(screen, "Q");
}

/* ux.md 15.2 */
static void
every_printable_byte_reaches_the_line(void **state)
{
    static const char *const prompts[][2] = {{"/", " /"}, {":", " :"}, {"\x06", " search "}};
    char all[96] = "";
    (void)state;
    for (int c = ' '; c <= '~'; c++)
        all[c - ' '] = (char)c;
    for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++) {
        struct screen *screen = open_console(120, 40);
        screen_type(screen, prompts[i][0]);
        screen_type(screen, "x"); /* a line is drawn from its first column that is not blank */
        screen_type(screen, all);
        screen_expect(screen, arena_printf(&arena, "%sx%s", prompts[i][1], all));
        screen_type(screen, "\x1b");
        screen_expect(screen, "? help");
        screen_leave(screen, "Q");
    }
}

static int
forget(void **state)
{
    (void)state;
    frozen_forget();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_filter_is_in_force_while_it_is_typed, forget),
        cmocka_unit_test_teardown(esc_gives_back_the_filter_that_was, forget),
        cmocka_unit_test_teardown(a_mistake_is_pointed_at_and_the_last_filter_stays, forget),
        cmocka_unit_test_teardown(tab_completes_names_and_values, forget),
        cmocka_unit_test_teardown(a_filter_that_hides_every_row_says_how_to_get_them_back, forget),
        cmocka_unit_test_teardown(filters_come_back_with_the_arrows, forget),
        cmocka_unit_test_teardown(the_palette_filters_too_and_says_what_is_wrong, forget),
        cmocka_unit_test_teardown(events_and_shifts_are_filtered_too, forget),
        cmocka_unit_test_teardown(filters_orders_and_lines_outlive_the_program, forget),
        cmocka_unit_test_teardown(the_warnings_that_are_ignored_longest_are_a_view_from_the_start,
                                  forget),
        cmocka_unit_test_teardown(views_are_saved_listed_renamed_and_deleted, forget),
        cmocka_unit_test_teardown(a_view_that_no_longer_reads_says_why_and_is_kept, forget),
        cmocka_unit_test_teardown(one_search_finds_over_all_kinds_and_leads_there, forget),
        cmocka_unit_test_teardown(the_alert_that_the_header_tells_of_is_gone_to, forget),
        cmocka_unit_test_teardown(the_board_as_it_was_says_so, forget),
        cmocka_unit_test_teardown(an_order_is_chosen_from_a_list_or_by_its_name, forget),
        cmocka_unit_test_teardown(every_printable_byte_reaches_the_line, forget),
        cmocka_unit_test_teardown(
            cursors_scrolls_and_forms_outlive_the_program_but_not_what_fires_meanwhile, forget),
    };
    int failed = cmocka_run_group_tests_name("finding", tests, frozen_start, frozen_stop);
    arena_finish(&arena);
    return failed;
}
