#include "hub/slack_text.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "base/zone.h"
#include "remote/slack.h"

enum { SUMMARY_MAX_BYTES = 2500, MESSAGE_MAX_BYTES = 8000 };

static const char *
to_arena(struct str *text, struct arena *arena)
{
    const char *copy = arena_text_len(arena, str_text(text), text->len);
    str_finish(text);
    return copy;
}

/* ---- names ---- */

const char *
slack_channel_name(const char *prefix, const struct incident *incident, int tries,
                   struct arena *arena)
{
    enum { SUFFIX_MAX = 4 };
    const char *wish =
        text_slug(arena, incident->slack_channel_name, SLACK_CHANNEL_NAME_MAX - SUFFIX_MAX);
    const char *name = wish;
    if (!*wish) {
        struct civil day = zone_to_civil(zone_utc(), incident->created_at);
        const char *first = text_slug(arena, prefix, 20);
        const char *before = arena_printf(arena, "%s%s%04d-%02d-%02d", first, *first ? "-" : "",
                                          day.year, day.month, day.day);
        const char *title = text_slug(arena, incident->name,
                                      SLACK_CHANNEL_NAME_MAX - SUFFIX_MAX - strlen(before) - 1);
        if (!*title)
            title = text_slug(arena, incident->reference, 20);
        name = arena_printf(arena, "%s-%s", before, title);
    }
    return tries < 1 ? name : arena_printf(arena, "%s-%d", name, tries + 1);
}

/* ---- Markdown ---- */

/* Only addresses of the web, and nothing that would end the link early. */
static size_t
address_len(const char *text)
{
    if (strncmp(text, "https://", 8) != 0 && strncmp(text, "http://", 7) != 0)
        return 0;
    return strcspn(text, " \t\r\n()<>|\"");
}

/* "[text](https://…)" at `text`: how long it is, 0 = it is none. */
static size_t
append_link(struct str *out, const char *text, struct arena *arena)
{
    size_t label_len = strcspn(text + 1, "]\n");
    const char *address = text + 1 + label_len;
    if (address[0] != ']' || address[1] != '(')
        return 0;
    address += 2;
    size_t len = address_len(address);
    if (!len || address[len] != ')')
        return 0;
    str_append_char(out, '<');
    slack_append_escaped(out, arena_text_len(arena, address, len));
    str_append_char(out, '|');
    const char *label = arena_text_len(arena, text + 1, label_len);
    for (; *label; label++) {
        char one[2] = {*label == '|' ? '/' : *label, '\0'};
        slack_append_escaped(out, one);
    }
    str_append_char(out, '>');
    return (size_t)(address - text) + len + 1;
}

static const char *
append_line(struct str *out, const char *line, struct arena *arena)
{
    size_t hashes = strspn(line, "#");
    bool heading = hashes > 0 && hashes <= 6 && line[hashes] == ' ';
    bool item = (line[0] == '-' || line[0] == '*') && line[1] == ' ';
    bool is_code = false;
    line += heading ? hashes + 1 : item;
    str_append(out, heading ? "*" : item ? "•" : "");
    while (*line && *line != '\n') {
        size_t link = *line == '[' && !is_code ? append_link(out, line, arena) : 0;
        if (link) {
            line += link;
            continue;
        }
        if (*line == '`')
            is_code = !is_code;
        if (!is_code && line[0] == '*' && line[1] == '*') {
            if (!heading)
                str_append_char(out, '*');
            line += 2;
            continue;
        }
        char one[2] = {*line++, '\0'};
        slack_append_escaped(out, one);
    }
    if (heading)
        str_append_char(out, '*');
    return line;
}

const char *
slack_mrkdwn(const char *markdown, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    while (*markdown) {
        markdown = append_line(&out, markdown, arena);
        if (*markdown == '\n') {
            str_append_char(&out, '\n');
            markdown++;
        }
    }
    return to_arena(&out, arena);
}

/* ---- what is said ---- */

static void
append_part(struct str *out, const char *label, const char *text)
{
    if (!*text)
        return;
    str_append(out, out->len ? " · " : "");
    str_append(out, label);
    slack_append_escaped(out, text);
}

const char *
slack_topic(const struct incident *incident, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    append_part(&out, "", incident->reference);
    append_part(&out, "", incident->incident_status_name);
    append_part(&out, "", incident->severity_name);
    append_part(&out, "lead ", incident->lead_name);
    append_part(&out, "", incident->permalink);
    const char *topic = text_clean(arena, str_text(&out), 4 * SLACK_TOPIC_MAX);
    str_finish(&out);
    /* A character is at least one byte: this many bytes are never too many characters. */
    return strlen(topic) <= SLACK_TOPIC_MAX ? topic : text_clean(arena, topic, SLACK_TOPIC_MAX);
}

static void
append_title(struct str *out, const struct incident *incident)
{
    str_append_char(out, '*');
    slack_append_escaped(out, incident->reference);
    str_append(out, *incident->reference ? ": " : "");
    for (const char *c = incident->name; *c; c++) {
        char one[2] = {*c == '*' ? ' ' : *c, '\0'}; /* would end the bold */
        slack_append_escaped(out, one);
    }
    str_append_char(out, '*');
}

static void
append_permalink(struct str *out, const struct incident *incident)
{
    size_t len = address_len(incident->permalink);
    if (!len || incident->permalink[len])
        return;
    str_append(out, "\n<");
    slack_append_escaped(out, incident->permalink);
    str_append(out, "|open it>");
}

static void
append_state(struct str *out, const struct incident *incident)
{
    struct str line;
    str_init(&line, 0);
    append_part(&line, "", incident->incident_status_name);
    append_part(&line, "", incident->severity_name);
    append_part(&line, "lead ", incident->lead_name);
    str_printf(out, "%s%s", line.len ? "\n" : "", str_text(&line));
    str_finish(&line);
}

const char *
slack_summary(const struct incident *incident, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    append_title(&out, incident);
    append_state(&out, incident);
    if (*incident->summary)
        str_printf(
            &out, "\n\n%s\n",
            slack_mrkdwn(text_clean_lines(arena, incident->summary, SUMMARY_MAX_BYTES), arena));
    append_permalink(&out, incident);
    return to_arena(&out, arena);
}

const char *
slack_update(const struct incident_update *update, struct arena *arena)
{
    struct str out;
    const char *who = *update->updater_user_name      ? update->updater_user_name
                      : *update->updater_api_key_name ? update->updater_api_key_name
                                                      : update->updater_workflow_name;
    str_init(&out, 0);
    str_append(&out, "*Update*");
    if (*who) {
        str_append(&out, " by ");
        slack_append_escaped(&out, who);
    }
    append_part(&out, "status ", update->new_incident_status_name);
    append_part(&out, "severity ", update->new_severity_name);
    if (*update->message)
        str_printf(
            &out, "\n%s",
            slack_mrkdwn(text_clean_lines(arena, update->message, MESSAGE_MAX_BYTES), arena));
    return to_arena(&out, arena);
}

const char *
slack_announcement(const struct incident *incident, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    append_title(&out, incident);
    append_state(&out, incident);
    if (*incident->slack_channel_id)
        str_printf(&out, "\n<#%s>", incident->slack_channel_id);
    append_permalink(&out, incident);
    return to_arena(&out, arena);
}
