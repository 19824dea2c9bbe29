#pragma once

/*
 * The console: state, loop, frames. Reads cache.db, appends requests to private.db, draws. It knows no network and waits
 * for nobody but the terminal.
 */

#include "base/error.h"
#include "base/zone.h"
#include "config/config.h"

struct app_options {
    const struct profile *profile;
    const struct paths *paths;
    const struct config *config; /* the other profiles there are; NULL = none */
    bool read_only;
    const struct zone *zone; /* the viewer's; NULL = the profile's, else the system's */
    const char *color;       /* "auto", "always", "never"; NULL = auto */
    const char *theme;       /* NULL = the profile's */
    const char *glyphs;      /* "auto", "ascii", "rich"; NULL = the profile's */
    bool start_poller;       /* start tocsin-sync when none runs */
    const char *config_path; /* for the poller; NULL = the user's own */
    const char *title;       /* what the header calls it; NULL = the profile's name */
};

/*
 * Runs until the user leaves or the terminal is gone; the terminal is then as it was. Time comes from clock_now_ms, so
 * --now freezes it. Errors are what prevents it from starting: no terminal, no store to write to.
 */
MUST_CHECK bool app_run(const struct app_options *options, struct error *err);

/* The signal that ended the last run (SIGTERM, SIGHUP …), for the exit status 128 + n; 0 = the user left. */
int app_ended_by(void);

/* The profile the user wants to go on with, in options->config; NULL = none: the user left. */
const char *app_switches_to(void);
