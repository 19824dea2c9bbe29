/* `:since shift`: what is new, in another state or gone since a moment. Enter goes to it. */

#include <string.h>

#include "base/clock.h"
#include "ui/app_internal.h"

#define ROWS_MAX 500
#define WHEN_COLS 13
#define WHAT_COLS 9

struct since_state {
    const struct change *changes; /* in mode->own */
    size_t len;
};

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct since_state *state = mode->state;
    struct error err = {0};
    const char *what;
    char moment[MOMENT_SIZE];
    int64_t since_ms;
    if (!act_since_find(app, argument, &since_ms, &what))
        return false;
    if (!reader_changes(app->reader, since_ms, ROWS_MAX, &mode->own, &state->changes, &state->len,
                        &err)) {
        act_past_say(app, since_ms, &err);
        return false;
    }
    moment_text(app->settings.zone, since_ms, clock_now_ms(), moment);
    mode->title = arena_printf(
        &mode->own, "%zu%s changed since %s%s%s%s", state->len, state->len == ROWS_MAX ? "+" : "",
        *what >= 'a' && strchr(what, ' ') ? what : moment, strchr(what, ' ') ? " (" : "",
        strchr(what, ' ') ? moment : "", strchr(what, ' ') ? ")" : "");
    return true;
}

static enum role
role_of(const struct change *change)
{
    if (strcmp(change->what, "new") == 0)
        return ROLE_MESSAGE;
    return strcmp(change->what, "gone") == 0 ? ROLE_STATE_RESOLVED : ROLE_STRONG;
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    const struct since_state *state = mode->state;
    struct table *table = &mode->table;
    char moment[MOMENT_SIZE];
    table_init(table, &mode->arena, cols, NULL, 0);
    for (size_t i = 0; i < state->len; i++) {
        const struct change *change = &state->changes[i];
        const char *id = arena_printf(table->arena, "%s/%s", change->kind, change->id);
        table_line(table, id);
        table_span(table, ROLE_AGE,
                   moment_text(app->settings.zone, change->at, clock_now_ms(), moment));
        table_pad_to(table, WHEN_COLS);
        table_span(table, role_of(change), change->what);
        table_pad_to(table, WHEN_COLS + WHAT_COLS);
        if (cols < 60) {
            table_line(table, id);
            table_pad_to(table, 2);
        }
        table_span(table, ROLE_MUTED, change->was);
        if (*change->was && *change->now_is)
            table_span(table, ROLE_MUTED, " -> ");
        table_span(table, ROLE_STRONG, change->now_is);
        table_span(table, ROLE_TEXT, "  ");
        table_span(table, ROLE_TEXT, change->title);
    }
    if (state->len == 0)
        table_empty(table, ROLE_MUTED, "Nothing began, changed or went since then.");
}

static void
accept(struct app *app, struct mode *mode)
{
    const char *chosen = arena_text(&app->scratch, mode_chosen(mode));
    const char *slash = strchr(chosen, '/');
    mode_close(app);
    if (slash)
        act_show_item(app, arena_text_len(&app->scratch, chosen, (size_t)(slash - chosen)),
                      slash + 1);
}

const struct mode_ops mode_since = {
    .title = "Since",
    .place = PLACE_BODY,
    .state_size = sizeof(struct since_state),
    .open = open,
    .build = build,
    .accept = accept,
};
