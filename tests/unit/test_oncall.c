/* Who is on call, and what is wrong with a rota: hours counted from an arbitrary midnight. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "model/oncall.h"

#define AT(hour) (1000 * DAY_MS + (int64_t)((hour) * (double)HOUR_MS))
#define LEN(array) (sizeof(array) / sizeof(array)[0])

static struct schedule_entry
shift(const char *user, const char *layer, double from_hour, double to_hour)
{
    return (struct schedule_entry){.id = "",
                                   .schedule_id = "s",
                                   .list = "final",
                                   .rotation_id = "r",
                                   .layer_id = layer,
                                   .user_id = user,
                                   .user_name = user,
                                   .start_at = AT(from_hour),
                                   .end_at = AT(to_hour)};
}

static int
setup(void **state)
{
    static struct arena arena;
    *state = &arena;
    return 0;
}

static int
teardown(void **state)
{
    arena_finish(*state);
    return 0;
}

static void
a_run_goes_over_entry_borders_and_layers(void **state)
{
    (void)state;
    const struct schedule_entry
        final
            [] =
                {
                    shift("ana", "1", 0, 8),      shift("ben", "2", 0, 24),
                    shift("ana", "1", 8, 12),     shift("ana", "2", 11, 13),
                    shift("ana", "1", 13.01, 14), /* 36 s later: within the tolerance */
                    shift("cy", "1", 14, 15),     shift("ana", "1", 15, 16),
                };
    struct oncall_shifts shifts = {.final = final, .final_len = LEN(final)};
    assert_int_equal(oncall_until(&shifts, "ana", AT(1)), AT(14));
    assert_int_equal(oncall_until(&shifts, "ana", AT(15)), AT(16));
    assert_int_equal(oncall_until(&shifts, "cy", AT(1)), AT(1));
}

static void
the_end_of_a_shift_belongs_to_the_next_one(void **state)
{
    const struct schedule_entry final[] = {shift("ana", "1", 0, 8), shift("", "2", 0, 24),
                                           shift("ben", "1", 8, 12), shift("ben", "3", 8, 12)};
    struct oncall_shifts shifts = {.final = final, .final_len = LEN(final)};
    const struct schedule_entry *const *on_call;
    assert_int_equal(oncall_at(&shifts, AT(8), *state, &on_call), 1);
    assert_ptr_equal(on_call[0], &final[2]);
    assert_int_equal(oncall_at(&shifts, AT(7.999), *state, &on_call), 1);
    assert_ptr_equal(on_call[0], &final[0]);
    assert_int_equal(oncall_at(&shifts, AT(12), *state, &on_call), 0);
}

static void
next_skips_what_merely_continues(void **state)
{
    (void)state;
    const struct schedule_entry final[] = {
        shift("ana", "1", 9, 12),  shift("ana", "1", 12, 17), shift("", "1", 17, 20),
        shift("ana", "1", 33, 41), shift("ben", "1", 57, 65),
    };
    struct oncall_shifts shifts = {.final = final, .final_len = LEN(final)};
    assert_ptr_equal(oncall_next(&shifts, AT(10)), &final[3]);
    assert_ptr_equal(oncall_next_person(&shifts, AT(10)), &final[4]);
    assert_ptr_equal(oncall_next(&shifts, AT(8)), &final[0]);
    assert_ptr_equal(oncall_next(&shifts, AT(20)), &final[3]);
    assert_ptr_equal(oncall_next_person(&shifts, AT(20)), &final[3]);
    assert_null(oncall_next(&shifts, AT(60)));
}

static void
an_override_is_known_by_its_place_and_person(void **state)
{
    (void)state;
    const struct schedule_entry scheduled[] = {shift("ana", "1", 0, 24), shift("ben", "2", 0, 24)};
    const struct schedule_entry overrides[] = {shift("cy", "1", 8, 12)};
    const struct schedule_entry final[] = {
        shift("ana", "1", 0, 8),
        shift("ben", "2", 0, 24),
        shift("cy", "1", 8, 12),
        shift("ana", "1", 12, 24),
    };
    struct oncall_shifts shifts = {.final = final,
                                   .final_len = LEN(final),
                                   .scheduled = scheduled,
                                   .scheduled_len = LEN(scheduled),
                                   .overrides = overrides,
                                   .overrides_len = LEN(overrides)};
    assert_null(oncall_override_of(&shifts, &final[0]));
    assert_null(oncall_override_of(&shifts, &final[1]));
    assert_ptr_equal(oncall_override_of(&shifts, &final[2]), &overrides[0]);
    assert_ptr_equal(oncall_scheduled_instead(&shifts, &final[2]), &scheduled[0]);
}

static void
off_hours_are_no_gap_but_missing_and_empty_shifts_are(void **state)
{
    const struct schedule_entry scheduled[] = {shift("ana", "1", 9, 17), shift("ana", "1", 33, 41),
                                               shift("", "1", 57, 65), shift("ana", "1", 81, 89)};
    const struct schedule_entry final[] = {
        shift("ana", "1", 9, 17),    shift("ana", "1", 33, 36),
        shift("cy", "1", 36.01, 38), /* 36 s between the two are none either */
        shift("ben", "2", 38, 41),   /* another layer does not fill it */
        shift("", "1", 57, 65),      shift("", "1", 81, 83),   /* an override to nobody */
        shift("ana", "1", 83, 89),   shift("", "3", 100, 101), /* without any rule */
    };
    struct oncall_shifts shifts = {.final = final,
                                   .final_len = LEN(final),
                                   .scheduled = scheduled,
                                   .scheduled_len = LEN(scheduled)};
    const struct oncall_span *gaps;
    assert_int_equal(oncall_gaps(&shifts, AT(0), AT(200), *state, &gaps), 4);
    const double expected[][2] = {{38, 41}, {57, 65}, {81, 83}, {100, 101}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(gaps[i].kind, ONCALL_GAP);
        assert_int_equal(gaps[i].start_at, AT(expected[i][0]));
        assert_int_equal(gaps[i].end_at, AT(expected[i][1]));
        assert_string_equal(gaps[i].layer_id, i == 3 ? "3" : "1");
    }

    assert_int_equal(oncall_gaps(&shifts, AT(60), AT(62), *state, &gaps), 1);
    assert_int_equal(gaps[0].start_at, AT(60));
    assert_int_equal(gaps[0].end_at, AT(62));
    assert_int_equal(oncall_gaps(&shifts, AT(17), AT(33), *state, &gaps), 0);
}

static void
neighbouring_gaps_are_one(void **state)
{
    const struct schedule_entry scheduled[] = {shift("", "1", 0, 8), shift("", "2", 4, 6),
                                               shift("", "1", 8, 16)};
    struct oncall_shifts shifts = {.scheduled = scheduled, .scheduled_len = LEN(scheduled)};
    const struct oncall_span *gaps;
    assert_int_equal(oncall_gaps(&shifts, AT(0), AT(48), *state, &gaps), 2);
    assert_int_equal(gaps[0].end_at, AT(16));
    assert_string_equal(gaps[1].layer_id, "2");
}

static void
two_on_one_layer_and_one_on_two_layers_are_overlaps(void **state)
{
    const struct schedule_entry final[] = {
        shift("ana", "1", 0, 10),  shift("dee", "2", 0, 24),  shift("ben", "1", 8, 20),
        shift("ben", "1", 20, 24), shift("ben", "2", 22, 26), shift("cy", "1", 23.995, 30),
        shift("", "1", 0.5, 1),
    };
    struct schedule_entry ordered[LEN(final)];
    /* by start, as the store gives them */
    const size_t order[] = {0, 1, 6, 2, 3, 4, 5};
    for (size_t i = 0; i < LEN(final); i++)
        ordered[i] = final[order[i]];
    struct oncall_shifts shifts = {.final = ordered, .final_len = LEN(ordered)};
    const struct oncall_span *spans;
    assert_int_equal(oncall_overlaps(&shifts, AT(0), AT(48), *state, &spans), 3);

    assert_int_equal(spans[0].kind, ONCALL_DOUBLE);
    assert_int_equal(spans[0].start_at, AT(8));
    assert_int_equal(spans[0].end_at, AT(10));
    assert_string_equal(spans[0].user_id, "ana");
    assert_string_equal(spans[0].other_user_id, "ben");

    /* dee and ben share layer 2 while ben is on layer 1 as well */
    assert_int_equal(spans[1].start_at, AT(22));
    assert_int_equal(spans[1].end_at, AT(24));
    assert_int_equal(spans[2].start_at, AT(22));
    assert_int_equal(spans[2].end_at, AT(24));
    assert_int_not_equal(spans[1].kind, spans[2].kind);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_goes_over_entry_borders_and_layers),
        cmocka_unit_test(the_end_of_a_shift_belongs_to_the_next_one),
        cmocka_unit_test(next_skips_what_merely_continues),
        cmocka_unit_test(an_override_is_known_by_its_place_and_person),
        cmocka_unit_test(off_hours_are_no_gap_but_missing_and_empty_shifts_are),
        cmocka_unit_test(neighbouring_gaps_are_one),
        cmocka_unit_test(two_on_one_layer_and_one_on_two_layers_are_overlaps),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
