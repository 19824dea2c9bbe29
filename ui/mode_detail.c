/*
 * All that is known of an item, over the panes: that under the cursor, or the one its argument names ("incident/01H…").
 * Enter on a fact goes on to what it is about, Esc comes back.
 */

#include "base/clock.h"
#include "ui/act_item.h"
#include "ui/app_internal.h"
#include "ui/detail.h"

struct detail_mode {
    const char *ref;      /* "" = what is under the cursor */
    struct detail detail; /* of the ref */
};

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct detail_mode *state = mode->state;
    struct error err = {0};
    state->ref = arena_text(&mode->own, argument);
    if (!*argument)
        return true;
    if (!reader_read(app->reader, argument, &state->detail, &err)) {
        app_say_failure(app, &err, "cannot read the details");
        return false;
    }
    if (*state->detail.id)
        return true;
    app_say(app, ROLE_MESSAGE, "that is not in the cache");
    arena_finish(&state->detail.arena);
    return false;
}

static void
close(struct app *app, struct mode *mode)
{
    struct detail_mode *state = mode->state;
    (void)app;
    arena_finish(&state->detail.arena);
}

const struct detail *
mode_detail_shown(struct app *app, const struct mode *mode)
{
    const struct detail_mode *state = mode->state;
    return *state->ref ? &state->detail : &app->detail;
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    detail_build(mode_detail_shown(app, mode), &app->settings, app_now_ms(app), &mode->arena, cols,
                 &mode->table);
}

static const struct detail_fact *
fact_chosen(struct app *app, const struct mode *mode)
{
    return detail_fact_of_row(mode_detail_shown(app, mode), mode_chosen(mode));
}

static void
accept(struct app *app, struct mode *mode)
{
    const struct detail_fact *fact = fact_chosen(app, mode);
    if (fact && *fact->ref)
        (void)mode_open(app, &mode_detail, arena_text(&app->scratch, fact->ref)); /* said why not */
    else if (fact && *fact->link)
        item_open_link(app, fact->link);
    else
        mode_close(app);
}

static bool
act(struct app *app, struct mode *mode, enum action_id action)
{
    const struct detail_fact *fact = fact_chosen(app, mode);
    if (action == ACTION_OPEN_LINK && fact && *fact->link)
        item_open_link(app, fact->link);
    else if (action == ACTION_OPEN_LINK || action == ACTION_COPY || action == ACTION_JSON)
        app_do(app, action, "");
    else
        return false;
    return true;
}

static const struct mode_hint hints[] = {{ACTION_OPEN, "follow"},
                                         {ACTION_OPEN_LINK, "link"},
                                         {ACTION_COPY, "copy"},
                                         {ACTION_JSON, "json"},
                                         {ACTION_COUNT, NULL}};

const struct mode_ops mode_detail = {
    .title = "Detail",
    .place = PLACE_BODY,
    .hints = hints,
    .state_size = sizeof(struct detail_mode),
    .open = open,
    .close = close,
    .build = build,
    .accept = accept,
    .act = act,
};
