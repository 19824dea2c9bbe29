#pragma once

/* A small cache for the console's windows and views: alerts in every state, an incident with events of every kind. */

#include "store/store.h"

/* In memory. `now_ms` is the moment the ages count from. */
struct store *sample_cache_open(int64_t now_ms);

/* Adds `count` resolved alerts, an hour apart, older than all others; ids "old/0000001" …. */
void sample_cache_fill(struct store *store, int count, int64_t now_ms);

/* Changes an alert of the sample ("fire-1" …) to resolved. */
void sample_cache_resolve(struct store *store, const char *id, int64_t now_ms);
