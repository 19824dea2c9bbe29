#pragma once

/*
 * How old what we show is, whatever becomes of the machine's clock meanwhile. Who sets it makes what was written down before
 * older or younger than it is in truth; so a moment's age is taken by the clock once, when it is first read, and from
 * then on by the time since the machine started, which nobody can set.
 */

#include "model/snapshot.h"

#define SOURCES_MAX 64

struct known_moment {
    int64_t at_ms;   /* as it was written down */
    int64_t boot_ms; /* … and when that was, since the machine started */
};

/* Zeroed at first. */
struct source_ages {
    struct {
        char resource[40];
        struct known_moment complete, error;
    } known[SOURCES_MAX];
    size_t known_len;
    int64_t read_at_ms; /* since the machine started */
};

/*
 * `sources` by the clock as it is now. What is still to come by it when first read counts as never fetched. boot_ms: since
 * the machine started, sleep included.
 */
const struct source_state *source_ages_correct(struct source_ages *ages,
                                               const struct source_state *sources, size_t len,
                                               int64_t now_ms, int64_t boot_ms,
                                               struct arena *arena);
