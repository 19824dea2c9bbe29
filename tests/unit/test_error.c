#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"

static void
setting_an_error_returns_false_and_keeps_code_and_sentence(void **state)
{
    (void)state;
    struct error err = {.http_status = 500, .request_id = "old"};
    assert_false(error_set(&err, ERROR_NETWORK, "cannot reach '%s'", "api.example.com"));
    assert_int_equal(err.code, ERROR_NETWORK);
    assert_string_equal(err.message, "cannot reach 'api.example.com'");
    assert_int_equal(err.http_status, 0);
    assert_string_equal(err.request_id, "");
    assert_false(error_set(NULL, ERROR_NETWORK, "nobody asks"));
    assert_false(error_wrap(NULL, "nobody asks"));
}

static void
wrapping_puts_the_subject_in_front_and_keeps_the_rest(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, ERROR_FILE, "disk is full");
    err.retry_after_ms = 5;
    assert_false(error_wrap(&err, "cannot open the cache '%s'", "x.db"));
    assert_string_equal(err.message, "cannot open the cache 'x.db': disk is full");
    assert_int_equal(err.code, ERROR_FILE);
    assert_int_equal(err.retry_after_ms, 5);
}

static void
an_error_may_be_an_argument_of_its_own_message(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, ERROR_FILE, "inner");
    error_set(&err, ERROR_STORE, "outer (%s)", err.message);
    assert_string_equal(err.message, "outer (inner)");
    error_wrap(&err, "again %s", err.message);
    assert_string_equal(err.message, "again outer (inner): outer (inner)");
}

static void
what_a_server_put_into_a_message_is_cleaned(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, ERROR_INVALID, "server says '%s'", "a\x1b[31m\nb\u202e\xff");
    assert_string_equal(err.message, "server says 'a b\ufffd'");
}

static void
a_message_too_long_is_cut_at_a_character(void **state)
{
    (void)state;
    char text[4000];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "日", 4);
        struct error err;
        error_set(&err, ERROR_FILE, "%s", text);
        size_t len = strlen(err.message);
        assert_true(len < sizeof err.message && len > sizeof err.message - 5);
        assert_true(text_is_valid_utf8(err.message, len));
        assert_null(strstr(err.message, "\ufffd"));
        error_wrap(&err, "cannot do it");
        assert_memory_equal(err.message, "cannot do it: ", 14);
        assert_true(text_is_valid_utf8(err.message, strlen(err.message)));
    }
}

static void
each_code_has_a_name_an_exit_status_and_a_phrase(void **state)
{
    (void)state;
    for (enum error_code code = ERROR_NONE; code < ERROR_CODE_COUNT; code++) {
        assert_true(strlen(error_name(code)) > 0);
        assert_true(code == ERROR_NONE || strlen(error_phrase(code)) > 0);
        assert_true((error_exit_status(code) == 0) == (code == ERROR_NONE));
    }
    assert_string_equal(error_name(ERROR_RATE_LIMITED), "rate_limited");
    assert_string_equal(error_name(ERROR_READ_ONLY), "read_only");
    assert_int_equal(error_exit_status(ERROR_READ_ONLY), 5);
    assert_int_equal(error_exit_status(ERROR_BUG), 70);
    assert_true(error_is_retryable(ERROR_RATE_LIMITED));
    assert_false(error_is_retryable(ERROR_UNAUTHENTICATED));
}

static void
http_status_decides_the_code(void **state)
{
    (void)state;
    const struct {
        int status;
        enum error_code code;
    } cases[] = {{400, ERROR_INVALID},   {401, ERROR_UNAUTHENTICATED}, {403, ERROR_FORBIDDEN},
                 {404, ERROR_NOT_FOUND}, {405, ERROR_UNSUPPORTED},     {409, ERROR_CONFLICT},
                 {413, ERROR_TOO_LARGE}, {422, ERROR_INVALID},         {429, ERROR_RATE_LIMITED},
                 {500, ERROR_UPSTREAM},  {501, ERROR_UNSUPPORTED},     {502, ERROR_UPSTREAM},
                 {503, ERROR_UPSTREAM}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(error_from_http_status(cases[i].status), cases[i].code);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_an_error_returns_false_and_keeps_code_and_sentence),
        cmocka_unit_test(wrapping_puts_the_subject_in_front_and_keeps_the_rest),
        cmocka_unit_test(an_error_may_be_an_argument_of_its_own_message),
        cmocka_unit_test(what_a_server_put_into_a_message_is_cleaned),
        cmocka_unit_test(a_message_too_long_is_cut_at_a_character),
        cmocka_unit_test(each_code_has_a_name_an_exit_status_and_a_phrase),
        cmocka_unit_test(http_status_decides_the_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
