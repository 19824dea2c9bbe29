#pragma once

/* What notify.c (whom to tell, by which notification) and notify_send.c (how) share. */

#include "base/hook.h"
#include "hub/notify.h"
#include "hub/webhook.h"
#include "remote/slack_post.h"

enum { NOTIFY_SENDING_MAX = 64 };

/* A delivery under way: what its answer belongs to. */
struct notify_call {
    struct notifier *notifier; /* NULL = free */
    int64_t delivery_id;
    bool of_slack;
};

struct notifier {
    struct deliveries *deliveries;
    struct arena settings_arena;
    struct notification_settings settings;
    struct hooks *hooks; /* NULL until attached, and so are they */
    struct webhooks *webhooks;
    struct slack *slack;
    struct notify_call calls[NOTIFY_SENDING_MAX];
};

/* NULL when there is none of that name. */
const struct notification *notifier_find(const struct notifier *notifier, const char *name);

bool notification_has_hook(const struct notification *notification);

#define NOTIFY_HOOK "hook"
#define NOTIFY_WEBHOOK "webhook"
#define NOTIFY_SLACK "slack_page"

void notifier_register_senders(struct notifier *notifier);
