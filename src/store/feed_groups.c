#include "store/feed_groups.h"

#include <string.h>

#include "base/str.h"
#include "store/connection.h"
#include "store/listing.h"

/* ---- the alerts of an incident ---- */

/* Looked up by the incident, whatever the filter and the order may suggest. */
static const char from_incident[] =
    "select t.key, t.id, t.feed_at, t.stored_at, t.severity_digit, t.alert_source_id, "
    "t.environment, t.owner, t.team, "
    "iif(t.feed_rank >= 9, '', coalesce((select status from (select e.status, max(e.created_at) "
    "from escalation_alert a join escalation e on e.id = a.parent_id where a.alert_id = t.id)), "
    "'')) "
    "from incident_alert l cross join alert t on t.id = l.alert_id "
    "where l.incident_id = ?1 and (t.feed_rank >= 9) = ?2 and not exists "
    "(select 1 from incident_alert m where m.alert_id = l.alert_id and m.id > l.id)";

enum { FIRST_PARAMETER = 3 }; /* of the filter's */

enum column {
    COLUMN_KEY,
    COLUMN_ID,
    COLUMN_FEED_AT,
    COLUMN_STORED_AT,
    COLUMN_DIGIT,
    COLUMN_SOURCE,
    COLUMN_ENVIRONMENT,
    COLUMN_OWNER,
    COLUMN_TEAM,
    COLUMN_ESCALATION,
};

static size_t
part_of(const struct sort *sort, bool is_over)
{
    size_t part = 0;
    while (part + 1 < sort->parts_len && sort->parts[part].column &&
           (sort->parts[part].from >= 9) != is_over)
        part++;
    return part;
}

/* It is asked of few rows: what drives the list, or comes in its order, does not matter here. */
static struct filter_plan
plan_here(const struct filter_plan *plan)
{
    struct filter_plan here = *plan;
    here.driver = NULL;
    here.order = "";
    return here;
}

static bool
prepare(struct feed_groups *groups, const struct filter_plan *plan, const struct sort *sort,
        bool is_over, struct error *err)
{
    const struct filter_plan here = plan_here(plan);
    struct str *sql = &groups->store->scratch[0];
    sqlite3_stmt **handle = &groups->statements[is_over];
    int parameter = FIRST_PARAMETER;
    if (*handle)
        return true;
    str_clear(sql);
    str_append(sql, from_incident);
    if (here.filter) {
        str_append(sql, " and ");
        filter_sql(sql, &here, &parameter);
    }
    listing_order(sql, sort, part_of(sort, is_over));
    str_printf(sql, " limit %d", FEED_GROUP_MAX + 1);
    if (!store_prepare(groups->store, str_text(sql), "alerts of an incident", 0, handle, err))
        return false;
    parameter = FIRST_PARAMETER;
    if (here.filter)
        filter_bind(*handle, &here, &parameter);
    return true;
}

void
feed_groups_finish(struct feed_groups *groups)
{
    for (int over = 0; over < 2; over++) {
        sqlite3_finalize(groups->statements[over]);
        groups->statements[over] = NULL;
    }
}

static const char *
text_at(sqlite3_stmt *row, enum column column)
{
    const char *text = (const char *)sqlite3_column_text(row, (int)column);
    return text ? text : "";
}

/* The first one's, as long as all have it. */
static void
note_same(sqlite3_stmt *row, enum column column, bool is_first, struct arena *arena,
          const char **same)
{
    const char *text = text_at(row, column);
    if (is_first)
        *same = arena_text(arena, text);
    else if (strcmp(*same, text) != 0)
        *same = "";
}

/* What nobody has answered is worse than what somebody has, and that needs a look before what may wait. */
static int
rank_of_escalation(const char *status)
{
    return strcmp(status, "acked") == 0 ? 1 : strcmp(status, "snoozed") == 0 ? 2 : 0;
}

static void
add_alert(struct feed_group *group, int64_t key, const char *id, struct arena *arena)
{
    if (group->len == group->cap) {
        const size_t cap = group->cap ? group->cap * 2 : 8;
        const char **ids = arena_new_array(arena, cap, const char *);
        int64_t *keys = arena_new_array(arena, cap, int64_t);
        for (size_t i = 0; i < group->len; i++) {
            ids[i] = group->ids[i];
            keys[i] = group->keys[i];
        }
        group->ids = ids;
        group->keys = keys;
        group->cap = cap;
    }
    group->keys[group->len] = key;
    group->ids[group->len++] = arena_text(arena, id);
}

static void
note_alert(struct feed_group *group, sqlite3_stmt *row, struct arena *arena)
{
    struct feed_row *facts = &group->facts;
    const bool is_first = group->len == 0;
    const int64_t feed_at = sqlite3_column_int64(row, COLUMN_FEED_AT);
    const int64_t stored_at = sqlite3_column_int64(row, COLUMN_STORED_AT);
    const int64_t digit = sqlite3_column_int64(row, COLUMN_DIGIT);
    const char *escalation = text_at(row, COLUMN_ESCALATION);
    if (group->len == FEED_GROUP_MAX) {
        facts->has_more = true;
        return;
    }
    if (is_first)
        group->first = sqlite3_column_int64(row, COLUMN_KEY);
    facts->feed_at = is_first || feed_at > facts->feed_at ? feed_at : facts->feed_at;
    facts->stored_at = is_first || stored_at > facts->stored_at ? stored_at : facts->stored_at;
    if (digit > 0 && (!facts->severity_digit || digit < facts->severity_digit))
        facts->severity_digit = digit;
    if (is_first || rank_of_escalation(escalation) < rank_of_escalation(facts->escalation))
        facts->escalation = arena_text(arena, escalation);
    note_same(row, COLUMN_SOURCE, is_first, arena, &facts->source);
    note_same(row, COLUMN_ENVIRONMENT, is_first, arena, &facts->environment);
    note_same(row, COLUMN_OWNER, is_first, arena, &facts->owner);
    note_same(row, COLUMN_TEAM, is_first, arena, &facts->team);
    add_alert(group, sqlite3_column_int64(row, COLUMN_KEY), text_at(row, COLUMN_ID), arena);
}

static bool
read_group(struct feed_groups *groups, const struct filter_plan *plan, const struct sort *sort,
           struct feed_group *group, struct error *err)
{
    int code;
    if (!prepare(groups, plan, sort, group->is_over, err))
        return false;
    sqlite3_stmt *handle = groups->statements[group->is_over];
    sqlite3_bind_text(handle, 1, group->incident_id, -1, SQLITE_STATIC);
    sqlite3_bind_int(handle, 2, group->is_over);
    while ((code = sqlite3_step(handle)) == SQLITE_ROW)
        note_alert(group, handle, groups->arena);
    bool ok = code == SQLITE_DONE || store_failed(groups->store, err, "cannot list");
    sqlite3_reset(handle);
    return ok;
}

bool
feed_groups_get(struct feed_groups *groups, const struct filter_plan *plan, const struct sort *sort,
                const char *incident_id, bool is_over, const struct feed_group **out,
                struct error *err)
{
    for (*out = groups->all; *out; *out = (*out)->next)
        if ((*out)->is_over == is_over && strcmp((*out)->incident_id, incident_id) == 0)
            return true;
    struct feed_group *group = arena_new(groups->arena, struct feed_group);
    *group = (struct feed_group){.incident_id = arena_text(groups->arena, incident_id),
                                 .is_over = is_over,
                                 .next = groups->all};
    if (!read_group(groups, plan, sort ? sort : sort_default(KIND_ALERT), group, err))
        return false;
    groups->all = group;
    *out = group;
    return true;
}

/* ---- which of them are listed ---- */

bool
feed_groups_lists(void *context, const struct filter_plan *plan, const struct sort *sort,
                  sqlite3_stmt *row, bool *listed, struct error *err)
{
    struct feed_groups *groups = context;
    const char *incident_id = (const char *)sqlite3_column_text(row, 2);
    const struct feed_group *group;
    *listed = true;
    if (!incident_id || !*incident_id)
        return true;
    if (!feed_groups_get(groups, plan, sort, incident_id, sqlite3_column_int(row, 1), &group, err))
        return false;
    *listed = group->len == 0 || group->first == sqlite3_column_int64(row, 0);
    return true;
}

static bool
find_alert(struct feed_groups *groups, const char *id, const char **incident_id, bool *is_over,
           struct error *err)
{
    struct statement *statement;
    bool found;
    *incident_id = "";
    if (!store_statement(groups->store, SQL_FEED_GROUP_OF, &statement, err))
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, &found, err))
        return false;
    if (found) {
        *incident_id = row_text(statement, groups->arena, 0);
        *is_over = row_integer(statement, 1) != 0;
        statement_reset(statement);
    }
    return true;
}

bool
feed_groups_of(struct feed_groups *groups, const struct filter_plan *plan, const struct sort *sort,
               const char *id, const struct feed_group **group, bool *is_alert, struct error *err)
{
    static const char *const prefixes[] = {FEED_GROUP, FEED_GROUP_OVER};
    const char *incident_id;
    bool is_over;
    *group = NULL;
    *is_alert = false;
    for (int over = 0; over < 2; over++) {
        size_t len = strlen(prefixes[over]);
        if (strncmp(id, prefixes[over], len) != 0)
            continue;
        if (!feed_groups_get(groups, plan, sort, id + len, over, group, err))
            return false;
        /* Its last alert was resolved, or one fires again. */
        return (*group)->len > 0 ||
               feed_groups_get(groups, plan, sort, id + len, !over, group, err);
    }
    *is_alert = true;
    if (!find_alert(groups, id, &incident_id, &is_over, err))
        return false;
    return !*incident_id || feed_groups_get(groups, plan, sort, incident_id, is_over, group, err);
}

const struct feed_group *
feed_groups_at(const struct feed_groups *groups, int64_t first)
{
    for (const struct feed_group *group = groups->all; group; group = group->next)
        if (group->len > 1 && group->first == first)
            return group;
    return NULL;
}

/* ---- its row ---- */

const char *
feed_group_id(const struct feed_group *group, struct arena *arena)
{
    return arena_printf(arena, "%s%s", group->is_over ? FEED_GROUP_OVER : FEED_GROUP,
                        group->incident_id);
}

bool
feed_group_row(struct feed_groups *groups, const struct feed_group *group, struct feed_row *row,
               struct error *err)
{
    const struct feed_row *facts = &group->facts;
    struct statement *statement;
    bool found;
    row->id = feed_group_id(group, groups->arena);
    row->alerts_len = group->len;
    row->alert_ids = group->ids;
    row->has_more = facts->has_more;
    row->feed_at = facts->feed_at;
    row->stored_at = facts->stored_at;
    row->severity_digit = facts->severity_digit;
    row->escalation = facts->escalation;
    row->source = *facts->source ? row->source : "";
    row->environment = facts->environment;
    row->owner = facts->owner;
    row->team = facts->team;
    row->node = "";
    row->times_in_day = 0;
    if (!store_statement(groups->store, SQL_FEED_GROUP_TITLE, &statement, err))
        return false;
    bind_text(statement, "id", group->incident_id);
    if (!statement_step(statement, &found, err))
        return false;
    if (found) {
        row->title = row_text(statement, groups->arena, 0);
        statement_reset(statement);
    }
    return true;
}
