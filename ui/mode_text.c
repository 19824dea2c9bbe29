/* A text to read, or to select with the mouse where it cannot be copied: the raw object, an address. */

#include <string.h>

#include "ui/app_internal.h"
#include "ui/markdown.h"

struct text_mode {
    const char *text;
};

/* "TITLE\nTEXT" */
static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct text_mode *state = mode->state;
    size_t title = strcspn(argument, "\n");
    (void)app;
    mode->title = arena_text_len(&mode->own, argument, title);
    state->text = arena_text(&mode->own, argument[title] ? argument + title + 1 : "");
    return true;
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    const struct text_mode *state = mode->state;
    (void)app;
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    markdown_put_code(&mode->table, 0, state->text);
}

const struct mode_ops mode_text = {
    .title = "Text",
    .place = PLACE_BODY,
    .state_size = sizeof(struct text_mode),
    .open = open,
    .build = build,
};
