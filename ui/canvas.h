#pragma once

/*
 * What the screen shall show: a grid of cells with text and role. Drawing goes here first; term compares it with the
 * last one and touches only rows that differ. Tests read it as text.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "ui/theme.h"

struct rect {
    int row, col, rows, cols;
};

/* Base character and what combines with it; longer clusters lose marks, never the base. */
#define CANVAS_TEXT_SIZE 13

enum canvas_flags {
    CANVAS_REVERSE = 1, /* the cursor's row */
    CANVAS_DIM = 2,     /* stale */
    CANVAS_BOLD = 4,
    CANVAS_TAIL = 8, /* second column of a wide character: text is "" */
};

/* Directions a line leaves a cell to; crossing lines join. */
enum canvas_line { LINE_UP = 1, LINE_DOWN = 2, LINE_LEFT = 4, LINE_RIGHT = 8 };

struct canvas_cell {
    char text[CANVAS_TEXT_SIZE]; /* "" = blank */
    uint8_t line;                /* enum canvas_line bits; 0 = text */
    uint8_t role;
    uint8_t flags;
};

/* A stretch of a row that leads somewhere. The address is whoever draws it's, for as long as the frame is made. */
struct canvas_link {
    int row, col, cols;
    const char *url;
};
#define CANVAS_LINKS_MAX 64

struct canvas {
    int rows, cols;
    struct canvas_cell *cells;
    int cursor_row,
        cursor_col; /* where text is being typed; row -1 = nowhere, the cursor is hidden */
    struct canvas_link links[CANVAS_LINKS_MAX];
    size_t links_len;
};

/* Blank; memory is reused when the size is the same. */
void canvas_init(struct canvas *canvas, int rows, int cols);
void canvas_finish(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);
/* A rectangle made blank again: what stood there is covered. */
void canvas_blank(struct canvas *canvas, struct rect place);

struct canvas_cell *canvas_at(const struct canvas *canvas, int row, int col);

/* Clean text in at most `cols` columns, cut with '~'. Returns the columns used. Outside the canvas nothing happens. */
int canvas_text(struct canvas *canvas, int row, int col, int cols, const char *text, enum role role,
                unsigned flags);

/* What stands there leads to an address, for terminals that can open one (OSC 8). It is safe already (ui/links.h). */
void canvas_link(struct canvas *canvas, int row, int col, int cols, const char *url);

/* The cursor's stretch of cells: reverse, in one tone, so that moving it costs few bytes; what is severe stays so. */
void canvas_reverse(struct canvas *canvas, int row, int col, int cols);

/* The outline of a rectangle; joins lines that are there. */
void canvas_frame(struct canvas *canvas, struct rect frame, enum role role);
void canvas_rule(struct canvas *canvas, int row, int col, int cols, enum role role);

/* Rows as lines of text without trailing blanks; lines are drawn as + - |. */
void canvas_print(const struct canvas *canvas, struct str *out);

bool canvas_row_equals(const struct canvas *a, const struct canvas *b, int row);
