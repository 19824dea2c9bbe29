#include "hub/request.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* NULL for a broken escape, a NUL or what is not UTF-8. */
static const char *
decode(struct arena *arena, const char *text, size_t len, bool plus_is_space)
{
    char *out = arena_alloc(arena, len + 1);
    size_t out_len = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
            int low = i + 2 < len ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (c == '\0')
            return NULL;
        out[out_len++] = c;
    }
    out[out_len] = '\0';
    return text_is_valid_utf8(out, out_len) ? out : NULL;
}

static void
refuse(struct request *request, int status, const char *problem)
{
    request->status = status;
    request->problem = problem;
}

static void
read_path(struct request *request, const char *path, size_t len)
{
    const char *end = path + len;

    if (len == 0 || path[0] != '/') {
        refuse(request, 400, "the request's target is not a path");
        return;
    }
    for (const char *at = path; at < end;) {
        const char *segment = at + 1;
        const char *next = memchr(segment, '/', (size_t)(end - segment));
        size_t segment_len = (size_t)((next ? next : end) - segment);
        if (request->segments_len == REQUEST_SEGMENTS_MAX) {
            request->segments_len = 0; /* no route is that long: unknown */
            return;
        }
        const char *text = decode(&request->arena, segment, segment_len, false);
        if (!text) {
            refuse(request, 400, "the path has a broken percent escape or is not UTF-8");
            return;
        }
        request->segments[request->segments_len++] = text;
        at = segment + segment_len;
    }
}

/* Splits "name[key][operator]" in place. False when the brackets make no sense. */
static bool
split_name(char *name, struct parameter *parameter)
{
    const char *part[2] = {"", ""};
    size_t parts = 0;
    char *at = strchr(name, '[');

    parameter->name = name;
    while (at && *at == '[') {
        char *close = strchr(at, ']');
        if (!close || parts == 2 || close == at + 1)
            return false;
        *at = *close = '\0';
        part[parts++] = at + 1;
        at = close + 1;
    }
    if (at && *at != '\0')
        return false;
    parameter->key = parts == 2 ? part[0] : "";
    parameter->operator= parts == 2 ? part[1] : part[0];
    return name[0] != '\0';
}

static void
read_query(struct request *request, const char *query)
{
    size_t count = 1;
    for (const char *at = query; *at; at++)
        count += *at == '&';
    if (count > REQUEST_PARAMETERS_MAX) {
        refuse(request, 400, "the request has more than 512 parameters");
        return;
    }

    struct parameter *parameters = arena_new_array(&request->arena, count, struct parameter);
    request->parameters = parameters;
    for (const char *at = query; *at;) {
        size_t len = strcspn(at, "&");
        const char *equals = memchr(at, '=', len);
        size_t name_len = equals ? (size_t)(equals - at) : len;
        if (len > 0) {
            struct parameter *parameter = &parameters[request->parameters_len];
            const char *name = decode(&request->arena, at, name_len, true);
            parameter->value =
                equals ? decode(&request->arena, equals + 1, len - name_len - 1, true) : "";
            if (!name || !parameter->value) {
                refuse(request, 400, "a parameter has a broken percent escape or is not UTF-8");
                return;
            }
            if (!split_name(arena_text(&request->arena, name), parameter)) {
                refuse(request, 422,
                       "a parameter is not of the form name, name[operator] or "
                       "name[key][operator]");
                return;
            }
            request->parameters_len++;
        }
        at += len;
        if (*at == '&')
            at++;
    }
}

void
request_read(struct request *request, const char *target)
{
    size_t len = strnlen(target, REQUEST_TARGET_MAX_BYTES + 1);
    const char *query = memchr(target, '?', len);

    request->target = arena_text_len(&request->arena, target, len);
    if (len > REQUEST_TARGET_MAX_BYTES) {
        refuse(request, 414, "the request's target is longer than 16 KiB");
        return;
    }
    read_path(request, target, query ? (size_t)(query - target) : len);
    if (query && request->status == 0)
        read_query(request, query + 1);
    /* It is only logged: a secret that is part of it (facts 5.1) is not. */
    for (size_t i = 0; query && i < request->parameters_len; i++)
        if (strcmp(request->parameters[i].name, "token") == 0)
            request->target =
                arena_printf(&request->arena, "%.*s?...", (int)(query - target), target);
}

const char *
request_parameter(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->parameters_len; i++) {
        const struct parameter *parameter = &request->parameters[i];
        if (parameter->operator[0] == '\0' && text_equals(parameter->name, name))
            return parameter->value;
    }
    return "";
}
