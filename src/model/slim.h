#pragma once

/* Alerts and incidents as other objects carry them: slim copies of what they are at the moment. */

#include "model/model.h"

/* Of an incident: its number, and the category its copy names. */
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
