#pragma once

/*
 * The demo world: Brindlecart, an invented company that delivers boxes of farm food, and its data team's on-call year.
 * demo_create writes twelve months of history into an empty hub.db; demo_run_on then lets time go on in the hub's loop.
 * Same seed and now_ms: byte-identical objects and ids.
 */

#include "base/arena.h"
#include "base/error.h"
#include "base/loop.h"
#include "base/str.h"
#include "store/store.h"

struct demo;

struct demo_options {
    uint64_t seed;
    double speed;   /* how densely things happen: 1 = a change every 10 to 20 s, 0 = none */
    int64_t now_ms; /* the moment the world is complete up to */
};

/* Fills `store`, a hub.db without resources, in one transaction. The store must outlive the demo. */
MUST_CHECK bool demo_create(struct demo **demo, struct store *store,
                            const struct demo_options *options, struct error *err);
void demo_destroy(struct demo *demo);

/* Id of the member of the data team whose console `tocsin demo` opens: who is on call in the week of now_ms. */
const char *demo_me_id(const struct demo *demo);

/* Id of the alert source that dbt's production runs send to; lives as long as the demo. */
const char *demo_source_id(const struct demo *demo);
/* The same of the source that questions asked in Slack go to. */
const char *demo_questions_id(const struct demo *demo);

/* What other services say of the company (demo/look_alike.h): an answer for a struct hub_guest of this prefix. */
#define DEMO_GUEST_PREFIX "/look-alike/"
void demo_answer(void *demo, const char *target, struct slice body, struct arena *arena,
                 int *status, struct str *out);

/* One change at time_ms (which never goes backwards), in a transaction of its own. */
MUST_CHECK bool demo_move(struct demo *demo, int64_t time_ms, struct error *err);

/*
 * Puts a timer into the loop that calls demo_move as `speed` says, at the real time. With speed 0 or a frozen clock
 * nothing is started. `moved` (may be NULL) is called after each change. A failed change is logged and the next is tried.
 */
void demo_run_on(struct demo *demo, struct loop *loop, void (*moved)(void *context), void *context);
