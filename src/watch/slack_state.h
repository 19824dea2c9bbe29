#pragma once

/*
 * What `tocsin watch slack` remembers between rounds, in a file beside its spool: how far each channel was read, and which
 * questions are open. It is written anew in one step, after the events of what it speaks of are safe in the spool: a watch that
 * is killed reads a little twice and misses nothing.
 */

#include "base/arena.h"
#include "base/error.h"

enum { SLACK_STATE_CHANNELS_MAX = 50, SLACK_STATE_OPEN_MAX = 500 };

/* Names of messages ("1503435956.000247"); "" = none. Newer ones are read first, page by page: what lies between is the walk. */
struct slack_walk {
    const char *channel;
    const char *done;   /* all up to this one were read */
    const char *newest; /* with which the walk began; "" = there is none */
    const char *until;  /* down to this one it has come */
};

struct slack_open {
    const char *channel, *ts, *asker, *title;
};

struct slack_state {
    struct arena arena;
    struct slack_walk walks[SLACK_STATE_CHANNELS_MAX];
    size_t walks_len;
    struct slack_open open[SLACK_STATE_OPEN_MAX]; /* oldest first */
    size_t open_len;
};

/* Nothing is remembered when there is no file. ERROR_FILE for one that is not ours. */
MUST_CHECK bool slack_state_load(struct slack_state *state, const char *dir, struct error *err);
MUST_CHECK bool slack_state_save(const struct slack_state *state, const char *dir,
                                 struct error *err);
void slack_state_finish(struct slack_state *state);

/* Of the channel; one that is not there yet begins at `since`. NULL: there are too many. */
struct slack_walk *slack_state_walk(struct slack_state *state, const char *channel,
                                    const char *since);

/* Adds it unless it is there. When there are too many, the oldest is not looked at any more. */
void slack_state_open_add(struct slack_state *state, const struct slack_open *open);
void slack_state_open_remove(struct slack_state *state, size_t index);
