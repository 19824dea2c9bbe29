#pragma once

/* What is going on at the moment: tales not yet told to the end, and everyday alerts that still fire. */

#include "demo/tale.h"

enum { TALES_MAX = 256, FIRING_MAX = 24 };

/* An everyday alert that fires now, perhaps with a page. */
struct firing {
    struct arena arena;
    struct alert alert;
    struct page page;
    bool is_paged;
};

struct cast {
    struct tale *tales[TALES_MAX];
    int tales_len;
    struct firing *firing[FIRING_MAX];
    int firing_len;
};

void cast_finish(struct cast *cast);

/* Keeps the tale, or frees it when it has no next step. */
void cast_keep(struct cast *cast, struct tale *tale);
void cast_drop(struct cast *cast, int tale);

/* Alerts that fire now, the tales' included. */
int cast_firing_count(const struct cast *cast);
/* Incidents being worked on. */
int cast_live_count(const struct cast *cast);

/* Whether an incident of this kind is being worked on. */
bool cast_tells(const struct cast *cast, const struct story *story);

/* Whether an alert of this key fires. */
bool cast_fires(const struct cast *cast, const char *key);

/* An everyday alert fires: false when its key does already, or there is no room. */
bool cast_fire(struct world *world, struct cast *cast, const struct failure *failure);
/* Pages for one of them, or moves its page on: false when there is nothing to move. */
bool cast_page(struct world *world, struct cast *cast, int firing, int64_t time_ms);
void cast_resolve(struct world *world, struct cast *cast, int firing, int64_t time_ms);

/* ---- present.c: the moment the demo opens ---- */

/* The incidents that are under way then, in the order in which they were declared. */
enum { PRESENT_INCIDENTS = 4 };
struct present {
    struct opening {
        struct tale *tale;
        int64_t told_ms; /* nothing happened since */
    } openings[PRESENT_INCIDENTS];
    int len, told;
};

/* Plans; nothing is stored yet. */
void present_plan(struct world *world, struct present *present);
/* Tells those declared before a moment; they are the cast's then. Incidents are numbered as they are told, so history calls
 * it on its way. */
void present_tell(struct world *world, struct cast *cast, struct present *present,
                  int64_t before_ms);
/* The rest of them, and the alerts of the last hours. */
void present_create(struct world *world, struct cast *cast, struct present *present);

/* ---- history.c: what happened in the year before now ---- */

/* `count` incidents, the last of them over for a while. */
void history_create(struct world *world, struct cast *cast, struct present *present, int count);

/* ---- future.c ---- */

/* One visible change. */
void future_move(struct world *world, struct cast *cast, int64_t time_ms);
