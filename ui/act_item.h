#pragma once

/* What one can do with the item that is open, or under the cursor: copy a part of it, open where it leads. */

#include "base/error.h"
#include "model/detail.h"

struct app;

enum copy_id { COPY_REFERENCE, COPY_LINK, COPY_TITLE, COPY_SUMMARY, COPY_JSON, COPY_COUNT };

extern const struct copy_part {
    const char *key, *name;
} copy_parts[COPY_COUNT];

/* All that is known of it, read anew where only the strip's share was. */
const struct detail *item_detail(struct app *app);

/* The text of a part; "" = there is none. */
const char *item_part(struct app *app, enum copy_id part, struct arena *arena);
/* The same of the item at hand alone, where several are selected. */
const char *item_preview(struct app *app, enum copy_id part, struct arena *arena);
/* How many items what is copied is of: those selected, else one. */
size_t item_count(const struct app *app);

/* The objects as they came, one after another, for a program. False: said why there is none. */
MUST_CHECK bool item_json(struct app *app, struct arena *arena, const char **json);

/* To the clipboard; a text too long for it is shown to be selected. `what` is told to the user. */
void item_copy(struct app *app, const char *what, const char *text);

/* With the profile's open_command or the desktop's; where there is none the address is copied and shown. */
void item_open_link(struct app *app, const char *url);
