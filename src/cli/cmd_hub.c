#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/hub_audit.h"
#include "cli/options.h"
#include "config/file.h"
#include "config/hub_file.h"
#include "hub/hub.h"
#include "wire/wire.h"

enum { ROLES_MAX = 64, NAME_MAX_BYTES = 200 };

struct hub_arguments {
    const char *listen, *data, *user;
    const char *roles[ROLES_MAX + 1];
    size_t roles_len;
    bool insecure;
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct hub_arguments *arguments = state->input;
    switch (key) {
    case OPTION_LISTEN:
        arguments->listen = value;
        return 0;
    case OPTION_DATA:
        arguments->data = value;
        return 0;
    case OPTION_INSECURE:
        arguments->insecure = true;
        return 0;
    case OPTION_ROLE:
        if (arguments->roles_len == ROLES_MAX)
            argp_error(state, "--role: more than %d", ROLES_MAX);
        arguments->roles[arguments->roles_len++] = value;
        return 0;
    case OPTION_USER:
        arguments->user = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp hub_argp = {.options = options_hub, .parser = parse_option};

/* DIR/hub.db; the directory is made. */
static bool
database_path(struct cli *cli, const struct hub_arguments *arguments, const char **path,
              struct error *err)
{
    const char *directory =
        arguments->data
            ? arguments->data
            : arena_printf(&cli->arena, "%s/tocsin/hub",
                           directory_from_env(&cli->arena, "XDG_STATE_HOME", ".local/state"));
    *path = arena_printf(&cli->arena, "%s/hub.db", directory);
    return directory_make(directory, err);
}

/* ---- serving ---- */

static void
on_signal(void *context, int signal_number)
{
    log_write(LOG_INFO, "ending on signal %d", signal_number);
    loop_stop(context);
}

static void
on_hangup(void *context, int signal_number)
{
    (void)signal_number;
    hub_reload(context);
}

static bool
serve(struct hub *hub, struct error *err)
{
    struct loop *loop;
    if (!loop_create(&loop, err))
        return false;
    bool ok = loop_on_signal(loop, SIGINT, on_signal, loop, err) &&
              loop_on_signal(loop, SIGTERM, on_signal, loop, err) &&
              loop_on_signal(loop, SIGHUP, on_hangup, hub, err);
    if (ok) {
        hub_attach(hub, loop);
        log_write(LOG_INFO, "listening on %s", hub_url(hub));
        ok = loop_run(loop, err);
    }
    hub_close(hub); /* before the loop that it watches with */
    loop_destroy(loop);
    return ok;
}

static void
hint_at_keys(struct cli *cli, struct hub *hub)
{
    const struct hub_key *keys;
    size_t keys_len;
    struct error err;
    if (!hub_key_list(hub_store(hub), &cli->arena, &keys, &keys_len, &err))
        log_failure(LOG_WARNING, &err, "cannot look for API keys");
    else if (keys_len == 0)
        log_write(LOG_WARNING, "there is no API key yet: tocsin hub key add NAME --role viewer");
}

static int
run_hub(struct cli *cli, const struct hub_arguments *arguments)
{
    struct hub_options hub_options = {
        .listen = arguments->listen,
        .allow_remote = arguments->insecure,
        .config = cli->config_path,
    };
    const char *own = hub_file_default_path(&cli->arena);
    if (!cli->config_path && access(own, F_OK) == 0)
        hub_options.config = own;
    enum log_level level = cli->quiet ? LOG_ERROR : cli->verbosity > 0 ? LOG_DEBUG : LOG_INFO;
    struct hub *hub;
    struct error err;
    if (!log_open(NULL, level, &err) ||
        !database_path(cli, arguments, &hub_options.database, &err) ||
        !hub_open(&hub, &hub_options, &err))
        return cli_fail(cli, &err);
    hint_at_keys(cli, hub);
    bool ok = serve(hub, &err);
    log_close();
    return ok ? 0 : cli_fail(cli, &err);
}

/* ---- keys ---- */

static bool
add_key(struct cli *cli, struct store *store, const struct hub_arguments *arguments,
        const char *name, struct error *err)
{
    static const char *const viewer[] = {"viewer", NULL};
    char id[HUB_KEY_ID_SIZE], token[HUB_TOKEN_SIZE];
    if (!hub_key_add(store, name, arguments->roles_len ? arguments->roles : viewer,
                     arguments->user ? arguments->user : "", clock_now_ms(), id, token, err))
        return false;
    if (cli->json) {
        printf("{\"id\":\"%s\",\"key\":\"%s\"}\n", id, token);
    } else {
        printf("%s\n", token);
        fprintf(stderr, "This is the key %s; it is not shown again.\n", id);
    }
    return true;
}

static void
print_key(struct cli *cli, const struct hub_key *key, bool first)
{
    char created[RFC3339_SIZE], used[RFC3339_SIZE];
    const char *state = key->revoked_at ? "revoked" : "in force";
    time_to_rfc3339(key->created_at, created);
    time_to_rfc3339(key->last_used_at, used);

    if (!cli->json) {
        printf("%s  %-8s  %s  %s ", key->id, state, created,
               text_clean(&cli->arena, key->name, NAME_MAX_BYTES));
        for (size_t i = 0; key->roles[i]; i++)
            printf("%s%s", i ? "," : " ", key->roles[i]);
        puts("");
        return;
    }
    struct str out;
    str_init(&out, 0);
    str_append(&out, first ? "" : ",\n");
    str_append(&out, "{\"id\":");
    wire_append_string(&out, key->id);
    str_append(&out, ",\"name\":");
    wire_append_string(&out, key->name);
    str_append(&out, ",\"roles\":[");
    for (size_t i = 0; key->roles[i]; i++) {
        str_append(&out, i ? "," : "");
        wire_append_string(&out, key->roles[i]);
    }
    str_append(&out, "],\"user_id\":");
    wire_append_string(&out, key->user_id);
    str_printf(&out, ",\"state\":\"%s\",\"created_at\":\"%s\"", state, created);
    if (key->last_used_at)
        str_printf(&out, ",\"last_used_at\":\"%s\"", used);
    str_append_char(&out, '}');
    fputs(str_text(&out), stdout);
    str_finish(&out);
}

static bool
list_keys(struct cli *cli, struct store *store, struct error *err)
{
    const struct hub_key *keys;
    size_t keys_len;
    if (!hub_key_list(store, &cli->arena, &keys, &keys_len, err))
        return false;
    if (cli->json)
        putchar('[');
    for (size_t i = 0; i < keys_len; i++)
        print_key(cli, &keys[i], i == 0);
    if (cli->json)
        puts("]");
    return true;
}

/* words: after "key", NULL-terminated. */
static int
run_key(struct cli *cli, const struct hub_arguments *arguments, const char *const *words)
{
    const char *verb = words[0] ? words[0] : "";
    bool add = strcmp(verb, "add") == 0, list = strcmp(verb, "list") == 0;
    bool revoke = strcmp(verb, "revoke") == 0;
    struct store *store = NULL;
    const char *path;
    struct error err;

    if (!add && !list && !revoke) {
        error_set(&err, ERROR_USAGE, "expected 'key add NAME', 'key list' or 'key revoke ID'");
        return cli_fail(cli, &err);
    }
    if (list ? words[1] != NULL : !words[1] || words[2]) {
        error_set(&err, ERROR_USAGE,
                  list  ? "'key list' takes no argument"
                  : add ? "'key add' takes the key's name"
                        : "'key revoke' takes the key's id");
        return cli_fail(cli, &err);
    }
    bool ok = database_path(cli, arguments, &path, &err) &&
              store_open(&store, STORE_HUB, path, STORE_WRITE, NULL, &err) &&
              (add    ? add_key(cli, store, arguments, words[1], &err)
               : list ? list_keys(cli, store, &err)
                      : hub_key_revoke(store, words[1], clock_now_ms(), &err));
    store_close(store);
    return ok ? 0 : cli_fail(cli, &err);
}

/* ---- audit ---- */

static int
run_audit(struct cli *cli, const struct hub_arguments *arguments, const char *const *words)
{
    struct store *store = NULL;
    const char *path;
    struct error err;
    if (words[0] && words[1]) {
        error_set(&err, ERROR_USAGE, "'audit' takes at most the id of one object");
        return cli_fail(cli, &err);
    }
    bool ok = database_path(cli, arguments, &path, &err) &&
              store_open(&store, STORE_HUB, path, STORE_READ, NULL, &err) &&
              hub_audit_print(cli, store, words[0] ? words[0] : "", &err);
    store_close(store);
    return ok ? 0 : cli_fail(cli, &err);
}

/* ---- backup ---- */

static int
run_backup(struct cli *cli, const struct hub_arguments *arguments, const char *const *words)
{
    struct store *store = NULL;
    const char *path;
    struct error err;
    if (!words[0] || words[1]) {
        error_set(&err, ERROR_USAGE, "'backup' takes the name of the file to write");
        return cli_fail(cli, &err);
    }
    bool ok = database_path(cli, arguments, &path, &err) &&
              store_open(&store, STORE_HUB, path, STORE_READ, NULL, &err) &&
              store_backup(store, words[0], &err);
    store_close(store);
    return ok ? 0 : cli_fail(cli, &err);
}

int
cmd_hub(struct cli *cli, int argc, char **argv)
{
    struct hub_arguments arguments = {0};
    const char *const *words;
    int status;
    if (!cli_parse(cli, &hub_argp, &arguments, argc, argv, &words, &status))
        return status;
    if (!words[0])
        return run_hub(cli, &arguments);
    if (strcmp(words[0], "key") == 0)
        return run_key(cli, &arguments, words + 1);
    if (strcmp(words[0], "audit") == 0)
        return run_audit(cli, &arguments, words + 1);
    if (strcmp(words[0], "backup") == 0)
        return run_backup(cli, &arguments, words + 1);

    struct error err;
    error_set(&err, ERROR_USAGE, "expected nothing, 'key', 'audit' or 'backup', got '%.60s'",
              words[0]);
    return cli_fail(cli, &err);
}
