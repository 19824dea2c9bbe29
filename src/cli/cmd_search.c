#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/output.h"
#include "store/cache.h"
#include "store/window.h"
#include "wire/wire.h"

enum { DEFAULT_ROWS = 100, ROWS_MAX = 100000, TEXT_MAX_BYTES = 400 };
enum { TIME_COLS = 16, KIND_COLS = 16 };

static void
add_text(struct str *json, const char *name, const char *value)
{
    str_printf(json, "%s\"%s\":", json->len > 1 ? "," : "", name);
    wire_append_string(json, value);
}

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
    add_text(&json, "kind", row->kind);
    add_text(&json, "id", row->id);
    add_text(&json, "time", time_to_rfc3339(row->at, time));
    add_text(&json, "title", row->title);
    add_text(&json, "snippet", without_marks(&output->scratch, row->snippet));
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

/* The title, and where the words stand when they are not in it. */
static void
print_line(struct output *output, const struct search_row *row)
{
    struct arena *arena = &output->scratch;
    const int used = TIME_COLS + KIND_COLS + 4;
    arena_reset(arena);
    print_cell(output, output_time(output, row->at), TIME_COLS);
    print_cell(output, row->kind, KIND_COLS);
    const char *snippet = without_marks(arena, row->snippet);
    bool is_title = strstr(row->title, snippet) != NULL || !*snippet;
    const char *text = text_clean(
        arena, is_title ? row->title : arena_printf(arena, "%s: %s", row->title, snippet),
        TEXT_MAX_BYTES);
    puts(output->cols > used ? text_cut(arena, text, output->cols - used) : text);
    output->items_len++;
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
    const char *text = arguments[0];
    for (size_t i = 1; arguments[i]; i++)
        text = arena_printf(&cli->arena, "%s %s", text, arguments[i]);
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
