#include "ui/argument_complete.h"

#include <string.h>
#include <strings.h>

#include "action/argument.h"

#define EXPECTED_MAX 12
#define CANDIDATES_MAX 60

typedef void completer(struct app *app, struct completion *completion, struct arena *arena);

static void
offer(struct completion *completion, const char *word, const char *help, struct arena *arena)
{
    size_t len = strlen(completion->prefix);
    if (completion->candidates_len == CANDIDATES_MAX ||
        strncasecmp(word, completion->prefix, len) != 0)
        return;
    completion->candidates[completion->candidates_len++] =
        (struct filter_candidate){argument_quote(word, arena), help};
}

static void
sorts(struct app *app, struct completion *completion, struct arena *arena)
{
    const struct sort *sort = app->views[app->focus].query.sort;
    size_t len = 0;
    const struct sort *all = sort ? sorts_of(sort->kind, &len) : NULL;
    for (size_t i = 0; i < len; i++)
        offer(completion, all[i].name, all[i].help, arena);
}

static void
saved_views(struct app *app, struct completion *completion, struct arena *arena)
{
    const struct saved_view *saved;
    size_t len;
    if (act_views_load(app, arena, &saved, &len))
        for (size_t i = 0; i < len; i++)
            offer(completion, saved[i].name,
                  arena_printf(arena, "%s  %s", saved[i].pane, saved[i].filter), arena);
}

static void
themes(struct app *app, struct completion *completion, struct arena *arena)
{
    (void)app;
    for (const char *const *name = theme_names(); *name; name++)
        offer(completion, *name, "", arena);
}

static void
profiles(struct app *app, struct completion *completion, struct arena *arena)
{
    const struct config *config = app->options->config;
    for (size_t i = 0; config && i < config->profiles_len; i++)
        offer(completion, config->profiles[i].name, config->profiles[i].url, arena);
}

static void
schedules(struct app *app, struct completion *completion, struct arena *arena)
{
    const struct rota_window *rota = &app_snapshot(app)->rota;
    for (size_t i = 0; i < rota->schedules_len; i++)
        offer(completion, rota->schedules[i].name, rota->schedules[i].timezone, arena);
}

/* Those that people are in; any other can be written out. */
static void
zones(struct app *app, struct completion *completion, struct arena *arena)
{
    const struct rota_window *rota = &app_snapshot(app)->rota;
    offer(completion, "UTC", "", arena);
    offer(completion, zone_name(app->settings.zone), "yours", arena);
    for (size_t i = 0; i < rota->schedules_len; i++)
        offer(completion, rota->schedules[i].timezone,
              arena_printf(arena, "of %s", rota->schedules[i].name), arena);
}

static void
times(struct app *app, struct completion *completion, struct arena *arena)
{
    static const char *const examples[][2] = {
        {"1h", "an hour ago"},    {"8h", ""},        {"today", "its first minute"},
        {"yesterday 14:00", ""},  {"Mon 09:00", ""}, {"23 Mar", ""},
        {"2026-03-23 09:30", ""},
    };
    (void)app;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        offer(completion, examples[i][0], examples[i][1], arena);
}

/* For the incident on the timeline: who may have broken it. Any other address can be written out. */
static void
suspects(struct app *app, struct completion *completion, struct arena *arena)
{
    const struct timeline_window *timeline = &app_snapshot(app)->timeline;
    struct pull_request_line *lines;
    size_t len;
    struct error err; /* a completion that fails is one with less in it */
    if (timeline->found &&
        reader_suspects(app->reader, timeline->incident.id, arena, &lines, &len, &err))
        for (size_t i = 0; i < len; i++)
            offer(completion, lines[i].link,
                  arena_printf(arena, "%s  %s", lines[i].summary, lines[i].title), arena);
}

static const struct {
    const char *name;
    completer *complete;
} completers[] = {
    {"SORT", sorts}, {"VIEW", saved_views},   {"THEME", themes}, {"PROFILE", profiles},
    {"ZONE", zones}, {"SCHEDULE", schedules}, {"TIME", times},   {"URL", suspects},
};

/* A filter has its own places. */
static void
complete_filter(struct app *app, const char *argument, size_t caret, size_t at, struct arena *arena,
                struct completion *completion)
{
    struct query *query = &app->views[app->focus].query;
    if (!query->has_context && !app_prepare_query(app, query))
        return;
    reader_complete(app->reader, argument + at, caret - at, &query->context, arena, completion);
    completion->at += at;
}

void
argument_complete(struct app *app, const char *usage, const char *argument, size_t caret,
                  struct arena *arena, struct completion *completion)
{
    const char *expected[EXPECTED_MAX];
    struct argument_place place;
    size_t len = argument_expects(usage, argument, caret, arena, &place, expected, EXPECTED_MAX);
    *completion = (struct completion){
        .at = place.at,
        .len = caret - place.at,
        .prefix = place.prefix,
        .candidates = arena_new_array(arena, CANDIDATES_MAX, struct filter_candidate)};
    for (size_t i = 0; i < len; i++) { /* words of the usage first */
        if (strcmp(expected[i], "FILTER") == 0 && (len == 1 || *place.prefix)) {
            complete_filter(app, argument, caret, place.at, arena, completion);
            return;
        }
        if (expected[i][0] >= 'a' && expected[i][0] <= 'z')
            offer(completion, expected[i], "", arena);
    }
    for (size_t i = 0; i < len; i++)
        for (size_t c = 0; c < sizeof completers / sizeof *completers; c++)
            if (strcmp(completers[c].name, expected[i]) == 0)
                completers[c].complete(app, completion, arena);
}
