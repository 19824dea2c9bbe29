#include "model/derive.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/str.h"

/* Words that senders use, by what they mean on our scale of four. */
static const char *const words_1[] = {"critical", "sev1", "sev-1", "sev 1",     "s1",
                                      "p1",       "1",    "fatal", "emergency", "disaster",
                                      "highest",  "page", NULL};
static const char *const words_2[] = {"major", "sev2", "sev-2", "sev 2",  "s2",     "p2",
                                      "2",     "high", "error", "severe", "urgent", NULL};
static const char *const words_3[] = {"minor", "sev3",    "sev-3",  "sev 3",    "s3",
                                      "p3",    "3",       "medium", "moderate", "warning",
                                      "warn",  "average", NULL};
static const char *const words_4[] = {
    "low", "sev4", "sev-4", "sev 4",         "s4",          "p4",     "4",       "sev5",   "s5",
    "p5",  "5",    "info",  "informational", "information", "notice", "trivial", "lowest", NULL};

/* As the option table's default of follow_up_due. */
static const struct due_rule default_due_rules[] = {
    {"Urgent", 3 * DAY_MS},
    {"High", 7 * DAY_MS},
    {"Medium", 14 * DAY_MS},
    {"Low", 30 * DAY_MS},
};

const struct derivation derivation_default = {
    .roles = {"Severity", "Environment", "Owner", "Team", "Node", "Level"},
    .severity_words = {words_1, words_2, words_3, words_4},
    .due_rules = default_due_rules,
    .due_rules_len = sizeof default_due_rules / sizeof default_due_rules[0],
};

enum { FEED_RANK_UNGRADED = 5, FEED_RANK_RESOLVED = 9, SEVERITY_DIGITS = 4 };

int
severity_digit_from_word(const struct derivation *derivation, const char *word)
{
    for (int digit = 1; digit <= SEVERITY_DIGITS; digit++) {
        const char *const *words = derivation->severity_words[digit - 1];
        for (; words && *words; words++)
            if (strcasecmp(*words, word) == 0)
                return digit;
    }
    return 0;
}

/* ---- alerts ---- */

const char *
attribute_text(const char *catalog_entry_name, const char *label, const char *literal)
{
    return !text_is_empty(catalog_entry_name) ? catalog_entry_name
           : !text_is_empty(label)            ? label
           : literal                          ? literal
                                              : "";
}

static const char *
value_of(const struct alert_attribute_entry *entry)
{
    const char *single = attribute_text(entry->catalog_entry_name, entry->label, entry->literal);
    if (single[0] || entry->array_value_len == 0)
        return single;
    const struct alert_attribute_value *value = &entry->array_value[0];
    return attribute_text(value->catalog_entry_name, value->label, value->literal);
}

static const char *
role_value(const struct alert *alert, const char *attribute)
{
    if (text_is_empty(attribute))
        return "";
    for (size_t i = 0; i < alert->attributes_len; i++)
        if (strcasecmp(alert->attributes[i].attribute_name, attribute) == 0)
            return value_of(&alert->attributes[i]);
    return "";
}

static void
derive_alert(struct alert *alert, const struct derivation *derivation)
{
    const struct attribute_roles *roles = &derivation->roles;
    alert->severity = role_value(alert, roles->severity);
    alert->environment = role_value(alert, roles->environment);
    alert->owner = role_value(alert, roles->owner);
    alert->team = role_value(alert, roles->team);
    alert->node = role_value(alert, roles->node);
    alert->level = role_value(alert, roles->level);
    alert->severity_digit = severity_digit_from_word(derivation, alert->severity);
    if (text_equals(alert->status, "resolved"))
        alert->feed_rank = FEED_RANK_RESOLVED;
    else
        alert->feed_rank = alert->severity_digit ? alert->severity_digit : FEED_RANK_UNGRADED;
    /* Never before it began: filters by age count on it. */
    bool ended = alert->feed_rank == FEED_RANK_RESOLVED && alert->resolved_at > alert->created_at;
    alert->feed_at = ended ? alert->resolved_at : alert->created_at;
}

/* ---- incidents ---- */

static int64_t
digit_of_severity(const struct incident *incident, const struct derivation *derivation,
                  const int64_t *ranks, size_t ranks_len)
{
    if (text_is_empty(incident->severity_id))
        return 0;
    for (size_t i = 0; i < ranks_len; i++)
        if (ranks[i] == incident->severity_rank)
            return i < SEVERITY_DIGITS ? (int64_t)i + 1 : SEVERITY_DIGITS;
    return severity_digit_from_word(derivation, incident->severity_name);
}

static void
derive_incident(struct incident *incident, const struct derivation *derivation,
                const int64_t *ranks, size_t ranks_len)
{
    incident->lead_id = "";
    incident->lead_name = "";
    for (size_t i = 0; i < incident->incident_role_assignments_len; i++) {
        const struct incident_role_assignment *role = &incident->incident_role_assignments[i];
        if (text_equals(role->role_type, "lead") && !text_is_empty(role->assignee_id)) {
            incident->lead_id = role->assignee_id;
            incident->lead_name = role->assignee_name;
            break;
        }
    }
    incident->severity_digit = digit_of_severity(incident, derivation, ranks, ranks_len);
}

/* ---- follow-ups ---- */

static void
derive_follow_up(struct follow_up *follow_up, const struct derivation *derivation)
{
    follow_up->due_at = 0;
    if (text_is_empty(follow_up->priority_name) || follow_up->created_at == 0)
        return;
    for (size_t i = 0; i < derivation->due_rules_len; i++)
        if (strcasecmp(derivation->due_rules[i].priority, follow_up->priority_name) == 0)
            follow_up->due_at = follow_up->created_at + derivation->due_rules[i].span_ms;
}

void
model_derive(enum kind kind, void *object, const struct derivation *derivation,
             const int64_t *severity_ranks, size_t severity_ranks_len)
{
    if (kind == KIND_ALERT)
        derive_alert(object, derivation);
    else if (kind == KIND_INCIDENT)
        derive_incident(object, derivation, severity_ranks, severity_ranks_len);
    else if (kind == KIND_FOLLOW_UP)
        derive_follow_up(object, derivation);
}
