#include "sync/github_due.h"

#include <string.h>

#include "base/clock.h"
#include "sync/engine.h"

/* By what a pull request and its incident are. */
#define OPEN_MS (10 * MINUTE_MS) /* of a closed incident */
#define ENDED_LIVE_MS HOUR_MS
#define ENDED_MS (6 * HOUR_MS)
#define UNREADABLE_MS HOUR_MS
#define CLOSED_SINCE_MS (14 * DAY_MS) /* closed before: asked for only when on screen */

struct github_known {
    char *link;
    bool is_live, seen;
    int64_t due_at; /* monotonic */
};

static struct github_known *
find_known(struct github_due *due, const char *link)
{
    for (size_t i = 0; i < due->len; i++)
        if (text_equals(due->known[i].link, link))
            return &due->known[i];
    return NULL;
}

static bool
take_up(struct github_due *due, struct sync *sync, const struct pull_request_attached *attached,
        struct arena *arena, struct github_known **out, struct error *err)
{
    struct pull_request stored;
    if (!pull_request_get(sync->keep.store, attached->link, arena, &stored, err))
        return false;
    due->known = memory_resize(due->known, (due->len + 1) * sizeof *due->known);
    struct github_known *known = *out = &due->known[due->len++];
    *known = (struct github_known){.link = memory_alloc(strlen(attached->link) + 1),
                                   .is_live = attached->is_live,
                                   .due_at = clock_monotonic_ms()};
    strcpy(known->link, attached->link);
    if (pull_request_has_ended(&stored))
        known->due_at += sync_scaled(sync, attached->is_live ? ENDED_LIVE_MS : ENDED_MS);
    return true;
}

static void
forget_unseen(struct github_due *due)
{
    size_t kept = 0;
    for (size_t i = 0; i < due->len; i++) {
        if (due->known[i].seen)
            due->known[kept++] = due->known[i];
        else
            memory_free(due->known[i].link);
    }
    due->len = kept;
}

bool
github_due_find(struct github_due *due, struct sync *sync, struct arena *arena,
                struct pull_request_attached **found, size_t *found_len, struct error *err)
{
    struct pull_request_attached *all;
    size_t len;
    const int64_t now_ms = clock_monotonic_ms();
    if (!pull_request_attached(sync->keep.store, sync->on_screen, clock_now_ms() - CLOSED_SINCE_MS,
                               arena, &all, &len, err))
        return false;
    *found = arena_new_array(arena, len + 1, struct pull_request_attached);
    *found_len = 0;
    for (size_t i = 0; i < due->len; i++)
        due->known[i].seen = false;
    for (size_t i = 0; i < len; i++) {
        struct github_known *known = find_known(due, all[i].link);
        if (!known && !take_up(due, sync, &all[i], arena, &known, err))
            return false;
        if (all[i].is_live && !known->is_live)
            known->due_at = now_ms;
        known->is_live = all[i].is_live;
        known->seen = true;
        if (known->due_at <= now_ms || sync->options.once)
            (*found)[(*found_len)++] = all[i];
    }
    forget_unseen(due);
    return true;
}

static void
set(struct sync *sync, struct github_known *known, int64_t span_ms)
{
    if (known)
        known->due_at = clock_monotonic_ms() +
                        (int64_t)((double)sync_scaled(sync, span_ms) * (0.9 + 0.1 * sync_jitter()));
}

void
github_due_read(struct github_due *due, struct sync *sync, const struct pull_request *pull)
{
    struct github_known *known = find_known(due, pull->link);
    const bool is_live = known && known->is_live;
    set(sync, known,
        pull_request_has_ended(pull) ? (is_live ? ENDED_LIVE_MS : ENDED_MS)
        : is_live                    ? GITHUB_LIVE_MS
                                     : OPEN_MS);
}

void
github_due_unreadable(struct github_due *due, struct sync *sync, const char *link)
{
    set(sync, find_known(due, link), UNREADABLE_MS);
}

void
github_due_elsewhere(struct github_due *due, struct sync *sync, const char *link)
{
    set(sync, find_known(due, link), ENDED_MS);
}

void
github_due_again(struct github_due *due, struct sync *sync, const char *link)
{
    set(sync, find_known(due, link), 0);
}

void
github_due_all(struct github_due *due)
{
    for (size_t i = 0; i < due->len; i++)
        if (due->known[i].is_live)
            due->known[i].due_at = 0;
}

void
github_due_finish(struct github_due *due)
{
    for (size_t i = 0; i < due->len; i++)
        memory_free(due->known[i].link);
    memory_free(due->known);
}
