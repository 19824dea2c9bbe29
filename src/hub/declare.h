#pragma once

/*
 * What the team's hub.conf declares, as objects of the API: the rules, people and rotas that everybody else reads are the
 * stored objects, whoever wrote them (config/hub_file.h parses the file). Ids follow from kind and name, so that a reload
 * keeps them. What the file declares is read-only over the API.
 */

#include "base/error.h"
#include "model/model.h"
#include "store/store.h"

struct exchange;

/*
 * For writes of the API, once it is known that the object is there: true when the file declares it, and then the 403 that
 * names file and line was answered (or a 500, when the store failed).
 */
MUST_CHECK bool declared_refuses(struct exchange *exchange, enum kind kind, const char *id);

/* "hub.conf:12", "" when the file does not declare it. */
MUST_CHECK bool declared_place(struct store *store, enum kind kind, const char *id,
                               struct arena *arena, const char **place, struct error *err);
