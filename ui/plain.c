#include "ui/plain.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action/poller.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/text.h"
#include "ui/detail.h"
#include "ui/frame.h"
#include "ui/plain_words.h"
#include "ui/reader.h"

#define FEW_ROWS 10
#define WINDOW_ROWS 50
#define COLS 400 /* wide enough that no view leaves a column out or cuts one */
#define LINE_MAX_BYTES 4096
#define DETAIL_COLS 78

struct numbered {
    int pane;
    char id[ITEM_ID_SIZE];
};

struct plain {
    const struct plain_options *options;
    struct loop *loop;
    struct reader *reader;
    struct arena arena, scratch;
    struct view_settings settings;
    struct view views[PANE_COUNT];
    struct layout layout;
    struct poller poller;

    /* Two of each: what is shown, and what the next is compared with. */
    struct snapshot snapshots[2];
    struct table tables[2][PANE_COUNT];
    struct arena table_arenas[2];
    int now;

    struct numbered *items; /* as they were last printed */
    size_t items_len;
    int pane; /* what was last asked for */
    struct detail detail;
    char line[LINE_MAX_BYTES];
    size_t line_len;

    bool told;        /* following: the first look is behind us */
    enum fresh fresh; /* as it was last said */
    int day;          /* of the last line */
    uint64_t timer;
    bool changed;
};

static int ended_by_signal;

int
plain_ended_by(void)
{
    return ended_by_signal;
}

/* ---- reading ---- */

static bool
load(struct plain *plain, struct error *err)
{
    int64_t now_ms = clock_now_ms();
    int next = !plain->now;
    plain->changed = false;
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

static const struct snapshot *
snapshot_now(const struct plain *plain)
{
    return &plain->snapshots[plain->now];
}

static const char *
clock_now(const struct plain *plain, char out[MOMENT_SIZE])
{
    return clock_text(plain->settings.zone, clock_now_ms(), out);
}

/* ---- the summary ---- */

static void
print_counts(struct plain *plain, bool known)
{
    const struct header_facts *header = &snapshot_now(plain)->header;
    char count[COUNT_SIZE], age[AGE_SIZE];
    const char *between = "";
    for (int digit = 1; digit <= 4; digit++)
        if (header->firing[digit]) {
            printf("%sS%d %s", between, digit, count_text(header->firing[digit], count));
            between = ", ";
        }
    if (*between)
        printf(" firing%s.", known ? "" : " when last seen");
    else
        printf("%s", known ? "Nothing fires." : "What fires is not known.");
    if (header->oldest_unacked_at)
        printf(
            " Oldest unacknowledged for %s.",
            plain_ages(age_text(clock_now_ms() - header->oldest_unacked_at, age), &plain->scratch));
    puts("");
}

static void
print_on_call(struct plain *plain)
{
    const struct header_facts *header = &snapshot_now(plain)->header;
    char moment[MOMENT_SIZE];
    for (size_t i = 0; i < header->on_call_len; i++) {
        const struct on_call *one = &header->on_call[i];
        printf("On call, %s: %s", text_clean(&plain->scratch, one->schedule, 200),
               *one->now ? text_clean(&plain->scratch, one->now, 200) : "nobody");
        if (one->until)
            printf(" until %s",
                   moment_text(plain->settings.zone, one->until, clock_now_ms(), moment));
        if (*one->next)
            printf(", then %s", text_clean(&plain->scratch, one->next, 200));
        puts(".");
    }
}

static void
print_summary(struct plain *plain)
{
    int64_t now_ms = clock_now_ms();
    struct freshness_summary fresh = frame_freshness(snapshot_now(plain), now_ms);
    char text[FRESH_SIZE], moment[MOMENT_SIZE];
    const char *cause = fresh_cause(&fresh, now_ms, &plain->scratch);
    const struct app_options *app = plain->options->app;
    struct civil civil = zone_to_civil(plain->settings.zone, now_ms);
    printf("%s, %s%s%s, %s %d %s %s %s%s.\n",
           text_is_empty(app->title) ? app->profile->name : app->title,
           plain_ages(fresh_text(&fresh, now_ms, text), &plain->scratch), *cause ? ": " : "", cause,
           weekday_names[civil.weekday], civil.day, month_names[civil.month - 1],
           clock_now(plain, moment), zone_abbreviation(plain->settings.zone, now_ms),
           plain->settings.read_only ? ", read-only" : "");
    if (!snapshot_now(plain)->present)
        return;
    print_counts(plain, fresh.state == FRESH_LIVE);
    print_on_call(plain);
}

/* ---- items ---- */

static void
number(struct plain *plain, int pane, const char *id)
{
    struct numbered *item = &plain->items[plain->items_len++];
    item->pane = pane;
    (void)snprintf(item->id, sizeof item->id, "%s", id); /* ids of the tables fit */
    printf("%zu. ", plain->items_len);
}

/* At most `limit` items; 0 = all. */
static void
print_pane(struct plain *plain, int pane, size_t limit)
{
    const struct table *table = &plain->tables[plain->now][pane];
    size_t printed = 0, left = 0, rows;
    printf("\n%s %s\n", plain->views[pane].ops->title, plain_title(table, &plain->scratch));
    for (size_t row = 0; row < table->rows_len; row += rows) {
        const char *words = plain_item(table, row, PLAIN_WHOLE, &plain->scratch, &rows);
        bool is_item = *table->rows[row].id != '\0';
        if (!*words)
            continue;
        if (limit && printed >= limit) { /* nor the headings of what is left out */
            left += is_item;
            continue;
        }
        if (is_item)
            number(plain, pane, table->rows[row].id);
        printed += is_item;
        puts(words);
    }
    if (table->rows_len == 0 && table->empty)
        puts(table->empty);
    if (left || table->more_below)
        printf("%s%zu more.\n", table->more_below ? "at least " : "", left + table->more_below);
}

static size_t
limit_of(const struct plain *plain, size_t otherwise)
{
    return plain->options->limit < 0 ? otherwise : (size_t)plain->options->limit;
}

static void
begin_items(struct plain *plain)
{
    size_t most = 1;
    for (int pane = 0; pane < PANE_COUNT; pane++)
        most += plain->tables[plain->now][pane].rows_len;
    memory_free(plain->items);
    plain->items = memory_alloc(most * sizeof *plain->items);
    plain->items_len = 0;
}

static void
print_all(struct plain *plain)
{
    begin_items(plain);
    print_summary(plain);
    for (int pane = 0; pane < PANE_COUNT && snapshot_now(plain)->present; pane++)
        print_pane(plain, pane, limit_of(plain, FEW_ROWS));
}

static void
print_one(struct plain *plain, int pane)
{
    begin_items(plain);
    plain->pane = pane;
    print_pane(plain, pane, limit_of(plain, 0));
}

static void
open_item(struct plain *plain, size_t at)
{
    struct error err = {0};
    struct table table;
    const struct numbered *item = &plain->items[at - 1];
    if (!reader_detail(plain->reader, &plain->views[item->pane], snapshot_now(plain), item->id,
                       &plain->detail, &err)) {
        printf("%s\n", err.message);
        return;
    }
    if (text_is_empty(plain->detail.id)) {
        puts("Nothing more is known of it.");
        return;
    }
    detail_build(&plain->detail, &plain->settings, clock_now_ms(), &plain->scratch, DETAIL_COLS,
                 &table);
    for (size_t row = 0; row < table.rows_len; row++) {
        const char *text = table.rows[row].rule ? "" : table_row_text(&table, row, &plain->scratch);
        puts(text + strspn(text, " "));
    }
}

/* ---- the prompt ---- */

static void
stop(struct plain *plain, int signal_number)
{
    ended_by_signal = signal_number;
    loop_stop(plain->loop);
}

static void
prompt(const struct plain *plain)
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
        ACTION_OPEN,        ACTION_PANE_1,     ACTION_PANE_2,       ACTION_PANE_3,
        ACTION_PANE_4,      ACTION_NEXT_TAB,   ACTION_PREVIOUS_TAB, ACTION_REFRESH,
        ACTION_REFRESH_ALL, ACTION_TIME_STYLE, ACTION_HELP,         ACTION_LEAVE,
    };
    puts("A number, or the name of an action, or as much of it as is needed:");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct action_info *info = action_info(known[i]);
        printf("%s%s: %s\n", info->name, known[i] == ACTION_OPEN ? " NUMBER" : "", info->help);
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
        open_item(plain, at);
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
        print_one(plain, (int)action - ACTION_PANE_1);
        return;
    case ACTION_REFRESH:
    case ACTION_REFRESH_ALL:
        refresh(plain, action == ACTION_REFRESH_ALL);
        return;
    case ACTION_TIME_STYLE:
        plain->settings.time_style = (plain->settings.time_style + 1) % TIME_STYLE_COUNT;
        break;
    case ACTION_HELP:
        say_help();
        return;
    case ACTION_LEAVE:
    case ACTION_QUIT:
        stop(plain, 0);
        return;
    default:
        if (!view->ops->act ||
            view->ops->act(view, action, snapshot_now(plain), clock_now_ms()) == VIEW_IGNORED) {
            printf("'%s' needs a screen, or another pane.\n", action_info(action)->name);
            return;
        }
    }
    if (!load(plain, &err))
        puts(err.message);
    print_one(plain, plain->pane);
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
    if (plain->changed && !load(plain, &err)) /* numbers stay those that were printed */
        puts(err.message);
    if (!*line) {
        print_all(plain);
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

static void
on_input(void *context, int fd, int events)
{
    struct plain *plain = context;
    (void)events;
    ssize_t got = read(fd, plain->line + plain->line_len, sizeof plain->line - 1 - plain->line_len);
    if (got <= 0) {
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            return;
        puts("");
        stop(plain, 0);
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
    prompt(plain);
}

/* ---- following ---- */

static void say_change(struct plain *plain, const char *format, ...) PRINTF_LIKE(2, 3);

static void
say_change(struct plain *plain, const char *format, ...)
{
    char moment[MOMENT_SIZE];
    struct civil civil = zone_to_civil(plain->settings.zone, clock_now_ms());
    if (plain->day && plain->day != civil.day)
        printf("%s %d %s %d\n", weekday_names[civil.weekday], civil.day,
               month_names[civil.month - 1], civil.year);
    plain->day = civil.day;
    printf("%s ", clock_now(plain, moment));
    va_list args;
    va_start(args, format);
    (void)vprintf(format, args); /* whoever reads may be gone: SIGPIPE says so */
    va_end(args);
    puts("");
}

static const char *
words_of(const struct table *table, const char *id, struct arena *arena)
{
    size_t rows;
    for (size_t row = 0; row < table->rows_len; row += rows) {
        rows = 1;
        if (strcmp(table->rows[row].id, id) == 0)
            return plain_item(table, row, PLAIN_LASTING, arena, &rows);
    }
    return NULL;
}

/* What is new, and what reads otherwise now; an item that only came into the window because others left is neither. */
static void
follow_pane(struct plain *plain, int pane, const char *what, const char *gone)
{
    const struct table *before = &plain->tables[!plain->now][pane];
    const struct table *now = &plain->tables[plain->now][pane];
    size_t rows, last_known = 0;
    for (size_t row = 0; row < now->rows_len; row++)
        if (*now->rows[row].id && words_of(before, now->rows[row].id, &plain->scratch))
            last_known = row;
    for (size_t row = 0; row < now->rows_len; row += rows) {
        const char *id = now->rows[row].id;
        const char *words = plain_item(now, row, PLAIN_LASTING, &plain->scratch, &rows);
        const char *old = *id ? words_of(before, id, &plain->scratch) : words;
        bool slid_in = !old && row > last_known && before->more_below;
        if (!slid_in && (!old || strcmp(old, words) != 0))
            say_change(plain, "%s%s", what, words);
    }
    for (size_t row = 0; gone && !now->more_below && row < before->rows_len; row += rows) {
        const char *id = before->rows[row].id;
        const char *words = plain_item(before, row, PLAIN_LASTING, &plain->scratch, &rows);
        if (*id && !words_of(now, id, &plain->scratch))
            say_change(plain, "%s%s", gone, words);
    }
}

/* Its newest entry stands on top: they are told from below. */
static void
follow_events(struct plain *plain, const char *what)
{
    const struct table *before = &plain->tables[!plain->now][1];
    const struct table *now = &plain->tables[plain->now][1];
    size_t rows, new_len = 0;
    while (new_len < now->rows_len &&
           (!*now->rows[new_len].id || !words_of(before, now->rows[new_len].id, &plain->scratch)))
        new_len++;
    for (size_t row = new_len; row-- > 0;) {
        const char *id = now->rows[row].id;
        bool begins = row == 0 || strcmp(now->rows[row - 1].id, id) != 0;
        if (*id && begins)
            say_change(plain, "%s%s", what,
                       plain_item(now, row, PLAIN_LASTING, &plain->scratch, &rows));
    }
}

static void
follow_timeline(struct plain *plain)
{
    const struct timeline_window *before = &plain->snapshots[!plain->now].timeline;
    const struct timeline_window *now = &snapshot_now(plain)->timeline;
    if (!now->found)
        return;
    if (before->open_len != now->open_len)
        say_change(plain, "%zu open incident%s", now->open_len, now->open_len == 1 ? "" : "s");
    const char *name = arena_printf(
        &plain->scratch, "%s %s: ", text_clean(&plain->scratch, now->incident.reference, 64),
        text_clean(&plain->scratch, now->incident.status, 64));
    if (before->found && strcmp(before->incident.id, now->incident.id) == 0)
        follow_events(plain, name);
    else
        say_change(plain, "%s%s", name, text_clean(&plain->scratch, now->incident.name, 300));
}

static void
follow_on_call(struct plain *plain)
{
    const struct header_facts *before = &plain->snapshots[!plain->now].header;
    const struct header_facts *now = &snapshot_now(plain)->header;
    for (size_t i = 0; i < now->on_call_len; i++)
        for (size_t k = 0; k < before->on_call_len; k++)
            if (strcmp(now->on_call[i].schedule, before->on_call[k].schedule) == 0 &&
                strcmp(now->on_call[i].now, before->on_call[k].now) != 0)
                say_change(plain, "on call, %s: %s",
                           text_clean(&plain->scratch, now->on_call[i].schedule, 200),
                           *now->on_call[i].now
                               ? text_clean(&plain->scratch, now->on_call[i].now, 200)
                               : "nobody");
}

static void
follow_freshness(struct plain *plain)
{
    int64_t now_ms = clock_now_ms();
    struct freshness_summary fresh = frame_freshness(snapshot_now(plain), now_ms);
    char text[FRESH_SIZE];
    const char *cause = fresh_cause(&fresh, now_ms, &plain->scratch);
    if (plain->told && fresh.state != plain->fresh)
        say_change(plain, "the data is %s%s%s",
                   fresh.state == FRESH_LIVE
                       ? fresh_word(fresh.state)
                       : plain_ages(fresh_text(&fresh, now_ms, text), &plain->scratch),
                   *cause ? ": " : "", cause);
    plain->fresh = fresh.state;
}

static void on_time(void *context);

static void
wait_for_age(struct plain *plain)
{
    int64_t now_ms = clock_now_ms();
    struct freshness_summary fresh = frame_freshness(snapshot_now(plain), now_ms);
    loop_cancel(plain->loop, plain->timer);
    plain->timer = 0;
    if (fresh.changes_at == INT64_MAX || clock_is_frozen())
        return;
    int64_t delay = fresh.changes_at - now_ms;
    plain->timer = loop_after(plain->loop, delay < SECOND_MS ? SECOND_MS : delay, on_time, plain);
}

static void
look(struct plain *plain)
{
    struct error err = {0};
    if (!load(plain, &err)) {
        say_change(plain, "%s", err.message);
        return;
    }
    bool was_present = plain->snapshots[!plain->now].present;
    follow_freshness(plain);
    if (plain->told && was_present) {
        follow_pane(plain, 0, "", "no longer listed: ");
        follow_timeline(plain);
        follow_on_call(plain);
        follow_pane(plain, 3, "follow-up: ", "follow-up done or gone: ");
    } else {
        print_summary(plain);
    }
    plain->told = true;
    wait_for_age(plain);
    if (fflush(stdout) != 0)
        stop(plain, SIGPIPE); /* nobody reads any more, or nothing can be written */
}

static void
on_time(void *context)
{
    struct plain *plain = context;
    plain->timer = 0;
    plain->changed = true;
}

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
        look(plain);
    arena_reset(&plain->scratch);
}

/* ---- start and end ---- */

static void
on_signal(void *context, int signal_number)
{
    stop(context, signal_number);
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
    }
    /* Not as a grid, which is a drawing. */
    (void)plain->views[2].ops->act(&plain->views[2], ACTION_CALENDAR_AGENDA, snapshot_now(plain),
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
    const struct snapshot *snap = snapshot_now(plain);
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
        if (!load(plain, err) || !check_age(plain, err))
            return false;
        print_all(plain);
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
        look(plain);
    } else {
        if (!load(plain, err))
            return false;
        print_all(plain);
        prompt(plain);
        loop_watch(plain->loop, STDIN_FILENO, LOOP_READ, on_input, plain);
    }
    return loop_run(plain->loop, err);
}

bool
plain_run(const struct plain_options *options, struct error *err)
{
    struct plain *plain = memory_alloc(sizeof *plain);
    *plain = (struct plain){.options = options, .poller = {.viewers_fd = -1}};
    ended_by_signal = 0;
    bool ran = run(plain, err);
    log_close();
    reader_close(plain->reader);
    loop_destroy(plain->loop);
    poller_leave(&plain->poller);
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
