#include <stddef.h>
#include <stdio.h>

#include "base/clock.h"

#include "store/cache.h"
#include "store/connection.h"

#define FIELD_OWNER struct freshness
static const struct field freshness_rows[] = {FRESHNESS_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

const struct field_table freshness_table = FIELD_TABLE(freshness, SIZE_MAX);

/* From the first time on that all that fires was known, the past is known (past.h). */
static bool
note_first(struct store *store, const struct freshness *freshness, struct error *err)
{
    struct statement *statement;
    char time[RFC3339_SIZE];
    if (!freshness->last_complete_at || !text_equals(freshness->resource, "firing_alerts"))
        return true;
    if (!store_statement(store, SQL_META_PUT_FIRST, &statement, err))
        return false;
    bind_text(statement, "name", "known_since");
    bind_text(statement, "value", time_to_rfc3339(freshness->last_complete_at, time));
    return statement_run(statement, err);
}

bool
freshness_put(struct store *store, const struct freshness *freshness, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_FRESHNESS_PUT, &statement, err))
        return false;
    bind_object(statement, &freshness_table, freshness);
    return statement_run(statement, err) && note_first(store, freshness, err);
}

/* Sync writes the beat with each row and between them: it is never behind, whatever the clock was set to. */
static void
take_beat(const struct beat *beat, const char *resource, const char *what, int64_t *time_ms)
{
    char name[128];
    int64_t beat_ms;
    (void)snprintf(name, sizeof name, "%s.%s", resource, what); /* too long = no such name */
    if (beat_read(beat, name, &beat_ms) && beat_ms)
        *time_ms = beat_ms;
}

static void
merge(const struct beat *beat, struct freshness *freshness)
{
    take_beat(beat, freshness->resource, "complete", &freshness->last_complete_at);
    take_beat(beat, freshness->resource, "attempt", &freshness->last_attempt_at);
}

bool
freshness_get(struct store *store, const char *resource, struct arena *arena,
              struct freshness *freshness, bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_FRESHNESS_GET, &statement, err))
        return false;
    bind_text(statement, "resource", resource);
    object_clear(&freshness_table, freshness);
    if (!statement_step(statement, found, err))
        return false;
    if (*found) {
        row_read(statement, &freshness_table, arena, freshness);
        merge(beat_refresh(store), freshness);
    }
    statement_reset(statement);
    return true;
}

bool
freshness_all(struct store *store, struct arena *arena, const struct freshness **items,
              size_t *items_len, struct error *err)
{
    struct statement *statement;
    struct freshness *all;
    if (!store_statement(store, SQL_FRESHNESS_ALL, &statement, err) ||
        !statement_read_all(statement, &freshness_table, arena, 0, &all, items_len, err))
        return false;
    const struct beat *beat = beat_refresh(store);
    for (size_t i = 0; i < *items_len; i++)
        merge(beat, &all[i]);
    *items = all;
    return true;
}

bool
meta_put(struct store *store, const char *name, const char *value, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_META_PUT, &statement, err))
        return false;
    bind_text(statement, "name", name);
    bind_text(statement, "value", value);
    return statement_run(statement, err);
}

bool
meta_get(struct store *store, const char *name, struct arena *arena, const char **value,
         struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_META_GET, &statement, err))
        return false;
    bind_text(statement, "name", name);
    if (!statement_step(statement, &row, err))
        return false;
    *value = row ? row_text(statement, arena, 0) : "";
    statement_reset(statement);
    return true;
}
