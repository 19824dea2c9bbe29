#include "store/window.h"

#include <string.h>

#include "store/cache.h"
#include "store/held.h"
#include "store/pipeline_run.h"

#define LAST_RANK 5 /* fires, without a severity */

/* Of those that nobody took, the oldest that no maintenance window holds; 0 and "" = none. */
static bool
read_unheld(struct store *store, int64_t rank, int64_t now_ms, struct arena *arena, const char **id,
            int64_t *oldest_at, struct error *err)
{
    struct statement *statement;
    const char *name = "held";
    int64_t until_ms;
    bool row;
    *oldest_at = 0;
    *id = "";
    if (!store_statement(store, SQL_HEADER_UNACKED, &statement, err))
        return false;
    bind_integer(statement, "rank", rank);
    for (;;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const char *oldest = row_text(statement, arena, 0);
        if (!held_by(store, oldest, now_ms, arena, &name, &until_ms, err))
            return false;
        if (*name)
            continue;
        *id = oldest;
        *oldest_at = row_integer(statement, 1);
        statement_reset(statement);
        return true;
    }
}

/* What nobody took: the most severe come first, and of them the oldest is told. */
static bool
read_firing(struct store *store, int64_t now_ms, struct arena *arena, struct header_facts *header,
            struct error *err)
{
    struct statement *statement;
    const char *id;
    bool row, any_held;
    if (!held_any(store, now_ms, &any_held, err) ||
        !store_statement(store, SQL_HEADER_FIRING, &statement, err))
        return false;
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        int64_t rank = row_integer(statement, 0);
        int64_t firing = row_integer(statement, 1);
        int64_t oldest_at = row_integer(statement, 2);
        int digit = rank >= 1 && rank <= 4 ? (int)rank : 0;
        header->firing[digit] = firing;
        header->firing_total += firing;
        if (!oldest_at || header->unacked_at)
            continue;
        if (any_held && !read_unheld(store, rank, now_ms, arena, &id, &oldest_at, err))
            return false;
        header->unacked_at = oldest_at;
        header->unacked_digit = digit;
    }
    return false;
}

bool
window_unacked(struct store *store, int64_t now_ms, struct arena *arena, const char **id,
               struct error *err)
{
    int64_t at;
    *id = "";
    for (int rank = 1; rank <= LAST_RANK && !**id; rank++)
        if (!read_unheld(store, rank, now_ms, arena, id, &at, err))
            return false;
    return true;
}

static bool
read_last_resolved(struct store *store, struct header_facts *header, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_HEADER_RESOLVED, &statement, err) ||
        !statement_step(statement, &row, err))
        return false;
    header->resolved_last_at = row ? row_integer(statement, 0) : 0;
    statement_reset(statement);
    return true;
}

static bool
is_followed(const char *const *schedules, const char *name)
{
    if (!schedules || !*schedules)
        return true;
    for (; *schedules; schedules++)
        if (strcmp(*schedules, name) == 0)
            return true;
    return false;
}

#define ON_CALL_MAX 8

/*
 * Folds the next shift of a schedule (they come by start) into who is on now, until when, and who is next. A shift that
 * goes on with the same person makes "until" later.
 */
static void
fold_shift(struct on_call *on_call, const char *person, int64_t start_at, int64_t end_at,
           int64_t now_ms)
{
    if (start_at <= now_ms) {
        if (!*on_call->now) {
            on_call->now = person;
            on_call->until = end_at;
        } else if (strcmp(on_call->now, person) == 0 && end_at > on_call->until) {
            on_call->until = end_at;
        }
        return;
    }
    if (*on_call->next)
        return;
    if (*on_call->now && strcmp(on_call->now, person) == 0 &&
        start_at <= on_call->until + MINUTE_MS) {
        if (end_at > on_call->until)
            on_call->until = end_at;
        return;
    }
    on_call->next = person;
    if (!*on_call->now)
        on_call->until = start_at;
}

static bool
read_on_call(struct store *store, const char *const *schedules, int64_t now_ms, struct arena *arena,
             struct header_facts *header, struct error *err)
{
    struct statement *statement;
    struct on_call *items = arena_new_array(arena, ON_CALL_MAX, struct on_call);
    bool row;
    header->on_call = items;
    if (!store_statement(store, SQL_HEADER_ON_CALL, &statement, err))
        return false;
    bind_integer(statement, "now", now_ms);
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        const char *schedule = row_text_borrowed(statement, 0);
        if (!is_followed(schedules, schedule))
            continue;
        size_t len = header->on_call_len;
        if (len == 0 || strcmp(items[len - 1].schedule, schedule) != 0) {
            if (len == ON_CALL_MAX)
                continue;
            items[len] = (struct on_call){arena_text(arena, schedule), "", "", 0};
            header->on_call_len = ++len;
        }
        if (*row_text_borrowed(statement, 1))
            fold_shift(&items[len - 1], row_text(statement, arena, 2), row_integer(statement, 3),
                       row_integer(statement, 4), now_ms);
    }
    return false;
}

bool
window_header(struct store *store, const char *const *schedules, int64_t now_ms,
              struct arena *arena, struct header_facts *header, struct error *err)
{
    int64_t permille;
    *header = (struct header_facts){.budget_percent = -1};
    if (beat_get(store, "rate.used_permille", &permille))
        header->budget_percent = (int)(permille / 10);
    (void)beat_get(store, "clock.skew_ms", &header->clock_skew_ms); /* unknown = 0 */
    return read_firing(store, now_ms, arena, header, err) &&
           (header->firing_total > 0 || read_last_resolved(store, header, err)) &&
           read_on_call(store, schedules, now_ms, arena, header, err);
}

bool
window_runs(struct store *store, int rows, struct arena *arena, struct header_facts *header,
            struct error *err)
{
    struct pipeline_run *runs;
    const bool ok = pipeline_run_newest(store, rows, arena, &runs, &header->runs_len, err);
    header->runs = runs;
    return ok;
}

bool
window_sources(struct store *store, struct arena *arena, const struct source_state **sources,
               size_t *sources_len, struct error *err)
{
    const struct freshness *items;
    size_t len;
    if (!freshness_all(store, arena, &items, &len, err))
        return false;
    struct source_state *states = arena_new_array(arena, len + 1, struct source_state);
    for (size_t i = 0; i < len; i++)
        states[i] = (struct source_state){
            .resource = items[i].resource,
            .last_complete_at = items[i].last_complete_at,
            .last_attempt_at = items[i].last_attempt_at,
            .interval_ms = items[i].interval_ms,
            .error_code = items[i].error_code,
            .error_message = items[i].error_message,
            .error_request_id = items[i].error_request_id,
            .error_since = items[i].error_since,
            .retry_at = items[i].retry_at,
            .history_until = items[i].history_until,
        };
    *sources = states;
    *sources_len = len;
    return true;
}
