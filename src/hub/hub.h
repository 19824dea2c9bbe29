#pragma once

/*
 * The self-hosted upstream: incident.io's public API answered from hub.db (facts 1 to 14), over libmicrohttpd without
 * threads, in our loop. It takes alert events and heartbeats by a source's secret, and writes by an API key (write.h). What is no HTTP at all never reaches us:
 * libmicrohttpd answers it with a page of its own, or closes. Whoever changes the data does so through
 * hub_store in the same process, between the loop's handlers.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/loop.h"
#include "base/str.h"
#include "hub/slack.h"
#include "store/store.h"

struct hub;

/* Requests a minute; a bucket of that depth, refilled evenly. 0 = the default. */
struct hub_limits {
    int per_key; /* every request of an API key; default 1200. POST /v2/escalations: a twentieth */
    int incidents; /* GET /v2/incidents besides; default 600 */
    int events;    /* what one alert source sends; default 120 */
};

struct hub_options {
    const char *database; /* path of hub.db, made when it is missing; ":memory:" is allowed */
    /* "127.0.0.1:8080", "[::1]:0" (0 = any free port) or "unix:PATH"; NULL = as config says */
    const char *listen;
    bool allow_remote;        /* plain HTTP on more than loopback: someone else adds TLS */
    struct hub_limits limits; /* before those of config */
    const char *config;       /* path of hub.conf; NULL = none: what is stored is all there is */
    const struct slack_settings *slack; /* NULL = off */
};

/*
 * Opens the database and listens. ERROR_USAGE for an address that is none or not loopback, ERROR_NETWORK when it cannot
 * be bound. A socket left behind by a hub that died is replaced. Borrows nothing from options.
 */
MUST_CHECK bool hub_open(struct hub **hub, const struct hub_options *options, struct error *err);

/* The configuration changed. On failure Slack is off. */
MUST_CHECK bool hub_set_slack(struct hub *hub, const struct slack_settings *settings,
                              struct error *err);

/*
 * Other services on the same port, such as the demo's look-alikes: what is asked of paths that begin with `prefix`, by whoever has a
 * key of this hub. answer fills status and body, JSON, within the call; If-None-Match is seen to.
 */
struct hub_guest {
    const char *prefix;
    void (*answer)(void *context, const char *target, struct slice body, struct arena *arena,
                   int *status, struct str *out);
    void *context;
};
/* Before it is attached. Kept, not copied. */
void hub_host(struct hub *hub, const struct hub_guest *guest);

/* From now on the loop answers requests. Without it nobody is answered. */
void hub_attach(struct hub *hub, struct loop *loop);

/* Ends all connections, unlinks the unix socket, closes the database. */
void hub_close(struct hub *hub);

/* "http://127.0.0.1:40123" or "unix:PATH": what goes into a profile's url. */
const char *hub_url(const struct hub *hub);
/* 0 on a unix socket. */
int hub_port(const struct hub *hub);
struct store *hub_store(struct hub *hub);

/* How people are reached (hub/notify.h): whoever reads the configuration tells it. */
struct notifier;
struct notifier *hub_notifier(struct hub *hub);

/* Reads hub.conf again; how that ended is in the log. Only once it is attached; nothing without a config. */
void hub_reload(struct hub *hub);
struct hub_file;
/* What hub.conf says, while the loop does not run on; NULL without one. */
const struct hub_file *hub_settings(const struct hub *hub);

/* "libmicrohttpd 0.9.75" */
const char *hub_library(void);

/* ---- API keys: shown once, stored as hashes; any connection to hub.db, running hub or not ---- */

enum { HUB_TOKEN_SIZE = 64, HUB_KEY_ID_SIZE = 32 };

/* What a key may do is the union of its roles (facts 1: "viewer", "incident_editor", …). */
struct hub_key {
    const char *id;
    const char *name;
    const char *const *roles; /* NULL-terminated; may be empty: such a key can only ask who it is */
    const char *user_id;      /* whom its writes are credited to; "" = nobody */
    int64_t created_at;
    int64_t last_used_at; /* to the hour; 0 = never */
    int64_t revoked_at;   /* 0 = in force */
};

/* ERROR_USAGE names a role the API does not have, and the roles there are. id (may be NULL) and token are filled. */
MUST_CHECK bool hub_key_add(struct store *store, const char *name, const char *const *roles,
                            const char *user_id, int64_t now_ms, char id[HUB_KEY_ID_SIZE],
                            char token[HUB_TOKEN_SIZE], struct error *err);
/* Oldest first, revoked ones included. */
MUST_CHECK bool hub_key_list(struct store *store, struct arena *arena, const struct hub_key **keys,
                             size_t *keys_len, struct error *err);
/* By id. ERROR_NOT_FOUND when no such key is in force. Takes effect with the next request. */
MUST_CHECK bool hub_key_revoke(struct store *store, const char *id, int64_t now_ms,
                               struct error *err);

/* ---- secrets of alert sources: what a sender of alert events shows (facts 5.1); shown once, stored as hashes ---- */

/* A new secret in the place of an earlier one. The source must be there. */
MUST_CHECK bool hub_source_secret_make(struct store *store, const char *alert_source_id,
                                       char secret[HUB_TOKEN_SIZE], struct error *err);
/* The same, chosen by others: hub.conf's file. */
MUST_CHECK bool hub_source_secret_set(struct store *store, const char *alert_source_id,
                                      const char *secret, struct error *err);
/* An unknown source and one without a secret open to nobody. */
MUST_CHECK bool hub_source_secret_opens(struct store *store, const char *alert_source_id,
                                        const char *secret, bool *opens, struct error *err);

/* The API's roles, NULL-terminated. */
extern const char *const hub_roles[];
