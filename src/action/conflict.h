#pragma once

/* A write in conflict, field by field: what the user saw, what is there now, and what they want to be there. */

#include "store/outbox.h"

struct conflict_field {
    const char *label;        /* "severity", "lead" */
    const char *was, *theirs; /* in words; "nobody", "empty" */
    const char *yours;        /* "" = the write leaves it as it is */
    bool is_changed;          /* theirs is not what it was */
};

/* Of a row of the outbox whose state is OUTBOX_CONFLICT. In the arena. */
MUST_CHECK bool conflict_read(struct store *cache, const struct outbox_row *row,
                              struct arena *arena, const struct conflict_field **fields,
                              size_t *len, struct error *err);
