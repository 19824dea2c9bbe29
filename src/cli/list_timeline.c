#include "cli/list_timeline.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/output.h"
#include "store/cache.h"
#include "store/window.h"
#include "wire/wire.h"

enum { EVENTS_DEFAULT = 100, EVENTS_MAX = 100000 };
enum { TIME_COLS = 16, KIND_COLS = 9, WHO_COLS = 18 };

/* "update/01H…" comes from the update 01H…; events of a page are parts of an escalation and have no place of their own. */
static const char *
event_ref(const struct timeline_event *event)
{
    const char *slash = strchr(event->id, '/');
    return slash && strncmp(event->id, "page/", 5) != 0 ? slash + 1 : "";
}

static void
print_json(struct output *output, const struct timeline_event *event)
{
    char time[RFC3339_SIZE];
    struct str json;
    str_init(&json, 0);
    str_append_char(&json, '{');
    output_member(&json, "time", time_to_rfc3339(event->at, time));
    if (event->first_seen)
        str_append(&json, ",\"first_seen\":true");
    output_member(&json, "kind", event->kind);
    output_member(&json, "who", event->who);
    output_member(&json, "change", event->change);
    output_member(&json, "text", event->text);
    output_member(&json, "detail", event->detail);
    output_member(&json, "ref", event_ref(event));
    str_append_char(&json, '}');
    (void)output_item(output, str_text(&json)); /* output_end says when writing failed */
    str_finish(&json);
}

static void
print_line(struct output *output, const struct timeline_event *event)
{
    struct arena *arena = &output->scratch;
    const int used = TIME_COLS + KIND_COLS + WHO_COLS + 7; /* the mark, and the gaps */
    arena_reset(arena);
    putchar(event->first_seen ? '~' : ' ');
    output_cell(output, output_time(output, event->at), TIME_COLS);
    output_cell(output, event->kind, KIND_COLS);
    output_cell(output, event->who, WHO_COLS);
    const char *text = arena_printf(arena, "%s%s%s", event->change,
                                    *event->change && *event->text ? ": " : "", event->text);
    output_rest(output, text, used);
}

static bool
find_incident(struct cli *cli, struct store *cache, const char *ref, const char **id,
              struct error *err)
{
    enum kind kind;
    if (!cache_resolve_ref(cache, ref, &cli->arena, &kind, id, err))
        return false;
    return kind == KIND_INCIDENT ||
           error_set(err, ERROR_USAGE,
                     "'%.60s' is no incident but one of %s: a timeline is an "
                     "incident's",
                     ref, kind_info(kind)->list);
}

bool
list_timeline(struct cli *cli, struct store *cache, const struct profile *profile, const char *ref,
              struct error *err)
{
    const struct window_request request = {.id = "",
                                           .rows = cli->limit < 0 ? EVENTS_DEFAULT
                                                   : cli->limit == 0 || cli->limit > EVENTS_MAX
                                                       ? EVENTS_MAX
                                                       : (int)cli->limit};
    struct timeline_window window;
    struct output output;
    const char *id;
    if (!find_incident(cli, cache, ref, &id, err) ||
        !window_timeline(cache, id, &request, &cli->arena, &window, err))
        return false;
    bool ok = output_begin(&output, cli, profile, KIND_INCIDENT, err);
    size_t len =
        window.events_len < (size_t)request.rows ? window.events_len : (size_t)request.rows;
    for (size_t i = 0; ok && i < len; i++)
        if (cli->json)
            print_json(&output, &window.events[i]);
        else
            print_line(&output, &window.events[i]);
    return output_end(&output, ok, err) && ok;
}
