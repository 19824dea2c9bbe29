/*
 * `/`: the filter of the focused pane, in force while it is typed. A mistake is pointed at and leaves the last filter that
 * read in force. Panes whose rows are of several kinds are searched instead: the cursor goes to the first match.
 */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "model/filter_complete.h"
#include "ui/app_internal.h"

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
    /* Tab goes from candidate to candidate: each stands in the text as it was at first. */
    bool cycling;
    size_t cycle, base_caret;
    char base[LINE_SIZE];
    struct filter_place place;
    const struct filter_candidate *candidates; /* in mode->arena */
    size_t len;
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
    const struct query *query = query_of(app);
    const struct line *line = &mode->line;
    struct filter_place place;
    const struct filter_candidate *candidates;
    if (query->kind == KIND_COUNT || line->caret < line->len ||
        !filter_place_at(line->text, line->caret, &query->context, &app->scratch, &place) ||
        place.is_value || !*place.prefix)
        return false;
    return filter_candidates(&place, &query->context, NULL, &app->scratch, &candidates) > 0 &&
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
    state->mistaken = !query_set_filter(query, mode->line.text, clock_now_ms(), &state->problem);
    if (state->mistaken) {
        point_at_mistake(mode);
        return;
    }
    if (query->kind != KIND_COUNT) {
        app->load_later = true;
        return;
    }
    app->views[app->focus].cursor = state->cursor_before;
    if (*query->text && !act_find(app, 0) && !act_find(app, -1))
        mode_note(mode, ROLE_MESSAGE, -1, "no match");
    else if (*query->text)
        mode_note(mode, ROLE_MUTED, -1,
                  "Enter keeps it: ; and , go to the next and the previous match");
}

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct filter_state *state = mode->state;
    struct view *view = &app->views[app->focus];
    (void)argument;
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
        (void)query_set_filter(&view->query, "", clock_now_ms(), &state->problem); /* it reads */
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
        query_set_filter(query_of(app), mode->line.text, clock_now_ms(), &state->problem))
        app->load_wanted = true;
    state->accepted = true;
    line_history_add(&app->filters, mode->line.text);
    mode_close(app);
}

/* ---- what can be written ---- */

static void
find_candidates(struct app *app, struct mode *mode)
{
    struct filter_state *state = mode->state;
    const struct query *query = query_of(app);
    const char *text = state->cycling ? state->base : mode->line.text;
    size_t caret = state->cycling ? state->base_caret : mode->line.caret;
    state->len = 0;
    if (query->kind == KIND_COUNT)
        return;
    if (filter_place_at(text, caret, &query->context, &mode->arena, &state->place))
        state->len = filter_candidates(
            &state->place, &query->context,
            reader_filter_values(app->reader, &state->place, &query->context, &mode->arena),
            &mode->arena, &state->candidates);
    if (state->len == 0 && state->mistaken && *state->problem.suggestion && !state->cycling) {
        struct filter_candidate *one = arena_new(&mode->arena, struct filter_candidate);
        *one = (struct filter_candidate){filter_quote(state->problem.suggestion, &mode->arena),
                                         "did you mean this?"};
        state->candidates = one;
        state->len = 1;
        state->place.from = state->problem.at;
        state->place.to = state->problem.at + state->problem.len;
    }
    const struct filter_place *place = &state->place;
    bool wanted = place->is_value || *place->prefix || state->listing || state->cycling;
    bool written =
        state->len == 1 && !state->cycling &&
        strncmp(text + place->from, state->candidates[0].text, place->to - place->from) == 0 &&
        strlen(state->candidates[0].text) == place->to - place->from;
    if (!wanted || written)
        state->len = 0;
}

static void
say_count(struct app *app, struct mode *mode)
{
    const struct query *query = query_of(app);
    const struct window_count *count = &query->count;
    char matching[COUNT_SIZE], total[COUNT_SIZE], firing[COUNT_SIZE], all_firing[COUNT_SIZE];
    if (!*mode->line.text)
        mode_note(mode, ROLE_MUTED, -1,
                  query->kind == KIND_COUNT
                      ? "words to find in this pane"
                      : "sev>=major env=prod owner:@me age<2h \"two words\"    "
                        "Tab completes, Up earlier ones");
    else if (query->kind != KIND_COUNT && query->counted)
        mode_note(mode, ROLE_MUTED, -1,
                  arena_printf(&app->scratch,
                               query->kind == KIND_ALERT ? "%s of %s match; of what fires, %s of %s"
                                                         : "%s of %s match",
                               count_text(count->matching, matching),
                               count_text(count->total, total),
                               count_text(count->firing_matching, firing),
                               count_text(count->firing, all_firing)));
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct filter_state *state = mode->state;
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    find_candidates(app, mode);
    for (size_t i = 0; i < state->len; i++) {
        table_line(&mode->table, state->candidates[i].text);
        table_span(&mode->table, ROLE_STRONG, state->candidates[i].text);
        table_pad_to(&mode->table, NAME_COLS);
        table_span(&mode->table, ROLE_MUTED, state->candidates[i].help);
    }
    if (!state->mistaken && !state->pending && (mode->note_role == ROLE_MUTED || !*mode->note))
        say_count(app, mode);
}

/* ---- keys ---- */

static void
put_candidate(struct app *app, struct mode *mode)
{
    struct filter_state *state = mode->state;
    const char *text = state->candidates[state->cycle].text;
    const char *line = arena_printf(&app->scratch, "%.*s%s%s", (int)state->place.from, state->base,
                                    text, state->base + state->place.to);
    if (strlen(line) >= LINE_SIZE)
        return;
    memcpy(mode->line.text, line, strlen(line) + 1);
    mode->line.len = strlen(line);
    mode->line.caret = state->place.from + strlen(text);
    (void)snprintf(mode->cursor.id, sizeof mode->cursor.id, "%s", text); /* compared as far */
    mode_note(mode, ROLE_MUTED, -1, "");
    changed(app, mode);
    app->build_wanted = true;
}

static void
complete(struct app *app, struct mode *mode, int direction)
{
    struct filter_state *state = mode->state;
    if (!state->cycling) {
        state->listing = true;
        memcpy(state->base, mode->line.text, mode->line.len + 1);
        state->base_caret = mode->line.caret;
        find_candidates(app, mode);
        if (state->len == 0) {
            mode_note(mode, ROLE_MESSAGE, -1, "nothing to complete here");
            return;
        }
        state->cycle = direction > 0 ? 0 : state->len - 1;
    } else {
        state->cycle = (state->cycle + state->len + (size_t)direction) % state->len;
    }
    state->cycling = state->len > 1; /* of one only, the next Tab goes on behind it */
    put_candidate(app, mode);
}

static bool
key(struct app *app, struct mode *mode, const char *name)
{
    struct filter_state *state = mode->state;
    bool older = strcmp(name, "Up") == 0 || strcmp(name, "Ctrl-P") == 0;
    bool newer = strcmp(name, "Down") == 0 || strcmp(name, "Ctrl-N") == 0;
    if (strcmp(name, "Tab") == 0 || strcmp(name, "S-Tab") == 0) {
        if (query_of(app)->kind != KIND_COUNT)
            complete(app, mode, *name == 'T' ? 1 : -1);
        return true;
    }
    state->cycling = state->listing = false;
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
    .line_hints = "Enter keep|Tab complete|Esc cancel",
    .label = "/",
    .state_size = sizeof(struct filter_state),
    .open = open,
    .close = restore,
    .build = build,
    .changed = changed,
    .accept = accept,
    .key = key,
};
