/* The hub's lists over real HTTP: pages, filters, order, single objects. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/hub_world.h"
#include "wire/wire.h"

static struct hub_process hub;
static struct arena arena;

enum { VIEWER, GLOBAL };

static int
start(void **state)
{
    static const char *const viewer[] = {"viewer", NULL};
    static const char *const global[] = {"viewer", "global_access", NULL};
    static const char *const *const roles[] = {viewer, global};
    const struct hub_options options = {
        .database = ":memory:", .listen = "127.0.0.1:0", .limits = {100000, 100000, 0}};
    int64_t now_ms;

    (void)state;
    (void)time_from_rfc3339("2026-08-03T12:00:00Z", &now_ms); /* it is one */
    clock_freeze(now_ms);
    hub_process_start(&hub, &options, hub_world_fill, roles, 2);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    arena_finish(&arena);
    return 0;
}

static struct wire_document *
get_as(int key, const char *path, int status)
{
    struct http_answer answer = http_client_get(hub.client, path, hub.keys[key], &arena);
    struct wire_document *document;
    struct error err;

    if (answer.status != status)
        fail_msg("%s: %d, expected %d: %s", path, answer.status, status, answer.body);
    assert_string_equal(http_header(&answer, "Content-Type", &arena), "application/json");
    if (!wire_document_read(slice_of(answer.body), &document, &err))
        fail_msg("%s: %s", path, err.message);
    return document;
}

static const char *
text_of(const char *path, const char *at)
{
    struct wire_document *document = get_as(VIEWER, path, 200);
    const char *text = wire_document_text(document, &arena, at);
    wire_document_destroy(document);
    return text;
}

/* "A59 A58 …" of a list. */
static const char *
ids_as(int key, const char *path, const char *many)
{
    struct wire_document *document = get_as(key, path, 200);
    size_t len = wire_document_count(document, many);
    const char *ids = "";

    for (size_t i = 0; i < len; i++)
        ids = arena_printf(
            &arena, "%s%s%s", ids, i ? " " : "",
            wire_document_text(document, &arena, arena_printf(&arena, "%s.%zu.id", many, i)));
    wire_document_destroy(document);
    return ids;
}

static void
assert_ids(const char *path, const char *many, const char *expected)
{
    const char *ids = ids_as(VIEWER, path, many);
    if (strcmp(ids, expected) != 0)
        fail_msg("%s:\n  got      %s\n  expected %s", path, ids, expected);
}

static void
assert_invalid(const char *path, const char *field)
{
    struct wire_document *document = get_as(VIEWER, path, 422);
    assert_string_equal(wire_document_text(document, &arena, "type"), "validation_error");
    assert_string_equal(wire_document_text(document, &arena, "status"), "422");
    if (strcmp(wire_document_text(document, &arena, "errors.0.source.field"), field) != 0)
        fail_msg("%s: names '%s', expected '%s'", path,
                 wire_document_text(document, &arena, "errors.0.source.field"), field);
    assert_true(wire_document_text(document, &arena, "errors.0.message")[0] != '\0');
    assert_int_equal(strlen(wire_document_text(document, &arena, "request_id")), 26);
    wire_document_destroy(document);
}

/* ---- pages ---- */

static void
every_page_size_pages_through_all_alerts_once(void **state)
{
    static const int sizes[] = {1, 7, 20, 30, 49, 50};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const char *after = "";
        int seen = 0, pages = 0;
        do {
            struct wire_document *page = get_as(
                VIEWER, arena_printf(&arena, "/v2/alerts?page_size=%d&after=%s", sizes[i], after),
                200);
            int len = (int)wire_document_count(page, "alerts");
            for (int j = 0; j < len; j++)
                assert_string_equal(
                    wire_document_text(page, &arena, arena_printf(&arena, "alerts.%d.id", j)),
                    arena_printf(&arena, "A%02d", WORLD_ALERTS - 1 - seen - j));
            seen += len;
            pages++;
            assert_string_equal(wire_document_text(page, &arena, "pagination_meta.page_size"),
                                arena_printf(&arena, "%d", sizes[i]));
            after = wire_document_text(page, &arena, "pagination_meta.after");
            wire_document_destroy(page);
        } while (after[0] != '\0');
        assert_int_equal(seen, WORLD_ALERTS);
        assert_int_equal(pages, (WORLD_ALERTS + sizes[i] - 1) / sizes[i]);
    }
}

static void
page_sizes_out_of_range_are_refused_by_each_lists_rule(void **state)
{
    static const struct {
        const char *path;
        int max;
        bool required;
    } lists[] = {
        {"/v2/alerts?x=", 50, true},
        {"/v2/alert_routes?x=", 50, true},
        {"/v2/incident_alerts?x=", 50, true},
        {"/v3/alert_routes?x=", 50, false},
        {"/v2/escalations?x=", 50, false},
        {"/v1/maintenance_windows?x=", 50, false},
        {"/v2/escalation_paths?x=", 25, false},
        {"/v2/incidents?x=", 250, false},
        {"/v2/incident_updates?x=", 250, false},
        {"/v2/users?x=", 10000, false},
        {"/v2/schedules?x=", 10000, false},
        {"/v3/teams?x=", 250, false},
        {"/v1/alert_notes?alert_id=A00", 250, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const char *path = lists[i].path;
        wire_document_destroy(
            get_as(VIEWER, arena_printf(&arena, "%s&page_size=%d", path, lists[i].max), 200));
        assert_invalid(arena_printf(&arena, "%s&page_size=%d", path, lists[i].max + 1),
                       "page_size");
        assert_invalid(arena_printf(&arena, "%s&page_size=0", path), "page_size");
        assert_invalid(arena_printf(&arena, "%s&page_size=-1", path), "page_size");
        assert_invalid(arena_printf(&arena, "%s&page_size=ten", path), "page_size");
        assert_invalid(arena_printf(&arena, "%s&page_size=99999999999999999999", path),
                       "page_size");
        if (lists[i].required)
            assert_invalid(path, "page_size");
        else
            wire_document_destroy(get_as(VIEWER, path, 200));
    }
}

static void
an_unknown_after_is_refused(void **state)
{
    (void)state;
    assert_invalid("/v2/alerts?page_size=5&after=nope", "after");
    assert_invalid("/v2/incident_timeline_items?incident_id=I2&after=nope", "after");
}

static void
unpaged_lists_have_no_pagination(void **state)
{
    (void)state;
    struct wire_document *document = get_as(VIEWER, "/v1/severities?page_size=1", 200);
    assert_int_equal(wire_document_count(document, "severities"), 3);
    assert_string_equal(wire_document_json(document, &arena, "pagination_meta"), "");
    wire_document_destroy(document);
}

static void
page_size_is_reported_as_250_at_most(void **state)
{
    (void)state;
    assert_string_equal(text_of("/v2/users?page_size=10000", "pagination_meta.page_size"), "250");
}

static void
incidents_and_schedules_count_their_records(void **state)
{
    (void)state;
    assert_string_equal(text_of("/v2/incidents?page_size=1", "pagination_meta.total_record_count"),
                        "4");
    assert_string_equal(text_of("/v2/schedules", "pagination_meta.total_record_count"), "1");
    assert_string_equal(text_of("/v2/alerts?page_size=1", "pagination_meta.total_record_count"),
                        "");
}

/* ---- alerts ---- */

static void
alerts_are_filtered_by_each_documented_field(void **state)
{
    (void)state;
    assert_ids("/v2/alerts?page_size=3&status%5Bone_of%5D=firing", "alerts", "A58 A56 A54");
    assert_ids("/v2/alerts?page_size=2&status[not_in]=firing", "alerts", "A59 A57");
    assert_ids("/v2/alerts?page_size=2&status[one_of]=firing&status[one_of]=resolved", "alerts",
               "A59 A58");
    assert_ids("/v2/alerts?page_size=2&alert_source[one_of]=SRC2", "alerts", "A57 A54");
    assert_ids("/v2/alerts?page_size=2&alert_source[one_of]=SRC2&status[one_of]=firing", "alerts",
               "A54 A48");
    assert_ids("/v2/alerts?page_size=5&deduplication_key[is]=key%2012", "alerts", "A12");
    assert_ids("/v2/alerts?page_size=5&deduplication_key[is]=key+12", "alerts", "A12");
    assert_ids("/v2/alerts?page_size=5&alert_group_id[one_of]=GRP1", "alerts", "A01 A00");
    assert_ids("/v2/alerts?page_size=5&has_notes[is]=true", "alerts", "A07 A00");
    assert_ids("/v2/alerts?page_size=2&has_notes%5Bis%5D=false", "alerts", "A59 A58");
    assert_ids("/v2/alerts?page_size=2&attributes[TEAM][one_of]=CAT1", "alerts", "A56 A52");
    assert_ids("/v2/alerts?page_size=2&attributes%5BTEAM%5D%5Bnot_in%5D=CAT1", "alerts", "A59 A58");
    assert_ids("/v2/alerts?page_size=3&attributes[TAGS][one_of]=nightly", "alerts", "A55 A50 A45");
    assert_ids(
        "/v2/alerts?page_size=3&attributes[TAGS][one_of]=nightly&attributes[TEAM][one_of]=CAT1",
        "alerts", "A40 A20 A00");
    assert_ids("/v2/alerts?page_size=3&attributes[TEAM][is_blank]=true", "alerts", "");
    assert_ids("/v2/"
               "alerts?page_size=2&include_maintenance_window[is]=true&created_at[lte]=2026-08-"
               "01T04:00:00Z",
               "alerts", "A04 A03");
    assert_ids("/v2/"
               "alerts?page_size=3&include_maintenance_window[is]=false&created_at[lte]=2026-08-"
               "01T09:00:00Z",
               "alerts", "A09 A07 A06");
}

static void
alerts_take_exact_times_and_whole_days(void **state)
{
    (void)state;
    assert_ids("/v2/alerts?page_size=50&created_at[gte]=2026-08-03T10:00:00Z", "alerts", "A59 A58");
    assert_ids("/v2/alerts?page_size=50&created_at[lte]=2026-08-01T01:00:00Z", "alerts", "A01 A00");
    assert_ids("/v2/alerts?page_size=1&created_at[lte]=2026-08-01", "alerts", "A23");
    assert_ids("/v2/alerts?page_size=1&created_at[gte]=2026-08-04", "alerts", "");
    assert_ids("/v2/alerts?page_size=1&created_at[date_range]=2026-08-01~2026-08-02", "alerts",
               "A47");
    assert_ids("/v2/alerts?page_size=9&updated_at[gte]=2026-08-03T11:00:00.000Z", "alerts", "A59");
    assert_ids("/v2/alerts?page_size=9&updated_at[gte]=2026-08-03T11:00:00.001Z", "alerts", "");
    assert_ids(
        "/v2/alerts?page_size=9&updated_at[date_range]=2026-08-01T01:00:00Z~2026-08-01T03:00:00Z",
        "alerts", "A02 A01");
}

static void
filters_that_make_no_sense_are_named(void **state)
{
    (void)state;
    assert_invalid("/v2/alerts?page_size=5&status[bogus]=firing", "status[bogus]");
    assert_invalid("/v2/alerts?page_size=5&status=firing", "status");
    assert_invalid("/v2/alerts?page_size=5&status[one_of]=open", "status[one_of]");
    assert_invalid("/v2/alerts?page_size=5&status[one_of]=", "status[one_of]");
    assert_invalid("/v2/alerts?page_size=5&colour[is]=red", "colour[is]");
    assert_invalid("/v2/alerts?page_size=5&status[x][one_of]=firing", "status[x][one_of]");
    assert_invalid("/v2/alerts?page_size=5&attributes[one_of]=x", "attributes[one_of]");
    assert_invalid("/v2/alerts?page_size=5&attributes[NONE][one_of]=x", "attributes[NONE][one_of]");
    assert_invalid("/v2/alerts?page_size=5&created_at[gte]=yesterday", "created_at[gte]");
    assert_invalid("/v2/alerts?page_size=5&created_at[gte]=2026-08-01&created_at[lte]=2026-08-02",
                   "created_at[gte]");
    assert_invalid("/v2/alerts?page_size=5&created_at[date_range]=2026-08-01",
                   "created_at[date_range]");
    assert_invalid("/v2/alerts?page_size=5&created_at[date_range]=2026-08-02~2026-08-01",
                   "created_at[date_range]");
    assert_invalid("/v2/alerts?page_size=5&has_notes[is]=yes", "has_notes[is]");
    assert_invalid("/v2/alerts?page_size=5&deduplication_key[is]=a&deduplication_key[is]=b",
                   "deduplication_key[is]");
    assert_invalid("/v2/incidents?severity[gte]=NONE", "severity[gte]");
    assert_invalid("/v2/incidents?sort_by=name", "sort_by");
    assert_invalid("/v2/incidents?filter_mode=some", "filter_mode");
    assert_invalid("/v2/incidents?updated_at[gte]=2026-08-01&updated_at[lte]=2026-08-02",
                   "updated_at[gte]");
    assert_invalid("/v2/users?include_inactive=maybe", "include_inactive");
    assert_invalid("/v1/maintenance_windows?status=open", "status");
    assert_invalid("/v2/follow_ups?incident_mode=odd", "incident_mode");
    assert_invalid("/v1/incident_attachments?incident_id=I2&resource_type=odd&external_id=x",
                   "resource_type");
}

static void
what_a_list_needs_is_asked_for(void **state)
{
    (void)state;
    assert_invalid("/v1/alert_notes", "alert_id");
    assert_invalid("/v1/alert_notes?alert_id=A00&alert_group_id=GRP1", "alert_id");
    assert_invalid("/v1/incident_relationships", "incident_id");
    assert_invalid("/v2/incident_timeline_items", "incident_id");
    assert_invalid("/v2/schedule_overrides", "schedule_id");
    assert_invalid("/v2/schedule_entries", "schedule_id");
    assert_invalid("/v1/incident_attachments", "incident_id");
    assert_invalid("/v1/incident_attachments?external_id=acme/dbt/7", "resource_type");
    assert_invalid("/v3/catalog_entries?page_size=5", "catalog_type_id");
}

/* ---- incidents ---- */

static void
incidents_leave_out_tests_and_what_came_to_nothing(void **state)
{
    (void)state;
    assert_ids("/v2/incidents", "incidents", "I4 I3 I2 I1");
    assert_ids("/v2/incidents?sort_by=created_at_oldest_first&page_size=2", "incidents", "I1 I2");
    assert_ids("/v2/incidents?status_category[one_of]=declined&status_category[one_of]=merged",
               "incidents", "I6 I5");
    assert_ids("/v2/incidents?mode[one_of]=test&mode[one_of]=tutorial", "incidents", "I8 I7");
    assert_string_equal(ids_as(GLOBAL, "/v2/incidents", "incidents"), "I9 I4 I3 I2 I1");
}

static void
incidents_are_filtered_by_each_documented_field(void **state)
{
    (void)state;
    assert_ids("/v2/incidents?status[one_of]=ST_live", "incidents", "I2");
    assert_ids("/v2/incidents?status_category[not_in]=closed", "incidents", "I6 I5 I3 I2 I1");
    assert_ids("/v2/incidents?severity[one_of]=SEV3", "incidents", "I4 I3");
    assert_ids("/v2/incidents?severity[gte]=SEV2", "incidents", "I4 I3 I2");
    assert_ids("/v2/incidents?severity[lte]=SEV2", "incidents", "I2 I1");
    assert_ids("/v2/incidents?severity[gte]=SEV2&severity[lte]=SEV2", "incidents", "I2");
    assert_ids("/v2/incidents?incident_role[LEAD][one_of]=U1", "incidents", "I2 I1");
    assert_ids("/v2/incidents?incident_role[LEAD][is_blank]=true", "incidents", "I4");
    assert_ids("/v2/incidents?incident_role[LEAD][is_blank]=false", "incidents", "I3 I2 I1");
    assert_ids("/v2/incidents?custom_field[CF][one_of]=OPT", "incidents", "I2");
    assert_ids("/v2/incidents?custom_field[CF][is_blank]=true", "incidents", "I4 I3 I1");
    assert_ids("/v2/incidents?created_at[gte]=2026-08-03", "incidents", "I4 I3");
    assert_ids("/v2/incidents?updated_at[gte]=2026-08-03T23:59:59.999Z", "incidents", "I4 I3");
    assert_ids("/v2/incidents?updated_at[lte]=2026-08-02T00:00:00Z", "incidents", "I2 I1");
    assert_ids("/v2/incidents?created_at[date_range]=2026-08-02~2026-08-03", "incidents", "I3 I2");
    assert_ids("/v2/incidents?incident_type[one_of]=none", "incidents", "");
}

static void
filter_mode_any_joins_the_clients_filters_only(void **state)
{
    (void)state;
    assert_ids("/v2/incidents?filter_mode=any&status[one_of]=ST_triage&severity[one_of]=SEV3",
               "incidents", "I4 I3 I1");
    assert_ids(
        "/v2/"
        "incidents?filter_mode=any&created_at[date_range]=2026-08-01~2026-08-02&severity[gte]=SEV3",
        "incidents", "I4 I3 I2 I1");
    assert_ids("/v2/incidents?filter_mode=all&status[one_of]=ST_triage&severity[one_of]=SEV3",
               "incidents", "");
    assert_ids("/v2/incidents?filter_mode=any", "incidents", "I4 I3 I2 I1");
}

static void
private_incidents_and_theirs_need_global_access(void **state)
{
    (void)state;
    wire_document_destroy(get_as(VIEWER, "/v2/incidents/I9", 404));
    wire_document_destroy(get_as(VIEWER, "/v2/incidents/9", 404));
    wire_document_destroy(get_as(GLOBAL, "/v2/incidents/I9", 200));
    wire_document_destroy(get_as(VIEWER, "/v2/follow_ups/F9", 404));
    assert_ids("/v2/incident_updates?incident_id=I9", "incident_updates", "");
    assert_string_equal(ids_as(GLOBAL, "/v2/incident_updates?incident_id=I9", "incident_updates"),
                        "UP9");
    assert_ids("/v2/follow_ups?incident_id=I9", "follow_ups", "");
}

static void
lists_of_an_incident_hold_its_own(void **state)
{
    (void)state;
    assert_ids("/v2/incident_updates?incident_id=I2", "incident_updates", "UP2");
    assert_ids("/v2/incident_updates?incident_id=INC-2", "incident_updates", "");
    assert_ids("/v2/incident_alerts?page_size=5&incident_id=I2", "incident_alerts", "IA1");
    assert_ids("/v2/incident_alerts?page_size=5&alert_id=A01", "incident_alerts", "");
    assert_ids("/v1/incident_attachments?incident_id=I2", "incident_attachments", "AT1");
    assert_ids("/v1/incident_attachments?resource_type=github_pull_request&external_id=acme/dbt/7",
               "incident_attachments", "AT1");
    assert_ids("/v1/postmortem_documents?incident_id=I2", "postmortem_documents", "PM1");
    assert_ids("/v1/alert_notes?alert_id=A07", "alert_notes", "N1");
    assert_ids("/v1/incident_relationships?incident_id=I2", "incident_relationships", "");
}

static void
timeline_items_come_by_when_they_happened(void **state)
{
    (void)state;
    assert_ids("/v2/incident_timeline_items?incident_id=I2", "incident_timeline_items",
               "TL2 TL1 TL0");
    assert_ids("/v2/incident_timeline_items?incident_id=I2&page_size=2", "incident_timeline_items",
               "TL2 TL1");
    assert_string_equal(
        text_of("/v2/incident_timeline_items?incident_id=I2&page_size=2", "pagination_meta.after"),
        "TL1");
    assert_ids("/v2/incident_timeline_items?incident_id=I2&page_size=2&after=TL1",
               "incident_timeline_items", "TL0");
    assert_string_equal(
        text_of("/v2/incident_timeline_items?incident_id=I2&page_size=3", "pagination_meta.after"),
        "");
}

static void
follow_ups_of_usual_incidents_come_unasked(void **state)
{
    (void)state;
    assert_ids("/v2/follow_ups", "follow_ups", "F6 F5 F4 F3 F2 F1");
    assert_ids("/v2/follow_ups?incident_mode=retrospective", "follow_ups", "F3");
    assert_ids("/v2/follow_ups?incident_mode=standard", "follow_ups", "F6 F5 F4 F2 F1");
    assert_ids("/v2/follow_ups?incident_mode=stream", "follow_ups", "");
    assert_ids("/v2/actions", "actions", "");
}

/* ---- single objects ---- */

static void
singles_come_in_their_envelope(void **state)
{
    (void)state;
    assert_string_equal(text_of("/v2/alerts/A05", "alert.id"), "A05");
    assert_string_equal(text_of("/v2/incidents/I2", "incident.reference"), "INC-2");
    assert_string_equal(text_of("/v2/incidents/2", "incident.id"), "I2");
    assert_string_equal(text_of("/v1/severities/SEV1", "severity.rank"), "10");
    assert_string_equal(text_of("/v2/schedule_overrides/OV1", "override.id"), "OV1");
    assert_string_equal(text_of("/v3/teams/T1", "team.catalog_entry.id"), "CAT1");
    assert_string_equal(text_of("/v2/alert_sources/SRC1", "alert_source.secret_token"), "");
    wire_document_destroy(get_as(VIEWER, "/v2/alerts/A99", 404));
    wire_document_destroy(get_as(VIEWER, "/v2/incidents/99", 404));
    wire_document_destroy(get_as(VIEWER, "/v2/alerts/%20", 404));
}

static void
objects_are_served_as_they_were_stored(void **state)
{
    (void)state;
    assert_string_equal(text_of("/v2/alerts/A05", "alert.title"),
                        "Model stg_5 failed \xE2\x82\xAC");
    assert_string_equal(text_of("/v2/alerts/A05", "alert.severity"),
                        ""); /* what we derive stays here */
}

static void
lists_of_alert_routes_are_slim_and_v2_is_the_older_shape(void **state)
{
    (void)state;
    assert_string_equal(text_of("/v3/alert_routes", "alert_routes.0.enabled"), "true");
    assert_string_equal(text_of("/v3/alert_routes", "alert_routes.0.version"), "");
    assert_string_equal(text_of("/v2/alert_routes?page_size=5", "alert_routes.0.name"), "All");
    assert_string_equal(
        text_of("/v3/alert_routes/R1", "alert_route.grouping_config.default.window_seconds"),
        "600");

    struct wire_document *route = get_as(VIEWER, "/v2/alert_routes/R1", 200);
    static const char *const expected[][2] = {
        {"alert_route.version", "3"},
        {"alert_route.incident_config.grouping_window_seconds", "600"},
        {"alert_route.incident_config.auto_relate_grouped_alerts", "false"},
        {"alert_route.incident_config.defer_time_seconds", "30"},
        {"alert_route.incident_config.grouping_keys.0.reference", "alert.title"},
        {"alert_route.incident_template.name.binding.value.label", "x"},
        {"alert_route.condition_groups.0.conditions.0.param_bindings.0.array_value.0.label",
         "CAT1"},
        {"alert_route.escalation_config.escalation_targets.0.escalation_paths.array_value.0.label",
         "P1"},
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        assert_string_equal(wire_document_text(route, &arena, expected[i][0]), expected[i][1]);
    assert_string_equal(wire_document_json(route, &arena, "alert_route.channel_config"), "[]");
    wire_document_destroy(route);
}

static void
post_mortems_kept_here_have_content(void **state)
{
    (void)state;
    assert_non_null(
        strstr(text_of("/v1/postmortem_documents/PM1/content", "markdown"), "# Orders were late"));
    wire_document_destroy(get_as(VIEWER, "/v1/postmortem_documents/NONE/content", 404));
}

/* ---- on call ---- */

static void
schedules_say_who_is_on_call_now_and_next(void **state)
{
    (void)state;
    struct wire_document *schedule = get_as(VIEWER, "/v2/schedules/S1", 200);
    assert_string_equal(wire_document_text(schedule, &arena, "schedule.current_shifts.0.user.name"),
                        "Ben");
    assert_string_equal(wire_document_text(schedule, &arena, "schedule.next_shifts.0.start_at"),
                        "2026-08-04T09:00:00Z");
    wire_document_destroy(schedule);
    assert_string_equal(text_of("/v2/schedules?page_size=25", "schedules.0.next_shifts.0.start_at"),
                        "2026-08-04T09:00:00Z");
    assert_string_equal(text_of("/v2/schedules?page_size=26", "schedules.0.next_shifts.0.start_at"),
                        "");
    assert_string_equal(
        text_of("/v2/schedules?page_size=26", "schedules.0.current_shifts.0.user.id"), "U2");
}

static void
schedule_entries_come_as_scheduled_overrides_and_final(void **state)
{
    static const char path[] = "/v2/schedule_entries?schedule_id=S1&entry_window_start="
                               "2026-08-02T12:00:00Z&entry_window_end=2026-08-05T00:00:00Z";

    (void)state;
    struct wire_document *entries = get_as(VIEWER, path, 200);
    assert_int_equal(wire_document_count(entries, "schedule_entries.scheduled"), 3);
    assert_int_equal(wire_document_count(entries, "schedule_entries.overrides"), 1);
    assert_int_equal(wire_document_count(entries, "schedule_entries.final"), 3);
    assert_string_equal(wire_document_text(entries, &arena, "schedule_entries.scheduled.1.user.id"),
                        "U1");
    assert_string_equal(wire_document_text(entries, &arena, "schedule_entries.final.1.user.id"),
                        "U2");
    assert_string_equal(wire_document_json(entries, &arena, "pagination_meta"), "");
    wire_document_destroy(entries);
    wire_document_destroy(get_as(VIEWER, "/v2/schedule_entries?schedule_id=NONE", 404));
    wire_document_destroy(get_as(VIEWER, "/v2/schedule_entries?schedule_id=S1", 200));
    assert_invalid("/v2/schedule_entries?schedule_id=S1&entry_window_start=now",
                   "entry_window_start");
    assert_invalid("/v2/schedule_entries?schedule_id=S1&entry_window_end=2020-01-01T00:00:00Z",
                   "entry_window_end");
}

static void
long_windows_of_entries_are_paged_without_repeating(void **state)
{
    const char *start = "2026-08-01T00:00:00Z", *last = "";
    int seen = 0, pages = 0;

    (void)state;
    do {
        struct wire_document *page =
            get_as(VIEWER,
                   arena_printf(&arena,
                                "/v2/schedule_entries?schedule_id=S1&entry_window_start=%s&"
                                "entry_window_end=2027-08-01T00:00:00Z",
                                start),
                   200);
        size_t len = wire_document_count(page, "schedule_entries.final");
        for (size_t i = 0; i < len; i++) {
            const char *at = wire_document_text(
                page, &arena, arena_printf(&arena, "schedule_entries.final.%zu.start_at", i));
            assert_true(strcmp(last, at) < 0);
            last = at;
        }
        seen += (int)len;
        start = wire_document_text(page, &arena, "pagination_meta.after");
        if (start[0] != '\0')
            assert_non_null(strstr(wire_document_text(page, &arena, "pagination_meta.after_url"),
                                   arena_printf(&arena, "entry_window_start=%.11s", start)));
        wire_document_destroy(page);
        pages++;
    } while (start[0] != '\0');
    assert_int_equal(seen, 365); /* from the first hand-over on, one a day */
    assert_int_equal(pages, 5);
}

static void
escalation_paths_say_whom_they_would_page(void **state)
{
    (void)state;
    struct wire_document *path = get_as(VIEWER, "/v2/escalation_paths/P1", 200);
    assert_int_equal(wire_document_count(path, "escalation_path.current_responders"), 2);
    assert_string_equal(
        wire_document_text(path, &arena, "escalation_path.current_responders.0.email"),
        "u2@example.com");
    wire_document_destroy(path);
    assert_string_equal(
        text_of("/v2/escalation_paths", "escalation_paths.0.current_responders.1.id"), "U3");
    assert_string_equal(
        text_of("/v2/escalation_paths/P2", "escalation_path.current_responders.0.id"), "U1");
}

static void
escalations_are_found_by_alert_and_incident(void **state)
{
    (void)state;
    assert_ids("/v2/escalations", "escalations", "E2 E1");
    assert_ids("/v2/escalations?status[one_of]=triggered", "escalations", "E1");
    assert_ids("/v2/escalations?alert[one_of]=A00", "escalations", "E1");
    assert_ids("/v2/escalations?alert[not_in]=A00", "escalations", "E2");
    assert_ids("/v2/escalations?incident[one_of]=I2", "escalations", "E1");
    assert_ids("/v2/escalations?incident[one_of]=I3", "escalations", "");
    assert_ids("/v2/escalations?escalation_path[one_of]=P1&updated_at[gte]=2026-08-02",
               "escalations", "E2");
    assert_ids("/v2/escalations?idempotency_key[starts_with]=x", "escalations", "");
}

static void
overrides_rules_users_and_windows_are_listed(void **state)
{
    (void)state;
    assert_ids("/v2/schedule_overrides?schedule_id=S1&rotation_id=ROT&layer_id=L1", "overrides",
               "OV1");
    assert_ids("/v2/schedule_overrides?schedule_id=S1&layer_id=L2", "overrides", "");
    assert_ids("/v2/schedules/S1/sync_rules", "schedule_sync_rules", "RULE");
    assert_string_equal(text_of("/v2/schedules/S1/sync_rules/RULE", "schedule_sync_rule.id"),
                        "RULE");
    wire_document_destroy(get_as(VIEWER, "/v2/schedules/S2/sync_rules", 404));
    wire_document_destroy(get_as(VIEWER, "/v2/schedules/S2/sync_rules/RULE", 404));
    assert_ids("/v2/schedule_sync_targets", "schedule_sync_targets", "STG");
    assert_ids("/v2/users", "users", "U1 U2 U4");
    assert_ids("/v2/users?include_inactive=true", "users", "U1 U2 U3 U4");
    assert_ids("/v2/users?email=u2%40example.com", "users", "U2");
    assert_ids("/v2/users?slack_user_id=SL1", "users", "U1");
    assert_ids("/v1/maintenance_windows?status=past", "maintenance_windows", "MW");
    assert_ids("/v1/maintenance_windows?status=active", "maintenance_windows", "");
    assert_ids("/v1/maintenance_windows?status=upcoming", "maintenance_windows", "");
    assert_ids("/v3/catalog_types", "catalog_types", "");
    wire_document_destroy(get_as(VIEWER, "/v3/catalog_entries?catalog_type_id=X&page_size=5", 404));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_size_pages_through_all_alerts_once),
        cmocka_unit_test(page_sizes_out_of_range_are_refused_by_each_lists_rule),
        cmocka_unit_test(an_unknown_after_is_refused),
        cmocka_unit_test(unpaged_lists_have_no_pagination),
        cmocka_unit_test(page_size_is_reported_as_250_at_most),
        cmocka_unit_test(incidents_and_schedules_count_their_records),
        cmocka_unit_test(alerts_are_filtered_by_each_documented_field),
        cmocka_unit_test(alerts_take_exact_times_and_whole_days),
        cmocka_unit_test(filters_that_make_no_sense_are_named),
        cmocka_unit_test(what_a_list_needs_is_asked_for),
        cmocka_unit_test(incidents_leave_out_tests_and_what_came_to_nothing),
        cmocka_unit_test(incidents_are_filtered_by_each_documented_field),
        cmocka_unit_test(filter_mode_any_joins_the_clients_filters_only),
        cmocka_unit_test(private_incidents_and_theirs_need_global_access),
        cmocka_unit_test(lists_of_an_incident_hold_its_own),
        cmocka_unit_test(timeline_items_come_by_when_they_happened),
        cmocka_unit_test(follow_ups_of_usual_incidents_come_unasked),
        cmocka_unit_test(singles_come_in_their_envelope),
        cmocka_unit_test(objects_are_served_as_they_were_stored),
        cmocka_unit_test(lists_of_alert_routes_are_slim_and_v2_is_the_older_shape),
        cmocka_unit_test(post_mortems_kept_here_have_content),
        cmocka_unit_test(schedules_say_who_is_on_call_now_and_next),
        cmocka_unit_test(schedule_entries_come_as_scheduled_overrides_and_final),
        cmocka_unit_test(long_windows_of_entries_are_paged_without_repeating),
        cmocka_unit_test(escalation_paths_say_whom_they_would_page),
        cmocka_unit_test(escalations_are_found_by_alert_and_incident),
        cmocka_unit_test(overrides_rules_users_and_windows_are_listed),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
