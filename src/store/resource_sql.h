#pragma once

/*
 * SQL of the resource tables, emitted from the field tables. All names come from const tables, all values are bound.
 * Parameters are numbered: ?1 is what finds the row, the columns follow in the table's order.
 */

#include "base/str.h"
#include "model/model.h"
#include "store/cache.h"
#include "store/filter_sql.h"

enum resource_sql {
    RESOURCE_FIND,    /* ?1 id → key, hash */
    RESOURCE_INSERT,  /* ?1 key, ?2 stored_at, ?3 hash, ?4 json, ?5… columns */
    RESOURCE_UPDATE,  /* the same; id and first_seen_at stay */
    RESOURCE_DELETE,  /* ?1 key */
    RESOURCE_GET,     /* ?1 id → columns, json */
    RESOURCE_VERSION, /* ?1 key, ?2 now: the stored state becomes a version */
    RESOURCE_COUNT_ALL,
    RESOURCE_SQL_COUNT
};

enum child_sql {
    CHILD_INSERT, /* ?1 parent_id, ?2 position, ?3… columns */
    CHILD_UPSERT, /* the same; writes nothing when nothing differs */
    CHILD_TRIM,   /* ?1 parent_id, ?2 first position that is gone */
    CHILD_SQL_COUNT
};

void resource_sql(struct str *out, const struct kind_info *info, enum resource_sql which);
void child_sql(struct str *out, const struct field_table *item, enum child_sql which);

/*
 * `what` ("json", "count(*)") of the rows that a query matches. Values are numbered from ?1 in the order in which
 * resource_list_bind meets them; `after` adds the keyset condition.
 *
 * A condition that an index could start from without giving the rows in the list's order is kept from the planner by a
 * unary plus: it then walks the order's own index and stops at the limit, and never sorts. `plan`: the query's filter; NULL = none.
 */
void resource_list_sql(struct str *out, const struct kind_info *info, const char *what,
                       const struct cache_query *query, const struct filter_plan *plan, bool after);

/* Members that keep the value they were inserted with: id, first_seen_at. */
bool resource_is_fixed(const struct field *field);

/* The COLUMN member of that name; asserts that there is one. */
const struct field *resource_column(const struct field_table *table, const char *name);
