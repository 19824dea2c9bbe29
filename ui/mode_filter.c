/*
 * `/`: the filter of the focused pane, in force while it is typed. A mistake is pointed at and leaves the last filter that
 * read in force.
 */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "ui/app_internal.h"
#include "ui/tab.h"

#define NAME_COLS 26
#define ROWS_MAX 8

struct filter_state {
    char before[FILTER_MAX_BYTES]; /* what was in force */
    struct cursor cursor_before;
    bool accepted, mistaken;
    bool pending; /* not in force yet: may_become_field */
    struct filter_error problem;
    struct line_history_walk walk;
    bool listing; /* asked for by Tab, though nothing is typed */
    struct tab tab;
    struct completion completion; /* in mode->arena */
};

static struct query *
query_of(struct app *app)
{
    return &app->views[app->focus].query;
}

/* ---- what is typed is in force ---- */

static void
point_at_mistake(struct mode *mode)
{
    struct filter_state *state = mode->state;
    /* What is not finished yet is no mistake to shout about. */
    bool unfinished =
        state->problem.at + state->problem.len >= mode->line.len && !*state->problem.suggestion;
    mode_note(mode, unfinished ? ROLE_MUTED : ROLE_PROBLEM, (int)state->problem.at,
              state->problem.message);
}

/* A word that may become a field's name: searching for its beginning would only make the list jump. */
static bool
may_become_field(struct app *app, struct mode *mode)
{
    const struct line *line = &mode->line;
    const struct filter_candidate *candidates;
    struct filter_place place;
    if (line->caret < line->len ||
        !filter_place_at(line->text, line->caret, &query_of(app)->context, &app->scratch, &place) ||
        place.is_value || !*place.prefix)
        return false;
    return filter_candidates(&place, &query_of(app)->context, NULL, &app->scratch, &candidates) &&
           strncasecmp(candidates[0].text, place.prefix, strlen(place.prefix)) == 0;
}

static void
changed(struct app *app, struct mode *mode)
{
    struct filter_state *state = mode->state;
    struct query *query = query_of(app);
    state->pending = may_become_field(app, mode);
    if (state->pending) {
        state->mistaken = false;
        mode_note(mode, ROLE_MUTED, -1, "a field, or Enter searches for the word");
        return;
    }
    state->mistaken = !query_set_filter(query, mode->line.text, app_now_ms(app), &state->problem);
    if (state->mistaken) {
        point_at_mistake(mode);
        return;
    }
    app->load_later = true;
}

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct filter_state *state = mode->state;
    struct view *view = &app->views[app->focus];
    (void)argument;
    app_recall_lines(app);
    if (!app_prepare_query(app, &view->query))
        return false;
    (void)snprintf(state->before, sizeof state->before, "%s", view->query.text); /* as large */
    state->cursor_before = view->cursor;
    line_set(&mode->line, view->query.text);
    if (*view->query.problem.message) {
        state->problem = view->query.problem;
        state->mistaken = true;
        point_at_mistake(mode);
    }
    return true;
}

static void
restore(struct app *app, struct mode *mode)
{
    struct filter_state *state = mode->state;
    struct view *view = &app->views[app->focus];
    if (state->accepted || strcmp(view->query.text, state->before) == 0)
        return;
    query_restore(&view->query, state->before);
    if (!*state->before)
        (void)query_set_filter(&view->query, "", app_now_ms(app), &state->problem); /* it reads */
    view->cursor = state->cursor_before;
    app->load_wanted = true;
}

static void
accept(struct app *app, struct mode *mode)
{
    struct filter_state *state = mode->state;
    if (state->mistaken) {
        mode_note(mode, ROLE_PROBLEM, (int)state->problem.at, state->problem.message);
        return; /* what is wrong is not kept */
    }
    if (state->pending &&
        query_set_filter(query_of(app), mode->line.text, app_now_ms(app), &state->problem))
        app->load_wanted = true;
    state->accepted = true;
    if (*mode->line.text)
        app_note_line(app, arena_printf(&app->scratch, "filter %s", mode->line.text));
    app_note_pane(app, app->focus);
    mode_close(app);
}

/* ---- what can be written ---- */

/* What the mistake was meant to be, where nothing else can stand. */
static void
offer_suggestion(struct mode *mode)
{
    struct filter_state *state = mode->state;
    struct completion *completion = &state->completion;
    if (!state->mistaken || !*state->problem.suggestion || state->tab.cycling)
        return;
    completion->at = state->problem.at;
    completion->len = state->problem.len;
    completion->prefix = "";
    completion->candidates = arena_new(&mode->arena, struct filter_candidate);
    *completion->candidates = (struct filter_candidate){
        filter_quote(state->problem.suggestion, &mode->arena), "is this meant?"};
    completion->candidates_len = 1;
}

static void
find_candidates(struct app *app, struct mode *mode)
{
    struct filter_state *state = mode->state;
    struct completion *completion = &state->completion;
    const char *text = tab_text(&state->tab, &mode->line);
    size_t caret = tab_caret(&state->tab, &mode->line);
    reader_complete(app->reader, text, caret, &query_of(app)->context, &mode->arena, completion);
    if (completion->candidates_len == 0)
        offer_suggestion(mode);
    bool wanted = completion->is_value || completion->len || state->listing || state->tab.cycling;
    bool written =
        completion->candidates_len == 1 && !state->tab.cycling &&
        strlen(completion->candidates[0].text) == completion->len &&
        strncmp(text + completion->at, completion->candidates[0].text, completion->len) == 0;
    if (!wanted || written)
        completion->candidates_len = 0;
}

static void
say_count(struct app *app, struct mode *mode)
{
    const struct query *query = query_of(app);
    const struct window_count *count = &query->count;
    char matching[COUNT_SIZE], total[COUNT_SIZE], firing[COUNT_SIZE], all_firing[COUNT_SIZE];
    if (!*mode->line.text)
        mode_note(mode, ROLE_MUTED, -1,
                  "sev>=major env=prod owner:@me age<2h \"two words\"    Tab completes, Up earlier "
                  "ones");
    else if (query->rows == WINDOW_ALERTS && query->counted)
        mode_note(mode, ROLE_MUTED, -1,
                  arena_printf(&app->scratch, "%s of %s match; of what fires, %s of %s",
                               count_text(count->matching, matching),
                               count_text(count->total, total),
                               count_text(count->firing_matching, firing),
                               count_text(count->firing, all_firing)));
    else if (query->counted)
        mode_note(mode, ROLE_MUTED, -1,
                  arena_printf(&app->scratch, "%s of %s match",
                               count_text(count->matching, matching),
                               count_text(count->total, total)));
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct filter_state *state = mode->state;
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    find_candidates(app, mode);
    const struct completion *completion = &state->completion;
    for (size_t i = 0; i < completion->candidates_len; i++) {
        const struct filter_candidate *candidate = &completion->candidates[i];
        table_line(&mode->table, candidate->text);
        table_span(&mode->table, ROLE_STRONG, candidate->text);
        table_pad_to(&mode->table, NAME_COLS);
        table_span(&mode->table, ROLE_MUTED, "  ");
        table_span(&mode->table, ROLE_MUTED, candidate->help);
    }
    if (!state->mistaken && !state->pending && (mode->note_role == ROLE_MUTED || !*mode->note))
        say_count(app, mode);
}

/* ---- keys ---- */

static void
complete(struct app *app, struct mode *mode, int direction)
{
    struct filter_state *state = mode->state;
    if (!state->tab.cycling) {
        state->listing = true;
        find_candidates(app, mode);
    }
    const char *text = tab_step(&state->tab, &mode->line, &state->completion, direction);
    if (!text) {
        mode_note(mode, ROLE_MESSAGE, -1, "nothing to complete here");
        return;
    }
    (void)snprintf(mode->cursor.id, sizeof mode->cursor.id, "%s", text); /* compared as far */
    mode_note(mode, ROLE_MUTED, -1, "");
    changed(app, mode);
    app->build_wanted = true;
}

static bool
key(struct app *app, struct mode *mode, const char *name)
{
    struct filter_state *state = mode->state;
    bool older = strcmp(name, "Up") == 0 || strcmp(name, "Ctrl-P") == 0;
    bool newer = strcmp(name, "Down") == 0 || strcmp(name, "Ctrl-N") == 0;
    if (strcmp(name, "Tab") == 0 || strcmp(name, "S-Tab") == 0) {
        complete(app, mode, *name == 'T' ? 1 : -1);
        return true;
    }
    state->tab.cycling = state->listing = false;
    if (!older && !newer) {
        app->build_wanted = true; /* another place has other candidates */
        return false;
    }
    if (line_history_step(&app->filters, &state->walk, older ? 1 : -1, &mode->line)) {
        mode_note(mode, ROLE_MUTED, -1, "");
        changed(app, mode);
        app->build_wanted = true;
    }
    return true;
}

const struct mode_ops mode_filter = {
    .title = "Tab completes",
    .place = PLACE_LIST,
    .rows_max = ROWS_MAX,
    .label = "/",
    .line_hints = "Enter keep|Tab complete|Esc cancel",
    .state_size = sizeof(struct filter_state),
    .open = open,
    .close = restore,
    .build = build,
    .changed = changed,
    .accept = accept,
    .key = key,
};
