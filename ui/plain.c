#include "ui/plain_internal.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"

#define WINDOW_ROWS 50
#define COLS 400 /* wide enough that no view leaves a column out or cuts one */

static int ended_by_signal;

int
plain_ended_by(void)
{
    return ended_by_signal;
}

/* ---- reading ---- */

bool
plain_load(struct plain *plain, struct error *err)
{
    int64_t now_ms = clock_now_ms();
    int next = !plain->now;
    plain->changed = false;
    for (int pane = 0; pane < PANE_COUNT; pane++)
        if (query_is_filtered(&plain->views[pane].query))
            query_reread(&plain->views[pane].query, now_ms);
    if (!reader_load(plain->reader, plain->views, &plain->layout, now_ms,
                     &plain->snapshots[plain->now], &plain->snapshots[next], err))
        return false;
    arena_reset(&plain->table_arenas[next]);
    for (int pane = 0; pane < PANE_COUNT; pane++)
        plain->views[pane].ops->build(&plain->views[pane], &plain->snapshots[next], now_ms,
                                      &plain->table_arenas[next], &plain->tables[next][pane]);
    plain->now = next;
    return true;
}

const struct snapshot *
plain_snapshot(const struct plain *plain)
{
    return &plain->snapshots[plain->now];
}

const char *
plain_clock(const struct plain *plain, char out[MOMENT_SIZE])
{
    return clock_text(plain->settings.zone, clock_now_ms(), out);
}

void
plain_stop(struct plain *plain, int signal_number)
{
    ended_by_signal = signal_number;
    loop_stop(plain->loop);
}

/* ---- start and end ---- */

static void
on_data(void *context)
{
    struct plain *plain = context;
    plain->changed = true;
}

static void
after_pass(void *context)
{
    struct plain *plain = context;
    if (plain->changed && plain->options->follow)
        plain_look(plain);
    arena_reset(&plain->scratch);
}

static void
on_signal(void *context, int signal_number)
{
    plain_stop(context, signal_number);
}

static bool
prepare(struct plain *plain, struct error *err)
{
    static const char *const no_schedules[] = {NULL};
    const struct app_options *app = plain->options->app;
    const struct profile *profile = app->profile;
    plain->settings = (struct view_settings){
        .time_style = TIME_VIEWER,
        .glyphs = GLYPHS_ASCII,
        .schedules = profile->schedules ? profile->schedules : no_schedules,
        .me = profile->me ? profile->me : "",
        .read_only = app->read_only || profile->read_only,
    };
    plain->settings.zone = app->zone ? app->zone : zone_system();
    if (!app->zone && !text_is_empty(profile->timezone) &&
        !zone_open(profile->timezone, &plain->settings.zone, err))
        return false;
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        plain->layout.panes[pane].shown = true;
        plain->views[pane] = (struct view){
            .ops = views[pane],
            .settings = &plain->settings,
            .state = arena_alloc(&plain->arena, views[pane]->state_size + 1),
            .cols = COLS,
            .rows = WINDOW_ROWS,
            .size = SIZE_MEDIUM,
        };
        query_init(&plain->views[pane].query, view_rows(views[pane]));
    }
    /* Not as a grid, which is a drawing. */
    (void)plain->views[2].ops->act(&plain->views[2], ACTION_CALENDAR_AGENDA, plain_snapshot(plain),
                                   clock_now_ms());
    plain->snapshots[0].waiting_since = plain->snapshots[1].waiting_since = clock_now_ms();
    plain->snapshots[0].header = (struct header_facts){.budget_percent = -1};
    plain->detail.id = plain->detail.title = "";
    plain->changed = true;
    return true;
}

/* For scripts: what was never there is no answer, and what is too old neither. */
static bool
check_age(struct plain *plain, struct error *err)
{
    const struct snapshot *snap = plain_snapshot(plain);
    char age[AGE_SIZE];
    if (!snap->present)
        return error_set(err, ERROR_STALE,
                         "nothing has been synced for profile '%s' yet: run 'tocsin sync --once'",
                         plain->options->app->profile->name);
    for (int pane = 0; pane < PANE_COUNT && plain->options->max_age_ms >= 0; pane++) {
        struct freshness_summary fresh =
            snapshot_freshness(snap, views[pane]->resources, clock_now_ms());
        int64_t old = clock_now_ms() - (fresh.source ? fresh.source->last_complete_at : 0);
        if (old > plain->options->max_age_ms && !clock_is_frozen())
            return error_set(err, ERROR_STALE, "%s were last completely fetched %s ago",
                             views[pane]->title, age_text(old, age));
    }
    return true;
}

static bool
run(struct plain *plain, struct error *err)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    const struct app_options *app = plain->options->app;
    bool stays = plain->options->follow || plain->options->prompt;
    if (!prepare(plain, err) || !log_open(app->paths->console_log, LOG_INFO, err) ||
        !loop_create(&plain->loop, err) ||
        !reader_open(&plain->reader, plain->loop, app->paths, app->profile->url, on_data, plain,
                     err))
        return false;
    if (!stays) {
        if (!plain_load(plain, err) || !check_age(plain, err))
            return false;
        plain_print_all(plain);
        return fflush(stdout) == 0 || error_set(err, ERROR_FILE, "cannot write the output");
    }
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (!loop_on_signal(plain->loop, signals[i], on_signal, plain, err))
            return false;
    if (!poller_view(&plain->poller, app->paths->viewers_lock, err) ||
        (app->start_poller &&
         !poller_start(&plain->poller, app->profile->name, app->config_path, err)))
        return false;
    loop_after_pass(plain->loop, after_pass, plain);
    if (plain->options->follow) {
        plain_look(plain);
    } else {
        if (!plain_load(plain, err))
            return false;
        plain_print_all(plain);
        plain_prompt(plain);
        loop_watch(plain->loop, STDIN_FILENO, LOOP_READ, plain_on_input, plain);
    }
    return loop_run(plain->loop, err);
}

bool
plain_run(const struct plain_options *options, struct error *err)
{
    struct plain *plain = memory_alloc(sizeof *plain);
    *plain = (struct plain){.options = options, .poller = POLLER_NONE};
    ended_by_signal = 0;
    bool ran = run(plain, err);
    log_close();
    reader_close(plain->reader);
    loop_destroy(plain->loop);
    poller_leave(&plain->poller);
    for (int pane = 0; pane < PANE_COUNT; pane++)
        query_finish(&plain->views[pane].query);
    for (int i = 0; i < 2; i++) {
        arena_finish(&plain->snapshots[i].arena);
        arena_finish(&plain->table_arenas[i]);
    }
    memory_free(plain->items);
    arena_finish(&plain->detail.arena);
    arena_finish(&plain->scratch);
    arena_finish(&plain->arena);
    memory_free(plain);
    return ran;
}
