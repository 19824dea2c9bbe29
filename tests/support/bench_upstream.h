#pragma once

/*
 * For benchmarks: an upstream with any number of alerts and nothing else, made up page by page, in a child process. It
 * keeps connections, sets no limits that slow anyone, and ends with its parent.
 */

#include <sys/types.h>

#include "base/arena.h"
#include "model/model.h"

struct bench_upstream {
    pid_t pid;
    int port;
    char url[64];
    _Atomic long *requests; /* answered so far, counted by the child */
};

void bench_upstream_start(struct bench_upstream *upstream, int alerts);
void bench_upstream_stop(struct bench_upstream *upstream);

/* The nth newest of its alerts, as its pages have it: 30 fire, the rest is spread over the last 300 days. */
struct alert *bench_alert(struct arena *arena, int n, int alerts, int64_t now_ms);
