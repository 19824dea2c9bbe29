/* Notes on an alert, or on a group of alerts (facts 5.4). */

#include <string.h>

#include "hub/writes.h"
#include "wire/decision_note.h"

enum { CONTENT_MAX_BYTES = 100 * 1024 };

#define R FIELD_REQUIRED
#define BOTH(X) X(TEXT, content, "content", R, _)
#define ONLY_CREATE(X)                                                                             \
    X(TEXT, alert_id, "alert_id", 0, _)                                                            \
    X(TEXT, alert_group_id, "alert_group_id", 0, _)
struct note_sent {
    BOTH(FIELD_DECLARE) ONLY_CREATE(FIELD_DECLARE)
};
#define FIELD_OWNER struct note_sent
static const struct field create_rows[] = {BOTH(FIELD_ROW) ONLY_CREATE(FIELD_ROW)};
static const struct field update_rows[] = {BOTH(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(create, note_sent);
WRITE_BODY(update, note_sent);

/* Only the hub tells of decisions, and by notes that are nobody's. */
static bool
check_content(struct exchange *exchange, const char *content)
{
    if (strstr(content, DECISION_NOTE_MARK))
        return answer_invalid(exchange, "content",
                              "'content': a decision is told by the hub alone (leave out '%s')",
                              DECISION_NOTE_MARK);
    return write_check_length(exchange, "content", content, CONTENT_MAX_BYTES);
}

static bool
load_own(struct exchange *exchange, struct alert_note *note)
{
    if (!write_load(exchange, KIND_ALERT_NOTE, exchange->id, note))
        return false;
    return *note->creator_user_id || *note->creator_api_key_id || *note->creator_workflow_name ||
           *note->creator_alert_title || !strstr(note->content, DECISION_NOTE_MARK) ||
           answer_error(exchange, 403, "forbidden", "",
                        "this note tells what the hub decided: it is not anybody's to change");
}

/* A group is known by its alerts. */
static bool
check_group(struct exchange *exchange, const char *group)
{
    struct statement *statement = exchange_statement(exchange, SQL_HUB_ALERT_IDS_OF_GROUP);
    struct error err;
    bool row;

    if (!statement)
        return false;
    bind_text(statement, "value", group);
    if (!statement_step(statement, &row, &err))
        return answer_failure(exchange, &err);
    if (row)
        statement_reset(statement);
    return row || answer_invalid(exchange, "alert_group_id",
                                 "'alert_group_id': there is no alert group '%.100s'", group);
}

static bool
run_create(struct exchange *exchange, const void *body)
{
    const struct note_sent *sent = body;
    struct alert_note note;
    struct alert alert;
    struct actor actor;

    if ((*sent->alert_id == '\0') == (*sent->alert_group_id == '\0'))
        return answer_invalid(exchange, "alert_id",
                              "give exactly one of 'alert_id' and 'alert_group_id'");
    if (*sent->alert_id &&
        !write_load_named(exchange, KIND_ALERT, sent->alert_id, "alert_id", &alert))
        return false;
    if ((*sent->alert_group_id && !check_group(exchange, sent->alert_group_id)) ||
        !check_content(exchange, sent->content) || !write_actor(exchange, &actor))
        return false;
    object_clear(&alert_note_table, &note);
    note.id = write_id(exchange);
    note.content = sent->content;
    note.alert_id = sent->alert_id;
    note.alert_group_id = sent->alert_group_id;
    note.created_at = note.updated_at = exchange->now_ms;
    SET_ACTOR(&note, creator, &actor);
    if (!write_save(exchange, KIND_ALERT_NOTE, &note))
        return false;
    write_answer(exchange, KIND_ALERT_NOTE, &note);
    return true;
}
const struct write alert_note_create = {
    .scope = "alerts.edit", .body = &create_table, .run = run_create, .status = 201};

static bool
run_update(struct exchange *exchange, const void *body)
{
    const struct note_sent *sent = body;
    struct alert_note note;

    if (!load_own(exchange, &note) || !check_content(exchange, sent->content))
        return false;
    note.content = sent->content;
    note.updated_at = note.last_edited_at = write_time(exchange, note.updated_at);
    if (!write_save(exchange, KIND_ALERT_NOTE, &note))
        return false;
    write_answer(exchange, KIND_ALERT_NOTE, &note);
    return true;
}
const struct write alert_note_update = {
    .scope = "alerts.edit", .body = &update_table, .run = run_update};

static bool
run_delete(struct exchange *exchange, const void *body)
{
    struct alert_note note;

    (void)body; /* it has none */
    return load_own(exchange, &note) && write_delete(exchange, KIND_ALERT_NOTE, exchange->id);
}
const struct write alert_note_delete = {.scope = "alerts.edit", .run = run_delete, .status = 204};
