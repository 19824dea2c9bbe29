#pragma once

/* What is known of one shift in the cache: what its detail shows, and calendars hold. */

#include "store/store.h"

#define SHIFT_FACTS_FIELDS(X)                                                                      \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, schedule_id, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, schedule, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, rotation_id, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, layer_id, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, zone, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, permalink, "", FIELD_COLUMN, _) /* the schedule's */                                   \
    X(TEXT, list, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, user_id, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, person, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, email, "", FIELD_COLUMN, _)                                                            \
    X(TIME, start_at, "", FIELD_COLUMN, _)                                                         \
    X(TIME, end_at, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, layer, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, rotation, "", FIELD_COLUMN, _)                                                         \
    X(BOOLEAN, is_override, "", FIELD_COLUMN, _)                                                   \
    X(TIME, made_at, "", FIELD_COLUMN, _)    /* the override was created */                        \
    X(TEXT, instead_of, "", FIELD_COLUMN, _) /* whom the rotation schedules then */                \
    X(TEXT, before, "", FIELD_COLUMN, _)     /* the person on this layer before */                 \
    X(TEXT, before_id, "", FIELD_COLUMN, _)                                                        \
    X(TIME, before_until, "", FIELD_COLUMN, _)                                                     \
    X(TEXT, after, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, after_id, "", FIELD_COLUMN, _)                                                         \
    X(TIME, after_from, "", FIELD_COLUMN, _)

struct shift_facts {
    SHIFT_FACTS_FIELDS(FIELD_DECLARE)
};

/* By the shift's own id. *found = false is an answer. */
MUST_CHECK bool shift_facts_read(struct store *store, const char *id, struct arena *arena,
                                 struct shift_facts *shift, bool *found, struct error *err);
