/* Terminals, keys and texts as nobody would send them on purpose: nothing crashes, nothing of a title's is obeyed. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "base/clock.h"
#include "model/derive.h"
#include "store/cache.h"
#include "store/local.h"
#include "tests/support/demo.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"

#define URL "http://127.0.0.1:1" /* nobody is there: the cache is all there is */

static struct home home;
static struct arena arena;
static char program[4200];

#define MARK "PWNED"
/* What a terminal would obey, or what would shift the cells behind it. MARK follows what must not be interpreted. */
static const char *const hostile[] = {
    "\x1b]0;" MARK "\x07 title set",
    "\x1b[2J\x1b[H\x1b[31m" MARK " cleared",
    "\x1bP1;" MARK "\x1b\\ device control",
    ("\xc2\x9b"
     "31m" MARK " eight-bit control"),
    "bell \x07 back \x08 form \x0c return \r line \n tab \t delete \x7f",
    "left \xe2\x80\xae" MARK " right \xe2\x81\xa6 isolate \xe2\x81\xa9",
    "zero\xe2\x80\x8bwidth\xef\xbb\xbf joined\xe2\x80\x8d",
    "wide \xe6\xbc\xa2\xe5\xad\x97\xe3\x81\x8b\xe3\x81\xaa \xed\x95\x9c\xea\xb8\x80",
    "combining a\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87 z\xcc\xb2\xcc\xb3",
    ("family \xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 flag "
     "\xf0\x9f\x87\xaa\xf0\x9f\x87\xb8 \xe2\x98\x81\xef\xb8\x8f"),
    "tag \xf3\xa0\x81\xa7 private \xee\x80\x80 line\xe2\x80\xa8separator \xe2\x80\xa9",
    "",
    "\n\n\n",
    "                    ",
    "\\n not a line feed %s %n %d",
};
enum { HOSTILE_LEN = sizeof hostile / sizeof *hostile, LONG_BYTES = 100 * 1024 };

static void
put_alert(struct store *store, int n, const char *title)
{
    static const struct derivation derivation = {.roles = {.severity = "Severity"}};
    struct error err = {0};
    enum cache_change change;
    struct alert *alert = sample_alert(&arena, n * 2); /* even ones fire */
    alert->title = title;
    alert->description = title;
    alert->created_at = clock_now_ms() - n * MINUTE_MS;
    cJSON *json = cJSON_Parse(alert->json);
    cJSON_ReplaceItemInObject(json, "title", cJSON_CreateString(title));
    cJSON_ReplaceItemInObject(json, "description", cJSON_CreateString(title));
    char *text = cJSON_PrintUnformatted(json);
    alert->json = arena_text(&arena, text);
    cJSON_free(text);
    cJSON_Delete(json);
    model_derive(KIND_ALERT, alert, &derivation, NULL, 0);
    if (!cache_put(store, KIND_ALERT, alert, clock_now_ms(), &change, &err))
        fail_msg("%s", err.message);
}

static const char *
long_title(const char *piece)
{
    char *text = arena_alloc(&arena, LONG_BYTES + 1);
    size_t len = strlen(piece);
    for (size_t at = 0; at + len < LONG_BYTES; at += len)
        memcpy(text + at, piece, len);
    return text;
}

static int
start(void **state)
{
    struct error err = {0};
    struct store *store, *private_db;
    (void)state;
    home_create(&home, URL, "a-key");
    (void)program_path("tocsin", program, sizeof program);

    /* A pass that finds nobody makes the cache, and notes where it is. */
    static const char *const once[] = {"sync", "--once", NULL};
    struct program made;
    const char *directory = "";
    program_run(&made, "tocsin-sync", once, home.env);
    program_expect_status(&made, 3);
    program_finish(&made);
    if (!store_open(&private_db, STORE_PRIVATE,
                    arena_printf(&arena, "%s/state/tocsin/profiles/default/private.db", home.root),
                    STORE_READ, NULL, &err) ||
        !cache_location_get(private_db, URL, &arena, &directory, &err) ||
        !store_open(&store, STORE_CACHE, arena_printf(&arena, "%s/cache.db", directory),
                    STORE_WRITE, NULL, &err) ||
        !store_begin(store, &err))
        fail_msg("%s", err.message);
    for (int i = 0; i < HOSTILE_LEN; i++)
        put_alert(store, i + 1, hostile[i]);
    put_alert(store, HOSTILE_LEN + 1, long_title("long "));
    put_alert(store, HOSTILE_LEN + 2, long_title("\xe6\xbc\xa2"));
    put_alert(store, HOSTILE_LEN + 3, long_title("\xcc\x81"));
    put_alert(store, HOSTILE_LEN + 4, long_title("\x1b[31m" MARK));
    if (!store_commit(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
    store_close(private_db);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    home_destroy(&home);
    arena_finish(&arena);
    return 0;
}

static struct screen *
open_console(int cols, int rows)
{
    const char *const argv[] = {program, NULL};
    struct screen *screen = screen_start(cols, rows, argv, home.env);
    screen_record(screen);
    return screen;
}

/* The cursor is where the last one left it: back to the first alert. */
static void
expect_first_alert(struct screen *screen)
{
    screen_expect(screen, "1 Alerts");
    screen_type(screen, "g");
    screen_expect(screen, "title set");
}

static bool
holds_bytes(const char *data, size_t len, const char *part)
{
    return memmem(data, len, part, strlen(part)) != NULL;
}

/* Nothing of a title's that a terminal obeys. In cells not even what has no width. */
static void
expect_clean(const char *data, size_t len, bool cells)
{
    static const char *const never[] = {"\x1b]0;" MARK, "\x1b[31m" MARK, "\x1bP",
                                        "\xe2\x80\xae", "\xe2\x81\xa6",  "\xe2\x80\xa8",
                                        "\xe2\x80\xa9", "\x7f",          "\x0c"};
    static const char *const not_in_cells[] = {"\xe2\x80\x8b", "\xef\xbb\xbf", "\xf3\xa0\x81\xa7"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (holds_bytes(data, len, never[i]))
            fail_msg("control bytes reached the terminal: case %zu", i);
    for (size_t i = 0; cells && i < sizeof not_in_cells / sizeof *not_in_cells; i++)
        if (holds_bytes(data, len, not_in_cells[i]))
            fail_msg("characters without width reached a cell: case %zu", i);
    for (size_t i = 0; i + 1 < len; i++)
        if ((unsigned char)data[i] == 0xc2 && (unsigned char)data[i + 1] < 0xa0)
            fail_msg("a C1 control reached the terminal: U+%04X", (unsigned char)data[i + 1]);
}

/* Each pane's right edge stands in one column on every row: cells before it are as wide as they should be. */
static void
expect_aligned(struct screen *screen, int cols)
{
    int top, left;
    if (!screen_find(screen, "1 Alerts", &top, &left))
        return;
    int edge = -1;
    for (int row = top + 1; row < screen_rows(screen) - 2; row++) {
        struct screen_cell first = screen_cell(screen, row, 0);
        if (first.text[0] == ' ' || strcmp(first.text, screen_cell(screen, top + 1, 0).text) != 0)
            break;
        int last = cols - 1;
        while (last > 0 && screen_cell(screen, row, last).text[0] == ' ')
            last--;
        if (edge < 0)
            edge = last;
        if (last != edge)
            fail_msg("row %d ends in column %d, the others in %d:\n%s", row, last, edge,
                     screen_text(screen, &arena));
    }
    assert_true(edge > 0);
}

static void
titles_are_shown_cleaned_and_aligned(void **state)
{
    static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 24}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct screen *screen = open_console(sizes[i][0], sizes[i][1]);
        expect_first_alert(screen);
        screen_type(screen, "z");
        screen_settle(screen, 100);
        for (int row = 0; row < HOSTILE_LEN + 4; row++) {
            screen_type(screen, "j");
            screen_settle(screen, 20);
            expect_aligned(screen, sizes[i][0]);
            screen_type(screen, "\r"); /* the detail holds the description */
            screen_settle(screen, 20);
            screen_type(screen, "\x1b");
            screen_settle(screen, 40);
        }
        screen_type(screen, "Q");
        assert_int_equal(screen_expect_exit(screen), 0);
        screen_expect_restored(screen);
        size_t len;
        const char *bytes = screen_recorded(screen, &len);
        assert_true(len > 1000);
        expect_clean(bytes, len, true);
        /* The cursor is shown on the screen that was before, whatever the terminal remembers of it. */
        const char *left = memmem(bytes, len, "\x1b[?1049l", 8);
        assert_non_null(left);
        assert_non_null(memmem(left, len - (size_t)(left - bytes), "\x1b[?25h", 6));
        screen_stop(screen);
    }
}

static void
list_and_show_on_a_terminal_are_clean(void **state)
{
    static const char *const commands[][5] = {{"list", "alerts", NULL},
                                              {"list", "alerts", "--json", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const char *argv[6] = {program};
        for (int n = 0; commands[i][n]; n++)
            argv[n + 1] = commands[i][n];
        struct screen *screen = screen_start(100, 50, argv, home.env);
        screen_record(screen);
        (void)screen_expect_exit(screen); /* stale: nothing was ever synced */
        size_t len;
        const char *bytes = screen_recorded(screen, &len);
        assert_true(len > 1000);
        expect_clean(bytes, len, false);
        assert_false(holds_bytes(bytes, len, "\x1b["));
        screen_stop(screen);
    }
    struct program listed;
    const char *const ids[] = {"list", "alerts", "--jq", ".[].id", NULL};
    program_run(&listed, "tocsin", ids, home.env);
    char *rest = listed.out.data;
    for (char *id; rest && (id = strsep(&rest, "\n"));) {
        id += *id == '"';
        id[strcspn(id, "\"")] = '\0';
        if (!*id)
            continue;
        const char *const argv[] = {program, "show", id, NULL};
        struct screen *screen = screen_start(100, 50, argv, home.env);
        screen_record(screen);
        assert_int_equal(screen_expect_exit(screen), 0);
        size_t len;
        const char *bytes = screen_recorded(screen, &len);
        expect_clean(bytes, len, true);
        screen_stop(screen);
    }
    program_finish(&listed);
}

static void
every_byte_is_a_key_and_none_does_harm(void **state)
{
    (void)state;
    for (int upper = 0; upper < 2; upper++) {
        struct screen *screen = open_console(80, 24);
        screen_expect(screen, "1 Alerts");
        for (int byte = upper * 128; byte < upper * 128 + 128; byte++) {
            /* What ends, stops or suspends the program is meant to. */
            if (byte == 'q' || byte == 'Q' || byte == 3 || byte == 26 || byte == 28)
                continue;
            char key = (char)byte;
            screen_send(screen, &key, 1);
        }
        screen_send(screen, "\x1b", 1);
        screen_settle(screen, 200);
        screen_send(screen, "\x1b", 1);
        screen_settle(screen, 100);
        screen_leave(screen, "Q");
    }
}

static void
a_paste_of_megabytes_does_nothing(void **state)
{
    const size_t paste_bytes = (getenv("TEST_LONG") ? 10 : 1) * 1024 * 1024;
    char *text = malloc(paste_bytes);
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < paste_bytes; i++)
        text[i] = "zQqjk:\n paste"[i % 13];
    struct screen *screen = open_console(80, 24);
    expect_first_alert(screen);
    screen_settle(screen, 100);
    screen_send(screen, "\x1b[200~", 6);
    screen_send(screen, text, paste_bytes);
    screen_send(screen, "\x1b[201~", 6);
    screen_type(screen, "?");
    screen_expect(screen, "Help");
    screen_type(screen, "\x1b");
    screen_expect(screen, "title set");
    screen_leave(screen, "Q");
    free(text);
}

/* A terminal's own keys in a paste are text: they neither interrupt, quit, suspend nor hold the output. Typed, they do. */
static void
a_paste_sends_no_signals(void **state)
{
    static const char paste[] = "\x1b[200~\x03one\x03\x1c\x1atwo\x13\x1b[201~";
    (void)state;
    struct screen *screen = open_console(80, 24);
    expect_first_alert(screen);
    for (int i = 0; i < 20; i++)
        screen_send(screen, paste, sizeof paste - 1);
    screen_type(screen, "?");
    screen_expect(screen, "Help");
    assert_false(screen_find(screen, "Ctrl-C again quits", NULL, NULL));
    screen_type(screen, "\x1b");
    screen_expect(screen, "title set");
    screen_type(screen, "\x03");
    screen_expect(screen, "Ctrl-C again quits");
    screen_type(screen, "\x1c");
    assert_int_equal(screen_expect_exit(screen), 128 + SIGQUIT);
    screen_expect_restored(screen);
    screen_stop(screen);
}

static void
any_size_is_survived(void **state)
{
    static const int sizes[][2] = {{10, 4}, {1, 1},  {500, 200}, {2, 300}, {500, 1}, {39, 10},
                                   {40, 9}, {80, 3}, {40, 10},   {1, 50},  {80, 24}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct screen *screen = open_console(sizes[i][0], sizes[i][1]);
        screen_settle(screen, 50);
        screen_type(screen, "jkzp\t?");
        screen_settle(screen, 50);
        screen_type(screen, "?");
        screen_settle(screen, 50);
        screen_leave(screen, "Q");
    }
    struct screen *screen = open_console(80, 24);
    expect_first_alert(screen);
    for (int round = 0; round < 20; round++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            screen_resize(screen, sizes[i][0], sizes[i][1]);
            if (round % 5 == 0)
                screen_settle(screen, 60);
            screen_type(screen, "j");
        }
    screen_expect(screen, "1 Alerts");
    screen_leave(screen, "Q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_are_shown_cleaned_and_aligned),
        cmocka_unit_test(list_and_show_on_a_terminal_are_clean),
        cmocka_unit_test(every_byte_is_a_key_and_none_does_harm),
        cmocka_unit_test(a_paste_of_megabytes_does_nothing),
        cmocka_unit_test(a_paste_sends_no_signals),
        cmocka_unit_test(any_size_is_survived),
    };
    return cmocka_run_group_tests_name("terminals", tests, start, stop);
}
