#pragma once

/* What may follow an action's name at the caret: by the words of its usage (action/argument.h). */

#include "ui/app_internal.h"
#include "ui/tab.h"

/* Bytes of the completion count in `argument`. In the arena. */
void argument_complete(struct app *app, const char *usage, const char *argument, size_t caret,
                       struct arena *arena, struct completion *completion);
