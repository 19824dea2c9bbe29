#include "store/detail.h"

#include <string.h>

#include "base/str.h"

#define INCIDENT_FACTS_FIELDS(X)                                                                   \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, reference, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, name, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, mode, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, visibility, "", FIELD_COLUMN, _)                                                       \
    X(TEXT, status, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, category, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, severity, "", FIELD_COLUMN, _)                                                         \
    X(INTEGER, severity_digit, "", FIELD_COLUMN, _)                                                \
    X(TEXT, type, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, lead, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, permalink, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, call_url, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, channel, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, channel_id, "", FIELD_COLUMN, _)                                                       \
    X(TEXT, channel_problem, "", FIELD_COLUMN, _) /* why it cannot be read */                      \
    X(TEXT, slack_team, "", FIELD_COLUMN, _)                                                       \
    X(TEXT, summary, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, issue, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, issue_link, "", FIELD_COLUMN, _)                                                       \
    X(TEXT, creator, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, postmortem, "", FIELD_COLUMN, _)                                                       \
    X(TIME, created_at, "", FIELD_COLUMN, _)                                                       \
    X(TIME, update_at, "", FIELD_COLUMN, _) /* of its newest update */                             \
    X(TEXT, updater, "", FIELD_COLUMN, _)                                                          \
    X(TIME, ended_at, "", FIELD_COLUMN, _) /* 0 = it is open, or nothing says when it ended */     \
    X(INTEGER, alerts, "", FIELD_COLUMN, _)                                                        \
    X(INTEGER, alerts_firing, "", FIELD_COLUMN, _)                                                 \
    X(INTEGER, follow_ups, "", FIELD_COLUMN, _)                                                    \
    X(INTEGER, follow_ups_open, "", FIELD_COLUMN, _)                                               \
    X(INTEGER, actions_open, "", FIELD_COLUMN, _)

struct incident_facts {
    INCIDENT_FACTS_FIELDS(FIELD_DECLARE)
};

#define FIELD_OWNER struct incident_facts
static const struct field incident_facts_rows[] = {INCIDENT_FACTS_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table incident_facts_table = FIELD_TABLE(incident_facts, SIZE_MAX);

static bool
is_open(const struct incident_facts *incident)
{
    return text_equals(incident->category, "triage") || text_equals(incident->category, "live") ||
           text_equals(incident->category, "paused");
}

/* "4, 2 firing" */
static const char *
count_words(struct arena *arena, int64_t count, int64_t open, const char *open_word)
{
    if (!count)
        return "";
    if (open == count)
        return arena_printf(arena, "%d, all %s", (int)count, open_word);
    return open ? arena_printf(arena, "%d, %d %s", (int)count, (int)open, open_word)
                : arena_printf(arena, "%d, none %s", (int)count, open_word);
}

static void
add_first_facts(const struct incident_facts *incident, struct detail *detail)
{
    struct arena *arena = &detail->arena;
    bool open = is_open(incident);
    detail_add(detail, (struct detail_fact){.label = "status",
                                            .text = incident->status,
                                            .tone = open ? TONE_STRONG : TONE_RESOLVED});
    detail_add(detail,
               (struct detail_fact){.label = "severity",
                                    .text = incident->severity,
                                    .tone = incident->severity_digit
                                                ? TONE_SEVERITY_1 + incident->severity_digit - 1
                                                : TONE_PLAIN});
    detail_add(detail, (struct detail_fact){.label = "lead",
                                            .text = *incident->lead ? incident->lead
                                                    : open          ? "nobody"
                                                                    : "",
                                            .tone = *incident->lead ? TONE_PERSON : TONE_PROBLEM});
    detail_add(detail,
               (struct detail_fact){.label = "opened",
                                    .text = *incident->creator
                                                ? arena_printf(arena, "by %s", incident->creator)
                                                : "",
                                    .at = incident->created_at});
    detail_add(detail, (struct detail_fact){
                           .label = "ended",
                           .text = incident->ended_at
                                       ? arena_printf(arena, "after %s",
                                                      lasted_text(arena, incident->ended_at -
                                                                             incident->created_at))
                                       : "",
                           .at = incident->ended_at});
    detail_add(detail,
               (struct detail_fact){.label = "updated",
                                    .text = *incident->updater && incident->update_at
                                                ? arena_printf(arena, "by %s", incident->updater)
                                                : "",
                                    .at = incident->update_at});
    detail_add(detail,
               (struct detail_fact){.label = "alerts",
                                    .text = count_words(arena, incident->alerts,
                                                        incident->alerts_firing, "firing")});
    detail_add(detail,
               (struct detail_fact){.label = "follow-ups",
                                    .text = count_words(arena, incident->follow_ups,
                                                        incident->follow_ups_open, "open")});
    if (incident->actions_open)
        detail_add(detail, (struct detail_fact){.label = "actions",
                                                .text = arena_printf(arena, "%d open",
                                                                     (int)incident->actions_open)});
    detail_add(detail, (struct detail_fact){.label = "type", .text = incident->type});
    if (*incident->mode && !text_equals(incident->mode, "standard"))
        detail_add(detail, (struct detail_fact){.label = "mode", .text = incident->mode});
    if (text_equals(incident->visibility, "private"))
        detail_add(detail,
                   (struct detail_fact){.label = "private", .text = "yes", .tone = TONE_PROBLEM});
}

static void
add_links(const struct incident_facts *incident, struct detail *detail)
{
    struct arena *arena = &detail->arena;
    detail_section(detail, "Links");
    detail_add(detail, (struct detail_fact){.label = "incident",
                                            .text = incident->permalink,
                                            .link = incident->permalink});
    detail_add(detail, (struct detail_fact){.label = "call",
                                            .text = incident->call_url,
                                            .link = incident->call_url});
    detail_add(detail,
               (struct detail_fact){
                   .label = "channel",
                   .text = *incident->channel ? arena_printf(arena, "#%s", incident->channel) : "",
                   .link = detail_slack_link(arena, incident->slack_team, incident->channel_id)});
    detail_add(detail, (struct detail_fact){
                           .label = "", .text = incident->channel_problem, .tone = TONE_PROBLEM});
    detail_add(detail, (struct detail_fact){.label = "issue",
                                            .text = incident->issue,
                                            .link = incident->issue_link,
                                            .tone = TONE_REFERENCE});
    detail_add(detail, (struct detail_fact){.label = "post-mortem",
                                            .text = incident->postmortem,
                                            .link = incident->postmortem});
}

bool
detail_incident(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct incident_facts incident;
    bool found;
    detail_begin(detail);
    if (!detail_row(store, SQL_DETAIL_INCIDENT, id, &incident_facts_table, &detail->arena,
                    &incident, &found, err))
        return false;
    if (!found)
        return true;
    detail->id = incident.id;
    detail->name = incident.reference;
    detail->ref = arena_printf(&detail->arena, "incident/%s", incident.id);
    detail->title = arena_printf(&detail->arena, "%s %s", incident.reference, incident.name);
    add_first_facts(&incident, detail);
    detail_add_block(detail, "", incident.summary, 0);
    add_links(&incident, detail);
    return detail->brief || detail_add_rows(store, SQL_DETAIL_INCIDENT_FACTS, id, detail, err);
}
