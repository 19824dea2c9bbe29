#include "store/board.h"

#include <stdlib.h>

#include "store/held.h"
#include "store/window.h"

enum { RANKS = 5, WITHOUT_SEVERITY = 5 };

static bool
read_unacked(struct store *store, int64_t now_ms, struct arena *arena, struct board *board,
             struct error *err)
{
    struct statement *statement;
    bool row, any_held;
    if (!held_any(store, now_ms, &any_held, err))
        return false;
    for (int rank = 1; rank <= RANKS; rank++) {
        struct board_unacked *unacked = &board->unacked[rank == WITHOUT_SEVERITY ? 0 : rank];
        if (!store_statement(store, SQL_HEADER_UNACKED, &statement, err))
            return false;
        bind_integer(statement, "rank", rank);
        for (;;) {
            const char *name = "";
            int64_t until_ms;
            if (!statement_step(statement, &row, err))
                return false;
            if (!row)
                break;
            if (any_held && !held_by(store, row_text(statement, arena, 0), now_ms, arena, &name,
                                     &until_ms, err))
                return false;
            if (*name)
                continue;
            if (!unacked->len++) /* the oldest comes first */
                unacked->oldest_at = row_integer(statement, 1);
        }
    }
    return true;
}

static bool
count_follow_ups(struct store *store, int64_t now_ms, struct board *board, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_FOLLOW_UP_COUNTS, &statement, err))
        return false;
    bind_integer(statement, "now", now_ms);
    if (!statement_step(statement, &row, err))
        return false;
    board->follow_ups = row_integer(statement, 0);
    board->follow_ups_late = row_integer(statement, 1);
    statement_reset(statement);
    return true;
}

static bool
count_between(struct store *store, enum sql sql, int64_t from_ms, int64_t to_ms, int64_t *count,
              struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_integer(statement, "from", from_ms);
    bind_integer(statement, "to", to_ms);
    if (!statement_step(statement, &row, err))
        return false;
    *count = row_integer(statement, 0);
    statement_reset(statement);
    return true;
}

static int
compare(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static bool
read_days(struct store *store, const struct zone *zone, int64_t now_ms, struct board *board,
          struct error *err)
{
    const int64_t today = zone_day_start(zone, now_ms), into_ms = now_ms - today;
    int64_t so_far[BOARD_DAYS - 1], older;
    for (int i = 0; i < BOARD_DAYS; i++) {
        struct board_day *day = &board->days[i];
        day->at_ms = zone_add_days(zone, today, i - (BOARD_DAYS - 1));
        const int64_t end_ms = zone_add_days(zone, day->at_ms, 1);
        if (!count_between(store, SQL_BOARD_ALERTS, day->at_ms, end_ms, &day->alerts, err) ||
            !count_between(store, SQL_BOARD_INCIDENTS, day->at_ms, end_ms, &day->incidents, err))
            return false;
        if (i < BOARD_DAYS - 1 && !count_between(store, SQL_BOARD_ALERTS, day->at_ms,
                                                 day->at_ms + into_ms, &so_far[i], err))
            return false;
    }
    if (!count_between(store, SQL_BOARD_ALERTS, 0, board->days[0].at_ms, &older, err))
        return false;
    qsort(so_far, BOARD_DAYS - 1, sizeof *so_far, compare);
    board->alerts_usual = older ? so_far[(BOARD_DAYS - 1) / 2] : -1;
    return true;
}

static void
add_gaps(const struct rota_schedule *schedule, int64_t from_ms, int64_t to_ms, struct arena *arena,
         struct board *board)
{
    const struct oncall_span *spans;
    const size_t len = oncall_gaps(&schedule->shifts, from_ms, to_ms, arena, &spans);
    for (size_t i = 0; i < len; i++) {
        size_t at = board->gaps_len;
        if (at == BOARD_GAPS_MAX && spans[i].start_at >= board->gaps[at - 1].start_at)
            continue;
        if (at == BOARD_GAPS_MAX)
            at--; /* the last one leaves */
        else
            board->gaps_len++;
        for (; at > 0 && board->gaps[at - 1].start_at > spans[i].start_at; at--)
            board->gaps[at] = board->gaps[at - 1];
        board->gaps[at] = (struct board_gap){schedule->name, spans[i].start_at, spans[i].end_at};
    }
}

static bool
read_gaps(struct store *store, const char *const *schedules, int64_t now_ms, struct arena *arena,
          struct board *board, struct error *err)
{
    struct rota_window rota;
    const int64_t to_ms = now_ms + BOARD_GAP_DAYS * DAY_MS;
    if (!window_rota(store, schedules, NULL, now_ms, to_ms, arena, &rota, err))
        return false;
    for (size_t i = 0; i < rota.schedules_len; i++)
        add_gaps(&rota.schedules[i], now_ms, to_ms, arena, board);
    return true;
}

bool
board_read(struct store *store, const char *const *schedules, const struct zone *zone,
           int64_t now_ms, struct arena *arena, struct board *board, struct error *err)
{
    *board = (struct board){.alerts_usual = -1};
    return read_unacked(store, now_ms, arena, board, err) &&
           window_open_incidents(store, arena, &board->incidents, &board->incidents_len, err) &&
           count_follow_ups(store, now_ms, board, err) &&
           read_days(store, zone, now_ms, board, err) &&
           read_gaps(store, schedules, now_ms, arena, board, err);
}
