#pragma once

/*
 * The pull requests attached to incidents, as GitHub describes them: rows of the cache beside what upstream said. Sync
 * writes them; the timeline, the incident's detail and `show` read them. No token, no rows.
 */

#include "model/snapshot.h"
#include "store/store.h"

#define PULL_REQUEST_FIELDS(X)                                                                     \
    X(TEXT, link, "", FIELD_COLUMN, _)       /* the attachment's address, as it stands there */    \
    X(TEXT, repository, "", FIELD_COLUMN, _) /* "owner/name" */                                    \
    X(INTEGER, number, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, author, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, state, "", FIELD_COLUMN, _)    /* "draft" "open" "closed" "merged"; "" = not read */   \
    X(TEXT, review, "", FIELD_COLUMN, _)   /* "approved" "changes requested"; "" = neither */      \
    X(TEXT, statuses, "", FIELD_COLUMN, _) /* "ok" "failed" "running" "unknown"; "" = has none */  \
    X(TEXT, runs, "", FIELD_COLUMN, _)     /* of check runs, as statuses */                        \
    X(TEXT, checks, "", FIELD_COLUMN, _)   /* both combined */                                     \
    X(TIME, checks_at, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, summary, "", FIELD_COLUMN, _) /* "#1746 merged, checks ok" */                          \
    X(TEXT, head, "", FIELD_COLUMN, _)    /* commit that the checks are of */                      \
    X(TIME, merged_at, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, problem, "", FIELD_COLUMN, _)  /* why it cannot be read; "" = it can */                \
    X(TEXT, etags, "", FIELD_COLUMN, _)    /* of the last answers, a line each */                  \
    X(TEXT, etags_of, "", FIELD_COLUMN, _) /* address and token that got them, hashed */

struct pull_request {
    PULL_REQUEST_FIELDS(FIELD_DECLARE)
};
extern const struct field_table pull_request_table;

#define PULL_REQUEST_EVENT_FIELDS(X)                                                               \
    X(TEXT, link, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, id, "", FIELD_COLUMN, _) /* the same whenever it is read again */                      \
    X(TIME, at, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, who, "", FIELD_COLUMN, _)                                                              \
    X(TEXT, text, "", FIELD_COLUMN, _) /* "review approved" */

struct pull_request_event {
    PULL_REQUEST_EVENT_FIELDS(FIELD_DECLARE)
};

#define PULL_REQUEST_ATTACHED_FIELDS(X)                                                            \
    X(TEXT, link, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, external_id, "", FIELD_COLUMN, _)                                                      \
    X(BOOLEAN, is_live, "", FIELD_COLUMN, _) /* of an open incident, or one on screen */

struct pull_request_attached {
    PULL_REQUEST_ATTACHED_FIELDS(FIELD_DECLARE)
};

/* on_screen: an incident's id, "" = none. since: closed incidents that changed after it count too. */
MUST_CHECK bool pull_request_attached(struct store *store, const char *on_screen, int64_t since,
                                      struct arena *arena, struct pull_request_attached **items,
                                      size_t *items_len, struct error *err);

/* With nothing but the link set when it is not known. */
MUST_CHECK bool pull_request_get(struct store *store, const char *link, struct arena *arena,
                                 struct pull_request *pull, struct error *err);

/* In the caller's transaction. An event that is there already stays as it is. */
MUST_CHECK bool pull_request_put(struct store *store, const struct pull_request *pull,
                                 const struct pull_request_event *events, size_t events_len,
                                 struct error *err);

/* Merged or closed. */
bool pull_request_has_ended(const struct pull_request *pull);

/* How those attached to an incident are doing, the newest first; at most 20. */
MUST_CHECK bool pull_request_lines(struct store *store, const char *incident_id,
                                   struct arena *arena, const struct pull_request_line **lines,
                                   size_t *lines_len, struct error *err);
