#include "base/clock.h"

#include "store/cache.h"
#include "store/connection.h"
#include "store/window.h"
#include "store/window_rows.h"

#define NAMES_MAX 2000 /* more of them than anybody has */

static bool
load(struct store *store, enum sql sql, const struct field_table *table, struct arena *arena,
     void *items, size_t *items_len, struct error *err)
{
    struct statement *statement;
    return store_statement(store, sql, &statement, err) &&
           statement_read_all(statement, table, arena, NAMES_MAX, items, items_len, err);
}

static bool
load_attributes(struct store *store, struct arena *arena, struct filter_context *context,
                struct error *err)
{
    const struct alert_attribute *items;
    size_t len;
    if (!load(store, SQL_FILTER_ATTRIBUTES, &alert_attribute_table, arena, &items, &len, err))
        return false;
    const char **names = arena_new_array(arena, len ? len : 1, const char *);
    for (size_t i = 0; i < len; i++)
        names[i] = items[i].name;
    context->attributes = names;
    context->attributes_len = len;
    return true;
}

static bool
load_sources(struct store *store, struct arena *arena, struct filter_context *context,
             struct error *err)
{
    const struct alert_source *items;
    size_t len;
    if (!load(store, SQL_FILTER_SOURCES, &alert_source_table, arena, &items, &len, err))
        return false;
    struct filter_name *names = arena_new_array(arena, len ? len : 1, struct filter_name);
    for (size_t i = 0; i < len; i++)
        names[i] = (struct filter_name){.id = items[i].id, .name = items[i].name};
    context->sources = names;
    context->sources_len = len;
    return true;
}

/* Digits count the ranks from the top and stop at 4, as model_derive has it. */
static bool
load_severities(struct store *store, struct arena *arena, struct filter_context *context,
                struct error *err)
{
    const struct severity *items;
    size_t len;
    if (!load(store, SQL_FILTER_SEVERITIES, &severity_table, arena, &items, &len, err))
        return false;
    struct filter_name *names = arena_new_array(arena, len ? len : 1, struct filter_name);
    int place = 0;
    for (size_t i = 0; i < len; i++) {
        if (i == 0 || items[i].rank != items[i - 1].rank)
            place = (int)i + 1;
        names[i] = (struct filter_name){
            .id = items[i].id, .name = items[i].name, .digit = place < 4 ? place : 4};
    }
    context->severities = names;
    context->severities_len = len;
    return true;
}

static bool
load_me(struct store *store, const char *email, struct arena *arena, struct filter_context *context,
        struct error *err)
{
    struct statement *statement;
    const struct user *users;
    size_t len;
    context->me = (struct filter_name){.id = "", .name = ""};
    context->me_email = email ? email : "";
    if (!*context->me_email)
        return true;
    if (!store_statement(store, SQL_FILTER_ME, &statement, err))
        return false;
    bind_text(statement, "email", email);
    if (!statement_read_all(statement, &user_table, arena, 1, &users, &len, err))
        return false;
    if (len)
        context->me = (struct filter_name){.id = users[0].id, .name = users[0].name};
    return true;
}

bool
cache_filter_context(struct store *store, enum kind kind, const char *me_email, struct arena *arena,
                     struct filter_context *context, struct error *err)
{
    *context = (struct filter_context){.kind = kind, .now_ms = clock_now_ms()};
    if (!load_me(store, me_email, arena, context, err))
        return false;
    if (kind == KIND_INCIDENT)
        return load_severities(store, arena, context, err);
    return kind != KIND_ALERT || (load_attributes(store, arena, context, err) &&
                                  load_sources(store, arena, context, err));
}

bool
window_filter_context(struct store *store, enum window_rows rows, const char *me_email,
                      struct arena *arena, struct filter_context *context, struct error *err)
{
    switch (rows) {
    case WINDOW_ALERTS:
        return cache_filter_context(store, KIND_ALERT, me_email, arena, context, err);
    case WINDOW_FOLLOW_UPS:
        return cache_filter_context(store, KIND_FOLLOW_UP, me_email, arena, context, err);
    case WINDOW_EVENTS:
    case WINDOW_SHIFTS:
    case WINDOW_FOUND:
        break;
    }
    static const struct {
        const struct field_table *fields;
        const char *what;
    } others[] = {
        [WINDOW_EVENTS] = {&timeline_event_table, "events"},
        [WINDOW_SHIFTS] = {&rota_shift_table, "shifts"},
        [WINDOW_FOUND] = {&search_row_table, "items"},
    };
    *context = (struct filter_context){.kind = KIND_COUNT,
                                       .fields = others[rows].fields,
                                       .what = others[rows].what,
                                       .now_ms = clock_now_ms()};
    return load_me(store, me_email, arena, context, err);
}
