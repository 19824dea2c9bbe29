#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "wire/wire.h"

static void
the_envelope_becomes_a_sentence(void **state)
{
    (void)state;
    const struct {
        int status;
        const char *body;
        enum error_code code;
        const char *message, *request_id;
    } cases[] = {
        {422,
         "{\"type\":\"validation_error\",\"status\":422,\"request_id\":\"r1\",\"errors\":[{"
         "\"code\":"
         "\"is_required\",\"message\":\"A title is required.\",\"source\":{\"field\":\"title\"}},"
         "{\"code\":\"x\",\"message\":\"no such status\"}]}",
         ERROR_INVALID, "the server answered 422: title: A title is required; no such status",
         "r1"},
        {401,
         "{\"type\":\"authentication_error\",\"status\":401,\"request_id\":\"r2\",\"errors\":"
         "[{\"code\":\"unauthenticated\"}]}",
         ERROR_UNAUTHENTICATED, "the server answered 401: unauthenticated", "r2"},
        {404, "{\"type\":\"not_found\",\"errors\":[]}", ERROR_NOT_FOUND,
         "the server answered 404: not_found", ""},
        {500, "{\"type\":7,\"errors\":{\"message\":3},\"request_id\":[]}", ERROR_UPSTREAM,
         "the server answered 500", ""},
        {503, "<html>\x1b[2J", ERROR_UPSTREAM,
         "the server answered 503 with HTML: a proxy's page, or not an API", ""},
        {502, "", ERROR_UPSTREAM, "the server answered 502 without a body", ""},
        {418, "short and stout", ERROR_INVALID, "the server answered 418", ""},
        {403,
         "{\"request_id\":\"a\\u001b[31mb\",\"errors\":[{\"message\":\"scope \\u001b]0;x\\u0007 "
         "missing\"}]}",
         ERROR_FORBIDDEN, "the server answered 403: scope missing", "ab"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {0};
        assert_false(wire_read_error(cases[i].status, slice_of(cases[i].body), &err));
        assert_int_equal(err.code, cases[i].code);
        assert_int_equal(err.http_status, cases[i].status);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.request_id, cases[i].request_id);
    }
    assert_false(wire_read_error(500, slice_of("{}"), NULL));
}

static void
the_body_may_say_when_to_come_back(void **state)
{
    (void)state;
    clock_freeze(INT64_C(1774235520000)); /* 2026-03-23T03:12:00Z */
    const struct {
        const char *text;
        int64_t wait_ms;
    } cases[] = {
        {"2026-03-23T03:12:30Z", 30000},
        {"Mon, 23 Mar 2026 03:13:00 GMT", 60000},
        {"2026-03-23T03:11:00Z", 0},
        {"2027-03-23T03:11:00Z", HOUR_MS},
        {"soon", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct error err = {0};
        const char *body = arena_printf(
            &arena, "{\"type\":\"too_many_requests\",\"rate_limit\":{\"retry_after\":\"%s\"}}",
            cases[i].text);
        assert_false(wire_read_error(429, slice_of(body), &err));
        assert_int_equal(err.code, ERROR_RATE_LIMITED);
        assert_int_equal(err.retry_after_ms, cases[i].wait_ms);
        arena_finish(&arena);
    }
    clock_freeze(0);
}

static void
what_the_hub_writes_the_client_reads(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct error err = {0};
    const char *body = wire_write_error(422, "validation_error", "invalid_value",
                                        "must be \"firing\"", "status", "req-9", &arena);
    assert_string_equal(
        body, "{\"type\":\"validation_error\",\"status\":422,\"request_id\":\"req-9\",\"errors\":"
              "[{\"code\":\"invalid_value\",\"message\":\"must be \\\"firing\\\"\","
              "\"source\":{\"field\":\"status\"}}]}");
    assert_false(wire_read_error(422, slice_of(body), &err));
    assert_string_equal(err.message, "the server answered 422: status: must be \"firing\"");
    assert_string_equal(err.request_id, "req-9");
    assert_null(
        strstr(wire_write_error(404, "not_found", "resource_not_found", "gone", "", "r", &arena),
               "\"source\""));
    arena_finish(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_envelope_becomes_a_sentence),
        cmocka_unit_test(the_body_may_say_when_to_come_back),
        cmocka_unit_test(what_the_hub_writes_the_client_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
