#include "ui/wallboard.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "action/poller.h"
#include "base/log.h"
#include "base/text.h"
#include "ui/frame.h"
#include "ui/notify.h"
#include "ui/pieces.h"
#include "ui/reader.h"
#include "ui/term.h"
#include "ui/wallboard_page.h"

#define TICK_MS SECOND_MS
#define PAGE_MS (20 * SECOND_MS)
#define TURNED_MS MINUTE_MS /* a page that somebody turned to stays so long */
#define STALE_MS (2 * MINUTE_MS)
#define UNKNOWN_MS (5 * MINUTE_MS)
#define ALARM_EVERY_MS MINUTE_MS
#define RECOVERED_MS MINUTE_MS
#define POLLER_AGAIN_MS (10 * SECOND_MS)
enum { ALARMS_MAX = 10, TITLE_MAX_BYTES = 64, SMALL_COLS = 40, SMALL_ROWS = 10 };

struct alarm {
    int64_t next_at; /* monotonic; 0 = off */
    int rung;
};

struct wallboard {
    const struct app_options *options;
    struct loop *loop;
    struct reader *reader;
    struct poller poller;
    int64_t poller_at; /* monotonic: when it was last looked after */
    struct arena arena, scratch, board_arena, table_arena, sources_arena;
    struct view_settings settings;
    struct view views[PANE_COUNT];
    struct table tables[PANE_COUNT];
    struct layout layout;
    struct snapshot snapshots[2];
    int now;
    struct board board;
    bool has_board;
    struct canvas canvas;
    struct notify notify;
    int hour; /* in which everything was last painted */

    enum wallboard_page page;
    int64_t next_page_at; /* monotonic */
    bool held;            /* by P */

    int64_t synced_at; /* the newest complete answer: each turns the heartbeat */
    unsigned beats;
    int64_t stale_since;  /* of what was last drawn; 0 = it was not */
    int64_t unknown_for;  /* that ended, … */
    int64_t recovered_at; /* … then, and is told for a while; 0 = not */
    struct alarm alarms[2];
    bool load_wanted, draw_wanted;
    struct error problem; /* why what is shown could not be read anew, or is not asked for */
};

enum { ALARM_SEVERE, ALARM_STALE };

static int ended_by_signal;

int
wallboard_ended_by(void)
{
    return ended_by_signal;
}

static void
stop(struct wallboard *wallboard, int signal_number)
{
    ended_by_signal = signal_number;
    loop_stop(wallboard->loop);
}

static const struct snapshot *
snapshot_of(const struct wallboard *wallboard)
{
    return &wallboard->snapshots[wallboard->now];
}

/* ---- how old it is ---- */

struct age {
    enum { AGE_NEVER, AGE_LIVE, AGE_STALE, AGE_UNKNOWN } state;
    int64_t since; /* the last complete answer; 0 = none */
    const char *cause;
};

/* Of what fires and of incidents: what a board is looked at for. What the key may not read does not count. */
static struct age
age_of(struct wallboard *wallboard, int64_t now_ms)
{
    const struct snapshot *snap = snapshot_of(wallboard);
    struct age age = {.state = AGE_NEVER, .cause = ""};
    int64_t patience_ms = 0;
    for (int pane = 0; pane < 2; pane++) {
        const struct freshness_summary fresh =
            snapshot_freshness(snap, views[pane]->resources, now_ms);
        const struct source_state *source = fresh.source;
        if (!source || strcmp(source->error_code, error_name(ERROR_FORBIDDEN)) == 0 ||
            strcmp(source->error_code, error_name(ERROR_UNSUPPORTED)) == 0)
            continue;
        if (age.state == AGE_NEVER || source->last_complete_at < age.since) {
            age.since = source->last_complete_at;
            age.cause = fresh_cause(&fresh, now_ms, &wallboard->scratch);
            age.state = AGE_LIVE;
        }
        patience_ms = source->interval_ms > patience_ms ? source->interval_ms : patience_ms;
    }
    if (!age.since)
        age.state = AGE_NEVER;
    const int64_t old_ms = now_ms - age.since; /* what is seldom asked for is not old for that */
    if (age.state == AGE_LIVE && old_ms >= UNKNOWN_MS + 2 * patience_ms)
        age.state = AGE_UNKNOWN;
    else if (age.state == AGE_LIVE && old_ms >= STALE_MS + patience_ms)
        age.state = AGE_STALE;
    return age;
}

static void
note_beat(struct wallboard *wallboard)
{
    const struct snapshot *snap = snapshot_of(wallboard);
    int64_t newest = 0;
    for (size_t i = 0; i < snap->sources_len; i++)
        if (snap->sources[i].last_complete_at > newest)
            newest = snap->sources[i].last_complete_at;
    if (newest > wallboard->synced_at) {
        wallboard->synced_at = newest;
        wallboard->beats++;
    }
}

/* ---- reading ---- */

static int
pane_of(enum wallboard_page page)
{
    return page == WALLBOARD_ROTA      ? WALLBOARD_CALENDAR
           : page == WALLBOARD_BACKLOG ? WALLBOARD_FOLLOW_UPS
                                       : WALLBOARD_FEED;
}

/* Inside of the head and foot; everything moves by a cell each minute, so that no cell shines for ever. */
static struct rect
place_of(const struct wallboard *wallboard, int64_t now_ms)
{
    const int64_t minute = now_ms / MINUTE_MS % 4;
    return (struct rect){minute == 1 || minute == 2, minute >= 2, wallboard->layout.rows - 1,
                         wallboard->layout.cols - 1};
}

static struct rect
page_place(struct rect place)
{
    place.row += 2;
    place.rows -= 4; /* a rule each, below the head and above the foot */
    return place;
}

static void
lay_out(struct wallboard *wallboard)
{
    struct layout *layout = &wallboard->layout;
    struct layout_request request = {0};
    term_size(&request.rows, &request.cols);
    *layout = layout_compute(request);
    const struct rect pane =
        wallboard_pane(wallboard->page, page_place(place_of(wallboard, clock_now_ms())));
    for (int i = 0; i < PANE_COUNT; i++) {
        struct view *view = &wallboard->views[i];
        layout->panes[i].shown = i == pane_of(wallboard->page);
        view->cols = pane.cols;
        view->rows = pane.rows > 0 ? pane.rows : 1;
        view->size = layout->size;
        view->zoomed = true;
    }
    wallboard->load_wanted = true;
}

static void
load(struct wallboard *wallboard)
{
    struct error err = {0};
    struct snapshot *next = &wallboard->snapshots[!wallboard->now];
    const int64_t now_ms = clock_now_ms();
    wallboard->load_wanted = false;
    wallboard->draw_wanted = true;
    arena_reset(&wallboard->board_arena);
    wallboard->has_board = false;
    if (!reader_load(wallboard->reader, wallboard->views, &wallboard->layout, now_ms,
                     snapshot_of(wallboard), next, &err) ||
        !reader_board(wallboard->reader, wallboard->settings.schedules, wallboard->settings.zone,
                      now_ms, &wallboard->board_arena, &wallboard->board, &wallboard->has_board,
                      &err)) {
        log_failure(LOG_ERROR, &err, "cannot read the cache");
        wallboard->problem = err;
        return;
    }
    wallboard->problem = (struct error){0};
    wallboard->now = !wallboard->now;
}

/* Its times come to pass between two loads, too. */
static void
load_sources(struct wallboard *wallboard)
{
    struct error err = {0};
    struct snapshot *snap = &wallboard->snapshots[wallboard->now];
    arena_reset(&wallboard->sources_arena);
    if (reader_sources(wallboard->reader, &wallboard->sources_arena, &snap->sources,
                       &snap->sources_len, &err))
        return;
    snap->sources_len = 0;
    log_failure(LOG_ERROR, &err, "cannot read how fresh the cache is");
}

/* ---- alarm ---- */

static void
sound(struct wallboard *wallboard, int which, bool is_on, const char *text)
{
    struct alarm *alarm = &wallboard->alarms[which];
    const int64_t now = clock_monotonic_ms();
    if (!is_on) {
        *alarm = (struct alarm){0};
        return;
    }
    if (alarm->rung >= ALARMS_MAX || now < alarm->next_at)
        return;
    alarm->rung++;
    alarm->next_at = now + ALARM_EVERY_MS;
    if (!notify_is_quiet(&wallboard->notify, clock_now_ms()))
        notify_send(&wallboard->notify, text, &wallboard->scratch);
}

static int64_t
severe_at(const struct wallboard *wallboard)
{
    return wallboard->has_board ? wallboard->board.unacked[1].oldest_at : 0;
}

static void
sound_alarms(struct wallboard *wallboard, const struct age *age, int64_t now_ms)
{
    char text[AGE_SIZE];
    const int64_t severe = severe_at(wallboard);
    sound(wallboard, ALARM_SEVERE, severe != 0,
          arena_printf(&wallboard->scratch, "S1 unacknowledged for %s",
                       age_text(now_ms - severe, text)));
    sound(wallboard, ALARM_STALE, age->state >= AGE_STALE,
          arena_printf(&wallboard->scratch, "no data for %s", age_text(now_ms - age->since, text)));
}

/* ---- drawing ---- */

static const char *
title_of(struct wallboard *wallboard)
{
    const struct app_options *options = wallboard->options;
    const char *title = text_is_empty(options->title) ? options->profile->name : options->title;
    return text_upper(&wallboard->scratch, text_clean(&wallboard->scratch, title, TITLE_MAX_BYTES));
}

static void
draw_head(struct wallboard *wallboard, const struct age *age, struct rect place, int64_t now_ms)
{
    static const char *const beat[] = {"[|]", "[/]", "[-]", "[\\]"};
    const struct zone *zone = wallboard->settings.zone;
    const struct civil civil = zone_to_civil(zone, now_ms);
    struct arena *scratch = &wallboard->scratch;
    char text[MOMENT_SIZE], ago[AGE_SIZE];
    struct pieces left = {.scratch = scratch}, right = {.scratch = scratch};
    pieces_add(&left, 0, ROLE_PROFILE, title_of(wallboard));
    pieces_gap(&left, 1, "   ");
    pieces_add(&left, 1, ROLE_STRONG, clock_text(zone, now_ms, text));
    pieces_gap(&left, 2, " ");
    pieces_add(&left, 2, ROLE_MUTED, zone_abbreviation(zone, now_ms));
    pieces_gap(&left, 3, "  ");
    pieces_add(&left, 3, ROLE_TEXT,
               arena_printf(scratch, "%s %d %s", weekday_names[civil.weekday], civil.day,
                            month_names[civil.month - 1]));
    const char *old = age->since ? age_text(now_ms - age->since, ago) : "";
    const bool is_old = age->state >= AGE_STALE;
    if (age->state == AGE_LIVE) {
        pieces_add(&right, 0, ROLE_FRESH_LIVE, "LIVE");
        pieces_gap(&right, 2, "  ");
        pieces_add(&right, 2, ROLE_MUTED, arena_printf(scratch, "synced %s ago", old));
    } else if (is_old) {
        pieces_add(&right, 0, ROLE_FRESH_DOWN,
                   arena_printf(scratch, "DATA %lld MIN OLD",
                                (long long)((now_ms - age->since) / MINUTE_MS)));
        if (*age->cause) {
            pieces_gap(&right, 3, "  ");
            pieces_add(&right, 3, ROLE_FRESH_DOWN, age->cause);
        }
    } else {
        pieces_add(&right, 0, ROLE_FRESH_STALE, "NO DATA YET");
        if (*age->cause) {
            pieces_gap(&right, 3, "  ");
            pieces_add(&right, 3, ROLE_PROBLEM, age->cause);
        }
    }
    pieces_gap(&right, 0, "  ");
    pieces_add(&right, 0, ROLE_STRONG, beat[wallboard->beats % 4]);
    const int start = place.col + 1, end = place.col + place.cols - 1;
    pieces_fit(&right, end - start);
    pieces_fit(&left, end - start - pieces_cols(&right) - 2);
    pieces_draw(&left, &wallboard->canvas, place.row, start, end - pieces_cols(&right) - 1);
    pieces_draw(&right, &wallboard->canvas, place.row, end - pieces_cols(&right), end);
    if (is_old)
        canvas_reverse(&wallboard->canvas, place.row, place.col, place.cols);
}

/* In place of the rule below the head. */
static void
draw_unknown(struct wallboard *wallboard, const struct age *age, struct rect place, int64_t now_ms)
{
    char moment[MOMENT_SIZE];
    const char *text =
        arena_printf(&wallboard->scratch, "UNKNOWN SINCE %s",
                     moment_text(wallboard->settings.zone, age->since, now_ms, moment));
    const int cols = text_width_cols(text);
    for (int col = place.col; col < place.col + place.cols; col++)
        canvas_text(&wallboard->canvas, place.row, col, 1, " ", ROLE_FRESH_DOWN, 0);
    canvas_text(&wallboard->canvas, place.row,
                place.col + (place.cols > cols ? (place.cols - cols) / 2 : 0), place.cols, text,
                ROLE_FRESH_DOWN, CANVAS_BOLD);
}

static void
add_told(struct pieces *foot, int rank, enum role role, const char *text)
{
    pieces_gap(foot, rank, "   ");
    pieces_add(foot, rank, role, text);
}

static void
draw_foot(struct wallboard *wallboard, const struct age *age, struct rect place)
{
    const struct board *board = &wallboard->board;
    struct arena *scratch = &wallboard->scratch;
    const int row = place.row + place.rows - 1;
    const int64_t left_ms = wallboard->next_page_at - clock_monotonic_ms();
    char count[COUNT_SIZE], usual[COUNT_SIZE], span[AGE_SIZE];
    struct pieces foot = {.scratch = scratch};
    if (*wallboard->problem.message)
        add_told(&foot, 0, ROLE_PROBLEM, wallboard->problem.message);
    pieces_add(&foot, 0, ROLE_MUTED,
               arena_printf(scratch, "page %d of %d", wallboard->page + 1, WALLBOARD_PAGES));
    if (wallboard->held)
        add_told(&foot, 3, ROLE_MESSAGE, "held");
    else if (severe_at(wallboard) && wallboard->page == WALLBOARD_NOW)
        add_told(&foot, 3, ROLE_MESSAGE, "stays: S1 unacked");
    else if (!clock_is_frozen())
        add_told(&foot, 4, ROLE_MUTED,
                 arena_printf(scratch, "next in %llds",
                              (long long)((left_ms > 0 ? left_ms : 0) / SECOND_MS)));
    if (wallboard->recovered_at && age->state == AGE_LIVE)
        add_told(
            &foot, 1, ROLE_MESSAGE,
            arena_printf(scratch, "live again after %s", age_text(wallboard->unknown_for, span)));
    if (wallboard->has_board) {
        const bool late = board->follow_ups_late > 0;
        add_told(
            &foot, 2, late ? ROLE_LATE : ROLE_MUTED,
            arena_printf(scratch, "follow-ups late %s", count_text(board->follow_ups_late, count)));
        add_told(&foot, 2, ROLE_TEXT,
                 arena_printf(scratch, "alerts today %s%s",
                              count_text(board->days[BOARD_DAYS - 1].alerts, count),
                              board->alerts_usual < 0
                                  ? ""
                                  : arena_printf(scratch, " (usual %s)",
                                                 count_text(board->alerts_usual, usual))));
    }
    const char *ends = "read-only";
    const int start = place.col + 1, end = place.col + place.cols - 1;
    pieces_fit(&foot, end - start - text_width_cols(ends) - 2);
    pieces_draw(&foot, &wallboard->canvas, row, start, end - text_width_cols(ends) - 1);
    canvas_text(&wallboard->canvas, row, end - text_width_cols(ends), text_width_cols(ends), ends,
                ROLE_MUTED, 0);
}

static void
draw_page(struct wallboard *wallboard, const struct age *age, struct rect place, int64_t now_ms)
{
    static void (*const pages[WALLBOARD_PAGES])(const struct wallboard_frame *) = {
        wallboard_draw_now, wallboard_draw_rota, wallboard_draw_backlog};
    const int pane = pane_of(wallboard->page);
    const struct wallboard_frame frame = {
        .place = place,
        .board = &wallboard->board,
        .snap = snapshot_of(wallboard),
        .settings = &wallboard->settings,
        .views = wallboard->views,
        .tables = wallboard->tables,
        .now_ms = now_ms,
        .flags = age->state == AGE_UNKNOWN ? CANVAS_DIM : 0,
        .scratch = &wallboard->scratch,
        .canvas = &wallboard->canvas,
    };
    if (place.rows < 1)
        return;
    if (!wallboard->has_board) {
        canvas_text(&wallboard->canvas, place.row + place.rows / 2, place.col + 1, place.cols - 2,
                    "waiting for the first answer", ROLE_MUTED, 0);
        return;
    }
    arena_reset(&wallboard->table_arena);
    views[pane]->build(&wallboard->views[pane], snapshot_of(wallboard), now_ms,
                       &wallboard->table_arena, &wallboard->tables[pane]);
    pages[wallboard->page](&frame);
}

static void
note_recovery(struct wallboard *wallboard, const struct age *age, int64_t now_ms)
{
    if (age->state >= AGE_STALE && !wallboard->stale_since) {
        wallboard->stale_since = age->since;
    } else if (age->state == AGE_LIVE && wallboard->stale_since) {
        wallboard->unknown_for = now_ms - wallboard->stale_since;
        wallboard->recovered_at = now_ms;
        wallboard->stale_since = 0;
    }
    if (wallboard->recovered_at && now_ms - wallboard->recovered_at > RECOVERED_MS)
        wallboard->recovered_at = 0;
}

static void
draw(struct wallboard *wallboard)
{
    const int64_t now_ms = clock_now_ms();
    const struct rect place = place_of(wallboard, now_ms);
    struct canvas *canvas = &wallboard->canvas;
    const struct age age = age_of(wallboard, now_ms);
    wallboard->draw_wanted = false;
    note_beat(wallboard);
    note_recovery(wallboard, &age, now_ms);
    canvas_init(canvas, wallboard->layout.rows, wallboard->layout.cols);
    canvas->cursor_row = -1;
    if (wallboard->layout.cols < SMALL_COLS || wallboard->layout.rows < SMALL_ROWS) {
        canvas_text(canvas, 0, 0, wallboard->layout.cols, "tocsin: enlarge to 40x10", ROLE_PROBLEM,
                    0);
    } else {
        draw_head(wallboard, &age, place, now_ms);
        const struct rect rule = {place.row + 1, place.col, 1, place.cols};
        if (age.state == AGE_UNKNOWN)
            draw_unknown(wallboard, &age, rule, now_ms);
        else
            canvas_rule(canvas, rule.row, rule.col, rule.cols, ROLE_BORDER);
        draw_page(wallboard, &age, page_place(place), now_ms);
        canvas_rule(canvas, place.row + place.rows - 2, place.col, place.cols, ROLE_BORDER);
        draw_foot(wallboard, &age, place);
    }
    const int hour = zone_to_civil(wallboard->settings.zone, now_ms).hour;
    if (hour != wallboard->hour) { /* whatever another program wrote over it is gone then */
        wallboard->hour = hour;
        term_repaint();
    }
    sound_alarms(wallboard, &age, now_ms);
    term_draw(canvas);
    term_title(arena_printf(&wallboard->scratch, "tocsin wallboard %s", title_of(wallboard)));
}

/* ---- pages and keys ---- */

static void
turn_to(struct wallboard *wallboard, int page, int64_t stays_ms)
{
    wallboard->page = (enum wallboard_page)((page + WALLBOARD_PAGES) % WALLBOARD_PAGES);
    wallboard->next_page_at = clock_monotonic_ms() + stays_ms;
    lay_out(wallboard);
}

static void
on_key(struct wallboard *wallboard, const char *key)
{
    if (strcmp(key, "Space") == 0 || strcmp(key, "Right") == 0) {
        turn_to(wallboard, wallboard->page + 1, TURNED_MS);
    } else if (strcmp(key, "Left") == 0) {
        turn_to(wallboard, wallboard->page - 1, TURNED_MS);
    } else if (strcmp(key, "P") == 0) {
        wallboard->held = !wallboard->held;
        wallboard->next_page_at = clock_monotonic_ms() + PAGE_MS;
        wallboard->draw_wanted = true;
    } else if (strcmp(key, "Ctrl-L") == 0) {
        term_repaint();
        wallboard->draw_wanted = true;
    } else if (strcmp(key, "q") == 0 || strcmp(key, "Q") == 0) {
        stop(wallboard, 0);
    }
}

static void
on_input(void *context, int fd, int events)
{
    struct wallboard *wallboard = context;
    char key[KEY_NAME_SIZE];
    bool any = false;
    (void)fd;
    while (term_read_key(key)) {
        any = true;
        on_key(wallboard, key);
    }
    if (((events & LOOP_HANGUP) || !any) && !term_alive())
        stop(wallboard, SIGHUP);
}

static void
start_poller(struct wallboard *wallboard)
{
    const struct app_options *options = wallboard->options;
    struct error err = {0};
    int exit_status;
    wallboard->poller_at = clock_monotonic_ms();
    if (poller_ended(&wallboard->poller, &exit_status) && exit_status != 0)
        log_write(LOG_WARNING, "the poller ended with status %d", exit_status);
    if (options->start_poller &&
        !poller_start(&wallboard->poller, options->profile->name, options->config_path, &err)) {
        log_failure(LOG_ERROR, &err, "cannot start the poller");
        wallboard->problem = err;
    }
}

static void
on_tick(void *context)
{
    struct wallboard *wallboard = context;
    const int64_t now = clock_monotonic_ms();
    (void)loop_after(wallboard->loop, TICK_MS, on_tick, wallboard);
    load_sources(wallboard);
    const struct age age = age_of(wallboard, clock_now_ms());
    if (age.state != AGE_LIVE && now - wallboard->poller_at >= POLLER_AGAIN_MS)
        start_poller(wallboard);
    const bool stays =
        wallboard->held || (severe_at(wallboard) && wallboard->page == WALLBOARD_NOW);
    if (!stays && now >= wallboard->next_page_at)
        turn_to(wallboard, severe_at(wallboard) ? WALLBOARD_NOW : wallboard->page + 1, PAGE_MS);
    wallboard->draw_wanted = true;
}

static void
on_data(void *context)
{
    struct wallboard *wallboard = context;
    wallboard->load_wanted = true;
}

static void
on_signal(void *context, int signal_number)
{
    struct wallboard *wallboard = context;
    if (signal_number != SIGWINCH) {
        stop(wallboard, signal_number);
        return;
    }
    term_repaint();
    lay_out(wallboard);
}

static void
after_pass(void *context)
{
    struct wallboard *wallboard = context;
    if (wallboard->load_wanted)
        load(wallboard);
    if (wallboard->draw_wanted)
        draw(wallboard);
    arena_reset(&wallboard->scratch);
}

/* ---- start and end ---- */

static bool
prepare(struct wallboard *wallboard, struct error *err)
{
    static const char *const no_schedules[] = {NULL};
    const struct app_options *options = wallboard->options;
    const struct profile *profile = options->profile;
    wallboard->settings = (struct view_settings){
        .time_style = TIME_VIEWER,
        .schedules = profile->schedules ? profile->schedules : no_schedules,
        .me = "",
        .update_spans = &profile->update_spans,
        .week_starts = profile->week_starts,
        .read_only = true,
    };
    wallboard->settings.zone = options->zone ? options->zone : zone_system();
    if (!options->zone && !text_is_empty(profile->timezone) &&
        !zone_open(profile->timezone, &wallboard->settings.zone, err))
        return false;
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        wallboard->views[pane] = (struct view){
            .ops = views[pane],
            .settings = &wallboard->settings,
            .state = arena_alloc(&wallboard->arena, views[pane]->state_size + 1),
        };
        query_init(&wallboard->views[pane].query, view_rows(views[pane]));
    }
    wallboard->snapshots[0].waiting_since = wallboard->snapshots[1].waiting_since = clock_now_ms();
    wallboard->hour = zone_to_civil(wallboard->settings.zone, clock_now_ms()).hour;
    notify_init(&wallboard->notify, profile, wallboard->settings.zone, clock_now_ms());
    return true;
}

static bool
open_terminal(struct wallboard *wallboard, struct error *err)
{
    const struct app_options *options = wallboard->options;
    struct theme theme;
    const struct term_options term_options = {
        .theme = &theme,
        .color = options->color,
        .glyphs = options->glyphs ? options->glyphs : options->profile->glyphs,
    };
    if (!theme_load(&theme, options->theme ? options->theme : options->profile->theme, err) ||
        !term_open(&term_options, err))
        return false;
    wallboard->settings.glyphs = term_glyphs();
    return true;
}

static bool
run(struct wallboard *wallboard, struct error *err)
{
    static const int signals[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    const struct app_options *options = wallboard->options;
    if (!prepare(wallboard, err) || !log_open(options->paths->console_log, LOG_INFO, err) ||
        !loop_create(&wallboard->loop, err) ||
        !reader_open(&wallboard->reader, wallboard->loop, options->paths, options->profile->url,
                     on_data, wallboard, err))
        return false;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (!loop_on_signal(wallboard->loop, signals[i], on_signal, wallboard, err))
            return false;
    if (!poller_view(&wallboard->poller, options->paths->viewers_lock, err) ||
        !open_terminal(wallboard, err))
        return false;
    loop_watch(wallboard->loop, term_fd(), LOOP_READ, on_input, wallboard);
    loop_after_pass(wallboard->loop, after_pass, wallboard);
    turn_to(wallboard, WALLBOARD_NOW, PAGE_MS);
    after_pass(wallboard);
    start_poller(wallboard);
    if (!clock_is_frozen())
        (void)loop_after(wallboard->loop, TICK_MS, on_tick, wallboard);
    return loop_run(wallboard->loop, err);
}

bool
wallboard_run(const struct app_options *options, struct error *err)
{
    struct wallboard *wallboard = memory_alloc(sizeof *wallboard);
    *wallboard = (struct wallboard){.options = options, .poller = POLLER_NONE};
    ended_by_signal = 0;
    const bool ran = run(wallboard, err);
    term_close();
    log_close();
    reader_close(wallboard->reader);
    loop_destroy(wallboard->loop);
    poller_leave(&wallboard->poller);
    for (int pane = 0; pane < PANE_COUNT; pane++)
        query_finish(&wallboard->views[pane].query);
    for (int i = 0; i < 2; i++)
        arena_finish(&wallboard->snapshots[i].arena);
    arena_finish(&wallboard->sources_arena);
    arena_finish(&wallboard->table_arena);
    arena_finish(&wallboard->board_arena);
    arena_finish(&wallboard->scratch);
    arena_finish(&wallboard->arena);
    canvas_finish(&wallboard->canvas);
    memory_free(wallboard);
    return ran;
}
