#pragma once

/*
 * Signed webhooks (Standard Webhooks): webhook-id, webhook-timestamp in seconds, webhook-signature "v1," and the base64 of the
 * HMAC-SHA-256 of ID.TIMESTAMP.BODY. A key "whsec_…" is base64 of the key's bytes; any other text is the key itself.
 */

#include "base/arena.h"
#include "remote/http.h"

struct webhook {
    const char *url;
    const char *secret; /* "" = not signed */
    const char *id;     /* of the message: a receiver knows a repetition by it. Without dots */
    const char *body;   /* JSON */
    int64_t now_ms;
    int64_t
        timeout_ms; /* of the first request to a server; later ones keep it until webhooks_renew */
};

struct webhooks;

struct webhooks *webhooks_create(struct loop *loop);
/* Drops what is under way without calling handlers. */
void webhooks_destroy(struct webhooks *webhooks);

/* The configuration is another: servers are opened anew, and those that it does not name any more are forgotten. */
void webhooks_renew(struct webhooks *webhooks);

/* Everything is copied. False: it cannot be sent, ever (the address). The handler is called from the loop. */
MUST_CHECK bool webhooks_send(struct webhooks *webhooks, const struct webhook *webhook,
                              void (*done)(void *context, const struct http_response *response),
                              void *context, struct error *err);

/* The value of webhook-signature. */
const char *webhook_signature(const char *secret, const char *id, const char *timestamp,
                              const char *body, struct arena *arena);
