#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "remote/rate.h"

static int
spend(struct rate *rate, bool of_user, int64_t now_ms)
{
    int sent = 0;
    for (; rate_wait_ms(rate, of_user, now_ms) == 0 && sent < 10000; sent++)
        rate_take(rate, now_ms);
    return sent;
}

static void
polling_keeps_to_its_share_and_the_user_may_use_the_rest(void **state)
{
    (void)state;
    struct rate rate;
    rate_init(&rate, 1200, 0.5, 1000);
    assert_int_equal(spend(&rate, false, 1000), 600);
    assert_int_equal(spend(&rate, true, 1000), 600);
    assert_int_equal(spend(&rate, true, 1000), 0);
    assert_int_equal(rate_used_permille(&rate, 1000), 1000);
    assert_true(rate_wait_ms(&rate, false, 1000) > 50000);
    assert_in_range(rate_wait_ms(&rate, true, 1000), 50, 150);
}

static void
the_bucket_refills_at_the_share_of_the_limit(void **state)
{
    (void)state;
    struct rate rate;
    rate_init(&rate, 1200, 0.5, 0);
    spend(&rate, false, 0);
    assert_in_range(spend(&rate, false, 10000), 99, 101);
}

static void
headers_correct_limit_and_what_is_left(void **state)
{
    (void)state;
    struct rate rate;
    rate_init(&rate, 1200, 1, 0);
    rate_learn(&rate, &(struct rate_headers){.limit = 60, .window_ms = 60000, .remaining = 10}, 0);
    assert_int_equal(spend(&rate, false, 0), 10);

    rate_init(&rate, 60, 1, 0);
    rate_learn(&rate, &(struct rate_headers){.limit = 600, .remaining = 599}, 0);
    assert_int_equal(spend(&rate, false, 0), 599);

    rate_init(&rate, 1200, 0.5, 0);
    rate_learn(&rate, &(struct rate_headers){.limit = 1200, .remaining = 700}, 0);
    assert_int_equal(spend(&rate, false, 0), 100);
}

static void
nothing_goes_out_while_a_quota_is_blocked(void **state)
{
    (void)state;
    struct rate rate;
    rate_init(&rate, 1200, 1, 0);
    rate_block(&rate, 5000);
    assert_int_equal(rate_wait_ms(&rate, true, 1000), 4000);
    assert_int_equal(rate_wait_ms(&rate, false, 5000), 0);
}

static void
limit_headers_are_read_with_and_without_windows(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int64_t limit, window_ms;
    } cases[] = {
        {"60, 1200;window=60, 60;window=30", 60, 30000},
        {"1200", 1200, 0},
        {"", 0, 0},
        {"many", 0, 0},
        {"99999999999999999999", 10000000, 0},
        {"5,5", 5, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rate_headers headers = {0};
        rate_parse_limit(cases[i].text, &headers);
        assert_int_equal(headers.limit, cases[i].limit);
        assert_int_equal(headers.window_ms, cases[i].window_ms);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polling_keeps_to_its_share_and_the_user_may_use_the_rest),
        cmocka_unit_test(the_bucket_refills_at_the_share_of_the_limit),
        cmocka_unit_test(headers_correct_limit_and_what_is_left),
        cmocka_unit_test(nothing_goes_out_while_a_quota_is_blocked),
        cmocka_unit_test(limit_headers_are_read_with_and_without_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
