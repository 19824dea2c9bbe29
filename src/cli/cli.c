#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action/past.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/zone.h"
#include "cli/command.h"
#include "cli/options.h"
#include "store/cache.h"
#include "store/local.h"
#include "wire/wire.h"

struct arguments {
    struct cli *cli;
    const struct argp *own;
    void *own_input;
    const char **items;
    size_t len;
};

static error_t
parse_common(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct cli *cli = arguments->cli;
    int64_t time_ms;
    switch (key) {
    case ARGP_KEY_INIT:
        if (arguments->own)
            state->child_inputs[0] = arguments->own_input;
        return 0;
    case OPTION_PROFILE:
        cli->profile_name = value;
        return 0;
    case OPTION_CONFIG:
        cli->config_path = value;
        return 0;
    case OPTION_READ_ONLY:
        cli->read_only = true;
        return 0;
    case OPTION_JSON:
        cli->json = true;
        return 0;
    case OPTION_JQ:
        cli->jq = value;
        cli->json = true;
        return 0;
    case OPTION_LIMIT: {
        char *end;
        errno = 0;
        long long limit = strtoll(value, &end, 10);
        if (end == value || *end || errno || limit < 0)
            argp_error(state, "--limit: expected a number, 0 or more, got '%s'", value);
        cli->limit = limit;
        return 0;
    }
    case OPTION_MAX_AGE:
        if (!span_from_text(value, &cli->max_age_ms))
            argp_error(state, "--max-age: expected a span such as 90s or 10m, got '%s'", value);
        return 0;
    case OPTION_NOW:
        if (!time_from_rfc3339(value, &time_ms) || time_ms == 0)
            argp_error(state, "--now: expected a time such as 2026-03-23T03:12:00Z, got '%s'",
                       value);
        clock_freeze(time_ms);
        return 0;
    case OPTION_TZ: {
        const struct zone *zone;
        struct error err;
        if (!zone_open(value, &zone, &err))
            argp_error(state, "--tz: %s", err.message);
        cli->timezone = value;
        return 0;
    }
    case OPTION_COLOR:
        if (strcmp(value, "auto") == 0)
            cli->color = COLOR_AUTO;
        else if (strcmp(value, "always") == 0)
            cli->color = COLOR_ALWAYS;
        else if (strcmp(value, "never") == 0)
            cli->color = COLOR_NEVER;
        else
            argp_error(state, "--color: expected auto, always or never, got '%s'", value);
        return 0;
    case OPTION_PLAIN:
        cli->plain = true;
        return 0;
    case OPTION_VERBOSE:
        cli->verbosity++;
        return 0;
    case OPTION_QUIET:
        cli->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        arguments->items[arguments->len++] = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

bool
cli_parse(struct cli *cli, const struct argp *own, void *own_input, int argc, char **argv,
          const char *const **items, int *status)
{
    argp_err_exit_status = error_exit_status(ERROR_USAGE);
    (void)text_use_locale(); /* without UTF-8 a table's columns are still counted right */
    struct arguments arguments = {
        .cli = cli,
        .own = own,
        .own_input = own_input,
        .items = arena_new_array(&cli->arena, (size_t)argc + 1, const char *),
    };
    const struct argp_child children[] = {{own, 0, own ? "Options of this command:" : NULL, -1},
                                          {0}};
    const struct argp argp = {
        .options = options_common,
        .parser = parse_common,
        .args_doc = cli->command->arguments,
        .doc = cli->command->summary,
        .children = own ? children : NULL,
    };
    int failure = argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (failure) {
        fprintf(stderr, "%s: %s\n", argv[0], strerror(failure));
        *status = error_exit_status(ERROR_USAGE);
        return false;
    }
    if (!isatty(STDOUT_FILENO))
        cli->json = true;
    if (cli->plain)
        cli->json = false;
    *items = arguments.items;
    return true;
}

int
cli_fail(const struct cli *cli, const struct error *err)
{
    if (!cli->json) {
        fprintf(stderr, "tocsin %s: %s\n", cli->command->name, err->message);
        if (err->request_id[0])
            fprintf(stderr, "  request id %s\n", err->request_id);
        return error_exit_status(err->code);
    }
    struct str out;
    str_init(&out, 0);
    str_printf(&out, "{\"error\":\"%s\",\"message\":", error_name(err->code));
    wire_append_string(&out, err->message);
    str_printf(&out, ",\"retryable\":%s,\"request_id\":",
               error_is_retryable(err->code) ? "true" : "false");
    wire_append_string(&out, err->request_id);
    fprintf(stderr, "%s}\n", str_text(&out));
    str_finish(&out);
    return error_exit_status(err->code);
}

const char *
cli_joined(struct cli *cli, const char *const *arguments)
{
    const char *text = arguments[0];
    for (size_t i = 1; arguments[i]; i++)
        text = arena_printf(&cli->arena, "%s %s", text, arguments[i]);
    return text;
}

bool
cli_profile(struct cli *cli, struct profile *profile, struct error *err)
{
    struct config config;
    return config_load(&config, cli->config_path, &cli->arena, err) &&
           cli_profile_of(cli, &config, profile, err);
}

bool
cli_profile_of(const struct cli *cli, const struct config *config, struct profile *profile,
               struct error *err)
{
    const struct profile *chosen;
    if (!config_profile(config, cli->profile_name, &chosen, err))
        return false;
    *profile = *chosen;
    if (cli->timezone)
        profile->timezone = cli->timezone;
    if (cli->read_only)
        profile->read_only = true;
    return true;
}

static bool
cache_path(struct cli *cli, const struct profile *profile, const char **path, struct error *err)
{
    struct paths paths;
    struct store *private_db = NULL;
    const char *dir = "";
    if (!profile_paths(profile, &cli->arena, &paths, err))
        return false;
    bool ok = store_open(&private_db, STORE_PRIVATE, paths.private_db, STORE_READ, NULL, err) &&
              cache_location_get(private_db, profile->url, &cli->arena, &dir, err);
    store_close(private_db);
    if ((!ok && err->code == ERROR_NOT_FOUND) || (ok && !*dir))
        return error_set(err, ERROR_STALE,
                         "nothing has been synced for profile '%s' yet: run 'tocsin sync --once'",
                         profile->name);
    *path = arena_printf(&cli->arena, "%s/cache.db", dir);
    return ok;
}

bool
cli_open_cache(struct cli *cli, const struct profile *profile, struct store **cache,
               struct error *err)
{
    const char *path = "";
    *cache = NULL;
    if (!cache_path(cli, profile, &path, err))
        return false;
    if (store_open(cache, STORE_CACHE, path, STORE_READ, NULL, err))
        return true;
    if (err->code == ERROR_NOT_FOUND)
        return error_set(err, ERROR_STALE, "the cache '%s' is gone: run 'tocsin sync --once'",
                         path);
    return false;
}

bool
cli_open_past(struct cli *cli, const struct profile *profile, int64_t at_ms, struct store **cache,
              struct error *err)
{
    const char *path = "";
    *cache = NULL;
    return cache_path(cli, profile, &path, err) &&
           past_open(cache, path, at_ms, &profile->derivation, NULL, NULL, err);
}
