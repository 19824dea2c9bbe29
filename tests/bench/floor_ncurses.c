/* The least that any ncurses program costs: a screen full of text, one refresh, wait for a key. */

#include <locale.h>
#include <ncurses.h>

int
main(void)
{
    setlocale(LC_ALL, "");
    initscr();
    cbreak();
    noecho();
    start_color();
    for (int y = 0; y < LINES - 1; y++)
        mvprintw(y, 0, "line %d of an empty program", y);
    mvprintw(LINES - 1, 0, "painted");
    refresh();
    (void)getch(); /* any key ends it */
    endwin();
    return 0;
}
