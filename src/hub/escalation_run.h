#pragma once

/* The row that says what is next for an escalation, and changes to the object that it stands for. Private to escalation*.c. */

#include "hub/escalation.h"
#include "store/store.h"

#define ESCALATION_RUN_FIELDS(X)                                                                   \
    X(TEXT, escalation_id, "", FIELD_COLUMN, _)                                                    \
    X(TEXT, state, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, path, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, position, "", FIELD_COLUMN, _)                                                         \
    X(TIME, due_at, "", FIELD_COLUMN, _)                                                           \
    X(TIME, ends_at, "", FIELD_COLUMN, _)                                                          \
    X(INTEGER, again_ms, "", FIELD_COLUMN, _)                                                      \
    X(INTEGER, again_left, "", FIELD_COLUMN, _)                                                    \
    X(INTEGER, turn, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, outstanding, "", FIELD_COLUMN, _)                                                      \
    X(INTEGER, pages, "", FIELD_COLUMN, _)                                                         \
    X(INTEGER, jumps, "", FIELD_COLUMN, _)                                                         \
    X(INTEGER, auto_cancel, "", FIELD_COLUMN, _)                                                   \
    X(INTEGER, announce, "", FIELD_COLUMN, _)

struct escalation_run {
    ESCALATION_RUN_FIELDS(FIELD_DECLARE)
};

MUST_CHECK bool run_load(struct store *store, const char *escalation_id, struct arena *arena,
                         struct escalation_run *run, bool *found, struct error *err);
MUST_CHECK bool run_save(struct store *store, const struct escalation_run *run, struct error *err);
/* With how often its path sent it back. */
MUST_CHECK bool run_end(struct store *store, const char *escalation_id, struct error *err);
MUST_CHECK bool run_forget_repeats(struct store *store, const char *escalation_id,
                                   struct error *err);

/* At the end of its history. users and channels are JSON arrays, "" = none. updated_at follows. */
void escalation_add_event(struct escalation *escalation, const char *event, const char *urgency,
                          const char *users, const char *channels, int64_t now_ms,
                          struct arena *arena);

/* A JSON array of people as the API's objects carry them. */
const char *escalation_users_json(const struct user_embedded *users, size_t users_len,
                                  struct arena *arena);

bool escalation_has_ended(const struct escalation *escalation);

/* "escalation:ID": what deliveries of its pages are about. */
const char *escalation_about(const char *escalation_id, struct arena *arena);
