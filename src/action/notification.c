#include "action/notification.h"

#include "base/str.h"
#include "base/text.h"
#include "wire/wire.h"

enum { TEXT_MAX_BYTES = 1000 };

static void
append(struct str *json, const char *name, const char *text, struct arena *arena)
{
    wire_append_string(json, name);
    str_append_char(json, ':');
    wire_append_string(json, text_clean(arena, text, TEXT_MAX_BYTES));
}

const char *
notification_json(const struct notification *notification, struct arena *arena)
{
    struct str json;
    str_init(&json, 0);
    str_append_char(&json, '{');
    append(&json, "event", notification->event, arena);
    str_append_char(&json, ',');
    append(&json, "profile", notification->profile, arena);
    str_append_char(&json, ',');
    append(&json, "text", notification->text, arena);
    str_append(&json, ",\"items\":[");
    for (size_t i = 0; i < notification->items_len; i++) {
        const struct notification_item *item = &notification->items[i];
        str_append(&json, i ? ",{" : "{");
        append(&json, "type", item->type, arena);
        str_append_char(&json, ',');
        append(&json, "id", item->id, arena);
        str_append_char(&json, ',');
        append(&json, "title", item->title, arena);
        str_printf(&json, ",\"severity\":%lld}", (long long)item->severity);
    }
    str_append(&json, "]}\n");
    const char *text = arena_text(arena, str_text(&json));
    str_finish(&json);
    return text;
}
