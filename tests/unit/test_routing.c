/* From an event to an incident over real HTTP: groups, severities, notes, what ends by itself, rules that change. */

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
#include "tests/support/hub_process.h"
#include "wire/decision_note.h"
#include "wire/wire.h"

static char *secret; /* made in the hub's process */
static struct hub_process hub;
static struct arena arena;

static const char *const viewer[] = {"viewer", NULL};
static const char *const manager[] = {"manage_settings", NULL};
static const char *const *const roles[] = {viewer, manager};
enum { MANAGER = 1 };

#define AT "\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\""

/* An attribute that is what the metadata says under its name. */
#define ATTRIBUTE(id, name)                                                                        \
    "{\"id\":\"" id "\",\"name\":\"" name                                                          \
    "\",\"type\":\"String\",\"array\":false,\"required\":false}"
#define BINDING(id)                                                                                \
    "{\"alert_attribute_id\":\"" id                                                                \
    "\",\"binding\":{\"value\":{\"reference\":\"expressions[\\\"" id                               \
    "\\\"]\"},\"merge_strategy\":\"last_wins\"}}"
#define EXPRESSION(id, jq)                                                                         \
    "{\"label\":\"" id "\",\"reference\":\"" id                                                    \
    "\",\"root_reference\":\"payload\",\"operations\":[{\"operation_type\":\"parse\",\"parse\":{"  \
    "\"source\":\"" jq "\",\"returns\":{\"type\":\"String\",\"array\":false}}}]}"
#define TEMPLATE                                                                                   \
    "{\"title\":{\"reference\":\"payload.title\"},\"description\":{\"reference\":"                 \
    "\"payload.description\"},\"attributes\":[" BINDING("SEV") "," BINDING(                        \
        "TEAM") "],"                                                                               \
                "\"expressions\":[" EXPRESSION("SEV", ".metadata.severity") "," EXPRESSION(        \
                    "TEAM", ".metadata.team") "]}"
#define ONE_OF(subject, label, value)                                                              \
    "{\"subject\":{\"label\":\"" label "\",\"reference\":\"" subject                               \
    "\"},\"operation\":{\"label\":\"is one of\",\"value\":\"one_of\"},\"param_bindings\":[{"       \
    "\"array_value\":[{\"literal\":\"" value "\"}]}]}"

#define WHEN_HOLDS ONE_OF("expressions[\\\"when\\\"]", "when", "true")
#define WHEN EXPRESSION("when", ".metadata.route == \\\"grouped\\\"")
#define TEAM_IS(value) ONE_OF("alert.attributes.TEAM", "Team", value)
#define ROUTE(id, conditions, expressions)                                                         \
    "{\"id\":\"" id "\",\"name\":\"" id                                                            \
    "\",\"enabled\":true,\"is_private\":false,\"version\":1,\"alert_sources\":[{\"alert_source_"   \
    "id\":\"S\",\"condition_groups\":[]}],\"condition_groups\":[{\"conditions\":[" conditions      \
    "]}],\"expressions\":[" expressions "],\"message_config\":{\"destinations\":[]}," AT           \
    ",\"escalation_config\":{\"auto_cancel_escalations\":true,\"escalation_targets\":[" PATHS      \
    "],\"when_alert_joins_group\":{\"mode\":\"on_priority_increase\"}},"
/* A path, and one that is not there. */
#define PATHS                                                                                      \
    "{\"escalation_paths\":{\"array_value\":[{\"literal\":\"PATH\"},{\"literal\":\"NOWHERE\"}]}}"
#define GROUPED_HEAD ROUTE("Grouped", WHEN_HOLDS, WHEN)
#define SINGLE_HEAD ROUTE("Single", TEAM_IS("single"), "")
#define MOVING TEAM_IS("moving")

/* Groups by team for an hour; jq has the last word. */
static const char route_grouped[] = GROUPED_HEAD
    "\"grouping_config\":{\"default\":{\"enabled\":true,\"grouping_keys\":[{\"reference\":"
    "\"alert.attributes.TEAM\"}],\"window_seconds\":3600,\"window_type\":\"rolling\"}},"
    "\"incident_config\":{\"enabled\":true,\"auto_decline_enabled\":true,\"condition_groups\":[],"
    "\"template\":{\"name\":{\"binding\":{\"value\":{\"literal\":\"{{alert.attributes.TEAM}}: "
    "{{alert.title}}\"}}},\"summary\":{\"binding\":{\"value\":{\"reference\":\"alert.description\"}"
    "}"
    "},\"severity\":{\"binding\":{\"value\":{\"reference\":\"alert.attributes.SEV\"}},"
    "\"merge_strategy\":\"max\"}}}}";

/* Each alert its own incident, straight to work, of a type that is not there. */
static const char route_single[] = SINGLE_HEAD
    "\"grouping_config\":{\"default\":{\"enabled\":false}},\"incident_config\":{\"enabled\":true,"
    "\"auto_decline_enabled\":false,\"condition_groups\":[],\"template\":{\"name\":{\"binding\":{"
    "\"value\":{\"reference\":\"alert.title\"}}},\"severity\":{\"merge_strategy\":\"first-wins\"},"
    "\"start_in_triage\":{\"binding\":{\"value\":{\"literal\":\"false\"}}},\"incident_type\":{"
    "\"binding\":{\"value\":{\"literal\":\"GONE\"}}}}}}";

#define LATE_HEAD ROUTE("Late", TEAM_IS("late"), "")
#define MAJOR ONE_OF("alert.attributes.SEV", "Severity", "major")

/* Groups whatever comes; only what is bad enough makes an incident of it. */
static const char route_late[] = LATE_HEAD
    "\"grouping_config\":{\"default\":{\"enabled\":true,\"grouping_keys\":[],\"window_seconds\":60,"
    "\"window_type\":\"fixed\"}},\"incident_config\":{\"enabled\":true,\"auto_decline_enabled\":"
    "false,\"condition_groups\":[{\"conditions\":[" MAJOR
    "]}],\"template\":{\"name\":{\"binding\":{"
    "\"value\":{\"reference\":\"alert.title\"}}},\"severity\":{\"merge_strategy\":\"max\"}}}}";

static const char window[] =
    "{\"id\":\"W\",\"name\":\"Move\",\"start_at\":\"2020-01-01T00:00:00Z\",\"end_at\":"
    "\"2100-01-01T00:00:00Z\",\"lead\":{},\"alert_condition_groups\":[{\"conditions\":[" MOVING
    "]}],\"show_in_sidebar\":true,\"resolve_on_end\":false,\"reroute_on_end\":false," AT "}";

static void
put_vocabulary(struct hub *of, struct arena *scratch)
{
    static const char *const categories[] = {"triage", "live", "declined"};
    static const char *const severities[] = {"Low", "Minor", "Major", "Critical"};
    for (int i = 0; i < 3; i++)
        hub_put(of, KIND_INCIDENT_STATUS,
                arena_printf(scratch,
                             "{\"id\":\"%s\",\"name\":\"%s\",\"category\":\"%s\",\"rank\":%d,"
                             "\"description\":\"\"," AT "}",
                             categories[i], categories[i], categories[i], i + 1),
                scratch);
    for (int i = 0; i < 4; i++)
        hub_put(of, KIND_SEVERITY,
                arena_printf(scratch,
                             "{\"id\":\"SEVERITY%d\",\"name\":\"%s\",\"rank\":%d,\"description\":"
                             "\"\"," AT "}",
                             i, severities[i], i + 1),
                scratch);
    hub_put(of, KIND_INCIDENT_ROLE,
            "{\"id\":\"LEAD\",\"name\":\"Lead\",\"role_type\":\"lead\",\"shortform\":\"lead\","
            "\"description\":\"\",\"instructions\":\"\"," AT "}",
            scratch);
}

static void
fill(struct hub *of, struct arena *scratch)
{
    struct error err;
    put_vocabulary(of, scratch);
    hub_put(of, KIND_ALERT_ATTRIBUTE, ATTRIBUTE("SEV", "Severity"), scratch);
    hub_put(of, KIND_ALERT_ATTRIBUTE, ATTRIBUTE("TEAM", "Team"), scratch);
    hub_put(of, KIND_ALERT_SOURCE,
            "{\"id\":\"S\",\"name\":\"dbt\",\"source_type\":\"http\",\"template\":" TEMPLATE "}",
            scratch);
    hub_put(of, KIND_ALERT_ROUTE, route_grouped, scratch);
    hub_put(of, KIND_ALERT_ROUTE, route_single, scratch);
    hub_put(of, KIND_ALERT_ROUTE, route_late, scratch);
    hub_put(of, KIND_MAINTENANCE_WINDOW, window, scratch);
    hub_put(of, KIND_USER,
            "{\"id\":\"ANA\",\"name\":\"Ana\",\"is_active\":true,\"email\":\"ana@x.example\","
            "\"role\":\"unset\",\"custom_roles\":[],\"base_role\":{\"id\":\"B\",\"name\":\"B\","
            "\"slug\":"
            "\"b\"},\"seats\":{\"on_call\":\"full_access\",\"response\":\"none\"}}",
            scratch);
    hub_put(
        of, KIND_ESCALATION_PATH,
        "{\"id\":\"PATH\",\"name\":\"Everybody\",\"team_ids\":[],\"path\":[{\"id\":\"N\",\"type\":"
        "\"level\",\"level\":{\"targets\":[{\"type\":\"user\",\"id\":\"ANA\",\"urgency\":\"high\","
        "\"schedule_mode\":\"\"}],\"ack_mode\":\"first\",\"time_to_ack_seconds\":900}}]}",
        scratch);
    if (!hub_source_secret_make(hub_store(of), "S", secret, &err))
        _exit(1);
}

static int
start(void **state)
{
    const struct hub_options options = {
        .database = ":memory:", .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 1000000}};
    (void)state;
    secret = mmap(NULL, HUB_TOKEN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(secret, MAP_FAILED);
    hub_process_start(&hub, &options, fill, roles, 2);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    arena_finish(&arena);
    (void)munmap(secret, HUB_TOKEN_SIZE);
    return 0;
}

static void
send_event(const char *key, const char *status, const char *route, const char *team,
           const char *severity)
{
    const char *const headers[] = {arena_printf(&arena, "Authorization: Bearer %s", secret), NULL};
    const char *body =
        arena_printf(&arena,
                     "{\"title\":\"%s failed\",\"status\":\"%s\",\"deduplication_key\":\"%s\","
                     "\"description\":\"why\",\"metadata\":{\"route\":\"%s\",\"team\":\"%s\","
                     "\"severity\":\"%s\"}}",
                     key, status, key, route, team, severity);
    assert_int_equal(
        http_send(hub.client, "POST", "/v2/alert_events/http/S", headers, body, &arena).status,
        202);
}

static const char *
get(const char *target)
{
    struct http_answer answer = http_client_get(hub.client, target, hub.keys[0], &arena);
    if (answer.status != 200)
        fail_msg("%s: %d %s", target, answer.status, answer.body);
    return answer.body;
}

/* Alerts are made after the event was taken. */
static const char *
expect_at(const char *target, const char *path, const char *expected)
{
    int64_t deadline = clock_monotonic_ms() + 30000;
    for (;; usleep(2000)) {
        const char *body = get(target);
        if (strcmp(json_text_at(&arena, body, path), expected) == 0)
            return body;
        if (clock_monotonic_ms() > deadline)
            fail_msg("%s is not '%s' in %s", path, expected, body);
    }
}

static const char *
alert_of(const char *key, const char *status)
{
    const char *body = expect_at(
        arena_printf(&arena, "/v2/alerts?page_size=1&deduplication_key%%5Bis%%5D=%s", key),
        "alerts.0.status", status);
    return json_text_at(&arena, body, "alerts.0.id");
}

/* "" = none. */
static const char *
incident_of(const char *alert_id)
{
    return json_text_at(
        &arena, get(arena_printf(&arena, "/v2/incident_alerts?page_size=5&alert_id=%s", alert_id)),
        "incident_alerts.0.incident.id");
}

static const char *
incident(const char *id)
{
    return get(arena_printf(&arena, "/v2/incidents/%s", id));
}

static struct decision
decision_on(const char *alert_id)
{
    struct decision decision;
    const char *notes = get(arena_printf(&arena, "/v1/alert_notes?alert_id=%s", alert_id));
    if (!decision_of_note(json_text_at(&arena, notes, "alert_notes.0.content"), &arena, &decision))
        fail_msg("no decision in %s", notes);
    assert_string_equal(json_text_at(&arena, notes, "alert_notes.1.id"), "");
    return decision;
}

static const struct decision_route *
route_of(const struct decision *decision, const char *name)
{
    for (size_t i = 0; i < decision->routes_len; i++)
        if (strcmp(decision->routes[i].name, name) == 0)
            return &decision->routes[i];
    fail_msg("the decision does not speak of the route %s", name);
    return NULL;
}

static void
alerts_of_a_group_share_an_incident_whose_severity_follows(void **state)
{
    (void)state;
    send_event("g1", "firing", "grouped", "core", "minor");
    const char *first = alert_of("g1", "firing");
    const char *id = incident_of(first);
    const char *it = incident(id);
    assert_string_equal(json_text_at(&arena, it, "incident.reference"), "INC-1");
    assert_string_equal(json_text_at(&arena, it, "incident.name"), "core: g1 failed");
    assert_string_equal(json_text_at(&arena, it, "incident.summary"), "why");
    assert_string_equal(json_text_at(&arena, it, "incident.incident_status.category"), "triage");
    assert_string_equal(json_text_at(&arena, it, "incident.severity.name"), "Minor");
    assert_string_equal(json_text_at(&arena, it, "incident.creator.alert.id"), first);
    assert_string_equal(json_text_at(&arena, it, "incident.incident_role_assignments.0.role.id"),
                        "LEAD");

    send_event("g2", "firing", "grouped", "core", "major");
    const char *second = alert_of("g2", "firing");
    assert_string_equal(incident_of(second), id);
    assert_string_equal(json_text_at(&arena, incident(id), "incident.severity.name"), "Major");
    send_event("g3", "firing", "grouped", "core", "low");
    assert_string_equal(incident_of(alert_of("g3", "firing")), id);
    assert_string_equal(json_text_at(&arena, incident(id), "incident.severity.name"), "Major");
    struct decision decision = decision_on(second);
    assert_true(route_of(&decision, "Grouped")->taken);
    assert_int_equal(route_of(&decision, "Grouped")->group_alerts, 2);
    assert_false(route_of(&decision, "Grouped")->group_is_new);
    assert_false(route_of(&decision, "Grouped")->incident_is_new);

    send_event("g4", "firing", "grouped", "growth", "low"); /* another key, another group */
    assert_string_not_equal(incident_of(alert_of("g4", "firing")), id);

    /* An event repeated decides nothing anew. */
    send_event("g1", "firing", "grouped", "core", "critical");
    send_event("marker", "firing", "none", "x", "low");
    (void)alert_of("marker", "firing");
    assert_string_equal(json_text_at(&arena, incident(id), "incident.severity.name"), "Major");
}

static void
an_incident_in_triage_is_declined_with_the_last_of_its_alerts(void **state)
{
    (void)state;
    send_event("d1", "firing", "grouped", "decline", "minor");
    send_event("d2", "firing", "grouped", "decline", "minor");
    const char *first = alert_of("d1", "firing"), *second = alert_of("d2", "firing");
    const char *id = incident_of(first);
    send_event("d1", "resolved", "grouped", "decline", "minor");
    (void)alert_of("d1", "resolved");
    assert_string_equal(json_text_at(&arena, incident(id), "incident.incident_status.category"),
                        "triage");
    send_event("d2", "resolved", "grouped", "decline", "minor");
    (void)alert_of("d2", "resolved");
    assert_string_equal(json_text_at(&arena, incident(id), "incident.incident_status.category"),
                        "declined");
    struct decision decision = decision_on(second);
    assert_int_equal(decision.later_len, 1);
    assert_non_null(strstr(decision.later[0].text, "declined by itself"));
    /* The links say it too, and a group whose incident is over takes no more. */
    assert_string_equal(
        json_text_at(
            &arena, get(arena_printf(&arena, "/v2/incident_alerts?page_size=5&alert_id=%s", first)),
            "incident_alerts.0.incident.status_category"),
        "declined");
    send_event("d3", "firing", "grouped", "decline", "minor");
    const char *third = alert_of("d3", "firing");
    assert_string_not_equal(incident_of(third), id);
    assert_true(decision_on(third).routes[0].group_is_new);
}

static void
a_route_without_groups_opens_one_for_each_and_what_is_gone_is_said(void **state)
{
    (void)state;
    send_event("s1", "firing", "none", "single", "critical");
    send_event("s2", "firing", "none", "single", "");
    const char *first = alert_of("s1", "firing"), *second = alert_of("s2", "firing");
    assert_string_not_equal(incident_of(first), incident_of(second));
    const char *it = incident(incident_of(first));
    assert_string_equal(json_text_at(&arena, it, "incident.incident_status.category"), "live");
    assert_string_equal(json_text_at(&arena, it, "incident.severity.name"), "Critical");
    assert_string_equal(
        json_text_at(&arena, incident(incident_of(second)), "incident.severity.name"), "Low");
    struct decision decision = decision_on(first);
    const struct decision_route *single = route_of(&decision, "Single");
    assert_true(single->taken);
    assert_non_null(strstr(single->incident_why, "'GONE' is not there"));
    const struct decision_route *grouped = route_of(&decision, "Grouped");
    assert_false(grouped->taken); /* its jq was run, and said no */
    assert_string_equal(grouped->expressions[0].value, "false");
    send_event("s1", "resolved", "none", "single", "");
    (void)alert_of("s1", "resolved");
    assert_string_equal(
        json_text_at(&arena, incident(incident_of(first)), "incident.incident_status.category"),
        "live");
}

static const char *
escalations_of(const char *alert_id)
{
    return get(
        arena_printf(&arena, "/v2/escalations?page_size=5&alert%%5Bone_of%%5D=%s", alert_id));
}

static void
who_is_paged_for_a_group_is_paged_once_and_no_more_when_it_is_over(void **state)
{
    (void)state;
    send_event("p1", "firing", "grouped", "pages", "minor");
    const char *first = alert_of("p1", "firing");
    const char *page = escalations_of(first);
    const char *id = json_text_at(&arena, page, "escalations.0.id");
    assert_string_equal(json_text_at(&arena, page, "escalations.0.title"), "p1 failed");
    assert_string_equal(json_text_at(&arena, page, "escalations.0.priority.name"), "P3");
    assert_string_equal(json_text_at(&arena, page, "escalations.0.related_incidents.0.id"),
                        incident_of(first));
    assert_string_equal(json_text_at(&arena, page, "escalations.1.id"), "");
    struct decision decision = decision_on(first);
    const struct decision_route *route = route_of(&decision, "Grouped");
    assert_int_equal(route->pages_len, 2);
    assert_string_equal(route->pages[0].escalation_id, id);
    assert_string_equal(route->pages[0].name, "Everybody");
    assert_string_equal(route->pages[0].people[0].name, "Ana");
    assert_string_equal(route->pages[1].problem, "there is no such escalation path");

    send_event("p2", "firing", "grouped", "pages", "minor");
    const char *second = alert_of("p2", "firing");
    assert_string_equal(json_text_at(&arena, escalations_of(second), "escalations.0.id"),
                        id); /* about it too */
    decision = decision_on(second);
    assert_int_equal(route_of(&decision, "Grouped")->pages_len, 0);
    send_event("p3", "firing", "grouped", "pages", "critical"); /* worse: once more */
    const char *third = alert_of("p3", "firing");
    assert_string_not_equal(json_text_at(&arena, escalations_of(third), "escalations.0.id"), id);

    send_event("p1", "resolved", "grouped", "pages", "");
    send_event("p2", "resolved", "grouped", "pages", "");
    (void)alert_of("p2", "resolved");
    expect_at(arena_printf(&arena, "/v2/escalations/%s", id), "escalation.status", "cancelled");
}

static void
an_incident_opened_late_has_the_alerts_of_its_group(void **state)
{
    (void)state;
    send_event("l1", "firing", "none", "late", "minor");
    const char *first = alert_of("l1", "firing");
    assert_string_equal(incident_of(first), "");
    send_event("l2", "firing", "none", "late", "major");
    const char *id = incident_of(alert_of("l2", "firing"));
    assert_string_not_equal(id, "");
    assert_string_equal(incident_of(first), id);
}

static void
what_no_route_takes_or_maintenance_holds_says_so(void **state)
{
    (void)state;
    send_event("u1", "firing", "none", "nobody", "minor");
    const char *id = alert_of("u1", "firing");
    assert_string_equal(incident_of(id), "");
    struct decision decision = decision_on(id);
    assert_int_equal(decision.routes_len, 3);
    for (size_t i = 0; i < decision.routes_len; i++)
        assert_false(decision.routes[i].taken);
    assert_string_equal(decision.attributes[1].value, "nobody");
    send_event("m1", "firing", "grouped", "moving", "minor");
    id = alert_of("m1", "firing");
    assert_string_equal(incident_of(id), "");
    assert_string_equal(decision_on(id).held_by, "Move");
}

/* A maintenance window for a team that is on since long ago. */
static const char *
window_for(const char *team, const char *end_at, const char *flag)
{
    return arena_printf(
        &arena,
        "{\"name\":\"Moving %s\",\"start_at\":\"2020-01-01T00:00:00Z\",\"end_at\":\"%s\",\"lead\":"
        "{\"id\":\"ANA\"},\"alert_condition_groups\":[{\"conditions\":[{\"subject\":"
        "\"alert.attributes.TEAM\",\"operation\":\"one_of\",\"param_bindings\":[{\"array_value\":["
        "{\"literal\":\"%s\"}]}]}]}],\"show_in_sidebar\":true,\"resolve_on_end\":%s,"
        "\"reroute_on_end\":%s}",
        team, end_at, team, strcmp(flag, "resolve") == 0 ? "true" : "false",
        strcmp(flag, "reroute") == 0 ? "true" : "false");
}

/* It is on, holds what comes, and is ended before its time. */
static const char *
hold_one(const char *key, const char *team, const char *flag)
{
    static const char path[] = "/v1/maintenance_windows", later[] = "2100-01-01T00:00:00Z";
    struct http_answer made =
        hub_ask(&hub, &arena, hub.keys[MANAGER], "POST", path, window_for(team, later, flag));
    if (made.status != 201)
        fail_msg("%d %s", made.status, made.body);
    send_event(key, "firing", "grouped", team, "minor");
    const char *id = alert_of(key, "firing");
    assert_string_equal(decision_on(id).held_by, arena_printf(&arena, "Moving %s", team));
    assert_string_equal(incident_of(id), "");
    const char *one = arena_printf(&arena, "%s/%s", path,
                                   json_text_at(&arena, made.body, "maintenance_window.id"));
    struct http_answer ended = hub_ask(&hub, &arena, hub.keys[MANAGER], "PUT", one,
                                       window_for(team, "2021-01-01T00:00:00Z", flag));
    if (ended.status != 200)
        fail_msg("%d %s", ended.status, ended.body);
    return id;
}

static void
what_maintenance_held_goes_through_the_routes_or_ends_when_it_is_over(void **state)
{
    (void)state;
    const char *id = hold_one("e1", "east", "reroute");
    expect_at(arena_printf(&arena, "/v2/escalations?page_size=5&alert%%5Bone_of%%5D=%s", id),
              "escalations.0.title", "e1 failed");
    struct decision decision = decision_on(id);
    assert_string_equal(decision.held_by, "");
    assert_true(route_of(&decision, "Grouped")->taken); /* by its jq, of what the event said */
    assert_string_equal(decision.attributes[1].value, "east");
    assert_int_equal(decision.later_len, 1);
    assert_non_null(strstr(decision.later[0].text, "'Moving east', which held it, is over"));
    assert_string_not_equal(incident_of(id), "");

    id = hold_one("w1", "west", "resolve");
    assert_string_equal(alert_of("w1", "resolved"), id);
    assert_string_equal(incident_of(id), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_of_a_group_share_an_incident_whose_severity_follows),
        cmocka_unit_test(an_incident_in_triage_is_declined_with_the_last_of_its_alerts),
        cmocka_unit_test(a_route_without_groups_opens_one_for_each_and_what_is_gone_is_said),
        cmocka_unit_test(who_is_paged_for_a_group_is_paged_once_and_no_more_when_it_is_over),
        cmocka_unit_test(an_incident_opened_late_has_the_alerts_of_its_group),
        cmocka_unit_test(what_no_route_takes_or_maintenance_holds_says_so),
        cmocka_unit_test(what_maintenance_held_goes_through_the_routes_or_ends_when_it_is_over),
    };
    return cmocka_run_group_tests_name("routing", tests, start, stop);
}
