#include "base/str.h"
#include "demo/cast.h"

enum { FIRING_LOW = 9, FIRING_HIGH = 16, LIVE_WANTED = 4, BACKLOG_WANTED = 14 };

static void
step_tale(struct world *world, struct cast *cast, int index, int64_t time_ms)
{
    struct tale *tale = cast->tales[index];
    tale_step(world, tale, time_ms);
    tale_put(world, tale, time_ms);
    if (!tale_has_next(tale))
        cast_drop(cast, index);
}

/* Somebody who works on an incident does the next thing. */
static bool
work_on(struct world *world, struct cast *cast, int64_t time_ms)
{
    int live = cast_live_count(cast);
    int pick = (int)prng_below(&world->prng, (uint32_t)live);
    for (int i = 0; i < cast->tales_len; i++) {
        if (!cast->tales[i]->is_ended && pick-- == 0) {
            step_tale(world, cast, i, time_ms);
            return true;
        }
    }
    return false;
}

/* What has waited longest after an incident: a follow-up, a document, closing it. A team always has a backlog. */
static bool
tidy_up(struct world *world, struct cast *cast, int64_t time_ms)
{
    int oldest = -1;
    if (cast->tales_len - cast_live_count(cast) <= BACKLOG_WANTED)
        return false;
    for (int i = 0; i < cast->tales_len; i++)
        if (cast->tales[i]->is_ended &&
            (oldest < 0 || tale_next_ms(cast->tales[i]) < tale_next_ms(cast->tales[oldest])))
            oldest = i;
    step_tale(world, cast, oldest, time_ms);
    return true;
}

static bool
run_fails(struct world *world, struct cast *cast, int64_t time_ms)
{
    struct arena arena = {0};
    int wanted = (int)prng_between(&world->prng, 1, 3), fired = 0;
    int64_t build = world->next_build++;
    for (int i = 0; i < 8 && fired < wanted && cast_firing_count(cast) < FIRING_HIGH; i++) {
        struct failure failure = failure_everyday(world, &arena, time_ms);
        failure.build = build;
        fired += cast_fire(world, cast, &failure);
    }
    arena_finish(&arena);
    return fired > 0;
}

static bool
run_recovers(struct world *world, struct cast *cast, int64_t time_ms)
{
    int wanted = (int)prng_between(&world->prng, 1, 3), resolved = 0;
    while (resolved < wanted && cast->firing_len > 0 && cast_firing_count(cast) > FIRING_LOW) {
        cast_resolve(world, cast, (int)prng_below(&world->prng, (uint32_t)cast->firing_len),
                     time_ms);
        resolved++;
    }
    return resolved > 0;
}

static bool
page_moves(struct world *world, struct cast *cast, int64_t time_ms)
{
    for (int i = 0; i < 4 && cast->firing_len; i++)
        if (cast_page(world, cast, (int)prng_below(&world->prng, (uint32_t)cast->firing_len),
                      time_ms))
            return true;
    return false;
}

static bool
begins(struct world *world, struct cast *cast, int64_t time_ms)
{
    int live = cast_live_count(cast);
    if (live >= LIVE_WANTED || (live == LIVE_WANTED - 1 && prng_chance(&world->prng, 0.6)))
        return false;
    enum tale_end end = prng_chance(&world->prng, 0.12) ? END_DECLINED : END_RESOLVED;
    const struct story *story = story_draw(world, end == END_RESOLVED ? -1 : 2);
    if (cast_tells(cast, story))
        return false;
    struct tale *tale = tale_create(world, story, time_ms, end);
    tale_step(world, tale, time_ms);
    tale_put(world, tale, time_ms);
    cast_keep(cast, tale);
    return true;
}

void
future_move(struct world *world, struct cast *cast, int64_t time_ms)
{
    bool moved = false;
    rota_refresh(world, time_ms);
    if (cast_live_count(cast) < 2)
        moved = begins(world, cast, time_ms);
    while (!moved && !world->failed) {
        int64_t draw = prng_between(&world->prng, 0, 99);
        moved = draw < 38   ? work_on(world, cast, time_ms)
                : draw < 54 ? tidy_up(world, cast, time_ms)
                : draw < 69 ? run_fails(world, cast, time_ms)
                : draw < 86 ? run_recovers(world, cast, time_ms)
                : draw < 92 ? page_moves(world, cast, time_ms)
                : draw < 97 ? begins(world, cast, time_ms)
                            : rota_take_cover(world, time_ms);
    }
    rota_refresh(world, time_ms);
}
