#pragma once

/* A small HTTP client for tests that talk to a real server. */

#include <stddef.h>

#include "base/arena.h"

struct http_client;

/* base: "http://127.0.0.1:PORT" or "unix:PATH". Keeps its connection. */
struct http_client *http_client_create(const char *base);
void http_client_destroy(struct http_client *client);

struct http_answer {
    int status;          /* 0 = no answer */
    const char *headers; /* as received, lines ending in CR LF */
    const char *body;
    size_t body_len;
};

/* headers: NULL-terminated array of "Name: value", or NULL. body may be NULL. */
struct http_answer http_send(struct http_client *client, const char *method, const char *path,
                             const char *const *headers, const char *body, struct arena *arena);

/* GET with "Authorization: Bearer KEY" (key NULL = none). */
struct http_answer http_client_get(struct http_client *client, const char *path, const char *key,
                                   struct arena *arena);

/* The value of a header, "" when it is missing; name in any case. */
const char *http_header(const struct http_answer *answer, const char *name, struct arena *arena);

/* Sends raw bytes on a new TCP connection, returns what came until the server closed or said nothing for patience_ms. */
const char *http_raw(int port, const char *bytes, size_t len, int patience_ms, struct arena *arena);
