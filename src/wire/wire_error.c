#include "wire/wire_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { MESSAGE_MAX_BYTES = 160, MESSAGES_MAX = 3 };

static const char *
text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) ? item->valuestring : "";
}

/* A sentence of theirs as a part of ours: cleaned, no full stop. */
static const char *
phrase(const char *text, struct arena *arena)
{
    const char *clean = text_clean(arena, text, MESSAGE_MAX_BYTES);
    size_t len = strlen(clean);
    while (len && (clean[len - 1] == '.' || clean[len - 1] == ' '))
        len--;
    return arena_text_len(arena, clean, len);
}

/* "title: must not be empty; status: must be one of firing, resolved" */
static const char *
messages_of(const cJSON *envelope, struct arena *arena)
{
    const char *all = "";
    int count = 0;
    const cJSON *error;
    cJSON_ArrayForEach(error, cJSON_GetObjectItemCaseSensitive(envelope, "errors"))
    {
        const char *message = phrase(text_of(error, "message"), arena);
        if (!message[0])
            message = phrase(text_of(error, "code"), arena);
        if (!message[0] || count++ == MESSAGES_MAX)
            break;
        const cJSON *source = cJSON_GetObjectItemCaseSensitive(error, "source");
        const char *field = phrase(text_of(source, "field"), arena);
        all = arena_printf(arena, "%s%s%s%s%s", all, all[0] ? "; " : "", field,
                           field[0] ? ": " : "", message);
    }
    return all[0] ? all : phrase(text_of(envelope, "type"), arena);
}

/* "Mon, 02 Jan 2006 15:04:05 GMT", as older deployments write it. Not strptime: month names follow
 * the locale there. */
static bool
time_from_http_date(const char *text, int64_t *time_ms)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int day, year, hour, minute, second;
    char month[4], rfc3339[RFC3339_SIZE + 40];
    if (sscanf(text, "%*3s, %2d %3s %4d %2d:%2d:%2d", &day, month, &year, &hour, &minute,
               &second) != 6)
        return false;
    const char *found = strstr(months, month);
    if (!found || strlen(month) != 3)
        return false;
    (void)snprintf(rfc3339, sizeof rfc3339, "%04d-%02d-%02dT%02d:%02d:%02dZ", year,
                   (int)(found - months) / 3 + 1, day, hour, minute, second); /* fits */
    return time_from_rfc3339(rfc3339, time_ms);
}

static int64_t
retry_after_of(const cJSON *envelope)
{
    const cJSON *limit = cJSON_GetObjectItemCaseSensitive(envelope, "rate_limit");
    const char *text = text_of(limit, "retry_after");
    int64_t at;
    if (!time_from_rfc3339(text, &at) && !time_from_http_date(text, &at))
        return 0;
    int64_t wait = at - clock_now_ms();
    return wait < 0 ? 0 : wait > HOUR_MS ? HOUR_MS : wait;
}

static cJSON *
read_envelope(struct slice body, struct arena *arena)
{
    if (!wire_check_text(&body, "answer", arena, NULL) || wire_scan_problem(body))
        return NULL;
    cJSON *tree = wire_tree_parse(body, arena);
    return cJSON_IsObject(tree) ? tree : NULL;
}

static bool
without_envelope(int http_status, struct slice body, struct error *err)
{
    struct slice text = wire_scan_trim(body);
    const char *with = text.len == 0         ? " without a body"
                       : text.data[0] == '<' ? " with HTML: a proxy's page, or not an API"
                                             : "";
    error_set(err, error_from_http_status(http_status), "the server answered %d%s", http_status,
              with);
    if (err)
        err->http_status = http_status;
    return false;
}

bool
wire_read_error(int http_status, struct slice body, struct error *err)
{
    struct arena arena = {0};
    const cJSON *envelope = read_envelope(body, &arena);
    const char *messages = envelope ? messages_of(envelope, &arena) : "";
    if (!messages[0])
        (void)without_envelope(http_status, body, err);
    else
        error_set(err, error_from_http_status(http_status), "the server answered %d: %s",
                  http_status, messages);
    if (err && envelope) {
        const char *id =
            text_clean(&arena, text_of(envelope, "request_id"), sizeof err->request_id - 1);
        (void)snprintf(err->request_id, sizeof err->request_id, "%s",
                       id); /* cut to fit just above */
        err->retry_after_ms = retry_after_of(envelope);
    }
    if (err)
        err->http_status = http_status;
    arena_finish(&arena);
    return false;
}

const char *
wire_write_error(int http_status, const char *type, const char *code, const char *message,
                 const char *field, const char *request_id, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    str_append(&out, "{\"type\":");
    wire_append_string(&out, type);
    str_printf(&out, ",\"status\":%d,\"request_id\":", http_status);
    wire_append_string(&out, request_id);
    str_append(&out, ",\"errors\":[{\"code\":");
    wire_append_string(&out, code);
    str_append(&out, ",\"message\":");
    wire_append_string(&out, message);
    if (!text_is_empty(field)) {
        str_append(&out, ",\"source\":{\"field\":");
        wire_append_string(&out, field);
        str_append_char(&out, '}');
    }
    str_append(&out, "}]}");
    const char *text = arena_text_len(arena, str_text(&out), out.len);
    str_finish(&out);
    return text;
}
