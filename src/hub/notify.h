#pragma once

/*
 * How people are reached: a hook command, a signed webhook, a direct message in Slack. Each page becomes a delivery for
 * every notification that reaches one of its people, in the transaction that notes the page.
 *
 * A hook (base/hook.h) and a webhook (hub/webhook.h) get the same JSON object:
 *
 *     {"type": "escalation.triggered", "id": "page_…", "timestamp": "…", "data": {"escalation": {…}, "users": […]}}
 *
 * A hook has PATH alone in its environment; status 0 says that the page was taken, 75 (EX_TEMPFAIL) or a time-out that it
 * was not yet, any other that it never will be. A page that may have arrived when the hub was killed comes again with the
 * same id (webhook-id too) and "repeated": true.
 */

#include "base/arena.h"
#include "hub/delivery.h"

/* One section of hub.conf; any of the three ways may be set, and all that are set are used. */
struct notification {
    const char *name;
    const char *const *hook; /* argument vector, NULL-terminated; NULL or empty = none */
    const char *webhook;     /* address; "" = none */
    const char *secret;      /* "whsec_…", or any text: the key itself; "" = not signed */
    bool slack;
    const char *urgency; /* of which pages it is for: "high", "low", "any" */
    int64_t timeout_ms;  /* of one attempt; 0 = 10 s */
};

/* Whom a notification reaches. A person who is not listed, or lists none, is reached by all. */
struct notified_person {
    const char *user_id;
    const char *const *names; /* of notifications, NULL-terminated */
};

struct notification_settings {
    const struct notification *notifications;
    size_t notifications_len;
    const struct notified_person *people;
    size_t people_len;
    const char *const *fallback; /* notifications that hear when nobody is on call; NULL = all */
    const char *url;             /* of the hub, for links; "" = none */
};

struct slack;
struct notifier;

/* Registers its kinds of deliveries: before those are attached. Nothing is set up until it is configured. */
struct notifier *notifier_create(struct deliveries *deliveries);
void notifier_attach(struct notifier *notifier, struct loop *loop);
void notifier_destroy(struct notifier *notifier);

/* Copied as a whole. What is queued goes out by the new settings; to a notification that is gone, not at all. */
void notifier_configure(struct notifier *notifier, const struct notification_settings *settings);
/* NULL = there is none. Called before the former one is closed. */
void notifier_set_slack(struct notifier *notifier, struct slack *slack);

enum page_event {
    PAGE_TRIGGERED, /* somebody is to act */
    PAGE_NOBODY,    /* nobody is on call, or can be reached */
    PAGE_EXPIRED,   /* nobody acknowledged, and the path has ended */
    PAGE_ACKED,     /* the next three tell a pager to be quiet: webhooks only */
    PAGE_RESOLVED,
    PAGE_CANCELLED,
};

struct page_person {
    const char *id, *name, *email, *slack_user_id;
    const char *urgency;
};

struct page {
    enum page_event event;
    const char *key; /* of this page among all there ever are: "escalation:01H…:3" */
    const char *escalation_id;
    const char *escalation; /* the object, JSON */
    const char *title, *description;
    const struct page_person *people; /* PAGE_TRIGGERED: whom it is for */
    size_t people_len;
    const char *const *channels; /* ids of Slack channels */
    size_t channels_len;
};

/*
 * Puts the deliveries inside the caller's transaction. *reached counts people and channels for whom there is at least one;
 * where no notification is set up at all, everybody counts as reached: the console shows the page.
 */
MUST_CHECK bool notifier_page(struct notifier *notifier, struct store *store,
                              const struct page *page, int64_t now_ms, struct arena *arena,
                              size_t *reached, struct error *err);
