#include "store/pull_request.h"

#include <stddef.h>

#include "base/str.h"

#define FIELD_OWNER struct pull_request
static const struct field pull_request_rows[] = {PULL_REQUEST_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
const struct field_table pull_request_table = FIELD_TABLE(pull_request, SIZE_MAX);

#define FIELD_OWNER struct pull_request_event
static const struct field pull_request_event_rows[] = {PULL_REQUEST_EVENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table pull_request_event_table =
    FIELD_TABLE(pull_request_event, SIZE_MAX);

#define FIELD_OWNER struct pull_request_attached
static const struct field pull_request_attached_rows[] = {PULL_REQUEST_ATTACHED_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table pull_request_attached_table =
    FIELD_TABLE(pull_request_attached, SIZE_MAX);

enum { LINES_MAX = 20 }; /* as the statement has it */

bool
pull_request_attached(struct store *store, const char *on_screen, int64_t since,
                      struct arena *arena, struct pull_request_attached **items, size_t *items_len,
                      struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_PULL_REQUEST_ATTACHED, &statement, err))
        return false;
    bind_text(statement, "on_screen", on_screen);
    bind_integer(statement, "since", since);
    return statement_read_all(statement, &pull_request_attached_table, arena, 0, items, items_len,
                              err);
}

bool
pull_request_get(struct store *store, const char *link, struct arena *arena,
                 struct pull_request *pull, struct error *err)
{
    struct statement *statement;
    bool row;
    object_clear(&pull_request_table, pull);
    pull->link = link;
    if (!store_statement(store, SQL_PULL_REQUEST_GET, &statement, err))
        return false;
    bind_text(statement, "link", link);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        row_read(statement, &pull_request_table, arena, pull);
    statement_reset(statement);
    return true;
}

bool
pull_request_put(struct store *store, const struct pull_request *pull,
                 const struct pull_request_event *events, size_t events_len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_PULL_REQUEST_PUT, &statement, err))
        return false;
    bind_object(statement, &pull_request_table, pull);
    if (!statement_run(statement, err))
        return false;
    for (size_t i = 0; i < events_len; i++) {
        if (!store_statement(store, SQL_PULL_REQUEST_EVENT_PUT, &statement, err))
            return false;
        bind_object(statement, &pull_request_event_table, &events[i]);
        if (!statement_run(statement, err))
            return false;
    }
    return true;
}

bool
pull_request_has_ended(const struct pull_request *pull)
{
    return text_equals(pull->state, "merged") || text_equals(pull->state, "closed");
}

bool
pull_request_lines(struct store *store, const char *incident_id, struct arena *arena,
                   const struct pull_request_line **lines, size_t *lines_len, struct error *err)
{
    struct pull_request_line *all = arena_new_array(arena, LINES_MAX, struct pull_request_line);
    struct statement *statement;
    bool row;
    *lines = all;
    *lines_len = 0;
    if (!store_statement(store, SQL_PULL_REQUEST_OF_INCIDENT, &statement, err))
        return false;
    bind_text(statement, "incident_id", incident_id);
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        if (*lines_len < LINES_MAX)
            all[(*lines_len)++] = (struct pull_request_line){row_text(statement, arena, 0),
                                                             row_text(statement, arena, 1),
                                                             row_text(statement, arena, 2)};
    }
    return false;
}
