#pragma once

/*
 * From key names to actions, by the keys of the action table. A key is named as people write it: a character ("j", "?"),
 * "Space", "Enter", "Esc", "Tab", "S-Tab", "Up", "PgDn", "Home", "F1", "Ctrl-D".
 */

#include "action/action.h"

#define KEY_PASTE "Paste" /* text was pasted: no key that could be bound */

/* ACTION_COUNT when the key is bound to nothing. */
enum action_id keymap_action(const char *key);

/* The first key of an action, for hints: "?" of "? F1". */
#define KEY_NAME_SIZE 16
const char *keymap_hint(enum action_id action, char out[KEY_NAME_SIZE]);
