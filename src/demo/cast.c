#include "demo/cast.h"

#include "base/str.h"

void
cast_finish(struct cast *cast)
{
    while (cast->tales_len)
        cast_drop(cast, cast->tales_len - 1);
    for (int i = 0; i < cast->firing_len; i++) {
        arena_finish(&cast->firing[i]->arena);
        memory_free(cast->firing[i]);
    }
    cast->firing_len = 0;
}

void
cast_drop(struct cast *cast, int tale)
{
    tale_destroy(cast->tales[tale]);
    cast->tales_len--;
    for (int i = tale; i < cast->tales_len; i++)
        cast->tales[i] = cast->tales[i + 1];
}

void
cast_keep(struct cast *cast, struct tale *tale)
{
    if (!tale_has_next(tale)) {
        tale_destroy(tale);
        return;
    }
    /* The paperwork of the oldest is left undone rather than the cast growing without end. */
    for (int i = 0; cast->tales_len == TALES_MAX; i = (i + 1) % TALES_MAX)
        if (cast->tales[i]->is_ended)
            cast_drop(cast, i);
    cast->tales[cast->tales_len++] = tale;
}

static int
firing_in(const struct tale *tale)
{
    int count = 0;
    for (int i = 0; i < tale->alerts_len; i++)
        count += tale->has_fired[i] && text_equals(tale->alerts[i].status, "firing");
    return count;
}

int
cast_firing_count(const struct cast *cast)
{
    int count = cast->firing_len;
    for (int i = 0; i < cast->tales_len; i++)
        count += firing_in(cast->tales[i]);
    return count;
}

int
cast_live_count(const struct cast *cast)
{
    int count = 0;
    for (int i = 0; i < cast->tales_len; i++)
        count += !cast->tales[i]->is_ended;
    return count;
}

bool
cast_tells(const struct cast *cast, const struct story *story)
{
    for (int i = 0; i < cast->tales_len; i++)
        if (!cast->tales[i]->is_ended && cast->tales[i]->story == story)
            return true;
    return false;
}

bool
cast_fires(const struct cast *cast, const char *key)
{
    for (int i = 0; i < cast->firing_len; i++)
        if (text_equals(cast->firing[i]->alert.deduplication_key, key))
            return true;
    for (int i = 0; i < cast->tales_len; i++) {
        const struct tale *tale = cast->tales[i];
        for (int a = 0; a < tale->alerts_len; a++)
            if (tale->has_fired[a] && text_equals(tale->alerts[a].status, "firing") &&
                text_equals(tale->alerts[a].deduplication_key, key))
                return true;
    }
    return false;
}

bool
cast_fire(struct world *world, struct cast *cast, const struct failure *failure)
{
    if (cast->firing_len == FIRING_MAX)
        return false;
    struct firing *firing = memory_alloc(sizeof(*firing));
    alert_make(world, &firing->arena, failure, &firing->alert);
    if (cast_fires(cast, firing->alert.deduplication_key)) {
        arena_finish(&firing->arena);
        memory_free(firing);
        return false;
    }
    cast->firing[cast->firing_len++] = firing;
    world_put(world, KIND_ALERT, &firing->alert, failure->at_ms);
    return true;
}

bool
cast_page(struct world *world, struct cast *cast, int index, int64_t time_ms)
{
    struct firing *firing = cast->firing[index];
    struct page *page = &firing->page;
    const struct user *user = &world->users[world_on_call(world, time_ms)];

    if (!firing->is_paged) {
        firing->is_paged = true;
        page_open(world, &firing->arena, page, &firing->alert, 2, time_ms);
        page_event(world, &firing->arena, page, "notified_users", user, time_ms + SECOND_MS);
    } else if (text_equals(page->escalation.status, "triggered"))
        page_event(world, &firing->arena, page, "acked", user, time_ms);
    else
        return false;
    page_put(world, page, &firing->alert, NULL, time_ms);
    return true;
}

void
cast_resolve(struct world *world, struct cast *cast, int index, int64_t time_ms)
{
    struct firing *firing = cast->firing[index];
    firing->alert.status = "resolved";
    firing->alert.resolved_at = firing->alert.updated_at = time_ms;
    world_put(world, KIND_ALERT, &firing->alert, time_ms);
    if (firing->is_paged) {
        bool acked = text_equals(firing->page.escalation.status, "acked");
        page_event(world, &firing->arena, &firing->page, acked ? "resolved" : "cancelled", NULL,
                   time_ms);
        page_put(world, &firing->page, &firing->alert, NULL, time_ms);
    }
    arena_finish(&firing->arena);
    memory_free(firing);
    cast->firing_len--;
    for (int i = index; i < cast->firing_len; i++)
        cast->firing[i] = cast->firing[i + 1];
}
