#include "cli/hub_audit.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "wire/wire.h"

enum { ROWS_DEFAULT = 100, NAME_MAX_BYTES = 200 };

#define AUDIT_FIELDS(X)                                                                            \
    X(TIME, at, "at", FIELD_REQUIRED | FIELD_COLUMN, _)                                            \
    X(TEXT, api_key_id, "api_key.id", FIELD_REQUIRED | FIELD_COLUMN, _)                            \
    X(TEXT, api_key_name, "api_key.name", FIELD_REQUIRED | FIELD_COLUMN, _)                        \
    X(TEXT, user_id, "user.id", FIELD_REQUIRED | FIELD_COLUMN, _)                                  \
    X(TEXT, user_name, "user.name", FIELD_REQUIRED | FIELD_COLUMN, _)                              \
    X(TEXT, request, "request", FIELD_REQUIRED | FIELD_COLUMN, _)                                  \
    X(TEXT, request_id, "request_id", FIELD_REQUIRED | FIELD_COLUMN, _)                            \
    X(TEXT, kind, "kind", FIELD_REQUIRED | FIELD_COLUMN, _)                                        \
    X(TEXT, object_id, "object_id", FIELD_REQUIRED | FIELD_COLUMN, _)                              \
    X(TEXT, before_hash, "before", FIELD_COLUMN, _)                                                \
    X(TEXT, after_hash, "after", FIELD_COLUMN, _)
struct audit_row {
    AUDIT_FIELDS(FIELD_DECLARE)
};
#define FIELD_OWNER struct audit_row
static const struct field audit_row_rows[] = {AUDIT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table audit_row_table = FIELD_TABLE(audit_row, SIZE_MAX);

static void
print_row(struct cli *cli, const struct audit_row *row)
{
    char at[RFC3339_SIZE];
    const char *who = *row->user_name ? row->user_name : row->api_key_name;
    const char *verb = *row->before_hash == '\0' ? "made"
                       : *row->after_hash        ? "changed"
                                                 : "deleted";

    printf("%s  %-7s  %s %s  %s  %s\n", time_to_rfc3339(row->at, at), verb, row->kind,
           text_clean(&cli->arena, row->object_id, NAME_MAX_BYTES),
           text_clean(&cli->arena, who, NAME_MAX_BYTES), row->request);
}

bool
hub_audit_print(struct cli *cli, struct store *store, const char *object_id, struct error *err)
{
    struct statement *statement;
    struct audit_row *rows = NULL;
    size_t len = 0;

    if (!store_statement(store, SQL_AUDIT_LIST, &statement, err))
        return false;
    bind_text(statement, "object_id", object_id);
    bind_integer(statement, "rows", cli->limit < 0 ? ROWS_DEFAULT : cli->limit ? cli->limit : -1);
    if (!statement_read_all(statement, &audit_row_table, &cli->arena, 0, &rows, &len, err))
        return false;
    if (cli->json)
        putchar('[');
    for (size_t i = 0; i < len; i++) {
        if (cli->json)
            printf("%s%s", i > 0 ? ",\n" : "",
                   wire_write_object(&audit_row_table, &rows[i], &cli->arena));
        else
            print_row(cli, &rows[i]);
    }
    if (cli->json)
        puts("]");
    return true;
}
