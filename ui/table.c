#include "ui/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Longest text of one cell or line, in bytes: a hostile title must not cost a frame. */
#define CELL_MAX_BYTES 2048
#define WRAP_MAX_BYTES 16384
#define TITLE_SPANS 12

/* ---- building ---- */

void
table_init(struct table *table, struct arena *arena, int cols, const struct column *columns,
           size_t columns_len)
{
    *table = (struct table){
        .arena = arena,
        .cols = cols,
        .mark_cols = TABLE_MARK_COLS,
        .columns = columns,
        .columns_len = columns_len,
        .title_changes_at = INT64_MAX,
        .empty = "",
        .empty_role = ROLE_MUTED,
    };
}

static struct row *
add_row(struct table *table, const char *id)
{
    if (table->rows_len == table->rows_cap) {
        size_t cap = table->rows_cap ? table->rows_cap * 2 : 64;
        struct row *rows = arena_new_array(table->arena, cap, struct row);
        if (table->rows_len)
            memcpy(rows, table->rows, table->rows_len * sizeof *rows);
        table->rows = rows;
        table->rows_cap = cap;
    }
    struct row *row = &table->rows[table->rows_len++];
    *row = (struct row){.id = id, .title = "", .changes_at = INT64_MAX};
    table->spans_cap = 0;
    return row;
}

void
table_row(struct table *table, const char *id)
{
    struct row *row = add_row(table, id);
    row->cells = arena_new_array(table->arena, table->columns_len + 1, struct cell);
}

void
table_line(struct table *table, const char *id)
{
    struct row *row = add_row(table, id);
    row->line = true;
    row->cells = arena_new(table->arena, struct cell);
    row->cells_len = 1;
}

void
table_rule(struct table *table)
{
    table_line(table, "");
    table->rows[table->rows_len - 1].rule = true;
}

static void
add_span(struct table *table, struct cell *cell, enum role role, const char *text)
{
    if (!*text)
        return;
    if (cell->spans_len == table->spans_cap) {
        size_t cap = cell->spans_len ? cell->spans_len * 2 : 2;
        struct span *spans = arena_new_array(table->arena, cap, struct span);
        if (cell->spans_len)
            memcpy(spans, cell->spans, cell->spans_len * sizeof *spans);
        cell->spans = spans;
        table->spans_cap = cap;
    }
    cell->spans[cell->spans_len++] = (struct span){.text = text, .role = role};
}

/* text_clean takes the blanks off both ends, which spans need to keep apart; plain ASCII needs no cleaning. */
static const char *
clean(struct table *table, const char *text)
{
    const char *at = text;
    while (*at >= ' ' && *at < 0x7f)
        at++;
    if (!*at)
        return at - text < CELL_MAX_BYTES ? arena_text_len(table->arena, text, (size_t)(at - text))
                                          : text_clean(table->arena, text, CELL_MAX_BYTES);
    const char *cleaned = text_clean(table->arena, text, CELL_MAX_BYTES);
    size_t len = strlen(text);
    bool before = *text == ' ' && *cleaned != ' ';
    bool after =
        len > 1 && text[len - 1] == ' ' && (!*cleaned || cleaned[strlen(cleaned) - 1] != ' ');
    if (!before && !after)
        return cleaned;
    return arena_printf(table->arena, "%s%s%s", before ? " " : "", cleaned, after ? " " : "");
}

static struct row *
last_row(struct table *table)
{
    return &table->rows[table->rows_len - 1];
}

void
table_item(struct table *table, const char *title, unsigned marks)
{
    last_row(table)->title = clean(table, title);
    last_row(table)->marks = marks;
}

void
table_cell(struct table *table, enum role role, const char *text)
{
    struct row *row = last_row(table);
    if (row->line || row->cells_len >= table->columns_len)
        return;
    table->spans_cap = 0;
    add_span(table, &row->cells[row->cells_len++], role, clean(table, text));
}

void
table_span(struct table *table, enum role role, const char *text)
{
    struct row *row = last_row(table);
    if (row->cells_len)
        add_span(table, &row->cells[row->cells_len - 1], role, clean(table, text));
}

void
table_put(struct table *table, enum role role, const char *text)
{
    struct row *row = last_row(table);
    if (row->cells_len)
        add_span(table, &row->cells[row->cells_len - 1], role, text);
}

void
table_link(struct table *table, const char *url)
{
    struct row *row = last_row(table);
    struct cell *cell = row->cells_len ? &row->cells[row->cells_len - 1] : NULL;
    if (cell && cell->spans_len)
        cell->spans[cell->spans_len - 1].link = arena_text(table->arena, url);
}

/* Formats into a text of the arena; a longer one is cut, which cells are anyway. */
#define FORMAT_ARGUMENTS(name)                                                                     \
    char name[CELL_MAX_BYTES];                                                                     \
    va_list arguments;                                                                             \
    va_start(arguments, format);                                                                   \
    (void)vsnprintf(name, sizeof name, format, arguments);                                         \
    va_end(arguments)

void
table_cell_printf(struct table *table, enum role role, const char *format, ...)
{
    FORMAT_ARGUMENTS(text);
    table_cell(table, role, text);
}

void
table_span_printf(struct table *table, enum role role, const char *format, ...)
{
    FORMAT_ARGUMENTS(text);
    table_span(table, role, text);
}

static int
cell_cols(const struct cell *cell)
{
    int cols = 0;
    for (size_t i = 0; i < cell->spans_len; i++)
        cols += text_width_cols(cell->spans[i].text);
    return cols;
}

void
table_pad_to(struct table *table, int col)
{
    struct row *row = last_row(table);
    if (!row->cells_len)
        return;
    int missing = col - cell_cols(&row->cells[row->cells_len - 1]);
    if (missing <= 0)
        return;
    char *spaces = arena_alloc(table->arena, (size_t)missing + 1);
    memset(spaces, ' ', (size_t)missing);
    add_span(table, &row->cells[row->cells_len - 1], ROLE_TEXT, spaces);
}

int
table_room(const struct table *table)
{
    const struct row *row = &table->rows[table->rows_len - 1];
    return table->cols - table->mark_cols - (row->cells_len ? cell_cols(row->cells) : 0);
}

void
table_wrap(struct table *table, const char *id, enum role role, int indent, const char *text)
{
    const char *const *lines;
    int cols = table->cols - table->mark_cols - indent - 1;
    const char *at = text_clean_lines(table->arena, text, WRAP_MAX_BYTES);
    const char *blanks = arena_printf(table->arena, "%*s", indent, "");
    while (*at) {
        size_t len = strcspn(at, "\n");
        const char *paragraph = arena_text_len(table->arena, at, len);
        size_t count = text_wrap(table->arena, paragraph, cols > 8 ? cols : 8, &lines);
        for (size_t i = 0; i < count; i++) {
            table_line(table, id);
            add_span(table, last_row(table)->cells, ROLE_TEXT, blanks);
            add_span(table, last_row(table)->cells, role, lines[i]);
        }
        if (count == 0)
            table_line(table, id);
        at += len + (at[len] == '\n');
    }
}

void
table_title(struct table *table, enum role role, const char *text)
{
    if (!table->title.spans)
        table->title.spans = arena_new_array(table->arena, TITLE_SPANS, struct span);
    if (table->title.spans_len < TITLE_SPANS && *text)
        table->title.spans[table->title.spans_len++] =
            (struct span){.text = clean(table, text), .role = role};
}

void
table_title_printf(struct table *table, enum role role, const char *format, ...)
{
    FORMAT_ARGUMENTS(text);
    table_title(table, role, text);
}

void
table_empty(struct table *table, enum role role, const char *format, ...)
{
    FORMAT_ARGUMENTS(text);
    table->empty = clean(table, text);
    table->empty_role = role;
}

void
table_changes_at(struct table *table, int64_t at_ms)
{
    struct row *row = table->rows_len ? last_row(table) : NULL;
    struct cell *cell = row && row->cells_len ? &row->cells[row->cells_len - 1] : NULL;
    int64_t *changes_at = row ? &row->changes_at : &table->title_changes_at;
    if (cell && cell->spans_len)
        cell->spans[cell->spans_len - 1].ages = true;
    if (at_ms < *changes_at)
        *changes_at = at_ms;
}

/* ---- columns ---- */

#define COLUMNS_MAX 24

/* Where each column begins and how wide it is; width 0 = not shown. */
struct columns_place {
    int col[COLUMNS_MAX];
    int cols[COLUMNS_MAX];
};

static struct columns_place
place_columns(const struct table *table)
{
    struct columns_place place = {{0}, {0}};
    int fixed = 0;
    bool any = false;
    size_t len = table->columns_len < COLUMNS_MAX ? table->columns_len : COLUMNS_MAX;

    for (size_t i = 0; i < len; i++) {
        if (table->columns[i].from_cols > table->cols)
            continue;
        fixed += table->columns[i].cols + (any ? table->columns[i].gap : 0);
        any = true;
    }
    int rest = table->cols - table->mark_cols - 1 - fixed; /* a blank stays at the right */
    int col = 0;
    any = false;
    for (size_t i = 0; i < len; i++) {
        if (table->columns[i].from_cols > table->cols)
            continue;
        col += any ? table->columns[i].gap : 0;
        place.col[i] = col;
        place.cols[i] = table->columns[i].cols ? table->columns[i].cols : rest > 1 ? rest : 1;
        col += place.cols[i];
        any = true;
    }
    return place;
}

const char *
table_row_text(const struct table *table, size_t row, struct arena *arena)
{
    struct canvas canvas = {0};
    struct str text;
    canvas_init(&canvas, 1, table->cols > 0 ? table->cols : 1);
    struct table one = *table;
    one.rows = table->rows + row;
    one.rows_len = 1;
    one.head_rows = 0;
    struct cursor cursor = {{0}, {0}, 0};
    (void)table_draw(&one, &cursor, false, &canvas, (struct rect){0, 0, 1, canvas.cols});
    str_init(&text, 0);
    canvas_print(&canvas, &text);
    const char *result = arena_text_len(arena, str_text(&text), text.len ? text.len - 1 : 0);
    str_finish(&text);
    canvas_finish(&canvas);
    return result;
}

/* ---- cursor ---- */

static bool
same_item(const struct row *row, const char *id)
{
    return *id && strncmp(row->id, id, ITEM_ID_SIZE - 1) == 0;
}

size_t
table_find(const struct table *table, const char *id)
{
    for (size_t i = 0; *id && i < table->rows_len; i++)
        if (same_item(&table->rows[i], id))
            return i;
    return SIZE_MAX;
}

const char *
table_item_title(const struct table *table, size_t row, struct arena *arena)
{
    const char *title = table->rows[row].title;
    return *title ? title : table_row_text(table, row, arena);
}

static bool
starts_item(const struct table *table, size_t row)
{
    const char *id = table->rows[row].id;
    return *id && (row == 0 || !same_item(&table->rows[row - 1], id));
}

/* The next row that starts an item, from `row` on in steps of `direction`; SIZE_MAX when there is none. */
static size_t
next_item(const struct table *table, size_t row, int direction)
{
    for (; row < table->rows_len; row += (size_t)direction) /* below 0 it wraps and ends the loop */
        if (starts_item(table, row))
            return row;
    return SIZE_MAX;
}

static size_t
item_end(const struct table *table, size_t row)
{
    size_t end = row + 1;
    while (end < table->rows_len && same_item(&table->rows[end], table->rows[row].id))
        end++;
    return end;
}

static void
set_id(char out[ITEM_ID_SIZE], const char *id)
{
    (void)snprintf(out, ITEM_ID_SIZE, "%s", id); /* same_item compares as much as fits */
}

size_t
cursor_row(const struct cursor *cursor, const struct table *table)
{
    size_t row = table_find(table, cursor->id);
    return row == SIZE_MAX ? next_item(table, 0, 1) : row;
}

void
cursor_bind(struct cursor *cursor, const struct table *table)
{
    size_t row = cursor_row(cursor, table);
    if (!*cursor->id && row != SIZE_MAX)
        set_id(cursor->id, table->rows[row].id);
}

bool
cursor_follow(struct cursor *cursor, const struct table *before, const struct table *now)
{
    if (!*cursor->id || table_find(now, cursor->id) != SIZE_MAX)
        return false;

    size_t was = before ? table_find(before, cursor->id) : SIZE_MAX;
    for (int direction = 1; was != SIZE_MAX && direction >= -1; direction -= 2)
        for (size_t row = was; row < before->rows_len; row += (size_t)direction) {
            if (!starts_item(before, row) || table_find(now, before->rows[row].id) == SIZE_MAX)
                continue;
            set_id(cursor->id, before->rows[row].id);
            return true;
        }
    size_t first = next_item(now, 0, 1);
    set_id(cursor->id, first == SIZE_MAX ? "" : now->rows[first].id);
    return true;
}

static int
body_height(const struct table *table, int height)
{
    int body = height - (int)table->head_rows;
    return body > 0 ? body : 0;
}

bool
cursor_move(struct cursor *cursor, const struct table *table, enum cursor_step step, int direction,
            int height)
{
    size_t row = cursor_row(cursor, table);
    if (row == SIZE_MAX)
        return false;
    size_t from = row;
    if (step == CURSOR_TO_END) {
        row = next_item(table, direction < 0 ? 0 : table->rows_len - 1, direction < 0 ? 1 : -1);
        cursor->top[0] = direction < 0 ? '\0' : cursor->top[0];
    } else {
        int page = body_height(table, height);
        int distance = step == CURSOR_BY_ITEM        ? 1
                       : step == CURSOR_BY_HALF_PAGE ? page / 2
                                                     : page - 1;
        size_t goal = row;
        do {
            size_t next = next_item(table, goal + (size_t)direction, direction);
            if (next == SIZE_MAX)
                break;
            goal = next;
        } while ((direction > 0 ? goal - row : row - goal) < (size_t)distance);
        row = goal;
    }
    if (row == SIZE_MAX)
        return false;
    set_id(cursor->id, table->rows[row].id);
    return row != from;
}

/* The first row drawn below the heads. */
static size_t
top_row(const struct cursor *cursor, const struct table *table)
{
    size_t top = table_find(table, cursor->top);
    return top == SIZE_MAX || top < table->head_rows ? table->head_rows : top;
}

void
cursor_screen(const struct cursor *cursor, const struct table *table, int height, size_t *from,
              size_t *to)
{
    *from = top_row(cursor, table);
    *to = *from + (size_t)body_height(table, height);
    *to = *to < table->rows_len ? *to : table->rows_len;
    *from = *from < *to ? *from : *to;
}

void
cursor_scroll(struct cursor *cursor, const struct table *table, int height)
{
    size_t body = (size_t)body_height(table, height);
    size_t row = cursor_row(cursor, table);
    if (body == 0 || row == SIZE_MAX)
        return;

    size_t top = top_row(cursor, table);
    size_t end = item_end(table, row);
    if (!table->more_below && next_item(table, end, 1) == SIZE_MAX)
        end = table->rows_len; /* what stands behind the last item is shown with it */
    if (row < top)
        top = row;
    while (end - top > body && top < row)
        top = item_end(table, top);
    /* No blank rows below while there are items above. */
    while (top > table->head_rows && table->rows_len - top < body && !table->more_below) {
        size_t above = next_item(table, top - 1, -1);
        if (above == SIZE_MAX || table->rows_len - above > body)
            break;
        top = above;
    }
    /* Rows in front of the first item (a ruler that scrolls) are shown with it. */
    bool from_start = top <= table->head_rows || next_item(table, 0, 1) == top;
    set_id(cursor->top, from_start && !table->more_above ? "" : table->rows[top].id);
}

void
cursor_margins(const struct cursor *cursor, const struct table *table, size_t *above, size_t *below)
{
    *above = *below = 0;
    size_t row = cursor_row(cursor, table);
    for (size_t i = 0; row != SIZE_MAX && i < table->rows_len; i++)
        if (i != row && starts_item(table, i))
            (*(i < row ? above : below))++;
}

/* ---- drawing ---- */

struct pen {
    struct canvas *canvas;
    int row, col, end; /* next column, first column behind the cell */
    int skip;          /* columns still to be left out (sideways scroll) */
    unsigned flags;
};

static void
draw_spans(struct pen *pen, const struct cell *cell)
{
    for (size_t i = 0; i < cell->spans_len; i++) {
        const char *text = cell->spans[i].text;
        if (pen->skip > 0) {
            int width = text_width_cols(text);
            int skipped = pen->skip < width ? pen->skip : width;
            text = text_skip(text, pen->skip);
            pen->skip -= skipped;
        }
        if (pen->col >= pen->end) {
            if (*text) /* more to come, and no room: mark the cut */
                canvas_text(pen->canvas, pen->row, pen->end - 1, 1, "~", cell->spans[i].role,
                            pen->flags);
            return;
        }
        int cols = canvas_text(pen->canvas, pen->row, pen->col, pen->end - pen->col, text,
                               cell->spans[i].role, pen->flags);
        if (cell->spans[i].link)
            canvas_link(pen->canvas, pen->row, pen->col, cols, cell->spans[i].link);
        pen->col += cols;
    }
}

static void
draw_row(const struct table *table, const struct columns_place *columns, const struct row *row,
         int skip_cols, struct canvas *canvas, struct rect place, unsigned flags)
{
    int first = place.col + table->mark_cols;
    if (row->rule) {
        canvas_rule(canvas, place.row, first, place.cols - table->mark_cols - 1, ROLE_BORDER);
        return;
    }
    if (row->line) {
        struct pen pen = {canvas, place.row, first, place.col + place.cols, 0, flags};
        pen.skip = *row->id ? skip_cols : 0;
        draw_spans(&pen, row->cells);
        return;
    }
    for (size_t i = 0; i < row->cells_len && i < COLUMNS_MAX; i++) {
        int cols = columns->cols[i];
        if (cols == 0)
            continue;
        struct pen pen = {canvas, place.row, first + columns->col[i], 0, 0, flags};
        pen.end = pen.col + cols;
        if (pen.end > place.col + place.cols)
            pen.end = place.col + place.cols;
        if (!table->columns[i].cols)
            pen.skip = skip_cols;
        int width = table->columns[i].align == ALIGN_RIGHT ? cell_cols(&row->cells[i]) : cols;
        if (width < cols)
            pen.col += cols - width;
        draw_spans(&pen, &row->cells[i]);
    }
}

/* In the first column; where there is but one, the cursor's mark takes it, except from what is selected. */
static void
draw_mark(const struct row *row, struct canvas *canvas, struct rect strip, unsigned flags)
{
    static const struct {
        enum row_mark mark;
        const char *letter;
        enum role role;
    } looks[] = {
        {ROW_SELECTED, "+", ROLE_STRONG},
        {ROW_CHANGED, "*", ROLE_STRONG},
        {ROW_GONE, "x", ROLE_MUTED},
        {ROW_UNREAD, ".", ROLE_STRONG},
    };
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (row->marks & looks[i].mark) {
            canvas_text(canvas, strip.row, strip.col, 1, looks[i].letter, looks[i].role, flags);
            return;
        }
}

static void
draw_empty(const struct table *table, struct canvas *canvas, struct rect place)
{
    if (!*table->empty || place.rows < 1)
        return;
    const char *const *lines;
    size_t len =
        text_wrap(table->arena, table->empty, place.cols > 12 ? place.cols - 4 : 8, &lines);
    int row = place.row + (place.rows - (int)len) / 2;
    row = row < place.row ? place.row : row;
    for (size_t i = 0; i < len && row < place.row + place.rows; i++, row++) {
        int indent = (place.cols - text_width_cols(lines[i])) / 2;
        canvas_text(canvas, row, place.col + (indent > 0 ? indent : 0), place.cols, lines[i],
                    table->empty_role, 0);
    }
}

/* Which row stands on a line of the place it is drawn in. */
static size_t
row_on_line(const struct table *table, size_t top, int line)
{
    return (size_t)line < table->head_rows ? (size_t)line : top + (size_t)line - table->head_rows;
}

const char *
table_item_at(const struct table *table, const struct cursor *cursor, int line)
{
    size_t row = line < 0 ? SIZE_MAX : row_on_line(table, top_row(cursor, table), line);
    return row < table->rows_len ? table->rows[row].id : "";
}

int64_t
table_draw(const struct table *table, const struct cursor *cursor, bool focused,
           struct canvas *canvas, struct rect place)
{
    int64_t changes_at = table->title_changes_at;
    struct columns_place columns = place_columns(table);
    size_t chosen = focused ? cursor_row(cursor, table) : SIZE_MAX;
    size_t chosen_end = chosen == SIZE_MAX ? SIZE_MAX : item_end(table, chosen);
    size_t top = top_row(cursor, table);

    for (int line = 0; line < place.rows; line++) {
        size_t index = row_on_line(table, top, line);
        if (index >= table->rows_len)
            break;
        const struct row *row = &table->rows[index];
        bool at_cursor = chosen != SIZE_MAX && index >= chosen && index < chosen_end;
        unsigned flags = table->dimmed || row->marks & ROW_GONE ? CANVAS_DIM : 0u;
        bool begins = *row->id && (index == 0 || !same_item(&table->rows[index - 1], row->id));
        struct rect strip = {place.row + line, place.col, 1, place.cols};

        draw_row(table, &columns, row, cursor->skip_cols, canvas, strip, flags);
        if (begins)
            draw_mark(row, canvas, strip, flags);
        if (at_cursor) {
            if (index == chosen && !(row->marks & ROW_SELECTED && table->mark_cols == 1))
                canvas_text(canvas, strip.row, strip.col + table->mark_cols - 1, 1, ">",
                            ROLE_STRONG, 0);
            canvas_reverse(canvas, strip.row, strip.col, strip.cols);
        }
        if (row->changes_at < changes_at)
            changes_at = row->changes_at;
    }
    size_t heads = table->head_rows < (size_t)place.rows ? table->head_rows : (size_t)place.rows;
    if (table->rows_len <= table->head_rows)
        draw_empty(
            table, canvas,
            (struct rect){place.row + (int)heads, place.col, place.rows - (int)heads, place.cols});
    return changes_at;
}
