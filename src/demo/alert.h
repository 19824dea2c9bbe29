#pragma once

/* Alerts as our own dbt step, CI and the questions channel would raise them, and the year's everyday ones. */

#include "demo/pipeline.h"
#include "demo/world.h"

enum fault {
    FAULT_TEST,     /* rows that should not be there */
    FAULT_WARN,     /* the same, above the warn threshold only */
    FAULT_ERROR,    /* the warehouse refused a model */
    FAULT_LATE,     /* a source is not fresh */
    FAULT_DEPLOY,   /* CI failed on main */
    FAULT_QUESTION, /* somebody asks in the channel */
    FAULT_SILENCE,  /* the hourly run did not report */
};

struct failure {
    enum fault fault;
    int node;         /* -1 for CI, questions and silence */
    const char *test; /* "unique:order_id"; NULL = any of the node's */
    const char *text; /* error, job or question */
    int rows, minutes;
    const char *severity;    /* NULL = by what it reaches */
    const char *environment; /* NULL = prod */
    int64_t at_ms;
    int64_t build; /* number of the run; 0 = a new one */
};

/* All texts in the arena. */
void alert_make(struct world *world, struct arena *arena, const struct failure *failure,
                struct alert *alert);

/* The run of the hourly pipeline at or after time_ms: its start. */
int64_t pipeline_run_ms(int64_t time_ms);

/* Twelve months of everyday alerts, about `count`; all resolved before now. */
void alerts_everyday(struct world *world, int count);

/* A failure of no great meaning, as they happen: which node, which test, how many rows. */
struct failure failure_everyday(struct world *world, struct arena *arena, int64_t at_ms);
