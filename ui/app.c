#include "ui/app.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "action/poller.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/text.h"
#include "ui/detail.h"
#include "ui/frame.h"
#include "ui/help.h"
#include "ui/keymap.h"
#include "ui/reader.h"
#include "ui/term.h"

/* Rows stay where they are for a moment after a key, so that none moves under the next one. */
#define FREEZE_MS 1000
#define RESIZE_GATHER_MS 50
#define MESSAGE_MS 4000
#define QUIT_TWICE_MS 1000

enum overlay { OVERLAY_NONE, OVERLAY_HELP, OVERLAY_DETAIL };

struct app {
    const struct app_options *options;
    struct loop *loop;
    struct reader *reader;
    struct arena arena; /* for as long as the program runs */
    struct arena scratch;
    struct view_settings settings;
    struct view views[PANE_COUNT];
    struct layout layout;
    int focus;
    bool zoomed, preview, paused;
    int64_t paused_at;

    /* Two of each: the one on screen, and the one the next is made in. */
    struct snapshot snapshots[2];
    struct table tables[2][PANE_COUNT];
    struct arena table_arenas[2];
    int snap_now, tables_now;
    struct arena sources_arenas[2];
    int sources_now;

    struct detail detail;
    struct table detail_table, overlay_table;
    struct arena detail_arena, overlay_arena;
    enum overlay overlay;
    struct cursor overlay_cursor;

    char message[256];
    enum role message_role;
    char shown_incident[ITEM_ID_SIZE]; /* what sync was told is on screen */
    int64_t seen_at; /* newest firing alert when the top of the list was last on screen */

    bool load_wanted, sources_wanted, build_wanted, draw_wanted;
    bool stopping, painted;
    uint64_t change_timer, resize_timer, message_timer, thaw_timer;
    int64_t key_at, interrupted_at; /* monotonic */
    struct poller poller;
    struct canvas canvas;
};

static int ended_by_signal;

int
app_ended_by(void)
{
    return ended_by_signal;
}

static void
stop(struct app *app, int signal_number)
{
    ended_by_signal = signal_number;
    app->stopping = true;
    loop_stop(app->loop);
}

static const struct snapshot *
snapshot_now(const struct app *app)
{
    return &app->snapshots[app->snap_now];
}

static struct table *
table_now(struct app *app, int pane)
{
    return &app->tables[app->tables_now][pane];
}

/* ---- messages ---- */

static void
forget_message(void *context)
{
    struct app *app = context;
    app->message_timer = 0;
    app->message[0] = '\0';
    app->draw_wanted = true;
}

static void
say(struct app *app, enum role role, const char *text)
{
    (void)snprintf(app->message, sizeof app->message, "%s", text); /* a long one is cut */
    app->message_role = role;
    loop_cancel(app->loop, app->message_timer);
    app->message_timer = loop_after(app->loop, MESSAGE_MS, forget_message, app);
    app->draw_wanted = true;
}

static void
say_failure(struct app *app, const struct error *err, const char *what)
{
    log_failure(LOG_ERROR, err, what);
    say(app, ROLE_PROBLEM, text_clean(&app->scratch, err->message, sizeof app->message - 1));
}

/* After the first paint, and when the user asks: sync may have ended since. */
static void
start_poller(struct app *app)
{
    struct error err = {0};
    int exit_status;
    if (!app->options->start_poller)
        return;
    if (poller_ended(&app->poller, &exit_status) && exit_status != 0)
        log_write(LOG_WARNING, "the poller ended with status %d", exit_status);
    if (!poller_start(&app->poller, app->options->profile->name, app->options->config_path, &err))
        say_failure(app, &err, "cannot start the poller");
}

/* ---- reading ---- */

static void
compute_layout(struct app *app)
{
    struct layout_request request = {
        .focus = app->focus, .zoomed = app->zoomed, .preview = app->preview};
    term_size(&request.rows, &request.cols);
    app->layout = layout_compute(request);
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        struct view *view = &app->views[pane];
        view->cols = app->layout.panes[pane].inside.cols;
        view->rows = app->layout.panes[pane].inside.rows;
        view->size = app->layout.size;
        view->zoomed = app->zoomed && pane == app->focus;
    }
    app->load_wanted = true;
}

/* Tells sync which incident is on screen, so that its children are kept fresh. */
static void
tell_shown(struct app *app)
{
    const struct timeline_window *timeline = &snapshot_now(app)->timeline;
    struct error err;
    if (!timeline->found || strcmp(app->shown_incident, timeline->incident.id) == 0)
        return;
    (void)snprintf(app->shown_incident, sizeof app->shown_incident, "%s", timeline->incident.id);
    if (!reader_request(app->reader, "on_screen", timeline->incident.id, clock_now_ms(), &err))
        say_failure(app, &err, "cannot ask for the incident on screen");
}

static void
load(struct app *app)
{
    struct error err = {0};
    struct snapshot *next = &app->snapshots[!app->snap_now];
    app->load_wanted = app->sources_wanted = false;
    if (!reader_load(app->reader, app->views, &app->layout, clock_now_ms(), snapshot_now(app), next,
                     &err)) {
        say_failure(app, &err, "cannot read the cache"); /* what is on screen stays */
        return;
    }
    app->snap_now = !app->snap_now;
    app->build_wanted = true;
}

static void
load_sources(struct app *app)
{
    struct error err = {0};
    struct snapshot *snap = &app->snapshots[app->snap_now];
    struct arena *arena = &app->sources_arenas[!app->sources_now];
    const struct source_state *sources;
    size_t len;
    app->sources_wanted = false;
    arena_reset(arena);
    if (!reader_sources(app->reader, arena, &sources, &len, &err)) {
        say_failure(app, &err, "cannot read how fresh the cache is");
        return;
    }
    app->sources_now = !app->sources_now;
    snap->sources = sources;
    snap->sources_len = len;
}

/* ---- building ---- */

static const char *
item_under_cursor(struct app *app)
{
    const struct table *table = table_now(app, app->focus);
    size_t row = cursor_row(&app->views[app->focus].cursor, table);
    return row == SIZE_MAX ? "" : table->rows[row].id;
}

static void
build_detail(struct app *app)
{
    struct error err = {0};
    bool wanted =
        app->layout.strip.rows || app->layout.detail.shown || app->overlay == OVERLAY_DETAIL;
    if (!wanted || app->layout.size == SIZE_TINY)
        return;
    if (!reader_detail(app->reader, &app->views[app->focus], snapshot_now(app),
                       item_under_cursor(app), &app->detail, &err))
        say_failure(app, &err, "cannot read the details");
    if (app->layout.detail.shown) {
        arena_reset(&app->detail_arena);
        detail_build(&app->detail, &app->settings, clock_now_ms(), &app->detail_arena,
                     app->layout.detail.inside.cols, &app->detail_table);
    }
}

static void
build_overlay(struct app *app)
{
    struct rect inside = frame_overlay_inside(&app->layout);
    if (app->overlay == OVERLAY_NONE)
        return;
    arena_reset(&app->overlay_arena);
    if (app->overlay == OVERLAY_HELP)
        help_build(&app->overlay_arena, inside.cols, &app->overlay_table);
    else
        detail_build(&app->detail, &app->settings, clock_now_ms(), &app->overlay_arena, inside.cols,
                     &app->overlay_table);
    (void)cursor_follow(&app->overlay_cursor, NULL, &app->overlay_table);
    cursor_scroll(&app->overlay_cursor, &app->overlay_table, inside.rows);
}

/* Alerts that began after the top of the list was last looked at, when it is scrolled away. */
static int
count_new_above(struct app *app)
{
    const struct feed_window *feed = &snapshot_now(app)->feed;
    const struct cursor *cursor = &app->views[0].cursor;
    int count = 0;
    int64_t newest = 0;
    for (size_t i = 0; i < feed->rows_len && strcmp(feed->rows[i].status, "firing") == 0; i++) {
        count += feed->rows[i].feed_at > app->seen_at;
        newest = feed->rows[i].feed_at > newest ? feed->rows[i].feed_at : newest;
    }
    if (*cursor->top)
        return count;
    app->seen_at = newest > app->seen_at ? newest : app->seen_at;
    return 0;
}

static void
build(struct app *app)
{
    int64_t now_ms = clock_now_ms();
    int next = !app->tables_now;
    const struct snapshot *snap = snapshot_now(app);

    app->build_wanted = false;
    app->draw_wanted = true;
    arena_reset(&app->table_arenas[next]);
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        struct view *view = &app->views[pane];
        struct table *table = &app->tables[next][pane];
        if (!app->layout.panes[pane].shown) {
            table_init(table, &app->table_arenas[next], 1, NULL, 0);
            continue;
        }
        view->ops->build(view, snap, now_ms, &app->table_arenas[next], table);
        if (cursor_follow(&view->cursor, &app->tables[app->tables_now][pane], table) &&
            pane == app->focus && !text_is_empty(app->detail.id))
            say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch, "no longer in the list: %s",
                             text_clean(&app->scratch, app->detail.title, 160)));
        if (pane == app->focus)
            cursor_bind(&view->cursor, table);
        cursor_scroll(&view->cursor, table, view->rows);
    }
    app->tables_now = next;
    build_detail(app);
    build_overlay(app);
}

/* ---- drawing ---- */

static void
on_change(void *context)
{
    struct app *app = context;
    app->change_timer = 0;
    app->sources_wanted = app->build_wanted = true;
}

static void
wake_at(struct app *app, int64_t changes_at, int64_t now_ms)
{
    loop_cancel(app->loop, app->change_timer);
    app->change_timer = 0;
    if (changes_at == INT64_MAX || clock_is_frozen())
        return;
    int64_t delay = changes_at - now_ms;
    app->change_timer = loop_after(app->loop, delay < 100 ? 100 : delay, on_change, app);
}

static void
draw(struct app *app)
{
    int64_t now_ms = clock_now_ms();
    static const char *const overlay_titles[] = {"", "Help", "Detail"};
    struct frame_overlay overlay = {overlay_titles[app->overlay], &app->overlay_table,
                                    &app->overlay_cursor};
    struct frame frame = {
        .layout = &app->layout,
        .views = app->views,
        .tables = app->tables[app->tables_now],
        .focus = app->focus,
        .snap = snapshot_now(app),
        .settings = &app->settings,
        .title =
            text_is_empty(app->options->title) ? app->options->profile->name : app->options->title,
        .history_ms = app->options->profile->history_ms,
        .paused_at = app->paused ? app->paused_at : 0,
        .message = app->message,
        .message_role = app->message_role,
        .detail = &app->detail,
        .detail_table = &app->detail_table,
        .overlay = app->overlay == OVERLAY_NONE ? NULL : &overlay,
        .new_above = count_new_above(app),
    };
    app->draw_wanted = false;
    wake_at(app, frame_draw(&frame, now_ms, &app->scratch, &app->canvas), now_ms);
    term_draw(&app->canvas);

    struct freshness_summary fresh = frame_freshness(frame.snap, now_ms);
    term_title(arena_printf(&app->scratch, "tocsin %s: %s",
                            text_clean(&app->scratch, frame.title, 64), fresh_word(fresh.state)));
}

/* ---- moving ---- */

static const struct {
    enum action_id action;
    enum cursor_step step;
    int direction;
} moves[] = {
    {ACTION_DOWN, CURSOR_BY_ITEM, 1},
    {ACTION_UP, CURSOR_BY_ITEM, -1},
    {ACTION_HALF_PAGE_DOWN, CURSOR_BY_HALF_PAGE, 1},
    {ACTION_HALF_PAGE_UP, CURSOR_BY_HALF_PAGE, -1},
    {ACTION_PAGE_DOWN, CURSOR_BY_PAGE, 1},
    {ACTION_PAGE_UP, CURSOR_BY_PAGE, -1},
    {ACTION_LAST, CURSOR_TO_END, 1},
    {ACTION_FIRST, CURSOR_TO_END, -1},
};

static bool
move(struct cursor *cursor, const struct table *table, enum action_id action, int rows)
{
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i].action == action) {
            (void)cursor_move(cursor, table, moves[i].step, moves[i].direction, rows);
            cursor_scroll(cursor, table, rows);
            return true;
        }
    return false;
}

/* Reads on at once when the cursor comes near an end of the window: the next key may wait already. */
static void
read_ahead(struct app *app)
{
    struct view *view = &app->views[app->focus];
    const struct table *table = table_now(app, app->focus);
    size_t above, below;
    cursor_margins(&view->cursor, table, &above, &below);
    if ((table->more_above && above < (size_t)view->rows) ||
        (table->more_below && below < (size_t)view->rows)) {
        load(app);
        build(app);
    }
}

#define SIDE_COLS 8

static void
scroll_sideways(struct app *app, int direction)
{
    int *skip = &app->views[app->focus].cursor.skip_cols;
    *skip += direction * SIDE_COLS;
    *skip = *skip < 0 ? 0 : *skip > 400 ? 400 : *skip;
}

static void
focus_pane(struct app *app, int pane)
{
    app->focus = (pane + PANE_COUNT) % PANE_COUNT;
    compute_layout(app);
}

/* ---- actions ---- */

static void
set_overlay(struct app *app, enum overlay overlay)
{
    app->overlay = overlay;
    app->overlay_cursor = (struct cursor){{0}, {0}, 0};
    app->build_wanted = true;
}

static void
refresh_sources(struct app *app, bool all)
{
    struct error err = {0};
    const char *const *resources = app->views[app->focus].ops->resources;
    static const char *const everything[] = {"", NULL};
    for (resources = all ? everything : resources; *resources; resources++)
        if (!reader_request(app->reader, "refresh", *resources, clock_now_ms(), &err)) {
            say_failure(app, &err, "cannot ask for a refresh");
            return;
        }
    start_poller(app);
    say(app, ROLE_MESSAGE, all ? "asked for everything" : "asked for this pane");
}

static void
step_back(struct app *app, bool quit)
{
    if (app->overlay != OVERLAY_NONE)
        set_overlay(app, OVERLAY_NONE);
    else if (app->views[app->focus].cursor.skip_cols)
        app->views[app->focus].cursor.skip_cols = 0;
    else if (app->zoomed) {
        app->zoomed = false;
        compute_layout(app);
    } else if (quit)
        stop(app, 0);
}

static void
cycle_time_style(struct app *app)
{
    static const char *const says[] = {"times as ages", "times in your zone",
                                       "times in the schedule's zone", "times in UTC"};
    app->settings.time_style = (app->settings.time_style + 1) % TIME_STYLE_COUNT;
    say(app, ROLE_MESSAGE, says[app->settings.time_style]);
    app->build_wanted = true;
}

static void
toggle_pause(struct app *app)
{
    app->paused = !app->paused;
    app->paused_at = clock_now_ms();
    app->load_wanted = app->load_wanted || !app->paused;
}

static void
run_in_overlay(struct app *app, enum action_id action)
{
    if (move(&app->overlay_cursor, &app->overlay_table, action,
             frame_overlay_inside(&app->layout).rows))
        return;
    switch ((int)action) {
    case ACTION_BACK:
    case ACTION_LEAVE:
    case ACTION_OPEN:
        set_overlay(app, OVERLAY_NONE);
        break;
    case ACTION_HELP:
        set_overlay(app, app->overlay == OVERLAY_HELP ? OVERLAY_NONE : OVERLAY_HELP);
        break;
    case ACTION_REPAINT:
        term_repaint();
        break;
    case ACTION_QUIT:
        stop(app, 0);
        break;
    }
}

static void
run_action(struct app *app, enum action_id action)
{
    switch ((int)action) {
    case ACTION_RIGHT:
        scroll_sideways(app, 1);
        break;
    case ACTION_LEFT:
        scroll_sideways(app, -1);
        break;
    case ACTION_PANE_1:
    case ACTION_PANE_2:
    case ACTION_PANE_3:
    case ACTION_PANE_4:
        focus_pane(app, (int)action - ACTION_PANE_1);
        break;
    case ACTION_NEXT_PANE:
        focus_pane(app, app->focus + 1);
        break;
    case ACTION_PREVIOUS_PANE:
        focus_pane(app, app->focus - 1);
        break;
    case ACTION_ZOOM:
        app->zoomed = !app->zoomed;
        compute_layout(app);
        break;
    case ACTION_PREVIEW:
        app->preview = !app->preview;
        compute_layout(app);
        break;
    case ACTION_OPEN:
        if (*item_under_cursor(app))
            set_overlay(app, OVERLAY_DETAIL);
        break;
    case ACTION_BACK:
        step_back(app, false);
        break;
    case ACTION_LEAVE:
        step_back(app, true);
        break;
    case ACTION_QUIT:
        stop(app, 0);
        break;
    case ACTION_TIME_STYLE:
        cycle_time_style(app);
        break;
    case ACTION_PAUSE:
        toggle_pause(app);
        break;
    case ACTION_REFRESH:
        refresh_sources(app, false);
        break;
    case ACTION_REFRESH_ALL:
        refresh_sources(app, true);
        break;
    case ACTION_HELP:
        set_overlay(app, OVERLAY_HELP);
        break;
    case ACTION_REPAINT:
        term_repaint();
        break;
    }
}

static void
dispatch(struct app *app, enum action_id action)
{
    app->draw_wanted = true;
    if (app->load_wanted) /* an earlier key of this pass changed what is on screen */
        load(app);
    if (app->build_wanted)
        build(app);
    if (!action_allowed(action, app->settings.read_only)) {
        say(app, ROLE_PROBLEM, error_phrase(ERROR_READ_ONLY));
        return;
    }
    if (app->overlay != OVERLAY_NONE) {
        run_in_overlay(app, action);
        return;
    }

    struct view *view = &app->views[app->focus];
    enum view_answer answer = VIEW_IGNORED;
    if (view->ops->act)
        answer = view->ops->act(view, action, snapshot_now(app), clock_now_ms());
    if (answer == VIEW_LOAD) {
        app->load_wanted = true;
        if (action == ACTION_LAST) { /* the last rows are only known once they are read */
            load(app);
            build(app);
            (void)move(&view->cursor, table_now(app, app->focus), action, view->rows);
            build_detail(app);
        }
    } else if (answer == VIEW_BUILD) {
        app->build_wanted = true;
    } else if (move(&view->cursor, table_now(app, app->focus), action, view->rows)) {
        read_ahead(app);
        build_detail(app);
    } else {
        run_action(app, action);
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
        enum action_id action = keymap_action(key);
        if (*app->message)
            forget_message(app);
        if (action != ACTION_COUNT)
            dispatch(app, action);
    }
    if (any)
        app->key_at = clock_monotonic_ms();
    if (((events & LOOP_HANGUP) || !any) && !term_alive())
        stop(app, SIGHUP);
}

static void
thaw(void *context)
{
    struct app *app = context;
    app->thaw_timer = 0;
    app->load_wanted = true;
}

/* Something was committed. */
static void
on_data(void *context)
{
    struct app *app = context;
    int64_t since_key = clock_monotonic_ms() - app->key_at;
    if (app->paused || app->thaw_timer)
        return;
    if (app->key_at && since_key < FREEZE_MS)
        app->thaw_timer = loop_after(app->loop, FREEZE_MS - since_key, thaw, app);
    else
        app->load_wanted = true;
}

static void
resized(void *context)
{
    struct app *app = context;
    app->resize_timer = 0;
    term_repaint(); /* also when the size is what it was: the terminal has moved its rows meanwhile */
    compute_layout(app);
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
        term_suspend();
        compute_layout(app);
        break;
    case SIGINT:
        if (app->interrupted_at && now - app->interrupted_at < QUIT_TWICE_MS) {
            stop(app, SIGINT);
            break;
        }
        app->interrupted_at = now;
        step_back(app, false);
        say(app, ROLE_MESSAGE, "Ctrl-C again quits");
        break;
    default:
        stop(app, signal_number);
        break;
    }
}

static void
after_pass(void *context)
{
    struct app *app = context;
    if (app->stopping)
        return;
    if (app->load_wanted)
        load(app);
    if (app->sources_wanted)
        load_sources(app);
    if (app->build_wanted)
        build(app);
    if (app->draw_wanted)
        draw(app);
    arena_reset(&app->scratch);
    if (app->painted)
        tell_shown(app);
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
        .glyphs = options->glyphs ? options->glyphs : options->profile->glyphs,
    };
    if (!theme_load(&theme, options->theme ? options->theme : options->profile->theme, err) ||
        !term_open(&term_options, err))
        return false;
    app->settings.glyphs = term_glyphs();
    if (*term_notice())
        say(app, ROLE_MESSAGE, term_notice());
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

    compute_layout(app);
    loop_watch(app->loop, term_fd(), LOOP_READ, on_input, app);
    loop_after_pass(app->loop, after_pass, app);
    after_pass(app);
    app->painted = true;
    start_poller(app);
    tell_shown(app);
    return loop_run(app->loop, err);
}

bool
app_run(const struct app_options *options, struct error *err)
{
    static const char *const no_schedules[] = {NULL};
    struct app *app = memory_alloc(sizeof *app);
    const struct profile *profile = options->profile;

    *app = (struct app){.options = options, .preview = true, .poller = {.viewers_fd = -1}};
    app->settings.schedules = profile->schedules ? profile->schedules : no_schedules;
    app->settings.me = profile->me ? profile->me : "";
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
    ended_by_signal = 0;

    bool ran = run(app, err);
    term_close();
    log_close();
    reader_close(app->reader);
    loop_destroy(app->loop);
    poller_leave(&app->poller);
    for (int i = 0; i < 2; i++) {
        arena_finish(&app->snapshots[i].arena);
        arena_finish(&app->table_arenas[i]);
        arena_finish(&app->sources_arenas[i]);
    }
    arena_finish(&app->detail.arena);
    arena_finish(&app->detail_arena);
    arena_finish(&app->overlay_arena);
    arena_finish(&app->scratch);
    arena_finish(&app->arena);
    canvas_finish(&app->canvas);
    memory_free(app);
    return ran;
}
