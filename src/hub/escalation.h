#pragma once

/*
 * Escalations (facts 11): who is paged, in which order, until somebody acknowledges. An escalation is an object of the API and,
 * while anything may still happen to it, a row that says what is next and when (escalation_run): a restart loses nothing,
 * and what was done is noted in the transaction that does it. The path is kept as it was when the escalation began.
 *
 * - A level pages its targets and waits for its time to acknowledge; then the next node runs. Past the last node it expires.
 * - Nobody on call, or nobody who can be reached: the next node runs at once, the fallback is told, the log too, and the
 *   escalation's history has a notification of no users.
 * - Where a target is a person on several schedules they are paged once. ack_mode "all" waits for each person paged.
 * - Conditions other than working hours and priority hold.
 * - A moment that is due after the clock was set is moved with the clock.
 */

#include "base/loop.h"
#include "hub/notify.h"
#include "model/model.h"

struct escalation_request {
    const char *title, *description;
    const char *priority;           /* "P1"; "" = "P3" */
    const char *escalation_path_id; /* this, or user_ids */
    const char *const *user_ids;
    size_t user_ids_len;
    const char *const *alert_ids; /* it is about */
    size_t alert_ids_len;
    const char *incident_id;      /* "" = none */
    const char *creator_alert_id; /* one of alert_ids, or "" */
    const char *creator_user_id;  /* "" = nobody */
    int64_t grace_ms;             /* how long it waits before it pages anybody */
    bool auto_cancel;             /* stops paging when all its alerts are resolved */
};

/*
 * Inside the caller's transaction; paging begins once that is committed. ERROR_NOT_FOUND names what there is none of (path,
 * user, incident). *id is in the arena.
 */
MUST_CHECK bool escalation_begin(struct store *store, const struct escalation_request *request,
                                 int64_t now_ms, struct arena *arena, const char **id,
                                 struct error *err);

/*
 * Whom the path would page if it began now, for those who tell it: the first level that its nodes lead to. No people: nobody
 * is on call.
 */
MUST_CHECK bool escalation_responders(struct store *store, const char *escalation_path_id,
                                      const char *priority, int64_t now_ms, struct arena *arena,
                                      const struct user_embedded **people, size_t *people_len,
                                      struct error *err);

enum escalation_response {
    ESCALATION_ACK,
    ESCALATION_CANCEL,
    ESCALATION_SNOOZE,
};

/*
 * Inside the caller's transaction. *refused is NULL, or why that cannot be done to it as it is now. user NULL: nobody in
 * particular. What is already so is no refusal.
 */
MUST_CHECK bool escalation_respond(struct store *store, const char *escalation_id,
                                   enum escalation_response response,
                                   const struct user_embedded *user, int64_t snooze_until,
                                   int64_t now_ms, struct arena *arena, const char **refused,
                                   struct error *err);

/* Inside the caller's transaction: an alert, or an incident, has come to its end. */
MUST_CHECK bool escalation_alert_resolved(struct store *store, const char *alert_id, int64_t now_ms,
                                          struct arena *arena, struct error *err);
MUST_CHECK bool escalation_incident_closed(struct store *store, const char *incident_id,
                                           int64_t now_ms, struct arena *arena, struct error *err);

/* Inside the caller's transaction: it becomes about one more incident, or alert (who joins a group). "" = none. */
MUST_CHECK bool escalation_relate(struct store *store, const char *escalation_id,
                                  const char *alert_id, const char *incident_id, int64_t now_ms,
                                  struct arena *arena, struct error *err);

/* ---- what makes them go on ---- */

struct escalations;

struct escalations *escalations_create(struct store *store, struct notifier *notifier);
void escalations_destroy(struct escalations *escalations);
void escalations_attach(struct escalations *escalations, struct loop *loop);
/* Something may be due. The hub calls it after each pass of the loop in which its store changed. */
void escalations_look(struct escalations *escalations);
