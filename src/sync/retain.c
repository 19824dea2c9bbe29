#include "base/clock.h"
#include "sync/engine.h"

/*
 * What the cache keeps. Lists are walked as far back as `history`; what is older was fetched when it was not, and upstream
 * is no longer asked for it: resolved alerts and past shifts go. Whatever is walked whole (incidents, people, …) is few and
 * stays as long as upstream has it. Former states go by their age, `versions`.
 */

enum { ROWS_A_STEP = 500 };

static bool
forget(struct keep *keep, enum kind kind, enum sql sql, int64_t before_ms, size_t *len,
       struct error *err)
{
    struct statement *statement;
    struct arena arena = {0};
    const char **ids = arena_new_array(&arena, ROWS_A_STEP, const char *);
    bool row = true;
    bool ok = store_statement(keep->store, sql, &statement, err);
    *len = 0;
    if (ok) {
        bind_integer(statement, "before", before_ms);
        bind_integer(statement, "rows", ROWS_A_STEP);
    }
    while (ok && (ok = statement_step(statement, &row, err)) && row)
        ids[(*len)++] = row_text(statement, &arena, 0);
    ok = ok && (*len == 0 || keep_begin(keep, err));
    for (size_t i = 0; ok && i < *len; i++)
        ok = keep_delete(keep, kind, ids[i], err);
    arena_finish(&arena);
    return ok && (*len == 0 || keep_end(keep, err));
}

bool
retain_step(struct sync *sync, bool *done, struct error *err)
{
    const struct profile *profile = sync->options.profile;
    const int64_t now_ms = clock_now_ms();
    const int64_t history_from = (now_ms - profile->history_ms) / DAY_MS * DAY_MS;
    size_t alerts, shifts;
    if (!forget(&sync->keep, KIND_ALERT, SQL_SYNC_PAST_ALERTS, history_from, &alerts, err) ||
        !forget(&sync->keep, KIND_SCHEDULE_ENTRY, SQL_SYNC_PAST_SHIFTS, history_from, &shifts, err))
        return false;
    *done = alerts < ROWS_A_STEP && shifts < ROWS_A_STEP;
    return !*done || cache_trim_versions(sync->keep.store, now_ms - profile->versions_ms, err);
}
