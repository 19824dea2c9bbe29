/* `s`: the orders a pane's list can have. */

#include <stdio.h>

#include "ui/app_internal.h"

#define NAME_COLS 12

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    const struct sort *sort = app->views[app->focus].query.sort;
    (void)argument;
    (void)snprintf(mode->cursor.id, sizeof mode->cursor.id, "%s", sort->name); /* names are short */
    return true;
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    const struct query *query = &app->views[app->focus].query;
    size_t len;
    const struct sort *sorts = sorts_of(query->sort->kind, &len);
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    for (size_t i = 0; i < len; i++) {
        bool now = &sorts[i] == query->sort;
        table_line(&mode->table, sorts[i].name);
        table_span(&mode->table, ROLE_MESSAGE, now ? "* " : "  ");
        table_span(&mode->table, ROLE_STRONG, sorts[i].name);
        table_pad_to(&mode->table, NAME_COLS);
        table_span(&mode->table, ROLE_TEXT, sorts[i].help);
    }
}

static void
accept(struct app *app, struct mode *mode)
{
    const char *name = arena_text(&app->scratch, mode_chosen(mode));
    mode_close(app);
    if (*name)
        app_do(app, ACTION_SORT, name);
}

static const struct mode_hint hints[] = {{ACTION_OPEN, "choose"}, {ACTION_COUNT, NULL}};

const struct mode_ops mode_sort = {
    .title = "Order",
    .place = PLACE_LIST,
    .hints = hints,
    .open = open,
    .build = build,
    .accept = accept,
};
