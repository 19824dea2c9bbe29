/* What is attached to an incident: pull requests, tickets, links (facts 8.4). */

#include <string.h>

#include "base/text.h"
#include "hub/writes.h"

enum { TITLE_MAX_BYTES = 2000 };

#define R FIELD_REQUIRED
#define CREATE(X)                                                                                  \
    X(TEXT, incident_id, "incident_id", R, _)                                                      \
    X(ENUM, type, "resource.resource_type", R | FIELD_PARENT_REQUIRED, attachment_resource_type)   \
    X(TEXT, external_id, "resource.external_id", 0, _)                                             \
    X(TEXT, url, "resource.url", 0, _)                                                             \
    X(TEXT, title, "resource.title", 0, _)                                                         \
    X(TEXT, emoji, "resource.emoji", 0, _)
struct attachment_sent {
    CREATE(FIELD_DECLARE)
};
#define FIELD_OWNER struct attachment_sent
static const struct field create_rows[] = {CREATE(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(create, attachment_sent);

/* The path of an address without what is around it: "acme/dbt/pull/7". */
static const char *
url_path(const char *url, struct arena *arena)
{
    const char *path = strstr(url, "://") + 3;
    path += strcspn(path, "/?#");
    path += *path == '/';
    size_t len = strcspn(path, "?#");
    while (len > 0 && path[len - 1] == '/')
        len--;
    return arena_text_len(arena, path, len);
}

/* "OWNER/REPOSITORY/NUMBER" of a pull or merge request's path; NULL when it is none. */
static const char *
request_id(const char *path, const char *between, struct arena *arena)
{
    const char *at = strstr(path, between);
    if (!at || at == path)
        return NULL;
    const char *number = at + strlen(between);
    size_t digits = strspn(number, "0123456789");
    if (digits == 0 || (number[digits] != '\0' && number[digits] != '/'))
        return NULL;
    return arena_printf(arena, "%.*s/%.*s", (int)(at - path), path, (int)digits, number);
}

/* What the address is of, in the form in which the resource is known elsewhere; else the address itself. */
static bool
identify(struct exchange *exchange, const struct attachment_sent *sent, const char **id)
{
    const char *path = url_path(sent->url, exchange->arena);

    *id = sent->url;
    if (text_equals(sent->type, "github_pull_request"))
        *id = request_id(path, "/pull/", exchange->arena);
    else if (text_equals(sent->type, "gitlab_merge_request"))
        *id = request_id(path, "/-/merge_requests/", exchange->arena);
    return *id || answer_invalid(exchange, "resource.url",
                                 "'resource.url': expected the address of a %s", sent->type);
}

static bool
describe(struct exchange *exchange, const struct attachment_sent *sent,
         struct incident_attachment *attachment)
{
    bool is_link = text_equals(sent->type, "arbitrary_url");

    if ((*sent->external_id == '\0') == (*sent->url == '\0'))
        return answer_invalid(exchange, "resource.url",
                              "give exactly one of 'resource.external_id' and 'resource.url'");
    if (!is_link && *sent->title)
        return answer_invalid(exchange, "resource.title",
                              "'resource.title' is for resource_type arbitrary_url only");
    if (!is_link && *sent->emoji)
        return answer_invalid(exchange, "resource.emoji",
                              "'resource.emoji' is for resource_type arbitrary_url only");
    if (text_equals(sent->type, "scrubbed"))
        return answer_invalid(exchange, "resource.resource_type",
                              "'resource.resource_type': scrubbed cannot be attached");
    if (!write_check_length(exchange, "resource.title", sent->title, TITLE_MAX_BYTES))
        return false;
    attachment->resource_type = sent->type;
    attachment->resource_external_id = sent->external_id;
    attachment->resource_permalink = sent->url;
    if (*sent->url && (!write_check_url(exchange, "resource.url", sent->url) ||
                       !identify(exchange, sent, &attachment->resource_external_id)))
        return false;
    attachment->resource_title = *sent->title ? sent->title : attachment->resource_external_id;
    return true;
}

/* The same thing twice is one attachment. */
static bool
find_same(struct exchange *exchange, const struct incident_attachment *attachment, const char **id)
{
    struct statement *statement = exchange_statement(exchange, SQL_HUB_ATTACHMENT_FIND);
    struct error err;
    bool row;

    *id = "";
    if (!statement)
        return false;
    bind_text(statement, "incident_id", attachment->incident_id);
    bind_text(statement, "resource_type", attachment->resource_type);
    bind_text(statement, "external_id", attachment->resource_external_id);
    if (!statement_step(statement, &row, &err))
        return answer_failure(exchange, &err);
    if (row) {
        *id = row_text(statement, exchange->arena, 0);
        statement_reset(statement);
    }
    return true;
}

static bool
run_create(struct exchange *exchange, const void *body)
{
    const struct attachment_sent *sent = body;
    struct incident_attachment attachment;
    struct incident incident;
    const char *same;

    object_clear(&incident_attachment_table, &attachment);
    if (!write_load_named(exchange, KIND_INCIDENT, sent->incident_id, "incident_id", &incident))
        return false;
    attachment.id = write_id(exchange);
    attachment.incident_id = incident.id;
    attachment.first_seen_at = exchange->now_ms;
    if (!describe(exchange, sent, &attachment) || !find_same(exchange, &attachment, &same))
        return false;
    if (*same ? !write_load(exchange, KIND_INCIDENT_ATTACHMENT, same, &attachment)
              : !write_save(exchange, KIND_INCIDENT_ATTACHMENT, &attachment))
        return false;
    write_answer(exchange, KIND_INCIDENT_ATTACHMENT, &attachment);
    return true;
}
const struct write attachment_create = {
    .scope = "attachments.create", .body = &create_table, .run = run_create, .status = 201};

static bool
run_delete(struct exchange *exchange, const void *body)
{
    struct incident_attachment attachment;

    (void)body; /* it has none */
    return write_load(exchange, KIND_INCIDENT_ATTACHMENT, exchange->id, &attachment) &&
           write_delete(exchange, KIND_INCIDENT_ATTACHMENT, exchange->id);
}
const struct write attachment_delete = {
    .scope = "attachments.destroy", .run = run_delete, .status = 204};
