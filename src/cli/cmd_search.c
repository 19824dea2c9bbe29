#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/output.h"
#include "store/cache.h"
#include "store/window.h"
#include "wire/wire.h"

enum { DEFAULT_ROWS = 100, ROWS_MAX = 100000 };
enum { TIME_COLS = 16, KIND_COLS = 16 };

/* What matches stands between marks: to a program they are noise. */
static const char *
without_marks(struct arena *arena, const char *snippet)
{
    char *out = arena_text(arena, snippet), *to = out;
    for (const char *from = out; *from; from++)
        if (*from != SEARCH_MATCH_BEGIN && *from != SEARCH_MATCH_END)
            *to++ = *from;
    *to = '\0';
    return out;
}

static void
print_json(struct output *output, const struct search_row *row)
{
    char time[RFC3339_SIZE];
    struct str json;
    arena_reset(&output->scratch);
    str_init(&json, 0);
    str_append_char(&json, '{');
    output_member(&json, "kind", row->kind);
    output_member(&json, "id", row->id);
    output_member(&json, "time", time_to_rfc3339(row->at, time));
    output_member(&json, "title", row->title);
    output_member(&json, "snippet", without_marks(&output->scratch, row->snippet));
    str_append_char(&json, '}');
    (void)output_item(output, str_text(&json)); /* output_end says when writing failed */
    str_finish(&json);
}

/* The title, and where the words stand when they are not in it. */
static void
print_line(struct output *output, const struct search_row *row)
{
    struct arena *arena = &output->scratch;
    const int used = TIME_COLS + KIND_COLS + 4;
    arena_reset(arena);
    output_cell(output, output_time(output, row->at), TIME_COLS);
    output_cell(output, row->kind, KIND_COLS);
    const char *snippet = without_marks(arena, row->snippet);
    bool is_title = strstr(row->title, snippet) != NULL || !*snippet;
    output_rest(output, is_title ? row->title : arena_printf(arena, "%s: %s", row->title, snippet),
                used);
}

static bool
read_text(struct cli *cli, const struct profile *profile, struct store *cache,
          const char *const *arguments, const struct filter **filter, const char **caret,
          struct error *err)
{
    struct filter_context context;
    struct filter_error problem;
    if (!arguments[0])
        return error_set(err, ERROR_USAGE, "expected what to search for, as in 'orders daily'");
    const char *text = cli_joined(cli, arguments);
    if (!window_filter_context(cache, WINDOW_FOUND, profile->me, &cli->arena, &context, err) ||
        !output_zone(profile, &context.zone, err))
        return false;
    if (filter_parse(text, &context, &cli->arena, filter, &problem))
        return true;
    *caret = filter_error_caret(text, &problem, &cli->arena);
    return error_set(err, ERROR_USAGE, "%s", problem.message);
}

static bool
search(struct cli *cli, struct store *cache, const struct profile *profile,
       const struct filter *filter, struct error *err)
{
    const int64_t limit = cli->limit < 0 ? DEFAULT_ROWS : cli->limit;
    const struct window_request request = {
        .rows = limit == 0 || limit > ROWS_MAX ? ROWS_MAX : (int)limit, .filter = filter};
    struct search_window window;
    struct output output;
    if (!window_search(cache, &request, &cli->arena, &window, err))
        return false;
    bool ok = output_begin(&output, cli, profile, KIND_ALERT, err);
    for (size_t i = 0; ok && i < window.rows_len && i < (size_t)request.rows; i++)
        if (cli->json)
            print_json(&output, &window.rows[i]);
        else
            print_line(&output, &window.rows[i]);
    if (!output_end(&output, ok, err) || !ok)
        return false;
    if (!window.is_complete)
        return error_set(err, ERROR_STALE,
                         "the full-text index is still being made: older items may be missing");
    if (!cli->json && !cli->quiet && !output.items_len)
        (void)fprintf(stderr, "nothing found\n");
    return true;
}

int
cmd_search(struct cli *cli, int argc, char **argv)
{
    const char *const *arguments;
    int status;
    if (!cli_parse(cli, NULL, NULL, argc, argv, &arguments, &status))
        return status;
    struct error err = {0};
    struct profile profile;
    struct store *cache = NULL;
    const struct filter *filter = NULL;
    const char *caret = NULL;
    bool ok = cli_profile(cli, &profile, &err) && cli_open_cache(cli, &profile, &cache, &err) &&
              read_text(cli, &profile, cache, arguments, &filter, &caret, &err) &&
              search(cli, cache, &profile, filter, &err);
    store_close(cache);
    if (ok)
        return 0;
    status = cli_fail(cli, &err);
    if (caret && !cli->json)
        (void)fprintf(stderr, "%s\n", caret);
    return status;
}
