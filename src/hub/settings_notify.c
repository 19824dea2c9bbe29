#include "base/arena.h"
#include "config/hub_file.h"
#include "hub/declare.h"
#include "hub/notify.h"
#include "hub/settings.h"

void
settings_notifications(const struct hub_file *file, struct arena *arena,
                       struct notification_settings *settings)
{
    struct notification *notifications =
        arena_new_array(arena, file->notifications_len + 1, struct notification);
    struct notified_person *people =
        arena_new_array(arena, file->people_len + 1, struct notified_person);
    for (size_t i = 0; i < file->notifications_len; i++) {
        const struct hub_notification *from = &file->notifications[i];
        notifications[i] = (struct notification){
            .name = from->title,
            .hook = from->hook,
            .webhook = from->webhook,
            .secret = from->secret_file_text,
            .slack = from->slack,
            .urgency = from->urgency,
            .timeout_ms = from->timeout,
        };
    }
    *settings = (struct notification_settings){
        .notifications = notifications,
        .notifications_len = file->notifications_len,
        .people = people,
        .fallback = *file->nobody ? file->nobody : NULL,
        .url = file->url,
    };
    for (size_t i = 0; i < file->people_len; i++)
        if (*file->people[i].notify)
            people[settings->people_len++] = (struct notified_person){
                .user_id = declared_id("user", file->people[i].title, arena),
                .names = file->people[i].notify,
            };
}
