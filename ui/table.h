#pragma once

/*
 * Rows of cells, and a cursor that belongs to an item's id. A view builds a table from a snapshot; the console draws it
 * with table_draw, plain mode prints it as lines, unit tests read the cells. Everything is in the arena given to
 * table_init, so a table is forgotten, never freed.
 *
 * An item is one or more rows with the same id, one after the other; the cursor covers all of them. Rows with the id ""
 * (heads, rulers, rules) cannot hold the cursor. Rows are either cells under the table's columns or a single line over
 * the whole width. A cell is made of spans, each with its own role; text given to a cell is cleaned here, so a view may
 * pass on what came from outside.
 */

#include "base/arena.h"
#include "ui/canvas.h"
#include "ui/theme.h"

enum align { ALIGN_LEFT, ALIGN_RIGHT };

struct column {
    const char *name; /* heading in plain mode */
    int cols;         /* width; 0 = takes what is left (one such column a table) */
    int gap;          /* blank columns in front of it; not before the first one shown */
    int from_cols;    /* shown when the table is at least this wide; 0 = always */
    enum align align;
};

struct span {
    const char *text; /* clean */
    enum role role;
    const char *link; /* where it leads; NULL = nowhere */
    bool ages;        /* reads differently as time goes by, though nothing happened */
};

struct cell {
    struct span *spans;
    size_t spans_len;
};

/* What is said of an item in front of its row. */
enum row_mark {
    ROW_SELECTED = 1,
    ROW_CHANGED = 2, /* a moment ago, on screen */
    ROW_UNREAD = 4,  /* came since the list was last looked at */
    ROW_GONE = 8,    /* no longer in the list; it stands here until the order thaws */
    ROW_ELSEWHERE =
        16,        /* read only for being on screen: the list has it at another place, or no more */
    ROW_OVER = 32, /* resolved, done: what is not counted any more */
};

struct row {
    const char *id;     /* "" = cannot hold the cursor */
    const char *title;  /* what the item is called where its row is not seen; "" = by its text */
    unsigned marks;     /* enum row_mark */
    struct cell *cells; /* columns_len of them; one when `line` */
    size_t cells_len;
    bool line;          /* one cell over the whole width */
    bool rule;          /* a horizontal line */
    int64_t changes_at; /* when a text in it (an age) will read differently; INT64_MAX = never */
};

struct table {
    struct arena *arena;
    int cols; /* width it is built for: inside of the pane, cursor mark included */
    int mark_cols;
    const struct column *columns;
    size_t columns_len;
    struct row *rows;
    size_t rows_len, rows_cap;
    size_t spans_cap;            /* of the cell being written */
    size_t head_rows;            /* the first rows that stay while the others scroll */
    bool dimmed;                 /* data is stale or down */
    bool more_above, more_below; /* the window has neighbours that were not read */
    int64_t title_changes_at;
    struct cell title; /* what the pane's border says after its name */
    size_t waiting;    /* new items kept back while the rows keep their places */
    const char *empty; /* shown, centred, when there are no rows; "" = nothing */
    enum role empty_role;
};

/* cols = width to build for. columns may be NULL for a table of lines. */
void table_init(struct table *table, struct arena *arena, int cols, const struct column *columns,
                size_t columns_len);

/* Starts a row of cells, or of one line. An item with several rows repeats its id. */
void table_row(struct table *table, const char *id);
void table_line(struct table *table, const char *id);
void table_rule(struct table *table);

/* Of the present row, each of an item's rows alike. The title is cleaned. */
void table_item(struct table *table, const char *title, unsigned marks);

/* The next cell of the row (the first call after table_row fills the first column). */
void table_cell(struct table *table, enum role role, const char *text);
void table_cell_printf(struct table *table, enum role role, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Adds to the cell (or line) being written. */
void table_span(struct table *table, enum role role, const char *text);
void table_span_printf(struct table *table, enum role role, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* The same with text that is clean already: its blanks stay as they are. */
void table_put(struct table *table, enum role role, const char *text);
/* The text added last leads to this address, which is safe (ui/links.h). */
void table_link(struct table *table, const char *url);
/* Spaces up to column `col` (counted from 0 after the cursor mark) of a line. */
void table_pad_to(struct table *table, int col);
/* Columns that are still free in the line being written. */
int table_room(const struct table *table);
/* Outside text as lines of at most the table's width, `indent` columns in; line feeds break. */
void table_wrap(struct table *table, const char *id, enum role role, int indent, const char *text);

/* Adds to the title in the pane's border. */
void table_title(struct table *table, enum role role, const char *text);
void table_title_printf(struct table *table, enum role role, const char *format, ...)
    PRINTF_LIKE(3, 4);

void table_empty(struct table *table, enum role role, const char *format, ...) PRINTF_LIKE(3, 4);

/*
 * What was written last reads differently from at_ms on: the console wakes for it while the row is visible. With no row yet
 * it is the title that does.
 */
void table_changes_at(struct table *table, int64_t at_ms);

/* Columns left of the first cell, unless the view changes mark_cols: the cursor's mark is the last of them. */
#define TABLE_MARK_COLS 1

/* Text of a row as drawn, without roles: what tests and plain mode read. */
const char *table_row_text(const struct table *table, size_t row, struct arena *arena);

/* ---- cursor and scroll ---- */

#define ITEM_ID_SIZE 192

struct cursor {
    char id[ITEM_ID_SIZE];  /* "" = untouched: whatever is first */
    char top[ITEM_ID_SIZE]; /* first item on screen; "" = from the top */
    int skip_cols;          /* scrolled sideways */
};

enum cursor_step { CURSOR_BY_ITEM, CURSOR_BY_HALF_PAGE, CURSOR_BY_PAGE, CURSOR_TO_END };

/*
 * After a refresh: the cursor stays on its id. When the item is gone it goes to the next one below that is still
 * there, else above (`before` is the table it was last drawn with; NULL = none). True when it had to move.
 */
bool cursor_follow(struct cursor *cursor, const struct table *before, const struct table *now);

/* The first row of an item; SIZE_MAX when it is not there. */
size_t table_find(const struct table *table, const char *id);
/* What the item of a row is called. */
const char *table_item_title(const struct table *table, size_t row, struct arena *arena);

/* The row where the cursor's item begins; SIZE_MAX when there is no item. */
size_t cursor_row(const struct cursor *cursor, const struct table *table);

/* The id of what stands `line` rows below the table's first one on screen; "" = nothing that holds a cursor. */
const char *table_item_at(const struct table *table, const struct cursor *cursor, int line);

/* An untouched cursor takes hold of the item it shows. */
void cursor_bind(struct cursor *cursor, const struct table *table);

/* direction -1 or 1. False when it was at the end already. `height` in rows, heads included. */
bool cursor_move(struct cursor *cursor, const struct table *table, enum cursor_step step,
                 int direction, int height);

/* The rows on screen, heads left out: [*from, *to). */
void cursor_screen(const struct cursor *cursor, const struct table *table, int height, size_t *from,
                   size_t *to);

/* Scrolls so that the cursor is visible in `height` rows. */
void cursor_scroll(struct cursor *cursor, const struct table *table, int height);

/* Items between the cursor and each end of the table: whether the window must be read anew. */
void cursor_margins(const struct cursor *cursor, const struct table *table, size_t *above,
                    size_t *below);

/*
 * Draws the table into the rectangle from the cursor's scroll position; the item under the cursor is marked when
 * `focused`. Returns when something drawn will read differently (INT64_MAX = never).
 */
int64_t table_draw(const struct table *table, const struct cursor *cursor, bool focused,
                   struct canvas *canvas, struct rect place);
