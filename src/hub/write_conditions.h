#pragma once

/*
 * Conditions as requests send them, and as answers have them: subject and operation become objects with a label, and so do
 * the values (facts 6.2, 14.9).
 */

#include "hub/condition.h"
#include "hub/write.h"

#define CONDITION_SENT_FIELDS(X)                                                                   \
    X(TEXT, subject, "subject", FIELD_REQUIRED, _)                                                 \
    X(TEXT, operation, "operation", FIELD_REQUIRED, _)                                             \
    X(LIST, param_bindings, "param_bindings", FIELD_REQUIRED, binding)
struct condition_sent {
    CONDITION_SENT_FIELDS(FIELD_DECLARE)
};
extern const struct field_table condition_sent_table;

#define CONDITION_GROUP_SENT_FIELDS(X)                                                             \
    X(LIST, conditions, "conditions", FIELD_REQUIRED, condition_sent)
struct condition_group_sent {
    CONDITION_GROUP_SENT_FIELDS(FIELD_DECLARE)
};
extern const struct field_table condition_group_sent_table;

/* `field` is where the groups stand in the request. 422 for an empty group and for an operation that is not known. */
bool conditions_sent_read(struct exchange *exchange, const struct condition_group_sent *groups,
                          size_t groups_len, const char *field, const char **json);
