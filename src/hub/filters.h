#pragma once

/*
 * Filters of the API's lists, turned into a query of the store. Each list names what it takes in a table (lists.c); what
 * is not in it, or does not make sense, is a 422 that names the field (facts 3).
 */

#include "hub/exchange.h"

enum operator{
    OPERATOR_PLAIN = 1, /* name=value */
    OPERATOR_ONE_OF = 2,
    OPERATOR_NOT_IN = 4,
    OPERATOR_IS = 8,
    OPERATOR_GTE = 16,
    OPERATOR_LTE = 32,
    OPERATOR_DATE_RANGE = 64,
    OPERATOR_STARTS_WITH = 128,
    OPERATOR_IS_BLANK = 256,

    OPERATORS_SET = OPERATOR_ONE_OF | OPERATOR_NOT_IN,
    OPERATORS_TIME = OPERATOR_GTE | OPERATOR_LTE | OPERATOR_DATE_RANGE,
};

/* All values given for one name, key and operator. */
struct argument {
    const char *field; /* as the client wrote it, for errors: "status[one_of]" */
    const char *key;
    enum operator operator;
    const char *const *values;
    size_t values_len;
};

struct list_query;

struct list_filter {
    const char *name;
    unsigned operators; /* allowed ones */
    /* Adds conditions to the query, or answers an error and returns false. */
    bool (*compile)(struct list_query *query, const struct list_filter *filter,
                    const struct argument *argument);
    const char
        *column; /* what compile makes of it is its own affair; mostly a column of the kind */
    bool keyed;  /* name[key][operator] */
};

enum {
    LIST_ARGUMENTS_MAX = 32,
    LIST_CONDITIONS_MAX = 64 /* a filter makes at most one, the list's own rules add a few */
};

/* A query in the making. `required` always hold; `chosen` are the client's, of which filter_mode=any needs only one. */
struct list_query {
    struct exchange *exchange;
    enum kind kind;
    struct cache_filter required[LIST_CONDITIONS_MAX];
    size_t required_len;
    struct cache_filter chosen[LIST_CONDITIONS_MAX];
    size_t chosen_len;
    struct cache_child_filter children[LIST_CONDITIONS_MAX];
    size_t children_len;
    bool any;
    bool oldest_first;
};

/* Reads the request's parameters by the table; plain parameters that nobody knows are ignored, as upstream does. */
bool filters_read(struct list_query *query, const struct list_filter *filters, size_t filters_len);

/* Whether the request uses the filter at all. */
bool filters_has(const struct exchange *exchange, const char *name);

/* ---- conditions for rules that are no filter of the client's; texts live as long as the exchange ---- */

void require(struct list_query *query, const char *column, int test, const char *const *values,
             size_t values_len);
void require_text(struct list_query *query, const char *column, int test, const char *value);
void require_number(struct list_query *query, const char *column, int test, int64_t value);

/* A condition of the client's. */
void choose(struct list_query *query, const char *column, int test, const char *const *values,
            size_t values_len);

/* ---- compile functions ---- */

typedef bool filter_compile(struct list_query *, const struct list_filter *,
                            const struct argument *);

filter_compile
    filter_column; /* equal to, none of, begins with; values of an enumeration are checked */
filter_compile filter_day; /* times by UTC day, both ends included (incidents, escalations) */
filter_compile
    filter_moment; /* times to the millisecond; a bare day means the whole of it (alerts) */
filter_compile filter_severity; /* by id, or by rank from an id */
filter_compile filter_role;     /* who has an incident role */
filter_compile filter_custom_field;
filter_compile filter_attribute; /* of an alert */
filter_compile filter_alert_group;
filter_compile filter_has_notes;
filter_compile filter_maintenance; /* include_maintenance_window */
filter_compile filter_escalation_alert;
filter_compile filter_escalation_incident;
filter_compile filter_idempotency_key;
filter_compile filter_incident_mode; /* of the incident a row belongs to */
filter_compile filter_window_status; /* of maintenance windows: active, upcoming, past */
filter_compile filter_boolean;       /* only checked: the list's own rule reads it */
filter_compile filter_sort;
filter_compile filter_mode; /* filter_mode: all, any */

/* For those: the ids of alerts that were held by a maintenance window. */
bool maintenance_held_alerts(struct exchange *exchange, struct text_list *held);

/* Follow-ups and actions of incidents in another mode than `mode` ("" = neither standard nor retrospective) are left out. */
bool require_incident_mode(struct list_query *query, const char *mode);
