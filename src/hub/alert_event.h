#pragma once

/*
 * What a sender of alerts says (facts 5.1), and what becomes of it: an alert that begins, goes on or ends. De-duplication
 * is by source and key, among firing alerts only.
 */

#include "base/arena.h"
#include "base/error.h"
#include "model/alert_event_fields.h"
#include "store/store.h"

struct alert_event {
    ALERT_EVENT_FIELDS(FIELD_DECLARE)
    int64_t id; /* of its row; the order in which it came */
    const char *alert_source_id;
    const char *query_params; /* a JSON object */
    const char *payload; /* as it was sent, to be transformed first; "" = nothing to transform */
    int64_t received_at;
};
extern const struct field_table alert_event_table;

enum { ALERT_EVENT_TITLE_MAX_BYTES = 2000, ALERT_EVENT_TEXT_MAX_BYTES = 200 * 1024 };

/* Why the body makes no sense as an event, and which field of it; NULL when it does. In the arena. */
const char *alert_event_complaint(const struct alert_event *event, const char **field);

/* Keeps it, inside the caller's transaction. */
MUST_CHECK bool alert_event_put(struct store *store, const struct alert_event *event,
                                struct error *err);

struct event_attributes;

/*
 * Makes of the event what it says, inside the caller's transaction; a firing one's attributes go into its alert. *alert_id is the alert it was about, "" = none: one
 * that ends and did not fire.
 */
MUST_CHECK bool alert_event_apply(struct store *store, const struct alert_event *event,
                                  struct event_attributes *attributes, int64_t now_ms,
                                  struct arena *arena, const char **alert_id, struct error *err);

/* Ends a firing alert, and says so in the copies that links and escalations carry. */
MUST_CHECK bool alert_resolve(struct store *store, const char *alert_id, int64_t now_ms,
                              struct arena *arena, struct error *err);
