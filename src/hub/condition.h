#pragma once

/*
 * Conditions of routes, escalation paths and maintenance windows (facts 6.2), read from the objects as they are stored.
 * Groups are alternatives; the conditions of one must all hold; no groups at all always hold. Operations are a closed list:
 * those of the published API that are known, and their opposites.
 */

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/model.h"

/* clang-format off: a table, one row a line */
/* name, test, how it reads; an opposite holds where its test does not, also of a subject that has no value */
#define CONDITION_OPERATIONS(X)                                                                    \
    X("one_of", EQUAL, true, "is one of")                                                          \
    X("not_one_of", EQUAL, false, "is none of")                                                    \
    X("contains", CONTAINS, true, "contains")                                                      \
    X("not_contains", CONTAINS, false, "does not contain")                                         \
    X("contains_one_of", CONTAINS, true, "contains one of")                                        \
    X("not_contains_one_of", CONTAINS, false, "contains none of")                                  \
    X("name_contains", NAME_CONTAINS, true, "has a name that contains")                            \
    X("not_name_contains", NAME_CONTAINS, false, "has no name that contains")                      \
    X("is_set", SET, true, "is set")                                                               \
    X("is_not_set", SET, false, "is not set")                                                      \
    X("is_active", TRUE, true, "is active")                                                        \
    X("is_not_active", TRUE, false, "is not active")
/* clang-format on */

/* "alert.title", "alert.attributes.ID", "expressions[\"ref\"]": exactly one of the two is set. */
#define BINDING_VALUE_FIELDS(X)                                                                    \
    X(TEXT, literal, "literal", 0, _)                                                              \
    X(TEXT, reference, "reference", 0, _)                                                          \
    X(TEXT, label, "label", 0, _)
struct binding_value {
    BINDING_VALUE_FIELDS(FIELD_DECLARE)
};
extern const struct field_table binding_value_table;

#define BINDING_FIELDS(X)                                                                          \
    X(TEXT, literal, "value.literal", 0, _)                                                        \
    X(TEXT, reference, "value.reference", 0, _)                                                    \
    X(TEXT, label, "value.label", 0, _)                                                            \
    X(LIST, array_value, "array_value", 0, binding_value)
struct binding {
    BINDING_FIELDS(FIELD_DECLARE)
};
extern const struct field_table binding_table;

#define CONDITION_FIELDS(X)                                                                        \
    X(TEXT, subject, "subject.reference", FIELD_REQUIRED, _)                                       \
    X(TEXT, label, "subject.label", 0, _)                                                          \
    X(TEXT, operation, "operation.value", FIELD_REQUIRED, _)                                       \
    X(LIST, param_bindings, "param_bindings", 0, binding)
struct condition {
    CONDITION_FIELDS(FIELD_DECLARE)
};
extern const struct field_table condition_table;

#define CONDITION_GROUP_FIELDS(X) X(LIST, conditions, "conditions", FIELD_REQUIRED, condition)
struct condition_group {
    CONDITION_GROUP_FIELDS(FIELD_DECLARE)
};
extern const struct field_table condition_group_table;

/* A JSON array of condition groups, as objects hold it. */
MUST_CHECK bool condition_groups_read(const char *json, struct arena *arena,
                                      const struct condition_group **groups, size_t *groups_len,
                                      struct error *err);

bool condition_operation_is_known(const char *operation);
/* "is one of"; the operation itself when it is not known. */
const char *condition_operation_label(const char *operation);

/* ---- what is compared ---- */

/* What a reference stands for: nothing, one value or several. */
struct subject_value {
    const char *literal; /* as conditions spell it: the id of a catalog entry, a text */
    const char *name;    /* as people read it */
};
struct subject_values {
    struct subject_value *items;
    size_t len, capacity;
};

/* `name` NULL = the literal. Texts are not copied. An empty literal is no value. */
void subject_values_add(struct subject_values *values, const char *literal, const char *name,
                        struct arena *arena);

/* Where references lead. Embedded at the front of whatever they lead to. */
struct scope {
    struct arena *arena;
    /* Adds the values of a reference; nothing when it stands for nothing. */
    void (*values)(const struct scope *scope, const char *reference, struct subject_values *values);
};

/* "alert.title", "alert.description", "alert.source_url", "alert.deduplication_key", "alert.attributes.ID": nothing else. */
void alert_values(const struct alert *alert, const char *reference, struct arena *arena,
                  struct subject_values *values);

/* An operation that is not known holds for nothing: what it should have meant cannot be guessed. */
bool condition_holds(const struct condition *condition, const struct scope *scope);
bool condition_groups_hold(const struct condition_group *groups, size_t groups_len,
                           const struct scope *scope);

/* "Severity is one of critical, major" and what it was compared with: "minor", "a, b", "" = not set. In the arena. */
const char *condition_text(const struct condition *condition, struct arena *arena);
const char *subject_text(const char *reference, const struct scope *scope);
