#pragma once

/*
 * For benchmarks: a profile with a cache of any size, as if a sync had just been complete: alerts as the bench upstream
 * has them, a schedule, an open incident with updates, follow-ups. A million alerts take half a minute.
 */

#include "base/arena.h"

struct bench_cache {
    const char *state_home; /* what XDG_STATE_HOME shall be; removed by bench_cache_remove */
    const char *config;     /* --config */
    const char *path;       /* cache.db */
};

/* Ends the program with a message when it cannot. */
struct bench_cache bench_cache_make(struct arena *arena, int alerts);
void bench_cache_remove(const struct bench_cache *cache);
