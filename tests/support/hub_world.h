#pragma once

/* A small organisation for the hub's tests: what is in it is said in hub_world.c, next to its ids. */

#include "tests/support/hub_process.h"

enum { WORLD_ALERTS = 60, WORLD_INCIDENTS = 9 };

void hub_world_fill(struct hub *hub, struct arena *arena);
