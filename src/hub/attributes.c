#include "hub/attributes.h"

#include <string.h>

#include "base/text.h"
#include "hub/attribute_value.h"
#include "model/derive.h"
#include "wire/wire.h"

enum { EXPRESSION_SHOWN_BYTES = 400 };

/* ---- the document ---- */

static void
append_member(struct str *out, const char *name, const char *value, bool is_json)
{
    if (*value == '\0')
        return;
    str_printf(out, "%s\"%s\":", out->len > 1 ? "," : "", name);
    if (is_json)
        str_append(out, value);
    else
        wire_append_string(out, value);
}

const char *
alert_event_document(const struct alert_event *event, struct arena *arena)
{
    struct str out;
    str_init(&out, 0); /* of an event, which was bounded */
    str_append_char(&out, '{');
    append_member(&out, "title", event->title, false);
    append_member(&out, "description", event->description, false);
    append_member(&out, "status", event->status, false);
    append_member(&out, "source_url", event->source_url, false);
    append_member(&out, "deduplication_key", event->deduplication_key, false);
    append_member(&out, "metadata", event->metadata, true);
    append_member(&out, "query_params", event->query_params, true);
    str_append_char(&out, '}');
    const char *document = arena_text_len(arena, str_text(&out), out.len);
    str_finish(&out);
    return document;
}

/* ---- from results to values ---- */

/* In front of a long one are the tables it looks things up in: its end says more. */
static const char *
shown(const char *expression, struct arena *arena)
{
    size_t len = strlen(expression);
    if (len <= EXPRESSION_SHOWN_BYTES)
        return expression;
    const char *from = expression + len - EXPRESSION_SHOWN_BYTES;
    while (((unsigned char)*from & 0xc0) == 0x80) /* not in the middle of a character */
        from++;
    return arena_printf(arena, "…%s", from);
}

static const char *
literal_json(const char *literal, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    wire_append_string(&out, literal);
    const char *json = arena_text(arena, str_text(&out));
    str_finish(&out);
    return json;
}

static bool
add_part(struct store *store, const struct rule_attribute *rule, const struct rule_part *part,
         const struct worker_result *results, struct arena *arena, struct attribute_values *values,
         struct error *err)
{
    const char *json = "", *problem = part->problem;
    if (*part->literal)
        json = literal_json(part->literal, arena);
    else if (part->program != SIZE_MAX && results) {
        const struct worker_result *result = &results[part->program];
        json = result->json;
        problem = *result->reason ? arena_text(arena, result->reason) : problem;
    }
    if (*json == '\0' && *part->otherwise)
        json = literal_json(part->otherwise, arena);
    if (*problem)
        values->problem = problem;
    return *json == '\0' || attribute_values_add(store, rule->attribute, json, arena, values, err);
}

/* What several values and one read as in JSON. */
static const char *
values_json(const struct alert_attribute *attribute, const struct alert_attribute_value *values,
            size_t len, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    str_append(&out, attribute->array ? "[" : "");
    for (size_t i = 0; i < len; i++) {
        str_append(&out, i ? "," : "");
        wire_append_string(
            &out, attribute_text(values[i].catalog_entry_name, values[i].label, values[i].literal));
    }
    str_append(&out, attribute->array ? "]" : "");
    const char *json = arena_text(arena, str_text(&out));
    str_finish(&out);
    return json;
}

static void
set_entry(const struct alert_attribute *attribute, const struct alert_attribute_value *values,
          size_t len, struct alert_attribute_entry *entry)
{
    object_clear(&alert_attribute_entry_table, entry);
    entry->attribute_id = attribute->id;
    entry->attribute_name = attribute->name;
    entry->attribute_type = attribute->type;
    entry->attribute_array = attribute->array;
    entry->attribute_required = attribute->required;
    entry->attribute_emoji = attribute->emoji;
    if (attribute->array) {
        entry->array_value = values;
        entry->array_value_len = len;
        return;
    }
    entry->literal = values->literal;
    entry->label = values->label;
    entry->catalog_entry_id = values->catalog_entry_id;
    entry->catalog_entry_name = values->catalog_entry_name;
    entry->catalog_entry_catalog_type_id = values->catalog_entry_catalog_type_id;
}

bool
attributes_make(struct store *store, const struct source_rules *rules,
                const struct worker_result *results, struct arena *arena,
                struct event_attributes *attributes, struct error *err)
{
    size_t len = rules->attributes_len;
    *attributes = (struct event_attributes){
        .rules = rules->attributes,
        .entries = arena_new_array(arena, len + 1, struct alert_attribute_entry),
        .is_set = arena_new_array(arena, len + 1, bool),
        .outcomes = arena_new_array(arena, len + 1, struct attribute_outcome),
        .len = len,
    };
    for (size_t i = 0; i < len; i++) {
        const struct rule_attribute *rule = &rules->attributes[i];
        const struct alert_attribute *attribute = rule->attribute;
        struct attribute_values values = {.problem = ""};
        for (size_t k = 0; k < rule->parts_len; k++)
            if (!add_part(store, rule, &rule->parts[k], results, arena, &values, err))
                return false;
        if (!attribute->array && values.len > 1)
            values.len = 1;
        attributes->is_set[i] = values.len > 0;
        if (values.len > 0)
            set_entry(attribute, values.items, values.len, &attributes->entries[i]);
        else if (attribute->required && *values.problem == '\0')
            values.problem = "it is required, and the expression gave nothing";
        attributes->outcomes[i] = (struct attribute_outcome){
            .attribute_id = attribute->id,
            .name = attribute->name,
            .expression = shown(rule->expression, arena),
            .value = values.len ? values_json(attribute, values.items, values.len, arena) : "",
            .reason = values.problem,
        };
    }
    return true;
}

/* ---- merging ---- */

static const char *
entry_text(const struct alert_attribute_entry *entry)
{
    return attribute_text(entry->catalog_entry_name, entry->label, entry->literal);
}

static const char *
short_text(const struct alert_attribute_entry *entry, struct arena *arena)
{
    return text_clean(arena, entry_text(entry), 100);
}

/* An alert that made an incident or escalated has a copy in it. */
static bool
has_escalated(struct store *store, const char *alert_id, bool *has, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_HUB_COPIES_OF_ALERT, &statement, err))
        return false;
    bind_text(statement, "id", alert_id);
    if (!statement_step(statement, has, err))
        return false;
    statement_reset(statement);
    return true;
}

static bool
is_same_value(const struct alert_attribute_value *a, const struct alert_attribute_value *b)
{
    return strcmp(a->literal, b->literal) == 0 &&
           strcmp(a->catalog_entry_id, b->catalog_entry_id) == 0;
}

static bool
is_same(const struct alert_attribute_entry *a, const struct alert_attribute_entry *b)
{
    bool same = strcmp(a->literal, b->literal) == 0 &&
                strcmp(a->catalog_entry_id, b->catalog_entry_id) == 0 &&
                a->array_value_len == b->array_value_len;
    for (size_t i = 0; same && i < a->array_value_len; i++)
        same = is_same_value(&a->array_value[i], &b->array_value[i]);
    return same;
}

static void
append_values(struct alert_attribute_entry *kept, const struct alert_attribute_entry *come,
              struct arena *arena)
{
    size_t len = kept->array_value_len;
    struct alert_attribute_value *all =
        arena_new_array(arena, len + come->array_value_len + 1, struct alert_attribute_value);
    for (size_t i = 0; i < len; i++)
        all[i] = kept->array_value[i];
    for (size_t i = 0; i < come->array_value_len && len < ATTRIBUTE_VALUES_MAX; i++) {
        bool known = false;
        for (size_t k = 0; k < len && !known; k++)
            known = is_same_value(&all[k], &come->array_value[i]);
        if (!known)
            all[len++] = come->array_value[i];
    }
    kept->array_value = all;
    kept->array_value_len = len;
}

/* What becomes of a value the alert has, by the strategy. */
static bool
merge_one(struct store *store, const struct alert *alert, struct alert_attribute_entry *kept,
          const struct alert_attribute_entry *come, const char *strategy, struct arena *arena,
          const char **reason, struct error *err)
{
    bool escalated = false, comparable = true;
    int order = 0;
    if (is_same(kept, come))
        return true;
    if (strcmp(strategy, "append") == 0 && come->attribute_array) {
        append_values(kept, come, arena);
        return true;
    }
    if (strcmp(strategy, "last_wins") == 0) {
        if (!has_escalated(store, alert->id, &escalated, err))
            return false;
        if (!escalated)
            *kept = *come;
        else
            *reason =
                arena_printf(arena, "kept '%s': the alert has escalated", short_text(kept, arena));
        return true;
    }
    bool max = strcmp(strategy, "max") == 0;
    if (max || strcmp(strategy, "min") == 0) {
        if (!attribute_value_compare(store, entry_text(come), entry_text(kept), &order, &comparable,
                                     err))
            return false;
        if (max ? order > 0 : order < 0)
            *kept = *come;
        else if (!comparable)
            *reason = arena_printf(arena, "kept '%s': '%s' cannot be ranked against it",
                                   short_text(kept, arena), short_text(come, arena));
        else
            *reason = arena_printf(arena, "kept '%s' (%s)", short_text(kept, arena), strategy);
        return true;
    }
    *reason = arena_printf(arena, "kept the first value%s%s", come->attribute_array ? "s" : ", ",
                           come->attribute_array ? "" : short_text(kept, arena));
    return true;
}

bool
attributes_merge(struct store *store, struct event_attributes *attributes, struct alert *alert,
                 struct arena *arena, bool *changed, struct error *err)
{
    size_t len = alert->attributes_len;
    struct alert_attribute_entry *all =
        arena_new_array(arena, len + attributes->len + 1, struct alert_attribute_entry);
    for (size_t i = 0; i < len; i++)
        all[i] = alert->attributes[i];
    *changed = false;
    for (size_t i = 0; i < attributes->len; i++) {
        const struct alert_attribute_entry *come = &attributes->entries[i];
        size_t at = 0;
        if (!attributes->is_set[i])
            continue;
        while (at < len && strcmp(all[at].attribute_id, come->attribute_id) != 0)
            at++;
        if (at == len) {
            all[len++] = *come;
            *changed = true;
            continue;
        }
        struct alert_attribute_entry before = all[at];
        if (!merge_one(store, alert, &all[at], come, attributes->rules[i].merge_strategy, arena,
                       &attributes->outcomes[i].reason, err))
            return false;
        *changed = *changed || !is_same(&before, &all[at]);
    }
    alert->attributes = all;
    alert->attributes_len = len;
    return true;
}

/* ---- for the record ---- */

const char *
attribute_outcomes_json(const struct attribute_outcomes *outcomes, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    str_append_char(&out, '[');
    for (size_t i = 0; i < outcomes->len; i++) {
        const struct attribute_outcome *outcome = &outcomes->items[i];
        str_append(&out, i ? ",{\"attribute_id\":" : "{\"attribute_id\":");
        wire_append_string(&out, outcome->attribute_id);
        append_member(&out, "name", outcome->name, false);
        append_member(&out, "expression", outcome->expression, false);
        append_member(&out, "value", outcome->value, true);
        append_member(&out, "reason", outcome->reason, false);
        str_append_char(&out, '}');
    }
    str_append_char(&out, ']');
    const char *json = arena_text_len(arena, str_text(&out), out.len);
    str_finish(&out);
    return json;
}
