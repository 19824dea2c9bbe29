#include "store/detail.h"

#include "base/str.h"

#define FOLLOW_UP_FACTS_FIELDS(X)                                                                  \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, status, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, assignee, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, team, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, priority, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, priority_description, "", FIELD_COLUMN, _)                                             \
    X(TEXT, issue, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, issue_link, "", FIELD_COLUMN, _)                                                       \
    X(TEXT, provider, "", FIELD_COLUMN, _)                                                         \
    X(TIME, created_at, "", FIELD_COLUMN, _)                                                       \
    X(TIME, due_at, "", FIELD_COLUMN, _)                                                           \
    X(TIME, completed_at, "", FIELD_COLUMN, _)                                                     \
    X(TEXT, description, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, creator, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, labels, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, incident_id, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, incident_reference, "", FIELD_COLUMN, _)                                               \
    X(TEXT, incident_name, "", FIELD_COLUMN, _)                                                    \
    X(TEXT, incident_status, "", FIELD_COLUMN, _)                                                  \
    X(TEXT, incident_permalink, "", FIELD_COLUMN, _)

struct follow_up_facts {
    FOLLOW_UP_FACTS_FIELDS(FIELD_DECLARE)
};

#define FIELD_OWNER struct follow_up_facts
static const struct field follow_up_facts_rows[] = {FOLLOW_UP_FACTS_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table follow_up_facts_table = FIELD_TABLE(follow_up_facts, SIZE_MAX);

static void
add_due(const struct follow_up_facts *follow_up, bool open, struct detail *detail)
{
    int64_t late_ms = open && follow_up->due_at ? clock_now_ms() - follow_up->due_at : 0;
    const char *late = late_ms <= 0 ? ""
                       : late_ms < DAY_MS
                           ? "late"
                           : arena_printf(&detail->arena, "%d d late", (int)(late_ms / DAY_MS));
    detail_add(detail, (struct detail_fact){.label = "due",
                                            .text = late,
                                            .at = follow_up->due_at,
                                            .tone = *late ? TONE_PROBLEM : TONE_PLAIN});
}

bool
detail_follow_up(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct follow_up_facts follow_up;
    struct arena *arena = &detail->arena;
    bool found;
    detail_begin(detail);
    if (!detail_row(store, SQL_DETAIL_FOLLOW_UP, id, &follow_up_facts_table, arena, &follow_up,
                    &found, err))
        return false;
    if (!found)
        return true;
    detail->id = detail->name = follow_up.id;
    detail->title = follow_up.title;
    detail->ref = arena_printf(arena, "follow-up/%s", follow_up.id);

    bool open = text_equals(follow_up.status, "outstanding");
    if (!open)
        detail_add(detail, (struct detail_fact){.label = "status",
                                                .text = text_equals(follow_up.status, "not_doing")
                                                            ? "not doing"
                                                            : follow_up.status,
                                                .at = follow_up.completed_at,
                                                .tone = TONE_RESOLVED});
    add_due(&follow_up, open, detail);
    detail_add(detail,
               (struct detail_fact){.label = "owner",
                                    .text = *follow_up.assignee ? follow_up.assignee
                                            : open              ? "nobody"
                                                                : "",
                                    .tone = *follow_up.assignee ? TONE_PERSON : TONE_PROBLEM});
    detail_add(detail, (struct detail_fact){.label = "team", .text = follow_up.team});
    if (*follow_up.incident_reference)
        detail_add(detail, (struct detail_fact){
                               .label = "incident",
                               .text = arena_printf(arena, "%s %s", follow_up.incident_reference,
                                                    detail_with(arena, follow_up.incident_name,
                                                                follow_up.incident_status)),
                               .link = follow_up.incident_permalink,
                               .ref = arena_printf(arena, "incident/%s", follow_up.incident_id),
                               .tone = TONE_REFERENCE});
    detail_add(detail, (struct detail_fact){
                           .label = "priority",
                           .text = detail->brief ? follow_up.priority
                                                 : detail_with(arena, follow_up.priority,
                                                               follow_up.priority_description)});
    detail_add(detail,
               (struct detail_fact){.label = "issue",
                                    .text = detail_with(arena, follow_up.issue, follow_up.provider),
                                    .link = follow_up.issue_link,
                                    .tone = TONE_REFERENCE});
    detail_add(detail, (struct detail_fact){.label = "labels", .text = follow_up.labels});
    detail_add(detail,
               (struct detail_fact){.label = "created",
                                    .text = *follow_up.creator
                                                ? arena_printf(arena, "by %s", follow_up.creator)
                                                : "",
                                    .at = follow_up.created_at});
    detail_add_block(detail, "", follow_up.description, 0);
    return true;
}
