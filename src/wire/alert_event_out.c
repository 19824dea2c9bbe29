#include "wire/alert_event_out.h"

#include "base/str.h"
#include "wire/wire.h"

static void
append_member(struct str *body, const char *name, const char *text)
{
    if (!*text)
        return;
    str_printf(body, ",\"%s\":", name);
    wire_append_string(body, text);
}

struct alert_event_out
alert_event_out(const struct alert_event_parts *parts, struct arena *arena)
{
    struct str body;
    str_init(&body, 0);
    str_append(&body, "{\"title\":");
    wire_append_string(&body, parts->title);
    append_member(&body, "status", parts->resolved ? "resolved" : "firing");
    append_member(&body, "deduplication_key", parts->deduplication_key);
    append_member(&body, "description", parts->description);
    append_member(&body, "source_url", parts->source_url);
    if (*parts->metadata)
        str_printf(&body, ",\"metadata\":%s", parts->metadata);
    str_append_char(&body, '}');
    struct alert_event_out out = {
        .deduplication_key = arena_text(arena, parts->deduplication_key),
        .resolved = parts->resolved,
        .at_ms = parts->at_ms,
        .body = arena_text_len(arena, str_text(&body), body.len),
    };
    str_finish(&body);
    return out;
}
