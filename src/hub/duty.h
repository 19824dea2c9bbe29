#pragma once

/* A schedule of the store with everything that says who is on call by it, and the people whom it means. No request is needed. */

#include "hub/schedules.h"
#include "store/store.h"

struct duty {
    struct schedule schedule;
    const struct schedule_plan *plan;
    const struct schedule_override *overrides;
    size_t overrides_len;
};

/* Of the object as it is stored. ERROR_INVALID when its configuration makes no sense. */
MUST_CHECK bool duty_read(struct store *store, const char *schedule_json, struct arena *arena,
                          struct duty *duty, struct error *err);
/* By id. *found = false is an answer, not an error. */
MUST_CHECK bool duty_load(struct store *store, const char *schedule_id, struct arena *arena,
                          struct duty *duty, bool *found, struct error *err);

enum duty_who {
    DUTY_ON_CALL,
    DUTY_NEXT, /* who takes over next: of each layer the first after now who is not on call on it now */
    DUTY_ALL /* everybody of the rotations as they are in force now */
};

struct duty_people {
    const char **ids; /* users, each once, in the order of rotations and layers */
    size_t len, capacity;
};

/* Appends. rotation_id "" = all rotations. Empty slots are nobody. */
MUST_CHECK bool duty_add_people(const struct duty *duty, enum duty_who who, const char *rotation_id,
                                int64_t now_ms, struct arena *arena, struct duty_people *people,
                                struct error *err);
void duty_add_person(struct duty_people *people, const char *user_id, struct arena *arena);

/* When the next entry begins or ends: at most until_ms. */
MUST_CHECK bool duty_next_change(const struct duty *duty, int64_t now_ms, int64_t until_ms,
                                 struct arena *arena, int64_t *at_ms, struct error *err);
