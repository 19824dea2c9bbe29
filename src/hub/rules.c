#include "hub/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "hub/placeholder.h"
#include "hub/rules_index.h"
#include "wire/wire.h"

#define FIELD_OWNER struct rule_source
static const struct field rule_source_rows[] = {RULE_SOURCE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct rule_operation
static const struct field rule_operation_rows[] = {RULE_OPERATION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct rule_expression
static const struct field rule_expression_rows[] = {RULE_EXPRESSION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct rule_target
static const struct field rule_target_rows[] = {RULE_TARGET_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct rule_destination
static const struct field rule_destination_rows[] = {RULE_DESTINATION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct rule_role
static const struct field rule_role_rows[] = {RULE_ROLE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct rule_route
static const struct field rule_route_rows[] = {RULE_ROUTE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define X(name, FIELDS) const struct field_table name##_table = FIELD_TABLE(name, SIZE_MAX);
RULE_PARTS(X)
#undef X

/* Routes of a source whose conditions nobody would read are counted only. */
enum { NEAR_MISSES_MAX = 8, SAID_MAX = 32, TEXT_MAX_BYTES = 300 };

/* ---- where references lead ---- */

/* "expressions[\"ref\"]" → the expression's number; -1 = there is none. */
static int
expression_number(const struct rule_route *route, const char *reference)
{
    static const char before[] = "expressions[\"";
    if (strncmp(reference, before, strlen(before)) != 0)
        return -1;
    reference += strlen(before);
    size_t len = strcspn(reference, "\"");
    for (size_t i = 0; i < route->expressions_len; i++)
        if (strlen(route->expressions[i].reference) == len &&
            strncmp(route->expressions[i].reference, reference, len) == 0)
            return (int)i;
    return -1;
}

static void
add_json_values(const char *json, struct arena *arena, struct subject_values *values)
{
    struct wire_document *document;
    if (!*json ||
        !wire_document_read(slice_of(arena_printf(arena, "{\"v\":%s}", json)), &document, NULL))
        return;
    size_t len = *json == '[' ? wire_document_count(document, "v") : 0;
    if (*json == '{')
        subject_values_add(values, json, NULL, arena);
    else if (*json != '[')
        subject_values_add(values, wire_document_text(document, arena, "v"), NULL, arena);
    for (size_t i = 0; i < len; i++)
        subject_values_add(values,
                           wire_document_text(document, arena, arena_printf(arena, "v.%zu", i)),
                           NULL, arena);
    wire_document_destroy(document);
}

static void
rule_scope_values(const struct scope *scope, const char *reference, struct subject_values *values)
{
    const struct rule_scope *rule = (const struct rule_scope *)scope;
    const struct rule_survivor *survivor = rule->survivor;
    int number = expression_number(survivor->route, reference);
    if (number < 0) {
        alert_values(rule->alert, reference, scope->arena, values);
        return;
    }
    size_t before = values->len;
    if (survivor->results)
        add_json_values(survivor->results[number].json, scope->arena, values);
    if (values->len > before)
        return;
    const struct rule_expression *expression = &survivor->route->expressions[number];
    if (*expression->else_reference)
        alert_values(rule->alert, expression->else_reference, scope->arena, values);
    else
        subject_values_add(values, expression->else_literal, NULL, scope->arena);
}

struct rule_scope
rule_scope_of(const struct alert *alert, const struct rule_survivor *survivor, struct arena *arena)
{
    return (struct rule_scope){{arena, rule_scope_values}, alert, survivor};
}

/* ---- survivors ---- */

/* Whether a condition can still hold: what hangs on an expression that was not run may. */
static bool
may_hold(const struct condition *condition, const struct rule_scope *scope)
{
    const struct rule_survivor *survivor = scope->survivor;
    return (!survivor->results && strncmp(condition->subject, "expressions[", 12) == 0) ||
           condition_holds(condition, &scope->scope);
}

static bool
groups_may_hold(const struct condition_group *groups, size_t len, const struct rule_scope *scope)
{
    for (size_t i = 0; i < len; i++) {
        size_t held = 0;
        while (held < groups[i].conditions_len && may_hold(&groups[i].conditions[held], scope))
            held++;
        if (held == groups[i].conditions_len)
            return true;
    }
    return len == 0;
}

static const struct rule_source *
source_of(const struct rule_route *route, const struct alert *alert)
{
    for (size_t i = 0; i < route->alert_sources_len; i++)
        if (strcmp(route->alert_sources[i].alert_source_id, alert->alert_source_id) == 0)
            return &route->alert_sources[i];
    return NULL;
}

static bool
takes(const struct rule_scope *scope)
{
    const struct rule_route *route = scope->survivor->route;
    const struct rule_source *source = source_of(route, scope->alert);
    return source &&
           groups_may_hold(source->condition_groups, source->condition_groups_len, scope) &&
           groups_may_hold(route->condition_groups, route->condition_groups_len, scope);
}

size_t
rules_survivors(const struct rules *rules, const struct alert *alert, struct arena *arena,
                struct rule_survivor **survivors)
{
    const struct rule_route **candidates;
    size_t len = rules_candidates(rules, alert, arena, &candidates), kept = 0;
    *survivors = arena_new_array(arena, len + 1, struct rule_survivor);
    for (size_t i = 0; i < len; i++) {
        struct rule_survivor survivor = {.route = candidates[i],
                                         .programs_len = candidates[i]->expressions_len};
        const struct rule_scope scope = rule_scope_of(alert, &survivor, arena);
        if (takes(&scope))
            (*survivors)[kept++] = survivor;
    }
    return kept;
}

/* ---- expressions ---- */

static const char *
program_of(const struct rule_expression *expression, struct arena *arena)
{
    static const char attribute[] = "alert.attributes.";
    const char *root = expression->root_reference;
    if (expression->operations_len != 1 ||
        strcmp(expression->operations[0].operation_type, "parse") != 0)
        return "error(\"only expressions of one parse operation are run here\")";
    const char *source = expression->operations[0].source;
    if (strcmp(root, "alert.title") == 0 || strcmp(root, "alert.description") == 0)
        return arena_printf(arena, "%s | (%s\n)", root + strlen("alert"), source);
    if (strncmp(root, attribute, strlen(attribute)) == 0) {
        struct str quoted;
        str_init(&quoted, 0);
        wire_append_string(&quoted, root + strlen(attribute));
        const char *text =
            arena_printf(arena, ".attributes_by_id[%s] | (%s\n)", str_text(&quoted), source);
        str_finish(&quoted);
        return text;
    }
    return source;
}

const char *const *
rule_programs(const struct rule_route *route, struct arena *arena)
{
    const char **programs = arena_new_array(arena, route->expressions_len + 1, const char *);
    for (size_t i = 0; i < route->expressions_len; i++)
        programs[i] = program_of(&route->expressions[i], arena);
    return programs;
}

static void
append_member(struct str *out, const char *name, const char *text)
{
    str_append(out, out->len > 1 ? "," : "");
    wire_append_string(out, name);
    str_append_char(out, ':');
    wire_append_string(out, text);
}

static void
append_attributes(struct str *out, const struct alert *alert, bool by_id)
{
    for (size_t i = 0; i < alert->attributes_len; i++) {
        const struct alert_attribute_entry *entry = &alert->attributes[i];
        str_append(out, i ? "," : "");
        wire_append_string(out, by_id ? entry->attribute_id : entry->attribute_name);
        str_append(out, entry->attribute_array ? ":[" : ":");
        for (size_t j = 0; j < entry->array_value_len; j++) {
            const struct alert_attribute_value *value = &entry->array_value[j];
            str_append(out, j ? "," : "");
            wire_append_string(out, *value->catalog_entry_name ? value->catalog_entry_name
                                                               : value->literal);
        }
        if (entry->attribute_array)
            str_append_char(out, ']');
        else
            wire_append_string(out, *entry->catalog_entry_name ? entry->catalog_entry_name
                                                               : entry->literal);
    }
}

const char *
rules_document(const struct alert *alert, const char *source, const char *metadata,
               const char *query_params, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    str_append_char(&out, '{');
    append_member(&out, "title", alert->title);
    append_member(&out, "description", alert->description);
    append_member(&out, "status", alert->status);
    append_member(&out, "source_url", alert->source_url);
    append_member(&out, "deduplication_key", alert->deduplication_key);
    append_member(&out, "source", source);
    str_append(&out, ",\"attributes\":{");
    append_attributes(&out, alert, false);
    str_append(&out, "},\"attributes_by_id\":{");
    append_attributes(&out, alert, true);
    str_printf(&out, "},\"metadata\":%s,\"query_params\":%s}", *metadata ? metadata : "{}",
               *query_params ? query_params : "{}");
    const char *text = arena_text(arena, str_text(&out));
    str_finish(&out);
    return text;
}

/* ---- deciding ---- */

/* Long texts (a lookup table inside an expression) are cut: the story is for people. */
static const char *
cut(const char *text, struct arena *arena)
{
    size_t len = strlen(text);
    if (len <= TEXT_MAX_BYTES)
        return text;
    for (len = TEXT_MAX_BYTES; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80;)
        len--;
    return arena_printf(arena, "%.*s…", (int)len, text);
}

const struct decision_condition *
rules_explain(const struct condition_group *groups, size_t groups_len, const struct scope *scope,
              size_t *len)
{
    size_t count = 0;
    for (size_t i = 0; i < groups_len; i++)
        count += groups[i].conditions_len;
    struct decision_condition *said =
        arena_new_array(scope->arena, count + 1, struct decision_condition);
    *len = 0;
    for (size_t i = 0; i < groups_len; i++)
        for (size_t j = 0; j < groups[i].conditions_len; j++) {
            const struct condition *condition = &groups[i].conditions[j];
            said[(*len)++] = (struct decision_condition){
                .text = cut(condition_text(condition, scope->arena), scope->arena),
                .held = condition_holds(condition, scope),
                .found = cut(subject_text(condition->subject, scope), scope->arena),
                .alternative = groups_len > 1 ? (int64_t)i + 1 : 0,
            };
        }
    return said;
}

static void
explain_expressions(const struct rule_scope *scope, struct decision_route *said)
{
    const struct rule_survivor *survivor = scope->survivor;
    const struct rule_route *route = survivor->route;
    struct arena *arena = scope->scope.arena;
    struct decision_expression *items =
        arena_new_array(arena, route->expressions_len + 1, struct decision_expression);
    if (!survivor->results)
        return;
    for (size_t i = 0; i < route->expressions_len; i++) {
        const struct rule_expression *expression = &route->expressions[i];
        items[i] = (struct decision_expression){
            .reference = *expression->label ? expression->label : expression->reference,
            .expression =
                expression->operations_len ? cut(expression->operations[0].source, arena) : "",
            .value =
                cut(subject_text(arena_printf(arena, "expressions[\"%s\"]", expression->reference),
                                 &scope->scope),
                    arena),
            .reason = survivor->results[i].reason,
        };
    }
    said->expressions = items;
    said->expressions_len = route->expressions_len;
}

static void
explain(const struct rule_scope *scope, const char *source_name, struct decision_route *said)
{
    const struct rule_route *route = scope->survivor->route;
    const struct rule_source *source = source_of(route, scope->alert);
    struct arena *arena = scope->scope.arena;
    size_t of_source = 0, of_route;
    const struct decision_condition *first = NULL, *second;

    object_clear(&decision_route_table, said);
    said->id = route->id;
    said->name = route->name;
    said->taken = takes(scope);
    explain_expressions(scope, said);
    if (source)
        first = rules_explain(source->condition_groups, source->condition_groups_len, &scope->scope,
                              &of_source);
    second = rules_explain(route->condition_groups, route->condition_groups_len, &scope->scope,
                           &of_route);
    struct decision_condition *all =
        arena_new_array(arena, 1 + of_source + of_route, struct decision_condition);
    all[0] = (struct decision_condition){
        .text = "it takes alerts of this source", .held = source != NULL, .found = source_name};
    if (of_source)
        memcpy(all + 1, first, of_source * sizeof *all);
    if (of_route)
        memcpy(all + 1 + of_source, second, of_route * sizeof *all);
    said->conditions = all;
    said->conditions_len = 1 + of_source + of_route;
}

static bool
is_survivor(const struct rule_route *route, const struct rule_survivor *survivors, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (survivors[i].route == route)
            return true;
    return false;
}

void
rules_decide(const struct rules *rules, const struct alert *alert, const char *source,
             const struct rule_survivor *survivors, size_t survivors_len, struct arena *arena,
             struct decision *decision, const struct rule_survivor ***taken)
{
    const struct rule_route **of_source;
    size_t misses = rules_of_source(rules, alert->alert_source_id, arena, &of_source);
    if (misses > NEAR_MISSES_MAX)
        misses = 0;
    size_t most = survivors_len + misses;
    struct decision_route *routes = arena_new_array(arena, most + 1, struct decision_route);
    const struct rule_survivor **chosen =
        arena_new_array(arena, most + 1, const struct rule_survivor *);
    size_t len = 0;

    for (size_t i = 0; i < survivors_len; i++) {
        const struct rule_scope scope = rule_scope_of(alert, &survivors[i], arena);
        bool is_taken = takes(&scope);
        if (!is_taken && len >= SAID_MAX)
            continue; /* it is among the others */
        explain(&scope, source, &routes[len]);
        chosen[len++] = is_taken ? &survivors[i] : NULL;
    }
    for (size_t i = 0; i < misses; i++) {
        struct rule_survivor *miss = arena_new(arena, struct rule_survivor);
        miss->route = of_source[i];
        const struct rule_scope scope = rule_scope_of(alert, miss, arena);
        if (is_survivor(of_source[i], survivors, survivors_len))
            continue;
        explain(&scope, source, &routes[len]);
        routes[len].taken = false;
        len++;
    }
    decision->routes = routes;
    decision->routes_len = len;
    decision->other_routes = (int64_t)(rules_len(rules) - len);
    *taken = chosen;
}

/* ---- texts of templates ---- */

const char *
rule_text(const char *literal, const char *reference, const struct scope *scope)
{
    struct arena *arena = scope->arena;
    struct str out;
    if (*reference)
        return subject_text(reference, scope);
    if (!strstr(literal, "{{"))
        return literal;
    struct placeholder placeholder;
    str_init(&out, 64 * 1024);
    while (placeholder_next(&literal, arena, &placeholder)) {
        str_append(&out, placeholder.before);
        placeholder_append(&placeholder, subject_text(placeholder.reference, scope), &out);
    }
    str_append(&out, literal);
    const char *text = arena_text(arena, str_text(&out));
    str_finish(&out);
    return text;
}

static void
add_once(struct subject_values *values, const char *literal, const char *reference,
         const struct scope *scope)
{
    struct subject_values found = {0};
    if (*reference)
        scope->values(scope, reference, &found);
    else
        subject_values_add(&found, literal, NULL, scope->arena);
    for (size_t i = 0; i < found.len; i++) {
        size_t j = 0;
        while (j < values->len && strcmp(values->items[j].literal, found.items[i].literal) != 0)
            j++;
        if (j == values->len)
            subject_values_add(values, found.items[i].literal, found.items[i].name, scope->arena);
    }
}

void
rule_values(const char *literal, const char *reference, const struct binding_value *list,
            size_t list_len, const struct scope *scope, struct subject_values *values)
{
    add_once(values, literal, reference, scope);
    for (size_t i = 0; i < list_len; i++)
        add_once(values, list[i].literal, list[i].reference, scope);
}

/* ---- groups ---- */

static const char *
key_name(const char *reference, const struct scope *scope)
{
    static const char attribute[] = "alert.attributes.";
    const struct alert *alert = ((const struct rule_scope *)scope)->alert;
    if (strncmp(reference, attribute, strlen(attribute)) != 0)
        return strncmp(reference, "alert.", 6) == 0 ? reference + 6 : reference;
    for (size_t i = 0; i < alert->attributes_len; i++)
        if (strcmp(alert->attributes[i].attribute_id, reference + strlen(attribute)) == 0)
            return alert->attributes[i].attribute_name;
    return reference + strlen(attribute);
}

const char *
rule_group_keys(const struct rule_route *route, const struct scope *scope,
                const struct decision_key **keys, size_t *keys_len)
{
    struct decision_key *said =
        arena_new_array(scope->arena, route->grouping_keys_len + 1, struct decision_key);
    struct str out;
    str_init(&out, 0);
    str_append_char(&out, '[');
    for (size_t i = 0; i < route->grouping_keys_len; i++) {
        const char *reference = route->grouping_keys[i].reference;
        struct subject_values values = {0};
        scope->values(scope, reference, &values);
        str_append(&out, i ? "," : "");
        for (size_t j = 0; j < values.len; j++) {
            str_append(&out, j ? "," : "[");
            wire_append_string(&out, values.items[j].literal);
        }
        str_append(&out, values.len ? "]" : "null");
        said[i] = (struct decision_key){key_name(reference, scope),
                                        cut(subject_text(reference, scope), scope->arena)};
    }
    str_append_char(&out, ']');
    const char *text = arena_text(scope->arena, str_text(&out));
    str_finish(&out);
    *keys = said;
    *keys_len = route->grouping_keys_len;
    return text;
}

bool
rule_group_takes(const struct rule_route *route, const struct rule_group *group, int64_t at)
{
    bool is_fixed = strcmp(route->window_type, "fixed") == 0;
    int64_t from = is_fixed ? group->opened_at : group->last_at;
    return at < from + route->window_seconds * 1000 && !group->incident_is_over;
}

bool
rule_pages(const struct rule_route *route, const struct rule_group *group, int64_t severity_digit,
           const char **why)
{
    *why = "";
    if (route->targets_len == 0) {
        *why = "the route names nobody";
        return false;
    }
    if (!group)
        return true;
    if (strcmp(route->joining_mode, "on_each_new_alert") == 0) {
        *why = "every alert of a group pages";
        return true;
    }
    if (severity_digit > 0 &&
        (group->severity_digit == 0 || severity_digit < group->severity_digit)) {
        *why = "it is more severe than those before it in its group";
        return true;
    }
    if (!group->escalation_is_live) {
        *why = "nobody is being paged for its group any more";
        return true;
    }
    *why = "its group was paged for already, and it is no more severe";
    return false;
}

bool
rule_severity_changes(const struct rule_route *route, int64_t incident_rank, int64_t alert_rank)
{
    return strcmp(route->severity_merge, "max") == 0 && alert_rank > incident_rank;
}
