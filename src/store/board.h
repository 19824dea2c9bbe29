#pragma once

/* What a wallboard tells beside the console's snapshot: counts and short lists, whatever the store holds. */

#include "base/zone.h"
#include "model/snapshot.h"
#include "store/store.h"

enum {
    BOARD_DIGITS = 5, /* severities by their digit, as header_facts.firing */
    BOARD_DAYS = 14,
    BOARD_GAPS_MAX = 4,
    BOARD_GAP_DAYS = 7, /* that gaps are looked for ahead */
};

/* Fire, held by no maintenance window, and nobody took them; counted to 500. */
struct board_unacked {
    int64_t len;
    int64_t oldest_at; /* 0 = none */
};

struct board_day {
    int64_t at_ms;             /* when it began */
    int64_t alerts, incidents; /* that came on it; capped (COUNT_MAX) */
};

struct board_gap {
    const char *schedule; /* its name */
    int64_t start_at, end_at;
};

struct board {
    struct board_unacked unacked[BOARD_DIGITS];
    const struct timeline_incident *incidents; /* open ones, most severe first, at most 50 */
    size_t incidents_len;
    int64_t follow_ups, follow_ups_late;
    struct board_day days[BOARD_DAYS]; /* the last one is today */
    int64_t
        alerts_usual; /* median of the days before, until this time of day; -1 = history does not reach so far */
    struct board_gap gaps[BOARD_GAPS_MAX]; /* the first ones from now on */
    size_t gaps_len;
};

/* In the caller's read transaction. schedules: names to follow, as window_header; zone: whose days they are. */
MUST_CHECK bool board_read(struct store *store, const char *const *schedules,
                           const struct zone *zone, int64_t now_ms, struct arena *arena,
                           struct board *board, struct error *err);
