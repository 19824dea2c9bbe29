#include "sync/keep.h"

#include <string.h>

#include "base/clock.h"
#include "wire/wire.h"

enum { ROWS_A_COMMIT = 1000, FLUSH_AFTER_MS = 200 };

static bool
read_ranks(struct keep *keep, bool *changed, struct error *err)
{
    struct statement *statement;
    int64_t *ranks = NULL;
    size_t len = 0, cap = 0;
    bool row;
    if (!store_statement(keep->store, SQL_SYNC_SEVERITY_RANKS, &statement, err))
        return false;
    while (true) {
        if (!statement_step(statement, &row, err)) {
            memory_free(ranks);
            return false;
        }
        if (!row)
            break;
        if (len == cap) {
            cap = cap ? cap * 2 : 8;
            ranks = memory_resize(ranks, cap * sizeof *ranks);
        }
        ranks[len++] = row_integer(statement, 0);
    }
    *changed = len != keep->severity_ranks_len ||
               (len && memcmp(ranks, keep->severity_ranks, len * sizeof *ranks) != 0);
    memory_free(keep->severity_ranks);
    keep->severity_ranks = ranks;
    keep->severity_ranks_len = len;
    return true;
}

bool
keep_init(struct keep *keep, struct error *err)
{
    bool changed;
    return read_ranks(keep, &changed, err);
}

void
keep_finish(struct keep *keep)
{
    if (!keep->store)
        return;
    if (keep->in_transaction)
        store_rollback(keep->store);
    loop_cancel(keep->loop, keep->flush_timer);
    memory_free(keep->severity_ranks);
    *keep = (struct keep){0};
}

bool
keep_begin(struct keep *keep, struct error *err)
{
    if (keep->in_transaction)
        return true;
    keep->in_transaction = store_begin(keep->store, err);
    return keep->in_transaction;
}

bool
keep_flush(struct keep *keep, struct error *err)
{
    loop_cancel(keep->loop, keep->flush_timer);
    keep->flush_timer = 0;
    if (!keep->in_transaction)
        return true;
    keep->in_transaction = false;
    keep->rows = 0;
    if (cache_index(keep->store, err) && store_commit(keep->store, err))
        return true;
    store_rollback(keep->store);
    return false;
}

static void
flush_late(void *context)
{
    struct keep *keep = context;
    struct error err = {0};
    keep->flush_timer = 0;
    if (!keep_flush(keep, &err))
        keep->on_failure(keep->context, &err);
}

bool
keep_end(struct keep *keep, struct error *err)
{
    if (!keep->in_bulk || keep->rows >= ROWS_A_COMMIT)
        return keep_flush(keep, err);
    if (!keep->flush_timer)
        keep->flush_timer = loop_after(keep->loop, FLUSH_AFTER_MS, flush_late, keep);
    return true;
}

bool
keep_put(struct keep *keep, enum kind kind, void *object, enum cache_change *change,
         struct error *err)
{
    model_derive(kind, object, keep->derivation, keep->severity_ranks, keep->severity_ranks_len);
    if (!cache_put(keep->store, kind, object, clock_now_ms(), change, err))
        return false;
    keep->rows++;
    keep->counts[kind].inserted += *change == CACHE_INSERTED;
    keep->counts[kind].changed += *change == CACHE_CHANGED;
    return true;
}

bool
keep_delete(struct keep *keep, enum kind kind, const char *id, struct error *err)
{
    if (!cache_delete(keep->store, kind, id, clock_now_ms(), err))
        return false;
    keep->rows++;
    keep->counts[kind].deleted++;
    return true;
}

/* ---- deriving anew ---- */

struct rederive {
    struct keep *keep;
    struct arena *arena;
    const char **jsons;
    size_t len, cap;
};

static bool
collect_json(void *context, const char *json)
{
    struct rederive *all = context;
    if (all->len == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 64;
        all->jsons = memory_resize(all->jsons, all->cap * sizeof *all->jsons);
    }
    all->jsons[all->len++] = arena_text(all->arena, json);
    return true;
}

static bool
rederive_one(struct keep *keep, const char *json, struct arena *arena, struct error *err)
{
    struct incident *incident = arena_new(arena, struct incident);
    enum cache_change change;
    if (!wire_read_object(KIND_INCIDENT, slice_of(json), arena, incident, err))
        return true; /* it was readable when it came; it will come again */
    model_derive(KIND_INCIDENT, incident, keep->derivation, keep->severity_ranks,
                 keep->severity_ranks_len);
    return cache_put(keep->store, KIND_INCIDENT, incident, clock_now_ms(), &change, err);
}

bool
keep_severities(struct keep *keep, struct error *err)
{
    bool changed;
    if (!read_ranks(keep, &changed, err))
        return false;
    if (!changed)
        return true;

    struct arena texts = {0}, scratch = {0};
    struct rederive all = {.keep = keep, .arena = &texts};
    const struct cache_query everything = {0};
    bool ok = cache_list(keep->store, KIND_INCIDENT, &everything, collect_json, &all, err) &&
              keep_begin(keep, err);
    for (size_t i = 0; ok && i < all.len; i++) {
        ok = rederive_one(keep, all.jsons[i], &scratch, err);
        arena_reset(&scratch);
    }
    memory_free(all.jsons);
    arena_finish(&texts);
    arena_finish(&scratch);
    return ok && keep_end(keep, err);
}
