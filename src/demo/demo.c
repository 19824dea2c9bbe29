#include "demo/demo.h"

#include "base/log.h"
#include "demo/cast.h"
#include "demo/look_alike.h"

struct demo {
    struct world world;
    struct cast cast;
    double speed;
    int64_t last_move_ms;
    struct loop *loop;
    void (*moved)(void *context);
    void *context;
};

enum {
    INCIDENTS = 160,
    EVERYDAY_DRAWS =
        3500 /* with what fails behind them, and the incidents' own: about 4,000 alerts */
};

static void
world_create(struct world *world, struct cast *cast, int64_t time_ms)
{
    (void)time_ms; /* the world's own now */
    struct present present;
    company_create(world);
    alerts_everyday(world, EVERYDAY_DRAWS);
    present_plan(world, &present);
    history_create(world, cast, &present, INCIDENTS - PRESENT_INCIDENTS);
    present_create(world, cast, &present);
}

static bool
in_transaction(struct demo *demo, int64_t time_ms,
               void (*change)(struct world *, struct cast *, int64_t), struct error *err)
{
    struct world *world = &demo->world;
    world->failed = false;
    if (!store_begin(world->store, err))
        return false;
    change(world, &demo->cast, time_ms);
    if (world->failed) {
        store_rollback(world->store);
        if (err)
            *err = world->err;
        return false;
    }
    if (!cache_index(world->store, err) || !store_commit(world->store, err)) {
        store_rollback(world->store);
        return false;
    }
    return true;
}

bool
demo_create(struct demo **out, struct store *store, const struct demo_options *options,
            struct error *err)
{
    struct demo *demo = memory_alloc(sizeof(*demo));
    struct world *world = &demo->world;

    *out = NULL;
    world->store = store;
    world->cast = &demo->cast;
    world->seed = options->seed;
    world->prng = prng_stream(options->seed, "world");
    world->now_ms = options->now_ms / SECOND_MS * SECOND_MS;
    world->since_ms = world->now_ms - 365 * DAY_MS;
    world->next_incident_number = 253;
    world->next_pull_request = 1731;
    world->next_build = 40118;
    demo->speed = options->speed;
    demo->last_move_ms = world->now_ms;
    if (!zone_open("Europe/London", &world->london, err) ||
        !in_transaction(demo, world->now_ms, world_create, err)) {
        demo_destroy(demo);
        return error_wrap(err, "cannot make the demo's data");
    }
    *out = demo;
    return true;
}

void
demo_destroy(struct demo *demo)
{
    if (!demo)
        return;
    cast_finish(&demo->cast);
    arena_finish(&demo->world.scratch);
    arena_finish(&demo->world.arena);
    memory_free(demo);
}

const char *
demo_me_id(const struct demo *demo)
{
    return demo->world.users[INES].id;
}

const char *
demo_questions_id(const struct demo *demo)
{
    return demo->world.sources[SOURCE_QUESTIONS].id;
}

const char *
demo_source_id(const struct demo *demo)
{
    return demo->world.sources[SOURCE_DBT].id;
}

void
demo_answer(void *demo, const char *target, struct slice body, struct arena *arena, int *status,
            struct str *out)
{
    look_alike_answer(&((struct demo *)demo)->world, target, body, arena, status, out);
}

bool
demo_move(struct demo *demo, int64_t time_ms, struct error *err)
{
    time_ms = time_ms > demo->last_move_ms ? time_ms : demo->last_move_ms + 1;
    demo->last_move_ms = time_ms;
    if (!in_transaction(demo, time_ms, future_move, err))
        return error_wrap(err, "cannot move the demo on");
    return true;
}

static void on_timer(void *context);

static void
wait_for_next(struct demo *demo)
{
    int64_t delay_ms =
        (int64_t)((double)prng_between(&demo->world.prng, 10 * SECOND_MS, 20 * SECOND_MS) /
                  demo->speed);
    loop_after(demo->loop, delay_ms > 20 ? delay_ms : 20, on_timer, demo);
}

static void
on_timer(void *context)
{
    struct demo *demo = context;
    struct error err = {0};
    if (!demo_move(demo, clock_now_ms(), &err))
        log_failure(LOG_ERROR, &err, "demo");
    else if (demo->moved)
        demo->moved(demo->context);
    wait_for_next(demo);
}

void
demo_run_on(struct demo *demo, struct loop *loop, void (*moved)(void *context), void *context)
{
    if (demo->speed <= 0 || clock_is_frozen())
        return;
    demo->loop = loop;
    demo->moved = moved;
    demo->context = context;
    wait_for_next(demo);
}
