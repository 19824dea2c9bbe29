#include "store/resource_sql.h"

#include <assert.h>
#include <string.h>

#include "store/connection.h"

const struct field *
resource_column(const struct field_table *table, const char *name)
{
    const struct field *field = field_find(table, name);
    assert(field && field_is_column(field));
    return field;
}

bool
resource_is_fixed(const struct field *field)
{
    return strcmp(field->name, "id") == 0 || strcmp(field->name, "first_seen_at") == 0;
}

/* ", a, b, c" after whatever stands before, each with `prefix`. */
static void
columns(struct str *out, const struct field_table *table, const char *prefix)
{
    for (size_t i = 0; i < table->fields_len; i++)
        if (field_is_column(&table->fields[i]))
            str_printf(out, ", %s%s", prefix, table->fields[i].name);
}

static void
parameters(struct str *out, const struct field_table *table, int first)
{
    for (size_t i = 0; i < table->fields_len; i++)
        if (field_is_column(&table->fields[i]))
            str_printf(out, ", ?%d", first++);
}

static void
update_sql(struct str *out, const struct kind_info *info)
{
    str_printf(out, "update %s set stored_at = ?2, hash = ?3, json = ?4", info->table);
    int parameter = 5;
    for (size_t i = 0; i < info->fields->fields_len; i++) {
        const struct field *field = &info->fields->fields[i];
        if (!field_is_column(field))
            continue;
        if (!resource_is_fixed(field))
            str_printf(out, ", %s = ?%d", field->name, parameter);
        parameter++;
    }
    str_append(out, " where key = ?1");
}

void
resource_sql(struct str *out, const struct kind_info *info, enum resource_sql which)
{
    const char *table = info->table;
    switch (which) {
    case RESOURCE_FIND:
        str_printf(out, "select key, hash from %s where id = ?1", table);
        break;
    case RESOURCE_INSERT:
        str_printf(out, "insert into %s (key, stored_at, hash, json", table);
        columns(out, info->fields, "");
        str_append(out, ") values (?1, ?2, ?3, ?4");
        parameters(out, info->fields, 5);
        str_append(out, ")");
        break;
    case RESOURCE_UPDATE:
        update_sql(out, info);
        break;
    case RESOURCE_DELETE:
        str_printf(out, "delete from %s where key = ?1", table);
        break;
    case RESOURCE_GET:
        str_append(out, "select json");
        columns(out, info->fields, "");
        str_printf(out, " from %s where id = ?1", table);
        break;
    case RESOURCE_VERSION:
        str_printf(out,
                   "insert into version (kind, id, valid_from, valid_to, json) "
                   "select '%s', id, stored_at, ?2, json from %s where key = ?1",
                   table, table);
        break;
    case RESOURCE_COUNT_ALL:
        str_printf(out, "select count(*) from %s", table);
        break;
    case RESOURCE_SQL_COUNT:
        assert(!"no statement");
    }
}

void
child_sql(struct str *out, const struct field_table *item, enum child_sql which)
{
    if (which == CHILD_TRIM) {
        str_printf(out, "delete from %s where parent_id = ?1 and position >= ?2", item->name);
        return;
    }
    str_printf(out, "insert into %s (parent_id, position", item->name);
    columns(out, item, "");
    str_append(out, ") values (?1, ?2");
    parameters(out, item, 3);
    str_append(out, ")");
    if (which == CHILD_INSERT)
        return;

    str_append(out, " on conflict (parent_id, position) do update set ");
    bool first = true;
    for (size_t i = 0; i < item->fields_len; i++) {
        const char *name = item->fields[i].name;
        if (field_is_column(&item->fields[i])) {
            str_printf(out, "%s%s = excluded.%s", first ? "" : ", ", name, name);
            first = false;
        }
    }
    /* position stands in both rows to let each start with something before the first comma */
    str_append(out, " where (position");
    columns(out, item, "");
    str_append(out, ") is not (excluded.position");
    columns(out, item, "excluded.");
    str_append(out, ")");
}

/* ---- lists ---- */

static void
condition(struct str *out, const struct field_table *table, const struct cache_filter *filter,
          const char *alias, bool may_use_index, const char *sort, int *parameter)
{
    const struct field *field = resource_column(table, filter->column);
    bool is_range = filter->test == CACHE_AT_LEAST || filter->test == CACHE_AT_MOST ||
                    filter->test == CACHE_BELOW || filter->test == CACHE_WITHIN;
    bool is_one = filter->test == CACHE_IS && filter->values_len == 1;
    bool is_word = field->type == FIELD_TEXT ||
                   field->type == FIELD_ENUM; /* indexes by numbers have another order */
    bool plain =
        may_use_index && ((is_one && is_word) || (is_range && strcmp(field->name, sort) == 0));
    const char *plus = plain ? "" : "+";

    switch (filter->test) {
    case CACHE_IS:
    case CACHE_IS_NOT:
        if (is_one) {
            str_printf(out, "%s%s.%s = ?%d", plus, alias, field->name, (*parameter)++);
            break;
        }
        str_printf(out, "%s%s.%s %s (", plus, alias, field->name,
                   filter->test == CACHE_IS ? "in" : "not in");
        for (size_t i = 0; i < filter->values_len; i++)
            str_printf(out, "%s?%d", i ? ", " : "", (*parameter)++);
        str_append(out, ")");
        break;
    case CACHE_AT_LEAST:
        str_printf(out, "%s%s.%s >= ?%d", plus, alias, field->name, (*parameter)++);
        break;
    case CACHE_AT_MOST:
        str_printf(out, "%s%s.%s <= ?%d", plus, alias, field->name, (*parameter)++);
        break;
    case CACHE_BELOW:
        str_printf(out, "%s%s.%s < ?%d", plus, alias, field->name, (*parameter)++);
        break;
    case CACHE_WITHIN:
        str_printf(out, "(%s%s.%s >= ?%d and %s%s.%s < ?%d)", plus, alias, field->name, *parameter,
                   plus, alias, field->name, *parameter + 1);
        *parameter += 2;
        break;
    case CACHE_STARTS_WITH:
        str_printf(out, "substr(%s.%s, 1, length(?%d)) = ?%d", alias, field->name, *parameter,
                   *parameter);
        (*parameter)++;
        break;
    }
}

static void
child_condition(struct str *out, const struct field_table *table,
                const struct cache_child_filter *child, int *parameter)
{
    const struct field *list = field_find(table, child->list_member);
    assert(list && list->type == FIELD_LIST && list->flags & FIELD_COLUMN);
    str_printf(out, " and exists (select 1 from %s c where c.parent_id = t.id", list->item->name);
    for (size_t i = 0; i < child->filters_len; i++) {
        str_append(out, " and ");
        condition(out, list->item, &child->filters[i], "c", false, "", parameter);
    }
    str_append(out, ")");
}

void
resource_list_sql(struct str *out, const struct kind_info *info, const char *what,
                  const struct cache_query *query, const struct filter_plan *plan, bool after)
{
    int parameter = 1;
    const struct filter_plan everything = {.info = info};
    str_printf(out, "select %s from ", what);
    filter_from(out, plan ? plan : &everything, &parameter);
    str_append(out, " where true");
    if (query->filters_len) {
        str_append(out, " and (");
        for (size_t i = 0; i < query->filters_len; i++) {
            str_append(out, i == 0 ? "" : query->any ? " or " : " and ");
            condition(out, info->fields, &query->filters[i], "t", !query->any, info->sort,
                      &parameter);
        }
        str_append(out, ")");
    }
    for (size_t i = 0; i < query->required_len; i++) {
        str_append(out, " and ");
        condition(out, info->fields, &query->required[i], "t", true, info->sort, &parameter);
    }
    for (size_t i = 0; i < query->children_len; i++)
        child_condition(out, info->fields, &query->children[i], &parameter);
    if (plan && plan->filter) {
        str_append(out, " and ");
        filter_sql(out, plan, &parameter);
    }

    const char *sort = info->sort;
    bool oldest = query->oldest_first;
    if (after && sort[0]) {
        /* The row's place in the order: (sort descending, id ascending), or that reversed. */
        str_printf(out, " and t.%s %s ?%d and (t.%s %s ?%d or t.id %s ?%d)", sort,
                   oldest ? ">=" : "<=", parameter, sort, oldest ? ">" : "<", parameter,
                   oldest ? "<" : ">", parameter + 1);
        parameter += 2;
    } else if (after) {
        str_printf(out, " and t.id %s ?%d", oldest ? "<" : ">", parameter++);
    }
    if (strcmp(what, "count(*)") == 0)
        return;
    if (sort[0])
        str_printf(out, " order by t.%s %s, t.id %s", sort, oldest ? "asc" : "desc",
                   oldest ? "desc" : "asc");
    else
        str_printf(out, " order by t.id %s", oldest ? "desc" : "asc");
    str_printf(out, " limit ?%d", parameter);
}
