#include "store/past.h"

#include <string.h>

#include "base/clock.h"
#include "store/cache.h"
#include "store/connection.h"

/*
 * What panes and timelines show; of all else the present state will do. Parents come before what belongs to them.
 *
 * rest: which of the rows that are as they were then come along, besides those that have changed since. What was going on
 * comes whole, of the rest the newest: a board shows the past, it is no archive of it.
 */
#define TEXT_OF(number) #number
#define LIMIT(number) " limit " TEXT_OF(number)
static const struct past_kind {
    enum kind kind;
    const char *rest, *order;
} past_kinds[] = {
    {KIND_ALERT, "feed_rank <= 8", "+created_at desc limit 20000"},
    {KIND_ALERT, "feed_rank = 9 and feed_at <= :at", "feed_at desc" LIMIT(PAST_ALERTS_OVER)},
    {KIND_INCIDENT, "incident_status_category in ('triage', 'live', 'paused')",
     "created_at desc limit 2000"},
    {KIND_INCIDENT, "incident_status_category not in ('triage', 'live', 'paused')",
     "created_at desc" LIMIT(PAST_OTHERS_OVER)},
    {KIND_FOLLOW_UP, "status = 'outstanding'", "created_at desc limit 20000"},
    {KIND_FOLLOW_UP, "status <> 'outstanding'", "created_at desc" LIMIT(PAST_OTHERS_OVER)},
    {KIND_ESCALATION, "true", "created_at desc limit 1000"},
    {KIND_SCHEDULE_ENTRY, "start_at > :at - 60 * 86400000 and start_at < :at + 120 * 86400000",
     "start_at desc limit 20000"},
    {KIND_INCIDENT_ALERT, "incident_id in (select id from temp.incident)", "key desc limit 20000"},
    {KIND_INCIDENT_UPDATE, "incident_id in (select id from temp.incident)",
     "created_at desc limit 20000"},
    {KIND_INCIDENT_TIMELINE_ITEM, "incident_id in (select id from temp.incident)",
     "created_at desc limit 20000"},
    {KIND_INCIDENT_ATTACHMENT, "incident_id in (select id from temp.incident)",
     "key desc limit 20000"},
    {KIND_ALERT_NOTE, "alert_id in (select id from temp.alert)", "created_at desc limit 20000"},
};
enum { PAST_KINDS_LEN = sizeof past_kinds / sizeof *past_kinds };

static bool
is_first_of_kind(int k)
{
    return k == 0 || past_kinds[k - 1].kind != past_kinds[k].kind;
}

static bool
read_time(struct store *store, const char *name, int64_t *at_ms, struct error *err)
{
    struct arena arena = {0};
    const char *text;
    *at_ms = 0;
    bool ok = meta_get(store, name, &arena, &text, err);
    if (ok && *text && !time_from_rfc3339(text, at_ms))
        *at_ms = 0; /* nothing else writes it, but it comes from a file */
    arena_finish(&arena);
    return ok;
}

bool
past_known_since(struct store *store, int64_t *since_ms, struct error *err)
{
    int64_t trimmed;
    if (!read_time(store, "known_since", since_ms, err) ||
        !read_time(store, "versions_since", &trimmed, err))
        return false;
    if (*since_ms && trimmed > *since_ms)
        *since_ms = trimmed;
    return true;
}

static bool
is_child_table(const struct field *field)
{
    return field->type == FIELD_LIST && field->flags & FIELD_COLUMN;
}

/* An empty table of the name, which stands in front of the real one. */
static void
put_table(struct str *sql, const char *name, const char *index)
{
    str_printf(sql, "create temp table %s as select * from main.%s limit 0;", name, name);
    str_printf(sql, "create index temp.past_%s on %s (%s);", name, name, index);
}

static bool
make_tables(struct store *store, struct str *sql, struct error *err)
{
    str_clear(sql);
    for (int k = 0; k < PAST_KINDS_LEN; k++) {
        const struct kind_info *info = kind_info(past_kinds[k].kind);
        if (!is_first_of_kind(k))
            continue;
        put_table(sql, info->table, "id");
        for (size_t i = 0; i < info->fields->fields_len; i++)
            if (is_child_table(&info->fields->fields[i]))
                put_table(sql, info->fields->fields[i].item->name, "parent_id");
    }
    str_append(sql, "create index temp.past_feed on alert (feed_rank, feed_at desc, id);"
                    "create index temp.past_repeats on alert (deduplication_key, created_at desc);"
                    "create index temp.past_keys on alert (key);"
                    "create index temp.past_pages on escalation_alert (alert_id, parent_id);"
                    "create index temp.past_attached on incident_alert (alert_id, id);"
                    "create index temp.past_attachments on incident_alert (incident_id, id);");
    return store_execute(store, str_text(sql), err);
}

/* `text` with :at as a number. */
static void
put_condition(struct str *sql, const char *text, int64_t at_ms)
{
    for (const char *at; (at = strstr(text, ":at")); text = at + 3) {
        str_append_len(sql, text, (size_t)(at - text));
        str_printf(sql, "%lld", (long long)at_ms);
    }
    str_append(sql, text);
}

/* Rows that are today as they were then. */
static bool
put_unchanged(struct store *store, struct str *sql, int64_t at_ms, struct error *err)
{
    str_clear(sql);
    for (int k = 0; k < PAST_KINDS_LEN; k++) {
        const char *table = kind_info(past_kinds[k].kind)->table;
        str_printf(sql, "insert into temp.%s select * from main.%s where stored_at <= %lld and ",
                   table, table, (long long)at_ms);
        put_condition(sql, past_kinds[k].rest, at_ms);
        str_printf(sql, " order by %s;", past_kinds[k].order);
    }
    for (int k = 0; k < PAST_KINDS_LEN; k++) {
        const struct kind_info *info = kind_info(past_kinds[k].kind);
        for (size_t i = 0; is_first_of_kind(k) && i < info->fields->fields_len; i++) {
            if (!is_child_table(&info->fields->fields[i]))
                continue;
            const char *child = info->fields->fields[i].item->name;
            str_printf(
                sql,
                "insert into temp.%s select c.* from temp.%s p cross join main.%s m on m.id = "
                "p.id cross join main.%s c on c.parent_id = p.id "
                "where m.stored_at <= %lld;",
                child, info->table, info->table, child, (long long)at_ms);
        }
    }
    return store_execute(store, str_text(sql), err);
}

static bool
put_states(struct store *store, int64_t at_ms,
           bool (*decode)(void *context, enum kind kind, const char *json, struct arena *arena,
                          void *object, struct error *err),
           void *context, struct error *err)
{
    struct arena arena = {0};
    bool ok = true, row = false;
    for (int k = 0; ok && k < PAST_KINDS_LEN; k++) {
        const struct kind_info *info = kind_info(past_kinds[k].kind);
        struct statement *statement;
        if (!is_first_of_kind(k))
            continue;
        ok = store_statement(store, SQL_VERSION_AT, &statement, err);
        if (!ok)
            break;
        bind_text(statement, "kind", info->table);
        bind_integer(statement, "at", at_ms);
        while ((ok = statement_step(statement, &row, err)) && row) {
            struct error ignored;
            arena_reset(&arena);
            void *object = arena_alloc(&arena, info->fields->struct_size);
            const char *json = row_text(statement, &arena, 0);
            int64_t stored_at = row_integer(statement, 1);
            if (!decode(context, info->kind, json, &arena, object, &ignored))
                continue; /* it was decoded when it was stored: only a damaged one is not */
            ok = cache_put(store, info->kind, object, stored_at, NULL, err);
            if (!ok)
                break;
        }
        statement_reset(statement);
    }
    arena_finish(&arena);
    return ok;
}

/* The moment is one that something is known of. */
static bool
check_known(struct store *store, int64_t at_ms, struct error *err)
{
    int64_t since;
    char at[RFC3339_SIZE], first[RFC3339_SIZE];
    if (!past_known_since(store, &since, err))
        return false;
    if (!since)
        return error_set(err, ERROR_STALE,
                         "what was then is not known: nothing was completely fetched yet");
    return at_ms >= since ||
           error_set(err, ERROR_STALE,
                     "what was at %s is not known: former states are known since %s",
                     time_to_rfc3339(at_ms, at), time_to_rfc3339(since, first));
}

bool
past_show(struct store *cache, int64_t at_ms,
          bool (*decode)(void *context, enum kind kind, const char *json, struct arena *arena,
                         void *object, struct error *err),
          void *context, struct error *err)
{
    struct str sql;
    if (!check_known(cache, at_ms, err))
        return false;
    cache->is_past = true;
    str_init(&sql, 0);
    bool ok = store_execute(cache, "pragma query_only = off; pragma temp_store = memory", err) &&
              store_begin(cache, err);
    if (ok) {
        ok = make_tables(cache, &sql, err) && put_states(cache, at_ms, decode, context, err) &&
             put_unchanged(cache, &sql, at_ms, err) && store_commit(cache, err);
        store_rollback(cache);
    }
    str_finish(&sql);
    return ok && store_execute(cache, "pragma query_only = on", err);
}

bool
past_lacks(struct store *cache, unsigned *lacks, struct error *err)
{
    struct statement *statement;
    bool row;
    *lacks = 0;
    if (!store_statement(cache, SQL_PAST_CUT, &statement, err))
        return false;
    bind_integer(statement, "alerts", PAST_ALERTS_OVER);
    bind_integer(statement, "others", PAST_OTHERS_OVER);
    if (!statement_step(statement, &row, err))
        return false;
    *lacks = row ? (unsigned)row_integer(statement, 0) : 0;
    statement_reset(statement);
    return true;
}

/* ---- what changed ---- */

#define FIELD_OWNER struct change
static const struct field change_rows[] = {CHANGE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table change_table = FIELD_TABLE(change, SIZE_MAX);

bool
past_changes(struct store *store, int64_t since_ms, int rows, struct arena *arena,
             const struct change **changes, size_t *changes_len, struct error *err)
{
    struct statement *statement;
    if (!check_known(store, since_ms, err) ||
        !store_statement(store, SQL_CHANGES_SINCE, &statement, err))
        return false;
    bind_integer(statement, "since", since_ms);
    bind_integer(statement, "rows", rows);
    return statement_read_all(statement, &change_table, arena, 0, changes, changes_len, err);
}

bool
past_shift_since(struct store *store, const char *email, int64_t now_ms, int64_t *since_ms,
                 struct error *err)
{
    struct statement *statement;
    bool row;
    *since_ms = 0;
    if (!store_statement(store, SQL_SHIFT_SINCE, &statement, err))
        return false;
    bind_text(statement, "email", email);
    bind_integer(statement, "now", now_ms);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        *since_ms = row_integer(statement, 0);
    statement_reset(statement);
    return true;
}
