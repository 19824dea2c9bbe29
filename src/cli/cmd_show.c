#include <stdio.h>
#include <string.h>

#include "action/explain.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/output.h"
#include "store/cache.h"
#include "store/pull_request.h"
#include "wire/wire.h"

enum { STORY_MAX_BYTES = 64 * 1024, LINE_MAX_BYTES = 1000 };

static bool
print_why(struct cli *cli, struct store *cache, const char *alert_id, struct error *err)
{
    const struct story_line *lines;
    size_t len;
    if (!explain_alert(cache, alert_id, &cli->arena, &lines, &len, err))
        return false;
    printf("\n%s\n", len ? "Why" : explain_nothing);
    const char *story = story_plain(lines, len, &cli->arena);
    fputs(text_clean_lines(&cli->arena, story, STORY_MAX_BYTES), stdout);
    return true;
}

static bool
print_pulls(struct cli *cli, struct store *cache, const char *incident_id, struct error *err)
{
    const struct pull_request_line *lines;
    size_t len;
    if (!pull_request_lines(cache, incident_id, &cli->arena, &lines, &len, err))
        return false;
    if (len)
        puts("\nPull requests");
    for (size_t i = 0; i < len; i++)
        printf("  %s  %s\n", text_clean(&cli->arena, lines[i].summary, LINE_MAX_BYTES),
               text_clean(&cli->arena, lines[i].title, LINE_MAX_BYTES));
    return true;
}

static bool
show(struct cli *cli, struct store *cache, const struct profile *profile, const char *ref,
     struct error *err)
{
    enum kind kind;
    const char *id;
    bool found;
    if (!cache_resolve_ref(cache, ref, &cli->arena, &kind, &id, err))
        return false;
    const struct field_table *table = kind_info(kind)->fields;
    void *object = arena_alloc(&cli->arena, table->struct_size);
    if (!cache_get(cache, kind, id, &cli->arena, object, &found, err))
        return false;
    if (!found)
        return error_set(err, ERROR_NOT_FOUND, "there is no '%.60s' in the store", ref);

    const char *json = *(const char **)((char *)object + table->json_offset);
    if (!cli->json) {
        if (!wire_read_object(kind, slice_of(json), &cli->arena, object, err))
            return false;
        model_derive(kind, object, &profile->derivation, NULL, 0);
        output_object(cli, profile, kind, object);
        return kind == KIND_ALERT      ? print_why(cli, cache, id, err)
               : kind == KIND_INCIDENT ? print_pulls(cli, cache, id, err)
                                       : true;
    }
    return output_json(cli, json, err);
}

int
cmd_show(struct cli *cli, int argc, char **argv)
{
    const char *const *arguments;
    int status;
    if (!cli_parse(cli, NULL, NULL, argc, argv, &arguments, &status))
        return status;

    struct error err = {0};
    struct profile profile;
    struct store *cache = NULL;
    bool ok =
        (arguments[0] && !arguments[1]) ||
        error_set(&err, ERROR_USAGE,
                  "expected one REF: an id, the end of one (6 letters or more), INC-412 or 412");
    ok = ok && cli_profile(cli, &profile, &err) && cli_open_cache(cli, &profile, &cache, &err) &&
         show(cli, cache, &profile, arguments[0], &err);
    store_close(cache);
    return ok ? 0 : cli_fail(cli, &err);
}
