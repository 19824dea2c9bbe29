/* The themes there are, to go on in other colours. */

#include <string.h>

#include "ui/app_internal.h"

#define NAME_COLS 20

static void
build(struct app *app, struct mode *mode, int cols)
{
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    for (const char *const *name = theme_names(); *name; name++) {
        table_line(&mode->table, *name);
        table_span(&mode->table, ROLE_STRONG, *name);
        if (text_equals(*name, app->options->profile->theme)) {
            table_pad_to(&mode->table, NAME_COLS);
            table_span(&mode->table, ROLE_MUTED, "the profile's");
        }
    }
}

static void
accept(struct app *app, struct mode *mode)
{
    const char *name = arena_text(&app->scratch, mode_chosen(mode));
    mode_close(app);
    if (*name)
        app_do(app, ACTION_THEME, name);
}

const struct mode_ops mode_themes = {
    .title = "Themes",
    .place = PLACE_LIST,
    .build = build,
    .accept = accept,
};
