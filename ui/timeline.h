#pragma once

/* The parts of the timeline pane: the incident's head, and its events with what folds them. */

#include "ui/view.h"

#define TIMELINE_UNFOLDED_MAX 8

/* What the keys have chosen; all zero at first. */
struct timeline_state {
    char incident_id[ITEM_ID_SIZE]; /* chosen; "" = the most severe open one */
    bool to_end;                    /* the next window is the last one */
    bool all_open;                  /* nothing is folded */
    char seen_id[ITEM_ID_SIZE];     /* the incident that was looked at before, until seen_at */
    int64_t seen_at;
    /* The cursor is that of a former run: the incident it was in, and its event's time; "" = it is not. */
    char recalled_id[ITEM_ID_SIZE];
    int64_t recalled_at;
    /* Runs that were opened, each by an event in it; the next one takes the place of the oldest. */
    char unfolded[TIMELINE_UNFOLDED_MAX][ITEM_ID_SIZE];
    int unfolded_next;
};

/* One build of the pane. */
struct timeline {
    const struct view *view;
    const struct timeline_state *state;
    const struct timeline_window *window;
    int64_t now_ms;
    struct table *table;
    int64_t seen_at; /* what is later is new; 0 = nothing is */
    int time_cols;
    bool by_day; /* days have headings, and times are of the day */
};

void timeline_put_title(struct timeline *timeline);
void timeline_put_head(struct timeline *timeline);
void timeline_put_events(struct timeline *timeline);

/* Change and text as one. */
const char *timeline_sentence(const struct timeline_event *event, struct arena *arena);
const char *timeline_time(const struct timeline *timeline, const struct timeline_event *event,
                          char out[MOMENT_SIZE + 1]);

/* Runs of at least TIMELINE_RUN_MIN alerts, resolutions, pages and acknowledgements are one row. */
#define TIMELINE_RUN_MIN 4
#define TIMELINE_FOLD "fold/" /* in front of the id of an event: the row of its run */

/* The events of the run that `at` is in: [*from, *to); false when that is none, or too short. */
bool timeline_run_of(const struct timeline_window *window, size_t at, size_t *from, size_t *to);
bool timeline_is_unfolded(const struct timeline_state *state, const struct timeline_window *window,
                          size_t from, size_t to);
/* The place of an event by its id, or by the id of a folded run's row; SIZE_MAX = not there. */
size_t timeline_find(const struct timeline_window *window, const char *id);
