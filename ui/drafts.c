/* What is typed into a form, on its way to the disk behind the frames that echo the keys. */

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "ui/app_internal.h"

#define WRITE_AFTER_MS 300

static struct draft_of
copied(struct arena *arena, const struct draft_of *of)
{
    return (struct draft_of){arena_text(arena, of->upstream), arena_text(arena, of->action),
                             arena_text(arena, of->target_kind), arena_text(arena, of->target_id)};
}

static void
write_later(void *context)
{
    struct app *app = context;
    app->draft.timer = 0;
    app_draft_write(app);
}

static void
write_after(struct app *app, int64_t delay_ms)
{
    loop_cancel(app->loop, app->draft.timer);
    app->draft.timer = loop_after(app->loop, delay_ms, write_later, app);
}

void
app_draft_note(struct app *app, const struct draft_of *of, const struct draft *fields, size_t len)
{
    struct pending_draft *draft = &app->draft;
    arena_reset(&draft->arena);
    draft->of = copied(&draft->arena, of);
    draft->len = len;
    for (size_t i = 0; i < len; i++)
        draft->fields[i] = (struct draft){.field = fields[i].field,
                                          .text = arena_text(&draft->arena, fields[i].text)};
    draft->is_pending = true;
    if (!draft->timer) /* while one types on it is written every now and then */
        write_after(app, WRITE_AFTER_MS);
}

void
app_draft_soon(struct app *app)
{
    if (app->draft.is_pending)
        write_after(app, 0);
}

void
app_draft_write(struct app *app)
{
    struct pending_draft *draft = &app->draft;
    struct error err = {0};
    loop_cancel(app->loop, draft->timer);
    draft->timer = 0;
    if (!draft->is_pending)
        return;
    draft->is_pending = false;
    if (!draft_save(reader_private(app->reader), &draft->of, draft->fields, draft->len,
                    clock_now_ms(), &err))
        app_say_failure(app, &err, "draft");
}

void
app_draft_forget(struct app *app, const struct draft_of *of)
{
    struct error err = {0};
    if (app->draft.is_pending && text_equals(app->draft.of.action, of->action) &&
        text_equals(app->draft.of.target_id, of->target_id))
        app->draft.is_pending = false;
    if (!draft_delete(reader_private(app->reader), of, &err))
        app_say_failure(app, &err, "draft");
}

/* ---- leaving ---- */

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct table *table = &mode->table;
    const int64_t drafts = *(const int64_t *)mode->state;
    (void)app;
    table_init(table, &mode->arena, cols, NULL, 0);
    table_line(table, "question");
    table_span_printf(table, ROLE_STRONG,
                      drafts == 1 ? "A draft is not sent; it is kept. Leave?"
                                  : "%lld drafts are not sent; they are kept. Leave?",
                      (long long)drafts);
}

/* argument "": there is nothing to ask when nothing waits. */
static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    struct error err = {0};
    int64_t *drafts = mode->state;
    (void)argument;
    app_draft_write(app);
    if (!draft_count(reader_private(app->reader), reader_upstream(app->reader), drafts, &err))
        app_say_failure(app, &err, "draft");
    return *drafts > 0;
}

static bool
key(struct app *app, struct mode *mode, const char *pressed)
{
    (void)mode;
    if (strcmp(pressed, "y") == 0) {
        app_stop(app, 0);
        return true;
    }
    if (strcmp(pressed, "n") == 0 || strcmp(pressed, "q") == 0) {
        mode_close(app);
        return true;
    }
    return strcmp(pressed, "Esc") != 0 && strcmp(pressed, "Ctrl-L") != 0;
}

const struct mode_ops mode_stay = {
    .title = "Leave?",
    .place = PLACE_LIST,
    .line_hints = "y leave|n stay",
    .state_size = sizeof(int64_t),
    .open = open,
    .build = build,
    .key = key,
};
