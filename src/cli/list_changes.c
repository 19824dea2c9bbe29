#include "cli/list_changes.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/output.h"
#include "store/past.h"
#include "wire/wire.h"

enum { CHANGES_DEFAULT = 100, CHANGES_MAX = 100000 };
enum { TIME_COLS = 16, WHAT_COLS = 7, KIND_COLS = 10 };

static void
print_json(struct output *output, const struct change *change)
{
    char time[RFC3339_SIZE];
    struct str json;
    str_init(&json, 0);
    str_append_char(&json, '{');
    output_member(&json, "time", time_to_rfc3339(change->at, time));
    output_member(&json, "what", change->what);
    output_member(&json, "kind", change->kind);
    output_member(&json, "id", change->id);
    output_member(&json, "title", change->title);
    output_member(&json, "was", change->was);
    output_member(&json, "is", change->now_is);
    str_append_char(&json, '}');
    (void)output_item(output, str_text(&json)); /* output_end says when writing failed */
    str_finish(&json);
}

static void
print_line(struct output *output, const struct change *change)
{
    struct arena *arena = &output->scratch;
    const int used = TIME_COLS + WHAT_COLS + KIND_COLS + 6;
    arena_reset(arena);
    output_cell(output, output_time(output, change->at), TIME_COLS);
    output_cell(output, change->what, WHAT_COLS);
    output_cell(output, change->kind, KIND_COLS);
    const char *text =
        arena_printf(arena, "%s%s%s: %s", change->was,
                     *change->was && *change->now_is ? " -> " : "", change->now_is, change->title);
    output_rest(output, text, used);
}

static bool
find_since(struct store *cache, const struct profile *profile, const char *text, int64_t *since_ms,
           struct error *err)
{
    const struct zone *zone;
    const int64_t now_ms = clock_now_ms();
    if (strcmp(text, "shift") != 0)
        return output_zone(profile, &zone, err) &&
               when_from_text(text, WHEN_PAST, zone, now_ms, since_ms, err);
    if (text_is_empty(profile->me))
        return error_set(err, ERROR_USAGE,
                         "the profile does not say who you are: set me = \"you@example.com\"");
    if (!past_shift_since(cache, profile->me, now_ms, since_ms, err))
        return false;
    return *since_ms || error_set(err, ERROR_NOT_FOUND, "'%.80s' has had no shift", profile->me);
}

bool
list_changes(struct cli *cli, struct store *cache, const struct profile *profile, const char *since,
             struct error *err)
{
    const int64_t limit = cli->limit < 0 ? CHANGES_DEFAULT : cli->limit;
    const int rows = limit == 0 || limit > CHANGES_MAX ? CHANGES_MAX : (int)limit;
    const struct change *changes;
    struct output output;
    int64_t since_ms = 0;
    size_t len;
    if (!find_since(cache, profile, since, &since_ms, err) ||
        !past_changes(cache, since_ms, rows, &cli->arena, &changes, &len, err))
        return false;
    bool ok = output_begin(&output, cli, profile, KIND_ALERT, err);
    for (size_t i = 0; ok && i < len; i++)
        if (cli->json)
            print_json(&output, &changes[i]);
        else
            print_line(&output, &changes[i]);
    if (!output_end(&output, ok, err) || !ok)
        return false;
    if (!cli->json && !cli->quiet && !len)
        (void)fprintf(stderr, "nothing changed\n");
    return true;
}
