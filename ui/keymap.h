#pragma once

/*
 * From key names to actions: the keys of the action table, with those the configuration puts in their place. A key is
 * named as people write it: a character ("j", "?"), "Space", "Enter", "PgDn", "Ctrl-D". There is one keyboard, so there
 * is no handle; a table sorted once answers every key.
 */

#include "action/action.h"
#include "base/arena.h"
#include "base/error.h"

/*
 * Keys that have names: what curses calls them, which only term.c knows, and what we do. A name may stand twice. Those
 * below 256 are characters.
 */
/* clang-format off: a table, one row a line */
#define KEYS(X)                                                                                    \
    X('\t', "Tab")                                                                                 \
    X('\r', "Enter")                                                                               \
    X('\n', "Enter")                                                                               \
    X(27, "Esc")                                                                                   \
    X(' ', "Space")                                                                                \
    X(127, "Backspace")                                                                            \
    X(8, "Backspace")                                                                              \
    X(KEY_DOWN, "Down")                                                                            \
    X(KEY_UP, "Up")                                                                                \
    X(KEY_LEFT, "Left")                                                                            \
    X(KEY_RIGHT, "Right")                                                                          \
    X(KEY_HOME, "Home")                                                                            \
    X(KEY_END, "End")                                                                              \
    X(KEY_FIND, "Home")                                                                            \
    X(KEY_SELECT, "End")                                                                           \
    X(KEY_NPAGE, "PgDn")                                                                           \
    X(KEY_PPAGE, "PgUp")                                                                           \
    X(KEY_BTAB, "S-Tab")                                                                           \
    X(KEY_SR, "S-Up")                                                                              \
    X(KEY_SF, "S-Down")                                                                            \
    X(KEY_SLEFT, "S-Left")                                                                         \
    X(KEY_SRIGHT, "S-Right")                                                                       \
    X(KEY_ENTER, "Enter")                                                                          \
    X(KEY_BACKSPACE, "Backspace")                                                                  \
    X(KEY_IC, "Ins")                                                                               \
    X(KEY_DC, "Del")                                                                               \
    X(KEY_F(1), "F1")                                                                              \
    X(KEY_F(2), "F2")                                                                              \
    X(KEY_F(3), "F3")                                                                              \
    X(KEY_F(4), "F4")                                                                              \
    X(KEY_F(5), "F5")                                                                              \
    X(KEY_F(6), "F6")                                                                              \
    X(KEY_F(7), "F7")                                                                              \
    X(KEY_F(8), "F8")                                                                              \
    X(KEY_F(9), "F9")                                                                              \
    X(KEY_F(10), "F10")                                                                            \
    X(KEY_F(11), "F11")                                                                            \
    X(KEY_F(12), "F12")
/* clang-format on */

#define KEY_NAME_SIZE 16

/*
 * The name of a key as the terminal reports it: "ctrl-d" is Ctrl-D, "Ctrl-I" is Tab. What no
 * program is ever sent (Ctrl-C, Ctrl-Z, Ctrl-\, Ctrl-S, Ctrl-Q) is an error that says why.
 */
MUST_CHECK bool keymap_name(const char *text, char name[KEY_NAME_SIZE], struct error *err);

struct config;
/*
 * Takes over the configuration's bindings: the keys of one stand in place of the action's own, and no default takes a key
 * that one of them has. Mistakes are FILE:LINE errors; then the keys are as they were. Without it the defaults hold.
 */
MUST_CHECK bool keymap_load(const struct config *config, struct error *err);

/* No keys that could be bound: text was pasted, the mouse was used. */
#define KEY_PASTE "Paste"
#define KEY_CLICK "Click"

/* ACTION_COUNT when the key is bound to nothing. */
enum action_id keymap_action(const char *key);

/* The first key of an action, for hints: "?" of "? F1"; "" when it has none. */
const char *keymap_hint(enum action_id action, char out[KEY_NAME_SIZE]);

/* All of them, separated by a blank. */
#define KEYS_TEXT_SIZE 80
const char *keymap_keys(enum action_id action, char out[KEYS_TEXT_SIZE]);

/* What `keys --check` says about the loaded bindings. A note is worth knowing, and no mistake. */
struct keymap_finding {
    bool is_mistake;
    const char *text;
};
size_t keymap_check(const struct config *config, struct arena *arena,
                    const struct keymap_finding **findings);
