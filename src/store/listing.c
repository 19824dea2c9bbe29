#include "store/listing.h"

#include <assert.h>
#include <string.h>

#include "store/connection.h"

enum { KEYS_MAX = SORT_KEYS_MAX + 1 };

/* A key as SQL has it: its expression, and whether it is text. */
struct key {
    const char *name;
    bool descending;
};

struct value {
    bool is_text;
    int64_t number;
    const char *text;
};

struct place {
    size_t part; /* of the sort; parts_len = behind everything */
    struct value values[KEYS_MAX];
};

struct reading {
    struct store *store;
    const struct kind_info *info;
    const struct listing *listing;
    const struct sort *sort;
    struct filter_plan plan;
};

/* ---- sorts as SQL ---- */

/* The part's keys, the id at last. */
static size_t
keys_of(const struct sort_part *part, struct key keys[KEYS_MAX])
{
    size_t len = 0;
    while (len < SORT_KEYS_MAX && part->keys[len].column) {
        keys[len] = (struct key){part->keys[len].column, part->keys[len].descending};
        len++;
    }
    if (!len || strcmp(keys[len - 1].name, "id") != 0)
        keys[len++] = (struct key){"id", false};
    return len;
}

static void
put_key(struct str *sql, const struct kind_info *info, const struct key *key)
{
    if (strcmp(key->name, "undated") == 0) {
        str_append(sql, "(t.due_at = 0)");
        return;
    }
    if (strcmp(key->name, "source") == 0) {
        str_append(sql, "coalesce((select s.name from alert_source s where s.id = "
                        "t.alert_source_id), '') collate nocase");
        return;
    }
    const struct field *field = field_find(info->fields, key->name);
    assert(field && field_is_column(field));
    size_t len = strlen(field->name);
    bool is_name =
        field->type == FIELD_TEXT && (len < 2 || strcmp(field->name + len - 2, "id") != 0);
    str_printf(sql, "t.%s%s", field->name, is_name ? " collate nocase" : "");
}

static void
put_part(struct str *sql, const struct sort_part *part)
{
    if (!part->column)
        return;
    if (part->from == part->to) {
        str_printf(sql, " and t.%s = %lld", part->column, (long long)part->from);
        return;
    }
    if (part->from != INT64_MIN)
        str_printf(sql, " and t.%s >= %lld", part->column, (long long)part->from);
    if (part->to != INT64_MAX)
        str_printf(sql, " and t.%s <= %lld", part->column, (long long)part->to);
}

static void
put_order(struct str *sql, const struct kind_info *info, const struct key *keys, size_t keys_len,
          bool backwards)
{
    str_append(sql, " order by ");
    for (size_t i = 0; i < keys_len; i++) {
        str_append(sql, i ? ", " : "");
        put_key(sql, info, &keys[i]);
        str_append(sql, keys[i].descending != backwards ? " desc" : "");
    }
}

void
listing_order(struct str *sql, const struct sort *sort, size_t part)
{
    struct key keys[KEYS_MAX];
    put_order(sql, kind_info(sort->kind), keys, keys_of(&sort->parts[part], keys), false);
}

/* ---- what a filter says about a part as a whole ---- */

/* The range that every match's column is in, from the conditions of the `and` at the top. */
static void
narrow(const struct filter *filter, const char *column, int64_t *from, int64_t *to)
{
    if (filter->operation == FILTER_AND)
        for (size_t i = 0; i < filter->parts_len; i++)
            narrow(filter->parts[i], column, from, to);
    if (filter->operation != FILTER_CONDITION || !filter->field ||
        strcmp(filter->field->name, column) != 0 || filter->test != FILTER_WITHIN)
        return;
    *from = filter->from > *from ? filter->from : *from;
    *to = filter->to < *to ? filter->to : *to;
}

/*
 * Of alerts: the rank follows from the status, and none is in the feed before it was created. So a filter on these is one
 * on the feed's index as well.
 */
static bool
narrow_part(const struct reading *reading, struct sort_part *part, int64_t *since)
{
    const struct filter *filter = reading->plan.filter;
    *since = INT64_MIN;
    if (!filter || reading->info->kind != KIND_ALERT || !part->column)
        return true;
    int64_t to = INT64_MAX;
    narrow(filter, "created_at", since, &to);
    return !filter_excludes(filter, part->from >= 9);
}

/* ---- reading ---- */

static void
bind_value(sqlite3_stmt *handle, int parameter, const struct value *value)
{
    int code = value->is_text ? sqlite3_bind_text(handle, parameter, value->text, -1, SQLITE_STATIC)
                              : sqlite3_bind_int64(handle, parameter, value->number);
    assert(code == SQLITE_OK);
}

/* The rows of a part that share the place's first `same` keys and stand behind it in the next; NULL = the whole part. */
struct range {
    const struct sort_part *part;
    const struct place *place;
    size_t same;
    bool backwards;
    bool inclusive; /* with the place itself, when all but the id are the same */
};

static bool
prepare_range(struct reading *reading, const struct range *range, const char *what,
              sqlite3_stmt **handle, int *limit_parameter, struct error *err)
{
    const struct kind_info *info = reading->info;
    struct sort_part part = *range->part;
    struct key keys[KEYS_MAX];
    size_t keys_len = keys_of(&part, keys);
    int64_t since;
    *handle = NULL;
    if (!narrow_part(reading, &part, &since))
        return true;
    reading->plan.order = keys[0].name;

    struct str *sql = &reading->store->scratch[0];
    int parameter = 1;
    str_clear(sql);
    str_printf(sql, "select %s from ", what);
    filter_from(sql, &reading->plan, &parameter);
    str_append(sql, " where true");
    if (*reading->listing->base)
        str_printf(sql, " and %s", reading->listing->base);
    put_part(sql, &part);
    if (since != INT64_MIN && keys_len > 1 && strcmp(keys[0].name, "feed_at") == 0)
        str_printf(sql, " and t.feed_at >= %lld", (long long)since);
    if (reading->plan.filter) {
        str_append(sql, " and ");
        filter_sql(sql, &reading->plan, &parameter);
    }
    const int first_value = parameter;
    for (size_t i = 0; range->place && i <= range->same; i++) {
        bool is_last = i == range->same;
        str_append(sql, " and ");
        put_key(sql, info, &keys[i]);
        str_printf(sql, " %s%s ?%d",
                   !is_last                                 ? "="
                   : keys[i].descending != range->backwards ? "<"
                                                            : ">",
                   is_last && range->inclusive && i == keys_len - 1 ? "=" : "", parameter++);
    }
    put_order(sql, info, keys, keys_len, range->backwards);
    str_printf(sql, " limit ?%d", parameter);
    *limit_parameter = parameter;
    if (!store_prepare(reading->store, str_text(sql), info->list, 0, handle, err))
        return false;
    parameter = 1;
    filter_bind_from(*handle, &reading->plan, &parameter);
    if (reading->plan.filter)
        filter_bind(*handle, &reading->plan, &parameter);
    for (size_t i = 0; range->place && i <= range->same; i++)
        bind_value(*handle, first_value + (int)i, &range->place->values[i]);
    return true;
}

struct collected {
    int64_t *keys;
    size_t len, limit;
};

static bool
is_listed(const struct reading *reading, sqlite3_stmt *row, bool *listed, struct error *err)
{
    const struct listing *listing = reading->listing;
    *listed = true;
    return !listing->lists ||
           listing->lists(listing->context, &reading->plan, reading->sort, row, listed, err);
}

static bool
read_range(struct reading *reading, const struct range *range, struct collected *out,
           struct error *err)
{
    const struct listing *listing = reading->listing;
    const char *what = listing->lists ? listing->columns : "t.key";
    sqlite3_stmt *handle;
    int limit;
    if (!prepare_range(reading, range, what, &handle, &limit, err))
        return false;
    if (!handle)
        return true;
    int code = SQLITE_DONE;
    bool ok = true, listed;
    sqlite3_bind_int64(handle, limit, listing->lists ? -1 : (int64_t)(out->limit - out->len));
    while (ok && out->len < out->limit && (code = sqlite3_step(handle)) == SQLITE_ROW) {
        ok = is_listed(reading, handle, &listed, err);
        if (ok && listed)
            out->keys[out->len++] = sqlite3_column_int64(handle, 0);
    }
    ok = ok && (code == SQLITE_ROW || code == SQLITE_DONE ||
                store_failed(reading->store, err, "cannot list"));
    sqlite3_finalize(handle);
    return ok;
}

/* Rows behind a place, or in front of it; nearest first. */
static bool
read_from(struct reading *reading, const struct place *place, bool backwards, struct collected *out,
          struct error *err)
{
    const struct sort *sort = reading->sort;
    struct key keys[KEYS_MAX];
    if (place->part < sort->parts_len) {
        struct range range = {.part = &sort->parts[place->part],
                              .place = place,
                              .backwards = backwards,
                              .inclusive = !backwards};
        for (size_t same = keys_of(range.part, keys); same-- > 0 && out->len < out->limit;) {
            range.same = same;
            if (!read_range(reading, &range, out, err))
                return false;
        }
    }
    for (size_t i = 1; i <= sort->parts_len && out->len < out->limit; i++) {
        if (backwards && i > place->part)
            break;
        size_t at = backwards ? place->part - i : place->part + i;
        if (at >= sort->parts_len)
            break;
        const struct range whole = {.part = &sort->parts[at], .backwards = backwards};
        if (!read_range(reading, &whole, out, err))
            return false;
    }
    return true;
}

/* ---- places ---- */

/* Where an item stands, whether the filter lets it through or not. */
static bool
find_place(struct reading *reading, const char *id, struct arena *arena, struct place *place,
           bool *found, struct error *err)
{
    *found = false;
    for (size_t p = 0; p < reading->sort->parts_len && !*found; p++) {
        const struct sort_part *part = &reading->sort->parts[p];
        struct key keys[KEYS_MAX];
        size_t keys_len = keys_of(part, keys);
        struct str *sql = &reading->store->scratch[0];
        sqlite3_stmt *handle;
        str_clear(sql);
        str_append(sql, "select ");
        for (size_t i = 0; i < keys_len; i++) {
            str_append(sql, i ? ", " : "");
            put_key(sql, reading->info, &keys[i]);
        }
        str_printf(sql, " from %s t where t.id = ?1", reading->info->table);
        put_part(sql, part);
        if (!store_prepare(reading->store, str_text(sql), reading->info->list, 0, &handle, err))
            return false;
        sqlite3_bind_text(handle, 1, id, -1, SQLITE_STATIC);
        int code = sqlite3_step(handle);
        *found = code == SQLITE_ROW;
        place->part = p;
        for (size_t i = 0; *found && i < keys_len; i++) {
            const char *text = (const char *)sqlite3_column_text(handle, (int)i);
            bool is_text = sqlite3_column_type(handle, (int)i) == SQLITE_TEXT;
            place->values[i] = (struct value){
                .is_text = is_text,
                .number = sqlite3_column_int64(handle, (int)i),
                .text = is_text ? arena_text(arena, text) : "",
            };
        }
        bool ok = code == SQLITE_ROW || code == SQLITE_DONE ||
                  store_failed(reading->store, err, "cannot list");
        sqlite3_finalize(handle);
        if (!ok)
            return false;
    }
    return true;
}

/* Of the item as it was last seen. */
static int64_t
last_number(const struct window_request *request, const char *column)
{
    bool is_first = strcmp(column, "feed_rank") == 0;
    assert(is_first || strcmp(column, "feed_at") == 0 || strcmp(column, "due_at") == 0);
    return request->place[is_first ? 0 : 1];
}

/* Where an item that is gone stood in the kind's first sort; the top in any other. */
static struct place
last_place(const struct reading *reading, const struct window_request *request)
{
    const struct sort *sort = reading->sort;
    struct place place = {.part = SIZE_MAX};
    if (sort != sort_default(reading->info->kind))
        return place;
    for (size_t p = 0; p < sort->parts_len; p++) {
        const struct sort_part *part = &sort->parts[p];
        int64_t number = last_number(request, part->column);
        struct key keys[KEYS_MAX];
        size_t last = keys_of(part, keys) - 1;
        if (number < part->from || number > part->to)
            continue;
        place.part = p;
        for (size_t i = 0; i < last; i++)
            place.values[i].number = last_number(request, keys[i].name);
        place.values[last] = (struct value){.is_text = true, .text = request->id};
        break;
    }
    return place;
}

static bool
begin(struct reading *reading, struct store *store, const struct listing *listing,
      const struct filter *filter, const struct sort *sort, struct error *err)
{
    *reading = (struct reading){.store = store,
                                .info = kind_info(listing->kind),
                                .listing = listing,
                                .sort = sort ? sort : sort_default(listing->kind)};
    assert(reading->sort && reading->sort->kind == listing->kind);
    return filter_plan_make(&reading->plan, store, filter, reading->info, err);
}

static bool
read_rows(struct store *store, enum sql sql, const struct collected *keys,
          const struct field_table *table, struct arena *arena, struct listing_rows *rows,
          struct error *err)
{
    struct statement *statement;
    for (size_t i = 0; i < keys->len; i++) {
        bool row;
        char *item = (char *)rows->items + rows->len * table->struct_size;
        if (!store_statement(store, sql, &statement, err))
            return false;
        bind_integer(statement, "key", keys->keys[i]);
        if (!statement_step(statement, &row, err))
            return false;
        if (!row) /* an index that has more than its table: the file is damaged */
            continue;
        object_clear(table, item);
        row_read(statement, table, arena, item);
        statement_reset(statement);
        rows->len++;
    }
    return true;
}

bool
listing_window(struct store *store, const struct listing *listing,
               const struct window_request *request, enum sql row, const struct field_table *table,
               struct arena *arena, struct listing_rows *rows, struct error *err)
{
    struct reading reading;
    const size_t most = (size_t)request->rows;
    struct place place = {.part = SIZE_MAX};
    struct collected above = {arena_new_array(arena, most + 1, int64_t), 0, most + 1};
    struct collected below = {arena_new_array(arena, most + 2, int64_t), 0, most + 2};
    *rows = (struct listing_rows){0};
    bool ok = begin(&reading, store, listing, request->filter, request->sort, err);
    if (ok && request->to_end) {
        place.part = reading.sort->parts_len;
    } else if (ok && !text_is_empty(request->id)) {
        bool found;
        ok = find_place(&reading, request->id, arena, &place, &found, err);
        if (ok && !found)
            place = last_place(&reading, request);
    }
    bool from_top = place.part == SIZE_MAX; /* in front of the first part: it comes next */
    ok = ok && (from_top || read_from(&reading, &place, true, &above, err)) &&
         read_from(&reading, &place, false, &below, err);
    if (!ok)
        return false;

    rows->more_above = above.len > most;
    rows->more_below = below.len > most + 1;
    above.len -= rows->more_above;
    below.len -= rows->more_below;
    for (size_t i = 0; i < above.len / 2; i++) { /* they came from the place upwards */
        int64_t key = above.keys[i];
        above.keys[i] = above.keys[above.len - 1 - i];
        above.keys[above.len - 1 - i] = key;
    }
    rows->items = arena_alloc_array(arena, above.len + below.len + 1, table->struct_size);
    return read_rows(store, row, &above, table, arena, rows, err) &&
           read_rows(store, row, &below, table, arena, rows, err);
}

bool
listing_count(struct store *store, const struct listing *listing, const struct filter *filter,
              int64_t most, int64_t *count, struct error *err)
{
    struct reading reading;
    *count = 0;
    bool ok = begin(&reading, store, listing, filter, NULL, err);
    for (size_t p = 0; ok && p < reading.sort->parts_len && *count < most; p++) {
        const struct range whole = {.part = &reading.sort->parts[p]};
        sqlite3_stmt *handle;
        int limit, code = SQLITE_DONE;
        ok = prepare_range(&reading, &whole, "1", &handle, &limit, err);
        if (!ok || !handle)
            continue;
        sqlite3_bind_int64(handle, limit, most - *count);
        while ((code = sqlite3_step(handle)) == SQLITE_ROW)
            ++*count;
        ok = code == SQLITE_DONE || store_failed(store, err, "cannot count");
        sqlite3_finalize(handle);
    }
    return ok;
}

bool
listing_each(struct store *store, const struct listing *listing, const struct filter *filter,
             const struct sort *sort, int64_t limit, bool (*emit)(void *context, const char *json),
             void *context, struct error *err)
{
    struct reading reading;
    int64_t left = limit > 0 ? limit : INT64_MAX;
    bool goes_on = true;
    bool ok = begin(&reading, store, listing, filter, sort, err);
    for (size_t p = 0; ok && goes_on && p < reading.sort->parts_len && left > 0; p++) {
        const struct range whole = {.part = &reading.sort->parts[p]};
        sqlite3_stmt *handle;
        int parameter, code = SQLITE_DONE;
        ok = prepare_range(&reading, &whole, "t.json", &handle, &parameter, err);
        if (!ok || !handle)
            continue;
        sqlite3_bind_int64(handle, parameter, left);
        while (goes_on && (code = sqlite3_step(handle)) == SQLITE_ROW) {
            goes_on = emit(context, (const char *)sqlite3_column_text(handle, 0));
            left--;
        }
        ok = code == SQLITE_ROW || code == SQLITE_DONE || store_failed(store, err, "cannot list");
        sqlite3_finalize(handle);
    }
    return ok;
}
