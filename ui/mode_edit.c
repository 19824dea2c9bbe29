/* A write that is not sent yet, or could not be, said in another way: its line again, for what of its batch is still here. */

#include <stdlib.h>
#include <string.h>

#include "ui/app_internal.h"
#include "ui/argument_complete.h"

struct edit_state {
    struct write_request request; /* in mode->own */
    struct tab tab;
    struct completion completion; /* in mode->arena */
};

static enum kind
kind_of_table(const char *table)
{
    for (int kind = 0; kind < KIND_COUNT; kind++)
        if (text_equals(table, kind_info((enum kind)kind)->table))
            return (enum kind)kind;
    return KIND_COUNT;
}

static bool
has_target(const struct write_request *request, const char *id)
{
    for (size_t i = 0; i < request->targets_len; i++)
        if (text_equals(id, request->targets[i].id))
            return true;
    return false;
}

void
mode_edit_gather(struct arena *arena, const struct outbox_row *rows, size_t len,
                 struct write_request *request)
{
    struct plan_target *targets = arena_new_array(arena, len + 1, struct plan_target);
    int64_t *replaced = arena_new_array(arena, len + 1, int64_t);
    request->targets = targets;
    request->replaced = replaced;
    for (size_t i = 0; i < len; i++) {
        const enum kind kind = kind_of_table(rows[i].target_kind);
        const bool is_to_be =
            *rows[i].idempotency_key && text_equals(rows[i].target_id, rows[i].idempotency_key);
        if (!outbox_is_revocable(&rows[i]))
            continue;
        replaced[request->replaced_len++] = rows[i].id;
        if (kind != KIND_COUNT && !is_to_be && !has_target(request, rows[i].target_id))
            targets[request->targets_len++] =
                (struct plan_target){kind, arena_text(arena, rows[i].target_id)};
    }
}

/* argument: the number of a row of the outbox. */
static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct edit_state *state = mode->state;
    struct write_request *request = &state->request;
    struct store *private_db = reader_private(app->reader);
    const char *upstream = reader_upstream(app->reader);
    const struct outbox_row *rows;
    struct outbox_row row;
    struct error err = {0};
    size_t len;
    bool found;
    if (app->settings.read_only) {
        app_say(app, ROLE_PROBLEM, error_phrase(ERROR_READ_ONLY));
        return false;
    }
    if (!outbox_get(private_db, upstream, atoll(argument), &mode->own, &row, &found, &err) ||
        (found &&
         !outbox_of_batch(private_db, upstream, row.batch, &mode->own, &rows, &len, &err))) {
        app_say_failure(app, &err, "outbox");
        return false;
    }
    request->action = found ? action_from_name(row.action) : ACTION_COUNT;
    if (found)
        mode_edit_gather(&mode->own, rows, len, request);
    if (!found || !outbox_is_revocable(&row)) {
        app_say(app, ROLE_PROBLEM, "too late: it is on its way as it was");
        return false;
    }
    if (request->action == ACTION_COUNT || !*action_info(request->action)->argument) {
        app_say(app, ROLE_MESSAGE, "there is nothing to say in another way: x takes it back");
        return false;
    }
    mode->title = arena_printf(&mode->own, "Instead of: %s", row.label);
    if (strlen(row.argument) >= LINE_SIZE || strchr(row.argument, '\n')) {
        app_say(app, ROLE_PROBLEM, "it is more than a line: x takes it back, then say it anew");
        return false;
    }
    line_set(&mode->line, row.argument);
    return true;
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct edit_state *state = mode->state;
    const struct action_info *info = action_info(state->request.action);
    struct completion *completion = &state->completion;
    struct table *table = &mode->table;
    table_init(table, &mode->arena, cols, NULL, 0);
    *completion = (struct completion){.prefix = ""};
    argument_complete(app, info->argument, tab_text(&state->tab, &mode->line),
                      tab_caret(&state->tab, &mode->line), &mode->arena, completion);
    for (size_t i = 0; i < completion->candidates_len; i++) {
        table_line(table, completion->candidates[i].text);
        table_span(table, ROLE_STRONG, completion->candidates[i].text);
        table_span(table, ROLE_TEXT, "  ");
        table_span(table, ROLE_MUTED, completion->candidates[i].help);
    }
    if (completion->candidates_len)
        return;
    table_line(table, info->name);
    table_span(table, ROLE_STRONG, info->name);
    table_span_printf(table, ROLE_MUTED, " %s", info->argument);
    table_span_printf(table, ROLE_TEXT, "   %s", info->help);
}

static bool
key(struct app *app, struct mode *mode, const char *name)
{
    struct edit_state *state = mode->state;
    const bool forth = strcmp(name, "Tab") == 0;
    if (!forth && strcmp(name, "S-Tab") != 0) {
        state->tab.cycling = false;
        return false;
    }
    if (app->build_wanted) /* candidates for what was typed before */
        app_build(app);
    (void)tab_step(&state->tab, &mode->line, &state->completion, forth ? 1 : -1);
    app->build_wanted = true;
    return true;
}

static void
accept(struct app *app, struct mode *mode)
{
    struct edit_state *state = mode->state;
    struct error err = {0};
    state->request.argument = mode->line.text;
    if (!app_plan(app, &state->request, &err)) {
        mode_note(mode, ROLE_PROBLEM, -1, err.message);
        return;
    }
    mode_close(app);
    app_send_plan(app);
}

const struct mode_ops mode_edit = {
    .title = "Instead of",
    .place = PLACE_LIST,
    .label = "> ",
    .line_hints = "Enter queue|Tab next|Esc leave it",
    .state_size = sizeof(struct edit_state),
    .open = open,
    .build = build,
    .accept = accept,
    .key = key,
};
