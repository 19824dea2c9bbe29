#include "ui/act_item.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/process.h"
#include "base/str.h"
#include "base/text.h"
#include "ui/app_internal.h"
#include "ui/clipboard.h"
#include "ui/detail.h"
#include "ui/links.h"
#include "ui/term.h"

#define JSON_MAX_BYTES (256 * 1024)
#define SELECTION_MAX_BYTES (16 * 1024 * 1024)
#define OPENER_LOOK_MS 500
#define OPENER_LOOKS 20 /* who runs longer than so many looks opened something, and is left alone */

const struct copy_part copy_parts[COPY_COUNT] = {
    [COPY_REFERENCE] = {"r", "reference"}, [COPY_LINK] = {"l", "link"},
    [COPY_TITLE] = {"t", "title"},         [COPY_SUMMARY] = {"s", "summary"},
    [COPY_JSON] = {"J", "json"},
};

const struct detail *
item_detail(struct app *app)
{
    for (int i = app->modes_len - 1; i >= 0; i--)
        if (app->modes[i]->ops == &mode_detail)
            return mode_detail_shown(app, app->modes[i]);
    if (!app->detail.brief)
        return &app->detail;
    app_read_detail(app, &app->whole);
    return &app->whole;
}

static bool
is_in_detail(const struct app *app)
{
    for (int i = 0; i < app->modes_len; i++)
        if (app->modes[i]->ops == &mode_detail)
            return true;
    return false;
}

static const char *
raw_json_of(struct app *app, const struct detail *detail, enum copy_id part, struct arena *arena)
{
    struct error err = {0};
    const char *json = "";
    (void)part;
    if (!reader_json(app->reader, detail->ref, arena, &json, &err))
        app_say_failure(app, &err, "cannot read the object");
    return json;
}

static const char *
part_of(struct app *app, const struct detail *detail, enum copy_id part, struct arena *arena)
{
    const struct link *links;
    switch (part) {
    case COPY_REFERENCE:
        return detail->name;
    case COPY_LINK:
        return links_of(detail, arena, &links) ? links[0].url : "";
    case COPY_TITLE:
        return detail->title;
    case COPY_SUMMARY:
        return detail_print(detail, &app->settings, clock_now_ms(), arena);
    case COPY_JSON:
        return json_set_out(arena, raw_json_of(app, detail, part, arena), JSON_MAX_BYTES);
    case COPY_COUNT:
        break;
    }
    return "";
}

typedef const char *text_of(struct app *app, const struct detail *detail, enum copy_id part,
                            struct arena *arena);

/* A line each, or what a part has of lines; those that left are left out. *is_cut: it is more than that. */
static const char *
of_selection(struct app *app, text_of *of, enum copy_id part, size_t max_bytes, bool *is_cut,
             struct arena *arena)
{
    const struct target *targets;
    struct error err = {0};
    struct str all;
    str_init(&all, max_bytes);
    size_t len = app_targets(app, &targets);
    for (size_t i = 0; i < len; i++) {
        if (!reader_detail(app->reader, &app->views[app->focus], app_snapshot(app), targets[i].id,
                           &app->whole, &err)) {
            app_say_failure(app, &err, "cannot read what is selected");
            break;
        }
        const char *text = of(app, &app->whole, part, arena);
        if (*text)
            str_printf(&all, "%s%s", all.len ? "\n" : "", text);
    }
    const char *text = arena_text(arena, str_text(&all));
    *is_cut = all.overflowed;
    str_finish(&all);
    return text;
}

size_t
item_count(const struct app *app)
{
    size_t len = app->views[app->focus].selection.len;
    return is_in_detail(app) || !len ? 1 : len;
}

const char *
item_preview(struct app *app, enum copy_id part, struct arena *arena)
{
    return part_of(app, item_detail(app), part, arena);
}

const char *
item_part(struct app *app, enum copy_id part, struct arena *arena)
{
    bool is_cut; /* what is too long for a clipboard is shown */
    if (!is_in_detail(app) && app->views[app->focus].selection.len)
        return of_selection(app, part_of, part, JSON_MAX_BYTES, &is_cut, arena);
    return part_of(app, item_detail(app), part, arena);
}

bool
item_json(struct app *app, struct arena *arena, const char **json)
{
    bool is_cut = false;
    *json = !is_in_detail(app) && app->views[app->focus].selection.len
                ? of_selection(app, raw_json_of, COPY_JSON, SELECTION_MAX_BYTES, &is_cut, arena)
                : raw_json_of(app, item_detail(app), COPY_JSON, arena);
    if (is_cut)
        app_say(app, ROLE_PROBLEM, "too much is selected for one command");
    else if (!**json)
        app_say(app, ROLE_MESSAGE, "there is no object behind this");
    return !is_cut && **json;
}

static void
show(struct app *app, const char *title, const char *text)
{
    (void)mode_open(app, &mode_text, arena_printf(&app->scratch, "%s\n%s", title, text)); /* said */
}

void
item_copy(struct app *app, const char *what, const char *text)
{
    /* What is pasted elsewhere may be run there: line feeds stay, controls do not. */
    const char *clean = text_clean_lines(&app->scratch, text, JSON_MAX_BYTES);
    const char *body = clipboard_osc(&app->scratch, clean);
    if (body) {
        term_send_osc(body);
        app_say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch, "copied %s: %s", what,
                             text_cut(&app->scratch, text_clean(&app->scratch, clean, 400), 60)));
    } else if (*clean) {
        app_say(app, ROLE_MESSAGE, "too long for the clipboard: select it here");
        show(app, what, clean);
    }
}

void
act_copy(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    if (!*argument) {
        (void)mode_open(app, &mode_copy, ""); /* said why not */
        return;
    }
    for (int i = 0; i < COPY_COUNT; i++)
        if (strcmp(argument, copy_parts[i].name) == 0) {
            const char *text = item_part(app, (enum copy_id)i, &app->scratch);
            if (*text)
                item_copy(app, copy_parts[i].name, text);
            else
                app_say(app, ROLE_MESSAGE, arena_printf(&app->scratch, "it has no %s", argument));
            return;
        }
    app_say(app, ROLE_PROBLEM, "what to copy: reference, link, title, summary or json");
}

void
act_json(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)argument;
    const char *json = item_part(app, COPY_JSON, &app->scratch);
    if (*json)
        show(app, "JSON, as it came", json);
    else
        app_say(app, ROLE_MESSAGE, "there is no object behind this");
}

/* ---- opening ---- */

/* A desktop's own way, where one can be seen: over SSH there is none. */
static const char *const *
open_command(const struct profile *profile)
{
    static const char *const desktop[] = {"xdg-open", NULL};
    const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
    if (profile->open_command && *profile->open_command)
        return profile->open_command;
    return (x && *x) || (wayland && *wayland) ? desktop : NULL;
}

static void
look_after_opener(void *context)
{
    struct app *app = context;
    int exit_status;
    app->opener_timer = 0;
    if (!process_wait(app->opener, 0, &exit_status)) {
        if (app->opener_looks++ < OPENER_LOOKS)
            app->opener_timer = loop_after(app->loop, OPENER_LOOK_MS, look_after_opener, app);
        return;
    }
    app->opener = 0;
    if (exit_status != 0)
        app_say(app, ROLE_PROBLEM,
                arena_printf(&app->scratch, "what opens links ended with status %d", exit_status));
}

static bool
start_opener(struct app *app, const char *const *command, const char *url, struct error *err)
{
    const struct process_options apart = {
        .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1, .new_session = true};
    size_t len = 0;
    while (command[len])
        len++;
    const char **argv = arena_new_array(&app->scratch, len + 2, const char *);
    memcpy(argv, command, len * sizeof *argv);
    argv[len] = url;
    loop_cancel(app->loop, app->opener_timer);
    int exit_status; /* of an earlier one, if it has ended by now: nobody looks at it any more */
    bool ended = app->opener > 0 && process_wait(app->opener, 0, &exit_status);
    (void)ended;
    app->opener = 0;
    if (!process_start(argv, &apart, &app->opener, err))
        return false;
    app->opener_looks = 0;
    app->opener_timer = loop_after(app->loop, OPENER_LOOK_MS, look_after_opener, app);
    return true;
}

void
item_open_link(struct app *app, const char *url)
{
    const char *const *command = open_command(app->options->profile);
    struct error err = {0};
    if (!link_is_safe(url)) {
        app_say(app, ROLE_PROBLEM, "not opened: this is no plain http or https address");
    } else if (!command) {
        item_copy(app, "link, for there is no display here", url);
    } else if (start_opener(app, command, url, &err)) {
        app_say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch, "opening %s",
                             text_cut(&app->scratch, text_clean(&app->scratch, url, 400), 80)));
    } else {
        app_say_failure(app, &err, "cannot open a link");
    }
}

void
act_open_link(struct app *app, enum action_id action, const char *argument)
{
    const struct link *links;
    (void)action;
    size_t len = links_of(item_detail(app), &app->scratch, &links);
    size_t chosen = *argument ? (size_t)strtoul(argument, NULL, 10) : len == 1;
    if (len == 0)
        app_say(app, ROLE_MESSAGE, "it opens nowhere");
    else if (chosen >= 1 && chosen <= len)
        item_open_link(app, links[chosen - 1].url);
    else
        (void)mode_open(app, &mode_links, ""); /* said why not */
}
