#include "model/detail.h"

#include "base/zone.h"

struct history
history_of(const struct detail_history *spells, const struct zone *zone, int64_t now_ms)
{
    struct history history = {.days = {{0, 0}}};
    int64_t today = zone_day_start(zone, now_ms);
    for (int i = 0; i < HISTORY_DAYS; i++)
        history.days[i].begins_at = zone_add_days(zone, today, i + 1 - HISTORY_DAYS);

    for (size_t i = 0; i < spells->spells_len; i++) {
        const struct detail_spell *spell = &spells->spells[i];
        int64_t ended_at = spell->ended_at ? spell->ended_at : now_ms;
        int in_window = 0;
        for (int day = 0; day < HISTORY_DAYS; day++) {
            int64_t next = day + 1 < HISTORY_DAYS ? history.days[day + 1].begins_at : INT64_MAX;
            if (spell->began_at < next && ended_at >= history.days[day].begins_at) {
                history.days[day].count++;
                in_window = 1;
            }
        }
        history.total += in_window;
        /* Newest first: one that ended before the failing began, and all before it, have nothing to do with it. */
        bool goes_on =
            !spell->ended_at || (history.failing_since && spell->ended_at >= history.failing_since);
        if (goes_on && (!history.failing_since || spell->began_at < history.failing_since))
            history.failing_since = spell->began_at;
    }
    for (int day = 0; day < HISTORY_DAYS; day++) {
        int count = history.days[day].count;
        history.failing_days += count > 0;
        history.most = count > history.most ? count : history.most;
    }
    return history;
}

const char *
lasted_text(struct arena *arena, int64_t span_ms)
{
    int64_t seconds = span_ms > 0 ? span_ms / SECOND_MS : 0;
    int minutes = (int)(seconds / 60 % 60), hours = (int)(seconds / 3600 % 24);
    int days = (int)(seconds / 86400);
    if (days)
        return hours ? arena_printf(arena, "%d d %d h", days, hours)
                     : arena_printf(arena, "%d d", days);
    if (hours)
        return minutes ? arena_printf(arena, "%d h %d min", hours, minutes)
                       : arena_printf(arena, "%d h", hours);
    int rest = (int)(seconds % 60);
    if (minutes && rest && minutes < 10)
        return arena_printf(arena, "%d min %d s", minutes, rest);
    return minutes ? arena_printf(arena, "%d min", minutes) : arena_printf(arena, "%d s", rest);
}
