/*
 * The form of an action that writes: a field a row, the one that is typed in also in the line below. What is typed is kept as a
 * draft until it is queued. What upstream refused is here again, with what it said.
 */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/app_internal.h"
#include "ui/form.h"

enum { LABEL_COLS = 10, CANDIDATES_MAX = 20, SENTENCE_MAX_BYTES = 1000 };

struct form_state {
    const struct form *form;
    struct write_request request; /* this and what follows in mode->own */
    struct draft_of of;
    const char *about;
    const char *texts[FORM_FIELDS_MAX]; /* that of the field in the line: when it is left */
    int at;                             /* the field in the line */
    int64_t draft_at;                   /* when what is here was typed; 0 = just now */
    const char *sentence; /* why it was not sent, or what an editor did; "" = nothing */
    enum role sentence_role;
    int blamed; /* the field it is about; -1 = all */
    struct tab tab;
    struct completion completion; /* in mode->arena */
};

static bool
is_last(const struct form_state *state)
{
    return state->at + 1 == state->form->fields_len;
}

/* ---- what is in the fields ---- */

static void
keep_line(struct mode *mode)
{
    struct form_state *state = mode->state;
    if (!text_equals(line_lines(&mode->line, &mode->arena), state->texts[state->at]))
        state->texts[state->at] = line_lines(&mode->line, &mode->own);
}

static void
go_to(struct mode *mode, int field)
{
    struct form_state *state = mode->state;
    state->at = field;
    state->tab.cycling = false;
    mode->label = arena_printf(&mode->own, "%s: ", state->form->fields[field].label);
    (void)line_set_lines(&mode->line, state->texts[field]); /* it was in a line before */
}

static void
note_draft(struct app *app, struct mode *mode)
{
    const struct form_state *state = mode->state;
    struct draft fields[FORM_FIELDS_MAX] = {0};
    for (int i = 0; i < state->form->fields_len; i++)
        fields[i] = (struct draft){.field = state->form->fields[i].name,
                                   .text = i == state->at ? line_lines(&mode->line, &app->scratch)
                                                          : state->texts[i]};
    app_draft_note(app, &state->of, fields, (size_t)state->form->fields_len);
}

static void
say(struct mode *mode, enum role role, int field, const char *sentence)
{
    struct form_state *state = mode->state;
    state->sentence = text_clean(&mode->own, sentence, SENTENCE_MAX_BYTES);
    state->sentence_role = role;
    state->blamed = field;
}

static void
say_of_fields(struct mode *mode, const char *sentence)
{
    const struct form_state *state = mode->state;
    say(mode, ROLE_PROBLEM, form_blames(state->form, state->texts, sentence, &mode->own), sentence);
}

/* ---- opened: what was typed here before, what upstream refused ---- */

static bool
recall_draft(struct app *app, struct mode *mode)
{
    struct form_state *state = mode->state;
    const struct draft *drafts;
    struct error err = {0};
    size_t len;
    app_draft_write(app); /* of this very form, perhaps */
    if (!draft_load(reader_private(app->reader), &state->of, &mode->own, &drafts, &len, &err)) {
        say(mode, ROLE_PROBLEM, -1, err.message);
        return false;
    }
    for (size_t i = 0; i < len; i++)
        for (int field = 0; field < state->form->fields_len; field++)
            if (text_equals(drafts[i].field, state->form->fields[field].name)) {
                state->texts[field] = drafts[i].text;
                state->draft_at = drafts[i].changed_at;
            }
    return len > 0;
}

/* Of what was queued together with the newest open write of this action on the item: the one that was refused. */
static const struct outbox_row *
find_refused(struct app *app, struct mode *mode, const struct outbox_row **batch, size_t *batch_len)
{
    const struct form_state *state = mode->state;
    const struct plan_target *target = &state->request.targets[0];
    struct store *private_db = reader_private(app->reader);
    const char *upstream = reader_upstream(app->reader);
    const struct outbox_row *rows, *newest = NULL;
    struct error err = {0};
    size_t len;
    if (!outbox_of_target(private_db, upstream, kind_info(target->kind)->table, target->id,
                          &mode->own, &rows, &len, &err)) {
        app_say_failure(app, &err, "outbox");
        return NULL;
    }
    for (size_t i = 0; i < len; i++)
        if (action_from_name(rows[i].action) == state->form->action)
            newest = &rows[i];
    if (!newest)
        return NULL;
    if (!outbox_of_batch(private_db, upstream, newest->batch, &mode->own, batch, batch_len, &err)) {
        app_say_failure(app, &err, "outbox");
        return NULL;
    }
    for (size_t i = 0; i < *batch_len; i++)
        if (text_equals((*batch)[i].state, OUTBOX_FAILED) && *(*batch)[i].answer)
            return &(*batch)[i];
    return NULL;
}

/* What is sent now stands for it: it and what waits for it are taken back then. */
static void
recall_refused(struct app *app, struct mode *mode, bool has_draft)
{
    struct form_state *state = mode->state;
    struct write_request again = {.action = state->request.action};
    const struct outbox_row *batch;
    size_t batch_len;
    const struct outbox_row *row = find_refused(app, mode, &batch, &batch_len);
    if (!row)
        return;
    mode_edit_gather(&mode->own, batch, batch_len, &again);
    if (again.targets_len)
        state->request = again;
    if (!has_draft) {
        form_read(state->form, row->argument, &mode->own, state->texts);
        state->draft_at = row->created_at;
    }
    say_of_fields(mode, row->answer);
    if (state->blamed < 0 && *row->idempotency_key && state->form->action == ACTION_UPDATE)
        state->blamed = state->form->fields_len - 1; /* it was the message's own request */
}

static void
take_targets(struct app *app, struct mode *mode)
{
    struct form_state *state = mode->state;
    struct arena *own = &mode->own;
    struct write_request request = app_find_targets(app);
    struct plan_target *targets = arena_new_array(own, request.targets_len + 1, struct plan_target);
    for (size_t i = 0; i < request.targets_len; i++)
        targets[i] =
            (struct plan_target){request.targets[i].kind, arena_text(own, request.targets[i].id)};
    request.targets = targets;
    request.action = state->form->action;
    state->request = request;
    if (!request.targets_len)
        return;
    state->about = arena_printf(own, "%s %s", state->form->title, request.title);
    mode->title = text_clean(own, state->about, SENTENCE_MAX_BYTES);
    state->of = (struct draft_of){
        .upstream = reader_upstream(app->reader),
        .action = action_info(state->form->action)->name,
        .target_kind = kind_info(targets[0].kind)->table,
        .target_id = request.targets_len > 1
                         ? arena_printf(own, "%s +%zu", targets[0].id, request.targets_len - 1)
                         : targets[0].id,
    };
}

/* argument: the action's name, and what was typed behind it. */
static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct form_state *state = mode->state;
    const size_t name = strcspn(argument, " ");
    const char *typed = argument + name + strspn(argument + name, " ");
    state->form = form_of(action_from_name(arena_text_len(&mode->own, argument, name)));
    state->sentence = "";
    state->blamed = -1;
    for (int i = 0; i < FORM_FIELDS_MAX; i++)
        state->texts[i] = "";
    take_targets(app, mode);
    if (!state->request.targets_len) {
        if (!*app->message)
            app_say(app, ROLE_MESSAGE, "nothing is chosen");
        return false;
    }
    const bool has_draft = recall_draft(app, mode);
    recall_refused(app, mode, has_draft || *typed);
    if (*typed) { /* what it does not speak of stays */
        const char *texts[FORM_FIELDS_MAX];
        form_read(state->form, typed, &mode->own, texts);
        for (int i = 0; i < state->form->fields_len; i++)
            state->texts[i] = *texts[i] ? texts[i] : state->texts[i];
        state->draft_at = 0;
    }
    go_to(mode, state->blamed >= 0 ? state->blamed : state->form->first);
    if (*typed)
        note_draft(app, mode);
    return true;
}

static void
close(struct app *app, struct mode *mode)
{
    const struct form_state *state = mode->state;
    bool any = false;
    char key[KEY_NAME_SIZE];
    if (app->writing.is_queueing || app->stopping)
        return;
    app_draft_soon(app);
    keep_line(mode);
    for (int i = 0; i < state->form->fields_len; i++)
        any = any || *state->texts[i];
    if (any)
        app_say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch, "the draft is kept: %s opens it again",
                             keymap_hint(state->form->action, key)));
}

/* ---- what is shown ---- */

static void
put_sentence(struct table *table, const struct form_state *state)
{
    if (*state->sentence)
        table_wrap(table, "", state->sentence_role, LABEL_COLS, state->sentence);
}

/* What it is as long as the field is empty; "" = not known. */
static const char *
now(struct app *app, const struct form_state *state, enum form_words words)
{
    const struct timeline_window *timeline = &app_snapshot(app)->timeline;
    if (state->form->action != ACTION_UPDATE || !timeline->found ||
        !text_equals(timeline->incident.id, state->request.targets[0].id))
        return "";
    return words == FORM_STATUS     ? timeline->incident.status
           : words == FORM_SEVERITY ? timeline->incident.severity
                                    : "";
}

static void
put_field(struct app *app, struct mode *mode, int i)
{
    const struct form_state *state = mode->state;
    struct table *table = &mode->table;
    const struct form_field *field = &state->form->fields[i];
    const char *is = now(app, state, field->words);
    const char *text = i == state->at ? line_lines(&mode->line, table->arena) : state->texts[i];
    const char *line_end = strchr(text, '\n');
    table_line(table, field->name);
    table_span(table, i == state->at ? ROLE_STRONG : ROLE_LABEL, field->label);
    table_pad_to(table, LABEL_COLS);
    if (!*text)
        table_span(table, ROLE_MUTED,
                   *is ? arena_printf(table->arena, "%s (%s)", field->unset, is) : field->unset);
    else if (line_end)
        table_span(table, ROLE_TEXT, arena_text_len(table->arena, text, (size_t)(line_end - text)));
    else
        table_put(table, ROLE_TEXT, text_cut(table->arena, text, table_room(table)));
    if (line_end)
        table_wrap(table, field->name, ROLE_TEXT, LABEL_COLS, line_end + 1);
    if (state->blamed == i)
        put_sentence(table, state);
}

static void
put_candidates(struct app *app, struct mode *mode)
{
    struct form_state *state = mode->state;
    struct table *table = &mode->table;
    const enum form_words words = state->form->fields[state->at].words;
    struct completion *completion = &state->completion;
    struct error err = {0};
    const char *prefix = tab_text(&state->tab, &mode->line);
    *completion = (struct completion){
        .len = strlen(prefix),
        .prefix = prefix,
        .candidates = arena_new_array(&mode->arena, CANDIDATES_MAX, struct filter_candidate)};
    if (words == FORM_ANYTHING)
        return;
    if (!reader_names(app->reader, words == FORM_STATUS ? KIND_INCIDENT_STATUS : KIND_SEVERITY,
                      prefix, &mode->arena, completion->candidates, CANDIDATES_MAX,
                      &completion->candidates_len, &err)) {
        table_line(table, "");
        table_span(table, ROLE_PROBLEM, arena_text(&mode->arena, err.message));
        return;
    }
    for (size_t i = 0; i < completion->candidates_len; i++) {
        const bool is_chosen = state->tab.cycling && state->tab.chosen == i;
        table_line(table, "");
        table_pad_to(table, LABEL_COLS);
        table_span(table, is_chosen ? ROLE_STRONG : ROLE_MUTED, completion->candidates[i].text);
        table_span(table, ROLE_TEXT, "  ");
        table_span(table, ROLE_MUTED, completion->candidates[i].help);
    }
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct form_state *state = mode->state;
    struct table *table = &mode->table;
    char moment[MOMENT_SIZE];
    table_init(table, &mode->arena, cols, NULL, 0);
    for (int i = 0; i < state->form->fields_len; i++)
        put_field(app, mode, i);
    if (state->blamed < 0)
        put_sentence(table, state);
    if (state->draft_at) {
        table_line(table, "");
        table_span_printf(table, ROLE_MUTED, "draft of %s; Ctrl-U clears a field",
                          moment_text(app->settings.zone, state->draft_at, clock_now_ms(), moment));
    }
    put_candidates(app, mode);
    /* Where the keys go, whatever was scrolled. */
    mode->cursor = (struct cursor){{0}, {0}, 0};
    (void)snprintf(mode->cursor.id, sizeof mode->cursor.id, "%s",
                   state->form->fields[state->at].name); /* fits */
}

/* ---- keys ---- */

static void
changed(struct app *app, struct mode *mode)
{
    struct form_state *state = mode->state;
    if (state->blamed == state->at || state->blamed < 0)
        say(mode, ROLE_MESSAGE, -1, "");
    state->draft_at = 0;
    note_draft(app, mode);
}

static void
submit(struct app *app, struct mode *mode)
{
    struct form_state *state = mode->state;
    struct error err = {0};
    keep_line(mode);
    app->build_wanted = true;
    if (app->settings.read_only) { /* it locked itself while the form stood there */
        say(mode, ROLE_PROBLEM, -1, error_phrase(ERROR_READ_ONLY));
        return;
    }
    state->request.argument = form_argument(state->form, state->texts, &mode->own);
    note_draft(app, mode);
    if (!app_plan(app, &state->request, &err)) {
        say_of_fields(mode, err.message);
        if (state->blamed >= 0)
            go_to(mode, state->blamed);
        return;
    }
    say(mode, ROLE_MESSAGE, -1, "");
    app_plan_is_of(app, &state->of);
    app_send_plan(app);
}

static void
edit(struct app *app, struct mode *mode)
{
    struct form_state *state = mode->state;
    app->build_wanted = true;
    if (app->settings.read_only) {
        say(mode, ROLE_PROBLEM, -1, error_phrase(ERROR_READ_ONLY));
        return;
    }
    keep_line(mode);
    say(mode, ROLE_MESSAGE, -1, "");
    go_to(mode, state->form->fields_len - 1);
    app_edit_text(app, state->texts[state->at], state->about);
}

static void
pick(struct app *app, struct mode *mode, int direction)
{
    struct form_state *state = mode->state;
    if (app->build_wanted) /* candidates for what was typed before */
        app_build(app);
    if (tab_step(&state->tab, &mode->line, &state->completion, direction))
        changed(app, mode);
}

static bool
key(struct app *app, struct mode *mode, const char *name)
{
    struct form_state *state = mode->state;
    const int len = state->form->fields_len;
    const bool forth = strcmp(name, "Down") == 0 || strcmp(name, "Ctrl-N") == 0;
    const bool back = strcmp(name, "Up") == 0 || strcmp(name, "Ctrl-P") == 0;
    const bool enter = strcmp(name, "Enter") == 0;
    if (forth || back) {
        pick(app, mode, forth ? 1 : -1);
    } else if (strcmp(name, "Tab") == 0 || (enter && !is_last(state))) {
        keep_line(mode);
        go_to(mode, (state->at + 1) % len);
    } else if (strcmp(name, "S-Tab") == 0) {
        keep_line(mode);
        go_to(mode, (state->at + len - 1) % len);
    } else if (enter) {
        submit(app, mode);
    } else if (strcmp(name, "Ctrl-O") == 0) {
        edit(app, mode);
    } else {
        state->tab.cycling = false;
        return false;
    }
    app->build_wanted = true;
    return true;
}

/* ---- for the editor ---- */

static struct mode *
form_now(struct app *app)
{
    struct mode *mode = mode_now(app);
    return mode && mode->ops == &mode_form ? mode : NULL;
}

bool
mode_form_take(struct app *app, const char *text)
{
    struct mode *mode = form_now(app);
    if (!mode || !line_set_lines(&mode->line, text))
        return false;
    changed(app, mode);
    return true;
}

void
mode_form_say(struct app *app, enum role role, const char *sentence)
{
    struct mode *mode = form_now(app);
    if (mode)
        say(mode, role, -1, sentence);
    app->build_wanted = true;
}

void
mode_form_edit(struct app *app)
{
    struct mode *mode = form_now(app);
    if (mode)
        edit(app, mode);
}

const struct mode_ops mode_form = {
    .title = "Form",
    .place = PLACE_LIST,
    .label = ": ",
    .line_hints = "Enter next or send|Tab field|Down choose|Ctrl-O editor|Esc back, kept",
    .state_size = sizeof(struct form_state),
    .open = open,
    .close = close,
    .build = build,
    .changed = changed,
    .key = key,
};
