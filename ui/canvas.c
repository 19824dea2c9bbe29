#include "ui/canvas.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"

void
canvas_init(struct canvas *canvas, int rows, int cols)
{
    canvas->cursor_row = canvas->cursor_col = -1;
    canvas->links_len = 0;
    if (canvas->cells && canvas->rows == rows && canvas->cols == cols) {
        canvas_clear(canvas);
        return;
    }
    canvas_finish(canvas);
    canvas->rows = rows;
    canvas->cols = cols;
    canvas->cursor_row = canvas->cursor_col = -1;
    canvas->cells = memory_alloc((size_t)rows * (size_t)cols * sizeof *canvas->cells + 1);
}

void
canvas_finish(struct canvas *canvas)
{
    memory_free(canvas->cells);
    *canvas = (struct canvas){0};
}

void
canvas_clear(struct canvas *canvas)
{
    memset(canvas->cells, 0, (size_t)canvas->rows * (size_t)canvas->cols * sizeof *canvas->cells);
}

void
canvas_blank(struct canvas *canvas, struct rect place)
{
    for (int row = place.row; row < place.row + place.rows; row++)
        for (int col = place.col; col < place.col + place.cols; col++) {
            struct canvas_cell *cell = canvas_at(canvas, row, col);
            if (cell)
                *cell = (struct canvas_cell){0};
        }
    size_t kept = 0;
    for (size_t i = 0; i < canvas->links_len; i++) {
        struct canvas_link link = canvas->links[i];
        if (link.row < place.row || link.row >= place.row + place.rows ||
            link.col + link.cols <= place.col || link.col >= place.col + place.cols)
            canvas->links[kept++] = link;
    }
    canvas->links_len = kept;
}

void
canvas_link(struct canvas *canvas, int row, int col, int cols, const char *url)
{
    if (canvas->links_len < CANVAS_LINKS_MAX && cols > 0 && canvas_at(canvas, row, col) &&
        canvas_at(canvas, row, col + cols - 1))
        canvas->links[canvas->links_len++] = (struct canvas_link){row, col, cols, url};
}

struct canvas_cell *
canvas_at(const struct canvas *canvas, int row, int col)
{
    if (row < 0 || col < 0 || row >= canvas->rows || col >= canvas->cols)
        return NULL;
    return &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
}

/* Length of the UTF-8 character at text: clean text is valid. */
static size_t
character_len(const char *text)
{
    unsigned char lead = (unsigned char)*text;
    size_t len = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    for (size_t i = 1; i < len; i++)
        if (!text[i])
            return i;
    return len;
}

static int
character_cols(const char *text, size_t len)
{
    if (len == 1)
        return 1;
    char one[5] = {0};
    memcpy(one, text, len);
    return text_width_cols(one);
}

static void
put(struct canvas *canvas, int row, int col, const char *text, size_t len, enum role role,
    unsigned flags)
{
    struct canvas_cell *cell = canvas_at(canvas, row, col);
    if (!cell)
        return;
    *cell = (struct canvas_cell){.role = (uint8_t)role, .flags = (uint8_t)flags};
    memcpy(cell->text, text, len);
}

int
canvas_text(struct canvas *canvas, int row, int col, int cols, const char *text, enum role role,
            unsigned flags)
{
    int used = 0;
    if (cols > canvas->cols - col)
        cols = canvas->cols - col;
    if (row < 0 || row >= canvas->rows || col < 0 || cols <= 0)
        return 0;

    while (*text) {
        size_t len = character_len(text);
        int width = character_cols(text, len);
        if (used + width > cols) { /* does not fit: the last column says so */
            struct canvas_cell *last = canvas_at(canvas, row, col + cols - 1);
            if (last->flags & CANVAS_TAIL)
                put(canvas, row, col + cols - 2, " ", 1, role, flags);
            put(canvas, row, col + cols - 1, "~", 1, role, flags);
            return cols;
        }
        const char *base = text;
        text += len;
        while ((unsigned char)*text >= 0x80) { /* what combines with it stays with it */
            size_t mark_len = character_len(text);
            if (character_cols(text, mark_len) != 0)
                break;
            if (len + mark_len < CANVAS_TEXT_SIZE && base + len == text)
                len += mark_len;
            text += mark_len;
        }
        if (width == 0) /* a mark with nothing below it */
            continue;
        put(canvas, row, col + used, base, len, role, flags);
        if (width == 2)
            put(canvas, row, col + used + 1, "", 0, role, flags | CANVAS_TAIL);
        used += width;
    }
    return used;
}

void
canvas_reverse(struct canvas *canvas, int row, int col, int cols)
{
    for (int i = 0; i < cols; i++) {
        struct canvas_cell *cell = canvas_at(canvas, row, col + i);
        if (!cell)
            continue;
        cell->flags |= CANVAS_REVERSE;
        if (cell->role != ROLE_SEVERITY_1 && cell->role != ROLE_SEVERITY_2)
            cell->role = ROLE_TEXT;
    }
}

static void
line(struct canvas *canvas, int row, int col, unsigned directions, enum role role)
{
    struct canvas_cell *cell = canvas_at(canvas, row, col);
    if (!cell)
        return;
    *cell = (struct canvas_cell){.line = (uint8_t)(cell->line | directions), .role = (uint8_t)role};
}

void
canvas_rule(struct canvas *canvas, int row, int col, int cols, enum role role)
{
    for (int i = 0; i < cols; i++)
        line(canvas, row, col + i, (i > 0 ? LINE_LEFT : 0u) | (i < cols - 1 ? LINE_RIGHT : 0u),
             role);
}

void
canvas_frame(struct canvas *canvas, struct rect frame, enum role role)
{
    int bottom = frame.row + frame.rows - 1;
    int right = frame.col + frame.cols - 1;

    canvas_rule(canvas, frame.row, frame.col, frame.cols, role);
    canvas_rule(canvas, bottom, frame.col, frame.cols, role);
    for (int row = frame.row; row <= bottom; row++) {
        unsigned directions = (row > frame.row ? LINE_UP : 0u) | (row < bottom ? LINE_DOWN : 0u);
        line(canvas, row, frame.col, directions, role);
        line(canvas, row, right, directions, role);
    }
}

static char
line_character(unsigned directions)
{
    if (!(directions & (LINE_UP | LINE_DOWN)))
        return '-';
    return directions & (LINE_LEFT | LINE_RIGHT) ? '+' : '|';
}

void
canvas_print(const struct canvas *canvas, struct str *out)
{
    for (int row = 0; row < canvas->rows; row++) {
        size_t keep = out->len;
        for (int col = 0; col < canvas->cols; col++) {
            const struct canvas_cell *cell = canvas_at(canvas, row, col);
            if (cell->flags & CANVAS_TAIL)
                continue;
            if (cell->line)
                str_append_char(out, line_character(cell->line));
            else
                str_append(out, *cell->text ? cell->text : " ");
            if (cell->line || (*cell->text && strcmp(cell->text, " ") != 0))
                keep = out->len;
        }
        out->len = keep;
        str_append_char(out, '\n');
    }
}

bool
canvas_row_equals(const struct canvas *a, const struct canvas *b, int row)
{
    return a->cols == b->cols && memcmp(canvas_at(a, row, 0), canvas_at(b, row, 0),
                                        (size_t)a->cols * sizeof(struct canvas_cell)) == 0;
}
