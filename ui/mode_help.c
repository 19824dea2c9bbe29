/*
 * `?`: what can be done here. First what is special to the pane in focus, then the rest by groups, then what other panes
 * have of their own, and what the letters mean. `/` looks for words.
 */

#include <string.h>

#include "base/text.h"
#include "ui/app_internal.h"
#include "ui/keymap.h"

#define KEYS_COLS 14
#define KEYS_COLS_NARROW 8
#define NAME_COLS 18
#define NAMES_FROM_COLS 60

static const struct mode_ops mode_help_typed;

struct help {
    struct app *app;
    struct table *table;
    const char *sought; /* lower case; "" = everything */
    bool has_head;
    const char *head;
};

/* ---- looking for words ---- */

static bool
has_word(const char *text, const char *sought)
{
    return !*sought || strcasestr(text, sought) != NULL;
}

/* A heading stands only over lines that are shown. */
static void
put_head(struct help *help)
{
    struct arena *arena = help->table->arena;
    if (help->has_head)
        return;
    if (help->table->rows_len)
        table_line(help->table, arena_printf(arena, "gap/%s", help->head));
    table_line(help->table, arena_printf(arena, "head/%s", help->head));
    table_span(help->table, ROLE_TITLE_FOCUS, help->head);
    help->has_head = true;
}

static void
begin(struct help *help, const char *head)
{
    help->head = head;
    help->has_head = false;
}

/* A narrow screen has no column of names. */
static bool
is_narrow(const struct table *table)
{
    return table->cols < NAMES_FROM_COLS;
}

static void
pad_keys(struct table *table)
{
    table_pad_to(table, (is_narrow(table) ? KEYS_COLS_NARROW : KEYS_COLS) - 1);
}

/* ---- actions ---- */

/* Why it cannot be done now; "" = it can. */
static const char *
refusal(const struct app *app, enum action_id action, struct arena *arena)
{
    char key[KEY_NAME_SIZE];
    if (action_allowed(action, app->settings.read_only))
        return "";
    if (app->settings.locked)
        return arena_printf(arena, "locked: %s twice unlocks", keymap_hint(ACTION_LOCK, key));
    return "this session is read-only";
}

static void
put_action(struct help *help, const struct action_info *info, const char *where)
{
    struct table *table = help->table;
    char keys[KEYS_TEXT_SIZE];
    keymap_keys(info->action, keys);
    const char *why = refusal(help->app, info->action, table->arena);
    const char *all =
        arena_printf(table->arena, "%s %s %s %s", keys, info->name, info->help, where);
    if (!has_word(all, help->sought))
        return;
    put_head(help);
    table_line(table, info->name);
    table_span(table, *why ? ROLE_MUTED : ROLE_HINT_KEY,
               *keys              ? keys
               : is_narrow(table) ? arena_printf(table->arena, ":%s", info->name)
                                  : ":");
    pad_keys(table);
    table_span(table, ROLE_TEXT, " ");
    table_span(table, *why || *where ? ROLE_MUTED : ROLE_TEXT, info->help);
    if (*why)
        table_span_printf(table, ROLE_PROBLEM, " (%s)", why);
    if (!is_narrow(table) && table_room(table) > NAME_COLS + 2) {
        table_pad_to(table, table->cols - NAME_COLS - 2);
        table_span(table, ROLE_MUTED, info->name);
    }
}

static bool
is_special(const struct action_info *info)
{
    return info->kinds != ON_NOTHING && (info->kinds & ON_ANY) != ON_ANY;
}

static void
put_here(struct help *help)
{
    const struct view *view = &help->app->views[help->app->focus];
    begin(help, arena_printf(help->table->arena, "Only in %s", view->ops->title));
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        if (is_special(info) && info->kinds & view->ops->kinds)
            put_action(help, info, "");
    }
}

static void
put_group(struct help *help, enum action_group group)
{
    begin(help, action_group_title(group));
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        if (info->group == group && !is_special(info))
            put_action(help, info, "");
    }
}

static void
put_elsewhere(struct help *help)
{
    unsigned here = help->app->views[help->app->focus].ops->kinds;
    begin(help, "In other panes");
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        if (!is_special(info) || info->kinds & here)
            continue;
        for (int pane = 0; pane < PANE_COUNT; pane++)
            if (views[pane]->kinds & info->kinds) {
                put_action(help, info, views[pane]->title);
                break;
            }
    }
}

/* ---- what the letters mean ---- */

struct sign {
    const char *letter;
    enum role role;
    const char *meaning;
};

static void
put_signs(struct help *help, const char *head, const struct sign *signs, size_t len)
{
    struct table *table = help->table;
    begin(help, head);
    for (size_t i = 0; i < len; i++) {
        if (!has_word(signs[i].meaning, help->sought))
            continue;
        put_head(help);
        table_line(table, arena_printf(table->arena, "sign/%s/%s", head, signs[i].letter));
        table_span(table, signs[i].role, signs[i].letter);
        pad_keys(table);
        table_span(table, ROLE_TEXT, " ");
        table_span(table, ROLE_TEXT, signs[i].meaning);
    }
}

static void
put_legend(struct help *help)
{
    static const struct sign marks[] = {
        {">", ROLE_STRONG, "the cursor"},
        {"+", ROLE_STRONG, "selected"},
        {"*", ROLE_STRONG, "changed a moment ago"},
        {".", ROLE_STRONG, "new since you last looked"},
        {"x", ROLE_MUTED, "no longer in the list; it stands here until you stop choosing"},
        {"~", ROLE_TEXT, "cut here; in front of a time: first seen about then"},
        {"?", ROLE_STATE_STALE, "behind a number: the data is old, it may be wrong"},
    };
    static const struct sign states[] = {
        {"S1 S2 S3 S4", ROLE_SEVERITY_2, "severity, S1 the most severe"},
        {"F", ROLE_STATE_FIRING, "firing, nobody has it"},
        {"A", ROLE_STATE_ACKNOWLEDGED, "acknowledged"},
        {"Z", ROLE_STATE_SNOOZED, "snoozed"},
        {"R", ROLE_STATE_RESOLVED, "resolved"},
        {"M", ROLE_STATE_SUPPRESSED, "suppressed by maintenance"},
        {"!", ROLE_LATE, "a follow-up that is late"},
        {"GAP", ROLE_GAP, "nobody is on call"},
        {"*", ROLE_OVERRIDE, "in the rota: an override"},
    };
    put_signs(help, "In front of rows", marks, sizeof marks / sizeof *marks);
    put_signs(help, "States", states, sizeof states / sizeof *states);
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct help help = {.app = app, .table = &mode->table, .sought = mode->line.text};
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    put_here(&help);
    for (int group = 0; group <= GROUP_PROGRAM; group++)
        put_group(&help, (enum action_group)group);
    put_elsewhere(&help);
    put_legend(&help);
    if (!mode->table.rows_len)
        table_empty(&mode->table, ROLE_MUTED, "No action, key or sign has these words.");
}

/* `/` begins to look for words; Enter leaves what was found to be walked. */
static bool
key(struct app *app, struct mode *mode, const char *name)
{
    if (strcmp(name, "/") != 0)
        return false;
    mode->ops = &mode_help_typed;
    app->build_wanted = true;
    return true;
}

static void
walk(struct app *app, struct mode *mode)
{
    mode->ops = &mode_help;
    app->build_wanted = true;
}

const struct mode_ops mode_help = {
    .title = "Help",
    .place = PLACE_BODY,
    .line_hints = "/ find",
    .build = build,
    .key = key,
};

static const struct mode_ops mode_help_typed = {
    .title = "Help",
    .place = PLACE_BODY,
    .label = "/",
    .line_hints = "Enter keep|Esc close",
    .build = build,
    .accept = walk,
};
