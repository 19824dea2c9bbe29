/* `?`: every action with its keys, from the action table. */

#include "ui/app_internal.h"

#define KEYS_COLS 12
#define NAME_COLS 16

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct arena *arena = &mode->arena;
    struct table *table = &mode->table;
    static const enum action_group groups[] = {GROUP_MOVE, GROUP_PANES, GROUP_LOOK, GROUP_FIND,
                                               GROUP_PROGRAM};
    (void)app;
    table_init(table, arena, cols, NULL, 0);
    bool names = cols >= 60;
    char keys[KEYS_TEXT_SIZE];

    for (size_t group = 0; group < sizeof groups / sizeof *groups; group++) {
        if (group > 0)
            table_line(table, arena_printf(arena, "gap%zu", group));
        table_line(table, arena_printf(arena, "group%zu", group));
        table_span(table, ROLE_TITLE_FOCUS, action_group_title(groups[group]));
        for (int i = 0; i < ACTION_COUNT; i++) {
            const struct action_info *info = action_info((enum action_id)i);
            if (info->group != groups[group])
                continue;
            table_line(table, info->name);
            table_span(table, ROLE_HINT_KEY, keymap_keys(info->action, keys));
            table_pad_to(table, KEYS_COLS);
            table_span(table, ROLE_TEXT, info->help);
            if (names) {
                table_pad_to(table, cols - NAME_COLS - 2);
                table_span(table, ROLE_MUTED, info->name);
            }
        }
    }
}

const struct mode_ops mode_help = {
    .title = "Help",
    .place = PLACE_BODY,
    .build = build,
};
