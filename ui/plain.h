#pragma once

/*
 * The console without a screen (ux 13): lines of full words on whatever takes lines, made from the same views. A summary and
 * numbered items; then, where somebody can type, a prompt that takes numbers and the names of actions. Or, following, one
 * line a change for as long as anybody reads.
 */

#include "ui/app.h"

struct plain_options {
    const struct app_options *app;
    bool follow;
    bool prompt;        /* standard input can be asked */
    bool hints;         /* say what can be typed */
    int64_t limit;      /* rows of each pane; -1 = a few, 0 = all that are read */
    int64_t max_age_ms; /* ERROR_STALE when something is older; -1 = any age will do */
};

/* Runs until the user leaves, input ends or nobody reads. ERROR_STALE when nothing was ever synced and nobody waits. */
MUST_CHECK bool plain_run(const struct plain_options *options, struct error *err);

/* The signal that ended it; 0 = none did. */
int plain_ended_by(void);
