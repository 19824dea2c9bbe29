#include "store/detail.h"

#define ESCALATION_FACTS_FIELDS(X)                                                                 \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, status, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, priority, "", FIELD_COLUMN, _)                                                         \
    X(TIME, created_at, "", FIELD_COLUMN, _)                                                       \
    X(TEXT, description, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, path, "", FIELD_COLUMN, _)

struct escalation_facts {
    ESCALATION_FACTS_FIELDS(FIELD_DECLARE)
};

#define FIELD_OWNER struct escalation_facts
static const struct field escalation_facts_rows[] = {ESCALATION_FACTS_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table escalation_facts_table = FIELD_TABLE(escalation_facts, SIZE_MAX);

bool
detail_escalation(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct escalation_facts escalation;
    bool found;
    detail_begin(detail);
    if (!detail_row(store, SQL_DETAIL_ESCALATION, id, &escalation_facts_table, &detail->arena,
                    &escalation, &found, err))
        return false;
    if (!found)
        return true;
    detail->id = detail->name = escalation.id;
    detail->title = escalation.title;
    detail->ref = arena_printf(&detail->arena, "escalation/%s", escalation.id);
    detail_add(detail, (struct detail_fact){
                           .label = "state", .text = escalation.status, .tone = TONE_STRONG});
    detail_add(detail, (struct detail_fact){.label = "priority", .text = escalation.priority});
    detail_add(detail, (struct detail_fact){.label = "path", .text = escalation.path});
    detail_add(detail, (struct detail_fact){.label = "began", .at = escalation.created_at});
    detail_add_block(detail, "", escalation.description, 0);
    return detail_add_rows(store, SQL_DETAIL_ESCALATION_EVENTS, id, detail, err) &&
           detail_add_rows(store, SQL_DETAIL_ESCALATION_ABOUT, id, detail, err);
}
