/* `o`, where an item has several: its addresses, to open or copy one. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/act_item.h"
#include "ui/app_internal.h"
#include "ui/links.h"

#define LABEL_COLS 18

static void
build(struct app *app, struct mode *mode, int cols)
{
    const struct link *links;
    size_t len = links_of(item_detail(app), &mode->arena, &links);
    table_init(&mode->table, &mode->arena, cols, NULL, 0);
    for (size_t i = 0; i < len; i++) {
        table_line(&mode->table, links[i].url);
        table_span_printf(&mode->table, ROLE_HINT_KEY, "%zu", i + 1);
        table_pad_to(&mode->table, 4);
        table_span(&mode->table, ROLE_LABEL, links[i].label);
        table_pad_to(&mode->table, 4 + LABEL_COLS);
        table_span(&mode->table, ROLE_REFERENCE, links[i].url);
        table_link(&mode->table, links[i].url);
    }
    if (len == 0)
        table_empty(&mode->table, ROLE_MUTED, "It opens nowhere.");
}

static const char *
url_chosen(struct app *app, const struct mode *mode)
{
    return arena_text(&app->scratch, mode_chosen(mode));
}

static void
accept(struct app *app, struct mode *mode)
{
    const char *url = url_chosen(app, mode);
    mode_close(app);
    item_open_link(app, url);
}

static bool
key(struct app *app, struct mode *mode, const char *pressed)
{
    size_t i = *pressed >= '1' && *pressed <= '9' && !pressed[1] ? (size_t)(*pressed - '0') : 0;
    if (!i || i > mode->table.rows_len)
        return false;
    const char *url = arena_text(&app->scratch, mode->table.rows[i - 1].id);
    mode_close(app);
    item_open_link(app, url);
    return true;
}

static bool
act(struct app *app, struct mode *mode, enum action_id action)
{
    if (action != ACTION_COPY && action != ACTION_OPEN_LINK)
        return false;
    const char *url = url_chosen(app, mode);
    mode_close(app);
    if (action == ACTION_COPY)
        item_copy(app, "link", url);
    else
        item_open_link(app, url);
    return true;
}

static const struct mode_hint hints[] = {
    {ACTION_OPEN, "open"}, {ACTION_COPY, "copy"}, {ACTION_COUNT, NULL}};

const struct mode_ops mode_links = {
    .title = "Links",
    .place = PLACE_LIST,
    .hints = hints,
    .build = build,
    .key = key,
    .act = act,
    .accept = accept,
};
