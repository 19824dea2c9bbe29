#include "hub/webhook.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"

enum {
    SERVERS_MAX = 32,
    SECRET_MAX_BYTES = 512,
    ANSWER_MAX_BYTES = 64 * 1024,
};

/* A client of each server, for its connections and its pace. */
struct server {
    char *origin; /* "https://host:port" */
    struct http *http;
    bool is_old; /* closed once nothing is under way */
};

struct webhooks {
    struct loop *loop;
    struct server servers[SERVERS_MAX];
    size_t servers_len;
};

const char *
webhook_signature(const char *secret, const char *id, const char *timestamp, const char *body,
                  struct arena *arena)
{
    static const char prefix[] = "whsec_";
    const char *const parts[] = {id, ".", timestamp, ".", body};
    char key[SECRET_MAX_BYTES], hmac[DIGEST_HMAC_SIZE];
    size_t key_len = strlen(secret);
    bool is_encoded = strncmp(secret, prefix, strlen(prefix)) == 0 &&
                      base64_decode(secret + strlen(prefix), key_len - strlen(prefix), key,
                                    sizeof(key), &key_len);
    digest_hmac_base64(is_encoded ? key : secret, key_len, parts, sizeof(parts) / sizeof(parts[0]),
                       hmac);
    explicit_bzero(key, sizeof(key));
    return arena_printf(arena, "v1,%s", hmac);
}

/* "https://host:port" and "/path?query" */
static void
split(const char *url, struct arena *arena, const char **origin, const char **target)
{
    const char *host = strstr(url, "://");
    size_t len = host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : strlen(url);
    *origin = arena_text_len(arena, url, len);
    *target = url[len] == '/' ? url + len : arena_printf(arena, "/%s", url + len);
}

static void
close_server(struct webhooks *webhooks, size_t at)
{
    http_close(webhooks->servers[at].http);
    memory_free(webhooks->servers[at].origin);
    webhooks->servers[at] = webhooks->servers[--webhooks->servers_len];
}

void
webhooks_renew(struct webhooks *webhooks)
{
    for (size_t i = 0; webhooks && i < webhooks->servers_len; i++)
        webhooks->servers[i].is_old = true;
}

static void
close_old(struct webhooks *webhooks)
{
    for (size_t i = webhooks->servers_len; i-- > 0;)
        if (webhooks->servers[i].is_old && http_pending(webhooks->servers[i].http) == 0)
            close_server(webhooks, i);
}

static bool
client_of(struct webhooks *webhooks, const char *origin, int64_t timeout_ms, struct http **http,
          struct error *err)
{
    close_old(webhooks);
    for (size_t i = 0; i < webhooks->servers_len; i++)
        if (!webhooks->servers[i].is_old && strcmp(webhooks->servers[i].origin, origin) == 0) {
            *http = webhooks->servers[i].http;
            return true;
        }
    for (size_t i = 0; i < webhooks->servers_len && webhooks->servers_len == SERVERS_MAX; i++)
        if (http_pending(webhooks->servers[i].http) == 0)
            close_server(webhooks, i); /* another's turn */
    if (webhooks->servers_len == SERVERS_MAX)
        return error_set(err, ERROR_CONFIG, "webhooks go to at most %d servers at once",
                         SERVERS_MAX);
    const struct http_options options = {
        .url = origin, .token = "", .budget = 1, .timeout_ms = timeout_ms};
    if (!http_open(http, webhooks->loop, &options, err))
        return false;
    size_t size = strlen(origin) + 1;
    webhooks->servers[webhooks->servers_len++] =
        (struct server){memcpy(memory_alloc(size), origin, size), *http, false};
    return true;
}

bool
webhooks_send(struct webhooks *webhooks, const struct webhook *webhook,
              void (*done)(void *context, const struct http_response *response), void *context,
              struct error *err)
{
    struct arena arena = {0};
    const char *origin, *target, *headers[5] = {0};
    struct http *http;
    size_t len = 0;
    split(webhook->url, &arena, &origin, &target);
    bool ok = client_of(webhooks, origin, webhook->timeout_ms, &http, err);
    if (ok) {
        const char *timestamp =
            arena_printf(&arena, "%lld", (long long)(webhook->now_ms / SECOND_MS));
        headers[len++] = "Content-Type: application/json";
        headers[len++] = arena_printf(&arena, "webhook-id: %s", webhook->id);
        headers[len++] = arena_printf(&arena, "webhook-timestamp: %s", timestamp);
        if (webhook->secret[0])
            headers[len++] = arena_printf(
                &arena, "webhook-signature: %s",
                webhook_signature(webhook->secret, webhook->id, timestamp, webhook->body, &arena));
        const struct http_request request = {
            .target = target,
            .urgency = HTTP_USER,
            .body_max_bytes = ANSWER_MAX_BYTES,
            .method = "POST",
            .headers = headers,
            .body = slice_of(webhook->body),
            .target_is_secret = true,
            .done = done,
            .context = context,
        };
        (void)http_ask(http, &request); /* it is never taken back */
    }
    arena_finish(&arena);
    return ok;
}

struct webhooks *
webhooks_create(struct loop *loop)
{
    struct webhooks *webhooks = memory_alloc(sizeof(*webhooks));
    webhooks->loop = loop;
    return webhooks;
}

void
webhooks_destroy(struct webhooks *webhooks)
{
    if (!webhooks)
        return;
    while (webhooks->servers_len > 0)
        close_server(webhooks, webhooks->servers_len - 1);
    memory_free(webhooks);
}
