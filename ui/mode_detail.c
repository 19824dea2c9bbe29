/* The item under the cursor, opened: all that is known of it, over the panes. */

#include "base/clock.h"
#include "ui/app_internal.h"
#include "ui/detail.h"

static void
build(struct app *app, struct mode *mode, int cols)
{
    detail_build(&app->detail, &app->settings, clock_now_ms(), &mode->arena, cols, &mode->table);
}

const struct mode_ops mode_detail = {
    .title = "Detail",
    .place = PLACE_BODY,
    .build = build,
};
