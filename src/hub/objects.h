#pragma once

/* Whole objects out of the hub's store and back into it, inside the caller's transaction. */

#include "store/cache.h"

/* Decoded as a whole, so that it can be changed and put back. *found = false is an answer, not an error. */
MUST_CHECK bool object_load(struct store *store, enum kind kind, const char *id,
                            struct arena *arena, void *object, bool *found, struct error *err);

/* Writes its JSON anew (unknown keys survive), derives what the panes sort by, stores it. */
MUST_CHECK bool object_save(struct store *store, enum kind kind, void *object, int64_t now_ms,
                            struct arena *arena, struct error *err);

/* A new id, in the order of time. In the arena. */
const char *object_new_id(int64_t now_ms, struct arena *arena);

/* An object that carries a copy of an alert or incident: a link between the two, or an escalation. */
struct object_copy {
    bool is_link;
    const char *id;
    const struct object_copy *next;
};

/* Those of the object with this id; sql is one of the hub_copies_of_*. In the arena. */
MUST_CHECK bool object_copies(struct store *store, enum sql sql, const char *id,
                              struct arena *arena, const struct object_copy **copies,
                              struct error *err);
