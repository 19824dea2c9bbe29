#include "hub/write_conditions.h"

#include <string.h>

#define FIELD_OWNER struct condition_sent
static const struct field condition_sent_rows[] = {CONDITION_SENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct condition_group_sent
static const struct field condition_group_sent_rows[] = {CONDITION_GROUP_SENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
const struct field_table condition_sent_table = FIELD_TABLE(condition_sent, SIZE_MAX);
const struct field_table condition_group_sent_table = FIELD_TABLE(condition_group_sent, SIZE_MAX);

/* An attribute is shown by its name. */
static bool
subject_label(struct exchange *exchange, const char *subject, const char **label)
{
    static const char attributes[] = "alert.attributes.";
    struct alert_attribute attribute;
    struct error err;
    bool found;

    *label = subject;
    if (strncmp(subject, attributes, strlen(attributes)) != 0)
        return true;
    if (!cache_get(exchange->store, KIND_ALERT_ATTRIBUTE, subject + strlen(attributes),
                   exchange->arena, &attribute, &found, &err))
        return answer_failure(exchange, &err);
    *label = found ? attribute.name : subject;
    return true;
}

static bool
append_condition(struct exchange *exchange, const struct condition_sent *condition,
                 const char *field, struct str *out)
{
    const char *label;

    if (!condition_operation_is_known(condition->operation))
        return answer_invalid(exchange, arena_printf(exchange->arena, "%s.operation", field),
                              "'%s.operation': there is no operation '%.60s'", field,
                              condition->operation);
    if (!subject_label(exchange, condition->subject, &label))
        return false;
    str_append(out, "{\"subject\":{\"label\":");
    wire_append_string(out, label);
    str_append(out, ",\"reference\":");
    wire_append_string(out, condition->subject);
    str_append(out, "},\"operation\":{\"label\":");
    wire_append_string(out, condition_operation_label(condition->operation));
    str_append(out, ",\"value\":");
    wire_append_string(out, condition->operation);
    str_append(out, "},\"param_bindings\":[");
    for (size_t i = 0; i < condition->param_bindings_len; i++) {
        str_append(out, i > 0 ? "," : "");
        str_append(
            out, wire_write_object(&binding_table, &condition->param_bindings[i], exchange->arena));
    }
    str_append(out, "]}");
    return true;
}

bool
conditions_sent_read(struct exchange *exchange, const struct condition_group_sent *groups,
                     size_t groups_len, const char *field, const char **json)
{
    struct str out;
    bool ok = true;

    str_init(&out, 0);
    str_append_char(&out, '[');
    for (size_t i = 0; ok && i < groups_len; i++) {
        const char *where = arena_printf(exchange->arena, "%s.%zu.conditions", field, i);
        str_append(&out, i > 0 ? ",{\"conditions\":[" : "{\"conditions\":[");
        if (groups[i].conditions_len == 0)
            ok = answer_error(exchange, 422, "is_required", where, "'%s': a group is empty", where);
        for (size_t j = 0; ok && j < groups[i].conditions_len; j++) {
            str_append(&out, j > 0 ? "," : "");
            ok = append_condition(exchange, &groups[i].conditions[j],
                                  arena_printf(exchange->arena, "%s.%zu", where, j), &out);
        }
        str_append(&out, "]}");
    }
    str_append_char(&out, ']');
    *json = ok ? wire_label_bindings(str_slice(&out), exchange->arena) : "";
    str_finish(&out);
    return ok;
}
