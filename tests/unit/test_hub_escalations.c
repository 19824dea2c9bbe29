/* Escalations over the API: made by hand, found by their key, answered and cancelled; what is refused and why. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/hub_world.h"
#include "wire/wire.h"

static const char *const creator[] = {"escalation_creator", NULL};
static const char *const viewer[] = {"viewer", NULL};
static const char *const on_call[] = {"on_call_editor", "viewer", NULL};
static const char *const global[] = {"escalation_creator", "viewer", "global_access", NULL};
static const char *const *const roles[] = {creator, viewer, global};
enum { GLOBAL = 2 };

static struct hub_process hub;
static struct arena arena;
static char *anas_key; /* belongs to Ana (U1); made in the hub's process */

static void
fill(struct hub *of, struct arena *scratch)
{
    struct error err;
    hub_world_fill(of, scratch);
    if (!hub_key_add(hub_store(of), "ana's key", on_call, "U1", clock_now_ms(), NULL, anas_key,
                     &err))
        _exit(1);
}

static int
start(void **state)
{
    const struct hub_options options = {
        .database = ":memory:", .listen = "127.0.0.1:0", .limits = {100000000, 1000000, 0}};
    (void)state;
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
    arena_finish(&arena);
    (void)munmap(anas_key, HUB_TOKEN_SIZE);
    return 0;
}

/* Ana's: the body of the answer, which must have this status. */
static const char *
done(int status, const char *path, const char *body)
{
    struct http_answer answer = hub_ask(&hub, &arena, anas_key, "POST", path, body);
    if (answer.status != status)
        fail_msg("%s %s: %d: %s", path, body, answer.status, answer.body);
    return answer.body;
}

static void
assert_refused(const char *field, const char *path, const char *body)
{
    assert_string_equal(json_text_at(&arena, done(422, path, body), "errors.0.source.field"),
                        field);
}

static const char *
escalation_at(const char *id, const char *at)
{
    struct http_answer answer = http_client_get(
        hub.client, arena_printf(&arena, "/v2/escalations/%s", id), anas_key, &arena);
    assert_int_equal(answer.status, 200);
    return json_text_at(&arena, answer.body, at);
}

static const char *
create(const char *key, const char *more)
{
    const char *body =
        done(201, "/v2/escalations",
             arena_printf(&arena, "{\"idempotency_key\":\"%s\",\"title\":\"T\",%s}", key, more));
    return json_text_at(&arena, body, "escalation.id");
}

static const char *
action(const char *id, const char *name)
{
    return arena_printf(&arena, "/v2/escalations/%s/actions/%s", id, name);
}

static void
one_made_by_hand_pages_and_a_repeat_makes_no_other(void **state)
{
    (void)state;
    const char *id = create("one", "\"user_ids\":[\"U1\",\"U2\"],\"incident_id\":\"I1\"");
    assert_string_equal(escalation_at(id, "escalation.creator.user.id"), "U1");
    assert_string_equal(escalation_at(id, "escalation.related_incidents.0.id"), "I1");
    assert_string_equal(escalation_at(id, "escalation.events.0.event"), "triggered");
    int64_t deadline = clock_monotonic_ms() + 20000;
    while (strcmp(escalation_at(id, "escalation.events.1.users.1.id"), "U2") != 0) {
        assert_true(clock_monotonic_ms() < deadline);
        usleep(2000);
    }
    assert_string_equal(create("one", "\"user_ids\":[\"U1\",\"U2\"],\"incident_id\":\"I1\""), id);
    (void)done(409, "/v2/escalations",
               "{\"idempotency_key\":\"one\",\"title\":\"other\",\"user_ids\":[\"U1\"]}");
    /* Another API key's keys are its own. */
    struct http_answer others =
        hub_ask(&hub, &arena, hub.keys[0], "POST", "/v2/escalations",
                "{\"idempotency_key\":\"one\",\"title\":\"T\",\"user_ids\":[\"U1\",\"U2\"],"
                "\"incident_id\":\"I1\"}");
    assert_int_equal(others.status, 201);
    assert_string_not_equal(json_text_at(&arena, others.body, "escalation.id"), id);
    struct http_answer found = http_client_get(
        hub.client, "/v2/escalations?page_size=5&idempotency_key%5Bis%5D=one", anas_key, &arena);
    assert_string_equal(json_text_at(&arena, found.body, "escalations.1.id"), id); /* oldest last */
    assert_string_equal(json_text_at(&arena, found.body, "escalations.2.id"), "");
    found = http_client_get(hub.client, "/v2/escalations?idempotency_key%5Bstarts_with%5D=on",
                            anas_key, &arena);
    assert_string_equal(json_text_at(&arena, found.body, "escalations.1.id"), id);
}

static void
a_private_incident_is_not_told_to_who_may_not_see_it(void **state)
{
    static const char body[] = "{\"idempotency_key\":\"p\",\"title\":\"T\",\"user_ids\":[\"U1\"],"
                               "\"incident_id\":\"I9\"}";
    (void)state;
    assert_refused("incident_id", "/v2/escalations", body);
    struct http_answer made =
        hub_ask(&hub, &arena, hub.keys[GLOBAL], "POST", "/v2/escalations", body);
    assert_int_equal(made.status, 201);
    const char *id = json_text_at(&arena, made.body, "escalation.id");
    assert_string_equal(json_text_at(&arena, made.body, "escalation.related_incidents.0.id"), "I9");
    const char *one = arena_printf(&arena, "/v2/escalations/%s", id);
    struct http_answer seen = http_client_get(hub.client, one, hub.keys[GLOBAL], &arena);
    assert_string_equal(json_text_at(&arena, seen.body, "escalation.related_incidents.0.id"), "I9");
    assert_string_equal(escalation_at(id, "escalation.related_incidents"), "[]");
    assert_string_equal(escalation_at(id, "escalation.title"), "T");
    const char *const lists[] = {
        http_client_get(hub.client, "/v2/escalations", anas_key, &arena).body,
        done(200, action(id, "respond"), "{\"response\":\"ack\"}"),
    };
    for (size_t i = 0; i < 2; i++) {
        assert_non_null(strstr(lists[i], id));
        assert_null(strstr(lists[i], "INC-9"));
    }
}

static void
what_makes_no_sense_is_refused_by_its_field(void **state)
{
    static const char all[] = "/v2/escalations";
    (void)state;
    assert_refused("idempotency_key", all, "{\"title\":\"T\",\"user_ids\":[\"U1\"]}");
    assert_refused("escalation_path_id", all, "{\"idempotency_key\":\"a\",\"title\":\"T\"}");
    assert_refused("escalation_path_id", all,
                   "{\"idempotency_key\":\"a\",\"title\":\"T\",\"user_ids\":[\"U1\"],"
                   "\"escalation_path_id\":\"P1\"}");
    assert_refused(
        "escalation_path_id", all,
        "{\"idempotency_key\":\"a\",\"title\":\"T\",\"escalation_path_id\":\"nowhere\"}");
    assert_refused("user_ids.1", all,
                   "{\"idempotency_key\":\"a\",\"title\":\"T\",\"user_ids\":[\"U1\",\"no\"]}");
    assert_refused("user_ids.0", all,
                   "{\"idempotency_key\":\"a\",\"title\":\"T\",\"user_ids\":[7]}");
    assert_refused("incident_id", all,
                   "{\"idempotency_key\":\"a\",\"title\":\"T\",\"user_ids\":[\"U1\"],"
                   "\"incident_id\":\"no\"}");
    const char *id = create("refused", "\"user_ids\":[\"U1\"]");
    assert_refused("response", action(id, "respond"), "{\"response\":\"nack\"}");
    assert_refused("snooze_details.snooze_until", action(id, "respond"),
                   "{\"response\":\"snooze\",\"snooze_details\":{\"snooze_until\":"
                   "\"2020-01-01T00:00:00Z\"}}");
    (void)done(404, action("no", "respond"), "{\"response\":\"ack\"}");
    (void)done(404, action("no", "cancel"), "");
}

static void
an_answer_stops_it_and_is_in_its_history(void **state)
{
    (void)state;
    const char *id = create("answer", "\"escalation_path_id\":\"P1\"");
    const char *body = done(200, action(id, "respond"), "{\"response\":\"ack\"}");
    assert_string_equal(json_text_at(&arena, body, "escalation.status"), "acked");
    (void)done(200, action(id, "respond"), "{\"response\":\"ack\"}");
    assert_string_equal(
        json_text_at(&arena,
                     done(200, action(id, "respond"),
                          "{\"response\":\"snooze\",\"snooze_details\":{\"snooze_until\":"
                          "\"2199-01-01T00:00:00Z\"}}"),
                     "escalation.status"),
        "snoozed");
    assert_string_equal(done(200, action(id, "cancel"), ""), "");
    assert_string_equal(escalation_at(id, "escalation.status"), "cancelled");
    (void)done(200, action(id, "cancel"), "");
    (void)done(409, action(id, "respond"), "{\"response\":\"ack\"}");
}

static void
each_needs_its_scope(void **state)
{
    static const char body[] =
        "{\"idempotency_key\":\"scope\",\"title\":\"T\",\"user_ids\":[\"U1\"]}";
    (void)state;
    assert_int_equal(hub_ask(&hub, &arena, hub.keys[1], "POST", "/v2/escalations", body).status,
                     403);
    struct http_answer made = hub_ask(&hub, &arena, hub.keys[0], "POST", "/v2/escalations", body);
    assert_int_equal(made.status, 201);
    const char *id = json_text_at(&arena, made.body, "escalation.id");
    assert_string_equal(escalation_at(id, "escalation.creator.user.id"), ""); /* a key is nobody */
    assert_int_equal(hub_ask(&hub, &arena, hub.keys[1], "POST", action(id, "cancel"), "").status,
                     403);
    assert_int_equal(
        hub_ask(&hub, &arena, hub.keys[1], "POST", action(id, "respond"), "{\"response\":\"ack\"}")
            .status,
        403);
    assert_int_equal(hub_ask(&hub, &arena, hub.keys[0], "POST", action(id, "cancel"), "").status,
                     200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_made_by_hand_pages_and_a_repeat_makes_no_other),
        cmocka_unit_test(a_private_incident_is_not_told_to_who_may_not_see_it),
        cmocka_unit_test(what_makes_no_sense_is_refused_by_its_field),
        cmocka_unit_test(an_answer_stops_it_and_is_in_its_history),
        cmocka_unit_test(each_needs_its_scope),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
