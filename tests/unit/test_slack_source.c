#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/channel_message.h"
#include "store/window.h"
#include "tests/support/slack_server.h"
#include "tests/support/sync_world.h"

/* The channels of incidents, as sync reads them from a Slack of ours beside a real hub. */

#define CHANNEL "C1LATE"
#define STAMPS "\"created_at\":\"2026-03-01T00:00:00Z\",\"updated_at\":\"2026-03-01T00:00:00Z\""

static struct sync_world *world;
static struct slack_server *server;

static void
put_incident(const char *channel, const char *category)
{
    sync_world_put(
        world, KIND_INCIDENT,
        arena_printf(&world->arena,
                     "{\"id\":\"S1\",\"reference\":\"INC-99\",\"name\":\"Late\",\"mode\":"
                     "\"standard\",\"visibility\":\"public\",\"incident_status\":{\"id\":\"ST\","
                     "\"name\":\"s\",\"category\":\"%s\",\"rank\":1,\"description\":\"\"," STAMPS
                     "},\"creator\":{\"user\":{\"id\":\"U1\",\"name\":\"Ana\",\"role\":\"unset\"}},"
                     "\"custom_field_entries\":[],\"incident_role_assignments\":[],"
                     "\"slack_channel_id\":\"%s\",\"slack_team_id\":\"T0\"," STAMPS "}",
                     category, channel));
}

static int
set_up(void **state)
{
    if (sync_world_open(state))
        return -1;
    world = *state;
    server = slack_server_open(world->loop);
    world->profile.slack_url = slack_server_url(server);
    world->slack_token = SLACK_SERVER_TOKEN;
    slack_server_add_channel(server, CHANNEL, "inc-late", "");
    slack_server_add_user(server, "UEVE", "Eve from sales");
    put_incident(CHANNEL, "live");
    return 0;
}

static int
tear_down(void **state)
{
    assert_string_equal(slack_server_complaint(server), "");
    sync_destroy(world->sync);
    world->sync = NULL;
    slack_server_close(server);
    return sync_world_close(state);
}

static struct sync_outcome
pass(void)
{
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    return outcome;
}

static void
good_pass(void)
{
    const struct sync_outcome outcome = pass();
    sync_world_assert_complete(&outcome);
}

static struct timeline_window
timeline(void)
{
    const struct window_request request = {.rows = 50};
    struct timeline_window window;
    struct error err = {0};
    if (!window_timeline(world->cache, "S1", &request, &world->arena, &window, &err))
        fail_msg("%s", err.message);
    return window;
}

/* "Ana: on it | Eve from sales: [Reply] when?": newest first. */
static void
expect_said(const char *expected)
{
    const struct timeline_window window = timeline();
    const char *text = "";
    for (size_t i = 0; i < window.events_len; i++)
        if (strcmp(window.events[i].kind, "slack") == 0)
            text = arena_printf(&world->arena, "%s%s%s: %s%s%s%s", text, *text ? " | " : "",
                                window.events[i].who, *window.events[i].change ? "[" : "",
                                window.events[i].change, *window.events[i].change ? "] " : "",
                                window.events[i].text);
    assert_string_equal(text, expected);
}

static struct freshness
source(void)
{
    struct freshness freshness;
    struct error err = {0};
    bool found;
    if (!freshness_get(world->cache, "slack", &world->arena, &freshness, &found, &err))
        fail_msg("%s", err.message);
    if (!found)
        freshness = (struct freshness){.error_code = "no such source", .error_message = ""};
    return freshness;
}

static const char *
problem(void)
{
    const char *text;
    struct error err = {0};
    if (!channel_problem_get(world->cache, CHANNEL, &world->arena, &text, &err))
        fail_msg("%s", err.message);
    return text;
}

static void
what_people_say_is_on_the_timeline_with_their_names(void **state)
{
    (void)state;
    slack_server_say(server, CHANNEL, "1772323300.000100", "SL1", "on it, <@UEVE> &amp; <@SL2>");
    slack_server_say(server, CHANNEL, "1772323400.000100", "UEVE", "see <https://a.b|the board>");
    slack_server_say(server, CHANNEL, "1772323500.000100", "UGONE", "who\x1b[31mam I\nhere");
    good_pass();
    expect_said("UGONE: whoam I\nhere | Eve from sales: see the board | "
                "Ana: on it, @Eve from sales & @Ben");
    assert_string_equal(source().error_code, "");
    const struct timeline_event event = timeline().events[0];
    assert_string_equal(event.id, "slack/" CHANNEL "/1772323500.000100");
    assert_string_equal(event.detail,
                        "https://data.slack.example/archives/" CHANNEL "/p1772323500000100");
    assert_int_equal(event.at, INT64_C(1772323500000));
    /* What is known is not asked for again. */
    const int asked = slack_server_requests(server, "users.info");
    good_pass();
    assert_int_equal(slack_server_requests(server, "users.info"), asked);
}

static void
bots_and_notes_are_left_out_but_what_was_said_from_here_is_not(void **state)
{
    (void)state;
    slack_server_say(server, CHANNEL, "1772323300.000100", "SL1", "joined");
    slack_server_add_to(server, "1772323300.000100", ",\"subtype\":\"channel_join\"");
    slack_server_say(server, CHANNEL, "1772323400.000100", "UAPP", "a build failed");
    slack_server_add_to(server, "1772323400.000100", ",\"bot_id\":\"B1\"");
    slack_server_say(server, CHANNEL, "1772323500.000100", SLACK_SERVER_BOT,
                     "*Ana R. &amp; co:* we know");
    slack_server_add_to(server, "1772323500.000100",
                        ",\"bot_id\":\"B0BOT\",\"metadata\":{\"event_type\":\"tocsin\","
                        "\"event_payload\":{\"key\":\"reply:1\"}}");
    slack_server_say(server, CHANNEL, "1772323600.000100", SLACK_SERVER_BOT, "*Fixing*");
    slack_server_add_to(server, "1772323600.000100",
                        ",\"bot_id\":\"B0BOT\",\"metadata\":{\"event_type\":\"tocsin\","
                        "\"event_payload\":{\"key\":\"update:1\"}}");
    good_pass();
    expect_said("Ana R. & co: we know");
}

static void
threads_are_read_when_something_is_said_in_them(void **state)
{
    (void)state;
    slack_server_say(server, CHANNEL, "1772323300.000100", "SL1", "which rows?");
    slack_server_say(server, CHANNEL, "1772323310.000100", "SL2", "no thread");
    slack_server_reply(server, CHANNEL, "1772323300.000100", "1772323350.000100", "UEVE", "all");
    good_pass();
    expect_said("Eve from sales: [Reply] all | Ben: no thread | Ana: which rows?");
    assert_int_equal(slack_server_requests(server, "conversations.replies"), 1);
    assert_string_equal(timeline().events[0].detail,
                        "https://data.slack.example/archives/" CHANNEL
                        "/p1772323350000100?thread_ts=1772323300.000100&cid=" CHANNEL);
    good_pass();
    assert_int_equal(slack_server_requests(server, "conversations.replies"), 1);
    slack_server_reply(server, CHANNEL, "1772323300.000100", "1772323360.000100", "SL1", "thanks");
    /* A thread that cannot be read is read the next time. */
    slack_server_fail(server, "conversations.replies", SLACK_FAULT_500, "", false, 1);
    assert_int_equal(pass().failures_len, 1);
    expect_said("Eve from sales: [Reply] all | Ben: no thread | Ana: which rows?");
    good_pass();
    expect_said("Ana: [Reply] thanks | Eve from sales: [Reply] all | Ben: no thread | "
                "Ana: which rows?");
}

static void
what_is_edited_or_deleted_there_is_so_here(void **state)
{
    (void)state;
    slack_server_say(server, CHANNEL, "1772323300.000100", "SL1", "one");
    slack_server_say(server, CHANNEL, "1772323400.000100", "SL1", "two");
    good_pass();
    slack_server_edit(server, "1772323300.000100", "one, and more");
    slack_server_remove(server, "1772323400.000100");
    good_pass();
    expect_said("Ana: one, and more");
}

static void
a_long_channel_is_read_page_by_page_and_then_only_what_is_new(void **state)
{
    (void)state;
    for (int i = 0; i < 9; i++)
        slack_server_say(server, CHANNEL, arena_printf(&world->arena, "17723233%02d.000100", i),
                         "SL1", arena_printf(&world->arena, "m%d", i));
    good_pass();
    assert_int_equal(slack_server_requests(server, "conversations.history"), 5); /* two a page */
    expect_said("Ana: m8 | Ana: m7 | Ana: m6 | Ana: m5 | Ana: m4 | Ana: m3 | Ana: m2 | Ana: m1 | "
                "Ana: m0");
    slack_server_say(server, CHANNEL, "1772323399.000100", "SL1", "m9");
    good_pass();
    assert_int_equal(slack_server_requests(server, "conversations.history"), 6);
    expect_said("Ana: m9 | Ana: m8 | Ana: m7 | Ana: m6 | Ana: m5 | Ana: m4 | Ana: m3 | Ana: m2 | "
                "Ana: m1 | Ana: m0");
}

static void
a_channel_that_cannot_be_read_says_why_and_leaves_the_source_well(void **state)
{
    (void)state;
    slack_server_fail(server, "conversations.history", SLACK_FAULT_REFUSE, "not_in_channel", false,
                      100);
    good_pass();
    assert_non_null(strstr(problem(), "the bot is not in the channel: invite it"));
    assert_string_equal(source().error_code, "");
    slack_server_heal(server);
    good_pass();
    assert_string_equal(problem(), "");
}

static void
every_other_failure_is_the_sources_and_nothing_that_is_known_goes(void **state)
{
    static const struct {
        enum slack_fault fault;
        const char *word, *code;
    } failures[] = {
        {SLACK_FAULT_REFUSE, "invalid_auth", "unauthenticated"},
        {SLACK_FAULT_REFUSE, "missing_scope", "forbidden"},
        {SLACK_FAULT_RATELIMITED, "", "rate_limited"},
        {SLACK_FAULT_HTML, "", "protocol"},
        {SLACK_FAULT_500, "", "upstream"},
        {SLACK_FAULT_CUT, "", "network"},
        {SLACK_FAULT_DROP, "", "network"},
    };
    (void)state;
    slack_server_say(server, CHANNEL, "1772323300.000100", "SL1", "one");
    good_pass();
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        slack_server_fail(server, "conversations.history", failures[i].fault, failures[i].word,
                          false, 1);
        const struct sync_outcome outcome = pass();
        assert_int_equal(outcome.failures_len, 1);
        assert_string_equal(outcome.failures[0].resource, "slack");
        assert_string_equal(source().error_code, failures[i].code);
        assert_null(strstr(source().error_message, SLACK_SERVER_TOKEN));
        expect_said("Ana: one");
    }
    good_pass();
    assert_string_equal(source().error_code, "");
}

static void
without_a_token_slack_is_off_and_closed_incidents_are_left_alone(void **state)
{
    (void)state;
    world->slack_token = NULL;
    good_pass();
    assert_int_equal(slack_server_requests(server, ""), 0);
    assert_string_equal(source().error_code, "no such source");
    world->slack_token = SLACK_SERVER_TOKEN;
    put_incident(CHANNEL, "closed");
    good_pass();
    assert_int_equal(slack_server_requests(server, "conversations.history"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(what_people_say_is_on_the_timeline_with_their_names),
        TEST(bots_and_notes_are_left_out_but_what_was_said_from_here_is_not),
        TEST(threads_are_read_when_something_is_said_in_them),
        TEST(what_is_edited_or_deleted_there_is_so_here),
        TEST(a_long_channel_is_read_page_by_page_and_then_only_what_is_new),
        TEST(a_channel_that_cannot_be_read_says_why_and_leaves_the_source_well),
        TEST(every_other_failure_is_the_sources_and_nothing_that_is_known_goes),
        TEST(without_a_token_slack_is_off_and_closed_incidents_are_left_alone),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
