/* When an incident's next update is due. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "model/update_due.h"

static void
a_rule_is_a_severity_and_a_span(void **state)
{
    static const char *const wrong[] = {"",     "1",     "1=",   "=1h",    "0=1h",
                                        "5=1h", "10=1h", "1=0s", "1=soon", "S1=1h"};
    int digit;
    int64_t span_ms;
    (void)state;
    assert_true(update_span_from_text("1=30m", &digit, &span_ms));
    assert_int_equal(digit, 1);
    assert_int_equal(span_ms, 30 * MINUTE_MS);
    assert_true(update_span_from_text("4=2d", &digit, &span_ms));
    assert_int_equal(digit, 4);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(update_span_from_text(wrong[i], &digit, &span_ms));
}

static void
it_is_due_so_long_after_the_last_one_or_after_its_beginning(void **state)
{
    static const struct update_spans spans = {{30 * MINUTE_MS, HOUR_MS}};
    static const struct update_spans none = {0};
    (void)state;
    assert_int_equal(update_due_at(&spans, "standard", "live", 1, 0, DAY_MS),
                     DAY_MS + 30 * MINUTE_MS);
    assert_int_equal(update_due_at(&spans, "", "live", 2, DAY_MS + HOUR_MS, DAY_MS),
                     DAY_MS + 2 * HOUR_MS);
    assert_int_equal(update_due_at(&none, "standard", "live", 1, 0, DAY_MS), 0);
}

static void
none_is_due_where_nobody_waits_for_it(void **state)
{
    static const struct update_spans spans = {{30 * MINUTE_MS, HOUR_MS}};
    static const char *const over[] = {"triage", "paused",   "learning", "closed",
                                       "merged", "declined", "canceled", ""};
    (void)state;
    for (size_t i = 0; i < sizeof over / sizeof *over; i++)
        assert_int_equal(update_due_at(&spans, "standard", over[i], 1, 0, DAY_MS), 0);
    assert_int_equal(update_due_at(&spans, "test", "live", 1, 0, DAY_MS), 0);
    assert_int_equal(update_due_at(&spans, "retrospective", "live", 1, 0, DAY_MS), 0);
    for (int digit = 0; digit <= 5; digit += digit ? 1 : 3) /* ungraded, S3 to S5 */
        assert_int_equal(update_due_at(&spans, "standard", "live", digit, 0, DAY_MS), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_a_severity_and_a_span),
        cmocka_unit_test(it_is_due_so_long_after_the_last_one_or_after_its_beginning),
        cmocka_unit_test(none_is_due_where_nobody_waits_for_it),
    };
    return cmocka_run_group_tests_name("update_due", tests, NULL, NULL);
}
