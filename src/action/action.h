#pragma once

/*
 * The only place where an action is named. Keys, `?` help, hints, and later the palette, `do` and the manual come from
 * this table. An action belongs to a class: a read-only session runs what is CLASS_READ, checked once, default deny.
 * (`enum action_id`, for `struct action` is the API's: a to-do of an incident.)
 */

#include <stdbool.h>
#include <stddef.h>

enum action_kinds { /* what it can act on */
                    ON_NOTHING = 0,
                    ON_ALERT = 1,
                    ON_EVENT = 2,
                    ON_SHIFT = 4,
                    ON_FOLLOW_UP = 8,
                    ON_ANY = ON_ALERT | ON_EVENT | ON_SHIFT | ON_FOLLOW_UP,
};

enum action_class {
    CLASS_READ,  /* changes nothing but what is on screen or asks for a refresh */
    CLASS_FREE,  /* queued at once, can be taken back */
    CLASS_ASK,   /* a question first */
    CLASS_TYPED, /* the target must be typed */
};

enum action_group { GROUP_MOVE, GROUP_PANES, GROUP_LOOK, GROUP_PROGRAM };

/* keys: names as ui/keymap.h spells them, separated by spaces. hint: one or two words for the footer, "" = not there. */
/* clang-format off: a table, one row a line */
#define ACTIONS(X)                                                                                            \
    /* id                name                 keys             kinds       class  group    hint       help */ \
    X(DOWN, "down", "j Down", ON_ANY, READ, MOVE, "", "Next item")                                            \
    X(UP, "up", "k Up", ON_ANY, READ, MOVE, "", "Previous item")                                              \
    X(FIRST, "first", "g Home", ON_ANY, READ, MOVE, "", "First item")                                         \
    X(LAST, "last", "G End", ON_ANY, READ, MOVE, "", "Last item")                                             \
    X(HALF_PAGE_DOWN, "half-page-down", "Ctrl-D", ON_ANY, READ, MOVE, "", "Half a page down")                 \
    X(HALF_PAGE_UP, "half-page-up", "Ctrl-U", ON_ANY, READ, MOVE, "", "Half a page up")                       \
    X(PAGE_DOWN, "page-down", "PgDn", ON_ANY, READ, MOVE, "", "A page down")                                  \
    X(PAGE_UP, "page-up", "PgUp", ON_ANY, READ, MOVE, "", "A page up")                                        \
    X(RIGHT, "right", "l Right", ON_ANY, READ, MOVE, "", "Scroll right, next day in the rota")                \
    X(LEFT, "left", "h Left", ON_ANY, READ, MOVE, "", "Scroll left, previous day in the rota")                \
    X(NOW, "now", ".", ON_ANY, READ, MOVE, "", "Newest, today, now")                                          \
    X(PANE_1, "alerts", "1", ON_ANY, READ, PANES, "", "Alerts")                                               \
    X(PANE_2, "timeline", "2", ON_ANY, READ, PANES, "", "Timeline")                                           \
    X(PANE_3, "rota", "3", ON_ANY, READ, PANES, "", "Rota")                                                   \
    X(PANE_4, "follow-ups", "4", ON_ANY, READ, PANES, "", "Follow-ups")                                       \
    X(NEXT_PANE, "next-pane", "Tab", ON_ANY, READ, PANES, "pane", "Next pane")                                \
    X(PREVIOUS_PANE, "previous-pane", "S-Tab", ON_ANY, READ, PANES, "", "Previous pane")                      \
    X(ZOOM, "zoom", "z", ON_ANY, READ, PANES, "zoom", "Zoom the pane, and back")                              \
    X(PREVIEW, "preview", "p", ON_ANY, READ, PANES, "", "Details on or off")                                  \
    X(OPEN, "open", "Enter", ON_ANY, READ, LOOK, "open", "Open the item")                                     \
    X(BACK, "back", "Esc", ON_ANY, READ, LOOK, "", "Step back")                                               \
    X(PREVIOUS_TAB, "previous-tab", "[", ON_EVENT | ON_SHIFT, READ, LOOK, "",                                 \
      "Previous incident or week")                                                                            \
    X(NEXT_TAB, "next-tab", "]", ON_EVENT | ON_SHIFT, READ, LOOK, "next", "Next incident or week")            \
    X(TIME_STYLE, "time-style", "t", ON_ANY, READ, LOOK, "", "Times as ages, here, there, UTC")               \
    X(PAUSE, "pause", "P", ON_ANY, READ, LOOK, "", "Hold the lists still, and go on")                         \
    X(REFRESH, "refresh", "r", ON_ANY, READ, LOOK, "refresh",                                                 \
      "Ask the server about this pane now")                                                                   \
    X(REFRESH_ALL, "refresh-all", "R", ON_ANY, READ, LOOK, "",                                                \
      "Ask the server about everything now")                                                                  \
    X(HELP, "help", "? F1", ON_NOTHING, READ, PROGRAM, "help", "This list")                                   \
    X(REPAINT, "repaint", "Ctrl-L", ON_NOTHING, READ, PROGRAM, "", "Paint the screen anew")                   \
    X(LEAVE, "quit", "q", ON_NOTHING, READ, PROGRAM, "quit", "Step back; at the top, quit")                   \
    X(QUIT, "quit-now", "Q", ON_NOTHING, READ, PROGRAM, "", "Quit")
/* clang-format on */

enum action_id {
#define X(id, name, keys, kinds, class, group, hint, help) ACTION_##id,
    ACTIONS(X)
#undef X
        ACTION_COUNT
};

struct action_info {
    enum action_id action;
    const char *name;
    const char *keys;
    unsigned kinds;
    enum action_class class;
    enum action_group group;
    const char *hint;
    const char *help;
};

const struct action_info *action_info(enum action_id action);

/* By name or unique prefix; ACTION_COUNT when there is none. */
enum action_id action_from_name(const char *name);

bool action_allowed(enum action_id action, bool read_only);

const char *action_group_title(enum action_group group);
