#include "ui/sent.h"

#include <string.h>

#include "ui/app_internal.h"
#include "ui/keymap.h"

enum { PROGRESS_FROM = 3 }; /* rows of a batch: of fewer only the end is told */

void
sent_follow(struct sent *sent, int64_t batch, size_t len, int pane)
{
    if (sent->len == SENT_MAX)
        memmove(&sent->batches[0], &sent->batches[1], --sent->len * sizeof *sent->batches);
    sent->batches[sent->len++] = (struct sent_batch){.batch = batch, .len = len, .pane = pane};
}

struct fate_of_rows {
    size_t done, stuck, open;
    const struct outbox_row *first_stuck;
};

static bool
is_stuck(const struct outbox_row *rows, size_t len, const struct outbox_row *row)
{
    if (outbox_is_stuck(row))
        return true;
    for (size_t i = 0; i < len; i++) /* what waits for one that is stuck is so too */
        if (row->waits_for && rows[i].id == row->waits_for && outbox_is_open(row))
            return is_stuck(rows, len, &rows[i]);
    return false;
}

static struct fate_of_rows
count(const struct outbox_row *rows, size_t len)
{
    struct fate_of_rows fate = {0};
    for (size_t i = 0; i < len; i++)
        if (is_stuck(rows, len, &rows[i])) {
            fate.stuck++;
            fate.first_stuck = fate.first_stuck ? fate.first_stuck : &rows[i];
        } else if (outbox_is_open(&rows[i])) {
            fate.open++;
        } else {
            fate.done += text_equals(rows[i].state, OUTBOX_DONE);
        }
    return fate;
}

static void
select_stuck(struct app *app, int pane, const struct outbox_row *rows, size_t len)
{
    struct selection *selection = &app->views[pane].selection;
    if (selection->len || app->views[pane].ops->kinds == ON_EVENT)
        return; /* the user went on */
    for (size_t i = 0; i < len; i++)
        if (is_stuck(rows, len, &rows[i]))
            (void)selection_add(selection, rows[i].target_id, rows[i].target_title);
    app->build_wanted = app->draw_wanted = true;
}

static void
tell_end(struct app *app, const struct sent_batch *batch, const struct outbox_row *rows, size_t len,
         const struct fate_of_rows *fate)
{
    char key[KEY_NAME_SIZE];
    const struct outbox_row *row = fate->first_stuck;
    if (row) {
        const char *what =
            fate->done ? arena_printf(&app->scratch, "%zu of %zu sent; not ", fate->done, len)
                       : "not sent: ";
        app_say(app, ROLE_PROBLEM,
                arena_printf(&app->scratch, "%s%s: %s (%s)", what, row->label, row->answer,
                             keymap_hint(ACTION_ACTIVITY, key)));
        if (len > 1)
            select_stuck(app, batch->pane, rows, len);
    } else if (fate->done && len >= PROGRESS_FROM) {
        app_say(app, ROLE_MESSAGE, arena_printf(&app->scratch, "all %zu sent", fate->done));
    }
}

/* False: it is not over yet. */
static bool
tell(struct app *app, struct sent_batch *batch)
{
    const struct outbox_row *rows;
    struct error err = {0};
    size_t len;
    if (!outbox_of_batch(reader_private(app->reader), reader_upstream(app->reader), batch->batch,
                         &app->scratch, &rows, &len, &err)) {
        app_say_failure(app, &err, "outbox");
        return true;
    }
    if (!rows)
        return true; /* forgotten already */
    const struct fate_of_rows fate = count(rows, len);
    if (!fate.open) {
        tell_end(app, batch, rows, len, &fate);
        return true;
    }
    const size_t over = fate.done + fate.stuck;
    if (over > batch->told && batch->len >= PROGRESS_FROM)
        app_say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch, "sent %zu/%zu%s", fate.done, len,
                             fate.stuck ? arena_printf(&app->scratch, ", %zu failed", fate.stuck)
                                        : ""));
    batch->told = over;
    return false;
}

void
app_tell_sent(struct app *app)
{
    struct sent *sent = &app->sent;
    size_t kept = 0;
    sent->wanted = false;
    for (size_t i = 0; i < sent->len; i++)
        if (!tell(app, &sent->batches[i]))
            sent->batches[kept++] = sent->batches[i];
    sent->len = kept;
}
