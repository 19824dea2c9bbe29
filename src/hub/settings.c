#include "hub/settings.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/declare.h"
#include "hub/declare_check.h"

/* A file and everything that it says. */
struct reading {
    struct arena arena;
    struct hub_file file;
    struct hub_mistakes mistakes;
};

struct settings {
    struct store *store;
    const char *path;
    struct arena arena;
    void (*changed)(void *context, const struct hub_file *file);
    void *context;
    struct reading *current;
    struct reading *next; /* being checked; NULL = none */
    bool again;
    struct loop *loop;
    struct worker *worker;
    uint64_t timer;
};

static void
reading_destroy(struct reading *reading)
{
    if (!reading)
        return;
    arena_finish(&reading->arena);
    memory_free(reading);
}

struct settings *
settings_create(struct store *store, const char *path,
                void (*changed)(void *context, const struct hub_file *file), void *context)
{
    struct settings *settings = memory_alloc(sizeof *settings);
    settings->store = store;
    settings->path = arena_text(&settings->arena, path);
    settings->changed = changed;
    settings->context = context;
    return settings;
}

void
settings_destroy(struct settings *settings)
{
    if (!settings)
        return;
    worker_destroy(settings->worker);
    if (settings->loop)
        loop_cancel(settings->loop, settings->timer);
    reading_destroy(settings->next);
    reading_destroy(settings->current);
    arena_finish(&settings->arena);
    memory_free(settings);
}

const struct hub_file *
settings_file(const struct settings *settings)
{
    return settings->current ? &settings->current->file : NULL;
}

static bool
adopt(struct settings *settings, struct reading *reading, struct error *err)
{
    size_t changed;
    if (!declare_file(settings->store, &reading->file, clock_now_ms(), &changed, err))
        return false;
    struct reading *former = settings->current;
    settings->current = reading;
    settings->changed(settings->context, &reading->file);
    reading_destroy(former);
    log_write(LOG_INFO, "%s: %zu objects changed", settings->path, changed);
    return true;
}

bool
settings_load(struct settings *settings, struct error *err)
{
    struct reading *reading = memory_alloc(sizeof *reading);
    if (hub_file_load(&reading->file, settings->path, false, &reading->arena, &reading->mistakes,
                      err) &&
        declared_programs_check(&reading->file, &reading->arena, &reading->mistakes, err) &&
        adopt(settings, reading, err))
        return true;
    reading_destroy(reading);
    return false;
}

/* ---- from the loop ---- */

static void begin(struct settings *settings);

/* The worker must not be taken away from within its own call, so this is a timer's. */
static void
end(void *context)
{
    struct settings *settings = context;
    struct reading *reading = settings->next;
    struct error err = {0};
    settings->timer = 0;
    settings->next = NULL;
    worker_destroy(settings->worker);
    settings->worker = NULL;
    if (!hub_mistakes_error(&reading->mistakes, &err) || !adopt(settings, reading, &err)) {
        for (size_t i = 0; i < reading->mistakes.len; i++)
            log_write(LOG_ERROR, "%s", reading->mistakes.items[i].text);
        log_failure(LOG_ERROR, &err, "the configuration is refused; the one before stays in force");
        reading_destroy(reading);
    }
    if (settings->again)
        begin(settings);
}

static void
on_checked(void *context)
{
    struct settings *settings = context;
    settings->timer = loop_after(settings->loop, 0, end, settings);
}

static void
begin(struct settings *settings)
{
    struct reading *reading = memory_alloc(sizeof *reading);
    struct error err;
    settings->again = false;
    settings->next = reading;
    if (!hub_file_load(&reading->file, settings->path, false, &reading->arena, &reading->mistakes,
                       &err)) {
        if (!reading->mistakes.len) /* it could not even be read */
            hub_mistake_add(&reading->mistakes, &reading->file, &reading->arena, 0, err.message);
        on_checked(settings);
        return;
    }
    settings->worker = worker_create(settings->loop);
    program_check_begin(&reading->file, settings_file(settings), &reading->arena,
                        &reading->mistakes, settings->worker, on_checked, settings);
}

void
settings_reload(struct settings *settings, struct loop *loop)
{
    settings->loop = loop;
    settings->again = true;
    if (!settings->next)
        begin(settings);
}
