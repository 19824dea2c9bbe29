#pragma once

/* The profiles of the configuration, and how fresh what is stored of each is: for whoever chooses among them. */

#include "config/config.h"
#include "model/snapshot.h"

struct profile_state {
    const struct profile *profile;
    bool is_default;
    enum fresh fresh;  /* FRESH_LOADING: nothing was ever fetched */
    const char *text;  /* "live 6s", "never fetched" */
    const char *cause; /* "" = nothing is wrong */
};

/* config->profiles_len of them, in the file's order. Nothing but local files is asked. */
const struct profile_state *profiles_look(const struct config *config, int64_t now_ms,
                                          struct arena *arena);
