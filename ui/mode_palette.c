/*
 * `:`: any action by its name, found by a few of its letters; what follows the name is its argument, completed by Tab. What
 * was used before comes first.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/app_internal.h"
#include "ui/argument_complete.h"
#include "ui/fuzzy.h"
#include "ui/tab.h"

#define KEYS_COLS 14
#define NARROW_COLS 60
#define NARROW_NAME_COLS 14
#define NARROW_KEYS_COLS 7
#define RECENT_MAX 5
#define RECENT_ID ':' /* in front of a recent line, as the id of its row */
#define CANDIDATE_COLS 26
#define NAME_COLS 20

struct palette_state {
    struct tab tab;
    struct line_history_walk walk;
    struct completion completion; /* in mode->arena; of the argument */
    size_t argument_at;           /* where the argument begins; 0 = the name is being typed */
};

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

/* The line's name, and the argument behind it. */
static const char *
split(const char *line, struct arena *arena, const char **argument)
{
    size_t len = strcspn(line, " ");
    *argument = line + len + strspn(line + len, " ");
    return arena_text_len(arena, line, len);
}

/* One used lately comes before others that match as well. */
static int
recency(const struct app *app, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < app->commands.len; i++)
        if (strncmp(app->commands.items[i], name, len) == 0 &&
            (!app->commands.items[i][len] || app->commands.items[i][len] == ' '))
            return (int)(LINE_HISTORY_MAX - i);
    return 0;
}

static size_t
find(const struct app *app, const char *name, struct match matches[ACTION_COUNT])
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
        if (!*name)              /* how one moves is known */
            score = info->group != GROUP_MOVE;
        if (score >= 0)
            matches[len++] = (struct match){info->action, score + recency(app, info->name)};
    }
    qsort(matches, len, sizeof *matches, by_score);
    return len;
}

/* ---- rows ---- */

static void
put_action(struct table *table, const struct action_info *info)
{
    char keys[KEYS_TEXT_SIZE];
    bool narrow = table->cols < NARROW_COLS;
    table_line(table, info->name);
    table_span(table, ROLE_STRONG, info->name);
    table_pad_to(table, narrow ? NARROW_NAME_COLS : NAME_COLS);
    table_span(table, ROLE_HINT_KEY,
               narrow ? keymap_hint(info->action, keys) : keymap_keys(info->action, keys));
    table_pad_to(table, narrow ? NARROW_NAME_COLS + NARROW_KEYS_COLS : NAME_COLS + KEYS_COLS);
    if (info->class != CLASS_READ)
        table_span(table, ROLE_MESSAGE, "writes  ");
    table_span(table, ROLE_TEXT, info->help);
    if (*info->argument)
        table_span_printf(table, ROLE_MUTED, "   %s", info->argument);
}

static void
put_recent(const struct app *app, struct table *table)
{
    for (size_t i = 0; i < app->commands.len && i < RECENT_MAX; i++) {
        const char *line = app->commands.items[i], *argument;
        const char *name = split(line, table->arena, &argument);
        table_line(table, arena_printf(table->arena, "%c%s", RECENT_ID, line));
        table_span(table, ROLE_STRONG, name);
        if (*argument)
            table_span_printf(table, ROLE_TEXT, " %s", argument);
        table_pad_to(table, NAME_COLS + KEYS_COLS);
        table_span(table, ROLE_MUTED, "used lately");
    }
}

static void
build_names(struct app *app, struct mode *mode, const char *name)
{
    struct match matches[ACTION_COUNT] = {0};
    size_t len = find(app, name, matches);
    if (!*name)
        put_recent(app, &mode->table);
    for (size_t i = 0; i < len; i++)
        put_action(&mode->table, action_info(matches[i].action));
    if (len == 0)
        table_empty(&mode->table, ROLE_PROBLEM, "No action is called that.");
}

static void
build_candidates(struct app *app, struct mode *mode, enum action_id action)
{
    struct palette_state *state = mode->state;
    const char *text = tab_text(&state->tab, &mode->line);
    size_t caret = tab_caret(&state->tab, &mode->line);
    size_t at = state->argument_at;
    struct completion *completion = &state->completion;
    argument_complete(app, action_info(action)->argument, text + at, caret > at ? caret - at : 0,
                      &mode->arena, completion);
    completion->at += at;
    for (size_t i = 0; i < completion->candidates_len; i++) {
        const struct filter_candidate *candidate = &completion->candidates[i];
        table_line(&mode->table, candidate->text);
        table_span(&mode->table, ROLE_STRONG, candidate->text);
        table_pad_to(&mode->table, CANDIDATE_COLS);
        table_span(&mode->table, ROLE_TEXT, "  ");
        table_span(&mode->table, ROLE_MUTED, candidate->help);
    }
    if (completion->candidates_len == 0)
        put_action(&mode->table, action_info(action));
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct palette_state *state = mode->state;
    const char *argument, *text = tab_text(&state->tab, &mode->line);
    const char *name = split(text, &mode->arena, &argument);
    enum action_id action = action_from_name(name);
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    state->completion = (struct completion){.prefix = ""};
    state->argument_at = 0;
    if (text[strlen(name)] && action != ACTION_COUNT) {
        state->argument_at = (size_t)(argument - text);
        build_candidates(app, mode, action);
    } else {
        build_names(app, mode, name);
    }
}

/* ---- keys ---- */

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    app_recall_lines(app);
    line_set(&mode->line, argument);
    return true;
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
run_line(struct app *app, const char *line)
{
    const char *argument;
    enum action_id action = action_from_name(split(line, &app->scratch, &argument));
    if (action == ACTION_COUNT)
        return; /* the box says that there is none */
    if (action != ACTION_FILTER &&
        action != ACTION_PALETTE) /* which keeps what it was given itself */
        app_note_line(app, line);
    go_where_it_works(app, action);
    app_do(app, action, argument);
}

static void
accept(struct app *app, struct mode *mode)
{
    struct palette_state *state = mode->state;
    const char *chosen = mode_chosen(mode);
    const char *line = arena_text(&app->scratch, mode->line.text);
    if (!state->argument_at) {
        const char *argument;
        (void)split(line, &app->scratch, &argument);
        if (!*chosen)
            return; /* the box says that there is none */
        line = *chosen == RECENT_ID ? arena_text(&app->scratch, chosen + 1)
               : *argument          ? arena_printf(&app->scratch, "%s %s", chosen, argument)
                                    : arena_text(&app->scratch, chosen);
    }
    mode_close(app);
    run_line(app, line);
}

static void
complete_name(struct app *app, struct mode *mode)
{
    const char *chosen = mode_chosen(mode);
    if (!*chosen)
        return;
    enum action_id action = action_from_name(chosen);
    bool goes_on = action != ACTION_COUNT && *action_info(action)->argument;
    const char *text = *chosen == RECENT_ID ? chosen + 1 : chosen;
    line_set(&mode->line, arena_printf(&app->scratch, goes_on ? "%s " : "%s", text));
}

static void
complete(struct app *app, struct mode *mode, int direction)
{
    struct palette_state *state = mode->state;
    const char *text = NULL;
    if (!state->argument_at)
        complete_name(app, mode);
    else
        text = tab_step(&state->tab, &mode->line, &state->completion, direction);
    mode->cursor = (struct cursor){{0}, {0}, 0};
    if (text)
        (void)snprintf(mode->cursor.id, sizeof mode->cursor.id, "%s", text); /* compared as far */
}

/* What is typed behind an action that has a form goes on there, in the editor. */
static void
edit(struct app *app, struct mode *mode)
{
    const char *argument, *line = arena_text(&app->scratch, mode->line.text);
    enum action_id action = action_from_name(split(line, &app->scratch, &argument));
    if (action == ACTION_COUNT || !form_of(action)) {
        mode_note(mode, ROLE_PROBLEM, -1, "only for what has a form: note, update, declare");
        return;
    }
    mode_close(app);
    go_where_it_works(app, action);
    app_do(app, ACTION_EDIT, line);
}

static bool
key(struct app *app, struct mode *mode, const char *name)
{
    struct palette_state *state = mode->state;
    bool forth = strcmp(name, "Tab") == 0;
    if (forth || strcmp(name, "S-Tab") == 0) {
        if (app->build_wanted) /* rows of what was typed before */
            app_build(app);
        complete(app, mode, forth ? 1 : -1);
        app->build_wanted = true;
        return true;
    }
    state->tab.cycling = false;
    if (strcmp(name, "Ctrl-O") == 0) {
        edit(app, mode);
        return true;
    }
    bool older = strcmp(name, "Ctrl-P") == 0, newer = strcmp(name, "Ctrl-N") == 0;
    if (!older && !newer)
        return false;
    (void)line_history_step(&app->commands, &state->walk, older ? 1 : -1, &mode->line);
    mode->cursor = (struct cursor){{0}, {0}, 0};
    app->build_wanted = true;
    return true;
}

const struct mode_ops mode_palette = {
    .title = "Actions",
    .place = PLACE_LIST,
    .label = ":",
    .line_hints = "Enter run|Tab next|Esc cancel",
    .state_size = sizeof(struct palette_state),
    .open = open,
    .build = build,
    .accept = accept,
    .key = key,
};
