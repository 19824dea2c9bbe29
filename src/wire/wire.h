#pragma once

/*
 * JSON to model and back, by field table: the only module that knows JSON's text. Client and hub share it, so one
 * round-trip test covers both. Everything read is bounded first: bytes by the caller's buffer, depth and counts here.
 */

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/model.h"

enum {
    WIRE_DEPTH_MAX = 64,        /* nesting of objects and arrays */
    WIRE_PAGE_ITEMS_MAX = 50000 /* unpaged lists (follow-ups) have no limit of their own */
};

/*
 * One page of a list answer. Items are structs of the kind, in the arena, decoded and with `json` set to the object as
 * it came: the raw slice of the body where that is compact valid UTF-8 (numbers keep their spelling), re-printed on one
 * line otherwise; FIELD_SECRET members are removed. Unknown enum values and unknown keys survive in it.
 */
struct wire_page {
    void *items;
    size_t items_len;
    const char *after;          /* "" on the last page */
    int64_t total_record_count; /* -1 when not given */
};

/* An answer that is not JSON, not this envelope, or has an item without a required id or a wrong type is ERROR_PROTOCOL
 * and names the path ("alerts.3.created_at: expected a time, got 'yesterday'"). */
MUST_CHECK bool wire_read_page(enum kind kind, struct slice body, struct arena *arena,
                               struct wire_page *page, struct error *err);

/* {"alert": {...}} into a struct of the kind. */
MUST_CHECK bool wire_read_one(enum kind kind, struct slice body, struct arena *arena, void *object,
                              struct error *err);

/* {"schedule_entries": {final, overrides, scheduled}, pagination_meta}: local members schedule_id, list and id are set. */
MUST_CHECK bool wire_read_schedule_entries(const char *schedule_id, struct slice body,
                                           struct arena *arena, struct wire_page *page,
                                           struct error *err);

MUST_CHECK bool wire_read_identity(struct slice body, struct arena *arena,
                                   struct identity *identity, struct error *err);

/* A bare object (as stored in `json`) into a struct of the kind; `json` is set to a copy. */
MUST_CHECK bool wire_read_object(enum kind kind, struct slice json, struct arena *arena,
                                 void *object, struct error *err);

/* Any table: for embedded objects and request bodies. Ids may be missing. */
MUST_CHECK bool wire_read_fields(const struct field_table *table, struct slice json,
                                 struct arena *arena, void *object, struct error *err);

/*
 * A request's body by its table, strictly: what the table does not have, what it requires and what is of the wrong type
 * or none of its values is refused (ERROR_INVALID; `field` names it, "" when the body as a whole is at fault, and `code`
 * is the API's). A table has at most 64 members. Null is a member that is there and unset.
 */
struct wire_request {
    uint64_t given;    /* bit n: the table's field n is there */
    const char *field; /* in the arena */
    const char *code;
};
MUST_CHECK bool wire_read_request(const struct field_table *table, struct slice body,
                                  struct arena *arena, void *object, struct wire_request *request,
                                  struct error *err);
/* By the member's name. */
bool wire_request_has(const struct field_table *table, const struct wire_request *request,
                      const char *name);

/*
 * The API's object for a struct. Starts from its `json` when it has one (unknown keys survive) and changes only the
 * members that differ from what that decodes to. Unset members are left out unless required; null is never written.
 * The struct must be a complete one (from wire_read_object or filled by hand): one filled from SQL columns lacks the
 * members that are no columns, and they would be taken for deleted.
 */
const char *wire_write_object(const struct field_table *table, const void *object,
                              struct arena *arena);

/*
 * Fills err from an answer that is not 2xx: code from the status, message and request id from the API's envelope
 * {"type","status","request_id","errors":[{"code","message","source":{"field"}}],"rate_limit":{...}} when there is
 * one, else from the status ("503 from a proxy (HTML)"). retry_after_ms from the body only; the caller knows headers.
 * Returns false like error_set.
 */
bool wire_read_error(int http_status, struct slice body, struct error *err);

/* The same envelope, for the hub. `field` may be "". */
const char *wire_write_error(int http_status, const char *type, const char *code,
                             const char *message, const char *field, const char *request_id,
                             struct arena *arena);

/* JSON string literal of text, quotes included. */
void wire_append_string(struct str *out, const char *text);

/*
 * Valid JSON with a `label` in every binding value that has none: v2 answers have them, v3 ones do not (facts 6.1). The
 * label is the literal or the reference itself.
 */
const char *wire_label_bindings(struct slice json, struct arena *arena);

/* Whether text is one valid JSON value within the limits. */
bool wire_is_valid(struct slice json);

/*
 * Small reads of documents that have no field table (headless line, configuration of others): the text at a dotted path,
 * array elements by number ("rotations.0.users.2.id"); "" when absent or not a scalar. Numbers and booleans as written.
 */
struct wire_document;
MUST_CHECK bool wire_document_read(struct slice json, struct wire_document **document,
                                   struct error *err);
void wire_document_destroy(struct wire_document *document);
const char *wire_document_text(const struct wire_document *document, struct arena *arena,
                               const char *path);
/* The JSON at path as it stands there; "" when absent. */
const char *wire_document_json(const struct wire_document *document, struct arena *arena,
                               const char *path);
/* Number of elements of the array or members of the object at path; 0 when it is neither. */
size_t wire_document_count(const struct wire_document *document, const char *path);

/*
 * What a queued write says of an object, {"path": "text"}: {"severity.id": "SEV2"}. A list's element is picked by a text in
 * it ("roles[role.type=lead].user.id"); what is absent is ""; times are alike when they are one moment. `at` is where the
 * object stands in the document.
 */
struct wire_pair {
    const char *path, *text;
    const char *label; /* for people: "severity", "lead" */
    bool is_id;
};
/* How many; in the arena. */
size_t wire_pairs_read(const char *pairs, struct arena *arena, struct wire_pair **out);
bool wire_pairs_hold(const struct wire_document *document, const char *at, const char *pairs);
/* The same paths with the texts that the object has. */
const char *wire_pairs_of(const struct wire_document *document, const char *at, const char *pairs,
                          struct arena *arena);
/* In words, what the object has in place of these texts: "severity is 'Major'; title is 'x', was 'y'"; ids by their names. */
const char *wire_pairs_changes(const struct wire_document *document, const char *at,
                               const char *pairs, struct arena *arena);
/*
 * A body that replaces the whole object, so that it changes nothing but what `goal` speaks of: its other texts become those
 * that the object has ("assignee_id" stands for "assignee.id").
 */
const char *wire_pairs_keep(const struct wire_document *document, const char *at, const char *body,
                            const char *goal, struct arena *arena);

/* "cJSON 1.7.15" */
const char *wire_library(void);
