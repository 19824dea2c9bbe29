#pragma once

/*
 * The option tables of hub.conf: the one place where a section or an option of it is named. From them come the structs
 * of config/hub_file.h, the parser, the defaults, suggestions and the tables of hub.conf(5).
 *
 * X(TYPE, member, "name", default, "help"); a default of NULL: the option has to be given.
 * TEXT const char *; LIST NULL-terminated const char *const *; SPAN int64_t ms ("15m"); COUNT int64_t; FLAG bool;
 * WORD const char *, one of the words in the help's first parentheses; MOMENT const char *, a local time; JQ const char *,
 * an expression; SECRET and FILE const char *, a path: what lies there is read into member_text.
 */

/* clang-format off: tables, one row a line */
#define HUB_TOP_OPTIONS(X)                                                                         \
    X(TEXT, listen, "listen", "127.0.0.1:8180", "address to listen on: ADDRESS:PORT or unix:PATH") \
    X(FLAG, insecure, "insecure", "no", "listen beyond this machine without TLS before it")        \
    X(TEXT, url, "url", "",                                                                        \
      "address under which others reach the hub, for links; empty = as each request names it")     \
    X(LIST, nobody, "nobody", "", "notifications that hear when nobody is on call; empty = all")   \
    X(LIST, timestamps, "timestamps",                                                              \
      "Impact started at,Reported at,Fixed at,Resolved at,Closed at",                              \
      "moments that an incident notes, in their order")

#define HUB_LIMIT_OPTIONS(X)                                                                       \
    X(COUNT, per_key, "per_key", "1200", "requests a minute of an API key")                        \
    X(COUNT, incidents, "incidents", "600",                                                        \
      "requests a minute of a key for the list of incidents")                                      \
    X(COUNT, events, "events", "120", "events a minute of an alert source")

#define HUB_PERSON_OPTIONS(X)                                                                      \
    X(TEXT, name, "name", NULL, "how the person is called")                                        \
    X(TEXT, email, "email", "", "e-mail address; how a console knows who its user is")             \
    X(TEXT, slack, "slack", "", "member id in Slack, such as U02AB3CDE")                           \
    X(WORD, role, "role", "responder",                                                             \
      "what the person may do in general (owner, administrator, responder, viewer)")               \
    X(LIST, notify, "notify", "",                                                                  \
      "notification sections that reach the person, all of them; empty = every one there is")      \
    X(FLAG, active, "active", "yes", "no = has left; stays in what happened")

#define HUB_TEAM_OPTIONS(X)                                                                        \
    X(TEXT, name, "name", "", "how the team is called; empty = as its section")                    \
    X(LIST, people, "people", "", "its members")

#define HUB_SEVERITY_OPTIONS(X)                                                                    \
    X(TEXT, name, "name", "", "how it is shown; empty = as its section")                           \
    X(TEXT, description, "description", "", "when to choose it")

#define HUB_STATUS_OPTIONS(X)                                                                      \
    X(TEXT, name, "name", "", "how it is shown; empty = as its section")                           \
    X(WORD, category, "category", NULL,                                                            \
      "what it means (triage, live, learning, paused, closed, declined, canceled, merged)")        \
    X(TEXT, description, "description", "", "when an incident is in it")

#define HUB_ROLE_OPTIONS(X)                                                                        \
    X(TEXT, name, "name", "", "how it is shown; empty = as its section")                           \
    X(WORD, type, "type", "custom", "which one it is (lead, reporter, custom)")                    \
    X(TEXT, shortform, "shortform", "", "short name, without blanks; empty = as its section")      \
    X(TEXT, description, "description", "", "what the role is for")                                \
    X(TEXT, instructions, "instructions", "", "what whoever takes it should do")

#define HUB_TYPE_OPTIONS(X)                                                                        \
    X(TEXT, name, "name", "", "how it is shown; empty = as its section")                           \
    X(TEXT, description, "description", "", "which incidents are of it")                           \
    X(FLAG, preferred, "default", "no", "the type of incidents that name none")                    \
    X(WORD, triage, "triage", "optional",                                                          \
      "whether its incidents start in triage (always, optional)")

#define HUB_ATTRIBUTE_OPTIONS(X)                                                                   \
    X(JQ, jq, "jq", "",                                                                            \
      "expression over {title, description, status, source_url, metadata, query_params}, in "      \
      "single quotes")                                                                             \
    X(FILE, file, "file", "", "a file that holds the expression instead")                          \
    X(WORD, type, "type", "String", "of the value (String, Number, Bool)")                         \
    X(FLAG, array, "array", "no", "whether the value is a list of such")                           \
    X(WORD, merge, "merge", "last_wins",                                                           \
      "what a repeated event does to it (first_wins, last_wins, append, max, min)")                \
    X(FLAG, required, "required", "no", "whether every alert ought to have it")                    \
    X(TEXT, emoji, "emoji", "", "a sign for it, by name")

#define HUB_SOURCE_ATTRIBUTE_OPTIONS(X)                                                            \
    X(JQ, jq, "jq", "", "expression for events of this source")                                    \
    X(FILE, file, "file", "", "a file that holds the expression instead")

#define HUB_SOURCE_OPTIONS(X)                                                                      \
    X(TEXT, name, "name", "", "how the source is called; empty = as its section")                  \
    X(WORD, type, "type", "http", "what sends to it (http, heartbeat, custom)")                    \
    X(SECRET, secret_file, "secret_file", "",                                                      \
      "file with the secret that senders show; refused when others can read it")                   \
    X(FILE, transform, "transform", "",                                                            \
      "of type custom: a ready transform by name, or a .jq file; from the sender's payload to an " \
      "event")                                                                                     \
    X(TEXT, title_template, "title", "",                                                           \
      "title of its alerts: text with {{payload.title}}, {{payload.metadata.x}}, {{ATTRIBUTE}}; "  \
      "empty = as sent")                                                                           \
    X(TEXT, description, "description", "", "their description, likewise")                         \
    X(LIST, attributes, "attributes", "",                                                          \
      "attributes that are computed for its alerts; empty = all")                                  \
    X(LIST, teams, "teams", "", "teams that own it")                                               \
    X(SPAN, auto_resolve, "auto_resolve", "0s",                                                    \
      "alerts resolve by themselves after this; 0s = never")                                       \
    X(FLAG, auto_resolve_incidents, "auto_resolve_incidents", "yes",                               \
      "also those that belong to an incident")                                                     \
    X(SPAN, interval, "interval", "1h", "of type heartbeat: how often it reports")                 \
    X(SPAN, grace, "grace", "0s", "of type heartbeat: how late it may be")                         \
    X(COUNT, misses, "misses", "1",                                                                \
      "of type heartbeat: how many in a row may be missing before it is an alert")

#define HUB_NOTIFICATION_OPTIONS(X)                                                                \
    X(LIST, hook, "hook", "",                                                                      \
      "command to run, as an argument vector; the page comes as JSON on its standard input")       \
    X(TEXT, webhook, "webhook", "", "address to post the page to, as JSON")                        \
    X(SECRET, secret_file, "secret_file", "",                                                      \
      "of a webhook: file with the key it is signed with (HMAC-SHA-256)")                          \
    X(FLAG, slack, "slack", "no", "a direct message in Slack")                                     \
    X(WORD, urgency, "urgency", "any", "of which pages it is for (any, high, low)")                \
    X(SPAN, timeout, "timeout", "10s", "how long one attempt may take")

#define HUB_ROTATION_OPTIONS(X)                                                                    \
    X(LIST, people, "people", NULL, "who takes turns, in this order; nobody = an empty turn")      \
    X(MOMENT, starts, "starts", NULL,                                                              \
      "when the first of them begins: 2026-01-05 09:00, in the schedule's zone")                   \
    X(LIST, handover, "handover", "7d", "length of a turn; several take turns themselves")         \
    X(LIST, hours, "hours", "", "when somebody is on call: mon-fri 09:00-17:30; empty = always")   \
    X(COUNT, layers, "layers", "1", "how many people are on call together")                        \
    X(TEXT, version_of, "version_of", "", "another rotation that this one replaces, from then on") \
    X(MOMENT, from, "from", "", "of a version: when it begins to count")

#define HUB_SCHEDULE_OPTIONS(X)                                                                    \
    X(TEXT, name, "name", "", "how the rota is called; empty = as its section")                    \
    X(TEXT, timezone, "timezone", NULL, "IANA zone its hours are in, such as Europe/London")       \
    X(LIST, teams, "teams", "", "teams that own it")                                               \
    X(TEXT, slack_group, "slack_group", "",                                                        \
      "id of a Slack user group kept equal to who is on call, such as S02AB3CDE")                  \
    X(WORD, slack_who, "slack_who", "on_call",                                                     \
      "who is in the group (on_call, next_on_call, all_users)")                                    \
    X(LIST, slack_always, "slack_always", "",                                                      \
      "people who are in the group at all times, and alone where nobody is on call")

#define HUB_LEVEL_OPTIONS(X)                                                                       \
    X(LIST, notify, "notify", NULL, "whom to page: schedule NAME, person NAME, or slack CHANNEL")  \
    X(SPAN, acknowledge, "acknowledge", "15m",                                                     \
      "time to acknowledge before the next level is paged")                                        \
    X(WORD, who, "who", "on_call", "of a schedule (on_call, next_on_call, all_users)")             \
    X(WORD, urgency, "urgency", "high", "how the page is sent (high, low)")                        \
    X(WORD, when, "when", "always",                                                                \
      "when the level counts, by the path's hours (always, hours, otherwise)")

#define HUB_PATH_OPTIONS(X)                                                                        \
    X(TEXT, name, "name", "", "how the path is called; empty = as its section")                    \
    X(LIST, teams, "teams", "", "teams that own it")                                               \
    X(LIST, hours, "hours", "", "working hours that levels can depend on: mon-fri 09:00-17:30")    \
    X(TEXT, timezone, "timezone", "UTC", "IANA zone of those hours")                               \
    X(COUNT, repeat, "repeat", "0", "how often to begin again when nobody acknowledged")           \
    X(SPAN, repeat_after, "repeat_after", "0s",                                                    \
      "page again when an acknowledged page is still open after this; 0s = not")

#define HUB_ROUTE_OPTIONS(X)                                                                       \
    X(TEXT, name, "name", "", "how the route is called; empty = as its section")                   \
    X(FLAG, enabled, "enabled", "yes", "no = it stays in the file and does nothing")               \
    X(LIST, sources, "sources", NULL, "alert sources it takes alerts of")                          \
    X(LIST, match, "match", "",                                                                    \
      "attributes that have to be equal: Environment = prod, Severity = critical | major")         \
    X(JQ, when, "when", "",                                                                        \
      "expression over the alert that has to be true: {title, description, attributes: {NAME: "    \
      "value}}")                                                                                   \
    X(FILE, when_file, "when_file", "", "a file that holds that expression instead")               \
    X(FLAG, group, "group", "no", "whether alerts of it are grouped")                              \
    X(LIST, group_by, "group_by", "", "attributes, or title, that are equal within a group")       \
    X(SPAN, window, "window", "1h", "how long a group is open, 1m to 48h")                         \
    X(WORD, window_type, "window_type", "rolling",                                                 \
      "counted from the last alert of the group or from the first (rolling, fixed)")               \
    X(LIST, escalate, "escalate", "", "escalation paths that are begun; empty = nobody is paged")  \
    X(WORD, again, "again", "priority", "alerts that join a group page again (priority, each)")    \
    X(FLAG, auto_cancel, "auto_cancel", "yes", "stop paging when all its alerts are resolved")     \
    X(FLAG, incident, "incident", "no", "whether it makes incidents")                              \
    X(LIST, incident_match, "incident_match", "", "of which alerts; as match; empty = all")        \
    X(TEXT, incident_name, "incident_name", "{{alert.title}}", "its name")                         \
    X(TEXT, incident_summary, "incident_summary", "{{alert.description}}", "its summary")          \
    X(TEXT, severity, "severity", "",                                                              \
      "its severity: the name of one, or of the attribute that names one")                         \
    X(WORD, severity_merge, "severity_merge", "max", "when further alerts join (max, first-wins)") \
    X(TEXT, type, "type", "", "its type; empty = the default one")                                 \
    X(LIST, roles, "roles", "",                                                                    \
      "who has which role: lead = ana, or lead = ATTRIBUTE that holds an e-mail address")          \
    X(FLAG, triage, "triage", "yes", "whether it begins in triage")                                \
    X(FLAG, auto_decline, "auto_decline", "yes",                                                   \
      "decline it when it is in triage and its alerts resolve")                                    \
    X(LIST, channels, "channels", "", "Slack channels that are told of its alerts")                \
    X(LIST, teams, "teams", "", "teams that own it")

#define HUB_SLACK_OPTIONS(X)                                                                       \
    X(SECRET, token_file, "token_file", "",                                                        \
      "file with the bot's token; refused when others can read it; empty = Slack is off")          \
    X(TEXT, url, "url", "https://slack.com/api", "address of Slack's API")                         \
    X(TEXT, team, "team", "", "id of the workspace, such as T02AB3CDE")                            \
    X(TEXT, channel_prefix, "channel_prefix", "inc-",                                              \
      "what names of incidents' channels begin with")                                              \
    X(TEXT, announce, "announce", "", "channel that is told of new incidents; empty = none")       \
    X(SPAN, archive_after, "archive_after", "0s",                                                  \
      "archive an incident's channel so long after it is closed; 0s = never")                      \
    X(FLAG, incident_channels, "incident_channels", "yes",                                         \
      "whether each incident gets a channel of its own")
/* clang-format on */

/*
 * X(name, member of struct hub_file, OPTIONS): sections with a title, by which others name them. Those inside others, and
 * single ones, stand in hub_file.h.
 */
#define HUB_SECTIONS(X)                                                                            \
    X(person, people, HUB_PERSON)                                                                  \
    X(team, teams, HUB_TEAM)                                                                       \
    X(severity, severities, HUB_SEVERITY)                                                          \
    X(status, statuses, HUB_STATUS)                                                                \
    X(role, roles, HUB_ROLE)                                                                       \
    X(type, types, HUB_TYPE)                                                                       \
    X(attribute, attributes, HUB_ATTRIBUTE)                                                        \
    X(source, sources, HUB_SOURCE)                                                                 \
    X(notification, notifications, HUB_NOTIFICATION)                                               \
    X(schedule, schedules, HUB_SCHEDULE)                                                           \
    X(path, paths, HUB_PATH)                                                                       \
    X(route, routes, HUB_ROUTE)
