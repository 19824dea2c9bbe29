#include "ui/mode.h"

#include <stdio.h>
#include <string.h>

#include "ui/app_internal.h"

struct mode *
mode_now(struct app *app)
{
    return app->modes_len ? app->modes[app->modes_len - 1] : NULL;
}

static void
destroy(struct mode *mode)
{
    arena_finish(&mode->own);
    arena_finish(&mode->arena);
    memory_free(mode);
}

bool
mode_open(struct app *app, const struct mode_ops *ops, const char *argument)
{
    if (app->modes_len == MODES_MAX) {
        app_say(app, ROLE_PROBLEM, "too many open: step back with Esc first");
        return false;
    }
    struct mode *mode = memory_alloc(sizeof *mode);
    *mode = (struct mode){.ops = ops, .title = ops->title, .note_at = -1};
    mode->state = arena_alloc(&mode->own, ops->state_size + 1);
    if (ops->open && !ops->open(app, mode, argument)) {
        destroy(mode);
        return false;
    }
    app->modes[app->modes_len++] = mode;
    app->build_wanted = true;
    return true;
}

void
mode_close(struct app *app)
{
    struct mode *mode = mode_now(app);
    if (!mode)
        return;
    if (mode->ops->close)
        mode->ops->close(app, mode);
    app->modes_len--;
    destroy(mode);
    app->build_wanted = true;
    app->news_wanted = app->news_wanted || !app->modes_len; /* what came meanwhile */
}

void
mode_close_all(struct app *app)
{
    while (app->modes_len)
        mode_close(app);
}

const char *
mode_chosen(const struct mode *mode)
{
    size_t row = cursor_row(&mode->cursor, &mode->table);
    return row == SIZE_MAX ? "" : mode->table.rows[row].id;
}

void
mode_note(struct mode *mode, enum role role, int at, const char *text)
{
    (void)snprintf(mode->note, sizeof mode->note, "%s", text); /* a long one is cut */
    mode->note_role = role;
    mode->note_at = at;
}

void
mode_build(struct app *app)
{
    struct mode *mode = mode_now(app);
    if (!mode || !mode->ops->build)
        return;
    struct rect inside = frame_box_inside(&app->layout, mode);
    arena_reset(&mode->arena);
    mode->ops->build(app, mode, inside.cols);
    (void)cursor_follow(&mode->cursor, NULL, &mode->table);
    cursor_bind(&mode->cursor, &mode->table);
    cursor_scroll(&mode->cursor, &mode->table, frame_box_inside(&app->layout, mode).rows);
}

/* ---- keys ---- */

static void
accept(struct app *app, struct mode *mode)
{
    if (app->build_wanted) /* rows of what was typed before */
        app_build(app);
    if (mode->ops->accept)
        mode->ops->accept(app, mode);
    else
        mode_close(app);
}

static void
changed(struct app *app, struct mode *mode)
{
    mode_note(mode, ROLE_MUTED, -1, "");
    mode->cursor = (struct cursor){{0}, {0}, 0}; /* other rows: the first is the best */
    if (mode->ops->changed)
        mode->ops->changed(app, mode);
    app->build_wanted = true;
}

static bool
move(struct app *app, struct mode *mode, enum action_id action)
{
    if (app->build_wanted) /* rows of what was typed before */
        app_build(app);
    return act_on_cursor(&mode->cursor, &mode->table, action,
                         frame_box_inside(&app->layout, mode).rows);
}

static void
key_in_line(struct app *app, struct mode *mode, const char *key)
{
    /* While one types, the list is walked by what is no text. */
    static const struct {
        const char *key;
        enum action_id action;
    } walks[] = {
        {"Down", ACTION_DOWN},      {"Up", ACTION_UP},        {"Ctrl-N", ACTION_DOWN},
        {"Ctrl-P", ACTION_UP},      {"Tab", ACTION_DOWN},     {"S-Tab", ACTION_UP},
        {"PgDn", ACTION_PAGE_DOWN}, {"PgUp", ACTION_PAGE_UP},
    };
    enum line_answer answer = line_key(&mode->line, key);
    if (answer == LINE_CHANGED)
        changed(app, mode);
    if (answer != LINE_IGNORED)
        return;
    if (strcmp(key, "Enter") == 0)
        accept(app, mode);
    else if (strcmp(key, "Esc") == 0)
        mode_close(app);
    else if (strcmp(key, "Ctrl-L") == 0)
        app_do(app, ACTION_REPAINT, "");
    else if (!key[1] || !move(app, mode, keymap_action(key))) /* what the user bound comes first */
        for (size_t i = 0; i < sizeof walks / sizeof *walks; i++)
            if (strcmp(walks[i].key, key) == 0)
                (void)move(app, mode, walks[i].action); /* at an end it stays */
}

static void
key_in_box(struct app *app, struct mode *mode, const char *key)
{
    enum action_id action = keymap_action(key);
    if (action == ACTION_COUNT || move(app, mode, action))
        return;
    if (mode->ops->act && mode->ops->act(app, mode, action))
        return;
    switch ((int)action) {
    case ACTION_BACK:
    case ACTION_LEAVE:
        mode_close(app);
        break;
    case ACTION_OPEN:
        accept(app, mode);
        break;
    case ACTION_HELP:
        if (mode->ops == &mode_help)
            mode_close(app);
        else
            (void)mode_open(app, &mode_help, ""); /* said why not */
        break;
    default:
        if (action_info(action)->group == GROUP_PROGRAM)
            app_do(app, action, "");
        break;
    }
}

void
mode_key(struct app *app, const char *key)
{
    struct mode *mode = mode_now(app);
    app->draw_wanted = true;
    if (!mode->ops->label && app->build_wanted) /* keys may come before the box was ever drawn */
        app_build(app);
    if (mode->ops->key && mode->ops->key(app, mode, key))
        return;
    if (mode->ops->label)
        key_in_line(app, mode, key);
    else
        key_in_box(app, mode, key);
}

void
mode_paste(struct app *app, const char *text)
{
    struct mode *mode = mode_now(app);
    if (!mode || !mode->ops->label) {
        app_say(app, ROLE_MESSAGE, "pasted text went nowhere: no line is being typed");
        return;
    }
    if (line_insert(&mode->line, text))
        changed(app, mode);
    else
        mode_note(mode, ROLE_PROBLEM, -1, "the pasted text is too long for this line");
    app->draw_wanted = true;
}
