#pragma once

/*
 * The parts of the rota pane, which shows the shifts as a week or two of days, a month, one day of hours, an agenda or
 * my own next ones. A day is a date (zone_day_number), not a stretch of time: which hours it has is the ruler's to say.
 */

#include "ui/view.h"

enum rota_mode {
    ROTA_WEEK, /* a column a day; where there is no room for that, who is on call and what comes */
    ROTA_MONTH,
    ROTA_AGENDA,
    ROTA_MINE,
    ROTA_DAY,
    ROTA_MODE_COUNT,
};

/* What the keys have chosen; all zero at first. */
struct rota_state {
    enum rota_mode mode, before; /* before: where a day was opened from, and `Esc` goes back to */
    int day;                     /* the day looked at; 0 = today, whichever day that is */
    bool layers_flipped;         /* what was scheduled and the overrides, each on its line */
    enum { RULERS_FOR_SIZE, RULERS_BOTH, RULERS_ONE } rulers;
};

struct rota_person {
    const char *id, *name;
    enum role role;
};

#define ROTA_PEOPLE_MAX 64

/* One build of the pane. */
struct rota {
    const struct view *view;
    const struct rota_window *window;
    const struct rota_state *state;
    const struct zone *zone;  /* of the ruler on screen: days begin and times are told by it */
    const struct zone *other; /* of the second ruler; NULL: everybody's clock is the first */
    int64_t now_ms;
    int today, day; /* today is the viewer's, always; day: the one looked at */
    bool layers, both;
    struct table *table;
    int label_cols; /* what stands in front of each line */
    struct rota_person people[ROTA_PEOPLE_MAX];
    size_t people_len;
    struct rota_runs *runs; /* rota_runs.c: what was put together so far */
};

/* How far ahead gaps and overlaps are looked for. */
#define ROTA_AHEAD_MS (14 * DAY_MS)

/* ---- rota_time.c: rulers, days and weeks ---- */

/* The ruler: the schedules' own zone where they agree on one, else the viewer's; or what the time style says. */
const struct zone *rota_zone(const struct view *view, const struct rota_window *window);

/* The second ruler: the viewer's where the first is another's, else that of the first schedule elsewhere. */
const struct zone *rota_other_zone(const struct view *view, const struct rota_window *window,
                                   const struct zone *zone);

/* The schedule's own zone; the viewer's where this machine does not know it. */
const struct zone *rota_schedule_zone(const struct view *view,
                                      const struct rota_schedule *schedule);

/* "London" of "Europe/London". */
const char *rota_city(const struct zone *zone, struct arena *arena);

/* Numbers of days. The week's first day is the locale's, or the one chosen (view_settings). */
int rota_weekday(int day); /* 0 = Monday */
int rota_week_of(const struct view_settings *settings, int day);
int rota_month_of(int day); /* its first day */
int rota_month_after(int month, int months);
struct civil rota_date(int day);

/* The days the grid shows, the first of them: whole weeks, counted from this one. */
int rota_grid_days(int cols);
int rota_grid_from(const struct view_settings *settings, int today, int day, int days);

/* The weeks of a month's grid: its first day, how many days. */
int rota_month_days(const struct view_settings *settings, int day, int *from);

/* "Mon 23 Mar" */
const char *rota_date_text(int day, struct arena *arena);

/* "23h", "25h" on the day of a clock change; "" on all others. */
const char *rota_hours_text(const struct rota *rota, int day);

/* "Thu 18:00-Sat 09:00"; the day is not said twice. */
const char *rota_span_text(const struct rota *rota, int64_t start_at, int64_t end_at);

/* Half an hour of a day's wall clock, in order: 48, more where the clocks go back. */
struct rota_slot {
    int64_t from_ms, to_ms; /* equal where the clocks go over it */
    int hour, minute;
    char repeat; /* zone_repeat */
    bool missing;
};
#define ROTA_SLOTS_MAX 56
size_t rota_slots(const struct zone *zone, int day, struct rota_slot slots[ROTA_SLOTS_MAX]);

/* ---- rota_people.c: names and colours ---- */

void rota_find_people(struct rota *rota);

/* Always the same colour for the same person; one's own shifts stand out otherwise. */
enum role rota_person_role(const struct rota *rota, const struct schedule_entry *entry);

/* The first name; "AnaR" where two people share it. */
const char *rota_short_name(const struct rota *rota, const struct schedule_entry *entry);

/* The schedule's name in `cols` columns: words leave from its end as long as no other schedule begins like it. */
const char *rota_schedule_name(const struct rota *rota, const struct rota_schedule *schedule,
                               int cols);

/* What a line of the grid is called. */
const char *rota_lane_label(const struct rota *rota, const struct rota_schedule *schedule,
                            const struct rota_lane *lane, int cols);

/* "" where the schedule has one layer only. */
const char *rota_lane_name(const struct rota_schedule *schedule, const char *rotation_id,
                           const char *layer_id);

/* Whether the shift is that of the user at the keyboard. */
bool rota_is_mine(const struct rota *rota, const struct schedule_entry *entry);

/* ---- rota_runs.c: what a layer's line holds ---- */

/* What fills columns of a line: one person's shifts that follow on one another, or what is wrong. */
struct rota_run {
    enum { RUN_SHIFT, RUN_GAP, RUN_DOUBLE } kind;
    int64_t start_at, end_at;
    const struct schedule_entry *entry;  /* its first shift; NULL for what is wrong */
    const struct schedule_entry *before; /* whom it takes over from, at its start; NULL = nobody */
    const struct oncall_span *span;      /* what is wrong */
    bool is_override;
    bool wants_cover; /* the person asks for another, for some of it */
};

struct rota_runs {
    struct rota_run *items;
    size_t len;
};

enum rota_source { ROTA_FINAL, ROTA_SCHEDULED, ROTA_OVERRIDES, ROTA_SOURCE_COUNT };

/* Runs that overlap [from_ms, to_ms); of final shifts what is wrong comes last, for it lies on top. */
struct rota_runs rota_runs(struct rota *rota, const struct rota_schedule *schedule,
                           const struct rota_lane *lane, enum rota_source source, int64_t from_ms,
                           int64_t to_ms);
bool rota_run_is_on_top(const struct rota_run *run);
bool rota_run_looks_like(const struct rota_run *a, const struct rota_run *b);

/* The id of a grid line, and the final shift it stands for: the one at that time, else the next; NULL = none. */
const char *rota_lane_id(const struct rota_schedule *schedule, const struct rota_lane *lane,
                         struct arena *arena);
const struct schedule_entry *rota_shift_of_lane(const struct rota_window *window, const char *id,
                                                int64_t at_ms, struct arena *arena);

/* ---- rota_cells.c: days side by side, each a cell of its own ---- */

#define ROTA_DAYS_MAX 14

struct rota_days {
    int len, cols; /* cols: of one day, the blank behind it included */
    int first;     /* its number */
    int month;     /* days of other months step back; 0 = none does */
    int64_t from_ms[ROTA_DAYS_MAX], to_ms[ROTA_DAYS_MAX]; /* the part of each day that is drawn */
};

/* As much of a run as `cols` have room for: a name, the star of an override, and what says that it goes on. */
void rota_put_run(struct rota *rota, const struct rota_run *run, int cols, bool on);
void rota_put_fill(struct rota *rota, const struct rota_run *run, int cols);

/* Fills the line being written, behind its label. */
void rota_put_cells(struct rota *rota, const struct rota_days *days, const struct rota_runs *runs);

/* ---- the forms ---- */

/* Who is on call, who is next, and what is wrong: a few lines a schedule. */
void rota_put_lines(struct rota *rota);
void rota_put_on_call(struct rota *rota);

/* What is out of the ordinary in [from_ms, to_ms), one line each: gaps, overlaps, overrides. */
void rota_put_problems(struct rota *rota, int64_t from_ms, int64_t to_ms);

/* "Yara hands over to Jonas in 5h, 09:00": a line for each schedule in which somebody does. False: nobody does. */
bool rota_put_handovers(struct rota *rota);

void rota_put_grid(struct rota *rota, int from, int days);
void rota_put_month(struct rota *rota);
void rota_put_day(struct rota *rota);

/* Lines of the layers in [from_ms, to_ms), `put` drawing what belongs behind a label. */
typedef void rota_put_line(void *context, const struct rota_runs *runs);
void rota_put_lanes(struct rota *rota, int64_t from_ms, int64_t to_ms, rota_put_line *put,
                    void *context);
int rota_widest_label(const struct rota *rota);

/* Puts the schedules in the order of their next hand-over, the soonest first. */
void rota_order_by_hand_over(struct rota_window *window, int64_t now_ms, struct arena *arena);

/* What begins on each of these days, a list by day; what goes on since before comes first. */
void rota_put_agenda(struct rota *rota, int from, int days);
void rota_put_mine(struct rota *rota);
