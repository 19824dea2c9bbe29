#pragma once

/* Numbers that are read from across a room, built of cells: five, three or one row high. */

#include "ui/canvas.h"

/* Columns that it takes. rows: 5, 3 or 1. */
int big_digits_cols(const char *text, int rows);

/* Digits, '+' and '?'. Returns the columns used. */
int big_digits_draw(struct canvas *canvas, int row, int col, int rows, const char *text,
                    enum glyph_set glyphs, enum role role, unsigned flags);
