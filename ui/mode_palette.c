/* `:`: any action by its name, found by a few of its letters; what follows the name is its argument. */

#include <stdlib.h>
#include <string.h>

#include "ui/app_internal.h"
#include "ui/fuzzy.h"

#define KEYS_COLS 14
#define NAME_COLS 20

struct match {
    enum action_id action;
    int score;
};

static int
by_score(const void *a, const void *b)
{
    const struct match *left = a, *right = b;
    return left->score != right->score ? (left->score < right->score ? 1 : -1)
                                       : (int)left->action - (int)right->action;
}

/* The first word of the line; the argument begins behind it. */
static const char *
typed_name(const struct mode *mode, struct arena *arena, const char **argument)
{
    size_t len = strcspn(mode->line.text, " ");
    *argument = mode->line.text + len + strspn(mode->line.text + len, " ");
    return arena_text_len(arena, mode->line.text, len);
}

static size_t
find(const char *name, struct match matches[ACTION_COUNT])
{
    size_t len = 0;
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        int score = fuzzy_score(name, info->name);
        int by_help = fuzzy_score(name, info->help);
        if (strcmp(name, info->name) == 0)
            score = 1 << 24;
        else if (score < 0 && by_help >= 0)
            score = by_help / 8; /* the name counts most */
        if (score >= 0)
            matches[len++] = (struct match){info->action, score};
    }
    qsort(matches, len, sizeof *matches, by_score);
    return len;
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct match matches[ACTION_COUNT];
    char keys[KEYS_TEXT_SIZE];
    const char *argument;
    (void)app;
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    size_t len = find(typed_name(mode, &mode->arena, &argument), matches);
    for (size_t i = 0; i < len; i++) {
        const struct action_info *info = action_info(matches[i].action);
        table_line(&mode->table, info->name);
        table_span(&mode->table, ROLE_STRONG, info->name);
        if (*info->argument)
            table_span_printf(&mode->table, ROLE_MUTED, " %s", info->argument);
        table_pad_to(&mode->table, NAME_COLS);
        table_span(&mode->table, ROLE_HINT_KEY, keymap_keys(info->action, keys));
        table_pad_to(&mode->table, NAME_COLS + KEYS_COLS);
        table_span(&mode->table, ROLE_TEXT, info->help);
    }
    if (len == 0)
        table_empty(&mode->table, ROLE_PROBLEM, "No action is called that.");
}

/* What only another pane can do is done there. */
static void
go_where_it_works(struct app *app, enum action_id action)
{
    unsigned kinds = action_info(action)->kinds;
    if (kinds == ON_NOTHING || kinds & app->views[app->focus].ops->kinds)
        return;
    for (int pane = 0; pane < PANE_COUNT; pane++)
        if (kinds & app->views[pane].ops->kinds) {
            app_do(app, (enum action_id)(ACTION_PANE_1 + pane), "");
            return;
        }
}

static void
accept(struct app *app, struct mode *mode)
{
    const char *argument, *chosen = mode_chosen(mode);
    (void)typed_name(mode, &mode->own, &argument);
    enum action_id action = action_from_name(chosen);
    if (!*chosen || action == ACTION_COUNT)
        return; /* the box says that there is none */
    argument = arena_text(&app->scratch, argument);
    mode_close(app);
    go_where_it_works(app, action);
    app_do(app, action, argument);
}

const struct mode_ops mode_palette = {
    .title = "Actions",
    .place = PLACE_LIST,
    .label = ":",
    .line_hints = "Enter run|Tab next|Esc cancel",
    .build = build,
    .accept = accept,
};
