#include "remote/api.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { UNPAGED_BODY_MAX_BYTES = 64 * 1024 * 1024, PAGES_MAX = 100000, UNPAGED = 0 };

#define PAGED(size)                                                                                \
    .page_size = (size), .pages_max = PAGES_MAX, .body_max_bytes = HTTP_BODY_MAX_BYTES, .parent = ""
#define WHOLE                                                                                      \
    .page_size = UNPAGED, .pages_max = 1, .body_max_bytes = UNPAGED_BODY_MAX_BYTES, .parent = ""
#define PAGED_OF(of, size)                                                                         \
    .page_size = (size), .pages_max = PAGES_MAX, .body_max_bytes = HTTP_BODY_MAX_BYTES,            \
    .parent = (of)

static const struct api_endpoint endpoints[KIND_COUNT] = {
    [KIND_ALERT] = {PAGED(50)},
    [KIND_ALERT_SOURCE] = {WHOLE},
    [KIND_ALERT_ATTRIBUTE] = {WHOLE},
    [KIND_ALERT_ROUTE] = {PAGED(50)},
    [KIND_INCIDENT_ALERT] = {PAGED_OF("incident_id", 50)},
    [KIND_ALERT_NOTE] = {PAGED_OF("alert_id", 250)},
    [KIND_INCIDENT] = {PAGED(250), .quota = HTTP_QUOTA_INCIDENTS},
    [KIND_INCIDENT_UPDATE] = {PAGED_OF("incident_id", 250)},
    [KIND_INCIDENT_TIMELINE_ITEM] = {PAGED_OF("incident_id", 250), .optional = true},
    [KIND_INCIDENT_STATUS] = {WHOLE},
    [KIND_SEVERITY] = {WHOLE},
    [KIND_INCIDENT_ROLE] = {WHOLE},
    [KIND_INCIDENT_TYPE] = {WHOLE},
    [KIND_INCIDENT_TIMESTAMP] = {WHOLE},
    [KIND_INCIDENT_ATTACHMENT] = {.parent = "incident_id",
                                  .pages_max = 1,
                                  .body_max_bytes = HTTP_BODY_MAX_BYTES},
    [KIND_INCIDENT_RELATIONSHIP] = {PAGED_OF("incident_id", 250)},
    [KIND_FOLLOW_UP] = {WHOLE},
    [KIND_ACTION] = {WHOLE},
    [KIND_SCHEDULE] = {PAGED(25)}, /* above 25 the answer leaves out next_shifts */
    [KIND_SCHEDULE_ENTRY] = {PAGED_OF("schedule_id", 0)},
    [KIND_SCHEDULE_OVERRIDE] = {PAGED_OF("schedule_id", 250)},
    [KIND_SCHEDULE_SYNC_TARGET] = {PAGED(250)},
    [KIND_SCHEDULE_SYNC_RULE] = {PAGED_OF("{schedule_id}", 250)},
    [KIND_ESCALATION] = {PAGED(50)},
    [KIND_ESCALATION_PATH] = {PAGED(25)},
    [KIND_USER] = {PAGED(1000)},
    [KIND_TEAM] = {PAGED(250)},
    [KIND_POSTMORTEM_DOCUMENT] = {PAGED(250)},
    [KIND_MAINTENANCE_WINDOW] = {PAGED(50)},
};

const struct api_endpoint *
api_endpoint(enum kind kind)
{
    return &endpoints[kind];
}

const char *
api_encode(const char *text, struct arena *arena)
{
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_alloc(arena, strlen(text) * 3 + 1), *to = out;
    for (; *text; text++) {
        if (strchr(unreserved, *text)) {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = hex[(unsigned char)*text >> 4];
            *to++ = hex[(unsigned char)*text & 15];
        }
    }
    return out;
}

static void
add_parameter(struct str *target, const char *name, const char *encoded)
{
    str_append_char(target, strchr(str_text(target), '?') ? '&' : '?');
    str_printf(target, "%s=%s", name, encoded);
}

static const char *
to_arena(struct str *text, struct arena *arena)
{
    const char *copy = arena_text_len(arena, str_text(text), text->len);
    str_finish(text);
    return copy;
}

const char *
api_list_target(enum kind kind, const char *query, const char *parent_id, const char *after,
                struct arena *arena)
{
    const struct api_endpoint *endpoint = &endpoints[kind];
    const char *path = kind_info(kind)->path;
    const char *place = *endpoint->parent == '{' ? strstr(path, endpoint->parent) : NULL;
    struct str target;
    str_init(&target, 0);
    if (place)
        str_printf(&target, "%.*s%s%s", (int)(place - path), path, api_encode(parent_id, arena),
                   place + strlen(endpoint->parent));
    else
        str_append(&target, path);
    if (endpoint->page_size) {
        char number[16];
        (void)snprintf(number, sizeof number, "%d", endpoint->page_size); /* small numbers */
        add_parameter(&target, "page_size", number);
    }
    if (*parent_id && !place)
        add_parameter(&target, endpoint->parent, api_encode(parent_id, arena));
    if (*query)
        str_printf(&target, "%c%s", strchr(str_text(&target), '?') ? '&' : '?', query);
    if (*after)
        add_parameter(&target, "after", api_encode(after, arena));
    return to_arena(&target, arena);
}

const char *
api_one_target(enum kind kind, const char *id, struct arena *arena)
{
    return arena_printf(arena, "%s/%s", kind_info(kind)->path, api_encode(id, arena));
}

const char *
api_entries_target(const char *schedule_id, const char *window_start, const char *window_end,
                   struct arena *arena)
{
    return arena_printf(arena, "%s?schedule_id=%s&entry_window_start=%s&entry_window_end=%s",
                        kind_info(KIND_SCHEDULE_ENTRY)->path, api_encode(schedule_id, arena),
                        api_encode(window_start, arena), api_encode(window_end, arena));
}
