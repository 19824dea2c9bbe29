/* Ctrl-F: one search over all kinds, newest first, while it is typed. Enter goes to where what was found stands. */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/app_internal.h"

#define PAGE_ROWS 200
#define WHEN_COLS 13
#define KIND_COLS 18

struct search_state {
    struct arena arena; /* of filter and window */
    struct arena names;
    struct filter_context context;
    const struct filter *filter;
    struct search_window window;
    bool wanted, read; /* the words changed since they were looked for; what was found is of them */
    bool more_wanted;  /* the cursor is near the end of what was read, and there is more */
    struct line_history_walk walk;
};

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct search_state *state = mode->state;
    struct error err = {0};
    app_recall_lines(app);
    if (!reader_filter_context(app->reader, WINDOW_FOUND, app->settings.me, &state->names,
                               &state->context, &err)) {
        app_say_failure(app, &err, "cannot read what a search is made of");
        arena_finish(&state->names);
        return false;
    }
    state->context.zone = app->settings.zone;
    line_set(&mode->line, argument);
    state->wanted = *argument;
    app->load_later = *argument;
    return true;
}

static void
close(struct app *app, struct mode *mode)
{
    struct search_state *state = mode->state;
    (void)app;
    arena_finish(&state->arena);
    arena_finish(&state->names);
}

static void
look(struct app *app, struct mode *mode)
{
    struct search_state *state = mode->state;
    struct arena arena = {0};
    struct filter_error problem;
    struct search_window window;
    const struct filter *filter;
    struct error err = {0};
    state->wanted = state->more_wanted = false;
    state->context.now_ms = clock_now_ms();
    if (!filter_parse(mode->line.text, &state->context, &arena, &filter, &problem)) {
        mode_note(mode, ROLE_PROBLEM, (int)problem.at, problem.message);
    } else if (!filter) {
        state->read = false;
    } else if (app_search(app, filter, 0, PAGE_ROWS, &arena, &window, &err)) {
        struct arena before = state->arena;
        state->arena = arena;
        state->filter = filter;
        state->window = window;
        state->read = true;
        mode->cursor = (struct cursor){{0}, {0}, 0}; /* the newest is the first */
        arena_finish(&before);
        return;
    } else if (err.code == ERROR_INTERRUPTED) {
        state->wanted = app->load_later = true;
    } else {
        mode_note(mode, ROLE_PROBLEM, -1, err.message);
    }
    arena_finish(&arena);
}

/* The next page behind what was found so far. */
static void
look_further(struct app *app, struct mode *mode)
{
    struct search_state *state = mode->state;
    struct search_window *window = &state->window, next;
    struct error err = {0};
    const int64_t last = window->rows[window->rows_len - 1].key;
    size_t from = 0;
    state->more_wanted = false;
    if (!app_search(app, state->filter, last, PAGE_ROWS, &state->arena, &next, &err)) {
        state->more_wanted = app->load_later = err.code == ERROR_INTERRUPTED;
        if (!state->more_wanted)
            mode_note(mode, ROLE_PROBLEM, -1, err.message);
        return;
    }
    while (from < next.rows_len && next.rows[from].key >= last)
        from++;
    const size_t more = next.rows_len - from;
    struct search_row *all =
        arena_new_array(&state->arena, window->rows_len + more, struct search_row);
    memcpy(all, window->rows, window->rows_len * sizeof *all);
    if (more)
        memcpy(all + window->rows_len, next.rows + from, more * sizeof *all);
    window->rows = all;
    window->rows_len += more;
    window->more_below = next.more_below;
}

static void
changed(struct app *app, struct mode *mode)
{
    struct search_state *state = mode->state;
    state->wanted = app->load_later = true;
}

/* ---- rows ---- */

/* What matches stands between two marks; what is around is muted. */
static void
put_marked(struct table *table, enum role role, const char *snippet)
{
    while (*snippet) {
        bool marked = *snippet == SEARCH_MATCH_BEGIN;
        snippet += marked;
        size_t len = strcspn(snippet, marked ? (const char[]){SEARCH_MATCH_END, 0}
                                             : (const char[]){SEARCH_MATCH_BEGIN, 0});
        table_span(table, marked ? ROLE_MESSAGE : role, arena_text_len(table->arena, snippet, len));
        snippet += len;
        snippet += *snippet == SEARCH_MATCH_END;
    }
}

/* The snippet without its marks. */
static const char *
plain(struct arena *arena, const char *snippet)
{
    char *out = arena_alloc(arena, strlen(snippet) + 1), *end = out;
    for (; *snippet; snippet++)
        if (*snippet != SEARCH_MATCH_BEGIN && *snippet != SEARCH_MATCH_END)
            *end++ = *snippet;
    return out;
}

static void
put_row(struct app *app, struct table *table, const struct search_row *row)
{
    char moment[MOMENT_SIZE];
    bool narrow = table->cols < 60;
    table_line(table, arena_printf(table->arena, "%s/%s", row->kind, row->id));
    table_span(table, ROLE_AGE, moment_text(app->settings.zone, row->at, clock_now_ms(), moment));
    table_pad_to(table, WHEN_COLS);
    table_span(table, ROLE_MUTED, row->kind);
    if (narrow)
        table_line(table, arena_printf(table->arena, "%s/%s", row->kind, row->id));
    table_pad_to(table, narrow ? 2 : WHEN_COLS + KIND_COLS);
    if (strcmp(plain(table->arena, row->snippet), row->title) == 0) {
        put_marked(table, ROLE_TEXT, row->snippet);
        return;
    }
    table_span(table, ROLE_TEXT, row->title);
    if (strchr(row->snippet, SEARCH_MATCH_BEGIN)) {
        table_span(table, ROLE_MUTED, *row->title ? "   " : "");
        put_marked(table, ROLE_MUTED, row->snippet);
    }
}

static void
say_found(struct app *app, struct mode *mode)
{
    const struct search_state *state = mode->state;
    const struct search_window *window = &state->window;
    const char *index =
        window->is_complete ? "" : "; the index is being made: older may be missing";
    if (!state->read)
        mode_note(
            mode, ROLE_MUTED, -1,
            "words of alerts, incidents, updates, follow-ups, people; also kind=alerts age<7d");
    else
        mode_note(mode, window->is_complete ? ROLE_MUTED : ROLE_MESSAGE, -1,
                  arena_printf(&app->scratch, "%s%zu found, newest first%s",
                               window->more_below ? "more than " : "", window->rows_len, index));
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct search_state *state = mode->state;
    struct table *table = &mode->table;
    bool looked = state->wanted && !app->load_later; /* behind the frame that echoes the key */
    if (looked)
        look(app, mode);
    else if (state->more_wanted && !app->load_later)
        look_further(app, mode);
    table_init(table, &mode->arena, cols, NULL, 0);
    for (size_t i = 0; state->read && i < state->window.rows_len; i++)
        put_row(app, table, &state->window.rows[i]);
    if (state->read && state->window.rows_len == 0)
        table_empty(table, ROLE_MESSAGE, "Nothing has these words.");
    if (mode->note_role != ROLE_PROBLEM || !*mode->note)
        say_found(app, mode);
}

/* ---- keys ---- */

static void
accept(struct app *app, struct mode *mode)
{
    struct search_state *state = mode->state;
    if (state->wanted) { /* typed in the same burst */
        app->load_later = false;
        app_build(app);
    }
    const char *chosen = arena_text(&app->scratch, mode_chosen(mode));
    const char *slash = strchr(chosen, '/');
    if (!slash)
        return;
    app_note_line(app, arena_printf(&app->scratch, "search %s", mode->line.text));
    const char *list = arena_text_len(&app->scratch, chosen, (size_t)(slash - chosen));
    mode_close(app);
    act_show_item(app, list, slash + 1);
}

/* The cursor may be about to move: half a page before the end the next one is read. */
static void
want_more(struct app *app, struct mode *mode)
{
    struct search_state *state = mode->state;
    size_t above, below;
    if (!state->read || !state->window.more_below)
        return;
    cursor_margins(&mode->cursor, &mode->table, &above, &below);
    if (below < PAGE_ROWS / 2)
        state->more_wanted = app->load_later = app->build_wanted = true;
}

/* Earlier searches, as long as there is nothing to choose from. */
static bool
key(struct app *app, struct mode *mode, const char *name)
{
    struct search_state *state = mode->state;
    want_more(app, mode);
    bool older = strcmp(name, "Up") == 0, newer = strcmp(name, "Down") == 0;
    if ((!older && !newer) || (*mode->line.text && !state->walk.at))
        return false;
    if (newer && !state->walk.at)
        return false;
    if (line_history_step(&app->searches, &state->walk, older ? 1 : -1, &mode->line)) {
        changed(app, mode);
        app->build_wanted = true;
    }
    return true;
}

const struct mode_ops mode_search = {
    .title = "Search everything",
    .place = PLACE_BODY,
    .label = "search ",
    .state_size = sizeof(struct search_state),
    .open = open,
    .close = close,
    .build = build,
    .changed = changed,
    .accept = accept,
    .key = key,
};
