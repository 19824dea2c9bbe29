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

static bool
has(const char *const *list, const char *word)
{
    for (; list && *list; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

bool
notify_is_wanted(const struct notify *notify, const char *event)
{
    const struct profile *profile = notify->profile;
    return ((profile->notify && *profile->notify) ||
            (profile->notify_command && *profile->notify_command)) &&
           has(profile->notify_events, event);
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

size_t
notify_news(struct notify *notify, const struct firing_alert *alerts, size_t len, int64_t now_ms,
            struct arena *arena, const struct firing_alert **news)
{
    struct firing_alert *found = arena_new_array(arena, len + 1, struct firing_alert);
    size_t found_len = 0;
    for (size_t i = 0; i < len; i++)
        if (is_new(notify, alerts[i].id) && notify->primed)
            found[found_len++] = alerts[i];
    notify->primed = true;
    *news = found;
    return notify_is_quiet(notify, now_ms) ? 0 : found_len;
}

const char *
notify_text(const struct firing_alert *news, size_t len, struct arena *arena)
{
    const struct firing_alert *first = NULL;
    for (size_t i = 0; i < len; i++)
        if (!first || news[i].severity_digit < first->severity_digit)
            first = &news[i];
    if (!first)
        return "";
    const char *more = len > 1 ? arena_printf(arena, " (and %zu more)", len - 1) : "";
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
    for (const char *const *way = notify->profile->notify; way && *way; way++)
        if (strcmp(*way, "bell") == 0)
            term_bell();
        else if (strcmp(*way, "osc9") == 0)
            term_send_osc(arena_printf(arena, "9;%s", clean));
        else
            term_send_osc(arena_printf(arena, "777;notify;tocsin;%s", clean));
}
