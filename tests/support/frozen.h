#pragma once

/*
 * A console whose screen depends on nothing but the program: the demo's company at one moment, fetched completely, its
 * clock standing still, nobody polling. For golden screens and pictures.
 */

#include "store/store.h"
#include "tests/support/demo.h"
#include "tests/support/screen.h"

struct frozen {
    struct home home;
    const char *profile;
    char program[128]; /* alone in its directory, so that it finds no poller to start */
};

/* Fetches everything for a profile of this name; fails the test when it cannot. */
void frozen_create(struct frozen *frozen, const char *profile);
void frozen_destroy(struct frozen *frozen);

/* More lines of configuration for the profile; those given before are gone. */
void frozen_configure(struct frozen *frozen, const char *lines);

/* As if no console had run yet: filters, orders, views and lines of former runs are forgotten. */
void frozen_forget(struct frozen *frozen);

/* Opens its cache for writing. The caller closes it. */
struct store *frozen_cache(struct frozen *frozen);

/* Starts the console and waits until all it has is painted. env: on top; NULL = none. */
struct screen *frozen_console(struct frozen *frozen, int cols, int rows, const char *const *env);
