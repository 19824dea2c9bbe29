#pragma once

/*
 * The board on a wall: what happens now, who is on call this week, what is left to do, one page after the other, readable from
 * across a room. It can only look: nothing that writes is part of it, and the sync that it starts sends nothing either.
 */

#include "ui/app.h"

/* Runs until somebody quits or the terminal is gone. Errors are what prevents it from starting, as app_run's. */
MUST_CHECK bool wallboard_run(const struct app_options *options, struct error *err);

/* The signal that ended it; 0 = somebody quit. */
int wallboard_ended_by(void);
