#include "store/detail.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/held.h"

#define ALERT_FACTS_FIELDS(X)                                                                      \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, status, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, source_url, "", FIELD_COLUMN, _)                                                       \
    X(TEXT, deduplication_key, "", FIELD_COLUMN, _)                                                \
    X(TIME, created_at, "", FIELD_COLUMN, _)                                                       \
    X(TIME, updated_at, "", FIELD_COLUMN, _)                                                       \
    X(TIME, resolved_at, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, severity, "", FIELD_COLUMN, _)                                                         \
    X(INTEGER, severity_digit, "", FIELD_COLUMN, _)                                                \
    X(TEXT, environment, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, owner, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, team, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, node, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, level, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, source, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, source_type, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, incident_id, "", FIELD_COLUMN, _) /* the newest it is attached to */                   \
    X(TEXT, incident_reference, "", FIELD_COLUMN, _)                                               \
    X(TEXT, incident_name, "", FIELD_COLUMN, _)                                                    \
    X(TEXT, incident_status, "", FIELD_COLUMN, _)                                                  \
    X(TEXT, incident_permalink, "", FIELD_COLUMN, _)                                               \
    X(TEXT, route, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, escalation_id, "", FIELD_COLUMN, _) /* its newest */                                   \
    X(TEXT, escalation, "", FIELD_COLUMN, _)                                                       \
    X(TIME, escalation_at, "", FIELD_COLUMN, _) /* acknowledged, else paged, else begun */         \
    X(TEXT, people, "", FIELD_COLUMN, _)        /* who acknowledged, else who was paged */         \
    X(INTEGER, times, "", FIELD_COLUMN, _)      /* same source and key in the day before it */     \
    X(TIME, first_at, "", FIELD_COLUMN, _)

/* What began before this and still fires is told as failing since its next alert: rare, and each row costs a read. */
#define HISTORY_REACH_MS (100 * DAY_MS)

struct alert_facts {
    ALERT_FACTS_FIELDS(FIELD_DECLARE)
    const char *held_name; /* the maintenance window that holds it; "" = none */
    int64_t held_until;
};

#define FIELD_OWNER struct alert_facts
static const struct field alert_facts_rows[] = {ALERT_FACTS_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table alert_facts_table = FIELD_TABLE(alert_facts, SIZE_MAX);

#define FIELD_OWNER struct detail_spell
static const struct field detail_spell_rows[] = {DETAIL_SPELL_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table detail_spell_table = FIELD_TABLE(detail_spell, SIZE_MAX);

/* State and why: what was done about it, by whom, when. */
static struct detail_fact
state_of(const struct alert_facts *alert, struct arena *arena)
{
    bool known = *alert->people;
    if (*alert->held_name)
        return (struct detail_fact){
            .label = "state",
            .text = arena_printf(arena, "held by maintenance '%s' until", alert->held_name),
            .at = alert->held_until,
            .tone = TONE_SNOOZED};
    if (text_equals(alert->status, "resolved"))
        return (struct detail_fact){
            .label = "state",
            .text = arena_printf(arena, "resolved after %s",
                                 lasted_text(arena, alert->resolved_at > 0
                                                        ? alert->resolved_at - alert->created_at
                                                        : 0)),
            .at = alert->resolved_at,
            .tone = TONE_RESOLVED};
    if (text_equals(alert->escalation, "acked"))
        return (struct detail_fact){
            .label = "state",
            .text =
                known ? arena_printf(arena, "acknowledged by %s", alert->people) : "acknowledged",
            .at = alert->escalation_at,
            .tone = TONE_ACKNOWLEDGED};
    if (text_equals(alert->escalation, "snoozed"))
        return (struct detail_fact){.label = "state", .text = "snoozed", .tone = TONE_SNOOZED};

    struct detail_fact fact = {.label = "state", .text = "firing", .tone = TONE_FIRING};
    if (!*alert->escalation)
        fact.text = "firing, nobody was paged";
    else if (text_equals(alert->escalation, "expired"))
        fact.text = known ? arena_printf(arena, "firing, %s did not answer", alert->people)
                          : "firing, nobody answered";
    else if (text_equals(alert->escalation, "resolved") ||
             text_equals(alert->escalation, "cancelled"))
        fact.text = arena_printf(arena, "firing, escalation %s", alert->escalation);
    else
        fact.text =
            known ? arena_printf(arena, "firing, paged %s", alert->people) : "firing, paging";
    fact.at = *alert->escalation ? alert->escalation_at : 0;
    return fact;
}

static void
add_first_facts(const struct alert_facts *alert, struct detail *detail)
{
    struct arena *arena = &detail->arena;
    detail_add(detail, state_of(alert, arena));
    if (*alert->incident_reference)
        detail_add(detail, (struct detail_fact){
                               .label = "incident",
                               .text = arena_printf(
                                   arena, "%s %s", alert->incident_reference,
                                   detail_with(arena, detail->brief ? "" : alert->incident_name,
                                               alert->incident_status)),
                               .link = alert->incident_permalink,
                               .ref = arena_printf(arena, "incident/%s", alert->incident_id),
                               .tone = TONE_REFERENCE});
    if (alert->times <= 1)
        return;
    const char *more = alert->times >= 99 ? "+" : "";
    detail_add(detail,
               (struct detail_fact){.label = "repeats",
                                    .text = arena_printf(arena, "%d%s times in 24 h, the first",
                                                         (int)alert->times, more),
                                    .at = alert->first_at});
}

/* What the strip says of the attributes: those with a meaning, as one. */
static void
add_in_short(const struct alert_facts *alert, struct detail *detail)
{
    detail_add(detail, (struct detail_fact){.label = "node", .text = alert->node});
    detail_add(detail, (struct detail_fact){.label = "owner", .text = alert->owner});
    detail_add(detail, (struct detail_fact){.label = "team", .text = alert->team});
    detail_add(detail, (struct detail_fact){.label = "env", .text = alert->environment});
}

/* An attribute whose value is the severity shows it. */
static bool
add_attributes(struct store *store, const struct alert_facts *alert, struct detail *detail,
               struct error *err)
{
    size_t from = detail->facts_len;
    if (!detail_add_rows(store, SQL_DETAIL_ALERT_ATTRIBUTES, alert->id, detail, err))
        return false;
    for (size_t i = from; i < detail->facts_len; i++) {
        struct detail_fact *fact = &detail->facts[i];
        if (alert->severity_digit && text_equals(fact->text, alert->severity))
            fact->tone = TONE_SEVERITY_1 + alert->severity_digit - 1;
        else if (*alert->owner && text_equals(fact->text, alert->owner))
            fact->tone = TONE_PERSON;
    }
    return true;
}

static void
add_times(const struct alert_facts *alert, struct detail *detail)
{
    struct arena *arena = &detail->arena;
    bool seen_again =
        alert->updated_at > alert->created_at && alert->updated_at != alert->resolved_at;
    detail_section(detail, "Origin");
    detail_add(detail, (struct detail_fact){.label = "fired", .at = alert->created_at});
    detail_add(detail, (struct detail_fact){.label = "last seen",
                                            .at = seen_again ? alert->updated_at : 0});
    detail_add(detail,
               (struct detail_fact){.label = "source",
                                    .text = detail_with(arena, alert->source, alert->source_type)});
    detail_add(detail, (struct detail_fact){.label = "route", .text = alert->route});
    detail_add(detail, (struct detail_fact){
                           .label = "link", .text = alert->source_url, .link = alert->source_url});
    detail_add(detail, (struct detail_fact){.label = "key", .text = alert->deduplication_key});
}

static bool
read_history(struct store *store, const struct alert_facts *alert, struct detail *detail,
             struct error *err)
{
    struct statement *statement;
    struct detail_spell *spells = NULL;
    if (!*alert->node)
        return true;
    if (!store_statement(store, SQL_DETAIL_ALERT_HISTORY, &statement, err))
        return false;
    bind_text(statement, "id", alert->id);
    bind_integer(statement, "from_ms", clock_now_ms() - HISTORY_REACH_MS);
    detail->history.of = alert->node;
    if (!statement_read_all(statement, &detail_spell_table, &detail->arena, 0, &spells,
                            &detail->history.spells_len, err))
        return false;
    detail->history.spells = spells;
    return true;
}

bool
detail_alert(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct arena *arena = &detail->arena;
    struct alert_facts alert;
    bool found;

    detail_begin(detail);
    if (!detail_row(store, SQL_DETAIL_ALERT, id, &alert_facts_table, arena, &alert, &found, err))
        return false;
    if (!found)
        return true;
    if (!held_by(store, id, clock_now_ms(), arena, &alert.held_name, &alert.held_until, err))
        return false;
    detail->id = detail->name = alert.id;
    detail->title = alert.title;
    detail->ref = arena_printf(arena, "alert/%s", alert.id);
    add_first_facts(&alert, detail);
    if (detail->brief) {
        add_in_short(&alert, detail);
        add_times(&alert, detail);
        return true;
    }
    if (!detail_add_rows(store, SQL_DETAIL_ALERT_FAILING, id, detail, err) ||
        !detail_add_rows(store, SQL_DETAIL_ALERT_INCIDENTS, id, detail, err) ||
        !detail_add_rows(store, SQL_DETAIL_ALERT_LINEAGE, id, detail, err) ||
        !add_attributes(store, &alert, detail, err))
        return false;
    add_times(&alert, detail);
    return detail_add_rows(store, SQL_DETAIL_ESCALATION_EVENTS, alert.escalation_id, detail, err) &&
           detail_add_rows(store, SQL_DETAIL_ALERT_SUSPECTS, id, detail, err) &&
           detail_add_rows(store, SQL_DETAIL_ALERT_SIMILAR, id, detail, err) &&
           detail_add_blocks(store, SQL_DETAIL_ALERT_NOTES, id, detail, err) &&
           read_history(store, &alert, detail, err);
}
