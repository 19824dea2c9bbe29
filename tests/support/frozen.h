#pragma once

/*
 * A console whose screen depends on nothing but the program: the demo's company at one moment, fetched completely, its
 * clock standing still, nobody polling. For golden screens and pictures.
 */

#include "store/store.h"
#include "tests/support/demo.h"
#include "tests/support/screen.h"

#define FROZEN_NOW "2026-03-23T03:12:00Z"

struct frozen {
    struct home home;
    const char *profile;
    bool with_look_alikes; /* what the demo's CircleCI and GitHub say is fetched, too */
    char url[128];         /* of the upstream that was */
    char program[128];     /* alone in its directory, so that it finds no poller to start */
};

/* The one of a test program; its profile is "demo" unless named before. Set-up and tear-down of a group of tests. */
extern struct frozen frozen;
int frozen_start(void **state); /* fetches everything; fails the test when it cannot */
int frozen_stop(void **state);

/* More lines of configuration for the profile; those given before are gone. */
void frozen_configure(const char *lines);

/* As if no console had run yet: filters, orders, views and lines of former runs are forgotten. */
void frozen_forget(void);

/* Opens its cache for writing. The caller closes it. */
struct store *frozen_cache(void);

/*
 * Starts the console and waits until all it has is painted. env: on top; NULL = none. Its cursors begin at the top, unless
 * `again`.
 */
struct screen *frozen_console(int cols, int rows, const char *const *env);
struct screen *frozen_console_again(int cols, int rows, const char *const *env);

/* The wallboard on the same cache at a moment, RFC 3339. */
struct screen *frozen_wallboard(int cols, int rows, const char *now, const char *const *env);
