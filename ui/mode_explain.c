/* `:explain`: why an alert went where it went, in the words of the hub's note. Long lines go on under themselves. */

#include <string.h>

#include "action/explain.h"
#include "base/clock.h"
#include "ui/act_item.h"
#include "ui/app_internal.h"

struct explain_mode {
    const char *alert_id;
    struct arena arena; /* of the lines: read anew for each frame that needs it */
    const struct story_line *lines;
    size_t len;
};

static bool
read_story(struct app *app, struct explain_mode *state, struct error *err)
{
    arena_reset(&state->arena);
    return reader_explain(app->reader, state->alert_id, &state->arena, &state->lines, &state->len,
                          err);
}

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    static const char alert[] = "alert/";
    struct explain_mode *state = mode->state;
    const struct detail *detail = item_detail(app);
    struct error err = {0};
    (void)argument;
    if (strncmp(detail->ref, alert, strlen(alert)) != 0) {
        app_say(app, ROLE_MESSAGE, "only alerts are explained");
        return false;
    }
    state->alert_id = arena_text(&mode->own, detail->ref + strlen(alert));
    /* Notes are fetched now and then: this one's at once. */
    if (!reader_request(app->reader, "notes", state->alert_id, clock_now_ms(), &err) ||
        !read_story(app, state, &err)) {
        app_say_failure(app, &err, "cannot read the reasons");
        return false;
    }
    mode->title = arena_printf(&mode->own, "Why: %s", detail->title);
    return true;
}

static void
close(struct app *app, struct mode *mode)
{
    struct explain_mode *state = mode->state;
    (void)app;
    arena_finish(&state->arena);
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    static const enum role roles[] = {[STORY_HEADING] = ROLE_TITLE_FOCUS,
                                      [STORY_TEXT] = ROLE_TEXT,
                                      [STORY_YES] = ROLE_TEXT,
                                      [STORY_NO] = ROLE_MUTED};
    struct explain_mode *state = mode->state;
    struct table *table = &mode->table;
    struct error err;
    if (!read_story(app, state, &err)) /* the next frame may tell */
        state->len = 0;
    table_init(table, &mode->arena, cols, NULL, 0);
    if (state->len == 0)
        table_empty(table, ROLE_MUTED, "%s", explain_nothing);
    for (size_t i = 0; i < state->len; i++) {
        const struct story_line *line = &state->lines[i];
        bool is_heading = line->kind == STORY_HEADING;
        if (is_heading)
            table_line(table, "");
        /* What comes first says whether anybody was told at all. */
        table_wrap(table, arena_printf(table->arena, "%zu", i),
                   i == 0 ? ROLE_STRONG : roles[line->kind], is_heading || i == 0 ? 0 : 2,
                   line->text);
    }
}

const struct mode_ops mode_explain = {
    .title = "Why",
    .place = PLACE_BODY,
    .state_size = sizeof(struct explain_mode),
    .open = open,
    .close = close,
    .build = build,
};
