#pragma once

/*
 * Who may have broken it, as GitHub tells: rows of the cache beside what upstream said. Sync writes them; an alert's detail and
 * `show` read them. No repository or no token, no rows.
 */

#include "model/snapshot.h"
#include "store/store.h"

#define ALERT_COMMIT_FIELDS(X)                                                                     \
    X(TEXT, alert_id, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, repository, "", FIELD_COLUMN, _) /* "owner/name" */                                    \
    X(TEXT, sha, "", FIELD_COLUMN, _)        /* as the alert has it: 7 digits or more */           \
    X(TEXT, path, "", FIELD_COLUMN,                                                                \
      _) /* of the model in its project, or its name; "" = not known */

struct alert_commit {
    ALERT_COMMIT_FIELDS(FIELD_DECLARE)
};

#define GIT_COMMIT_FIELDS(X)                                                                       \
    X(TEXT, repository, "", FIELD_COLUMN, _)                                                       \
    X(TEXT, sha, "", FIELD_COLUMN, _)                                                              \
    X(TEXT, subject, "", FIELD_COLUMN, _) /* first line of its message */                          \
    X(TEXT, author, "", FIELD_COLUMN, _)  /* login, else name */                                   \
    X(TIME, authored_at, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, url, "", FIELD_COLUMN, _)                                                              \
    X(TEXT, problem, "", FIELD_COLUMN, _) /* why it cannot be read; "" = it can */                 \
    X(TEXT, etag, "", FIELD_COLUMN, _)    /* of its pull requests */                               \
    X(TIME, asked_at, "", FIELD_COLUMN, _)

struct git_commit {
    GIT_COMMIT_FIELDS(FIELD_DECLARE)
};

#define COMMIT_PULL_FIELDS(X)                                                                      \
    X(TEXT, repository, "", FIELD_COLUMN, _)                                                       \
    X(TEXT, sha, "", FIELD_COLUMN, _)                                                              \
    X(INTEGER, number, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, author, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, state, "", FIELD_COLUMN, _) /* "draft" "open" "closed" "merged" */                     \
    X(TEXT, url, "", FIELD_COLUMN, _)

struct commit_pull {
    COMMIT_PULL_FIELDS(FIELD_DECLARE)
};

#define MERGED_PULL_FIELDS(X)                                                                      \
    X(TEXT, repository, "", FIELD_COLUMN, _)                                                       \
    X(INTEGER, number, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, author, "", FIELD_COLUMN, _)                                                           \
    X(TIME, merged_at, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, url, "", FIELD_COLUMN, _)                                                              \
    X(TEXT, files, "", FIELD_COLUMN, _) /* that it touched, a line each */

struct merged_pull {
    MERGED_PULL_FIELDS(FIELD_DECLARE)
};

/* Which alerts name which commit; at most 200, the newest first. */
MUST_CHECK bool suspect_alerts(struct store *store, const char *repository,
                               const char *commit_attribute, const char *path_attribute,
                               struct arena *arena, struct alert_commit **alerts,
                               size_t *alerts_len, struct error *err);

/* Pull requests that may be linked to an incident, for what its alerts name; at most 20, what brought a commit first. */
MUST_CHECK bool suspect_links(struct store *store, const char *incident_id, struct arena *arena,
                              struct pull_request_line **lines, size_t *lines_len,
                              struct error *err);

/* With nothing but repository and sha set when it is not known. */
MUST_CHECK bool git_commit_get(struct store *store, const char *repository, const char *sha,
                               struct arena *arena, struct git_commit *commit, struct error *err);
MUST_CHECK bool merged_pull_is_known(struct store *store, const char *repository, int64_t number,
                                     bool *known, struct error *err);

/* These in the caller's transaction. */
MUST_CHECK bool suspect_put_alert(struct store *store, const struct alert_commit *alert,
                                  struct error *err);
/* With its pull requests; pulls NULL: they stay as they are. */
MUST_CHECK bool git_commit_put(struct store *store, const struct git_commit *commit,
                               const struct commit_pull *pulls, size_t pulls_len,
                               struct error *err);
MUST_CHECK bool merged_pull_put(struct store *store, const struct merged_pull *pull,
                                struct error *err);
/* What no alert names any more, what was merged before, and all of other repositories. */
MUST_CHECK bool suspect_forget(struct store *store, const char *repository, int64_t before,
                               struct error *err);
