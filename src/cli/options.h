#pragma once

/*
 * The options of every command: the one place where an option is named. From it come the parsers (argp), --help, the
 * completions and the manual. What an option does stands in the file of its command, under its OPTION_ key.
 *
 * X(KEY, letter or 0, "name", "ARGUMENT" or NULL, HIDDEN or SHOWN, "help")
 * What the completions offer for an argument goes by its name: FILE, DIR, and what cmd_completion.c knows of.
 */

#include <argp.h>

/* clang-format off: tables, one row a line */
#define OPTIONS_COMMON(X)                                                                          \
    X(PROFILE, 'p', "profile", "NAME", SHOWN, "profile of the configuration to use")               \
    X(CONFIG, 0, "config", "FILE", SHOWN, "configuration file to read")                            \
    X(READ_ONLY, 0, "read-only", NULL, SHOWN, "send no write, whatever the key may do")            \
    X(JSON, 0, "json", NULL, SHOWN, "JSON, also on a terminal")                                    \
    X(JQ, 0, "jq", "EXPR", SHOWN, "run a jq expression on the JSON")                               \
    X(LIMIT, 0, "limit", "N", SHOWN, "at most N items; 0 = all")                                   \
    X(MAX_AGE, 0, "max-age", "SPAN", SHOWN,                                                        \
      "exit with status 4 when the data is older (90s, 10m, 4h)")                                  \
    X(NOW, 0, "now", "TIME", SHOWN, "take TIME (RFC 3339) for the present")                        \
    X(TZ, 0, "tz", "ZONE", SHOWN, "IANA zone to show times in")                                    \
    X(COLOR, 0, "color", "WHEN", SHOWN, "auto, always or never")                                   \
    X(PLAIN, 0, "plain", NULL, SHOWN, "lines of text instead of a screen")                         \
    X(VERBOSE, 'v', "verbose", NULL, SHOWN, "say more; twice for everything")                      \
    X(QUIET, 'q', "quiet", NULL, SHOWN, "say only what went wrong")

#define OPTIONS_NONE(X)

#define OPTIONS_CONSOLE(X)                                                                         \
    X(FOLLOW, 0, "follow", NULL, SHOWN, "with --plain: a line for each change, from now on")       \
    X(NO_HINTS, 0, "no-hints", NULL, SHOWN, "with --plain: do not say what can be typed")

#define OPTIONS_KEYS(X)                                                                            \
    X(CHECK, 'c', "check", NULL, SHOWN,                                                            \
      "report clashes and actions no key reaches; status 1 when there are any")

#define OPTIONS_LIST(X)                                                                            \
    X(AS_OF, 0, "as-of", "TIME", SHOWN,                                                            \
      "what the store held then: 03:10, 2h, 2026-03-23T03:10:00Z")                                 \
    X(SINCE, 0, "since", "TIME", SHOWN, "changes: since when, or shift (default: 8h)")             \
    X(SORT, 0, "sort", "SORT", SHOWN,                                                              \
      "severity, newest, oldest, owner, updated … as in the panes (default: newest)")              \
    X(ICS, 0, "ics", NULL, SHOWN, "shifts: a calendar file (iCalendar), all of them by default")   \
    X(FROM, 0, "from", "TIME", SHOWN, "shifts that end after TIME (default: 7 days ago)")          \
    X(TO, 0, "to", "TIME", SHOWN, "shifts that start before TIME (default: in 28 days)")

#define OPTIONS_DO(X)                                                                              \
    X(WAIT, 0, "wait", "SPAN", SHOWN, "for the server's answer (10s); 0 = only queue it")

#define OPTIONS_SYNC(X)                                                                            \
    X(ONCE, 0, "once", NULL, SHOWN,                                                                \
      "walk everything completely once, history included, and print what changed")                 \
    X(VIEWED, 0, "viewed", NULL, SHOWN,                                                            \
      "end when no console of this profile is left (as consoles start it)")

#define OPTIONS_HUB(X)                                                                             \
    X(LISTEN, 0, "listen", "ADDR:PORT", SHOWN, "where to listen, or unix:PATH (127.0.0.1:8180)")   \
    X(DATA, 0, "data", "DIR", SHOWN, "directory of hub.db (the user's state directory)")           \
    X(INSECURE, 0, "insecure", NULL, SHOWN, "listen beyond this machine without TLS")              \
    X(ROLE, 0, "role", "ROLE", SHOWN, "key add: what the key may do; may be repeated (viewer)")    \
    X(USER, 0, "user", "ID", SHOWN, "key add: the user that the key's actions are credited to")

#define OPTIONS_RULES(X)                                                                           \
    X(SOURCE, 0, "source", "NAME", SHOWN, "test: the alert source that the payload came to")       \
    X(RULES_SINCE, 0, "since", "TIME", SHOWN, "replay: events received since then (30d)")          \
    X(RULES_DATA, 0, "data", "DIR", SHOWN, "directory of hub.db (the user's state directory)")

#define OPTIONS_DEMO(X)                                                                            \
    X(SEED, 0, "seed", "N", SHOWN,                                                                 \
      "another company's year: same seed and --now, same data (default 20)")                       \
    X(SPEED, 0, "speed", "X", SHOWN,                                                               \
      "how densely things happen; 1 = a change every 10 to 20 s, 0 = none")                        \
    X(HEADLESS, 0, "headless", NULL, SHOWN, "the hub only: its address and keys as one JSON line") \
    X(PORT, 0, "port", "P", SHOWN, "port of the hub on 127.0.0.1 (default: any free one)")         \
    X(DEMO_DATA, 0, "data", "DIR", HIDDEN, "directory made by the console")

#define OPTIONS_ALERT(X)                                                                           \
    X(ALERT_TITLE, 0, "title", "TEXT", SHOWN, "send: what is wrong, in a line")                    \
    X(ALERT_STATUS, 0, "status", "STATUS", SHOWN, "send: firing or resolved (firing)")             \
    X(ALERT_KEY, 0, "key", "KEY", SHOWN,                                                           \
      "send: deduplication_key; events of one key are one alert (a new one)")                      \
    X(ALERT_DESCRIPTION, 0, "description", "TEXT", SHOWN, "send: more of it, in Markdown")         \
    X(ALERT_SOURCE_URL, 0, "source-url", "URL", SHOWN, "send: a link back")                        \
    X(ALERT_METADATA, 0, "metadata", "NAME=VALUE", SHOWN,                                          \
      "send: what expressions of the source can read; may be repeated")                            \
    X(ALERT_RUN_RESULTS, 0, "run-results", "FILE", SHOWN, "dbt: target/run_results.json")          \
    X(ALERT_MANIFEST, 0, "manifest", "FILE", SHOWN,                                                \
      "dbt: target/manifest.json: owners, what tests test, what is downstream")                    \
    X(ALERT_SOURCES, 0, "sources", "FILE", SHOWN, "dbt: target/sources.json, of source freshness") \
    X(ALERT_ENVIRONMENT, 0, "environment", "NAME", SHOWN,                                          \
      "dbt: part of each alert's key (the run's target)")                                          \
    X(ALERT_STATE, 0, "state", "DIR", SHOWN,                                                       \
      "keep here what could not be sent, for the next run, and which keys are firing")             \
    X(ALERT_PATIENCE, 0, "patience", "SPAN", SHOWN,                                                \
      "give up when nothing was taken for this long (60s)")                                        \
    X(ALERT_STRICT, 0, "strict", NULL, SHOWN,                                                      \
      "let the exit status say what went wrong; without it, only wrong usage does")                \
    X(ALERT_DRY_RUN, 0, "dry-run", NULL, SHOWN, "print the events as JSON, and send nothing")

#define OPTIONS_WATCH(X)                                                                           \
    X(WATCH_ONCE, 0, "once", NULL, SHOWN, "look once, and end with what went wrong as the status") \
    X(WATCH_EVERY, 0, "every", "SPAN", SHOWN, "how often to look (1m)")                            \
    X(WATCH_STATE, 0, "state", "DIR", SHOWN,                                                       \
      "keep here how far was read, and what waits (the profile's state directory)")

/* The sets there are, as the command table names them. */
#define OPTION_SETS(X)                                                                             \
    X(none, NONE)                                                                                  \
    X(console, CONSOLE)                                                                            \
    X(keys, KEYS)                                                                                  \
    X(list, LIST)                                                                                  \
    X(do, DO)                                                                                      \
    X(sync, SYNC)                                                                                  \
    X(hub, HUB)                                                                                    \
    X(rules, RULES)                                                                                \
    X(demo, DEMO)                                                                                  \
    X(watch, WATCH)                                                                                \
    X(alert, ALERT)
/* clang-format on */

/* options_common, options_list …: arrays for argp, ended by an empty one. */
extern const struct argp_option options_common[];
#define X(name, set) extern const struct argp_option options_##name[];
OPTION_SETS(X)
#undef X

/* Long options without a letter start above every character. */
enum {
    OPTION_ABOVE_CHARACTERS = 256,
#define X(key, ...) OPTION_INDEX_##key,
#define SET(name, set) OPTIONS_##set(X)
    OPTIONS_COMMON(X) OPTION_SETS(SET)
#undef SET
#undef X
};

enum {
#define X(key, letter, ...) OPTION_##key = (letter) ? (letter) : OPTION_INDEX_##key,
#define SET(name, set) OPTIONS_##set(X)
    OPTIONS_COMMON(X) OPTION_SETS(SET)
#undef SET
#undef X
};
