/* What is typed: numbers, and names of actions. */

#include "ui/plain_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

void
plain_prompt(const struct plain *plain)
{
    if (plain->options->hints)
        fputs(
            "\nA number opens an item; alerts, timeline, rota and follow-ups list one pane; help, "
            "quit.",
            stdout);
    fputs("\n> ", stdout);
    (void)fflush(stdout); /* a terminal that is gone ends the input as well */
}

static void
say_help(void)
{
    static const enum action_id known[] = {
        ACTION_OPEN,    ACTION_PANE_1,      ACTION_PANE_2, ACTION_PANE_3,   ACTION_PANE_4,
        ACTION_FILTER,  ACTION_SORT,        ACTION_MINE,   ACTION_NEXT_TAB, ACTION_PREVIOUS_TAB,
        ACTION_REFRESH, ACTION_REFRESH_ALL, ACTION_HELP,   ACTION_LEAVE,
    };
    puts("A number, or the name of an action, or as much of it as is needed:");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct action_info *info = action_info(known[i]);
        const char *argument = known[i] == ACTION_OPEN ? "NUMBER" : info->argument;
        printf("%s%s%s: %s\n", info->name, *argument ? " " : "", argument, info->help);
    }
    puts("An empty line shows everything again.");
}

static void
refresh(struct plain *plain, bool all)
{
    static const char *const everything[] = {"", NULL};
    struct error err = {0};
    const char *const *resource = all ? everything : plain->views[plain->pane].ops->resources;
    for (; *resource; resource++)
        if (!reader_request(plain->reader, "refresh", *resource, clock_now_ms(), &err)) {
            puts(err.message);
            return;
        }
    puts("Asked the server.");
}

static void
open_by_number(struct plain *plain, const char *text)
{
    char *end;
    errno = 0;
    unsigned long at = strtoul(text, &end, 10);
    if (end == text || *end || errno || at < 1 || at > plain->items_len)
        printf("There is no item '%.40s': 1 to %zu were listed last.\n",
               text_clean(&plain->scratch, text, 40), plain->items_len);
    else
        plain_open_item(plain, at);
}

/* In the pane that was listed last; "none" takes it away. False: it was told why not. */
static bool
set_filter(struct plain *plain, const char *text)
{
    struct query *query = &plain->views[plain->pane].query;
    struct filter_error problem;
    struct error err = {0};
    bool none = !*text || strcasecmp(text, "none") == 0;
    arena_reset(&query->names);
    if (!reader_filter_context(plain->reader, query->rows, plain->settings.me, &query->names,
                               &query->context, &err)) {
        puts(err.message);
        return false;
    }
    query->context.zone = plain->settings.zone;
    query->context.derivation = &plain->options->app->profile->derivation;
    query->has_context = true;
    if (query_set_filter(query, none ? "" : text, clock_now_ms(), &problem))
        return true;
    printf("%s\n%s\n", filter_error_caret(text, &problem, &plain->scratch), problem.message);
    return false;
}

static bool
set_sort(struct plain *plain, const char *name)
{
    struct query *query = &plain->views[plain->pane].query;
    const struct sort *sort = query->sort ? sort_find(query->sort->kind, name) : NULL;
    size_t len = 0;
    const struct sort *sorts = query->sort ? sorts_of(query->sort->kind, &len) : NULL;
    if (sort) {
        query->sort = sort;
        return true;
    }
    printf("%s: expected", plain->views[plain->pane].ops->title);
    for (size_t i = 0; i < len; i++)
        printf("%s %s", i ? "," : "", sorts[i].name);
    puts(len ? "." : " no order but that of time.");
    return false;
}

static void
do_action(struct plain *plain, enum action_id action, const char *argument)
{
    struct error err = {0};
    struct view *view = &plain->views[plain->pane];
    if (!action_allowed(action, true)) {
        printf("'%s' writes; here one only reads.\n", action_info(action)->name);
        return;
    }
    switch ((int)action) {
    case ACTION_OPEN:
        open_by_number(plain, argument);
        return;
    case ACTION_PANE_1:
    case ACTION_PANE_2:
    case ACTION_PANE_3:
    case ACTION_PANE_4:
        plain_print_one(plain, (int)action - ACTION_PANE_1);
        return;
    case ACTION_REFRESH:
    case ACTION_REFRESH_ALL:
        refresh(plain, action == ACTION_REFRESH_ALL);
        return;
    case ACTION_FILTER:
        if (!set_filter(plain, argument))
            return;
        break;
    case ACTION_SORT:
        if (!set_sort(plain, argument))
            return;
        break;
    case ACTION_TIME_STYLE:
        plain->settings.time_style = (plain->settings.time_style + 1) % TIME_STYLE_COUNT;
        break;
    case ACTION_HELP:
        say_help();
        return;
    case ACTION_LEAVE:
    case ACTION_QUIT:
        plain_stop(plain, 0);
        return;
    default:
        if (!view->ops->act ||
            view->ops->act(view, action, plain_snapshot(plain), clock_now_ms()) == VIEW_IGNORED) {
            printf("'%s' needs a screen, or another pane.\n", action_info(action)->name);
            return;
        }
    }
    if (!plain_load(plain, &err))
        puts(err.message);
    plain_print_one(plain, plain->pane);
}

static void
take_line(struct plain *plain, char *line)
{
    struct error err = {0};
    line += strspn(line, " \t");
    for (size_t len = strlen(line); len && strchr(" \t\r", line[len - 1]); len--)
        line[len - 1] = '\0';
    size_t len = strcspn(line, " \t");
    char *argument = line + len + strspn(line + len, " \t");
    if (plain->changed && !plain_load(plain, &err)) /* numbers stay those that were printed */
        puts(err.message);
    if (!*line) {
        plain_print_all(plain);
        return;
    }
    if (strspn(line, "0123456789") == strlen(line)) {
        open_by_number(plain, line);
        return;
    }
    line[len] = '\0';
    enum action_id action = action_from_name(line);
    if (action == ACTION_COUNT)
        printf("There is no action '%.40s'; 'help' lists what can be done.\n",
               text_clean(&plain->scratch, line, 40));
    else
        do_action(plain, action, argument);
}

void
plain_on_input(void *context, int fd, int events)
{
    struct plain *plain = context;
    (void)events;
    ssize_t got = read(fd, plain->line + plain->line_len, sizeof plain->line - 1 - plain->line_len);
    if (got <= 0) {
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            return;
        puts("");
        plain_stop(plain, 0);
        return;
    }
    plain->line_len += (size_t)got;
    plain->line[plain->line_len] = '\0';
    char *at = plain->line;
    for (char *end; (end = strchr(at, '\n')); at = end + 1) {
        *end = '\0';
        take_line(plain, at);
        arena_reset(&plain->scratch);
    }
    plain->line_len = strlen(at);
    memmove(plain->line, at, plain->line_len + 1);
    if (plain->line_len == sizeof plain->line - 1) {
        puts("That line is too long.");
        plain->line_len = 0;
    }
    plain_prompt(plain);
}
