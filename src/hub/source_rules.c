#include "hub/source_rules.h"

#include <string.h>

#include "config/transforms.h"
#include "hub/objects.h"
#include "wire/wire.h"

/* ---- the template, as far as it matters here ---- */

#define TEMPLATE_OPERATION_FIELDS(X)                                                               \
    X(TEXT, operation_type, "operation_type", 0, _)                                                \
    X(TEXT, source, "parse.source", 0, _)
struct template_operation {
    TEMPLATE_OPERATION_FIELDS(FIELD_DECLARE)
};

#define TEMPLATE_EXPRESSION_FIELDS(X)                                                              \
    X(TEXT, reference, "reference", 0, _)                                                          \
    X(TEXT, root_reference, "root_reference", 0, _)                                                \
    X(LIST, operations, "operations", 0, template_operation)                                       \
    X(TEXT, otherwise, "else_branch.result.value.literal", 0, _)
struct template_expression {
    TEMPLATE_EXPRESSION_FIELDS(FIELD_DECLARE)
};

#define TEMPLATE_ATTRIBUTE_FIELDS(X)                                                               \
    X(TEXT, alert_attribute_id, "alert_attribute_id", 0, _)                                        \
    X(TEXT, literal, "binding.value.literal", 0, _)                                                \
    X(TEXT, reference, "binding.value.reference", 0, _)                                            \
    X(LIST, array_value, "binding.array_value", 0, binding_value)                                  \
    X(TEXT, merge_strategy, "binding.merge_strategy", 0, _)
struct template_attribute {
    TEMPLATE_ATTRIBUTE_FIELDS(FIELD_DECLARE)
};

#define SOURCE_TEMPLATE_FIELDS(X)                                                                  \
    X(TEXT, title, "title.literal", 0, _)                                                          \
    X(TEXT, title_reference, "title.reference", 0, _)                                              \
    X(TEXT, description, "description.literal", 0, _)                                              \
    X(TEXT, description_reference, "description.reference", 0, _)                                  \
    X(LIST, attributes, "attributes", 0, template_attribute)                                       \
    X(LIST, expressions, "expressions", 0, template_expression)
struct source_template {
    SOURCE_TEMPLATE_FIELDS(FIELD_DECLARE)
};

#define CUSTOM_OPTIONS_FIELDS(X)                                                                   \
    X(TEXT, transform_expression, "transform_expression", 0, _)                                    \
    X(TEXT, deduplication_key_path, "deduplication_key_path", 0, _)
struct custom_options {
    CUSTOM_OPTIONS_FIELDS(FIELD_DECLARE)
};

#define FIELD_OWNER struct template_operation
static const struct field template_operation_rows[] = {TEMPLATE_OPERATION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table template_operation_table =
    FIELD_TABLE(template_operation, SIZE_MAX);
#define FIELD_OWNER struct template_expression
static const struct field template_expression_rows[] = {TEMPLATE_EXPRESSION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table template_expression_table =
    FIELD_TABLE(template_expression, SIZE_MAX);
#define FIELD_OWNER struct template_attribute
static const struct field template_attribute_rows[] = {TEMPLATE_ATTRIBUTE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table template_attribute_table =
    FIELD_TABLE(template_attribute, SIZE_MAX);
#define FIELD_OWNER struct source_template
static const struct field source_template_rows[] = {SOURCE_TEMPLATE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table source_template_table = FIELD_TABLE(source_template, SIZE_MAX);
#define FIELD_OWNER struct custom_options
static const struct field custom_options_rows[] = {CUSTOM_OPTIONS_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table custom_options_table = FIELD_TABLE(custom_options, SIZE_MAX);

/* ---- references as programs ---- */

struct reading {
    struct store *store;
    struct arena *arena;
    struct source_template template;
    const char **programs;
    size_t programs_len, programs_cap;
};

static size_t
add_program(struct reading *reading, const char *program)
{
    for (size_t i = 0; i < reading->programs_len; i++)
        if (strcmp(reading->programs[i], program) == 0)
            return i;
    if (reading->programs_len == reading->programs_cap) {
        reading->programs_cap = reading->programs_cap ? 2 * reading->programs_cap : 16;
        const char **more = arena_new_array(reading->arena, reading->programs_cap, const char *);
        for (size_t i = 0; i < reading->programs_len; i++)
            more[i] = reading->programs[i];
        reading->programs = more;
    }
    reading->programs[reading->programs_len] = program;
    return reading->programs_len++;
}

/* "payload.metadata.team" as jq: .["metadata"]["team"], nothing where there is no such place. */
static const char *
path_program(const char *path, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    str_append(&out, ".");
    while (*path) {
        size_t len = strcspn(path, ".");
        str_append_char(&out, '[');
        wire_append_string(&out, arena_text_len(arena, path, len));
        str_append(&out, "]?");
        path += len + (path[len] == '.');
    }
    const char *program = arena_text(arena, str_text(&out));
    str_finish(&out);
    return program;
}

/* The name in expressions["name"]; NULL when the reference is none. */
static const char *
expression_name(const char *reference, struct arena *arena)
{
    static const char before[] = "expressions[\"", after[] = "\"]";
    size_t len = strlen(reference);
    if (len < sizeof before + sizeof after - 2 ||
        strncmp(reference, before, sizeof before - 1) != 0 ||
        strcmp(reference + len - (sizeof after - 1), after) != 0)
        return NULL;
    return arena_text_len(arena, reference + sizeof before - 1,
                          len - (sizeof before - 1) - (sizeof after - 1));
}

static void
read_expression(struct reading *reading, const char *name, struct rule_part *part,
                const char **text)
{
    const struct template_expression *expression = NULL;
    for (size_t i = 0; i < reading->template.expressions_len && !expression; i++)
        if (strcmp(reading->template.expressions[i].reference, name) == 0)
            expression = &reading->template.expressions[i];
    if (!expression) {
        part->problem = "the template has no expression of that name";
        return;
    }
    const struct template_operation *parse =
        expression->operations_len == 1 ? &expression->operations[0] : NULL;
    bool from_payload =
        strcmp(expression->root_reference, "payload") == 0 || expression->root_reference[0] == '\0';
    part->otherwise = expression->otherwise;
    if (!parse || !from_payload || strcmp(parse->operation_type, "parse") != 0) {
        part->problem = "this hub evaluates expressions of one parse operation on the payload";
        return;
    }
    *text = parse->source;
    part->program = add_program(reading, parse->source);
}

static void
read_part(struct reading *reading, const char *literal, const char *reference,
          struct rule_part *part, const char **text)
{
    *part = (struct rule_part){literal, SIZE_MAX, "", ""};
    *text = *literal ? literal : reference;
    const char *name = expression_name(reference, reading->arena);
    if (*literal)
        return;
    if (name)
        read_expression(reading, name, part, text);
    else if (strcmp(reference, "payload") == 0 || strncmp(reference, "payload.", 8) == 0)
        part->program =
            add_program(reading, path_program(reference + (reference[7] ? 8 : 7), reading->arena));
    else
        part->problem = "it refers to nothing that a source's template can";
}

/* `own`: the reference to what the event itself has there. */
static struct rule_text
read_text(struct reading *reading, const char *literal, const char *reference, const char *own)
{
    struct arena *arena = reading->arena;
    const char *ignored;
    if (*literal == '\0' && *reference && strcmp(reference, own) != 0)
        literal = arena_printf(arena, "{{%s}}", reference);
    size_t most = 1;
    for (const char *at = strstr(literal, "{{"); at; at = strstr(at + 2, "{{"))
        most++;
    struct rule_text_piece *pieces = arena_new_array(arena, most, struct rule_text_piece);
    struct rule_text text = {pieces, 0};
    while (placeholder_next(&literal, arena, &pieces[text.len].placeholder)) {
        read_part(reading, "", pieces[text.len].placeholder.reference, &pieces[text.len].part,
                  &ignored);
        text.len++;
    }
    if (*literal)
        pieces[text.len++] = (struct rule_text_piece){
            .placeholder = {.before = literal, .reference = ""},
            .part = {.literal = "", .program = SIZE_MAX, .otherwise = "", .problem = ""},
        };
    return text;
}

static bool
read_attribute(struct reading *reading, const struct template_attribute *given,
               struct rule_attribute *rule, struct error *err)
{
    struct arena *arena = reading->arena;
    struct alert_attribute *attribute = arena_new(arena, struct alert_attribute);
    bool found, is_list = given->array_value_len > 0;
    if (!object_load(reading->store, KIND_ALERT_ATTRIBUTE, given->alert_attribute_id, arena,
                     attribute, &found, err))
        return false;
    if (!found) { /* it was removed since: there is nothing to set */
        *rule = (struct rule_attribute){0};
        return true;
    }
    size_t len = is_list ? given->array_value_len : 1;
    struct rule_part *parts = arena_new_array(arena, len, struct rule_part);
    const char *text = "", *first = "";
    for (size_t i = 0; i < len; i++) {
        read_part(reading, is_list ? given->array_value[i].literal : given->literal,
                  is_list ? given->array_value[i].reference : given->reference, &parts[i], &text);
        first = i == 0 ? text : arena_printf(arena, "%s, %s", first, text);
    }
    *rule = (struct rule_attribute){attribute, given->merge_strategy, first, parts, len};
    return true;
}

static bool
read_template(struct reading *reading, const struct alert_source *source,
              struct source_rules *rules, struct error *err)
{
    struct custom_options custom;
    object_clear(&custom_options_table, &custom);
    object_clear(&source_template_table, &reading->template);
    if (*source->template && !wire_read_fields(&source_template_table, slice_of(source->template),
                                               reading->arena, &reading->template, err))
        return error_wrap(err, "the template of the alert source '%s'", source->name);
    if (*source->http_custom_options &&
        !wire_read_fields(&custom_options_table, slice_of(source->http_custom_options),
                          reading->arena, &custom, err))
        return error_wrap(err, "the options of the alert source '%s'", source->name);
    const char *ready = transform_ready(source->source_type);
    rules->transform = *custom.transform_expression ? custom.transform_expression
                       : ready                      ? ready
                                                    : "";
    rules->deduplication_key_path = custom.deduplication_key_path;
    struct rule_attribute *attributes = arena_new_array(
        reading->arena, reading->template.attributes_len + 1, struct rule_attribute);
    for (size_t i = 0; i < reading->template.attributes_len; i++) {
        if (!read_attribute(reading, &reading->template.attributes[i],
                            &attributes[rules->attributes_len], err))
            return false;
        rules->attributes_len += attributes[rules->attributes_len].attribute != NULL;
    }
    const struct source_template *template = &reading->template;
    rules->attributes = attributes;
    rules->title = read_text(reading, template->title, template->title_reference, "payload.title");
    rules->description = read_text(reading, template->description, template->description_reference,
                                   "payload.description");
    rules->programs = reading->programs;
    rules->programs_len = reading->programs_len;
    return true;
}

bool
source_rules_load(struct store *store, const char *alert_source_id, struct arena *arena,
                  struct source_rules *rules, struct error *err)
{
    struct reading reading = {.store = store, .arena = arena};
    struct alert_source source;
    bool found;
    *rules = (struct source_rules){
        .id = alert_source_id, .name = "", .transform = "", .deduplication_key_path = ""};
    if (!object_load(store, KIND_ALERT_SOURCE, alert_source_id, arena, &source, &found, err))
        return false;
    if (!found)
        return true;
    rules->name = source.name;
    return read_template(&reading, &source, rules, err);
}

/* ---- texts of an event ---- */

/* What a program gave, as people read it: elements of an array with commas between them. */
static const char *
value_text(const char *json, struct arena *arena)
{
    struct wire_document *document;
    struct error err;
    struct str out;
    if (*json == '\0' || *json == '{' || !wire_document_read(slice_of(json), &document, &err))
        return "";
    str_init(&out, 0); /* as long as what was given, which is bounded */
    size_t len = *json == '[' ? wire_document_count(document, "") : 1;
    for (size_t i = 0; i < len; i++) {
        const char *path = *json == '[' ? arena_printf(arena, "%zu", i) : "";
        str_printf(&out, "%s%s", i ? ", " : "", wire_document_text(document, arena, path));
    }
    wire_document_destroy(document);
    const char *text = arena_text(arena, str_text(&out));
    str_finish(&out);
    return text;
}

/* Cut as what a sender may send; the event's own when it comes out empty. */
static const char *
render(const struct rule_text *text, const char *own, const struct worker_result *results,
       size_t max_bytes, struct arena *arena)
{
    const struct placeholder whole = {.max_bytes = max_bytes};
    struct str out, cut;
    str_init(&out, 0); /* as long as the template and the results are, which are bounded */
    for (size_t i = 0; i < text->len; i++) {
        const struct rule_text_piece *piece = &text->pieces[i];
        const char *value = "";
        if (piece->part.program != SIZE_MAX && results)
            value = value_text(results[piece->part.program].json, arena);
        str_append(&out, piece->placeholder.before);
        placeholder_append(&piece->placeholder, *value ? value : piece->part.otherwise, &out);
    }
    str_init(&cut, 0);
    placeholder_append(&whole, str_text(&out), &cut);
    const char *rendered = arena_text(arena, str_text(&cut));
    str_finish(&out);
    str_finish(&cut);
    return rendered[strspn(rendered, " \t\r\n")] ? rendered : own;
}

const struct alert_event *
source_rules_retell(const struct source_rules *rules, const struct alert_event *event,
                    const struct worker_result *results, struct arena *arena)
{
    if (rules->title.len == 0 && rules->description.len == 0)
        return event;
    struct alert_event *retold = arena_new(arena, struct alert_event);
    *retold = *event;
    retold->title =
        render(&rules->title, event->title, results, ALERT_EVENT_TITLE_MAX_BYTES, arena);
    retold->description =
        render(&rules->description, event->description, results, ALERT_EVENT_TEXT_MAX_BYTES, arena);
    return retold;
}
