#pragma once

/*
 * The option table of tocsin.conf: the one place where an option of a profile is named. From it come the parser, the
 * defaults, `config print`, suggestions and the manual's table.
 *
 * X(TYPE, member of struct profile, "name", default, "help")
 * TEXT const char *; LIST NULL-terminated const char *const *; NUMBER double; SPAN int64_t ms ("400d"); FLAG bool
 */

/* clang-format off: a table, one row a line */
#define PROFILE_OPTIONS(X)                                                                         \
    X(TEXT, url, "url", "https://api.incident.io",                                                 \
      "address of the API: https://…, http://127.0.0.1:PORT, or unix:PATH")                        \
    X(LIST, token_command, "token_command", "",                                                    \
      "command that prints the API key on its first line, as an argument vector")                  \
    X(TEXT, token_file, "token_file", "",                                                          \
      "file holding the API key; refused when others can read it")                                 \
    X(TEXT, alert_source, "alert_source", "",                                                      \
      "where `tocsin alert` sends: the id of an alert source, or its alert_events_url")            \
    X(LIST, alert_secret_command, "alert_secret_command", "",                                      \
      "command that prints the source's secret on its first line, as an argument vector")          \
    X(TEXT, alert_secret_file, "alert_secret_file", "",                                            \
      "file holding the source's secret; refused when others can read it")                         \
    X(TEXT, me, "me", "", "your e-mail address upstream: owner:@me, my shifts, taking the lead")   \
    X(TEXT, timezone, "timezone", "", "IANA zone times are shown in; empty = the system's")        \
    X(TEXT, week_starts, "week_starts", "",                                                        \
      "first day of a week: Monday … Sunday; empty = as the locale has it")                        \
    X(LIST, schedules, "schedules", "", "names of the schedules to follow; empty = all")           \
    X(FLAG, read_only, "read_only", "no", "never send a write, whatever the key may do")           \
    X(SPAN, history_ms, "history", "400d", "how far back history is fetched, and kept")            \
    X(SPAN, versions_ms, "versions", "90d", "how long former states of what changed are kept")     \
    X(NUMBER, interval, "interval", "1", "scales every polling period; 2 = half as often")         \
    X(NUMBER, budget, "budget", "0.5", "share of the server's rate limit that polling may use")    \
    X(TEXT, ca_file, "ca_file", "", "certificate authorities to trust; empty = the system's")      \
    X(TEXT, proxy, "proxy", "", "HTTP proxy; empty = what the environment says")                   \
    X(FLAG, insecure, "insecure", "no", "allow http:// to other machines than this one")           \
    X(TEXT, cache_dir, "cache_dir", "", "directory of the cache; empty = the state directory")     \
    X(TEXT, github_url, "github_url", "https://api.github.com",                                    \
      "address of GitHub's API; of Enterprise Server: https://HOST/api/v3")                        \
    X(LIST, github_token_command, "github_token_command", "",                                      \
      "command that prints a GitHub token, such as {gh, auth, token}; without one GitHub is off")  \
    X(TEXT, github_token_file, "github_token_file", "",                                            \
      "file holding the GitHub token; refused when others can read it")                            \
    X(TEXT, github_repository, "github_repository", "",                                            \
      "OWNER/NAME of the dbt project: who may have broken it is looked for there")                 \
    X(TEXT, commit_attribute, "commit_attribute", "Commit",                                        \
      "alert attribute that holds the commit of the run")                                          \
    X(TEXT, path_attribute, "path_attribute", "Path",                                              \
      "alert attribute that holds the path of the model's file in its project")                    \
    X(TEXT, circleci_url, "circleci_url", "https://circleci.com/api/v2",                           \
      "address of CircleCI's API")                                                                 \
    X(LIST, circleci_token_command, "circleci_token_command", "",                                  \
      "command that prints a personal token of CircleCI; without one CircleCI is off")             \
    X(TEXT, circleci_token_file, "circleci_token_file", "",                                        \
      "file holding the CircleCI token; refused when others can read it")                          \
    X(TEXT, circleci_project, "circleci_project", "",                                              \
      "slug of the project whose pipelines run dbt, such as gh/ORG/REPO")                          \
    X(TEXT, circleci_branch, "circleci_branch", "main", "branch whose pipelines count")            \
    X(TEXT, circleci_workflow, "circleci_workflow", "",                                            \
      "name of the workflow that runs dbt; empty = all of a pipeline")                             \
    X(LIST, circleci_jobs, "circleci_jobs", "", "names of the jobs that run dbt; empty = all")     \
    X(TEXT, slack_url, "slack_url", "https://slack.com/api", "address of Slack's API")             \
    X(LIST, slack_token_command, "slack_token_command", "",                                        \
      "command that prints a bot's token of Slack; without one Slack is off")                      \
    X(TEXT, slack_token_file, "slack_token_file", "",                                              \
      "file holding the bot's token; refused when others can read it")                             \
    X(NUMBER, slack_history_rate, "slack_history_rate", "50",                                      \
      "how often a minute Slack lets the app read a channel; 1 for apps that it restricts")        \
    X(LIST, questions_channels, "questions_channels", "",                                          \
      "ids of the channels where questions are asked (C…); the bot is a member of each")           \
    X(TEXT, questions_group, "questions_group", "",                                                \
      "id of the user group (S…) whose mention is a question")                                     \
    X(LIST, questions_answered, "questions_answered", "reply,white_check_mark,heavy_check_mark",   \
      "what closes a question: a reaction's name, or reply: of a member of the group, in the "     \
      "thread")                                                                                    \
    X(TEXT, questions_source, "questions_source", "",                                              \
      "alert source of questions: its id, or its alert_events_url")                                \
    X(LIST, questions_secret_command, "questions_secret_command", "",                              \
      "command that prints the secret of that source")                                             \
    X(TEXT, questions_secret_file, "questions_secret_file", "",                                    \
      "file holding the secret of that source; refused when others can read it")                   \
    X(TEXT, derivation.roles.severity, "severity_attribute", "Severity",                           \
      "alert attribute that holds the severity")                                                   \
    X(TEXT, derivation.roles.environment, "environment_attribute", "Environment",                  \
      "alert attribute that holds the environment")                                                \
    X(TEXT, derivation.roles.owner, "owner_attribute", "Owner",                                    \
      "alert attribute that holds the owner")                                                      \
    X(TEXT, derivation.roles.team, "team_attribute", "Team",                                       \
      "alert attribute that holds the team")                                                       \
    X(TEXT, derivation.roles.node, "node_attribute", "Node",                                       \
      "alert attribute that holds the dbt node")                                                   \
    X(TEXT, derivation.roles.level, "level_attribute", "Level",                                    \
      "alert attribute that says error, fail or warn")                                             \
    X(LIST, follow_up_due, "follow_up_due", "Urgent=3d,High=7d,Medium=14d,Low=30d",                \
      "how long a follow-up of a priority may stay open; the API has no due date")                 \
    X(LIST, update_every, "update_every", "1=30m,2=1h,3=4h",                                       \
      "how often a live incident of a severity is to be told about; 1 = the most severe")          \
    X(TEXT, theme, "theme", "default",                                                             \
      "colours: default, dark, light, contrast, protan, deutan, tritan, mono, or a file's path")   \
    X(TEXT, glyphs, "glyphs", "auto", "auto, rich or ascii")                                       \
    X(LIST, open_command, "open_command", "",                                                      \
      "what opens links, as an argument vector; empty = xdg-open where there is a display")        \
    X(FLAG, hyperlinks, "hyperlinks", "no",                                                        \
      "links in details can be opened by the terminal, if it knows OSC 8")                         \
    X(FLAG, mouse, "mouse", "no", "clicks and the wheel; shift-drag still selects text")           \
    X(LIST, notify, "notify", "",                                                                  \
      "how a new alert makes itself heard: bell, osc9, osc777; empty = not at all")                \
    X(LIST, notify_command, "notify_command", "",                                                  \
      "what is told of it as JSON on its standard input, as an argument vector; empty = nothing")  \
    X(LIST, notify_events, "notify_events", "alert,update_due",                                    \
      "of what one is told: alert, update_due, stale (what is shown is old)")                      \
    X(NUMBER, notify_severity, "notify_severity", "2",                                             \
      "how severe it must be: 1 = only the most severe, 4 = any graded one")                       \
    X(SPAN, lock_after_ms, "lock_after", "0s",                                                     \
      "lock the console (view only) when nobody typed for so long; 0 = never")                     \
    X(TEXT, quiet_hours, "quiet_hours", "",                                                        \
      "when nothing makes itself heard, in your zone, such as 22:00-07:30; empty = never")
/* clang-format on */
