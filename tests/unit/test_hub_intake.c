/* The way in for alerts over real HTTP: who may send, what is refused, and what becomes of it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/hub_process.h"
#include "wire/wire.h"

#define SOURCE(id, type, more)                                                                     \
    "{\"id\":\"" id "\",\"name\":\"Source " id "\",\"source_type\":\"" type                        \
    "\",\"template\":{}" more "}"

/* Secrets are made in the hub's process. */
static struct secrets {
    char http[HUB_TOKEN_SIZE], hasty[HUB_TOKEN_SIZE], beats[HUB_TOKEN_SIZE];
} * secrets;
static struct hub_process hub;
static struct arena arena;

static const char *const viewer[] = {"viewer", NULL};
static const char *const *const roles[] = {viewer};

static void
fill(struct hub *of, struct arena *scratch)
{
    struct error err;
    hub_put(of, KIND_ALERT_SOURCE, SOURCE("HTTP", "http", ""), scratch);
    hub_put(of, KIND_ALERT_SOURCE, SOURCE("HASTY", "http", ""), scratch);
    hub_put(of, KIND_ALERT_SOURCE,
            SOURCE("BEATS", "heartbeat",
                   ",\"heartbeat_options\":{\"interval_seconds\":1,\"grace_period_seconds\":0,"
                   "\"failure_threshold\":1,\"ping_url\":\"http://x\"}"),
            scratch);
    if (!hub_source_secret_make(hub_store(of), "HTTP", secrets->http, &err) ||
        !hub_source_secret_make(hub_store(of), "HASTY", secrets->hasty, &err) ||
        !hub_source_secret_make(hub_store(of), "BEATS", secrets->beats, &err))
        _exit(1);
}

static int
start(void **state)
{
    const struct hub_options options = {
        .database = ":memory:", .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 200}};
    (void)state;
    secrets =
        mmap(NULL, sizeof *secrets, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(secrets, MAP_FAILED);
    hub_process_start(&hub, &options, fill, roles, 1);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    arena_finish(&arena);
    (void)munmap(secrets, sizeof *secrets);
    return 0;
}

static struct http_answer
post(const char *source, const char *authorization, const char *body)
{
    const char *const headers[] = {authorization, NULL};
    return http_send(hub.client, "POST", arena_printf(&arena, "/v2/alert_events/http/%s", source),
                     authorization ? headers : NULL, body, &arena);
}

static const char *
bearer(const char *secret)
{
    return arena_printf(&arena, "Authorization: Bearer %s", secret);
}

static struct http_answer
send_event(const char *key, const char *status)
{
    return post("HTTP", bearer(secrets->http),
                arena_printf(&arena,
                             "{\"title\":\"about %s\",\"status\":\"%s\",\"deduplication_key\":"
                             "\"%s\"}",
                             key, status, key));
}

/* What the API says at a path; asked until it is as expected, for alerts are made after the event was taken. */
static const char *
expect_at(const char *target, const char *path, const char *expected)
{
    int64_t deadline = clock_monotonic_ms() + 20000;
    for (;;) {
        struct http_answer answer = http_client_get(hub.client, target, hub.keys[0], &arena);
        assert_int_equal(answer.status, 200);
        if (strcmp(json_text_at(&arena, answer.body, path), expected) == 0)
            return answer.body;
        if (clock_monotonic_ms() > deadline)
            fail_msg("%s is not '%s' in %s", path, expected, answer.body);
        usleep(2000);
    }
}

static const char *
expect_alerts(const char *key, const char *path, const char *expected)
{
    return expect_at(
        arena_printf(&arena, "/v2/alerts?page_size=50&deduplication_key%%5Bis%%5D=%s", key), path,
        expected);
}

static void
the_secret_may_come_in_three_ways(void **state)
{
    static const char body[] = "{\"title\":\"t\",\"status\":\"resolved\"}";
    (void)state;
    assert_int_equal(post("HTTP", bearer(secrets->http), body).status, 202);
    assert_int_equal(post(arena_printf(&arena, "HTTP?token=%s", secrets->http), NULL, body).status,
                     202);
    /* base64 of "a:SECRET" needs the secret: its parts are of three bytes each. */
    char plain[HUB_TOKEN_SIZE + 4], encoded[2 * HUB_TOKEN_SIZE];
    for (int first = 0; first < 2; first++) {
        static const char alphabet[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        (void)snprintf(plain, sizeof plain, first ? "%s:x" : "x:%s", secrets->http);
        size_t len = strlen(plain), at = 0;
        for (size_t i = 0; i < len; i += 3) {
            unsigned bits = (unsigned)(unsigned char)plain[i] << 16;
            bits |= i + 1 < len ? (unsigned)(unsigned char)plain[i + 1] << 8 : 0;
            bits |= i + 2 < len ? (unsigned)(unsigned char)plain[i + 2] : 0;
            for (int k = 0; k < 4; k++)
                encoded[at++] = i + (size_t)k > len ? '=' : alphabet[bits >> (18 - 6 * k) & 63];
        }
        encoded[at] = '\0';
        assert_int_equal(
            post("HTTP", arena_printf(&arena, "Authorization: Basic %s", encoded), body).status,
            202);
    }
    assert_int_equal(post("HTTP", NULL, body).status, 401);
    assert_int_equal(post("HTTP", bearer("wrong"), body).status, 401);
    assert_int_equal(post("HTTP", bearer(secrets->hasty), body).status, 401);
    assert_int_equal(post("HTTP", bearer(hub.keys[0]), body).status, 401);
    assert_int_equal(post("NOBODY", bearer(secrets->http), body).status, 404);
    /* Nor does the secret open anything else. */
    assert_int_equal(http_client_get(hub.client, "/v2/alert_sources", secrets->http, &arena).status,
                     401);
}

static void
what_makes_no_sense_is_refused_with_the_field(void **state)
{
    static const struct {
        const char *body, *field;
        int status;
    } cases[] = {
        {"{\"status\":\"firing\"}", "title", 422},
        {"{\"title\":\"  \",\"status\":\"firing\"}", "title", 422},
        {"{\"title\":\"t\"}", "status", 422},
        {"{\"title\":\"t\",\"status\":\"burning\"}", "status", 422},
        {"{\"title\":7,\"status\":\"firing\"}", "", 422},
        {"{\"title\":\"t\",\"status\":\"firing\",\"metadata\":[1]}", "", 422},
        {"[]", "", 422},
        {"", "", 422},
        {"{\"title\":", "", 422},
        {"{\"title\":\"\xff\xfe\",\"status\":\"firing\"}", "", 422},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_answer answer = post("HTTP", bearer(secrets->http), cases[i].body);
        if (answer.status != cases[i].status)
            fail_msg("'%s' got %d", cases[i].body, answer.status);
        assert_string_equal(json_text_at(&arena, answer.body, "errors.0.source.field"),
                            cases[i].field);
        assert_true(*json_text_at(&arena, answer.body, "request_id"));
    }
    char *deep = malloc(200000);
    memset(deep, '[', 199999);
    deep[199999] = '\0';
    assert_int_equal(post("HTTP", bearer(secrets->http), deep).status, 422);
    free(deep);
    char *huge = malloc(1200000);
    memset(huge, ' ', 1199999);
    huge[1199999] = '\0';
    assert_int_equal(post("HTTP", bearer(secrets->http), huge).status, 413);
    free(huge);
}

static void
a_key_fires_once_until_it_is_resolved(void **state)
{
    (void)state;
    assert_int_equal(send_event("once", "firing").status, 202);
    const char *first = expect_alerts("once", "alerts.0.status", "firing");
    const char *id = json_text_at(&arena, first, "alerts.0.id");
    assert_string_equal(json_text_at(&arena, first, "alerts.0.title"), "about once");
    assert_string_equal(json_text_at(&arena, first, "alerts.0.alert_source_id"), "HTTP");
    assert_int_equal(send_event("once", "firing").status, 202);
    assert_int_equal(send_event("once", "resolved").status, 202);
    const char *over = expect_alerts("once", "alerts.0.status", "resolved");
    assert_string_equal(json_text_at(&arena, over, "alerts.0.id"), id);
    assert_string_equal(json_text_at(&arena, over, "alerts.1.id"), "");
    assert_true(*json_text_at(&arena, over, "alerts.0.resolved_at"));
    /* De-duplication is among firing ones only (facts 5.1). Newest first is by time: it has to move on. */
    for (int64_t then = clock_now_ms(); clock_now_ms() == then;)
        usleep(200);
    assert_int_equal(send_event("once", "firing").status, 202);
    const char *again = expect_alerts("once", "alerts.0.status", "firing");
    assert_string_not_equal(json_text_at(&arena, again, "alerts.0.id"), id);
    assert_string_equal(json_text_at(&arena, again, "alerts.1.id"), id);
}

static void
what_did_not_fire_is_resolved_without_effect(void **state)
{
    (void)state;
    assert_int_equal(send_event("never", "resolved").status, 202);
    assert_int_equal(send_event("after", "firing").status, 202);
    expect_alerts("after", "alerts.0.status", "firing"); /* so the one before has been worked on */
    expect_alerts("never", "alerts.0.id", "");
}

static int
count_of(const char *text, const char *part)
{
    int count = 0;
    for (; (text = strstr(text, part)); text++)
        count++;
    return count;
}

static void
events_of_a_source_keep_their_order(void **state)
{
    (void)state;
    for (int i = 0; i < 31; i++)
        assert_int_equal(send_event("order", i % 2 == 0 ? "firing" : "resolved").status, 202);
    assert_int_equal(send_event("behind", "firing").status, 202);
    expect_alerts("behind", "alerts.0.status", "firing"); /* so those before have been worked on */
    const char *all = expect_alerts("order", "pagination_meta.page_size", "50");
    assert_int_equal(count_of(all, "\"status\":\"firing\""), 1);
    assert_int_equal(count_of(all, "\"status\":\"resolved\""), 15);
}

static void
a_source_that_sends_too_much_waits_and_no_other(void **state)
{
    static const char body[] = "{\"title\":\"t\",\"status\":\"resolved\"}";
    struct http_answer answer = {0};
    (void)state;
    for (int i = 0; i < 400 && answer.status != 429; i++)
        answer = post("HASTY", bearer(secrets->hasty), body);
    assert_int_equal(answer.status, 429);
    assert_true(atoi(http_header(&answer, "Retry-After", &arena)) > 0);
    assert_string_equal(json_text_at(&arena, answer.body, "rate_limit.name"),
                        "alert_source_events");
    assert_int_equal(post("HTTP", bearer(secrets->http), body).status, 202);
}

static void
a_heartbeat_that_is_missed_raises_an_alert_and_the_next_one_resolves_it(void **state)
{
    const char *target = arena_printf(&arena, "/v2/heartbeat/BEATS/ping?token=%s", secrets->beats);
    (void)state;
    expect_alerts("heartbeat", "alerts.0.id", ""); /* it never reported: nothing to miss */
    assert_int_equal(http_send(hub.client, "POST", target, NULL, NULL, &arena).status, 204);
    const char *missed = expect_alerts("heartbeat", "alerts.0.status", "firing");
    assert_non_null(
        strstr(json_text_at(&arena, missed, "alerts.0.title"), "Source BEATS: no heartbeat since"));
    const char *one =
        arena_printf(&arena, "/v2/alerts/%s", json_text_at(&arena, missed, "alerts.0.id"));
    assert_int_equal(http_send(hub.client, "GET", target, NULL, NULL, &arena).status, 204);
    expect_at(one, "alert.status", "resolved"); /* the next one missed is another alert */
    assert_int_equal(
        http_send(hub.client, "POST", "/v2/heartbeat/HTTP/ping", NULL, NULL, &arena).status, 401);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_secret_may_come_in_three_ways),
        cmocka_unit_test(what_makes_no_sense_is_refused_with_the_field),
        cmocka_unit_test(a_key_fires_once_until_it_is_resolved),
        cmocka_unit_test(what_did_not_fire_is_resolved_without_effect),
        cmocka_unit_test(events_of_a_source_keep_their_order),
        cmocka_unit_test(a_source_that_sends_too_much_waits_and_no_other),
        cmocka_unit_test(a_heartbeat_that_is_missed_raises_an_alert_and_the_next_one_resolves_it),
    };
    return cmocka_run_group_tests_name("intake", tests, start, stop);
}
