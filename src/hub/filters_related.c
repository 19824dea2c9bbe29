/* Filters that ask about something beside the row: a statement names the ids, the query takes or leaves those. */

#include <string.h>

#include "hub/filters.h"
#include "wire/wire.h"

static void
choose_ids(struct list_query *query, const struct argument *argument, const struct text_list *list)
{
    choose(query, "id", argument->operator== OPERATOR_NOT_IN ? CACHE_IS_NOT : CACHE_IS, list->items,
           list->len);
}

/* Rows that the statement names for any of the argument's values. `key_name` (may be NULL) is bound to its key. */
static bool
filter_by_statement(struct list_query *query, const struct argument *argument, enum sql sql,
                    const char *key_name)
{
    struct text_list list = {0};

    for (size_t i = 0; i < argument->values_len; i++) {
        struct statement *statement = exchange_statement(query->exchange, sql);
        if (!statement)
            return false;
        bind_text(statement, "value", argument->values[i]);
        if (key_name)
            bind_text(statement, key_name, argument->key);
        if (!text_list_read(query->exchange, statement, &list))
            return false;
    }
    choose_ids(query, argument, &list);
    return true;
}

/* is_blank=true: rows that the statement does not name; false: those that it does. */
static bool
filter_blank(struct list_query *query, const struct argument *argument, enum sql sql,
             const char *key_name)
{
    struct text_list list = {0};

    if (!filter_boolean(query, NULL, argument))
        return false;
    struct statement *statement = exchange_statement(query->exchange, sql);
    if (!statement)
        return false;
    bind_text(statement, key_name, argument->key);
    if (!text_list_read(query->exchange, statement, &list))
        return false;
    choose(query, "id", text_equals(argument->values[0], "true") ? CACHE_IS_NOT : CACHE_IS,
           list.items, list.len);
    return true;
}

/* Reads the object that a filter's key or value names; a 422 when there is none. */
static bool
get_named(struct list_query *query, const struct argument *argument, enum kind kind, const char *id,
          void *object)
{
    bool found;
    struct error err;

    if (!cache_get(query->exchange->store, kind, id, query->exchange->arena, object, &found, &err))
        return answer_failure(query->exchange, &err);
    if (!found)
        return answer_invalid(query->exchange, argument->field, "there is no %s '%s'",
                              kind_info(kind)->one, id);
    return true;
}

/* ---- incidents ---- */

bool
filter_severity(struct list_query *query, const struct list_filter *filter,
                const struct argument *argument)
{
    struct severity severity;
    struct text_list list = {0};

    if (argument->operator& OPERATORS_SET)
        return filter_column(query, filter, argument);
    if (!get_named(query, argument, KIND_SEVERITY, argument->values[0], &severity))
        return false;

    bool at_least = argument->operator== OPERATOR_GTE;
    struct statement *statement = exchange_statement(query->exchange, SQL_HUB_SEVERITY_IDS);
    if (!statement)
        return false;
    bind_integer(statement, "lowest", at_least ? severity.rank : INT64_MIN);
    bind_integer(statement, "highest", at_least ? INT64_MAX : severity.rank);
    if (!text_list_read(query->exchange, statement, &list))
        return false;
    choose(query, filter->column, CACHE_IS, list.items, list.len);
    return true;
}

bool
filter_role(struct list_query *query, const struct list_filter *filter,
            const struct argument *argument)
{
    struct incident_role role;

    (void)filter;
    if (!get_named(query, argument, KIND_INCIDENT_ROLE, argument->key, &role))
        return false;
    return argument->operator== OPERATOR_IS_BLANK
               ? filter_blank(query, argument, SQL_HUB_INCIDENT_IDS_WITH_ROLE, "role")
               : filter_by_statement(query, argument, SQL_HUB_INCIDENT_IDS_OF_ROLE, "role");
}

bool
filter_custom_field(struct list_query *query, const struct list_filter *filter,
                    const struct argument *argument)
{
    (void)filter;
    return argument->operator== OPERATOR_IS_BLANK
               ? filter_blank(query, argument, SQL_HUB_INCIDENT_IDS_WITH_CUSTOM_FIELD, "field")
               : filter_by_statement(query, argument, SQL_HUB_INCIDENT_IDS_OF_CUSTOM_FIELD,
                                     "field");
}

bool
require_incident_mode(struct list_query *query, const char *mode)
{
    /* Nearly all incidents are standard: the others are fewer to name. */
    bool by_exclusion = text_is_empty(mode) || text_equals(mode, "standard");
    struct text_list list = {0};
    struct statement *statement =
        exchange_statement(query->exchange, by_exclusion ? SQL_HUB_INCIDENT_IDS_NOT_IN_MODE
                                                         : SQL_HUB_INCIDENT_IDS_IN_MODE);

    if (!statement)
        return false;
    if (by_exclusion) {
        bind_text(statement, "mode", "standard");
        bind_text(statement, "other", text_is_empty(mode) ? "retrospective" : mode);
    } else {
        bind_text(statement, "mode", mode);
    }
    if (!text_list_read(query->exchange, statement, &list))
        return false;
    require(query, "incident_id", by_exclusion ? CACHE_IS_NOT : CACHE_IS, list.items, list.len);
    return true;
}

bool
filter_incident_mode(struct list_query *query, const struct list_filter *filter,
                     const struct argument *argument)
{
    static const char *const modes[] = {"standard", "retrospective", "test", "tutorial", "stream"};

    (void)filter;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (text_equals(modes[i], argument->values[0]))
            return require_incident_mode(query, argument->values[0]);
    }
    return answer_invalid(query->exchange, argument->field, "'%s' is not a mode of incidents",
                          argument->values[0]);
}

/* ---- alerts ---- */

/* One attribute has one value in most alerts, which a condition on the child table finds; lists of values are in JSON. */
static bool
filter_single_attribute(struct list_query *query, const struct argument *argument, bool is_entry)
{
    struct cache_filter *filters = arena_new_array(query->exchange->arena, 2, struct cache_filter);
    const char **key = arena_new(query->exchange->arena, const char *);

    key[0] = argument->key;
    filters[0] = (struct cache_filter){
        .column = "attribute_id", .test = CACHE_IS, .values = key, .values_len = 1};
    filters[1] = (struct cache_filter){.column = is_entry ? "catalog_entry_id" : "literal",
                                       .test = CACHE_IS,
                                       .values = argument->values,
                                       .values_len = argument->values_len};
    query->children[query->children_len++] = (struct cache_child_filter){
        .list_member = "attributes", .filters = filters, .filters_len = 2};
    return true;
}

bool
filter_attribute(struct list_query *query, const struct list_filter *filter,
                 const struct argument *argument)
{
    struct alert_attribute attribute;
    struct error err;

    (void)filter;
    if (!get_named(query, argument, KIND_ALERT_ATTRIBUTE, argument->key, &attribute))
        return false;
    if (!wire_read_object(KIND_ALERT_ATTRIBUTE, slice_of(attribute.json), query->exchange->arena,
                          &attribute, &err))
        return answer_failure(query->exchange, &err);
    if (argument->operator== OPERATOR_IS_BLANK)
        return filter_blank(query, argument, SQL_HUB_ALERT_IDS_WITH_ATTRIBUTE, "attribute");
    if (attribute.array || argument->operator== OPERATOR_NOT_IN)
        return filter_by_statement(query, argument, SQL_HUB_ALERT_IDS_OF_ATTRIBUTE, "attribute");
    return filter_single_attribute(query, argument,
                                   strncmp(attribute.type, "CatalogEntry[", 13) == 0);
}

bool
filter_alert_group(struct list_query *query, const struct list_filter *filter,
                   const struct argument *argument)
{
    (void)filter;
    return filter_by_statement(query, argument, SQL_HUB_ALERT_IDS_OF_GROUP, NULL);
}

bool
filter_has_notes(struct list_query *query, const struct list_filter *filter,
                 const struct argument *argument)
{
    struct text_list list = {0};

    if (!filter_boolean(query, filter, argument))
        return false;
    struct statement *statement = exchange_statement(query->exchange, SQL_HUB_ALERT_IDS_WITH_NOTES);
    if (!statement || !text_list_read(query->exchange, statement, &list))
        return false;
    choose(query, "id", text_equals(argument->values[0], "true") ? CACHE_IS : CACHE_IS_NOT,
           list.items, list.len);
    return true;
}

bool
filter_maintenance(struct list_query *query, const struct list_filter *filter,
                   const struct argument *argument)
{
    struct text_list held = {0};

    if (!filter_boolean(query, filter, argument))
        return false;
    if (text_equals(argument->values[0], "true"))
        return true;
    if (!maintenance_held_alerts(query->exchange, &held))
        return false;
    choose(query, "id", CACHE_IS_NOT, held.items, held.len);
    return true;
}

bool
filter_window_status(struct list_query *query, const struct list_filter *filter,
                     const struct argument *argument)
{
    const int64_t now_ms = query->exchange->now_ms;
    const char *status = argument->values[0];

    (void)filter;
    if (text_equals(status, "past")) {
        require_number(query, "end_at", CACHE_AT_MOST, now_ms);
        return true;
    }
    if (text_equals(status, "upcoming")) {
        require_number(query, "start_at", CACHE_AT_LEAST, now_ms + 1);
    } else if (text_equals(status, "active")) {
        require_number(query, "start_at", CACHE_AT_MOST, now_ms);
        require_number(query, "end_at", CACHE_AT_LEAST, now_ms + 1);
    } else {
        return answer_invalid(query->exchange, argument->field,
                              "expected active, upcoming or past, got '%s'", status);
    }
    require_number(query, "archived_at", CACHE_IS, 0);
    return true;
}

/* ---- escalations ---- */

bool
filter_escalation_alert(struct list_query *query, const struct list_filter *filter,
                        const struct argument *argument)
{
    (void)filter;
    return filter_by_statement(query, argument, SQL_HUB_ESCALATION_IDS_OF_ALERT, NULL);
}

bool
filter_escalation_incident(struct list_query *query, const struct list_filter *filter,
                           const struct argument *argument)
{
    (void)filter;
    return filter_by_statement(query, argument, SQL_HUB_ESCALATION_IDS_OF_INCIDENT, NULL);
}

/* What was made with a key is known as long as the answer is kept. */
bool
filter_idempotency_key(struct list_query *query, const struct list_filter *filter,
                       const struct argument *argument)
{
    (void)filter;
    return filter_by_statement(query, argument,
                               argument->operator== OPERATOR_STARTS_WITH
                                   ? SQL_HUB_ESCALATION_IDS_WITH_KEY_PREFIX
                                   : SQL_HUB_ESCALATION_IDS_WITH_KEY,
                               NULL);
}
