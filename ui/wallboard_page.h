#pragma once

/* Pages of the wallboard, drawn into a rectangle from what was read. No terminal in sight. */

#include "store/board.h"
#include "ui/view.h"

/* The console's panes that stand on them. */
enum { WALLBOARD_FEED = 0, WALLBOARD_CALENDAR = 2, WALLBOARD_FOLLOW_UPS = 3 };

enum wallboard_page { WALLBOARD_NOW, WALLBOARD_ROTA, WALLBOARD_BACKLOG, WALLBOARD_PAGES };

struct wallboard_frame {
    struct rect place;
    const struct board *board;
    const struct snapshot *snap;
    const struct view_settings *settings;
    const struct view *views;   /* PANE_COUNT */
    const struct table *tables; /* PANE_COUNT; of the page's pane */
    int64_t now_ms;
    unsigned flags; /* of numbers: CANVAS_DIM when they are too old to be believed */
    struct arena *scratch;
    struct canvas *canvas;
};

void wallboard_draw_now(const struct wallboard_frame *frame);
void wallboard_draw_rota(const struct wallboard_frame *frame);
void wallboard_draw_backlog(const struct wallboard_frame *frame);

/* What room the page's pane has in that place. */
struct rect wallboard_pane(enum wallboard_page page, struct rect place);
