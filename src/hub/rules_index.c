#include "hub/rules_index.h"

#include <stdlib.h>
#include <string.h>

#include "wire/wire.h"

/* A route is found under each of these: "" for subject = whatever the alert is. */
struct entry {
    const char *source, *subject, *value;
    size_t route;
};

struct rules {
    struct arena arena;
    struct rule_route *routes;
    size_t len, capacity;
    struct entry *entries; /* ordered by source, subject, value, route */
    size_t entries_len, entries_capacity;
    const char **subjects; /* those that occur, each once: an alert is asked for them only */
    size_t subjects_len;
};

struct rules *
rules_create(void)
{
    return memory_alloc(sizeof(struct rules));
}

void
rules_destroy(struct rules *rules)
{
    if (!rules)
        return;
    memory_free(rules->routes);
    memory_free(rules->entries);
    arena_finish(&rules->arena);
    memory_free(rules);
}

size_t
rules_len(const struct rules *rules)
{
    return rules->len;
}

static void
add_entry(struct rules *rules, const struct entry *entry)
{
    if (rules->entries_len == rules->entries_capacity) {
        rules->entries_capacity = rules->entries_capacity ? 2 * rules->entries_capacity : 64;
        rules->entries =
            memory_resize(rules->entries, rules->entries_capacity * sizeof *rules->entries);
    }
    rules->entries[rules->entries_len++] = *entry;
}

/* The equality that every alert of these groups has to meet; NULL = there is none. */
static const struct condition *
equality(const struct condition_group *groups, size_t len)
{
    if (len != 1)
        return NULL;
    for (size_t i = 0; i < groups[0].conditions_len; i++) {
        const struct condition *condition = &groups[0].conditions[i];
        if (strcmp(condition->operation, "one_of") != 0 || condition->param_bindings_len == 0 ||
            strncmp(condition->subject, "alert.", 6) != 0)
            continue;
        const struct binding *binding = &condition->param_bindings[0];
        bool is_literal = *binding->reference == '\0';
        for (size_t j = 0; j < binding->array_value_len; j++)
            is_literal = is_literal && *binding->array_value[j].reference == '\0';
        if (is_literal)
            return condition;
    }
    return NULL;
}

static void
add_entries(struct rules *rules, size_t number)
{
    const struct rule_route *route = &rules->routes[number];
    const struct condition *of_route =
        equality(route->condition_groups, route->condition_groups_len);
    for (size_t i = 0; i < route->alert_sources_len; i++) {
        const struct rule_source *source = &route->alert_sources[i];
        const struct condition *wanted =
            of_route ? of_route : equality(source->condition_groups, source->condition_groups_len);
        struct entry entry = {source->alert_source_id, "", "", number};
        if (!wanted) {
            add_entry(rules, &entry);
            continue;
        }
        const struct binding *binding = &wanted->param_bindings[0];
        entry.subject = wanted->subject;
        entry.value = binding->literal;
        if (*entry.value)
            add_entry(rules, &entry);
        for (size_t j = 0; j < binding->array_value_len; j++) {
            entry.value = binding->array_value[j].literal;
            add_entry(rules, &entry);
        }
    }
}

bool
rules_add(struct rules *rules, const char *route_json, struct error *err)
{
    struct rule_route route;
    object_clear(&rule_route_table, &route);
    if (!wire_read_fields(&rule_route_table, slice_of(route_json), &rules->arena, &route, err))
        return error_wrap(err, "an alert route makes no sense");
    if (!route.enabled)
        return true;
    if (rules->len == rules->capacity) {
        rules->capacity = rules->capacity ? 2 * rules->capacity : 16;
        rules->routes = memory_resize(rules->routes, rules->capacity * sizeof *rules->routes);
    }
    rules->routes[rules->len++] = route;
    return true;
}

static int
compare_keys(const struct entry *left, const struct entry *right)
{
    int order = strcmp(left->source, right->source);
    order = order ? order : strcmp(left->subject, right->subject);
    return order ? order : strcmp(left->value, right->value);
}

static int
compare_entries(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    int order = compare_keys(left, right);
    return order ? order : left->route < right->route ? -1 : left->route > right->route;
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
rules_index(struct rules *rules)
{
    rules->entries_len = 0;
    for (size_t i = 0; i < rules->len; i++)
        add_entries(rules, i);
    if (rules->entries_len == 0)
        return;
    qsort(rules->entries, rules->entries_len, sizeof *rules->entries, compare_entries);
    const char **subjects = arena_new_array(&rules->arena, rules->entries_len, const char *);
    for (size_t i = 0; i < rules->entries_len; i++)
        subjects[i] = rules->entries[i].subject;
    qsort(subjects, rules->entries_len, sizeof *subjects, compare_texts);
    size_t kept = 0;
    for (size_t i = 0; i < rules->entries_len; i++)
        if (*subjects[i] && (kept == 0 || strcmp(subjects[kept - 1], subjects[i]) != 0))
            subjects[kept++] = subjects[i];
    rules->subjects = subjects;
    rules->subjects_len = kept;
}

/* ---- finding ---- */

struct found {
    const struct rules *rules;
    struct arena *arena;
    size_t *routes;
    size_t len, capacity;
};

static void
find(struct found *found, const char *source, const char *subject, const char *value)
{
    const struct rules *rules = found->rules;
    const struct entry wanted = {source, subject, value, 0};
    size_t low = 0, high = rules->entries_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_entries(&rules->entries[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < rules->entries_len && compare_keys(&rules->entries[low], &wanted) == 0; low++) {
        if (found->len == found->capacity) {
            found->capacity = found->capacity ? 2 * found->capacity : 8;
            size_t *more = arena_new_array(found->arena, found->capacity, size_t);
            if (found->len)
                memcpy(more, found->routes, found->len * sizeof *more);
            found->routes = more;
        }
        found->routes[found->len++] = rules->entries[low].route;
    }
}

static int
compare_numbers(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return left < right ? -1 : left > right;
}

static size_t
take_found(struct found *found, const struct rule_route ***routes)
{
    size_t kept = 0;
    if (found->len)
        qsort(found->routes, found->len, sizeof *found->routes, compare_numbers);
    *routes = arena_new_array(found->arena, found->len + 1, const struct rule_route *);
    for (size_t i = 0; i < found->len; i++)
        if (i == 0 || found->routes[i] != found->routes[i - 1])
            (*routes)[kept++] = &found->rules->routes[found->routes[i]];
    return kept;
}

size_t
rules_candidates(const struct rules *rules, const struct alert *alert, struct arena *arena,
                 const struct rule_route ***candidates)
{
    struct found found = {.rules = rules, .arena = arena};
    find(&found, alert->alert_source_id, "", "");
    for (size_t i = 0; i < rules->subjects_len; i++) {
        struct subject_values values = {0};
        alert_values(alert, rules->subjects[i], arena, &values);
        for (size_t j = 0; j < values.len; j++)
            find(&found, alert->alert_source_id, rules->subjects[i], values.items[j].literal);
    }
    return take_found(&found, candidates);
}

size_t
rules_of_source(const struct rules *rules, const char *alert_source_id, struct arena *arena,
                const struct rule_route ***routes)
{
    struct found found = {.rules = rules, .arena = arena};
    const struct entry wanted = {alert_source_id, "", "", 0};
    size_t low = 0, high = rules->entries_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_entries(&rules->entries[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    while (end < rules->entries_len && strcmp(rules->entries[end].source, alert_source_id) == 0 &&
           end - low < 64)
        end++;
    found.routes = arena_new_array(arena, end - low + 1, size_t);
    for (; low < end; low++)
        found.routes[found.len++] = rules->entries[low].route;
    return take_found(&found, routes);
}
