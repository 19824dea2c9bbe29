#include "store/channel_message.h"

#include <string.h>

#include "base/str.h"

enum { CHANNELS_MAX = 30 };

#define FIELD_OWNER struct channel_message
static const struct field channel_message_rows[] = {CHANNEL_MESSAGE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table channel_message_table = FIELD_TABLE(channel_message, SIZE_MAX);

/* ---- reading ---- */

bool
channel_message_get(struct store *store, const char *channel_id, const char *ts,
                    struct arena *arena, struct channel_message *message, bool *found,
                    struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_CHANNEL_MESSAGE_GET, &statement, err))
        return false;
    bind_text(statement, "channel_id", channel_id);
    bind_text(statement, "ts", ts);
    if (!statement_step(statement, found, err))
        return false;
    if (*found)
        row_read(statement, &channel_message_table, arena, message);
    statement_reset(statement);
    return true;
}

/* The first column of the first row; "" without one. */
static bool
read_text(struct statement *statement, struct arena *arena, const char **text, bool *found,
          struct error *err)
{
    *text = "";
    if (!statement_step(statement, found, err))
        return false;
    if (*found)
        *text = row_text(statement, arena, 0);
    statement_reset(statement);
    return true;
}

bool
channel_message_newest(struct store *store, const char *channel_id, struct arena *arena,
                       const char **ts, struct error *err)
{
    struct statement *statement;
    bool found;
    if (!store_statement(store, SQL_CHANNEL_MESSAGE_NEWEST, &statement, err))
        return false;
    bind_text(statement, "channel_id", channel_id);
    return read_text(statement, arena, ts, &found, err);
}

bool
channels_to_read(struct store *store, const char *on_screen, struct arena *arena,
                 struct channel_to_read **channels, size_t *len, struct error *err)
{
    struct statement *statement;
    bool row = true;
    *channels = arena_new_array(arena, CHANNELS_MAX, struct channel_to_read);
    *len = 0;
    if (!store_statement(store, SQL_CHANNELS_TO_READ, &statement, err))
        return false;
    bind_text(statement, "on_screen", on_screen);
    bind_integer(statement, "rows", CHANNELS_MAX);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            (*channels)[(*len)++] =
                (struct channel_to_read){.id = row_text(statement, arena, 0),
                                         .is_on_screen = row_integer(statement, 1),
                                         .since_ms = row_integer(statement, 2)};
    }
    return true;
}

/* ---- a stretch ---- */

static bool
read_known(struct store *store, const struct channel_stretch *stretch, struct arena *arena,
           struct channel_message **known, size_t *len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_CHANNEL_MESSAGE_BETWEEN, &statement, err))
        return false;
    bind_text(statement, "channel_id", stretch->channel_id);
    bind_text(statement, "thread_ts", stretch->thread_ts);
    bind_integer(statement, "since", stretch->since_ms);
    return statement_read_all(statement, &channel_message_table, arena, 0, known, len, err);
}

static const struct channel_message *
find(const struct channel_message *messages, size_t len, const char *ts)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(messages[i].ts, ts) == 0)
            return &messages[i];
    return NULL;
}

static bool
is_same(const struct channel_message *a, const struct channel_message *b)
{
    return text_equals(a->who, b->who) && text_equals(a->text, b->text) &&
           text_equals(a->permalink, b->permalink) && a->is_said == b->is_said &&
           text_equals(a->latest_reply, b->latest_reply);
}

bool
channel_stretch_is_known(struct store *store, const struct channel_stretch *stretch,
                         struct arena *arena, bool *same, struct error *err)
{
    struct channel_message *known;
    size_t len;
    if (!read_known(store, stretch, arena, &known, &len, err))
        return false;
    *same = len == stretch->len;
    for (size_t i = 0; *same && i < len; i++) {
        const struct channel_message *now = find(stretch->messages, stretch->len, known[i].ts);
        *same = now && is_same(now, &known[i]);
    }
    return true;
}

static bool delete (struct store *store, const struct channel_message *message, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_CHANNEL_MESSAGE_DELETE, &statement, err))
        return false;
    bind_text(statement, "channel_id", message->channel_id);
    bind_text(statement, "ts", message->ts);
    return statement_run(statement, err);
}

static bool
put(struct store *store, const struct channel_message *message, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_CHANNEL_MESSAGE_PUT, &statement, err))
        return false;
    bind_object(statement, &channel_message_table, message);
    return statement_run(statement, err);
}

bool
channel_stretch_put(struct store *store, const struct channel_stretch *stretch, struct arena *arena,
                    struct error *err)
{
    struct channel_message *known;
    size_t len;
    if (!read_known(store, stretch, arena, &known, &len, err))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!find(stretch->messages, stretch->len, known[i].ts) && !delete (store, &known[i], err))
            return false;
    for (size_t i = 0; i < stretch->len; i++) {
        const struct channel_message *before = find(known, len, stretch->messages[i].ts);
        if (!(before && is_same(before, &stretch->messages[i])) &&
            !put(store, &stretch->messages[i], err))
            return false;
    }
    return true;
}

bool
channel_forget(struct store *store, struct error *err)
{
    struct statement *statement;
    return store_statement(store, SQL_CHANNEL_FORGET, &statement, err) &&
           statement_run(statement, err);
}

/* ---- channels that cannot be read ---- */

bool
channel_problem_get(struct store *store, const char *channel_id, struct arena *arena,
                    const char **problem, struct error *err)
{
    struct statement *statement;
    bool found;
    if (!store_statement(store, SQL_CHANNEL_PROBLEM_GET, &statement, err))
        return false;
    bind_text(statement, "channel_id", channel_id);
    return read_text(statement, arena, problem, &found, err);
}

bool
channel_problem_put(struct store *store, const char *channel_id, const char *problem,
                    struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, *problem ? SQL_CHANNEL_PROBLEM_PUT : SQL_CHANNEL_PROBLEM_DELETE,
                         &statement, err))
        return false;
    bind_text(statement, "channel_id", channel_id);
    if (*problem)
        bind_text(statement, "problem", problem);
    return statement_run(statement, err);
}

/* ---- members ---- */

bool
slack_member_name(struct store *store, const char *id, int64_t since_ms, struct arena *arena,
                  const char **name, bool *known, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_SLACK_MEMBER_NAME, &statement, err))
        return false;
    bind_text(statement, "id", id);
    bind_integer(statement, "since", since_ms);
    return read_text(statement, arena, name, known, err);
}

bool
slack_member_put(struct store *store, const char *id, const char *name, int64_t now_ms,
                 struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_SLACK_MEMBER_PUT, &statement, err))
        return false;
    bind_text(statement, "id", id);
    bind_text(statement, "name", name);
    bind_integer(statement, "asked_at", now_ms);
    return statement_run(statement, err);
}
