#include "ui/pieces.h"

#include <string.h>

#include "base/text.h"

void
pieces_add(struct pieces *pieces, int rank, enum role role, const char *text)
{
    if (pieces->len < PIECES_MAX && *text)
        pieces->items[pieces->len++] =
            (struct piece){text_clean(pieces->scratch, text, 256), role, rank};
}

/* Blanks, which cleaning would take away. */
void
pieces_gap(struct pieces *pieces, int rank, const char *text)
{
    if (pieces->len < PIECES_MAX)
        pieces->items[pieces->len++] = (struct piece){text, ROLE_MUTED, rank};
}

int
pieces_cols(const struct pieces *pieces)
{
    int cols = 0;
    for (size_t i = 0; i < pieces->len; i++)
        cols += text_width_cols(pieces->items[i].text);
    return cols;
}

void
pieces_fit(struct pieces *pieces, int cols)
{
    while (pieces_cols(pieces) > cols) {
        int worst = 0;
        for (size_t i = 0; i < pieces->len; i++)
            worst = pieces->items[i].rank > worst ? pieces->items[i].rank : worst;
        if (worst == 0)
            return; /* what stays is cut at the edge */
        size_t kept = 0;
        for (size_t i = 0; i < pieces->len; i++) {
            const char *text = pieces->items[i].text;
            bool gap = pieces->items[i].rank > 0 && text[strspn(text, " ")] == '\0';
            if (pieces->items[i].rank != worst && !(gap && kept == 0)) /* no gap in front of all */
                pieces->items[kept++] = pieces->items[i];
        }
        pieces->len = kept;
    }
}

void
pieces_leave(struct pieces *pieces, int rank)
{
    size_t kept = 0;
    for (size_t i = 0; i < pieces->len; i++)
        if (pieces->items[i].rank != rank)
            pieces->items[kept++] = pieces->items[i];
    pieces->len = kept;
}

void
pieces_draw(const struct pieces *pieces, struct canvas *canvas, int row, int col, int end)
{
    for (size_t i = 0; i < pieces->len && col < end; i++)
        col += canvas_text(canvas, row, col, end - col, pieces->items[i].text,
                           pieces->items[i].role, 0);
}
