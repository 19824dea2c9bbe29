#pragma once

/* What the route table writes with: one line a write, its family's file beside it. */

#include "hub/write.h"

extern const struct write follow_up_create, follow_up_update, follow_up_delete,
    follow_up_connect; /* write_follow_ups.c */
extern const struct write escalation_create, escalation_cancel,
    escalation_respond_write;                                          /* write_escalations.c */
extern const struct write action_create, action_update, action_delete; /* write_actions.c */
extern const struct write incident_create, incident_edit;              /* write_incidents.c */
extern const struct write timeline_item_create, timeline_item_update;  /* write_timeline.c */
extern const struct write attachment_create, attachment_delete;        /* write_attachments.c */
extern const struct write alert_resolve_write, incident_alert_attach;  /* write_alerts.c */
extern const struct write alert_note_create, alert_note_update,
    alert_note_delete; /* write_alert_notes.c */
extern const struct write postmortem_create, postmortem_update, postmortem_attach,
    postmortem_content_update; /* write_postmortems.c */
extern const struct write maintenance_window_create, maintenance_window_update,
    maintenance_window_delete; /* write_maintenance.c */
extern const struct write schedule_create, schedule_update, schedule_delete,
    schedule_preview;                                                        /* write_schedules.c */
extern const struct write override_create, override_update, override_delete; /* write_overrides.c */
extern const struct write cover_ask, cover_offer, cover_take, cover_withdraw; /* write_cover.c */
extern const struct write sync_target_create, sync_target_update, sync_target_delete,
    sync_rule_create, sync_rule_update, sync_rule_delete; /* write_sync.c */

/* Follow-ups and actions: what may become of a state, and when it was reached. */
bool write_check_task_status(struct exchange *exchange, const char *before, const char *status);
void write_set_task_status(const char **status, int64_t *completed_at, const char *to, int64_t at);

/*
 * Overrides: that the schedule's configuration has this layer of this rotation (layer_id NULL: this rotation), and that the
 * window is one; storing one with its window taken from others of its layer. write_overrides.c
 */
bool write_check_layer(struct exchange *exchange, const struct schedule *schedule,
                       const char *rotation_id, const char *layer_id);
bool write_check_window(struct exchange *exchange, int64_t start_at, int64_t end_at);
bool write_save_override(struct exchange *exchange, struct schedule_override *override);
