#pragma once

/* What became of an item that is no longer where it was: for the sentence that says why the cursor moved. */

#include "store/store.h"

struct fate {
    bool found;        /* it is still in the cache */
    bool over;         /* resolved, completed, closed: what happened says how */
    const char *what;  /* "resolved", "closed by Eve"; "" = nothing that is known */
    int64_t at;        /* when; 0 = unknown */
    const char *title; /* what it is called: a title, or a reference */
};

MUST_CHECK bool fate_alert(struct store *store, const char *id, struct arena *arena,
                           struct fate *fate, struct error *err);
MUST_CHECK bool fate_follow_up(struct store *store, const char *id, struct arena *arena,
                               struct fate *fate, struct error *err);
MUST_CHECK bool fate_incident(struct store *store, const char *id, struct arena *arena,
                              struct fate *fate, struct error *err);
