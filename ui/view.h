#pragma once

/*
 * A pane: what it reads, what it shows, what it does with a key. `load` asks the store for a window, `build` is a pure
 * function from snapshot and time to rows of cells. Adding a pane: ui/view_x.c, a line in ui/views.c, a query file and a
 * member of the snapshot if it needs new data, a unit test on cells.
 */

#include "action/action.h"
#include "base/zone.h"
#include "model/snapshot.h"
#include "model/update_due.h"
#include "store/fate.h"
#include "store/window.h"
#include "ui/changes.h"
#include "ui/hold.h"
#include "ui/layout.h"
#include "ui/query.h"
#include "ui/selection.h"
#include "ui/table.h"

enum time_style { TIME_RELATIVE, TIME_VIEWER, TIME_SCHEDULE, TIME_UTC, TIME_STYLE_COUNT };

/* What is the same for all views; the console owns it. */
struct view_settings {
    const struct zone *zone; /* the viewer's */
    enum time_style time_style;
    enum glyph_set glyphs;
    const char *const *schedules;            /* names to follow, NULL-terminated; empty = all */
    const char *me;                          /* e-mail of this user; "" = unset */
    const struct update_spans *update_spans; /* NULL = no update is ever due */
    const char *week_starts;                 /* "Monday" …; "" = as the locale has it */
    bool read_only;                          /* for whatever reason */
    bool key_reads;                          /* … the server says that the key may do no more */
    bool first_frame; /* nothing is painted yet: read what it shows and nothing else */
    bool locked;      /* … until the user unlocks it */
};

struct view {
    const struct view_ops *ops;
    const struct view_settings *settings;
    void *state; /* ops->state_size bytes, zeroed at first */
    struct cursor cursor;
    struct query query; /* which rows, in which order */
    /* Set before load and build: the inside of the pane as it will be drawn. */
    int cols, rows; /* rows 0: collapsed; the title still shows */
    enum size_class size;
    bool zoomed;

    struct selection selection;
    struct changes changes;
    bool has_keys; /* set before load: what is typed is about what is on screen */
    bool let_go;   /* the next load shows another list or place: nothing on screen is to be kept */
    bool jumped;   /* … and the last one did */
    const char *const *held_ids; /* … these, for the length of a load */
    size_t held_ids_len;
    bool held;             /* what is on screen keeps its place, since the last load */
    struct hold hold;      /* what waits meanwhile */
    size_t waiting_paused; /* items that came or changed while the lists are paused */
};

enum view_answer { VIEW_IGNORED, VIEW_BUILD, VIEW_LOAD };

struct view_ops {
    const char *name;  /* in keymaps, completions and the manual: "follow-ups" */
    const char *title; /* in the pane's border: "Follow-ups" */
    unsigned kinds;    /* enum action_kinds of its items */
    bool holds;        /* its rows keep their places while somebody chooses (ui/hold.h) */
    size_t state_size;
    const char *const
        *resources; /* freshness of the pane, and what `r` asks for; NULL-terminated */

    /*
     * Reads the pane's window into the snapshot, around view->cursor.id. `before` is what is on screen: it tells where
     * that item stood, should it be gone.
     */
    bool (*load)(struct view *view, struct store *store, int64_t now_ms,
                 const struct snapshot *before, struct snapshot *snap, struct error *err);

    /* Pure. The table is initialised by the view (it knows its columns). */
    void (*build)(const struct view *view, const struct snapshot *snap, int64_t now_ms,
                  struct arena *arena, struct table *out);

    /* An action that moves or changes only this view; false = not handled. VIEW_LOAD: read the window again. */
    enum view_answer (*act)(struct view *view, enum action_id action, const struct snapshot *snap,
                            int64_t now_ms);

    /*
     * The cursor's place over a restart: what helps to find it again, NULL where the list better begins at its top; and
     * that told to another run, before it loads. Where there are none the id is enough.
     */
    const char *(*place)(const struct view *view, const struct snapshot *snap, struct arena *arena);
    void (*recall)(struct view *view, const char *place, int64_t left_at);

    /* How it shows its items, by a word ("month", "owner"), "" = as at first; and that again in another run. */
    const char *(*form)(const struct view *view);
    void (*take_form)(struct view *view, const char *form);

    /* The row that now shows the item under the cursor, should it have none of its own; "" = none. */
    const char *(*shown_as)(const struct snapshot *snap);

    /* Those that an action on a row acts on, where that is not the row's id alone. NULL = it always is. */
    bool (*members)(const struct view *view, const struct snapshot *snap, struct store *store,
                    const char *id, struct arena *arena, const char *const **ids, size_t *ids_len,
                    struct error *err);

    /* What became of an item that is no longer where it was. NULL = nobody knows. */
    bool (*fate)(struct store *store, const char *id, struct arena *arena, struct fate *fate,
                 struct error *err);

    /* What is known of the item under the cursor. NULL = nothing more than the row. */
    bool (*detail)(const struct view *view, const struct snapshot *snap, struct store *store,
                   const char *id, struct detail *detail, struct error *err);
};

/* The four panes, in the order of their digits. */
extern const struct view_ops *const views[PANE_COUNT];
extern const struct view_ops view_feed, view_timeline, view_rota, view_follow_ups;

/* Looks at the day that holds at_ms; VIEW_BUILD when it is too far off. */
enum view_answer view_rota_go_to(struct view *rota, int64_t at_ms, int64_t now_ms);

/* The shift under the cursor, else the next one of that line; NULL = there is none. */
const struct schedule_entry *view_rota_shift(const struct view *rota, const struct snapshot *snap,
                                             int64_t now_ms, struct arena *arena);
/* The part of the day looked at that it has, from now on; all of what is left of the day where it has none. */
void view_rota_span(const struct view *rota, const struct snapshot *snap,
                    const struct schedule_entry *shift, int64_t now_ms, int64_t *from, int64_t *to);

/* What its rows are, for filters and sorts. */
enum window_rows view_rows(const struct view_ops *ops);

/* The next load shows this alert by itself: its group is opened. */
void view_feed_reveal(struct view *feed);

/* Shows the timeline of this incident, open or closed, until another is chosen; "" = of the most severe open one. */
enum view_answer view_timeline_show(struct view *timeline, const char *incident_id);

/* This incident was looked at before, until seen_at (0 = never): what is later is marked as new. */
void view_timeline_seen(struct view *timeline, const char *incident_id, int64_t seen_at);

/* The list was looked at until then: what began or ended since is marked as new. */
void view_feed_looked(struct view *feed, int64_t looked_at);

/* ---- helpers for build ---- */

/* The tally in the title: "14", or "4 of 14" under a filter; `doubt` behind it: "?" when it may be old. */
void view_tally(const struct view *view, int64_t all, int64_t matching, const char *doubt,
                struct table *table);

/* For a pane whose filter hides every row, of how many (-1 = unknown); true when it does. */
bool view_explain_filter(const struct view *view, int64_t all, struct table *table);

/* How fresh the pane's sources are. */
struct freshness_summary view_freshness(const struct view *view, const struct snapshot *snap,
                                        int64_t now_ms);

/*
 * For a pane without rows: the text of ux.md 9 for loading, down without data, no permission, and (live) `empty_live`.
 * Returns true when it wrote one.
 */
bool view_explain_empty(const struct view *view, const struct snapshot *snap, int64_t now_ms,
                        const char *what, struct table *table);

/* An age cell ("4m"), and the moment it will read differently noted in its row. */
void view_age(struct table *table, enum role role, int64_t since_ms, int64_t now_ms);

/* "03:08"; with the weekday when it is another day of the viewer's, with the date when more than 6 days off. */
#define MOMENT_SIZE 32
const char *moment_text(const struct zone *zone, int64_t at_ms, int64_t now_ms,
                        char out[MOMENT_SIZE]);
/* "03:08"; "01:30a" and "01:30b" where the clocks go back over it. */
const char *clock_text(const struct zone *zone, int64_t at_ms, char out[MOMENT_SIZE]);

/* "8h 30m", "6d 23h": how long something is in truth, which the wall clock may not say. */
const char *view_length(int64_t span_ms, struct arena *arena);

/*
 * The actions first, now and last of a list that is read as a window. VIEW_IGNORED for any other action, and for the last of
 * a window that holds it.
 */
enum view_answer view_go_to_end(struct view *view, enum action_id action, bool more_below,
                                bool *to_end);

/* How many rows to read in front of the cursor's item, and behind it: some heights of the pane. */
int view_window_rows(const struct view *view);

/* "Ana" of "Ana Ruiz", for narrow columns. */
const char *view_first_name(struct arena *arena, const char *name);
