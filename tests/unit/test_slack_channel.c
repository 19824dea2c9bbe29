/* An incident's channel: made once, its people asked in once, each update posted once, whatever Slack does and whenever we die. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/objects.h"
#include "hub/slack.h"
#include "hub/slack_text.h"
#include "tests/support/slack_server.h"
#include "wire/wire.h"

#define START INT64_C(1788253200000) /* 2026-09-01T09:00:00Z */
#define NAME "inc-2026-09-01-orders-are-late"

static struct loop *loop;
static struct store *store;
static struct deliveries *deliveries;
static struct slack_presence *slack;
static struct slack_server *server;
static struct arena arena;
static int64_t now_ms;
static bool archive, dies;

/* ---- the incident ---- */

#define AT "\"created_at\":\"2026-09-01T09:00:00Z\",\"updated_at\":\"2026-09-01T09:00:00Z\""
#define STATUS(id, name, category)                                                                 \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"category\":\"" category                            \
    "\",\"rank\":1,\"description\":\"\"," AT "}"
#define LIVE STATUS("live", "Fixing", "live")
#define CLOSED STATUS("closed", "Closed", "closed")

static void
put(enum kind kind, const char *json)
{
    void *object = arena_alloc(&arena, kind_info(kind)->fields->struct_size);
    enum cache_change change;
    struct error err;
    if (!wire_read_object(kind, slice_of(json), &arena, object, &err) || !store_begin(store, &err))
        fail_msg("%s", err.message);
    model_derive(kind, object, &derivation_default, NULL, 0);
    if (!cache_put(store, kind, object, now_ms, &change, &err) || !store_commit(store, &err))
        fail_msg("%s", err.message);
}

static void
put_person(const char *id)
{
    put(KIND_USER,
        arena_printf(
            &arena,
            "{\"id\":\"%s\",\"name\":\"%s\",\"email\":\"%s@example.com\",\"is_active\":true,"
            "\"role\":\"responder\",\"base_role\":{\"id\":\"r\",\"name\":\"r\",\"slug\":\"r\"},"
            "\"custom_roles\":[]}",
            id, id, id));
}

static const char *
incident_json(const char *name, const char *status, const char *assignments)
{
    return arena_printf(
        &arena,
        "{\"id\":\"i1\",\"reference\":\"INC-1\",\"name\":\"%s\",\"mode\":\"standard\","
        "\"visibility\":\"public\","
        "\"incident_status\":%s,\"severity\":{\"id\":\"s\",\"name\":\"Major\",\"rank\":2,"
        "\"description\":\"\"," AT "},"
        "\"incident_type\":{\"id\":\"t\",\"name\":\"t\",\"is_default\":true,\"private_incidents_"
        "only\":false,"
        "\"create_in_triage\":\"optional\",\"description\":\"\"," AT
        "},\"creator\":{\"user\":{\"id\":\"ana\",\"name\":\"Ana\","
        "\"role\":\"unset\"}},\"custom_field_entries\":[],\"incident_role_assignments\":[%s],"
        "\"slack_channel_id\":\"\",\"slack_team_id\":\"\"," AT "}",
        name, status, assignments);
}

static void
load(struct incident *incident)
{
    struct error err;
    bool found;
    assert_true(object_load(store, KIND_INCIDENT, "i1", &arena, incident, &found, &err));
    assert_true(found);
}

/* Takes the incident as it is and another status, name or summary. */
static void
change(const char *name, const char *status, const char *category, const char *summary)
{
    struct incident incident;
    struct error err;
    load(&incident);
    incident.name = name;
    incident.incident_status_name = status;
    incident.incident_status_category = category;
    incident.summary = summary;
    assert_true(store_begin(store, &err));
    assert_true(object_save(store, KIND_INCIDENT, &incident, now_ms, &arena, &err));
    assert_true(store_commit(store, &err));
}

static void
put_update(int n, const char *message)
{
    char at[RFC3339_SIZE];
    put(KIND_INCIDENT_UPDATE,
        arena_printf(
            &arena,
            "{\"id\":\"u%02d\",\"incident_id\":\"i1\",\"updater\":{},\"new_incident_status\":" LIVE
            ",\"message\":\"%s\",\"created_at\":\"%s\"}",
            n, message, time_to_rfc3339(START + n * SECOND_MS, at)));
}

/* ---- lives ---- */

static void
begin_life(void)
{
    struct error err;
    const struct slack_settings settings = {.token = SLACK_SERVER_TOKEN,
                                            .url = slack_server_url(server),
                                            .announce = "C1",
                                            .incident_channels = true,
                                            .archive = archive,
                                            .timeout_ms = 300,
                                            .settle_ms = 1,
                                            .pace = 1000};
    deliveries = deliveries_create(store);
    slack = hub_slack_create(store, deliveries);
    assert_true(hub_slack_configure(slack, &settings, &err));
    hub_slack_attach(slack, loop);
    deliveries_attach(deliveries, loop);
}

static void
end_life(void)
{
    hub_slack_destroy(slack);
    deliveries_destroy(deliveries);
}

static int
set_up(void **state)
{
    struct error err;
    (void)state;
    now_ms = START;
    archive = dies = false;
    clock_freeze(now_ms);
    assert_true(log_open("/dev/null", LOG_ERROR, &err));
    assert_true(loop_create(&loop, &err));
    assert_true(store_open(&store, STORE_HUB, ":memory:", STORE_WRITE, NULL, &err));
    server = slack_server_open(loop);
    slack_server_add_user(server, "UANA", "ana@example.com");
    slack_server_add_user(server, "UBEN", "ben@example.com");
    slack_server_add_channel(server, "C1", "general", "");
    put_person("ana");
    put_person("ben");
    begin_life();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    end_life();
    store_close(store);
    assert_string_equal(slack_server_complaint(server), "");
    slack_server_close(server);
    loop_destroy(loop);
    arena_finish(&arena);
    clock_freeze(0);
    return 0;
}

static void
on_pass(void *context)
{
    (void)context;
    hub_slack_look(slack);
    deliveries_look(deliveries);
}

static int quiet;

static void
look_quiet(void *context)
{
    (void)context;
    quiet = deliveries_sending(deliveries) == 0 ? quiet + 1 : 0;
    if (quiet >= 3)
        loop_stop(loop);
    else
        loop_after(loop, quiet ? 0 : 1, look_quiet, NULL);
}

/* Until nothing is under way; where it dies, another life goes on. */
static void
settle(void)
{
    struct error err;
    do {
        if (dies) {
            dies = false;
            end_life();
            begin_life();
        }
        quiet = 0;
        on_pass(NULL);
        loop_after(loop, 0, look_quiet, NULL);
        loop_after_pass(loop, on_pass, NULL);
        assert_true(loop_run(loop, &err));
        loop_after_pass(loop, NULL, NULL);
    } while (dies);
}

static bool
is_busy(const char *lane)
{
    struct statement *statement;
    struct error err;
    bool row;
    assert_true(store_statement(store, SQL_SLACK_LANE_BUSY, &statement, &err));
    bind_text(statement, "lane", lane);
    assert_true(statement_step(statement, &row, &err));
    bool busy = row_integer(statement, 0) > 0;
    statement_reset(statement);
    return busy;
}

/* What failed is tried again until nothing is left. */
static void
settle_in_time(void)
{
    for (int round = 0; round < 2 || is_busy("slack incident i1") || is_busy("slack channel C1");
         round++) {
        assert_true(round < 20);
        now_ms += 6 * MINUTE_MS;
        clock_freeze(now_ms);
        settle();
    }
}

static size_t
messages(const char *channel)
{
    size_t len = 0;
    while (slack_server_message(server, channel, len))
        len++;
    return len;
}

static const struct slack_channel_there *
channel(void)
{
    const struct slack_channel_there *there = slack_server_channel(server, NAME);
    assert_non_null(there);
    return there;
}

/* The summary, and each update once and in order, whatever else may have happened. */
static void
expect_channel(int updates)
{
    const struct slack_channel_there *there = channel();
    struct incident incident;
    load(&incident);
    assert_string_equal(incident.slack_channel_id, there->id);
    assert_string_equal(incident.slack_channel_name, NAME);
    assert_string_equal(incident.slack_team_id, SLACK_SERVER_TEAM);
    assert_string_equal(there->topic, slack_topic(&incident, &arena));
    assert_int_equal(messages(there->id), 1 + (size_t)updates);
    const struct slack_said *summary = slack_server_message(server, there->id, 0);
    assert_string_equal(summary->key, "summary:i1");
    assert_string_equal(summary->text, slack_summary(&incident, &arena));
    assert_true(summary->pinned);
    for (int i = 0; i < updates; i++)
        assert_string_equal(slack_server_message(server, there->id, (size_t)i + 1)->key,
                            arena_printf(&arena, "update:u%02d", i));
    assert_int_equal(messages("C1"), 1);
    assert_string_equal(slack_server_message(server, "C1", 0)->key, "announcement:i1");
}

/* ---- the tests ---- */

static void
an_incident_gets_its_channel_people_topic_and_pinned_summary(void **state)
{
    (void)state;
    put(KIND_INCIDENT,
        incident_json("Orders are late", LIVE,
                      "{\"role\":{\"id\":\"l\",\"name\":\"Lead\","
                      "\"role_type\":\"lead\",\"shortform\":\"lead\",\"description\":\"\","
                      "\"instructions\":\"\"," AT "},\"assignee\":{\"id\":\"ben\",\"name\":\"Ben\","
                      "\"role\":\"unset\"}}"));
    put_update(0, "Looking at <!channel> **now**");
    settle();
    expect_channel(1);
    assert_string_equal(channel()->topic, "INC-1 · Fixing · Major");
    assert_int_equal(channel()->members_len, 2);
    assert_string_equal(channel()->members[0], "UBEN");
    assert_string_equal(channel()->members[1], "UANA");
    assert_string_equal(slack_server_message(server, channel()->id, 1)->text,
                        "*Update* · status Fixing\nLooking at &lt;!channel&gt; *now*");
    /* What is as it was is not said again. */
    int before = slack_server_requests(server, "");
    put_person("ana");
    change("Orders are late", "Fixing", "live", "");
    settle();
    end_life();
    begin_life();
    settle();
    assert_in_range(slack_server_requests(server, ""), before, before + 1); /* auth.test */
}

static void
topic_and_summary_follow_the_incident(void **state)
{
    (void)state;
    put(KIND_INCIDENT, incident_json("Orders are late", LIVE, ""));
    settle();
    change("Orders are *very* late", "Monitoring", "live", "# What\n- [run](https://ci.example/1)");
    settle();
    expect_channel(0);
    assert_int_equal(channel()->topics, 2);
    assert_string_equal(slack_server_message(server, channel()->id, 0)->text,
                        "*INC-1: Orders are  very  late*\nMonitoring · Major\n\n*What*\n"
                        "• <https://ci.example/1|run>\n");
    /* A summary that somebody deleted comes back. */
    slack_server_fail(server, "chat.update", SLACK_FAULT_REFUSE, "message_not_found", false, 1);
    change("Orders are late", "Monitoring", "live", "");
    settle();
    assert_int_equal(messages(channel()->id), 2);
}

static void
a_name_that_is_taken_gets_a_number(void **state)
{
    struct incident incident;
    (void)state;
    slack_server_add_channel(server, "C7", NAME, "");
    slack_server_add_channel(server, "C8", NAME "-2", SLACK_SERVER_BOT); /* ours, of long ago */
    put(KIND_INCIDENT, incident_json("Orders are late", LIVE, ""));
    settle();
    load(&incident);
    assert_string_equal(incident.slack_channel_name, NAME "-3");
}

static void
nothing_happens_where_channels_are_off_and_old_incidents_get_none(void **state)
{
    struct error err;
    const struct slack_settings off = {.token = ""};
    (void)state;
    assert_true(hub_slack_configure(slack, &off, &err));
    put(KIND_INCIDENT, incident_json("Orders are late", LIVE, ""));
    put_update(0, "hello");
    settle();
    end_life();
    begin_life();
    change("Orders are late", "Fixing", "live", "more");
    settle();
    assert_int_equal(slack_server_requests(server, ""), 0);
}

static void
a_closed_incident_is_archived_after_its_last_word(void **state)
{
    (void)state;
    end_life();
    archive = true;
    begin_life();
    put(KIND_INCIDENT, incident_json("Orders are late", LIVE, ""));
    settle();
    change("Orders are late", "Closed", "closed", "");
    put_update(0, "done");
    settle_in_time();
    expect_channel(1);
    assert_true(channel()->is_archived);
    int before = slack_server_requests(server, "");
    put_update(1, "one thing more"); /* nobody can say anything in there */
    settle_in_time();
    assert_int_equal(slack_server_requests(server, ""), before);
}

static const char *
name_of(const char *title, const char *wish, int tries)
{
    struct incident incident;
    object_clear(&incident_table, &incident);
    incident.name = title;
    incident.reference = "INC-7";
    incident.slack_channel_name = wish;
    incident.created_at = START;
    return slack_channel_name("inc-", &incident, tries, &arena);
}

static void
names_are_made_of_what_slack_takes(void **state)
{
    (void)state;
    assert_string_equal(name_of("Orders are late", "", 0), NAME);
    assert_string_equal(name_of("Orders are late", "", 2), NAME "-3");
    assert_string_equal(
        name_of("  \u00dcber-Gr\u00f6\u00dfe: \u00c9l\u00e8ve \u00d8re, 50 % <!here>", "", 0),
        "inc-2026-09-01-uber-grosse-eleve-ore-50-here");
    assert_string_equal(name_of("\u6ce8\u6587\u304c\u9045\u3044", "", 0), "inc-2026-09-01-inc-7");
    assert_string_equal(name_of("Orders", "#War Room", 0), "war-room");
    const char *longest = name_of("one two three four five six seven eight nine ten eleven twelve "
                                  "thirteen fourteen fifteen",
                                  "", 9);
    assert_true(strlen(longest) <= SLACK_CHANNEL_NAME_MAX);
    assert_string_equal(
        longest, "inc-2026-09-01-one-two-three-four-five-six-seven-eight-nine-ten-eleven-10");
}

static void
markdown_is_written_as_slack_writes_it(void **state)
{
    static const char *const pairs[][2] = {
        {"**bold** and `**code**`", "*bold* and `**code**`"},
        {"# Title\n- one\n* two\n-3", "*Title*\n\u2022 one\n\u2022 two\n-3"},
        {"[run](https://ci.example/a?b=1&c=2)", "<https://ci.example/a?b=1&amp;c=2|run>"},
        {"[x](javascript:alert(1)) [y](https://a|b)", "[x](javascript:alert(1)) [y](https://a|b)"},
        {"[a|<!channel>](https://a.example)", "<https://a.example|a/&lt;!channel&gt;>"},
        {"<@U1> <!everyone> & co", "&lt;@U1&gt; &lt;!everyone&gt; &amp; co"},
        {"[open", "[open"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        assert_string_equal(slack_mrkdwn(pairs[i][0], &arena), pairs[i][1]);
}

/* ---- failures and deaths ---- */

static void
tell_all(void)
{
    put(KIND_INCIDENT, incident_json("Orders are late", LIVE, ""));
    put_update(0, "one");
    put_update(1, "two");
    settle();
    change("Orders are late", "Monitoring", "live", "new");
    put_update(2, "two");
    settle_in_time();
    expect_channel(3);
    assert_int_equal(channel()->members_len, 1);
    assert_in_range(channel()->topics, 1, 2);
}

static void
forget_all(void **state)
{
    tear_down(state);
    set_up(state);
}

static void
each_update_is_posted_once_whatever_slack_does(void **state)
{
    static const struct {
        enum slack_fault fault;
        const char *word;
        bool done;
    } faults[] = {
        {SLACK_FAULT_REFUSE, "internal_error", true},
        {SLACK_FAULT_REFUSE, "fatal_error", false},
        {SLACK_FAULT_REFUSE, "invalid_auth", false},
        {SLACK_FAULT_REFUSE, "missing_scope", false},
        {SLACK_FAULT_REFUSE, "never_heard_of", false},
        {SLACK_FAULT_HTML, "", true},
        {SLACK_FAULT_500, "", true},
        {SLACK_FAULT_500, "", false},
        {SLACK_FAULT_CUT, "", true},
        {SLACK_FAULT_DROP, "", true},
        {SLACK_FAULT_DROP, "", false},
    };
    static const char *const methods[] = {"auth.test",
                                          "users.lookupByEmail",
                                          "conversations.create",
                                          "conversations.invite",
                                          "conversations.info",
                                          "conversations.setTopic",
                                          "chat.postMessage",
                                          "chat.update",
                                          "pins.add"};
    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
        for (size_t j = 0; j < sizeof(methods) / sizeof(*methods); j++) {
            bool is_post = strcmp(methods[j], "chat.postMessage") == 0;
            bool is_setup = strcmp(faults[i].word, "missing_scope") == 0;
            if (is_setup && !is_post && strcmp(methods[j], "conversations.create") != 0)
                continue; /* what is forbidden is left out, and said */
            if (!getenv("TEST_LONG") && !is_post && (i + j) % 6 != 0)
                continue;
            slack_server_fail(server, methods[j], faults[i].fault, faults[i].word, faults[i].done,
                              is_post ? 3 : 1);
            tell_all();
            forget_all(state);
        }
}

static int die_at;

static bool
on_request(void *context, const char *method, int number)
{
    (void)context;
    (void)method;
    if (number != die_at)
        return true;
    dies = true;
    loop_stop(loop);
    return false;
}

static void
each_update_is_posted_once_when_the_hub_dies_at_any_request(void **state)
{
    slack_server_on_request(server, on_request, NULL);
    die_at = -1;
    tell_all();
    int requests = slack_server_requests(server, "");
    assert_in_range(requests, 10, 40);
    for (int at = 1; at <= requests; at++) {
        forget_all(state);
        slack_server_on_request(server, on_request, NULL);
        die_at = at;
        tell_all();
    }
    die_at = -1;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(names_are_made_of_what_slack_takes),
        TEST(markdown_is_written_as_slack_writes_it),
        TEST(an_incident_gets_its_channel_people_topic_and_pinned_summary),
        TEST(topic_and_summary_follow_the_incident),
        TEST(a_name_that_is_taken_gets_a_number),
        TEST(nothing_happens_where_channels_are_off_and_old_incidents_get_none),
        TEST(a_closed_incident_is_archived_after_its_last_word),
        TEST(each_update_is_posted_once_whatever_slack_does),
        TEST(each_update_is_posted_once_when_the_hub_dies_at_any_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
