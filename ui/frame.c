#include "ui/frame.h"

#include <string.h>

#include "base/text.h"
#include "ui/detail.h"
#include "ui/hints.h"
#include "ui/pieces.h"

/* Of a pane's title: what leaves first when there is no room, from high to low. Spans leave from the last to the second. */
enum {
    RANK_OTHER_TABS = 200,
    RANK_CAUSE = 100,
    RANK_ZONE = 11, /* of a phone's clock */
    RANK_UNACKED = 10,
    RANK_OTHERS_ON_CALL = 8,
    RANK_NEXT_ON_CALL = 7,
    RANK_OLDER_RUNS = 6,
    RANK_RUNS = 5,
    RANK_ON_CALL = 4,
    RANK_SPANS = 2,
    RANK_CAUSE_TOLD_HERE = 1,
};

enum { RUNS_LEAST = 8 /* that are shown, or none */, TERSE_COLS = 150 };

/* ---- header ---- */

/* Ages are of this machine's clock: beyond this the user is told that they are wrong. */
#define CLOCK_SKEW_WARN_MS MINUTE_MS

static enum role
role_of_fresh(enum fresh state)
{
    switch (state) {
    case FRESH_LIVE:
        return ROLE_FRESH_LIVE;
    case FRESH_STALE:
        return ROLE_FRESH_STALE;
    case FRESH_DOWN:
        return ROLE_FRESH_DOWN;
    case FRESH_LOADING:
        break;
    }
    return ROLE_MUTED;
}

/* What this key may not read, or this server does not offer, is told where it is missing and nowhere else. */
static bool
is_of_this_key(const struct freshness_summary *fresh)
{
    return fresh->state == FRESH_DOWN &&
           (strcmp(fresh->source->error_code, error_name(ERROR_FORBIDDEN)) == 0 ||
            strcmp(fresh->source->error_code, error_name(ERROR_UNSUPPORTED)) == 0);
}

struct freshness_summary
frame_freshness(const struct snapshot *snap, int64_t now_ms)
{
    struct freshness_summary worst = {.state = FRESH_LIVE, .changes_at = INT64_MAX};
    bool any = false;
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        struct freshness_summary one = snapshot_freshness(snap, views[pane]->resources, now_ms);
        if (is_of_this_key(&one))
            continue;
        int64_t changes_at = one.changes_at < worst.changes_at ? one.changes_at : worst.changes_at;
        bool worse =
            one.state > worst.state ||
            (one.state == worst.state &&
             (one.state == FRESH_LIVE ? one.since > worst.since : one.since < worst.since));
        if (!any || worse)
            worst = one;
        worst.changes_at = changes_at;
        any = true;
    }
    if (!any)
        worst.state = FRESH_LOADING;
    return worst;
}

static void
add_counts(const struct frame *frame, struct pieces *pieces, bool known, const char *gap)
{
    static const char *const names[] = {"", "S1:", "S2:", "S3:", "S4:"};
    static const char *const resources[] = {"firing_alerts", NULL};
    const struct source_state *source = snapshot_freshness(frame->snap, resources, 0).source;
    bool ever = known || (source && source->last_complete_at); /* else not even an old count */
    char count[COUNT_SIZE];
    for (int digit = 1; digit <= 4; digit++) {
        int64_t firing = frame->snap->header.firing[digit];
        if (digit == 4 && firing == 0)
            break;
        if (digit > 1)
            pieces_gap(pieces, 0, gap);
        pieces_add(pieces, 0, firing > 0 ? role_of_severity(digit) : ROLE_MUTED,
                   arena_printf(pieces->scratch, "%s%s%s", names[digit],
                                ever ? count_text(firing, count) : "", known ? "" : "?"));
    }
}

/* The schedule to name first: one that somebody is on now. */
static size_t
first_on_call(const struct header_facts *header)
{
    for (size_t i = 0; i < header->on_call_len; i++)
        if (*header->on_call[i].now)
            return i;
    return 0;
}

static void
add_on_call(const struct frame *frame, struct pieces *pieces, int64_t now_ms, bool wide)
{
    const struct header_facts *header = &frame->snap->header;
    char moment[MOMENT_SIZE];
    size_t first_at = first_on_call(header);
    const struct on_call *first = &header->on_call[first_at];

    if (*first->now && wide)
        pieces_gap(pieces, RANK_ON_CALL, "on call ");
    pieces_add(pieces, RANK_ON_CALL, *first->now ? ROLE_PERSON : ROLE_MUTED,
               *first->now ? first->now : "nobody on call");
    if (*first->next) {
        pieces_gap(pieces, RANK_NEXT_ON_CALL, " > ");
        pieces_add(pieces, RANK_NEXT_ON_CALL, ROLE_TEXT,
                   view_first_name(pieces->scratch, first->next));
    }
    if (first->until) {
        pieces_gap(pieces, RANK_NEXT_ON_CALL, " ");
        pieces_add(pieces, RANK_NEXT_ON_CALL, ROLE_MUTED,
                   arena_printf(pieces->scratch, "(%s)",
                                moment_text(frame->settings->zone, first->until, now_ms, moment)));
    }
    for (size_t i = 0; wide && i < header->on_call_len; i++) {
        const struct on_call *other = &header->on_call[i];
        if (i == first_at || !*other->now)
            continue;
        pieces_gap(pieces, RANK_OTHERS_ON_CALL, ", ");
        pieces_add(pieces, RANK_OTHERS_ON_CALL, ROLE_PERSON, other->now);
        pieces_gap(pieces, RANK_OTHERS_ON_CALL, " ");
        pieces_add(pieces, RANK_OTHERS_ON_CALL, ROLE_MUTED,
                   arena_printf(pieces->scratch, "(%s)", other->schedule));
    }
}

/* "history 40%" while it fills; "" when it is complete or nothing is known. */
static const char *
history_text(const struct frame *frame, int64_t now_ms, struct arena *scratch)
{
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < frame->snap->sources_len; i++) {
        const struct source_state *source = &frame->snap->sources[i];
        if (source->history_until && now_ms - source->history_until < least)
            least = now_ms - source->history_until;
    }
    if (least == INT64_MAX || frame->history_ms <= 0 || least >= frame->history_ms - DAY_MS)
        return "";
    return arena_printf(scratch, "history %d%%",
                        (int)(least > 0 ? least * 100 / frame->history_ms : 0));
}

static int64_t
earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How fresh it is and what the clock says; when that reads differently. */
static int64_t
add_now(const struct frame *frame, const struct freshness_summary *fresh, int64_t now_ms,
        struct pieces *right)
{
    char text[FRESH_SIZE], age[AGE_SIZE], clock[MOMENT_SIZE];
    int64_t changes_at = INT64_MAX;
    pieces_add(right, 0, role_of_fresh(fresh->state), fresh_text(fresh, now_ms, text));
    const char *cause = fresh_cause(fresh, now_ms, right->scratch);
    if (*cause) {
        pieces_gap(right, 2, " ");
        pieces_add(right, 2, ROLE_PROBLEM, cause);
        changes_at = now_ms + 5 * SECOND_MS;
    }
    int64_t skew_ms = frame->snap->header.clock_skew_ms;
    if (skew_ms > CLOCK_SKEW_WARN_MS || skew_ms < -CLOCK_SKEW_WARN_MS) {
        pieces_gap(right, 1, "  ");
        pieces_add(right, 1, ROLE_PROBLEM,
                   arena_printf(right->scratch, "clock %s %s",
                                age_text(skew_ms < 0 ? -skew_ms : skew_ms, age),
                                skew_ms < 0 ? "fast" : "slow"));
    }
    if (frame->layout->size == SIZE_TINY)
        return changes_at;
    pieces_gap(right, 1, "  ");
    pieces_add(right, 1, ROLE_TEXT, clock_text(frame->settings->zone, now_ms, clock));
    int rank = frame->layout->size == SIZE_PHONE ? RANK_ZONE : 1;
    pieces_gap(right, rank, " ");
    pieces_add(right, rank, ROLE_MUTED, zone_abbreviation(frame->settings->zone, now_ms));
    return changes_at;
}

/* What became of a run, as one cell. */
static const char *
letter_of_run(const struct pipeline_run *run, enum role *role)
{
    static const struct {
        const char *outcome, *letter;
        enum role role;
    } letters[] = {
        {"ok", ".", ROLE_MUTED},
        {"failed", "X", ROLE_STATE_FAILED},
        {"running", ">", ROLE_STRONG},
        {"canceled", "-", ROLE_MUTED},
    };
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (strcmp(letters[i].outcome, run->outcome) == 0) {
            *role = letters[i].role;
            return letters[i].letter;
        }
    *role = ROLE_MUTED;
    return "?";
}

/* "runs ....X..>", the newest last; where there is no room the older ones leave first. */
static void
add_runs(const struct header_facts *header, struct pieces *pieces, const char *separator)
{
    if (!header->runs_len)
        return;
    pieces_gap(pieces, RANK_RUNS, separator);
    pieces_gap(pieces, RANK_RUNS, "runs ");
    for (size_t i = header->runs_len; i-- > 0;) {
        const int rank = i < RUNS_LEAST ? RANK_RUNS : RANK_OLDER_RUNS;
        enum role role;
        const char *letter = letter_of_run(&header->runs[i], &role);
        struct piece *last = &pieces->items[pieces->len - 1];
        if (last->role == role && last->rank == rank && last->text[0] != ' ' &&
            i + 1 < header->runs_len)
            last->text = arena_printf(pieces->scratch, "%s%s", last->text, letter);
        else
            pieces_add(pieces, rank, role, letter);
    }
}

static int64_t
draw_header(const struct frame *frame, int64_t now_ms, struct arena *scratch, struct canvas *canvas)
{
    const struct layout *layout = frame->layout;
    const struct rect place = layout->header;
    const struct header_facts *header = &frame->snap->header;
    bool wide = layout->size >= SIZE_MEDIUM || layout->cols >= 110;
    bool narrow = layout->size <= SIZE_PHONE;
    bool terse = header->runs_len && layout->cols < TERSE_COLS; /* the runs need the room */
    struct freshness_summary fresh = frame_freshness(frame->snap, now_ms);
    int64_t changes_at = earlier(fresh.changes_at, now_ms - now_ms % MINUTE_MS + MINUTE_MS);
    char age[AGE_SIZE], moment[MOMENT_SIZE];

    struct pieces right = {.scratch = scratch};
    const char *history = history_text(frame, now_ms, scratch);
    if (*history) {
        pieces_add(&right, 3, ROLE_MUTED, history);
        pieces_gap(&right, 3, "  ");
    }
    if (frame->as_of)
        pieces_add(
            &right, 0, ROLE_FRESH_DOWN,
            arena_printf(scratch, "AS OF %s",
                         moment_text(frame->settings->zone, frame->as_of, clock_now_ms(), moment)));
    else
        changes_at = earlier(changes_at, add_now(frame, &fresh, now_ms, &right));

    struct pieces left = {.scratch = scratch};
    const char *separator = wide ? " | " : "  ";
    if (!narrow) {
        pieces_add(&left, 2, ROLE_PROFILE, frame->title);
        pieces_gap(&left, 2, separator);
    }
    bool known = fresh.state == FRESH_LIVE;
    if (frame->snap->present)
        add_counts(frame, &left, known, wide && !terse ? "  " : " ");
    if (header->unacked_at) {
        int rank = wide || narrow ? 3 : RANK_UNACKED; /* before who is on call */
        pieces_gap(&left, rank, separator);
        pieces_gap(&left, rank, wide && !terse ? "oldest unacked " : "unacked ");
        pieces_add(&left, rank, role_of_severity(header->unacked_digit),
                   header->unacked_digit ? arena_printf(scratch, "S%d", header->unacked_digit)
                                         : "");
        pieces_gap(&left, rank, header->unacked_digit ? " " : "");
        pieces_add(&left, rank, ROLE_TEXT, age_text(now_ms - header->unacked_at, age));
        changes_at = earlier(changes_at, now_ms + age_next_change_ms(header->unacked_at, now_ms));
    }
    if (layout->size != SIZE_TINY && header->on_call_len) {
        pieces_gap(&left, RANK_ON_CALL, separator);
        add_on_call(frame, &left, now_ms, wide && !terse);
    }
    if (layout->size >= SIZE_MEDIUM)
        add_runs(header, &left, separator);

    int end = place.cols - (narrow ? 0 : 1);
    int start = narrow ? 0 : 1;
    pieces_fit(&right, end - start);
    pieces_fit(&left, end - start - pieces_cols(&right) - 2);
    if (pieces_cols(&left) + 2 + pieces_cols(&right) > end - start)
        pieces_leave(&right, RANK_ZONE); /* rather than a count */
    pieces_draw(&left, canvas, place.row, start, end);
    pieces_draw(&right, canvas, place.row, end - pieces_cols(&right), end);
    return changes_at;
}

/* ---- panes ---- */

/* "[env=prod] sort: owner": what hides rows stays as long as the title does. */
static void
add_query(struct pieces *title, const struct query *query, int cols)
{
    if (query_is_filtered(query)) {
        const char *text = text_clean(title->scratch, query->text, 256);
        int most = cols / 2 > 12 ? cols / 2 : 12;
        pieces_add(title, 0, *query->problem.message ? ROLE_PROBLEM : ROLE_MESSAGE,
                   arena_printf(title->scratch, "[%s]", text_cut(title->scratch, text, most)));
        pieces_gap(title, 0, " ");
    }
    if (query_is_sorted(query)) {
        pieces_gap(title, 3, " ");
        pieces_add(title, 3, ROLE_MUTED,
                   arena_printf(title->scratch, "sort: %s", query->sort->title));
        pieces_gap(title, 3, " ");
    }
}

static int64_t
draw_pane_title(const struct frame *frame, int pane, int64_t now_ms, struct arena *scratch,
                struct canvas *canvas)
{
    const struct pane_place *place = &frame->layout->panes[pane];
    const struct table *table = &frame->tables[pane];
    bool focused = pane == frame->focus && !frame->mode;
    struct freshness_summary fresh = view_freshness(&frame->views[pane], frame->snap, now_ms);
    bool stale = fresh.state == FRESH_STALE || fresh.state == FRESH_DOWN;
    enum role role = focused ? ROLE_TITLE_FOCUS : stale ? ROLE_STATE_STALE : ROLE_TITLE;
    int64_t changes_at = fresh.changes_at;
    char text[FRESH_SIZE];

    struct pieces title = {.scratch = scratch};
    pieces_gap(&title, 0, " ");
    pieces_add(&title, 0, role, arena_printf(scratch, "%d", pane + 1));
    pieces_gap(&title, 0, " ");
    pieces_add(&title, 0, role, frame->views[pane].ops->title);
    pieces_gap(&title, 0, " ");
    for (size_t i = 0; i < table->title.spans_len && title.len < PIECES_MAX; i++)
        title.items[title.len++] = (struct piece){
            table->title.spans[i].text, table->title.spans[i].role, i ? RANK_SPANS + (int)i : 0};
    if (table->title.spans_len)
        pieces_gap(&title, 0, " ");
    add_query(&title, &frame->views[pane].query, place->frame.cols);
    if (frame->new_items[pane] > 0) {
        pieces_add(&title, 0, ROLE_MESSAGE,
                   arena_printf(scratch, "(%zu new ^)", frame->new_items[pane]));
        pieces_gap(&title, 0, " ");
    }
    if (frame->paused_at && frame->views[pane].ops->holds) {
        size_t waiting = frame->views[pane].waiting_paused;
        pieces_add(&title, 0, ROLE_MESSAGE,
                   arena_printf(scratch, "paused %s", age_text(now_ms - frame->paused_at, text)));
        if (waiting)
            pieces_add(&title, 0, ROLE_MESSAGE, arena_printf(scratch, ", %zu waiting", waiting));
        pieces_gap(&title, 0, " ");
        changes_at = earlier(changes_at, now_ms + age_next_change_ms(frame->paused_at, now_ms));
    }
    const char *cause = stale ? fresh_cause(&fresh, now_ms, scratch) : "";
    if (stale) {
        pieces_add(&title, 0, role_of_fresh(fresh.state), fresh_text(&fresh, now_ms, text));
        pieces_gap(&title, 0, " ");
    }
    const struct pieces without_cause = title;
    bool told_here = is_of_this_key(&fresh);
    if (*cause) {
        int rank = told_here ? RANK_CAUSE_TOLD_HERE : RANK_CAUSE;
        pieces_add(&title, rank, ROLE_PROBLEM, cause);
        pieces_gap(&title, rank, " ");
    }
    pieces_fit(&title, place->frame.cols - 4);
    if (told_here && title.items[title.len - 1].rank != RANK_CAUSE_TOLD_HERE) {
        title = without_cause; /* it has no room at all: nothing need leave for it */
        pieces_fit(&title, place->frame.cols - 4);
    }
    pieces_draw(&title, canvas, place->frame.row, place->frame.col + 2,
                place->frame.col + place->frame.cols - 2);
    return changes_at;
}

/* Rows in front of or behind those on screen: a mark on the frame's right side. */
static void
draw_more(const struct pane_place *place, const struct table *table, const struct cursor *cursor,
          struct canvas *canvas)
{
    int col = place->frame.col + place->frame.cols - 1;
    int rows = place->inside.rows;
    if (rows <= (int)table->head_rows || !place->framed)
        return;
    if (*cursor->top)
        canvas_text(canvas, place->inside.row + (int)table->head_rows, col, 1, "^", ROLE_MUTED, 0);
    size_t top = table->head_rows;
    for (size_t i = 0; *cursor->top && i < table->rows_len; i++)
        if (strncmp(table->rows[i].id, cursor->top, ITEM_ID_SIZE - 1) == 0) {
            top = i;
            break;
        }
    if (table->more_below || table->rows_len - top > (size_t)rows - table->head_rows)
        canvas_text(canvas, place->inside.row + rows - 1, col, 1, "v", ROLE_MUTED, 0);
}

static int64_t
draw_panes(const struct frame *frame, int64_t now_ms, struct arena *scratch, struct canvas *canvas)
{
    const struct layout *layout = frame->layout;
    int64_t changes_at = INT64_MAX;

    for (int pane = 0; pane < PANE_COUNT; pane++)
        if (layout->panes[pane].shown && layout->panes[pane].framed)
            canvas_frame(canvas, layout->panes[pane].frame, ROLE_BORDER);
    if (layout->detail.shown)
        canvas_frame(canvas, layout->detail.frame, ROLE_BORDER);
    if (layout->strip_frame.rows)
        canvas_frame(canvas, layout->strip_frame, ROLE_BORDER);
    if (layout->panes[frame->focus].framed)
        canvas_frame(canvas, layout->panes[frame->focus].frame, ROLE_BORDER_FOCUS);

    for (int pane = 0; pane < PANE_COUNT; pane++) {
        const struct pane_place *place = &layout->panes[pane];
        if (!place->shown)
            continue;
        bool focused = pane == frame->focus;
        if (place->framed)
            changes_at = earlier(changes_at, draw_pane_title(frame, pane, now_ms, scratch, canvas));
        if (place->inside.rows == 0)
            continue;
        int64_t rows_change_at = table_draw(&frame->tables[pane], &frame->views[pane].cursor,
                                            focused, canvas, place->inside);
        if (!frame->paused_at)
            changes_at = earlier(changes_at, rows_change_at);
        draw_more(place, &frame->tables[pane], &frame->views[pane].cursor, canvas);
    }
    if (layout->detail.shown) {
        const struct cursor top = {{0}, {0}, 0};
        canvas_text(canvas, layout->detail.frame.row, layout->detail.frame.col + 2, 8, " Detail ",
                    ROLE_TITLE, 0);
        changes_at = earlier(changes_at, table_draw(frame->detail_table, &top, false, canvas,
                                                    layout->detail.inside));
        draw_more(&layout->detail, frame->detail_table, &top, canvas);
    }
    if (layout->strip.rows)
        changes_at = earlier(changes_at, detail_draw_strip(frame->detail, frame->settings, now_ms,
                                                           scratch, canvas, layout->strip));
    return changes_at;
}

/* Phone: which panes there are, the one on screen by name and count. */
static void
draw_tabs(const struct frame *frame, struct arena *scratch, struct canvas *canvas)
{
    struct pieces tabs = {.scratch = scratch};
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        bool focused = pane == frame->focus;
        const struct table *table = &frame->tables[pane];
        if (pane > 0)
            pieces_gap(&tabs, 0, "  ");
        pieces_add(&tabs, 0, focused ? ROLE_TITLE_FOCUS : ROLE_TITLE,
                   arena_printf(scratch, "%d", pane + 1));
        pieces_gap(&tabs, focused ? 0 : RANK_OTHER_TABS, " ");
        pieces_add(&tabs, focused ? 0 : RANK_OTHER_TABS, focused ? ROLE_TITLE_FOCUS : ROLE_MUTED,
                   frame->views[pane].ops->title);
        if (focused && table->title.spans_len) {
            pieces_gap(&tabs, RANK_SPANS, " ");
            for (size_t i = 0; i < table->title.spans_len && tabs.len < PIECES_MAX; i++)
                tabs.items[tabs.len++] = (struct piece){
                    table->title.spans[i].text, table->title.spans[i].role, RANK_SPANS + (int)i};
        }
        if (focused && query_is_filtered(&frame->views[pane].query)) {
            pieces_gap(&tabs, 0, " ");
            add_query(&tabs, &frame->views[pane].query, frame->layout->cols);
        }
    }
    pieces_fit(&tabs, frame->layout->tabs.cols);
    pieces_draw(&tabs, canvas, frame->layout->tabs.row, 0, frame->layout->tabs.cols);
}

/* ---- footer ---- */

static void
draw_footer(const struct frame *frame, struct arena *scratch, struct canvas *canvas)
{
    const struct layout *layout = frame->layout;
    const struct header_facts *header = &frame->snap->header;
    struct rect place = layout->footer;
    struct pieces right = {.scratch = scratch}, left = {.scratch = scratch};
    int start = layout->size == SIZE_PHONE ? 0 : 1;
    int end = place.cols - start;

    if (layout->size > SIZE_PHONE) {
        pieces_add(&right, 2, header->outbox_stuck ? ROLE_PROBLEM : ROLE_MUTED,
                   arena_printf(scratch, "out %d%s", (int)header->outbox_queued,
                                header->outbox_stuck ? "!" : ""));
        pieces_gap(&right, 2, "  ");
        if (header->budget_percent >= 0) {
            pieces_add(&right, 3, ROLE_MUTED,
                       arena_printf(scratch, "bud %d%%", header->budget_percent));
            pieces_gap(&right, 3, "  ");
        }
    }
    const struct selection *selection = &frame->views[frame->focus].selection;
    if (selection->len) {
        pieces_add(&right, 0, ROLE_MESSAGE, arena_printf(scratch, "sel %zu", selection->len));
        pieces_gap(&right, 0, "  ");
    }
    pieces_add(&right, 0, frame->settings->read_only ? ROLE_STRONG : ROLE_MUTED,
               frame->settings->locked      ? "LOCK"
               : frame->settings->read_only ? "RO"
                                            : "rw");
    const char *me = frame->settings->me;
    if (layout->cols >= 100 && !text_is_empty(me)) {
        pieces_gap(&right, 4, "  ");
        pieces_add(&right, 4, ROLE_MUTED, arena_text_len(scratch, me, strcspn(me, "@")));
    }

    struct rect message = layout->prompt.rows ? layout->prompt : layout->footer;
    if (*frame->message && !layout->prompt.rows)
        pieces_add(&left, 0, frame->message_role, frame->message);
    else
        hints_add(frame, &left);
    if (*frame->message && layout->prompt.rows)
        canvas_text(canvas, message.row, start, message.cols - 2 * start, frame->message,
                    frame->message_role, 0);
    pieces_fit(&right, end - start);
    pieces_fit(&left, end - start - pieces_cols(&right) - 2);
    pieces_draw(&left, canvas, place.row, start, end - pieces_cols(&right) - 1);
    pieces_draw(&right, canvas, place.row, end - pieces_cols(&right), end);
}

/* ---- a mode: its box over the body, its line and what is said of it in the last two rows ---- */

/* The line has the prompt's row and its note the footer's, or the footer's and the one above it. */
static int
line_row(const struct layout *layout)
{
    return layout->prompt.rows ? layout->prompt.row : layout->footer.row - 1;
}

static struct rect
box_frame(const struct layout *layout, const struct mode *mode)
{
    int top = layout->size == SIZE_PHONE ? 0 : 1;
    int bottom = layout->prompt.rows ? layout->prompt.row : layout->footer.row;
    if (mode->ops->label)
        bottom = line_row(layout);
    int rows = bottom - top;
    if (mode->ops->place == PLACE_LIST) {
        int lines = (int)mode->table.rows_len; /* or the sentence that there are none */
        int wanted = (lines ? lines : 1) + 2;
        int half = rows / 2 < 3 ? 3 : rows / 2;
        if (mode->ops->rows_max && half > mode->ops->rows_max + 2)
            half = mode->ops->rows_max + 2;
        rows = wanted < half ? wanted : half;
    }
    return (struct rect){bottom - rows, 0, rows, layout->cols};
}

struct rect
frame_box_inside(const struct layout *layout, const struct mode *mode)
{
    struct rect frame = box_frame(layout, mode);
    return (struct rect){frame.row + 1, frame.col + 1, frame.rows - 2, frame.cols - 2};
}

static int64_t
draw_box(const struct frame *frame, struct canvas *canvas)
{
    const struct mode *mode = frame->mode;
    struct pane_place place = {.framed = true,
                               .frame = box_frame(frame->layout, mode),
                               .inside = frame_box_inside(frame->layout, mode)};
    if (mode->ops->place == PLACE_LIST && mode->table.rows_len == 0 && !*mode->table.empty)
        return INT64_MAX;
    canvas_blank(canvas, place.frame);
    canvas_frame(canvas, place.frame, ROLE_BORDER_FOCUS);
    int col = place.frame.col + 2;
    canvas_text(canvas, place.frame.row, col, 1, " ", ROLE_TITLE_FOCUS, 0);
    col += 1 + canvas_text(canvas, place.frame.row, col + 1, place.frame.cols - 6, mode->title,
                           ROLE_TITLE_FOCUS, 0);
    canvas_text(canvas, place.frame.row, col, 1, " ", ROLE_TITLE_FOCUS, 0);
    int64_t changes_at = table_draw(&mode->table, &mode->cursor, true, canvas, place.inside);
    draw_more(&place, &mode->table, &mode->cursor, canvas);
    return changes_at;
}

static void
draw_line(const struct frame *frame, struct arena *scratch, struct canvas *canvas)
{
    const struct mode *mode = frame->mode;
    int row = line_row(frame->layout), cols = frame->layout->cols;
    int caret_col;
    canvas_blank(canvas, (struct rect){row, 0, 2, cols});
    int label = canvas_text(canvas, row, 1, cols - 2, mode->label ? mode->label : mode->ops->label,
                            ROLE_HINT_KEY, 0);
    const char *text = line_view(&mode->line, scratch, cols - label - 2, &caret_col);
    canvas_text(canvas, row, 1 + label, cols - label - 2, text, ROLE_TEXT, 0);
    canvas->cursor_row = row;
    canvas->cursor_col = 1 + label + caret_col;
    if (!*mode->note) {
        struct pieces hints = {.scratch = scratch};
        hints_add_named(mode->ops->line_hints, &hints);
        pieces_fit(&hints, cols - 2);
        pieces_draw(&hints, canvas, row + 1, 1, cols - 1);
        return;
    }

    /* Under the mistake, unless it would then run off the screen. */
    int note_cols = text_width_cols(mode->note), at = 1;
    if (mode->note_at >= 0) {
        const char *before = arena_text_len(scratch, mode->line.text, (size_t)mode->note_at);
        int skipped =
            text_width_cols(arena_text_len(scratch, mode->line.text, mode->line.caret)) - caret_col;
        at = 1 + label + text_width_cols(before) - skipped;
        at = at < 1 ? 1 : at;
        canvas_text(canvas, row + 1, at, 1, "^", mode->note_role, 0);
        at = at + 2 + note_cols < cols ? at + 2
             : at - 1 - note_cols > 0  ? at - 1 - note_cols
                                       : at + 2;
    }
    canvas_text(canvas, row + 1, at, cols - at - 1, mode->note, mode->note_role, 0);
}

/* ---- the whole ---- */

int64_t
frame_draw(const struct frame *frame, int64_t now_ms, struct arena *scratch, struct canvas *canvas)
{
    canvas_init(canvas, frame->layout->rows, frame->layout->cols);
    if (frame->layout->size == SIZE_TINY)
        return draw_header(frame, now_ms, scratch, canvas);

    int64_t changes_at = INT64_MAX;
    bool covered = frame->mode && frame->mode->ops->place == PLACE_BODY;
    if (frame->layout->tabs.rows && !covered)
        draw_tabs(frame, scratch, canvas);
    if (!covered || frame->layout->size != SIZE_PHONE)
        changes_at = draw_header(frame, now_ms, scratch, canvas);
    if (!covered)
        changes_at = earlier(changes_at, draw_panes(frame, now_ms, scratch, canvas));
    draw_footer(frame, scratch, canvas);
    if (frame->mode && frame->mode->ops->place != PLACE_NONE)
        changes_at = earlier(changes_at, draw_box(frame, canvas));
    if (frame->mode && frame->mode->ops->label)
        draw_line(frame, scratch, canvas);
    return changes_at;
}
