#include "hub/calendar.h"

#include "base/clock.h"
#include "hub/duty.h"
#include "hub/schedule_config.h"
#include "model/oncall.h"
#include "report/ics.h"
#include "wire/wire.h"

enum {
    CALENDAR_PAST_DAYS = 28,
    CALENDAR_AHEAD_DAYS = SCHEDULE_WINDOW_MAX_DAYS,
    CALENDAR_ENTRIES_MAX = 20000, /* of all its schedules: some 15 MB */
};

/* A schedule with what its events say of it. */
struct rota {
    struct duty duty;
    struct schedule_config config; /* for the rotations' names */
    struct schedule_entries entries;
};

static bool
read_rota(struct exchange *exchange, const char *json, struct rota *rota)
{
    struct arena *arena = exchange->arena;
    struct error err;

    if (!duty_read(exchange->store, json, arena, &rota->duty, &err) ||
        !wire_read_fields(&schedule_config_table,
                          slice_of(*rota->duty.schedule.config ? rota->duty.schedule.config : "{}"),
                          arena, &rota->config, &err) ||
        !schedule_plan_entries(rota->duty.plan, rota->duty.overrides, rota->duty.overrides_len,
                               exchange->now_ms - CALENDAR_PAST_DAYS * DAY_MS,
                               exchange->now_ms + CALENDAR_AHEAD_DAYS * DAY_MS, arena,
                               &rota->entries, &err))
        return answer_broken(exchange, &err);
    return true;
}

static const char *
rotation_name(const struct schedule_config *config, const char *rotation_id)
{
    for (size_t i = 0; i < config->rotations_len; i++)
        if (text_equals(config->rotations[i].id, rotation_id))
            return config->rotations[i].name;
    return "";
}

static void
add_rota(struct exchange *exchange, const struct ics_calendar *calendar, const struct rota *rota)
{
    const struct schedule *schedule = &rota->duty.schedule;
    const char *user_id = request_parameter(exchange->request, "user_id");
    const struct oncall_shifts shifts = {
        .final = rota->entries.final,
        .final_len = rota->entries.final_len,
        .scheduled = rota->entries.scheduled,
        .scheduled_len = rota->entries.scheduled_len,
        .overrides = rota->entries.overrides,
        .overrides_len = rota->entries.overrides_len,
    };

    for (size_t i = 0; i < rota->entries.final_len; i++) {
        const struct schedule_entry *entry = &rota->entries.final[i];
        bool is_override = entry->entry_id[0] != '\0';
        const struct schedule_entry *instead =
            is_override ? oncall_scheduled_instead(&shifts, entry) : NULL;
        if (*user_id && !text_equals(entry->user_id, user_id))
            continue;
        const struct ics_shift shift = {
            .schedule_id = schedule->id,
            .rotation_id = entry->rotation_id,
            .layer_id = entry->layer_id,
            .start_at = entry->start_at,
            .end_at = entry->end_at,
            .person = entry->user_name,
            .covers = instead ? instead->user_name : "",
            .is_override = is_override,
            .schedule = schedule->name,
            .rotation = rotation_name(&rota->config, entry->rotation_id),
            .zone = schedule->timezone,
            .url = schedule->permalink,
        };
        ics_add(&exchange->body, calendar, &shift);
    }
}

static bool
add_json(void *context, const char *json)
{
    struct exchange *exchange = ((void **)context)[0];
    text_list_add(((void **)context)[1], arena_text(exchange->arena, json), exchange->arena);
    return true;
}

/* The schedules asked for, as JSON: those named, or all. */
static bool
find_schedules(struct exchange *exchange, struct text_list *found)
{
    const struct request *request = exchange->request;
    struct text_list ids = {0};
    void *context[] = {exchange, found};
    struct error err;

    for (size_t i = 0; i < request->parameters_len; i++)
        if (text_equals(request->parameters[i].name, "schedule_id") &&
            *request->parameters[i].value)
            text_list_add(&ids, request->parameters[i].value, exchange->arena);
    const struct cache_filter named = {
        .column = "id", .test = CACHE_IS, .values = ids.items, .values_len = ids.len};
    const struct cache_query query = {
        .filters = &named, .filters_len = ids.len ? 1 : 0, .oldest_first = true};
    if (!cache_list(exchange->store, KIND_SCHEDULE, &query, add_json, context, &err))
        return answer_failure(exchange, &err);
    return found->len > 0 || ids.len == 0 ||
           answer_error(exchange, 404, "resource_not_found", "schedule_id",
                        "there is no such schedule");
}

void
answer_calendar(struct exchange *exchange)
{
    struct text_list found = {0};

    if (!find_schedules(exchange, &found))
        return;
    struct rota *rotas = arena_new_array(exchange->arena, found.len, struct rota);
    size_t entries_len = 0;
    for (size_t i = 0; i < found.len; i++) {
        if (!read_rota(exchange, found.items[i], &rotas[i]))
            return;
        entries_len += rotas[i].entries.final_len;
        if (entries_len > CALENDAR_ENTRIES_MAX) {
            (void)answer_invalid(exchange, "schedule_id",
                                 "these schedules have more than %d shifts together: ask for fewer "
                                 "of them, by 'schedule_id'",
                                 CALENDAR_ENTRIES_MAX);
            return;
        }
    }

    const struct schedule *only = found.len == 1 ? &rotas[0].duty.schedule : NULL;
    const struct ics_calendar calendar = {.name = only ? only->name : "On call",
                                          .zone = only ? only->timezone : "",
                                          .now_ms = exchange->now_ms};
    ics_begin(&exchange->body, &calendar);
    for (size_t i = 0; i < found.len; i++)
        add_rota(exchange, &calendar, &rotas[i]);
    ics_end(&exchange->body);
    answer_ok(exchange);
}
