#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/wire.h"

static struct arena arena;
static struct error err;

static int
begin(void **state)
{
    (void)state;
    err = (struct error){0};
    return 0;
}

static int
end(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

#define ALERT_JSON(id, extra)                                                                      \
    "{\"id\":\"" id "\",\"title\":\"T\",\"status\":\"firing\",\"attributes\":[]," extra            \
    "\"created_at\":\"2026-03-23T03:12:00Z\"}"

static struct wire_page
read_alerts(const char *body)
{
    struct wire_page page;
    if (!wire_read_page(KIND_ALERT, slice_of(body), &arena, &page, &err))
        fail_msg("%s", err.message);
    return page;
}

static void
a_page_has_its_items_and_where_it_goes_on(void **state)
{
    (void)state;
    struct wire_page page = read_alerts("{\"alerts\":[" ALERT_JSON("A", "") "," ALERT_JSON(
        "B", "\"severity\":5,") "],"
                                "\"x\":[1],\"pagination_meta\":{\"after\":\"B\",\"page_size\":2,"
                                "\"total_record_count\":7}}");
    const struct alert *alerts = page.items;
    assert_int_equal(page.items_len, 2);
    assert_string_equal(page.after, "B");
    assert_int_equal(page.total_record_count, 7);
    assert_string_equal(alerts[1].id, "B");
    assert_string_equal(alerts[1].severity, ""); /* a local member is never read */
    assert_string_equal(alerts[1].json, ALERT_JSON("B", "\"severity\":5,"));
    assert_int_equal(alerts[0].created_at, INT64_C(1774235520000));
}

static void
the_last_page_has_no_after_in_any_spelling(void **state)
{
    (void)state;
    assert_string_equal(read_alerts("{\"alerts\":[]}").after, "");
    assert_string_equal(read_alerts("{\"alerts\":[],\"pagination_meta\":null}").after, "");
    assert_string_equal(read_alerts("{\"pagination_meta\":{\"after\":null},\"alerts\":null}").after,
                        "");
    assert_string_equal(read_alerts("{\"pagination_meta\":{\"after\":\"\"},\"alerts\":[]}").after,
                        "");
    assert_int_equal(read_alerts("{\"alerts\":[]}").total_record_count, -1);
}

static void
null_is_absent_and_unknown_enum_values_are_kept(void **state)
{
    (void)state;
    struct alert alert;
    assert_true(wire_read_one(
        KIND_ALERT,
        slice_of("{\"alert\":{\"id\":\"A\",\"title\":null,\"description\":null,\"attributes\":null,"
                 "\"status\":\"muted\",\"resolved_at\":null,\"created_at\":\"\"}}"),
        &arena, &alert, &err));
    assert_string_equal(alert.title, "");
    assert_string_equal(alert.description, "");
    assert_string_equal(alert.status, "muted");
    assert_int_equal(alert.resolved_at, 0);
    assert_int_equal(alert.created_at, 0);
    assert_int_equal(alert.attributes_len, 0);
}

static void
times_are_read_with_any_fraction_and_offset(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"2026-03-23T03:12:00Z", INT64_C(1774235520000)},
        {"2026-03-23T03:12:00.5Z", INT64_C(1774235520500)},
        {"2026-03-23T03:12:00.123456789Z", INT64_C(1774235520123)},
        {"2026-03-23T04:12:00.007+01:00", INT64_C(1774235520007)},
        {"0001-01-01T00:00:00Z", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct alert alert;
        const char *json =
            arena_printf(&arena, "{\"id\":\"A\",\"created_at\":\"%s\"}", cases[i].text);
        assert_true(wire_read_object(KIND_ALERT, slice_of(json), &arena, &alert, &err));
        assert_int_equal(alert.created_at, cases[i].ms);
    }
}

static void
the_object_is_kept_on_one_line_as_it_came(void **state)
{
    (void)state;
    static const struct {
        const char *came, *kept;
    } cases[] = {
        {"{\"id\":\"A\",\"n\":1.50,\"u\":\"\\u00e9\"}",
         "{\"id\":\"A\",\"n\":1.50,\"u\":\"\\u00e9\"}"},
        {"{\"id\": \"A\", \"n\": 1e2}", "{\"id\": \"A\", \"n\": 1e2}"},
        {"{\n  \"id\": \"A\",\r\n\t\"n\": [ 1.50, {} ],\n \"t\": \"a \\\" b\"\n}",
         "{\"id\":\"A\",\"n\":[1.50,{}],\"t\":\"a \\\" b\"}"},
        {"{\"id\":\"A\",\"t\":\"tab\there\"}", "{\"id\":\"A\",\"t\":\"tab\\u0009here\"}"},
        {"{\"id\":\"A\",\"t\":\"bad \xff byte\"}",
         "{\"id\":\"A\",\"t\":\"bad \xef\xbf\xbd byte\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *body = arena_printf(&arena, "{\"alerts\":[%s]}", cases[i].came);
        const struct alert *alerts = read_alerts(body).items;
        assert_string_equal(alerts[0].json, cases[i].kept);
    }
}

static void
secrets_are_removed_from_what_is_kept(void **state)
{
    (void)state;
    struct alert_source source;
    const char *json =
        "{\"id\":\"S\",\"name\":\"ci\",\"secret_token\":\"hush\",\"secret_token\":\"hush2\","
        "\"x\":[\"kept\"]}";
    assert_true(wire_read_object(KIND_ALERT_SOURCE, slice_of(json), &arena, &source, &err));
    assert_string_equal(source.json, "{\"id\":\"S\",\"name\":\"ci\",\"x\":[\"kept\"]}");
}

static void
nested_objects_and_lists_are_read(void **state)
{
    (void)state;
    struct incident incident;
    assert_true(wire_read_object(
        KIND_INCIDENT,
        slice_of("{\"creator\":{\"workflow\":{\"id\":\"W\",\"name\":\"auto\"}},\"id\":\"I\","
                 "\"incident_role_assignments\":[{\"role\":{\"id\":\"R\",\"role_type\":\"lead\"}},"
                 "{\"assignee\":{\"name\":\"Ana\",\"id\":\"U\"},\"role\":{\"id\":\"Q\"}}],"
                 "\"custom_field_entries\":[ {\"a\": 1} ],\"workload_minutes_total\":1.25,"
                 "\"incident_timestamp_values\":[{\"incident_timestamp\":{\"id\":\"T\",\"rank\":3},"
                 "\"value\":{\"value\":\"2026-03-23T03:12:00Z\"}}]}"),
        &arena, &incident, &err));
    assert_string_equal(incident.creator_workflow_name, "auto");
    assert_string_equal(incident.creator_user_id, "");
    assert_int_equal(incident.incident_role_assignments_len, 2);
    assert_string_equal(incident.incident_role_assignments[0].role_type, "lead");
    assert_string_equal(incident.incident_role_assignments[0].assignee_id, "");
    assert_string_equal(incident.incident_role_assignments[1].assignee_name, "Ana");
    assert_string_equal(incident.custom_field_entries, "[{\"a\":1}]");
    assert_true(incident.workload_minutes_total == 1.25);
    assert_int_equal(incident.incident_timestamp_values[0].value, INT64_C(1774235520000));
    assert_int_equal(incident.incident_timestamp_values[0].incident_timestamp_rank, 3);
}

static void
schedule_entries_get_an_id_of_ours(void **state)
{
    (void)state;
    struct wire_page page;
    const char *body =
        "{\"schedule_entries\":{\"final\":[{\"start_at\":\"2026-03-23T03:12:00Z\",\"end_at\":"
        "\"2026-03-23T09:00:00Z\",\"rotation_id\":\"R\",\"layer_id\":\"L\",\"user\":{\"id\":\"U\"}}"
        "],"
        "\"overrides\":[],\"scheduled\":[{\"start_at\":\"2026-03-23T03:12:00Z\",\"end_at\":"
        "\"2026-03-23T09:00:00Z\"}]},\"pagination_meta\":{\"after\":\"2026-04\",\"after_url\":"
        "\"x\"}}";
    assert_true(wire_read_schedule_entries("S", slice_of(body), &arena, &page, &err));
    const struct schedule_entry *entries = page.items;
    assert_int_equal(page.items_len, 2);
    assert_string_equal(page.after, "2026-04");
    assert_string_equal(entries[0].id, "S/final/R/L/1774235520000");
    assert_string_equal(entries[0].list, "final");
    assert_string_equal(entries[0].schedule_id, "S");
    assert_string_equal(entries[0].user_id, "U");
    assert_string_equal(entries[1].id, "S/scheduled///1774235520000");
    assert_string_equal(entries[1].user_id, "");
}

static void
identity_is_read(void **state)
{
    (void)state;
    struct identity identity;
    const char *body =
        "{\"identity\":{\"name\":\"key\",\"dashboard_url\":\"http://x\",\"roles\":[\"viewer\"],"
        "\"teams\":[],\"team_roles\":[]}}";
    assert_true(wire_read_identity(slice_of(body), &arena, &identity, &err));
    assert_string_equal(identity.name, "key");
    assert_string_equal(identity.roles, "[\"viewer\"]");
}

static const char *
nested(int depth)
{
    char *text = arena_alloc(&arena, (size_t)depth * 2 + 64);
    strcpy(text, "{\"alerts\":[],\"x\":");
    memset(text + strlen(text), '[', (size_t)depth);
    memset(text + strlen(text), ']', (size_t)depth);
    strcat(text, "}");
    return text;
}

static void
an_answer_that_makes_no_sense_is_refused_with_its_place(void **state)
{
    (void)state;
    const struct {
        const char *body, *message;
    } cases[] = {
        {"", "answer is empty"},
        {" \n", "answer is empty"},
        {"<!DOCTYPE html><html>", "answer is HTML, not JSON"},
        {"hello", "answer is not valid JSON"},
        {"[]", "answer is not an object"},
        {"{}", "answer has no 'alerts'"},
        {"{\"alert\":{}}", "answer has no 'alerts'"},
        {"{\"alerts\":[]", "answer ends too early"},
        {"{\"alerts\":[{\"id\":\"A", "answer ends too early"},
        {"{\"alerts\":[]}x", "answer is not valid JSON"},
        {"{\"alerts\":[],}", "answer is not valid JSON"},
        {"{\"alerts\":[] \"x\":1}", "answer is not valid JSON"},
        {"{\"alerts\":[],\"x\":\"\\u12g4\"}", "answer is not valid JSON"},
        {"{\"alerts\":[],\"x\":\"\\\x06\"}", "answer is not valid JSON"},
        {"{\"alerts\":[],\"x\":tru}", "answer is not valid JSON"},
        {"{\"alerts\":[{\"id\":\"A\" \"title\":\"T\"}]}", "alerts.0: is not valid JSON"},
        {"{\"alerts\":[{\"id\":\"A\"},]}", "alerts: is not valid JSON"},
        {"{\"alerts\":{}}", "alerts: expected an array"},
        {"{\"alerts\":[{\"id\":\"A\"},null]}", "alerts.1: expected an object, got null"},
        {"{\"alerts\":[{\"title\":\"T\"}]}", "alerts.0.id: required, but missing or empty"},
        {"{\"alerts\":[{\"id\":\"\"}]}", "alerts.0.id: required, but missing or empty"},
        {"{\"alerts\":[{\"id\":7}]}", "alerts.0.id: expected a string, got the number 7"},
        {"{\"alerts\":[{\"id\":\"A\",\"created_at\":\"yester\x1b[31mday\"}]}",
         "alerts.0.created_at: expected a time, got 'yesterday'"},
        {"{\"alerts\":[{\"id\":\"A\",\"created_at\":5}]}",
         "alerts.0.created_at: expected a time, got the number 5"},
        {"{\"alerts\":[{\"id\":\"A\",\"attributes\":{}}]}",
         "alerts.0.attributes: expected an array, got an object"},
        {"{\"alerts\":[{\"id\":\"A\",\"attributes\":[{\"attribute\":{\"id\":\"X\",\"array\":\"no\"}"
         "}]}]}",
         "alerts.0.attributes.0.attribute.array: expected true or false, got 'no'"},
        {"{\"alerts\":[{\"id\":\"A\",\"attributes\":[{\"attribute\":[]}]}]}",
         "alerts.0.attributes.0.attribute: expected an object, got an array"},
        {"{\"alerts\":[],\"pagination_meta\":{\"after\":5}}",
         "pagination_meta.after: expected a string"},
        {nested(200), "answer is nested too deeply"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire_page page;
        err = (struct error){0};
        assert_false(wire_read_page(KIND_ALERT, slice_of(cases[i].body), &arena, &page, &err));
        assert_int_equal(err.code, ERROR_PROTOCOL);
        assert_string_equal(err.message, cases[i].message);
    }
    struct wire_page page;
    assert_false(
        wire_read_page(KIND_ALERT, (struct slice){"{\"alerts\":[]\0}", 14}, &arena, &page, &err));
    assert_string_equal(err.message, "answer is not valid JSON: it holds a NUL byte");
    assert_true(
        wire_read_page(KIND_ALERT, slice_of(nested(WIRE_DEPTH_MAX - 1)), &arena, &page, &err));
}

static void
integers_must_be_whole_and_within_what_a_double_holds(void **state)
{
    (void)state;
    struct severity severity;
    const char *texts[] = {"1.5", "1e300", "\"1\"", "true"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *json = arena_printf(&arena, "{\"id\":\"S\",\"rank\":%s}", texts[i]);
        assert_false(wire_read_object(KIND_SEVERITY, slice_of(json), &arena, &severity, &err));
        assert_int_equal(strncmp(err.message, "severity.rank: expected an integer", 34), 0);
    }
    assert_true(wire_read_object(KIND_SEVERITY, slice_of("{\"id\":\"S\",\"rank\":-4.0}"), &arena,
                                 &severity, &err));
    assert_int_equal(severity.rank, -4);
}

static void
a_list_without_end_is_refused(void **state)
{
    (void)state;
    struct str body;
    str_init(&body, 0);
    str_append(&body, "{\"alerts\":[{}");
    for (int i = 0; i < WIRE_PAGE_ITEMS_MAX; i++)
        str_append(&body, ",{}");
    str_append(&body, "]}");
    struct wire_page page;
    assert_false(wire_read_page(KIND_ALERT, str_slice(&body), &arena, &page, &err));
    assert_int_equal(err.code, ERROR_TOO_LARGE);
    assert_string_equal(err.message, "alerts: more than 50000 items");
    str_finish(&body);
}

static void
a_request_need_not_have_an_id(void **state)
{
    (void)state;
    struct follow_up follow_up;
    assert_true(wire_read_fields(&follow_up_table, slice_of("{\"title\":\"T\"}"), &arena,
                                 &follow_up, &err));
    assert_string_equal(follow_up.title, "T");
    assert_string_equal(follow_up.id, "");
    assert_false(
        wire_read_fields(&follow_up_table, slice_of("{\"title\":[]}"), &arena, &follow_up, &err));
    assert_false(wire_read_fields(&follow_up_table, slice_of("[]"), &arena, &follow_up, &err));
    assert_string_equal(err.message, "follow_up: expected an object, got an array");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_page_has_its_items_and_where_it_goes_on),
        TEST(the_last_page_has_no_after_in_any_spelling),
        TEST(null_is_absent_and_unknown_enum_values_are_kept),
        TEST(times_are_read_with_any_fraction_and_offset),
        TEST(the_object_is_kept_on_one_line_as_it_came),
        TEST(secrets_are_removed_from_what_is_kept),
        TEST(nested_objects_and_lists_are_read),
        TEST(schedule_entries_get_an_id_of_ours),
        TEST(identity_is_read),
        TEST(an_answer_that_makes_no_sense_is_refused_with_its_place),
        TEST(integers_must_be_whole_and_within_what_a_double_holds),
        TEST(a_list_without_end_is_refused),
        TEST(a_request_need_not_have_an_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
