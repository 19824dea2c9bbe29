#include "ui/hints.h"

#include <string.h>

#include "ui/keymap.h"

#define HINTS_MAX 6

/* The later ones leave first; the help is never left out. */
static void
add(struct pieces *pieces, int rank, const char *key, const char *word)
{
    if (!*key)
        return; /* bound to nothing */
    if (pieces->len)
        pieces_gap(pieces, rank, "  ");
    pieces_add(pieces, rank, ROLE_HINT_KEY, key);
    pieces_gap(pieces, rank, " ");
    pieces_add(pieces, rank, ROLE_HINT, word);
}

static void
add_action(struct pieces *pieces, int rank, enum action_id action, const char *word)
{
    char key[KEY_NAME_SIZE];
    add(pieces, rank, arena_text(pieces->scratch, keymap_hint(action, key)), word);
}

void
hints_add_named(const char *hints, struct pieces *pieces)
{
    for (int rank = 1; hints && *hints; rank++) {
        size_t len = strcspn(hints, "|"), key_len = strcspn(hints, " ");
        const char *word = arena_text_len(pieces->scratch, hints, len);
        add(pieces, rank, arena_text_len(pieces->scratch, hints, key_len), word + key_len + 1);
        hints += len + (hints[len] == '|');
    }
}

/* ---- the panes ---- */

struct hints {
    struct pieces *pieces;
    const struct frame *frame;
    int len;
};

static void
offer(struct hints *hints, enum action_id action, const char *word)
{
    if (hints->len < HINTS_MAX - 1 && action_allowed(action, hints->frame->settings->read_only))
        add_action(hints->pieces, ++hints->len, action, word);
}

/* The table's own words, of one group: first what is for this pane alone. */
static void
offer_group(struct hints *hints, enum action_group group, unsigned kinds)
{
    for (int special = 1; special >= 0; special--)
        for (int i = 0; i < ACTION_COUNT; i++) {
            const struct action_info *info = action_info((enum action_id)i);
            bool here = info->kinds & kinds, everywhere = (info->kinds & ON_ANY) == ON_ANY;
            if (*info->hint && info->group == group && info->action != ACTION_HELP &&
                (here || info->kinds == ON_NOTHING) && (here && !everywhere) == (special == 1))
                offer(hints, info->action, info->hint);
        }
}

static void
add_for_panes(const struct frame *frame, struct pieces *pieces)
{
    const struct view *view = &frame->views[frame->focus];
    struct hints hints = {pieces, frame, 0};
    /* First what this moment is about. */
    if (frame->settings->locked)
        offer(&hints, ACTION_LOCK, "unlock");
    if (frame->paused_at)
        offer(&hints, ACTION_PAUSE, "go on");
    if (frame->new_items[frame->focus])
        offer(&hints, ACTION_NOW, "see new");
    if (view->selection.len) {
        offer(&hints, ACTION_SELECT_RANGE, *view->selection.anchor ? "fix range" : "range");
        offer(&hints, ACTION_SELECT_ALL, "all");
        offer(&hints, ACTION_BACK, "clear");
    }
    for (int group = 0; group <= GROUP_PROGRAM; group++)
        offer_group(&hints, (enum action_group)group, view->ops->kinds);
    add_action(pieces, 0, ACTION_HELP, action_info(ACTION_HELP)->hint);
}

void
hints_add(const struct frame *frame, struct pieces *pieces)
{
    if (!frame->mode) {
        add_for_panes(frame, pieces);
        return;
    }
    hints_add_named(frame->mode->ops->line_hints, pieces);
    const struct mode_hint *hint = frame->mode->ops->hints;
    for (int rank = 1; hint && hint->word; hint++, rank++)
        add_action(pieces, rank, hint->action, hint->word);
    add_action(pieces, 9, ACTION_DOWN, "down");
    add_action(pieces, 9, ACTION_UP, "up");
    add_action(pieces, 0, ACTION_BACK, "back");
}
