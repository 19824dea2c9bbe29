#include "remote/circleci_artifact.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"

enum { REDIRECTS_MAX = 5 };
#define TIMEOUT_MS                                                                                 \
    (10 * MINUTE_MS) /* a manifest of 200 MB over a slow line; a stalled one ends sooner */

struct place {
    const char *base, *host, *target; /* "https://host:port", "host", "/path?query" */
};

static bool
place_of(const char *url, struct arena *arena, struct place *place)
{
    const char *host = strstr(url, "://");
    if (!host || (strncmp(url, "https:", 6) != 0 && strncmp(url, "http:", 5) != 0))
        return false;
    for (const char *at = url; *at; at++)
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f)
            return false;
    host += 3;
    const size_t authority = strcspn(host, "/?#");
    const char *target = host + authority;
    place->base = arena_text_len(arena, url, (size_t)(target - url));
    place->host = arena_text_len(arena, host, *host == '[' ? authority : strcspn(host, ":/?#"));
    place->target =
        arena_printf(arena, "%s%.*s", *target == '/' ? "" : "/", (int)strcspn(target, "#"), target);
    return *place->host && !memchr(host, '@', authority);
}

static bool
is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcasecmp(host, "localhost") == 0 ||
           strncmp(host, "[::1]", 5) == 0;
}

struct asking {
    struct loop *loop;
    struct http_response response; /* without its body */
};

static void
on_answer(void *context, const struct http_response *response)
{
    struct asking *asking = context;
    asking->response = *response;
    asking->response.body = (struct slice){0};
    loop_stop(asking->loop);
}

static bool
ask(const struct circleci_access *access, const struct place *place, const char *token, int fd,
    size_t max_bytes, struct asking *asking, struct error *err)
{
    const struct profile *profile = access->profile;
    const struct http_options options = {.url = place->base,
                                         .token = token,
                                         .ca_file = profile->ca_file,
                                         .proxy = profile->proxy,
                                         .insecure = profile->insecure,
                                         .budget = 1,
                                         .timeout_ms = TIMEOUT_MS,
                                         .accept = "*/*"};
    const struct http_request request = {.target = place->target,
                                         .target_is_secret = true, /* it may hold a signature */
                                         .body_fd = fd,
                                         .body_max_bytes = max_bytes,
                                         .done = on_answer,
                                         .context = asking};
    struct http *http = NULL;
    *asking = (struct asking){.loop = access->loop};
    if (!http_open(&http, access->loop, &options, err))
        return false;
    http_ask(http, &request);
    const bool ok = loop_run(access->loop, err);
    http_close(http);
    return ok;
}

/* Where a redirect leads, and whether the token may go there. */
static bool
follow(const struct circleci_access *access, const char *location, struct place *place,
       const char **token, struct arena *arena)
{
    struct place next;
    const char *url = location;
    if (*location == '/' && location[1] != '/')
        url = arena_printf(arena, "%s%s", place->base, location);
    if (!place_of(url, arena, &next))
        return false;
    if (strcasecmp(next.base, place->base) != 0)
        *token = "";
    if (strncmp(place->base, "https:", 6) == 0 && strncmp(next.base, "https:", 6) != 0 &&
        !access->profile->insecure)
        return false;
    *place = next;
    return true;
}

static bool
fetch(const struct circleci_access *access, const char *url, int fd, size_t max_bytes,
      struct arena *arena, struct error *err)
{
    struct asking *asking = arena_new(arena, struct asking);
    const char *api = access->profile->circleci_url;
    const char *token = "";
    struct place place, api_place;
    if (!place_of(url, arena, &place) || !place_of(api, arena, &api_place))
        return error_set(err, ERROR_PROTOCOL, "an artifact's address is none");
    if (circleci_is_own_host(api, place.host) &&
        (strncmp(place.base, "https:", 6) == 0 || is_loopback(place.host) ||
         strcasecmp(place.base, api_place.base) == 0))
        token = access->token;
    for (int i = 0; i < REDIRECTS_MAX; i++) {
        if (is_loopback(place.host) && !is_loopback(api_place.host))
            return error_set(err, ERROR_PROTOCOL, "an artifact's address leads to this machine");
        if (!ask(access, &place, token, fd, max_bytes, asking, err))
            return false;
        const struct http_response *response = &asking->response;
        if (response->status < 300 || response->status >= 400) {
            *err = response->error;
            return err->code == ERROR_NONE;
        }
        if (!follow(access, response->location, &place, &token, arena))
            return error_set(err, ERROR_PROTOCOL, "'%s' redirects an artifact to nowhere fit",
                             place.host);
    }
    return error_set(err, ERROR_PROTOCOL, "'%s' redirects an artifact without end", place.host);
}

bool
circleci_fetch_artifact(const struct circleci_access *access, const char *url, int fd,
                        size_t max_bytes, struct error *err)
{
    struct arena arena = {0};
    *err = (struct error){0};
    const bool ok = fetch(access, url, fd, max_bytes, &arena, err);
    arena_finish(&arena);
    return ok;
}
