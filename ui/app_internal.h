#pragma once

/*
 * The console's state, for the files that share it: app.c (start, events, end), app_paint.c (from the store to the screen),
 * act_*.c (what the actions do), mode*.c (what has the keys instead of the panes).
 */

#include "action/notification.h"
#include "action/plan.h"
#include "action/poller.h"
#include "base/hook.h"
#include "base/loop.h"
#include "store/draft.h"
#include "store/local.h"
#include "ui/app.h"
#include "ui/form.h"
#include "ui/frame.h"
#include "ui/line_history.h"
#include "ui/mode.h"
#include "ui/notify.h"
#include "ui/pace.h"
#include "ui/reader.h"
#include "ui/sent.h"
#include "ui/term.h"

/* What the footer said. */
#define SAID_MAX 16
struct said {
    int64_t at;
    enum role role;
    char text[200];
};

/* What an action acts on. */
struct target {
    const char *id, *title;
    bool gone;       /* of a selection: not there any more, or over; told before the action runs */
    const char *why; /* "resolved", "gone upstream" */
};

/* What an action that writes is about to do: asked about, or on its way to the disk behind the frame that answers the key. */
struct writing {
    struct arena arena;
    struct plan plan;
    bool asks;         /* whatever its class */
    int pane;          /* where the key was pressed */
    int64_t *replaced; /* rows of the outbox that it stands for: taken back when it is queued */
    size_t replaced_len;
    bool is_of_form;       /* … of this draft, which goes when it is queued */
    struct draft_of draft; /* in arena */
    bool is_queueing;      /* not on the disk yet */
    uint64_t timer;
};

/* What an action that writes is to do. */
struct write_request {
    enum action_id action;
    const char *argument;
    const struct plan_target *targets;
    size_t targets_len;
    const char *title;       /* of the targets; "" where nobody asked */
    const int64_t *replaced; /* said in another way: rows of the outbox that are taken back */
    size_t replaced_len;
    bool asks; /* what it acts on changed a moment ago */
};

/* What is typed into a form, until it is on the disk. */
struct pending_draft {
    struct arena arena;
    struct draft_of of;
    struct draft fields[FORM_FIELDS_MAX];
    size_t len;
    bool is_pending;
    uint64_t timer;
};

/* $EDITOR, while the terminal is its own. */
struct editor {
    pid_t pid; /* 0 = the terminal is ours */
    int end_fd;
    uint64_t timer; /* where there is no end_fd */
    struct arena arena;
    const char *name, *before; /* what it is called; the text that it was given */
    char *path;
};

struct app {
    const struct app_options *options;
    struct loop *loop;
    struct reader *reader;
    struct arena arena; /* for as long as the program runs */
    struct arena scratch;
    struct view_settings settings;
    struct view views[PANE_COUNT];
    struct layout layout;
    int focus;
    bool zoomed, preview, paused;
    int64_t paused_at;

    /* Two of each: the one on screen, and the one the next is made in. */
    struct snapshot snapshots[2];
    struct table tables[2][PANE_COUNT];
    struct arena table_arenas[2];
    int snap_now, tables_now;
    struct arena sources_arenas[2];
    int sources_now;

    struct detail detail;
    struct detail whole; /* the same item, where `detail` is only what the strip needs */
    struct table detail_table;
    struct arena detail_arena;

    struct mode *modes[MODES_MAX];
    int modes_len;

    char message[256];
    enum role message_role;
    struct said said[SAID_MAX];        /* this session's messages, for the activity */
    int64_t looked_at;                 /* when the last key came */
    size_t said_len;                   /* ever: the oldest give way */
    char shown_incident[ITEM_ID_SIZE]; /* what sync was told is on screen */

    /*
     * load_wanted: another list is wanted, its rows stand where they are read. news_wanted: what is on screen is read
     * again; rows that are held keep their places.
     */
    bool load_wanted, news_wanted, sources_wanted, build_wanted, draw_wanted;
    bool time_wanted; /* something reads differently by now */
    struct clock_watch clock;
    bool paced; /* … and that is all there is to draw */
    struct pace pace;
    int64_t as_of;   /* the board is shown as it was then; 0 = as it is */
    bool load_later; /* once what was typed is on screen, and no key waits */
    struct line_history filters, commands, searches;
    bool news_came; /* what is built next shows what was committed meanwhile */
    bool recalled_lines;
    struct local_batch notes;
    uint64_t notes_timer;
    bool stopping;
    uint64_t change_timer, resize_timer, message_timer, news_timer, thaw_timer, unmark_timer;
    int64_t key_at, interrupted_at, loaded_at, poller_at; /* monotonic */
    /* Who opens the last link, until it ended. */
    pid_t opener;
    uint64_t opener_timer;
    int opener_looks;
    /* When somebody last typed, by the clock that goes on while the machine sleeps; a lock was asked to open. */
    int64_t typed_at;
    uint64_t lock_timer;
    bool unlock_asked;
    struct poller poller;
    struct error poller_failure; /* why it cannot be started, as it was said */
    struct notify notify;
    struct writing writing;
    struct sent sent;
    uint64_t remind_timer;
    struct pending_draft draft;
    struct editor editor;
    struct hooks *notify_hooks; /* NULL until the first */
    int64_t live_at;    /* when what is shown was live; 0 = not since it was told that it is not */
    bool firing_wanted; /* something was committed since notifications were thought of */
    struct canvas canvas;
};

/* ---- app.c ---- */

/* signal_number 0: the user leaves. */
void app_stop(struct app *app, int signal_number);
/* Ends this run to go on with another profile of the configuration. */
void app_switch(struct app *app, const char *profile);
/* In the footer, for 4 s or until a key. */
void app_say(struct app *app, enum role role, const char *text);
void app_say_failure(struct app *app, const struct error *err, const char *what);
/* After the first paint, when the user asks, and while what is shown is not live: sync may have ended since. */
void app_start_poller(struct app *app);
/* Keys are ours: at the start, and when the editor ended. */
void app_watch_input(struct app *app);

/* ---- app_notify.c ---- */

/*
 * On this terminal, and by notify_command: of the items that no other console told of, as read_mark_claim has it. No items: of
 * the event itself.
 */
void app_notify(struct app *app, const char *event, const char *text,
                const struct notification_item *items, size_t len, int64_t at_ms, int64_t apart_ms);
void app_tell_firing(struct app *app);
void app_tell_stale(struct app *app, const struct freshness_summary *fresh);

/* ---- remind.c ---- */

/* Says that an update of an incident the user leads is due, once for each such moment, and comes back for the next. */
void app_remind(struct app *app);

/* ---- lock.c ---- */

/* Now, when nobody has typed for as long as the profile says, or when that will be. */
void app_lock_when_idle(struct app *app);
/* In front of a key. */
void app_lock_typed(struct app *app);

/* ---- rights.c: whether this session may write ---- */

/* Unless it is locked. */
bool app_may_write(const struct app *app);
/* Behind a frame, when something was committed: what the server says of the key; and tells the poller whether we may write. */
void app_read_rights(struct app *app);

/* ---- app_hold.c: what keeps its place, and until when ---- */

/* Whether the rows of a pane keep their places: while somebody chooses, and for a second after a key. */
bool app_holds(const struct app *app, int pane);
/* Something was committed: reads it, soon. */
void app_news(struct app *app);
/* After a load: when what is held by a key alone lets go. */
void app_thaw_later(struct app *app);
/* Lists are paused: counts what would have changed. */
void app_count_waiting(struct app *app);
/* New items of a pane that are not on screen, and the first of them; for the chip in its title. */
size_t app_new_items(struct app *app, int pane, const char **first);
/* The pane in focus: what is new comes into the list, and the cursor to the first of it. False when nothing is. */
bool app_take_in(struct app *app);

/* ---- app_lists.c: marks, targets, fates ---- */

/* Behind the first frame: what is new since the user last looked. At the end: until when that was. */
void app_recall_looked(struct app *app);
void app_note_looked(struct app *app);
/* With each key: somebody looks; who was away for long sees what came meanwhile. */
void app_looks(struct app *app);

/* Marks the rows on screen anew: what is selected, what changed a moment ago. */
void app_mark(struct app *app);
/* Before app_mark: what the pane's table says that `before` did not. */
void app_note_changes(struct app *app, int pane, const struct table *before);
/* The item said something else a moment ago: a key that writes asks first. */
bool app_changed_lately(const struct app *app, const char *id);
/* What is selected in the pane in focus, else the item under its cursor. In the scratch arena. */
size_t app_targets(struct app *app, const struct target **targets);
/* Why an item is not under the cursor any more. */
void app_say_why(struct app *app, const char *id, const char *title);
void app_say_fate(struct app *app, const char *title, const struct fate *fate);

/* ---- app_paint.c: each step asks for the next by the *_wanted flags; after_pass runs them once for all keys that came ---- */

const struct snapshot *app_snapshot(const struct app *app);
struct table *app_table(struct app *app, int pane);
const char *app_item(struct app *app); /* id under the cursor of the focused pane; "" = none */

void app_lay_out(struct app *app); /* after a change of size, focus, zoom or preview */
void app_load(struct app *app);
void app_load_sources(struct app *app);
void app_build(struct app *app);
void app_build_detail(struct app *app);
/* The item under the cursor, as much of it as detail->brief says. */
void app_read_detail(struct app *app, struct detail *detail);
void app_draw(struct app *app);
/* Before its pane's filter is read: which names and values there are now. */
bool app_prepare_query(struct app *app, struct query *query);
/* Over all kinds, around the row with this key (0 = the newest); ERROR_INTERRUPTED when a key waits. */
MUST_CHECK bool app_search(struct app *app, const struct filter *filter, int64_t around, int rows,
                           struct arena *arena, struct search_window *window, struct error *err);
/* The rows that a changed filter or order asks for, behind the frame that echoes the key. */
void app_load_after_echo(struct app *app);
/* Tells sync which incident is on screen, so that its children are kept fresh. */
void app_tell_shown(struct app *app);

/* ---- app_mouse.c ---- */

void app_click(struct app *app, struct mouse_event event);

/* ---- mode_detail.c ---- */

/* What a mode of mode_detail shows. */
const struct detail *mode_detail_shown(struct app *app, const struct mode *mode);
/* ---- mode_write.c ---- */

/* Keys for a write of the outbox: r sends it again, e says it in another way, x takes it back. False: none of these. */
bool mode_write_key(struct app *app, int64_t id, const char *pressed);

/* ---- app_memory.c: over restarts ---- */

void app_recall_panes(struct app *app);
/* What was typed in lines of former runs: when one is opened. */
void app_recall_lines(struct app *app);
void app_note_pane(struct app *app, int pane);
/* At the end: where the cursors stand. */
void app_note_places(struct app *app);
/* A line of the palette; "filter …" and "search …" are what their own lines were given. */
void app_note_line(struct app *app, const char *line);
void app_write_notes(struct app *app);

/* ---- drafts.c: what is typed and not sent ---- */

/* Written in a moment; taken of each: field (which stays where it is) and text. */
void app_draft_note(struct app *app, const struct draft_of *of, const struct draft *fields,
                    size_t len);
/* What was noted is written behind the next frame; or now. */
void app_draft_soon(struct app *app);
void app_draft_write(struct app *app);
void app_draft_forget(struct app *app, const struct draft_of *of);

/* ---- editor.c ---- */

/* Gives the terminal to $EDITOR with a file that has the text. What becomes of it goes to the form on top. */
void app_edit_text(struct app *app, const char *text, const char *about);
/* At the end: what it has written by now is in the form. */
void app_edit_stop(struct app *app);

/* ---- mode_form.c ---- */

/* The form on top: an editor's text for its last field (false: no room for it), what else is to be said, Ctrl-O. */
bool mode_form_take(struct app *app, const char *text);
void mode_form_say(struct app *app, enum role role, const char *sentence);
void mode_form_edit(struct app *app);

/* ---- mode_edit.c ---- */

/* What of the rows is not sent yet, and may be taken back: these, and what they are about. Of an incident that they were to
 * declare, only what it was declared from. */
void mode_edit_gather(struct arena *arena, const struct outbox_row *rows, size_t len,
                      struct write_request *request);

/* ---- act_write.c ---- */

/* What is selected, or under the cursor; of the timeline its incident. In the scratch arena. */
struct write_request app_find_targets(struct app *app);
/* Makes app->writing of it. False: it makes no sense, the store failed, or (ERROR_NOT_FOUND) there is nothing to send. */
MUST_CHECK bool app_plan(struct app *app, const struct write_request *request, struct error *err);
/* What is planned was written in a form. */
void app_plan_is_of(struct app *app, const struct draft_of *of);
/* Asks what is planned, where it is to be asked, and queues it. */
void app_send_plan(struct app *app);
/* The plan goes into the outbox, behind the next frame. */
void app_queue(struct app *app);
/* … or now, before something else is done to it. */
void app_queue_now(struct app *app);

/* ---- act_search.c ---- */

/* ---- act_past.c ---- */

/* The moment on screen: the clock's, or that of :as-of. */
int64_t app_now_ms(const struct app *app);
/* "shift", "last" or a time; in words in *what. False: it was said why not. */
/* Why what was then is not shown. */
void act_past_say(struct app *app, int64_t at_ms, const struct error *err);
bool act_since_find(struct app *app, const char *text, int64_t *since_ms, const char **what);

/* Goes to where an object stands: `list` is its kind as `list` calls it. */
void act_show_item(struct app *app, const char *list, const char *id);

/* ---- act_views.c, for its menu ---- */

bool act_views_load(struct app *app, struct arena *arena, const struct saved_view **saved,
                    size_t *len);
int act_views_pane(const struct saved_view *saved); /* -1: there is no such pane */
/* False: it no longer reads; why, in the problem. */
bool act_views_check(struct app *app, const struct saved_view *saved, struct filter_error *problem);
void act_views_delete(struct app *app, const char *name);

/* ---- act_*.c: one function for each `run` of the action table (action/action.h) ---- */

typedef void action_run(struct app *app, enum action_id action, const char *argument);
#define X(id, run, ...) action_run act_##run;
ACTIONS(X)
#undef X
action_run act_write; /* all of WRITES */

/* The cursor of a list, by an action that moves one; false when it does not. */
bool act_on_cursor(struct cursor *cursor, const struct table *table, enum action_id action,
                   int rows);

/* Runs an action, unless this session may not; argument "" = none. The pane in focus is asked first. */
void app_do(struct app *app, enum action_id action, const char *argument);
