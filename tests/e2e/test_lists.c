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
#include "tests/support/frozen.h"
#include "tests/support/store_objects.h"

static struct frozen frozen;
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
    alert->resolved_at = resolved ? now_ms + DAY_MS : 0;
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
    (void)state;
    frozen_create(&frozen, "demo");
    store = frozen_cache(&frozen);
    assert_true(time_from_rfc3339("2026-03-23T03:00:00Z", &now_ms));
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    store_close(store);
    frozen_destroy(&frozen);
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

static void
leave(struct screen *screen)
{
    screen_type(screen, "Q");
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_stop(screen);
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
    struct screen *screen = frozen_console(&frozen, 120, 40, NULL);
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
    leave(screen);
}

static void
rows_keep_their_places_while_one_chooses_and_new_ones_wait(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(&frozen, 120, 40, NULL);
    expect_at(screen, 2, item_title(ITEMS - 1));
    screen_type(screen, ":"); /* a prompt: until it is closed nothing moves */
    screen_expect(screen, " Actions ");
    put_alert(item_id(0), "item A has another title", 50, false);
    put_alert("01ZZLISTNEW", "something entirely new", 60, false);
    screen_expect(screen, "(1 new ^)");
    expect_at(screen, 2, item_title(ITEMS - 1));
    expect_at(screen, 10, "item A has another title");
    assert_false(screen_find(screen, "something entirely new", NULL, NULL));

    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "(1 new ^)"); /* a second after the key */
    expect_at(screen, 2, "something entirely new");
    expect_at(screen, 3, "item A has another title");
    assert_non_null(strstr(line_at_cursor(screen), item_title(ITEMS - 1)));
    put_alert("01ZZLISTNEW", "something entirely new", 0, true);
    expect_at(screen, 2, "item A has another title");
    leave(screen);
}

static void
a_key_takes_in_what_is_new_and_goes_there(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(&frozen, 120, 40, NULL);
    expect_at(screen, 2, item_title(ITEMS - 1));
    screen_type(screen, "G"); /* far from the top */
    screen_expect_gone(screen, item_title(ITEMS - 1));
    put_alert("01ZZLISTNEXT", "one more that is new", 70, false);
    screen_expect(screen, "(1 new ^)");
    screen_type(screen, ".");
    screen_expect_match(screen, ">.*one more that is new");
    screen_expect_gone(screen, "(1 new ^)");
    put_alert("01ZZLISTNEXT", "one more that is new", 0, true);
    leave(screen);
}

static void
paused_lists_stand_still_and_say_what_waits(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(&frozen, 120, 40, NULL);
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
    leave(screen);
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
    };
    return cmocka_run_group_tests_name("lists", tests, start, stop);
}
