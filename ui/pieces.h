#pragma once

/* A line made of pieces: what has no room is left out, the least important first. */

#include "ui/canvas.h"

#define PIECES_MAX 64

struct piece {
    const char *text;
    enum role role;
    int rank; /* pieces of the same rank go together; higher ones are dropped first; 0 = never */
};

struct pieces {
    struct piece items[PIECES_MAX];
    size_t len;
    struct arena *scratch;
};

/* Outside text is cleaned. */
void pieces_add(struct pieces *pieces, int rank, enum role role, const char *text);
/* Blanks, which cleaning would take away. */
void pieces_gap(struct pieces *pieces, int rank, const char *text);
int pieces_cols(const struct pieces *pieces);
void pieces_fit(struct pieces *pieces, int cols);
/* Those of a rank leave. */
void pieces_leave(struct pieces *pieces, int rank);
void pieces_draw(const struct pieces *pieces, struct canvas *canvas, int row, int col, int end);
