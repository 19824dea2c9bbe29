#pragma once

/* Parts of declare.c: each turns one family of the file's sections into objects. */

#include "base/str.h"
#include "config/hub_file.h"
#include "config/hub_values.h"
#include "hub/declare.h"

struct declaring {
    struct store *store;
    const struct hub_file *file;
    const char *links; /* what addresses of ours begin with */
    int64_t now_ms;
    struct arena arena;            /* of one object */
    struct arena *whole;           /* of the whole run */
    const char **seen[KIND_COUNT]; /* ids of the file, by kind */
    size_t seen_len[KIND_COUNT], seen_capacity[KIND_COUNT];
    size_t changed;
};

/* Stores an object whose id is set: its times and version are kept or moved on here. */
MUST_CHECK bool declare_put(struct declaring *declaring, enum kind kind, const char *id,
                            void *object, int line, struct error *err);

/* ["id","id"] of what the file calls so. */
const char *declare_ids(struct declaring *declaring, const char *kind, const char *const *names);

/* The text of a buffer that is finished with it, in the arena. */
const char *declare_text(struct declaring *declaring, struct str *out);

/* {"label","reference","root_reference","returns","operations":[{"operation_type":"parse"…}]} */
void declare_append_expression(struct str *out, const char *label, const char *reference,
                               const char *root, const char *type, bool array, const char *jq);

/* {"weekday","start_time","end_time"}, … of hours in the file. */
const char *declare_weekday_intervals(struct declaring *declaring, const char *const *list);

/* The user as it stands inside other objects. */
struct user_embedded;
void declare_embed_user(struct declaring *declaring, const char *name, struct user_embedded *user);

MUST_CHECK bool declare_vocabulary(struct declaring *declaring, struct error *err);
MUST_CHECK bool declare_sources(struct declaring *declaring, struct error *err);
MUST_CHECK bool declare_schedules(struct declaring *declaring, struct error *err);
MUST_CHECK bool declare_paths(struct declaring *declaring, struct error *err);
MUST_CHECK bool declare_routes(struct declaring *declaring, struct error *err);
