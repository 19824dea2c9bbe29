/* Alerts that a maintenance window held: created while it was on, and matching its conditions (facts 6.2, 12). */

#include <string.h>

#include "base/text.h"
#include "hub/filters.h"
#include "wire/wire.h"

/* One window and one alert, being compared. */
struct matcher {
    struct exchange *exchange;
    const struct wire_document *window;
    const struct alert *alert;
    struct arena scratch; /* of one alert */
};

/* The subject's values as the literals of conditions spell them: ids of catalog entries, texts. */
static size_t
subject_values(struct matcher *matcher, const char *subject, const char *values[], size_t max)
{
    static const char attributes[] = "alert.attributes.";
    const struct alert *alert = matcher->alert;
    size_t len = 0;

    if (text_equals(subject, "alert.title"))
        values[len++] = alert->title;
    else if (text_equals(subject, "alert.description"))
        values[len++] = alert->description;
    if (strncmp(subject, attributes, strlen(attributes)) != 0)
        return len;
    for (size_t i = 0; i < alert->attributes_len; i++) {
        const struct alert_attribute_entry *entry = &alert->attributes[i];
        if (!text_equals(entry->attribute_id, subject + strlen(attributes)))
            continue;
        if (len < max && entry->catalog_entry_id[0] != '\0')
            values[len++] = entry->catalog_entry_id;
        else if (len < max && entry->literal[0] != '\0')
            values[len++] = entry->literal;
        for (size_t j = 0; j < entry->array_value_len && len < max; j++) {
            const struct alert_attribute_value *value = &entry->array_value[j];
            values[len++] = value->catalog_entry_id[0] ? value->catalog_entry_id : value->literal;
        }
    }
    return len;
}

/* Whether one value and one parameter satisfy the operation; contains is a test without case. */
static bool
compare(struct matcher *matcher, const char *operation, const char *value, const char *parameter)
{
    if (text_equals(operation, "one_of"))
        return text_equals(value, parameter);
    if (text_equals(operation, "contains") || text_equals(operation, "contains_one_of") ||
        text_equals(operation, "name_contains"))
        return strstr(text_fold(&matcher->scratch, value), text_fold(&matcher->scratch, parameter));
    return false;
}

enum { SUBJECT_VALUES_MAX = 64 };

static const char *
text_at(struct matcher *matcher, const char *prefix, const char *name)
{
    return wire_document_text(matcher->window, &matcher->scratch,
                              arena_printf(&matcher->scratch, "%s.%s", prefix, name));
}

/* An operation that is not known holds no alert: what is held does not page, so doubt must not hold. */
static bool
condition_holds(struct matcher *matcher, const char *condition)
{
    const char *operation = text_at(matcher, condition, "operation.value");
    const char *values[SUBJECT_VALUES_MAX];
    size_t values_len = subject_values(matcher, text_at(matcher, condition, "subject.reference"),
                                       values, SUBJECT_VALUES_MAX);

    if (text_equals(operation, "is_set"))
        return values_len > 0;
    const char *bindings = arena_printf(&matcher->scratch, "%s.param_bindings.0", condition);
    const char *list = arena_printf(&matcher->scratch, "%s.array_value", bindings);
    size_t list_len = wire_document_count(matcher->window, list);
    for (size_t i = 0; i < values_len; i++) {
        const char *single = text_at(matcher, bindings, "value.literal");
        if (single[0] != '\0' && compare(matcher, operation, values[i], single))
            return true;
        for (size_t j = 0; j < list_len; j++) {
            const char *item = arena_printf(&matcher->scratch, "%s.%zu", list, j);
            if (compare(matcher, operation, values[i], text_at(matcher, item, "literal")))
                return true;
        }
    }
    return false;
}

/* Groups are alternatives, the conditions of one must all hold; no groups at all hold everything. */
static bool
groups_hold(struct matcher *matcher, const char *groups)
{
    size_t groups_len = wire_document_count(matcher->window, groups);

    for (size_t i = 0; i < groups_len; i++) {
        const char *conditions = arena_printf(&matcher->scratch, "%s.%zu.conditions", groups, i);
        size_t len = wire_document_count(matcher->window, conditions), held = 0;
        while (held < len && condition_holds(matcher, arena_printf(&matcher->scratch, "%s.%zu",
                                                                   conditions, held)))
            held++;
        if (held == len)
            return true;
    }
    return groups_len == 0;
}

struct collecting {
    struct arena *arena;
    struct text_list texts;
};

static bool
collect(void *context, const char *json)
{
    struct collecting *collecting = context;

    text_list_add(&collecting->texts, arena_text(collecting->arena, json), collecting->arena);
    return true;
}

/* Alerts of one window's time, compared one by one: windows are short and few. */
static bool
held_by_window(struct exchange *exchange, const char *json, struct text_list *held)
{
    struct maintenance_window window;
    struct collecting alerts = {.arena = exchange->arena};
    struct wire_document *document;
    struct error err;

    if (!wire_read_object(KIND_MAINTENANCE_WINDOW, slice_of(json), exchange->arena, &window, &err))
        return answer_failure(exchange, &err);
    const char **span = arena_new_array(exchange->arena, 2, const char *);
    span[0] = arena_printf(exchange->arena, "%lld", (long long)window.start_at);
    span[1] = arena_printf(exchange->arena, "%lld", (long long)window.end_at);
    const struct cache_filter during = {
        .column = "created_at", .test = CACHE_WITHIN, .values = span, .values_len = 2};
    const struct cache_query query = {.filters = &during, .filters_len = 1};
    if (!cache_list(exchange->store, KIND_ALERT, &query, collect, &alerts, &err) ||
        !wire_document_read(slice_of(json), &document, &err))
        return answer_failure(exchange, &err);

    struct matcher matcher = {.exchange = exchange, .window = document};
    bool ok = true;
    for (size_t i = 0; i < alerts.texts.len && ok; i++) {
        struct alert alert;
        arena_reset(&matcher.scratch);
        ok = wire_read_object(KIND_ALERT, slice_of(alerts.texts.items[i]), &matcher.scratch, &alert,
                              &err);
        matcher.alert = &alert;
        if (ok && groups_hold(&matcher, "alert_condition_groups"))
            text_list_add(held, arena_text(exchange->arena, alert.id), exchange->arena);
    }
    arena_finish(&matcher.scratch);
    wire_document_destroy(document);
    return ok || answer_failure(exchange, &err);
}

bool
maintenance_held_alerts(struct exchange *exchange, struct text_list *held)
{
    struct collecting windows = {.arena = exchange->arena};
    struct error err;

    if (!cache_list(exchange->store, KIND_MAINTENANCE_WINDOW, NULL, collect, &windows, &err))
        return answer_failure(exchange, &err);
    for (size_t i = 0; i < windows.texts.len; i++) {
        if (!held_by_window(exchange, windows.texts.items[i], held))
            return false;
    }
    return true;
}
