#pragma once

/*
 * What the hub says to the outside: pages, hooks, webhooks, posts. Each is a row, committed with what causes it and sent
 * afterwards in the hub's loop. A row ends as done or failed; until then it is tried again, later and later with jitter,
 * for a day from when it was due. Rows of one lane go one after the other, in the order in which they were caused; a
 * destination gets as many at once and at such a pace as its kind says, and nothing at all while it asked for peace.
 *
 * Before an attempt the row is marked `sending`. Killed in between, the next life finds it so and cannot know whether it
 * arrived: the row goes out again, marked `in_doubt`. Whoever sends it then resolves the doubt: a webhook repeats with the same
 * id, by which its receiver knows a repetition; what has nothing of the kind looks whether it is there already.
 */

#include "base/loop.h"
#include "store/store.h"

struct delivery {
    int64_t id;              /* of its row; 0 before it is put */
    const char *kind;        /* a delivery_kind's name */
    const char *destination; /* whom limits are counted for: "webhook https://…", "slack C0123" */
    const char *lane;        /* "" = its destination */
    const char *key;         /* of what causes it: the same key is put once. Not "" */
    const char *about;       /* "escalation:01H…"; "" = nothing */
    const char *body;        /* a JSON object, for its sender */
    int64_t due_at;          /* not before; 0 = at once. Only for delivery_put */
    int64_t created_at;      /* filled for the sender, and so are the next two */
    int attempts;            /* this one included */
    bool in_doubt;           /* an earlier attempt may have arrived */
};

/* Inside the caller's transaction. A key that was put before is no error, and changes nothing. */
MUST_CHECK bool delivery_put(struct store *store, const struct delivery *delivery, int64_t now_ms,
                             struct error *err);

/*
 * Inside the caller's transaction: what is about it and was not sent yet never will be; what is under way is not tried again.
 */
MUST_CHECK bool delivery_drop(struct store *store, const char *about, const char *reason,
                              int64_t now_ms, struct error *err);

/* The same, but what is under way stays wanted. */
MUST_CHECK bool delivery_drop_queued(struct store *store, const char *about, const char *reason,
                                     int64_t now_ms, struct error *err);

enum delivery_outcome {
    DELIVERY_DONE,
    DELIVERY_AGAIN,   /* tried again later */
    DELIVERY_REFUSED, /* never will be taken: no use to repeat it */
};

struct delivery_answer {
    enum delivery_outcome outcome;
    const char *text;      /* what was answered, for people; cut and cleaned here */
    int64_t wait_ms;       /* AGAIN: at least so long; 0 = the usual back-off */
    bool hold_destination; /* wait_ms holds for everything to that destination */
    bool in_doubt;         /* AGAIN: it may have arrived nevertheless */
};

struct deliveries;

/* Who sends a kind. */
struct delivery_kind {
    const char *name;
    int at_once;        /* to one destination; 0 = 1 */
    int64_t spacing_ms; /* at least, between two attempts to one destination */
    /*
     * Begins to send; must not wait. The texts are valid during the call only. Every call is followed by one of
     * deliveries_answer with the delivery's id, from within it or later from the loop.
     */
    void (*send)(void *context, const struct delivery *delivery);
    void *context;
};

struct deliveries *deliveries_create(struct store *store);
void deliveries_destroy(struct deliveries *deliveries);

/* Before deliveries_attach. The struct is copied. Rows of a kind that nobody sends wait until somebody does. */
void deliveries_register(struct deliveries *deliveries, const struct delivery_kind *kind);

/* From now on rows are sent: those of an earlier life first. */
void deliveries_attach(struct deliveries *deliveries, struct loop *loop);

/* Something may have been put and committed. The hub calls it after each pass of the loop in which its store changed. */
void deliveries_look(struct deliveries *deliveries);

void deliveries_answer(struct deliveries *deliveries, int64_t id,
                       const struct delivery_answer *answer);

/* Rows under way. */
size_t deliveries_sending(const struct deliveries *deliveries);
