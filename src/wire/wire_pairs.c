#include "base/clock.h"
#include "wire/wire_internal.h"

#include <string.h>

static const char *
dotted(struct arena *arena, const char *at, const char *name, size_t len)
{
    return arena_printf(arena, "%s%s%.*s", at, *at && len ? "." : "", (int)len, name);
}

/* The element of the list at `at` in which `path` says `value`; NULL = there is none. */
static const char *
pick(const struct wire_document *document, struct arena *arena, const char *at, struct slice path,
     struct slice value)
{
    size_t len = wire_document_count(document, at);
    for (size_t i = 0; i < len; i++) {
        const char *element = arena_printf(arena, "%s.%zu", at, i);
        const char *text =
            wire_document_text(document, arena, dotted(arena, element, path.data, path.len));
        if (slice_equals(value, text))
            return element;
    }
    return NULL;
}

static const char *
text_at(const struct wire_document *document, struct arena *arena, const char *at, const char *path)
{
    const char *bracket, *equals, *close;
    while ((bracket = strchr(path, '[')) && (equals = strchr(bracket, '=')) &&
           (close = strchr(equals, ']'))) {
        at = pick(document, arena, dotted(arena, at, path, (size_t)(bracket - path)),
                  (struct slice){bracket + 1, (size_t)(equals - bracket - 1)},
                  (struct slice){equals + 1, (size_t)(close - equals - 1)});
        if (!at)
            return "";
        path = close + 1 + (close[1] == '.');
    }
    return wire_document_text(document, arena, dotted(arena, at, path, strlen(path)));
}

static bool
next_pair(struct wire_scan *scan, struct arena *arena, const char **path, const char **text)
{
    struct slice key, value;
    struct wire_document *one;
    struct error err;
    if (!wire_scan_next(scan, &key, &value))
        return false;
    *path = arena_text_len(arena, key.data, key.len);
    *text = "";
    if (wire_document_read(value, &one, &err)) {
        *text = wire_document_text(one, arena, "");
        wire_document_destroy(one);
    }
    return true;
}

/* A moment may be written in several ways. */
static bool
is_alike(const char *one, const char *other)
{
    int64_t a, b;
    return strcmp(one, other) == 0 ||
           (time_from_rfc3339(one, &a) && time_from_rfc3339(other, &b) && a == b);
}

bool
wire_pairs_hold(const struct wire_document *document, const char *at, const char *pairs)
{
    struct arena arena = {0};
    struct wire_scan scan;
    const char *path, *text;
    bool hold = true;
    if (!wire_scan_open(&scan, slice_of(pairs), 0))
        return false;
    while (hold && next_pair(&scan, &arena, &path, &text))
        hold = is_alike(text_at(document, &arena, at, path), text);
    arena_finish(&arena);
    return hold;
}

const char *
wire_pairs_of(const struct wire_document *document, const char *at, const char *pairs,
              struct arena *arena)
{
    struct wire_scan scan;
    struct str json;
    const char *path, *text;
    str_init(&json, 0);
    str_append_char(&json, '{');
    if (wire_scan_open(&scan, slice_of(pairs), 0))
        while (next_pair(&scan, arena, &path, &text)) {
            if (json.len > 1)
                str_append_char(&json, ',');
            wire_append_string(&json, path);
            str_append_char(&json, ':');
            wire_append_string(&json, text_at(document, arena, at, path));
        }
    str_append_char(&json, '}');
    const char *made = arena_text(arena, str_text(&json));
    str_finish(&json);
    return made;
}

static bool
is_id(const char *path)
{
    const size_t len = strlen(path);
    return len > 3 && strcmp(path + len - 3, ".id") == 0;
}

/* "severity.id": "severity"; "roles[role.type=lead].user.id": "lead". */
static const char *
label_of(struct arena *arena, const char *path)
{
    const char *equals = strchr(path, '=');
    const char *from = equals ? equals + 1 : path;
    char *label = arena_text_len(arena, from, strcspn(from, equals ? "]" : "."));
    for (char *c = label; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return label;
}

size_t
wire_pairs_read(const char *pairs, struct arena *arena, struct wire_pair **out)
{
    struct wire_scan scan;
    const char *path, *text;
    size_t len = 0;
    *out = NULL;
    for (int pass = 0; pass < 2; pass++) { /* counted, then kept */
        len = 0;
        if (!wire_scan_open(&scan, slice_of(pairs), 0))
            return 0;
        while (next_pair(&scan, arena, &path, &text)) {
            if (*out)
                (*out)[len] = (struct wire_pair){path, text, label_of(arena, path), is_id(path)};
            len++;
        }
        if (!*out)
            *out = arena_new_array(arena, len + 1, struct wire_pair);
    }
    return len;
}

const char *
wire_pairs_changes(const struct wire_document *document, const char *at, const char *pairs,
                   struct arena *arena)
{
    struct wire_scan scan;
    struct str words;
    const char *path, *text;
    str_init(&words, 0);
    if (wire_scan_open(&scan, slice_of(pairs), 0))
        while (next_pair(&scan, arena, &path, &text)) {
            const char *now = text_at(document, arena, at, path);
            if (is_alike(now, text))
                continue;
            if (is_id(path) && *now) {
                const char *name =
                    text_at(document, arena, at,
                            arena_printf(arena, "%.*s.name", (int)strlen(path) - 3, path));
                now = *name ? name : now;
            }
            str_printf(&words, "%s%s is ", words.len ? "; " : "", label_of(arena, path));
            if (*now)
                str_printf(&words, "'%s'", now);
            else
                str_append(&words, is_id(path) ? "nobody" : "empty");
            if (!is_id(path))
                str_printf(&words, ", was '%s'", text);
        }
    const char *made = arena_text(arena, str_text(&words));
    str_finish(&words);
    return made;
}

static bool
speaks_of(const char *pairs, const char *wanted, struct arena *arena)
{
    struct wire_scan scan;
    const char *path, *text;
    if (!wire_scan_open(&scan, slice_of(pairs), 0))
        return false;
    while (next_pair(&scan, arena, &path, &text))
        if (strcmp(path, wanted) == 0)
            return true;
    return false;
}

const char *
wire_pairs_keep(const struct wire_document *document, const char *at, const char *body,
                const char *goal, struct arena *arena)
{
    struct wire_scan scan;
    struct slice key, value;
    struct str json;
    if (!wire_scan_open(&scan, slice_of(body), 0))
        return body;
    str_init(&json, 0);
    str_append_char(&json, '{');
    while (wire_scan_next(&scan, &key, &value)) {
        const char *name = arena_text_len(arena, key.data, key.len);
        const bool is_id = key.len > 3 && strcmp(name + key.len - 3, "_id") == 0;
        const char *path = is_id ? arena_printf(arena, "%.*s.id", (int)key.len - 3, name) : name;
        const char *now = text_at(document, arena, at, path);
        str_append(&json, json.len > 1 ? "," : "");
        wire_append_string(&json, name);
        str_append_char(&json, ':');
        if (speaks_of(goal, path, arena) || !*now)
            str_append_len(&json, value.data, value.len);
        else
            wire_append_string(&json, now);
    }
    str_append_char(&json, '}');
    const char *made = arena_text(arena, str_text(&json));
    str_finish(&json);
    return made;
}
