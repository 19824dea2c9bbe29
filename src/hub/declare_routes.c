/* Routes: which alerts, how they are grouped, whom they page, which incidents they make. */

#include <string.h>

#include "hub/declare_parts.h"
#include "wire/wire.h"

static const char *
attribute_reference(struct declaring *declaring, const char *name)
{
    return arena_printf(&declaring->arena, "alert.attributes.%s",
                        declared_id("alert_attribute", name, &declaring->arena));
}

static void
append_condition(struct str *out, const char *label, const char *reference,
                 const char *const *values)
{
    str_append(out, "{\"subject\":{\"label\":");
    wire_append_string(out, label);
    str_append(out, ",\"reference\":");
    wire_append_string(out, reference);
    str_append(out, "},\"operation\":{\"label\":\"is one of\",\"value\":\"one_of\"},"
                    "\"param_bindings\":[{\"array_value\":[");
    for (size_t i = 0; values[i]; i++) {
        str_append(out, i ? ",{\"literal\":" : "{\"literal\":");
        wire_append_string(out, values[i]);
        str_append_char(out, '}');
    }
    str_append(out, "]}]}");
}

/* One group of conditions that all hold; "[]" when there is none. The jq condition comes last: it costs most. */
static const char *
condition_groups(struct declaring *declaring, const char *const *matches, bool has_expression)
{
    static const char *const yes[] = {"true", NULL};
    struct str out;
    if (!*matches && !has_expression)
        return "[]";
    str_init(&out, 0);
    str_append(&out, "[{\"conditions\":[");
    for (size_t i = 0; matches[i]; i++) {
        struct hub_match match;
        if (!hub_match_read(matches[i], &declaring->arena, &match))
            continue; /* the file was checked */
        str_append(&out, i ? "," : "");
        append_condition(&out, match.attribute, attribute_reference(declaring, match.attribute),
                         match.values);
    }
    if (has_expression) {
        str_append(&out, *matches ? "," : "");
        append_condition(&out, "Condition", "expressions[\"when\"]", yes);
    }
    str_append(&out, "]}]");
    return declare_text(declaring, &out);
}

static const char *
expressions(struct declaring *declaring, const char *jq)
{
    struct str out;
    if (!*jq)
        return "[]";
    str_init(&out, 0);
    str_append_char(&out, '[');
    declare_append_expression(&out, "Condition", "when", "alert", "Bool", false,
                              declare_expression(declaring->file, jq, &declaring->arena));
    str_append_char(&out, ']');
    return declare_text(declaring, &out);
}

static const char *
sources(struct declaring *declaring, const struct hub_route *route)
{
    struct str out;
    str_init(&out, 0);
    str_append_char(&out, '[');
    for (size_t i = 0; route->sources[i]; i++)
        str_printf(&out, "%s{\"alert_source_id\":\"%s\",\"condition_groups\":[]}", i ? "," : "",
                   declared_id("alert_source", route->sources[i], &declaring->arena));
    str_append_char(&out, ']');
    return declare_text(declaring, &out);
}

static const char *
grouping(struct declaring *declaring, const struct hub_route *route)
{
    struct str out;
    if (!route->group)
        return "{\"default\":{\"enabled\":false}}";
    str_init(&out, 0);
    str_append(&out, "{\"default\":{\"enabled\":true,\"grouping_keys\":[");
    for (size_t i = 0; route->group_by[i]; i++)
        str_printf(&out, "%s{\"reference\":\"%s\"}", i ? "," : "",
                   strcmp(route->group_by[i], "title") == 0
                       ? "alert.title"
                       : attribute_reference(declaring, route->group_by[i]));
    str_printf(&out, "],\"window_seconds\":%lld,\"window_type\":\"%s\"}}",
               (long long)route->window / 1000, route->window_type);
    return declare_text(declaring, &out);
}

static const char *
escalation(struct declaring *declaring, const struct hub_route *route)
{
    struct str out;
    str_init(&out, 0);
    str_printf(&out, "{\"auto_cancel_escalations\":%s,\"escalation_targets\":[",
               route->auto_cancel ? "true" : "false");
    for (size_t i = 0; route->escalate[i]; i++)
        str_printf(&out, "%s{\"escalation_paths\":{\"array_value\":[{\"literal\":\"%s\"}]}}",
                   i ? "," : "",
                   declared_id("escalation_path", route->escalate[i], &declaring->arena));
    str_append_char(&out, ']');
    if (route->group)
        str_printf(&out, ",\"when_alert_joins_group\":{\"mode\":\"%s\"}",
                   strcmp(route->again, "each") == 0 ? "on_each_new_alert"
                                                     : "on_priority_increase");
    str_append_char(&out, '}');
    return declare_text(declaring, &out);
}

/* {{Owner}} names an attribute: in the API by its id. */
static const char *
text_template(struct declaring *declaring, const char *text)
{
    struct str out;
    str_init(&out, 0);
    for (const char *open; (open = strstr(text, "{{"));) {
        const char *close = strstr(open, "}}");
        if (!close)
            break;
        const char *name = arena_text_len(&declaring->arena, open + 2, (size_t)(close - open - 2));
        str_append_len(&out, text, (size_t)(open - text));
        str_printf(&out, "{{%s}}",
                   strncmp(name, "alert.", 6) == 0 ? name : attribute_reference(declaring, name));
        text = close + 2;
    }
    str_append(&out, text);
    return declare_text(declaring, &out);
}

static void
append_binding(struct str *out, const char *name, const char *kind, const char *value)
{
    str_printf(out, ",\"%s\":{\"binding\":{\"value\":{\"%s\":", name, kind);
    wire_append_string(out, value);
    str_append(out, "}}}");
}

/* A text that is one placeholder and nothing else is a reference. */
static void
append_text(struct declaring *declaring, struct str *out, const char *name, const char *text)
{
    text = text_template(declaring, text);
    size_t len = strlen(text);
    const char *kind = "literal";
    if (strncmp(text, "{{", 2) == 0 && strstr(text, "}}") == text + len - 2) {
        kind = "reference";
        text = arena_text_len(&declaring->arena, text + 2, len - 4);
    }
    str_printf(out, "\"%s\":{\"autogenerated\":false,\"binding\":{\"value\":{\"%s\":", name, kind);
    wire_append_string(out, text);
    str_append(out, "}}}");
}

static void
append_severity(struct declaring *declaring, struct str *out, const struct hub_route *route)
{
    const char *kind = "reference", *value = NULL;
    if (!*route->severity)
        return;
    for (size_t i = 0; i < declaring->file->severities_len; i++)
        if (strcmp(declaring->file->severities[i].title, route->severity) == 0) {
            kind = "literal";
            value = declared_id("severity", route->severity, &declaring->arena);
        }
    if (!value)
        value = attribute_reference(declaring, route->severity);
    str_printf(out,
               ",\"severity\":{\"binding\":{\"value\":{\"%s\":\"%s\"}},\"merge_strategy\":\"%s\"}",
               kind, value, route->severity_merge);
}

static void
append_roles(struct declaring *declaring, struct str *out, const struct hub_route *route)
{
    struct hub_match match;
    if (!*route->roles)
        return;
    str_append(out, ",\"incident_role_assignments\":[");
    for (size_t i = 0; route->roles[i]; i++) {
        struct user_embedded user;
        if (!hub_match_read(route->roles[i], &declaring->arena, &match))
            continue; /* the file was checked */
        declare_embed_user(declaring, match.values[0], &user);
        str_printf(out, "%s{\"incident_role_id\":\"%s\",\"binding\":{\"value\":{\"%s\":\"%s\"}}}",
                   i ? "," : "", declared_id("incident_role", match.attribute, &declaring->arena),
                   *user.id ? "literal" : "reference",
                   *user.id ? user.id : attribute_reference(declaring, match.values[0]));
    }
    str_append_char(out, ']');
}

static const char *
incident(struct declaring *declaring, const struct hub_route *route)
{
    struct str out;
    if (!route->incident)
        return "{\"enabled\":false}";
    str_init(&out, 0);
    str_printf(&out,
               "{\"enabled\":true,\"auto_decline_enabled\":%s,\"condition_groups\":%s,"
               "\"template\":{",
               route->auto_decline ? "true" : "false",
               condition_groups(declaring, route->incident_match, false));
    append_text(declaring, &out, "name", route->incident_name);
    if (*route->incident_summary) {
        str_append_char(&out, ',');
        append_text(declaring, &out, "summary", route->incident_summary);
    }
    append_severity(declaring, &out, route);
    append_binding(&out, "start_in_triage", "literal", route->triage ? "true" : "false");
    if (*route->type)
        append_binding(&out, "incident_type", "literal",
                       declared_id("incident_type", route->type, &declaring->arena));
    append_roles(declaring, &out, route);
    str_append(&out, "}}");
    return declare_text(declaring, &out);
}

static const char *
messages(struct declaring *declaring, const struct hub_route *route)
{
    struct str out;
    if (!*route->channels)
        return "{\"destinations\":[]}";
    str_init(&out, 0);
    str_append(&out, "{\"destinations\":[{\"condition_groups\":[],\"slack_targets\":{\"binding\":{"
                     "\"array_value\":[");
    for (size_t i = 0; route->channels[i]; i++) {
        str_append(&out, i ? ",{\"literal\":" : "{\"literal\":");
        wire_append_string(&out, route->channels[i]);
        str_append_char(&out, '}');
    }
    str_append(&out, "]},\"channel_visibility\":\"public\"}}]}");
    return declare_text(declaring, &out);
}

static bool
put_route(struct declaring *declaring, const struct hub_route *route, struct error *err)
{
    struct alert_route object;
    arena_reset(&declaring->arena);
    object_clear(&alert_route_table, &object);
    const char *jq = *route->when ? route->when : route->when_file_text;
    object.id = declared_id("alert_route", route->title, &declaring->arena);
    object.name = *route->name ? route->name : route->title;
    object.enabled = route->enabled;
    object.alert_sources = sources(declaring, route);
    object.condition_groups = condition_groups(declaring, route->match, *jq != '\0');
    object.expressions = expressions(declaring, jq);
    object.grouping_config = grouping(declaring, route);
    object.escalation_config = escalation(declaring, route);
    object.incident_config = incident(declaring, route);
    object.message_config = messages(declaring, route);
    object.owning_team_ids = declare_ids(declaring, "team", route->teams);
    return declare_put(declaring, KIND_ALERT_ROUTE, object.id, &object, route->line, err);
}

bool
declare_routes(struct declaring *declaring, struct error *err)
{
    for (size_t i = 0; i < declaring->file->routes_len; i++)
        if (!put_route(declaring, &declaring->file->routes[i], err))
            return false;
    return true;
}
