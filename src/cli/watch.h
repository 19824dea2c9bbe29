#pragma once

/* `tocsin watch`: what its parts share. Each looks, sends what it found, and waits until it is time to look again. */

#include "cli/command.h"

struct watch_arguments {
    bool once;
    int64_t every_ms;
    const char *state; /* NULL = in the profile's state directory */
};

int watch_circleci(struct cli *cli, const struct watch_arguments *arguments);
int watch_slack(struct cli *cli, const struct watch_arguments *arguments);
