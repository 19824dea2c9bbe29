#include "base/when.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"

#define WORDS_MAX 4
#define WORD_SIZE 40

/* What the words have said so far. */
struct moment {
    const struct zone *zone;
    int64_t now_ms;
    enum when_side side;
    bool has_clock, has_day, has_year;
    int weekday; /* -1 = none was named */
    int hour, minute;
    struct civil day;
};

static const char *const day_words[] = {"yesterday", "today", "tomorrow"};

static bool
refuse(const char *text, struct error *err)
{
    static const char *const words[] = {"now",    "today",    "yesterday", "tomorrow",
                                        "Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    size_t len = strcspn(text, " ");
    char word[WORD_SIZE] = "";
    memcpy(word, text, len < sizeof word - 1 ? len : sizeof word - 1);
    int best = len < 4 ? 2 : 3;
    const char *nearest = NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        int distance = text_distance(word, words[i]);
        if (distance < best && strcasecmp(word, words[i]) != 0) {
            best = distance;
            nearest = words[i];
        }
    }
    if (nearest)
        return error_set(err, ERROR_USAGE, "'%.60s' is no time: did you mean '%s'?", text, nearest);
    return error_set(err, ERROR_USAGE,
                     "'%.60s' is no time: one is 03:10, yesterday 14:00, Thu 18:00, 23 Mar, "
                     "2026-03-23 09:30, 2h ago or now",
                     text);
}

/* All of the word is digits; at most four of them. */
static bool
number(const char *word, int *value)
{
    size_t len = strspn(word, "0123456789");
    if (len == 0 || len > 4 || word[len])
        return false;
    *value = atoi(word);
    return true;
}

static bool
read_clock(const char *word, struct moment *moment, struct error *err, bool *wrong)
{
    const char *colon = strchr(word, ':');
    char hour[3] = "";
    if (!colon || colon - word < 1 || colon - word > 2 || strlen(colon) != 3)
        return false;
    memcpy(hour, word, (size_t)(colon - word));
    if (!number(hour, &moment->hour) || !number(colon + 1, &moment->minute))
        return false;
    if (moment->hour > 23 || moment->minute > 59) {
        *wrong = true;
        return error_set(err, ERROR_USAGE, "'%s' is no time of day: they go from 00:00 to 23:59",
                         word);
    }
    return moment->has_clock = true;
}

/* The index of the name that the word begins or is, with three letters at least; -1 = none. */
static int
name_at(const char *const *names, int len, const char *const *rests, const char *word)
{
    size_t size = strlen(word);
    for (int i = 0; i < len; i++)
        if (size >= 3 && strncasecmp(word, names[i], 3) == 0 &&
            strncasecmp(word + 3, rests[i], size - 3) == 0 && size - 3 <= strlen(rests[i]))
            return i;
    return -1;
}

static int
weekday_at(const char *word)
{
    static const char *const rests[] = {"day", "sday", "nesday", "rsday", "day", "urday", "day"};
    return name_at(weekday_names, 7, rests, word);
}

static int
month_at(const char *word)
{
    static const char *const rests[] = {"uary", "ruary", "ch",     "il",   "",      "e",
                                        "y",    "ust",   "tember", "ober", "ember", "ember"};
    return name_at(month_names, 12, rests, word);
}

static bool
set_day(struct moment *moment, int64_t at_ms)
{
    moment->day = zone_to_civil(moment->zone, at_ms);
    moment->has_year = true;
    return moment->has_day = true;
}

/* "2026-03-23" */
static bool
read_date(const char *word, struct moment *moment)
{
    char year[5] = "", month[3] = "";
    if (strlen(word) != 10 || word[4] != '-' || word[7] != '-')
        return false;
    memcpy(year, word, 4);
    memcpy(month, word + 5, 2);
    if (!number(year, &moment->day.year) || !number(month, &moment->day.month) ||
        !number(word + 8, &moment->day.day))
        return false;
    moment->has_year = true;
    return moment->has_day = true;
}

/* One of the words; a date's day and month come in either order. */
static bool
read_word(const char *word, struct moment *moment, struct error *err, bool *wrong)
{
    int value;
    if (read_clock(word, moment, err, wrong))
        return true;
    if (*wrong)
        return false;
    for (int i = 0; i < 3; i++)
        if (strcasecmp(word, day_words[i]) == 0 && !moment->has_day)
            return set_day(moment, zone_add_days(moment->zone, moment->now_ms, i - 1));
    if (read_date(word, moment))
        return true;
    if ((value = weekday_at(word)) >= 0 && !moment->has_day) {
        moment->weekday = value;
        return true;
    }
    if ((value = month_at(word)) >= 0 && !moment->day.month) {
        moment->day.month = value + 1;
        return moment->has_day = true;
    }
    if (number(word, &value) && value >= 1970 && !moment->has_year) {
        moment->day.year = value;
        return moment->has_year = true;
    }
    if (number(word, &value) && value >= 1 && value <= 31 && !moment->day.day) {
        moment->day.day = value;
        return true;
    }
    return false;
}

static int64_t
at(const struct moment *moment, struct civil day)
{
    day.hour = moment->hour;
    day.minute = moment->minute;
    day.second = 0;
    return zone_from_civil(moment->zone, day);
}

/* Of what comes again and again, the last one or the next one: `days` apart, or a year (0). */
static int64_t
nearest(const struct moment *moment, struct civil day, int days)
{
    int64_t found = at(moment, day);
    bool past = moment->side == WHEN_PAST;
    while (past ? found > moment->now_ms : found < moment->now_ms) {
        day.day += past ? -days : days;
        day.year += days ? 0 : past ? -1 : 1;
        found = at(moment, day);
    }
    return found;
}

static bool
finish(struct moment *moment, const char *text, int64_t *at_ms, struct error *err)
{
    struct civil today = zone_to_civil(moment->zone, moment->now_ms);
    if (moment->has_day && (!moment->day.month || !moment->day.day))
        return refuse(text, err);
    if (moment->has_day) {
        if (moment->weekday >= 0 && !moment->day.year)
            moment->weekday = -1; /* "Mon 23 Mar": the date says it */
        struct civil day = moment->day;
        day.year = moment->has_year ? day.year : today.year;
        *at_ms = at(moment, day);
        struct civil read = zone_to_civil(moment->zone, *at_ms);
        if (day.month > 12 || read.month != day.month || read.day != day.day)
            return error_set(err, ERROR_USAGE, "there is no such day as '%.60s'", text);
        if (!moment->has_year)
            *at_ms = nearest(moment, day, 0);
    } else if (moment->day.day || moment->has_year) {
        return refuse(text, err);
    } else if (moment->weekday >= 0) {
        today.day += moment->weekday - today.weekday;
        *at_ms = nearest(moment, today, 7);
    } else {
        *at_ms = nearest(moment, today, 1);
    }
    return true;
}

/* "2h", "-2h", "+3d", "2h ago" */
static bool
read_span(const char *text, const struct moment *moment, int64_t *at_ms)
{
    char word[WORD_SIZE] = "";
    size_t len = strcspn(text, " ");
    const char *rest = text + len + strspn(text + len, " ");
    bool is_signed = *text == '-' || *text == '+';
    bool back = *text == '-' || (!is_signed && moment->side == WHEN_PAST);
    int64_t span;
    if (len >= sizeof word || (*rest && strcasecmp(rest, "ago") != 0))
        return false;
    memcpy(word, text, len);
    if (!span_from_text(word + is_signed, &span) || strchr("0123456789", word[len - 1]))
        return false;
    *at_ms = moment->now_ms + (back || *rest ? -span : span);
    return true;
}

bool
when_from_text(const char *text, enum when_side side, const struct zone *zone, int64_t now_ms,
               int64_t *at_ms, struct error *err)
{
    struct moment moment = {.zone = zone, .now_ms = now_ms, .side = side, .weekday = -1};
    const char *rest = text + strspn(text, " ");
    bool wrong = false;
    int words = 0;
    if (strcasecmp(rest, "now") == 0) {
        *at_ms = now_ms;
        return true;
    }
    if (!*rest)
        return error_set(err, ERROR_USAGE,
                         "expected a time: 03:10, yesterday 14:00, Thu 18:00, 2h ago or now");
    if (read_span(rest, &moment, at_ms) || (time_from_rfc3339(rest, at_ms) && *at_ms > 0))
        return true;
    while (*rest) {
        char word[WORD_SIZE] = "";
        bool joined = strlen(rest) >= 16 && rest[10] == 'T'; /* 2026-03-23T09:30 */
        size_t len = joined ? 10 : strcspn(rest, " ,");
        if (len >= sizeof word || words++ == WORDS_MAX)
            return refuse(text, err);
        memcpy(word, rest, len);
        if (!read_word(word, &moment, err, &wrong))
            return !wrong && refuse(text, err);
        rest += len + joined;
        rest += strspn(rest, " ,");
    }
    return finish(&moment, text, at_ms, err);
}
