#pragma once

/*
 * Members the API does not have but the panes need (FIELD_LOCAL): alert severity and its like come from attributes whose
 * names the profile gives, an incident's lead from its role assignments, a follow-up's due time from its priority.
 */

#include "model/model.h"

/* Which alert attribute means what: attribute names, "" = none. Defaults are those of the shipped hub.conf. */
struct attribute_roles {
    const char *severity, *environment, *owner, *team, *node, *level;
};

struct due_rule {
    const char *priority; /* follow-up priority's name, compared without case */
    int64_t span_ms;
};

struct derivation {
    struct attribute_roles roles;
    const char *const
        *severity_words[4]; /* per digit 1-4: NULL-terminated lower-case words meaning it */
    const struct due_rule *due_rules;
    size_t due_rules_len;
};

extern const struct derivation derivation_default;

/*
 * Fills the local members of an object of `kind`. Severities of incidents are counted from the top of
 * `severity_ranks` (all known ranks, highest first); an empty list falls back to the name.
 */
void model_derive(enum kind kind, void *object, const struct derivation *derivation,
                  const int64_t *severity_ranks, size_t severity_ranks_len);

/* What a value of an attribute reads as: its catalog entry's name, else its label, else what was sent. */
const char *attribute_text(const char *catalog_entry_name, const char *label, const char *literal);

/* "S1" … "S4" from an alert's severity word: "critical", "sev1", "P1", "major", "2" …; 0 when it says nothing. */
int severity_digit_from_word(const struct derivation *derivation, const char *word);
