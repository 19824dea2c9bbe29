#pragma once

/*
 * Senders that speak in their own shape: a source's transform, jq from their payload to our event or to an array of events
 * (Alertmanager and Grafana put several alerts into one), run by the worker. config/transforms.h has ready ones.
 */

#include "expr/worker.h"
#include "hub/alert_event.h"
#include "hub/source_rules.h"

enum { TRANSFORM_RESULT_MAX_BYTES = 2 * 1024 * 1024, TRANSFORM_EVENTS_MAX = 1000 };

/*
 * The events that the payload of `row` holds. A transform that fails or gives no events leaves nothing unsaid: the result
 * is then one event that says so, and *problem why. None and no problem: the transform wants nothing made of it.
 */
void transform_read(const struct source_rules *rules, const struct alert_event *row,
                    const struct worker_result *result, struct arena *arena,
                    const struct alert_event **events, size_t *events_len, const char **problem);

/* The text at the dotted path of a payload that is JSON; "" when there is none. */
const char *transform_key(const char *payload, const char *path, struct arena *arena);
