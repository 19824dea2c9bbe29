#include "store/detail.h"

#include <string.h>

#include "base/str.h"

#define FACTS_MAX 160
#define BLOCKS_MAX 16

#define FIELD_OWNER struct detail_fact
static const struct field detail_fact_rows[] = {DETAIL_FACT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table detail_fact_table = FIELD_TABLE(detail_fact, SIZE_MAX);

#define FIELD_OWNER struct detail_block
static const struct field detail_block_rows[] = {DETAIL_BLOCK_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table detail_block_table = FIELD_TABLE(detail_block, SIZE_MAX);

void
detail_begin(struct detail *detail)
{
    *detail = (struct detail){.arena = detail->arena,
                              .brief = detail->brief,
                              .id = "",
                              .title = "",
                              .name = "",
                              .ref = "",
                              .zone = "",
                              .section = "",
                              .history = {.of = ""}};
    detail->facts = arena_new_array(&detail->arena, FACTS_MAX, struct detail_fact);
    detail->blocks = arena_new_array(&detail->arena, BLOCKS_MAX, struct detail_block);
}

void
detail_section(struct detail *detail, const char *heading)
{
    detail->section = heading;
}

static const char *
or_nothing(const char *text)
{
    return text ? text : "";
}

void
detail_add(struct detail *detail, struct detail_fact fact)
{
    if (detail->facts_len == FACTS_MAX || (text_is_empty(fact.text) && !fact.at))
        return;
    detail->facts[detail->facts_len++] = (struct detail_fact){
        .section = fact.section ? fact.section : detail->section,
        .label = or_nothing(fact.label),
        .text = or_nothing(fact.text),
        .at = fact.at,
        .link = or_nothing(fact.link),
        .ref = or_nothing(fact.ref),
        .tone = fact.tone >= 0 && fact.tone < TONE_COUNT ? fact.tone : TONE_PLAIN,
    };
}

bool
detail_add_rows(struct store *store, enum sql sql, const char *id, struct detail *detail,
                struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_text(statement, "id", id);
    while (statement_step(statement, &row, err)) {
        struct detail_fact fact = {0};
        if (!row)
            return true;
        row_read(statement, &detail_fact_table, &detail->arena, &fact);
        detail_add(detail, fact);
    }
    return false;
}

void
detail_add_block(struct detail *detail, const char *heading, const char *text, int64_t at)
{
    if (detail->blocks_len < BLOCKS_MAX && *text)
        detail->blocks[detail->blocks_len++] = (struct detail_block){heading, text, at};
}

bool
detail_add_blocks(struct store *store, enum sql sql, const char *id, struct detail *detail,
                  struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_text(statement, "id", id);
    while (statement_step(statement, &row, err)) {
        struct detail_block block;
        if (!row)
            return true;
        object_clear(&detail_block_table, &block);
        row_read(statement, &detail_block_table, &detail->arena, &block);
        detail_add_block(detail, block.heading, block.text, block.at);
    }
    return false;
}

bool
detail_row(struct store *store, enum sql sql, const char *id, const struct field_table *table,
           struct arena *arena, void *object, bool *found, struct error *err)
{
    struct statement *statement;
    object_clear(table, object);
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, found, err))
        return false;
    if (*found)
        row_read(statement, table, arena, object);
    statement_reset(statement);
    return true;
}

const char *
detail_with(struct arena *arena, const char *text, const char *more)
{
    if (!*text || !*more)
        return *text ? text : more;
    return arena_printf(arena, "%s (%s)", text, more);
}

static bool
is_slack_id(const char *id)
{
    return *id && id[strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")] == '\0';
}

const char *
detail_slack_link(struct arena *arena, const char *team_id, const char *channel_id)
{
    if (!is_slack_id(team_id) || !is_slack_id(channel_id))
        return "";
    return arena_printf(arena, "https://app.slack.com/client/%s/%s", team_id, channel_id);
}
