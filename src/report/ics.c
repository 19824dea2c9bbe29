#include "report/ics.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/zone.h"

enum {
    LINE_MAX_BYTES = 75, /* RFC 5545 3.1, without the line's end */
    TEXT_MAX_BYTES = 2000,
    ICS_TIME_SIZE = 20
};

/* A content line, folded where it is long, between characters. */
static void
put_line(struct str *out, const char *line)
{
    size_t len = strlen(line), room = LINE_MAX_BYTES;
    while (len > room) {
        size_t cut = room;
        while (cut > 0 && ((unsigned char)line[cut] & 0xc0) == 0x80)
            cut--;
        str_append_len(out, line, cut);
        str_append(out, "\r\n ");
        line += cut;
        len -= cut;
        room = LINE_MAX_BYTES - 1;
    }
    str_append(out, line);
    str_append(out, "\r\n");
}

/* NAME:text with what is special in a TEXT escaped (3.3.11); nothing at all for "". */
static void
put_text(struct str *out, const char *name, const char *text)
{
    struct arena arena = {0};
    struct str line;
    const char *clean = text_clean_lines(&arena, text, TEXT_MAX_BYTES);

    if (*clean) {
        str_init(&line, 0);
        str_printf(&line, "%s:", name);
        for (const char *at = clean; *at; at++) {
            if (*at == '\n')
                str_append(&line, "\\n");
            else if (*at == '\\' || *at == ';' || *at == ',')
                str_printf(&line, "\\%c", *at);
            else
                str_append_char(&line, *at);
        }
        put_line(out, str_text(&line));
        str_finish(&line);
    }
    arena_finish(&arena);
}

static const char *
ics_time(int64_t time_ms, char out[ICS_TIME_SIZE])
{
    struct civil at = zone_to_civil(zone_utc(), time_ms);
    (void)snprintf(out, ICS_TIME_SIZE, "%04d%02d%02dT%02d%02d%02dZ", at.year % 10000, at.month,
                   at.day, at.hour, at.minute, at.second); /* four-digit years: it fits */
    return out;
}

static void
put_time(struct str *out, const char *name, int64_t time_ms)
{
    char time[ICS_TIME_SIZE], line[40];
    (void)snprintf(line, sizeof line, "%s:%s", name, ics_time(time_ms, time)); /* names are ours */
    put_line(out, line);
}

static void
put_uid(struct str *out, const struct ics_shift *shift)
{
    char start[ICS_TIME_SIZE], hex[DIGEST_HEX_SIZE], line[LINE_MAX_BYTES];
    const char *const parts[] = {shift->schedule_id, shift->rotation_id, shift->layer_id,
                                 ics_time(shift->start_at, start)};
    digest_keyed_hex("calendar event", parts, sizeof parts / sizeof parts[0], hex);
    (void)snprintf(line, sizeof line, "UID:%.32s@tocsin", hex); /* fits */
    put_line(out, line);
}

/* An address goes in as it is, or not at all: nothing in it may end the line. */
static void
put_url(struct str *out, const char *url)
{
    if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
        return;
    for (const char *at = url; *at; at++)
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f)
            return;
    struct str line;
    str_init(&line, TEXT_MAX_BYTES);
    str_printf(&line, "URL:%s", url);
    if (!line.overflowed)
        put_line(out, str_text(&line));
    str_finish(&line);
}

/* "Mon 5 Jan 09:00 to 17:30 Europe/London" */
static const char *
local_times(struct arena *arena, const struct ics_shift *shift)
{
    const struct zone *zone;
    struct error unknown; /* a zone this machine does not have: UTC says it all the same */
    if (!zone_open(shift->zone, &zone, &unknown))
        zone = zone_utc();
    struct civil from = zone_to_civil(zone, shift->start_at);
    struct civil to = zone_to_civil(zone, shift->end_at);
    bool same_day = from.day == to.day && from.month == to.month && from.year == to.year;
    return arena_printf(arena, "%s %d %s %02d:%02d to %s%02d:%02d %s", weekday_names[from.weekday],
                        from.day, month_names[from.month - 1], from.hour, from.minute,
                        same_day ? ""
                                 : arena_printf(arena, "%s %d %s ", weekday_names[to.weekday],
                                                to.day, month_names[to.month - 1]),
                        to.hour, to.minute, zone_name(zone));
}

static const char *
description_of(struct arena *arena, const struct ics_shift *shift)
{
    const char *rotation = text_equals(shift->rotation, shift->schedule) ? "" : shift->rotation;
    const char *cover = "";
    if (!text_is_empty(shift->covers) && !text_equals(shift->covers, shift->person))
        cover = arena_printf(arena, "\nCovers %s", shift->covers);
    else if (shift->is_override)
        cover = "\nAn extra shift";
    return arena_printf(arena, "%s%s%s\n%s%s", shift->schedule, *rotation ? ", " : "", rotation,
                        local_times(arena, shift), cover);
}

void
ics_begin(struct str *out, const struct ics_calendar *calendar)
{
    put_line(out, "BEGIN:VCALENDAR");
    put_line(out, "VERSION:2.0");
    put_line(out, "PRODID:-//tocsin//tocsin " TOCSIN_VERSION "//EN");
    put_line(out, "CALSCALE:GREGORIAN");
    put_text(out, "NAME", calendar->name);
    put_text(out, "X-WR-CALNAME", calendar->name);
    put_text(out, "X-WR-TIMEZONE", calendar->zone);
    put_line(out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    put_line(out, "X-PUBLISHED-TTL:PT1H");
}

void
ics_add(struct str *out, const struct ics_calendar *calendar, const struct ics_shift *shift)
{
    struct arena arena = {0};

    put_line(out, "BEGIN:VEVENT");
    put_uid(out, shift);
    put_time(out, "DTSTAMP", calendar->now_ms);
    put_time(out, "DTSTART", shift->start_at);
    put_time(out, "DTEND", shift->end_at);
    put_text(out, "SUMMARY",
             arena_printf(&arena, "%s on call: %s",
                          text_is_empty(shift->person) ? "Nobody" : shift->person,
                          shift->schedule));
    put_text(out, "DESCRIPTION", description_of(&arena, shift));
    put_url(out, shift->url);
    put_line(out, "CATEGORIES:on call");
    put_line(out, "TRANSP:TRANSPARENT");
    put_line(out, "END:VEVENT");
    arena_finish(&arena);
}

void
ics_end(struct str *out)
{
    put_line(out, "END:VCALENDAR");
}
