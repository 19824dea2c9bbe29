/* `y`: what of the item goes to the clipboard. */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/act_item.h"
#include "ui/app_internal.h"

#define NAME_COLS 12
#define PREVIEW_BYTES 400

static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    (void)mode;
    (void)argument;
    return *item_detail(app)->id || (app_say(app, ROLE_MESSAGE, "nothing is chosen"), false);
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    size_t items = item_count(app);
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    mode->title = items > 1 ? arena_printf(&mode->arena, "Copy, of %zu items", items) : "Copy";
    for (int i = 0; i < COPY_COUNT; i++) {
        const struct copy_part *part = &copy_parts[i];
        const char *text = item_preview(app, (enum copy_id)i, &mode->arena);
        if (!*text)
            continue;
        table_line(&mode->table, part->name);
        table_span(&mode->table, ROLE_HINT_KEY, part->key);
        table_pad_to(&mode->table, 3);
        table_span(&mode->table, ROLE_STRONG, part->name);
        table_pad_to(&mode->table, 3 + NAME_COLS);
        table_span(&mode->table, ROLE_MUTED,
                   text_cut(&mode->arena, text_clean(&mode->arena, text, PREVIEW_BYTES),
                            cols - NAME_COLS - 6));
    }
}

static void
copy(struct app *app, const char *name)
{
    char chosen[32];
    (void)snprintf(chosen, sizeof chosen, "%s", name); /* names are short */
    mode_close(app);
    app_do(app, ACTION_COPY, chosen);
}

/* The letter of a part takes it at once. */
static bool
key(struct app *app, struct mode *mode, const char *pressed)
{
    (void)mode;
    for (int i = 0; i < COPY_COUNT; i++)
        if (strcmp(copy_parts[i].key, pressed) == 0) {
            copy(app, copy_parts[i].name);
            return true;
        }
    return false;
}

static void
accept(struct app *app, struct mode *mode)
{
    copy(app, mode_chosen(mode));
}

static const struct mode_hint hints[] = {{ACTION_OPEN, "copy"}, {ACTION_COUNT, NULL}};

const struct mode_ops mode_copy = {
    .title = "Copy",
    .place = PLACE_LIST,
    .hints = hints,
    .open = open,
    .build = build,
    .key = key,
    .accept = accept,
};
