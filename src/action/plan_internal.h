#pragma once

/* What the makers of plans share. plan.c: rows, questions; plan_find.c: what a name means; plan_*.c: an action each. */

#include "action/argument.h"
#include "action/plan.h"
#include "base/str.h"
#include "store/cache.h"
#include "wire/wire.h"

struct maker {
    const struct plan_context *context;
    const struct action_info *action;
    const struct plan_target *targets;
    size_t targets_len;
    const char *given;    /* the whole argument */
    const char *argument; /* what of it is not read yet */
    struct arena *arena;
    struct plan *plan;
    struct plan_skip *skips;
    const struct outbox_row *declared; /* the target is not upstream yet: what waits for this row */
    struct error *err;
};

/* Each adds rows and skips for all targets of the maker. */
typedef bool plan_maker(struct maker *maker);
plan_maker plan_acknowledge, plan_finish, plan_defer, plan_assign, plan_note, plan_update,
    plan_declare, plan_attach, plan_link, plan_add, plan_escalate, plan_override, plan_cover,
    plan_reply;

/* ---- plan.c ---- */

/* Appended as it is; action, argument, target and label's quotes are filled. Returns its number, for waits_for. */
size_t plan_row(struct maker *maker, const struct plan_target *target, const char *title,
                const char *label, const struct outbox_row *row);
void plan_skip(struct maker *maker, const char *title, const char *why);
/* Columns of the target; skips it and sets *found = false when it is gone. */
bool plan_get(struct maker *maker, const struct plan_target *target, void *object, bool *found);
/* What the object will say at `path` once the user's queued writes are there; *text stays when they do not speak of it. */
bool plan_will_be(struct maker *maker, const struct plan_target *target, const char *path,
                  const char **text);
/* {"a":"b",…} of texts by twos; a value NULL leaves its pair out. */
#define plan_pairs(arena, ...)                                                                     \
    plan_pairs_of(arena, (const char *const[]){__VA_ARGS__},                                       \
                  sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
const char *plan_pairs_of(struct arena *arena, const char *const *texts, size_t len);
const char *plan_key(struct maker *maker);
const char *plan_quote(struct maker *maker, const char *text); /* as a JSON string */
/* The argument without what surrounds it; an error that names what is missing when it is empty. */
bool plan_text(struct maker *maker, const char *what, const char **text);
/* Behind words NAME=VALUE: what follows a -- is text, whatever it looks like. */
void plan_end_options(struct maker *maker);
void plan_typed(struct maker *maker, const char *typed);

/* ---- plan_find.c: ERROR_USAGE with what there is when there is no such ---- */

struct plan_named {
    const char *id, *name, *detail;
};
/* An e-mail address, a name or its beginning; "", me and @me: the profile's me. */
bool plan_person(struct maker *maker, const char *text, struct plan_named *person);
/* A name or its beginning, or a digit from the top: 1 = most severe. *top: it is the most severe. */
bool plan_severity(struct maker *maker, const char *text, struct plan_named *severity, bool *top);
/* A name or its beginning, or a category. */
bool plan_status(struct maker *maker, const char *text, struct plan_named *status);
bool plan_path(struct maker *maker, const char *text, struct plan_named *path);

/* ---- one target of an action that takes several kinds ---- */

bool plan_resolve(struct maker *maker, const struct plan_target *target);
bool plan_alert_note(struct maker *maker, const struct plan_target *target, const char *text);
bool plan_complete(struct maker *maker, const struct plan_target *target);
bool plan_assign_follow_up(struct maker *maker, const struct plan_target *target,
                           const struct plan_named *person);
