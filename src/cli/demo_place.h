#pragma once

/*
 * A demo's directory: everything it makes lies in it, so leaving nothing behind is removing it. It holds a file `lock`
 * that each of its processes keeps locked (shared); a directory whose lock is free belongs to nobody any more.
 */

#include "base/arena.h"
#include "base/error.h"

struct demo_place {
    const char *dir; /* absolute */
    int lock_fd;
};

/* A new directory, 0700, below TMPDIR (or /tmp). */
MUST_CHECK bool demo_place_create(struct demo_place *place, struct arena *arena, struct error *err);
/* An existing one that another of its processes made. */
MUST_CHECK bool demo_place_join(struct demo_place *place, const char *dir, struct error *err);
/* From here on no signal ends us before what we made is removed, but SIGKILL. Before the loop that took them goes. */
void demo_place_shield(void);
/* Removes the directory and all that is in it, also what its last process is still writing. */
void demo_place_remove(struct demo_place *place);

/* Removes what killed demos of this user left. */
void demo_place_sweep(void);
