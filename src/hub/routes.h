#pragma once

/*
 * The route table: every path of the API, what each method of it needs and who answers. Paths that the hub does not serve
 * are in it too, so that they answer "not here" (405) and not "what is that" (404).
 */

#include "hub/exchange.h"
#include "hub/filters.h"
#include "hub/limits.h"

/* How a list is asked for (facts 3). */
struct list_rules {
    const struct list_filter *filters;
    size_t filters_len;
    int page_max;       /* largest page_size; 0 = the whole list in one answer */
    bool page_required; /* page_size must be given */
    bool total;         /* pagination_meta has total_record_count */
    bool (*prepare)(struct list_query *query); /* the list's own rules; NULL = none */
};

struct write;

struct route {
    const char *path;                          /* "/v2/schedules/{schedule_id}/sync_rules/{id}" */
    void (*answer)(struct exchange *exchange); /* GET; NULL = none */
    void (*take)(struct exchange *exchange);   /* POST, may answer later; NULL = none */
    const struct write *post, *put, *patch, *remove; /* write.h; remove is DELETE. NULL = none */
    bool by_secret;                /* a source's secret opens it, and no API key */
    bool key_in_url;               /* a key that only reads may be the parameter `token` */
    const char *media_type;        /* of success; NULL = application/json */
    const char *scope;             /* of GET and take; "" = any key */
    enum kind kind;                /* KIND_COUNT = none */
    const struct list_rules *list; /* NULL = single */
    /* The object as it is served, where that is not as it is stored; NULL when a failure was answered. */
    const char *(*render)(struct exchange *exchange, const char *json);
    enum limit limit;
};

/* NULL for a path that the API does not have. Fills id and schedule_id. */
const struct route *route_find(const struct request *request, const char **id,
                               const char **schedule_id);

/* All routes, for the tests. */
extern const struct route routes[];
extern const size_t routes_len;
