/* What may be done to an alert over the API: end it, and attach it to an incident (facts 5.3, 13). */

#include <string.h>

#include "hub/alert_event.h"
#include "hub/incident.h"
#include "hub/writes.h"

#define R FIELD_REQUIRED
#define ATTACH(X)                                                                                  \
    X(TEXT, incident_id, "incident_id", R, _)                                                      \
    X(TEXT, alert_id, "alert_id", R, _)
struct attach_sent {
    ATTACH(FIELD_DECLARE)
};
#define FIELD_OWNER struct attach_sent
static const struct field attach_rows[] = {ATTACH(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(attach, attach_sent);

static bool
run_resolve(struct exchange *exchange, const void *body)
{
    struct alert alert, before;
    struct error err;

    (void)body; /* it has none */
    if (!write_load(exchange, KIND_ALERT, exchange->id, &before))
        return false;
    if (!alert_resolve(exchange->store, exchange->id, exchange->now_ms, exchange->arena, &err))
        return answer_failure(exchange, &err);
    if (!write_load_named(exchange, KIND_ALERT, exchange->id, "", &alert))
        return false;
    if (strcmp(before.json, alert.json) != 0 &&
        !write_audit(exchange, KIND_ALERT, alert.id, before.json, alert.json))
        return false;
    write_answer(exchange, KIND_ALERT, &alert);
    return true;
}
const struct write alert_resolve_write = {.scope = "alerts.resolve", .run = run_resolve};

static bool
run_attach(struct exchange *exchange, const void *body)
{
    const struct attach_sent *sent = body;
    struct incident incident;
    struct alert alert;
    struct incident_alert link;
    struct error err;
    const char *id;
    bool found;
    int64_t changes = store_total_changes(exchange->store);

    if (!write_load_named(exchange, KIND_INCIDENT, sent->incident_id, "incident_id", &incident) ||
        !write_load_named(exchange, KIND_ALERT, sent->alert_id, "alert_id", &alert))
        return false;
    if (strcmp(incident.incident_status_category, "merged") == 0)
        return answer_error(exchange, 409, "incident_locked", "incident_id",
                            "%s was merged into another incident", incident.reference);
    if (!incident_attach_alert(exchange->store, &incident, &alert, "", exchange->now_ms,
                               exchange->arena, &id, &err) ||
        !object_load(exchange->store, KIND_INCIDENT_ALERT, id, exchange->arena, &link, &found,
                     &err))
        return answer_failure(exchange, &err);
    if (store_total_changes(exchange->store) != changes && /* it was not attached before */
        !write_audit(exchange, KIND_INCIDENT_ALERT, id, "", link.json))
        return false;
    write_answer(exchange, KIND_INCIDENT_ALERT, &link);
    return true;
}
const struct write incident_alert_attach = {
    .scope = "alerts.edit", .body = &attach_table, .run = run_attach, .status = 201};
