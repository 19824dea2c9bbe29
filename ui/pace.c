#include "ui/pace.h"

#include <string.h>

/* What the sequences take: to go to a cell; to put on a look and take it off again. */
#define MOVE_BYTES 7
#define LOOK_BYTES 22
/* An age, or two panes' next to each other; more is news. */
#define AGE_CELLS_MAX 8

/* What a frame takes so far: what shares a look with a row before shares its sequences. */
struct frame_cost {
    int bytes;
    uint64_t looks; /* a bit for each role */
};
_Static_assert(ROLE_COUNT < 63, "a bit for each role, and one for the cursor's row");

static uint64_t
look_of(const struct canvas_cell *cell)
{
    if (cell->flags & (CANVAS_REVERSE | CANVAS_DIM | CANVAS_BOLD))
        return UINT64_C(1) << 63;
    bool is_plain = cell->role == ROLE_TEXT || cell->role == ROLE_AGE_FIRING;
    return is_plain ? 0 : UINT64_C(1) << cell->role;
}

/* What turns from one state into another, such as "stale 1h" into "live 5s". */
static bool
is_turned(const struct canvas_cell *cell, const struct canvas_cell *was)
{
    return cell->role != was->role && *cell->text > ' ' && *was->text > ' ';
}

/* Adds what a row differs in; false = it is more than ages, and costs whatever it does. */
static bool
add_row(struct frame_cost *cost, const struct canvas *canvas, const struct canvas *shown, int row)
{
    int cells = 0;
    bool follows = false;
    for (int col = 0; col < canvas->cols; col++) {
        const struct canvas_cell *cell = canvas_at(canvas, row, col);
        const struct canvas_cell *was = canvas_at(shown, row, col);
        bool differs = memcmp(cell, was, sizeof *cell) != 0;
        if (differs) {
            if (is_turned(cell, was))
                return false;
            uint64_t look = look_of(cell);
            cost->bytes += 1 + (follows ? 0 : MOVE_BYTES) + (look & ~cost->looks ? LOOK_BYTES : 0);
            cost->looks |= look;
            cells++;
        }
        follows = differs;
    }
    return cells <= AGE_CELLS_MAX;
}

/* Of what may be sent in a span, what is left; and when there will be more. */
static int
left(const struct pace *pace, int64_t now_ms, int64_t *more_in_ms)
{
    int bytes = PACE_BYTES;
    *more_in_ms = PACE_SPAN_MS;
    for (int i = 0; i < PACE_SENT_MAX; i++) {
        int64_t over_in_ms = pace->sent[i].at_ms + PACE_SPAN_MS - now_ms;
        if (!pace->sent[i].bytes || over_in_ms <= 0)
            continue;
        bytes -= pace->sent[i].bytes;
        *more_in_ms = over_in_ms < *more_in_ms ? over_in_ms : *more_in_ms;
    }
    return bytes;
}

int64_t
pace_hold(struct pace *pace, struct canvas *canvas, const struct canvas *shown, int64_t now_ms)
{
    int64_t more_in_ms;
    const int allowed = left(pace, now_ms, &more_in_ms), first = pace->next_row;
    struct frame_cost cost = {0};
    bool waits = false;
    if (shown->rows != canvas->rows || shown->cols != canvas->cols)
        return -1; /* everything is drawn */
    for (int i = 0; i < canvas->rows; i++) {
        int row = (first + i) % canvas->rows;
        struct frame_cost with = cost;
        if (canvas_row_equals(canvas, shown, row) || !add_row(&with, canvas, shown, row))
            continue;
        bool takes_it_all = allowed == PACE_BYTES && !cost.bytes;
        if (!waits && (with.bytes <= allowed || takes_it_all)) {
            cost = with;
            pace->next_row = row + 1;
            continue;
        }
        waits = true;
        memcpy(canvas_at(canvas, row, 0), canvas_at(shown, row, 0),
               (size_t)canvas->cols * sizeof(struct canvas_cell));
    }
    return waits ? more_in_ms : -1;
}

/* In the place of the oldest, which is over: there is no room for so many in a span. */
void
pace_sent(struct pace *pace, int bytes, int64_t now_ms)
{
    int oldest = 0;
    if (bytes <= 0)
        return;
    for (int i = 1; i < PACE_SENT_MAX; i++)
        if (pace->sent[i].at_ms < pace->sent[oldest].at_ms)
            oldest = i;
    pace->sent[oldest].at_ms = now_ms;
    pace->sent[oldest].bytes = bytes;
}
