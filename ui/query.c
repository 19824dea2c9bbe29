#include "ui/query.h"

#include <stdio.h>
#include <string.h>

void
query_init(struct query *query, enum kind kind)
{
    *query = (struct query){.kind = kind};
    if (kind != KIND_COUNT)
        query->sort = sort_default(kind);
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
    return query->kind != KIND_COUNT && *query->text;
}

bool
query_is_sorted(const struct query *query)
{
    return query->sort && query->sort != sort_default(query->kind);
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
    if (query->kind != KIND_COUNT && !parse(query, text, now_ms, problem))
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
    if (!query->filter)
        return true;
    query->counted = window_count(store, query->kind, query->filter, &query->count, err);
    return query->counted;
}
