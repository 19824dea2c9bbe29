#include "hub/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "hub/routes.h"
#include "wire/wire.h"

/* Statuses we send and what the API calls them (facts 2). */
static const struct {
    int status;
    const char *type;
} error_types[] = {
    {400, "invalid_request_error"},
    {401, "authentication_error"},
    {403, "resource_forbidden"},
    {404, "not_found"},
    {405, "method_not_allowed"},
    {406, "not_acceptable"},
    {409, "conflict"},
    {412, "precondition_failed"},
    {413, "payload_too_large"},
    {414, "invalid_request_error"},
    {422, "validation_error"},
    {429, "too_many_requests"},
    {500, "api_error"},
    {503, "api_error"},
};

static const char *
error_type(int status)
{
    for (size_t i = 0; i < sizeof(error_types) / sizeof(error_types[0]); i++) {
        if (error_types[i].status == status)
            return error_types[i].type;
    }
    return "api_error";
}

void
answer_ok(struct exchange *exchange)
{
    exchange->status = 200;
}

bool(answer_error)(struct exchange *exchange, int status, const char *code, const char *field,
                   const char *format, ...)
{
    char message[512];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(message, sizeof(message), format, arguments); /* a cut message is still one */
    va_end(arguments);

    exchange->status = status;
    str_clear(&exchange->body);
    str_append(&exchange->body,
               wire_write_error(status, error_type(status), code,
                                text_repair_utf8(exchange->arena, message, strlen(message)), field,
                                exchange->request_id, exchange->arena));
    return false;
}

bool(answer_not_found)(struct exchange *exchange)
{
    return answer_error(exchange, 404, "resource_not_found", "", "there is no such %s",
                        exchange->route->kind < KIND_COUNT ? kind_info(exchange->route->kind)->one
                                                           : "record");
}

const char *
object_tag(struct exchange *exchange, const char *json)
{
    char hash[DIGEST_HEX_SIZE];
    const char *const parts[] = {json};
    return arena_text(exchange->arena, digest_keyed_hex("tocsin hub object", parts, 1, hash));
}

bool(answer_failure)(struct exchange *exchange, const struct error *err)
{
    if (err->code == ERROR_NOT_FOUND)
        return answer_not_found(exchange);
    if (err->code == ERROR_INVALID)
        return answer_error(exchange, 422, "invalid_value", "", "%s", err->message);

    struct error shown = *err;
    (void)error_wrap(&shown, "request %s", exchange->request_id); /* it is only logged */
    log_failure(LOG_ERROR, &shown, exchange->request->target);
    return answer_error(exchange, 500, "internal_error", "",
                        "the hub could not answer; its log has the reason under the request's id");
}

bool(answer_broken)(struct exchange *exchange, const struct error *err)
{
    struct error ours = *err;

    ours.code = ERROR_STORE;
    return answer_failure(exchange, &ours);
}

struct statement *
exchange_statement(struct exchange *exchange, enum sql sql)
{
    struct statement *statement;
    struct error err;

    if (store_statement(exchange->store, sql, &statement, &err))
        return statement;
    (void)answer_failure(exchange, &err);
    return NULL;
}

void
text_list_add(struct text_list *list, const char *text, struct arena *arena)
{
    if (list->len == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 32;
        const char **grown = arena_new_array(arena, list->capacity, const char *);
        if (list->len > 0)
            memcpy(grown, list->items, list->len * sizeof(grown[0]));
        list->items = grown;
    }
    list->items[list->len++] = text;
}

bool
text_list_read(struct exchange *exchange, struct statement *statement, struct text_list *list)
{
    struct error err;
    bool row;

    for (;;) {
        if (!statement_step(statement, &row, &err))
            return answer_failure(exchange, &err);
        if (!row)
            return true;
        text_list_add(list, row_text(statement, exchange->arena, 0), exchange->arena);
    }
}
