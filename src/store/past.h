#pragma once

/*
 * The cache as it was. Former states are kept whole (table version); past_show lays those of a moment over a connection as
 * temporary tables of the same names, so that every window, list, count and detail read through it shows that moment: what
 * was stored then, as it was then. What was going on is there whole, of what was over the newest 500 to 1,000 of a kind.
 * What the full text finds, freshness and the beat are those of now.
 */

#include "model/model.h"
#include "store/store.h"

/* ---- what changed ---- */

#define CHANGE_FIELDS(X)                                                                           \
    X(TEXT, kind, "", FIELD_COLUMN, _) /* "alerts", "incidents", "follow-ups" */                   \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, what, "", FIELD_COLUMN, _)   /* "new", "changed", "gone" */                            \
    X(TEXT, was, "", FIELD_COLUMN, _)    /* its state then: "firing", "Fixing Major"; "" = new */  \
    X(TEXT, now_is, "", FIELD_COLUMN, _) /* "" = gone */                                           \
    X(TIME, at, "", FIELD_COLUMN, _)

struct change {
    CHANGE_FIELDS(FIELD_DECLARE)
};

/*
 * What changed since a moment, newest first: what began, what is in another state (status, severity, whose), what is gone.
 * What came and went since then is not in it, nor what was only found out later. ERROR_STALE: see past_show.
 */
MUST_CHECK bool past_changes(struct store *store, int64_t since_ms, int rows, struct arena *arena,
                             const struct change **changes, size_t *changes_len, struct error *err);

/* When the present shift of the person (e-mail) began, or the last one; 0 = there was none. */
MUST_CHECK bool past_shift_since(struct store *store, const char *email, int64_t now_ms,
                                 int64_t *since_ms, struct error *err);

/* ---- the board as it was ---- */

/* Since when states are known: the first complete walk of what fires, or, when older ones were trimmed, since that. 0 =
 * nothing is known yet. */
MUST_CHECK bool past_known_since(struct store *store, int64_t *since_ms, struct error *err);

/*
 * `cache` was just opened for reading and is used for nothing else. `decode` makes an object, local members included, of
 * its json. ERROR_STALE: the moment is before all that is known. Takes a while where much has changed since: it is
 * interrupted as any statement (store_set_interrupt).
 */
MUST_CHECK bool past_show(struct store *cache, int64_t at_ms,
                          bool (*decode)(void *context, enum kind kind, const char *json,
                                         struct arena *arena, void *object, struct error *err),
                          void *context, struct error *err);

/* Of what was over, the newest of a kind that past_show keeps. */
#define PAST_ALERTS_OVER 1000
#define PAST_OTHERS_OVER 500
enum past_lacks { PAST_LACKS_ALERTS = 1, PAST_LACKS_INCIDENTS = 2, PAST_LACKS_FOLLOW_UPS = 4 };
/* Of what past_show's board lacks some, because it was over then: a sum of these. */
MUST_CHECK bool past_lacks(struct store *cache, unsigned *lacks, struct error *err);
