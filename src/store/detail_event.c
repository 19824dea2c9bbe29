#include "store/detail.h"

#include <string.h>

#include "base/str.h"
#include "store/cache.h"
#include "store/pipeline_run.h"

/* ---- by reference: "incident/01H…" ---- */

static bool detail_attachment(struct store *store, const char *id, struct detail *detail,
                              struct error *err);
static bool detail_run(struct store *store, const char *id, struct detail *detail,
                       struct error *err);

/*
 * What stands in front of an id says what it is of. Events of a timeline are called so as well; those that have an object
 * of their own to show are here.
 */
static const struct {
    const char *prefix;
    enum kind kind; /* of the cached object; KIND_COUNT = none */
    bool (*read)(struct store *store, const char *id, struct detail *detail, struct error *err);
} sources[] = {
    {"alert/", KIND_ALERT, detail_alert},
    {"resolved/", KIND_ALERT, detail_alert},
    {"incident/", KIND_INCIDENT, detail_incident},
    {"follow-up/", KIND_FOLLOW_UP, detail_follow_up},
    {"task/", KIND_FOLLOW_UP, detail_follow_up},
    {"shift/", KIND_SCHEDULE_ENTRY, detail_shift},
    {"escalation/", KIND_ESCALATION, detail_escalation},
    {"link/", KIND_INCIDENT_ATTACHMENT, detail_attachment},
    {"run/", KIND_COUNT, detail_run},
    {"update/", KIND_INCIDENT_UPDATE, NULL},
    {"item/", KIND_INCIDENT_TIMELINE_ITEM, NULL},
    {"note/", KIND_ALERT_NOTE, NULL},
};
#define SOURCES_LEN (sizeof sources / sizeof *sources)

static size_t
source_of(const char *ref)
{
    for (size_t i = 0; i < SOURCES_LEN; i++)
        if (strncmp(ref, sources[i].prefix, strlen(sources[i].prefix)) == 0)
            return i;
    return SOURCES_LEN;
}

bool
detail_read(struct store *store, const char *ref, struct detail *detail, struct error *err)
{
    size_t i = source_of(ref);
    if (i < SOURCES_LEN && sources[i].read)
        return sources[i].read(store, ref + strlen(sources[i].prefix), detail, err);
    detail_begin(detail);
    return true;
}

bool
detail_json(struct store *store, const char *ref, struct arena *arena, const char **json,
            struct error *err)
{
    size_t i = source_of(ref);
    bool found;
    *json = "";
    if (i == SOURCES_LEN || sources[i].kind == KIND_COUNT)
        return true;
    const struct field_table *table = kind_info(sources[i].kind)->fields;
    void *object = arena_alloc(arena, table->struct_size);
    if (!cache_get(store, sources[i].kind, ref + strlen(sources[i].prefix), arena, object, &found,
                   err))
        return false;
    if (found)
        *json = *(const char **)((char *)object + table->json_offset);
    return true;
}

/* ---- attachments ---- */

#define ATTACHMENT_FACTS_FIELDS(X)                                                                 \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, type, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, external_id, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, permalink, "", FIELD_COLUMN, _)                                                        \
    X(TIME, first_seen_at, "", FIELD_COLUMN, _)                                                    \
    X(TEXT, state, "", FIELD_COLUMN, _) /* of a pull request, in words */                          \
    X(TEXT, author, "", FIELD_COLUMN, _)                                                           \
    X(TIME, merged_at, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, incident_id, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, reference, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, name, "", FIELD_COLUMN, _)

struct attachment_facts {
    ATTACHMENT_FACTS_FIELDS(FIELD_DECLARE)
};

#define FIELD_OWNER struct attachment_facts
static const struct field attachment_facts_rows[] = {ATTACHMENT_FACTS_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table attachment_facts_table = FIELD_TABLE(attachment_facts, SIZE_MAX);

static bool
detail_attachment(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct arena *arena = &detail->arena;
    struct attachment_facts attachment;
    bool found;
    detail_begin(detail);
    if (!detail_row(store, SQL_DETAIL_ATTACHMENT, id, &attachment_facts_table, arena, &attachment,
                    &found, err))
        return false;
    if (!found)
        return true;
    detail->id = attachment.id;
    detail->name = *attachment.external_id ? attachment.external_id : attachment.id;
    detail->ref = arena_printf(arena, "link/%s", attachment.id);
    detail->title = *attachment.title ? attachment.title : detail->name;
    detail_add(detail, (struct detail_fact){.label = "attached", .text = attachment.type});
    detail_add(detail, (struct detail_fact){.label = "called",
                                            .text = attachment.external_id,
                                            .tone = TONE_REFERENCE});
    detail_add(detail, (struct detail_fact){
                           .label = "state", .text = attachment.state, .tone = TONE_STRONG});
    detail_add(detail, (struct detail_fact){
                           .label = "author", .text = attachment.author, .tone = TONE_PERSON});
    detail_add(detail, (struct detail_fact){.label = "merged", .at = attachment.merged_at});
    detail_add(detail, (struct detail_fact){.label = "first seen", .at = attachment.first_seen_at});
    if (*attachment.reference)
        detail_add(detail,
                   (struct detail_fact){
                       .label = "incident",
                       .text = arena_printf(arena, "%s %s", attachment.reference, attachment.name),
                       .ref = arena_printf(arena, "incident/%s", attachment.incident_id),
                       .tone = TONE_REFERENCE});
    detail_add(detail, (struct detail_fact){.label = "link",
                                            .text = attachment.permalink,
                                            .link = attachment.permalink});
    return true;
}

/* ---- runs of the pipeline ---- */

static bool
detail_run(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct arena *arena = &detail->arena;
    struct pipeline_run run;
    detail_begin(detail);
    if (!pipeline_run_get(store, id, arena, &run, err))
        return false;
    if (!run.number)
        return true;
    detail->id = arena_text(arena, run.id);
    detail->name = arena_printf(arena, "run %lld", (long long)run.number);
    detail->ref = arena_printf(arena, "run/%s", run.id);
    detail->title =
        arena_printf(arena, "Run %lld of %s %s", (long long)run.number, run.branch, run.outcome);
    detail_add(detail, (struct detail_fact){.label = "project", .text = run.project});
    detail_add(detail, (struct detail_fact){.label = "commit",
                                            .text = detail_with(arena, run.revision, run.subject),
                                            .tone = TONE_REFERENCE});
    detail_add(detail,
               (struct detail_fact){.label = "started by", .text = run.actor, .tone = TONE_PERSON});
    detail_add(detail, (struct detail_fact){.label = "began", .at = run.created_at});
    detail_add(detail, (struct detail_fact){.label = "ended", .at = run.stopped_at});
    if (run.stopped_at > run.created_at)
        detail_add(detail, (struct detail_fact){
                               .label = "took",
                               .text = lasted_text(arena, run.stopped_at - run.created_at)});
    detail_add(detail, (struct detail_fact){.label = "link", .text = run.url, .link = run.url});
    return true;
}

/* ---- events of a timeline ---- */

/* What an event is, in words. */
static const char *
kind_words(const char *kind)
{
    static const char *const words[][2] = {
        {"update", "Update"},       {"status", "Status changed"}, {"severity", "Severity changed"},
        {"merge", "Merged"},        {"event", "Noted"},           {"note", "Note on an alert"},
        {"page", "Escalation"},     {"ack", "Acknowledged"},      {"pull", "Pull request"},
        {"slack", "Said in Slack"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], kind) == 0)
            return words[i][1];
    return kind;
}

static bool
is_of(const struct timeline_event *event, const char *prefix)
{
    return strncmp(event->id, prefix, strlen(prefix)) == 0;
}

/* In the strip the text itself: it shows no blocks. Where they are shown, what kind of event it is. */
static const char *
title_of(const struct timeline_event *event, bool brief, struct arena *arena)
{
    const char *text = arena_text_len(arena, event->text, strcspn(event->text, "\n"));
    bool says_itself = is_of(event, "item/") || is_of(event, "page/") || is_of(event, "pull/");
    if (*event->change)
        return brief && *text ? arena_printf(arena, "%s: %s", event->change, text)
                              : arena_text(arena, event->change);
    return *text && (brief || says_itself) ? text : kind_words(event->kind);
}

/* Events that are all there is of them: who, when, and the text in full. */
static void
describe(const struct timeline_event *event, const struct timeline_incident *incident,
         struct detail *detail)
{
    struct arena *arena = &detail->arena;
    detail->title = title_of(event, detail->brief, arena);
    detail->zone = "UTC";
    if (*event->change)
        detail_add(detail, (struct detail_fact){.label = "what", .text = kind_words(event->kind)});
    detail_add(detail, (struct detail_fact){.label = "by",
                                            .text = arena_text(arena, event->who),
                                            .tone = TONE_PERSON});
    detail_add(detail, (struct detail_fact){.label = event->first_seen ? "first seen" : "at",
                                            .at = event->at});
    if (event->span_ms > 0)
        detail_add(detail, (struct detail_fact){.label = "after",
                                                .text = lasted_text(arena, event->span_ms)});
    detail_add(detail,
               (struct detail_fact){
                   .label = "incident",
                   .text = arena_printf(arena, "%s %s", incident->reference, incident->name),
                   .link = arena_text(arena, incident->permalink),
                   .ref = arena_printf(arena, "incident/%s", incident->id),
                   .tone = TONE_REFERENCE});
    if (is_of(event, "slack/"))
        detail_add(detail, (struct detail_fact){.label = "link",
                                                .text = arena_text(arena, event->detail),
                                                .link = arena_text(arena, event->detail)});
    else if (is_of(event, "note/"))
        detail_add(detail, (struct detail_fact){.label = "alert",
                                                .text = arena_text(arena, event->detail)});
    else if (!is_of(event, "page/"))
        detail_add_block(detail, "", arena_text(arena, event->detail), 0);
    if (is_of(event, "update/") || is_of(event, "note/") || is_of(event, "slack/"))
        detail_add_block(detail, "", arena_text(arena, event->text), 0);
}

/* What a page or an acknowledgement is part of: all of its escalation. */
static bool
add_escalation(struct store *store, const struct timeline_event *event,
               const struct timeline_incident *incident, struct detail *detail, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_DETAIL_EVENT_ESCALATION, &statement, err))
        return false;
    bind_text(statement, "incident_id", incident->id);
    bind_text(statement, "id", event->id + strlen("page/"));
    if (!statement_step(statement, &row, err))
        return false;
    const char *id = row ? row_text(statement, &detail->arena, 0) : "";
    statement_reset(statement);
    if (!*id)
        return true;
    detail_add(detail,
               (struct detail_fact){.label = "about",
                                    .text = arena_text(&detail->arena, event->detail),
                                    .ref = arena_printf(&detail->arena, "escalation/%s", id)});
    detail->ref = arena_printf(&detail->arena, "escalation/%s", id);
    return detail_add_rows(store, SQL_DETAIL_ESCALATION_EVENTS, id, detail, err);
}

bool
detail_event(struct store *store, const struct timeline_event *event,
             const struct timeline_incident *incident, struct detail *detail, struct error *err)
{
    size_t i = source_of(event->id);
    if (i < SOURCES_LEN && sources[i].read) {
        if (!detail_read(store, event->id, detail, err))
            return false;
    } else {
        detail_begin(detail);
        describe(event, incident, detail);
        detail->ref = i < SOURCES_LEN ? arena_text(&detail->arena, event->id) : "";
        detail->name = arena_text(&detail->arena, incident->reference);
        if (is_of(event, "page/") && !detail->brief &&
            !add_escalation(store, event, incident, detail, err))
            return false;
    }
    detail->id = arena_text(&detail->arena, event->id);
    return true;
}
