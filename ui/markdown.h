#pragma once

/*
 * Markdown as lines of a table: headings, bold, emphasis, code, lists, quotes, links (`text (address)`), fences. What it does
 * not know stays as it was written; text without any marks is a good case of it. Lines break where they were broken, for
 * people write messages so.
 */

#include "ui/table.h"

/* The text goes `indent` columns in. Each line is an item of its own, so that a long text can be walked. */
void markdown_put(struct table *table, int indent, const char *text);

/* Code or data: nothing in it is a mark, blanks stay, long lines are wrapped. */
void markdown_put_code(struct table *table, int indent, const char *text);
