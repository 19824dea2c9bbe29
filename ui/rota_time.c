#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "ui/rota.h"

#define FORTNIGHT_MIN_COLS 110
#define SLOT_MS (30 * MINUTE_MS)

/* ---- rulers ---- */

const struct zone *
rota_schedule_zone(const struct view *view, const struct rota_schedule *schedule)
{
    const struct zone *zone;
    struct error
        unknown; /* a zone this machine does not have: the viewer's will do, and is named */
    return zone_open(schedule->timezone, &zone, &unknown) ? zone : view->settings->zone;
}

const struct zone *
rota_zone(const struct view *view, const struct rota_window *window)
{
    if (view->settings->time_style == TIME_UTC)
        return zone_utc();
    if (view->settings->time_style == TIME_VIEWER || window->schedules_len == 0)
        return view->settings->zone;
    for (size_t i = 1; i < window->schedules_len; i++)
        if (!text_equals(window->schedules[i].timezone, window->schedules[0].timezone))
            return view->settings->zone;
    return rota_schedule_zone(view, &window->schedules[0]);
}

const struct zone *
rota_other_zone(const struct view *view, const struct rota_window *window, const struct zone *zone)
{
    if (!text_equals(zone_name(zone), zone_name(view->settings->zone)))
        return view->settings->zone;
    for (size_t i = 0; i < window->schedules_len; i++) {
        const struct zone *other = rota_schedule_zone(view, &window->schedules[i]);
        if (!text_equals(zone_name(zone), zone_name(other)))
            return other;
    }
    return NULL;
}

const char *
rota_city(const struct zone *zone, struct arena *arena)
{
    const char *name = zone_name(zone);
    const char *slash = strrchr(name, '/');
    char *city = arena_text(arena, slash ? slash + 1 : name);
    for (char *at = city; *at; at++)
        if (*at == '_')
            *at = ' ';
    return city;
}

/* ---- days ---- */

struct civil
rota_date(int day)
{
    return zone_to_civil(zone_utc(), zone_day_at(zone_utc(), day));
}

int
rota_weekday(int day)
{
    return ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
}

/* 0 = Monday. Who chose no country gets the international week. */
static int
first_weekday_of_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_TIME", "LANG"};
    const char *name = "";
    for (size_t i = 0; !*name && i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        name = value ? value : "";
    }
    if (!strchr(name, '_'))
        return 0;
    locale_t locale = newlocale(LC_TIME_MASK, "", (locale_t)0);
    if (!locale)
        return 0;
    /* The second counts from 1 and from the first, which is a Sunday or a Monday written as a date. */
    int from = (uint32_t)(uintptr_t)nl_langinfo_l(_NL_TIME_WEEK_1STDAY, locale) == 19971201 ? 0 : 6;
    int weekday = (from + *nl_langinfo_l(_NL_TIME_FIRST_WEEKDAY, locale) - 1) % 7;
    freelocale(locale);
    return weekday;
}

static int
first_weekday(const struct view_settings *settings)
{
    static int of_locale = -1; /* read once: it is asked for each frame */
    int chosen =
        text_is_empty(settings->week_starts) ? -1 : weekday_from_name(settings->week_starts);
    if (chosen >= 0)
        return chosen;
    if (of_locale < 0)
        of_locale = first_weekday_of_locale();
    return of_locale;
}

int
rota_week_of(const struct view_settings *settings, int day)
{
    return day - (rota_weekday(day) + 7 - first_weekday(settings)) % 7;
}

int
rota_month_of(int day)
{
    return day - rota_date(day).day + 1;
}

int
rota_month_after(int month, int months)
{
    struct civil date = rota_date(month);
    date.month += months;
    return zone_day_number(zone_utc(), zone_from_civil(zone_utc(), date));
}

int
rota_grid_days(int cols)
{
    return cols >= FORTNIGHT_MIN_COLS ? 14 : 7;
}

int
rota_grid_from(const struct view_settings *settings, int today, int day, int days)
{
    int this_week = rota_week_of(settings, today);
    int off = day - this_week;
    return this_week + (off - (off % days + days) % days);
}

int
rota_month_days(const struct view_settings *settings, int day, int *from)
{
    int month = rota_month_of(day);
    *from = rota_week_of(settings, month);
    return rota_week_of(settings, rota_month_after(month, 1) - 1) + 7 - *from;
}

const char *
rota_date_text(int day, struct arena *arena)
{
    struct civil date = rota_date(day);
    return arena_printf(arena, "%s %d %s", weekday_names[date.weekday], date.day,
                        month_names[date.month - 1]);
}

const char *
rota_hours_text(const struct rota *rota, int day)
{
    int minutes =
        (int)((zone_day_at(rota->zone, day + 1) - zone_day_at(rota->zone, day)) / MINUTE_MS);
    if (minutes == 24 * 60)
        return "";
    return minutes % 60 ? arena_printf(rota->table->arena, "%dh %02dm", minutes / 60, minutes % 60)
                        : arena_printf(rota->table->arena, "%dh", minutes / 60);
}

const char *
rota_span_text(const struct rota *rota, int64_t start_at, int64_t end_at)
{
    char start[MOMENT_SIZE], end[MOMENT_SIZE];
    bool same_day =
        zone_day_number(rota->zone, start_at) == zone_day_number(rota->zone, end_at - 1);
    moment_text(rota->zone, start_at, rota->now_ms, start);
    if (same_day)
        clock_text(rota->zone, end_at, end);
    else
        moment_text(rota->zone, end_at, rota->now_ms, end);
    return arena_printf(rota->table->arena, "%s-%s", start, end);
}

/* ---- the half hours of a day ---- */

size_t
rota_slots(const struct zone *zone, int day, struct rota_slot slots[ROTA_SLOTS_MAX])
{
    int64_t at_ms = zone_day_at(zone, day), to_ms = zone_day_at(zone, day + 1);
    int wall = 0; /* minutes of the day that the next slot should begin at */
    size_t len = 0;
    while (len < ROTA_SLOTS_MAX) {
        struct civil civil = zone_to_civil(zone, at_ms);
        int minutes = at_ms < to_ms ? civil.hour * 60 + civil.minute : 24 * 60;
        if (at_ms >= to_ms && wall >= minutes)
            break;
        bool missing = wall < minutes;
        struct rota_slot *slot = &slots[len++];
        *slot = (struct rota_slot){.from_ms = at_ms, .to_ms = at_ms, .missing = missing};
        slot->hour = (missing ? wall : minutes) / 60;
        slot->minute = (missing ? wall : minutes) % 60;
        if (missing) {
            wall += 30;
            continue;
        }
        slot->repeat = zone_repeat(zone, at_ms);
        slot->to_ms = at_ms += at_ms + SLOT_MS < to_ms ? SLOT_MS : to_ms - at_ms;
        wall = minutes + 30;
    }
    return len;
}
