/*
 * `tocsin watch slack`: questions asked in a Slack of ours become alerts of a real hub, are closed when they are answered, and
 * are all there, once, however Slack fails and whenever the watch is killed.
 */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "remote/alert_events.h"
#include "tests/support/demo.h"
#include "tests/support/hub_process.h"
#include "tests/support/killed.h"
#include "tests/support/program.h"
#include "tests/support/slack_server.h"
#include "watch/slack_question.h"
#include "watch/slack_state.h"
#include "watch/slack_watch.h"

enum { TRIES = 1000, TRY_US = 20000, STEPS_MAX = 60 };

static struct {
    char secret[HUB_TOKEN_SIZE]; /* made in the hub's process */
} * shared;
static struct hub_process hub;
static struct home home;
static struct arena arena;
static struct loop *loop;
static struct slack_server *server;
static const char *directory;
static int64_t next_s;

static const char *const viewer[] = {"viewer", NULL};
static const char *const *const roles[] = {viewer};
static const char *const channels[] = {"C1", "C2", NULL};
static const char *const answered_by[] = {"reply", "white_check_mark", NULL};

/* ---- set-up ---- */

static void
fill(struct hub *of, struct arena *scratch)
{
    struct error err;
    hub_put(of, KIND_ALERT_SOURCE,
            "{\"id\":\"Q\",\"name\":\"questions\",\"source_type\":\"http\",\"template\":{}}",
            scratch);
    if (!hub_source_secret_make(hub_store(of), "Q", shared->secret, &err))
        _exit(1);
}

static int
start(void **state)
{
    const struct hub_options options = {
        .database = ":memory:", .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 1000000}};
    struct error err;
    (void)state;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    hub_process_start(&hub, &options, fill, roles, 1);
    home_create(&home, hub.url, "unused");
    assert_true(loop_create(&loop, &err));
    next_s = clock_now_ms() / SECOND_MS - 1800;
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    loop_destroy(loop);
    hub_process_stop(&hub);
    home_destroy(&home);
    arena_finish(&arena);
    return munmap(shared, sizeof *shared);
}

static int
open_slack_server(void **state)
{
    static int count;
    (void)state;
    server = slack_server_open(loop);
    slack_server_add_user(server, "U1", "ana@example.com");
    slack_server_add_user(server, "U2", "ben@example.com");
    slack_server_set_group(server, "S1", "U2,U3");
    slack_server_add_channel(server, "C1", "ask-data", "");
    slack_server_add_channel(server, "C2", "orders", "");
    directory = arena_printf(&arena, "%s/watch%d", home.root, count++);
    assert_int_equal(mkdir(directory, 0700), 0);
    return 0;
}

static int
close_slack_server(void **state)
{
    (void)state;
    assert_string_equal(slack_server_complaint(server), "");
    slack_server_close(server);
    return 0;
}

/* ---- what is said, and what becomes of it ---- */

static const char *
say(const char *channel, const char *user, const char *text)
{
    const char *ts = arena_printf(&arena, "%lld.000100", (long long)next_s++);
    slack_server_say(server, channel, ts, user, text);
    return ts;
}

static const char *
ask(const char *channel, const char *text)
{
    return say(channel, "U1", arena_printf(&arena, "<!subteam^S1|@data> %s", text));
}

static const char *
alerts_of(const char *channel, const char *ts)
{
    return hub_ask(&hub, &arena, hub.keys[0], "GET",
                   arena_printf(&arena, "/v2/alerts?page_size=50&deduplication_key[is]=%s",
                                arena_printf(&arena, "slack%%2F%s%%2F%s", channel, ts)),
                   NULL)
        .body;
}

/* One alert of this message, in the end with this status. */
static const char *
expect_alert(const char *channel, const char *ts, const char *status)
{
    const char *body = "";
    for (int i = 0; i < TRIES; i++) {
        body = alerts_of(channel, ts);
        if (strcmp(json_text_at(&arena, body, "alerts.0.status"), status) == 0) {
            assert_string_equal(json_text_at(&arena, body, "alerts.1.id"), "");
            return body;
        }
        (void)usleep(TRY_US);
    }
    fail_msg("no alert of '%s' is %s: %s", ts, status, body);
    return body;
}

/* ---- a round ---- */

static struct slack *
open_client(void)
{
    struct error err;
    struct slack *slack;
    const struct slack_options options = {.url = slack_server_url(server),
                                          .token = SLACK_SERVER_TOKEN,
                                          .timeout_ms = 2000,
                                          .settle_ms = 1,
                                          .pace = 1000};
    assert_true(slack_open(&slack, loop, &options, &err));
    return slack;
}

static char troubles[800];

static void
on_trouble(void *context, const char *channel, const struct error *why)
{
    (void)context;
    (void)snprintf(troubles, sizeof troubles, "%s: %s", channel, why->message);
}

/* As the command does it. */
static bool
run_round(struct error *err)
{
    const struct profile profile = {.url = hub.url, .ca_file = "", .proxy = ""};
    struct alert_address address;
    struct alert_spool *spool;
    struct slack_watch watch = {.slack = open_client(),
                                .loop = loop,
                                .group = "S1",
                                .channels = channels,
                                .answered_by = answered_by,
                                .dir = directory,
                                .looks_max = 20,
                                .trouble = on_trouble};
    struct error later;
    *err = (struct error){0};
    troubles[0] = '\0';
    if (!alert_address_read("Q", &profile, &arena, &address, err))
        return false;
    bool ok = alert_spool_open(&spool, directory, address.text, 1000, err) &&
              slack_watch_round(&watch, spool, err);
    struct alert_delivery delivery = {
        .address = &address, .profile = &profile, .secret = shared->secret, .patience_ms = 10000};
    ok = alert_events_deliver(&delivery, spool, ok ? err : &later) && ok;
    alert_spool_close(spool);
    slack_close(watch.slack);
    return ok;
}

static void
expect_round(void)
{
    struct error err;
    if (!run_round(&err))
        fail_msg("%s", err.message);
}

/* Whether it came to its end. */
static bool
run_killed(int before, int after)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct error err;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        killed_at(before, after);
        _exit(!run_round(&err) || *slack_server_complaint(server));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return !WIFSIGNALED(status);
}

/* ---- tests ---- */

static void
a_mention_of_the_group_is_an_alert_with_its_asker_and_a_link_back(void **state)
{
    (void)state;
    say("C1", "U1", "good morning");
    const char *ts = ask("C1", "why is <https://bi.example/1|revenue> &lt; yesterday?\nIt fell");
    say("C1", "U1", "<!subteam^S12|@others> not for us");
    say("C1", SLACK_SERVER_BOT, "<!subteam^S1> said by the bot itself");
    expect_round();
    const char *alert = expect_alert("C1", ts, "firing");
    assert_string_equal(json_text_at(&arena, alert, "alerts.0.title"),
                        "why is revenue < yesterday?");
    assert_string_equal(json_text_at(&arena, alert, "alerts.0.source_url"),
                        arena_printf(&arena, "https://data.slack.example/archives/C1/p%s", ts));
    assert_int_equal(slack_server_requests(server, "chat.getPermalink"), 1);
    expect_round();
    assert_int_equal(slack_server_requests(server, "chat.getPermalink"), 1);
}

static void
a_reaction_a_responders_reply_or_its_deletion_closes_a_question(void **state)
{
    (void)state;
    const char *reacted = ask("C1", "a"), *replied = ask("C2", "b"), *deleted = ask("C1", "c");
    const char *not_yet = ask("C1", "d");
    expect_round();
    slack_server_add_to(server, reacted,
                        ",\"reactions\":[{\"name\":\"eyes\",\"count\":1},"
                        "{\"name\":\"white_check_mark\",\"count\":1}]");
    slack_server_add_to(server, replied, ",\"reply_count\":2,\"reply_users\":[\"U1\",\"U2\"]");
    slack_server_remove(server, deleted);
    slack_server_add_to(server, not_yet,
                        ",\"reply_count\":1,\"reply_users\":[\"U1\",\"U9\"],"
                        "\"reactions\":[{\"name\":\"eyes\",\"count\":1}]");
    expect_round();
    expect_alert("C1", reacted, "resolved");
    expect_alert("C2", replied, "resolved");
    expect_alert("C1", deleted, "resolved");
    expect_alert("C1", not_yet, "firing");
}

static void
a_channel_that_cannot_be_read_is_told_and_the_others_go_on(void **state)
{
    (void)state;
    const char *ts = ask("C2", "still heard");
    slack_server_fail(server, "conversations.history", SLACK_FAULT_REFUSE, "not_in_channel", false,
                      1);
    expect_round();
    assert_non_null(strstr(troubles, "C1: "));
    assert_non_null(strstr(troubles, "invite it"));
    expect_alert("C2", ts, "firing");
}

static void
however_slack_fails_the_next_round_takes_up_where_it_stopped(void **state)
{
    static const struct {
        const char *method;
        enum slack_fault fault;
        const char *word;
        enum error_code code;
    } cases[] = {
        {"conversations.history", SLACK_FAULT_RATELIMITED, "", ERROR_RATE_LIMITED},
        {"conversations.history", SLACK_FAULT_HTML, "", ERROR_PROTOCOL},
        {"conversations.history", SLACK_FAULT_500, "", ERROR_UPSTREAM},
        {"conversations.history", SLACK_FAULT_CUT, "", ERROR_NETWORK},
        {"users.info", SLACK_FAULT_DROP, "", ERROR_NETWORK},
        {"chat.getPermalink", SLACK_FAULT_REFUSE, "internal_error", ERROR_UPSTREAM},
        {"auth.test", SLACK_FAULT_REFUSE, "token_revoked", ERROR_UNAUTHENTICATED},
    };
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *asked[5]; /* three pages */
        for (size_t j = 0; j < 5; j++)
            asked[j] = ask("C1", "one of five");
        slack_server_fail(server, cases[i].method, cases[i].fault, cases[i].word, false, 1);
        assert_false(run_round(&err));
        assert_int_equal(err.code, cases[i].code);
        expect_round();
        for (size_t j = 0; j < 5; j++)
            expect_alert("C1", asked[j], "firing");
    }
}

/* A walk goes on behind the last page that was taken, and reads none twice. */
static bool
second_page_is_lost(void *context, const char *method, int number)
{
    (void)number;
    return strcmp(method, "conversations.history") != 0 || ++*(int *)context != 2;
}

static void
a_walk_that_was_broken_off_goes_on_behind_its_last_page(void **state)
{
    struct error err;
    int pages = 0;
    const char *asked[5];
    (void)state;
    for (size_t i = 0; i < 5; i++)
        asked[i] = ask("C1", "one of five");
    slack_server_on_request(server, second_page_is_lost, &pages);
    assert_false(run_round(&err));
    slack_server_on_request(server, NULL, NULL);
    const int before = slack_server_requests(server, "conversations.history");
    const char *late = ask("C1", "asked meanwhile");
    expect_round();
    /* Two pages that were left of C1, one of C2, and each open question. */
    assert_int_equal(slack_server_requests(server, "conversations.history") - before, 3 + 5);
    expect_round();
    for (size_t i = 0; i < 5; i++)
        expect_alert("C1", asked[i], "firing");
    expect_alert("C1", late, "firing");
    assert_int_equal(slack_server_requests(server, "chat.getPermalink"), 6);
}

static void
a_watch_that_is_killed_at_each_step_misses_nothing_and_says_nothing_twice(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        bool ended = false;
        int at = 0;
        while (!ended && ++at < STEPS_MAX) {
            const char *asked[3]; /* two pages */
            for (size_t i = 0; i < 3; i++)
                asked[i] = ask("C1", "one of three");
            ended = run_killed(way ? 0 : at, way ? at : 0);
            assert_true(run_killed(0, 0));
            for (size_t i = 0; i < 3; i++)
                slack_server_add_to(server, asked[i],
                                    ",\"reactions\":[{\"name\":\"white_check_mark\"}]");
            ended = run_killed(way ? 0 : at, way ? at : 0) && ended;
            assert_true(run_killed(0, 0));
            for (size_t i = 0; i < 3; i++)
                expect_alert("C1", asked[i], "resolved");
        }
        assert_true(at > 5 && at < STEPS_MAX);
    }
}

static void
the_program_looks_once_and_says_what_is_wrong(void **state)
{
    struct program program;
    (void)state;
    const char *ts = ask("C1", "asked of the program");
    const char *secret = arena_printf(&arena, "%s/config/tocsin/questions", home.root);
    const char *token = arena_printf(&arena, "%s/config/tocsin/slack", home.root);
    const char *const arguments[] = {"watch",   "slack",  "--once", "--state",
                                     directory, "--json", NULL};
    write_private_file(secret, shared->secret);
    write_private_file(token, SLACK_SERVER_TOKEN);
    home_configure(&home, hub.url, "");
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 1);
    program_expect_err(&program, "questions_channels");
    program_finish(&program);

    home_configure(&home, hub.url,
                   arena_printf(&arena,
                                "slack_url = \"%s\"\nslack_token_file = \"%s\"\n"
                                "questions_channels = {\"C1\", \"C2\"}\nquestions_group = \"S1\"\n"
                                "questions_source = \"Q\"\nquestions_secret_file = \"%s\"\n",
                                slack_server_url(server), token, secret));
    pid_t pid = fork(); /* the server, while we wait for the program */
    assert_true(pid >= 0);
    if (pid == 0) {
        struct error err;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(loop_run(loop, &err) ? 0 : 1);
    }
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 0);
    program_expect_out(&program, "{\"asked\":1,\"answered\":0,\"sent\":1}");
    assert_int_equal(program.err.len, 0);
    program_finish(&program);
    write_private_file(token, "xoxb-another-token");
    program_run(&program, "tocsin", arguments, home.env);
    program_expect_status(&program, 2);
    program_expect_err(&program, "the token is not valid");
    assert_null(strstr(str_text(&program.err), "xoxb"));
    program_finish(&program);
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    expect_alert("C1", ts, "firing");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_slack_server, close_slack_server)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_mention_of_the_group_is_an_alert_with_its_asker_and_a_link_back),
        TEST(a_reaction_a_responders_reply_or_its_deletion_closes_a_question),
        TEST(a_channel_that_cannot_be_read_is_told_and_the_others_go_on),
        TEST(however_slack_fails_the_next_round_takes_up_where_it_stopped),
        TEST(a_walk_that_was_broken_off_goes_on_behind_its_last_page),
        TEST(a_watch_that_is_killed_at_each_step_misses_nothing_and_says_nothing_twice),
        TEST(the_program_looks_once_and_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
