/* Brindlecart's people and how its incident tool is set up: everything that does not change during the year. */

#include <string.h>

#include "base/str.h"
#include "demo/demo.h"
#include "demo/world.h"
#include "wire/wire.h"

static const struct {
    const char *name, *mail, *job;
    bool on_call;
} people[PERSON_COUNT] = {
    [INES] = {"Inés Caballero", "ines.caballero", "responder", true},
    [TUNDE] = {"Tunde Adeyemi", "tunde.adeyemi", "responder", true},
    [AIKO] = {"Aiko Tanabe", "aiko.tanabe", "responder", true},
    [KASIA] = {"Katarzyna Wrona", "katarzyna.wrona", "responder", true},
    [ROHAN] = {"Rohan Mehta", "rohan.mehta", "responder", true},
    [FREYA] = {"Freya Lindqvist", "freya.lindqvist", "responder", true},
    [CIARAN] = {"Ciarán Doyle", "ciaran.doyle", "responder", true},
    [YARA] = {"Yara Haddad", "yara.haddad", "responder", true},
    [JONAS] = {"Jonas Pfeiffer", "jonas.pfeiffer", "owner", true},
    [PRIYA] = {"Priya Nair", "priya.nair", "responder", true},
    [MATEO] = {"Mateo Quispe", "mateo.quispe", "responder", true},
    [HELEN] = {"Helen Marsh", "helen.marsh", "viewer", false},
    [OLUCHI] = {"Oluchi Eze", "oluchi.eze", "viewer", false},
    [MAREK] = {"Marek Dvořák", "marek.dvorak", "viewer", false},
    [SOFIA] = {"Sofia Brandt", "sofia.brandt", "viewer", false},
    [SORA] = {"Sora Hayashi 林 空", "sora.hayashi", "viewer", false},
    [TOM] = {"Tom Ellery", "tom.ellery", "viewer", false},
};

static const struct {
    const char *name, *external_id;
    int members[8]; /* ends with -1 */
} teams[TEAM_COUNT] = {
    [TEAM_DATA] = {"Data", "data", {INES, TUNDE, AIKO, KASIA, ROHAN, FREYA, CIARAN, -1}},
    [TEAM_CORE] = {"Core", "core", {INES, TUNDE, CIARAN, -1}},
    [TEAM_GROWTH] = {"Growth", "growth", {AIKO, FREYA, -1}},
    [TEAM_SUPPLY] = {"Supply", "supply", {KASIA, ROHAN, -1}},
    [TEAM_PLATFORM] = {"Platform", "platform", {YARA, JONAS, PRIYA, MATEO, -1}},
};

static const struct {
    const char *name, *description;
} severities[SEVERITY_COUNT] = {
    {"Critical",
     "Money, payouts or deliveries are going wrong because of our data. Page now, any hour."},
    {"Major", "A dashboard people decide by is wrong or stale, or a file to a partner is late."},
    {"Minor", "Something is broken, few people notice, and there is a way round it."},
    {"Low", "Worth writing down. Nobody outside the data team is affected."},
};

static const struct {
    const char *name, *category, *description;
} statuses[STATUS_COUNT] = {
    [STATUS_TRIAGE] = {"Triage", "triage", "Not known yet whether this is an incident."},
    [STATUS_INVESTIGATING] = {"Investigating", "live", "We know that it is wrong, not yet why."},
    [STATUS_FIXING] = {"Fixing", "live", "The cause is known; a fix or backfill is on its way."},
    [STATUS_MONITORING] = {"Monitoring", "live",
                           "Fixed as far as we can tell; watching the next runs."},
    [STATUS_PAUSED] = {"Paused", "paused", "Waiting for somebody outside the team."},
    [STATUS_DOCUMENTING] = {"Documenting", "learning", "Over. Writing down what happened."},
    [STATUS_REVIEWING] = {"Reviewing", "learning", "The post-mortem is with its readers."},
    [STATUS_CLOSED] = {"Closed", "closed", "Nothing left to do but the follow-ups."},
    [STATUS_DECLINED] = {"Declined", "declined", "Looked at; not an incident."},
    [STATUS_CANCELED] = {"Canceled", "canceled", "Opened by mistake."},
    [STATUS_MERGED] = {"Merged", "merged", "Same cause as another incident."},
};

static const struct {
    const char *name, *type, *shortform, *description, *instructions;
} roles[ROLE_COUNT] = {
    [ROLE_LEAD] =
        {"Incident lead", "lead", "lead",
         "Decides, keeps the next step clear, hands over when tired.",
         "Take the lead in the channel, post an update every 30 minutes, ask for help early."},
    [ROLE_REPORTER] = {"Reporter", "reporter", "reporter", "Noticed it first.", ""},
    [ROLE_COMMS] = {"Stakeholder contact", "custom", "contact",
                    "Tells the owners of dashboards what they can and cannot trust.",
                    "Write to the owners named on the alert; say what is wrong, since when, and "
                    "when we will know more."},
};

static const struct {
    const char *name, *description;
} types[TYPE_COUNT] = {
    [TYPE_PIPELINE] = {"Pipeline", "Runs that fail, sources that stop, deploys that break."},
    [TYPE_QUALITY] = {"Data quality", "The run is green and the numbers are wrong."},
    [TYPE_ACCESS] = {"Access and privacy",
                     "Somebody can see what they should not, or cannot see what they should."},
};

static const char *const timestamp_names[TIMESTAMP_COUNT] = {
    "Impact started at", "Reported at", "Identified at", "Fixed at", "Resolved at", "Closed at",
};

static const struct {
    const char *name, *type;
    bool array;
    const char *jq; /* what fills it from an event's metadata */
} attributes[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_SEVERITY] =
        {"Severity", "String", false,
         ".metadata | .severity // (if .level == \"warn\" or .asker or (.environment // "
         "\"prod\") != \"prod\" then \"low\" elif .level == \"error\" and "
         "(.exposures | length) > 3 then \"major\" else \"minor\" end)"},
    [ATTRIBUTE_ENVIRONMENT] = {"Environment", "String", false, ".metadata.environment // \"prod\""},
    [ATTRIBUTE_OWNER] = {"Owner", "String", false, ".metadata.owner"},
    [ATTRIBUTE_TEAM] = {"Team", "String", false, ".metadata.group"},
    [ATTRIBUTE_NODE] = {"Node", "String", false, ".metadata.model"},
    [ATTRIBUTE_LEVEL] = {"Level", "String", false, ".metadata.level"},
    [ATTRIBUTE_EXPOSURES] = {"Exposures", "String", true, "[.metadata.exposures[]?.name]"},
    [ATTRIBUTE_DOWNSTREAM] = {"Downstream models", "Number", false, ".metadata.downstream.models"},
    [ATTRIBUTE_COMMIT] = {"Commit", "String", false, ".metadata.commit"},
};

static const struct {
    const char *name, *type;
    int auto_resolve_minutes, team;
} sources[SOURCE_COUNT] = {
    [SOURCE_DBT] = {"dbt production", "http", 0, TEAM_DATA},
    [SOURCE_CI] = {"CI", "http", 1440, TEAM_PLATFORM},
    [SOURCE_QUESTIONS] = {"Questions in #ask-data", "http", 0, TEAM_DATA},
    [SOURCE_HEARTBEAT] = {"Hourly run heartbeat", "heartbeat", 0, TEAM_PLATFORM},
};

static int64_t
configured_at(struct world *world)
{
    return world->since_ms - prng_between(&world->prng, 60 * DAY_MS, 300 * DAY_MS) / 1000 * 1000;
}

static void
people_create(struct world *world)
{
    static const struct {
        const char *slug, *name, *description;
    } base_roles[] = {
        {"owner", "Owner", "Everything, billing included."},
        {"responder", "Responder", "Declares, leads and edits incidents."},
        {"viewer", "Viewer", "Reads."},
    };
    const char *role_ids[3];
    for (int i = 0; i < 3; i++)
        role_ids[i] = world_id(world, &world->arena, configured_at(world));

    for (int i = 0; i < PERSON_COUNT; i++) {
        struct user *user = &world->users[i];
        object_clear(&user_table, user);
        user->id = world_id(world, &world->arena, configured_at(world));
        user->name = people[i].name;
        user->email = arena_printf(&world->arena, "%s@%s", people[i].mail, demo_mail);
        user->is_active = i != TOM;
        user->slack_user_id = world_slack_id(world, &world->arena, 'U');
        user->role = "unset";
        int role = text_equals(people[i].job, "owner")    ? 0
                   : text_equals(people[i].job, "viewer") ? 2
                                                          : 1;
        user->base_role_id = role_ids[role];
        user->base_role_slug = base_roles[role].slug;
        user->base_role_name = base_roles[role].name;
        user->base_role_description = base_roles[role].description;
        user->seats_on_call = people[i].on_call ? "full_access" : "none";
        user->seats_response = role == 2 ? "viewer_only" : "full_access";
        world_put(world, KIND_USER, user, world->since_ms);
    }

    for (int i = 0; i < TEAM_COUNT; i++) {
        struct team *team = &world->teams[i];
        object_clear(&team_table, team);
        struct team_member *members = arena_new_array(&world->arena, 8, struct team_member);
        for (int m = 0; teams[i].members[m] >= 0; m++) {
            const struct user *user = &world->users[teams[i].members[m]];
            members[m] = (struct team_member){.id = user->id,
                                              .name = user->name,
                                              .email = user->email,
                                              .slack_user_id = user->slack_user_id};
            team->members_len++;
        }
        team->members = members;
        team->id = world_id(world, &world->arena, configured_at(world));
        team->name = teams[i].name;
        team->catalog_entry_id = world_id(world, &world->arena, configured_at(world));
        team->catalog_entry_name = teams[i].name;
        team->catalog_entry_external_id = teams[i].external_id;
        world_put(world, KIND_TEAM, team, world->since_ms);
    }
}

static void
vocabulary_create(struct world *world)
{
    struct arena *arena = &world->arena;

    for (int i = 0; i < SEVERITY_COUNT; i++) {
        struct severity *severity = &world->severities[i];
        object_clear(&severity_table, severity);
        severity->created_at = severity->updated_at = configured_at(world);
        severity->id = world_id(world, arena, severity->created_at);
        severity->name = severities[i].name;
        severity->description = severities[i].description;
        severity->rank = SEVERITY_COUNT - i;
        world_put(world, KIND_SEVERITY, severity, world->since_ms);
    }
    for (int i = 0; i < STATUS_COUNT; i++) {
        struct incident_status *status = &world->statuses[i];
        object_clear(&incident_status_table, status);
        status->created_at = status->updated_at = configured_at(world);
        status->id = world_id(world, arena, status->created_at);
        status->name = statuses[i].name;
        status->category = statuses[i].category;
        status->description = statuses[i].description;
        status->rank = i + 1;
        world_put(world, KIND_INCIDENT_STATUS, status, world->since_ms);
    }
    for (int i = 0; i < ROLE_COUNT; i++) {
        struct incident_role *role = &world->roles[i];
        object_clear(&incident_role_table, role);
        role->created_at = role->updated_at = configured_at(world);
        role->id = world_id(world, arena, role->created_at);
        role->name = roles[i].name;
        role->role_type = roles[i].type;
        role->shortform = roles[i].shortform;
        role->description = roles[i].description;
        role->instructions = roles[i].instructions;
        world_put(world, KIND_INCIDENT_ROLE, role, world->since_ms);
    }
    for (int i = 0; i < TYPE_COUNT; i++) {
        struct incident_type *type = &world->types[i];
        object_clear(&incident_type_table, type);
        type->created_at = type->updated_at = configured_at(world);
        type->id = world_id(world, arena, type->created_at);
        type->name = types[i].name;
        type->description = types[i].description;
        type->is_default = i == TYPE_PIPELINE;
        type->create_in_triage = "optional";
        world_put(world, KIND_INCIDENT_TYPE, type, world->since_ms);
    }
    for (int i = 0; i < TIMESTAMP_COUNT; i++) {
        struct incident_timestamp *timestamp = &world->timestamps[i];
        object_clear(&incident_timestamp_table, timestamp);
        timestamp->id = world_id(world, arena, configured_at(world));
        timestamp->name = timestamp_names[i];
        timestamp->rank = i + 1;
        world_put(world, KIND_INCIDENT_TIMESTAMP, timestamp, world->since_ms);
    }
    for (int i = 0; i < ATTRIBUTE_COUNT; i++) {
        struct alert_attribute *attribute = &world->attributes[i];
        object_clear(&alert_attribute_table, attribute);
        attribute->id = world_id(world, arena, configured_at(world));
        attribute->name = attributes[i].name;
        attribute->type = attributes[i].type;
        attribute->array = attributes[i].array;
        world_put(world, KIND_ALERT_ATTRIBUTE, attribute, world->since_ms);
    }
    world->slack_team_id = world_slack_id(world, arena, 'T');
    for (int i = 0; i < 2; i++)
        world->metric_ids[i] = world_id(world, arena, configured_at(world));
    for (int i = 0; i < 3; i++)
        world->priority_ids[i] = world_id(world, arena, configured_at(world));
}

/* The source's template: title and description as sent, attributes by the jq programs of the table above. */
static const char *
template_json(struct world *world)
{
    struct str attributes_json, expressions, out;
    str_init(&attributes_json, 0);
    str_init(&expressions, 0);
    str_init(&out, 0);
    for (int i = 0; i < ATTRIBUTE_COUNT; i++) {
        const char *comma = i ? "," : "";
        const char *array = attributes[i].array ? "true" : "false";
        str_printf(
            &attributes_json,
            "%s{\"alert_attribute_id\":\"%s\",\"binding\":{\"%s{\"label\":\"%s\","
            "\"reference\":\"expressions[\\\"a%d\\\"]\"}%s,\"merge_strategy\":\"last_wins\"}}",
            comma, world->attributes[i].id,
            attributes[i].array ? "array_value\":[" : "value\":", attributes[i].name, i,
            attributes[i].array ? "]" : "");
        str_printf(
            &expressions,
            "%s{\"label\":\"%s\",\"reference\":\"a%d\",\"root_reference\":\"payload\","
            "\"returns\":{\"type\":\"%s\",\"array\":%s},\"operations\":[{\"operation_type\":"
            "\"parse\","
            "\"returns\":{\"type\":\"%s\",\"array\":%s},\"parse\":{\"returns\":{\"type\":\"%s\","
            "\"array\":%s},\"source\":",
            comma, attributes[i].name, i, attributes[i].type, array, attributes[i].type, array,
            attributes[i].type, array);
        wire_append_string(&expressions, attributes[i].jq);
        str_append(&expressions, "}}]}");
    }
    str_printf(&out,
               "{\"title\":{\"label\":\"Payload: title\",\"reference\":\"payload.title\"},"
               "\"description\":{\"label\":\"Payload: "
               "description\",\"reference\":\"payload.description\"},"
               "\"attributes\":[%s],\"expressions\":[%s],\"is_private\":false}",
               str_text(&attributes_json), str_text(&expressions));
    const char *json = arena_text(&world->arena, str_text(&out));
    str_finish(&attributes_json);
    str_finish(&expressions);
    str_finish(&out);
    return json;
}

static void
sources_create(struct world *world)
{
    struct arena *arena = &world->arena;
    const char *template = template_json(world);

    for (int i = 0; i < SOURCE_COUNT; i++) {
        struct alert_source *source = &world->sources[i];
        object_clear(&alert_source_table, source);
        source->id = world_id(world, arena, configured_at(world));
        source->name = sources[i].name;
        source->source_type = sources[i].type;
        source->template = template;
        source->auto_resolve_timeout_minutes = sources[i].auto_resolve_minutes;
        source->auto_resolve_incident_alerts = true;
        source->owning_team_ids = arena_printf(arena, "[\"%s\"]", world->teams[sources[i].team].id);
        if (i == SOURCE_HEARTBEAT)
            source->heartbeat_options = arena_printf(
                arena,
                "{\"interval_seconds\":3600,\"grace_period_seconds\":900,\"failure_threshold\":1,"
                "\"ping_url\":\"%s/v2/heartbeat/%s/ping\"}",
                demo_url, source->id);
        else
            source->alert_events_url =
                arena_printf(arena, "%s/v2/alert_events/http/%s", demo_url, source->id);
        world_put(world, KIND_ALERT_SOURCE, source, world->since_ms);
    }
}

static const char *
condition(struct world *world, enum attribute_name attribute, const char *values)
{
    return arena_printf(&world->arena,
                        "{\"subject\":{\"label\":\"%s\",\"reference\":\"alert.attributes.%s\"},"
                        "\"operation\":{\"label\":\"is one of\",\"value\":\"one_of\"},"
                        "\"param_bindings\":[{\"array_value\":[%s]}]}",
                        world->attributes[attribute].name, world->attributes[attribute].id, values);
}

static void
routes_create(struct world *world)
{
    struct arena *arena = &world->arena;
    static const struct {
        const char *name;
        int source, second_source, path;
        const char *channel;
    } rows[] = {
        [ROUTE_PIPELINE] = {"Production pipeline", SOURCE_DBT, SOURCE_HEARTBEAT, PATH_RESPONDER,
                            "data-alerts"},
        [ROUTE_CI] = {"Deploys of main", SOURCE_CI, -1, PATH_RESPONDER, "data-deploys"},
        [ROUTE_QUESTIONS] = {"Questions", SOURCE_QUESTIONS, -1, PATH_RESPONDER, "ask-data"},
    };

    for (int i = 0; i < ROUTE_COUNT; i++) {
        struct alert_route *route = &world->routes[i];
        object_clear(&alert_route_table, route);
        route->created_at = configured_at(world);
        route->updated_at = world->since_ms + prng_between(&world->prng, 20, 300) * DAY_MS;
        route->id = world_id(world, arena, route->created_at);
        route->name = rows[i].name;
        route->enabled = true;
        route->version = prng_between(&world->prng, 2, 14);
        struct str list;
        str_init(&list, 0);
        str_printf(&list, "[{\"alert_source_id\":\"%s\",\"condition_groups\":[]}",
                   world->sources[rows[i].source].id);
        if (rows[i].second_source >= 0)
            str_printf(&list, ",{\"alert_source_id\":\"%s\",\"condition_groups\":[]}",
                       world->sources[rows[i].second_source].id);
        str_append(&list, "]");
        route->alert_sources = arena_text(arena, str_text(&list));
        str_finish(&list);
        route->condition_groups =
            i == ROUTE_PIPELINE
                ? arena_printf(arena, "[{\"conditions\":[%s,%s]}]",
                               condition(world, ATTRIBUTE_ENVIRONMENT, "{\"literal\":\"prod\"}"),
                               condition(world, ATTRIBUTE_SEVERITY,
                                         "{\"literal\":\"critical\"},{\"literal\":\"major\"},{"
                                         "\"literal\":\"minor\"}"))
                : "[]";
        route->grouping_config =
            i == ROUTE_PIPELINE
                ? arena_printf(arena,
                               "{\"default\":{\"enabled\":true,\"grouping_keys\":[{\"reference\":"
                               "\"alert.attributes.%s\"}],\"window_seconds\":14400,\"window_type\":"
                               "\"rolling\"}}",
                               world->attributes[ATTRIBUTE_TEAM].id)
                : "{\"default\":{\"enabled\":false}}";
        route->escalation_config =
            i == ROUTE_QUESTIONS
                ? "{\"auto_cancel_escalations\":true,\"escalation_targets\":[]}"
                : arena_printf(
                      arena,
                      "{\"auto_cancel_escalations\":true,\"escalation_targets\":[{\"escalation_"
                      "paths\":"
                      "{\"array_value\":[{\"literal\":\"%s\"}]}}]%s}",
                      world->paths[rows[i].path].id,
                      i == ROUTE_PIPELINE
                          ? ",\"when_alert_joins_group\":{\"mode\":\"on_priority_increase\"}"
                          : "");
        route->incident_config =
            i == ROUTE_PIPELINE
                ? arena_printf(arena,
                               "{\"enabled\":true,\"auto_decline_enabled\":true,\"condition_"
                               "groups\":[{\"conditions\":[%s]}],"
                               "\"template\":{\"name\":{\"autogenerated\":false,\"binding\":{"
                               "\"value\":{\"reference\":"
                               "\"alert.title\"}}},\"summary\":{\"autogenerated\":false,"
                               "\"binding\":{\"value\":{\"reference\":"
                               "\"alert.description\"}}},\"severity\":{\"merge_strategy\":\"max\"},"
                               "\"start_in_triage\":"
                               "{\"binding\":{\"value\":{\"literal\":\"true\"}}},\"incident_type\":"
                               "{\"binding\":{\"value\":"
                               "{\"literal\":\"%s\"}}}}}",
                               condition(world, ATTRIBUTE_SEVERITY,
                                         "{\"literal\":\"critical\"},{\"literal\":\"major\"}"),
                               world->types[TYPE_PIPELINE].id)
                : "{\"enabled\":false}";
        route->message_config =
            arena_printf(arena,
                         "{\"destinations\":[{\"condition_groups\":[],\"slack_targets\":{"
                         "\"binding\":{\"array_value\":"
                         "[{\"literal\":\"%s\"}]},\"channel_visibility\":\"public\"}}]}",
                         rows[i].channel);
        route->owning_team_ids = arena_printf(arena, "[\"%s\"]", world->teams[TEAM_DATA].id);
        world_put(world, KIND_ALERT_ROUTE, route, world->since_ms);
    }
}

static const char *
level_node(struct world *world, const char *type, const char *target_id, const char *mode,
           const char *urgency, int seconds)
{
    return arena_printf(
        &world->arena,
        "{\"id\":\"%s\",\"type\":\"level\",\"level\":{\"targets\":[{\"type\":\"%s\",\"id\":\"%s\","
        "\"urgency\":\"%s\",\"schedule_mode\":\"%s\"}],\"ack_mode\":\"first\","
        "\"time_to_ack_seconds\":%d}}",
        world_id(world, &world->arena, world->since_ms), type, target_id, urgency, mode, seconds);
}

static void
paths_create(struct world *world)
{
    struct arena *arena = &world->arena;
    const char *hours = world_id(world, arena, world->since_ms);
    const char *responder = level_node(world, "schedule", world->rotas[ROTA_RESPONDER].schedule.id,
                                       "currently_on_call", "high", 900);
    const char *everybody = level_node(world, "schedule", world->rotas[ROTA_RESPONDER].schedule.id,
                                       "all_users", "high", 1800);
    const char *platform = level_node(world, "schedule", world->rotas[ROTA_PLATFORM].schedule.id,
                                      "currently_on_call", "high", 600);
    const char *second = level_node(world, "schedule", world->rotas[ROTA_PLATFORM].schedule.id,
                                    "next_on_call", "high", 900);
    const char *team_ids[2] = {world->teams[TEAM_DATA].id, world->teams[TEAM_PLATFORM].id};
    const char *nodes[2];
    nodes[PATH_RESPONDER] = arena_printf(
        arena,
        "[{\"id\":\"%s\",\"type\":\"if_else\",\"if_else\":{\"conditions\":[{\"subject\":{\"label\":"
        "\"Working "
        "hours\",\"reference\":\"escalation.working_hours[\\\"%s\\\"]\"},\"operation\":{\"label\":"
        "\"is active\",\"value\":\"is_active\"},\"param_bindings\":[]}],\"then_path\":[%s,%s],"
        "\"else_path\":[%s]}}]",
        world_id(world, arena, world->since_ms), hours, responder, everybody, platform);
    nodes[PATH_PLATFORM] = arena_printf(arena, "[%s,%s]", platform, second);

    struct str days;
    str_init(&days, 0);
    static const char *const weekdays[] = {"monday", "tuesday", "wednesday", "thursday", "friday"};
    for (int i = 0; i < 5; i++)
        str_printf(&days, "%s{\"weekday\":\"%s\",\"start_time\":\"09:00\",\"end_time\":\"17:30\"}",
                   i ? "," : "", weekdays[i]);
    for (int i = 0; i < PATH_COUNT; i++) {
        struct escalation_path *path = &world->paths[i];
        object_clear(&escalation_path_table, path);
        path->id = world_id(world, arena, configured_at(world));
        path->name =
            i == PATH_RESPONDER ? "Data responder, then platform" : "Platform out of hours";
        path->path = nodes[i];
        path->team_ids = arena_printf(arena, "[\"%s\"]", team_ids[i]);
        path->repeat_config = "{\"delay_repeat_on_activity\":true,\"repeat_after_seconds\":3600}";
        if (i == PATH_RESPONDER)
            path->working_hours = arena_printf(
                arena,
                "[{\"id\":\"%s\",\"name\":\"Data working hours\",\"timezone\":\"Europe/London\","
                "\"weekday_intervals\":[%s]}]",
                hours, str_text(&days));
    }
    str_finish(&days);
}

void
company_create(struct world *world)
{
    people_create(world);
    vocabulary_create(world);
    sources_create(world);
    rota_create(world);
    paths_create(world);
    routes_create(world);
    rota_refresh(world, world->now_ms);
}
