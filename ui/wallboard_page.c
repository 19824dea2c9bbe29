/* The pages that show a pane of the console as it is, large, and what came on the last days. */

#include "ui/wallboard_page.h"

#include "base/text.h"

enum { TREND_COLS = 46, TREND_FROM_COLS = 110, TREND_ROWS = 3 };

struct rect
wallboard_pane(enum wallboard_page page, struct rect place)
{
    struct rect pane = place;
    pane.row += 1; /* its heading */
    pane.rows -= 1;
    if (page == WALLBOARD_BACKLOG && place.cols >= TREND_FROM_COLS)
        pane.cols -= TREND_COLS + 2;
    else if (page == WALLBOARD_BACKLOG)
        pane.rows -= TREND_ROWS;
    pane.rows = pane.rows > 0 ? pane.rows : 0;
    return pane;
}

static void
draw_pane(const struct wallboard_frame *frame, enum wallboard_page page, int pane,
          const char *heading)
{
    static const struct cursor top;
    const struct table *table = &frame->tables[pane];
    const struct rect place = wallboard_pane(page, frame->place);
    canvas_text(frame->canvas, frame->place.row, place.col + 1, place.cols - 1, heading,
                ROLE_TITLE_FOCUS, 0);
    if (place.rows < 1)
        return;
    (void)table_draw(table, &top, false, frame->canvas, place);
    if (table->more_below || table->rows_len > (size_t)place.rows) {
        canvas_blank(frame->canvas,
                     (struct rect){place.row + place.rows - 1, place.col, 1, place.cols});
        canvas_text(frame->canvas, place.row + place.rows - 1, place.col + 1, place.cols - 1,
                    "and more, in the console", ROLE_MUTED, 0);
    }
}

void
wallboard_draw_rota(const struct wallboard_frame *frame)
{
    draw_pane(frame, WALLBOARD_ROTA, WALLBOARD_CALENDAR, "ROTA");
}

/* ---- what came ---- */

static const char *
day_name(const struct wallboard_frame *frame, const struct board_day *day)
{
    const struct civil civil = zone_to_civil(frame->settings->zone, day->at_ms);
    return arena_printf(frame->scratch, "%s %2d", weekday_names[civil.weekday], civil.day);
}

/* A bar a day, the newest first. */
static void
draw_bars(const struct wallboard_frame *frame, struct rect place)
{
    const struct board_day *days = frame->board->days;
    const char *cell = frame->settings->glyphs == GLYPHS_RICH ? "\xe2\x96\x88" : "#";
    const int room = place.cols - 26;
    int64_t most = 1;
    char count[COUNT_SIZE];
    canvas_text(frame->canvas, place.row, place.col, place.cols, "ALERTS AND INCIDENTS A DAY",
                ROLE_TITLE_FOCUS, 0);
    for (int i = 0; i < BOARD_DAYS; i++)
        most = days[i].alerts > most ? days[i].alerts : most;
    for (int i = 0; i < BOARD_DAYS && i + 1 < place.rows; i++) {
        const struct board_day *day = &days[BOARD_DAYS - 1 - i];
        const int row = place.row + 1 + i;
        const int len = (int)(day->alerts * room / most);
        canvas_text(frame->canvas, row, place.col, 7, day_name(frame, day), ROLE_LABEL, 0);
        canvas_text(frame->canvas, row, place.col + 7, 6,
                    arena_printf(frame->scratch, "%5s", count_text(day->alerts, count)),
                    ROLE_STRONG, frame->flags);
        for (int x = 0; x < len || (x == 0 && day->alerts); x++)
            canvas_text(frame->canvas, row, place.col + 13 + x, 1, cell, i ? ROLE_MUTED : ROLE_TEXT,
                        frame->flags);
        if (day->incidents)
            canvas_text(frame->canvas, row, place.col + 13 + room + 1, 12,
                        arena_printf(frame->scratch, "%4s inc.", count_text(day->incidents, count)),
                        ROLE_REFERENCE, frame->flags);
    }
}

/* Where there is no room for bars: a line of numbers, the newest last. */
static void
draw_numbers(const struct wallboard_frame *frame, struct rect place)
{
    int col = place.col + 1 + 10;
    char count[COUNT_SIZE];
    canvas_rule(frame->canvas, place.row, place.col, place.cols, ROLE_BORDER);
    canvas_text(frame->canvas, place.row + 1, place.col + 1, 10, "alerts", ROLE_LABEL, 0);
    canvas_text(frame->canvas, place.row + 2, place.col + 1, 10, "incidents", ROLE_LABEL, 0);
    const int fit = (place.cols - 12) / 7;
    for (int i = BOARD_DAYS - (fit < BOARD_DAYS ? fit : BOARD_DAYS); i < BOARD_DAYS;
         i++, col += 7) {
        const struct board_day *day = &frame->board->days[i];
        const struct civil civil = zone_to_civil(frame->settings->zone, day->at_ms);
        canvas_text(frame->canvas, place.row, col, 6,
                    arena_printf(frame->scratch, " %s ", weekday_names[civil.weekday]), ROLE_LABEL,
                    0);
        canvas_text(frame->canvas, place.row + 1, col, 6,
                    arena_printf(frame->scratch, "%4s", count_text(day->alerts, count)),
                    ROLE_STRONG, frame->flags);
        canvas_text(frame->canvas, place.row + 2, col, 6,
                    arena_printf(frame->scratch, "%4s", count_text(day->incidents, count)),
                    ROLE_TEXT, frame->flags);
    }
}

void
wallboard_draw_backlog(const struct wallboard_frame *frame)
{
    const struct rect place = frame->place;
    const struct rect pane = wallboard_pane(WALLBOARD_BACKLOG, place);
    draw_pane(frame, WALLBOARD_BACKLOG, WALLBOARD_FOLLOW_UPS,
              arena_printf(frame->scratch, "FOLLOW-UPS  %lld open, %lld late",
                           (long long)frame->board->follow_ups,
                           (long long)frame->board->follow_ups_late));
    if (place.cols >= TREND_FROM_COLS)
        draw_bars(frame,
                  (struct rect){place.row, pane.col + pane.cols + 2, place.rows, TREND_COLS});
    else if (place.rows > TREND_ROWS + 2)
        draw_numbers(frame, (struct rect){place.row + place.rows - TREND_ROWS, place.col,
                                          TREND_ROWS, place.cols});
}
