#include "cli/list_changes.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/output.h"
#include "store/past.h"
#include "wire/wire.h"

enum { CHANGES_DEFAULT = 100, CHANGES_MAX = 100000, TEXT_MAX_BYTES = 400 };
enum { TIME_COLS = 16, WHAT_COLS = 7, KIND_COLS = 10 };

static void
add_text(struct str *json, const char *name, const char *value)
{
    if (!*value)
        return;
    str_printf(json, "%s\"%s\":", json->len > 1 ? "," : "", name);
    wire_append_string(json, value);
}

static void
print_json(struct output *output, const struct change *change)
{
    char time[RFC3339_SIZE];
    struct str json;
    str_init(&json, 0);
    str_append_char(&json, '{');
    add_text(&json, "time", time_to_rfc3339(change->at, time));
    add_text(&json, "what", change->what);
    add_text(&json, "kind", change->kind);
    add_text(&json, "id", change->id);
    add_text(&json, "title", change->title);
    add_text(&json, "was", change->was);
    add_text(&json, "is", change->now_is);
    str_append_char(&json, '}');
    (void)output_item(output, str_text(&json)); /* output_end says when writing failed */
    str_finish(&json);
}

static void
print_cell(struct output *output, const char *text, int cols)
{
    text = text_cut(&output->scratch, text_clean(&output->scratch, text, TEXT_MAX_BYTES), cols);
    printf("%s%*s  ", text, cols - text_width_cols(text), "");
}

static void
print_line(struct output *output, const struct change *change)
{
    struct arena *arena = &output->scratch;
    const int used = TIME_COLS + WHAT_COLS + KIND_COLS + 6;
    arena_reset(arena);
    print_cell(output, output_time(output, change->at), TIME_COLS);
    print_cell(output, change->what, WHAT_COLS);
    print_cell(output, change->kind, KIND_COLS);
    const char *text =
        arena_printf(arena, "%s%s%s: %s", change->was,
                     *change->was && *change->now_is ? " -> " : "", change->now_is, change->title);
    text = text_clean(arena, text, TEXT_MAX_BYTES);
    puts(output->cols > used ? text_cut(arena, text, output->cols - used) : text);
    output->items_len++;
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
