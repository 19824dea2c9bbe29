#include "hub/event_routes.h"

/* A route whose expressions the worker has. */
struct route_job {
    struct rule_survivor *survivor;
    struct arena *arena;
    void (*done)(void *context);
    void *context;
};

static void
on_results(void *context, const struct worker_result *results)
{
    struct route_job *job = context;
    size_t len = job->survivor->programs_len;
    struct rule_result *copies = arena_new_array(job->arena, len + 1, struct rule_result);
    for (size_t i = 0; i < len; i++)
        copies[i] = (struct rule_result){arena_text(job->arena, results[i].json),
                                         arena_text(job->arena, results[i].reason)};
    job->survivor->results = copies;
    job->done(job->context);
}

/* The alert as it will begin. */
static struct alert
alert_of(const struct alert_event *event, const struct event_attributes *attributes,
         struct arena *arena)
{
    struct alert_attribute_entry *entries =
        arena_new_array(arena, attributes->len + 1, struct alert_attribute_entry);
    struct alert alert;
    object_clear(&alert_table, &alert);
    alert.title = event->title;
    alert.description = event->description;
    alert.status = event->status;
    alert.source_url = event->source_url;
    alert.deduplication_key = event->deduplication_key;
    alert.alert_source_id = event->alert_source_id;
    alert.created_at = event->received_at;
    for (size_t i = 0; i < attributes->len; i++)
        if (attributes->is_set[i])
            entries[alert.attributes_len++] = attributes->entries[i];
    alert.attributes = entries;
    return alert;
}

bool
event_routes_find(struct event_routes *routes, struct routing *routing, struct worker *worker,
                  const struct alert_event *event, const struct event_attributes *attributes,
                  const char *source, struct arena *arena, void (*done)(void *context),
                  void *context, struct error *err)
{
    const struct alert alert = alert_of(event, attributes, arena);
    const char *document = NULL;
    *routes = (struct event_routes){0};
    if (!routing_survivors(routing, &alert, arena, &routes->survivors, &routes->survivors_len,
                           &routes->generation, err))
        return false;
    for (size_t i = 0; i < routes->survivors_len; i++) {
        struct rule_survivor *survivor = &routes->survivors[i];
        if (survivor->programs_len == 0)
            continue;
        if (!document)
            document = rules_document(&alert, source, event->metadata, event->query_params, arena);
        struct route_job *job = arena_new(arena, struct route_job);
        *job = (struct route_job){survivor, arena, done, context};
        const struct worker_job submitted = {
            .programs = rule_programs(survivor->route, arena),
            .programs_len = survivor->programs_len,
            .document = slice_of(document),
            .party = event->alert_source_id,
            .subject = event->deduplication_key,
            .done = on_results,
            .context = job,
        };
        worker_submit(worker, &submitted);
        routes->jobs++;
    }
    return true;
}
