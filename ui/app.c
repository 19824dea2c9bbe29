#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "ui/app_internal.h"
#include "ui/term.h"

#define RESIZE_GATHER_MS 50
#define MESSAGE_MS 4000
#define QUIT_TWICE_MS 1000

static int ended_by_signal;
static const char *switches_to;

int
app_ended_by(void)
{
    return ended_by_signal;
}

const char *
app_switches_to(void)
{
    return switches_to;
}

void
app_switch(struct app *app, const char *profile)
{
    app_stop(app, 0);
    switches_to = profile;
}

void
app_stop(struct app *app, int signal_number)
{
    ended_by_signal = signal_number;
    app->stopping = true;
    loop_stop(app->loop);
}

/* ---- messages ---- */

static void
forget_message(void *context)
{
    struct app *app = context;
    loop_cancel(app->loop,
                app->message_timer); /* where a key ends it: or it would end the next one */
    app->message_timer = 0;
    app->message[0] = '\0';
    app->draw_wanted = true;
}

void
app_say(struct app *app, enum role role, const char *text)
{
    (void)snprintf(app->message, sizeof app->message, "%s", text); /* a long one is cut */
    app->message_role = role;
    struct said *said = &app->said[app->said_len++ % SAID_MAX];
    *said = (struct said){.at = clock_now_ms(), .role = role};
    (void)snprintf(said->text, sizeof said->text, "%s", text); /* a long one is cut */
    loop_cancel(app->loop, app->message_timer);
    app->message_timer = loop_after(app->loop, MESSAGE_MS, forget_message, app);
    app->draw_wanted = true;
}

void
app_say_failure(struct app *app, const struct error *err, const char *what)
{
    log_failure(LOG_ERROR, err, what);
    app_say(app, ROLE_PROBLEM, text_clean(&app->scratch, err->message, sizeof app->message - 1));
}

void
app_start_poller(struct app *app)
{
    struct error err = {0};
    int exit_status;
    if (!app->options->start_poller)
        return;
    app->poller_at = clock_monotonic_ms();
    if (poller_ended(&app->poller, &exit_status) && exit_status != 0)
        log_write(LOG_WARNING, "the poller ended with status %d", exit_status);
    if (poller_start(&app->poller, app->options->profile->name, app->options->config_path, &err)) {
        app->poller_failure = (struct error){0};
    } else if (strcmp(app->poller_failure.message, err.message) != 0) { /* tried again and again */
        app->poller_failure = err;
        app_say_failure(app, &err, "cannot start the poller");
    }
}

/* ---- events ---- */

static void
on_input(void *context, int fd, int events)
{
    struct app *app = context;
    char key[KEY_NAME_SIZE];
    bool any = false;
    (void)fd;

    while (!app->stopping && term_read_key(key)) {
        any = true;
        app->key_at = clock_monotonic_ms();
        app_looks(app);
        if (*app->message)
            forget_message(app);
        app_lock_typed(app);
        if (strcmp(key, KEY_PASTE) == 0)
            mode_paste(app, term_pasted());
        else if (strcmp(key, KEY_CLICK) == 0)
            app_click(app, term_mouse());
        else if (mode_now(app))
            mode_key(app, key);
        else if (keymap_action(key) != ACTION_COUNT)
            app_do(app, keymap_action(key), "");
    }
    if (((events & LOOP_HANGUP) || !any) && !term_alive())
        app_stop(app, SIGHUP);
}

void
app_watch_input(struct app *app)
{
    loop_watch(app->loop, term_fd(), LOOP_READ, on_input, app);
}

static void
on_data(void *context)
{
    struct app *app = context;
    app->firing_wanted = app->sent.wanted = true;
    app_news(app);
}

static void
resized(void *context)
{
    struct app *app = context;
    app->resize_timer = 0;
    term_repaint(); /* also when the size is what it was: the terminal has moved its rows meanwhile */
    app_lay_out(app);
}

static void
on_signal(void *context, int signal_number)
{
    struct app *app = context;
    int64_t now = clock_monotonic_ms();
    switch (signal_number) {
    case SIGWINCH:
        loop_cancel(app->loop, app->resize_timer);
        app->resize_timer = loop_after(app->loop, RESIZE_GATHER_MS, resized, app);
        break;
    case SIGTSTP:
        if (app->editor.pid) { /* with it; the terminal is not ours */
            (void)raise(SIGSTOP);
            break;
        }
        term_suspend();
        app_lay_out(app);
        break;
    case SIGINT:
        if (app->editor.pid)
            break; /* it was meant for the editor */
        if (app->interrupted_at && now - app->interrupted_at < QUIT_TWICE_MS) {
            app_stop(app, SIGINT);
            break;
        }
        app->interrupted_at = now;
        app_do(app, ACTION_BACK, "");
        app_say(app, ROLE_MESSAGE, "Ctrl-C again quits");
        break;
    default:
        app_stop(app, signal_number);
        break;
    }
}

static void
after_pass(void *context)
{
    struct app *app = context;
    if (app->stopping)
        return;
    if (app->editor.pid) { /* what came meanwhile is shown when the terminal is ours again */
        arena_reset(&app->scratch);
        return;
    }
    app->paced = app->time_wanted && !app->load_wanted && !app->news_wanted && !app->build_wanted &&
                 !app->draw_wanted;
    if (app->time_wanted) {
        app->sources_wanted = app->draw_wanted = true;
        app->build_wanted = app->build_wanted || !app->paused;
        app->time_wanted = false;
    }
    if (app->load_wanted || (app->news_wanted && !app->load_later)) /* which reads the news, too */
        app_load(app);
    if (app->sources_wanted)
        app_load_sources(app);
    if (app->build_wanted)
        app_build(app);
    if (clock_was_set_by_ms(&app->clock)) { /* what was read before has other ages now */
        app_load_sources(app);
        app_build(app);
        app->firing_wanted = true;
    }
    if (app->draw_wanted)
        app_draw(app);
    if (!app->settings.first_frame && app->firing_wanted) {
        app_read_rights(app);
        app_tell_firing(app);
        app_remind(app);
    }
    if (app->sent.wanted)
        app_tell_sent(app);
    if (app->load_later && !term_key_waits())
        app_load_after_echo(app);
    arena_reset(&app->scratch);
    if (!app->settings.first_frame)
        app_tell_shown(app);
}

/* ---- start and end ---- */

static bool
watch_signals(struct app *app, struct error *err)
{
    static const int signals[] = {SIGWINCH, SIGTSTP, SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (!loop_on_signal(app->loop, signals[i], on_signal, app, err))
            return false;
    return true;
}

static bool
choose_zone(struct app *app, struct error *err)
{
    const struct app_options *options = app->options;
    app->settings.zone = options->zone;
    if (app->settings.zone)
        return true;
    if (text_is_empty(options->profile->timezone)) {
        app->settings.zone = zone_system();
        return true;
    }
    return zone_open(options->profile->timezone, &app->settings.zone, err);
}

static bool
open_terminal(struct app *app, struct error *err)
{
    const struct app_options *options = app->options;
    struct theme theme;
    struct term_options term_options = {
        .theme = &theme,
        .color = options->color,
        .mouse = options->profile->mouse,
        .hyperlinks = options->profile->hyperlinks,
        .glyphs = options->glyphs ? options->glyphs : options->profile->glyphs,
    };
    if (!theme_load(&theme, options->theme ? options->theme : options->profile->theme, err) ||
        !term_open(&term_options, err))
        return false;
    app->settings.glyphs = term_glyphs();
    if (*term_notice())
        app_say(app, ROLE_MESSAGE, term_notice());
    return true;
}

static bool
run(struct app *app, struct error *err)
{
    const struct app_options *options = app->options;
    /* Standard error is the terminal: a line on it would scroll the screen away. */
    if (!log_open(options->paths->console_log, LOG_INFO, err) || !loop_create(&app->loop, err) ||
        !choose_zone(app, err) ||
        !reader_open(&app->reader, app->loop, options->paths, options->profile->url, on_data, app,
                     err) ||
        !watch_signals(app, err) || !poller_view(&app->poller, options->paths->viewers_lock, err) ||
        !open_terminal(app, err))
        return false;

    app_recall_panes(app);
    app_lay_out(app);
    app_watch_input(app);
    loop_after_pass(app->loop, after_pass, app);
    app->settings.first_frame = true;
    after_pass(app);
    app->settings.first_frame = false;
    app->load_wanted = app->firing_wanted = true; /* what the first frame left out */
    app_recall_looked(app);
    notify_init(&app->notify, options->profile, app->settings.zone, clock_now_ms());
    app_read_rights(app);
    app_start_poller(app);
    app_lock_when_idle(app);
    after_pass(app);
    return loop_run(app->loop, err);
}

/* What is on screen at the end has been looked at. */
static void
forget_shown(struct app *app)
{
    int64_t seen_at;
    struct error err = {0};
    if (app->reader &&
        !reader_turn_to(app->reader, app->shown_incident, "", clock_now_ms(), &seen_at, &err))
        log_failure(LOG_WARNING, &err, "cannot remember what was looked at");
}

bool
app_run(const struct app_options *options, struct error *err)
{
    static const char *const no_schedules[] = {NULL};
    struct app *app = memory_alloc(sizeof *app);
    const struct profile *profile = options->profile;

    *app = (struct app){.options = options, .preview = true, .poller = POLLER_NONE};
    app->settings.schedules = profile->schedules ? profile->schedules : no_schedules;
    app->settings.me = profile->me ? profile->me : "";
    app->settings.update_spans = &profile->update_spans;
    app->settings.week_starts = profile->week_starts;
    app->settings.read_only = options->read_only || profile->read_only;
    app->settings.time_style = TIME_VIEWER;
    app->snapshots[0].waiting_since = app->snapshots[1].waiting_since = clock_now_ms();
    app->snapshots[0].header = (struct header_facts){.budget_percent = -1};
    app->detail.id = app->detail.title = "";
    for (int pane = 0; pane < PANE_COUNT; pane++)
        app->views[pane] = (struct view){
            .ops = views[pane],
            .settings = &app->settings,
            .state = arena_alloc(&app->arena, views[pane]->state_size + 1),
        };
    for (int pane = 0; pane < PANE_COUNT; pane++)
        query_init(&app->views[pane].query, view_rows(views[pane]));
    ended_by_signal = 0;
    switches_to = NULL;

    bool ran = run(app, err);
    if (app->reader)
        local_batch_seen(&app->notes, "console", "", clock_now_ms()); /* :since last */
    app_queue_now(app);
    app_edit_stop(app);
    app_draft_write(app);
    if (app->reader && app->loop)
        app_note_places(app);
    app_write_notes(app);
    local_batch_finish(&app->notes);
    term_close();
    mode_close_all(app);
    hooks_destroy(app->notify_hooks);
    forget_shown(app);
    if (app->reader)
        app_note_looked(app);
    log_close();
    reader_close(app->reader);
    loop_destroy(app->loop);
    poller_leave(&app->poller);
    for (int pane = 0; pane < PANE_COUNT; pane++)
        selection_finish(&app->views[pane].selection);
    for (int i = 0; i < 2; i++) {
        arena_finish(&app->snapshots[i].arena);
        arena_finish(&app->table_arenas[i]);
        arena_finish(&app->sources_arenas[i]);
    }
    for (int pane = 0; pane < PANE_COUNT; pane++)
        query_finish(&app->views[pane].query);
    line_history_finish(&app->filters);
    line_history_finish(&app->commands);
    line_history_finish(&app->searches);
    arena_finish(&app->detail.arena);
    arena_finish(&app->whole.arena);
    arena_finish(&app->detail_arena);
    arena_finish(&app->writing.arena);
    arena_finish(&app->draft.arena);
    arena_finish(&app->editor.arena);
    arena_finish(&app->scratch);
    arena_finish(&app->arena);
    canvas_finish(&app->canvas);
    memory_free(app);
    return ran;
}
