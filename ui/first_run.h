#pragma once

/*
 * The first start: no configuration is there yet. Offers the demo, an incident.io account, or a hub of one's own, asks for
 * address, key, the user's own e-mail and the schedules to follow, tries the answers on the server, and writes the file.
 */

#include "base/error.h"
#include "config/first.h"

enum first_outcome {
    FIRST_LEFT,    /* the user thought better of it: nothing was written */
    FIRST_DEMO,    /* the demo is wanted: nothing was written */
    FIRST_WRITTEN, /* the file is there now */
};

struct first_run_options {
    const char *config_path; /* NULL = the user's own */
    const char *color;       /* "auto", "always", "never" */
};

/* The terminal is as it was afterwards. Errors are what prevents it from starting. */
MUST_CHECK bool first_run(const struct first_run_options *options, enum first_outcome *outcome,
                          struct error *err);

/* The signal that ended it, for the exit status 128 + n; 0 = none did. */
int first_run_ended_by(void);

/* The same in lines of text, on a terminal that can show no more; what follows is plain as well. */
MUST_CHECK bool first_run_plain(const struct first_run_options *options,
                                enum first_outcome *outcome, struct error *err);

/* ---- for both of them ---- */

enum first_step { STEP_WHAT, STEP_ADDRESS, STEP_KEY, STEP_ME, STEP_SCHEDULES };
enum first_what { WHAT_DEMO, WHAT_ACCOUNT, WHAT_HUB, WHAT_COUNT };

struct first_choice {
    const char *name, *help;
};
struct first_question {
    const char *title, *label, *help;
};
extern const struct first_choice first_choices[WHAT_COUNT];
extern const struct first_question first_questions[];

/* "file:PATH" and "command:WORDS" say where the key is; anything else is the key. */
void first_take_key(struct first_answers *answers, const char *text);
