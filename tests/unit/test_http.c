#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "remote/http.h"
#include "tests/support/scripted_server.h"

struct world {
    struct loop *loop;
    struct scripted_server *server;
    struct http *http;
    struct scripted_answer answer;
    char head[4096];
    int left;
    struct http_response response;
    char body[256];
    char order[256];
};

static void
on_request(void *context, const char *target, const char *head, struct arena *arena,
           struct scripted_answer *answer)
{
    struct world *world = context;
    (void)target;
    (void)arena;
    (void)snprintf(world->head, sizeof world->head, "%s", head);
    *answer = world->answer;
}

static void
on_answer(void *context, const struct http_response *response)
{
    struct world *world = context;
    world->response = *response;
    (void)snprintf(world->body, sizeof world->body, "%.*s", (int)response->body.len,
                   response->body.data);
    if (--world->left == 0)
        loop_stop(world->loop);
}

static void
open_world(struct world *world, const struct http_options *like)
{
    struct error err = {0};
    struct http_options options = like ? *like : (struct http_options){0};
    *world = (struct world){0};
    assert_true(loop_create(&world->loop, &err));
    world->server = scripted_server_open(world->loop, on_request, world);
    if (!options.url)
        options.url = scripted_server_url(world->server);
    options.token = "secret-key";
    if (!options.budget)
        options.budget = 1;
    if (!http_open(&world->http, world->loop, &options, &err))
        fail_msg("%s", err.message);
}

static void
close_world(struct world *world)
{
    http_close(world->http);
    scripted_server_close(world->server);
    loop_destroy(world->loop);
}

static void
get(struct world *world, size_t body_max_bytes)
{
    struct error err = {0};
    const struct http_request request = {.target = "/v2/alerts?page_size=50",
                                         .body_max_bytes = body_max_bytes,
                                         .done = on_answer,
                                         .context = world};
    world->left = 1;
    http_ask(world->http, &request);
    assert_true(loop_run(world->loop, &err));
}

static void
an_answer_arrives_with_its_body_and_the_request_carries_key_and_agent(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, NULL);
    world.answer.body = "{\"alerts\":[]}";
    world.answer.headers = "X-Request-Id: r-17\r\n";
    get(&world, 0);
    assert_int_equal(world.response.status, 200);
    assert_int_equal(world.response.error.code, ERROR_NONE);
    assert_string_equal(world.body, "{\"alerts\":[]}");
    assert_string_equal(world.response.request_id, "r-17");
    assert_non_null(strstr(world.head, "GET /v2/alerts?page_size=50 HTTP/1.1\r\n"));
    assert_non_null(strstr(world.head, "Authorization: Bearer secret-key\r\n"));
    assert_non_null(strstr(world.head, "User-Agent: tocsin/"));
    assert_non_null(strstr(world.head, "gzip"));
    close_world(&world);
}

static void
no_error_tells_a_target_that_is_secret(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *headers, *body;
    } answers[] = {
        {404, "", "{\"type\":\"x\",\"errors\":[{\"message\":\"no POST /services/hush\"}]}"},
        {302, "Location: https://elsewhere.example/services/hush\r\n", ""},
    };
    struct world world;
    struct error err = {0};
    open_world(&world, NULL);
    const struct http_request request = {.target = "/services/hush",
                                         .method = "POST",
                                         .body = slice_of("{}"),
                                         .target_is_secret = true,
                                         .done = on_answer,
                                         .context = &world};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        world.answer = (struct scripted_answer){
            .status = answers[i].status, .headers = answers[i].headers, .body = answers[i].body};
        world.left = 1;
        http_ask(world.http, &request);
        assert_true(loop_run(world.loop, &err));
        assert_int_equal(world.response.status, answers[i].status);
        assert_non_null(strstr(world.head, "POST /services/hush "));
        assert_null(strstr(world.response.error.message, "hush"));
        assert_non_null(strstr(world.response.error.message, "127.0.0.1"));
    }
    close_world(&world);
}

static void
a_post_carries_its_body_and_headers_and_is_sent_once_even_where_the_connection_breaks(void **state)
{
    (void)state;
    struct world world;
    struct error err = {0};
    static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded", NULL};
    const struct http_request request = {.target = "/api/chat.postMessage",
                                         .method = "POST",
                                         .headers = headers,
                                         .body = slice_of("text=a%20b"),
                                         .done = on_answer,
                                         .context = &world};
    open_world(&world, NULL);
    world.answer.body = "{}";
    get(&world, 0); /* a connection that could be used again */
    world.answer.how = SCRIPTED_DROP;
    world.left = 1;
    http_ask(world.http, &request);
    assert_true(loop_run(world.loop, &err));
    assert_int_equal(world.response.error.code, ERROR_NETWORK);
    assert_int_equal(scripted_server_requests(world.server), 2);
    assert_non_null(strstr(world.head, "POST /api/chat.postMessage HTTP/1.1\r\n"));
    assert_non_null(strstr(world.head, "Authorization: Bearer secret-key\r\n"));
    assert_non_null(strstr(world.head, "Content-Type: application/x-www-form-urlencoded\r\n"));
    assert_non_null(strstr(world.head, "\r\n\r\ntext=a%20b"));
    close_world(&world);
}

static void
every_fault_has_its_code(void **state)
{
    (void)state;
    const struct {
        struct scripted_answer answer;
        enum error_code code;
        const char *says;
    } cases[] = {
        {{.how = SCRIPTED_DROP}, ERROR_NETWORK, "/v2/alerts"},
        {{.how = SCRIPTED_CUT, .body = "{\"alerts\":[]}"}, ERROR_NETWORK, "middle of the answer"},
        {{.how = SCRIPTED_GARBAGE}, ERROR_PROTOCOL, "/v2/alerts"},
        {{.how = SCRIPTED_SILENT}, ERROR_TIMEOUT, "/v2/alerts"},
        {{.how = SCRIPTED_ENDLESS}, ERROR_TOO_LARGE, "larger than 1 MiB"},
        {{.body = "<html>sign in</html>"}, ERROR_PROTOCOL, "HTML"},
        {{.status = 302, .headers = "Location: https://elsewhere.example/\r\n"},
         ERROR_PROTOCOL,
         "elsewhere"},
        {{.status = 401, .body = "{}"}, ERROR_UNAUTHENTICATED, "401"},
        {{.status = 403, .body = "{}"}, ERROR_FORBIDDEN, "403"},
        {{.status = 500, .body = "<html>"}, ERROR_UPSTREAM, "HTML"},
        {{.status = 429, .body = "{}"}, ERROR_RATE_LIMITED, "429"},
        {{.status = 405, .body = ""}, ERROR_UNSUPPORTED, "405"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        bool silent = cases[i].code == ERROR_TIMEOUT;
        open_world(&world, &(struct http_options){.timeout_ms = silent ? 200 : MINUTE_MS});
        world.answer = cases[i].answer;
        get(&world, 1024 * 1024);
        if (world.response.error.code != cases[i].code ||
            !strstr(world.response.error.message, cases[i].says))
            fail_msg("case %zu: %s: %s", i, error_name(world.response.error.code),
                     world.response.error.message);
        assert_int_equal(scripted_server_requests(world.server), 1);
        close_world(&world);
    }
}

static void
nobody_listening_is_a_network_error(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, &(struct http_options){.url = "http://127.0.0.1:1"});
    get(&world, 0);
    assert_int_equal(world.response.error.code, ERROR_NETWORK);
    assert_int_equal(world.response.status, 0);
    close_world(&world);
}

static void
a_refused_request_says_how_long_to_wait(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, NULL);
    world.answer =
        (struct scripted_answer){.status = 429, .headers = "Retry-After: 7\r\n", .body = "{}"};
    get(&world, 0);
    assert_int_equal(world.response.error.retry_after_ms, 7000);
    close_world(&world);
}

static void
retry_after_is_seconds_or_a_date(void **state)
{
    (void)state;
    const int64_t now_ms = INT64_C(1767225600000); /* 2026-01-01T00:00:00Z */
    assert_int_equal(http_parse_retry_after("12", now_ms), 12000);
    assert_int_equal(http_parse_retry_after(" 0", now_ms), 0);
    assert_int_equal(http_parse_retry_after("Thu, 01 Jan 2026 00:00:30 GMT", now_ms), 30000);
    assert_int_equal(http_parse_retry_after("Thu, 01 Jan 2020 00:00:30 GMT", now_ms), 0);
    assert_int_equal(http_parse_retry_after("soon", now_ms), 0);
    assert_int_equal(http_parse_retry_after("999999999999999999999", now_ms), HOUR_MS);
}

static void
the_key_goes_unencrypted_to_loopback_only(void **state)
{
    (void)state;
    const struct {
        const char *url;
        bool insecure, allowed;
    } cases[] = {
        {"http://127.0.0.1:80", false, true},
        {"http://localhost", false, true},
        {"http://[::1]:80", false, true},
        {"http://api.example", false, false},
        {"http://api.example", true, true},
        {"https://api.example", false, true},
        {"ftp://api.example", true, false},
        {"https://me:pw@api.example", false, false},
        {"http://127.0.0.1.example", false, false},
        {"http://localhost.example", false, false},
        {"unix:/run/hub.sock", false, true},
        {"unix:", false, false},
        {"", false, false},
    };
    struct loop *loop;
    struct error err = {0};
    assert_true(loop_create(&loop, &err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http *http;
        const struct http_options options = {
            .url = cases[i].url, .token = "k", .insecure = cases[i].insecure, .budget = 1};
        bool opened = http_open(&http, loop, &options, &err);
        if (opened != cases[i].allowed)
            fail_msg("'%s' was %s", cases[i].url, opened ? "allowed" : "refused");
        if (opened)
            http_close(http);
        else
            assert_int_equal(err.code, ERROR_CONFIG);
    }
    loop_destroy(loop);
}

static void
a_key_that_would_forge_a_header_is_refused(void **state)
{
    (void)state;
    struct loop *loop;
    struct http *http;
    struct error err = {0};
    assert_true(loop_create(&loop, &err));
    const struct http_options options = {
        .url = "https://a.example", .token = "a\r\nX: y", .budget = 1};
    assert_false(http_open(&http, loop, &options, &err));
    assert_null(strstr(err.message, "X: y"));
    loop_destroy(loop);
}

struct named {
    struct world *world;
    char name;
};

static void
on_named(void *context, const struct http_response *response)
{
    struct named *named = context;
    char name[2] = {named->name, '\0'};
    strcat(named->world->order, name);
    on_answer(named->world, response);
}

static void
what_the_user_asked_for_goes_first_and_history_leaves_slots(void **state)
{
    (void)state;
    struct world world;
    struct error err = {0};
    open_world(&world, NULL);
    world.answer.body = "{}";
    struct named history = {&world, 'h'}, user = {&world, 'u'}, live = {&world, 'l'};
    struct http_request request = {.target = "/x", .done = on_named};
    for (int i = 0; i < 10; i++) {
        request.urgency = HTTP_HISTORY;
        request.context = &history;
        http_ask(world.http, &request);
    }
    request.urgency = HTTP_LIVE;
    request.context = &live;
    http_ask(world.http, &request);
    request.urgency = HTTP_USER;
    request.context = &user;
    http_ask(world.http, &request);
    world.left = 12;
    assert_true(loop_run(world.loop, &err));
    assert_int_equal(http_pending(world.http), 0);
    const char *last_of_others = strchr(world.order, 'u');
    if (strchr(world.order, 'l') > last_of_others)
        last_of_others = strchr(world.order, 'l');
    assert_in_range(last_of_others - world.order, 0, 5);
    close_world(&world);
}

/* Asks again at once, as a server slower than the plan has it. */
static void
on_endless(void *context, const struct http_response *response)
{
    struct world *world = context;
    const struct http_request again = {
        .target = "/live", .urgency = HTTP_LIVE, .done = on_endless, .context = world};
    if (strlen(world->order) >= 200) /* the other never came */
        loop_stop(world->loop);
    strcat(world->order, "l");
    http_ask(world->http, &again);
    (void)response;
}

static void
what_is_asked_for_rarely_has_its_turn(void **state)
{
    (void)state;
    struct world world;
    struct error err = {0};
    open_world(&world, NULL);
    world.answer.body = "{}";
    struct named rest = {&world, 'r'};
    struct http_request request = {
        .target = "/live", .urgency = HTTP_LIVE, .done = on_endless, .context = &world};
    for (int i = 0; i < 10; i++)
        http_ask(world.http, &request);
    http_ask(world.http,
             &(struct http_request){
                 .target = "/r", .urgency = HTTP_REST, .done = on_named, .context = &rest});
    world.left = 1;
    assert_true(loop_run(world.loop, &err));
    assert_non_null(strchr(world.order, 'r'));
    assert_in_range(strlen(world.order), 1, 40);
    close_world(&world);
}

static void
cancelled_requests_call_nobody(void **state)
{
    (void)state;
    struct world world;
    struct error err = {0};
    open_world(&world, NULL);
    world.answer = (struct scripted_answer){.body = "{}", .delay_ms = 20};
    struct named gone = {&world, 'x'};
    struct http_request request = {.target = "/x", .done = on_named, .context = &gone};
    uint64_t ids[10];
    for (int i = 0; i < 10; i++)
        ids[i] = http_ask(world.http, &request);
    for (int i = 0; i < 10; i += 2)
        http_cancel(world.http, ids[i]);
    world.left = 5;
    assert_true(loop_run(world.loop, &err));
    assert_string_equal(world.order, "xxxxx");
    close_world(&world);
}

static void
an_unchanged_answer_is_none_to_a_question_that_names_the_old_one(void **state)
{
    (void)state;
    struct world world;
    struct error err = {0};
    struct http_request request = {.target = "/repos/o/r/pulls/7?per_page=100",
                                   .if_none_match = "W/\"abc\"",
                                   .done = on_answer,
                                   .context = &world};
    const struct http_options options = {.accept = "application/vnd.github+json"};
    open_world(&world, &options);
    world.answer = (struct scripted_answer){
        .body = "[]",
        .headers = "ETag: W/\"def\"\r\nLink: <http://x.org/?page=2>; rel=\"next\"\r\n"};
    world.left = 1;
    http_ask(world.http, &request);
    assert_true(loop_run(world.loop, &err));
    assert_non_null(strstr(world.head, "Accept: application/vnd.github+json\r\n"));
    assert_non_null(strstr(world.head, "If-None-Match: W/\"abc\"\r\n"));
    assert_non_null(strstr(world.head, "Authorization: Bearer secret-key\r\n"));
    assert_string_equal(world.response.etag, "W/\"def\"");
    assert_true(world.response.has_next);

    world.answer = (struct scripted_answer){.status = 304};
    world.left = 1;
    http_ask(world.http, &request);
    assert_true(loop_run(world.loop, &err));
    assert_int_equal(world.response.status, 304);
    assert_int_equal(world.response.error.code, ERROR_NONE);
    assert_false(world.response.has_next);

    request.if_none_match = "";
    world.left = 1;
    http_ask(world.http, &request);
    assert_true(loop_run(world.loop, &err));
    assert_int_equal(world.response.error.code, ERROR_PROTOCOL);
    close_world(&world);
}

static void
a_403_with_nothing_left_is_a_limit_where_the_server_says_it_so(void **state)
{
    (void)state;
    static const struct {
        const char *headers;
        enum error_code code;
    } cases[] = {
        {"X-RateLimit-Remaining: 0\r\nX-RateLimit-Limit: 5000\r\n", ERROR_RATE_LIMITED},
        {"X-RateLimit-Remaining: 12\r\nRetry-After: 7\r\n", ERROR_RATE_LIMITED},
        {"X-RateLimit-Remaining: 12\r\n", ERROR_FORBIDDEN},
    };
    struct world world;
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        const struct http_options options = {.limits_by_403 = i % 2 == 0,
                                             .rate_window_ms = HOUR_MS};
        open_world(&world, &options);
        world.answer = (struct scripted_answer){
            .status = 403, .headers = cases[i / 2].headers, .body = "{\"message\":\"No.\"}"};
        get(&world, 0);
        assert_int_equal(world.response.error.code,
                         i % 2 == 0 ? cases[i / 2].code : ERROR_FORBIDDEN);
        close_world(&world);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_arrives_with_its_body_and_the_request_carries_key_and_agent),
        cmocka_unit_test(no_error_tells_a_target_that_is_secret),
        cmocka_unit_test(
            a_post_carries_its_body_and_headers_and_is_sent_once_even_where_the_connection_breaks),
        cmocka_unit_test(every_fault_has_its_code),
        cmocka_unit_test(nobody_listening_is_a_network_error),
        cmocka_unit_test(a_refused_request_says_how_long_to_wait),
        cmocka_unit_test(retry_after_is_seconds_or_a_date),
        cmocka_unit_test(the_key_goes_unencrypted_to_loopback_only),
        cmocka_unit_test(a_key_that_would_forge_a_header_is_refused),
        cmocka_unit_test(what_the_user_asked_for_goes_first_and_history_leaves_slots),
        cmocka_unit_test(what_is_asked_for_rarely_has_its_turn),
        cmocka_unit_test(cancelled_requests_call_nobody),
        cmocka_unit_test(an_unchanged_answer_is_none_to_a_question_that_names_the_old_one),
        cmocka_unit_test(a_403_with_nothing_left_is_a_limit_where_the_server_says_it_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
