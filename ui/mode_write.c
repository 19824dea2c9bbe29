/*
 * A write of the outbox: what became of it, and what is to be done. In conflict it is three columns: what was seen, what is
 * there now, what is wanted; nothing is overwritten that was not shown here.
 */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/app_internal.h"

enum { LABEL_COLS = 12, SIDES = 3 };

struct write_state {
    int64_t id;
    bool is_conflict;   /* as it was shown last */
    const char *theirs; /* of the conflict that was shown; in mode->arena */
};

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct write_state *state = mode->state;
    (void)app;
    state->id = atoll(argument);
    state->theirs = "";
    return true;
}

static bool
get(struct app *app, int64_t id, struct arena *arena, struct outbox_row *row, bool *found)
{
    struct error err = {0};
    if (outbox_get(reader_private(app->reader), reader_upstream(app->reader), id, arena, row, found,
                   &err))
        return true;
    app_say_failure(app, &err, "outbox");
    return false;
}

/* ---- what is shown ---- */

static void
put_fact(struct table *table, const char *label, enum role role, const char *text)
{
    table_line(table, label);
    table_span(table, ROLE_LABEL, label);
    table_pad_to(table, LABEL_COLS);
    table_span(table, role, text);
}

static void
put_sides(struct table *table, const char *label, const char *const texts[SIDES],
          const enum role roles[SIDES])
{
    const int cols = (table->cols - TABLE_MARK_COLS - LABEL_COLS) / SIDES;
    table_line(table, label);
    table_span(table, ROLE_LABEL, label);
    for (int i = 0; i < SIDES; i++) {
        table_pad_to(table, LABEL_COLS + i * cols);
        table_span(
            table, roles[i],
            text_cut(table->arena, text_clean(table->arena, texts[i], (size_t)cols * 4), cols - 2));
    }
}

static void
put_conflict(struct app *app, struct table *table, const struct outbox_row *row)
{
    static const char *const heads[SIDES] = {"was", "theirs", "yours"};
    static const enum role head_roles[SIDES] = {ROLE_LABEL, ROLE_LABEL, ROLE_LABEL};
    const struct conflict_field *fields;
    struct error err = {0};
    size_t len;
    if (!reader_conflict(app->reader, row, table->arena, &fields, &len, &err)) {
        put_fact(table, "conflict", ROLE_PROBLEM, arena_text(table->arena, err.message));
        return;
    }
    put_sides(table, " ", heads, head_roles);
    for (size_t i = 0; i < len; i++) {
        const struct conflict_field *field = &fields[i];
        const enum role roles[SIDES] = {ROLE_MUTED, field->is_changed ? ROLE_PROBLEM : ROLE_TEXT,
                                        ROLE_STRONG};
        put_sides(table, field->label,
                  (const char *const[SIDES]){field->was, field->theirs,
                                             *field->yours ? field->yours : "as it is"},
                  roles);
    }
}

static void
put_answer(struct app *app, struct table *table, const struct outbox_row *row, int64_t now_ms)
{
    char moment[MOMENT_SIZE], age[AGE_SIZE];
    put_fact(table, "queued", ROLE_MUTED,
             moment_text(app->settings.zone, row->created_at, now_ms, moment));
    if (row->answered_at && !outbox_is_open(row))
        put_fact(table, row->state, ROLE_MUTED,
                 moment_text(app->settings.zone, row->answered_at, now_ms, moment));
    if (*row->answer && !text_equals(row->state, OUTBOX_CONFLICT)) {
        put_fact(table, "answer", ROLE_PROBLEM, "");
        table_wrap(table, "answer", ROLE_PROBLEM, 2, row->answer);
    }
    if (*row->request_id)
        put_fact(table, "request", ROLE_MUTED, row->request_id);
    if (text_equals(row->state, OUTBOX_QUEUED) && row->next_at > now_ms) {
        put_fact(table, "next try", ROLE_TEXT,
                 arena_printf(table->arena, "in %s", age_text(row->next_at - now_ms, age)));
        table_changes_at(table, now_ms + SECOND_MS);
    }
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct write_state *state = mode->state;
    struct table *table = &mode->table;
    struct outbox_row row;
    bool found;
    table_init(table, &mode->arena, cols, NULL, 0);
    state->is_conflict = false;
    if (!get(app, state->id, &mode->arena, &row, &found) || !found) {
        table_empty(table, ROLE_MUTED, "It is not in the outbox any more.");
        return;
    }
    state->is_conflict = text_equals(row.state, OUTBOX_CONFLICT);
    state->theirs = row.theirs;
    mode->title = state->is_conflict ? "Conflict" : "Write";
    table_wrap(table, "label", ROLE_STRONG, 0, row.label);
    put_fact(table, "state", outbox_is_stuck(&row) ? ROLE_PROBLEM : ROLE_MESSAGE,
             state->is_conflict ? "conflict: it was changed upstream since you saw it" : row.state);
    if (state->is_conflict)
        put_conflict(app, table, &row);
    put_answer(app, table, &row, clock_now_ms());
    if (state->is_conflict)
        put_fact(table, "what now", ROLE_HINT_KEY,
                 "t takes theirs, m sends mine, e edits it, Esc keeps it here");
    else if (outbox_is_open(&row))
        put_fact(table, "what now", ROLE_HINT_KEY,
                 outbox_is_revocable(&row) ? "r sends it now, e edits it, x takes it back"
                                           : "it is on its way; r sends it now");
}

/* ---- keys ---- */

static void
send_again(struct app *app, const struct outbox_row *row, const char *seen)
{
    const struct outbox outbox = {reader_private(app->reader), reader_upstream(app->reader)};
    struct error err = {0};
    bool done;
    if (!outbox_retry(&outbox, row->id, seen, &done, &err)) {
        app_say_failure(app, &err, "outbox");
        return;
    }
    if (done)
        sent_follow(&app->sent, row->batch, 1, app->focus);
    app_say(app, ROLE_MESSAGE,
            done ? arena_printf(&app->scratch, "sent again: %s", row->label)
                 : "there is nothing to send again");
}

static void
take_back(struct app *app, const struct outbox_row *row, const char *said)
{
    const struct outbox outbox = {reader_private(app->reader), reader_upstream(app->reader)};
    struct error err = {0};
    bool done;
    if (!outbox_cancel(&outbox, row->id, clock_now_ms(), &done, &err))
        app_say_failure(app, &err, "outbox");
    else
        app_say(app, ROLE_MESSAGE,
                done ? arena_printf(&app->scratch, "%s: %s", said, row->label) : "too late");
}

/* The row, for what changes it; false: said why not. */
static bool
get_to_change(struct app *app, int64_t id, struct outbox_row *row)
{
    bool found;
    if (app->settings.read_only) {
        app_say(app, ROLE_PROBLEM, error_phrase(ERROR_READ_ONLY));
        return false;
    }
    app->news_wanted = app->build_wanted = true;
    if (!get(app, id, &app->scratch, row, &found))
        return false;
    if (!found)
        app_say(app, ROLE_MESSAGE, "it is not in the outbox any more");
    return found;
}

bool
mode_write_key(struct app *app, int64_t id, const char *pressed)
{
    struct outbox_row row;
    if (strcmp(pressed, "e") == 0) {
        (void)mode_open(app, &mode_edit,
                        arena_printf(&app->scratch, "%lld", (long long)id)); /* said why not */
        return true;
    }
    if (strcmp(pressed, "r") != 0 && strcmp(pressed, "x") != 0)
        return false;
    if (!get_to_change(app, id, &row))
        return true;
    if (*pressed == 'x')
        take_back(app, &row, "taken back");
    else if (text_equals(row.state, OUTBOX_CONFLICT)) /* not unseen */
        (void)mode_open(app, &mode_write,
                        arena_printf(&app->scratch, "%lld", (long long)id)); /* said why not */
    else
        send_again(app, &row, "");
    return true;
}

static bool
key(struct app *app, struct mode *mode, const char *pressed)
{
    const struct write_state *state = mode->state;
    struct outbox_row row;
    if (!state->is_conflict || strcmp(pressed, "e") == 0) {
        if (!mode_write_key(app, state->id, pressed))
            return false;
        if (mode_now(app) == mode && strcmp(pressed, "x") == 0)
            mode_close(app);
        return true;
    }
    if (strcmp(pressed, "t") != 0 && strcmp(pressed, "m") != 0)
        return strcmp(pressed, "Enter") == 0; /* is no answer */
    if (!get_to_change(app, state->id, &row))
        return true;
    if (!text_equals(row.state, OUTBOX_CONFLICT))
        app_say(app, ROLE_MESSAGE, "it is in conflict no more");
    else if (*pressed == 't')
        take_back(app, &row, "theirs stays, not sent");
    else
        send_again(app, &row, state->theirs);
    mode_close(app);
    return true;
}

const struct mode_ops mode_write = {
    .title = "Write",
    .place = PLACE_BODY,
    .line_hints = "Esc back",
    .state_size = sizeof(struct write_state),
    .open = open,
    .build = build,
    .key = key,
};
