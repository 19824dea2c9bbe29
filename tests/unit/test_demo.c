#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "demo/demo.h"
#include "demo/pipeline.h"
#include "store/cache.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

static const char sunday[] = "2026-11-22T16:30:00Z";

static struct arena arena;
static const char *directory;
static struct error err;

static int
set_up(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    err = (struct error){0};
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

/* `make test-long`: more days to start on, and two days of changes. */
static bool
is_long(void)
{
    return getenv("TEST_LONG") != NULL;
}

struct world_file {
    const char *path;
    struct store *store;
    struct demo *demo;
    int64_t now_ms;
};

static struct world_file
make_world(const char *name, uint64_t seed, const char *now)
{
    struct world_file file = {.path = arena_printf(&arena, "%s/%s.db", directory, name)};
    assert_true(time_from_rfc3339(now, &file.now_ms));
    const struct demo_options options = {.seed = seed, .speed = 1, .now_ms = file.now_ms};
    if (!store_open(&file.store, STORE_HUB, file.path, STORE_WRITE, NULL, &err) ||
        !demo_create(&file.demo, file.store, &options, &err))
        fail_msg("%s", err.message);
    return file;
}

static void
end_world(struct world_file *file)
{
    demo_destroy(file->demo);
    store_close(file->store);
}

static int64_t
number(const struct world_file *file, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open_v2(file->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_bind_int64(statement, 1, file->now_ms);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

static void
assert_between(const struct world_file *file, const char *sql, int64_t least, int64_t most)
{
    int64_t value = number(file, sql);
    if (value < least || value > most)
        fail_msg("%s: %lld, expected %lld to %lld", sql, (long long)value, (long long)least,
                 (long long)most);
}

/* ---- what must hold in every world at every moment ---- */

static const char *const violations[] = {
    /* ids lead somewhere */
    "select count(*) from alert where alert_source_id not in (select id from alert_source)",
    "select count(*) from alert_attribute_entry where attribute_id not in (select id from "
    "alert_attribute)",
    "select count(*) from incident_alert where alert_id not in (select id from alert)",
    "select count(*) from incident_alert where incident_id not in (select id from incident)",
    "select count(*) from incident_alert where alert_route_id not in (select id from alert_route)",
    "select count(*) from alert_note where alert_id not in (select id from alert)",
    "select count(*) from incident where incident_status_id not in (select id from "
    "incident_status)",
    "select count(*) from incident where severity_id not in (select id from severity)",
    "select count(*) from incident where incident_type_id not in (select id from incident_type)",
    "select count(*) from incident where lead_id <> '' and lead_id not in (select id from user)",
    "select count(*) from incident_role_assignment where role_id not in (select id from "
    "incident_role)",
    "select count(*) from incident_update where incident_id not in (select id from incident)",
    "select count(*) from incident_update where merged_into_incident_id <> '' and "
    "merged_into_incident_id not in (select id from incident)",
    "select count(*) from incident_timeline_item where incident_id not in (select id from "
    "incident)",
    "select count(*) from incident_attachment where incident_id not in (select id from incident)",
    "select count(*) from incident_relationship where incident_id not in (select id from incident) "
    "or parent_incident_id not in (select id from incident)",
    "select count(*) from follow_up where incident_id not in (select id from incident)",
    "select count(*) from follow_up where assignee_id <> '' and assignee_id not in (select id from "
    "user)",
    "select count(*) from action where incident_id not in (select id from incident)",
    "select count(*) from postmortem_document where incident_id not in (select id from incident)",
    "select count(*) from escalation where escalation_path_id not in (select id from "
    "escalation_path)",
    "select count(*) from escalation_alert where alert_id not in (select id from alert)",
    "select count(*) from escalation_incident where incident_id not in (select id from incident)",
    "select count(*) from schedule_override where schedule_id not in (select id from schedule) or "
    "user_id not in (select id from user)",
    "select count(*) from schedule_entry where schedule_id not in (select id from schedule) or "
    "user_id not in (select id from user)",
    "select count(*) from schedule_sync_rule where schedule_sync_target_id not in (select id from "
    "schedule_sync_target)",
    "select count(*) from schedule_sync_rule where schedule_id not in (select id from schedule)",
    "select count(*) from team_member where id not in (select id from user)",
    /* what follows comes after */
    "select count(*) from alert where updated_at < created_at or (resolved_at > 0 and resolved_at "
    "< created_at)",
    "select count(*) from alert where (status = 'resolved') <> (resolved_at > 0)",
    "select count(*) from incident where updated_at < created_at",
    "select count(*) from incident_update u join incident i on i.id = u.incident_id where "
    "u.created_at < i.created_at or u.created_at > i.updated_at",
    "select count(*) from follow_up where updated_at < created_at or (completed_at > 0 and "
    "completed_at < created_at)",
    "select count(*) from follow_up where (status = 'completed') <> (completed_at > 0)",
    "select count(*) from schedule_override where end_at <= start_at",
    "select count(*) from schedule_entry where end_at <= start_at",
    "select count(*) from schedule_override a join schedule_override b on a.schedule_id = "
    "b.schedule_id and a.id < b.id and a.start_at < b.end_at and b.start_at < a.end_at",
    "select count(*) from schedule_entry a join schedule_entry b on a.schedule_id = b.schedule_id "
    "and a.list = 'final' and b.list = 'final' and a.id < b.id and a.start_at < b.end_at and "
    "b.start_at < a.end_at",
    "select count(*) from alert where created_at > ?1",
    "select count(*) from incident where created_at > ?1 or updated_at > ?1",
    "select count(*) from incident_update where created_at > ?1",
    /* copies agree with what they copy */
    "select count(*) from incident_alert l join alert a on a.id = l.alert_id where l.alert_title "
    "<> a.title or json_extract(l.json, '$.alert.status') <> a.status",
    "select count(*) from incident_alert l join incident i on i.id = l.incident_id where "
    "l.incident_reference <> i.reference "
    "or json_extract(l.json, '$.incident.status_category') <> case i.incident_status_category when "
    "'live' then 'active' "
    "when 'learning' then 'post-incident' else i.incident_status_category end",
    "select count(*) from escalation_alert e join alert a on a.id = e.alert_id where e.alert_title "
    "<> a.title",
    "select count(*) from escalation e, json_each(e.json, '$.related_alerts') s join alert a on "
    "a.id = json_extract(s.value, '$.id') "
    "where json_extract(s.value, '$.status') <> a.status",
    "select count(*) from incident i where i.incident_status_name <> (select "
    "u.new_incident_status_name from incident_update u "
    "where u.incident_id = i.id order by u.created_at desc, u.id desc limit 1) and "
    "i.incident_status_category <> 'learning'",
    /* who was declared later has the higher number */
    "select count(*) from incident a join incident b on a.created_at < b.created_at "
    "where cast(substr(a.reference, 5) as integer) > cast(substr(b.reference, 5) as integer)",
    /* nothing twice */
    "select count(*) - count(distinct alert_source_id || deduplication_key) from alert where "
    "status = 'firing'",
    "select count(*) - count(distinct reference) from incident",
    "select count(*) - count(distinct name) from alert_source",
};

static void
assert_consistent(const struct world_file *file, const char *when)
{
    for (size_t i = 0; i < sizeof violations / sizeof *violations; i++) {
        int64_t count = number(file, violations[i]);
        if (count != 0)
            fail_msg("%s: %lld rows of: %s", when, (long long)count, violations[i]);
    }
}

static void
assert_interesting(const struct world_file *file, const char *when)
{
    print_message("# %s\n", when);
    assert_between(file,
                   "select count(*) from incident where incident_status_category = 'live' and "
                   "severity_digit = 1",
                   1, 1);
    assert_between(file, "select count(*) from incident where incident_status_name = 'Monitoring'",
                   1, 1);
    assert_between(file, "select count(*) from incident where incident_status_category = 'triage'",
                   1, 1);
    assert_between(file, "select count(*) from incident where incident_status_category = 'live'", 2,
                   2);
    assert_between(file, "select count(*) from alert where status = 'firing'", 10, 16);
    assert_between(file, "select count(*) from escalation where status = 'acked'", 1, 9);
    assert_between(file, "select count(*) from alert where resolved_at > ?1 - 600000", 3, 20);
    assert_between(file,
                   "select count(*) from schedule_override where start_at > ?1 - 7 * 86400000 and "
                   "start_at < ?1 + 7 * 86400000",
                   1, 9);
    assert_between(
        file, "select count(*) from follow_up where status = 'outstanding' and due_at < ?1", 1, 12);
    assert_between(file,
                   "select count(*) from follow_up where status = 'outstanding' and due_at >= ?1",
                   4, 40);
    assert_between(file,
                   "select count(*) from schedule_entry where list = 'final' and start_at <= ?1 "
                   "and end_at > ?1",
                   1, 1);
    assert_between(
        file, "select count(*) from maintenance_window where start_at <= ?1 and end_at > ?1", 1, 3);
}

/* ---- tests ---- */

static bool
collect(void *context, const char *json)
{
    struct str *out = context;
    str_append(out, json);
    str_append_char(out, '\n');
    return true;
}

static void
list_all(const struct world_file *file, struct str *out)
{
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct cache_query query = {.limit = 0};
        str_printf(out, "== %s\n", kind_info((enum kind)kind)->table);
        assert_true(cache_list(file->store, (enum kind)kind, &query, collect, out, &err));
    }
}

static void
same_seed_and_now_give_byte_identical_lists(void **state)
{
    (void)state;
    struct str texts[3];
    static const uint64_t seeds[] = {7, 7, 8};
    for (int i = 0; i < 3; i++) {
        str_init(&texts[i], 0);
        struct world_file file = make_world(arena_printf(&arena, "world%d", i), seeds[i], sunday);
        for (int move = 1; move <= 30; move++)
            assert_true(demo_move(file.demo, file.now_ms + move * 15 * SECOND_MS, &err));
        list_all(&file, &texts[i]);
        end_world(&file);
    }
    assert_true(texts[0].len > 1000000);
    assert_true(texts[0].len == texts[1].len &&
                memcmp(texts[0].data, texts[1].data, texts[0].len) == 0);
    assert_string_not_equal(texts[0].data, texts[2].data);
    for (int i = 0; i < 3; i++)
        str_finish(&texts[i]);
}

static void
a_year_is_as_large_as_promised_and_has_every_kind(void **state)
{
    (void)state;
    struct world_file file = make_world("year", 20, sunday);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        int64_t count = 0;
        assert_true(cache_count(file.store, (enum kind)kind, &count, &err));
        if (count == 0)
            fail_msg("no %s", kind_info((enum kind)kind)->table);
    }
    assert_between(&file, "select count(*) from alert", 3600, 4400);
    assert_between(&file, "select count(*) from incident", 160, 160);
    assert_between(&file, "select count(*) from incident_update", 600, 1400);
    assert_between(&file, "select min(created_at) < ?1 - 355 * 86400000 from alert", 1, 1);
    for (const char *const *status =
             (const char *const[]){"outstanding", "completed", "not_doing", "deleted", NULL};
         *status; status++)
        assert_between(
            &file,
            arena_printf(&arena, "select count(*) from follow_up where status = '%s'", *status), 5,
            400);
    assert_between(&file, "select count(distinct incident_status_category) from incident", 8, 8);
    assert_between(&file, "select count(*) from incident where severity_digit = 1", 4, 16);
    assert_between(&file, "select count(*) from postmortem_document", 8, 60);
    /* both clock changes: a Monday's handover at 08:00 and at 09:00 UTC */
    assert_between(&file,
                   "select count(distinct strftime('%H', start_at / 1000, 'unixepoch')) from "
                   "schedule_entry e join schedule s "
                   "on s.id = e.schedule_id where s.name = 'Data Responder' and list = 'scheduled'",
                   2, 2);
    end_world(&file);
}

static void
the_pipeline_is_an_acyclic_graph_whose_names_are_known(void **state)
{
    (void)state;
    const struct pipeline *pipeline = pipeline_get();
    assert_in_range(pipeline->len, 110, 135);
    for (int i = 0; i < pipeline->len; i++) {
        const struct node *node = &pipeline->nodes[i];
        int words = *node->parents != '\0', parents = 0, downstream[PIPELINE_MAX];
        for (const char *at = node->parents; *at; at++)
            words += *at == ' ';
        while (pipeline->parents[i][parents] >= 0)
            parents++;
        if (words != parents)
            fail_msg("%s names a parent that is none", node->name);
        int len = pipeline_downstream(pipeline, i, downstream);
        for (int d = 0; d < len; d++)
            assert_int_not_equal(downstream[d], i);
        assert_int_equal(pipeline_find(pipeline, node->name), i);
        if (node->kind != NODE_EXPOSURE && len == 0)
            print_message("# nothing is made from %s\n", node->name);
    }
}

static bool
decodes(void *context, const char *json)
{
    enum kind kind = *(const enum kind *)context;
    struct arena scratch = {0};
    const struct field_table *table = kind_info(kind)->fields;
    void *object = arena_alloc(&scratch, table->struct_size);
    if (!wire_read_object(kind, slice_of(json), &scratch, object, &err))
        fail_msg("%s: %s", kind_info(kind)->table, err.message);
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        if (field->type != FIELD_ENUM || !field->values || !*field->path)
            continue;
        const char *value = *(const char **)((char *)object + field->offset);
        if (*value && !enumeration_has(field->values, value))
            fail_msg("%s.%s: '%s' is no value of it", table->name, field->name, value);
    }
    arena_finish(&scratch);
    return true;
}

static void
every_object_decodes_and_uses_known_values(void **state)
{
    (void)state;
    struct world_file file = make_world("decode", 20, sunday);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct cache_query query = {.limit = 0};
        enum kind k = (enum kind)kind;
        assert_true(cache_list(file.store, k, &query, decodes, &k, &err));
    }
    end_world(&file);
}

static void
any_day_and_hour_will_do_for_a_start(void **state)
{
    (void)state;
    static const char *const times[] = {
        "2026-11-22T16:30:00Z",                         /* Sunday */
        "2026-11-23T08:59:30Z",                         /* just before a handover */
        "2026-11-23T09:00:00Z",                         /* at it */
        "2026-11-25T11:12:13Z",                         /* a Wednesday at work */
        "2026-11-27T17:29:59Z",                         /* the end of the week */
        "2026-11-28T03:00:00Z",                         /* Saturday night */
        "2026-03-29T00:59:59Z", "2026-03-29T01:30:00Z", /* clocks go forward */
        "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", /* and back */
        "2028-02-29T12:00:00Z", "2026-12-31T23:59:59Z",
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i += is_long() ? 1 : 3) {
        struct world_file file = make_world(arena_printf(&arena, "day%zu", i), 20 + i, times[i]);
        assert_consistent(&file, times[i]);
        assert_interesting(&file, times[i]);
        end_world(&file);
    }
}

static void
hours_of_changes_keep_it_consistent_and_bounded(void **state)
{
    (void)state;
    int moves = is_long() ? 2 * 24 * 60 : 8 * 60; /* one a minute */
    struct world_file file = make_world("days", 20, "2026-11-26T15:00:00Z");
    int64_t now_ms = file.now_ms;
    for (int move = 1; move <= moves; move++) {
        file.now_ms = now_ms + move * MINUTE_MS;
        if (!demo_move(file.demo, file.now_ms, &err))
            fail_msg("move %d: %s", move, err.message);
        if (move % 240 == 0) {
            assert_consistent(&file, arena_printf(&arena, "after %d moves", move));
            assert_between(&file, "select count(*) from alert where status = 'firing'", 3, 24);
            assert_between(&file,
                           "select count(*) from incident where incident_status_category in "
                           "('live', 'triage', 'paused')",
                           1, 6);
            assert_between(&file, "select count(*) from follow_up where status = 'outstanding'", 3,
                           90);
        }
    }
    assert_consistent(&file, "at the end");
    end_world(&file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(same_seed_and_now_give_byte_identical_lists, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_year_is_as_large_as_promised_and_has_every_kind, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_pipeline_is_an_acyclic_graph_whose_names_are_known,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_object_decodes_and_uses_known_values, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(any_day_and_hour_will_do_for_a_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hours_of_changes_keep_it_consistent_and_bounded, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
