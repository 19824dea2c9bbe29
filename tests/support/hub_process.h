#pragma once

/* A real hub in a child process, filled by the test, spoken to over HTTP. */

#include "base/arena.h"
#include "hub/hub.h"
#include "model/model.h"
#include "tests/support/http_client.h"

enum { HUB_PROCESS_KEYS_MAX = 4 };

struct hub_process {
    int pid;
    int port;
    char url[256];
    char keys[HUB_PROCESS_KEYS_MAX][HUB_TOKEN_SIZE];
    struct http_client *client;
};

/*
 * Starts it; `fill` runs in the child with the open hub, before the first request. Each entry of `roles` (NULL-terminated
 * arrays) makes a key, in that order; "@U1" in front: the key is that person's. Fails the test when it does not start.
 */
void hub_process_start(struct hub_process *process, const struct hub_options *options,
                       void (*fill)(struct hub *hub, struct arena *arena),
                       const char *const *const *roles, size_t roles_len);

/* SIGKILL, then the same hub again on the same database and port: keys given out before are still good. */
void hub_process_kill(struct hub_process *process);
void hub_process_restart(struct hub_process *process, const struct hub_options *options);

/* Ends it and fails the test unless it ended well. */
void hub_process_stop(struct hub_process *process);

/* Decodes, derives and stores one object of the API. For `fill`. */
void hub_put(struct hub *hub, enum kind kind, const char *json, struct arena *arena);

/* Any method with a JSON body (NULL = none) and a key. */
struct http_answer hub_ask(const struct hub_process *process, struct arena *arena, const char *key,
                           const char *method, const char *path, const char *body);

/* The text, number or truth at "incidents.0.id", else the JSON there; "" when nothing is. Fails the test unless it is JSON. */
const char *json_text_at(struct arena *arena, const char *json, const char *path);
