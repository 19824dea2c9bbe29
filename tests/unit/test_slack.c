/* Slack's Web API as we speak it, against a Slack of ours that fails in every way. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "remote/slack_post.h"
#include "tests/support/scripted_server.h"
#include "tests/support/slack_server.h"

static struct loop *loop;
static struct slack_server *server;
static struct slack *slack;
static struct slack_answer answer;
static struct slack_answer posted_answer;
static char posted_ts[40], posted_channel[40];
static bool was_there;
static int left;

static void
open_slack(const char *url, const char *token, int pace)
{
    struct error err;
    const struct slack_options options = {
        .url = url, .token = token, .timeout_ms = 400, .settle_ms = 1, .pace = pace};
    if (!slack_open(&slack, loop, &options, &err))
        fail_msg("%s", err.message);
}

static int
set_up(void **state)
{
    struct error err;
    (void)state;
    assert_true(loop_create(&loop, &err));
    server = slack_server_open(loop);
    slack_server_add_user(server, "U1", "ana@example.com");
    slack_server_set_group(server, "S1", "U1");
    slack_server_add_channel(server, "C1", "general", "");
    open_slack(slack_server_url(server), SLACK_SERVER_TOKEN, 1000);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    slack_close(slack);
    assert_string_equal(slack_server_complaint(server), "");
    slack_server_close(server);
    loop_destroy(loop);
    return 0;
}

static void
on_answer(void *context, const struct slack_answer *got)
{
    (void)context;
    answer = *got;
    answer.document = NULL;
    if (--left == 0)
        loop_stop(loop);
}

static void
run(void)
{
    struct error err;
    left = 1;
    assert_true(loop_run(loop, &err));
}

static void
read_group(void)
{
    SLACK_CALL(slack, SLACK_USERGROUPS_USERS_LIST, on_answer, NULL, {"usergroup", "S1"});
    run();
}

static void
every_refusal_has_its_code_and_says_what_to_do(void **state)
{
    static const struct {
        const char *word;
        enum slack_problem problem;
        enum slack_remedy remedy;
        enum error_code code;
        const char *sentence;
    } refusals[] = {
#define X(id, word, remedy, code, in_doubt, sentence)                                              \
    {word, SLACK_PROBLEM_##id, SLACK_##remedy, ERROR_##code, sentence},
        SLACK_PROBLEMS(X)
#undef X
    };
    (void)state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        if (!*refusals[i].word || strcmp(refusals[i].word, "ratelimited") == 0)
            continue;
        slack_server_fail(server, "", SLACK_FAULT_REFUSE, refusals[i].word, false, 1);
        read_group();
        assert_int_equal(answer.problem, refusals[i].problem);
        assert_int_equal(answer.remedy, refusals[i].remedy);
        assert_int_equal(answer.error.code, refusals[i].code);
        assert_non_null(strstr(answer.error.message, refusals[i].sentence));
        assert_non_null(strstr(answer.error.message, refusals[i].word));
        assert_null(strstr(answer.error.message, "xoxb"));
    }
    slack_server_fail(server, "", SLACK_FAULT_REFUSE, "something_new", false, 1);
    read_group();
    assert_int_equal(answer.problem, SLACK_PROBLEM_UNKNOWN);
    assert_non_null(strstr(answer.error.message, "something_new"));
    read_group();
    assert_int_equal(answer.problem, SLACK_PROBLEM_NONE);
}

static void
a_failure_says_whether_it_may_have_been_done_nevertheless(void **state)
{
    static const struct {
        enum slack_fault fault;
        const char *word;
        enum error_code code;
        bool in_doubt;
    } cases[] = {
        {SLACK_FAULT_RATELIMITED, "", ERROR_RATE_LIMITED, false},
        {SLACK_FAULT_HTML, "", ERROR_PROTOCOL, true},
        {SLACK_FAULT_500, "", ERROR_UPSTREAM, true},
        {SLACK_FAULT_CUT, "", ERROR_NETWORK, true},
        {SLACK_FAULT_DROP, "", ERROR_NETWORK, true},
        {SLACK_FAULT_SILENT, "", ERROR_TIMEOUT, true},
        {SLACK_FAULT_REFUSE, "internal_error", ERROR_UPSTREAM, true},
        {SLACK_FAULT_REFUSE, "channel_not_found", ERROR_NOT_FOUND, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        slack_server_fail(server, "auth.test", cases[i].fault, cases[i].word, false, 1);
        SLACK_CALL(slack, SLACK_AUTH_TEST, on_answer, NULL, {"", ""});
        run();
        if (answer.error.code != cases[i].code || answer.in_doubt != cases[i].in_doubt)
            fail_msg("case %zu: %s: %s", i, error_name(answer.error.code), answer.error.message);
    }
}

static void
a_slack_that_is_not_there_was_not_told(void **state)
{
    (void)state;
    slack_close(slack);
    open_slack("http://127.0.0.1:1/api", SLACK_SERVER_TOKEN, 1000);
    read_group();
    assert_int_equal(answer.remedy, SLACK_LATER);
    assert_int_equal(answer.error.code, ERROR_NETWORK);
    assert_false(answer.in_doubt);
}

static void
redirect(void *context, const char *target, const char *head, struct arena *arena,
         struct scripted_answer *out)
{
    (void)target;
    (void)head;
    out->status = 302;
    out->headers = arena_printf(arena, "Location: %s/auth.test\r\n", (const char *)context);
}

static void
the_token_follows_no_redirect(void **state)
{
    (void)state;
    struct scripted_server *other =
        scripted_server_open(loop, redirect, (void *)slack_server_url(server));
    slack_close(slack);
    open_slack(scripted_server_url(other), SLACK_SERVER_TOKEN, 1000);
    read_group();
    assert_int_equal(answer.error.code, ERROR_PROTOCOL);
    assert_int_equal(slack_server_requests(server, ""), 0);
    slack_close(slack);
    slack = NULL;
    scripted_server_close(other);
}

static void
a_wrong_token_is_said_so_and_is_in_no_message(void **state)
{
    (void)state;
    slack_close(slack);
    open_slack(slack_server_url(server), "xoxb-wrong", 1000);
    read_group();
    assert_int_equal(answer.problem, SLACK_PROBLEM_INVALID_AUTH);
    assert_int_equal(answer.remedy, SLACK_TOKEN);
    assert_null(strstr(answer.error.message, "xoxb"));
}

static void
stop(void *context)
{
    (void)context;
    loop_stop(loop);
}

static void
a_method_that_is_limited_rests_and_others_go_on(void **state)
{
    struct error err;
    (void)state;
    slack_server_fail(server, "usergroups.users.list", SLACK_FAULT_RATELIMITED, "", false, 1);
    read_group();
    assert_int_equal(answer.error.retry_after_ms, 1000);
    SLACK_CALL(slack, SLACK_USERGROUPS_USERS_LIST, on_answer, NULL, {"usergroup", "S1"});
    SLACK_CALL(slack, SLACK_AUTH_TEST, on_answer, NULL, {"", ""});
    run(); /* the second is answered: the first waits */
    assert_int_equal(slack_server_requests(server, "auth.test"), 1);
    assert_int_equal(slack_server_requests(server, "usergroups.users.list"), 1);
    assert_int_equal(slack_pending(slack), 1);
    left = 1;
    assert_true(loop_run(loop, &err));
    assert_int_equal(answer.problem, SLACK_PROBLEM_NONE);
}

static void
no_more_calls_go_out_in_a_minute_than_the_method_allows(void **state)
{
    struct error err;
    (void)state;
    slack_close(slack);
    open_slack(slack_server_url(server), SLACK_SERVER_TOKEN, 1);
    for (int i = 0; i < 25; i++)
        SLACK_CALL(slack, SLACK_USERGROUPS_USERS_LIST, on_answer, NULL, {"usergroup", "S1"});
    left = 20;
    assert_true(loop_run(loop, &err));
    loop_after(loop, 50, stop, NULL);
    left = 100;
    assert_true(loop_run(loop, &err));
    assert_int_equal(slack_server_requests(server, "usergroups.users.list"), 20);
    assert_int_equal(slack_pending(slack), 5);
}

static void
on_posted(void *context, const struct slack_posted *posted)
{
    (void)context;
    posted_answer = *posted->answer;
    was_there = posted->was_there;
    (void)snprintf(posted_ts, sizeof(posted_ts), "%s", posted->ts);
    (void)snprintf(posted_channel, sizeof(posted_channel), "%s", posted->channel);
    if (--left == 0)
        loop_stop(loop);
}

static void
say(const char *channel, const char *key, bool in_doubt)
{
    const struct slack_post post = {.channel = channel,
                                    .text = "a < b & c",
                                    .key = key,
                                    .in_doubt = in_doubt,
                                    .since_ms = clock_now_ms()};
    slack_post(slack, &post, on_posted, NULL);
    run();
}

static void
a_message_that_may_have_arrived_is_looked_for_before_it_is_repeated(void **state)
{
    static const enum slack_fault faults[] = {SLACK_FAULT_500, SLACK_FAULT_HTML, SLACK_FAULT_CUT,
                                              SLACK_FAULT_DROP, SLACK_FAULT_SILENT};
    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
        for (int done = 0; done < 2; done++) {
            char key[40];
            size_t before = 0, after = 0;
            while (slack_server_message(server, "C1", before))
                before++;
            (void)snprintf(key, sizeof(key), "update:%zu-%d", i, done);
            slack_server_fail(server, "chat.postMessage", faults[i], "", done, 1);
            say("C1", key, false);
            assert_int_not_equal(posted_answer.problem, SLACK_PROBLEM_NONE);
            assert_true(posted_answer.in_doubt);
            for (int later = 0; later < 3; later++) /* others speak meanwhile: more than a page */
                say("C1", "other", false);
            say("C1", key, true);
            assert_int_equal(posted_answer.problem, SLACK_PROBLEM_NONE);
            assert_int_equal(was_there, done);
            while (slack_server_message(server, "C1", after))
                after++;
            assert_int_equal(after, before + 4);
        }
}

static void
a_look_that_fails_leaves_the_doubt(void **state)
{
    (void)state;
    slack_server_fail(server, "conversations.history", SLACK_FAULT_500, "", false, 1);
    say("C1", "update:1", true);
    assert_int_equal(posted_answer.remedy, SLACK_LATER);
    assert_true(posted_answer.in_doubt);
    assert_null(slack_server_message(server, "C1", 0));
}

static void
a_person_is_told_in_their_direct_messages_once(void **state)
{
    (void)state;
    say("U1", "page:1", false);
    assert_string_equal(posted_channel, "DU1");
    say("U1", "page:1", true);
    assert_true(was_there);
    assert_non_null(slack_server_message(server, "DU1", 0));
    assert_null(slack_server_message(server, "DU1", 1));
    assert_string_equal(slack_server_message(server, "DU1", 0)->text, "a < b & c");
}

static void
what_comes_from_outside_mentions_nobody(void **state)
{
    struct str out;
    (void)state;
    str_init(&out, 0);
    slack_append_escaped(&out, "<!channel> & <@U1>");
    assert_string_equal(str_text(&out), "&lt;!channel&gt; &amp; &lt;@U1&gt;");
    str_finish(&out);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_refusal_has_its_code_and_says_what_to_do),
        TEST(a_failure_says_whether_it_may_have_been_done_nevertheless),
        TEST(a_slack_that_is_not_there_was_not_told),
        TEST(the_token_follows_no_redirect),
        TEST(a_wrong_token_is_said_so_and_is_in_no_message),
        TEST(a_method_that_is_limited_rests_and_others_go_on),
        TEST(no_more_calls_go_out_in_a_minute_than_the_method_allows),
        TEST(a_message_that_may_have_arrived_is_looked_for_before_it_is_repeated),
        TEST(a_look_that_fails_leaves_the_doubt),
        TEST(a_person_is_told_in_their_direct_messages_once),
        TEST(what_comes_from_outside_mentions_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
