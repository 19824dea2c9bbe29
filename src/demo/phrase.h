#pragma once

/*
 * Sentences with holes. "{rows}" is a fact of the story; "{restarted|re-ran}" is one of several words. A fact keeps its
 * value through a story, a choice is made anew each time, so two incidents of one kind do not read alike.
 */

#include "base/arena.h"
#include "demo/prng.h"

enum { FACTS_MAX = 32 };

struct facts {
    struct {
        const char *name, *value;
    } items[FACTS_MAX];
    int len;
};

/* Replaces an earlier value of that name. Both texts must live as long as the facts. */
void facts_set(struct facts *facts, const char *name, const char *value);

/* An unknown name is a bug (assert). */
const char *phrase_render(struct arena *arena, struct prng *prng, const struct facts *facts,
                          const char *text);
