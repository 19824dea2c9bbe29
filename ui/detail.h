#pragma once

/* What is known of the item under the cursor: as a pane of lines, and as the strip of two lines. */

#include "ui/view.h"

/* Lines that the cursor can walk, so that a long one scrolls. */
void detail_build(const struct detail *detail, const struct view_settings *settings, int64_t now_ms,
                  struct arena *arena, int cols, struct table *table);

/* The fact that a row of the above tells; NULL = it is none. */
#define DETAIL_FACT_ID "fact/"
const struct detail_fact *detail_fact_of_row(const struct detail *detail, const char *id);

/* As plain lines for a message: title, "label: text", texts, addresses in full. */
const char *detail_print(const struct detail *detail, const struct view_settings *settings,
                         int64_t now_ms, struct arena *arena);

/* Title, then facts, three blanks apart, as many as fit. Returns when a text in it will read differently. */
int64_t detail_draw_strip(const struct detail *detail, const struct view_settings *settings,
                          int64_t now_ms, struct arena *scratch, struct canvas *canvas,
                          struct rect place);
