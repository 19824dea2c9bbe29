#pragma once

/*
 * How a console gets its data fetched: it holds a shared lock on the profile's viewers.lock while it looks, and starts
 * `tocsin-sync sync --viewed --profile NAME [--config PATH]` in a session of its own. The poller ends when nobody holds
 * the lock. Starting it when one runs already is harmless (the second ends at once, with status 0), so a console starts
 * one after its first paint, and again when its data goes stale or the user asks for a refresh. No network here, and no
 * waiting longer than it takes an ending poller to commit.
 */

#include <sys/types.h>

#include "base/error.h"

struct poller {
    int viewers_fd;
    pid_t pid; /* the one this console started; 0 = none */
};

/* Before poller_start. */
MUST_CHECK bool poller_view(struct poller *poller, const char *viewers_lock, struct error *err);

/* config_path NULL or "" = the user's own. Does nothing while the one this console started runs. */
MUST_CHECK bool poller_start(struct poller *poller, const char *profile_name,
                             const char *config_path, struct error *err);

/* Whether the one this console started has ended; its exit status (design 2), 0 = another one polls. Reaps it. */
bool poller_ended(struct poller *poller, int *exit_status);

/* The end of viewing; the poller finds out by itself. */
void poller_leave(struct poller *poller);
