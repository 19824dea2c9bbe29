/* The hub as an HTTP server: keys, scopes, statuses, limits, sockets, and requests that are none. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/routes.h"
#include "store/cache.h"
#include "tests/support/hub_world.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

static struct hub_process hub;
static struct arena arena;

enum { VIEWER, SCHEDULES, NOTHING };

static const char *const viewer[] = {"viewer", NULL};
static const char *const schedules_reader[] = {"schedules_reader", NULL};
static const char *const nothing[] = {NULL};
static const char *const *const roles[] = {viewer, schedules_reader, nothing};

static int
start(void **state)
{
    const struct hub_options options = {
        .database = ":memory:", .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 0}};

    (void)state;
    hub_process_start(&hub, &options, hub_world_fill, roles, 3);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    arena_finish(&arena);
    return 0;
}

static void
assert_envelope(const struct http_answer *answer, int status, const char *type)
{
    assert_int_equal(answer->status, status);
    assert_string_equal(http_header(answer, "Content-Type", &arena), "application/json");
    assert_string_equal(json_text_at(&arena, answer->body, "type"), type);
    assert_string_equal(json_text_at(&arena, answer->body, "status"),
                        arena_printf(&arena, "%d", status));
    assert_string_equal(json_text_at(&arena, answer->body, "request_id"),
                        http_header(answer, "X-Request-Id", &arena));
    assert_true(json_text_at(&arena, answer->body, "errors.0.code")[0] != '\0');
    assert_true(json_text_at(&arena, answer->body, "errors.0.message")[0] != '\0');
}

static struct http_answer
get(const char *path, int key)
{
    return http_client_get(hub.client, path, hub.keys[key], &arena);
}

static struct http_answer
send_with(const char *method, const char *path, const char *header)
{
    const char *const headers[] = {
        arena_printf(&arena, "Authorization: Bearer %s", hub.keys[VIEWER]), header, NULL};
    return http_send(hub.client, method, path, headers, NULL, &arena);
}

/* ---- keys ---- */

static void
requests_without_a_good_key_are_refused(void **state)
{
    (void)state;
    struct http_answer answer = http_client_get(hub.client, "/v2/alerts?page_size=1", NULL, &arena);
    assert_envelope(&answer, 401, "authentication_error");
    assert_string_equal(json_text_at(&arena, answer.body, "errors.0.code"),
                        "missing_authorization_material");
    assert_string_equal(http_header(&answer, "WWW-Authenticate", &arena), "Bearer");

    static const char *const bad[] = {"",
                                      "x",
                                      "inc_",
                                      "Bearer",
                                      "inc_00 inc_00",
                                      "inc_000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        answer = http_client_get(hub.client, "/v2/alerts?page_size=1", bad[i], &arena);
        assert_envelope(&answer, 401, "authentication_error");
        assert_string_equal(json_text_at(&arena, answer.body, "errors.0.code"), "unauthenticated");
    }
    const char *const basic[] = {"Authorization: Basic aW5jOng=", NULL};
    answer = http_send(hub.client, "GET", "/v1/identity", basic, NULL, &arena);
    assert_envelope(&answer, 401, "authentication_error");
}

static void
the_scheme_is_read_in_any_case_and_spacing(void **state)
{
    static const char *const forms[] = {"Authorization: bearer %s", "Authorization: BEARER  %s",
                                        "authorization:Bearer\t%s"};

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const char *scheme = forms[i];
        size_t len = strlen(scheme) - 2;
        const char *const headers[] = {
            arena_printf(&arena, "%.*s%s", (int)len, scheme, hub.keys[VIEWER]), NULL};
        assert_int_equal(http_send(hub.client, "GET", "/v1/identity", headers, NULL, &arena).status,
                         200);
    }
}

static void
identity_says_what_a_key_is(void **state)
{
    (void)state;
    struct http_answer answer = get("/v1/identity", SCHEDULES);
    assert_int_equal(answer.status, 200);
    assert_string_equal(json_text_at(&arena, answer.body, "identity.name"), "key 1");
    assert_string_equal(json_text_at(&arena, answer.body, "identity.roles.0"), "schedules_reader");
    assert_string_equal(json_text_at(&arena, answer.body, "identity.dashboard_url"), hub.url);
    answer = get("/v1/identity", NOTHING);
    assert_int_equal(answer.status, 200);
    assert_string_equal(json_text_at(&arena, answer.body, "identity.roles.0"), "");
}

static void
a_missing_scope_is_named(void **state)
{
    (void)state;
    struct http_answer answer = get("/v2/alerts?page_size=1", NOTHING);
    assert_envelope(&answer, 403, "resource_forbidden");
    assert_non_null(strstr(json_text_at(&arena, answer.body, "errors.0.message"), "alerts.view"));
    answer = get("/v2/schedules", SCHEDULES);
    assert_int_equal(answer.status, 200);
    answer = get("/v2/incidents", SCHEDULES);
    assert_envelope(&answer, 403, "resource_forbidden");
    assert_non_null(
        strstr(json_text_at(&arena, answer.body, "errors.0.message"), "incidents.view"));
    assert_int_equal(get("/v2/incident_timestamps", NOTHING).status, 200);
}

static void
a_viewer_may_read_every_route(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_len; i++)
        if (routes[i].answer) {
            struct str path;
            str_init(&path, 0);
            for (const char *at = routes[i].path; *at; at++) {
                str_append_char(&path, *at == '{' ? 'X' : *at);
                at += *at == '{' ? strcspn(at, "}") : 0;
            }
            struct http_answer answer = get(str_text(&path), VIEWER);
            if (answer.status != 200 && answer.status != 404 && answer.status != 422)
                fail_msg("%s: %d", str_text(&path), answer.status);
            assert_true(get(str_text(&path), NOTHING).status ==
                        (routes[i].scope[0] ? 403 : answer.status));
            str_finish(&path);
        }
}

/* ---- statuses ---- */

static void
unknown_paths_and_other_methods_are_told_apart(void **state)
{
    static const char *const unknown[] = {"/",
                                          "//",
                                          "/v2",
                                          "/v2/alerts/",
                                          "/v2/alerts/A00/x",
                                          "/v2/alert",
                                          "/v9/alerts",
                                          "/v2//alerts",
                                          "/v2/alerts/A00/actions",
                                          "/a/b/c/d/e/f/g/h/i/j",
                                          "/v2/%61lerts%2FA00",
                                          "*"};
    static const char *const written[] = {"/v2/alerts/A00/actions/resolve",
                                          "/v2/alert_events/http/SRC1",
                                          "/v2/incidents/I1/actions/edit"};
    static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"};

    (void)state;
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]) - 1; i++) {
        struct http_answer answer = get(unknown[i], VIEWER);
        assert_envelope(&answer, 404, "not_found");
    }
    for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
        struct http_answer answer = get(written[i], VIEWER);
        assert_envelope(&answer, 405, "method_not_allowed");
    }
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        struct http_answer answer = send_with(methods[i], "/v2/alerts?page_size=1", NULL);
        assert_envelope(&answer, 405, "method_not_allowed");
        assert_string_equal(http_header(&answer, "Allow", &arena), "GET, HEAD");
    }
    assert_int_equal(get("/v2/%61lerts?page_size=1", VIEWER).status, 200);
}

static void
writing_with_a_body_is_refused_before_the_body_is_read(void **state)
{
    const char *const headers[] = {
        arena_printf(&arena, "Authorization: Bearer %s", hub.keys[VIEWER]),
        "Content-Type: application/json", NULL};
    char *large = arena_alloc(&arena, REQUEST_BODY_MAX_BYTES + 2);

    (void)state;
    memset(large, 'x', REQUEST_BODY_MAX_BYTES + 1);
    struct http_answer answer = http_send(hub.client, "POST", "/v2/alerts", headers, "{}", &arena);
    assert_envelope(&answer, 405, "method_not_allowed");
    answer = http_send(hub.client, "POST", "/v2/alerts", headers, large, &arena);
    assert_envelope(&answer, 413, "payload_too_large");
    answer = http_send(hub.client, "GET", "/v1/identity", headers, "{}", &arena);
    assert_int_equal(answer.status, 200); /* a body that means nothing */
}

static void
head_answers_without_a_body(void **state)
{
    (void)state;
    struct http_answer whole = get("/v2/alerts?page_size=3", VIEWER);
    struct http_answer answer = send_with("HEAD", "/v2/alerts?page_size=3", NULL);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body_len, 0);
    assert_string_equal(http_header(&answer, "Content-Length", &arena),
                        arena_printf(&arena, "%zu", whole.body_len));
}

static void
an_accept_header_that_excludes_json_is_refused(void **state)
{
    static const struct {
        const char *header;
        int status;
    } cases[] = {
        {"Accept: application/json", 200},
        {"Accept: */*", 200},
        {"Accept: text/html, application/*;q=0.1", 200},
        {"Accept: text/html", 406},
        {"Accept: application/json;q=0", 406},
        {"Accept: application/xml, text/*", 406},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct http_answer answer = send_with("GET", "/v1/identity", cases[i].header);
        assert_int_equal(answer.status, cases[i].status);
        if (cases[i].status == 406)
            assert_envelope(&answer, 406, "not_acceptable");
    }
}

static void
targets_are_bounded_and_decoded_strictly(void **state)
{
    static const struct {
        const char *path;
        int status;
    } cases[] = {
        {"/v2/alerts/%", 400},
        {"/v2/alerts/%zz", 400},
        {"/v2/alerts/%00", 400},
        {"/v2/alerts/%ff", 400},
        {"/v2/alerts?page_size=1&status[one_of]=%e2%82", 400},
        {"/v2/alerts?page_size=1&x=%0", 400},
        {"/v2/alerts?page_size=1&status[one_of=x", 422},
        {"/v2/alerts?page_size=1&[one_of]=x", 422},
        {"/v2/alerts?page_size=1&status[]=x", 422},
        {"/v2/alerts?page_size=1&status[a][b][c]=x", 422},
        {"/v2/alerts?page_size=1&status[one_of]x=y", 422},
        {"/v2/alerts?&&page_size=1&", 200},
        {"/v2/alerts?page_size=1&future=thing&=", 422},
        {"/v2/alerts?page_size=1&future=thing", 200},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct http_answer answer = get(cases[i].path, VIEWER);
        if (answer.status != cases[i].status)
            fail_msg("%s: %d, expected %d: %s", cases[i].path, answer.status, cases[i].status,
                     answer.body);
        assert_true(json_text_at(&arena, answer.body,
                                 cases[i].status == 200 ? "alerts.0.id" : "request_id")[0]);
    }

    char *path = arena_alloc(&arena, REQUEST_TARGET_MAX_BYTES + 100);
    (void)snprintf(path, 64, "/v2/alerts?page_size=1&x="); /* fits */
    memset(path + strlen(path), 'y', REQUEST_TARGET_MAX_BYTES);
    struct http_answer answer = get(path, VIEWER);
    assert_envelope(&answer, 414, "invalid_request_error");

    struct str many;
    str_init(&many, 0);
    str_append(&many, "/v2/alerts?page_size=1");
    for (int i = 0; i < REQUEST_PARAMETERS_MAX; i++)
        str_append(&many, "&a=b");
    answer = get(str_text(&many), VIEWER);
    assert_envelope(&answer, 400, "invalid_request_error");
    str_finish(&many);
}

/* ---- limits ---- */

static void
every_answer_says_how_much_is_left(void **state)
{
    (void)state;
    struct http_answer answer = get("/v2/incidents?page_size=1", VIEWER);
    assert_string_equal(http_header(&answer, "X-RateLimit-Limit", &arena),
                        "1000000, 1000000;window=60, 1000000;window=60");
    assert_true(atol(http_header(&answer, "X-RateLimit-Remaining", &arena)) > 0);
    assert_true(atol(http_header(&answer, "X-RateLimit-Used", &arena)) > 0);
    assert_true(atoll(http_header(&answer, "X-RateLimit-Reset", &arena)) >=
                clock_now_ms() / 1000 - 1);
    answer = http_client_get(hub.client, "/nowhere", NULL, &arena);
    assert_true(http_header(&answer, "X-RateLimit-Limit", &arena)[0] != '\0');
}

static void
a_spent_key_is_told_when_to_come_back_and_others_are_served(void **state)
{
    const struct hub_options options = {
        .database = ":memory:", .listen = "127.0.0.1:0", .limits = {5, 2, 0}};
    struct hub_process small;

    (void)state;
    hub_process_start(&small, &options, NULL, roles, 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            http_client_get(small.client, "/v2/incidents", small.keys[0], &arena).status, 200);
    struct http_answer answer =
        http_client_get(small.client, "/v2/incidents", small.keys[0], &arena);
    assert_envelope(&answer, 429, "too_many_requests");
    assert_string_equal(json_text_at(&arena, answer.body, "rate_limit.name"),
                        "incidents_list_requests");
    assert_string_equal(json_text_at(&arena, answer.body, "rate_limit.limit"), "2");
    assert_string_equal(json_text_at(&arena, answer.body, "rate_limit.remaining"), "0");
    int64_t when;
    assert_true(
        time_from_rfc3339(json_text_at(&arena, answer.body, "rate_limit.retry_after"), &when));
    int retry_after = atoi(http_header(&answer, "Retry-After", &arena));
    assert_in_range(retry_after, 25, 30);
    assert_string_equal(http_header(&answer, "X-RateLimit-Limit", &arena),
                        "2, 5;window=60, 2;window=60");

    for (int i = 0; i < 3; i++)
        assert_int_equal(http_client_get(small.client, "/v2/actions", small.keys[0], &arena).status,
                         200);
    answer = http_client_get(small.client, "/v2/actions", small.keys[0], &arena);
    assert_envelope(&answer, 429, "too_many_requests");
    assert_string_equal(json_text_at(&arena, answer.body, "rate_limit.name"), "api_key_requests");
    assert_int_equal(http_client_get(small.client, "/v2/schedules", small.keys[1], &arena).status,
                     200);
    hub_process_stop(&small);
}

static void
buckets_fill_again_evenly(void **state)
{
    static const int per_minute[LIMIT_COUNT] = {60, 6};
    struct limiter *limiter = limiter_create(per_minute);
    struct limit_state limit;

    (void)state;
    for (int i = 0; i < 60; i++)
        assert_true(limiter_take(limiter, "a", LIMIT_KEY, 1000).allowed);
    limit = limiter_take(limiter, "a", LIMIT_KEY, 1000);
    assert_false(limit.allowed);
    assert_int_equal(limit.remaining, 0);
    assert_int_equal(limit.retry_after_ms, 1000);
    assert_int_equal(limit.full_after_ms, 60000);
    assert_true(limiter_take(limiter, "a", LIMIT_KEY, 2000).allowed);
    assert_false(limiter_take(limiter, "a", LIMIT_KEY, 2999).allowed);
    limit = limiter_take(limiter, "a", LIMIT_KEY, 62000);
    assert_int_equal(limit.remaining, 59);

    /* A refusal by one bucket takes nothing from the other. */
    for (int i = 0; i < 6; i++)
        assert_true(limiter_take(limiter, "b", LIMIT_INCIDENTS, 1000).allowed);
    for (int i = 0; i < 9; i++)
        assert_false(limiter_take(limiter, "b", LIMIT_INCIDENTS, 1000).allowed);
    limit = limiter_take(limiter, "b", LIMIT_KEY, 1000);
    assert_int_equal(limit.remaining, 53);
    for (int i = 0; i < 10000; i++)
        assert_true(
            limiter_take(limiter, arena_printf(&arena, "%d", i), LIMIT_INCIDENTS, 1000).allowed);
    limiter_destroy(limiter);
}

/* ---- sockets and files ---- */

static void
a_unix_socket_is_served_and_cleaned_up(void **state)
{
    const char *directory = temporary_directory(&arena);
    const char *path = arena_printf(&arena, "%s/hub.sock", directory);
    const struct hub_options options = {.database = arena_printf(&arena, "%s/hub.db", directory),
                                        .listen = arena_printf(&arena, "unix:%s", path)};
    struct hub_process local;
    struct stat status;
    struct error err;
    struct hub *second;

    (void)state;
    /* What a hub that was killed leaves behind. */
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(stale, (struct sockaddr *)&address, sizeof(address)), 0);
    (void)close(stale); /* the file stays */

    hub_process_start(&local, &options, hub_world_fill, roles, 1);
    assert_string_equal(local.url, options.listen);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    struct http_answer answer =
        http_client_get(local.client, "/v2/alerts?page_size=1", local.keys[0], &arena);
    assert_int_equal(answer.status, 200);
    assert_false(hub_open(&second, &options, &err));
    assert_int_equal(err.code, ERROR_NETWORK);
    assert_int_equal(stat(path, &status), 0); /* it did not take the other's socket away */
    hub_process_stop(&local);
    assert_int_equal(stat(path, &status), -1);
    temporary_directory_remove(directory);
}

static void
addresses_that_are_none_or_public_are_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "localhost",
                                        "127.0.0.1",
                                        "127.0.0.1:",
                                        "127.0.0.1:x",
                                        "127.0.0.1:70000",
                                        "nowhere.example:80",
                                        "::1:80",
                                        ":80",
                                        "unix:",
                                        "0.0.0.0:0",
                                        "[::]:0",
                                        "192.0.2.1:0"};
    struct hub *opened;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const struct hub_options options = {.database = ":memory:", .listen = wrong[i]};
        if (hub_open(&opened, &options, &err))
            fail_msg("'%s' was accepted", wrong[i]);
        assert_int_equal(err.code, ERROR_USAGE);
        assert_null(opened);
    }
    const struct hub_options everywhere = {
        .database = ":memory:", .listen = "0.0.0.0:0", .allow_remote = true};
    assert_true(hub_open(&opened, &everywhere, &err));
    assert_true(hub_port(opened) > 0);
    hub_close(opened);
}

static void
keys_are_made_listed_and_revoked_while_the_hub_runs(void **state)
{
    const char *directory = temporary_directory(&arena);
    const struct hub_options options = {.database = arena_printf(&arena, "%s/hub.db", directory),
                                        .listen = "127.0.0.1:0"};
    static const char *const two[] = {"viewer", "incident_editor", "viewer", NULL};
    static const char *const odd[] = {"king", NULL};
    struct hub_process local;
    struct store *store;
    const struct hub_key *keys;
    size_t keys_len;
    char id[HUB_KEY_ID_SIZE], token[HUB_TOKEN_SIZE], unused[HUB_TOKEN_SIZE];
    struct error err;

    (void)state;
    hub_process_start(&local, &options, NULL, NULL, 0);
    assert_true(store_open(&store, STORE_HUB, options.database, STORE_WRITE, NULL, &err));
    assert_true(hub_key_add(store, "caf\xC3\xA9", two, "U1", 1000, id, token, &err));
    assert_false(hub_key_add(store, "odd", odd, "", 1000, NULL, unused, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_non_null(strstr(err.message, "king"));
    assert_false(hub_key_add(store, "", two, "", 1000, NULL, unused, &err));

    assert_int_equal(http_client_get(local.client, "/v2/users", token, &arena).status, 200);
    assert_true(hub_key_list(store, &arena, &keys, &keys_len, &err));
    assert_int_equal(keys_len, 1);
    assert_string_equal(keys[0].name, "caf\xC3\xA9");
    assert_string_equal(keys[0].roles[1], "incident_editor");
    assert_null(keys[0].roles[2]);
    assert_string_equal(keys[0].user_id, "U1");
    assert_true(keys[0].last_used_at > 0);
    assert_true(hub_key_revoke(store, id, 2000, &err));
    assert_int_equal(http_client_get(local.client, "/v2/users", token, &arena).status, 401);
    assert_false(hub_key_revoke(store, id, 3000, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    store_close(store);
    hub_process_stop(&local);

    /* What is kept is not the key. */
    struct str file;
    FILE *stream = fopen(options.database, "rb");
    char piece[4096];
    size_t got;
    str_init(&file, 0);
    while ((got = fread(piece, 1, sizeof(piece), stream)) > 0)
        str_append_len(&file, piece, got);
    (void)fclose(stream); /* read only */
    assert_null(memmem(str_text(&file), file.len, token + 4, strlen(token) - 4));
    str_finish(&file);
    temporary_directory_remove(directory);
}

/* ---- hostile input ---- */

static uint32_t
next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void
garbage_is_answered_with_an_error_or_not_at_all(void **state)
{
    static const char *const starts[] = {
        "GET /v2/alerts?page_size=5 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer KEY\r\n\r\n",
        ("POST /v2/alert_events/http/SRC1 HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n"
         "{\"title\":\"x\"}"),
        "GET /v2/incidents?severity%5Bgte%5D=SEV1&updated_at[gte]=2026-08-01 HTTP/1.0\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    };
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 150; round++) {
        char bytes[512];
        const char *start_text = starts[round % 4];
        size_t len = strlen(start_text);
        memcpy(bytes, start_text, len);
        for (uint32_t i = next_random(&seed) % 12; i > 0; i--)
            bytes[next_random(&seed) % len] = (char)next_random(&seed);
        if (round % 5 == 0)
            len = next_random(&seed) % len;
        const char *answer = http_raw(hub.port, bytes, len, 20, &arena);
        if (answer[0] != '\0' && strncmp(answer, "HTTP/1.", 7) != 0)
            fail_msg("round %d: %s", round, answer);
        const char *body = strstr(answer, "\r\n\r\n");
        if (body && strstr(answer, "application/json") && body[4] == '{')
            assert_true(json_text_at(&arena, body + 4, "request_id")[0] != '\0' ||
                        strncmp(answer + 9, "200", 3) == 0);
    }
    assert_int_equal(get("/v1/identity", VIEWER).status, 200);
}

static void
odd_parameters_never_make_a_500(void **state)
{
    static const char *const values[] = {"",
                                         "0",
                                         "-1",
                                         "%27%20or%201%3D1--",
                                         "%F0%9F%94%A5",
                                         "2026-08-01",
                                         "2026-99-99",
                                         "~",
                                         "a~b",
                                         "9223372036854775808",
                                         "true",
                                         "null",
                                         "%5B%5D",
                                         "9999-12-31T23:59:59Z",
                                         "0001-01-01"};
    static const char *const operators[] = {
        "",      "[one_of]",     "[not_in]",      "[is]",       "[gte]",
        "[lte]", "[date_range]", "[starts_with]", "[is_blank]", "[x]"};
    static const char *const names[] = {"page_size",
                                        "after",
                                        "status",
                                        "created_at",
                                        "updated_at",
                                        "severity",
                                        "attributes[TEAM]",
                                        "custom_field[CF]",
                                        "incident",
                                        "schedule_id",
                                        "entry_window_start",
                                        "entry_window_end",
                                        "incident_id"};
    static const char *const paths[] = {
        "/v2/alerts?page_size=2", "/v2/incidents?a=b", "/v2/escalations?a=b",
        "/v2/schedule_entries?schedule_id=S1", "/v2/follow_ups?a=b"};

    (void)state;
    for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++)
        for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
            for (size_t o = 0; o < sizeof(operators) / sizeof(operators[0]); o++)
                for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
                    const char *path = arena_printf(&arena, "%s&%s%s=%s", paths[p], names[n],
                                                    operators[o], values[v]);
                    struct http_answer answer = get(path, VIEWER);
                    if (answer.status != 200 && answer.status != 422 && answer.status != 404)
                        fail_msg("%s: %d %s", path, answer.status, answer.body);
                    if (v == 0)
                        arena_reset(&arena);
                }
}

static void
a_secret_opens_its_alert_source_and_no_other(void **state)
{
    char first[HUB_TOKEN_SIZE], second[HUB_TOKEN_SIZE], other[HUB_TOKEN_SIZE];
    struct store *store;
    struct error err;
    bool opens;

    (void)state;
    assert_true(store_open(&store, STORE_HUB, ":memory:", STORE_WRITE, NULL, &err));
    assert_false(hub_source_secret_make(store, "S1", first, &err)); /* there is no such source */
    assert_true(store_begin(store, &err));
    for (int i = 1; i <= 2; i++)
        assert_true(
            cache_put(store, KIND_ALERT_SOURCE,
                      sample_object(&arena, KIND_ALERT_SOURCE, arena_printf(&arena, "S%d", i), 1),
                      1, NULL, &err));
    assert_true(store_commit(store, &err));
    assert_true(hub_source_secret_make(store, "S1", first, &err));
    assert_true(hub_source_secret_make(store, "S2", other, &err));
    assert_true(hub_source_secret_opens(store, "S1", first, &opens, &err) && opens);
    assert_true(hub_source_secret_opens(store, "S1", other, &opens, &err) && !opens);
    assert_true(hub_source_secret_opens(store, "S9", first, &opens, &err) && !opens);
    assert_true(hub_source_secret_make(store, "S1", second, &err));
    assert_true(hub_source_secret_opens(store, "S1", first, &opens, &err) && !opens);
    assert_true(hub_source_secret_opens(store, "S1", second, &opens, &err) && opens);
    char line[200];
    (void)snprintf(line, sizeof(line), "sent with %s", second);
    log_redact(line);
    assert_null(strstr(line, second + 4));
    store_close(store);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_without_a_good_key_are_refused),
        cmocka_unit_test(the_scheme_is_read_in_any_case_and_spacing),
        cmocka_unit_test(identity_says_what_a_key_is),
        cmocka_unit_test(a_missing_scope_is_named),
        cmocka_unit_test(a_viewer_may_read_every_route),
        cmocka_unit_test(unknown_paths_and_other_methods_are_told_apart),
        cmocka_unit_test(writing_with_a_body_is_refused_before_the_body_is_read),
        cmocka_unit_test(head_answers_without_a_body),
        cmocka_unit_test(an_accept_header_that_excludes_json_is_refused),
        cmocka_unit_test(targets_are_bounded_and_decoded_strictly),
        cmocka_unit_test(every_answer_says_how_much_is_left),
        cmocka_unit_test(a_spent_key_is_told_when_to_come_back_and_others_are_served),
        cmocka_unit_test(buckets_fill_again_evenly),
        cmocka_unit_test(a_unix_socket_is_served_and_cleaned_up),
        cmocka_unit_test(addresses_that_are_none_or_public_are_refused),
        cmocka_unit_test(keys_are_made_listed_and_revoked_while_the_hub_runs),
        cmocka_unit_test(a_secret_opens_its_alert_source_and_no_other),
        cmocka_unit_test(garbage_is_answered_with_an_error_or_not_at_all),
        cmocka_unit_test(odd_parameters_never_make_a_500),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
