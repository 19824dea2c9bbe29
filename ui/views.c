#include "ui/view.h"

const struct view_ops *const views[PANE_COUNT] = {
    &view_feed,
    &view_timeline,
    &view_rota,
    &view_follow_ups,
};
