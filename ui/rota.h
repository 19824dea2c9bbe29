#pragma once

/* The parts of the rota pane: what it reads off a schedule, the lines of the small form, the grid of the large one. */

#include "ui/view.h"

/* One build of the pane. */
struct rota {
    const struct view *view;
    const struct rota_window *window;
    const struct zone *zone; /* of the ruler on screen: days begin and times are told by it */
    int64_t now_ms;
    struct table *table;
    int label_cols; /* what stands in front of each line */
};

/* How far ahead gaps and overlaps are looked for. */
#define ROTA_AHEAD_MS (14 * DAY_MS)

/* The days the grid shows, and where it begins: the Monday of this week, moved by `days_off`. */
int rota_days(int cols);
int64_t rota_from(const struct zone *zone, int64_t now_ms, int days_off);

/* The ruler: the schedules' own zone where they agree on one, else the viewer's; or what the time style says. */
const struct zone *rota_zone(const struct view *view, const struct rota_window *window);

/* "London" of "Europe/London". */
const char *rota_city(const struct zone *zone, struct arena *arena);

/* The schedule's name in `cols` columns: words leave from its end as long as no other schedule begins like it. */
const char *rota_schedule_name(const struct rota *rota, const struct rota_schedule *schedule,
                               int cols);

/* Whether the shift is that of the user at the keyboard. */
bool rota_is_mine(const struct rota *rota, const struct schedule_entry *entry);

/* Who is on call, who is next, and what is wrong: a few lines a schedule. */
void rota_put_lines(struct rota *rota);

/* What is out of the ordinary in [from_ms, to_ms), one line each: gaps, overlaps, overrides. */
void rota_put_problems(struct rota *rota, const struct rota_schedule *schedule, int64_t from_ms,
                       int64_t to_ms);
void rota_put_overrides(struct rota *rota, const struct rota_schedule *schedule, int64_t from_ms,
                        int64_t to_ms);

/* A line a layer, a column a day. */
void rota_put_grid(struct rota *rota, int64_t from_ms, int days);

/* The id of a grid line, and the final shift it stands for: the one going on, else the next; NULL = none. */
const char *rota_lane_id(const struct rota_schedule *schedule, const struct rota_lane *lane,
                         struct arena *arena);
const struct schedule_entry *rota_shift_of_lane(const struct rota_window *window, const char *id,
                                                int64_t now_ms, struct arena *arena);
