#pragma once

/*
 * HTTP: libmicrohttpd on a listening socket, its epoll descriptor and timeouts in our loop. Takes requests apart, checks
 * key, scope and limit, lets the route answer, sends. The only file that includes microhttpd.h is server.c.
 */

#include "base/loop.h"
#include "hub/hub.h"
#include "hub/limits.h"
#include "store/store.h"

struct intake;
struct server;

/* Takes over the listening socket; closes it when it fails. Borrows the store and base_url. */
MUST_CHECK bool server_create(struct server **server, int listen_fd, struct store *store,
                              const char *base_url, struct error *err);
/* Requests a minute, before the first of them and whenever they change: buckets are full again then. */
void server_set_limits(struct server *server, const int per_minute[LIMIT_COUNT]);
/* Where alert events go. */
void server_take_in(struct server *server, struct intake *intake);
/* Kept, not copied. */
void server_host(struct server *server, const struct hub_guest *guest);
void server_attach(struct server *server, struct loop *loop);
void server_destroy(struct server *server);
