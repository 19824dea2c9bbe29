#include "ui/profiles.h"

#include "store/local.h"
#include "store/window.h"

static bool
open_cache(const struct profile *profile, struct arena *arena, struct store **cache)
{
    struct store *private_db = NULL;
    struct paths paths;
    struct error err;
    const char *dir = "";
    bool found = profile_paths(profile, arena, &paths, &err) &&
                 store_open(&private_db, STORE_PRIVATE, paths.private_db, STORE_READ, NULL, &err) &&
                 cache_location_get(private_db, profile->url, arena, &dir, &err);
    store_close(private_db);
    *cache = NULL;
    return found && *dir &&
           store_open(cache, STORE_CACHE, arena_printf(arena, "%s/cache.db", dir), STORE_READ, NULL,
                      &err);
}

static void
look(struct profile_state *state, int64_t now_ms, struct arena *arena)
{
    struct snapshot snap = {0};
    struct store *cache;
    struct error err;
    char text[FRESH_SIZE];
    state->fresh = FRESH_LOADING;
    state->text = "never fetched";
    state->cause = "";
    if (!open_cache(state->profile, arena, &cache))
        return; /* what is wrong with it, its console says */
    if (window_sources(cache, arena, &snap.sources, &snap.sources_len, &err)) {
        struct freshness_summary fresh = snapshot_freshness(&snap, NULL, now_ms);
        state->fresh = fresh.state;
        if (fresh.state != FRESH_LOADING)
            state->text = arena_text(arena, fresh_text(&fresh, now_ms, text));
        state->cause = fresh_cause(&fresh, now_ms, arena);
    }
    store_close(cache);
}

const struct profile_state *
profiles_look(const struct config *config, int64_t now_ms, struct arena *arena)
{
    struct profile_state *states =
        arena_new_array(arena, config->profiles_len, struct profile_state);
    for (size_t i = 0; i < config->profiles_len; i++) {
        states[i].profile = &config->profiles[i];
        states[i].is_default = text_equals(config->default_profile, config->profiles[i].name);
        look(&states[i], now_ms, arena);
    }
    return states;
}
