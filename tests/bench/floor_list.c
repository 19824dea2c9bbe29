/*
 * The least list out of SQLite: as many of the newest rows as the screen holds; j and k move, the page keys page, by the
 * table's own key. Any other key ends it. Usage: floor_list CACHE.DB
 */

#include <locale.h>
#include <ncurses.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_MAX = 200, TEXT_SIZE = 120 };

struct row {
    sqlite3_int64 key;
    char text[TEXT_SIZE];
};

static struct row rows[ROWS_MAX];
static int rows_len, cursor;
static sqlite3_stmt *older, *newer;

/* Reads rows behind a key in the statement's order. */
static int
read_rows(sqlite3_stmt *statement, sqlite3_int64 key, int limit, struct row *out)
{
    int len = 0;
    sqlite3_bind_int64(statement, 1, key);
    sqlite3_bind_int(statement, 2, limit);
    for (; sqlite3_step(statement) == SQLITE_ROW; len++) {
        out[len].key = sqlite3_column_int64(statement, 0);
        (void)snprintf(out[len].text, TEXT_SIZE, "%-10s %-80.80s %lld",
                       (const char *)sqlite3_column_text(statement, 1),
                       (const char *)sqlite3_column_text(statement, 2),
                       (long long)sqlite3_column_int64(statement, 3));
    }
    sqlite3_reset(statement);
    return len;
}

/* Moves the window by up to `count` rows towards older ones, or newer ones when it is negative. */
static void
move_window(int count)
{
    static struct row next[ROWS_MAX];
    if (count > 0) {
        int len = read_rows(older, rows[rows_len - 1].key, count, next);
        memmove(rows, rows + len, sizeof *rows * (size_t)(rows_len - len));
        memcpy(rows + rows_len - len, next, sizeof *rows * (size_t)len);
    } else {
        int len = read_rows(newer, rows[0].key, -count, next);
        memmove(rows + len, rows, sizeof *rows * (size_t)(rows_len - len));
        for (int i = 0; i < len; i++)
            rows[i] = next[len - 1 - i];
    }
}

static void
draw(void)
{
    for (int y = 0; y < rows_len; y++) {
        attrset(y == cursor ? A_REVERSE : A_NORMAL);
        mvprintw(y, 0, "%s", rows[y].text);
        clrtoeol();
    }
    attrset(A_NORMAL);
    mvprintw(LINES - 1, 0, "painted");
    refresh();
}

static bool
on_key(int key)
{
    switch (key) {
    case 'j':
        if (cursor < rows_len - 1)
            cursor++;
        else
            move_window(1);
        return true;
    case 'k':
        if (cursor > 0)
            cursor--;
        else
            move_window(-1);
        return true;
    case KEY_NPAGE:
        move_window(rows_len);
        return true;
    case KEY_PPAGE:
        move_window(-rows_len);
        return true;
    default:
        return false;
    }
}

int
main(int argc, char **argv)
{
#define COLUMNS "select key, severity, title, created_at from alert where key "
    sqlite3 *db;
    if (argc < 2 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, COLUMNS "< ?1 order by key desc limit ?2", -1, &older, NULL) !=
            SQLITE_OK ||
        sqlite3_prepare_v2(db, COLUMNS "> ?1 order by key limit ?2", -1, &newer, NULL) !=
            SQLITE_OK) {
        (void)fprintf(stderr, "usage: floor_list CACHE.DB\n");
        return 1;
    }
    setlocale(LC_ALL, "");
    initscr();
    cbreak();
    noecho();
    keypad(stdscr, TRUE);
    start_color();
    rows_len = read_rows(older, INT64_MAX, LINES - 1 < ROWS_MAX ? LINES - 1 : ROWS_MAX, rows);
    do
        draw();
    while (on_key(getch()));
    endwin();
    sqlite3_finalize(older);
    sqlite3_finalize(newer);
    sqlite3_close(db);
    return 0;
}
