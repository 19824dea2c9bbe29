#include "ui/layout.h"

/* Bands are what lies side by side; neighbours share one border row. */
#define PANE_MIN_ROWS 3
#define STRIP_ROWS 2

static struct rect
inside_of(struct rect frame)
{
    return (struct rect){frame.row + 1, frame.col + 1, frame.rows - 2, frame.cols - 2};
}

static struct pane_place
framed(int row, int col, int rows, int cols)
{
    struct pane_place place = {.shown = true, .framed = true, .frame = {row, col, rows, cols}};
    place.inside = inside_of(place.frame);
    return place;
}

static enum size_class
size_of(int cols, int rows)
{
    if (cols < 40 || rows < 10)
        return SIZE_TINY;
    if (cols < 80)
        return SIZE_PHONE;
    if (cols >= 200 && rows >= 60)
        return SIZE_LARGE;
    if (cols >= 120 && rows >= 40)
        return SIZE_MEDIUM;
    return SIZE_SMALL;
}

/* One pane at a time, below a row of tabs and a short header. */
static void
lay_phone(struct layout *layout, struct layout_request request)
{
    layout->tabs = (struct rect){0, 0, 1, request.cols};
    layout->header = (struct rect){1, 0, 1, request.cols};
    struct pane_place *pane = &layout->panes[request.focus];
    pane->shown = true;
    pane->frame = pane->inside = (struct rect){2, 0, request.rows - 3, request.cols};
}

/*
 * Three bands, one above the other; the last holds two panes. Those that cannot have three rows shrink to their title,
 * the focused one last.
 */
static void
lay_small(struct layout *layout, struct layout_request request, int top, int bottom)
{
    int focus_band = request.focus < 2 ? request.focus : 2;
    int content = bottom - top - 4; /* three titles and the last border */
    int heights[3] = {0};

    int wanted = content / PANE_MIN_ROWS;
    bool open[3] = {false};
    open[focus_band] = true;
    for (int band = 0, left = wanted - 1; band < 3 && left > 0; band++) {
        if (open[band])
            continue;
        open[band] = true;
        left--;
    }

    /* 6 : 4 : 4 as in the sketch; what rounding leaves goes to the first open band. */
    static const int shares[3] = {6, 4, 4};
    int total = 0, given = 0, first = -1;
    for (int band = 0; band < 3; band++)
        total += open[band] ? shares[band] : 0;
    for (int band = 0; band < 3; band++) {
        if (!open[band])
            continue;
        heights[band] = content * shares[band] / total;
        if (heights[band] < PANE_MIN_ROWS && content >= PANE_MIN_ROWS)
            heights[band] = PANE_MIN_ROWS;
        given += heights[band];
        first = first < 0 ? band : first;
    }
    heights[first] += content - given;

    int row = top;
    for (int band = 0; band < 2; band++) {
        layout->panes[band] = framed(row, 0, heights[band] + 2, request.cols);
        row += heights[band] + 1;
    }
    int left_cols = (request.cols - 3) / 2 + 2;
    layout->panes[2] = framed(row, 0, heights[2] + 2, left_cols);
    layout->panes[3] = framed(row, left_cols - 1, heights[2] + 2, request.cols - left_cols + 1);
}

/* Two by two. */
static void
lay_medium(struct layout *layout, struct layout_request request, int top, int bottom)
{
    int content = bottom - top - 3;
    int low = content / 4 < PANE_MIN_ROWS ? PANE_MIN_ROWS : content / 4;
    int high = content - low;
    int left_cols = (request.cols - 3) * 60 / 100 + 2;
    int right_cols = request.cols - left_cols + 1;

    layout->panes[0] = framed(top, 0, high + 2, left_cols);
    layout->panes[1] = framed(top, left_cols - 1, high + 2, right_cols);
    layout->panes[2] = framed(top + high + 1, 0, low + 2, left_cols);
    layout->panes[3] = framed(top + high + 1, left_cols - 1, low + 2, right_cols);
}

/* Three above, the third being the detail; two below. */
static void
lay_large(struct layout *layout, struct layout_request request, int top, int bottom)
{
    int content = bottom - top - 3;
    int low = content * 3 / 10;
    int high = content - low;
    int text_cols = request.cols - 4;
    int first = text_cols * 38 / 100 + 2;
    int second = text_cols * 35 / 100 + 2;
    if (!request.preview) {
        first = (request.cols - 3) * 55 / 100 + 2;
        second = request.cols - first + 1;
    }
    int lower = (request.cols - 3) * 585 / 1000 + 2;

    layout->panes[0] = framed(top, 0, high + 2, first);
    layout->panes[1] = framed(top, first - 1, high + 2, second);
    if (request.preview)
        layout->detail =
            framed(top, first + second - 2, high + 2, request.cols - first - second + 2);
    layout->panes[2] = framed(top + high + 1, 0, low + 2, lower);
    layout->panes[3] = framed(top + high + 1, lower - 1, low + 2, request.cols - lower + 1);
}

struct layout
layout_compute(struct layout_request request)
{
    struct layout layout = {
        .size = size_of(request.cols, request.rows), .cols = request.cols, .rows = request.rows};
    int top = 1, bottom = request.rows - 1; /* first row of the body, first row below it */

    layout.header = (struct rect){0, 0, 1, request.cols};
    if (layout.size == SIZE_TINY)
        return layout;
    layout.footer = (struct rect){request.rows - 1, 0, 1, request.cols};
    if (layout.size == SIZE_PHONE) {
        lay_phone(&layout, request);
        return layout;
    }

    /* Small has a row for prompts once it is 24 high, and its strip hangs below the last border. */
    bool roomy = request.rows >= 24;
    if (layout.size == SIZE_SMALL && roomy)
        layout.prompt = (struct rect){--bottom, 0, 1, request.cols};
    if (request.preview && layout.size == SIZE_SMALL && request.rows >= 18) {
        bottom -= STRIP_ROWS + 1;
        layout.strip_frame = (struct rect){bottom - 1, 0, STRIP_ROWS + 2, request.cols};
        layout.strip = inside_of(layout.strip_frame);
    } else if (request.preview && layout.size == SIZE_MEDIUM) {
        bottom -= STRIP_ROWS;
        layout.strip = (struct rect){bottom, 0, STRIP_ROWS, request.cols};
    }

    if (request.zoomed)
        layout.panes[request.focus] = framed(top, 0, bottom - top, request.cols);
    else if (layout.size == SIZE_SMALL)
        lay_small(&layout, request, top, bottom);
    else if (layout.size == SIZE_MEDIUM)
        lay_medium(&layout, request, top, bottom);
    else
        lay_large(&layout, request, top, bottom);
    return layout;
}
