#include "hub/lists.h"

#include <stdlib.h>
#include <string.h>

#include "wire/wire.h"

/* ---- paging ---- */

static bool
read_page_size(const char *text, int64_t *size)
{
    char *end;

    if (text[0] < '0' || text[0] > '9' || strlen(text) > 9)
        return false;
    *size = strtoll(text, &end, 10);
    return *end == '\0';
}

bool
page_read(struct exchange *exchange, const struct list_rules *rules, const char **after)
{
    const char *text = request_parameter(exchange->request, "page_size");
    int64_t size = PAGE_SIZE_DEFAULT;

    *after = "";
    if (rules->page_max == 0)
        return true;
    if (text[0] == '\0' && rules->page_required)
        return answer_error(exchange, 422, "is_required", "page_size", "'page_size' is missing");
    if (text[0] != '\0' && (!read_page_size(text, &size) || size < 1 || size > rules->page_max))
        return answer_invalid(exchange, "page_size", "expected a number from 1 to %d, got '%s'",
                              rules->page_max, text);
    exchange->page_size = size;
    *after = request_parameter(exchange->request, "after");
    return true;
}

/* What follows a list's last item. `after` and `total` are left out when "" and negative. */
static void
end_page(struct exchange *exchange, const char *after, int64_t total)
{
    struct str *body = &exchange->body;
    int64_t size = exchange->page_size;

    str_append(body, "]");
    if (size > 0) {
        str_printf(body, ",\"pagination_meta\":{\"page_size\":%lld",
                   (long long)(size > PAGE_SIZE_REPORTED_MAX ? PAGE_SIZE_REPORTED_MAX : size));
        if (after[0] != '\0') {
            str_append(body, ",\"after\":");
            wire_append_string(body, after);
        }
        if (total >= 0)
            str_printf(body, ",\"total_record_count\":%lld", (long long)total);
        str_append(body, "}");
    }
    str_append(body, "}");
    answer_ok(exchange);
}

/* ---- who may see what ---- */

/* Private incidents, and what belongs to them, are for keys with global_access. */
static bool
require_visible(struct list_query *query)
{
    struct exchange *exchange = query->exchange;
    const struct field *column;
    struct text_list private = {0};

    if (auth_has_role(exchange->key, "global_access"))
        return true;
    if (query->kind == KIND_INCIDENT) {
        static const char *const public[] = {"private"};
        require(query, "visibility", CACHE_IS_NOT, public, 1);
        return true;
    }
    column = field_find(kind_info(query->kind)->fields, "incident_id");
    if (!column || !(column->flags & FIELD_COLUMN))
        return true;

    struct statement *statement = exchange_statement(exchange, SQL_HUB_INCIDENT_IDS_PRIVATE);
    if (!statement || !text_list_read(exchange, statement, &private))
        return false;
    if (private.len > 0)
        require(query, "incident_id", CACHE_IS_NOT, private.items, private.len);
    if (private.len > 0 && query->kind == KIND_INCIDENT_RELATIONSHIP)
        require(query, "parent_incident_id", CACHE_IS_NOT, private.items, private.len);
    return true;
}

const char *
render_escalation(struct exchange *exchange, const char *json)
{
    struct escalation escalation;
    struct error err;
    size_t kept = 0;

    if (auth_has_role(exchange->key, "global_access"))
        return json;
    if (!wire_read_object(KIND_ESCALATION, slice_of(json), exchange->arena, &escalation, &err)) {
        (void)answer_broken(exchange, &err);
        return NULL;
    }
    struct escalation_incident *seen = arena_new_array(
        exchange->arena, escalation.related_incidents_len + 1, struct escalation_incident);
    for (size_t i = 0; i < escalation.related_incidents_len; i++) {
        struct incident incident;
        bool found;
        if (!cache_get(exchange->store, KIND_INCIDENT, escalation.related_incidents[i].incident_id,
                       exchange->arena, &incident, &found, &err)) {
            (void)answer_failure(exchange, &err);
            return NULL;
        }
        if (!found || !text_equals(incident.visibility, "private"))
            seen[kept++] = escalation.related_incidents[i];
    }
    if (kept == escalation.related_incidents_len)
        return json;
    escalation.related_incidents = seen;
    escalation.related_incidents_len = kept;
    return wire_write_object(&escalation_table, &escalation, exchange->arena);
}

static void
init_query(struct list_query *query, struct exchange *exchange)
{
    memset(query, 0, sizeof(*query));
    query->exchange = exchange;
    query->kind = exchange->route->kind;
    if (exchange->schedule_id[0] != '\0')
        require_text(query, "schedule_id", CACHE_IS, exchange->schedule_id);
}

static struct cache_query
finished_query(const struct list_query *query)
{
    return (struct cache_query){
        .filters = query->chosen,
        .filters_len = query->chosen_len,
        .any = query->any,
        .required = query->required,
        .required_len = query->required_len,
        .children = query->children,
        .children_len = query->children_len,
        .oldest_first = query->oldest_first,
    };
}

/* ---- lists ---- */

/* Collects a page: items are appended to the body at once, or kept when they have to be rendered first. */
struct page_output {
    struct exchange *exchange;
    size_t count;
    bool more;
    size_t last_at; /* where the last item begins in the body */
    struct text_list kept;
    const char *last; /* the last one kept */
};

static bool
emit_item(void *context, const char *json)
{
    struct page_output *output = context;
    struct str *body = &output->exchange->body;
    int64_t page_size = output->exchange->page_size;

    if (page_size > 0 && output->count == (size_t)page_size) {
        output->more = true;
        return false;
    }
    if (output->exchange->route->render) {
        output->last = arena_text(output->exchange->arena, json);
        text_list_add(&output->kept, output->last, output->exchange->arena);
    } else {
        if (output->count > 0)
            str_append_char(body, ',');
        output->last_at = body->len;
        str_append(body, json);
    }
    output->count++;
    return true;
}

static bool
render_kept(struct page_output *output)
{
    struct exchange *exchange = output->exchange;

    for (size_t i = 0; i < output->kept.len; i++) {
        const char *rendered = exchange->route->render(exchange, output->kept.items[i]);
        if (!rendered)
            return false;
        if (i > 0)
            str_append_char(&exchange->body, ',');
        str_append(&exchange->body, rendered);
    }
    return true;
}

/* The id of an object as it is stored. */
static bool
read_id(struct exchange *exchange, struct slice json, const char **id)
{
    const struct field_table *table = kind_info(exchange->route->kind)->fields;
    char *object = arena_alloc(exchange->arena, table->struct_size);
    struct error err;

    if (!wire_read_object(exchange->route->kind, json, exchange->arena, object, &err))
        return answer_failure(exchange, &err);
    memcpy(id, object + field_find(table, "id")->offset, sizeof(*id));
    return true;
}

static bool
page_end_id(struct page_output *output, const char **after)
{
    struct exchange *exchange = output->exchange;
    const struct str *body = &exchange->body;

    *after = "";
    if (!output->more)
        return true;
    if (exchange->route->render)
        return read_id(exchange, slice_of(output->last), after);
    return read_id(
        exchange, (struct slice){body->data + output->last_at, body->len - output->last_at}, after);
}

void
answer_list(struct exchange *exchange)
{
    const struct list_rules *rules = exchange->route->list;
    struct list_query query;
    struct page_output output = {.exchange = exchange};
    const char *after;
    int64_t total = -1;
    struct error err;

    init_query(&query, exchange);
    if (!page_read(exchange, rules, &after) ||
        !filters_read(&query, rules->filters, rules->filters_len) ||
        (rules->prepare && !rules->prepare(&query)) || !require_visible(&query))
        return;

    struct cache_query asked = finished_query(&query);
    if (rules->total && !cache_list_count(exchange->store, query.kind, &asked, &total, &err)) {
        (void)answer_failure(exchange, &err); /* answered is done */
        return;
    }
    asked.after_id = after;
    asked.limit = exchange->page_size > 0 ? exchange->page_size + 1 : 0;
    str_printf(&exchange->body, "{\"%s\":[", kind_info(query.kind)->many);
    if (!cache_list(exchange->store, query.kind, &asked, emit_item, &output, &err)) {
        if (err.code == ERROR_NOT_FOUND)
            (void)answer_invalid(exchange, "after", "'%s' is not where a page of this list ended",
                                 after);
        else
            (void)answer_failure(exchange, &err);
        return;
    }
    if (exchange->route->render && !render_kept(&output))
        return;
    if (page_end_id(&output, &after))
        end_page(exchange, after, total);
}

/* ---- single objects ---- */

static bool
is_number(const char *text)
{
    return text[0] != '\0' && strlen(text) <= 12 && text[strspn(text, "0123456789")] == '\0';
}

static bool
emit_one(void *context, const char *json)
{
    struct page_output *output = context;
    output->last = arena_text(output->exchange->arena, json);
    return false;
}

/* A list of at most one, so that the same rules say who sees it. */
void
answer_one(struct exchange *exchange)
{
    struct list_query query;
    struct page_output output = {.exchange = exchange};
    struct error err;

    init_query(&query, exchange);
    if (query.kind == KIND_INCIDENT && is_number(exchange->id))
        require_text(&query, "reference", CACHE_IS,
                     arena_printf(exchange->arena, "INC-%s", exchange->id));
    else
        require_text(&query, "id", CACHE_IS, exchange->id);
    if (!require_visible(&query))
        return;

    struct cache_query asked = finished_query(&query);
    asked.limit = 1;
    if (!cache_list(exchange->store, query.kind, &asked, emit_one, &output, &err)) {
        (void)answer_failure(exchange, &err);
        return;
    }
    if (!output.last) {
        (void)answer_not_found(exchange);
        return;
    }
    const char *json =
        exchange->route->render ? exchange->route->render(exchange, output.last) : output.last;
    if (!json)
        return;
    str_printf(&exchange->body, "{\"%s\":", kind_info(query.kind)->one);
    str_append(&exchange->body, json);
    str_append_char(&exchange->body, '}');
    exchange->etag = object_tag(exchange, output.last);
    answer_ok(exchange);
}

/* ---- the odd ones ---- */

static bool
start_timeline(struct exchange *exchange, const char *after, int64_t *timestamp)
{
    struct incident_timeline_item item;
    struct error err;
    bool found;

    *timestamp = INT64_MIN;
    if (after[0] == '\0')
        return true;
    if (!cache_get(exchange->store, KIND_INCIDENT_TIMELINE_ITEM, after, exchange->arena, &item,
                   &found, &err))
        return answer_failure(exchange, &err);
    if (!found)
        return answer_invalid(exchange, "after", "'%s' is not where a page of this list ended",
                              after);
    *timestamp = item.timestamp;
    return true;
}

/* Whether the key may see the incident at all. */
static bool
sees_incident(struct exchange *exchange, const char *id, bool *sees)
{
    struct incident incident;
    struct error err;
    bool found;

    *sees = auth_has_role(exchange->key, "global_access");
    if (*sees)
        return true;
    if (!cache_get(exchange->store, KIND_INCIDENT, id, exchange->arena, &incident, &found, &err))
        return answer_failure(exchange, &err);
    *sees = found && !text_equals(incident.visibility, "private");
    return true;
}

void
answer_timeline(struct exchange *exchange)
{
    const struct list_rules *rules = exchange->route->list;
    const char *incident_id = request_parameter(exchange->request, "incident_id");
    struct list_query query;
    struct page_output output = {.exchange = exchange};
    const char *after;
    int64_t timestamp;
    bool row, sees;
    struct error err;

    init_query(&query, exchange);
    if (!page_read(exchange, rules, &after) ||
        !filters_read(&query, rules->filters, rules->filters_len) || !rules->prepare(&query) ||
        !start_timeline(exchange, after, &timestamp) ||
        !sees_incident(exchange, incident_id, &sees))
        return;
    struct statement *statement = exchange_statement(exchange, SQL_HUB_TIMELINE_ITEMS);
    if (!statement)
        return;
    bind_text(statement, "incident_id", sees ? incident_id : "");
    bind_integer(statement, "timestamp", timestamp);
    bind_text(statement, "id", after);
    bind_integer(statement, "limit", exchange->page_size + 1);
    str_printf(&exchange->body, "{\"%s\":[", kind_info(query.kind)->many);
    do {
        if (!statement_step(statement, &row, &err)) {
            (void)answer_failure(exchange, &err);
            return;
        }
    } while (row && emit_item(&output, row_text_borrowed(statement, 0)));
    statement_reset(statement);
    if (page_end_id(&output, &after))
        end_page(exchange, after, -1);
}

void
answer_catalog_types(struct exchange *exchange)
{
    str_append(&exchange->body, "{\"catalog_types\":[]}");
    answer_ok(exchange);
}

void
answer_catalog_entries(struct exchange *exchange)
{
    static const struct list_rules rules = {.page_max = 250, .page_required = true};
    const char *after;

    if (request_parameter(exchange->request, "catalog_type_id")[0] == '\0') {
        (void)answer_error(exchange, 422, "is_required", "catalog_type_id",
                           "'catalog_type_id' is missing");
        return;
    }
    if (page_read(exchange, &rules, &after))
        (void)answer_error(exchange, 404, "resource_not_found", "",
                           "there is no such catalog_type");
}
