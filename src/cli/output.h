#pragma once

/*
 * What list and show print: one JSON array with an object a line (through --jq when given), or a table on a terminal.
 * Objects are streamed, so a million of them need no more memory than one; only --jq needs them all.
 */

#include "base/str.h"
#include "cli/command.h"
#include "model/derive.h"

struct output {
    struct cli *cli;
    enum kind kind;
    const struct derivation *derivation;
    const struct zone *zone;
    int64_t items_len;
    int cols;             /* of the terminal; 0 = no limit */
    struct str collected; /* for --jq */
    struct arena scratch; /* of one row */
};

/* The zone that times are read and shown in: the profile's, else the system's. */
MUST_CHECK bool output_zone(const struct profile *profile, const struct zone **zone,
                            struct error *err);

MUST_CHECK bool output_begin(struct output *output, struct cli *cli, const struct profile *profile,
                             enum kind kind, struct error *err);

/* "Mon 23 Mar 03:12" in the zone of the profile; lives as long as a row. */
const char *output_time(struct output *output, int64_t time_ms);

/*
 * A line of cells: each cleaned, cut and filled to its columns with two blanks behind it, then the rest of the line, whose
 * cells before took `used` columns.
 */
void output_cell(struct output *output, const char *text, int cols);
void output_rest(struct output *output, const char *text, int used);

/* Adds "name":"value" to an object that has begun, unless the value is empty. */
void output_member(struct str *json, const char *name, const char *value);

/* A cache_list callback: takes one object's JSON. */
bool output_item(void *context, const char *json);

/* Prints what was held back and releases. `print` false = something failed before: only releases. */
MUST_CHECK bool output_end(struct output *output, bool print, struct error *err);

/* One object's JSON, through --jq when given. */
MUST_CHECK bool output_json(struct cli *cli, const char *json, struct error *err);

/* One object as "name: value" lines, by its field table. */
void output_object(struct cli *cli, const struct profile *profile, enum kind kind,
                   const void *object);
