#pragma once

/*
 * One frame: header, panes, detail, footer, drawn on a canvas from what the console holds. No terminal in sight, so
 * whole screens can be compared in tests.
 */

#include "ui/mode.h"
#include "ui/view.h"

struct frame {
    const struct layout *layout;
    const struct view *views;   /* PANE_COUNT */
    const struct table *tables; /* PANE_COUNT; of those on screen */
    int focus;
    const struct snapshot *snap;
    const struct view_settings *settings;
    const char *title;   /* what the header calls this session */
    int64_t history_ms;  /* how far back history shall be; 0 = none */
    int64_t as_of;       /* the board as it was then; 0 = as it is */
    int64_t paused_at;   /* lists are held still since then; 0 = they are not */
    const char *message; /* "" = none */
    enum role message_role;
    const struct detail *detail;      /* of the item under the cursor */
    const struct table *detail_table; /* large: the detail pane */
    const struct mode *mode;          /* what has the keys; NULL = the panes */
    size_t new_items[PANE_COUNT];     /* that are not on screen */
};

/* Returns when something drawn will read differently (INT64_MAX = never). */
int64_t frame_draw(const struct frame *frame, int64_t now_ms, struct arena *scratch,
                   struct canvas *canvas);

/* How fresh everything on the panes is. What this key may not read does not count. */
struct freshness_summary frame_freshness(const struct snapshot *snap, int64_t now_ms);

/* Inside of a mode's box; its columns do not depend on its rows. */
struct rect frame_box_inside(const struct layout *layout, const struct mode *mode);
