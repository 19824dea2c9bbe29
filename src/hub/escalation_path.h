#pragma once

/*
 * Escalation paths as they are stored (facts 11): a tree of nodes, walked by whoever escalates or asks who would be paged. A place
 * in it is the dotted path of its node ("path.1.if_else.then_path.0"), which can be kept over a restart; "" is the end.
 */

#include "hub/condition.h"
#include "store/store.h"
#include "wire/wire.h"

enum { PATH_PEOPLE_MAX = 100, PATH_CHANNELS_MAX = 20, PATH_NESTING_MAX = 16, PATH_JUMPS_MAX = 8 };

/* A path, and the moment and escalation it is walked for. */
struct path_walk {
    struct store *store;
    struct arena *arena;
    const struct wire_document *document;
    int64_t now_ms;
    const char *priority; /* "" = not known: conditions on it hold */
};

const char *path_first(const struct path_walk *walk);
/* The node that runs after this one: the next of its list, or of the list around it. */
const char *path_next(const struct path_walk *walk, const char *at);
/* The first node of the side of a branch that its conditions lead to, or what follows the branch. */
const char *path_branch(const struct path_walk *walk, const char *at);
/* By its id; "" when there is none. */
const char *path_find(const struct path_walk *walk, const char *node_id);

/* A text or number of the node: path_text(walk, at, "level.ack_mode"). */
const char *path_text(const struct path_walk *walk, const char *at, const char *name);
int64_t path_number(const struct path_walk *walk, const char *at, const char *name);

struct path_person {
    struct user_embedded user;
    const char *urgency; /* the higher one of several targets */
};

struct path_targets {
    struct path_person people[PATH_PEOPLE_MAX];
    size_t people_len;
    const char *channels[PATH_CHANNELS_MAX]; /* of Slack, by id */
    size_t channels_len;
};

/* Whom the targets at a place ("path.0.level.targets") mean now, each once. Those whom the hub does not know are left out. */
MUST_CHECK bool path_targets(const struct path_walk *walk, const char *targets_at,
                             struct path_targets *targets, struct error *err);

/*
 * When the wait of a node ends that gives seconds ("level.time_to_ack_seconds"), or the working hours whose beginning or end
 * it waits for. `fallback_ms` where it gives neither.
 */
int64_t path_wait_until(const struct path_walk *walk, const char *at, const char *seconds,
                        const char *condition, const char *hours, int64_t fallback_ms);

/* The place of the first level, or jump to another path, that runs now, through branches; "" = none. */
const char *path_first_stop(const struct path_walk *walk);
