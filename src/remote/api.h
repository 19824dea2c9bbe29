#pragma once

/*
 * The endpoints that sync reads: one row a kind, with how its list is paged and bounded (facts 3, 5-13), and the targets
 * ("/v2/alerts?page_size=50&…") built from them.
 */

#include "base/arena.h"
#include "model/model.h"
#include "remote/http.h"

struct api_endpoint {
    const char *
        parent; /* the query parameter, or the place in the path, that takes the parent's id; "" = has none */
    int page_size; /* 0 = the whole list in one answer */
    int pages_max; /* a list that goes on behind this many pages makes no sense */
    size_t body_max_bytes;
    enum http_quota quota;
    bool optional; /* newer than the published description (facts 13): its absence is no failure */
};

const struct api_endpoint *api_endpoint(enum kind kind);

/* query: encoded filters ("status%5Bone_of%5D=firing") or "". parent_id and after: raw, "" = none. */
const char *api_list_target(enum kind kind, const char *query, const char *parent_id,
                            const char *after, struct arena *arena);
const char *api_one_target(enum kind kind, const char *id, struct arena *arena);

/* window_start: RFC 3339, or what the last answer said to go on with. */
const char *api_entries_target(const char *schedule_id, const char *window_start,
                               const char *window_end, struct arena *arena);

#define API_IDENTITY_TARGET "/v1/identity"

/* Percent-encodes everything but RFC 3986's unreserved characters. */
const char *api_encode(const char *text, struct arena *arena);
