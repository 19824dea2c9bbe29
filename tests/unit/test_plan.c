/* What an action that writes makes of the store's objects: requests, questions, and what it leaves out. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "action/plan.h"
#include "base/clock.h"
#include "store/cache.h"
#include "store/channel_message.h"
#include "store/cover.h"
#include "wire/wire.h"

#define NOW INT64_C(1790000000000)
#define STAMPS "\"created_at\":\"2026-08-01T00:00:00Z\",\"updated_at\":\"2026-08-01T00:00:00Z\""
#define ALERT(id, status)                                                                          \
    "{\"id\":\"" id "\",\"title\":\"alert " id "\",\"status\":\"" status                           \
    "\",\"deduplication_key\":\"k\",\"alert_source_id\":\"SRC\",\"attributes\":[]," STAMPS "}"
#define PAGE(id, alert, status)                                                                    \
    "{\"id\":\"" id "\",\"title\":\"page\",\"description\":\"\",\"status\":\"" status              \
    "\",\"priority\":{\"name\":\"High\"},\"creator\":{},\"events\":[],\"related_alerts\":[{"       \
    "\"id\":\"" alert                                                                              \
    "\",\"title\":\"t\",\"status\":\"firing\",\"deduplication_key\":\"k\",\"alert_source_id\":"    \
    "\"SRC\"," STAMPS "}],\"related_incidents\":[]," STAMPS "}"
#define STATUS(id, name, category, rank)                                                           \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"category\":\"" category "\",\"rank\":" rank        \
    ",\"description\":\"\"," STAMPS "}"
#define SEVERITY(id, name, rank)                                                                   \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"rank\":" rank ",\"description\":\"\"," STAMPS "}"
#define USER(id, name, email)                                                                      \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"email\":\"" email                                  \
    "\",\"is_active\":true,\"role\":\"unset\",\"base_role\":{\"id\":\"b\",\"name\":\"User\","      \
    "\"slug\":\"user\"},\"custom_roles\":[],\"seats\":{\"on_call\":\"full_access\",\"response\":"  \
    "\"full_access\"}}"

static struct arena arena;
static struct store *cache;
static struct error err;
static struct plan_context context;
static const struct derivation derivation;
static struct plan plan;

static void
put(enum kind kind, const char *json)
{
    void *object = arena_alloc(&arena, kind_info(kind)->fields->struct_size);
    enum cache_change change;
    if (!wire_read_object(kind, slice_of(json), &arena, object, &err))
        fail_msg("%s", err.message);
    model_derive(kind, object, &derivation, NULL, 0);
    if (!cache_put(cache, kind, object, NOW, &change, &err))
        fail_msg("%s", err.message);
}

static int
set_up(void **state)
{
    (void)state;
    static const char *const statuses[] = {
        STATUS("TRIAGE", "Triage", "triage", "1"), STATUS("FIX", "Fixing", "live", "2"),
        STATUS("WATCH", "Monitoring", "live", "3"), STATUS("REVIEW", "Reviewing", "learning", "4"),
        STATUS("CLOSED", "Closed", "closed", "5")};
    if (!store_open(&cache, STORE_CACHE, ":memory:", STORE_WRITE, NULL, &err) ||
        !store_begin(cache, &err))
        return -1;
    context = (struct plan_context){
        .cache = cache, .me = "", .derivation = &derivation, .zone = zone_utc(), .now_ms = NOW};
    put(KIND_ALERT, ALERT("A1", "firing"));
    put(KIND_ALERT, ALERT("A2", "firing"));
    put(KIND_ALERT, ALERT("A3", "resolved"));
    put(KIND_ESCALATION, PAGE("P1", "A1", "triggered"));
    put(KIND_ESCALATION, PAGE("P2", "A1", "resolved"));
    put(KIND_ESCALATION, PAGE("P3", "A2", "acked"));
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        put(KIND_INCIDENT_STATUS, statuses[i]);
    put(KIND_SEVERITY, SEVERITY("LOW", "Minor", "1"));
    put(KIND_SEVERITY, SEVERITY("HIGH", "Major", "2"));
    put(KIND_SEVERITY, SEVERITY("TOP", "Critical", "3"));
    put(KIND_USER, USER("U1", "Ana", "ana@example.com"));
    put(KIND_USER, USER("U2", "Anton", "anton@example.com"));
    put(KIND_INCIDENT_ROLE,
        "{\"id\":\"LEAD\",\"name\":\"Lead\",\"role_type\":\"lead\",\"shortform\":\"lead\","
        "\"description\":\"\",\"instructions\":\"\"," STAMPS "}");
    put(KIND_INCIDENT,
        "{\"id\":\"I1\",\"reference\":\"INC-1\",\"name\":\"Late\",\"mode\":"
        "\"standard\",\"visibility\":\"public\",\"incident_status\":" STATUS(
            "FIX", "Fixing", "live",
            "2") ",\"severity\":" SEVERITY("LOW", "Minor",
                                           "1") ",\"creator\":"
                                                "{\"user\":{\"id\":\"U1\",\"name\":\"Ana\","
                                                "\"role\":\"unset\"}},"
                                                "\"custom_field_entries\":[],\"incident_role_"
                                                "assignments\":[],"
                                                "\"incident_timestamp_values\":[]," STAMPS "}");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    store_rollback(cache);
    store_close(cache);
    arena_finish(&arena);
    return 0;
}

static void
make(enum action_id action, enum kind kind, const char *id, const char *argument)
{
    const struct plan_target target = {kind, id};
    err = (struct error){0};
    if (!plan_make(action, &context, &target, 1, argument, &arena, &plan, &err))
        fail_msg("%s", err.message);
}

static void
refuse(enum action_id action, enum kind kind, const char *id, const char *argument,
       const char *part)
{
    const struct plan_target target = {kind, id};
    assert_false(plan_make(action, &context, &target, 1, argument, &arena, &plan, &err));
    if (!strstr(err.message, part))
        fail_msg("expected '%s' in: %s", part, err.message);
}

static void
an_acknowledgement_answers_what_still_pages(void **state)
{
    (void)state;
    make(ACTION_ACKNOWLEDGE, KIND_ALERT, "A1", "");
    assert_int_equal(plan.len, 1);
    assert_string_equal(plan.rows[0].path, "/v2/escalations/P1/actions/respond");
    assert_string_equal(plan.rows[0].goal, "{\"status\":\"acked\"}");
    assert_string_equal(plan.rows[0].label, "acknowledge 'alert A1'");
    assert_string_equal(plan.question, "Acknowledge 'alert A1'?");
    assert_int_equal(plan.class, CLASS_FREE);
    make(ACTION_ACKNOWLEDGE, KIND_ALERT, "A2", "");
    assert_int_equal(plan.len, 0);
    assert_string_equal(plan.skipped[0].why, "its page is answered so already");
    make(ACTION_ACKNOWLEDGE, KIND_ALERT, "A3", "");
    assert_string_equal(plan.skipped[0].why, "nobody is being paged for it");
}

static void
an_incident_goes_to_its_review_before_it_is_closed(void **state)
{
    (void)state;
    make(ACTION_FINISH, KIND_INCIDENT, "I1", "");
    assert_string_equal(plan.rows[0].goal, "{\"incident_status.id\":\"REVIEW\"}");
    assert_string_equal(plan.rows[0].seen, "{\"incident_status.id\":\"FIX\"}");
    make(ACTION_FINISH, KIND_INCIDENT, "I1", "closed");
    assert_string_equal(plan.rows[0].goal, "{\"incident_status.id\":\"CLOSED\"}");
    make(ACTION_FINISH, KIND_ALERT, "A3", "");
    assert_string_equal(plan.skipped[0].why, "it is resolved already");
}

static void
what_did_not_come_about_is_not_told(void **state)
{
    (void)state;
    make(ACTION_UPDATE, KIND_INCIDENT, "I1", "status=mon severity=2 the fix is out");
    assert_int_equal(plan.len, 2);
    assert_string_equal(plan.rows[0].goal,
                        "{\"incident_status.id\":\"WATCH\",\"severity.id\":\"HIGH\"}");
    assert_int_equal(plan.rows[1].waits_for, 1);
    assert_non_null(strstr(plan.rows[1].body, "\"title\":\"the fix is out\""));
    assert_non_null(strstr(plan.rows[1].body, plan.rows[1].idempotency_key));
    make(ACTION_UPDATE, KIND_INCIDENT, "I1", "status=Fixing");
    assert_int_equal(plan.len, 0);
    refuse(ACTION_UPDATE, KIND_INCIDENT, "I1", "", "expected status=STATUS");
    refuse(ACTION_UPDATE, KIND_INCIDENT, "I1", "status=nope", "there are Triage, Fixing");
}

static void
the_most_severe_grade_is_typed(void **state)
{
    (void)state;
    make(ACTION_UPDATE, KIND_INCIDENT, "I1", "severity=S1");
    assert_int_equal(plan.class, CLASS_TYPED);
    assert_string_equal(plan.typed, "Critical");
    make(ACTION_UPDATE, KIND_INCIDENT, "I1", "severity=major");
    assert_int_equal(plan.class, CLASS_ASK);
}

static void
an_incident_is_declared_before_its_alerts_are_attached(void **state)
{
    (void)state;
    const struct plan_target targets[] = {{KIND_ALERT, "A1"}, {KIND_ALERT, "A2"}};
    assert_true(plan_make(ACTION_DECLARE, &context, targets, 2, "sev=minor Orders \"late\"", &arena,
                          &plan, &err));
    assert_int_equal(plan.len, 3);
    assert_non_null(strstr(plan.rows[0].body, "\"name\":\"Orders \\\"late\\\"\""));
    assert_non_null(strstr(plan.rows[0].body, plan.rows[0].idempotency_key));
    assert_int_equal(plan.rows[1].waits_for, 1);
    assert_non_null(strstr(plan.rows[2].body, "\"incident_id\":\"{result}\""));
    assert_string_equal(plan.question, "Declare 'Orders \"late\"'?");
    make(ACTION_DECLARE, KIND_ALERT, "A2", "");
    assert_string_equal(plan.question, "Declare 'alert A2'?");
}

static void
a_person_is_named_or_known(void **state)
{
    (void)state;
    refuse(ACTION_ASSIGN, KIND_INCIDENT, "I1", "", "who you are is not known");
    refuse(ACTION_ASSIGN, KIND_INCIDENT, "I1", "an", "begins several: Ana, Anton");
    context.me = "anton@example.com";
    make(ACTION_ASSIGN, KIND_INCIDENT, "I1", "");
    assert_string_equal(plan.rows[0].seen,
                        "{\"incident_role_assignments[role.role_type=lead].assignee.id\":\"\"}");
    assert_string_equal(plan.rows[0].label, "make Anton lead of 'INC-1 Late'");
    make(ACTION_ASSIGN, KIND_INCIDENT, "I1", "ana");
    assert_non_null(strstr(plan.rows[0].body, "\"U1\""));
}

static void
many_targets_are_counted_aloud(void **state)
{
    (void)state;
    struct plan_target targets[PLAN_TARGETS_ASKED + 1];
    for (size_t i = 0; i < PLAN_TARGETS_ASKED + 1; i++)
        targets[i] = (struct plan_target){KIND_ALERT, i ? "A2" : "A1"};
    assert_true(plan_make(ACTION_NOTE, &context, targets, PLAN_TARGETS_ASKED + 1, "seen", &arena,
                          &plan, &err));
    assert_int_equal(plan.class, CLASS_TYPED);
    assert_string_equal(plan.typed, "11");
    assert_string_equal(plan.question, "Note on 'alert A1' and 1 more?");
}

static void
what_an_action_cannot_do_is_said(void **state)
{
    (void)state;
    refuse(ACTION_NOTE, KIND_ALERT, "A1", " ", "the text is missing");
    refuse(ACTION_NOTE, KIND_FOLLOW_UP, "F1", "x", "not for follow-ups");
    refuse(ACTION_LINK, KIND_INCIDENT, "I1", "ftp://x", "expected an address");
    make(ACTION_LINK, KIND_INCIDENT, "I1", "https://example.com \"The run\"");
    assert_non_null(strstr(plan.rows[0].body, "\"title\":\"The run\""));
    make(ACTION_ESCALATE, KIND_INCIDENT, "I1", "Anton \"wake up\"");
    assert_non_null(strstr(plan.rows[0].body, "\"title\":\"wake up\""));
    refuse(ACTION_DEFER, KIND_ALERT, "A1", "until 2020-01-01", "not in the future");
    refuse(ACTION_ATTACH, KIND_ALERT, "A1", "A2", "is no incident");
    make(ACTION_NOTE, KIND_ALERT, "A9", "x");
    assert_string_equal(plan.skipped[0].why, "it is gone upstream");
}

/* ---- shifts ---- */

#define HOUR INT64_C(3600000)
#define SCHEDULE(id)                                                                               \
    "{\"id\":\"" id "\",\"name\":\"Primary\",\"timezone\":\"UTC\",\"annotations\":{},"             \
    "\"team_ids\":[],\"config\":{\"rotations\":[]}," STAMPS "}"

static const char *
time_text(int64_t at_ms)
{
    char text[RFC3339_SIZE];
    return arena_text(&arena, time_to_rfc3339(at_ms, text));
}

/* U1 is Ana, U2 is Anton. */
static void
put_shift(const char *id, const char *list, int person, int64_t start_at, int64_t end_at)
{
    const char *json = arena_printf(
        &arena,
        "{\"entry_id\":\"%s\",\"fingerprint\":\"%s\",\"rotation_id\":\"ROT\",\"layer_id\":\"L1\","
        "\"user\":{\"id\":\"U%d\",\"name\":\"%s\",\"role\":\"unset\"},\"start_at\":\"%s\","
        "\"end_at\":\"%s\"}",
        id, id, person, person == 1 ? "Ana" : "Anton", time_text(start_at), time_text(end_at));
    struct schedule_entry entry;
    enum cache_change change;
    if (!wire_read_object(KIND_SCHEDULE_ENTRY, slice_of(json), &arena, &entry, &err))
        fail_msg("%s", err.message);
    entry.id = id;
    entry.schedule_id = "S1";
    entry.list = list;
    if (!cache_put(cache, KIND_SCHEDULE_ENTRY, &entry, NOW, &change, &err))
        fail_msg("%s", err.message);
}

/* Ana was on call till an hour ago, and is from an hour ago on; then Anton, then Ana again. */
static void
put_rota(void)
{
    context.me = "ana@example.com";
    put(KIND_SCHEDULE, SCHEDULE("S1"));
    put_shift("PAST", "final", 1, NOW - 5 * HOUR, NOW - HOUR);
    put_shift("NOW", "final", 1, NOW - HOUR, NOW + 4 * HOUR);
    put_shift("NEXT", "final", 2, NOW + 4 * HOUR, NOW + 8 * HOUR);
    put_shift("LAST", "final", 1, NOW + 8 * HOUR, NOW + 12 * HOUR);
}

static const char *
override_of(int from_hours, int to_hours, const char *who)
{
    return arena_printf(&arena, "%s %s %s", time_text(NOW + from_hours * HOUR),
                        time_text(NOW + to_hours * HOUR), who);
}

static void
expect_shift(const struct plan_shift *shift, const char *person, int64_t start_at, int64_t end_at)
{
    assert_string_equal(shift->person, person);
    assert_int_equal(shift->start_at, start_at);
    assert_int_equal(shift->end_at, end_at);
}

static void
an_override_says_who_is_on_call_before_and_after(void **state)
{
    (void)state;
    put_rota();
    make(ACTION_OVERRIDE, KIND_SCHEDULE_ENTRY, "NEXT", override_of(3, 6, "Ana"));
    assert_int_equal(plan.len, 1);
    assert_string_equal(plan.rows[0].path, "/v2/schedule_overrides");
    assert_int_equal(plan.before_len, 2);
    expect_shift(&plan.before[0], "Ana", NOW - HOUR, NOW + 4 * HOUR);
    expect_shift(&plan.before[1], "Anton", NOW + 4 * HOUR, NOW + 8 * HOUR);
    assert_int_equal(plan.after_len, 3);
    expect_shift(&plan.after[0], "Ana", NOW - HOUR, NOW + 3 * HOUR);
    expect_shift(&plan.after[1], "Ana", NOW + 3 * HOUR, NOW + 6 * HOUR);
    expect_shift(&plan.after[2], "Anton", NOW + 6 * HOUR, NOW + 8 * HOUR);
    make(ACTION_OVERRIDE, KIND_SCHEDULE_ENTRY, "NEXT", override_of(5, 6, "Ana"));
    assert_int_equal(plan.after_len, 3); /* what is left on both sides */
    expect_shift(&plan.after[0], "Anton", NOW + 4 * HOUR, NOW + 5 * HOUR);
    expect_shift(&plan.after[2], "Anton", NOW + 6 * HOUR, NOW + 8 * HOUR);
    make(ACTION_OVERRIDE, KIND_SCHEDULE_ENTRY, "LAST", override_of(20, 21, "Anton"));
    assert_int_equal(plan.before_len, 0); /* nobody */
    assert_int_equal(plan.after_len, 1);
}

static void
who_is_on_call_then_is_not_put_there_again(void **state)
{
    (void)state;
    put_rota();
    make(ACTION_OVERRIDE, KIND_SCHEDULE_ENTRY, "NOW", override_of(1, 4, ""));
    assert_int_equal(plan.len, 0);
    assert_int_equal(plan.after_len, 0);
    assert_string_equal(plan.skipped[0].why, "Ana is on call then already");
    make(ACTION_OVERRIDE, KIND_SCHEDULE_ENTRY, "NOW",
         override_of(-3, 4, "")); /* two shifts of hers */
    assert_int_equal(plan.len, 0);
    make(ACTION_OVERRIDE, KIND_SCHEDULE_ENTRY, "NOW",
         override_of(1, 5, "")); /* the last hour is not */
    assert_int_equal(plan.len, 1);
    make(ACTION_OVERRIDE, KIND_SCHEDULE_ENTRY, "NOW", override_of(7, 9, "")); /* nor the first */
    assert_int_equal(plan.len, 1);
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "NEXT", "Anton");
    assert_string_equal(plan.skipped[0].why, "Anton is on call then already");
}

static void
what_is_over_is_not_overridden(void **state)
{
    (void)state;
    put_rota();
    refuse(ACTION_OVERRIDE, KIND_SCHEDULE_ENTRY, "PAST", override_of(-4, -2, "Anton"),
           "that time is over");
    refuse(ACTION_OVERRIDE, KIND_SCHEDULE_ENTRY, "NOW", override_of(3, 2, "Anton"),
           "it would end before it begins");
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "PAST", "Anton");
    assert_string_equal(plan.skipped[0].why, "the shift is over");
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "NOW", "Anton"); /* what is left of it */
    expect_shift(&plan.after[1], "Anton", NOW, NOW + 4 * HOUR);
    assert_non_null(strstr(plan.rows[0].body, time_text(NOW)));
}

static void
requests_are(const char *list)
{
    if (!cover_keep(cache, list, &err))
        fail_msg("%s", err.message);
}

static const char *
request_of(const char *id, int person, int from_hours, int to_hours, const char *status)
{
    return arena_printf(
        &arena,
        "{\"schedule_cover_requests\":[{\"id\":\"%s\",\"schedule_id\":\"S1\","
        "\"rotation_id\":\"ROT\",\"layer_id\":\"L1\",\"user\":{\"id\":\"U%d\","
        "\"name\":\"%s\"},\"start_at\":\"%s\",\"end_at\":\"%s\",\"status\":\"%s\"}]}",
        id, person, person == 1 ? "Ana" : "Anton", time_text(NOW + from_hours * HOUR),
        time_text(NOW + to_hours * HOUR), status);
}

static void
cover_is_asked_for_on_ones_own_shift_where_the_server_has_that(void **state)
{
    (void)state;
    put_rota();
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "LAST", "");
    assert_int_equal(plan.len, 0);
    assert_non_null(strstr(plan.skipped[0].why, "not known yet"));
    requests_are("");
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "LAST", "");
    assert_int_equal(plan.len, 0);
    assert_string_equal(plan.skipped[0].why,
                        "this server has no requests for cover; 'cover PERSON' makes an override");
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "LAST", "Anton");
    assert_string_equal(plan.rows[0].path, "/v2/schedule_overrides");
    requests_are("{\"schedule_cover_requests\":[]}");
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "LAST", "");
    assert_int_equal(plan.len, 1);
    assert_int_equal(plan.class, CLASS_ASK);
    assert_int_equal(plan.after_len, 0); /* asking puts nobody on call */
    assert_string_equal(plan.rows[0].path, "/v2/schedule_cover_requests");
    assert_string_equal(
        plan.rows[0].body,
        arena_printf(&arena,
                     "{\"schedule_id\":\"S1\",\"rotation_id\":\"ROT\",\"layer_id\":\"L1\","
                     "\"start_at\":\"%s\",\"end_at\":\"%s\",\"user\":{\"id\":\"U1\"}}",
                     time_text(NOW + 8 * HOUR), time_text(NOW + 12 * HOUR)));
    assert_string_equal(plan.question, "Ask for cover from 2026-09-21 22:13 to 2026-09-22 02:13 "
                                       "(UTC) in 'Primary'?");
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "NEXT", ""); /* somebody else's */
    assert_string_equal(plan.rows[0].path, "/v2/schedule_overrides");
    requests_are(request_of("R1", 1, 9, 12, "open"));
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "LAST", "");
    assert_string_equal(plan.skipped[0].why, "you have asked for cover then already");
}

static void
who_takes_a_shift_takes_the_request_for_it(void **state)
{
    (void)state;
    put_rota();
    requests_are(request_of("R1", 2, 5, 8, "open"));
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "NEXT", "");
    assert_int_equal(plan.len, 1);
    assert_string_equal(plan.rows[0].path, "/v2/schedule_cover_requests/R1/actions/take");
    assert_string_equal(plan.rows[0].body, "{\"user\":{\"id\":\"U1\"}}");
    assert_string_equal(plan.rows[0].check_path, "/v2/schedule_cover_requests/R1");
    expect_shift(&plan.after[0], "Anton", NOW + 4 * HOUR, NOW + 5 * HOUR);
    expect_shift(&plan.after[1], "Ana", NOW + 5 * HOUR, NOW + 8 * HOUR);
    assert_int_equal(plan.after_len, 2);
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "LAST", "Anton"); /* it is not for that one */
    assert_string_equal(plan.rows[0].path, "/v2/schedule_overrides");
    requests_are(request_of("R1", 2, 5, 8, "taken"));
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "NEXT", "");
    assert_string_equal(plan.rows[0].path, "/v2/schedule_overrides");
    requests_are(request_of("../users", 2, 5, 8, "open")); /* would be another path */
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "NEXT", "");
    assert_string_equal(plan.rows[0].path, "/v2/schedule_overrides");
    requests_are(
        "{\"schedule_cover_requests\":[1,\"x\",null,{},{\"status\":\"open\",\"user\":[]}]}");
    make(ACTION_COVER, KIND_SCHEDULE_ENTRY, "NEXT", "");
    assert_string_equal(plan.rows[0].path, "/v2/schedule_overrides");
}

/* ---- replies in Slack ---- */

static void
put_channel(void)
{
    static const struct channel_message said[] = {
        {.channel_id = "C1", .ts = "10.1", .thread_ts = "", .text = "is it known?"},
        {.channel_id = "C1", .ts = "20.2", .thread_ts = "10.1", .text = "it is"},
    };
    const struct channel_stretch stretch = {"C1", "", 0, said, 2};
    struct incident incident = {.id = ""};
    put(KIND_ALERT, "{\"id\":\"QUESTION\",\"title\":\"how?\",\"status\":\"firing\","
                    "\"deduplication_key\":\"slack/C9/30.3\",\"alert_source_id\":\"SRC\","
                    "\"attributes\":[]," STAMPS "}");
    bool found;
    if (!cache_get(cache, KIND_INCIDENT, "I1", &arena, &incident, &found, &err) || !found)
        fail_msg("%s", err.message);
    put(KIND_INCIDENT, arena_printf(&arena, "%.*s,\"slack_channel_id\":\"C1\"}",
                                    (int)strlen(incident.json) - 1, incident.json));
    if (!channel_stretch_put(cache, &stretch, &arena, &err))
        fail_msg("%s", err.message);
}

static const char *
said_at(const char *member)
{
    struct wire_document *document;
    assert_int_equal(plan.len, 1);
    assert_string_equal(plan.rows[0].path, "slack:chat.postMessage");
    assert_true(wire_document_read(slice_of(plan.rows[0].body), &document, &err));
    const char *text = wire_document_text(document, &arena, member);
    wire_document_destroy(document);
    return text;
}

static void
a_reply_goes_to_the_channel_or_a_thread(void **state)
{
    (void)state;
    put_channel();
    context.has_slack = true;
    context.me = "ana@example.com";
    make(ACTION_REPLY, KIND_INCIDENT, "I1", "hold the <numbers>");
    assert_string_equal(said_at("channel"), "C1");
    assert_string_equal(said_at("thread_ts"), "");
    assert_string_equal(said_at("who"), "Ana");
    assert_string_equal(said_at("text"), "hold the <numbers>");
    assert_string_not_equal(plan.rows[0].idempotency_key, "");
    make(ACTION_REPLY, KIND_INCIDENT, "I1", "thread=10.1 known");
    assert_string_equal(said_at("thread_ts"), "10.1");
    assert_string_equal(said_at("text"), "known");
    make(ACTION_REPLY, KIND_INCIDENT, "I1", "thread=20.2 known");
    assert_string_equal(said_at("thread_ts"), "10.1");
    make(ACTION_REPLY, KIND_ALERT, "QUESTION", "this is how");
    assert_string_equal(said_at("channel"), "C9");
    assert_string_equal(said_at("thread_ts"), "30.3");
}

static void
a_reply_that_cannot_be_said_is_not_queued(void **state)
{
    (void)state;
    char *too_long = arena_alloc(&arena, 10002);
    context.has_slack = true;
    make(ACTION_REPLY, KIND_INCIDENT, "I1", "hello");
    assert_int_equal(plan.len, 0);
    assert_non_null(strstr(plan.skipped[0].why, "no Slack channel"));
    put_channel();
    make(ACTION_REPLY, KIND_INCIDENT, "I1", "thread=99.9 hello");
    assert_int_equal(plan.len, 0);
    assert_non_null(strstr(plan.skipped[0].why, "not in its channel any more"));
    make(ACTION_REPLY, KIND_ALERT, "A1", "hello");
    assert_int_equal(plan.len, 0);
    assert_non_null(strstr(plan.skipped[0].why, "no question asked in Slack"));
    if (!channel_problem_put(cache, "C1", "the bot is not a member", &err))
        fail_msg("%s", err.message);
    make(ACTION_REPLY, KIND_INCIDENT, "I1", "hello");
    assert_int_equal(plan.len, 0);
    assert_string_equal(plan.skipped[0].why, "the bot is not a member");
    refuse(ACTION_REPLY, KIND_INCIDENT, "I1", "", "the message");
    memset(too_long, 'x', 10001);
    refuse(ACTION_REPLY, KIND_INCIDENT, "I1", too_long, "make it shorter");
    context.has_slack = false;
    refuse(ACTION_REPLY, KIND_INCIDENT, "I1", "hello", "set slack_token_command");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(an_acknowledgement_answers_what_still_pages),
        TEST(an_incident_goes_to_its_review_before_it_is_closed),
        TEST(what_did_not_come_about_is_not_told),
        TEST(the_most_severe_grade_is_typed),
        TEST(an_incident_is_declared_before_its_alerts_are_attached),
        TEST(a_person_is_named_or_known),
        TEST(many_targets_are_counted_aloud),
        TEST(what_an_action_cannot_do_is_said),
        TEST(an_override_says_who_is_on_call_before_and_after),
        TEST(who_is_on_call_then_is_not_put_there_again),
        TEST(what_is_over_is_not_overridden),
        TEST(cover_is_asked_for_on_ones_own_shift_where_the_server_has_that),
        TEST(who_takes_a_shift_takes_the_request_for_it),
        TEST(a_reply_goes_to_the_channel_or_a_thread),
        TEST(a_reply_that_cannot_be_said_is_not_queued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
