/* Writes of the API over real HTTP: what is refused and why, that a GET shows what was written, and who the audit names. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/hub_world.h"
#include "tests/support/program.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

enum { EDITOR, VIEWER, ON_CALL };

static const char *const editor[] = {"incident_editor", NULL};
static const char *const viewer[] = {"viewer", NULL};
static const char *const on_call[] = {"on_call_editor", NULL};
static const char *const everything[] = {"manage_settings", "viewer", NULL};
static const char *const *const roles[] = {editor, viewer, on_call};

static struct hub_process hub;
static struct arena arena;
static const char *directory, *database;
static char *anas_key; /* belongs to Ana, and may do everything; made in the hub's process */

#define STAMPS "\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\""

/* What an incident is made of: statuses ST_triage … ST_declined, timestamps TS1 … TS3, a reporter, a custom field CFT. */
static void
fill_parts(struct hub *of, struct arena *scratch)
{
    static const char *const categories[] = {"triage",   "live",   "paused",
                                             "learning", "closed", "declined"};
    static const char *const timestamps[] = {"Reported at", "Resolved at", "Closed at"};

    for (size_t i = 0; i < 6; i++)
        hub_put(of, KIND_INCIDENT_STATUS,
                arena_printf(scratch,
                             "{\"id\":\"ST_%s\",\"name\":\"%s\",\"category\":\"%s\",\"rank\":%zu,"
                             "\"description\":\"\"," STAMPS "}",
                             categories[i], categories[i], categories[i], i),
                scratch);
    for (size_t i = 0; i < 3; i++)
        hub_put(of, KIND_INCIDENT_TIMESTAMP,
                arena_printf(scratch, "{\"id\":\"TS%zu\",\"name\":\"%s\",\"rank\":%zu}", i + 1,
                             timestamps[i], i + 1),
                scratch);
    hub_put(of, KIND_INCIDENT_ROLE,
            "{\"id\":\"REPORTER\",\"name\":\"Reporter\",\"role_type\":\"reporter\",\"shortform\":"
            "\"reporter\",\"description\":\"\",\"instructions\":\"\"," STAMPS "}",
            scratch);
    hub_put(
        of, KIND_INCIDENT,
        "{\"id\":\"I10\",\"reference\":\"INC-10\",\"name\":\"Old\",\"mode\":\"standard\","
        "\"visibility\":\"public\",\"incident_status\":{\"id\":\"ST_closed\",\"name\":\"s\","
        "\"category\":\"closed\",\"rank\":1,\"description\":\"\"," STAMPS "},\"creator\":{},"
        "\"custom_field_entries\":[{\"custom_field\":{\"id\":\"CFT\",\"name\":\"Cause\","
        "\"field_type\":\"text\",\"description\":\"\",\"options\":[]},\"values\":[]},"
        "{\"custom_field\":{\"id\":\"CFS\",\"name\":\"Area\",\"field_type\":\"single_select\","
        "\"description\":\"\",\"options\":[{\"id\":\"EU\",\"custom_field_id\":\"CFS\","
        "\"sort_key\":1,\"value\":\"Europe\"}]},\"values\":[]}],"
        "\"incident_role_assignments\":[],\"slack_channel_id\":\"\",\"slack_team_id\":\"\"," STAMPS
        "}",
        scratch);
}

static void
fill(struct hub *of, struct arena *scratch)
{
    struct error err;

    hub_world_fill(of, scratch);
    fill_parts(of, scratch);
    hub_put(of, KIND_ALERT_NOTE,
            "{\"id\":\"WHY\",\"alert_id\":\"A08\",\"content\":\"Why\\n```json\\n{\\\"tocsin_"
            "decision\\\":1}"
            "\\n```\\n\",\"creator\":{},\"images\":[]," STAMPS "}",
            scratch);
    if (!hub_key_add(hub_store(of), "ana's key", everything, "U1", clock_now_ms(), NULL, anas_key,
                     &err))
        _exit(1);
}

static int
start(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    database = arena_printf(&arena, "%s/hub.db", directory);
    const struct hub_options options = {
        .database = database, .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 0}};
    anas_key =
        mmap(NULL, HUB_TOKEN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(anas_key, MAP_FAILED);
    hub_process_start(&hub, &options, fill, roles, 3);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    (void)munmap(anas_key, HUB_TOKEN_SIZE);
    return 0;
}

/* ---- asking ---- */

/* Ana's: the body of the answer, which must have this status. */
static const char *
done(int status, const char *method, const char *path, const char *body)
{
    struct http_answer answer = hub_ask(&hub, &arena, anas_key, method, path, body);
    if (answer.status != status)
        fail_msg("%s %s: %d instead of %d: %s", method, path, answer.status, status, answer.body);
    return answer.body;
}

static const char *
got(const char *path, const char *at)
{
    return json_text_at(&arena, done(200, "GET", path, NULL), at);
}

/* Ana's, refused: the field that the answer names. */
static void
assert_refused(int status, const char *field, const char *method, const char *path,
               const char *body)
{
    struct http_answer answer = hub_ask(&hub, &arena, anas_key, method, path, body);
    if (answer.status != status)
        fail_msg("%s %s %s: %d instead of %d: %s", method, path, body, answer.status, status,
                 answer.body);
    assert_string_equal(json_text_at(&arena, answer.body, "errors.0.source.field"), field);
}

static void
assert_scope(const char *scope, const char *method, const char *path, const char *body)
{
    struct http_answer answer = hub_ask(&hub, &arena, hub.keys[VIEWER], method, path, body);
    assert_int_equal(answer.status, 403);
    if (!strstr(json_text_at(&arena, answer.body, "errors.0.message"), scope))
        fail_msg("%s %s: %s", method, path, answer.body);
}

#define PATH(...) arena_printf(&arena, __VA_ARGS__)

/* ---- what every write does ---- */

static void
a_body_that_is_not_what_a_write_takes_names_the_field(void **state)
{
    static const struct {
        const char *body, *field;
    } cases[] = {
        {"", ""},
        {"{", ""},
        {"[]", ""},
        {"{}", "title"},
        {"{\"title\":\"t\"}", "incident_id"},
        {"{\"title\":\"  \",\"incident_id\":\"I2\"}", "title"},
        {"{\"title\":null,\"incident_id\":\"I2\"}", "title"},
        {"{\"title\":5,\"incident_id\":\"I2\"}", "title"},
        {"{\"title\":\"t\",\"incident_id\":\"I2\",\"colour\":\"red\"}", "colour"},
        {"{\"title\":\"t\",\"incident_id\":\"I2\",\"status\":\"outstanding\"}", "status"},
        {"{\"title\":\"t\",\"incident_id\":\"NONE\"}", "incident_id"},
        {"{\"title\":\"t\",\"incident_id\":\"I2\",\"assignee_id\":\"NONE\"}", "assignee_id"},
        {"{\"title\":\"t\",\"incident_id\":\"I2\",\"labels\":\"a\"}", "labels"},
        {"{\"title\":\"t\",\"incident_id\":\"I2\",\"labels\":[\"a\",1]}", "labels.1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_refused(422, cases[i].field, "POST", "/v2/follow_ups", cases[i].body);
    struct http_answer answer = hub_ask(&hub, &arena, anas_key, "POST", "/v2/follow_ups",
                                        "{\"title\":\"\xff\",\"incident_id\":\"I2\"}");
    assert_int_equal(answer.status, 422);
}

static void
methods_that_a_path_lacks_are_told_with_those_it_has(void **state)
{
    (void)state;
    struct http_answer answer = hub_ask(&hub, &arena, anas_key, "PATCH", "/v2/follow_ups/X", "{}");
    assert_int_equal(answer.status, 405);
    assert_string_equal(http_header(&answer, "Allow", &arena), "GET, HEAD, PUT, DELETE");
    answer = hub_ask(&hub, &arena, anas_key, "DELETE", "/v2/follow_ups", NULL);
    assert_int_equal(answer.status, 405);
    assert_string_equal(http_header(&answer, "Allow", &arena), "GET, HEAD, POST");
    answer = hub_ask(&hub, &arena, anas_key, "GET",
                     "/v2/follow_ups/X/actions/connect_external_issue", NULL);
    assert_int_equal(answer.status, 405);
    assert_string_equal(http_header(&answer, "Allow", &arena), "POST");
}

/* ---- follow-ups and actions ---- */

static void
a_follow_up_is_made_changed_linked_and_deleted(void **state)
{
    (void)state;
    assert_scope("follow_ups.create", "POST", "/v2/follow_ups", "{}");
    const char *made =
        done(201, "POST", "/v2/follow_ups",
             "{\"incident_id\":\"I2\",\"title\":\"Add a test\",\"description\":\"d\","
             "\"assignee_id\":\"U2\",\"labels\":[\"dbt\"]}");
    const char *path = PATH("/v2/follow_ups/%s", json_text_at(&arena, made, "follow_up.id"));
    assert_string_equal(json_text_at(&arena, made, "follow_up.creator.user.id"), "U1");
    assert_string_equal(json_text_at(&arena, made, "follow_up.assignee.name"), "Ben");
    assert_string_equal(got(path, "follow_up.labels.0"), "dbt");
    assert_string_equal(got(path, "follow_up.status"), "outstanding");
    const char *before = got(path, "follow_up.updated_at");

    done(200, "PUT", path,
         "{\"title\":\"Add tests\",\"status\":\"completed\",\"assignee_team_id\":\"T1\"}");
    assert_string_equal(got(path, "follow_up.title"), "Add tests");
    assert_string_equal(got(path, "follow_up.description"), "d");
    assert_string_equal(got(path, "follow_up.assignee.id"), "");
    assert_string_equal(got(path, "follow_up.assignee_team.name"), "Data");
    assert_true(*got(path, "follow_up.completed_at"));
    assert_string_not_equal(got(path, "follow_up.updated_at"), before);
    done(200, "PUT", path,
         "{\"title\":\"Add tests\",\"status\":\"outstanding\",\"assignee_team_id\":null}");
    assert_string_equal(got(path, "follow_up.assignee_team.id"), "");
    assert_string_equal(got(path, "follow_up.completed_at"), "");
    assert_refused(422, "status", "PUT", path, "{\"title\":\"t\",\"status\":\"deleted\"}");
    assert_refused(422, "status", "PUT", path, "{\"title\":\"t\",\"status\":\"lost\"}");

    const char *link = PATH("%s/actions/connect_external_issue", path);
    assert_refused(422, "url", "POST", link, "{\"provider\":\"github\",\"url\":\"javascript:x\"}");
    done(200, "POST", link,
         "{\"provider\":\"github\",\"url\":\"https://github.com/acme/dbt/issues/7\"}");
    assert_string_equal(got(path, "follow_up.external_issue_reference.issue_name"), "#7");
    assert_refused(422, "", "POST", link, "{\"provider\":\"github\",\"url\":\"https://x.org/8\"}");

    assert_scope("follow_ups.destroy", "DELETE", path, NULL);
    done(204, "DELETE", path, NULL);
    done(404, "GET", path, NULL);
    done(404, "DELETE", path, NULL);
    done(404, "PUT", path, "{\"title\":\"t\",\"status\":\"completed\"}");
}

static void
an_action_is_made_changed_and_deleted(void **state)
{
    (void)state;
    const char *made =
        done(201, "POST", "/v2/actions", "{\"incident_id\":\"I2\",\"description\":\"Roll back\"}");
    const char *path = PATH("/v2/actions/%s", json_text_at(&arena, made, "action.id"));
    done(200, "PUT", path,
         "{\"description\":\"Roll back\",\"status\":\"completed\",\"assignee_id\":\"U1\"}");
    assert_string_equal(got(path, "action.assignee.name"), "Ana");
    assert_true(*got(path, "action.completed_at"));
    done(200, "PUT", path,
         "{\"description\":\"Roll back\",\"status\":\"not_doing\",\"assignee_id\":null}");
    assert_string_equal(got(path, "action.assignee.id"), "");
    done(204, "DELETE", path, NULL);
    done(404, "GET", path, NULL);
}

static void
what_belongs_to_a_private_incident_is_not_there(void **state)
{
    (void)state;
    assert_refused(422, "incident_id", "POST", "/v2/actions",
                   "{\"incident_id\":\"I9\",\"description\":\"x\"}");
}

/* ---- incidents ---- */

static const char *
member_where(const char *json, const char *list, const char *key, const char *value,
             const char *member)
{
    for (int i = 0; i < 50; i++)
        if (strcmp(json_text_at(&arena, json, PATH("%s.%d.%s", list, i, key)), value) == 0)
            return json_text_at(&arena, json, PATH("%s.%d.%s", list, i, member));
    return "";
}

static void
an_incident_is_created_once_with_the_next_number(void **state)
{
    static const char body[] =
        "{\"idempotency_key\":\"k1\",\"visibility\":\"public\",\"name\":\"Orders late\","
        "\"summary\":\"s\",\"severity_id\":\"SEV2\",\"incident_status_id\":\"ST_triage\","
        "\"custom_field_entries\":[{\"custom_field_id\":\"CFT\",\"values\":[{\"value_text\":"
        "\"deploy\"}]},{\"custom_field_id\":\"CFS\",\"values\":[{\"value_option_id\":\"EU\"}]}],"
        "\"incident_role_assignments\":[{\"incident_role_id\":\"LEAD\",\"assignee\":{\"email\":"
        "\"u2@example.com\"}}],\"incident_timestamp_values\":[{\"incident_timestamp_id\":\"TS1\","
        "\"value\":\"2026-08-01T10:00:00Z\"}]}";

    (void)state;
    assert_scope("incidents.create", "POST", "/v2/incidents", body);
    const char *made = done(200, "POST", "/v2/incidents", body);
    assert_string_equal(json_text_at(&arena, made, "incident.reference"), "INC-11");
    assert_string_equal(json_text_at(&arena, made, "incident.incident_status.category"), "triage");
    assert_string_equal(json_text_at(&arena, made, "incident.severity.name"), "S2");
    assert_string_equal(json_text_at(&arena, made, "incident.mode"), "standard");
    assert_string_equal(json_text_at(&arena, made, "incident.creator.user.name"), "Ana");
    assert_string_equal(
        json_text_at(&arena, made, "incident.custom_field_entries.0.values.0.value_text"),
        "deploy");
    assert_string_equal(
        json_text_at(&arena, made, "incident.custom_field_entries.1.values.0.value_option.value"),
        "Europe");
    assert_string_equal(member_where(made, "incident.incident_role_assignments", "role.id", "LEAD",
                                     "assignee.name"),
                        "Ben");
    assert_string_equal(member_where(made, "incident.incident_role_assignments", "role.id",
                                     "REPORTER", "assignee.name"),
                        "Ana");
    const char *id = json_text_at(&arena, made, "incident.id");
    assert_string_equal(got("/v2/incidents/11", "incident.id"), id);
    assert_string_equal(got(PATH("/v2/incident_updates?incident_id=%s", id),
                            "incident_updates.0.new_incident_status.category"),
                        "triage");

    assert_string_equal(done(200, "POST", "/v2/incidents", body), made); /* again: the same one */
    assert_refused(409, "idempotency_key", "POST", "/v2/incidents",
                   "{\"idempotency_key\":\"k1\",\"visibility\":\"public\",\"name\":\"Other\"}");
    made = done(200, "POST", "/v2/incidents",
                "{\"idempotency_key\":\"k2\",\"visibility\":\"public\"}");
    assert_string_equal(json_text_at(&arena, made, "incident.reference"), "INC-12");
    assert_string_equal(json_text_at(&arena, made, "incident.incident_status.category"), "live");
}

static void
what_an_incident_cannot_be_is_refused_on_its_field(void **state)
{
    static const struct {
        const char *members, *field;
    } cases[] = {
        {"\"severity_id\":\"NONE\"", "severity_id"},
        {"\"incident_status_id\":\"NONE\"", "incident_status_id"},
        {"\"incident_type_id\":\"NONE\"", "incident_type_id"},
        {"\"mode\":\"loud\"", "mode"},
        {"\"mode\":7", "mode"},
        {"\"incident_role_assignments\":[{\"incident_role_id\":\"NONE\"}]",
         "incident_role_assignments.0.incident_role_id"},
        {"\"incident_role_assignments\":[{\"incident_role_id\":\"LEAD\",\"assignee\":{\"id\":"
         "\"NONE\"}}]",
         "incident_role_assignments.0.assignee"},
        {"\"incident_role_assignments\":[{\"assignee\":{\"id\":\"U1\"}}]",
         "incident_role_assignments.0.incident_role_id"},
        {"\"incident_timestamp_values\":[{\"incident_timestamp_id\":\"TS1\",\"value\":\"soon\"}]",
         "incident_timestamp_values.0.value"},
        {"\"custom_field_entries\":[{\"custom_field_id\":\"NONE\",\"values\":[]}]",
         "custom_field_entries.0.custom_field_id"},
        {"\"custom_field_entries\":[{\"custom_field_id\":\"CFT\",\"values\":[{\"value_link\":"
         "\"https://x.org\"}]}]",
         "custom_field_entries.0.values.0.value_link"},
        {"\"custom_field_entries\":[{\"custom_field_id\":\"CFS\",\"values\":[{\"value_option_id\":"
         "\"US\"}]}]",
         "custom_field_entries.0.values.0"},
        {"\"retrospective_incident_options\":{\"external_id\":7}",
         "retrospective_incident_options.external_id"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_refused(
            422, cases[i].field, "POST", "/v2/incidents",
            PATH("{\"idempotency_key\":\"bad\",\"visibility\":\"public\",%s}", cases[i].members));
    assert_refused(422, "visibility", "POST", "/v2/incidents", "{\"idempotency_key\":\"bad\"}");
    /* what was refused did not use up the key */
    done(200, "POST", "/v2/incidents",
         "{\"idempotency_key\":\"bad\",\"visibility\":\"public\",\"name\":\"Now good\"}");
}

#define EDIT(members) "{\"notify_incident_channel\":false,\"incident\":{" members "}}"

static void
an_incident_is_edited_and_says_so(void **state)
{
    static const char path[] = "/v2/incidents/I2/actions/edit";

    (void)state;
    assert_scope("incidents.edit", "POST", path, EDIT("\"name\":\"x\""));
    const char *before = got("/v2/incidents/I2", "incident.updated_at");
    const char *edited =
        done(200, "POST", path,
             EDIT("\"name\":\"Orders are late\",\"summary\":\"now\","
                  "\"severity_id\":\"SEV3\",\"call_url\":\"https://meet.x.org/1\""));
    assert_string_equal(json_text_at(&arena, edited, "incident.name"), "Orders are late");
    assert_string_equal(got("/v2/incidents/2", "incident.severity.name"), "S3");
    assert_string_equal(got("/v2/incidents/I2", "incident.call_url"), "https://meet.x.org/1");
    assert_string_not_equal(got("/v2/incidents/I2", "incident.updated_at"), before);
    const char *updates = "/v2/incident_updates?incident_id=I2";
    assert_string_equal(got(updates, "incident_updates.0.new_severity.name"), "S3");
    assert_string_equal(got(updates, "incident_updates.0.updater.user.id"), "U1");
    assert_string_equal(
        got("/v2/incident_alerts?incident_id=I2&page_size=50", "incident_alerts.0.incident.name"),
        "Orders are late");

    done(200, "POST", path, EDIT("\"incident_status_id\":\"ST_learning\""));
    const char *after = done(200, "GET", "/v2/incidents/I2", NULL);
    assert_string_equal(json_text_at(&arena, after, "incident.name"), "Orders are late");
    assert_string_equal(got(updates, "incident_updates.0.new_incident_status.category"),
                        "learning");
    assert_refused(422, "incident.incident_status_id", "POST", path,
                   EDIT("\"incident_status_id\":\"ST_live\""));
    assert_refused(422, "incident.incident_status_id", "POST", path,
                   EDIT("\"incident_status_id\":\"ST_declined\""));

    done(200, "POST", path,
         EDIT("\"incident_role_assignments\":[{\"incident_role_id\":\"LEAD\"}],"
              "\"incident_timestamp_values\":[{\"incident_timestamp_id\":\"TS2\",\"value\":"
              "\"2026-08-02T15:00:00Z\"}],\"summary\":\"\""));
    after = done(200, "GET", "/v2/incidents/I2", NULL);
    assert_string_equal(member_where(after, "incident.incident_role_assignments", "role.id", "LEAD",
                                     "assignee.name"),
                        "");
    assert_string_equal(member_where(after, "incident.incident_timestamp_values",
                                     "incident_timestamp.id", "TS2", "value.value"),
                        "2026-08-02T15:00:00Z");
    assert_string_equal(json_text_at(&arena, after, "incident.summary"), "");
    assert_string_equal(
        json_text_at(&arena, after, "incident.custom_field_entries.0.custom_field.id"), "CF");

    assert_refused(422, "incident.name", "POST", path, EDIT("\"name\":\"\""));
    assert_refused(422, "incident.mode", "POST", path, EDIT("\"mode\":\"test\""));
    assert_refused(422, "notify_incident_channel", "POST", path, "{\"incident\":{}}");
    assert_refused(422, "incident", "POST", path, "{\"notify_incident_channel\":true}");
    assert_refused(404, "", "POST", "/v2/incidents/999/actions/edit", EDIT(""));
    assert_refused(404, "", "POST", "/v2/incidents/I9/actions/edit", EDIT(""));
}

static void
closing_an_incident_stamps_it(void **state)
{
    (void)state;
    const char *id =
        json_text_at(&arena,
                     done(200, "POST", "/v2/incidents",
                          "{\"idempotency_key\":\"stamps\",\"visibility\":\"public\"}"),
                     "incident.id");
    const char *closed = done(200, "POST", PATH("/v2/incidents/%s/actions/edit", id),
                              EDIT("\"incident_status_id\":\"ST_closed\""));
    assert_true(*member_where(closed, "incident.incident_timestamp_values",
                              "incident_timestamp.name", "Closed at", "value.value"));
    assert_true(*member_where(closed, "incident.incident_timestamp_values",
                              "incident_timestamp.name", "Reported at", "value.value"));
}

/* ---- what belongs to incidents ---- */

static void
a_timeline_item_is_told_once_and_corrected(void **state)
{
    static const char body[] =
        "{\"idempotency_key\":\"t1\",\"incident_id\":\"I1\",\"title\":\"Rolled back\","
        "\"timestamp\":\"2026-08-01T13:00:00+01:00\",\"description\":\"by hand\"}";

    (void)state;
    assert_scope("incident_timeline_items.create", "POST", "/v2/incident_timeline_items", body);
    const char *made = done(201, "POST", "/v2/incident_timeline_items", body);
    assert_string_equal(json_text_at(&arena, made, "incident_timeline_item.timestamp"),
                        "2026-08-01T12:00:00Z");
    assert_string_equal(done(201, "POST", "/v2/incident_timeline_items", body), made);
    assert_string_equal(
        got("/v2/incident_timeline_items?incident_id=I1", "incident_timeline_items.1.id"), "");
    const char *path = PATH("/v2/incident_timeline_items/%s",
                            json_text_at(&arena, made, "incident_timeline_item.id"));
    const char *changed = done(200, "PATCH", path, "{\"description\":\"\"}");
    assert_string_equal(json_text_at(&arena, changed, "incident_timeline_item.title"),
                        "Rolled back");
    assert_string_equal(json_text_at(&arena, changed, "incident_timeline_item.description"), "");
    assert_string_not_equal(json_text_at(&arena, changed, "incident_timeline_item.updated_at"),
                            json_text_at(&arena, made, "incident_timeline_item.updated_at"));
    assert_refused(422, "title", "PATCH", path, "{\"title\":\"\"}");
    assert_refused(422, "timestamp", "PATCH", path, "{\"timestamp\":\"noon\"}");
    assert_refused(
        422, "idempotency_key", "POST", "/v2/incident_timeline_items",
        "{\"incident_id\":\"I1\",\"title\":\"t\",\"timestamp\":\"2026-08-01T13:00:00Z\"}");
}

static void
things_are_attached_to_an_incident_by_their_address(void **state)
{
#define ATTACH(members) "{\"incident_id\":\"I1\",\"resource\":{" members "}}"
    static const char path[] = "/v1/incident_attachments";
    static const char request[] = ATTACH("\"resource_type\":\"github_pull_request\",\"url\":"
                                         "\"https://github.com/acme/dbt/pull/8/files\"");

    (void)state;
    assert_scope("attachments.create", "POST", path, request);
    const char *made = done(201, "POST", path, request);
    assert_string_equal(json_text_at(&arena, made, "incident_attachment.resource.external_id"),
                        "acme/dbt/8");
    const char *id = json_text_at(&arena, made, "incident_attachment.id");
    assert_string_equal(
        json_text_at(&arena, done(201, "POST", path, request), "incident_attachment.id"), id);
    assert_string_equal(got("/v1/incident_attachments?resource_type=github_pull_request&"
                            "external_id=acme/dbt/8",
                            "incident_attachments.0.incident_id"),
                        "I1");
    done(201, "POST", path,
         ATTACH("\"resource_type\":\"arbitrary_url\",\"url\":\"https://x.org/a\",\"title\":\"A\""));
    assert_refused(422, "resource.url", "POST", path,
                   ATTACH("\"resource_type\":\"github_pull_request\",\"url\":\"https://x.org/\""));
    assert_refused(422, "resource.url", "POST", path, ATTACH("\"resource_type\":\"jira_issue\""));
    assert_refused(
        422, "resource.title", "POST", path,
        ATTACH("\"resource_type\":\"jira_issue\",\"external_id\":\"X-1\",\"title\":\"t\""));
    assert_refused(422, "resource.resource_type", "POST", path,
                   ATTACH("\"resource_type\":\"pigeon\",\"external_id\":\"1\""));
    done(204, "DELETE", PATH("%s/%s", path, id), NULL);
    done(404, "DELETE", PATH("%s/%s", path, id), NULL);
}

static void
post_mortems_are_attached_or_written_here(void **state)
{
    static const char path[] = "/v1/postmortem_documents";

    (void)state;
    const char *made = done(201, "POST", PATH("%s/actions/attach", path),
                            "{\"incident_id\":\"I4\",\"permalink\":\"https://docs.x.org/1\","
                            "\"document_provider\":\"google_docs\"}");
    assert_string_equal(json_text_at(&arena, made, "postmortem_document.type"), "external");
    assert_string_equal(got("/v2/incidents/I4", "incident.postmortem_document_url"),
                        "https://docs.x.org/1");
    const char *one = PATH("%s/%s", path, json_text_at(&arena, made, "postmortem_document.id"));
    done(200, "PUT", one, "{\"status\":\"completed\"}");
    assert_string_equal(got(one, "postmortem_document.status"), "completed");
    assert_refused(422, "status", "PUT", one, "{\"status\":\"lost\"}");
    assert_refused(422, "", "PUT", PATH("%s/content", one), "{\"markdown\":\"x\"}");

    made = done(201, "POST", path,
                "{\"incident_id\":\"I4\",\"title\":\"Why\",\"markdown\":\"# Why\\n\"}");
    assert_string_equal(json_text_at(&arena, made, "postmortem_document.editors.0.name"), "Ana");
    one = PATH("%s/%s", path, json_text_at(&arena, made, "postmortem_document.id"));
    assert_string_equal(got(PATH("%s/content", one), "markdown"), "# Why\n");
    done(200, "PUT", PATH("%s/content", one), "{\"markdown\":\"# Because\\n\"}");
    assert_string_equal(got(PATH("%s/content", one), "markdown"), "# Because\n");
    assert_string_not_equal(got(one, "postmortem_document.updated_at"),
                            json_text_at(&arena, made, "postmortem_document.updated_at"));
    assert_string_equal(got("/v2/incidents/I4", "incident.postmortem_document_ids.1"),
                        json_text_at(&arena, made, "postmortem_document.id"));
    assert_non_null(strstr(got("/v1/postmortem_documents/PM1/content", "markdown"), "Timeline"));
}

/* ---- alerts ---- */

static void
an_alert_is_resolved_once(void **state)
{
    (void)state;
    assert_scope("alerts.resolve", "POST", "/v2/alerts/A02/actions/resolve", NULL);
    const char *answer = done(200, "POST", "/v2/alerts/A02/actions/resolve", NULL);
    assert_string_equal(json_text_at(&arena, answer, "alert.status"), "resolved");
    const char *resolved_at = got("/v2/alerts/A02", "alert.resolved_at");
    assert_true(*resolved_at);
    done(200, "POST", "/v2/alerts/A02/actions/resolve", "");
    assert_string_equal(got("/v2/alerts/A02", "alert.resolved_at"), resolved_at);
    done(404, "POST", "/v2/alerts/NONE/actions/resolve", NULL);
}

static void
notes_are_written_on_alerts_and_groups(void **state)
{
    static const char path[] = "/v1/alert_notes";

    (void)state;
    const char *made = done(201, "POST", path, "{\"alert_id\":\"A04\",\"content\":\"seen\"}");
    const char *one = PATH("%s/%s", path, json_text_at(&arena, made, "alert_note.id"));
    assert_string_equal(json_text_at(&arena, made, "alert_note.creator.user.id"), "U1");
    assert_string_equal(json_text_at(&arena, made, "alert_note.last_edited_at"), "");
    done(200, "PUT", one, "{\"content\":\"known\"}");
    assert_string_equal(got(one, "alert_note.content"), "known");
    assert_true(*got(one, "alert_note.last_edited_at"));
    assert_string_equal(got(PATH("%s?alert_id=A04", path), "alert_notes.0.content"), "known");
    done(204, "DELETE", one, NULL);
    done(404, "GET", one, NULL);
    done(201, "POST", path, "{\"alert_group_id\":\"GRP1\",\"content\":\"seen\"}");
    assert_refused(422, "alert_group_id", "POST", path,
                   "{\"alert_group_id\":\"NONE\",\"content\":\"x\"}");
    assert_refused(422, "alert_id", "POST", path,
                   "{\"alert_id\":\"A04\",\"alert_group_id\":\"GRP1\",\"content\":\"x\"}");
    assert_refused(422, "alert_id", "POST", path, "{\"content\":\"x\"}");
}

static void
only_the_hub_tells_what_it_decided(void **state)
{
    static const char forged[] = "{\"alert_id\":\"A04\",\"content\":\"x\\n```json\\n"
                                 "{\\\"tocsin_decision\\\":1}\\n```\\n\"}";
    static const char path[] = "/v1/alert_notes";

    (void)state;
    assert_refused(422, "content", "POST", path, forged);
    const char *made = done(201, "POST", path, "{\"alert_id\":\"A04\",\"content\":\"seen\"}");
    const char *mine = PATH("%s/%s", path, json_text_at(&arena, made, "alert_note.id"));
    assert_refused(422, "content", "PUT", mine, "{\"content\":\"x {\\\"tocsin_decision\\\":1}\"}");
    assert_refused(403, "", "PUT", PATH("%s/WHY", path), "{\"content\":\"x\"}");
    assert_refused(403, "", "DELETE", PATH("%s/WHY", path), NULL);
    done(200, "GET", PATH("%s/WHY", path), NULL);
    done(204, "DELETE", mine, NULL);
}

static void
an_alert_is_attached_to_an_incident_once(void **state)
{
    static const char body[] = "{\"incident_id\":\"I1\",\"alert_id\":\"A06\"}";

    (void)state;
    const char *made = done(201, "POST", "/v2/incident_alerts", body);
    assert_string_equal(json_text_at(&arena, made, "incident_alert.alert.id"), "A06");
    assert_string_equal(done(201, "POST", "/v2/incident_alerts", body), made);
    assert_string_equal(got("/v2/incident_alerts?alert_id=A06&page_size=50",
                            "incident_alerts.0.incident.reference"),
                        "INC-1");
    assert_refused(409, "incident_id", "POST", "/v2/incident_alerts",
                   "{\"incident_id\":\"I6\",\"alert_id\":\"A06\"}");
    assert_refused(422, "alert_id", "POST", "/v2/incident_alerts",
                   "{\"incident_id\":\"I1\",\"alert_id\":\"NONE\"}");
}

/* ---- maintenance windows ---- */

static void
a_maintenance_window_is_made_changed_and_deleted(void **state)
{
#define WINDOW(operation, end, more)                                                               \
    "{\"name\":\"Upgrade\",\"start_at\":\"2026-08-01T03:30:00Z\",\"end_at\":\"" end                \
    "\",\"lead\":{\"slack_user_id\":\"SL2\"},\"show_in_sidebar\":true,"                            \
    "\"alert_condition_groups\":[{\"conditions\":[{\"subject\":\"alert.attributes.TEAM\","         \
    "\"operation\":\"" operation                                                                   \
    "\",\"param_bindings\":[{\"array_value\":[{\"literal\":\"CAT1\"}]}]}]}]" more "}"
    static const char path[] = "/v1/maintenance_windows";

    (void)state;
    const char *made = done(201, "POST", path,
                            WINDOW("one_of", "2026-08-01T04:30:00Z",
                                   ",\"notify_channels\":[{\"channel_id\":\"C1\",\"channel_type\":"
                                   "\"public\"}],\"escalation_targets\":[{\"escalation_paths\":{"
                                   "\"array_value\":[{\"literal\":\"P1\"}]}}]"));
    const char *groups = "maintenance_window.alert_condition_groups.0.conditions.0";
    assert_string_equal(json_text_at(&arena, made, PATH("%s.subject.label", groups)), "Team");
    assert_string_equal(json_text_at(&arena, made, PATH("%s.operation.label", groups)),
                        "is one of");
    assert_string_equal(
        json_text_at(&arena, made, PATH("%s.param_bindings.0.array_value.0.label", groups)),
        "CAT1");
    assert_string_equal(json_text_at(&arena, made, "maintenance_window.lead.user.name"), "Ben");
    const char *one = PATH("%s/%s", path, json_text_at(&arena, made, "maintenance_window.id"));
    done(200, "PUT", one, WINDOW("not_one_of", "2026-08-01T05:30:00Z", ",\"resolve_on_end\":true"));
    assert_string_equal(got(one, "maintenance_window.end_at"), "2026-08-01T05:30:00Z");
    assert_string_equal(got(one, "maintenance_window.notify_channels.0.channel_id"), "C1");
    assert_string_equal(got(one, "maintenance_window.resolve_on_end"), "true");
    assert_refused(422, "end_at", "PUT", one, WINDOW("one_of", "2026-08-01T03:30:00Z", ""));
    assert_refused(422, "alert_condition_groups.0.conditions.0.operation", "POST", path,
                   WINDOW("smells_of", "2026-08-01T04:30:00Z", ""));
    assert_refused(
        422, "escalation_targets.0.users", "POST", path,
        WINDOW("one_of", "2026-08-01T04:30:00Z",
               ",\"escalation_targets\":[{\"users\":{\"value\":{\"literal\":\"NONE\"}}}]"));
    struct http_answer answer = hub_ask(&hub, &arena, hub.keys[EDITOR], "DELETE", one, NULL);
    assert_int_equal(answer.status, 403);
    answer = hub_ask(&hub, &arena, hub.keys[ON_CALL], "DELETE", one, NULL);
    assert_int_equal(answer.status, 204);
    done(404, "GET", one, NULL);
}

static void
who_says_what_they_saw_overwrites_nobody(void **state)
{
    static const char path[] = "/v2/follow_ups/F1",
                      body[] = "{\"title\":\"Mine\",\"status\":\"outstanding\"}";
    const char *const first[] = {PATH("Authorization: Bearer %s", anas_key), NULL};

    (void)state;
    struct http_answer seen = http_send(hub.client, "GET", path, first, NULL, &arena);
    const char *tag = http_header(&seen, "ETag", &arena);
    const char *const headers[] = {first[0], PATH("If-Match: %s", tag), NULL};
    struct http_answer answer = http_send(hub.client, "PUT", path, headers, body, &arena);
    assert_int_equal(answer.status, 200);
    assert_string_not_equal(http_header(&answer, "ETag", &arena), tag);
    answer = http_send(hub.client, "PUT", path, headers, body, &arena);
    assert_int_equal(answer.status, 412);
    assert_string_equal(json_text_at(&arena, answer.body, "type"), "precondition_failed");
    answer = http_send(hub.client, "DELETE", path, headers, NULL, &arena);
    assert_int_equal(answer.status, 412);
    const char *const any[] = {first[0], "If-Match: *", NULL};
    assert_int_equal(http_send(hub.client, "PUT", path, any, body, &arena).status, 200);
}

/* ---- the audit ---- */

static void
the_audit_names_the_person_and_the_key(void **state)
{
    struct store *store;
    struct statement *statement = NULL;
    struct error err;
    bool row;

    (void)state;
    struct http_answer made = hub_ask(&hub, &arena, hub.keys[EDITOR], "POST", "/v2/actions",
                                      "{\"incident_id\":\"I2\",\"description\":\"x\"}");
    assert_int_equal(made.status, 201);
    assert_string_equal(json_text_at(&arena, made.body, "action.creator.api_key.name"), "key 0");
    const char *id = json_text_at(&arena, made.body, "action.id");
    done(204, "DELETE", PATH("/v2/actions/%s", id), NULL);

    if (!store_open(&store, STORE_HUB, database, STORE_READ, NULL, &err) ||
        !store_statement(store, SQL_AUDIT_LIST, &statement, &err))
        fail_msg("%s", err.message);
    bind_text(statement, "object_id", id);
    bind_integer(statement, "rows", -1);
    assert_true(statement_step(statement, &row, &err) && row);
    assert_string_equal(row_text_borrowed(statement, 2), "ana's key");
    assert_string_equal(row_text_borrowed(statement, 3), "U1");
    assert_string_equal(row_text_borrowed(statement, 4), "Ana");
    assert_string_equal(row_text_borrowed(statement, 5), "DELETE /v2/actions/{id}");
    assert_string_equal(row_text_borrowed(statement, 7), "action");
    assert_string_equal(row_text_borrowed(statement, 10), "");
    const char *before = row_text(statement, &arena, 9);
    assert_true(statement_step(statement, &row, &err) && row);
    assert_string_equal(row_text_borrowed(statement, 2), "key 0");
    assert_string_equal(row_text_borrowed(statement, 3), "");
    assert_string_equal(row_text_borrowed(statement, 9), "");
    assert_string_equal(row_text_borrowed(statement, 10), before);
    assert_true(statement_step(statement, &row, &err) && !row);
    store_close(store);

    struct program program;
    const char *const arguments[] = {"hub", "audit", id, "--data", directory, "--json", NULL};
    program_run(&program, "tocsin", arguments, NULL);
    program_expect_status(&program, 0);
    program_expect_out(&program, "\"user\":{\"id\":\"U1\",\"name\":\"Ana\"}");
    program_expect_out(&program, "\"request\":\"POST /v2/actions\"");
    program_finish(&program);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_that_is_not_what_a_write_takes_names_the_field),
        cmocka_unit_test(methods_that_a_path_lacks_are_told_with_those_it_has),
        cmocka_unit_test(a_follow_up_is_made_changed_linked_and_deleted),
        cmocka_unit_test(an_action_is_made_changed_and_deleted),
        cmocka_unit_test(what_belongs_to_a_private_incident_is_not_there),
        cmocka_unit_test(an_incident_is_created_once_with_the_next_number),
        cmocka_unit_test(what_an_incident_cannot_be_is_refused_on_its_field),
        cmocka_unit_test(an_incident_is_edited_and_says_so),
        cmocka_unit_test(closing_an_incident_stamps_it),
        cmocka_unit_test(a_timeline_item_is_told_once_and_corrected),
        cmocka_unit_test(things_are_attached_to_an_incident_by_their_address),
        cmocka_unit_test(post_mortems_are_attached_or_written_here),
        cmocka_unit_test(an_alert_is_resolved_once),
        cmocka_unit_test(notes_are_written_on_alerts_and_groups),
        cmocka_unit_test(only_the_hub_tells_what_it_decided),
        cmocka_unit_test(an_alert_is_attached_to_an_incident_once),
        cmocka_unit_test(a_maintenance_window_is_made_changed_and_deleted),
        cmocka_unit_test(who_says_what_they_saw_overwrites_nobody),
        cmocka_unit_test(the_audit_names_the_person_and_the_key),
    };
    return cmocka_run_group_tests_name("hub_writes", tests, start, stop);
}
