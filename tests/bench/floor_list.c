/* The least list out of SQLite: the newest rows that the screen holds, by index. Usage: floor_list CACHE.DB */

#include <locale.h>
#include <ncurses.h>
#include <sqlite3.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    sqlite3 *db;
    sqlite3_stmt *rows;
    if (argc < 2 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db,
                           "select severity, title, feed_at from alert order by feed_rank, "
                           "feed_at desc, id limit ?1",
                           -1, &rows, NULL) != SQLITE_OK) {
        (void)fprintf(stderr, "usage: floor_list CACHE.DB\n");
        return 1;
    }
    setlocale(LC_ALL, "");
    initscr();
    cbreak();
    noecho();
    start_color();
    sqlite3_bind_int(rows, 1, LINES - 1);
    for (int y = 0; sqlite3_step(rows) == SQLITE_ROW; y++)
        mvprintw(y, 0, "%-10s %.80s %lld", (const char *)sqlite3_column_text(rows, 0),
                 (const char *)sqlite3_column_text(rows, 1),
                 (long long)sqlite3_column_int64(rows, 2));
    mvprintw(LINES - 1, 0, "painted");
    refresh();
    (void)getch(); /* any key ends it */
    endwin();
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return 0;
}
