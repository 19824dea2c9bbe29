#pragma once

/*
 * `tocsin alert`: what its parts share. A run loads the profile, opens the spool, sends, and says what became of the events. Its
 * exit status is that of a pipeline's step: 0 but for wrong usage, unless --strict asks for more.
 */

#include "cli/command.h"
#include "remote/alert_events.h"
#include "wire/alert_event_out.h"

struct alert_arguments {
    const char *title, *status, *key, *description, *source_url; /* NULL = not given */
    const char **metadata;                                       /* "name=value" */
    size_t metadata_len;
    const char *run_results, *manifest, *sources, *environment; /* "" = not given */
    const char *state;                                          /* "" = none */
    int64_t patience_ms;
    bool strict, dry_run;
};

int alert_send(struct cli *cli, const struct alert_arguments *arguments);
int alert_dbt(struct cli *cli, const struct alert_arguments *arguments);

struct alert_run {
    struct cli *cli;
    const struct alert_arguments *arguments;
    struct profile profile;
    struct alert_address address;
    struct alert_spool *spool;
    int status; /* of the first thing that went wrong */
};

/* False: it was said why nothing can be sent. alert_run_end is called in any case. */
MUST_CHECK bool alert_run_begin(struct alert_run *run, struct cli *cli,
                                const struct alert_arguments *arguments);

/* Says it, and keeps its status for the end. */
void alert_run_trouble(struct alert_run *run, const struct error *err);

/* Sends what waited and these, and prints how many. */
void alert_run_deliver(struct alert_run *run, const struct alert_event_out *events,
                       size_t events_len);

/* The exit status. */
int alert_run_end(struct alert_run *run);

/* --dry-run: a JSON array, an event a line. */
void alert_print(const struct alert_event_out *events, size_t events_len);
