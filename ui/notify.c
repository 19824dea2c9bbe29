#include "ui/notify.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "ui/term.h"

/* A poll brings an alert some time after it began; what is older when it appears is a row that moved. */
#define NEWS_MAX_AGE_MS (10 * MINUTE_MS)
#define TEXT_MAX_BYTES 200

void
notify_init(struct notify *notify, const struct profile *profile, const struct zone *zone,
            int64_t now_ms)
{
    *notify = (struct notify){.profile = profile, .zone = zone, .since_ms = now_ms};
}

bool
notify_is_wanted(const struct notify *notify)
{
    return notify->profile->notify && notify->profile->notify[0];
}

bool
notify_is_quiet(const struct notify *notify, int64_t now_ms)
{
    int from, until;
    if (!config_hours(notify->profile->quiet_hours, &from, &until))
        return false;
    struct civil now = zone_to_civil(notify->zone, now_ms);
    int minute = now.hour * 60 + now.minute;
    return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}

/* Notes the alert; false when it was known. */
static bool
is_new(struct notify *notify, const char *id)
{
    uint64_t digest = digest_row(id, strlen(id));
    for (size_t i = 0; i < NOTIFIED_MAX; i++)
        if (notify->known[i] == digest)
            return false;
    notify->known[notify->known_next++ % NOTIFIED_MAX] = digest;
    return true;
}

const char *
notify_text(struct notify *notify, const struct firing_alert *alerts, size_t len, int64_t now_ms,
            struct arena *arena)
{
    const struct firing_alert *first = NULL;
    size_t news = 0;
    for (size_t i = 0; i < len; i++) {
        if (!is_new(notify, alerts[i].id) || !notify->primed)
            continue;
        news++;
        if (!first || alerts[i].severity_digit < first->severity_digit)
            first = &alerts[i];
    }
    notify->primed = true;
    if (!first || notify_is_quiet(notify, now_ms))
        return "";
    const char *more = news > 1 ? arena_printf(arena, " (and %zu more)", news - 1) : "";
    return arena_printf(arena, "S%d %s%s", (int)first->severity_digit,
                        text_clean(arena, first->title, TEXT_MAX_BYTES), more);
}

int64_t
notify_since(const struct notify *notify, int64_t now_ms)
{
    int64_t recent = now_ms - NEWS_MAX_AGE_MS, start = notify->since_ms - NEWS_MAX_AGE_MS;
    return recent > start ? recent : start;
}

void
notify_send(const struct notify *notify, const char *text, struct arena *arena)
{
    const char *clean = text_clean(arena, text, TEXT_MAX_BYTES);
    for (const char *const *way = notify->profile->notify; *way; way++)
        if (strcmp(*way, "bell") == 0)
            term_bell();
        else if (strcmp(*way, "osc9") == 0)
            term_send_osc(arena_printf(arena, "9;%s", clean));
        else
            term_send_osc(arena_printf(arena, "777;notify;tocsin;%s", clean));
}
