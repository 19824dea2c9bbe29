#pragma once

/*
 * What was typed into the form of an action and is not sent yet: rows of private.db, so that it outlives a step back, a
 * terminal that goes away, and the console itself.
 */

#include "store/store.h"

/* Which form: of an action, on an item. */
struct draft_of {
    const char *upstream;
    const char *action;      /* its name in the action table */
    const char *target_kind; /* kind_info's table name */
    const char *target_id;   /* of several items the first, with how many more there are */
};

#define DRAFT_FIELDS_OF_FORM(X)                                                                    \
    X(TEXT, field, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, text, "", FIELD_COLUMN, _) /* may have several lines */                                \
    X(TIME, changed_at, "", FIELD_COLUMN, _)

struct draft {
    DRAFT_FIELDS_OF_FORM(FIELD_DECLARE)
};

/* Those that are not empty; none = there is no draft. */
MUST_CHECK bool draft_load(struct store *private_db, const struct draft_of *of, struct arena *arena,
                           const struct draft **drafts, size_t *len, struct error *err);
/* In place of what was kept; empty fields are left out. Taken of each: field and text. What is old is forgotten. */
MUST_CHECK bool draft_save(struct store *private_db, const struct draft_of *of,
                           const struct draft *drafts, size_t len, int64_t now_ms,
                           struct error *err);
MUST_CHECK bool draft_delete(struct store *private_db, const struct draft_of *of,
                             struct error *err);
/* How many forms. */
MUST_CHECK bool draft_count(struct store *private_db, const char *upstream, int64_t *count,
                            struct error *err);
