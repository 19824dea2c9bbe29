#include "demo/page.h"

#include <string.h>

#include "base/str.h"
#include "wire/wire.h"

static const char *
user_json(struct arena *arena, const struct user *user)
{
    return arena_printf(
        arena,
        "{\"id\":\"%s\",\"name\":\"%s\",\"email\":\"%s\",\"role\":\"%s\",\"slack_user_id\":\"%s\"}",
        user->id, user->name, user->email, user->role, user->slack_user_id);
}

void
page_open(struct world *world, struct arena *arena, struct page *page, const struct alert *alert,
          int severity, int64_t time_ms)
{
    static const char *const priorities[SEVERITY_COUNT] = {"P1", "P2", "P3", "P4"};
    struct escalation *escalation = &page->escalation;
    memset(page, 0, sizeof(*page));
    object_clear(&escalation_table, escalation);
    object_clear(&escalation_alert_table, &page->alert);
    object_clear(&escalation_incident_table, &page->incident);
    escalation->id = world_id(world, arena, time_ms);
    escalation->title = alert->title;
    escalation->status = "triggered";
    escalation->priority_name = priorities[severity];
    escalation->creator_alert_id = alert->id;
    escalation->creator_alert_title = alert->title;
    escalation->escalation_path_id =
        world->paths[world_is_working_time(world, time_ms) ? PATH_RESPONDER : PATH_PLATFORM].id;
    escalation->created_at = time_ms;
    escalation->events = page->events;
    escalation->related_alerts = &page->alert;
    escalation->related_alerts_len = 1;
    page_event(world, arena, page, "triggered", NULL, time_ms);
}

void
page_event(struct world *world, struct arena *arena, struct page *page, const char *event,
           const struct user *user, int64_t time_ms)
{
    if (page->escalation.events_len == PAGE_EVENTS_MAX)
        return;
    struct escalation_event *e = &page->events[page->escalation.events_len++];
    object_clear(&escalation_event_table, e);
    e->id = world_id(world, arena, time_ms);
    e->occurred_at = time_ms;
    e->event = event;
    if (user)
        e->users = arena_printf(arena, "[%s]", user_json(arena, user));
    if (text_equals(event, "notified_users"))
        e->urgency = "high";
    if (text_equals(event, "acked") || text_equals(event, "resolved") ||
        text_equals(event, "cancelled") || text_equals(event, "expired"))
        page->escalation.status = event;
    page->escalation.updated_at = time_ms;
}

void
page_put(struct world *world, struct page *page, const struct alert *alert,
         const struct incident *incident, int64_t time_ms)
{
    SET_ALERT_SLIM(&page->alert, alert, alert);
    page->escalation.events = page->events;
    page->escalation.related_alerts = &page->alert;
    if (incident) {
        SET_INCIDENT_SLIM(&page->incident, incident, incident);
        page->escalation.related_incidents = &page->incident;
        page->escalation.related_incidents_len = 1;
    }
    world_put(world, KIND_ESCALATION, &page->escalation, time_ms);
}
