/* Saved views: a pane's filter and order under a name. */

#include <stdio.h>
#include <string.h>

#include "action/argument.h"
#include "base/clock.h"
#include "base/text.h"
#include "ui/app_internal.h"

/* There from the start, as long as no other is saved under the name; saved_at is 0. */
static const struct saved_view built_in[] = {
    {.name = "ignored", /* warnings that nobody answered, the oldest first */
     .pane = "alerts",
     .filter = "level=warn state=firing",
     .sort = "oldest",
     .columns = ""},
};
enum { BUILT_IN = sizeof built_in / sizeof *built_in };

static const struct saved_view *
find(const struct saved_view *saved, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(saved[i].name, name) == 0)
            return &saved[i];
    return NULL;
}

bool
act_views_load(struct app *app, struct arena *arena, const struct saved_view **saved, size_t *len)
{
    const struct saved_view *own;
    struct error err = {0};
    if (!saved_view_list(reader_private(app->reader), reader_upstream(app->reader), arena, &own,
                         len, &err)) {
        app_say_failure(app, &err, "cannot read the saved views");
        return false;
    }
    struct saved_view *all = arena_new_array(arena, *len + BUILT_IN, struct saved_view);
    size_t all_len = 0;
    for (size_t i = 0; i < *len; i++)
        all[all_len++] = own[i];
    for (size_t i = 0; i < BUILT_IN; i++)
        if (!find(own, *len, built_in[i].name))
            all[all_len++] = built_in[i];
    *saved = all;
    *len = all_len;
    return true;
}

int
act_views_pane(const struct saved_view *saved)
{
    for (int pane = 0; pane < PANE_COUNT; pane++)
        if (strcmp(views[pane]->name, saved->pane) == 0)
            return pane;
    return -1;
}

bool
act_views_check(struct app *app, const struct saved_view *saved, struct filter_error *problem)
{
    struct arena arena = {0};
    const struct filter *filter;
    const struct sort *sort;
    int pane = act_views_pane(saved);
    problem->message[0] = '\0';
    if (pane < 0) {
        (void)snprintf(problem->message, sizeof problem->message, "there is no pane '%.40s'",
                       saved->pane);
        return false;
    }
    struct query *query = &app->views[pane].query;
    if (!app_prepare_query(app, query))
        return false;
    bool reads = saved_view_parse(saved, &query->context, &arena, &filter, &sort, problem);
    arena_finish(&arena);
    return reads;
}

static void
apply(struct app *app, const struct saved_view *saved)
{
    struct filter_error problem;
    int pane = act_views_pane(saved);
    if (!act_views_check(app, saved, &problem)) {
        app_say(app, ROLE_PROBLEM,
                arena_printf(&app->scratch, "the view '%s' no longer reads, it is kept: %s",
                             text_clean(&app->scratch, saved->name, 60), problem.message));
        return;
    }
    if (pane != app->focus)
        app_do(app, ACTION_PANE_1 + (enum action_id)pane, "");
    struct view *view = &app->views[pane];
    (void)query_set_filter(&view->query, saved->filter, clock_now_ms(), &problem); /* it reads */
    query_order(&view->query, saved->sort);
    view->cursor.id[0] = view->cursor.top[0] = '\0';
    app_note_pane(app, pane);
    app->load_wanted = true;
    app_say(app, ROLE_MESSAGE,
            arena_printf(&app->scratch, "view '%s'", text_clean(&app->scratch, saved->name, 60)));
}

static void
save(struct app *app, const char *name, const struct saved_view *as)
{
    struct error err = {0};
    if (!saved_view_put(reader_private(app->reader), reader_upstream(app->reader), as,
                        clock_now_ms(), &err))
        app_say_failure(app, &err, "cannot save the view");
    else
        app_say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch, "saved as view '%s': f lists them", name));
}

static void
save_pane(struct app *app, const char *name)
{
    const struct query *query = &app->views[app->focus].query;
    struct saved_view view = {
        .name = name,
        .pane = views[app->focus]->name,
        .filter = query->text,
        .sort = query_is_sorted(query) ? query->sort->name : "",
        .columns = "",
    };
    save(app, name, &view);
}

static bool
forget(struct app *app, const char *name)
{
    struct error err = {0};
    if (saved_view_delete(reader_private(app->reader), reader_upstream(app->reader), name, &err))
        return true;
    app_say_failure(app, &err, "cannot delete the view");
    return false;
}

void
act_views_delete(struct app *app, const char *name)
{
    const struct saved_view *saved, *view;
    size_t len;
    if (!act_views_load(app, &app->scratch, &saved, &len))
        return;
    view = find(saved, len, name);
    if (view && !view->saved_at)
        app_say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch, "view '%s' comes with tocsin: it stays", name));
    else if (forget(app, name))
        app_say(app, ROLE_MESSAGE, arena_printf(&app->scratch, "view '%s' deleted", name));
}

static void
rename_view(struct app *app, const struct saved_view *saved, const char *name)
{
    struct saved_view view = *saved;
    view.name = name;
    save(app, name, &view);
    if (strcmp(saved->name, name) != 0)
        (void)forget(app, saved->name); /* said why not: then both are there */
}

static void
no_such_view(struct app *app, const char *name, const struct saved_view *saved, size_t len)
{
    const char *nearest = "";
    int best = 4;
    for (size_t i = 0; i < len; i++)
        if (text_distance(name, saved[i].name) < best) {
            best = text_distance(name, saved[i].name);
            nearest = saved[i].name;
        }
    const char *hint =
        *nearest ? arena_printf(&app->scratch, ": did you mean '%s'?", nearest) : ": f lists them";
    app_say(app, ROLE_PROBLEM,
            arena_printf(&app->scratch, "there is no view '%s'%s",
                         text_clean(&app->scratch, name, 60), hint));
}

void
act_view(struct app *app, enum action_id action, const char *argument)
{
    const char *verb = "", *name = "", *second = "", *rest = argument;
    const struct saved_view *saved;
    size_t len;
    (void)action;
    if (!argument_word(&rest, &app->scratch, &verb)) {
        (void)mode_open(app, &mode_views, ""); /* said why not */
        return;
    }
    bool more = argument_word(&rest, &app->scratch, &name);
    if (!act_views_load(app, &app->scratch, &saved, &len))
        return;
    if (strcmp(verb, "save") == 0 && more) {
        save_pane(app, name);
        return;
    }
    bool deletes = strcmp(verb, "delete") == 0 && more;
    bool renames =
        strcmp(verb, "rename") == 0 && more && argument_word(&rest, &app->scratch, &second);
    if (!deletes && !renames)
        name = arena_text_len(&app->scratch, argument, strlen(argument));
    const struct saved_view *view = find(saved, len, deletes || renames ? name : verb);
    if (!view && !deletes && !renames)
        view = find(saved, len, name); /* blanks, and no quotes */
    if (!view)
        no_such_view(app, deletes || renames ? name : verb, saved, len);
    else if (deletes)
        (void)mode_open(app, &mode_views, name); /* which asks */
    else if (renames)
        rename_view(app, view, second);
    else
        apply(app, view);
}
