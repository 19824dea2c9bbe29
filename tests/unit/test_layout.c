#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/layout.h"

static void
assert_rect(struct rect rect, int row, int col, int rows, int cols)
{
    assert_int_equal(rect.row, row);
    assert_int_equal(rect.col, col);
    assert_int_equal(rect.rows, rows);
    assert_int_equal(rect.cols, cols);
}

static struct layout
layout_at(int cols, int rows)
{
    return layout_compute(
        (struct layout_request){.cols = cols, .rows = rows, .focus = 0, .preview = true});
}

static void
size_classes_begin_where_the_brief_says(void **state)
{
    (void)state;
    static const struct {
        int cols, rows;
        enum size_class size;
    } cases[] = {
        {39, 10, SIZE_TINY},    {40, 9, SIZE_TINY},     {40, 10, SIZE_PHONE},
        {79, 24, SIZE_PHONE},   {80, 10, SIZE_SMALL},   {80, 24, SIZE_SMALL},
        {120, 39, SIZE_SMALL},  {120, 40, SIZE_MEDIUM}, {199, 60, SIZE_MEDIUM},
        {200, 59, SIZE_MEDIUM}, {200, 60, SIZE_LARGE},  {240, 67, SIZE_LARGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(layout_at(cases[i].cols, cases[i].rows).size, cases[i].size);
}

static void
small_80x24_is_the_sketch(void **state)
{
    (void)state;
    struct layout layout = layout_at(80, 24);
    assert_rect(layout.header, 0, 0, 1, 80);
    assert_rect(layout.panes[0].inside, 2, 1, 6, 78);
    assert_rect(layout.panes[1].inside, 9, 1, 4, 78);
    assert_rect(layout.panes[2].inside, 14, 1, 4, 38);
    assert_rect(layout.panes[3].inside, 14, 40, 4, 39);
    assert_rect(layout.strip, 19, 1, 2, 78);
    assert_rect(layout.prompt, 22, 0, 1, 80);
    assert_rect(layout.footer, 23, 0, 1, 80);
}

static void
medium_120x40_is_the_sketch(void **state)
{
    (void)state;
    struct layout layout = layout_at(120, 40);
    assert_rect(layout.panes[0].inside, 2, 1, 25, 70);
    assert_rect(layout.panes[1].inside, 2, 72, 25, 47);
    assert_rect(layout.panes[2].inside, 28, 1, 8, 70);
    assert_rect(layout.panes[3].inside, 28, 72, 8, 47);
    assert_rect(layout.strip, 37, 0, 2, 120);
    assert_rect(layout.footer, 39, 0, 1, 120);
}

static void
large_200x60_is_the_sketch(void **state)
{
    (void)state;
    struct layout layout = layout_at(200, 60);
    assert_rect(layout.panes[0].inside, 2, 1, 39, 74);
    assert_rect(layout.panes[1].inside, 2, 76, 39, 68);
    assert_rect(layout.detail.inside, 2, 145, 39, 54);
    assert_rect(layout.panes[2].inside, 42, 1, 16, 115);
    assert_rect(layout.panes[3].inside, 42, 117, 16, 82);
    assert_rect(layout.footer, 59, 0, 1, 200);
    assert_int_equal(layout.strip.rows, 0);
}

static void
panes_keep_three_rows_or_collapse_and_never_leave_the_screen(void **state)
{
    (void)state;
    for (int rows = 10; rows < 75; rows++)
        for (int cols = 40; cols < 250; cols += 7)
            for (int choice = 0; choice < 16; choice++) {
                struct layout layout =
                    layout_compute((struct layout_request){.cols = cols,
                                                           .rows = rows,
                                                           .focus = choice & 3,
                                                           .zoomed = choice & 4,
                                                           .preview = choice & 8});
                for (int pane = 0; pane < PANE_COUNT; pane++) {
                    const struct pane_place *place = &layout.panes[pane];
                    if (!place->shown)
                        continue;
                    assert_true(place->inside.rows == 0 || place->inside.rows >= 3);
                    assert_true(place->frame.row >= 1);
                    assert_true(place->frame.row + place->frame.rows <= layout.footer.row);
                    assert_true(place->frame.col >= 0);
                    assert_true(place->frame.col + place->frame.cols <= cols);
                }
                assert_true(layout.panes[choice & 3].shown);
                assert_true(layout.panes[choice & 3].inside.rows >= 3);
            }
}

static void
zoom_gives_the_focused_pane_the_whole_body(void **state)
{
    (void)state;
    struct layout layout = layout_compute((struct layout_request){
        .cols = 120, .rows = 40, .focus = 2, .zoomed = true, .preview = true});
    assert_rect(layout.panes[2].frame, 1, 0, 36, 120);
    assert_false(layout.panes[0].shown);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_classes_begin_where_the_brief_says),
        cmocka_unit_test(small_80x24_is_the_sketch),
        cmocka_unit_test(medium_120x40_is_the_sketch),
        cmocka_unit_test(large_200x60_is_the_sketch),
        cmocka_unit_test(panes_keep_three_rows_or_collapse_and_never_leave_the_screen),
        cmocka_unit_test(zoom_gives_the_focused_pane_the_whole_body),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
