#include "hub/hub.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "config/hub_file.h"
#include "expr/worker.h"
#include "hub/delivery.h"
#include "hub/escalation.h"
#include "hub/intake.h"
#include "hub/maintenance_end.h"
#include "hub/server.h"
#include "hub/settings.h"

enum {
    LISTEN_BACKLOG = 128,
    URL_MAX_BYTES = 256,
    PER_KEY_DEFAULT = 1200, /* facts 2, and so is the next but one */
    EVENTS_DEFAULT = 120,
    INCIDENTS_DEFAULT = 600 /* seen at 60 elsewhere; one machine of one's own can give more */
};

#define LISTEN_DEFAULT "127.0.0.1:8180"

struct hub {
    struct store *store;
    struct settings *settings; /* NULL without a hub.conf */
    struct loop *loop;         /* once it is attached */
    struct hub_limits limits;  /* that were asked for; 0 = as hub.conf or the default says */
    struct intake *intake;
    struct worker *worker;
    struct routing *routing;
    struct maintenance_end *maintenance_end;
    struct server *server;
    struct deliveries *deliveries;
    struct notifier *notifier;
    struct escalations *escalations;
    struct slack_presence *slack;
    int64_t changes; /* of the store, when what follows from them was last looked for */
    char url[URL_MAX_BYTES];
    char links[URL_MAX_BYTES]; /* what links begin with when a request names no host */
    char socket_path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* "" for TCP */
    int port;
};

/* ---- where to listen ---- */

static bool
is_loopback(const struct addrinfo *found)
{
    if (found->ai_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)found->ai_addr)->sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)found->ai_addr)->sin6_addr);
}

/* "127.0.0.1:8080" or "[::1]:0". Names are not looked up: an address says which interface. */
static bool
read_address(const char *listen_at, struct sockaddr_storage *address, socklen_t *address_len,
             bool *loopback, struct error *err)
{
    static const struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
    };
    const char *colon = strrchr(listen_at, ':');
    char host[64];
    struct addrinfo *found;

    if (colon && colon[1] != '\0' && (size_t)(colon - listen_at) < sizeof(host)) {
        size_t len = (size_t)(colon - listen_at);
        bool bracketed = len > 2 && listen_at[0] == '[' && listen_at[len - 1] == ']';
        (void)snprintf(host, sizeof(host), "%.*s", (int)(bracketed ? len - 2 : len),
                       listen_at + bracketed); /* fits, as just checked */
        if (host[0] != '\0' && (bracketed || !strchr(host, ':')) && strlen(colon + 1) <= 5 &&
            atol(colon + 1) <= 65535 && getaddrinfo(host, colon + 1, &hints, &found) == 0) {
            memcpy(address, found->ai_addr, found->ai_addrlen);
            *address_len = found->ai_addrlen;
            *loopback = is_loopback(found);
            freeaddrinfo(found);
            return true;
        }
    }
    return error_set(err, ERROR_USAGE,
                     "cannot listen on '%s': expected ADDRESS:PORT (127.0.0.1:8080, [::1]:0) or "
                     "unix:PATH",
                     listen_at);
}

static bool
listen_failed(const char *listen_at, int fd, struct error *err)
{
    int cause = errno;

    if (fd >= 0)
        (void)close(fd); /* nothing was written to it */
    return error_set(err, ERROR_NETWORK, "cannot listen on '%s': %s", listen_at, strerror(cause));
}

static bool
listen_tcp(struct hub *hub, const struct hub_options *options, int *fd, struct error *err)
{
    struct sockaddr_storage address = {0};
    socklen_t address_len = sizeof(address);
    char host[64], service[8] = "";
    const int one = 1;
    bool loopback = false;

    if (!read_address(options->listen, &address, &address_len, &loopback, err))
        return false;
    if (!loopback && !options->allow_remote)
        return error_set(err, ERROR_USAGE,
                         "cannot listen on '%s': that is more than this machine, and keys would "
                         "travel in clear; put TLS in front of a loopback address or unix socket, "
                         "or say --insecure",
                         options->listen);
    *fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        bind(*fd, (struct sockaddr *)&address, address_len) != 0 ||
        listen(*fd, LISTEN_BACKLOG) != 0)
        return listen_failed(options->listen, *fd, err);

    address_len = sizeof(address);
    if (getsockname(*fd, (struct sockaddr *)&address, &address_len) != 0 ||
        getnameinfo((struct sockaddr *)&address, address_len, host, sizeof(host), service,
                    sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return listen_failed(options->listen, *fd, err);
    bool is_v6 = address.ss_family == AF_INET6;
    hub->port = atoi(service);
    (void)snprintf(hub->url, sizeof(hub->url), is_v6 ? "http://[%s]:%d" : "http://%s:%d", host,
                   hub->port); /* fits */
    memcpy(hub->links, hub->url, sizeof(hub->links));
    return true;
}

/* A socket file that nobody answers on was left by a hub that died. */
static bool
remove_stale_socket(const struct sockaddr_un *address)
{
    struct stat status;

    if (lstat(address->sun_path, &status) != 0)
        return errno == ENOENT;
    if (!S_ISSOCK(status.st_mode)) {
        errno = EEXIST;
        return false;
    }
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return false;
    bool alive = connect(probe, (const struct sockaddr *)address, sizeof(*address)) == 0;
    bool stale = !alive && errno == ECONNREFUSED;
    (void)close(probe); /* nothing was written to it */
    if (!stale) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(address->sun_path) == 0;
}

static bool
listen_unix(struct hub *hub, const char *listen_at, int *fd, struct error *err)
{
    const char *path = listen_at + strlen("unix:");
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (path[0] == '\0' || strlen(path) >= sizeof(address.sun_path))
        return error_set(err, ERROR_USAGE,
                         "cannot listen on '%s': a socket's path has 1 to %zu bytes", listen_at,
                         sizeof(address.sun_path) - 1);
    memcpy(address.sun_path, path, strlen(path) + 1);
    *fd = -1;
    if (!remove_stale_socket(&address))
        return listen_failed(listen_at, *fd, err);
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0 || bind(*fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        return listen_failed(listen_at, *fd, err);
    memcpy(hub->socket_path, path, strlen(path) + 1);
    /* Who may connect is a matter of the file's permissions; until someone widens them, only us. */
    if (chmod(path, 0600) != 0 || listen(*fd, LISTEN_BACKLOG) != 0)
        return listen_failed(listen_at, *fd, err);
    (void)snprintf(hub->url, sizeof(hub->url), "%s", listen_at);        /* shorter than sun_path */
    (void)snprintf(hub->links, sizeof(hub->links), "http://localhost"); /* fits */
    return true;
}

/* ---- the hub ---- */

static void
lend_slack(void *context, struct slack *client)
{
    notifier_set_slack(context, client);
}

static int
limit_of(int asked, int64_t in_file, int fallback)
{
    return asked > 0 ? asked : in_file > 0 ? (int)in_file : fallback;
}

static void
set_limits(struct hub *hub)
{
    const struct hub_file *file = hub_settings(hub);
    const int per_key =
        limit_of(hub->limits.per_key, file ? file->limits.per_key : 0, PER_KEY_DEFAULT);
    const int per_minute[LIMIT_COUNT] = {
        [LIMIT_ESCALATIONS] = per_key < 20 ? 1 : per_key / 20, /* facts 11: 60 of 1200 */
        [LIMIT_KEY] = per_key,
        [LIMIT_INCIDENTS] =
            limit_of(hub->limits.incidents, file ? file->limits.incidents : 0, INCIDENTS_DEFAULT),
        [LIMIT_EVENTS] =
            limit_of(hub->limits.events, file ? file->limits.events : 0, EVENTS_DEFAULT),
    };
    server_set_limits(hub->server, per_minute);
}

/* How people are reached, by hub.conf where there is one. */
static void
set_ways(struct hub *hub)
{
    const struct hub_file *file = hub_settings(hub);
    struct arena arena = {0};
    struct notification_settings notifications;
    struct error err;
    if (!file)
        return;
    const struct slack_settings slack = {
        .token = file->slack.token_file_text,
        .url = file->slack.url,
        .ca_file = "",
        .team_id = file->slack.team,
        .channel_prefix = file->slack.channel_prefix,
        .announce = file->slack.announce,
        .incident_channels = file->slack.incident_channels,
        .archive = file->slack.archive_after > 0,
        .archive_after_ms = file->slack.archive_after,
    };
    if (!hub_set_slack(hub, &slack, &err))
        log_failure(LOG_ERROR, &err, "Slack is off");
    settings_notifications(file, &arena, &notifications);
    notifier_configure(hub->notifier, &notifications);
    arena_finish(&arena);
}

/* A hub.conf came into force; at the start before there is anything that would follow it. */
static void
on_settings(void *context, const struct hub_file *file)
{
    struct hub *hub = context;
    (void)file;
    if (!hub->server)
        return;
    set_limits(hub);
    set_ways(hub);
}

static bool
take_settings(struct hub *hub, struct hub_options *options, struct error *err)
{
    if (options->config) {
        hub->settings = settings_create(hub->store, options->config, on_settings, hub);
        if (!settings_load(hub->settings, err))
            return false;
        const struct hub_file *file = settings_file(hub->settings);
        options->allow_remote = options->allow_remote || file->insecure;
        if (!options->listen)
            options->listen = file->listen;
    }
    if (!options->listen)
        options->listen = LISTEN_DEFAULT;
    return true;
}

static bool
listen_somewhere(struct hub *hub, const struct hub_options *options, int *fd, struct error *err)
{
    return strncmp(options->listen, "unix:", 5) == 0 ? listen_unix(hub, options->listen, fd, err)
                                                     : listen_tcp(hub, options, fd, err);
}

bool
hub_open(struct hub **out, const struct hub_options *asked, struct error *err)
{
    struct hub *hub = memory_alloc(sizeof(*hub));
    struct hub_options options = *asked;
    int fd = -1;

    *out = hub;
    hub->limits = options.limits;
    if (store_open(&hub->store, STORE_HUB, options.database, STORE_WRITE, NULL, err) &&
        take_settings(hub, &options, err) && listen_somewhere(hub, &options, &fd, err) &&
        server_create(&hub->server, fd, hub->store, hub->links, err)) {
        set_limits(hub);
        hub->intake = intake_create(hub->store);
        server_take_in(hub->server, hub->intake);
        hub->deliveries = deliveries_create(hub->store);
        hub->notifier = notifier_create(hub->deliveries);
        hub->escalations = escalations_create(hub->store, hub->notifier);
        hub->slack = hub_slack_create(hub->store, hub->deliveries);
        hub_slack_lend(hub->slack, lend_slack, hub->notifier);
        set_ways(hub);
        if (!options.slack || hub_slack_configure(hub->slack, options.slack, err))
            return true;
    }
    hub_close(hub);
    *out = NULL;
    return false;
}

void
hub_reload(struct hub *hub)
{
    if (hub->settings && hub->loop)
        settings_reload(hub->settings, hub->loop);
}

const struct hub_file *
hub_settings(const struct hub *hub)
{
    return hub->settings ? settings_file(hub->settings) : NULL;
}

/* What is due by a row of the store is looked for where it may have got there. */
static void
after_pass(void *context)
{
    struct hub *hub = context;
    int64_t changes = store_total_changes(hub->store);
    if (changes == hub->changes)
        return;
    hub->changes = changes;
    escalations_look(hub->escalations);
    hub_slack_look(hub->slack);
    deliveries_look(hub->deliveries);
}

bool
hub_set_slack(struct hub *hub, const struct slack_settings *settings, struct error *err)
{
    return hub_slack_configure(hub->slack, settings, err);
}

void
hub_host(struct hub *hub, const struct hub_guest *guest)
{
    server_host(hub->server, guest);
}

void
hub_attach(struct hub *hub, struct loop *loop)
{
    hub->loop = loop;
    notifier_attach(hub->notifier, loop);
    escalations_attach(hub->escalations, loop);
    hub_slack_attach(hub->slack, loop);
    deliveries_attach(hub->deliveries, loop);
    loop_after_pass(loop, after_pass, hub);
    hub->worker = worker_create(loop);
    hub->routing = routing_create(hub->store);
    intake_attach(hub->intake, loop, hub->worker, hub->routing);
    hub->maintenance_end = maintenance_end_create(hub->store, loop, hub->worker, hub->routing);
    server_attach(hub->server, loop);
}

void
hub_close(struct hub *hub)
{
    if (!hub)
        return;
    intake_destroy(hub->intake); /* answers what waits: the server must not end with that open */
    maintenance_end_destroy(hub->maintenance_end);
    worker_destroy(hub->worker);
    routing_destroy(hub->routing);
    server_destroy(hub->server);
    escalations_destroy(hub->escalations);
    notifier_destroy(hub->notifier);
    hub_slack_destroy(hub->slack);
    deliveries_destroy(hub->deliveries);
    settings_destroy(hub->settings);
    if (hub->socket_path[0] != '\0')
        (void)unlink(hub->socket_path); /* a file that stays is replaced by the next hub */
    store_close(hub->store);
    memory_free(hub);
}

const char *
hub_url(const struct hub *hub)
{
    return hub->url;
}

int
hub_port(const struct hub *hub)
{
    return hub->port;
}

struct store *
hub_store(struct hub *hub)
{
    return hub->store;
}

struct notifier *
hub_notifier(struct hub *hub)
{
    return hub->notifier;
}
