#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include <cmocka.h>

#include "store/cache.h"
#include "tests/support/store_objects.h"

static struct arena arena;
static const char *directory, *path;
static struct store *store;
static struct error err;

static int
set_up(void **state)
{
    (void)state;
    err = (struct error){0};
    directory = temporary_directory(&arena);
    path = arena_printf(&arena, "%s/cache.db", directory);
    return store_open(&store, STORE_CACHE, path, STORE_WRITE, NULL, &err) ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    store_close(store);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

/* All rows of a query of one column, a space behind each. */
static const char *
ask(const char *sql, const char *parameter)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    char *out = arena_alloc(&arena, 65536);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_STATIC);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        strcat(out, (const char *)sqlite3_column_text(statement, 0));
        strcat(out, " ");
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return out;
}

#define OK(call)                                                                                   \
    do {                                                                                           \
        if (!(call))                                                                               \
            fail_msg("%s", err.message);                                                           \
    } while (0)

static enum cache_change
put(enum kind kind, const void *object, int64_t now_ms)
{
    enum cache_change change;
    OK(store_begin(store, &err));
    OK(cache_put(store, kind, object, now_ms, &change, &err));
    OK(cache_index(store, &err));
    OK(store_commit(store, &err));
    return change;
}

static void delete (enum kind kind, const char *id)
{
    OK(store_begin(store, &err));
    OK(cache_delete(store, kind, id, 5000, &err));
    OK(store_commit(store, &err));
}

static bool
collect(void *context, const char *json)
{
    char *out = context;
    const char *id = strstr(json, "\"id\":\"") + 6;
    size_t len = strcspn(id, "\"");
    strncat(out, id, len);
    strcat(out, " ");
    return true;
}

static const char *
list(enum kind kind, const struct cache_query *query)
{
    char *out = arena_alloc(&arena, 65536);
    OK(cache_list(store, kind, query, collect, out, &err));
    return out;
}

static const char *
title_of(const char *id)
{
    struct alert alert;
    bool found;
    OK(cache_get(store, KIND_ALERT, id, &arena, &alert, &found, &err));
    return found ? alert.title : "";
}

/* ---- put, get, delete ---- */

static void
what_was_put_can_be_read_back(void **state)
{
    (void)state;
    struct alert *alert = sample_alert(&arena, 2);
    assert_int_equal(put(KIND_ALERT, alert, 1000), CACHE_INSERTED);
    struct alert read;
    bool found;
    OK(cache_get(store, KIND_ALERT, alert->id, &arena, &read, &found, &err));
    assert_true(found);
    assert_string_equal(read.title, alert->title);
    assert_string_equal(read.json, alert->json);
    assert_string_equal(read.description, "");
    assert_int_equal(read.created_at, alert->created_at);
    assert_int_equal(read.feed_rank, alert->feed_rank);
    OK(cache_get(store, KIND_ALERT, "nobody", &arena, &read, &found, &err));
    assert_false(found);
}

static void
every_kind_can_be_put_read_listed_and_deleted(void **state)
{
    (void)state;
    for (int i = 0; i < KIND_COUNT; i++) {
        enum kind kind = (enum kind)i;
        void *object = sample_object(&arena, kind, "01OBJECT", 1234567890123);
        char *read = arena_alloc(&arena, kind_info(kind)->fields->struct_size);
        bool found;
        assert_int_equal(put(kind, object, 1000), CACHE_INSERTED);
        assert_int_equal(put(kind, object, 2000), CACHE_UNCHANGED);
        OK(cache_get(store, kind, "01OBJECT", &arena, read, &found, &err));
        assert_true(found);
        assert_string_equal(list(kind, NULL), "01OBJECT ");
        delete (kind, "01OBJECT");
        delete (kind, "01OBJECT");
        assert_string_equal(list(kind, NULL), "");
    }
}

static void
the_same_again_writes_nothing(void **state)
{
    (void)state;
    for (int n = 0; n < 20; n++)
        put(KIND_ALERT, sample_alert(&arena, n), 1000);
    int64_t before = store_total_changes(store);
    for (int n = 0; n < 20; n++)
        assert_int_equal(put(KIND_ALERT, sample_alert(&arena, n), 2000), CACHE_UNCHANGED);
    assert_int_equal(store_total_changes(store), before);
}

static void
a_change_is_stored_and_the_former_state_kept(void **state)
{
    (void)state;
    struct alert *alert = sample_alert(&arena, 2);
    put(KIND_ALERT, alert, 1000);
    alert->status = "resolved";
    sample_alert_encode(&arena, alert);
    int64_t before = store_total_changes(store);
    assert_int_equal(put(KIND_ALERT, alert, 3000), CACHE_CHANGED);
    /* the row and its version: neither children nor words had changed */
    assert_int_equal(store_total_changes(store) - before, 2);
    delete (KIND_ALERT, alert->id);

    static const char spans[] =
        "select valid_from || '-' || valid_to || json_extract(json, '$.status') from version "
        "where kind = 'alert' and id = ?1 order by valid_to";
    assert_string_equal(ask(spans, alert->id), "1000-3000firing 3000-5000resolved ");
    OK(cache_trim_versions(store, 4000, &err));
    assert_string_equal(ask(spans, alert->id), "3000-5000resolved ");
}

static void
what_we_derived_counts_as_a_change(void **state)
{
    (void)state;
    struct alert *alert = sample_alert(&arena, 2);
    put(KIND_ALERT, alert, 1000);
    alert->severity_digit = 4;
    assert_int_equal(put(KIND_ALERT, alert, 2000), CACHE_CHANGED);
}

static void
first_seen_at_is_set_once(void **state)
{
    (void)state;
    struct incident_attachment *attachment =
        sample_object(&arena, KIND_INCIDENT_ATTACHMENT, "01A", 0);
    put(KIND_INCIDENT_ATTACHMENT, attachment, 1000);
    assert_int_equal(put(KIND_INCIDENT_ATTACHMENT, attachment, 2000), CACHE_UNCHANGED);
    attachment->resource_title = "Fix the margin";
    attachment->json = "{\"id\":\"01A\",\"resource\":{}}";
    attachment->first_seen_at = 2000;
    assert_int_equal(put(KIND_INCIDENT_ATTACHMENT, attachment, 2000), CACHE_CHANGED);
    struct incident_attachment read;
    bool found;
    OK(cache_get(store, KIND_INCIDENT_ATTACHMENT, "01A", &arena, &read, &found, &err));
    assert_int_equal(read.first_seen_at, 1000);
    assert_string_equal(read.resource_title, "Fix the margin");
}

/* "attribute NAME is VALUE" of alerts, as the hub's and list's filters ask it. */
static const char *
alerts_with(const char *attribute, const char *value)
{
    const struct cache_filter filters[] = {
        {.column = "attribute_name", .test = CACHE_IS, .values = &attribute, .values_len = 1},
        {.column = "literal", .test = CACHE_IS, .values = &value, .values_len = 1},
    };
    const struct cache_child_filter child = {
        .list_member = "attributes", .filters = filters, .filters_len = 2};
    return list(KIND_ALERT, &(struct cache_query){.children = &child, .children_len = 1});
}

static void
children_follow_their_parent(void **state)
{
    (void)state;
    struct alert *alert = sample_alert(&arena, 2);
    put(KIND_ALERT, alert, 1000);
    assert_string_not_equal(alerts_with("owner", "ana@example.com"), "");
    assert_string_equal(alerts_with("owner", "production"), "");

    struct alert_attribute_entry *entries = (struct alert_attribute_entry *)alert->attributes;
    entries[2].literal = "bo@example.com";
    alert->attributes_len = 4;
    sample_alert_encode(&arena, alert);
    put(KIND_ALERT, alert, 2000);
    assert_string_equal(alerts_with("owner", "ana@example.com"), "");
    assert_string_not_equal(alerts_with("owner", "bo@example.com"), "");
    assert_string_equal(alerts_with("level", "error"), "");
    assert_string_not_equal(alerts_with("team", "data platform"), "");
    delete (KIND_ALERT, alert->id);
    assert_string_equal(alerts_with("team", "data platform"), "");
}

static const char *
filtered(const char *text)
{
    const struct filter_context context = {.kind = KIND_ALERT, .now_ms = 1000};
    struct cache_query query = {0};
    struct filter_error problem;
    if (!filter_parse(text, &context, &arena, &query.filter, &problem))
        fail_msg("%s: %s", text, problem.message);
    return list(KIND_ALERT, &query);
}

static void
filters_find_an_alert_by_the_values_it_has_now(void **state)
{
    (void)state;
    struct alert *alert = sample_alert(&arena, 2);
    const char *found = arena_printf(&arena, "%s ", alert->id);
    put(KIND_ALERT, alert, 1000);
    assert_string_equal(filtered("attribute.team~PLATFORM"), found);
    assert_string_equal(filtered("owner~ana not attribute.owner~bo"), found);
    assert_string_equal(filtered("attribute.level=error or title~zebra"), found);
    assert_string_equal(filtered("attribute.team=\"\""), "");
    assert_string_equal(filtered("team=\"\""), "");

    struct alert_attribute_entry *entries = (struct alert_attribute_entry *)alert->attributes;
    entries[2].literal = entries[2].label = "bo@example.com";
    alert->attributes_len = 3; /* none says its team any more */
    alert->owner = "bo@example.com";
    alert->team = "";
    alert->title = "a zebra";
    sample_alert_encode(&arena, alert);
    put(KIND_ALERT, alert, 2000);
    assert_string_equal(filtered("owner~ana or attribute.owner~ana"), "");
    assert_string_equal(filtered("owner~bo attribute.owner~bo"), found);
    assert_string_equal(filtered("attribute.level=error"), "");
    assert_string_equal(filtered("title~zebra attribute.team=\"\" team=\"\""), found);
    delete (KIND_ALERT, alert->id);
    assert_string_equal(filtered("title~zebra or attribute.owner~bo"), "");
}

static void
keys_of_the_same_moment_never_collide(void **state)
{
    (void)state;
    OK(store_begin(store, &err));
    for (int n = 0; n < 40000; n++) {
        char id[32];
        (void)snprintf(id, sizeof id, "01SAME%08d", n);
        OK(cache_put(store, KIND_USER, sample_object(&arena, KIND_USER, id, 0), 1000, NULL, &err));
        if (n % 1000 == 0)
            OK(cache_index(store, &err));
    }
    OK(store_commit(store, &err));
    int64_t count;
    OK(cache_count(store, KIND_USER, &count, &err));
    assert_int_equal(count, 40000);
}

/* ---- lists ---- */

static void
put_four_alerts(void)
{
    static const struct {
        const char *id, *status;
        int64_t time_ms;
    } rows[] = {
        {"C", "firing", 300}, {"A", "firing", 200}, {"B", "resolved", 200}, {"D", "resolved", 100}};
    for (size_t i = 0; i < 4; i++) {
        struct alert *alert = sample_object(&arena, KIND_ALERT, rows[i].id, rows[i].time_ms);
        alert->status = rows[i].status;
        alert->severity_digit = (int64_t)i;
        put(KIND_ALERT, alert, 1000);
    }
}

static void
lists_come_newest_first_then_by_id_and_page_by_keyset(void **state)
{
    (void)state;
    put_four_alerts();
    assert_string_equal(list(KIND_ALERT, NULL), "C A B D ");
    assert_string_equal(list(KIND_ALERT, &(struct cache_query){.oldest_first = true}), "D B A C ");
    assert_string_equal(list(KIND_ALERT, &(struct cache_query){.limit = 2}), "C A ");
    assert_string_equal(list(KIND_ALERT, &(struct cache_query){.limit = 2, .after_id = "A"}),
                        "B D ");
    assert_string_equal(list(KIND_ALERT, &(struct cache_query){.after_id = "D"}), "");
    assert_string_equal(
        list(KIND_ALERT, &(struct cache_query){.oldest_first = true, .after_id = "B"}), "A C ");
    assert_false(cache_list(store, KIND_ALERT, &(struct cache_query){.after_id = "gone"}, collect,
                            NULL, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);

    put(KIND_TEAM, sample_object(&arena, KIND_TEAM, "b", 0), 1000);
    put(KIND_TEAM, sample_object(&arena, KIND_TEAM, "a", 0), 1000);
    assert_string_equal(list(KIND_TEAM, NULL), "a b ");
    assert_string_equal(list(KIND_TEAM, &(struct cache_query){.after_id = "a"}), "b ");
}

static void
filters_select_by_column(void **state)
{
    (void)state;
    put_four_alerts();
    const char *firing[] = {"firing"}, *both[] = {"firing", "resolved"}, *two_hundred[] = {"200"},
               *three[] = {"3"};
    const char *a_letter[] = {"res"};
    const struct {
        struct cache_filter filter;
        const char *expected;
    } cases[] = {
        {{"status", CACHE_IS, firing, 1}, "C A "},
        {{"status", CACHE_IS, both, 2}, "C A B D "},
        {{"status", CACHE_IS, NULL, 0}, ""},
        {{"status", CACHE_IS_NOT, firing, 1}, "B D "},
        {{"status", CACHE_IS_NOT, NULL, 0}, "C A B D "},
        {{"status", CACHE_STARTS_WITH, a_letter, 1}, "B D "},
        {{"created_at", CACHE_AT_LEAST, two_hundred, 1}, "C A B "},
        {{"created_at", CACHE_AT_MOST, two_hundred, 1}, "A B D "},
        {{"created_at", CACHE_BELOW, two_hundred, 1}, "D "},
        {{"severity_digit", CACHE_IS, three, 1}, "D "},
        {{"severity_digit", CACHE_BELOW, three, 1}, "C A B "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cache_query query = {.filters = &cases[i].filter, .filters_len = 1};
        assert_string_equal(list(KIND_ALERT, &query), cases[i].expected);
        int64_t count;
        OK(cache_list_count(store, KIND_ALERT, &query, &count, &err));
        assert_int_equal(count, strlen(cases[i].expected) / 2);
    }
    const struct cache_filter two[] = {cases[0].filter, cases[8].filter};
    assert_string_equal(list(KIND_ALERT, &(struct cache_query){.filters = two, .filters_len = 2}),
                        "");
    assert_string_equal(
        list(KIND_ALERT, &(struct cache_query){.filters = two, .filters_len = 2, .any = true}),
        "C A D ");
    assert_string_equal(
        list(KIND_ALERT, &(struct cache_query){.filters = two, .filters_len = 1, .after_id = "B"}),
        "");
}

/* ---- references ---- */

static void
references_find_ids_suffixes_and_incidents(void **state)
{
    (void)state;
    struct incident *incident = sample_object(&arena, KIND_INCIDENT, "01HINCIDENT0412ABCDEF", 100);
    incident->reference = "INC-412";
    put(KIND_INCIDENT, incident, 1000);
    put(KIND_ALERT, sample_object(&arena, KIND_ALERT, "01HALERTONE000XYZXYZ", 100), 1000);
    put(KIND_ALERT, sample_object(&arena, KIND_ALERT, "01HALERTTWO000XYZXYZ", 100), 1000);
    static const struct {
        const char *ref;
        enum error_code code;
        enum kind kind;
    } cases[] = {
        {"INC-412", ERROR_NONE, KIND_INCIDENT},
        {"inc-412", ERROR_NONE, KIND_INCIDENT},
        {"412", ERROR_NONE, KIND_INCIDENT},
        {"12", ERROR_NOT_FOUND, KIND_INCIDENT},
        {"ABCDEF", ERROR_NONE, KIND_INCIDENT},
        {"abcdef", ERROR_NONE, KIND_INCIDENT},
        {"BCDEF", ERROR_NOT_FOUND, KIND_ALERT},
        {"ONE000XYZXYZ", ERROR_NONE, KIND_ALERT},
        {"XYZXYZ", ERROR_USAGE, KIND_ALERT},
        {"01HALERTTWO000XYZXYZ", ERROR_NONE, KIND_ALERT},
        {"%' or 1=1", ERROR_NOT_FOUND, KIND_ALERT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum kind kind;
        const char *id;
        err = (struct error){0};
        bool found = cache_resolve_ref(store, cases[i].ref, &arena, &kind, &id, &err);
        assert_int_equal(err.code, cases[i].code);
        assert_true(found == (cases[i].code == ERROR_NONE));
        if (found)
            assert_int_equal(kind, cases[i].kind);
    }
}

/* ---- walks ---- */

static const char *
missing(struct cache_walk *walk, const char *column, const char *value)
{
    const char *const *ids;
    size_t len;
    OK(cache_walk_missing(store, walk, column, value, &arena, &ids, &len, &err));
    char *out = arena_alloc(&arena, 1024);
    for (size_t i = 0; i < len; i++) {
        strcat(out, ids[i]);
        strcat(out, " ");
    }
    return out;
}

static void
walks_know_what_they_did_not_meet(void **state)
{
    (void)state;
    put_four_alerts();
    struct cache_walk *all = cache_walk_begin(store, KIND_ALERT);
    struct alert *seen = sample_object(&arena, KIND_ALERT, "A", 200);
    seen->status = "firing";
    put(KIND_ALERT, seen, 2000);
    struct cache_walk *firing = cache_walk_begin(store, KIND_ALERT);
    struct cache_walk *other = cache_walk_begin(store, KIND_INCIDENT);
    OK(cache_walk_saw(store, KIND_ALERT, "C", &err));
    OK(cache_walk_saw(store, KIND_ALERT, "not stored", &err));
    int64_t before = store_total_changes(store);
    assert_string_equal(missing(firing, "status", "firing"), "A ");
    assert_string_equal(missing(all, NULL, NULL), "B D ");
    OK(cache_walk_saw(store, KIND_ALERT, "D", &err));
    assert_string_equal(missing(all, NULL, NULL), "B ");
    assert_string_equal(missing(other, NULL, NULL), "");
    assert_int_equal(store_total_changes(store), before);
    cache_walk_end(store, all);
    cache_walk_end(store, NULL);
    cache_walk_end(store, firing);
}

/* ---- search ---- */

static const char *
search(const char *words)
{
    return ask(
        "select t.id from search s join search_text t on t.key = s.rowid where search match ?1 "
        "order by s.rowid desc",
        words);
}

static void
words_are_found_newest_first_as_long_as_they_stand_there(void **state)
{
    (void)state;
    for (int n = 1; n <= 3; n++) {
        struct alert *alert =
            sample_object(&arena, KIND_ALERT, arena_printf(&arena, "%d", n), n * 100);
        alert->title = n == 2 ? "late orders" : "orders were late";
        alert->description = n == 3 ? "Überlauf" : "";
        put(KIND_ALERT, alert, 1000);
    }
    struct incident *incident = sample_object(&arena, KIND_INCIDENT, "I", 250);
    incident->name = "orders";
    put(KIND_INCIDENT, incident, 1000);
    assert_string_equal(search("orders"), "3 I 2 1 ");
    assert_string_equal(search("\"late orders\""), "2 ");
    assert_string_equal(search("uberlauf"), "3 ");
    assert_string_equal(search("ord*"), "3 I 2 1 ");

    struct alert *changed = sample_object(&arena, KIND_ALERT, "3", 300);
    changed->title = "invoices are late";
    changed->json = "{\"id\":\"3\",\"changed\":true}";
    put(KIND_ALERT, changed, 2000);
    assert_string_equal(search("orders"), "I 2 1 ");
    assert_string_equal(search("invoices"), "3 ");
    delete (KIND_ALERT, "2");
    delete (KIND_INCIDENT, "I");
    assert_string_equal(search("orders"), "1 ");
}

static void
attribute_values_are_searched(void **state)
{
    (void)state;
    struct alert *alert = sample_alert(&arena, 2);
    put(KIND_ALERT, alert, 1000);
    assert_string_not_equal(search("\"model.shop.fct_orders\""), "");
    assert_string_not_equal(search("platform"), "");
    assert_string_equal(search("environment"), "");
}

static void
a_suspended_index_catches_up_newest_first(void **state)
{
    (void)state;
    bool complete, done;
    cache_index_suspend(store);
    for (int n = 1; n <= 5; n++) {
        struct alert *alert =
            sample_object(&arena, KIND_ALERT, arena_printf(&arena, "%d", n), n * 100);
        alert->title = "orders";
        put(KIND_ALERT, alert, 1000);
    }
    struct alert *changed = sample_object(&arena, KIND_ALERT, "1", 100);
    changed->title = "invoices";
    changed->json = "{\"id\":\"1\",\"changed\":true}";
    put(KIND_ALERT, changed, 2000);
    delete (KIND_ALERT, "3");
    assert_string_equal(search("orders"), "");
    OK(cache_index_is_complete(store, &complete, &err));
    assert_false(complete);
    OK(cache_index_resume(store, 2, &done, &err));
    assert_false(done);
    assert_string_equal(search("orders"), "5 4 ");
    OK(cache_index_resume(store, 100, &done, &err));
    assert_true(done);
    assert_string_equal(search("orders"), "5 4 2 ");
    assert_string_equal(search("invoices"), "1 ");
    OK(cache_index_is_complete(store, &complete, &err));
    assert_true(complete);
}

/* ---- the hub's database ---- */

static void
the_hub_keeps_the_same_rows_without_versions_and_index(void **state)
{
    (void)state;
    store_close(store);
    path = arena_printf(&arena, "%s/hub.db", directory);
    OK(store_open(&store, STORE_HUB, path, STORE_WRITE, NULL, &err));
    struct alert *alert = sample_alert(&arena, 2);
    assert_int_equal(put(KIND_ALERT, alert, 1000), CACHE_INSERTED);
    alert->title = "changed";
    sample_alert_encode(&arena, alert);
    assert_int_equal(put(KIND_ALERT, alert, 2000), CACHE_CHANGED);
    assert_string_equal(title_of(alert->id), "changed");
    delete (KIND_ALERT, alert->id);
    assert_string_equal(list(KIND_ALERT, NULL), "");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_was_put_can_be_read_back),
        TEST(every_kind_can_be_put_read_listed_and_deleted),
        TEST(the_same_again_writes_nothing),
        TEST(a_change_is_stored_and_the_former_state_kept),
        TEST(what_we_derived_counts_as_a_change),
        TEST(first_seen_at_is_set_once),
        TEST(children_follow_their_parent),
        TEST(filters_find_an_alert_by_the_values_it_has_now),
        TEST(keys_of_the_same_moment_never_collide),
        TEST(lists_come_newest_first_then_by_id_and_page_by_keyset),
        TEST(filters_select_by_column),
        TEST(references_find_ids_suffixes_and_incidents),
        TEST(walks_know_what_they_did_not_meet),
        TEST(words_are_found_newest_first_as_long_as_they_stand_there),
        TEST(attribute_values_are_searched),
        TEST(a_suspended_index_catches_up_newest_first),
        TEST(the_hub_keeps_the_same_rows_without_versions_and_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
