#pragma once

/*
 * tocsin.conf (libConfuse). One option table declares name, type, default, check and help; `config print` and the manual
 * come from it. Mistakes are reported as FILE:LINE, what is wrong, what was expected.
 */

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/derive.h"
#include "model/update_due.h"

/* One member per row of PROFILE_OPTIONS (options.h documents each), and what follows from them. */
struct profile {
    const char *name;
    const char *url;                  /* without a slash at its end */
    const char *const *token_command; /* argument vector, NULL-terminated; empty = none */
    const char *token_file;
    const char *alert_source;
    const char *const *alert_secret_command; /* as token_command */
    const char *alert_secret_file;
    const char *me;
    const char *timezone;
    const char *week_starts;
    const char *const *schedules; /* names, NULL-terminated; empty = all */
    bool read_only;
    int64_t history_ms, versions_ms, lock_after_ms;
    double interval; /* > 0 */
    double budget;   /* 0 < budget <= 1 */
    const char *ca_file;
    const char *proxy;
    bool insecure;
    const char *cache_dir;
    const char *github_url; /* without a slash at its end */
    const char *const *github_token_command;
    const char *github_token_file, *github_repository, *commit_attribute, *path_attribute;
    const char *circleci_url; /* as github_url */
    const char *const *circleci_token_command;
    const char *circleci_token_file, *circleci_project, *circleci_branch, *circleci_workflow;
    const char *const *circleci_jobs;
    const char *slack_url; /* as github_url */
    const char *const *slack_token_command;
    const char *slack_token_file;
    double slack_history_rate;
    const char *const *questions_channels, *const *questions_answered;
    const char *questions_group, *questions_source;
    const char *const *questions_secret_command;
    const char *questions_secret_file;
    struct derivation derivation; /* attribute roles; due rules from follow_up_due */
    const char *const *follow_up_due;
    const char *const *update_every;
    struct update_spans update_spans; /* from update_every */
    const char *theme;
    const char *glyphs;
    bool mouse;
    bool hyperlinks;                   /* details tell the terminal where they lead */
    const char *const *open_command;   /* of links; empty = the desktop's own */
    const char *const *notify;         /* ways, NULL-terminated; empty = none */
    const char *const *notify_command; /* argument vector; empty = none */
    const char *const *notify_events;
    double notify_severity;  /* 1 to 4 */
    const char *quiet_hours; /* "" = none */
};

/* bind("zoom", "z", "F2"): for all profiles, for they have one keyboard. What action and keys mean is ui/keymap's. */
struct key_binding {
    const char *action;
    const char *const *keys; /* NULL-terminated; empty = the action shall have none */
    int line;
};

struct config {
    const char *path; /* the file, whether it is there or not */
    bool exists;
    const struct key_binding *bindings; /* in the file's order */
    size_t bindings_len;
    const struct profile *profiles;
    size_t profiles_len;
    const char *default_profile;
};

/* path NULL = $XDG_CONFIG_HOME/tocsin/tocsin.conf; that one may be missing, a named one may not. */
MUST_CHECK bool config_load(struct config *config, const char *path, struct arena *arena,
                            struct error *err);

/* name NULL or "" = the default profile. */
MUST_CHECK bool config_profile(const struct config *config, const char *name,
                               const struct profile **profile, struct error *err);

/* The effective configuration with each option's help as a comment: a file that config_load reads back as the same. */
void config_print(const struct config *config, struct str *out);

/* Where the user's own file is, whether it is there or not. */
const char *config_default_path(struct arena *arena);

/* What is wrong with text as the value of an option ("url"); NULL = nothing. Of what is wrong in itself only: that a key
 * would travel unencrypted is known once the whole profile is. */
const char *config_complaint(const char *option, const char *text);

/* "22:00-07:30" in minutes of the day; false for anything else. The end may lie on the next day. */
bool config_hours(const char *text, int *from, int *until);

/* Text as tocsin.conf takes it: in single quotes libConfuse leaves everything alone but \' and \\. */
void config_append_quoted(struct str *out, const char *text);

/*
 * The profile's API key: TOCSIN_API_KEY when set and not empty, else token_command's first line, else token_file's.
 * The buffer is the caller's to wipe.
 */
MUST_CHECK bool profile_token(const struct profile *profile, struct str *token, struct error *err);
/* The same from TOCSIN_GITHUB_TOKEN, github_token_command or github_token_file; empty when none is set: GitHub is off. */
MUST_CHECK bool profile_github_token(const struct profile *profile, struct str *token,
                                     struct error *err);
/* The same from TOCSIN_CIRCLECI_TOKEN, circleci_token_command or circleci_token_file: a person's, for the API takes no other. */
MUST_CHECK bool profile_circleci_token(const struct profile *profile, struct str *token,
                                       struct error *err);

/* The same from TOCSIN_SLACK_TOKEN, slack_token_command or slack_token_file: a bot's, or a person's. */
MUST_CHECK bool profile_slack_token(const struct profile *profile, struct str *token,
                                    struct error *err);
/* Whether there should be one. */
bool profile_has_slack(const struct profile *profile);
/* slack_history_rate, between 1 and 50. */
int profile_slack_history_rate(const struct profile *profile);
/* Of the alert source that questions asked in Slack go to. */
MUST_CHECK bool profile_questions_secret(const struct profile *profile, struct str *secret,
                                         struct error *err);

/* The same of the alert source that events are sent to: TOCSIN_ALERT_SECRET, alert_secret_command, alert_secret_file. */
MUST_CHECK bool profile_alert_secret(const struct profile *profile, struct str *secret,
                                     struct error *err);
/* TOCSIN_ALERT_SOURCE when set and not empty, else alert_source; ERROR_CONFIG when neither is. */
MUST_CHECK bool profile_alert_source(const struct profile *profile, const char **source,
                                     struct error *err);

/* Where a profile's files are; directories are made (0700) on the way. */
struct paths {
    const char *state_dir;   /* $XDG_STATE_HOME/tocsin */
    const char *profile_dir; /* state_dir/profiles/NAME: private.db, locks, log files */
    const char *private_db;
    const char *viewers_lock, *writers_lock; /* who looks; who may write, too (action/poller.h) */
    const char *console_log, *sync_log;
};
MUST_CHECK bool profile_paths(const struct profile *profile, struct arena *arena,
                              struct paths *paths, struct error *err);

/* The cache's directory for an address and key: state_dir (or cache_dir)/cache/KEYED-HASH. Sync notes it in private.db. */
MUST_CHECK bool profile_cache_dir(const struct profile *profile, const char *token,
                                  struct arena *arena, const char **dir, struct error *err);

/* A row of the option table, for the manual. False behind the last. */
struct config_setting {
    const char *name, *type, *fallback, *help; /* type: "text", "list" … */
};
bool config_setting(size_t index, struct config_setting *setting);

/* "libConfuse 3.3" */
const char *config_library(void);
