/* The page that tells what happens now: what fires, which incidents are open, who is on call. */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/big_digits.h"
#include "ui/wallboard_page.h"

enum {
    TITLE_MAX_COLS = 45,
    NAME_MAX_BYTES = 200,
    LINES_MAX = 8,
    FIRING_ROWS_MIN = 4,
    LEAD_FROM_COLS = 100,
    STATUS_FROM_COLS = 70,
    AIRY_FROM_ROWS = 40, /* with a blank row between incidents, where there is room */
};

static const char *
capitals(const struct wallboard_frame *frame, const char *text, int cols)
{
    const char *clean = text_clean(frame->scratch, text, NAME_MAX_BYTES);
    return text_cut(frame->scratch, text_upper(frame->scratch, clean), cols);
}

/* ---- numbers ---- */

static int
digit_rows(const struct wallboard_frame *frame)
{
    return frame->place.rows >= 22 && frame->place.cols >= 72 ? 5 : frame->place.rows >= 16 ? 3 : 1;
}

static void
draw_count(const struct wallboard_frame *frame, int digit, struct rect place)
{
    const struct board_unacked *unacked = &frame->board->unacked[digit];
    const int64_t firing = frame->snap->header.firing[digit];
    const enum role role = firing > 0 ? role_of_severity(digit) : ROLE_MUTED;
    const unsigned flags = frame->flags;
    struct canvas *canvas = frame->canvas;
    char count[COUNT_SIZE], age[AGE_SIZE];
    const char *number = count_text(firing, count);
    const char *lines[3] = {
        arena_printf(frame->scratch, "S%d firing", digit),
        arena_printf(frame->scratch, "%lld unacked", (long long)unacked->len),
        unacked->oldest_at ? arena_printf(frame->scratch, "oldest %s",
                                          age_text(frame->now_ms - unacked->oldest_at, age))
                           : "",
    };
    /* Reverse video would fill a digit's whole cell: of what is built of cells the severity's colour is enough. */
    const enum role drawn = role == ROLE_SEVERITY_1 && place.rows > 1 ? ROLE_LATE : role;
    int col = place.col + 1;
    if (big_digits_cols(number, place.rows) + 14 > place.cols && place.rows > 1) {
        const int row = place.row + place.rows / 2;
        col += canvas_text(canvas, row, col, place.cols - 1, lines[0], role, flags);
        canvas_text(canvas, row, col + 1, place.row + place.cols - col - 1, number, role, flags);
        return;
    }
    col += big_digits_draw(canvas, place.row, col, place.rows, number, frame->settings->glyphs,
                           drawn, flags | CANVAS_BOLD);
    col += place.rows > 1 ? 3 : 1;
    const int room = place.col + place.cols - col - 1;
    if (place.rows == 1) {
        col += canvas_text(canvas, place.row, col, room, arena_printf(frame->scratch, "S%d", digit),
                           role, flags);
        if (unacked->len)
            canvas_text(canvas, place.row, col + 1, room - 3,
                        arena_printf(frame->scratch, "%lld un", (long long)unacked->len), ROLE_TEXT,
                        flags);
        return;
    }
    const int first = place.row + (place.rows - 3) / 2;
    canvas_text(canvas, first, col, room, lines[0], role, flags);
    canvas_text(canvas, first + 1, col, room, lines[1], unacked->len ? ROLE_STRONG : ROLE_MUTED,
                flags);
    canvas_text(canvas, first + 2, col, room, lines[2], ROLE_TEXT, flags);
}

static int
draw_counts(const struct wallboard_frame *frame, int row)
{
    const struct header_facts *header = &frame->snap->header;
    const int shown = header->firing[4] > 0 ? 4 : 3, rows = digit_rows(frame);
    const int cols = frame->place.cols / shown;
    for (int digit = 1; digit <= shown; digit++)
        draw_count(frame, digit,
                   (struct rect){row, frame->place.col + (digit - 1) * cols, rows, cols});
    return row + rows;
}

/* ---- incidents ---- */

static void
draw_incident(const struct wallboard_frame *frame, const struct timeline_incident *incident,
              int row)
{
    const int cols = frame->place.cols, end = frame->place.col + cols - 1;
    struct canvas *canvas = frame->canvas;
    struct arena *scratch = frame->scratch;
    char age[AGE_SIZE];
    const int digit = (int)incident->severity_digit;
    const int64_t due_at = frame->settings->update_spans
                               ? update_due_at(frame->settings->update_spans, incident->mode,
                                               incident->status_category, digit,
                                               incident->last_update_at, incident->created_at)
                               : 0;
    /* From the right: what is due, the age, the lead, the status; the title has what is left. */
    int right = end;
    const int due_cols = cols >= LEAD_FROM_COLS ? 16 : 9;
    if (due_at) {
        const bool late = due_at < frame->now_ms;
        const char *span = age_text(late ? frame->now_ms - due_at : due_at - frame->now_ms, age);
        const char *text = arena_printf(scratch, "%s%s %s", cols >= LEAD_FROM_COLS ? "update " : "",
                                        late ? "late" : "due", span);
        canvas_text(canvas, row, right - text_width_cols(text), due_cols, text,
                    late ? ROLE_LATE : ROLE_TEXT, frame->flags);
    }
    right -= due_cols + 1;
    const char *old = age_text(frame->now_ms - incident->created_at, age);
    canvas_text(canvas, row, right - text_width_cols(old), 5, old, ROLE_AGE, frame->flags);
    right -= 7;
    if (cols >= LEAD_FROM_COLS) {
        const bool is_led = *incident->lead;
        canvas_text(canvas, row, right - 18, 18,
                    is_led ? capitals(frame, incident->lead, 18) : "no lead",
                    is_led ? ROLE_PERSON : ROLE_GAP, frame->flags);
        right -= 20;
    }
    if (cols >= STATUS_FROM_COLS) {
        canvas_text(canvas, row, right - 13, 13, capitals(frame, incident->status, 13), ROLE_TEXT,
                    frame->flags);
        right -= 15;
    }
    int col = frame->place.col + 1;
    canvas_text(canvas, row, col, 2, digit ? arena_printf(scratch, "S%d", digit) : "--",
                role_of_severity(digit), frame->flags);
    col += 4;
    const char *reference = text_clean(scratch, incident->reference, 32);
    canvas_text(canvas, row, col, 9, text_cut(scratch, reference, 9), ROLE_REFERENCE, frame->flags);
    col += text_width_cols(reference) > 8 ? 10 : 9;
    const int room = right - col < TITLE_MAX_COLS ? right - col : TITLE_MAX_COLS;
    if (room > 3)
        canvas_text(canvas, row, col, room, capitals(frame, incident->name, room), ROLE_STRONG,
                    frame->flags);
}

/* Returns the row below them. */
static int
draw_incidents(const struct wallboard_frame *frame, int row, int end)
{
    const struct board *board = frame->board;
    const int rows = end - row;
    const int step =
        frame->place.rows >= AIRY_FROM_ROWS && (int)board->incidents_len * 2 <= rows ? 2 : 1;
    row += step - 1;
    if (!board->incidents_len && row < end)
        canvas_text(frame->canvas, row++, frame->place.col + 1, frame->place.cols - 2,
                    "no open incident", ROLE_MUTED, 0);
    for (size_t i = 0; i < board->incidents_len && row < end; i++, row += step) {
        if (row == end - 1 && i + 1 < board->incidents_len) {
            canvas_text(frame->canvas, row, frame->place.col + 1, frame->place.cols - 2,
                        arena_printf(frame->scratch, "and %zu more open incidents",
                                     board->incidents_len - i),
                        ROLE_STRONG, 0);
            return end;
        }
        draw_incident(frame, &board->incidents[i], row);
    }
    return row;
}

/* ---- what fires ---- */

/* As the console's feed has it, where there is room: what fires comes first in it. */
static void
draw_firing(const struct wallboard_frame *frame, int row, int end)
{
    static const struct cursor top;
    const struct rect place = frame->place;
    const struct table *table = &frame->tables[WALLBOARD_FEED];
    int64_t firing = 0;
    for (int digit = 0; digit < BOARD_DIGITS; digit++)
        firing += frame->snap->header.firing[digit];
    if (end - row < FIRING_ROWS_MIN || !firing)
        return;
    canvas_rule(frame->canvas, row++, place.col, place.cols, ROLE_BORDER);
    int rows = 0;
    while (rows < (int)table->rows_len && rows < end - row &&
           !(table->rows[rows].marks & ROW_OVER)) {
        firing -= *table->rows[rows].id != '\0';
        rows++;
    }
    if (firing > 0 && rows == end - row) {
        rows--;
        firing += *table->rows[rows].id != '\0';
    }
    (void)table_draw(table, &top, false, frame->canvas,
                     (struct rect){row, place.col, rows, place.cols});
    if (firing > 0 && row + rows < end)
        canvas_text(frame->canvas, row + rows, place.col + 1, place.cols - 2,
                    arena_printf(frame->scratch, "and %lld more fire", (long long)firing),
                    ROLE_STRONG, frame->flags);
}

/* ---- on call ---- */

struct line {
    enum role role;
    const char *label, *who, *text;
};

static size_t
on_call_lines(const struct wallboard_frame *frame, struct line *lines)
{
    const struct header_facts *header = &frame->snap->header;
    const struct zone *zone = frame->settings->zone;
    struct arena *scratch = frame->scratch;
    char from[MOMENT_SIZE], to[MOMENT_SIZE];
    size_t len = 0;
    for (size_t i = 0; i < frame->board->gaps_len && len < 2; i++) {
        const struct board_gap *gap = &frame->board->gaps[i];
        lines[len++] =
            (struct line){ROLE_GAP, "GAP", text_clean(scratch, gap->schedule, NAME_MAX_BYTES),
                          arena_printf(scratch, "%s - %s nobody on call",
                                       moment_text(zone, gap->start_at, frame->now_ms, from),
                                       moment_text(zone, gap->end_at, frame->now_ms, to))};
    }
    for (size_t i = 0; i < header->on_call_len && len < LINES_MAX; i++) {
        const struct on_call *on_call = &header->on_call[i];
        const char *until =
            on_call->until ? moment_text(zone, on_call->until, frame->now_ms, from) : "";
        const char *next = *on_call->next ? capitals(frame, on_call->next, 40) : "";
        const char *schedule = text_clean(scratch, on_call->schedule, NAME_MAX_BYTES);
        if (*on_call->now)
            lines[len++] =
                (struct line){ROLE_PERSON, "ON CALL", capitals(frame, on_call->now, 40),
                              arena_printf(scratch, "%s%s%s%s  %s", *until ? "until " : "", until,
                                           *next ? ", then " : "", next, schedule)};
        else
            lines[len++] =
                (struct line){ROLE_MUTED, "ON CALL", "nobody",
                              arena_printf(scratch, "%s%s%s%s  %s", *until ? "until " : "", until,
                                           *next ? ", then " : "", next, schedule)};
    }
    return len;
}

static void
draw_line(const struct wallboard_frame *frame, const struct line *line, int row, int col, int end)
{
    canvas_text(frame->canvas, row, col, end - col, line->label,
                line->role == ROLE_GAP ? ROLE_GAP : ROLE_LABEL, frame->flags);
    col += 9;
    if (col < end)
        col += canvas_text(frame->canvas, row, col, end - col,
                           text_cut(frame->scratch, line->who, end - col),
                           line->role == ROLE_GAP ? ROLE_STRONG : line->role,
                           frame->flags | CANVAS_BOLD) +
               2;
    if (col < end)
        canvas_text(frame->canvas, row, col, end - col,
                    text_cut(frame->scratch, line->text, end - col), ROLE_TEXT, frame->flags);
}

void
wallboard_draw_now(const struct wallboard_frame *frame)
{
    const struct rect place = frame->place;
    struct line lines[LINES_MAX];
    const size_t lines_len = on_call_lines(frame, lines);
    const int columns = place.cols >= 160 ? 2 : 1; /* of such lines, side by side */
    const int end = place.row + place.rows;
    int rows = ((int)lines_len + columns - 1) / columns;
    const int most = place.rows / 4 > 0 ? place.rows / 4 : 1;
    rows = rows < most ? rows : most;

    int row = draw_counts(frame, place.row);
    if (row < end)
        canvas_rule(frame->canvas, row++, place.col, place.cols, ROLE_BORDER);
    const int lines_at = end - rows;
    if (rows && lines_at - 1 > row)
        canvas_rule(frame->canvas, lines_at - 1, place.col, place.cols, ROLE_BORDER);
    const int middle_end = rows ? lines_at - 1 : end;
    draw_firing(frame, draw_incidents(frame, row, middle_end), middle_end);
    const int cols = place.cols / columns;
    for (int i = 0; i < rows * columns && i < (int)lines_len; i++) {
        const int col = place.col + i / rows * cols;
        if (lines_at + i % rows >= row)
            draw_line(frame, &lines[i], lines_at + i % rows, col + 1, col + cols - 1);
    }
}
