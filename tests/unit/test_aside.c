/* Who is spared which program, and for how long. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "expr/aside.h"

enum { PROGRAM = 7, OTHER_PROGRAM = 8, NOW = 1000 };

static struct asides asides;
static const char *why;

static int
forget(void **state)
{
    (void)state;
    memset(&asides, 0, sizeof asides);
    return 0;
}

static void
strike(uint64_t party, uint64_t subject, int64_t now_ms)
{
    const struct aside_key key = {PROGRAM, party, subject};
    aside_strike(&asides, &key, "it did not end", now_ms);
}

static enum aside_extent
find(uint64_t program, uint64_t party, uint64_t subject, int64_t now_ms)
{
    const struct aside_key key = {program, party, subject};
    return aside_find(&asides, &key, now_ms, &why);
}

static void
one_alert_sets_a_program_aside_for_itself_and_for_a_minute(void **state)
{
    (void)state;
    assert_int_equal(find(PROGRAM, 1, 1, NOW), ASIDE_NOT);
    for (int i = 0; i < 9; i++)
        strike(1, 1, NOW); /* however often */
    assert_int_equal(find(PROGRAM, 1, 1, NOW), ASIDE_SUBJECT);
    assert_string_equal(why, "it did not end");
    assert_int_equal(find(PROGRAM, 1, 2, NOW), ASIDE_NOT);
    assert_int_equal(find(PROGRAM, 2, 1, NOW), ASIDE_NOT);
    assert_int_equal(find(OTHER_PROGRAM, 1, 1, NOW), ASIDE_NOT);
    assert_int_equal(find(PROGRAM, 1, 1, NOW + ASIDE_MS - 1), ASIDE_SUBJECT);
    assert_int_equal(find(PROGRAM, 1, 1, NOW + ASIDE_MS), ASIDE_NOT);
}

static void
several_alerts_of_a_source_set_it_aside_for_that_source(void **state)
{
    (void)state;
    for (uint64_t alert = 0; alert < ASIDE_STRIKES; alert++) {
        assert_int_equal(find(PROGRAM, 1, 99, NOW), ASIDE_NOT);
        strike(1, alert, NOW + (int64_t)alert);
    }
    assert_int_equal(find(PROGRAM, 1, 99, NOW), ASIDE_PARTY);
    assert_int_equal(find(PROGRAM, 2, 99, NOW), ASIDE_NOT);
    assert_int_equal(find(PROGRAM, 1, 99, NOW + ASIDE_MS), ASIDE_NOT); /* the first is over */
}

static void
it_is_set_aside_for_everybody_only_when_it_gives_nobody_anything(void **state)
{
    (void)state;
    for (uint64_t party = 1; party <= ASIDE_STRIKES; party++)
        strike(party, 1, NOW);
    assert_int_equal(find(PROGRAM, 99, 1, NOW), ASIDE_EVERYBODY);
    assert_int_equal(find(OTHER_PROGRAM, 99, 1, NOW), ASIDE_NOT);
    aside_prove(&asides, OTHER_PROGRAM, NOW);
    assert_int_equal(find(PROGRAM, 99, 1, NOW), ASIDE_EVERYBODY);
    aside_prove(&asides, PROGRAM, NOW);
    assert_int_equal(find(PROGRAM, 99, 1, NOW), ASIDE_NOT);
    assert_int_equal(find(PROGRAM, 1, 1, NOW), ASIDE_SUBJECT);
}

static void
the_oldest_is_forgotten_for_another_one(void **state)
{
    (void)state;
    for (uint64_t party = 1; party <= ASIDES_MAX; party++) {
        aside_prove(&asides, PROGRAM, NOW);
        strike(party, 1, NOW);
    }
    assert_int_equal(find(PROGRAM, 1, 1, NOW), ASIDE_SUBJECT);
    strike(1000, 1, NOW);
    assert_int_equal(find(PROGRAM, 1, 1, NOW), ASIDE_NOT);
    assert_int_equal(find(PROGRAM, 2, 1, NOW), ASIDE_SUBJECT);
    assert_int_equal(find(PROGRAM, 1000, 1, NOW), ASIDE_SUBJECT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_alert_sets_a_program_aside_for_itself_and_for_a_minute, forget),
        cmocka_unit_test_setup(several_alerts_of_a_source_set_it_aside_for_that_source, forget),
        cmocka_unit_test_setup(it_is_set_aside_for_everybody_only_when_it_gives_nobody_anything,
                               forget),
        cmocka_unit_test_setup(the_oldest_is_forgotten_for_another_one, forget),
    };
    return cmocka_run_group_tests_name("who is spared which program", tests, NULL, NULL);
}
