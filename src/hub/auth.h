#pragma once

/*
 * API keys and what they may do. A key has roles (facts 1); an endpoint names a scope ("alerts.view"); the vendor does
 * not publish which role has which scope, so the table of auth.c decides it for the hub.
 */

#include "hub/hub.h"

struct access_key {
    const char *id;
    const char *name;
    const char *const *roles; /* NULL-terminated */
    const char *roles_json;   /* the same as a JSON array */
    const char *user_id;
    int64_t last_used_at; /* to the hour */
};

/* *key is NULL when the token is none of ours. Everything is put into the arena. */
MUST_CHECK bool auth_find(struct store *store, const char *token, struct arena *arena,
                          const struct access_key **key, struct error *err);

/* Notes that the key is in use, at most once an hour. */
MUST_CHECK bool auth_note_use(struct store *store, const struct access_key *key, int64_t now_ms,
                              struct error *err);

/* An empty scope is open to every key. */
bool auth_allows(const struct access_key *key, const char *scope);
bool auth_has_role(const struct access_key *key, const char *role);
/* Its roles are among those that change nothing: such a key may stand in an address. */
bool auth_only_reads(const struct access_key *key);

/* The token of "Bearer TOKEN" (any case, spaces around allowed), NULL when the header is not of that form. */
const char *auth_bearer_token(const char *authorization, struct arena *arena);

/*
 * Whether the request shows the secret of the alert source (facts 5.1): "Bearer SECRET", "Basic" with it as either half, or
 * the parameter `token`. `shown` false: it shows none.
 */
MUST_CHECK bool auth_source_opens(struct store *store, const char *alert_source_id,
                                  const char *authorization, const char *token_parameter,
                                  struct arena *arena, bool *shown, bool *opens, struct error *err);

struct exchange;
/* GET /v1/identity */
void answer_identity(struct exchange *exchange);
