#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "hub/hub.h"
#include "sync/plan.h"
#include "tests/support/sync_world.h"

/* A real hub, a server in between that can break things, and a real sync, in one loop. */

static void
one_pass_makes_the_cache_equal_to_upstream(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
    sync_world_assert_equal(world);
    assert_int_equal(outcome.counts[KIND_ALERT].inserted, WORLD_ALERTS);
    assert_int_equal(outcome.counts[KIND_INCIDENT].inserted, WORLD_INCIDENTS - 2);
}

static void
a_second_pass_changes_nothing_and_writes_no_row(void **state)
{
    struct sync_world *world = *state;
    struct sync_outcome outcome;
    sync_world_pass(world, &outcome);
    sync_world_pass(world, &outcome);
    sync_world_assert_complete(&outcome);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct keep_counts *count = &outcome.counts[kind];
        if (count->inserted || count->changed || count->deleted)
            fail_msg("%s: %lld new, %lld changed, %lld deleted", kind_info((enum kind)kind)->list,
                     (long long)count->inserted, (long long)count->changed, (long long)count->deleted);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_pass_makes_the_cache_equal_to_upstream, sync_world_open,
                                        sync_world_close),
        cmocka_unit_test_setup_teardown(a_second_pass_changes_nothing_and_writes_no_row, sync_world_open,
                                        sync_world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
