#pragma once

/* An escalation and its events: who was paged for an alert, and who answered. */

#include "demo/world.h"

enum { PAGE_EVENTS_MAX = 12 };

struct page {
    struct escalation escalation;
    struct escalation_event events[PAGE_EVENTS_MAX];
    struct escalation_alert alert;
    struct escalation_incident incident;
    bool has_incident;
};

/* Texts live in the arena, or as long as the alert's do. */
void page_open(struct world *world, struct arena *arena, struct page *page,
               const struct alert *alert, int severity, int64_t time_ms);
void page_event(struct world *world, struct arena *arena, struct page *page, const char *event,
                const struct user *user, int64_t time_ms);
/* The escalation's copies of what it belongs to, and the escalation, into the store. */
void page_put(struct world *world, struct page *page, const struct alert *alert,
              const struct incident *incident, int64_t time_ms);

/* A slim copy of an incident in a link or an escalation. */
const char *slim_category(const char *category);
int64_t incident_number(const struct incident *incident);

#define SET_ALERT_SLIM(object, p, a)                                                               \
    ((object)->p##_id = (a)->id, (object)->p##_title = (a)->title,                                 \
     (object)->p##_status = (a)->status, (object)->p##_deduplication_key = (a)->deduplication_key, \
     (object)->p##_alert_source_id = (a)->alert_source_id,                                         \
     (object)->p##_description = (a)->description, (object)->p##_source_url = (a)->source_url,     \
     (object)->p##_alert_group_ids = (a)->alert_group_ids,                                         \
     (object)->p##_created_at = (a)->created_at, (object)->p##_updated_at = (a)->updated_at,       \
     (object)->p##_resolved_at = (a)->resolved_at)
#define SET_INCIDENT_SLIM(object, p, i)                                                            \
    ((object)->p##_id = (i)->id, (object)->p##_external_id = incident_number(i),                   \
     (object)->p##_reference = (i)->reference, (object)->p##_name = (i)->name,                     \
     (object)->p##_status_category = slim_category((i)->incident_status_category),                 \
     (object)->p##_visibility = (i)->visibility, (object)->p##_summary = (i)->summary)
