/* What each step of a tale does to its incident. */

#include <string.h>

#include "base/str.h"
#include "demo/cast.h"
#include "hub/incident.h"
#include "wire/wire.h"

static const char *
say(struct world *world, struct tale *tale, const char *text)
{
    return phrase_render(&tale->arena, &world->prng, &tale->facts, text);
}

/* ---- alerts ---- */

static int
node_of_alert(struct world *world, const struct tale *tale, const char *where, enum fault fault)
{
    const struct pipeline *pipeline = pipeline_get();
    int downstream[PIPELINE_MAX], fit[PIPELINE_MAX];
    int node = tale->node, fit_len = 0;

    if (text_equals(where, "@up")) {
        while (pipeline->nodes[node].kind != NODE_SOURCE && pipeline->parents[node][0] >= 0)
            node = pipeline->parents[node][0];
        return node;
    }
    if (text_equals(where, "@down")) {
        int len = pipeline_downstream(pipeline, node, downstream);
        for (int i = 0; i < len; i++)
            if (pipeline->nodes[downstream[i]].kind != NODE_EXPOSURE)
                fit[fit_len++] = downstream[i];
        return fit_len ? fit[prng_below(&world->prng, (uint32_t)fit_len)] : node;
    }
    if (text_equals(where, "@"))
        return node;
    return fault == FAULT_DEPLOY || fault == FAULT_QUESTION || fault == FAULT_SILENCE
               ? -1
               : pipeline_find(pipeline, where);
}

static void
fire(struct world *world, struct tale *tale, int index, int64_t time_ms)
{
    static const char *const words[SEVERITY_COUNT] = {"critical", "major", "minor", "low"};
    enum fault fault = tale->story->alerts[index].fault;
    const char *detail = tale->story->alerts[index].detail;
    struct failure failure = {
        .fault = fault,
        .node = node_of_alert(world, tale, tale->story->alerts[index].where, fault),
        .rows = index == 0 ? tale->rows : (int)prng_between(&world->prng, 1, 3 * tale->rows),
        .minutes = index == 0 ? tale->minutes : (int)prng_between(&world->prng, 66, 170),
        .severity = index == 0 ? words[tale->severity] : NULL,
        .at_ms = time_ms,
    };
    if (fault == FAULT_TEST || fault == FAULT_WARN)
        failure.test = detail;
    else
        failure.text = detail ? say(world, tale, detail) : "";
    struct alert *alert = &tale->alerts[index];
    alert_make(world, &tale->arena, &failure, alert);
    /* A key fires once at a time. The first alert is what the incident is about: it gets a key of its own then. */
    if (cast_fires(world->cast, alert->deduplication_key)) {
        if (index > 0)
            return;
        alert->deduplication_key =
            arena_printf(&tale->arena, "%s.%s", alert->deduplication_key, alert->id);
    }
    for (int i = 0; i < tale->alerts_len; i++)
        if (i != index && tale->has_fired[i] &&
            text_equals(tale->alerts[i].deduplication_key, alert->deduplication_key))
            return;
    tale->has_fired[index] = true;
}

static void
link_alerts(struct world *world, struct tale *tale, int64_t time_ms)
{
    for (int i = 0; i < tale->alerts_len; i++) {
        if (!tale->has_fired[i] || tale->links[i].id)
            continue;
        object_clear(&incident_alert_table, &tale->links[i]);
        tale->links[i].id = world_id(world, &tale->arena, time_ms);
        tale->links[i].alert_route_id =
            world
                ->routes[tale->story->alerts[i].fault == FAULT_DEPLOY     ? ROUTE_CI
                         : tale->story->alerts[i].fault == FAULT_QUESTION ? ROUTE_QUESTIONS
                                                                          : ROUTE_PIPELINE]
                .id;
    }
}

static void
resolve_alert(struct tale *tale, int index, int64_t time_ms)
{
    struct alert *alert = &tale->alerts[index];
    if (!tale->has_fired[index] || text_equals(alert->status, "resolved"))
        return;
    alert->status = "resolved";
    alert->resolved_at = alert->updated_at = time_ms;
}

static void
add_note(struct world *world, struct tale *tale, int64_t time_ms)
{
    struct alert_note note;
    if (!tale->has_fired[0])
        return;
    object_clear(&alert_note_table, &note);
    note.id = world_id(world, &tale->arena, time_ms);
    note.alert_id = tale->alerts[0].id;
    note.content = arena_printf(&tale->arena, "Part of %s: %s.", tale->incident.reference,
                                say(world, tale, tale->story->cause));
    note.created_at = note.updated_at = time_ms;
    SET_USER(&note, creator_user, &world->users[tale->lead]);
    world_put(world, KIND_ALERT_NOTE, &note, time_ms);
}

/* ---- the incident ---- */

static void
touch(struct tale *tale, int64_t time_ms)
{
    tale->incident.updated_at = time_ms;
}

static void
stamp(struct tale *tale, enum timestamp_name name, int64_t time_ms)
{
    if (!tale->timestamps[name].value)
        tale->timestamps[name].value = time_ms;
}

static void
assign(struct world *world, struct tale *tale, enum role_name role, enum person person)
{
    SET_USER(&tale->roles[role], assignee, &world->users[person]);
}

static const char *
channel_name(struct tale *tale)
{
    char name[64];
    size_t len = 0;
    const char *node = pipeline_get()->nodes[tale->node].name;
    for (const char *at = node; *at && len < sizeof(name) - 1; at++)
        name[len++] = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') ? *at : '-';
    name[len] = '\0';
    return arena_printf(&tale->arena, "inc-%lld-%s", (long long)incident_number(&tale->incident),
                        name);
}

/* Alerts' routes make incidents too. */
static int64_t
next_number(struct world *world)
{
    int64_t free_number;
    if (incident_next_number(world->store, &free_number, &world->err) &&
        free_number > world->next_incident_number)
        world->next_incident_number = free_number;
    return world->next_incident_number++;
}

static void
declare(struct world *world, struct tale *tale, int64_t time_ms)
{
    struct incident *incident = &tale->incident;
    struct arena *arena = &tale->arena;

    object_clear(&incident_table, incident);
    incident->id = world_id(world, arena, time_ms);
    incident->reference = arena_printf(arena, "INC-%lld", (long long)next_number(world));
    incident->name = say(world, tale, tale->story->name);
    incident->summary = say(world, tale, tale->story->summary);
    incident->mode = "standard";
    incident->visibility = "public";
    incident->created_at = time_ms;
    const struct incident_status *status =
        &world->statuses[tale->begins_in_triage ? STATUS_TRIAGE : STATUS_INVESTIGATING];
    const struct severity *severity = &world->severities[tale->severity];
    const struct incident_type *type = &world->types[tale->story->type];
    SET_STATUS(incident, incident_status, status);
    SET_SEVERITY(incident, severity, severity);
    incident->incident_type_id = type->id;
    incident->incident_type_name = type->name;
    incident->incident_type_is_default = type->is_default;
    incident->incident_type_create_in_triage = type->create_in_triage;
    incident->incident_type_description = type->description;
    incident->incident_type_created_at = type->created_at;
    incident->incident_type_updated_at = type->updated_at;
    if (tale->begins_in_triage && tale->has_fired[0]) {
        incident->creator_alert_id = tale->alerts[0].id;
        incident->creator_alert_title = tale->alerts[0].title;
    } else
        SET_USER(incident, creator_user, &world->users[tale->lead]);
    incident->permalink =
        arena_printf(arena, "%s/incidents/%lld", demo_url, (long long)incident_number(incident));
    if (tale->severity == 0)
        incident->call_url =
            arena_printf(arena, "https://meet.%s/%s", demo_mail, incident->reference);
    incident->slack_channel_id = world_slack_id(world, arena, 'C');
    incident->slack_channel_name = channel_name(tale);
    incident->slack_team_id = world->slack_team_id;

    for (int i = 0; i < ROLE_COUNT; i++) {
        struct incident_role_assignment *assignment = &tale->roles[i];
        const struct incident_role *role = &world->roles[i];
        object_clear(&incident_role_assignment_table, assignment);
        assignment->role_id = role->id;
        assignment->role_name = role->name;
        assignment->role_type = role->role_type;
        assignment->role_shortform = role->shortform;
        assignment->role_description = role->description;
        assignment->role_instructions = role->instructions;
        assignment->role_created_at = role->created_at;
        assignment->role_updated_at = role->updated_at;
    }
    for (int i = 0; i < TIMESTAMP_COUNT; i++) {
        object_clear(&incident_timestamp_value_table, &tale->timestamps[i]);
        tale->timestamps[i].incident_timestamp_id = world->timestamps[i].id;
        tale->timestamps[i].incident_timestamp_name = world->timestamps[i].name;
        tale->timestamps[i].incident_timestamp_rank = world->timestamps[i].rank;
    }
    stamp(tale, TIMESTAMP_IMPACT, tale->has_fired[0] ? tale->alerts[0].created_at : time_ms);
    stamp(tale, TIMESTAMP_REPORTED, time_ms);
    if (!tale->begins_in_triage) {
        assign(world, tale, ROLE_LEAD, tale->lead);
        assign(world, tale, ROLE_REPORTER, tale->lead);
    }
    tale->declared = true;
}

static void
post_update(struct world *world, struct tale *tale, const char *message,
            const struct incident_status *status, enum person person, int64_t time_ms)
{
    struct incident_update update;
    object_clear(&incident_update_table, &update);
    update.id = world_id(world, &tale->arena, time_ms);
    update.incident_id = tale->incident.id;
    update.message = message;
    update.merged_into_incident_id =
        status == &world->statuses[STATUS_MERGED] ? tale->merged_into : "";
    update.created_at = time_ms;
    SET_STATUS(&update, new_incident_status, status);
    SET_SEVERITY(&update, new_severity, &world->severities[tale->severity]);
    SET_USER(&update, updater_user, &world->users[person]);
    SET_STATUS(&tale->incident, incident_status, status);
    world_put(world, KIND_INCIDENT_UPDATE, &update, time_ms);
}

static void
update(struct world *world, struct tale *tale, int index, int64_t time_ms)
{
    static const enum status_name names[] = {[INVESTIGATING] = STATUS_INVESTIGATING,
                                             [FIXING] = STATUS_FIXING,
                                             [MONITORING] = STATUS_MONITORING,
                                             [PAUSED] = STATUS_PAUSED};
    enum story_status next = tale->story->updates[index].status;
    const struct incident_status *status = NULL;
    for (int i = 0; i < STATUS_COUNT; i++)
        if (text_equals(world->statuses[i].id, tale->incident.incident_status_id))
            status = &world->statuses[i];
    if (next != SAME)
        status = &world->statuses[names[next]];
    if (next == FIXING)
        stamp(tale, TIMESTAMP_IDENTIFIED, time_ms);
    if (next == MONITORING)
        stamp(tale, TIMESTAMP_FIXED, time_ms);
    /* Whoever is at it writes; now and then a colleague does. */
    enum person person = index > 0 && prng_chance(&world->prng, 0.22) ? tale->other : tale->lead;
    facts_set(
        &tale->facts, "other",
        first_name(&tale->arena, &world->users[person == tale->other ? tale->lead : tale->other]));
    post_update(world, tale, say(world, tale, tale->story->updates[index].text), status, person,
                time_ms);
    facts_set(&tale->facts, "other", first_name(&tale->arena, &world->users[tale->other]));
    if (text_is_empty(tale->roles[ROLE_LEAD].assignee_id)) {
        assign(world, tale, ROLE_LEAD, tale->lead);
        assign(world, tale, ROLE_REPORTER, tale->lead);
    }
}

static void
set_workload(struct world *world, struct tale *tale, int64_t time_ms)
{
    struct incident *incident = &tale->incident;
    double working = 0, late = 0, sleeping = 0;
    for (int64_t at_ms = incident->created_at; at_ms < time_ms; at_ms += 15 * MINUTE_MS) {
        struct civil civil = zone_to_civil(world->london, at_ms);
        if (world_is_working_time(world, at_ms))
            working += 6;
        else if (tale->severity <= 1)
            *(civil.hour < 7 || civil.hour >= 23 ? &sleeping : &late) += 4;
    }
    incident->workload_minutes_working = working;
    incident->workload_minutes_late = late;
    incident->workload_minutes_sleeping = sleeping;
    incident->workload_minutes_total = working + late + sleeping;
    incident->duration_metrics = arena_printf(
        &tale->arena,
        "[{\"duration_metric\":{\"id\":\"%s\",\"name\":\"Time to "
        "resolve\"},\"status\":\"success\",\"value_seconds\":%lld},"
        "{\"duration_metric\":{\"id\":\"%s\",\"name\":\"Time to "
        "report\"},\"status\":\"success\",\"value_seconds\":%lld}]",
        world->metric_ids[0],
        (long long)((time_ms - tale->timestamps[TIMESTAMP_IMPACT].value) / 1000),
        world->metric_ids[1],
        (long long)((incident->created_at - tale->timestamps[TIMESTAMP_IMPACT].value) / 1000));
}

static void
end(struct world *world, struct tale *tale, int64_t time_ms)
{
    static const char *const declined[] = {
        "Gone with the next run, nobody noticed. Declining.",
        "Test account again. Not an incident.",
        "This is the known lateness of {source} at month end. Declining; threshold goes up.",
        "One bad row, fixed at the source by {owner} before I could open the table.",
        "Same alert as yesterday, same explanation. Declining, follow-up exists.",
    };
    static const char *const canceled[] = {"Pressed the wrong button, sorry all.",
                                           "Opened while testing the new route. Nothing to see."};
    static const char *const merged[] = {
        "Same cause as {merged}, going on there.",
        "Merging into {merged}: it is the loader again, not the model."};

    tale->is_ended = true;
    switch (tale->end) {
    case END_RESOLVED:
        stamp(tale, TIMESTAMP_FIXED, time_ms);
        stamp(tale, TIMESTAMP_RESOLVED, time_ms);
        SET_STATUS(&tale->incident, incident_status, &world->statuses[STATUS_DOCUMENTING]);
        set_workload(world, tale, time_ms);
        add_note(world, tale, time_ms);
        break;
    case END_DECLINED:
        post_update(world, tale, say(world, tale, declined[prng_below(&world->prng, 5)]),
                    &world->statuses[STATUS_DECLINED], tale->lead, time_ms);
        break;
    case END_CANCELED:
        post_update(world, tale, canceled[prng_below(&world->prng, 2)],
                    &world->statuses[STATUS_CANCELED], tale->lead, time_ms);
        break;
    case END_MERGED:
        post_update(world, tale, say(world, tale, merged[prng_below(&world->prng, 2)]),
                    &world->statuses[STATUS_MERGED], tale->lead, time_ms);
        break;
    }
}

static void
close_incident(struct world *world, struct tale *tale, int64_t time_ms)
{
    static const char *const messages[] = {
        "Follow-ups are in the backlog, the rest is done. Closed.",
        "Nothing came back. Closed.",
        "Post-mortem read and agreed. Closed.",
        "Closed after {lead}'s write-up.",
        "",
    };
    uint32_t pick = tale->has_document
                        ? 2 + prng_below(&world->prng, 2)
                        : prng_below(&world->prng, 2) * (prng_chance(&world->prng, 0.5) ? 1 : 4);
    stamp(tale, TIMESTAMP_CLOSED, time_ms);
    post_update(world, tale, say(world, tale, messages[pick]), &world->statuses[STATUS_CLOSED],
                tale->lead, time_ms);
}

/* ---- what belongs to it ---- */

/* "title :: description" */
static void
add_item(struct world *world, struct tale *tale, int index, int64_t time_ms)
{
    struct incident_timeline_item item;
    const char *text = say(world, tale, tale->story->items[index]);
    const char *cut = strstr(text, " :: ");
    object_clear(&incident_timeline_item_table, &item);
    item.id = world_id(world, &tale->arena, time_ms);
    item.incident_id = tale->incident.id;
    item.title = cut ? arena_text_len(&tale->arena, text, (size_t)(cut - text)) : text;
    item.description = cut ? cut + 4 : "";
    item.timestamp = time_ms;
    item.created_at = item.updated_at = time_ms;
    SET_USER(&item, creator_user, &world->users[tale->lead]);
    world_put(world, KIND_INCIDENT_TIMELINE_ITEM, &item, time_ms);
}

/* "repository title" */
static void
attach(struct world *world, struct tale *tale, int index, int64_t time_ms)
{
    struct incident_attachment attachment;
    const char *text = say(world, tale, tale->story->pull_requests[index]);
    size_t repository_len = strcspn(text, " ");
    const char *repository = arena_text_len(&tale->arena, text, repository_len);
    const char *number =
        index == 0 ? say(world, tale, "{pr}")
                   : arena_printf(&tale->arena, "%lld", (long long)world->next_pull_request++);
    object_clear(&incident_attachment_table, &attachment);
    attachment.id = world_id(world, &tale->arena, time_ms);
    attachment.incident_id = tale->incident.id;
    attachment.resource_type = "github_pull_request";
    attachment.resource_external_id =
        arena_printf(&tale->arena, "brindlecart/%s/%s", repository, number);
    attachment.resource_title =
        arena_printf(&tale->arena, "%s (#%s)", text + repository_len + 1, number);
    attachment.resource_permalink = arena_printf(
        &tale->arena, "https://github.com/brindlecart-example/%s/pull/%s", repository, number);
    attachment.first_seen_at = time_ms;
    world_put(world, KIND_INCIDENT_ATTACHMENT, &attachment, time_ms);
}

static void
add_action(struct world *world, struct tale *tale, int index, int64_t time_ms)
{
    struct action *action = &tale->actions[index];
    object_clear(&action_table, action);
    action->id = world_id(world, &tale->arena, time_ms);
    action->incident_id = tale->incident.id;
    action->description = say(world, tale, tale->story->actions[index]);
    action->status = "outstanding";
    action->created_at = action->updated_at = time_ms;
    SET_USER(action, creator_user, &world->users[tale->lead]);
    SET_USER(action, assignee,
             &world->users[prng_chance(&world->prng, 0.6) ? tale->lead : tale->other]);
}

static void
finish_action(struct world *world, struct action *action, int64_t time_ms)
{
    if (text_is_empty(action->id))
        return;
    bool is_done = prng_chance(&world->prng, 0.9);
    action->status = is_done ? "completed" : "not_doing";
    action->completed_at = is_done ? time_ms : 0;
    action->updated_at = time_ms;
}

static void
add_follow_up(struct world *world, struct tale *tale, int index, int64_t time_ms)
{
    static const struct {
        const char *name, *description;
    } priorities[] = {
        {"Urgent", "Before the same thing can happen again."},
        {"High", "This sprint or the next."},
        {"Low", "When somebody is there anyway."},
    };
    struct follow_up *follow_up = &tale->follow_ups[index];
    int priority = tale->story->follow_ups[index][0] - '1';
    const struct node *node = &pipeline_get()->nodes[tale->node];

    object_clear(&follow_up_table, follow_up);
    follow_up->id = world_id(world, &tale->arena, time_ms);
    follow_up->incident_id = tale->incident.id;
    follow_up->title = say(world, tale, tale->story->follow_ups[index] + 2);
    if (prng_chance(&world->prng, 0.6))
        follow_up->description =
            arena_printf(&tale->arena, "From %s: %s.", tale->incident.reference,
                         say(world, tale, tale->story->cause));
    follow_up->status = "outstanding";
    follow_up->created_at = follow_up->updated_at = time_ms;
    follow_up->priority_id = world->priority_ids[priority];
    follow_up->priority_name = priorities[priority].name;
    follow_up->priority_description = priorities[priority].description;
    follow_up->priority_rank = 3 - priority;
    follow_up->labels = index % 2 ? "[\"data\"]" : "[\"data\",\"reliability\"]";
    SET_USER(follow_up, creator_user, &world->users[tale->lead]);
    enum person assignee = (int)node->owner < DATA_TEAM_LEN && prng_chance(&world->prng, 0.5)
                               ? node->owner
                               : tale->lead;
    if (prng_chance(&world->prng, 0.85))
        SET_USER(follow_up, assignee, &world->users[assignee]);
    else {
        follow_up->assignee_team_id = world->teams[node->team].id;
        follow_up->assignee_team_name = world->teams[node->team].name;
    }
    if (prng_chance(&world->prng, 0.4)) {
        int64_t number = prng_between(&world->prng, 900, 4800);
        follow_up->external_issue_provider = "github";
        follow_up->external_issue_name =
            arena_printf(&tale->arena, "brindlecart/dbt#%lld", (long long)number);
        follow_up->external_issue_permalink =
            arena_printf(&tale->arena, "https://github.com/brindlecart-example/dbt/issues/%lld",
                         (long long)number);
    }
}

static void
finish_follow_up(struct world *world, struct follow_up *follow_up, int64_t time_ms)
{
    int64_t draw = prng_between(&world->prng, 0, 99);
    if (text_is_empty(follow_up->id) || !text_equals(follow_up->status, "outstanding"))
        return;
    follow_up->status = draw < 84 ? "completed" : draw < 94 ? "not_doing" : "deleted";
    follow_up->completed_at = draw < 84 ? time_ms : 0;
    follow_up->updated_at = time_ms;
}

static void
add_document(struct world *world, struct tale *tale, int64_t time_ms)
{
    struct postmortem_document *document = &tale->document;
    struct user_embedded *editors = arena_new_array(&tale->arena, 2, struct user_embedded);
    enum person people[2] = {tale->lead, tale->other};
    for (int i = 0; i < 2; i++) {
        const struct user *user = &world->users[people[i]];
        editors[i] = (struct user_embedded){.id = user->id,
                                            .name = user->name,
                                            .email = user->email,
                                            .role = user->role,
                                            .slack_user_id = user->slack_user_id};
    }
    object_clear(&postmortem_document_table, document);
    document->id = world_id(world, &tale->arena, time_ms);
    document->incident_id = tale->incident.id;
    document->title = arena_printf(&tale->arena, "Post-mortem %s: %s", tale->incident.reference,
                                   tale->incident.name);
    document->status = "in_progress";
    document->type = "in_app";
    document->document_url = arena_printf(&tale->arena, "%s/post-mortem", tale->incident.permalink);
    document->editors = editors;
    document->editors_len = 2;
    document->created_at = document->updated_at = time_ms;
    tale->incident.postmortem_document_url = document->document_url;
    tale->incident.postmortem_document_ids = arena_printf(&tale->arena, "[\"%s\"]", document->id);
    tale->incident.has_debrief = tale->severity == 0;
}

static void
move_document(struct world *world, struct tale *tale, const char *status, int64_t time_ms)
{
    if (text_is_empty(tale->document.id))
        return;
    tale->document.status = status;
    tale->document.updated_at = time_ms;
    if (text_equals(status, "in_review"))
        SET_STATUS(&tale->incident, incident_status, &world->statuses[STATUS_REVIEWING]);
}

/* ---- steps ---- */

void
tale_step(struct world *world, struct tale *tale, int64_t time_ms)
{
    const struct step *step = &tale->steps[tale->next++];
    struct arena *arena = &tale->arena;

    switch (step->kind) {
    case STEP_FIRE:
        fire(world, tale, step->index, time_ms);
        break;
    case STEP_PAGE:
        page_open(world, arena, &tale->page, &tale->alerts[0], tale->severity, time_ms);
        tale->acknowledger = world_on_call(world, time_ms);
        page_event(world, arena, &tale->page, "notified_users", &world->users[tale->acknowledger],
                   time_ms + 2 * SECOND_MS);
        break;
    case STEP_REMIND:
        page_event(world, arena, &tale->page, "notified_users",
                   &world->users[world_on_call(world, time_ms)], time_ms);
        break;
    case STEP_ACKNOWLEDGE:
        if (tale->is_paged)
            page_event(world, arena, &tale->page, "acked",
                       &world->users[world_on_call(world, time_ms)], time_ms);
        tale->lead = world_on_call(world, time_ms);
        facts_set(&tale->facts, "lead", first_name(arena, &world->users[tale->lead]));
        break;
    case STEP_DECLARE:
        declare(world, tale, time_ms);
        break;
    case STEP_UPDATE:
        update(world, tale, step->index, time_ms);
        break;
    case STEP_ITEM:
        add_item(world, tale, step->index, time_ms);
        break;
    case STEP_ATTACH:
        attach(world, tale, step->index, time_ms);
        break;
    case STEP_ACTION:
        add_action(world, tale, step->index, time_ms);
        break;
    case STEP_ACTION_DONE:
        finish_action(world, &tale->actions[step->index], time_ms);
        break;
    case STEP_CONTACT:
        assign(world, tale, ROLE_COMMS, tale->other);
        break;
    case STEP_RESOLVE_ALERT:
        resolve_alert(tale, step->index, time_ms);
        break;
    case STEP_END:
        end(world, tale, time_ms);
        if (tale->is_paged)
            page_event(world, arena, &tale->page, "resolved", NULL, time_ms);
        break;
    case STEP_FOLLOW_UP:
        add_follow_up(world, tale, step->index, time_ms);
        break;
    case STEP_FOLLOW_UP_DONE:
        finish_follow_up(world, &tale->follow_ups[step->index], time_ms);
        break;
    case STEP_DOCUMENT:
        add_document(world, tale, time_ms);
        break;
    case STEP_DOCUMENT_REVIEW:
        move_document(world, tale, "in_review", time_ms);
        break;
    case STEP_DOCUMENT_DONE:
        move_document(world, tale, "completed", time_ms);
        break;
    case STEP_CLOSE:
        close_incident(world, tale, time_ms);
        break;
    case STEP_NOTE:
        add_note(world, tale, time_ms);
        break;
    }
    if (tale->declared) {
        link_alerts(world, tale, time_ms);
        touch(tale, time_ms);
    }
}

void
tale_run(struct world *world, struct tale *tale, int64_t time_ms)
{
    while (tale_next_ms(tale) <= time_ms)
        tale_step(world, tale, tale_next_ms(tale));
}

void
tale_put(struct world *world, struct tale *tale, int64_t time_ms)
{
    struct incident *incident = &tale->incident;

    for (int i = 0; i < tale->alerts_len; i++)
        if (tale->has_fired[i])
            world_put(world, KIND_ALERT, &tale->alerts[i], time_ms);
    if (tale->page.escalation.id)
        page_put(world, &tale->page, &tale->alerts[0], tale->declared ? incident : NULL, time_ms);
    if (!tale->declared)
        return;

    incident->incident_role_assignments = tale->roles;
    incident->incident_role_assignments_len = ROLE_COUNT;
    incident->incident_timestamp_values = tale->timestamps;
    incident->incident_timestamp_values_len = TIMESTAMP_COUNT;
    world_put(world, KIND_INCIDENT, incident, time_ms);
    for (int i = 0; i < tale->alerts_len; i++) {
        if (!tale->links[i].id)
            continue;
        SET_ALERT_SLIM(&tale->links[i], alert, &tale->alerts[i]);
        SET_INCIDENT_SLIM(&tale->links[i], incident, incident);
        world_put(world, KIND_INCIDENT_ALERT, &tale->links[i], time_ms);
    }
    for (int i = 0; i < STORY_ACTIONS_MAX; i++)
        if (!text_is_empty(tale->actions[i].id))
            world_put(world, KIND_ACTION, &tale->actions[i], time_ms);
    for (int i = 0; i < STORY_FOLLOW_UPS_MAX; i++)
        if (!text_is_empty(tale->follow_ups[i].id))
            world_put(world, KIND_FOLLOW_UP, &tale->follow_ups[i], time_ms);
    if (!text_is_empty(tale->document.id))
        world_put(world, KIND_POSTMORTEM_DOCUMENT, &tale->document, time_ms);
}
