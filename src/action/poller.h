#pragma once

/*
 * How a console gets its data fetched: it holds a shared lock on the profile's viewers.lock while it looks, and starts
 * `tocsin-sync sync --viewed --profile NAME [--config PATH]` in a session of its own. The poller ends when nobody holds
 * the lock. Starting it when one runs already is harmless (the second ends at once, with status 0), so a console starts
 * one after its first paint, and again when its data goes stale or the user asks for a refresh. No network here, and no
 * waiting longer than it takes an ending poller to commit.
 *
 * Who may write says so by a shared lock on the profile's writers.lock: a poller that a console started sends the outbox only
 * while somebody holds it, so that a session that only reads causes no write, not even an earlier session's.
 */

#include <sys/types.h>

#include "base/error.h"

struct poller {
    int viewers_fd; /* -1 = not viewing */
    int writers_fd; /* -1 = only reads */
    pid_t pid;      /* the one this console started; 0 = none */
};

#define POLLER_NONE ((struct poller){.viewers_fd = -1, .writers_fd = -1})

/* Before poller_start. */
MUST_CHECK bool poller_view(struct poller *poller, const char *viewers_lock, struct error *err);

MUST_CHECK bool poller_write(struct poller *poller, const char *writers_lock, struct error *err);
/* This session only reads from now on. */
void poller_only_read(struct poller *poller);

/* config_path NULL or "" = the user's own. Does nothing while the one this console started runs. */
MUST_CHECK bool poller_start(struct poller *poller, const char *profile_name,
                             const char *config_path, struct error *err);

/* Whether the one this console started has ended; its exit status (design 2), 0 = another one polls. Reaps it. */
bool poller_ended(struct poller *poller, int *exit_status);

/* The end of viewing; the poller finds out by itself. */
void poller_leave(struct poller *poller);
