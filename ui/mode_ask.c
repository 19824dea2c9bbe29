/* The question before something is sent: y, or what has to be typed. Enter alone is never yes. */

#include <string.h>

#include "base/text.h"
#include "ui/app_internal.h"

enum { TITLES_SHOWN = 5, SKIPPED_SHOWN = 5, TITLE_MAX_BYTES = 200 };

static void
put_row(struct table *table, const char *id, enum role role, const char *text)
{
    table_line(table, id);
    table_span(
        table, role,
        text_cut(table->arena, text_clean(table->arena, text, TITLE_MAX_BYTES), table->cols));
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    const struct plan *plan = &app->writing.plan;
    struct table *table = &mode->table;
    table_init(table, &mode->arena, cols, NULL, 0);
    put_row(table, "question", ROLE_STRONG, plan->question);
    for (size_t i = 1; i < plan->len && i < TITLES_SHOWN; i++)
        put_row(table, arena_printf(table->arena, "row/%zu", i), ROLE_TEXT,
                arena_printf(table->arena, "and %s", plan->rows[i].label));
    if (plan->len > TITLES_SHOWN)
        put_row(table, "more", ROLE_MUTED,
                arena_printf(table->arena, "and %zu more", plan->len - TITLES_SHOWN));
    for (size_t i = 0; i < plan->skipped_len && i < SKIPPED_SHOWN; i++)
        put_row(table, arena_printf(table->arena, "skip/%zu", i), ROLE_MUTED,
                arena_printf(table->arena, "left out: %s: %s", plan->skipped[i].title,
                             plan->skipped[i].why));
    if (plan->class == CLASS_TYPED)
        put_row(table, "type", ROLE_MESSAGE, arena_printf(table->arena, "type %s", plan->typed));
}

static bool
key(struct app *app, struct mode *mode, const char *pressed)
{
    (void)mode;
    if (strcmp(pressed, "y") == 0) {
        mode_close(app);
        app_queue(app);
        return true;
    }
    if (strcmp(pressed, "n") == 0) {
        mode_close(app);
        return true;
    }
    return strcmp(pressed, "Esc") != 0 && strcmp(pressed, "Ctrl-L") != 0;
}

const struct mode_ops mode_ask = {
    .title = "Send this?",
    .place = PLACE_LIST,
    .line_hints = "y yes|n no",
    .build = build,
    .key = key,
};

static void
accept(struct app *app, struct mode *mode)
{
    if (strcmp(mode->line.text, app->writing.plan.typed) != 0) {
        mode_note(mode, ROLE_PROBLEM, -1, "that is not it; Esc leaves it be");
        return;
    }
    mode_close(app);
    app_queue(app);
}

const struct mode_ops mode_ask_typed = {
    .title = "Send this?",
    .place = PLACE_LIST,
    .label = "? ",
    .line_hints = "Enter send|Esc leave it",
    .build = build,
    .accept = accept,
};
