/* A line for each change. */

#include "ui/plain_internal.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/frame.h"
#include "ui/plain_words.h"

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
    printf("%s ", plain_clock(plain, moment));
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
    const struct timeline_window *now = &plain_snapshot(plain)->timeline;
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
    const struct header_facts *now = &plain_snapshot(plain)->header;
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
    struct freshness_summary fresh = frame_freshness(plain_snapshot(plain), now_ms);
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
    struct freshness_summary fresh = frame_freshness(plain_snapshot(plain), now_ms);
    loop_cancel(plain->loop, plain->timer);
    plain->timer = 0;
    if (fresh.changes_at == INT64_MAX || clock_is_frozen())
        return;
    int64_t delay = fresh.changes_at - now_ms;
    plain->timer = loop_after(plain->loop, delay < SECOND_MS ? SECOND_MS : delay, on_time, plain);
}

void
plain_look(struct plain *plain)
{
    struct error err = {0};
    if (!plain_load(plain, &err)) {
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
        plain_print_summary(plain);
    }
    plain->told = true;
    wait_for_age(plain);
    if (fflush(stdout) != 0)
        plain_stop(plain, SIGPIPE); /* nobody reads any more, or nothing can be written */
}

static void
on_time(void *context)
{
    struct plain *plain = context;
    plain->timer = 0;
    plain->changed = true;
}
