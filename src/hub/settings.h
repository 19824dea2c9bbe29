#pragma once

/*
 * hub.conf while the hub runs: read at the start, and again when somebody asks for it. A file with mistakes is refused as a
 * whole, and what runs goes on. Expressions are tried in the helper process, without holding up the loop.
 */

#include "base/loop.h"
#include "config/hub_file.h"
#include "store/store.h"

struct settings;
struct notification_settings;

/* path: the file. `changed` is called whenever a new one has become valid and its objects are stored. */
struct settings *settings_create(struct store *store, const char *path,
                                 void (*changed)(void *context, const struct hub_file *file),
                                 void *context);
void settings_destroy(struct settings *settings);

/* At the start: waits; `changed` is called before it returns. */
MUST_CHECK bool settings_load(struct settings *settings, struct error *err);

/* From the loop: how it ended is logged. One that is asked for meanwhile follows. */
void settings_reload(struct settings *settings, struct loop *loop);

/* The one in force. Valid until `changed` is called again. */
const struct hub_file *settings_file(const struct settings *settings);

/* What the file says of notifications and people, for the notifier. In the arena. */
void settings_notifications(const struct hub_file *file, struct arena *arena,
                            struct notification_settings *settings);
