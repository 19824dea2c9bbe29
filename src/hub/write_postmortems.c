/*
 * Post-mortem documents: those kept elsewhere are attached by their address (facts 12). Those kept here are written as
 * Markdown: the vendor's are written in its editor, so making one and replacing its content are the hub's own.
 */

#include <string.h>

#include "base/text.h"
#include "hub/incident.h"
#include "hub/writes.h"

enum { TITLE_MAX_BYTES = 1000, MARKDOWN_MAX_BYTES = 500 * 1024 };

#define R FIELD_REQUIRED
static const char *const providers[] = {"confluence",
                                        "google_docs",
                                        "notion",
                                        "sharepoint",
                                        "incident_io",
                                        "copy_paste_basecamp",
                                        "copy_paste_confluence",
                                        "copy_paste_github_wiki",
                                        "copy_paste_google_docs",
                                        "copy_paste_notion",
                                        "copy_paste_quip",
                                        NULL};
static const struct enumeration document_provider_enumeration = {"document_provider", "",
                                                                 providers};

#define STATUS(X) X(ENUM, status, "status", R, postmortem_document_status)
#define ATTACH(X)                                                                                  \
    X(TEXT, incident_id, "incident_id", R, _)                                                      \
    X(TEXT, permalink, "permalink", R, _)                                                          \
    X(ENUM, provider, "document_provider", 0, document_provider)
#define CREATE(X)                                                                                  \
    X(TEXT, incident_id, "incident_id", R, _)                                                      \
    X(TEXT, title, "title", 0, _)                                                                  \
    X(TEXT, markdown, "markdown", R, _)
#define CONTENT(X) X(TEXT, markdown, "markdown", R, _)

struct document_sent {
    STATUS(FIELD_DECLARE) ATTACH(FIELD_DECLARE) const char *title, *markdown;
};
#define FIELD_OWNER struct document_sent
static const struct field status_rows[] = {STATUS(FIELD_ROW)};
static const struct field attach_rows[] = {ATTACH(FIELD_ROW)};
static const struct field create_rows[] = {CREATE(FIELD_ROW)};
static const struct field content_rows[] = {CONTENT(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(status, document_sent);
WRITE_BODY(attach, document_sent);
WRITE_BODY(create, document_sent);
WRITE_BODY(content, document_sent);

static bool
run_status(struct exchange *exchange, const void *body)
{
    const struct document_sent *sent = body;
    struct postmortem_document document;

    if (!write_load(exchange, KIND_POSTMORTEM_DOCUMENT, exchange->id, &document))
        return false;
    document.status = sent->status;
    document.updated_at = write_time(exchange, document.updated_at);
    if (!write_save(exchange, KIND_POSTMORTEM_DOCUMENT, &document))
        return false;
    write_answer(exchange, KIND_POSTMORTEM_DOCUMENT, &document);
    return true;
}
const struct write postmortem_update = {
    .scope = "in_app_postmortems.update_status", .body = &status_table, .run = run_status};

/* The incident names its documents; the newest is the one it links to. */
static bool
name_on_incident(struct exchange *exchange, const char *incident_id,
                 const struct postmortem_document *document)
{
    struct incident incident;
    const char *ids;

    if (!write_load(exchange, KIND_INCIDENT, incident_id, &incident))
        return false;
    ids = incident.postmortem_document_ids;
    size_t len = strlen(ids);
    bool has_some = len > 2;
    incident.postmortem_document_ids =
        arena_printf(exchange->arena, "%.*s%s\"%s\"]", has_some ? (int)len - 1 : 1,
                     has_some ? ids : "[", has_some ? "," : "", document->id);
    incident.postmortem_document_url = document->document_url;
    incident.updated_at = write_time(exchange, incident.updated_at);
    return write_save(exchange, KIND_INCIDENT, &incident);
}

static bool
begin(struct exchange *exchange, const struct document_sent *sent, const char *type,
      struct postmortem_document *document)
{
    struct incident incident;
    struct actor actor;

    object_clear(&postmortem_document_table, document);
    if (!write_load_named(exchange, KIND_INCIDENT, sent->incident_id, "incident_id", &incident) ||
        !write_actor(exchange, &actor))
        return false;
    struct user_embedded *editor = arena_new(exchange->arena, struct user_embedded);
    *editor = actor.user;
    document->id = write_id(exchange);
    document->incident_id = incident.id;
    document->title = incident.name;
    document->status = "in_progress";
    document->type = type;
    document->editors = editor;
    document->editors_len = *actor.user.id ? 1 : 0;
    document->created_at = document->updated_at = exchange->now_ms;
    return true;
}

static bool
run_attach(struct exchange *exchange, const void *body)
{
    const struct document_sent *sent = body;
    struct postmortem_document document;

    if (!write_check_url(exchange, "permalink", sent->permalink) ||
        !begin(exchange, sent, "external", &document))
        return false;
    document.document_url = sent->permalink;
    if (!write_save(exchange, KIND_POSTMORTEM_DOCUMENT, &document) ||
        !name_on_incident(exchange, document.incident_id, &document))
        return false;
    write_answer(exchange, KIND_POSTMORTEM_DOCUMENT, &document);
    return true;
}
const struct write postmortem_attach = {.scope = "external_postmortems.create",
                                        .body = &attach_table,
                                        .run = run_attach,
                                        .status = 201};

/* ---- content of our own ---- */

static bool
put_content(struct exchange *exchange, const char *id, const char *markdown)
{
    struct statement *statement = exchange_statement(exchange, SQL_HUB_POSTMORTEM_CONTENT_PUT);
    struct error err;

    if (!statement)
        return false;
    bind_text(statement, "id", id);
    bind_text(statement, "markdown", markdown);
    return statement_run(statement, &err) || answer_failure(exchange, &err);
}

static bool
run_create(struct exchange *exchange, const void *body)
{
    const struct document_sent *sent = body;
    struct postmortem_document document;

    if (!write_check_length(exchange, "title", sent->title, TITLE_MAX_BYTES) ||
        !write_check_length(exchange, "markdown", sent->markdown, MARKDOWN_MAX_BYTES) ||
        !begin(exchange, sent, "in_app", &document))
        return false;
    if (*sent->title)
        document.title = sent->title;
    document.document_url = arena_printf(exchange->arena, "%s/v1/postmortem_documents/%s/content",
                                         exchange->base_url, document.id);
    if (!write_save(exchange, KIND_POSTMORTEM_DOCUMENT, &document) ||
        !put_content(exchange, document.id, sent->markdown) ||
        !name_on_incident(exchange, document.incident_id, &document))
        return false;
    write_answer(exchange, KIND_POSTMORTEM_DOCUMENT, &document);
    return true;
}
const struct write postmortem_create = {
    .scope = "in_app_postmortems.create", .body = &create_table, .run = run_create, .status = 201};

static bool
add_editor(struct exchange *exchange, struct postmortem_document *document)
{
    size_t len = document->editors_len;
    struct actor actor;

    if (!write_actor(exchange, &actor))
        return false;
    for (size_t i = 0; i < len; i++)
        if (text_equals(document->editors[i].id, actor.user.id))
            return true;
    if (*actor.user.id == '\0')
        return true;
    struct user_embedded *editors = arena_new_array(exchange->arena, len + 1, struct user_embedded);
    for (size_t i = 0; i < len; i++)
        editors[i] = document->editors[i];
    editors[len] = actor.user;
    document->editors = editors;
    document->editors_len = len + 1;
    return true;
}

static bool
run_content(struct exchange *exchange, const void *body)
{
    const struct document_sent *sent = body;
    struct postmortem_document document;

    if (!write_load(exchange, KIND_POSTMORTEM_DOCUMENT, exchange->id, &document) ||
        !write_check_length(exchange, "markdown", sent->markdown, MARKDOWN_MAX_BYTES))
        return false;
    if (!text_equals(document.type, "in_app"))
        return answer_invalid(exchange, "", "this post-mortem is kept elsewhere: %.200s",
                              document.document_url);
    document.updated_at = write_time(exchange, document.updated_at);
    if (!add_editor(exchange, &document) || !put_content(exchange, document.id, sent->markdown) ||
        !write_save(exchange, KIND_POSTMORTEM_DOCUMENT, &document))
        return false;
    str_append(&exchange->body, "{\"markdown\":");
    wire_append_string(&exchange->body, sent->markdown);
    str_append_char(&exchange->body, '}');
    return true;
}
const struct write postmortem_content_update = {
    .scope = "in_app_postmortems.create", .body = &content_table, .run = run_content};
