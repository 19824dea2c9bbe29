#pragma once

/* A decision as JSON and as the content of an alert's note: its story in Markdown, then the JSON in a fence. */

#include "base/error.h"
#include "model/decision.h"

/* By which a note is known to tell of a decision, if it is the hub's own: nobody else's may hold it. */
#define DECISION_NOTE_MARK "{\"tocsin_decision\":"

const char *decision_json(const struct decision *decision, struct arena *arena);
MUST_CHECK bool decision_read(const char *json, struct arena *arena, struct decision *decision,
                              struct error *err);

const char *decision_note(const struct decision *decision, struct arena *arena);
/* False without error: the note tells of no decision. */
bool decision_of_note(const char *content, struct arena *arena, struct decision *decision);
