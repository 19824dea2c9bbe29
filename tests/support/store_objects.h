#pragma once

/* Objects to put into a store, and a directory to put the store in. */

#include "base/arena.h"
#include "model/model.h"

/* A directory of its own under $TMPDIR; removed, with what is in it, by temporary_directory_remove. */
const char *temporary_directory(struct arena *arena);
void temporary_directory_remove(const char *path);

/* A struct of any kind with every text member "", the given id, its sort member `time_ms` and a small json. */
void *sample_object(struct arena *arena, enum kind kind, const char *id, int64_t time_ms);

/* The nth alert of a stream, about 1.6 KB of json with six attributes; even ones fire. */
struct alert *sample_alert(struct arena *arena, int n);
/* Sets json anew after members were changed. */
void sample_alert_encode(struct arena *arena, struct alert *alert);
