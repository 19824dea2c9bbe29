#pragma once

/* An escalation and its events: who was paged for an alert, and who answered. */

#include "demo/world.h"
#include "model/slim.h"

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
