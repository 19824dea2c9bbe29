/* `f`: the saved views. One that no longer reads is shown with what is wrong, and kept. */

#include <stdio.h>
#include <string.h>

#include "action/argument.h"
#include "ui/app_internal.h"

#define NAME_COLS 22
#define PANE_COLS 12

struct views_state {
    char asks_for[SAVED_VIEW_NAME_MAX_BYTES + 1]; /* is it to be deleted? "" = not asked */
};

static void
ask(struct mode *mode, const char *name)
{
    struct views_state *state = mode->state;
    (void)snprintf(state->asks_for, sizeof state->asks_for, "%s", name); /* as long as names are */
}

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    (void)app;
    ask(mode, argument);
    (void)snprintf(mode->cursor.id, sizeof mode->cursor.id, "%s", argument); /* compared as far */
    return true;
}

static void
put_view(struct app *app, struct mode *mode, const struct saved_view *saved)
{
    const struct views_state *state = mode->state;
    struct table *table = &mode->table;
    struct filter_error problem;
    int pane = act_views_pane(saved);
    bool here = pane == app->focus;
    table_line(table, saved->name);
    table_span(table, here ? ROLE_STRONG : ROLE_TEXT, saved->name);
    table_pad_to(table, NAME_COLS);
    table_span(table, ROLE_TEXT, " ");
    if (strcmp(state->asks_for, saved->name) == 0) {
        table_span(table, ROLE_PROBLEM, "Delete this view? y/n");
        return;
    }
    table_span(table, ROLE_MUTED, saved->pane);
    table_pad_to(table, NAME_COLS + PANE_COLS);
    table_span(table, ROLE_TEXT, *saved->filter ? saved->filter : "everything");
    if (*saved->sort)
        table_span_printf(table, ROLE_MUTED, "   sort: %s", saved->sort);
    if (!act_views_check(app, saved, &problem))
        table_span_printf(table, ROLE_PROBLEM, "   %s", problem.message);
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    const struct saved_view *saved;
    size_t len;
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    if (!act_views_load(app, &mode->arena, &saved, &len))
        return;
    for (int other = 0; other <= 1; other++) /* those of this pane first */
        for (size_t i = 0; i < len; i++)
            if ((act_views_pane(&saved[i]) != app->focus) == other)
                put_view(app, mode, &saved[i]);
}

static void
accept(struct app *app, struct mode *mode)
{
    const char *name = arena_text(&app->scratch, mode_chosen(mode));
    mode_close(app);
    if (*name)
        app_do(app, ACTION_VIEW, argument_quote(name, &app->scratch));
}

static void
write_in_palette(struct app *app, const char *line)
{
    mode_close(app);
    (void)mode_open(app, &mode_palette, line); /* said why not */
}

static bool
answer(struct app *app, struct mode *mode, const char *name)
{
    struct views_state *state = mode->state;
    bool yes = strcmp(name, "y") == 0 || strcmp(name, "Y") == 0;
    if (!*state->asks_for)
        return false;
    if (yes)
        act_views_delete(app, state->asks_for);
    state->asks_for[0] = '\0'; /* any other key is a no */
    app->build_wanted = true;
    return true;
}

static bool
key(struct app *app, struct mode *mode, const char *name)
{
    const char *chosen = argument_quote(mode_chosen(mode), &app->scratch);
    if (answer(app, mode, name))
        return true;
    if (strcmp(name, "+") == 0) {
        write_in_palette(app, "view save ");
        return true;
    }
    if (!*mode_chosen(mode))
        return false;
    if (strcmp(name, "x") == 0) {
        ask(mode, mode_chosen(mode));
        app->build_wanted = true;
    } else if (strcmp(name, "e") == 0) {
        write_in_palette(app, arena_printf(&app->scratch, "view rename %s ", chosen));
    } else {
        return false;
    }
    return true;
}

const struct mode_ops mode_views = {
    .title = "Views   Enter shows, + saves this pane, e renames, x deletes",
    .place = PLACE_LIST,
    .state_size = sizeof(struct views_state),
    .open = open,
    .build = build,
    .accept = accept,
    .key = key,
};
