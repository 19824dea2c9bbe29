/* The profiles of the configuration, to go on with another. */

#include <string.h>

#include "ui/app_internal.h"
#include "ui/profiles.h"

#define NAME_COLS 20
#define URL_COLS 34

struct profiles_mode {
    const struct profile_state *states; /* as they were when the list was opened */
};

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct profiles_mode *profiles = mode->state;
    (void)argument;
    profiles->states = profiles_look(app->options->config, clock_now_ms(), &mode->own);
    return true;
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    const struct config *config = app->options->config;
    const struct profiles_mode *profiles = mode->state;
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    for (size_t i = 0; i < config->profiles_len; i++) {
        const struct profile *profile = &config->profiles[i];
        bool here = strcmp(profile->name, app->options->profile->name) == 0;
        table_line(&mode->table, profile->name);
        table_span(&mode->table, ROLE_STRONG, profile->name);
        table_pad_to(&mode->table, NAME_COLS);
        table_span(&mode->table, ROLE_TEXT, profile->url);
        table_pad_to(&mode->table, NAME_COLS + URL_COLS);
        table_span(&mode->table, ROLE_MUTED, profiles->states[i].text);
        if (profile->read_only)
            table_span(&mode->table, ROLE_MUTED, "  read-only");
        if (here)
            table_span(&mode->table, ROLE_MUTED, "  here now");
    }
}

static void
accept(struct app *app, struct mode *mode)
{
    const char *name = arena_text(&app->scratch, mode_chosen(mode));
    bool here = strcmp(name, app->options->profile->name) == 0;
    mode_close(app);
    if (*name && !here)
        app_do(app, ACTION_PROFILE, name);
}

static const struct mode_hint hints[] = {{ACTION_OPEN, "switch"}, {ACTION_COUNT, NULL}};

const struct mode_ops mode_profiles = {
    .title = "Profiles",
    .place = PLACE_LIST,
    .hints = hints,
    .state_size = sizeof(struct profiles_mode),
    .open = open,
    .build = build,
    .accept = accept,
};
