/* How the outbox is sent: a script of requests that must come, each with the answer it gets. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "sync/push.h"
#include "tests/support/scripted_server.h"
#include "tests/support/slack_server.h"

enum { PATIENCE_MS = 30000, LOOK_EVERY_MS = 2, STEPS_MAX = 12 };

static struct arena arena;
static struct loop *loop;
static struct store *store;
static struct scripted_server *server;
static struct slack_server *slack;
static const char *slack_token; /* NULL = Slack is off */
static struct outbox outbox;
static struct profile profile;
static struct push *push;
static struct error err;

struct step {
    const char *request; /* how it begins: "POST /v1/alert_notes" */
    struct scripted_answer answer;
};
static struct step steps[STEPS_MAX];
static size_t steps_len, steps_done;
static const char *wrong; /* the first request that was not in the script */
static const char *heads[STEPS_MAX];

static const char *waited_for; /* state of row `waited_id` */
static int64_t waited_id;
static bool is_there;

static void
on_request(void *context, const char *target, const char *head, struct arena *memory,
           struct scripted_answer *answer)
{
    const struct step *step = &steps[steps_done];
    (void)context;
    (void)target;
    if (steps_done == steps_len || strncmp(head, step->request, strlen(step->request)) != 0) {
        if (!wrong)
            wrong = arena_text(memory, head);
        answer->status = 500;
        return;
    }
    heads[steps_done++] = arena_text(memory, head);
    *answer = step->answer;
}

static void
start(void)
{
    const struct push_options options = {.profile = &profile,
                                         .token = "secret",
                                         .slack_token = slack_token,
                                         .private_db = store,
                                         .backoff_ms = 20,
                                         .timeout_ms = 10000};
    if (!push_create(&push, loop, &options, &err))
        fail_msg("%s", err.message);
}

static int
set_up(void **state)
{
    (void)state;
    steps_len = steps_done = 0;
    wrong = NULL;
    err = (struct error){0};
    if (!store_open(&store, STORE_PRIVATE, ":memory:", STORE_WRITE, NULL, &err) ||
        !loop_create(&loop, &err))
        return -1;
    server = scripted_server_open(loop, on_request, NULL);
    slack = slack_server_open(loop);
    slack_server_add_channel(slack, "C1", "inc-1", "");
    slack_token = SLACK_SERVER_TOKEN;
    profile = (struct profile){.url = scripted_server_url(server),
                               .slack_url = slack_server_url(slack),
                               .slack_history_rate = 50,
                               .ca_file = "",
                               .proxy = ""};
    outbox = (struct outbox){store, profile.url};
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    push_destroy(push);
    push = NULL;
    scripted_server_close(server);
    assert_string_equal(slack_server_complaint(slack), "");
    slack_server_close(slack);
    loop_destroy(loop);
    store_close(store);
    arena_finish(&arena);
    return 0;
}

static void
expect(const char *request, struct scripted_answer answer)
{
    steps[steps_len++] = (struct step){request, answer};
}

static struct outbox_row
row(int64_t id)
{
    struct outbox_row found;
    bool there;
    assert_true(outbox_get(store, profile.url, id, &arena, &found, &there, &err));
    assert_true(there);
    return found;
}

static void
look(void *context)
{
    (void)context;
    is_there = strcmp(row(waited_id).state, waited_for) == 0;
    if (is_there || wrong)
        loop_stop(loop);
    else
        (void)loop_after(loop, LOOK_EVERY_MS, look, NULL);
}

static void
give_up(void *context)
{
    (void)context;
    loop_stop(loop);
}

static void
run_until(int64_t id, const char *state)
{
    waited_id = id;
    waited_for = state;
    is_there = false;
    (void)loop_after(loop, 0, look, NULL);
    uint64_t patience = loop_after(loop, PATIENCE_MS, give_up, NULL);
    assert_true(loop_run(loop, &err));
    loop_cancel(loop, patience);
    if (wrong)
        fail_msg("not in the script: %s", wrong);
    if (!is_there)
        fail_msg("row %lld is %s, not %s: %s", (long long)id, row(id).state, state, row(id).answer);
}

static int64_t
append(struct outbox_row added)
{
    added.action = "note";
    added.target_kind = "alert";
    added.target_id = "A1";
    added.method = added.method ? added.method : "POST";
    assert_true(outbox_append(&outbox, &added, 1, clock_now_ms(), 0, &err));
    push_wake(push);
    return added.id;
}

static int64_t
append_note(const char *text)
{
    return append((struct outbox_row){
        .label = text,
        .path = "/v1/alert_notes",
        .body = arena_printf(&arena, "{\"alert_id\":\"A1\",\"content\":\"%s\"}", text),
        .check_path = "/v1/alert_notes?alert_id=A1",
        .check_list = "alert_notes",
        .goal = arena_printf(&arena, "{\"content\":\"%s\"}", text)});
}

static const char *
note_json(const char *id, const char *text, int64_t created_at)
{
    char at[RFC3339_SIZE];
    return arena_printf(&arena, "{\"id\":\"%s\",\"content\":\"%s\",\"created_at\":\"%s\"}", id,
                        text, time_to_rfc3339(created_at, at));
}

static struct scripted_answer
made(const char *id)
{
    return (struct scripted_answer){
        .status = 201, .body = arena_printf(&arena, "{\"alert_note\":{\"id\":\"%s\"}}", id)};
}

static void
rows_are_sent_in_order_and_name_what_they_made(void **state)
{
    (void)state;
    expect("POST /v1/alert_notes", made("N1"));
    expect("POST /v1/alert_notes", made("N2"));
    int64_t first = append_note("one"), second = append_note("two");
    start();
    run_until(second, OUTBOX_DONE);
    assert_string_equal(row(first).result_id, "N1");
    assert_string_equal(row(second).result_id, "N2");
    assert_non_null(strstr(heads[0], "\"one\""));
    assert_int_equal(row(first).attempts, 1);
}

static void
what_may_have_arrived_is_looked_for_before_it_is_repeated(void **state)
{
    (void)state;
    const int64_t now = clock_now_ms();
    expect("POST", (struct scripted_answer){.how = SCRIPTED_DROP});
    expect("GET /v1/alert_notes?alert_id=A1",
           (struct scripted_answer){
               .body = arena_printf(&arena,
                                    "{\"alert_notes\":[%s],\"pagination_meta\":{\"after\":\"p2\"}}",
                                    note_json("OLD", "one", now - DAY_MS))});
    expect("GET /v1/alert_notes?alert_id=A1&after=p2",
           (struct scripted_answer){.body = arena_printf(&arena, "{\"alert_notes\":[%s,%s]}",
                                                         note_json("N0", "other", now),
                                                         note_json("N1", "one", now))});
    start();
    int64_t id = append_note("one");
    run_until(id, OUTBOX_DONE);
    assert_string_equal(row(id).result_id, "N1"); /* not the old one that reads the same */
}

static void
what_did_not_arrive_is_sent_again_once(void **state)
{
    (void)state;
    expect("POST", (struct scripted_answer){.how = SCRIPTED_DROP});
    expect("GET /v1/alert_notes", (struct scripted_answer){.body = "{\"alert_notes\":[]}"});
    expect("POST", made("N1"));
    start();
    int64_t id = append_note("one");
    run_until(id, OUTBOX_DONE);
    assert_string_equal(row(id).result_id, "N1");
}

static void
two_writes_that_read_alike_are_two(void **state)
{
    (void)state;
    const char *one = note_json("N1", "same", clock_now_ms());
    expect("POST", made("N1"));
    expect("POST", (struct scripted_answer){.how = SCRIPTED_DROP});
    expect("GET",
           (struct scripted_answer){.body = arena_printf(&arena, "{\"alert_notes\":[%s]}", one)});
    expect("POST", made("N2"));
    start();
    int64_t first = append_note("same"), second = append_note("same");
    run_until(second, OUTBOX_DONE);
    assert_string_equal(row(first).result_id, "N1");
    assert_string_equal(row(second).result_id, "N2");
}

static void
what_was_on_its_way_when_the_sender_died_is_looked_for(void **state)
{
    (void)state;
    bool done;
    int64_t id = append_note("one");
    assert_true(outbox_sending(&outbox, id, &done, &err));
    expect("GET",
           (struct scripted_answer){.body = arena_printf(&arena, "{\"alert_notes\":[%s]}",
                                                         note_json("N1", "one", clock_now_ms()))});
    start();
    run_until(id, OUTBOX_DONE);
    assert_string_equal(row(id).result_id, "N1");
}

static struct outbox_row
edit_row(void)
{
    return (struct outbox_row){.label = "edit",
                               .path = "/v2/incidents/I1/actions/edit",
                               .body = "{}",
                               .check_path = "/v2/incidents/I1",
                               .seen = "{\"severity.id\":\"LOW\"}",
                               .goal = "{\"severity.id\":\"TOP\"}"};
}

static struct scripted_answer
incident_of(const char *severity)
{
    return (struct scripted_answer){
        .body = arena_printf(&arena, "{\"incident\":{\"id\":\"I1\",\"severity\":{\"id\":\"%s\"}}}",
                             severity)};
}

static void
what_changed_meanwhile_is_not_overwritten_until_the_user_says_so(void **state)
{
    (void)state;
    bool done;
    expect("GET /v2/incidents/I1", incident_of("MID"));
    start();
    int64_t id = append(edit_row());
    run_until(id, OUTBOX_CONFLICT);
    assert_string_equal(row(id).theirs, "{\"severity.id\":\"MID\"}");
    assert_int_equal(row(id).attempts, 0);
    expect("GET /v2/incidents/I1", incident_of("MID"));
    expect("POST /v2/incidents/I1/actions/edit", incident_of("TOP"));
    assert_true(outbox_retry(&outbox, id, row(id).theirs, &done, &err));
    push_wake(push);
    run_until(id, OUTBOX_DONE);
}

static void
what_is_so_already_is_not_sent(void **state)
{
    (void)state;
    expect("GET /v2/incidents/I1", incident_of("TOP"));
    start();
    run_until(append(edit_row()), OUTBOX_DONE);
}

static void
what_is_gone_or_refused_waits_for_the_user_with_the_servers_sentence(void **state)
{
    (void)state;
    expect("GET /v2/incidents/I1", (struct scripted_answer){.status = 404, .body = "{}"});
    expect("POST", (struct scripted_answer){
                       .status = 422,
                       .body = "{\"type\":\"validation_error\",\"status\":422,\"request_id\":"
                               "\"r9\",\"errors\":[{\"code\":\"x\",\"message\":\"too "
                               "long\",\"source\":{\"field\":\"content\"}}]}"});
    expect("POST", made("N2"));
    start();
    int64_t gone = append(edit_row()), refused = append_note("long"), next = append_note("fine");
    run_until(next, OUTBOX_DONE);
    assert_string_equal(row(gone).state, OUTBOX_FAILED);
    assert_non_null(strstr(row(gone).answer, "gone upstream"));
    assert_string_equal(row(refused).state, OUTBOX_FAILED);
    assert_non_null(strstr(row(refused).answer, "too long"));
    assert_string_equal(row(refused).request_id, "r9");
}

static void
a_server_that_asks_for_time_gets_it_and_nothing_else(void **state)
{
    (void)state;
    expect("POST", (struct scripted_answer){.status = 429, .headers = "Retry-After: 1\r\n"});
    expect("POST", made("N1"));
    start();
    const int64_t began = clock_monotonic_ms();
    int64_t id = append_note("one");
    run_until(id, OUTBOX_DONE); /* it was not done: it need not be looked for */
    assert_true(clock_monotonic_ms() - began >= 900);
}

static void
what_nobody_took_can_still_be_taken_back(void **state)
{
    (void)state;
    bool done;
    scripted_server_close(server); /* nobody is there */
    server = scripted_server_open(loop, on_request, NULL);
    profile.url = "http://127.0.0.1:1";
    outbox.upstream = profile.url;
    start();
    int64_t id = append_note("one");
    while (!*row(id).answer || strcmp(row(id).state, OUTBOX_QUEUED) != 0) { /* between two tries */
        uint64_t soon = loop_after(loop, 5, give_up, NULL);
        assert_true(loop_run(loop, &err));
        loop_cancel(loop, soon);
    }
    assert_true(outbox_cancel(&outbox, id, clock_now_ms(), &done, &err));
    assert_true(done);
}

static void
a_row_that_waits_names_what_was_made(void **state)
{
    (void)state;
    struct outbox_row rows[2] = {
        {.action = "declare",
         .label = "declare",
         .target_kind = "incident",
         .target_id = "KEY",
         .method = "POST",
         .path = "/v2/incidents",
         .body = "{\"idempotency_key\":\"KEY\"}",
         .idempotency_key = "KEY"},
        {.action = "declare",
         .label = "attach",
         .target_kind = "alert",
         .target_id = "A1",
         .method = "POST",
         .path = "/v2/incident_alerts",
         .body = "{\"incident_id\":\"{result}\",\"alert_id\":\"A1\"}",
         .waits_for = 1},
    };
    expect("POST /v2/incidents", (struct scripted_answer){.how = SCRIPTED_CUT, .body = "{}"});
    expect("POST /v2/incidents", incident_of("LOW")); /* by its key: the same one */
    expect("POST /v2/incident_alerts", (struct scripted_answer){.status = 201, .body = "{}"});
    assert_true(outbox_append(&outbox, rows, 2, clock_now_ms(), 0, &err));
    start();
    run_until(rows[1].id, OUTBOX_DONE);
    assert_non_null(strstr(heads[1], "\"KEY\""));
    assert_non_null(strstr(heads[2], "\"incident_id\":\"I1\""));
}

/* ---- messages in Slack ---- */

static int64_t
append_reply(const char *key, const char *thread_ts, const char *text)
{
    return append((struct outbox_row){
        .label = text,
        .path = "slack:chat.postMessage",
        .idempotency_key = key,
        .body = arena_printf(&arena,
                             "{\"channel\":\"C1\",\"thread_ts\":\"%s\",\"who\":\"Ana <!here>\","
                             "\"text\":\"%s\"}",
                             thread_ts, text)});
}

static const char *
said(size_t index)
{
    const struct slack_said *message = slack_server_message(slack, "C1", index);
    return message ? message->text : "nothing";
}

static void
a_reply_is_said_once_whatever_becomes_of_the_answer(void **state)
{
    (void)state;
    int64_t first = append_reply("k1", "", "we <!channel> know");
    start();
    run_until(first, OUTBOX_DONE);
    assert_string_equal(said(0), "*Ana &lt;!here&gt;:* we &lt;!channel&gt; know");
    assert_string_equal(slack_server_message(slack, "C1", 0)->key, "reply:k1");
    assert_string_equal(row(first).result_id, slack_server_message(slack, "C1", 0)->ts);

    /* It was said, and the answer was lost; then it was not. In a thread, and not. */
    const char *thread = row(first).result_id;
    slack_server_fail(slack, "chat.postMessage", SLACK_FAULT_DROP, "", true, 1);
    run_until(append_reply("k2", "", "two"), OUTBOX_DONE);
    slack_server_fail(slack, "chat.postMessage", SLACK_FAULT_CUT, "", true, 1);
    run_until(append_reply("k3", thread, "three"), OUTBOX_DONE);
    slack_server_fail(slack, "chat.postMessage", SLACK_FAULT_DROP, "", false, 1);
    run_until(append_reply("k4", thread, "four"), OUTBOX_DONE);
    assert_string_equal(said(1), "*Ana &lt;!here&gt;:* two");
    assert_string_equal(said(2), "*Ana &lt;!here&gt;:* three");
    assert_string_equal(slack_server_message(slack, "C1", 2)->thread_ts, thread);
    assert_string_equal(said(3), "*Ana &lt;!here&gt;:* four");
    assert_null(slack_server_message(slack, "C1", 4));
}

static void
a_refused_reply_waits_for_the_user_and_holds_up_nothing(void **state)
{
    (void)state;
    slack_server_fail(slack, "chat.postMessage", SLACK_FAULT_REFUSE, "is_archived", false, 1);
    expect("POST /v1/alert_notes", made("N1"));
    int64_t reply = append_reply("k1", "", "late"), note = append_note("one");
    start();
    run_until(note, OUTBOX_DONE);
    run_until(reply, OUTBOX_FAILED);
    assert_non_null(strstr(row(reply).answer, "the channel is archived"));
    assert_int_equal(row(reply).attempts, 0);
    bool done;
    assert_true(outbox_retry(&outbox, reply, "", &done, &err));
    push_wake(push);
    run_until(reply, OUTBOX_DONE);
    assert_string_equal(said(0), "*Ana &lt;!here&gt;:* late");
}

static void
without_a_token_a_reply_says_that_slack_is_off(void **state)
{
    (void)state;
    slack_token = NULL;
    int64_t reply = append_reply("k1", "", "one");
    start();
    run_until(reply, OUTBOX_FAILED);
    assert_non_null(strstr(row(reply).answer, "slack_token_file"));
    assert_int_equal(slack_server_requests(slack, ""), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(rows_are_sent_in_order_and_name_what_they_made),
        TEST(what_may_have_arrived_is_looked_for_before_it_is_repeated),
        TEST(what_did_not_arrive_is_sent_again_once),
        TEST(two_writes_that_read_alike_are_two),
        TEST(what_was_on_its_way_when_the_sender_died_is_looked_for),
        TEST(what_changed_meanwhile_is_not_overwritten_until_the_user_says_so),
        TEST(what_is_so_already_is_not_sent),
        TEST(what_is_gone_or_refused_waits_for_the_user_with_the_servers_sentence),
        TEST(a_server_that_asks_for_time_gets_it_and_nothing_else),
        TEST(what_nobody_took_can_still_be_taken_back),
        TEST(a_row_that_waits_names_what_was_made),
        TEST(a_reply_is_said_once_whatever_becomes_of_the_answer),
        TEST(a_refused_reply_waits_for_the_user_and_holds_up_nothing),
        TEST(without_a_token_a_reply_says_that_slack_is_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
