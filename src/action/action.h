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

/* In the order the help has them, and the footer's hints. */
enum action_group {
    GROUP_LOOK,
    GROUP_ACT,
    GROUP_FIND,
    GROUP_SELECT,
    GROUP_MOVE,
    GROUP_PANES,
    GROUP_PROGRAM
};

/*
 * run: the function of the console that does it, act_RUN (ui/app_internal.h); in_view: the panes do, each for itself.
 * keys: names as ui/keymap.h spells them, separated by spaces. argument: what may follow the name in the palette, as its
 * usage is written; "" = nothing. hint: one or two words for the footer, which shows the first that fit (ui/hints.h); "" = not
 * there.
 */
/* clang-format off: a table, one row a line */
#define ACTIONS(X)                                                                                 \
    /* id, run, name, keys, argument, kinds, class, group, hint, help */                           \
    X(DOWN, move, "down", "j Down", "", ON_ANY, READ, MOVE, "", "Next item")                       \
    X(UP, move, "up", "k Up", "", ON_ANY, READ, MOVE, "", "Previous item")                         \
    X(FIRST, move, "first", "g Home", "", ON_ANY, READ, MOVE, "", "First item")                    \
    X(LAST, move, "last", "G End", "", ON_ANY, READ, MOVE, "", "Last item")                        \
    X(HALF_PAGE_DOWN, move, "half-page-down", "Ctrl-D", "", ON_ANY, READ, MOVE, "",                \
      "Half a page down")                                                                          \
    X(HALF_PAGE_UP, move, "half-page-up", "Ctrl-U", "", ON_ANY, READ, MOVE, "", "Half a page up")  \
    X(PAGE_DOWN, move, "page-down", "PgDn", "", ON_ANY, READ, MOVE, "", "A page down")             \
    X(PAGE_UP, move, "page-up", "PgUp", "", ON_ANY, READ, MOVE, "", "A page up")                   \
    X(RIGHT, sideways, "right", "l Right", "", ON_ANY, READ, MOVE, "",                             \
      "Scroll right, next day in the rota")                                                        \
    X(LEFT, sideways, "left", "h Left", "", ON_ANY, READ, MOVE, "",                                \
      "Scroll left, previous day in the rota")                                                     \
    X(NOW, in_view, "now", ".", "", ON_ANY, READ, MOVE, "", "Newest, today, now")                  \
    X(PANE_1, focus, "alerts", "1", "", ON_ANY, READ, PANES, "", "Alerts")                         \
    X(PANE_2, focus, "timeline", "2", "", ON_ANY, READ, PANES, "", "Timeline")                     \
    X(PANE_3, focus, "rota", "3", "", ON_ANY, READ, PANES, "", "Rota")                             \
    X(PANE_4, focus, "follow-ups", "4", "", ON_ANY, READ, PANES, "", "Follow-ups")                 \
    X(NEXT_PANE, focus_next, "next-pane", "Tab", "", ON_ANY, READ, PANES, "pane", "Next pane")     \
    X(PREVIOUS_PANE, focus_next, "previous-pane", "S-Tab", "", ON_ANY, READ, PANES, "",            \
      "Previous pane")                                                                             \
    X(ZOOM, zoom, "zoom", "z", "", ON_ANY, READ, PANES, "", "Zoom the pane, and back")             \
    X(PREVIEW, preview, "preview", "p", "", ON_ANY, READ, PANES, "", "Details on or off")          \
    X(OPEN, open, "open", "Enter", "", ON_ANY, READ, LOOK, "open", "Open the item")                \
    X(OPEN_LINK, open_link, "open-link", "o", "[NUMBER]", ON_ANY, READ, LOOK, "",                  \
      "Open the item's link, or choose one")                                                       \
    X(COPY, copy, "copy", "y", "[reference|link|title|summary|json]", ON_ANY, READ, LOOK, "",      \
      "Copy a part of the item")                                                                   \
    X(JSON, json, "json", "J", "", ON_ANY, READ, LOOK, "", "The item as it came from the server")  \
    X(PIPE, pipe, "pipe", "|", "COMMAND", ON_ANY, READ, LOOK, "",                                  \
      "The item as JSON to a command, and what that prints")                                       \
    X(BACK, back, "back", "Esc", "", ON_ANY, READ, LOOK, "", "Step back")                          \
    X(PREVIOUS_TAB, in_view, "previous-tab", "[", "", ON_EVENT | ON_SHIFT, READ, LOOK, "",         \
      "Previous incident or week")                                                                 \
    X(NEXT_TAB, in_view, "next-tab", "]", "", ON_EVENT | ON_SHIFT, READ, LOOK, "next",             \
      "Next incident or week")                                                                     \
    X(GROUP, in_view, "group", "b", "", ON_FOLLOW_UP, READ, LOOK, "group",                         \
      "Follow-ups: by owner, incident, due, age, or one list")                                     \
    X(SHOW_DONE, in_view, "show-done", "D", "", ON_FOLLOW_UP, READ, LOOK, "",                      \
      "Follow-ups: those done, and back")                                                          \
    X(GO_TO, go_to, "go-to", "", "DATE", ON_ANY, READ, LOOK, "", "Rota: the day of a date")        \
    X(INCIDENT, incident, "incident", "I", "", ON_ALERT | ON_FOLLOW_UP, READ, LOOK, "",            \
      "The timeline of its incident, open or closed")                                              \
    X(EXPLAIN, explain, "explain", "", "", ON_ALERT, READ, LOOK, "",                               \
      "Why it went where it went, as the hub decided")                                             \
    X(FOLD, in_view, "fold", "F", "", ON_ALERT | ON_EVENT, READ, LOOK, "",                         \
      "Fold alerts by incident, runs of events; or show each")                                     \
    X(CALENDAR_MODE, in_view, "calendar-mode", "c", "", ON_SHIFT, READ, LOOK, "calendar",          \
      "Rota: week, month, agenda, mine, day")                                                      \
    X(CALENDAR_WEEK, in_view, "calendar-week", "", "", ON_SHIFT, READ, LOOK, "",                   \
      "Rota: a week, or two")                                                                      \
    X(CALENDAR_MONTH, in_view, "calendar-month", "", "", ON_SHIFT, READ, LOOK, "",                 \
      "Rota: a month")                                                                             \
    X(CALENDAR_AGENDA, in_view, "calendar-agenda", "", "", ON_SHIFT, READ, LOOK, "",               \
      "Rota: a list by day")                                                                       \
    X(CALENDAR_DAY, in_view, "calendar-day", "", "", ON_SHIFT, READ, LOOK, "",                     \
      "Rota: one day by its hours")                                                                \
    X(MINE, in_view, "mine", "m", "", ON_SHIFT, READ, LOOK, "", "Rota: my next shifts, and back")  \
    X(LAYERS, in_view, "layers", "w", "", ON_SHIFT, READ, LOOK, "",                                \
      "Rota: what was scheduled, overrides, the result")                                           \
    X(RULERS, in_view, "rulers", "", "", ON_SHIFT, READ, LOOK, "",                                 \
      "Rota: one ruler or two, here and there")                                                    \
    X(FILTER, filter, "filter", "/", "[FILTER | none]", ON_ANY, READ, FIND, "filter",              \
      "Filter this pane")                                                                          \
    X(NEXT_MATCH, match, "next-match", ";", "", ON_ANY, READ, FIND, "", "Next match")              \
    X(PREVIOUS_MATCH, match, "previous-match", ",", "", ON_ANY, READ, FIND, "", "Previous match")  \
    X(SEARCH, search, "search", "Ctrl-F", "[TEXT]", ON_NOTHING, READ, FIND, "",                    \
      "Search over everything")                                                                    \
    X(UNACKED, unacked, "unacked", "U", "", ON_NOTHING, READ, FIND, "",                            \
      "The oldest alert that nobody has acknowledged, as the header has it")                       \
    X(AS_OF, as_of, "as-of", "", "TIME | now", ON_NOTHING, READ, FIND, "", "The board as it was")  \
    X(SINCE, since, "since", "", "[shift | last | TIME]", ON_NOTHING, READ, FIND, "",              \
      "What changed since then")                                                                   \
    X(VIEW, view, "view", "f", "[VIEW | save NAME | delete VIEW | rename VIEW NAME]", ON_ANY,      \
      READ, FIND, "views", "Saved views")                                                          \
    X(SORT, sort, "sort", "s", "[SORT]", ON_ANY, READ, FIND, "", "Order of this pane")             \
    X(SELECT, select, "select", "Space", "", ON_ANY, READ, SELECT, "select",                       \
      "Select the item, or not")                                                                   \
    X(SELECT_RANGE, select_range, "select-range", "v", "", ON_ANY, READ, SELECT, "",               \
      "Select from here to where the cursor goes")                                                 \
    X(SELECT_ALL, select_all, "select-all", "*", "", ON_ANY, READ, SELECT, "",                     \
      "Select all that match")                                                                     \
    X(TIME_STYLE, time_style, "time-style", "t", "", ON_ANY, READ, LOOK, "",                       \
      "Times as ages, here, there, UTC")                                                           \
    X(PAUSE, pause, "pause", "P", "", ON_ANY, READ, LOOK, "", "Hold the lists still, and go on")   \
    X(REFRESH, refresh, "refresh", "r", "", ON_ANY, READ, LOOK, "",                                \
      "Ask the server about this pane now")                                                        \
    X(REFRESH_ALL, refresh, "refresh-all", "R", "", ON_ANY, READ, LOOK, "",                        \
      "Ask the server about everything now")                                                       \
    X(UNDO, undo, "undo", "u", "", ON_NOTHING, FREE, ACT, "",                                      \
      "Take back what was queued last, for a few seconds")                                         \
    X(EDIT, edit, "edit", "e", "[note TEXT | update TEXT]", ON_ALERT | ON_EVENT, FREE, ACT, "",    \
      "A note on the alert, or an update of the incident, in $EDITOR")                             \
    X(PALETTE, palette, "palette", ":", "", ON_NOTHING, READ, PROGRAM, "command",                  \
      "Any action by its name")                                                                    \
    X(ACTIVITY, activity, "activity", "@", "", ON_NOTHING, READ, PROGRAM, "",                      \
      "Sources, errors, messages, what was asked")                                                 \
    X(LOCK, lock, "lock", "K", "", ON_NOTHING, READ, PROGRAM, "",                                  \
      "View only, until unlocked with the same key twice")                                         \
    X(HELP, help, "help", "? F1", "", ON_NOTHING, READ, PROGRAM, "help", "This list")              \
    X(PROFILE, profile, "profile", "", "[PROFILE]", ON_NOTHING, READ, PROGRAM, "",                 \
      "Switch to another profile")                                                                 \
    X(THEME, theme, "theme", "", "[NAME]", ON_NOTHING, READ, PROGRAM, "",                          \
      "Other colours, until the end")                                                              \
    X(REPAINT, repaint, "repaint", "Ctrl-L", "", ON_NOTHING, READ, PROGRAM, "",                    \
      "Paint the screen anew")                                                                     \
    X(LEAVE, leave, "quit", "q", "", ON_NOTHING, READ, PROGRAM, "quit",                            \
      "Step back; at the top, quit")                                                               \
    X(QUIT, quit, "quit-now", "Q", "", ON_NOTHING, READ, PROGRAM, "", "Quit")
/* What writes: action/plan.h makes requests of it, for the console (act_write) and for `tocsin do`. */
#define WRITES(X)                                                                                  \
    /* id, name, keys, argument, kinds, class, hint, help */                                       \
    X(ACKNOWLEDGE, "acknowledge", "a", "", ON_ALERT | ON_EVENT, FREE, "ack",                       \
      "Answer the pages of the alert or incident")                                                 \
    X(FINISH, "finish", "x", "[STATUS]", ON_ALERT | ON_EVENT | ON_FOLLOW_UP, ASK, "",              \
      "Resolve the alert, close the incident, complete the follow-up")                             \
    X(DEFER, "defer", "d", "SPAN | until TIME", ON_ALERT | ON_EVENT, FREE, "",                     \
      "Snooze the pages of the alert or incident")                                                 \
    X(ASSIGN, "assign", "A", "[PERSON]", ON_EVENT | ON_FOLLOW_UP, FREE, "",                        \
      "Make somebody lead, or owner of the follow-up; nobody named: you")                          \
    X(NOTE, "note", "n", "TEXT", ON_ALERT | ON_EVENT, FREE, "",                                    \
      "A note on the alert, or on the incident's timeline")                                        \
    X(UPDATE, "update", "S", "[status=STATUS] [severity=SEVERITY] [TEXT]", ON_EVENT, ASK, "",      \
      "Change the incident's status and severity, and tell why")                                   \
    X(DECLARE, "declare", "i", "[severity=SEVERITY] [TEXT]", ON_ALERT, ASK, "",                    \
      "Declare an incident from these alerts")                                                     \
    X(ATTACH, "attach", "M", "INCIDENT", ON_ALERT, ASK, "", "Attach the alerts to an incident")    \
    X(LINK, "link", "L", "URL [TEXT]", ON_EVENT, FREE, "",                                         \
      "Link a pull request, run or document to the incident")                                      \
    X(ADD, "add", "+", "TEXT", ON_EVENT, FREE, "", "A new follow-up of the incident")              \
    X(ESCALATE, "escalate", "E", "PERSON|PATH [TEXT]", ON_ALERT | ON_EVENT, TYPED, "",             \
      "Page a person, or along an escalation path")                                                \
    X(REPLY, "reply", "W", "[thread=MESSAGE] TEXT", ON_ALERT | ON_EVENT, FREE, "",                 \
      "A message in the incident's Slack channel, or in the question's thread")                    \
    X(OVERRIDE, "override", "O", "FROM TO [PERSON]", ON_SHIFT, ASK, "",                            \
      "Put somebody on call in a schedule for a while; nobody named: you")                         \
    X(COVER, "cover", "C", "[PERSON]", ON_SHIFT, ASK, "",                                          \
      "Take what is left of the shift, or give it to somebody; of your own: ask for cover")
/* clang-format on */

enum action_id {
#define X(id, ...) ACTION_##id,
    ACTIONS(X)
#undef X
        ACTION_WRITES, /* where they begin */
    ACTION_BEFORE_WRITES = ACTION_WRITES - 1,
#define X(id, ...) ACTION_##id,
    WRITES(X)
#undef X
        ACTION_COUNT
};

struct action_info {
    enum action_id action;
    const char *name;
    const char *keys;
    const char *argument;
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
