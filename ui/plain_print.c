/* The summary and the numbered items. */

#include "ui/plain_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/detail.h"
#include "ui/frame.h"
#include "ui/plain_words.h"

#define FEW_ROWS 10
#define DETAIL_COLS 78

static void
print_counts(struct plain *plain, bool known)
{
    const struct header_facts *header = &plain_snapshot(plain)->header;
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
    if (header->unacked_at) {
        printf(" Nobody has acknowledged");
        if (header->unacked_digit)
            printf(" S%d", header->unacked_digit);
        printf(" for %s.",
               plain_ages(age_text(clock_now_ms() - header->unacked_at, age), &plain->scratch));
    }
    puts("");
}

static void
print_on_call(struct plain *plain)
{
    const struct header_facts *header = &plain_snapshot(plain)->header;
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

void
plain_print_summary(struct plain *plain)
{
    int64_t now_ms = clock_now_ms();
    struct freshness_summary fresh = frame_freshness(plain_snapshot(plain), now_ms);
    char text[FRESH_SIZE], moment[MOMENT_SIZE];
    const char *cause = fresh_cause(&fresh, now_ms, &plain->scratch);
    const struct app_options *app = plain->options->app;
    struct civil civil = zone_to_civil(plain->settings.zone, now_ms);
    printf("%s, %s%s%s, %s %d %s %s %s%s.\n",
           text_is_empty(app->title) ? app->profile->name : app->title,
           plain_ages(fresh_text(&fresh, now_ms, text), &plain->scratch), *cause ? ": " : "", cause,
           weekday_names[civil.weekday], civil.day, month_names[civil.month - 1],
           plain_clock(plain, moment), zone_abbreviation(plain->settings.zone, now_ms),
           plain->settings.read_only ? ", read-only" : "");
    if (!plain_snapshot(plain)->present)
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

void
plain_print_all(struct plain *plain)
{
    begin_items(plain);
    plain_print_summary(plain);
    for (int pane = 0; pane < PANE_COUNT && plain_snapshot(plain)->present; pane++)
        print_pane(plain, pane, limit_of(plain, FEW_ROWS));
}

void
plain_print_one(struct plain *plain, int pane)
{
    begin_items(plain);
    plain->pane = pane;
    print_pane(plain, pane, limit_of(plain, 0));
}

void
plain_open_item(struct plain *plain, size_t at)
{
    struct error err = {0};
    struct table table;
    const struct numbered *item = &plain->items[at - 1];
    if (!reader_detail(plain->reader, &plain->views[item->pane], plain_snapshot(plain), item->id,
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
