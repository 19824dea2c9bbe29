#pragma once

/* What the route table writes with: one line a write, its family's file beside it. */

#include "hub/write.h"

extern const struct write follow_up_create, follow_up_update, follow_up_delete,
    follow_up_connect;                                                 /* write_follow_ups.c */
extern const struct write action_create, action_update, action_delete; /* write_actions.c */

/* Follow-ups and actions: what may become of a state, and when it was reached. */
bool write_check_task_status(struct exchange *exchange, const char *before, const char *status);
void write_set_task_status(const char **status, int64_t *completed_at, const char *to, int64_t at);
