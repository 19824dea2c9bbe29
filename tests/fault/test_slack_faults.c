/* kill -9 of a hub that talks to Slack, and a Slack that says nothing. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "hub/slack.h"
#include "tests/support/hub_process.h"
#include "tests/support/slack_server.h"
#include "tests/support/store_objects.h"

enum { KILLS = 12, KILLS_LONG = 300, WAIT_MS = 60000 };

static struct loop *loop;
static struct slack_server *server;
static struct hub_process hub;
static int life;      /* how many there were */
static int die_after; /* requests of Slack that this life makes; 0 = it lives */

#define AT "\"created_at\":\"2026-09-01T09:00:00Z\",\"updated_at\":\"2026-09-01T09:00:00Z\""

static void
put_incident(struct hub *of, const char *id, struct arena *arena)
{
    hub_put(
        of, KIND_INCIDENT,
        arena_printf(
            arena,
            "{\"id\":\"%s\",\"reference\":\"INC-%s\",\"name\":\"Orders %s\",\"mode\":\"standard\","
            "\"visibility\":\"public\",\"incident_status\":{\"id\":\"l\",\"name\":\"Fixing\","
            "\"category\":\"live\","
            "\"rank\":1,\"description\":\"\"," AT
            "},\"incident_type\":{\"id\":\"t\",\"name\":\"t\","
            "\"is_default\":true,\"private_incidents_only\":false,\"create_in_triage\":"
            "\"optional\","
            "\"description\":\"\"," AT "},\"creator\":{},\"custom_field_entries\":[],"
            "\"incident_role_assignments\":[],\"slack_channel_id\":\"\",\"slack_team_id\":\"\"," AT
            "}",
            id, id, id),
        arena);
}

/* Each life has something new to say. */
static void
fill_life(struct hub *of, struct arena *arena)
{
    char at[RFC3339_SIZE];
    if (life == 0)
        put_incident(of, "i1", arena);
    hub_put(
        of, KIND_INCIDENT_UPDATE,
        arena_printf(arena,
                     "{\"id\":\"u%04d\",\"incident_id\":\"i1\",\"updater\":{},\"new_incident_"
                     "status\":{\"id\":\"l\","
                     "\"name\":\"Fixing\",\"category\":\"live\",\"rank\":1,\"description\":\"\"," AT
                     "},\"message\":\"again\",\"created_at\":\"%s\"}",
                     life, time_to_rfc3339(clock_now_ms(), at)),
        arena);
}

static bool
on_request(void *context, const char *method, int number)
{
    (void)context;
    (void)method;
    (void)number;
    if (die_after == 0 || --die_after > 0)
        return true;
    assert_int_equal(kill(hub.pid, SIGKILL), 0);
    loop_stop(loop);
    return false;
}

static void
on_look(void *context)
{
    *(bool *)context = true;
    loop_stop(loop);
}

/* Serves Slack for a moment, or until the hub was killed. */
static void
serve(int64_t ms)
{
    struct error err;
    bool passed = false;
    uint64_t timer = loop_after(loop, ms, on_look, &passed);
    assert_true(loop_run(loop, &err));
    loop_cancel(loop, timer);
}

static struct slack_settings
settings_of(void)
{
    return (struct slack_settings){.token = SLACK_SERVER_TOKEN,
                                   .url = slack_server_url(server),
                                   .incident_channels = true,
                                   .settle_ms = 100,
                                   .pace = 1000};
}

static size_t
messages(const char *channel)
{
    size_t len = 0;
    while (slack_server_message(server, channel, len))
        len++;
    return len;
}

static void
open_world(void)
{
    struct error err;
    assert_true(loop_create(&loop, &err));
    server = slack_server_open(loop);
    slack_server_on_request(server, on_request, NULL);
}

static void
close_world(void)
{
    assert_string_equal(slack_server_complaint(server), "");
    slack_server_close(server);
    loop_destroy(loop);
}

static void
each_update_is_posted_once_over_kill_9(void **state)
{
    const int kills = getenv("TEST_LONG") ? KILLS_LONG : KILLS;
    struct arena arena = {0};
    const char *directory = temporary_directory(&arena);
    (void)state;
    open_world();
    const struct slack_settings settings = settings_of();
    const struct hub_options options = {
        .database = arena_printf(&arena, "%s/hub.db", directory),
        .listen = "127.0.0.1:0",
        .slack = &settings,
    };
    srand(9);
    for (life = 0; life < kills; life++) {
        die_after = 1 + rand() % 4;
        hub_process_start(&hub, &options, fill_life, NULL, 0);
        serve(2000);
        if (die_after > 0) { /* it had less to say */
            die_after = 0;
            assert_int_equal(kill(hub.pid, SIGKILL), 0);
        }
        http_client_destroy(hub.client);
        assert_int_equal(waitpid(hub.pid, NULL, 0), hub.pid);
    }
    hub_process_start(&hub, &options, fill_life, NULL, 0);
    const struct slack_channel_there *channel = NULL;
    for (int waited = 0; waited < WAIT_MS; waited += 20) {
        channel = slack_server_channel(server, "inc-2026-09-01-orders-i1");
        if (channel && messages(channel->id) >= (size_t)kills + 2)
            break;
        serve(20);
    }
    serve(200); /* nothing more comes */
    assert_non_null(channel);
    assert_int_equal(messages(channel->id), kills + 2);
    for (int i = 0; i <= kills; i++) {
        int times = 0;
        const char *key = arena_printf(&arena, "update:u%04d", i);
        for (size_t j = 0; j < messages(channel->id); j++)
            times += strcmp(slack_server_message(server, channel->id, j)->key, key) == 0;
        assert_int_equal(times, 1);
    }
    hub_process_stop(&hub);
    close_world();
    temporary_directory_remove(directory);
    arena_finish(&arena);
}

/* ---- a Slack that says nothing ---- */

static char secret[HUB_TOKEN_SIZE];
static int secret_pipe[2];

static void
fill_much(struct hub *of, struct arena *arena)
{
    struct error err;
    char made[HUB_TOKEN_SIZE];
    hub_put(of, KIND_ALERT_SOURCE,
            "{\"id\":\"S\",\"name\":\"S\",\"source_type\":\"http\",\"template\":{}}", arena);
    if (!hub_source_secret_make(hub_store(of), "S", made, &err) ||
        write(secret_pipe[1], made, sizeof(made)) != (ssize_t)sizeof(made))
        _exit(1);
    for (int i = 0; i < 40; i++)
        put_incident(of, arena_printf(arena, "i%d", i), arena);
}

static void
a_slack_that_says_nothing_holds_up_nobody(void **state)
{
    enum { REQUESTS = 100 };
    static const char *const viewer[] = {"viewer", NULL};
    static const char *const *const roles[] = {viewer};
    struct arena arena = {0};
    (void)state;
    open_world();
    assert_int_equal(pipe(secret_pipe), 0);
    const struct slack_settings settings = settings_of();
    const struct hub_options options = {.database = ":memory:",
                                        .listen = "127.0.0.1:0",
                                        .limits = {100000, 100000, 100000},
                                        .slack = &settings};
    hub_process_start(&hub, &options, fill_much, roles, 1);
    assert_int_equal(read(secret_pipe[0], secret, sizeof(secret)), sizeof(secret));
    /* Our Slack takes connections and does not serve them until its loop runs: each call of the hub hangs meanwhile. */
    const char *const headers[] = {arena_printf(&arena, "Authorization: Bearer %s", secret), NULL};
    for (int i = 0; i < REQUESTS; i++) {
        const char *body = arena_printf(
            &arena, "{\"title\":\"e\",\"status\":\"firing\",\"deduplication_key\":\"%d\"}", i);
        assert_int_equal(
            http_send(hub.client, "POST", "/v2/alert_events/http/S", headers, body, &arena).status,
            202);
        assert_int_equal(
            http_client_get(hub.client, "/v2/incidents?page_size=50", hub.keys[0], &arena).status,
            200);
    }
    assert_int_equal(slack_server_requests(server, ""), 0);
    /* And once it speaks again, all is said. */
    for (int waited = 0; waited < WAIT_MS; waited += 20) {
        int channels = 0;
        for (int i = 0; i < 40; i++) {
            const struct slack_channel_there *channel =
                slack_server_channel(server, arena_printf(&arena, "inc-2026-09-01-orders-i%d", i));
            channels += channel && messages(channel->id) == 1;
        }
        if (channels == 40)
            break;
        assert_true(waited + 20 < WAIT_MS);
        serve(20);
    }
    hub_process_stop(&hub);
    close(secret_pipe[0]);
    close(secret_pipe[1]);
    close_world();
    arena_finish(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_update_is_posted_once_over_kill_9),
        cmocka_unit_test(a_slack_that_says_nothing_holds_up_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
