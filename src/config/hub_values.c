#include "config/hub_values.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static int
read_clock(const char *text, char out[24])
{
    int hour, minute, end = 0;
    if (sscanf(text, "%2d:%2d%n", &hour, &minute, &end) != 2 || text[end] || hour < 0 ||
        minute < 0 || minute > 59 || hour * 60 + minute > 24 * 60)
        return -1;
    (void)snprintf(out, 24, "%02d:%02d", hour, minute); /* bounded above */
    return hour * 60 + minute;
}

bool
hub_hours_read(const char *text, struct arena *arena, struct hub_hours *hours)
{
    char first[16], last[16] = "", from[16], until[16], start[24], end[24];
    int used = 0;
    int len = sscanf(text, " %15[a-zA-Z] - %15[a-zA-Z] %15[0-9:] - %15[0-9:] %n", first, last, from,
                     until, &used);
    if (len != 4) {
        used = 0;
        last[0] = '\0';
        if (sscanf(text, " %15[a-zA-Z] %15[0-9:] - %15[0-9:] %n", first, from, until, &used) != 3)
            return false;
    }
    hours->first_day = weekday_from_name(first);
    hours->last_day = last[0] ? weekday_from_name(last) : hours->first_day;
    int from_minute = read_clock(from, start), until_minute = read_clock(until, end);
    if (text[used] || hours->first_day < 0 || hours->last_day < 0 || from_minute < 0 ||
        until_minute <= from_minute)
        return false;
    hours->start = arena_text(arena, start);
    hours->end = arena_text(arena, end);
    return true;
}

bool
hub_moment_read(const char *text, const struct zone *zone, int64_t *at_ms)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct civil civil = {0};
    char blank = ' ';
    int end = 0;
    int len = sscanf(text, "%4d-%2d-%2d%n%c%2d:%2d%n", &civil.year, &civil.month, &civil.day, &end,
                     &blank, &civil.hour, &civil.minute, &end);
    if ((len != 3 && len != 6) || text[end] || (blank != ' ' && blank != 'T'))
        return false;
    bool leap = civil.year % 4 == 0 && (civil.year % 100 != 0 || civil.year % 400 == 0);
    if (civil.year < 1970 || civil.year > 2200 || civil.month < 1 || civil.month > 12 ||
        civil.day < 1 || civil.day > days[civil.month - 1] + (civil.month == 2 && leap) ||
        civil.hour < 0 || civil.hour > 23 || civil.minute < 0 || civil.minute > 59)
        return false;
    *at_ms = zone_from_civil(zone, civil);
    return true;
}

static const char *
trimmed(struct arena *arena, const char *text, size_t len)
{
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    while (len && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    return arena_text_len(arena, text, len);
}

bool
hub_match_read(const char *text, struct arena *arena, struct hub_match *match)
{
    const char *equals = strchr(text, '=');
    if (!equals)
        return false;
    match->attribute = trimmed(arena, text, (size_t)(equals - text));
    size_t len = 1;
    for (const char *at = equals + 1; *at; at++)
        len += *at == '|';
    const char **values = arena_new_array(arena, len + 1, const char *);
    const char *at = equals + 1;
    for (size_t i = 0; i < len; i++) {
        size_t value_len = strcspn(at, "|");
        values[i] = trimmed(arena, at, value_len);
        if (!*values[i])
            return false;
        at += value_len + 1;
    }
    match->values = values;
    return *match->attribute != '\0';
}

const char *
hub_word_split(const char *text, struct arena *arena, const char **rest)
{
    text += strspn(text, " \t");
    size_t len = strcspn(text, " \t");
    *rest = trimmed(arena, text + len, strlen(text + len));
    return arena_text_len(arena, text, len);
}

bool
hub_is_name(const char *text)
{
    if (!isalpha((unsigned char)*text))
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && *text != '_')
            return false;
    return true;
}
