/* Escalations: who is paged when, on the wire and in the object; the clock is moved, nobody sleeps. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/alert_event.h"
#include "hub/attributes.h"
#include "hub/escalation_run.h"
#include "hub/objects.h"
#include "hub/webhook.h"
#include "tests/support/scripted_server.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

#define START INT64_C(1790000000000) /* a Monday, 14:13:20 UTC */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define USER(id)                                                                                   \
    "{\"id\":\"" id "\",\"name\":\"Name of " id "\",\"email\":\"" id "@x\",\"role\":\"unset\"}"
#define LEVEL(id, targets, more)                                                                   \
    "{\"id\":\"" id "\",\"type\":\"level\",\"level\":{\"targets\":[" targets "]" more "}}"
#define TO(id) "{\"type\":\"user\",\"id\":\"" id "\",\"urgency\":\"high\"}"
#define WITHIN(seconds) ",\"time_to_ack_seconds\":" #seconds
#define PATH(id, nodes, more)                                                                      \
    "{\"id\":\"" id "\",\"name\":\"" id "\",\"team_ids\":[],\"path\":[" nodes "]" more "}"

static struct loop *loop;
static struct store *store;
static struct deliveries *deliveries;
static struct notifier *notifier;
static struct escalations *escalations;
static struct scripted_server *server;
static struct arena arena;

/* What the pager heard: "escalation.triggered U1 U2" a line; repeats by id are counted apart. */
static struct str heard;
static int heard_len, refuse_next;

static const char *
header_of(const char *head, const char *name)
{
    const char *at = strcasestr(head, name);
    assert_non_null(at);
    at += strlen(name) + 2;
    return arena_text_len(&arena, at, strcspn(at, "\r"));
}

static void
on_page(void *context, const char *target, const char *head, struct arena *of_server,
        struct scripted_answer *answer)
{
    struct wire_document *document;
    struct error err;
    const char *body = strstr(head, "\r\n\r\n") + 4;
    (void)context;
    (void)of_server;
    assert_string_equal(target, "/page?to=team");
    assert_string_equal(header_of(head, "webhook-signature"),
                        webhook_signature(SECRET, header_of(head, "webhook-id"),
                                          header_of(head, "webhook-timestamp"), body, &arena));
    if (refuse_next > 0) {
        refuse_next--;
        answer->status = 503;
        return;
    }
    assert_true(wire_document_read(slice_of(body), &document, &err));
    assert_string_equal(wire_document_text(document, &arena, "id"), header_of(head, "webhook-id"));
    str_append(&heard, wire_document_text(document, &arena, "type") + strlen("escalation."));
    for (size_t i = 0; i < wire_document_count(document, "data.users"); i++)
        str_printf(
            &heard, " %s",
            wire_document_text(document, &arena, arena_printf(&arena, "data.users.%zu.id", i)));
    str_append_char(&heard, '\n');
    heard_len++;
    wire_document_destroy(document);
}

static void
put(enum kind kind, const char *json)
{
    void *object = arena_alloc(&arena, kind_info(kind)->fields->struct_size);
    struct error err;
    bool ok =
        wire_read_object(kind, slice_of(json), &arena, object, &err) && store_begin(store, &err) &&
        object_save(store, kind, object, clock_now_ms(), &arena, &err) && store_commit(store, &err);
    if (!ok)
        fail_msg("%s", err.message);
}

static void
configure(const struct notification *notifications, size_t len)
{
    const struct notification_settings settings = {
        .notifications = notifications, .notifications_len = len, .url = "http://hub"};
    notifier_configure(notifier, &settings);
}

static void
use_webhook(void)
{
    const struct notification webhook = {
        .name = "pager",
        .webhook = arena_printf(&arena, "%s/page?to=team", scripted_server_url(server)),
        .secret = SECRET,
        .urgency = "any",
    };
    configure(&webhook, 1);
}

static void
begin_life(void)
{
    deliveries = deliveries_create(store);
    notifier = notifier_create(deliveries);
    notifier_attach(notifier, loop);
    escalations = escalations_create(store, notifier);
    use_webhook();
    deliveries_attach(deliveries, loop);
    escalations_attach(escalations, loop);
}

static void
end_life(void)
{
    escalations_destroy(escalations);
    notifier_destroy(notifier);
    deliveries_destroy(deliveries);
}

static int
set_up(void **state)
{
    struct error err;
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_true(log_open("/dev/null", LOG_ERROR, &err));
    clock_freeze(START);
    heard_len = refuse_next = 0;
    str_init(&heard, 0);
    assert_true(loop_create(&loop, &err));
    assert_true(store_open(&store, STORE_HUB, ":memory:", STORE_WRITE, NULL, &err));
    server = scripted_server_open(loop, on_page, NULL);
    begin_life();
    put(KIND_USER, USER("U1"));
    put(KIND_USER, USER("U2"));
    put(KIND_USER, USER("U3"));
    put(KIND_ESCALATION_PATH,
        PATH("P",
             LEVEL("a", TO("U1"), WITHIN(300)) "," LEVEL("b", TO("U2") "," TO("U3"), WITHIN(600)),
             ""));
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    end_life();
    scripted_server_close(server);
    store_close(store);
    loop_destroy(loop);
    str_finish(&heard);
    arena_finish(&arena);
    log_close();
    clock_freeze(0);
    return 0;
}

static void
stop(void *context)
{
    loop_stop(context);
}

/* At a moment: everything that is due happens, and what is said has arrived. */
static void
at(int64_t seconds)
{
    struct error err;
    int64_t deadline = clock_monotonic_ms() + 30000;
    clock_freeze(START + seconds * SECOND_MS);
    escalations_look(escalations);
    deliveries_look(deliveries);
    do {
        assert_true(clock_monotonic_ms() < deadline);
        loop_after(loop, 1, stop, loop);
        assert_true(loop_run(loop, &err));
    } while (deliveries_sending(deliveries) > 0);
}

static const char *
begin(struct escalation_request request)
{
    const char *id = "";
    struct error err;
    request.title = "dbt build failed";
    request.description = "";
    if (!request.user_ids_len && !request.escalation_path_id)
        request.escalation_path_id = "P";
    bool ok = store_begin(store, &err) &&
              escalation_begin(store, &request, clock_now_ms(), &arena, &id, &err) &&
              store_commit(store, &err);
    if (!ok)
        fail_msg("%s", err.message);
    return id;
}
#define BEGIN(...) begin((struct escalation_request){__VA_ARGS__})

static const char *
respond(const char *id, enum escalation_response response, const char *user_id, int64_t until)
{
    struct user_embedded user = {user_id, user_id, "", "unset", ""};
    const char *refused;
    struct error err;
    assert_true(store_begin(store, &err));
    bool ok = escalation_respond(store, id, response, user_id ? &user : NULL, until, clock_now_ms(),
                                 &arena, &refused, &err) &&
              store_commit(store, &err);
    if (!ok)
        fail_msg("%s", err.message);
    return refused;
}

static void
expect_heard(const char *lines)
{
    assert_string_equal(str_text(&heard), lines);
    str_clear(&heard);
}

/* "triggered: triggered, notified_users[1]" */
static void
expect_history(const char *id, const char *expected)
{
    struct escalation escalation;
    struct str text;
    struct error err;
    bool found;
    assert_true(object_load(store, KIND_ESCALATION, id, &arena, &escalation, &found, &err));
    assert_true(found);
    str_init(&text, 0);
    str_printf(&text, "%s:", escalation.status);
    for (size_t i = 0; i < escalation.events_len; i++) {
        const struct escalation_event *event = &escalation.events[i];
        str_printf(&text, " %s", event->event);
        for (const char *user = event->users; (user = strstr(user, "\"id\":\"")); user += 6)
            str_printf(&text, "-%.2s", user + 6);
    }
    assert_string_equal(str_text(&text), expected);
    str_finish(&text);
}

static void
levels_are_paged_one_after_the_other_until_somebody_acknowledges(void **state)
{
    (void)state;
    const char *id = BEGIN(.priority = "P1");
    at(0);
    expect_heard("triggered U1\n");
    at(299);
    expect_heard("");
    at(300);
    expect_heard("triggered U2 U3\n");
    at(400);
    assert_null(respond(id, ESCALATION_ACK, "U3", 0));
    at(400);
    expect_heard("acked\n");
    at(100000);
    expect_heard("");
    expect_history(id, "acked: triggered notified_users-U1 notified_users-U2-U3 acked-U3");
    assert_null(respond(id, ESCALATION_ACK, "U2", 0));
    expect_history(id, "acked: triggered notified_users-U1 notified_users-U2-U3 acked-U3");
}

static void
past_the_last_level_it_expires_and_that_is_said(void **state)
{
    (void)state;
    const char *id = BEGIN(.priority = "P1");
    at(0);
    at(300);
    at(900);
    expect_heard("triggered U1\ntriggered U2 U3\nexpired\n");
    expect_history(id, "expired: triggered notified_users-U1 notified_users-U2-U3 expired");
    assert_non_null(strstr(respond(id, ESCALATION_ACK, "U1", 0), "expired"));
    assert_non_null(respond(id, ESCALATION_CANCEL, NULL, 0));
}

static void
nobody_on_call_is_said_and_the_next_level_is_paged_at_once(void **state)
{
    (void)state;
    put(KIND_ESCALATION_PATH,
        PATH("P",
             LEVEL("a", "{\"type\":\"schedule\",\"id\":\"gone\",\"urgency\":\"high\"}",
                   WITHIN(300)) "," LEVEL("b", TO("U2"), WITHIN(600)),
             ""));
    const char *id = BEGIN(.priority = "P1");
    at(0);
    expect_heard("nobody_on_call\ntriggered U2\n");
    expect_history(id, "triggered: triggered notified_users notified_users-U2");
}

static void
who_cannot_be_reached_counts_as_nobody(void **state)
{
    static const char *const none[] = {"other", NULL};
    const struct notified_person people[] = {{"U1", none}};
    const struct notification webhook = {
        .name = "pager",
        .webhook = arena_printf(&arena, "%s/page?to=team", scripted_server_url(server)),
        .secret = SECRET,
        .urgency = "any",
    };
    const struct notification_settings settings = {.notifications = &webhook,
                                                   .notifications_len = 1,
                                                   .people = people,
                                                   .people_len = 1,
                                                   .url = ""};
    (void)state;
    notifier_configure(notifier, &settings);
    (void)BEGIN(.priority = "P1");
    at(0);
    expect_heard("nobody_on_call\ntriggered U2 U3\n");
}

static void
a_page_that_waits_to_be_repeated_is_not_sent_once_it_is_acknowledged(void **state)
{
    (void)state;
    const char *id = BEGIN(.priority = "P1");
    refuse_next = 1;
    at(0);
    expect_heard("");
    assert_null(respond(id, ESCALATION_ACK, NULL, 0));
    at(100);
    expect_heard("acked\n");
    at(400);
    expect_heard("");
}

static void
a_restart_between_levels_changes_nothing(void **state)
{
    (void)state;
    (void)BEGIN(.priority = "P1");
    at(0);
    end_life();
    begin_life();
    at(1);
    expect_heard("triggered U1\n");
    end_life();
    begin_life();
    at(300);
    expect_heard("triggered U2 U3\n");
    end_life();
    begin_life();
    at(301);
    expect_heard("");
}

static void
a_path_sends_back_as_often_as_it_says(void **state)
{
    (void)state;
    put(KIND_ESCALATION_PATH,
        PATH("P",
             LEVEL("a", TO("U1"), WITHIN(100)) "," LEVEL(
                 "b", TO("U2"), WITHIN(100)) ","
                                             "{\"id\":\"r\",\"type\":\"repeat\",\"repeat\":{"
                                             "\"repeat_times\":2,\"to_node\":\"a\"}}",
             ""));
    (void)BEGIN(.priority = "P1");
    for (int i = 0; i <= 6; i++)
        at(i * 100);
    expect_heard("triggered U1\ntriggered U2\ntriggered U1\ntriggered U2\ntriggered U1\n"
                 "triggered U2\nexpired\n");
}

static void
branches_follow_hours_and_priority_and_lead_back_to_what_comes_after(void **state)
{
    static const char path[] = PATH(
        "P",
        "{\"id\":\"i\",\"type\":\"if_else\",\"if_else\":{\"conditions\":[{\"subject\":{\"label\":"
        "\"h\",\"reference\":\"escalation.working_hours[\\\"H\\\"]\"},\"operation\":{\"label\":"
        "\"o\",\"value\":\"is_active\"},\"param_bindings\":[]}],\"then_path\":[" LEVEL(
            "a", TO("U1"),
            WITHIN(60)) "],\"else_path\":[{\"id\":\"j\",\"type\":\"if_else\",\"if_else\":{"
                        "\"conditions\":[{\"subject\":{\"label\":\"p\",\"reference\":"
                        "\"escalation.priority\"},\"operation\":{\"label\":\"o\",\"value\":"
                        "\"one_of\"},\"param_bindings\":[{\"array_value\":[{\"literal\":\"P1\"}]}]}"
                        "],\"then_path\":[" LEVEL(
                            "b", TO("U2"), WITHIN(60)) "],\"else_path\":[]}}]"
                                                       "}}," LEVEL("c", TO("U3"), WITHIN(60)),
        ",\"working_hours\":[{\"id\":\"H\",\"name\":\"h\",\"timezone\":\"Europe/London\","
        "\"weekday_intervals\":[{\"weekday\":\"monday\",\"start_time\":\"09:00\",\"end_time\":"
        "\"17:30\"}]}]");
    (void)state;
    put(KIND_ESCALATION_PATH, path);
    (void)BEGIN(.priority = "P1");
    at(0); /* 15:13 in London */
    expect_heard("triggered U1\n");
    at(60);
    expect_heard("triggered U3\n");
    at(120);
    expect_heard("expired\n");
    at(8300); /* 17:31 */
    (void)BEGIN(.priority = "P1");
    at(8301);
    expect_heard("triggered U2\n");
    (void)BEGIN(.priority = "P2");
    at(8302);
    expect_heard("triggered U3\n");
}

static void
a_level_pages_again_takes_turns_or_waits_for_everybody(void **state)
{
    (void)state;
    put(KIND_ESCALATION_PATH,
        PATH("RETRY",
             LEVEL("a", TO("U1"),
                   WITHIN(300) ",\"retry_config\":{\"attempts\":3,\"interval_seconds\":60}"),
             ""));
    (void)BEGIN(.escalation_path_id = "RETRY");
    at(0);
    at(60);
    at(120);
    at(180);
    expect_heard("triggered U1\ntriggered U1\ntriggered U1\n");
    at(300);
    expect_heard("expired\n");

    put(KIND_ESCALATION_PATH, PATH("TURNS",
                                   LEVEL("a", TO("U1") "," TO("U2"),
                                         WITHIN(300) ",\"round_robin_config\":{\"enabled\":true,"
                                                     "\"rotate_after_seconds\":100}"),
                                   ""));
    const char *id = BEGIN(.escalation_path_id = "TURNS");
    at(300);
    at(400);
    expect_heard("triggered U1\ntriggered U2\n");
    assert_null(respond(id, ESCALATION_CANCEL, NULL, 0));
    (void)BEGIN(.escalation_path_id = "TURNS");
    at(400);
    expect_heard("cancelled\ntriggered U2\n");

    put(KIND_ESCALATION_PATH,
        PATH("ALL", LEVEL("a", TO("U1") "," TO("U2"), WITHIN(9000) ",\"ack_mode\":\"all\""), ""));
    id = BEGIN(.escalation_path_id = "ALL");
    at(401);
    assert_null(respond(id, ESCALATION_ACK, "U2", 0));
    expect_history(id, "triggered: triggered notified_users-U1-U2 acked-U2");
    assert_null(respond(id, ESCALATION_ACK, "U1", 0));
    expect_history(id, "acked: triggered notified_users-U1-U2 acked-U2 acked-U1");
}

static void
one_path_may_lead_into_another_and_circles_end(void **state)
{
    (void)state;
    put(KIND_ESCALATION_PATH,
        PATH("A",
             "{\"id\":\"d\",\"type\":\"delay\",\"delay\":{\"delay_seconds\":30}},{\"id\":\"j\","
             "\"type\":\"escalation_path\",\"escalation_path\":{\"escalation_path_id\":\"P\"}}",
             ""));
    const char *id = BEGIN(.escalation_path_id = "A");
    at(0);
    expect_heard("");
    expect_history(id, "delayed: triggered");
    at(30);
    expect_heard("triggered U1\n");
    put(KIND_ESCALATION_PATH,
        PATH("B",
             "{\"id\":\"j\",\"type\":\"escalation_path\",\"escalation_path\":{"
             "\"escalation_path_id\":\"B\"}}",
             ""));
    (void)BEGIN(.escalation_path_id = "B");
    at(31);
    expect_heard("expired\n");
}

static void
people_without_a_path_are_paged_together(void **state)
{
    static const char *const users[] = {"U3", "U1"};
    (void)state;
    const char *id = BEGIN(.user_ids = users, .user_ids_len = 2);
    at(0);
    expect_heard("triggered U3 U1\n");
    assert_null(respond(id, ESCALATION_SNOOZE, NULL, START + HOUR_MS));
    at(3599);
    expect_heard("");
    at(3600);
    expect_heard("triggered U3 U1\n");
}

static const char *
fire(const char *key, const char *status)
{
    struct alert_event event = {.title = "a",
                                .status = status,
                                .description = "",
                                .deduplication_key = key,
                                .source_url = "",
                                .metadata = "",
                                .alert_source_id = "S",
                                .query_params = "{}",
                                .received_at = clock_now_ms()};
    struct event_attributes none = {0};
    struct error err;
    const char *id;
    assert_true(store_begin(store, &err));
    assert_true(alert_event_apply(store, &event, &none, clock_now_ms(), &arena, &id, &err));
    assert_true(store_commit(store, &err));
    return id;
}

static void
it_ends_with_its_alerts(void **state)
{
    (void)state;
    const char *alerts[] = {fire("one", "firing"), fire("two", "firing")};
    const struct escalation_request about = {.alert_ids = alerts,
                                             .alert_ids_len = 2,
                                             .creator_alert_id = alerts[0],
                                             .grace_ms = 60000,
                                             .auto_cancel = true};
    const char *waiting = begin(about), *paging, *stubborn, *taken;
    struct escalation_request request = about;
    expect_history(waiting, "pending: entered_grace_period");
    request.grace_ms = 0;
    paging = begin(request);
    taken = begin(request);
    request.auto_cancel = false;
    stubborn = begin(request);
    at(0);
    assert_null(respond(taken, ESCALATION_ACK, NULL, 0));
    expect_heard("triggered U1\ntriggered U1\ntriggered U1\n");
    (void)fire("one", "resolved");
    at(1);
    expect_heard("acked\n");
    (void)fire("two", "resolved");
    at(61);
    expect_history(waiting, "cancelled: entered_grace_period cancelled");
    expect_history(paging, "cancelled: triggered notified_users-U1 cancelled");
    expect_history(taken, "resolved: triggered notified_users-U1 acked resolved");
    expect_history(stubborn, "triggered: triggered notified_users-U1");
    at(300);
    assert_non_null(strstr(str_text(&heard), "triggered U2 U3\n"));
}

static void
what_was_acknowledged_and_stays_open_pages_again_where_the_path_says_so(void **state)
{
    (void)state;
    put(KIND_ESCALATION_PATH, PATH("P", LEVEL("a", TO("U1"), WITHIN(300)),
                                   ",\"repeat_config\":{\"repeat_after_seconds\":3600,\"delay_"
                                   "repeat_on_activity\":false}"));
    const char *id = BEGIN(.priority = "P1");
    at(0);
    assert_null(respond(id, ESCALATION_ACK, NULL, 0));
    at(1);
    at(3600);
    expect_heard("triggered U1\nacked\n");
    at(3601);
    expect_heard("triggered U1\n");
    expect_history(id, "triggered: triggered notified_users-U1 acked triggered notified_users-U1");
}

static void
one_that_makes_no_sense_does_not_hold_up_the_others(void **state)
{
    struct escalation_run run;
    struct error err;
    bool found;
    (void)state;
    const char *broken = BEGIN(.priority = "P1");
    for (int i = 0; i < 40; i++)
        (void)BEGIN(.priority = "P1");
    assert_true(run_load(store, broken, &arena, &run, &found, &err));
    assert_true(found);
    run.path = "{";
    assert_true(run_save(store, &run, &err));
    at(0);
    at(1);
    assert_int_equal(heard_len, 40);
}

static void
hooks_are_told_and_say_how_it_went(void **state)
{
    static char directory[] = "/tmp/tocsin-escalation-XXXXXX";
    assert_non_null(mkdtemp(directory));
    const char *file = arena_printf(&arena, "%s/pages", directory);
    const char *const script[] = {"sh", "-c",
                                  arena_printf(&arena,
                                               "cat >> %s; echo >> %s; test -e %s/ready || exit 75",
                                               file, file, directory),
                                  NULL};
    const struct notification hook = {
        .name = "phone", .hook = script, .webhook = "", .secret = "", .urgency = "high"};
    char text[8192] = "";
    (void)state;
    configure(&hook, 1);
    (void)BEGIN(.priority = "P1");
    at(0);
    FILE *ready = fopen(arena_printf(&arena, "%s/ready", directory), "w");
    assert_non_null(ready);
    (void)fclose(ready);
    at(10);
    at(100);
    FILE *pages = fopen(file, "r");
    assert_non_null(pages);
    assert_true(fread(text, 1, sizeof(text) - 1, pages) > 0);
    (void)fclose(pages);
    const char *second = strchr(text, '\n');
    assert_non_null(second);
    assert_non_null(strstr(text, "\"type\":\"escalation.triggered\""));
    assert_non_null(strstr(second, "\"id\":\"U1\""));
    assert_null(strchr(second + 1, '\n')[1] ? text : NULL); /* twice, and no more */
    temporary_directory_remove(directory);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(levels_are_paged_one_after_the_other_until_somebody_acknowledges),
        TEST(past_the_last_level_it_expires_and_that_is_said),
        TEST(nobody_on_call_is_said_and_the_next_level_is_paged_at_once),
        TEST(who_cannot_be_reached_counts_as_nobody),
        TEST(a_page_that_waits_to_be_repeated_is_not_sent_once_it_is_acknowledged),
        TEST(a_restart_between_levels_changes_nothing),
        TEST(a_path_sends_back_as_often_as_it_says),
        TEST(branches_follow_hours_and_priority_and_lead_back_to_what_comes_after),
        TEST(a_level_pages_again_takes_turns_or_waits_for_everybody),
        TEST(one_path_may_lead_into_another_and_circles_end),
        TEST(people_without_a_path_are_paged_together),
        TEST(it_ends_with_its_alerts),
        TEST(what_was_acknowledged_and_stays_open_pages_again_where_the_path_says_so),
        TEST(one_that_makes_no_sense_does_not_hold_up_the_others),
        TEST(hooks_are_told_and_say_how_it_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
