#pragma once

/* The demo's upstream as a child process, and a home of its own for a console that looks at it. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Path of one of our executables: in the directory TOCSIN_BUILD names, else in the one this test was built into. */
const char *program_path(const char *name, char *path, size_t size);

struct demo {
    pid_t pid;
    char url[128];
    char viewer_key[128], editor_key[128], admin_key[128];
    char source_id[64], source_secret[128];
};

/*
 * `tocsin demo --headless` with more options (NULL-terminated; NULL = none). Returns once its port answers; fails the
 * test when it does not within a minute.
 */
void demo_start(struct demo *demo, const char *const *options);

/* SIGTERM; fails the test unless it ends with status 0. A zeroed struct is allowed. */
void demo_stop(struct demo *demo);

/* 0600; replaces what is there. Fails the test when it cannot. */
void write_private_file(const char *path, const char *text);

/* A temporary directory with configuration, state and cache directories, and an environment that names them. */
struct home {
    char root[96];
    char config[160]; /* tocsin.conf, whose one profile asks `url` with the key from a token_file */
    char environment[4][160]; /* XDG_CONFIG_HOME=…, XDG_STATE_HOME=…, XDG_CACHE_HOME=…, HOME=… */
    const char *env[7]; /* the same, UTF-8 and UTC, as screen_start and process_start take it */
};
void home_create(struct home *home, const char *url, const char *key);
/* The profile again, with another address and more options ("interval = 0.1\n"; "" = none). */
void home_configure(struct home *home, const char *url, const char *options);

/* Removes it with all that is in it. A zeroed struct is allowed. */
void home_destroy(struct home *home);
