#pragma once

/*
 * One pure function maps (columns, rows, focus, zoom, preview) to rectangles, and every drawing routine uses only its
 * result. Frames share their borders: neighbouring frames overlap by one column or row.
 */

#include <stdbool.h>

#include "ui/canvas.h"

enum size_class { SIZE_TINY, SIZE_PHONE, SIZE_SMALL, SIZE_MEDIUM, SIZE_LARGE };

#define PANE_COUNT 4

struct layout_request {
    int cols, rows;
    int focus; /* 0-3 */
    bool zoomed;
    bool preview; /* the detail strip or pane is wanted */
};

struct pane_place {
    bool shown;
    bool framed;        /* has borders; phone panes have none */
    struct rect frame;  /* borders included */
    struct rect inside; /* rows = 0: collapsed to its title */
};

struct layout {
    enum size_class size;
    int cols, rows;
    struct rect tabs; /* phone only; rows = 0: not there, here and below */
    struct rect header;
    struct rect
        prompt; /* messages and prompts; where it has no row of its own they take the footer's */
    struct rect footer;
    struct rect strip; /* text of the detail strip */
    struct rect strip_frame;
    struct pane_place panes[PANE_COUNT];
    struct pane_place detail; /* large only */
};

struct layout layout_compute(struct layout_request request);
