#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/instance.h"
#include "wire/wire.h"
#include "wire/wire_internal.h"

static const struct field_table *const tables[] = {
#define X(id, name, list, one, many, at, sort, FIELDS) &name##_table,
    KINDS(X)
#undef X
#define X(name, FIELDS) &name##_table,
            EMBEDDED(X)
#undef X
        & identity_table,
};
enum { TABLES = sizeof tables / sizeof tables[0] };

static void
check_round_trip(const struct field_table *table, enum instance_fill fill)
{
    struct arena arena = {0};
    struct error err;
    void *object = instance_make(table, fill, 7, &arena);
    const char *json = wire_write_object(table, object, &arena);
    void *again = arena_alloc(&arena, table->struct_size);
    if (!wire_read_fields(table, slice_of(json), &arena, again, &err))
        fail_msg("%s: %s in %s", table->name, err.message, json);
    const char *difference = instance_difference(table, object, again);
    if (difference)
        fail_msg("%s: %s differs in %s", table->name, difference, json);
    assert_null(strstr(json, ":null"));
    assert_null(strchr(json, '\n'));
    arena_finish(&arena);
}

static void
what_was_written_reads_back_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < TABLES; i++) {
        check_round_trip(tables[i], INSTANCE_FULL);
        check_round_trip(tables[i], INSTANCE_MINIMAL);
    }
}

/* Adds members nobody knows to every object of the tree. */
static void
sow_unknown_keys(cJSON *tree)
{
    for (cJSON *child = tree->child; child; child = child->next)
        sow_unknown_keys(child);
    if (cJSON_IsObject(tree)) {
        cJSON_AddStringToObject(tree, "x_newer", "kept");
        cJSON_AddItemToObject(tree, "x_list", cJSON_Parse("[1.5,{\"deep\":true},null]"));
    }
}

static bool
alike(const char *a, const char *b, struct arena *arena)
{
    const cJSON *left = wire_tree_parse(slice_of(a), arena);
    const cJSON *right = wire_tree_parse(slice_of(b), arena);
    return left && right && cJSON_Compare(left, right, true);
}

static const char *
with_unknown_keys(const struct field_table *table, int seed, struct arena *arena)
{
    void *object = instance_make(table, INSTANCE_FULL, seed, arena);
    const char *json = wire_write_object(table, object, arena);
    cJSON *tree = wire_tree_parse(slice_of(json), arena);
    sow_unknown_keys(tree);
    return wire_tree_print(tree, arena);
}

static void
unknown_keys_survive_reading_and_writing(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        struct arena arena = {0};
        struct error err;
        const struct field_table *table = kind_info(kind)->fields;
        const char *json = with_unknown_keys(table, 3, &arena);
        void *object = arena_alloc(&arena, table->struct_size);
        if (!wire_read_object(kind, slice_of(json), &arena, object, &err))
            fail_msg("%s: %s", table->name, err.message);
        const char *written = wire_write_object(table, object, &arena);
        if (kind != KIND_ALERT_SOURCE) /* whose secret is not kept */
            assert_true(alike(json, written, &arena));
        arena_finish(&arena);
    }
}

static void
a_change_touches_only_its_member(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct error err;
    struct follow_up follow_up;
    const char *json =
        "{\"id\":\"F1\",\"x\":1.50,\"status\":\"outstanding\",\"title\":\"old\",\"assignee\":"
        "{\"id\":\"U1\",\"name\":\"Ana\",\"role\":\"unset\",\"y\":2},\"labels\":[],"
        "\"created_at\":\"2026-01-01T00:00:00.123456Z\"}";
    assert_true(wire_read_object(KIND_FOLLOW_UP, slice_of(json), &arena, &follow_up, &err));
    assert_string_equal(wire_write_object(&follow_up_table, &follow_up, &arena), json);

    follow_up.title = "new";
    follow_up.description = "added";
    assert_string_equal(wire_write_object(&follow_up_table, &follow_up, &arena),
                        "{\"id\":\"F1\",\"x\":1.5,\"status\":\"outstanding\",\"title\":\"new\","
                        "\"assignee\":{\"id\":\"U1\","
                        "\"name\":\"Ana\",\"role\":\"unset\",\"y\":2},\"labels\":[],\"created_at\":"
                        "\"2026-01-01T00:00:00.123456Z\",\"description\":\"added\"}");

    follow_up.assignee_id = follow_up.assignee_name = follow_up.assignee_role = "";
    follow_up.description = "";
    assert_string_equal(
        wire_write_object(&follow_up_table, &follow_up, &arena),
        "{\"id\":\"F1\",\"x\":1.5,\"status\":\"outstanding\",\"title\":\"new\",\"labels\":[],"
        "\"created_at\":\"2026-01-01T00:00:00.123456Z\"}");

    follow_up.assignee_team_id = "T1";
    follow_up.assignee_team_name = "Data";
    assert_non_null(strstr(wire_write_object(&follow_up_table, &follow_up, &arena),
                           "\"assignee_team\":{\"id\":\"T1\",\"name\":\"Data\"}"));
    arena_finish(&arena);
}

static void
items_of_a_list_keep_their_unknown_keys_when_another_changes(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct error err;
    struct team team;
    const char *json =
        "{\"id\":\"T\",\"name\":\"Data\",\"members\":[{\"id\":\"A\",\"name\":\"Ana\",\"z\":1},"
        "{\"id\":\"B\",\"name\":\"Ben\",\"z\":2}],\"catalog_entry\":{\"id\":\"C\",\"name\":\"c\"}}";
    assert_true(wire_read_object(KIND_TEAM, slice_of(json), &arena, &team, &err));
    struct team_member members[] = {team.members[1], {.id = "D", .name = "Dee"}};
    members[0].name = "Benno";
    team.members = members;
    assert_string_equal(
        wire_write_object(&team_table, &team, &arena),
        "{\"id\":\"T\",\"name\":\"Data\",\"members\":[{\"id\":\"B\",\"name\":\"Benno\",\"z\":2},"
        "{\"id\":\"D\",\"name\":\"Dee\"}],\"catalog_entry\":{\"id\":\"C\",\"name\":\"c\"}}");
    arena_finish(&arena);
}

static void
objects_that_are_always_there_are_written_empty(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct escalation escalation = {.id = "E", .status = "triggered"};
    const char *json = wire_write_object(&escalation_table, &escalation, &arena);
    assert_string_equal(
        json,
        "{\"id\":\"E\",\"title\":\"\",\"description\":\"\",\"status\":\"triggered\",\"priority\":"
        "{\"name\":\"\"},\"creator\":{},\"events\":[],\"related_alerts\":[],"
        "\"related_incidents\":[],\"created_at\":\"0001-01-01T00:00:00Z\","
        "\"updated_at\":\"0001-01-01T00:00:00Z\"}");

    struct action action = {.id = "A", .assignee_id = "U", .status = "outstanding"};
    json = wire_write_object(&action_table, &action, &arena);
    assert_non_null(strstr(json, "\"assignee\":{\"id\":\"U\",\"name\":\"\",\"role\":\"unset\"}"));
    assert_non_null(strstr(json, "\"creator\":{}"));
    arena_finish(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_reads_back_the_same),
        cmocka_unit_test(unknown_keys_survive_reading_and_writing),
        cmocka_unit_test(a_change_touches_only_its_member),
        cmocka_unit_test(items_of_a_list_keep_their_unknown_keys_when_another_changes),
        cmocka_unit_test(objects_that_are_always_there_are_written_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
