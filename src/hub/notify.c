#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "hub/notify_internal.h"
#include "wire/wire.h"

enum { TIMEOUT_DEFAULT_MS = 10000, SLACK_DESCRIPTION_MAX_BYTES = 600 };

/* ---- settings ---- */

static const char *const *
copy_list(struct arena *arena, const char *const *list)
{
    size_t len = 0;
    while (list && list[len])
        len++;
    const char **copy = arena_new_array(arena, len + 1, const char *);
    for (size_t i = 0; i < len; i++)
        copy[i] = arena_text(arena, list[i]);
    return copy;
}

static const struct notification *
copy_notifications(struct arena *arena, const struct notification_settings *settings)
{
    struct notification *copy =
        arena_new_array(arena, settings->notifications_len + 1, struct notification);
    for (size_t i = 0; i < settings->notifications_len; i++) {
        const struct notification *from = &settings->notifications[i];
        copy[i] = (struct notification){
            .name = arena_text(arena, from->name),
            .hook = copy_list(arena, from->hook),
            .webhook = arena_text(arena, from->webhook),
            .secret = arena_text(arena, from->secret),
            .slack = from->slack,
            .urgency = arena_text(arena, from->urgency),
            .timeout_ms = from->timeout_ms > 0 ? from->timeout_ms : TIMEOUT_DEFAULT_MS,
        };
    }
    return copy;
}

static const struct notified_person *
copy_people(struct arena *arena, const struct notification_settings *settings)
{
    struct notified_person *copy =
        arena_new_array(arena, settings->people_len + 1, struct notified_person);
    for (size_t i = 0; i < settings->people_len; i++)
        copy[i] =
            (struct notified_person){.user_id = arena_text(arena, settings->people[i].user_id),
                                     .names = copy_list(arena, settings->people[i].names)};
    return copy;
}

void
notifier_configure(struct notifier *notifier, const struct notification_settings *settings)
{
    struct arena arena = {0};
    const struct notification_settings copy = {
        .notifications = copy_notifications(&arena, settings),
        .notifications_len = settings->notifications_len,
        .people = copy_people(&arena, settings),
        .people_len = settings->people_len,
        .fallback = settings->fallback ? copy_list(&arena, settings->fallback) : NULL,
        .url = arena_text(&arena, settings->url),
    };
    arena_finish(&notifier->settings_arena);
    notifier->settings_arena = arena;
    notifier->settings = copy;
    webhooks_renew(notifier->webhooks);
}

const struct notification *
notifier_find(const struct notifier *notifier, const char *name)
{
    for (size_t i = 0; i < notifier->settings.notifications_len; i++)
        if (strcmp(notifier->settings.notifications[i].name, name) == 0)
            return &notifier->settings.notifications[i];
    return NULL;
}

bool
notification_has_hook(const struct notification *notification)
{
    return notification->hook && notification->hook[0];
}

/* ---- whom a notification reaches ---- */

static bool
list_has(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

static bool
reaches(const struct notifier *notifier, const struct notification *notification,
        const struct page_person *person)
{
    if (strcmp(notification->urgency, "any") != 0 && notification->urgency[0] &&
        strcmp(notification->urgency, person->urgency) != 0)
        return false;
    for (size_t i = 0; i < notifier->settings.people_len; i++) {
        const struct notified_person *listed = &notifier->settings.people[i];
        if (strcmp(listed->user_id, person->id) == 0)
            return !listed->names[0] || list_has(listed->names, notification->name);
    }
    return true;
}

/* For what is not about certain people. */
static bool
hears(const struct notifier *notifier, const struct notification *notification,
      const struct page *page)
{
    switch (page->event) {
    case PAGE_NOBODY:
    case PAGE_EXPIRED:
        return !notifier->settings.fallback ||
               list_has(notifier->settings.fallback, notification->name);
    case PAGE_TRIGGERED:
    case PAGE_ACKED:
    case PAGE_RESOLVED:
    case PAGE_CANCELLED:
        break;
    }
    return false;
}

/* ---- what is said ---- */

static const char *const type_names[] = {
    [PAGE_TRIGGERED] = "escalation.triggered", [PAGE_NOBODY] = "escalation.nobody_on_call",
    [PAGE_EXPIRED] = "escalation.expired",     [PAGE_ACKED] = "escalation.acked",
    [PAGE_RESOLVED] = "escalation.resolved",   [PAGE_CANCELLED] = "escalation.cancelled",
};

struct putting {
    struct notifier *notifier;
    struct store *store;
    const struct page *page;
    int64_t now_ms;
    struct arena *arena;
    bool *reached; /* of each person */
};

/* The name may hold anything; an id may not. */
static const char *
message_id(const struct putting *put, const char *kind, const char *name)
{
    return arena_printf(put->arena, "page_%s_%s_%016llx", put->page->key, kind,
                        (unsigned long long)digest_row(name, strlen(name)));
}

static void
append_member(struct str *out, const char *name, const char *text)
{
    str_printf(out, "\"%s\":", name);
    wire_append_string(out, text);
}

static void
append_people(struct str *out, const struct putting *put, const struct notification *notification)
{
    const struct page *page = put->page;
    bool first = true;
    str_append(out, "\"users\":[");
    for (size_t i = 0; i < page->people_len; i++) {
        if (!reaches(put->notifier, notification, &page->people[i]))
            continue;
        str_append(out, first ? "{" : ",{");
        append_member(out, "id", page->people[i].id);
        str_append_char(out, ',');
        append_member(out, "name", page->people[i].name);
        str_append_char(out, ',');
        append_member(out, "email", page->people[i].email);
        str_append_char(out, ',');
        append_member(out, "urgency", page->people[i].urgency);
        str_append_char(out, '}');
        first = false;
    }
    str_append_char(out, ']');
}

/* {"notification": NAME, "page": {what a hook or webhook gets}} */
static bool
put_event(const struct putting *put, const struct notification *notification, const char *kind,
          struct error *err)
{
    const char *id = message_id(put, kind, notification->name);
    char when[RFC3339_SIZE];
    struct str body;
    str_init(&body, 0);
    str_append_char(&body, '{');
    append_member(&body, "notification", notification->name);
    str_append(&body, ",\"page\":{");
    append_member(&body, "type", type_names[put->page->event]);
    str_append_char(&body, ',');
    append_member(&body, "id", id);
    str_append_char(&body, ',');
    append_member(&body, "timestamp", time_to_rfc3339(put->now_ms, when));
    str_printf(&body, ",\"data\":{\"escalation\":%s,", put->page->escalation);
    append_people(&body, put, notification);
    if (put->notifier->settings.url[0]) {
        str_append_char(&body, ',');
        append_member(&body, "hub_url", put->notifier->settings.url);
    }
    str_append(&body, "}}}");
    const struct delivery delivery = {
        .kind = kind,
        .destination = arena_printf(put->arena, "%s %s", kind, notification->name),
        .lane = arena_printf(put->arena, "%s %s %s", kind, notification->name,
                             put->page->escalation_id),
        .key = id,
        .about = arena_printf(put->arena, "escalation:%s", put->page->escalation_id),
        .body = str_text(&body),
    };
    bool ok = delivery_put(put->store, &delivery, put->now_ms, err);
    str_finish(&body);
    return ok;
}

static const char *
slack_words(const struct putting *put)
{
    static const char *const words[] = {
        [PAGE_TRIGGERED] = "You are paged",     [PAGE_NOBODY] = "Nobody is on call",
        [PAGE_EXPIRED] = "Nobody acknowledged", [PAGE_ACKED] = "Acknowledged",
        [PAGE_RESOLVED] = "Resolved",           [PAGE_CANCELLED] = "Cancelled",
    };
    const struct page *page = put->page;
    struct str text;
    str_init(&text, 0);
    str_printf(&text, "*%s: ", words[page->event]);
    slack_append_escaped(&text, page->title);
    str_append_char(&text, '*');
    if (page->description[0]) {
        str_append_char(&text, '\n');
        slack_append_escaped(
            &text, arena_text_len(put->arena, page->description,
                                  strnlen(page->description, SLACK_DESCRIPTION_MAX_BYTES)));
    }
    str_printf(&text, "\nEscalation `%s`", page->escalation_id);
    const char *copy = arena_text(put->arena, str_text(&text));
    str_finish(&text);
    return copy;
}

static bool
put_slack(const struct putting *put, const char *channel, struct error *err)
{
    const char *id = message_id(put, NOTIFY_SLACK, channel);
    struct str body;
    str_init(&body, 0);
    str_append_char(&body, '{');
    append_member(&body, "channel", channel);
    str_append_char(&body, ',');
    append_member(&body, "text", slack_words(put));
    str_append_char(&body, '}');
    const struct delivery delivery = {
        .kind = NOTIFY_SLACK,
        .destination = arena_printf(put->arena, "%s %s", NOTIFY_SLACK, channel),
        .lane = "",
        .key = id,
        .about = arena_printf(put->arena, "escalation:%s", put->page->escalation_id),
        .body = str_text(&body),
    };
    bool ok = delivery_put(put->store, &delivery, put->now_ms, err);
    str_finish(&body);
    return ok;
}

static bool
put_direct_messages(const struct putting *put, const struct notification *notification,
                    struct error *err)
{
    for (size_t i = 0; i < put->page->people_len; i++) {
        const struct page_person *person = &put->page->people[i];
        if (!person->slack_user_id[0] || !reaches(put->notifier, notification, person))
            continue;
        if (!put_slack(put, person->slack_user_id, err))
            return false;
        put->reached[i] = true;
    }
    return true;
}

/* Whether one of the page's people is reached by it, or it hears of the page as such; notes the former. */
static bool
concerns(const struct putting *put, const struct notification *notification)
{
    bool any = hears(put->notifier, notification, put->page);
    for (size_t i = 0; i < put->page->people_len; i++)
        if (reaches(put->notifier, notification, &put->page->people[i])) {
            put->reached[i] = true;
            any = true;
        }
    return any;
}

static bool
put_notification(const struct putting *put, const struct notification *notification,
                 struct error *err)
{
    bool ends = put->page->event >= PAGE_ACKED;
    bool has_hook = notification_has_hook(notification) && !ends;
    bool has_webhook = notification->webhook[0] != '\0';
    if ((has_hook || has_webhook) && (concerns(put, notification) || (ends && has_webhook)) &&
        ((has_hook && !put_event(put, notification, NOTIFY_HOOK, err)) ||
         (has_webhook && !put_event(put, notification, NOTIFY_WEBHOOK, err))))
        return false;
    return !notification->slack || !put->notifier->slack ||
           put_direct_messages(put, notification, err);
}

bool
notifier_page(struct notifier *notifier, struct store *store, const struct page *page,
              int64_t now_ms, struct arena *arena, size_t *reached, struct error *err)
{
    const struct notification_settings *settings = &notifier->settings;
    const struct putting put = {.notifier = notifier,
                                .store = store,
                                .page = page,
                                .now_ms = now_ms,
                                .arena = arena,
                                .reached = arena_new_array(arena, page->people_len + 1, bool)};
    *reached = 0;
    for (size_t i = 0; i < settings->notifications_len; i++)
        if (!put_notification(&put, &settings->notifications[i], err))
            return false;
    for (size_t i = 0; i < page->people_len; i++)
        *reached += settings->notifications_len == 0 || put.reached[i];
    for (size_t i = 0; notifier->slack && i < page->channels_len; i++) {
        if (!put_slack(&put, page->channels[i], err))
            return false;
        (*reached)++;
    }
    return true;
}

/* ---- beginning and end ---- */

struct notifier *
notifier_create(struct deliveries *deliveries)
{
    struct notifier *notifier = memory_alloc(sizeof(*notifier));
    notifier->deliveries = deliveries;
    notifier->settings.url = "";
    notifier_register_senders(notifier);
    return notifier;
}

void
notifier_attach(struct notifier *notifier, struct loop *loop)
{
    notifier->hooks = hooks_create(loop);
    notifier->webhooks = webhooks_create(loop);
}

void
notifier_destroy(struct notifier *notifier)
{
    if (!notifier)
        return;
    hooks_destroy(notifier->hooks);
    webhooks_destroy(notifier->webhooks);
    arena_finish(&notifier->settings_arena);
    memory_free(notifier);
}
