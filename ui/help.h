#pragma once

/* `?`: every action with its keys, from the action table. */

#include "ui/table.h"

void help_build(struct arena *arena, int cols, struct table *table);
