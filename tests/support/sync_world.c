#include "tests/support/sync_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "tests/support/store_objects.h"

static void
on_request(void *context, const char *target, const char *head, struct arena *arena,
           struct scripted_answer *answer)
{
    struct sync_world *world = context;
    (void)head;
    (void)arena;
    *answer = (struct scripted_answer){.how = SCRIPTED_FORWARD};
    size_t len = strlen(world->path);
    if (!len || strncmp(target, world->path, len) != 0 || (target[len] && target[len] != '?') ||
        (world->with && !strstr(target, world->with)))
        return;
    world->served++;
    world->last_target = arena_text(&world->arena, target);
    if (!world->faults_left)
        return;
    world->faults_left -= world->faults_left > 0;
    world->faults_served++;
    *answer = world->fault;
}

/* Lists leave out incidents of test and tutorial mode unless asked for them; so does sync. */
static void
remove_exercises(struct sync_world *world)
{
    static const char *const ids[][3] = {{"I7", "UP7", "F7"}, {"I8", "UP8", "F8"}};
    for (int i = 0; i < 2; i++) {
        sync_world_delete(world, KIND_INCIDENT, ids[i][0]);
        sync_world_delete(world, KIND_INCIDENT_UPDATE, ids[i][1]);
        sync_world_delete(world, KIND_FOLLOW_UP, ids[i][2]);
    }
}

static void
must(bool ok, const struct error *err)
{
    if (!ok)
        fail_msg("%s", err->message);
}

int
sync_world_open(void **state)
{
    static const char *const roles[] = {"viewer", "global_access", "catalog_viewer",
                                        "schedules_reader", NULL};
    static struct sync_world worlds[1];
    static const char *const none[] = {NULL};
    struct sync_world *world = &worlds[0];
    struct error err = {0};
    *world = (struct sync_world){.path = ""};
    *state = world;
    world->directory = temporary_directory(&world->arena);
    const struct hub_options options = {.database = ":memory:",
                                        .listen = "127.0.0.1:0",
                                        .limits = {.per_key = 1000000, .incidents = 1000000}};
    must(log_open(NULL, LOG_ERROR, &err) && loop_create(&world->loop, &err), &err);
    must(hub_open(&world->hub, &options, &err), &err);
    hub_attach(world->hub, world->loop);
    must(store_begin(hub_store(world->hub), &err), &err);
    hub_world_fill(world->hub, &world->arena);
    must(store_commit(hub_store(world->hub), &err), &err);
    remove_exercises(world);
    char id[HUB_KEY_ID_SIZE];
    must(hub_key_add(hub_store(world->hub), "test", roles, "", clock_now_ms(), id, world->token,
                     &err),
         &err);
    world->server = scripted_server_open(world->loop, on_request, world);
    scripted_server_forward_to(world->server, hub_port(world->hub));
    must(store_open(&world->cache, STORE_CACHE,
                    arena_printf(&world->arena, "%s/cache.db", world->directory), STORE_WRITE, NULL,
                    &err),
         &err);
    world->profile = (struct profile){.name = "test",
                                      .url = scripted_server_url(world->server),
                                      .github_url = "",
                                      .github_repository = "",
                                      .commit_attribute = "Commit",
                                      .path_attribute = "Path",
                                      .circleci_url = "",
                                      .circleci_project = "",
                                      .circleci_branch = "main",
                                      .circleci_workflow = "",
                                      .slack_url = "",
                                      .slack_history_rate = 50,
                                      .ca_file = "",
                                      .proxy = "",
                                      .interval = 0.01,
                                      .budget = 1,
                                      .history_ms = 4000 * DAY_MS,
                                      .versions_ms = 90 * DAY_MS,
                                      .schedules = none,
                                      .derivation = derivation_default};
    return 0;
}

int
sync_world_close(void **state)
{
    struct sync_world *world = *state;
    sync_destroy(world->sync);
    scripted_server_close(world->server);
    hub_close(world->hub);
    store_close(world->cache);
    loop_destroy(world->loop);
    temporary_directory_remove(world->directory);
    arena_finish(&world->arena);
    return 0;
}

static void
on_end(void *context)
{
    struct sync_world *world = context;
    loop_stop(world->loop);
}

static void
start(struct sync_world *world, bool once)
{
    struct error err = {0};
    const struct sync_options options = {.profile = &world->profile,
                                         .token = world->token,
                                         .github_token = world->github_token,
                                         .circleci_token = world->circleci_token,
                                         .slack_token = world->slack_token,
                                         .cache = world->cache,
                                         .once = once,
                                         .backoff_ms = 2,
                                         .timeout_ms =
                                             world->timeout_ms ? world->timeout_ms : MINUTE_MS,
                                         .on_end = on_end,
                                         .context = world};
    sync_destroy(world->sync);
    must(sync_create(&world->sync, world->loop, &options, &err), &err);
}

void
sync_world_pass(struct sync_world *world, struct sync_outcome *outcome)
{
    struct error err = {0};
    start(world, true);
    must(loop_run(world->loop, &err), &err);
    must(sync_finish(world->sync, &err), &err);
    sync_outcome(world->sync, outcome);
}

void
sync_world_assert_complete(const struct sync_outcome *outcome)
{
    if (outcome->fatal.code != ERROR_NONE)
        fail_msg("%s", outcome->fatal.message);
    if (outcome->failures_len)
        fail_msg("%s: %s", outcome->failures[0].resource, outcome->failures[0].error.message);
}

void
sync_world_poll(struct sync_world *world)
{
    start(world, false);
}

struct waiting {
    struct sync_world *world;
    bool (*is_reached)(struct sync_world *world);
    bool reached;
    int64_t until_ms;
};

static void
look(void *context)
{
    struct waiting *waiting = context;
    waiting->reached = waiting->is_reached && waiting->is_reached(waiting->world);
    if (waiting->reached || clock_monotonic_ms() >= waiting->until_ms)
        loop_stop(waiting->world->loop);
    else
        (void)loop_after(waiting->world->loop, 5, look, waiting);
}

static bool
run(struct sync_world *world, bool (*is_reached)(struct sync_world *world), int64_t span_ms)
{
    struct error err = {0};
    struct waiting waiting = {world, is_reached, false, clock_monotonic_ms() + span_ms};
    (void)loop_after(world->loop, 0, look, &waiting);
    must(loop_run(world->loop, &err), &err);
    return waiting.reached;
}

void
sync_world_run_until(struct sync_world *world, bool (*is_reached)(struct sync_world *world))
{
    if (!run(world, is_reached, MINUTE_MS))
        fail_msg("not reached in a minute");
}

void
sync_world_run_for(struct sync_world *world, int64_t span_ms)
{
    (void)run(world, NULL, span_ms);
}

void
sync_world_stop(struct sync_world *world)
{
    struct error err = {0};
    must(sync_finish(world->sync, &err), &err);
    sync_destroy(world->sync);
    world->sync = NULL;
}

void
sync_world_kill(struct sync_world *world)
{
    sync_destroy(world->sync);
    world->sync = NULL;
}

void
sync_world_put(struct sync_world *world, enum kind kind, const char *json)
{
    struct error err = {0};
    must(store_begin(hub_store(world->hub), &err), &err);
    hub_put(world->hub, kind, json, &world->arena);
    must(store_commit(hub_store(world->hub), &err), &err);
}

void
sync_world_delete(struct sync_world *world, enum kind kind, const char *id)
{
    struct error err = {0};
    struct store *store = hub_store(world->hub);
    must(store_begin(store, &err) && cache_delete(store, kind, id, clock_now_ms(), &err) &&
             store_commit(store, &err),
         &err);
}

int64_t
sync_world_count(struct sync_world *world, enum kind kind)
{
    struct error err = {0};
    int64_t count;
    must(cache_count(world->cache, kind, &count, &err), &err);
    return count;
}

/* ---- equal, object for object ---- */

static bool
append_line(void *context, const char *json)
{
    struct str *out = context;
    str_append(out, json);
    str_append_char(out, '\n');
    return true;
}

static void
list(struct store *store, enum kind kind, struct str *out)
{
    const struct cache_query all = {0};
    struct error err = {0};
    str_init(out, 0);
    must(cache_list(store, kind, &all, append_line, out, &err), &err);
}

/*
 * The hub computes shifts, and on the way out leaves out sources' secrets and adds schedules' shifts, paths' responders and
 * the schedules that feed a sync target.
 */
static bool
is_stored_as_answered(enum kind kind)
{
    return kind != KIND_SCHEDULE_ENTRY && kind != KIND_SCHEDULE && kind != KIND_ESCALATION_PATH &&
           kind != KIND_SCHEDULE_SYNC_TARGET && kind != KIND_SCHEDULE_SYNC_RULE &&
           kind != KIND_ALERT_SOURCE;
}

static const char *
difference(struct sync_world *world, char *text, size_t text_size)
{
    const char *differs = NULL;
    for (int kind = 0; kind < KIND_COUNT && !differs; kind++) {
        struct str there, here;
        if (!is_stored_as_answered((enum kind)kind))
            continue;
        list(hub_store(world->hub), (enum kind)kind, &there);
        list(world->cache, (enum kind)kind, &here);
        const char *one = str_text(&there), *other = str_text(&here);
        while (*one && *one == *other)
            one++, other++;
        if (*one || *other) {
            differs = kind_info((enum kind)kind)->list;
            (void)snprintf(text, text_size, "there: ...%.600s\nhere:  ...%.600s", one, other);
        }
        str_finish(&there);
        str_finish(&here);
    }
    return differs;
}

const char *
sync_world_difference(struct sync_world *world)
{
    char text[1600];
    return difference(world, text, sizeof text);
}

void
sync_world_assert_equal(struct sync_world *world)
{
    char text[1600];
    const char *kind = difference(world, text, sizeof text);
    if (kind)
        fail_msg("%s differ\n%s", kind, text);
}
