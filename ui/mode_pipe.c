/* An item as JSON, piped to a command: what it printed, and how it ended. Leaving ends the command. */

#include <string.h>

#include "action/argument.h"
#include "base/clock.h"
#include "base/hook.h"
#include "base/text.h"
#include "ui/act_item.h"
#include "ui/app_internal.h"
#include "ui/markdown.h"

enum { WORDS_MAX = 64, OUTPUT_KEPT_BYTES = 64 * 1024, STATUS_MAX_BYTES = 400 };
#define DEADLINE_MS (30 * SECOND_MS)

struct pipe_state {
    struct app *app;
    struct hooks *hooks; /* the command, as long as it runs */
    const char *text;    /* what it printed; this and the next in mode->own */
    const char *status;
    enum role status_role;
    struct arena *own;
};

static void
ended(void *context, const struct hook_result *result)
{
    struct pipe_state *state = context;
    const bool ok = result->ended && result->exit_status == 0;
    state->text = arena_text(state->own, result->output);
    const char *how = result->ended
                          ? arena_printf(state->own, "ended with status %d", result->exit_status)
                          : text_clean(state->own, result->error.message, STATUS_MAX_BYTES);
    state->status =
        arena_printf(state->own, "%s%s%s", how, *state->text ? "" : "; it printed nothing",
                     result->is_cut ? arena_printf(state->own, "; this is the first %d KiB",
                                                   OUTPUT_KEPT_BYTES / 1024)
                                    : "");
    state->status_role = ok ? ROLE_MUTED : ROLE_PROBLEM;
    state->app->build_wanted = state->app->draw_wanted = true;
}

/* argument: the command, words as in the palette's line; there is no shell. */
static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct pipe_state *state = mode->state;
    const char **argv = arena_new_array(&mode->own, WORDS_MAX + 1, const char *), *word;
    const char *at = argument + strspn(argument, " ");
    const char *json;
    size_t len = 0;
    while (len < WORDS_MAX && argument_word(&at, &mode->own, &word))
        argv[len++] = word;
    if (*at || !len || !*argv[0]) {
        app_say(app, ROLE_PROBLEM,
                len < WORDS_MAX ? "pipe: to which command?" : "pipe: the command is too long");
        return false;
    }
    if (!item_json(app, &app->scratch, &json))
        return false;
    *state = (struct pipe_state){.app = app,
                                 .hooks = hooks_create(app->loop),
                                 .text = "",
                                 .status = "it runs; going back ends it",
                                 .status_role = ROLE_MUTED,
                                 .own = &mode->own};
    mode->title = text_clean(&mode->own, argument, STATUS_MAX_BYTES);
    const struct hook_call call = {.argv = argv,
                                   .input = arena_printf(&app->scratch, "%s\n", json),
                                   .timeout_ms = DEADLINE_MS,
                                   .kept_bytes = OUTPUT_KEPT_BYTES};
    return hooks_run(state->hooks, &call, ended, state); /* the only one: there is room */
}

static void
close(struct app *app, struct mode *mode)
{
    struct pipe_state *state = mode->state;
    (void)app;
    hooks_destroy(state->hooks);
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    const struct pipe_state *state = mode->state;
    struct table *table = &mode->table;
    (void)app;
    table_init(table, &mode->arena, cols, NULL, 0);
    table_wrap(table, "", state->status_role, 0, state->status);
    if (*state->text)
        markdown_put_code(table, 0, state->text);
}

const struct mode_ops mode_pipe = {
    .title = "Pipe",
    .place = PLACE_BODY,
    .state_size = sizeof(struct pipe_state),
    .open = open,
    .close = close,
    .build = build,
};

void
act_pipe(struct app *app, enum action_id action, const char *argument)
{
    if (app->settings.locked)
        app_say(app, ROLE_PROBLEM, "locked: no command is run");
    else if (*argument)
        (void)mode_open(app, &mode_pipe, argument); /* said why not */
    else
        (void)mode_open(app, &mode_palette,
                        arena_printf(&app->scratch, "%s ", action_info(action)->name));
}
