#pragma once

/*
 * What an action that writes does: a plan, made from the store's objects, of the requests that go into the outbox. Nothing is
 * sent and nothing is stored here. Used by keys, palette and `tocsin do`.
 */

#include "action/action.h"
#include "base/zone.h"
#include "model/derive.h"
#include "model/model.h"
#include "store/outbox.h"

struct plan_context {
    struct store *cache;
    struct store
        *private_db; /* the outbox: what is on its way counts as there; NULL = nothing is */
    const char *upstream;
    const char *me; /* the profile's: e-mail address; "" = unset */
    bool has_slack; /* the profile has a token for it */
    const struct derivation *derivation;
    const struct zone *zone; /* that times are typed in */
    int64_t now_ms;
};

struct plan_target {
    enum kind kind;
    const char *id;
};

/* A target that nothing is sent for. */
struct plan_skip {
    const char *title, *why;
};

/* Somebody is on call. */
struct plan_shift {
    const char *person;
    int64_t start_at, end_at;
};

struct plan {
    struct outbox_row *rows; /* for outbox_append */
    size_t len;
    const struct plan_skip *skipped;
    size_t skipped_len;
    enum action_class class; /* of this case: the action's, or CLASS_TYPED */
    const char *question;    /* Resolve alert "orders_daily: 3 tests failed"? */
    const char *typed; /* CLASS_TYPED: what has to be typed: a reference, a name, or the count */
    /* Of the first override: whose shifts it touches, and whose they are with it. */
    const struct plan_shift *before, *after;
    size_t before_len, after_len;
};

enum { PLAN_TARGETS_ASKED = 10, PLAN_UNDO_MS = 5000 }; /* more targets than that must be typed */

/* The bit of enum action_kinds that a kind of the store stands for; 0 = none. */
unsigned plan_kinds_of(enum kind kind);

/*
 * argument: as it would follow the action's name in the palette. Everything is in the arena. False: what was asked makes no
 * sense (ERROR_USAGE), or the store failed. A plan may be empty: then all were skipped, and why is said.
 */
MUST_CHECK bool plan_make(enum action_id action, const struct plan_context *context,
                          const struct plan_target *targets, size_t targets_len,
                          const char *argument, struct arena *arena, struct plan *plan,
                          struct error *err);
