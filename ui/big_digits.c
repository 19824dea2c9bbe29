#include "ui/big_digits.h"

#include <string.h>

enum { DOTS = 3, CELLS_A_DOT = 2, GAP = 2, SMALL_COLS = 3, SMALL_GAP = 1 };

static const char known[] = "0123456789+?";

/* Three dots wide, five high; each dot is two cells, which is about square. */
static const char *const big[sizeof known - 1][5] = {
    {"###", "# #", "# #", "# #", "###"}, {" # ", "## ", " # ", " # ", "###"},
    {"###", "  #", "###", "#  ", "###"}, {"###", "  #", "###", "  #", "###"},
    {"# #", "# #", "###", "  #", "  #"}, {"###", "#  ", "###", "  #", "###"},
    {"###", "#  ", "###", "# #", "###"}, {"###", "  #", "  #", "  #", "  #"},
    {"###", "# #", "###", "# #", "###"}, {"###", "# #", "###", "  #", "###"},
    {"   ", " # ", "###", " # ", "   "}, {"###", "  #", " # ", "   ", " # "},
};

/* Of strokes, as a pocket calculator has them. */
static const char *const small[sizeof known - 1][3] = {
    {" _ ", "| |", "|_|"}, {"   ", "  |", "  |"}, {" _ ", " _|", "|_ "}, {" _ ", " _|", " _|"},
    {"   ", "|_|", "  |"}, {" _ ", "|_ ", " _|"}, {" _ ", "|_ ", "|_|"}, {" _ ", "  |", "  |"},
    {" _ ", "|_|", "|_|"}, {" _ ", "|_|", " _|"}, {"   ", "_|_", " | "}, {" _ ", " _|", " . "},
};

static int
digit_cols(int rows)
{
    return rows == 5 ? DOTS * CELLS_A_DOT + GAP : rows == 3 ? SMALL_COLS + SMALL_GAP : 1;
}

int
big_digits_cols(const char *text, int rows)
{
    const int gap = rows == 5 ? GAP : rows == 3 ? SMALL_GAP : 0;
    const int len = (int)strlen(text);
    return len ? len * digit_cols(rows) - gap : 0;
}

static void
draw_big(struct canvas *canvas, int row, int col, const char *const *lines, enum glyph_set glyphs,
         enum role role, unsigned flags)
{
    const char *dot = glyphs == GLYPHS_RICH ? "\xe2\x96\x88" : "#";
    for (int y = 0; y < 5; y++)
        for (int x = 0; x < DOTS * CELLS_A_DOT; x++)
            if (lines[y][x / CELLS_A_DOT] == '#')
                canvas_text(canvas, row + y, col + x, 1, dot, role, flags);
}

static void
draw_small(struct canvas *canvas, int row, int col, const char *const *lines, enum role role,
           unsigned flags)
{
    for (int y = 0; y < 3; y++)
        for (int x = 0; x < SMALL_COLS; x++)
            if (lines[y][x] != ' ')
                canvas_text(canvas, row + y, col + x, 1, (const char[]){lines[y][x], '\0'}, role,
                            flags);
}

int
big_digits_draw(struct canvas *canvas, int row, int col, int rows, const char *text,
                enum glyph_set glyphs, enum role role, unsigned flags)
{
    if (rows == 1)
        return canvas_text(canvas, row, col, (int)strlen(text), text, role, flags);
    for (const char *c = text; *c; c++, col += digit_cols(rows)) {
        const char *at = strchr(known, *c);
        if (!at)
            continue;
        if (rows == 5)
            draw_big(canvas, row, col, big[at - known], glyphs, role, flags);
        else
            draw_small(canvas, row, col, small[at - known], role, flags);
    }
    return big_digits_cols(text, rows);
}
