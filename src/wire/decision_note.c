#include "wire/decision_note.h"

#include <string.h>

#include "wire/wire.h"

static const char begins[] = "\n```json\n" DECISION_NOTE_MARK;
static const char ends[] = "\n```";

const char *
decision_json(const struct decision *decision, struct arena *arena)
{
    return wire_write_object(&decision_table, decision, arena);
}

bool
decision_read(const char *json, struct arena *arena, struct decision *decision, struct error *err)
{
    object_clear(&decision_table, decision);
    return wire_read_fields(&decision_table, slice_of(json), arena, decision, err);
}

const char *
decision_note(const struct decision *decision, struct arena *arena)
{
    size_t len;
    const struct story_line *lines = decision_story(decision, arena, &len);
    return arena_printf(arena, "%s\n```json\n%s%s\n", story_markdown(lines, len, arena),
                        decision_json(decision, arena), ends);
}

bool
decision_of_note(const char *content, struct arena *arena, struct decision *decision)
{
    const char *fence = NULL; /* the last: its JSON has no line feeds, and nothing follows it */
    for (const char *at = content; (at = strstr(at, begins)); at++)
        fence = at;
    if (!fence)
        return false;
    const char *json = strchr(fence + 1, '{'), *end = strstr(json, ends);
    if (!end)
        return false;
    return decision_read(arena_text_len(arena, json, (size_t)(end - json)), arena, decision,
                         NULL) &&
           decision->version == DECISION_VERSION;
}
