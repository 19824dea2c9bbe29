#pragma once

/*
 * Whether the answers of the first run are well: `tocsin-sync doctor` on a draft of the configuration, started here and
 * read when it ends, so that the console goes on meanwhile. What it found is a sentence a check, and the names of the
 * schedules the key can read.
 */

#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct first_check {
    pid_t pid; /* 0 = not started, or ended */
    int fd;    /* readable when there is more, or the end */
    struct str said;
};

/* What is wrong, "" = nothing: each is known once what comes before it is well. */
struct first_finding {
    bool server_ok, key_ok;
    const char *server;           /* "it answers", or why not */
    const char *key;              /* "'on call console', roles viewer", or why not */
    const char *clock;            /* "" unless it is wrong */
    const char *const *schedules; /* NULL-terminated */
    size_t schedules_len;
};

MUST_CHECK bool first_check_start(struct first_check *check, const char *config_path,
                                  struct error *err);

/* When fd is readable (or to wait: it blocks until then). True once the check has ended: `finding` is in the arena. */
bool first_check_read(struct first_check *check, struct arena *arena,
                      struct first_finding *finding);

/* Forgets it, whether it ended or not; all zero is allowed. */
void first_check_stop(struct first_check *check);
