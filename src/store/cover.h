#pragma once

/*
 * Requests to be covered: incident.io has none, a hub has. The open ones are kept as the list came, a named text of the
 * cache: there are few, and nothing else belongs to them.
 */

#include "model/snapshot.h"
#include "store/store.h"

#define COVER_TARGET "/v2/schedule_cover_requests"

enum cover_support { COVER_UNASKED, COVER_MISSING, COVER_OFFERED };

/* list: the answer's body, valid JSON; "" = the server has no such list. The same again writes nothing. */
MUST_CHECK bool cover_keep(struct store *store, const char *list, struct error *err);

MUST_CHECK bool cover_support(struct store *store, enum cover_support *support, struct error *err);

/* Those that end after now, by their start. */
MUST_CHECK bool cover_list(struct store *store, int64_t now_ms, struct arena *arena,
                           const struct asked_cover **items, size_t *len, struct error *err);
