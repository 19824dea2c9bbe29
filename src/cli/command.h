#pragma once

/*
 * The command table. The user types `tocsin COMMAND`; the table says which of our three programs runs it, and `tocsin`
 * execs the others (design 2). Help, completion and the manual come from it. A name may stand in two programs: then
 * `tocsin NAME` runs its own half, which starts the other one when it needs it.
 */

#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/options.h"
#include "config/config.h"

/*
 * X(name, function, options, "arguments", "summary")
 * options: a set of cli/options.h. arguments: usage as it is printed, from which completion is made as well: alternatives
 * stand between " | ", words in small letters are themselves, KIND, FILTER, REF, COMMAND, ACTION, KEY and SHELL are what
 * cmd_completion.c knows, … is repetition.
 */
/* clang-format off: a table, one row a line */
#define COMMANDS_TOCSIN(X)                                                                         \
    X("console", cmd_console, console, "", "the console on a profile; what `tocsin` alone runs")   \
    X("demo", cmd_demo, demo, "",                                                                  \
      "a generated data team on a hub of its own, and the console on it")                          \
    X("wallboard", cmd_wallboard, none, "",                                                        \
      "a board for a wall: what happens now, the rota, the backlog; looks and never writes")       \
    X("list", cmd_list, list, "KIND [FILTER…] | timeline REF | changes | outbox",                  \
      "what the store holds of a kind, or what happened to an incident; newest first")             \
    X("search", cmd_search, none, "TEXT…",                                                         \
      "words anywhere in what the store holds, of all kinds; newest first")                        \
    X("show", cmd_show, none, "REF", "one item, whole")                                            \
    X("do", cmd_do, do, "WRITE REF… [ARG…] | retry|cancel NUMBER…",                                \
      "an action that writes: queue it, have it sent, say what became of it")                      \
    X("doctor", cmd_doctor, none, "",                                                              \
      "check configuration, key, terminal, store and server; say what to do")                      \
    X("config", cmd_config, none, "check|print|profiles",                                          \
      "check the configuration, print the effective one, or list its profiles")                    \
    X("keys", cmd_keys, keys, "[ACTION|KEY…]", "what the keys do; --check finds clashes")          \
    X("completion", cmd_completion, none, "SHELL",                                                 \
      "a script that completes tocsin's command line, for bash, zsh or fish")                      \
    X("help", cmd_help, none, "[COMMAND|ACTION]", "this list, or all about one of them")
/* clang-format on */

/* clang-format off: a table, one row a line */
#define COMMANDS_SYNC(X)                                                                           \
    X("sync", cmd_sync, sync, "", "poll upstream into the store, without a screen")                \
    X("alert", cmd_alert, alert, "send | dbt",                                                     \
      "send alert events: from options, JSON lines on standard input, or what a dbt run left")     \
    X("watch", cmd_watch, watch, "circleci | slack",                                               \
      "what happens elsewhere becomes alerts: runs of CircleCI, questions asked in Slack")         \
    X("doctor", cmd_sync_doctor, none, "", "the network half: reach the server, check the key")
/* clang-format on */

/* clang-format off: a table, one row a line */
#define COMMANDS_HUB(X)                                                                            \
    X("hub", cmd_hub, hub, "[key add|list|revoke] | audit [ID] | backup FILE",                     \
      "the self-hosted upstream")                                                                  \
    X("rules", cmd_rules, rules, "check | test [FILE…] | replay",                                  \
      "what hub.conf says: check it, explain a payload, try it on stored alerts")                  \
    X("demo", cmd_hub_demo, demo, "", "the demo's upstream alone; what `demo --headless` runs")
/* clang-format on */

enum program { PROGRAM_TOCSIN, PROGRAM_SYNC, PROGRAM_HUB };

struct command {
    const char *name;
    const char *arguments;
    const char *summary;
    enum program program;
    const struct argp_option *options; /* its own; the common ones are understood by all */
};
extern const struct command commands[];
extern const size_t commands_len;

/* Whether another row of this name stands above: what the user sees is the first. */
bool command_is_hidden(const struct command *command);

/* What every command gets; everything lives until it returns. */
struct cli {
    const struct command *command;
    struct arena arena;

    /* common options */
    const char *profile_name; /* NULL = the default */
    const char *config_path;  /* NULL = the user's */
    const char *jq;           /* NULL = none */
    const char *timezone;     /* NULL = the profile's */
    enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
    int64_t limit;      /* -1 = the command's default; 0 = all */
    int64_t max_age_ms; /* -1 = any age will do */
    bool json;          /* asked for, or standard output is no terminal */
    bool read_only, plain, quiet;
    int verbosity;
};

/* Each command parses its own argv (argv[0] is its name) and returns an exit status. */
#define X(name, function, ...) int function(struct cli *cli, int argc, char **argv);
COMMANDS_TOCSIN(X)
COMMANDS_SYNC(X)
COMMANDS_HUB(X)
#undef X

struct command_run {
    const char *name;
    int (*run)(struct cli *cli, int argc, char **argv);
};

struct program_info {
    enum program program;
    const struct command_run *runs;
    size_t runs_len;
    const char *(*const *libraries)(
        void); /* "SQLite 3.40.1" each; NULL-terminated; what --version prints */
};

/*
 * main of each program: finds the command, runs it when it is one of ours, else execs the program it belongs to.
 * `--version` and `--help` are answered here. Status 1 for an unknown command, with a suggestion.
 */
int command_main(const struct program_info *info, int argc, char **argv);

/* ---- for the commands ---- */

/*
 * Parses the common options and those of `own` (argp; may be NULL). Arguments that are no options are put into
 * *arguments (NULL-terminated, in cli's arena). False: a message was printed, return *status.
 */
MUST_CHECK bool cli_parse(struct cli *cli, const struct argp *own, void *own_input, int argc,
                          char **argv, const char *const **arguments, int *status);

/* Prints the error (one JSON object in JSON mode) on standard error and returns its exit status. */
int cli_fail(const struct cli *cli, const struct error *err);

/* The arguments as one text, a blank between them: a filter need not be quoted. There is one at least. */
const char *cli_joined(struct cli *cli, const char *const *arguments);

/* Loads the configuration and finds the profile; --read-only and --tz are applied. */
MUST_CHECK bool cli_profile(struct cli *cli, struct profile *profile, struct error *err);
/* The same of a configuration that is loaded. */
MUST_CHECK bool cli_profile_of(const struct cli *cli, const struct config *config,
                               struct profile *profile, struct error *err);

struct store;
/* Opens the profile's cache for reading: the directory noted by sync in private.db. ERROR_STALE when nothing was synced. */
MUST_CHECK bool cli_open_cache(struct cli *cli, const struct profile *profile, struct store **cache,
                               struct error *err);
/* The same as it was at a moment (action/past.h). */
MUST_CHECK bool cli_open_past(struct cli *cli, const struct profile *profile, int64_t at_ms,
                              struct store **cache, struct error *err);

const struct command *command_find(const char *name);
