/* Alerts that a maintenance window held: created while it was on, and matching its conditions (facts 6.2, 12). */

#include "hub/condition.h"
#include "hub/filters.h"
#include "wire/wire.h"

/* One alert, being compared. */
struct alert_scope {
    struct scope scope;
    const struct alert *alert;
};

static void
values_of_alert(const struct scope *scope, const char *reference, struct subject_values *values)
{
    alert_values(((const struct alert_scope *)scope)->alert, reference, scope->arena, values);
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
    const struct condition_group *groups;
    size_t groups_len;
    struct error err;

    if (!wire_read_object(KIND_MAINTENANCE_WINDOW, slice_of(json), exchange->arena, &window,
                          &err) ||
        !condition_groups_read(window.alert_condition_groups, exchange->arena, &groups, &groups_len,
                               &err))
        return answer_failure(exchange, &err);
    const char **span = arena_new_array(exchange->arena, 2, const char *);
    span[0] = arena_printf(exchange->arena, "%lld", (long long)window.start_at);
    span[1] = arena_printf(exchange->arena, "%lld", (long long)window.end_at);
    const struct cache_filter during = {
        .column = "created_at", .test = CACHE_WITHIN, .values = span, .values_len = 2};
    const struct cache_query query = {.filters = &during, .filters_len = 1};
    if (!cache_list(exchange->store, KIND_ALERT, &query, collect, &alerts, &err))
        return answer_failure(exchange, &err);

    struct arena scratch = {0}; /* of one alert */
    bool ok = true;
    for (size_t i = 0; i < alerts.texts.len && ok; i++) {
        struct alert alert;
        arena_reset(&scratch);
        ok = wire_read_object(KIND_ALERT, slice_of(alerts.texts.items[i]), &scratch, &alert, &err);
        const struct alert_scope of_alert = {{&scratch, values_of_alert}, &alert};
        /* What is held does not page, so doubt does not hold: an operation that is not known holds for nothing. */
        if (ok && condition_groups_hold(groups, groups_len, &of_alert.scope))
            text_list_add(held, arena_text(exchange->arena, alert.id), exchange->arena);
    }
    arena_finish(&scratch);
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
