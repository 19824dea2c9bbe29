#include "tests/support/svg.h"

#include <string.h>

#include "base/str.h"

/* A cell's size in the picture's units; the face's advance is half its size in nearly all monospace faces at 0.6 em. */
enum { CELL_WIDTH = 9, CELL_HEIGHT = 19, BASELINE = 14, MARGIN = 12 };

#define FOREGROUND 0xd8dee9
#define BACKGROUND 0x14181f

static void
append_escaped(struct str *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<':
            str_append(out, "&lt;");
            break;
        case '>':
            str_append(out, "&gt;");
            break;
        case '&':
            str_append(out, "&amp;");
            break;
        default:
            str_append_char(out, *text);
        }
}

static int32_t
ink(const struct screen_cell *cell)
{
    int32_t foreground = cell->foreground < 0 ? FOREGROUND : cell->foreground;
    int32_t background = cell->background < 0 ? BACKGROUND : cell->background;
    return cell->reverse ? background : foreground;
}

static int32_t
paper(const struct screen_cell *cell)
{
    int32_t foreground = cell->foreground < 0 ? FOREGROUND : cell->foreground;
    int32_t background = cell->background < 0 ? BACKGROUND : cell->background;
    return cell->reverse ? foreground : background;
}

/* Box-drawing characters are drawn as strokes: in no face do they meet over the height of a line. */
enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };
static const struct {
    const char *text;
    unsigned directions;
} strokes[] = {
    {"\u2500", LEFT | RIGHT},
    {"\u2502", UP | DOWN},
    {"\u250c", DOWN | RIGHT},
    {"\u2510", DOWN | LEFT},
    {"\u2514", UP | RIGHT},
    {"\u2518", UP | LEFT},
    {"\u251c", UP | DOWN | RIGHT},
    {"\u2524", UP | DOWN | LEFT},
    {"\u252c", DOWN | LEFT | RIGHT},
    {"\u2534", UP | LEFT | RIGHT},
    {"\u253c", UP | DOWN | LEFT | RIGHT},
};

static unsigned
directions_of(const struct screen_cell *cell)
{
    for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++)
        if (strcmp(cell->text, strokes[i].text) == 0)
            return strokes[i].directions;
    return 0;
}

static bool
is_blank(const struct screen_cell *cell)
{
    return (!cell->text[0] || directions_of(cell) || strcmp(cell->text, " ") == 0) &&
           !cell->underline;
}

static bool
looks_alike(const struct screen_cell *a, const struct screen_cell *b)
{
    return ink(a) == ink(b) && a->bold == b->bold && a->underline == b->underline &&
           a->italic == b->italic;
}

static void
append_papers(struct str *out, const struct screen *screen, int row)
{
    int cols = screen_cols(screen);
    for (int col = 0, end; col < cols; col = end) {
        struct screen_cell first = screen_cell(screen, row, col);
        for (end = col + 1; end < cols; end++) {
            struct screen_cell next = screen_cell(screen, row, end);
            if (paper(&next) != paper(&first))
                break;
        }
        if (paper(&first) != BACKGROUND)
            str_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
                       MARGIN + col * CELL_WIDTH, MARGIN + row * CELL_HEIGHT,
                       (end - col) * CELL_WIDTH, CELL_HEIGHT, (unsigned)paper(&first));
    }
}

/* Runs of alike cells are one element; textLength holds them to the grid whatever face the viewer has. */
static void
append_inks(struct str *out, const struct screen *screen, int row)
{
    int cols = screen_cols(screen);
    for (int col = 0, end; col < cols; col = end) {
        struct screen_cell first = screen_cell(screen, row, col);
        end = col + 1;
        if (is_blank(&first))
            continue;
        struct str run;
        str_init(&run, 0);
        append_escaped(&run, first.text);
        int inked = end; /* behind the last cell that is not blank */
        size_t inked_len = run.len;
        for (; end < cols; end++) {
            struct screen_cell next = screen_cell(screen, row, end);
            if (directions_of(&next) || (!is_blank(&next) && !looks_alike(&next, &first)))
                break;
            struct screen_cell after = screen_cell(screen, row, end + 1 < cols ? end + 1 : end);
            if (next.text[0] && is_blank(&next) && is_blank(&after)) /* several are no text */
                break;
            append_escaped(&run, next.text);
            if (!is_blank(&next) || !next.text[0]) {
                inked = end + 1;
                inked_len = run.len;
            }
        }
        str_printf(out,
                   "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" "
                   "fill=\"#%06x\"%s%s%s>",
                   MARGIN + col * CELL_WIDTH, MARGIN + row * CELL_HEIGHT + BASELINE,
                   (inked - col) * CELL_WIDTH, (unsigned)ink(&first),
                   first.bold ? " font-weight=\"bold\"" : "",
                   first.italic ? " font-style=\"italic\"" : "",
                   first.underline ? " text-decoration=\"underline\"" : "");
        str_append_len(out, str_text(&run), inked_len);
        str_append(out, "</text>\n");
        str_finish(&run);
    }
}

/* One path a colour and row: stretches to the right first, then what goes up and down. */
static void
append_strokes(struct str *out, const struct screen *screen, int row)
{
    int cols = screen_cols(screen);
    int middle = MARGIN + row * CELL_HEIGHT + CELL_HEIGHT / 2;
    for (int col = 0, end; col < cols; col = end) {
        struct screen_cell first = screen_cell(screen, row, col);
        end = col + 1;
        if (!directions_of(&first))
            continue;
        str_printf(out, "<path stroke=\"#%06x\" d=\"", (unsigned)ink(&first));
        for (end = col; end < cols; end++) {
            struct screen_cell cell = screen_cell(screen, row, end);
            unsigned directions = directions_of(&cell);
            int x = MARGIN + end * CELL_WIDTH, half = CELL_WIDTH / 2;
            if (!directions || ink(&cell) != ink(&first))
                break;
            if (directions == (LEFT | RIGHT)) {
                int from = end;
                for (; end + 1 < cols; end++) {
                    struct screen_cell next = screen_cell(screen, row, end + 1);
                    if (directions_of(&next) != directions || ink(&next) != ink(&first))
                        break;
                }
                str_printf(out, "M%d %d.5h%d", x, middle, (end + 1 - from) * CELL_WIDTH);
                continue;
            }
            if (directions & LEFT)
                str_printf(out, "M%d %d.5h%d.5", x, middle, half);
            if (directions & RIGHT)
                str_printf(out, "M%d.5 %d.5h%d.5", x + half, middle, half);
            if (directions & UP)
                str_printf(out, "M%d.5 %dv%d.5", x + half, middle - CELL_HEIGHT / 2,
                           CELL_HEIGHT / 2);
            if (directions & DOWN)
                str_printf(out, "M%d.5 %d.5v%d.5", x + half, middle,
                           CELL_HEIGHT - CELL_HEIGHT / 2 - 1);
        }
        str_append(out, "\"/>\n");
    }
}

const char *
svg_from_screen(const struct screen *screen, const char *title, struct arena *arena)
{
    int width = screen_cols(screen) * CELL_WIDTH + 2 * MARGIN;
    int height = screen_rows(screen) * CELL_HEIGHT + 2 * MARGIN;
    struct str out;
    str_init(&out, 0);
    str_printf(&out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 "
               "%d %d\" role=\"img\">\n<title>",
               width, height, width, height);
    append_escaped(&out, title);
    str_printf(&out,
               "</title>\n<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#%06x\"/>\n<g "
               "font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', "
               "'Liberation Mono', monospace\" font-size=\"15\" "
               "xml:space=\"preserve\">\n",
               width, height, (unsigned)BACKGROUND);
    for (int row = 0; row < screen_rows(screen); row++) {
        append_papers(&out, screen, row);
        append_strokes(&out, screen, row);
        append_inks(&out, screen, row);
    }
    str_append(&out, "</g>\n</svg>\n");
    const char *result = arena_text(arena, str_text(&out));
    str_finish(&out);
    return result;
}
