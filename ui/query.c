#include "ui/query.h"

#include <stdio.h>
#include <string.h>

void
query_init(struct query *query, enum window_rows rows)
{
    *query = (struct query){.rows = rows};
    query_order(query, "");
}

void
query_finish(struct query *query)
{
    arena_finish(&query->arena);
    arena_finish(&query->names);
}

bool
query_is_filtered(const struct query *query)
{
    return *query->text;
}

static const struct sort *
first_sort(const struct query *query)
{
    return query->rows == WINDOW_ALERTS       ? sort_default(KIND_ALERT)
           : query->rows == WINDOW_FOLLOW_UPS ? sort_default(KIND_FOLLOW_UP)
           : query->rows == WINDOW_EVENTS     ? sort_default(KIND_INCIDENT_UPDATE) /* by time */
           : query->rows == WINDOW_SHIFTS     ? sort_default(KIND_SCHEDULE_ENTRY)
                                              : NULL;
}

bool
query_is_sorted(const struct query *query)
{
    return query->sort != first_sort(query);
}

void
query_order(struct query *query, const char *name)
{
    const struct sort *first = first_sort(query);
    const struct sort *named = first && *name ? sort_find(first->kind, name) : NULL;
    query->sort = named ? named : first;
}

static bool
parse(struct query *query, const char *text, int64_t now_ms, struct filter_error *problem)
{
    struct arena arena = {0};
    const struct filter *filter;
    query->context.now_ms = now_ms;
    if (!filter_parse(text, &query->context, &arena, &filter, problem)) {
        arena_finish(&arena);
        return false;
    }
    arena_finish(&query->arena);
    query->arena = arena;
    query->filter = filter;
    query->problem.message[0] = '\0';
    return true;
}

void
query_restore(struct query *query, const char *text)
{
    (void)snprintf(query->text, sizeof query->text, "%s", text); /* as long as it was */
    query->is_new = true;
    query->counted = false;
}

bool
query_set_filter(struct query *query, const char *text, int64_t now_ms,
                 struct filter_error *problem)
{
    if (!parse(query, text, now_ms, problem))
        return false;
    query_restore(query, text[strspn(text, " ")] ? text : "");
    return true;
}

void
query_reread(struct query *query, int64_t now_ms)
{
    if (!query_is_filtered(query) || parse(query, query->text, now_ms, &query->problem))
        return;
    query->filter = NULL;
    arena_reset(&query->arena);
}

bool
query_count(struct query *query, struct store *store, struct error *err)
{
    const struct sort *first = first_sort(query);
    if (!query->filter || !first)
        return true;
    query->counted = window_count(store, first->kind, query->filter, &query->count, err);
    return query->counted;
}
