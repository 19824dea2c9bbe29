#include "base/str.h"
#include "demo/cast.h"

/* Whether one of the incidents planned so far is of this kind. */
static bool
tells(const struct present *present, const struct story *story)
{
    for (int i = 0; i < present->len; i++)
        if (present->openings[i].tale->story == story)
            return true;
    return false;
}

static const struct story *
story_with(struct world *world, const struct present *present, int severity,
           enum story_status status)
{
    for (;;) {
        const struct story *story = story_draw(world, severity);
        for (int i = 0; !tells(present, story) && i < STORY_UPDATES_MAX && story->updates[i].text;
             i++)
            if (story->updates[i].status == status)
                return story;
    }
}

/* In the order in which they are declared. */
static void
add(struct present *present, struct tale *tale, int64_t told_ms)
{
    int at = present->len++;
    for (; at > 0 && tale_declared_ms(present->openings[at - 1].tale) > tale_declared_ms(tale);
         at--)
        present->openings[at] = present->openings[at - 1];
    present->openings[at] = (struct opening){tale, told_ms};
}

/* An incident that reached `status` so long ago, and nothing since. */
static void
plan_open(struct world *world, struct present *present, int severity, enum story_status status,
          int64_t ago_ms)
{
    struct tale *tale = NULL;
    do {
        tale_destroy(tale);
        tale = tale_create(world, story_with(world, present, severity, status),
                           world->now_ms - 3 * HOUR_MS, END_RESOLVED);
    } while (tale->severity != severity);
    tale_shift(tale, world->now_ms - ago_ms - tale_reaches_ms(tale, status));
    add(present, tale, world->now_ms - ago_ms);
}

/* A route has just opened one; the page is out, nobody has answered. */
static void
plan_triage(struct world *world, struct present *present)
{
    const int64_t ago_ms = 200 * SECOND_MS;
    struct tale *tale = NULL;
    int64_t start_ms = world->now_ms - ago_ms;
    do {
        tale_destroy(tale);
        tale = tale_create(world, story_draw(world, 2), start_ms, END_RESOLVED);
    } while (tells(present, tale->story) || !tale->begins_in_triage || !tale->is_paged ||
             tale_acknowledged_ms(tale) <= world->now_ms);
    add(present, tale, world->now_ms);
}

void
present_plan(struct world *world, struct present *present)
{
    int64_t paused_ago_ms = 21 * HOUR_MS;
    while (!world_is_working_time(world, world->now_ms - paused_ago_ms))
        paused_ago_ms += 37 * MINUTE_MS;
    *present = (struct present){.len = 0};
    plan_open(world, present, 2, PAUSED, paused_ago_ms);
    plan_open(world, present, 1, MONITORING, 31 * MINUTE_MS);
    plan_open(world, present, 0, FIXING, 4 * MINUTE_MS);
    plan_triage(world, present);
}

void
present_tell(struct world *world, struct cast *cast, struct present *present, int64_t before_ms)
{
    for (; present->told < present->len; present->told++) {
        const struct opening *opening = &present->openings[present->told];
        struct tale *tale = opening->tale;
        if (tale_declared_ms(tale) >= before_ms)
            return;
        tale_run(world, tale, opening->told_ms);
        /* It stays there: whatever was planned before now comes after it. */
        if (tale_next_ms(tale) <= world->now_ms)
            tale_shift(tale, world->now_ms - tale_next_ms(tale) + 90 * SECOND_MS);
        tale_put(world, tale, world->now_ms);
        cast_keep(cast, tale);
    }
}

/* The run just before was worse than this one: what it broke has recovered minutes ago. */
static void
recovered_run(struct world *world)
{
    struct arena arena = {0};
    int64_t recovered_ms = world->now_ms - 6 * MINUTE_MS;
    int64_t build = world->next_build++;
    for (int i = 0; i < 5; i++) {
        struct alert alert;
        struct failure failure;
        do
            failure = failure_everyday(world, &arena, recovered_ms - HOUR_MS + i * 47 * SECOND_MS);
        while (failure.node < 0 || failure.environment ||
               pipeline_get()->nodes[failure.node].kind == NODE_SOURCE);
        failure.build = build;
        alert_make(world, &arena, &failure, &alert);
        alert.status = "resolved";
        alert.resolved_at = alert.updated_at = recovered_ms + i * 19 * SECOND_MS;
        world_put(world, KIND_ALERT, &alert, alert.updated_at);
    }
    arena_finish(&arena);
}

static void
everyday_firing(struct world *world, struct cast *cast, int wanted)
{
    static const int minutes_ago[] = {4,   9,   17,  26,  48,   71,   108,
                                      134, 200, 390, 700, 1600, 2900, 4100};
    struct arena arena = {0};
    for (int i = 0; i < 14 && cast_firing_count(cast) < wanted; i++) {
        int64_t at_ms = world->now_ms - minutes_ago[i] * MINUTE_MS +
                        prng_between(&world->prng, 0, 50) * SECOND_MS;
        struct failure failure;
        do {
            failure = failure_everyday(world, &arena, at_ms);
            /* What has been firing for days is a warning nobody hurries for, or the staging backfill. */
            if (minutes_ago[i] > 1000)
                failure.environment = i % 2 ? "staging" : failure.environment;
        } while ((minutes_ago[i] > 300 && failure.fault != FAULT_WARN) ||
                 failure.fault == FAULT_DEPLOY || !cast_fire(world, cast, &failure));
        if (failure.environment || failure.fault == FAULT_WARN || failure.fault == FAULT_QUESTION)
            continue;
        int newest = cast->firing_len - 1;
        cast_page(world, cast, newest, at_ms + 20 * SECOND_MS);
        if (minutes_ago[i] > 20)
            cast_page(world, cast, newest, at_ms + prng_between(&world->prng, 80, 700) * SECOND_MS);
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

void
present_create(struct world *world, struct cast *cast, struct present *present)
{
    present_tell(world, cast, present, INT64_MAX);
    recovered_run(world);
    everyday_firing(world, cast, 13);
}
