#pragma once

/*
 * The first start: no configuration is there yet. Offers the demo, an incident.io account, or a hub of one's own, asks for
 * address, key, the user's own e-mail and the schedules to follow, tries the answers on the server, and writes the file.
 */

#include "base/error.h"

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
