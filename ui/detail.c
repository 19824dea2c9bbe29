#include "ui/detail.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "ui/history.h"
#include "ui/links.h"
#include "ui/markdown.h"

#define LABEL_MIN_COLS 8
#define LABEL_MAX_COLS 18
#define LABEL_SHARE 4 /* of the width */
#define FACT_MAX_BYTES 4096
#define STRIP_FACT_COLS 44
#define STRIP_TEXT_COLS                                                                            \
    130 /* a move of the cursor has 400 bytes, of which its two rows take over half */

static enum role
role_of_tone(int64_t tone)
{
    static const enum role roles[TONE_COUNT] = {
        [TONE_PLAIN] = ROLE_TEXT,
        [TONE_SEVERITY_1] = ROLE_SEVERITY_1,
        [TONE_SEVERITY_2] = ROLE_SEVERITY_2,
        [TONE_SEVERITY_3] = ROLE_SEVERITY_3,
        [TONE_SEVERITY_4] = ROLE_SEVERITY_4,
        [TONE_STRONG] = ROLE_STRONG,
        [TONE_PERSON] = ROLE_PERSON,
        [TONE_REFERENCE] = ROLE_REFERENCE,
        [TONE_PROBLEM] = ROLE_PROBLEM,
        [TONE_OVERRIDE] = ROLE_OVERRIDE,
        [TONE_FIRING] = ROLE_STATE_FIRING,
        [TONE_ACKNOWLEDGED] = ROLE_STATE_ACKNOWLEDGED,
        [TONE_SNOOZED] = ROLE_STATE_SNOOZED,
        [TONE_RESOLVED] = ROLE_STATE_RESOLVED,
    };
    return roles[tone];
}

/* What opens something looks like it. */
static enum role
role_of_fact(const struct detail_fact *fact)
{
    bool opens = fact->tone == TONE_PLAIN && (*fact->ref || *fact->link);
    return opens ? ROLE_REFERENCE : role_of_tone(fact->tone);
}

/* ---- times ---- */

/* "Thu 26 Mar 18:00", of today "18:00". */
static const char *
full_moment(const struct zone *zone, int64_t at, int64_t now_ms, struct arena *arena)
{
    struct civil when = zone_to_civil(zone, at), now = zone_to_civil(zone, now_ms);
    if (when.year == now.year && when.month == now.month && when.day == now.day)
        return arena_printf(arena, "%02d:%02d", when.hour, when.minute);
    const char *day = arena_printf(arena, "%s %d %s", weekday_names[when.weekday], when.day,
                                   month_names[when.month - 1]);
    return when.year == now.year
               ? arena_printf(arena, "%s %02d:%02d", day, when.hour, when.minute)
               : arena_printf(arena, "%s %d %02d:%02d", day, when.year, when.hour, when.minute);
}

/* The same instant as the item's own zone has it, where that reads differently; "" otherwise. */
static const char *
other_moment(const struct detail *detail, const struct zone *here, int64_t at, struct arena *arena)
{
    const struct zone *there;
    struct error unknown; /* a zone that this machine does not have: the viewer's will do */
    if (text_is_empty(detail->zone) || !zone_open(detail->zone, &there, &unknown) ||
        zone_offset_seconds(there, at) == zone_offset_seconds(here, at))
        return "";
    struct civil at_here = zone_to_civil(here, at), at_there = zone_to_civil(there, at);
    const char *day = at_here.day == at_there.day
                          ? ""
                          : arena_printf(arena, "%s ", weekday_names[at_there.weekday]);
    return arena_printf(arena, " (%s%02d:%02d %s)", day, at_there.hour, at_there.minute,
                        zone_abbreviation(there, at));
}

/* The instant of a fact: in the viewer's zone, in the item's own if that differs, and how long ago. */
static const char *
instant_text(const struct detail *detail, int64_t at, const struct view_settings *settings,
             int64_t now_ms, struct arena *arena)
{
    const struct zone *zone = settings->time_style == TIME_UTC ? zone_utc() : settings->zone;
    char age[AGE_SIZE];
    const char *moment = full_moment(zone, at, now_ms, arena);
    const char *other = other_moment(detail, zone, at, arena);
    if (at > now_ms)
        return arena_printf(arena, "%s%s, in %s", moment, other, age_text(at - now_ms, age));
    return arena_printf(arena, "%s%s, %s ago", moment, other, age_text(now_ms - at, age));
}

/* ---- pane and overlay ---- */

static void
begin_line(struct table *table)
{
    table_line(table, arena_printf(table->arena, "%zu", table->rows_len));
}

/* Never two blank lines, none at the top. */
static void
put_blank(struct table *table)
{
    if (table->rows_len && *table->rows[table->rows_len - 1].id)
        table_line(table, "");
}

static void
put_heading(struct table *table, const char *text)
{
    put_blank(table);
    begin_line(table);
    table_span(table, ROLE_TITLE_FOCUS, text);
}

/* As wide as the longest label, within reason. */
static int
label_cols(const struct detail *detail, int cols, struct arena *arena)
{
    int most = cols / LABEL_SHARE < LABEL_MAX_COLS ? cols / LABEL_SHARE : LABEL_MAX_COLS,
        widest = LABEL_MIN_COLS;
    for (size_t i = 0; i < detail->facts_len; i++) {
        int label = text_width_cols(text_clean(arena, detail->facts[i].label, 64));
        widest = label > widest ? label : widest;
    }
    return widest < most ? widest : most;
}

/* Label, then text and instant, wrapped under themselves. All its rows are one item: it may open something. */
static void
put_fact(struct table *table, const struct detail *detail, size_t i,
         const struct view_settings *settings, int64_t now_ms, int labels)
{
    const struct detail_fact *fact = &detail->facts[i];
    struct arena *arena = table->arena;
    const char *const *lines;
    const char *text = text_clean(arena, fact->text, FACT_MAX_BYTES), *at = "";
    if (fact->at)
        at = instant_text(detail, fact->at, settings, now_ms, arena);
    const char *whole = *text && *at ? arena_printf(arena, "%s  %s", text, at) : *text ? text : at;
    int cols = table->cols - table->mark_cols - labels - 2;
    size_t text_len = strlen(text);
    size_t len = text_wrap(arena, whole, cols > 8 ? cols : 8, &lines);
    const char *place = whole;
    bool safe = link_is_safe(fact->link);
    for (size_t line = 0; line < len; line++) {
        table_line(table, arena_printf(arena, DETAIL_FACT_ID "%zu", i));
        if (line == 0)
            table_span(table, ROLE_LABEL,
                       text_cut(arena, text_clean(arena, fact->label, 64), labels));
        table_pad_to(table, labels + 1);
        /* The text in its tone, the instant behind it in its own. */
        const char *found = strstr(place, lines[line]);
        size_t from = (size_t)(found - whole), chars = strlen(lines[line]);
        size_t in_text = from >= text_len ? 0 : from + chars < text_len ? chars : text_len - from;
        table_put(table, role_of_fact(fact), arena_text_len(arena, found, in_text));
        if (in_text && safe)
            table_link(table, fact->link);
        table_put(table, *text ? ROLE_AGE : ROLE_TEXT,
                  arena_text_len(arena, found + in_text, chars - in_text));
        place = found + chars;
    }
    if (fact->at)
        table_changes_at(table, fact->at > now_ms ? fact->at
                                                  : now_ms + age_next_change_ms(fact->at, now_ms));
}

static void
put_block(struct table *table, const struct detail *detail, const struct detail_block *block,
          const struct view_settings *settings, int64_t now_ms)
{
    if (*block->heading || block->at) {
        put_heading(table, block->heading);
        if (block->at) {
            table_span(table, ROLE_AGE, "  ");
            table_span(table, ROLE_AGE,
                       instant_text(detail, block->at, settings, now_ms, table->arena));
            table_changes_at(table, now_ms + age_next_change_ms(block->at, now_ms));
        }
    } else {
        put_blank(table);
    }
    markdown_put(table, 0, block->text);
}

void
detail_build(const struct detail *detail, const struct view_settings *settings, int64_t now_ms,
             struct arena *arena, int cols, struct table *table)
{
    table_init(table, arena, cols, NULL, 0);
    if (text_is_empty(detail->id)) {
        table_empty(table, ROLE_MUTED, "Nothing chosen.");
        return;
    }
    const char *const *lines;
    int title_cols = cols - table->mark_cols - 1, labels = label_cols(detail, cols, arena);
    size_t len = text_wrap(arena, text_clean(arena, detail->title, FACT_MAX_BYTES),
                           title_cols > 8 ? title_cols : 8, &lines);
    for (size_t i = 0; i < len; i++) {
        begin_line(table);
        table_put(table, ROLE_STRONG, lines[i]);
    }

    /* What is most telling, the texts without a heading, the history; then section by section, and the texts with one. */
    size_t fact = 0, block = 0;
    for (put_blank(table); fact < detail->facts_len && !*detail->facts[fact].section; fact++)
        put_fact(table, detail, fact, settings, now_ms, labels);
    for (; block < detail->blocks_len && !*detail->blocks[block].heading; block++)
        put_block(table, detail, &detail->blocks[block], settings, now_ms);
    if (detail->history.spells_len) {
        put_heading(table, arena_printf(arena, "Last %d days of ", HISTORY_DAYS));
        table_span(table, ROLE_TITLE_FOCUS, detail->history.of);
        history_put(table, &detail->history, settings, now_ms);
    }
    for (; fact < detail->facts_len; fact++) {
        const char *section = detail->facts[fact].section;
        if (!fact || strcmp(section, detail->facts[fact - 1].section) != 0)
            put_heading(table, section);
        put_fact(table, detail, fact, settings, now_ms, labels);
    }
    for (; block < detail->blocks_len; block++)
        put_block(table, detail, &detail->blocks[block], settings, now_ms);
}

const struct detail_fact *
detail_fact_of_row(const struct detail *detail, const char *id)
{
    size_t i;
    int end = 0;
    if (sscanf(id, DETAIL_FACT_ID "%zu%n", &i, &end) != 1 || id[end] || i >= detail->facts_len)
        return NULL;
    return &detail->facts[i];
}

#define PRINT_MAX_BYTES 32768

const char *
detail_print(const struct detail *detail, const struct view_settings *settings, int64_t now_ms,
             struct arena *arena)
{
    struct str out;
    str_init(&out, PRINT_MAX_BYTES);
    str_printf(&out, "%s\n", text_clean(arena, detail->title, FACT_MAX_BYTES));
    for (size_t i = 0; i < detail->facts_len && !*detail->facts[i].section; i++) {
        const struct detail_fact *fact = &detail->facts[i];
        const char *at = fact->at ? instant_text(detail, fact->at, settings, now_ms, arena) : "";
        str_printf(&out, "%s: %s%s%s\n", text_clean(arena, fact->label, 64),
                   text_clean(arena, fact->text, FACT_MAX_BYTES), *fact->text && *at ? ", " : "",
                   at);
    }
    for (size_t i = 0; i < detail->blocks_len && !*detail->blocks[i].heading; i++)
        str_printf(&out, "\n%s\n", text_clean_lines(arena, detail->blocks[i].text, FACT_MAX_BYTES));
    for (size_t i = 0; i < detail->facts_len; i++)
        if (*detail->facts[i].link && strcmp(detail->facts[i].link, detail->facts[i].text) == 0)
            str_printf(&out, "%s: %s\n", text_clean(arena, detail->facts[i].label, 64),
                       text_clean(arena, detail->facts[i].link, FACT_MAX_BYTES));
    const char *text = arena_text_len(arena, str_text(&out), out.len);
    str_finish(&out);
    return text;
}

/* ---- strip ---- */

/* A label that its tone does not make plain is said; an address is cut. */
static const char *
strip_text(const struct detail_fact *fact, const struct view_settings *settings, int64_t now_ms,
           struct arena *arena)
{
    char moment[MOMENT_SIZE];
    bool plain =
        fact->tone == TONE_PLAIN || fact->tone == TONE_PERSON || fact->tone == TONE_PROBLEM;
    const char *text =
        text_cut(arena, text_clean(arena, fact->text, FACT_MAX_BYTES), STRIP_FACT_COLS);
    const char *label = plain ? text_clean(arena, fact->label, 64) : "";
    const char *at = fact->at ? moment_text(settings->zone, fact->at, now_ms, moment) : "";
    return arena_printf(arena, "%s%s%s%s%s", label, *label ? " " : "", text,
                        *text && *at ? " " : "", at);
}

int64_t
detail_draw_strip(const struct detail *detail, const struct view_settings *settings, int64_t now_ms,
                  struct arena *scratch, struct canvas *canvas, struct rect place)
{
    if (text_is_empty(detail->id))
        return INT64_MAX;

    int left = place.col + 1, right = place.col + place.cols - 1;
    int row = place.row;
    const char *title = text_clean(scratch, detail->title, FACT_MAX_BYTES);
    int col = left + canvas_text(canvas, row, left, right - left, title, ROLE_STRONG, 0);

    /* One tone, only facts that fit whole, and no more than a budget: all of it is sent with every move of the cursor. */
    int spent = col - left;
    for (size_t i = 0; i < detail->facts_len; i++) {
        const struct detail_fact *fact = &detail->facts[i];
        if (!fact->at && strstr(detail->title, fact->text)) /* the title says so */
            continue;
        const char *text = strip_text(fact, settings, now_ms, scratch);
        int gap = col > left ? 3 : 0;
        if (spent + text_width_cols(text) > STRIP_TEXT_COLS)
            continue;
        bool fits = col + gap + text_width_cols(text) <= right;
        bool may_begin_line = i == 0 || left + text_width_cols(text) <= right;
        if (!fits && (!may_begin_line || row + 1 == place.row + place.rows))
            continue;
        if (!fits) {
            row++;
            col = left;
            gap = 0;
        }
        col += gap;
        spent += gap + text_width_cols(text);
        col += canvas_text(canvas, row, col, right - col, text, ROLE_TEXT, 0);
    }
    return INT64_MAX;
}
