/* Lists stop at their limit because an index gives them in order: no plan may sort. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include <cmocka.h>

#include "store/cache.h"
#include "store/resource_sql.h"
#include "tests/support/store_objects.h"

static struct arena arena;
static const char *directory;
static sqlite3 *db;

/* The functions of src/store/words.c, for planning only. */
static void
no_function(sqlite3_context *context, int arguments_len, sqlite3_value **arguments)
{
    (void)arguments_len;
    (void)arguments;
    sqlite3_result_int(context, 0);
}

static int
set_up(void **state)
{
    (void)state;
    struct store *store;
    struct error err;
    directory = temporary_directory(&arena);
    const char *path = arena_printf(&arena, "%s/cache.db", directory);
    if (!store_open(&store, STORE_CACHE, path, STORE_WRITE, NULL, &err))
        return -1;
    store_close(store);
    return sqlite3_open(path, &db) ||
           sqlite3_create_function(db, "among", 2, SQLITE_UTF8, NULL, no_function, NULL, NULL) ||
           sqlite3_create_function(db, "holds", 2, SQLITE_UTF8, NULL, no_function, NULL, NULL) ||
           sqlite3_create_function(db, "has_words", 4, SQLITE_UTF8, NULL, no_function, NULL, NULL);
}

static int
tear_down(void **state)
{
    (void)state;
    sqlite3_close(db);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static const char *
plan_of(const char *sql)
{
    sqlite3_stmt *statement;
    char *out = arena_alloc(&arena, 4096);
    if (sqlite3_prepare_v2(db, arena_printf(&arena, "explain query plan %s", sql), -1, &statement,
                           NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(statement) == SQLITE_ROW) {
        strncat(out, (const char *)sqlite3_column_text(statement, 3), 400);
        strcat(out, "; ");
    }
    sqlite3_finalize(statement);
    return out;
}

static void
check_order(enum kind kind, const struct cache_query *query, bool after)
{
    const struct filter_plan filter = {
        .filter = query->filter, .info = kind_info(kind), .order = kind_info(kind)->sort};
    struct str sql;
    str_init(&sql, 0);
    resource_list_sql(&sql, kind_info(kind), "json", query, &filter, after);
    const char *plan = plan_of(str_text(&sql));
    if (strstr(plan, "TEMP B-TREE"))
        fail_msg("%s sorts: %s", str_text(&sql), plan);
    str_finish(&sql);
}

static void
check_filter(enum kind kind, const struct cache_filter *filter)
{
    const char *other[] = {"0"};
    const struct cache_filter both[] = {
        *filter, {.column = "id", .test = CACHE_IS_NOT, .values = other, .values_len = 1}};
    for (int variant = 0; variant < 8; variant++) {
        const struct cache_query query = {.filters = both,
                                          .filters_len = variant & 1 ? 2 : 1,
                                          .any = (variant & 1) != 0,
                                          .oldest_first = (variant & 2) != 0,
                                          .limit = 25};
        check_order(kind, &query, (variant & 4) != 0);
    }
}

static void
no_list_sorts(void **state)
{
    (void)state;
    const char *values[] = {"1", "2"};
    for (int i = 0; i < KIND_COUNT; i++) {
        enum kind kind = (enum kind)i;
        const struct field_table *table = kind_info(kind)->fields;
        check_order(kind, &(struct cache_query){.limit = 25}, false);
        check_order(kind, &(struct cache_query){.limit = 25, .oldest_first = true}, true);
        for (size_t f = 0; f < table->fields_len; f++) {
            const struct field *field = &table->fields[f];
            if (field->type == FIELD_LIST || !(field->flags & (FIELD_COLUMN | FIELD_LOCAL)))
                continue;
            for (int test = CACHE_IS; test <= CACHE_STARTS_WITH; test++) {
                struct cache_filter filter = {
                    .column = field->name, .values = values, .values_len = 1};
                filter.test = test;
                check_filter(kind, &filter);
                filter.values_len = test <= CACHE_IS_NOT ? 2 : 1;
                check_filter(kind, &filter);
            }
        }
    }
}

static void
no_list_sorts_with_conditions_on_children(void **state)
{
    (void)state;
    const char *values[] = {"1", "2"};
    for (int i = 0; i < KIND_COUNT; i++) {
        const struct field_table *table = kind_info((enum kind)i)->fields;
        for (size_t f = 0; f < table->fields_len; f++) {
            const struct field *list = &table->fields[f];
            if (list->type != FIELD_LIST || !(list->flags & FIELD_COLUMN))
                continue;
            for (size_t g = 0; g < list->item->fields_len; g++) {
                const struct field *field = &list->item->fields[g];
                if (field->type == FIELD_LIST || !(field->flags & FIELD_COLUMN))
                    continue;
                const struct cache_filter filter = {field->name, CACHE_IS, values, 1};
                const struct cache_child_filter child = {list->name, &filter, 1};
                const struct cache_query query = {
                    .children = &child, .children_len = 1, .limit = 25};
                check_order((enum kind)i, &query, false);
                check_order((enum kind)i, &query, true);
            }
        }
    }
}

/* `text` as a filter of the kind; NULL where it is none (an enumeration has no value "1"). */
static const struct filter *
filter_of(enum kind kind, const char *text)
{
    const struct filter_context context = {.kind = kind, .now_ms = INT64_C(1774699200000)};
    const struct filter *filter;
    struct filter_error problem;
    return filter_parse(text, &context, &arena, &filter, &problem) ? filter : NULL;
}

static void
no_list_sorts_with_a_filter(void **state)
{
    (void)state;
    static const char *const forms[] = {"=1",           "!=1",           "=1,2", "<1",
                                        ">=2026-03-23", "=1 or not a=1", "~1",   "=1 id!=x"};
    enum { FORMS = sizeof forms / sizeof *forms };
    for (int i = 0; i < KIND_COUNT; i++) {
        const enum kind kind = (enum kind)i;
        const struct field_table *table = kind_info(kind)->fields;
        for (size_t at = 0; at < table->fields_len * FORMS; at++) {
            const char *text =
                arena_printf(&arena, "%s%s", table->fields[at / FORMS].name, forms[at % FORMS]);
            const struct cache_query query = {.filter = filter_of(kind, text), .limit = 25};
            if (!query.filter)
                continue;
            check_order(kind, &query, false);
            check_order(kind, &query, true);
        }
    }
    const struct cache_query words = {.filter = filter_of(KIND_ALERT, "a or b c"), .limit = 25};
    check_order(KIND_ALERT, &words, true);
}

static void
filters_start_from_the_index_of_the_order_or_from_few_words(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        bool is_driven; /* few rows have its first words */
        const char *plan;
    } cases[] = {
        {"sev>=major env=prod", false, "SCAN t USING INDEX alert_by_time"},
        {"status=firing env=prod", false, "SEARCH t USING INDEX alert_by_status (status=?)"},
        {"age<2h env=prod", false,
         "SEARCH t USING INDEX alert_by_time (created_at>? AND created_at<?)"},
        {"id=1", false, "SEARCH t USING INDEX sqlite_autoindex_alert_1 (id=?)"},
        {"level=1", false, "SCAN t USING INDEX alert_by_time"},
        {"attribute.x=1", false, "SCAN t USING INDEX alert_by_time; CORRELATED"},
        {"orders", false,
         "SCAN t USING INDEX alert_by_time; CORRELATED SCALAR SUBQUERY 1; SEARCH x USING INTEGER "
         "PRIMARY KEY (rowid=?)"},
        {"orders", true,
         "SCAN json_each VIRTUAL TABLE INDEX 1:; SEARCH t USING INTEGER PRIMARY KEY"},
        {"orders status=firing age<2h", true, "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct filter *filter = filter_of(KIND_ALERT, cases[i].filter);
        static const int64_t keys[] = {1};
        const struct words_set few = {.keys = keys, .len = 1};
        const struct filter_plan with_words = {.filter = filter,
                                               .info = kind_info(KIND_ALERT),
                                               .order = "created_at",
                                               .words = cases[i].is_driven ? &few : NULL,
                                               .driver = cases[i].is_driven ? &few : NULL};
        const struct cache_query query = {.filter = filter, .limit = 25};
        struct str sql;
        str_init(&sql, 0);
        resource_list_sql(&sql, kind_info(KIND_ALERT), "json", &query, &with_words, false);
        const char *plan = plan_of(str_text(&sql));
        if (!strstr(plan, cases[i].plan))
            fail_msg("%s: expected %s, planned %s", cases[i].filter, cases[i].plan, plan);
        str_finish(&sql);
    }
}

/* The statements of a window are emitted; their shape is this, for every key that a sort walks by. */
static void
windows_walk_the_index_of_their_sort(void **state)
{
    (void)state;
    static const struct {
        const char *where, *order, *index;
    } cases[] = {
        {"t.feed_rank >= 0 and t.feed_rank <= 8", "t.feed_rank, t.feed_at desc, t.id",
         "COVERING INDEX alert_by_feed"},
        {"t.feed_rank = 9 and t.feed_at < 5", "t.feed_at desc, t.id",
         "COVERING INDEX alert_by_feed (feed_rank=? AND feed_at<?)"},
        {"t.feed_rank = 9 and t.feed_at = 5 and t.id > 'x'", "t.feed_at desc, t.id",
         "COVERING INDEX alert_by_feed (feed_rank=? AND feed_at=? AND id>?)"},
        {"t.feed_rank = 9 and t.feed_at > 5", "t.feed_at, t.id desc",
         "COVERING INDEX alert_by_feed (feed_rank=? AND feed_at>?)"},
        {"t.feed_rank = 9 and t.environment collate nocase in ('x') and holds(t.title, 'a')",
         "t.feed_at desc, t.id", "COVERING INDEX alert_by_feed (feed_rank=?)"},
        {"t.updated_at < 5", "t.updated_at desc, t.id", "alert_by_update (updated_at<?)"},
        {"t.created_at < 5 and +t.alert_source_id = 'x'", "t.created_at desc, t.id",
         "COVERING INDEX alert_by_time (created_at<?)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *plan =
            plan_of(arena_printf(&arena, "select t.key from alert t where %s order by %s limit 40",
                                 cases[i].where, cases[i].order));
        if (!strstr(plan, cases[i].index) || strstr(plan, "TEMP B-TREE"))
            fail_msg("%s order by %s: %s", cases[i].where, cases[i].order, plan);
    }
}

/* What the panes and the sync process ask often must start from an index. */
static void
what_is_asked_often_starts_from_an_index(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *index;
    } cases[] = {
        {"select count(*) from alert where status = 'firing'", "alert_by_status"},
        {"select title from alert where feed_rank > -1 order by feed_rank, feed_at desc, id "
         "limit 40",
         "alert_by_feed"},
        {"select title from alert where feed_rank = 1 and feed_at < ?1 order by feed_at "
         "desc, id limit 40",
         "alert_by_feed"},
        {"select count(*) from alert where alert_source_id = ?1 and deduplication_key = ?2 and "
         "created_at > ?3",
         "COVERING INDEX alert_by_deduplication_key"},
        {"select message from incident_update where incident_id = ?1 order by created_at desc, id",
         "incident_update_by_incident"},
        {"select alert_id from incident_alert where incident_id = ?1 order by id",
         "incident_alert_by_incident"},
        {"select incident_id from incident_alert where alert_id = ?1", "incident_alert_by_alert"},
        {"select parent_id from escalation_alert where alert_id = ?1", "escalation_alert_by_alert"},
        {"select title from follow_up where status = 'outstanding' order by due_at limit 40",
         "follow_up_by_due"},
        {"select user_name from schedule_entry where schedule_id = ?1 and list = 'final' and "
         "start_at < ?2 "
         "and end_at > ?3 order by start_at desc",
         "schedule_entry_by_schedule"},
        {"select content from alert_note where alert_id = ?1 order by created_at desc, id limit 20",
         "alert_note_by_alert"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *plan = plan_of(cases[i].sql);
        if (!strstr(plan, cases[i].index) || strstr(plan, "TEMP B-TREE"))
            fail_msg("%s: %s", cases[i].sql, plan);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(no_list_sorts),
        TEST(no_list_sorts_with_conditions_on_children),
        TEST(no_list_sorts_with_a_filter),
        TEST(filters_start_from_the_index_of_the_order_or_from_few_words),
        TEST(windows_walk_the_index_of_their_sort),
        TEST(what_is_asked_often_starts_from_an_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
