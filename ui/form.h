#pragma once

/*
 * What the form of an action asks for, and how that is said behind the action's name: form, palette and `tocsin do` are one
 * mechanism. Pure; ui/mode_form.c is what is on the screen.
 */

#include "action/action.h"
#include "base/arena.h"

enum form_words { FORM_ANYTHING, FORM_STATUS, FORM_SEVERITY };

struct form_field {
    const char *name;  /* of its draft; and, unless it is the last, NAME=VALUE in the argument */
    const char *label; /* "Status" */
    enum form_words words;
    const char *unset;  /* what happens without it */
    const char *blames; /* words of an answer that speak of it, separated by blanks */
};

enum { FORM_FIELDS_MAX = 3 };

/* Its last field is free text, of several lines if need be. */
struct form {
    enum action_id action;
    const char *title; /* "Update" */
    struct form_field fields[FORM_FIELDS_MAX];
    int fields_len;
    int first; /* the field that one types in when it opens */
};

/* NULL: the action has none. */
const struct form *form_of(enum action_id action);

/* The fields' texts as they are typed behind the action's name. In the arena. */
const char *form_argument(const struct form *form, const char *const texts[FORM_FIELDS_MAX],
                          struct arena *arena);
/* … and back. */
void form_read(const struct form *form, const char *argument, struct arena *arena,
               const char *texts[FORM_FIELDS_MAX]);

/* Which field a sentence, of the plan or from upstream, is about; -1 = that cannot be told. */
int form_blames(const struct form *form, const char *const texts[FORM_FIELDS_MAX],
                const char *sentence, struct arena *arena);
