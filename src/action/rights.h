#pragma once

/*
 * What the key may do, as the server says (GET /v1/identity, which sync keeps in the cache): a session whose key only reads is
 * read-only, so that nothing is queued that would be refused.
 */

#include "store/store.h"

/* *reads_only: every role of the key ends in viewer or reader. False where nothing is known yet: then the server decides. */
MUST_CHECK bool rights_read(struct store *cache, bool *reads_only, struct error *err);
