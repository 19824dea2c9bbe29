#include "hub/oncall.h"

#include <string.h>

#include "base/clock.h"
#include "hub/duty.h"
#include "hub/filters.h"
#include "hub/lists.h"
#include "hub/schedules.h"
#include "wire/wire.h"

static bool
read_duty(struct exchange *exchange, const char *json, struct duty *duty)
{
    struct error err;
    return duty_read(exchange->store, json, exchange->arena, duty, &err) ||
           (err.code == ERROR_STORE ? answer_failure(exchange, &err)
                                    : answer_broken(exchange, &err));
}

bool
oncall_schedule_shifts(struct exchange *exchange, const char *schedule_id,
                       struct schedule_shifts *shifts)
{
    struct duty duty;
    struct error err;
    bool found;

    *shifts = (struct schedule_shifts){0};
    if (!cache_get(exchange->store, KIND_SCHEDULE, schedule_id, exchange->arena, &duty.schedule,
                   &found, &err))
        return answer_failure(exchange, &err);
    if (!found)
        return true;
    if (!read_duty(exchange, duty.schedule.json, &duty))
        return false;
    return schedule_plan_shifts(duty.plan, duty.overrides, duty.overrides_len, exchange->now_ms,
                                exchange->arena, shifts, &err) ||
           answer_broken(exchange, &err);
}

/* ---- schedules ---- */

enum { NEXT_SHIFTS_PAGE_MAX = 25 };

const char *
render_schedule(struct exchange *exchange, const char *json)
{
    struct duty duty;
    struct schedule_shifts shifts;
    struct error err;

    if (!read_duty(exchange, json, &duty))
        return NULL;
    if (!schedule_plan_shifts(duty.plan, duty.overrides, duty.overrides_len, exchange->now_ms,
                              exchange->arena, &shifts, &err)) {
        (void)answer_broken(exchange, &err);
        return NULL;
    }
    duty.schedule.current_shifts = shifts.current;
    duty.schedule.current_shifts_len = shifts.current_len;
    duty.schedule.next_shifts = shifts.next;
    duty.schedule.next_shifts_len =
        exchange->page_size > NEXT_SHIFTS_PAGE_MAX ? 0 : shifts.next_len;
    return wire_write_object(&schedule_table, &duty.schedule, exchange->arena);
}

/* ---- entries ---- */

/*
 * Pages are spans of time. `after` is opaque to clients: "~" and the instant where the last page ended; a page that
 * begins so leaves out what already overlapped the page before.
 */
struct window {
    int64_t from, to; /* of this page */
    int64_t end;      /* of all pages */
    bool is_continuation;
};

enum { WINDOW_DEFAULT_DAYS = 28 };

static bool
read_window_time(struct exchange *exchange, const char *name, int64_t *time_ms)
{
    const char *text = request_parameter(exchange->request, name);

    if (text[0] == '\0' || time_from_rfc3339(text, time_ms))
        return true;
    return answer_invalid(exchange, name, "expected a time (2026-08-20T09:30:00Z), got '%s'", text);
}

static bool
read_window(struct exchange *exchange, struct window *window)
{
    const char *start = request_parameter(exchange->request, "entry_window_start");

    *window = (struct window){.from = exchange->now_ms, .is_continuation = start[0] == '~'};
    if (window->is_continuation) {
        if (!time_from_rfc3339(start + 1, &window->from))
            return answer_invalid(exchange, "entry_window_start",
                                  "'%s' is not where a page of this list ended", start);
    } else if (!read_window_time(exchange, "entry_window_start", &window->from)) {
        return false;
    }
    window->end = window->from + WINDOW_DEFAULT_DAYS * DAY_MS;
    if (!read_window_time(exchange, "entry_window_end", &window->end))
        return false;
    if (window->end < window->from)
        return answer_invalid(exchange, "entry_window_end", "the window ends before it begins");
    window->to = window->end;
    if (window->end - window->from > SCHEDULE_WINDOW_MAX_DAYS * DAY_MS)
        window->to = window->from + SCHEDULE_WINDOW_MAX_DAYS * DAY_MS;
    return true;
}

static void
append_entries(struct exchange *exchange, const char *name, const struct schedule_entry *entries,
               size_t entries_len, int64_t from_ms)
{
    struct str *body = &exchange->body;
    bool first = true;

    str_printf(body, "\"%s\":[", name);
    for (size_t i = 0; i < entries_len; i++) {
        if (entries[i].start_at < from_ms)
            continue;
        str_append(body, first ? "" : ",");
        str_append(body, wire_write_object(&schedule_entry_table, &entries[i], exchange->arena));
        first = false;
    }
    str_append_char(body, ']');
}

void
oncall_append_entries(struct exchange *exchange, const struct schedule_entries *entries,
                      int64_t from_ms)
{
    str_append(&exchange->body, "\"schedule_entries\":{");
    append_entries(exchange, "final", entries->final, entries->final_len, from_ms);
    str_append_char(&exchange->body, ',');
    append_entries(exchange, "overrides", entries->overrides, entries->overrides_len, from_ms);
    str_append_char(&exchange->body, ',');
    append_entries(exchange, "scheduled", entries->scheduled, entries->scheduled_len, from_ms);
    str_append_char(&exchange->body, '}');
}

/* Characters that stand for themselves in a query. */
static void
append_escaped(struct str *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     strchr("-._~", c);
        if (plain)
            str_append_char(out, (char)c);
        else
            str_printf(out, "%%%02X", c);
    }
}

static void
append_next_page(struct exchange *exchange, const struct window *window, const char *schedule_id)
{
    struct str *body = &exchange->body;
    struct str url;
    char after[RFC3339_SIZE + 1] = "~", end[RFC3339_SIZE];

    time_to_rfc3339(window->to, after + 1);
    time_to_rfc3339(window->end, end);
    str_init(&url, 2 * REQUEST_TARGET_MAX_BYTES);
    str_printf(&url, "%s/v2/schedule_entries?schedule_id=", exchange->base_url);
    append_escaped(&url, schedule_id);
    str_append(&url, "&entry_window_start=");
    append_escaped(&url, after);
    str_append(&url, "&entry_window_end=");
    append_escaped(&url, end);
    str_append(body, ",\"pagination_meta\":{\"after\":");
    wire_append_string(body, after);
    str_append(body, ",\"after_url\":");
    wire_append_string(body, str_text(&url));
    str_append_char(body, '}');
    str_finish(&url);
}

void
answer_schedule_entries(struct exchange *exchange)
{
    const char *schedule_id = request_parameter(exchange->request, "schedule_id");
    struct window window;
    struct duty duty;
    struct schedule_entries entries;
    struct error err;
    bool found;

    if (schedule_id[0] == '\0') {
        (void)answer_error(exchange, 422, "is_required", "schedule_id", "'schedule_id' is missing");
        return;
    }
    if (!read_window(exchange, &window))
        return;
    if (!cache_get(exchange->store, KIND_SCHEDULE, schedule_id, exchange->arena, &duty.schedule,
                   &found, &err)) {
        (void)answer_failure(exchange, &err);
        return;
    }
    if (!found) {
        (void)answer_not_found(exchange);
        return;
    }
    if (!read_duty(exchange, duty.schedule.json, &duty))
        return;
    if (!schedule_plan_entries(duty.plan, duty.overrides, duty.overrides_len, window.from,
                               window.to, exchange->arena, &entries, &err)) {
        (void)answer_failure(exchange, &err);
        return;
    }
    str_append_char(&exchange->body, '{');
    oncall_append_entries(exchange, &entries, window.is_continuation ? window.from : INT64_MIN);
    if (window.to < window.end)
        append_next_page(exchange, &window, schedule_id);
    str_append_char(&exchange->body, '}');
    answer_ok(exchange);
}
