#pragma once

/*
 * What a source's object says is to be done with its events (facts 5.5, 6): its transform, and its template as programs
 * for the worker. Expressions are understood as far as one `parse` operation, whose source is jq; more than that is said to
 * be so for the attribute concerned.
 */

#include "base/arena.h"
#include "base/error.h"
#include "expr/worker.h"
#include "hub/alert_event.h"
#include "hub/condition.h"
#include "hub/placeholder.h"
#include "model/model.h"
#include "store/store.h"

/* One value of an attribute's binding: a literal, or what a program gives. */
struct rule_part {
    const char *literal;   /* "" = none */
    size_t program;        /* SIZE_MAX = none */
    const char *otherwise; /* literal of the else branch, "" = none */
    const char *problem;   /* why it can be neither; "" = it can */
};

struct rule_attribute {
    const struct alert_attribute *attribute;
    const char *merge_strategy; /* "" = first_wins */
    const char *expression;     /* as people are told */
    const struct rule_part *parts;
    size_t parts_len;
};

/* A text of the template: pieces one after the other. None = the event's own. */
struct rule_text_piece {
    struct placeholder placeholder; /* before it comes plain text */
    struct rule_part part; /* its value; all empty at the end of a text that ends with plain text */
};
struct rule_text {
    const struct rule_text_piece *pieces;
    size_t len;
};

struct source_rules {
    const char *id, *name;
    struct rule_text title, description;
    const char *transform;              /* jq; "" = events come in our own shape */
    const char *deduplication_key_path; /* dotted; "" = none */
    const struct rule_attribute *attributes;
    size_t attributes_len;
    const char *const *programs; /* of all attributes; they are run together */
    size_t programs_len;
};

/* A source that is not there has no rules. Everything is in the arena. */
MUST_CHECK bool source_rules_load(struct store *store, const char *alert_source_id,
                                  struct arena *arena, struct source_rules *rules,
                                  struct error *err);

/* The event with the title and the description that the template gives it; itself when it gives none. */
const struct alert_event *source_rules_retell(const struct source_rules *rules,
                                              const struct alert_event *event,
                                              const struct worker_result *results,
                                              struct arena *arena);
