/* Alert sources: how they are opened, and what their events' attributes are made by. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "hub/declare_parts.h"
#include "hub/hub.h"
#include "hub/placeholder.h"
#include "wire/wire.h"

/* "$owner_of" as a whole word. */
static bool
names_lookup(const char *jq, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = strchr(jq, '$'); at; at = strchr(at + 1, '$')) {
        const char *end = at + 1 + len;
        if (strncmp(at + 1, name, len) == 0 && !isalnum((unsigned char)*end) && *end != '_')
            return true;
    }
    return false;
}

const char *
declare_expression(const struct hub_file *file, const char *jq, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    for (size_t i = 0; i < file->lookups_len; i++) {
        const struct hub_lookup *lookup = &file->lookups[i];
        if (!names_lookup(jq, lookup->title))
            continue;
        str_append_char(&out, '{');
        for (size_t e = 0; e < lookup->entries_len; e++) {
            str_append(&out, e ? "," : "");
            wire_append_string(&out, lookup->entries[e].key);
            str_append_char(&out, ':');
            wire_append_string(&out, lookup->entries[e].value);
        }
        str_printf(&out, "} as $%s | ", lookup->title);
    }
    str_append(&out, jq);
    const char *text = arena_text(arena, str_text(&out));
    str_finish(&out);
    return text;
}

void
declare_append_expression(struct str *out, const char *label, const char *reference,
                          const char *root, const char *type, bool array, const char *jq)
{
    struct str returns;
    str_init(&returns, 0);
    str_printf(&returns, "\"returns\":{\"type\":\"%s\",\"array\":%s}", type,
               array ? "true" : "false");
    str_append(out, "{\"label\":");
    wire_append_string(out, label);
    str_printf(out,
               ",\"reference\":\"%s\",\"root_reference\":\"%s\",%s,\"operations\":[{"
               "\"operation_type\":\"parse\",%s,\"parse\":{%s,\"source\":",
               reference, root, str_text(&returns), str_text(&returns), str_text(&returns));
    wire_append_string(out, jq);
    str_append(out, "}}]}");
    str_finish(&returns);
}

static bool
has_name(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

const char *
hub_source_expression(const struct hub_source *source, const struct hub_attribute *attribute)
{
    if (*source->attributes && !has_name(source->attributes, attribute->title))
        return NULL;
    for (size_t i = 0; i < source->children_len; i++) {
        const struct hub_source_attribute *own = &source->children[i];
        if (strcmp(own->title, attribute->title) == 0)
            return *own->jq ? own->jq : own->file_text;
    }
    return *attribute->jq ? attribute->jq : attribute->file_text;
}

/* {{Owner}} names an attribute: in the API by the expression that it is computed by. */
static const char *
text_template(struct declaring *declaring, const char *text)
{
    const struct hub_file *file = declaring->file;
    struct placeholder placeholder;
    struct str out;
    str_init(&out, 0);
    while (placeholder_next(&text, &declaring->arena, &placeholder)) {
        size_t i = 0;
        while (i < file->attributes_len &&
               strcmp(file->attributes[i].title, placeholder.reference) != 0)
            i++;
        str_append(&out, placeholder.before);
        if (i < file->attributes_len)
            str_printf(&out, "{{expressions[\"a%zu\"]", i);
        else
            str_printf(&out, "{{%s", placeholder.reference);
        if (placeholder.max_bytes)
            str_printf(&out, " | truncate: %zu", placeholder.max_bytes);
        str_append(&out, "}}");
    }
    str_append(&out, text);
    return declare_text(declaring, &out);
}

static void
append_text(struct declaring *declaring, struct str *out, const char *name, const char *label,
            const char *text)
{
    str_printf(out, "\"%s\":{\"label\":\"", name);
    if (*text == '\0') {
        str_printf(out, "Payload: %s\",\"reference\":\"payload.%s\"},", name, name);
        return;
    }
    str_printf(out, "%s\",\"literal\":", label);
    wire_append_string(out, text_template(declaring, text));
    str_append(out, "},");
}

static const char *
template_of(struct declaring *declaring, const struct hub_source *source)
{
    const struct hub_file *file = declaring->file;
    struct str bindings, expressions;
    str_init(&bindings, 0);
    str_init(&expressions, 0);
    for (size_t i = 0; i < file->attributes_len; i++) {
        const struct hub_attribute *attribute = &file->attributes[i];
        const char *jq = hub_source_expression(source, attribute);
        if (!jq)
            continue;
        const char *comma = bindings.len ? "," : "";
        char reference[24];
        (void)snprintf(reference, sizeof reference, "a%zu", i); /* fits */
        str_printf(&bindings,
                   "%s{\"alert_attribute_id\":\"%s\",\"binding\":{\"%s{\"label\":", comma,
                   declared_id("alert_attribute", attribute->title, &declaring->arena),
                   attribute->array ? "array_value\":[" : "value\":");
        wire_append_string(&bindings, attribute->title);
        str_printf(&bindings,
                   ",\"reference\":\"expressions[\\\"%s\\\"]\"}%s,\"merge_strategy\":\"%s\"}}",
                   reference, attribute->array ? "]" : "", attribute->merge);
        str_append(&expressions, comma);
        declare_append_expression(&expressions, attribute->title, reference, "payload",
                                  attribute->type, attribute->array,
                                  declare_expression(file, jq, &declaring->arena));
    }
    struct str out;
    str_init(&out, 0);
    str_append_char(&out, '{');
    append_text(declaring, &out, "title", "Title", source->title_template);
    append_text(declaring, &out, "description", "Description", source->description);
    str_printf(&out, "\"attributes\":[%s],\"expressions\":[%s],\"is_private\":false}",
               str_text(&bindings), str_text(&expressions));
    str_finish(&bindings);
    str_finish(&expressions);
    return declare_text(declaring, &out);
}

static const char *
transform_options(struct declaring *declaring, const struct hub_source *source)
{
    struct str out;
    str_init(&out, 0);
    str_append(&out, "{\"deduplication_key_path\":\"deduplication_key\",\"transform_expression\":");
    wire_append_string(
        &out, declare_expression(declaring->file, source->transform_text, &declaring->arena));
    str_append_char(&out, '}');
    return declare_text(declaring, &out);
}

static bool
put_source(struct declaring *declaring, const struct hub_source *source, struct error *err)
{
    struct arena *arena = &declaring->arena;
    struct alert_source object;
    arena_reset(arena);
    object_clear(&alert_source_table, &object);
    bool beats = strcmp(source->type, "heartbeat") == 0;
    bool custom = strcmp(source->type, "custom") == 0;
    object.id = declared_id("alert_source", source->title, arena);
    object.name = *source->name ? source->name : source->title;
    object.source_type = custom ? "http_custom" : source->type;
    object.template = template_of(declaring, source);
    object.auto_resolve_timeout_minutes = (source->auto_resolve + 59999) / 60000;
    object.auto_resolve_incident_alerts = source->auto_resolve_incidents;
    object.owning_team_ids = declare_ids(declaring, "team", source->teams);
    if (beats)
        object.heartbeat_options = arena_printf(
            arena,
            "{\"interval_seconds\":%lld,\"grace_period_seconds\":%lld,\"failure_threshold\":%lld,"
            "\"ping_url\":\"%s/v2/heartbeat/%s/ping\"}",
            (long long)source->interval / 1000, (long long)source->grace / 1000,
            (long long)source->misses, declaring->links, object.id);
    else
        object.alert_events_url = arena_printf(arena, "%s/v2/alert_events/%s/%s", declaring->links,
                                               object.source_type, object.id);
    if (custom)
        object.http_custom_options = transform_options(declaring, source);
    if (!declare_put(declaring, KIND_ALERT_SOURCE, object.id, &object, source->line, err))
        return false;
    return !*source->secret_file_text ||
           hub_source_secret_set(declaring->store, object.id, source->secret_file_text, err);
}

bool
declare_sources(struct declaring *declaring, struct error *err)
{
    for (size_t i = 0; i < declaring->file->sources_len; i++)
        if (!put_source(declaring, &declaring->file->sources[i], err))
            return false;
    return true;
}
