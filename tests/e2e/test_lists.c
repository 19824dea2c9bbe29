/*
 * How lists behave while what they show changes underneath (ux.md 4 and 15.1): rows keep their place while somebody
 * chooses, the cursor keeps its item, what is new waits. The cache is written here, as a poller would; the console's
 * clock stands still.
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
#include "store/cache.h"
#include "store/local.h"
#include "tests/support/frozen.h"
#include "tests/support/store_objects.h"

static struct arena arena;
static struct store *store;
static int64_t now_ms;

/* Above all that the demo has: severity 1, the newest last put on top. */
static void
put_alert(const char *id, const char *title, int minutes, bool resolved)
{
    struct error err = {0};
    enum cache_change change;
    struct alert *alert = sample_object(&arena, KIND_ALERT, id, now_ms);
    alert->title = title;
    alert->status = resolved ? "resolved" : "firing";
    alert->severity_digit = 1;
    alert->feed_rank = resolved ? 9 : 1;
    alert->resolved_at = !resolved ? 0 : minutes ? now_ms + minutes * MINUTE_MS : now_ms + DAY_MS;
    alert->feed_at = resolved ? alert->resolved_at : now_ms + (int64_t)minutes * MINUTE_MS;
    alert->json =
        arena_printf(&arena, "{\"id\":\"%s\",\"title\":\"%s\",\"status\":\"%s\",\"n\":%d}", id,
                     title, alert->status, minutes);
    if (!store_begin(store, &err) || !cache_put(store, KIND_ALERT, alert, now_ms, &change, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
}

#define ITEMS 9

static const char *
item_id(int n)
{
    return arena_printf(&arena, "01ZZLIST%c", 'A' + n);
}

static const char *
item_title(int n)
{
    return arena_printf(&arena, "item %c of the list", 'A' + n);
}

static void
put_item(int n, int minutes)
{
    put_alert(item_id(n), item_title(n), minutes, false);
}

static int
start(void **state)
{
    frozen_start(state);
    store = frozen_cache();
    assert_true(time_from_rfc3339("2026-03-23T03:00:00Z", &now_ms));
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    store_close(store);
    frozen_stop(state);
    arena_finish(&arena);
    return 0;
}

static int
put_items(void **state)
{
    (void)state;
    for (int n = 0; n < ITEMS; n++)
        put_item(n, n);
    return 0;
}

/* The line with the cursor's mark; "" when there is none. */
static const char *
line_at_cursor(const struct screen *screen)
{
    for (int row = 1; row < screen_rows(screen); row++)
        for (int col = 1; col < 4; col++)
            if (strcmp(screen_cell(screen, row, col).text, ">") == 0)
                return screen_line(screen, row, &arena);
    return "";
}

struct place {
    int row;
    const char *text;
};

static bool
text_stands_there(struct screen *screen, void *context)
{
    const struct place *place = context;
    int row;
    return screen_find(screen, place->text, &row, NULL) && row == place->row;
}

static void
expect_at(struct screen *screen, int row, const char *text)
{
    struct place place = {row, text};
    if (!screen_wait(screen, text_stands_there, &place, SCREEN_PATIENCE_MS))
        fail_msg("'%s' is not in row %d:\n%s", text, row, screen_text(screen, &arena));
}

static void
the_cursor_stays_on_its_item_over_100_refreshes_and_a_key_in_between_hits_it(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    screen_expect(screen, item_title(ITEMS - 1));
    for (int i = 0; i < 4; i++)
        screen_type(screen, "j");
    screen_expect_match(screen, arena_printf(&arena, ">.*%s", item_title(4)));
    for (int round = 0; round < 100; round++) {
        int n = round * 7 % ITEMS;
        put_item(n, 10 + round);
        if (round % 10 != 9)
            continue;
        /* The order settles with the one put last on top, the cursor on its item; what opens is that item. */
        expect_at(screen, 2, item_title(n));
        assert_non_null(strstr(line_at_cursor(screen), item_title(4)));
        put_item((n + 1) % ITEMS, 10 + round); /* while the key comes */
        screen_type(screen, "\r");
        screen_expect(screen, " Detail ");
        screen_expect(screen, arena_printf(&arena, "%s", item_title(4)));
        assert_false(screen_find(screen, item_title(5), NULL, NULL));
        screen_type(screen, "q");
        screen_expect(screen, item_title(5));
    }
    screen_leave(screen, "Q");
}

static void
rows_keep_their_places_while_one_chooses_and_new_ones_wait(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    expect_at(screen, 2, item_title(ITEMS - 1));
    screen_type(screen, ":"); /* a prompt: until it is closed nothing moves */
    screen_expect(screen, " Actions ");
    put_alert(item_id(0), "item A has another title", 50, false);
    put_alert("01ZZLISTNEW", "something entirely new", 60, false);
    screen_expect(screen, "(1 new ^)");
    expect_at(screen, 2, item_title(ITEMS - 1));
    expect_at(screen, 10, "item A has another title");
    put_alert(item_id(5), "item F ended long ago", -300 * 24 * 60, true); /* far down the list */
    expect_at(screen, 5, "R S1 item F ended long ago");
    assert_false(screen_find(screen, "something entirely new", NULL, NULL));

    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "(1 new ^)"); /* a second after the key */
    expect_at(screen, 2, "something entirely new");
    expect_at(screen, 3, "item A has another title");
    assert_non_null(strstr(line_at_cursor(screen), item_title(ITEMS - 1)));
    put_alert("01ZZLISTNEW", "something entirely new", 0, true);
    expect_at(screen, 2, "item A has another title");
    screen_leave(screen, "Q");
}

static void
a_key_takes_in_what_is_new_and_goes_there(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    expect_at(screen, 2, item_title(ITEMS - 1));
    screen_type(screen, "G"); /* far from the top */
    screen_expect_gone(screen, item_title(ITEMS - 1));
    put_alert("01ZZLISTNEXT", "one more that is new", 70, false);
    screen_expect(screen, "(1 new ^)");
    screen_type(screen, ".");
    screen_expect_match(screen, ">.*one more that is new");
    screen_expect_gone(screen, "(1 new ^)");
    put_alert("01ZZLISTNEXT", "one more that is new", 0, true);
    screen_leave(screen, "Q");
}

static void
paused_lists_stand_still_and_say_what_waits(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    expect_at(screen, 2, item_title(ITEMS - 1));
    screen_type(screen, "P");
    screen_expect_match(screen, "1 Alerts.* paused 0s ");
    put_item(0, 80);
    put_alert("01ZZLISTWAIT", "one that waits", 81, false);
    screen_expect_match(screen, "1 Alerts.* paused 0s, 1 waiting");
    assert_false(screen_find(screen, "one that waits", NULL, NULL));
    expect_at(screen, 2, item_title(ITEMS - 1));
    screen_type(screen, "P");
    screen_expect_gone(screen, "paused");
    expect_at(screen, 2, "one that waits");
    put_alert("01ZZLISTWAIT", "one that waits", 0, true);
    screen_leave(screen, "Q");
}

static void
a_selection_holds_the_order_outlives_changes_and_is_cleared(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    expect_at(screen, 2, item_title(ITEMS - 1));
    screen_type(screen, " ");
    screen_expect_match(screen, "sel 1 ");
    screen_type(screen, "jvjj");
    screen_expect_match(screen, "sel 4 ");
    screen_expect_match(screen, arena_printf(&arena, "[+].*%s", item_title(ITEMS - 1)));
    put_item(0, 90); /* the last goes to the top, were it not for the selection */
    put_alert("01ZZLISTMORE", "one more", 91, false);
    screen_expect(screen, "(1 new ^)");
    expect_at(screen, 2, item_title(ITEMS - 1));
    screen_type(screen, "v ");
    screen_expect_match(screen, "sel 3 ");
    screen_type(screen, "y");
    screen_expect(screen, "Copy, of 3 items");
    screen_type(screen, "t");
    screen_expect_match(screen, arena_printf(&arena, "copied title: %s.*%s", item_title(ITEMS - 1),
                                             item_title(ITEMS - 2)));
    screen_type(screen, "2");
    screen_expect_gone(screen, "sel "); /* the other pane's is its own */
    screen_type(screen, "1");
    screen_expect_match(screen, "sel 3 ");
    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "sel ");
    expect_at(screen, 2, "one more");
    screen_type(screen, "*");
    screen_expect_match(screen, "[0-9]+ selected");
    put_alert("01ZZLISTMORE", "one more", 0, true);
    screen_leave(screen, "Q");
}

static void
an_item_that_ends_under_the_cursor_says_so(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    expect_at(screen, 2, item_title(ITEMS - 1));
    put_alert(item_id(ITEMS - 1), item_title(ITEMS - 1), 0, true);
    screen_expect_match(screen, arena_printf(&arena, "%s resolved", item_title(ITEMS - 1)));
    screen_leave(screen, "Q");
}

static void
put_incident(const char *category)
{
    struct error err = {0};
    enum cache_change change;
    struct incident *incident = sample_object(&arena, KIND_INCIDENT, "01ZZINCIDENT", now_ms);
    struct incident_update *update =
        sample_object(&arena, KIND_INCIDENT_UPDATE, "01ZZUPDATE", now_ms);
    incident->reference = "INC-9001";
    incident->name = "The pumps are silent";
    incident->incident_status_category = category;
    incident->incident_status_name = category;
    incident->severity_digit = 1;
    incident->json = arena_printf(&arena, "{\"id\":\"01ZZINCIDENT\",\"is\":\"%s\"}", category);
    update->incident_id = incident->id;
    update->updater_user_name = "Eve Lind";
    update->new_incident_status_name = category;
    update->json = arena_printf(&arena, "{\"id\":\"01ZZUPDATE\",\"is\":\"%s\"}", category);
    if (!store_begin(store, &err) ||
        !cache_put(store, KIND_INCIDENT, incident, now_ms, &change, &err) ||
        !cache_put(store, KIND_INCIDENT_UPDATE, update, now_ms, &change, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
}

static void
delete_incident(void)
{
    struct error err = {0};
    if (!store_begin(store, &err) ||
        !cache_delete(store, KIND_INCIDENT, "01ZZINCIDENT", now_ms, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
}

static void
an_incident_that_is_closed_or_leaves_says_so_and_gives_way(void **state)
{
    (void)state;
    put_incident("live");
    struct screen *screen = frozen_console(120, 40, NULL);
    screen_expect(screen, "2 Timeline INC-9001");
    put_incident("closed");
    screen_expect(screen, "INC-9001 closed by Eve Lind");
    screen_expect_no_match(screen, "2 Timeline INC-9001");
    screen_expect_match(screen, "2 Timeline INC-[0-9]+");
    put_incident("live");
    screen_expect(screen, "2 Timeline INC-9001");
    delete_incident();
    screen_expect(screen, "INC-9001: no longer there");
    screen_expect_no_match(screen, "2 Timeline INC-9001");
    screen_leave(screen, "Q");
}

static void
a_lock_and_the_activity_say_what_they_are(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    screen_type(screen, "K");
    screen_expect(screen, "LOCK");
    screen_expect(screen, "locked: view only until K twice");
    screen_type(screen, ":profile other\r");
    screen_expect(screen, "locked: another profile would not be");
    screen_type(screen, "K");
    screen_expect(screen, "unlock? K again does it");
    screen_type(screen, "jK"); /* another key was not the answer */
    screen_expect(screen, "unlock? K again does it");
    screen_expect(screen, "LOCK");
    screen_type(screen, "K");
    screen_expect_gone(screen, "LOCK");
    screen_type(screen, "@");
    screen_expect(screen, " Activity ");
    screen_expect(screen, "firing alerts");
    screen_expect(screen, "unlocked");
    screen_type(screen, "q");
    screen_expect(screen, "3 Rota");
    screen_leave(screen, "Q");
}

static void
what_came_since_one_last_looked_is_marked(void **state)
{
    (void)state;
    screen_leave(frozen_console(120, 40, NULL), "Q");
    put_alert("01ZZLISTAWAY", "came while nobody looked", 95, false);
    struct screen *screen = frozen_console(120, 40, NULL);
    screen_expect_match(screen, "[.]>F S1 came while nobody looked");
    assert_false(screen_has_match(screen, "[.] F S1 item A"));
    screen_leave(screen, "Q");
    screen = frozen_console(120, 40, NULL);
    expect_at(screen, 2, "came while nobody looked");
    put_alert("01ZZLISTAWAY", "came while nobody looked", 0, true);
    screen_leave(screen, "Q");
}

/* A commit that is not on screen. */
static void
put_user(const char *name)
{
    struct error err = {0};
    enum cache_change change;
    struct user *user = sample_object(&arena, KIND_USER, "01ZZUSER", now_ms);
    user->name = name;
    user->json = arena_printf(&arena, "{\"id\":\"01ZZUSER\",\"name\":\"%s\"}", name);
    if (!store_begin(store, &err) || !cache_put(store, KIND_USER, user, now_ms, &change, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
}

static bool
mark_is_gone(struct screen *screen, void *context)
{
    (void)context;
    return !screen_has_match(screen, "[*] F S1");
}

/* ux.md 14: one changed row 300 bytes, its mark and the end of that included; what is not on screen none. */
static void
a_changed_row_costs_little_and_what_is_not_shown_nothing(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    expect_at(screen, 2, item_title(ITEMS - 1));
    screen_settle(screen, 1500); /* the last key's second is over */
    for (int round = 0; round < 4; round++) {
        uint64_t before = screen_bytes(screen);
        const char *title = arena_printf(&arena, "item D, round %d", round);
        put_alert(item_id(3), title, 3, false);
        screen_expect_match(screen, arena_printf(&arena, "[*].*%s", title));
        assert_true(screen_wait(screen, mark_is_gone, NULL, SCREEN_PATIENCE_MS));
        assert_in_range(screen_bytes(screen) - before, 1, 300);
    }
    uint64_t before = screen_bytes(screen);
    put_user("somebody");
    screen_settle(screen, 500);
    put_user("somebody else");
    screen_settle(screen, 500);
    assert_int_equal(screen_bytes(screen) - before, 0);
    screen_leave(screen, "Q");
}

/* Every request there is, taken out: what the console has asked of its poller. */
static void
expect_only_reading_was_asked(void)
{
    struct store *private_db = NULL;
    struct error err = {0};
    const struct request *requests = NULL;
    size_t len = 0;
    const char *path = arena_printf(&arena, "%s/state/tocsin/profiles/%s/private.db",
                                    frozen.home.root, frozen.profile);
    if (!store_open(&private_db, STORE_PRIVATE, path, STORE_WRITE, NULL, &err) ||
        !request_take(private_db, &arena, &requests, &len, &err))
        fail_msg("%s", err.message);
    assert_true(len > 0); /* a refresh at least */
    for (size_t i = 0; i < len; i++)
        assert_true(strcmp(requests[i].kind, "refresh") == 0 ||
                    strcmp(requests[i].kind, "on_screen") == 0);
    store_close(private_db);
}

static void
a_session_in_which_nobody_types_locks_itself(void **state)
{
    (void)state;
    frozen_configure("    lock_after = \"1s\"");
    struct screen *screen = frozen_console(120, 40, NULL);
    screen_expect(screen, "LOCK");
    screen_type(screen, "@"); /* messages go by, there they stay */
    screen_expect(screen, "locked, as nobody typed; K twice unlocks");
    screen_leave(screen, "Q");
    frozen_configure("");
}

/* ux.md 15.3: whatever key is pressed, nothing that changes anything leaves a session that may only look. */
static void
every_key_of_a_locked_or_read_only_session_asks_for_nothing_but_reading(void **state)
{
    (void)state;
    for (int locked = 0; locked < 2; locked++) {
        frozen_configure(locked ? "" : "    read_only = yes");
        struct screen *screen = frozen_console(120, 40, NULL);
        if (locked)
            screen_type(screen, "K");
        screen_expect(screen, locked ? "LOCK" : "RO");
        for (int pane = '1'; pane <= '4'; pane++) {
            char keys[3] = {(char)pane, 0, 0};
            for (char key = ' '; key < 0x7f; key++) {
                if (strchr("qQK1234:/", key))
                    continue; /* the end, the lock, other panes; lines in which one types */
                keys[1] = key;
                screen_type(screen, keys);
                screen_type(screen, "\x1b\x1b");
            }
        }
        screen_settle(screen, 100); /* the last Escape is no part of the next key */
        screen_type(screen, "r");
        screen_expect(screen, "asked for this pane");
        screen_expect(screen, locked ? "LOCK" : "RO");
        screen_leave(screen, "Q");
        expect_only_reading_was_asked();
    }
    frozen_configure("");
}

static void
help_knows_where_one_is_and_finds_words(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 60, NULL);
    screen_type(screen, "2?");
    screen_expect(screen, "Only in Timeline");
    screen_expect_match(screen, "\\] +Next incident or week");
    screen_type(screen, "/");
    screen_expect(screen, "Enter keep");
    screen_type(screen, "nobody is on");
    screen_expect_gone(screen, "Only in Timeline");
    screen_expect_match(screen, "GAP +nobody is on call");
    screen_type(screen, "\r");
    screen_expect_gone(screen, "Enter keep");
    screen_expect(screen, "GAP");
    screen_type(screen, "q");
    screen_expect(screen, "3 Rota");
    screen_leave(screen, "Q");
    screen = frozen_console(40, 20, NULL); /* no room for names, but for those without a key */
    screen_type(screen, "1?");
    screen_expect_match(screen, ":explain Why it went where");
    screen_expect_match(screen, "I +The timeline of its incident");
    screen_leave(screen, "Q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(
            the_cursor_stays_on_its_item_over_100_refreshes_and_a_key_in_between_hits_it,
            put_items),
        cmocka_unit_test_setup(rows_keep_their_places_while_one_chooses_and_new_ones_wait,
                               put_items),
        cmocka_unit_test_setup(a_key_takes_in_what_is_new_and_goes_there, put_items),
        cmocka_unit_test_setup(paused_lists_stand_still_and_say_what_waits, put_items),
        cmocka_unit_test_setup(a_selection_holds_the_order_outlives_changes_and_is_cleared,
                               put_items),
        cmocka_unit_test_setup(an_item_that_ends_under_the_cursor_says_so, put_items),
        cmocka_unit_test(an_incident_that_is_closed_or_leaves_says_so_and_gives_way),
        cmocka_unit_test(a_lock_and_the_activity_say_what_they_are),
        cmocka_unit_test_setup(what_came_since_one_last_looked_is_marked, put_items),
        cmocka_unit_test_setup(a_changed_row_costs_little_and_what_is_not_shown_nothing, put_items),
        cmocka_unit_test(a_session_in_which_nobody_types_locks_itself),
        cmocka_unit_test(every_key_of_a_locked_or_read_only_session_asks_for_nothing_but_reading),
        cmocka_unit_test(help_knows_where_one_is_and_finds_words),
    };
    return cmocka_run_group_tests_name("lists", tests, start, stop);
}
