#pragma once

/*
 * A mode: what has the keys instead of the panes while it is open: the help, a detail, a menu, the palette, a filter being
 * typed. Modes stand on each other; the top one has the keys, and closing it gives them back. A mode may have a box with
 * rows to choose from, a line to type in, or both. Adding one: ui/mode_x.c with its struct mode_ops, and an action that
 * opens it. While a mode is open the panes' lists stand still.
 */

#include "action/action.h"
#include "ui/line.h"
#include "ui/table.h"

struct app;
struct mode;

enum mode_place {
    PLACE_BODY, /* the box covers the panes */
    PLACE_LIST, /* the box stands above the line, as high as its rows need and half the body at most */
    PLACE_NONE, /* no box */
};

/* For the footer: an action that does something of its own in a mode, and the word for it. */
struct mode_hint {
    enum action_id action;
    const char *word; /* NULL = the list ends */
};

struct mode_ops {
    const char *title; /* in the box's border, unless the mode sets its own */
    enum mode_place place;
    int rows_max; /* PLACE_LIST: of the box at most; 0 = half the body */
    const char
        *line_hints; /* keys that are not bound but its own: "Enter keep|Esc cancel"; NULL = none */
    const char *label; /* stands before the line: "/"; NULL = there is no line */
    size_t state_size;
    const struct mode_hint *hints; /* beside moving and going back; NULL = none */

    /* `state` is zeroed. False: said already why it cannot be, and it is not opened. NULL = nothing to do. */
    bool (*open)(struct app *app, struct mode *mode, const char *argument);
    void (*close)(struct app *app, struct mode *mode);

    /*
     * The box's rows, anew before each frame that needs it, into mode->table (mode->arena, `cols` wide). A row's id is what
     * the cursor belongs to. NULL = no box.
     */
    void (*build)(struct app *app, struct mode *mode, int cols);

    /* The line's text changed. */
    void (*changed)(struct app *app, struct mode *mode);
    /* Enter; without it Enter closes a box that has no line. */
    void (*accept)(struct app *app, struct mode *mode);
    /* A key before anything else is done with it; true = it was the mode's own (Tab completes, `t` takes theirs). */
    bool (*key)(struct app *app, struct mode *mode, const char *key);
    /* In a mode without a line: an action that is not a move; true = it was the mode's own. */
    bool (*act)(struct app *app, struct mode *mode, enum action_id action);
};

#define MODE_NOTE_SIZE 256

struct mode {
    const struct mode_ops *ops;
    const char *title; /* ops->title unless set; lives as long as the mode */
    const char *label; /* NULL = ops->label; lives as long as the mode */
    void *state;
    struct arena own;   /* for as long as it is open */
    struct arena arena; /* of the table */
    struct table table;
    struct cursor cursor; /* the row chosen */
    struct line line;
    /* Said below the line: a mistake, with a caret under byte `note_at` of it (-1 = none), or what will happen. */
    char note[MODE_NOTE_SIZE];
    int note_at;
    enum role note_role;
};

#define MODES_MAX 8

/* False when it could not be opened. */
bool mode_open(struct app *app, const struct mode_ops *ops, const char *argument);
/* Closes the top one; the mode is gone afterwards. */
void mode_close(struct app *app);
void mode_close_all(struct app *app);
/* The top one; NULL = the panes have the keys. */
struct mode *mode_now(struct app *app);

void mode_key(struct app *app, const char *key);
/* Pasted text: into the line, or nowhere. */
void mode_paste(struct app *app, const char *text);
void mode_build(struct app *app);

/* The id of the row under the cursor; "" = none. */
const char *mode_chosen(const struct mode *mode);
void mode_note(struct mode *mode, enum role role, int at, const char *text);

extern const struct mode_ops mode_text, mode_copy, mode_links, mode_explain, mode_pipe;
extern const struct mode_ops mode_activity, mode_help, mode_detail, mode_palette, mode_profiles,
    mode_themes;
extern const struct mode_ops mode_filter, mode_sort, mode_views, mode_search, mode_since;
extern const struct mode_ops mode_ask, mode_ask_typed, mode_write, mode_edit, mode_form, mode_stay;
