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

struct hub_file;
struct hub_source;
struct hub_attribute;

/*
 * Turns the file into objects, in one transaction of its own: what is new or changed is put, what an earlier file declared
 * and this one does not is removed; nothing else is touched. *changed: how many objects that was.
 */
MUST_CHECK bool declare_file(struct store *store, const struct hub_file *file, int64_t now_ms,
                             size_t *changed, struct error *err);

/* The id of what the file calls `name`: declared_id("user", "ana"). In the arena. */
const char *declared_id(const char *kind, const char *name, struct arena *arena);

/* What computes the attribute for events of the source, as it stands in the file; NULL = it is not computed for them. */
const char *hub_source_expression(const struct hub_source *source,
                                  const struct hub_attribute *attribute);

/* An expression as it runs: with the lookup tables that it names before it. In the arena. */
const char *declare_expression(const struct hub_file *file, const char *jq, struct arena *arena);
