/* Slack's user groups are who is on call: at each moment, and with nothing written that is there already. */

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
#include "hub/duty.h"
#include "hub/slack.h"
#include "store/cache.h"
#include "tests/support/slack_server.h"
#include "wire/wire.h"

#define START INT64_C(1788253200000) /* 2026-09-01T09:00:00Z */

static const char *const people[] = {"ana", "ben", "cleo", "dan"};
enum { PEOPLE = 4 };

static struct loop *loop;
static struct store *store;
static struct deliveries *deliveries;
static struct slack_presence *slack;
static struct slack_server *server;
static struct arena arena;
static int64_t now_ms;

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
put_person(const char *id, const char *slack_id)
{
    put(KIND_USER,
        arena_printf(
            &arena,
            "{\"id\":\"%s\",\"name\":\"%s\",\"email\":\"%s@example.com\",\"is_active\":true,"
            "\"role\":\"responder\",\"slack_user_id\":\"%s\",\"base_role\":{\"id\":\"r\",\"name\":"
            "\"r\","
            "\"slug\":\"r\"},\"custom_roles\":[]}",
            id, id, id, slack_id));
}

/* Turns of an hour from START on, each person in the order given, "" = an empty turn. */
static void
put_schedule(const char *id, const char *users, const char *intervals)
{
    struct str list;
    str_init(&list, 0);
    for (const char *at = users; *at;) {
        size_t len = strcspn(at, ",");
        str_printf(&list, "%s{\"id\":\"%.*s\",\"name\":\"x\",\"role\":\"unset\"}",
                   list.len ? "," : "", (int)len, at);
        at += len + (at[len] == ',');
    }
    put(KIND_SCHEDULE, arena_printf(&arena,
                                    "{\"id\":\"%s\",\"name\":\"rota\",\"timezone\":\"Europe/"
                                    "London\",\"permalink\":\"\",\"annotations\":{},"
                                    "\"team_ids\":[],\"created_at\":\"2026-01-01T00:00:00Z\","
                                    "\"updated_at\":\"2026-01-01T00:00:00Z\",\"config\":"
                                    "{\"rotations\":[{\"id\":\"r1\",\"name\":\"r\",\"handover_"
                                    "start_at\":\"2026-09-01T09:00:00Z\","
                                    "\"handovers\":[{\"interval\":1,\"interval_type\":\"hourly\"}],"
                                    "\"layers\":[{\"id\":\"l1\",\"name\":\"l\"}],"
                                    "\"users\":[%s],\"working_intervals\":[%s]}]}}",
                                    id, str_text(&list), intervals));
    str_finish(&list);
}

static void
put_override(const char *id, const char *user, int64_t from_ms, int64_t to_ms)
{
    char from[RFC3339_SIZE], to[RFC3339_SIZE];
    put(KIND_SCHEDULE_OVERRIDE,
        arena_printf(
            &arena,
            "{\"id\":\"%s\",\"schedule_id\":\"rota\",\"rotation_id\":\"r1\",\"layer_id\":\"l1\","
            "\"user\":"
            "{\"id\":\"%s\",\"name\":\"x\",\"role\":\"unset\"},\"start_at\":\"%s\",\"end_at\":\"%"
            "s\","
            "\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\"}",
            id, user, time_to_rfc3339(from_ms, from), time_to_rfc3339(to_ms, to)));
}

#define TARGET_JSON                                                                                \
    "{\"id\":\"target\",\"slack_user_group_id\":\"S1\",\"slack_team_id\":\"T\",\"add_bot_to_"      \
    "group\":false,"                                                                               \
    "\"linked_schedules\":[],\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-"    \
    "01T00:00:00Z\"}"

static void
put_rule(const char *type, const char *permanent)
{
    put(KIND_SCHEDULE_SYNC_RULE,
        arena_printf(
            &arena,
            "{\"id\":\"rule\",\"schedule_id\":\"rota\",\"schedule_sync_target_id\":\"target\","
            "\"schedule_sync_target\":" TARGET_JSON
            ",\"sync_type\":\"%s\",\"permanent_member_user_ids\":[%s],"
            "\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\"}",
            type, permanent));
}

static void
begin_life(void)
{
    struct error err;
    const struct slack_settings settings = {.token = SLACK_SERVER_TOKEN,
                                            .url = slack_server_url(server),
                                            .timeout_ms = 500,
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
    clock_freeze(now_ms);
    assert_true(log_open("/dev/null", LOG_ERROR, &err));
    assert_true(loop_create(&loop, &err));
    assert_true(store_open(&store, STORE_HUB, ":memory:", STORE_WRITE, NULL, &err));
    server = slack_server_open(loop);
    slack_server_add_user(server, "UANA", "ana@example.com");
    slack_server_add_user(server, "UBEN", "ben@example.com");
    slack_server_add_user(server, "UCLEO", "cleo@example.com");
    slack_server_add_user(server, "UDAN", "someone.else@example.com");
    slack_server_set_group(server, "S1", "UDAN");
    for (int i = 0; i < PEOPLE; i++)
        put_person(people[i], strcmp(people[i], "dan") == 0 ? "UDAN" : "");
    put_schedule("rota", "ana,ben,cleo", "");
    put(KIND_SCHEDULE_SYNC_TARGET, TARGET_JSON);
    put_rule("on_call", "");
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

/* Until nothing is under way and nothing that is due waits. */
static void
on_pass(void *context)
{
    struct slack_presence *of = context;
    hub_slack_look(of);
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

static void
settle(void)
{
    struct error err;
    quiet = 0;
    on_pass(slack);
    loop_after(loop, 0, look_quiet, NULL);
    loop_after_pass(loop, on_pass, slack);
    assert_true(loop_run(loop, &err));
    loop_after_pass(loop, NULL, NULL);
}

static void
at(int64_t ms)
{
    now_ms = START + ms;
    clock_freeze(now_ms);
    settle();
}

#define GROUP slack_server_group(server, "S1")
#define WRITES slack_server_requests(server, "usergroups.users.update")

static void
the_group_is_who_is_on_call_and_changes_at_the_hand_over(void **state)
{
    (void)state;
    at(0);
    assert_string_equal(GROUP, "UANA");
    at(HOUR_MS - 1);
    assert_string_equal(GROUP, "UANA");
    at(HOUR_MS);
    assert_string_equal(GROUP, "UBEN");
    at(2 * HOUR_MS);
    assert_string_equal(GROUP, "UCLEO");
    assert_int_equal(WRITES, 3);
}

static void
nothing_is_written_where_nothing_differs(void **state)
{
    (void)state;
    at(0);
    for (int minute = 1; minute < 60; minute++)
        at(minute * MINUTE_MS);
    assert_int_equal(WRITES, 1);
    assert_in_range(slack_server_requests(server, "usergroups.users.list"), 6, 10);
    /* A new life asks, and writes nothing. */
    end_life();
    begin_life();
    settle();
    assert_int_equal(WRITES, 1);
    /* Order and doubles do not count. */
    put_schedule("rota", "ana", "");
    put_rule("on_call", "\"ben\",\"ana\"");
    settle();
    assert_string_equal(GROUP, "UANA,UBEN");
    slack_server_set_group(server, "S1", "UBEN,UANA,UBEN");
    at(2 * HOUR_MS);
    assert_int_equal(WRITES, 2);
}

static void
an_override_counts_at_once_and_until_it_ends(void **state)
{
    (void)state;
    struct error err;
    at(10 * MINUTE_MS);
    put_override("o1", "dan", START + 20 * MINUTE_MS, START + 40 * MINUTE_MS);
    settle();
    assert_string_equal(GROUP, "UANA");
    at(20 * MINUTE_MS);
    assert_string_equal(GROUP, "UDAN");
    put_override("o1", "cleo", START + 20 * MINUTE_MS, START + 40 * MINUTE_MS);
    settle();
    assert_string_equal(GROUP, "UCLEO");
    assert_true(store_begin(store, &err));
    assert_true(cache_delete(store, KIND_SCHEDULE_OVERRIDE, "o1", now_ms, &err));
    assert_true(store_commit(store, &err));
    settle();
    assert_string_equal(GROUP, "UANA");
}

static void
a_group_is_never_emptied(void **state)
{
    (void)state;
    put_schedule("rota", "ana,NOBODY", "");
    put_rule("on_call", "\"dan\"");
    at(0);
    assert_string_equal(GROUP, "UANA,UDAN");
    at(HOUR_MS); /* nobody is on call: the permanent members stay */
    assert_string_equal(GROUP, "UDAN");
    at(2 * HOUR_MS);
    assert_string_equal(GROUP, "UANA,UDAN");
    put_rule("on_call", "");
    settle();
    assert_string_equal(GROUP, "UANA");
    at(3 * HOUR_MS); /* and where there are none it is left as it is */
    assert_string_equal(GROUP, "UANA");
    int writes = WRITES;
    at(3 * HOUR_MS + 50 * MINUTE_MS);
    assert_int_equal(WRITES, writes);
}

static const char *
problem(void)
{
    struct statement *statement;
    struct error err;
    bool row;
    assert_true(store_statement(store, SQL_SLACK_GROUP_GET, &statement, &err));
    bind_text(statement, "id", "target");
    assert_true(statement_step(statement, &row, &err));
    const char *text = row ? row_text(statement, &arena, 2) : "";
    statement_reset(statement);
    return text;
}

static void
who_has_left_slack_is_dropped_and_said(void **state)
{
    (void)state;
    put_rule("all_users", "\"dan\"");
    at(0);
    assert_string_equal(GROUP, "UANA,UBEN,UCLEO,UDAN");
    assert_string_equal(problem(), "");
    /* Known for a day: Slack refuses the whole list when it is written, and then everybody is asked for again. */
    slack_server_deactivate(server, "UBEN");
    slack_server_set_group(server, "S1", "UANA");
    at(30 * MINUTE_MS);
    assert_string_equal(GROUP, "UANA,UCLEO,UDAN");
    assert_non_null(strstr(problem(), "ben"));
    /* Nobody left who could be in it: as it is. */
    slack_server_deactivate(server, "UANA");
    slack_server_deactivate(server, "UCLEO");
    slack_server_deactivate(server, "UDAN");
    at(2 * DAY_MS);
    assert_string_equal(GROUP, "UANA,UCLEO,UDAN");
    assert_non_null(strstr(problem(), "left as it is"));
}

static void
what_others_write_is_repaired_by_the_slow_look(void **state)
{
    (void)state;
    at(0);
    slack_server_set_group(server, "S1", "UDAN");
    at(11 * MINUTE_MS);
    assert_string_equal(GROUP, "UANA");
    slack_server_set_group(server, "S1", "UDAN");
    at(13 * MINUTE_MS); /* what was written is looked at again after a minute */
    assert_string_equal(GROUP, "UANA");
}

static void
a_disabled_group_is_enabled(void **state)
{
    (void)state;
    slack_server_disable_group(server, "S1");
    at(0);
    assert_string_equal(GROUP, "UANA");
}

static void
next_on_call_is_who_takes_over(void **state)
{
    (void)state;
    put_rule("next_on_call", "");
    at(0);
    assert_string_equal(GROUP, "UBEN");
    at(HOUR_MS);
    assert_string_equal(GROUP, "UCLEO");
}

static void
no_failure_of_slack_leaves_a_group_wrong_for_good(void **state)
{
    static const struct {
        enum slack_fault fault;
        const char *word;
    } faults[] = {
        {SLACK_FAULT_RATELIMITED, ""},
        {SLACK_FAULT_REFUSE, "invalid_auth"},
        {SLACK_FAULT_REFUSE, "missing_scope"},
        {SLACK_FAULT_REFUSE, "permission_denied"},
        {SLACK_FAULT_REFUSE, "invalid_users"},
        {SLACK_FAULT_REFUSE, "users_not_in_team"},
        {SLACK_FAULT_REFUSE, "internal_error"},
        {SLACK_FAULT_REFUSE, "never_heard_of"},
        {SLACK_FAULT_HTML, ""},
        {SLACK_FAULT_500, ""},
        {SLACK_FAULT_CUT, ""},
        {SLACK_FAULT_DROP, ""},
    };
    static const char *const methods[] = {"usergroups.users.list", "usergroups.users.update", ""};
    int64_t hour = 0;
    (void)state;
    at(0);
    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
        for (size_t j = 0; j < 3; j++) {
            if (faults[i].fault == SLACK_FAULT_RATELIMITED && j != 1)
                continue;       /* each takes a second */
            bool done = j == 1; /* a write may have been done nevertheless */
            slack_server_fail(server, methods[j], faults[i].fault, faults[i].word, done, 1);
            at(++hour * HOUR_MS);
            at(hour * HOUR_MS + 20 * MINUTE_MS);
            assert_string_equal(GROUP, hour % 3 == 0 ? "UANA" : hour % 3 == 1 ? "UBEN" : "UCLEO");
        }
}

/* A hand-over that falls into a failure of Slack is late by seconds, not until the group is looked at anyway. */
static void
a_failure_that_passes_is_tried_again_soon(void **state)
{
    static const char *const methods[] = {"usergroups.users.list", "usergroups.users.update"};
    (void)state;
    at(0);
    for (int i = 0; i < 2; i++) {
        slack_server_fail(server, methods[i], SLACK_FAULT_500, "", false, 1);
        at((i + 1) * HOUR_MS);
        at((i + 1) * HOUR_MS + MINUTE_MS / 2);
        assert_string_equal(GROUP, i == 0 ? "UBEN" : "UCLEO");
    }
}

/* What the group should be, from the rota itself. */
static const char *
expected(void)
{
    struct duty duty;
    struct duty_people on_call = {0};
    struct error err;
    bool found;
    assert_true(duty_load(store, "rota", &arena, &duty, &found, &err));
    assert_true(duty_add_people(&duty, DUTY_ON_CALL, "", now_ms, &arena, &on_call, &err));
    duty_add_person(&on_call, "dan", &arena);
    struct str list;
    str_init(&list, 0);
    static const char *const ids[] = {"UANA", "UBEN", "UCLEO", "UDAN"};
    for (int i = 0; i < PEOPLE; i++)
        for (size_t j = 0; j < on_call.len; j++)
            if (strcmp(on_call.ids[j], people[i]) == 0)
                str_printf(&list, "%s%s", list.len ? "," : "", ids[i]);
    const char *text = arena_text(&arena, str_text(&list));
    str_finish(&list);
    return text;
}

static void
the_group_follows_random_changes_of_the_rota(void **state)
{
    int64_t ms = 0;
    (void)state;
    srand(20260901);
    put_rule("on_call", "\"dan\"");
    for (int change = 0; change < 150; change++) {
        int64_t from = START + ms + rand() % 7200 * SECOND_MS - HOUR_MS;
        switch (rand() % 5) {
        case 0:
            put_schedule("rota", rand() % 2 ? "cleo,NOBODY,ben" : "ana,ben,cleo", "");
            break;
        case 1:
        case 2:
            put_override(arena_printf(&arena, "o%d", rand() % 8), people[rand() % PEOPLE], from,
                         from + (1 + rand() % 90) * MINUTE_MS);
            break;
        case 3:
            ms += rand() % 50 * MINUTE_MS;
            break;
        default: /* into another life */
            end_life();
            begin_life();
        }
        at(ms);
        assert_string_equal(GROUP, expected());
        ms += rand() % 60 * SECOND_MS;
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_group_is_who_is_on_call_and_changes_at_the_hand_over),
        TEST(nothing_is_written_where_nothing_differs),
        TEST(an_override_counts_at_once_and_until_it_ends),
        TEST(a_group_is_never_emptied),
        TEST(who_has_left_slack_is_dropped_and_said),
        TEST(what_others_write_is_repaired_by_the_slow_look),
        TEST(a_disabled_group_is_enabled),
        TEST(next_on_call_is_who_takes_over),
        TEST(no_failure_of_slack_leaves_a_group_wrong_for_good),
        TEST(a_failure_that_passes_is_tried_again_soon),
        TEST(the_group_follows_random_changes_of_the_rota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
