#include "tests/support/sample_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/cache.h"
#include "tests/support/store_objects.h"

static void
put(struct store *store, enum kind kind, const void *object, int64_t now_ms)
{
    enum cache_change change;
    struct error err = {0};
    if (!cache_put(store, kind, object, now_ms, &change, &err))
        fail_msg("%s", err.message);
}

static struct alert *
make_alert(struct arena *arena, const char *id, const char *title, int digit, int64_t created_at,
           bool resolved)
{
    struct alert *alert = sample_object(arena, KIND_ALERT, id, created_at);
    alert->title = title;
    alert->status = resolved ? "resolved" : "firing";
    alert->alert_source_id = "source-1";
    alert->deduplication_key = arena_printf(arena, "key of %s", title);
    alert->severity_digit = digit;
    alert->feed_rank = resolved ? 9 : digit ? digit : 5;
    alert->team = "core";
    alert->environment = "prod";
    alert->updated_at = created_at;
    alert->resolved_at = resolved ? created_at + 10 * MINUTE_MS : 0;
    alert->feed_at = resolved ? alert->resolved_at : created_at;
    alert->json = arena_printf(arena, "{\"id\":\"%s\",\"description\":\"what broke\",\"s\":\"%s\"}",
                               id, alert->status);
    return alert;
}

static void
put_incident(struct store *store, struct arena *arena, int64_t now_ms)
{
    struct incident *incident =
        sample_object(arena, KIND_INCIDENT, "incident-1", now_ms - 41 * MINUTE_MS);
    incident->reference = "INC-412";
    incident->name = "Orders table wrong since 02:30";
    incident->mode = "standard";
    incident->incident_status_name = "Fixing";
    incident->incident_status_category = "live";
    incident->severity_digit = 1;
    incident->lead_name = "Ana Ruiz";
    incident->creator_user_name = "Ben Osei";
    put(store, KIND_INCIDENT, incident, now_ms);

    struct incident *minor =
        sample_object(arena, KIND_INCIDENT, "incident-2", now_ms - 5 * MINUTE_MS);
    minor->reference = "INC-413";
    minor->name = "Slow export";
    minor->mode = "standard";
    minor->incident_status_name = "Investigating";
    minor->incident_status_category = "live";
    minor->severity_digit = 3;
    put(store, KIND_INCIDENT, minor, now_ms);

    struct incident_alert *link = sample_object(arena, KIND_INCIDENT_ALERT, "link-1", 0);
    link->alert_id = "fire-1";
    link->incident_id = "incident-1";
    link->incident_reference = "INC-412";
    put(store, KIND_INCIDENT_ALERT, link, now_ms);

    static const char *const statuses[] = {"Investigating", "Fixing"};
    for (int i = 0; i < 2; i++) {
        struct incident_update *update =
            sample_object(arena, KIND_INCIDENT_UPDATE, i ? "update-2" : "update-1",
                          now_ms - (30 - 10 * i) * MINUTE_MS);
        update->incident_id = "incident-1";
        update->message = i ? "Rolled back" : "Looking";
        update->new_incident_status_name = statuses[i];
        update->updater_user_name = "Ana Ruiz";
        put(store, KIND_INCIDENT_UPDATE, update, now_ms);
    }

    struct incident_attachment *attachment =
        sample_object(arena, KIND_INCIDENT_ATTACHMENT, "attachment-1", 0);
    attachment->incident_id = "incident-1";
    attachment->resource_title = "Fix the join";
    attachment->first_seen_at = now_ms - 15 * MINUTE_MS;
    put(store, KIND_INCIDENT_ATTACHMENT, attachment, now_ms);
}

static void
put_escalation(struct store *store, struct arena *arena, int64_t now_ms)
{
    struct escalation *escalation =
        sample_object(arena, KIND_ESCALATION, "escalation-1", now_ms - 20 * MINUTE_MS);
    struct escalation_event *event = arena_new(arena, struct escalation_event);
    struct escalation_alert *alert = arena_new(arena, struct escalation_alert);
    escalation->title = "deploy-main failed";
    escalation->status = "acked";
    event->id = "event-1";
    event->occurred_at = now_ms - 18 * MINUTE_MS;
    event->event = "acked";
    event->urgency = "";
    event->users = "[{\"name\":\"Ben Osei\"}]";
    event->channels = "";
    alert->alert_id = "fire-2";
    alert->alert_title = "deploy-main failed";
    escalation->events = event;
    escalation->events_len = 1;
    escalation->related_alerts = alert;
    escalation->related_alerts_len = 1;
    put(store, KIND_ESCALATION, escalation, now_ms);
}

struct store *
sample_cache_open(int64_t now_ms)
{
    struct store *store;
    struct error err = {0};
    struct arena arena = {0};
    if (!store_open(&store, STORE_CACHE, ":memory:", STORE_WRITE, NULL, &err) ||
        !store_begin(store, &err))
        fail_msg("%s", err.message);

    struct alert_source *source = sample_object(&arena, KIND_ALERT_SOURCE, "source-1", 0);
    source->name = "dbt";
    put(store, KIND_ALERT_SOURCE, source, now_ms);
    put(store, KIND_ALERT,
        make_alert(&arena, "fire-1", "orders_daily: 3 tests failed", 1, now_ms - 4 * MINUTE_MS,
                   false),
        now_ms);
    put(store, KIND_ALERT,
        make_alert(&arena, "fire-2", "deploy-main failed", 2, now_ms - 11 * MINUTE_MS, false),
        now_ms);
    put(store, KIND_ALERT,
        make_alert(&arena, "fire-3", "stg_events 96 min late", 3, now_ms - 38 * MINUTE_MS, false),
        now_ms);
    put(store, KIND_ALERT,
        make_alert(&arena, "fire-0", "orders_daily: 3 tests failed", 1, now_ms - 3 * HOUR_MS, true),
        now_ms);
    put(store, KIND_ALERT,
        make_alert(&arena, "done-1", "nightly-export slow", 3, now_ms - 5 * HOUR_MS, true), now_ms);
    put_incident(store, &arena, now_ms);
    put_escalation(store, &arena, now_ms);

    static const char *const resources[] = {"firing_alerts", "live_incidents", "incident_update"};
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        struct freshness freshness = {.resource = resources[i],
                                      .last_complete_at = now_ms - 6 * SECOND_MS,
                                      .last_attempt_at = now_ms - 6 * SECOND_MS,
                                      .interval_ms = 20 * SECOND_MS,
                                      .error_code = "",
                                      .error_message = "",
                                      .error_request_id = "",
                                      .cursor = ""};
        if (!freshness_put(store, &freshness, &err))
            fail_msg("%s", err.message);
    }
    if (!store_commit(store, &err))
        fail_msg("%s", err.message);
    arena_finish(&arena);
    return store;
}

void
sample_cache_fill(struct store *store, int count, int64_t now_ms)
{
    struct arena arena = {0};
    struct error err = {0};
    assert_true(store_begin(store, &err));
    for (int i = 1; i <= count; i++) {
        const char *id = arena_printf(&arena, "old/%07d", i);
        put(store, KIND_ALERT, make_alert(&arena, id, id, 3, now_ms - DAY_MS - i * HOUR_MS, true),
            now_ms);
        arena_reset(&arena);
    }
    assert_true(store_commit(store, &err));
    arena_finish(&arena);
}

void
sample_cache_resolve(struct store *store, const char *id, int64_t now_ms)
{
    struct arena arena = {0};
    struct error err = {0};
    struct alert alert;
    bool found;
    assert_true(store_begin(store, &err));
    assert_true(cache_get(store, KIND_ALERT, id, &arena, &alert, &found, &err) && found);
    alert.status = "resolved";
    alert.feed_rank = 9;
    alert.resolved_at = alert.feed_at = now_ms;
    alert.json = "{\"resolved\":true}";
    put(store, KIND_ALERT, &alert, now_ms);
    assert_true(store_commit(store, &err));
    arena_finish(&arena);
}
