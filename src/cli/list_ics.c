#include "cli/list_ics.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/output.h"
#include "report/ics.h"
#include "store/shift.h"

struct calendar {
    struct store *cache;
    struct ics_calendar head;
    struct str text; /* printed shift by shift */
    struct arena scratch;
    struct error *err;
    bool ok;
};

static void
print(struct calendar *calendar)
{
    (void)fputs(str_text(&calendar->text), stdout); /* ferror is asked at the end */
    str_clear(&calendar->text);
}

static bool
add_shift(void *context, const char *id)
{
    struct calendar *calendar = context;
    struct shift_facts shift;
    bool found;

    arena_reset(&calendar->scratch);
    calendar->ok =
        shift_facts_read(calendar->cache, id, &calendar->scratch, &shift, &found, calendar->err);
    if (!calendar->ok || !found)
        return calendar->ok;
    const struct ics_shift event = {
        .schedule_id = shift.schedule_id,
        .rotation_id = shift.rotation_id,
        .layer_id = shift.layer_id,
        .start_at = shift.start_at,
        .end_at = shift.end_at,
        .person = shift.person,
        .covers = shift.is_override ? shift.instead_of : "",
        .is_override = shift.is_override,
        .schedule = shift.schedule,
        .rotation = shift.rotation,
        .zone = shift.zone,
        .url = shift.permalink,
    };
    ics_add(&calendar->text, &calendar->head, &event);
    print(calendar);
    return ferror(stdout) == 0;
}

bool
list_ics(struct cli *cli, struct store *cache, const struct profile *profile,
         const struct cache_query *query, struct error *err)
{
    const struct zone *zone;
    if (cli->jq)
        return error_set(err, ERROR_USAGE, "--jq takes JSON, which --ics is not");
    if (!output_zone(profile, &zone, err))
        return false;

    struct cache_query ids = *query;
    ids.ids = true;
    struct calendar calendar = {
        .cache = cache,
        .head = {.name = "On call", .zone = zone_name(zone), .now_ms = clock_now_ms()},
        .err = err,
        .ok = true,
    };
    str_init(&calendar.text, 0);
    ics_begin(&calendar.text, &calendar.head);
    print(&calendar);
    bool ok =
        cache_list(cache, KIND_SCHEDULE_ENTRY, &ids, add_shift, &calendar, err) && calendar.ok;
    if (ok) {
        ics_end(&calendar.text);
        print(&calendar);
    }
    if (ok && (fflush(stdout) != 0 || ferror(stdout)))
        ok = error_set(err, ERROR_FILE, "cannot write the output");
    str_finish(&calendar.text);
    arena_finish(&calendar.scratch);
    return ok;
}
