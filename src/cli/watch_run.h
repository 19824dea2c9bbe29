#pragma once

/*
 * A watch: looks, sends what it found, waits until it is time to look again. What it looks at is its service's part. Each trouble is
 * said once, until all was well for a round.
 */

#include "base/loop.h"
#include "cli/watch.h"
#include "remote/alert_events.h"

struct watch_run {
    struct cli *cli;
    const struct watch_arguments *arguments;
    struct profile profile;
    struct alert_address address;
    struct str token, secret; /* the service's, the alert source's */
    struct loop *loop;
    const char *dir; /* of what is remembered and of what waits */

    /* What is new goes into the spool; then a line on it to standard output, with how many events were sent. */
    bool (*round)(void *context, struct alert_spool *spool, struct error *err);
    void (*print)(void *context, size_t sent, bool is_json, bool only_news);
    void *context;

    int failures, status; /* in a row; of the first thing that went wrong in a round */
    char said[600];       /* what was said last: not again each minute */
};

/* Profile and loop; the secrets are still empty. name: of the directory in the profile's, where --state names none. */
MUST_CHECK bool watch_run_open(struct watch_run *run, struct cli *cli,
                               const struct watch_arguments *arguments, const char *name,
                               struct error *err);
void watch_run_close(struct watch_run *run);

void watch_run_say(struct watch_run *run, const struct error *err);

/* Until a signal ends it, or once; the exit status. */
int watch_run_loop(struct watch_run *run);
