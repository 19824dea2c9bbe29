/* The question before something is sent: y, or what has to be typed. Enter alone is never yes. */

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/app_internal.h"

enum {
    TITLES_SHOWN = 5,
    SKIPPED_SHOWN = 5,
    SHIFTS_SHOWN = 4,
    SHIFT_TIMES_COL = 6,
    SHIFT_PERSON_COL = 34,
    TITLE_MAX_BYTES = 200
};

static void
put_row(struct table *table, const char *id, enum role role, const char *text)
{
    table_line(table, id);
    table_span(
        table, role,
        text_cut(table->arena, text_clean(table->arena, text, TITLE_MAX_BYTES), table->cols));
}

/* Who is on call now, and who would be. */
static void
put_shifts(struct app *app, struct table *table, const char *label, enum role role,
           const struct plan_shift *shifts, size_t len)
{
    char from[MOMENT_SIZE], to[MOMENT_SIZE];
    const int64_t now_ms = clock_now_ms();
    for (size_t i = 0; i < len && i < SHIFTS_SHOWN; i++) {
        table_line(table, arena_printf(table->arena, "%s/%zu", label, i));
        table_span(table, ROLE_LABEL, i ? "" : label);
        table_pad_to(table, SHIFT_TIMES_COL);
        table_span_printf(table, role, "%s - %s",
                          moment_text(app->settings.zone, shifts[i].start_at, now_ms, from),
                          moment_text(app->settings.zone, shifts[i].end_at, now_ms, to));
        table_pad_to(table, SHIFT_PERSON_COL);
        table_put(table, role,
                  text_cut(table->arena,
                           text_clean(table->arena, shifts[i].person, TITLE_MAX_BYTES),
                           table_room(table)));
    }
    if (len > SHIFTS_SHOWN)
        put_row(table, arena_printf(table->arena, "%s/more", label), ROLE_MUTED,
                arena_printf(table->arena, "and %zu more", len - SHIFTS_SHOWN));
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
    if (plan->after_len && !plan->before_len)
        put_row(table, "nobody", ROLE_TEXT, "now: nobody");
    put_shifts(app, table, "now", ROLE_TEXT, plan->before, plan->before_len);
    put_shifts(app, table, "then", ROLE_STRONG, plan->after, plan->after_len);
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
