#pragma once

/*
 * What is said in the Slack channels of incidents: rows of the cache beside what upstream said. Sync writes them; the timeline
 * and `show` read them. No token, no rows.
 */

#include "store/store.h"

#define CHANNEL_MESSAGE_FIELDS(X)                                                                  \
    X(TEXT, channel_id, "", FIELD_COLUMN, _)                                                       \
    X(TEXT, ts, "", FIELD_COLUMN, _)        /* its name in the channel */                          \
    X(TEXT, thread_ts, "", FIELD_COLUMN, _) /* of the message that it replies to; "" = of none */  \
    X(TIME, said_at, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, who, "", FIELD_COLUMN, _)  /* a name, else a member's id */                            \
    X(TEXT, text, "", FIELD_COLUMN, _) /* plain, of several lines */                               \
    X(TEXT, permalink, "", FIELD_COLUMN, _)                                                        \
    X(BOOLEAN, is_said, "", FIELD_COLUMN, _)   /* by a person; the others only carry threads */    \
    X(TEXT, latest_reply, "", FIELD_COLUMN, _) /* of its thread, when that was read; "" = none */

struct channel_message {
    CHANNEL_MESSAGE_FIELDS(FIELD_DECLARE)
};

/* *found: there is such a message. */
MUST_CHECK bool channel_message_get(struct store *store, const char *channel_id, const char *ts,
                                    struct arena *arena, struct channel_message *message,
                                    bool *found, struct error *err);
/* The newest that stands in the channel itself; "" = nothing is known of it. */
MUST_CHECK bool channel_message_newest(struct store *store, const char *channel_id,
                                       struct arena *arena, const char **ts, struct error *err);

struct channel_stretch {
    const char *channel_id;
    const char *thread_ts; /* "" = the channel itself */
    int64_t since_ms;
    const struct channel_message *messages; /* all that were said there since then */
    size_t len;
};
/* What is known of the stretch and not among its messages is gone. *same: there is nothing to write. */
MUST_CHECK bool channel_stretch_is_known(struct store *store, const struct channel_stretch *stretch,
                                         struct arena *arena, bool *same, struct error *err);
/* In the caller's transaction. */
MUST_CHECK bool channel_stretch_put(struct store *store, const struct channel_stretch *stretch,
                                    struct arena *arena, struct error *err);

struct channel_to_read {
    const char *id;
    bool is_on_screen; /* of the incident that somebody looks at */
    int64_t since_ms;  /* when its incident began */
};
MUST_CHECK bool channels_to_read(struct store *store, const char *on_screen, struct arena *arena,
                                 struct channel_to_read **channels, size_t *len, struct error *err);
/* Messages of channels that no incident names any more. In the caller's transaction. */
MUST_CHECK bool channel_forget(struct store *store, struct error *err);

/* Why it cannot be read; "" = it can, or nobody tried. */
MUST_CHECK bool channel_problem_get(struct store *store, const char *channel_id,
                                    struct arena *arena, const char **problem, struct error *err);
/* In the caller's transaction. "" = it can be read. */
MUST_CHECK bool channel_problem_put(struct store *store, const char *channel_id,
                                    const char *problem, struct error *err);

/* Who a member of the workspace is. *known: that was asked since a moment; the name may be "" nevertheless. */
MUST_CHECK bool slack_member_name(struct store *store, const char *id, int64_t since_ms,
                                  struct arena *arena, const char **name, bool *known,
                                  struct error *err);
/* In the caller's transaction. */
MUST_CHECK bool slack_member_put(struct store *store, const char *id, const char *name,
                                 int64_t now_ms, struct error *err);
