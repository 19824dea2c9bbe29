#include "base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"

#define ZONEINFO "/usr/share/zoneinfo"
#define FILE_MAX_BYTES ((size_t)1024 * 1024)
#define ABBREVIATION_SIZE 16
#define DAY_SECONDS 86400

/* A period's rule: what is in force between two transitions. */
struct regime {
    int32_t offset;
    char abbreviation[ABBREVIATION_SIZE];
};

/* When the footer's rule changes the clocks each year. */
struct change {
    enum { MONTH_WEEK_DAY, JULIAN_NO_LEAP, DAY_OF_YEAR } kind;
    int month, week, weekday; /* weekday 0 = Sunday here, as POSIX counts */
    int day;
    int32_t
        seconds; /* after that day's midnight by the clock in force; may be negative or more than a day */
};

const char *const weekday_names[7] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
const char *const month_names[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

int
weekday_from_name(const char *name)
{
    static const char *const full[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    size_t len = strlen(name);
    for (int i = 0; i < 7; i++)
        if (len >= 3 && len <= strlen(full[i]) && strncasecmp(name, full[i], len) == 0)
            return i;
    return -1;
}

struct zone {
    struct zone *next;
    char *name;
    int64_t *transitions;  /* seconds, ascending */
    uint8_t *regime_after; /* index into regimes, one per transition */
    size_t transitions_len;
    struct regime *regimes;
    size_t regimes_len;
    bool has_footer, has_summer;
    struct regime standard, summer;
    struct change to_summer, to_standard;
};

static struct zone utc = {.name = (char[]){"UTC"}, .has_footer = true, .standard = {0, "UTC"}};
static struct zone *opened;

/* ---- calendar: days since 1970-01-01 in the proleptic Gregorian calendar ---- */

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* month may be out of range. Counts years from March, so that the leap day is a year's last. */
static int64_t
days_from_date(int64_t year, int64_t month, int64_t day)
{
    year += floor_div(month - 1, 12);
    month = month - 1 - floor_div(month - 1, 12) * 12 + 1;
    if (month <= 2)
        year--;
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468 + day - 1;
}

static struct civil
civil_from_seconds(int64_t seconds)
{
    int64_t days = floor_div(seconds, DAY_SECONDS);
    int rest = (int)(seconds - days * DAY_SECONDS);
    int64_t shifted = days + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    return (struct civil){
        .year = (int)(year_of_era + era * 400 + (month >= 10)),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
        .hour = rest / 3600,
        .minute = rest / 60 % 60,
        .second = rest % 60,
        .weekday = (int)(((days + 3) % 7 + 7) % 7), /* 1970-01-01 was a Thursday */
    };
}

static bool
is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* ---- the POSIX TZ string of the footer ---- */

static bool
parse_number(const char **at, int max, int *value)
{
    const char *start = *at;
    *value = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        *value = *value * 10 + (**at - '0');
        if (*value > max)
            return false;
    }
    return *at > start;
}

/* [+-]hh[:mm[:ss]] */
static bool
parse_hms(const char **at, int max_hours, int32_t *seconds)
{
    int sign = **at == '-' ? -1 : 1;
    int hours, minutes = 0, secs = 0;
    if (**at == '+' || **at == '-')
        (*at)++;
    if (!parse_number(at, max_hours, &hours))
        return false;
    if (**at == ':') {
        (*at)++;
        if (!parse_number(at, 59, &minutes))
            return false;
        if (**at == ':') {
            (*at)++;
            if (!parse_number(at, 59, &secs))
                return false;
        }
    }
    *seconds = sign * (hours * 3600 + minutes * 60 + secs);
    return true;
}

static bool
is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "CET" or "<+0330>" */
static bool
parse_abbreviation(const char **at, char out[ABBREVIATION_SIZE])
{
    bool quoted = **at == '<';
    if (quoted)
        (*at)++;
    size_t len = 0;
    while (is_letter(**at) ||
           (quoted && ((**at >= '0' && **at <= '9') || **at == '+' || **at == '-'))) {
        if (len + 1 == ABBREVIATION_SIZE)
            return false;
        out[len++] = *(*at)++;
    }
    out[len] = '\0';
    if (quoted && *(*at)++ != '>')
        return false;
    return len >= 3;
}

/* Mm.w.d, Jn or n, each with an optional /time */
static bool
parse_change(const char **at, struct change *change)
{
    if (**at == 'M') {
        (*at)++;
        change->kind = MONTH_WEEK_DAY;
        if (!parse_number(at, 12, &change->month) || change->month < 1 || *(*at)++ != '.' ||
            !parse_number(at, 5, &change->week) || change->week < 1 || *(*at)++ != '.' ||
            !parse_number(at, 6, &change->weekday))
            return false;
    } else if (**at == 'J') {
        (*at)++;
        change->kind = JULIAN_NO_LEAP;
        if (!parse_number(at, 365, &change->day) || change->day < 1)
            return false;
    } else {
        change->kind = DAY_OF_YEAR;
        if (!parse_number(at, 365, &change->day))
            return false;
    }
    change->seconds = 2 * 3600;
    if (**at != '/')
        return true;
    (*at)++;
    return parse_hms(at, 167, &change->seconds);
}

/* Sets standard, summer and the two changes. False when text is not a whole TZ string. */
static bool
parse_tz(struct zone *zone, const char *text)
{
    const char *at = text;
    int32_t west;
    if (!parse_abbreviation(&at, zone->standard.abbreviation) || !parse_hms(&at, 24, &west))
        return false;
    zone->standard.offset = -west;
    zone->has_footer = true;
    if (!*at)
        return true;

    if (!parse_abbreviation(&at, zone->summer.abbreviation))
        return false;
    zone->summer.offset = zone->standard.offset + 3600;
    if (*at && *at != ',') {
        if (!parse_hms(&at, 24, &west))
            return false;
        zone->summer.offset = -west;
    }
    if (!*at)
        at = ",M3.2.0,M11.1.0"; /* what the C library assumes */
    zone->has_summer = true;
    return *at++ == ',' && parse_change(&at, &zone->to_summer) && *at++ == ',' &&
           parse_change(&at, &zone->to_standard) && !*at;
}

/* The day and time of a change in a year, on the clock in force before it, as if that were UTC. */
static int64_t
change_seconds(const struct change *change, int64_t year)
{
    int64_t day = 0;
    switch (change->kind) {
    case MONTH_WEEK_DAY: {
        int64_t first = days_from_date(year, change->month, 1);
        int64_t weekday = ((first + 4) % 7 + 7) % 7;
        day = first + (change->weekday - weekday + 7) % 7 + (change->week - 1) * 7;
        if (day >= days_from_date(year, change->month + 1, 1))
            day -= 7; /* week 5 is the last one */
        break;
    }
    case JULIAN_NO_LEAP:
        day = days_from_date(year, 1, 1) + change->day - 1 + (change->day >= 60 && is_leap(year));
        break;
    case DAY_OF_YEAR:
        day = days_from_date(year, 1, 1) + change->day;
        break;
    }
    return day * DAY_SECONDS + change->seconds;
}

/* ---- the file ---- */

struct cursor {
    const unsigned char *at;
    size_t left;
};

static bool
take(struct cursor *file, size_t size, const unsigned char **bytes)
{
    if (size > file->left)
        return false;
    *bytes = file->at;
    file->at += size;
    file->left -= size;
    return true;
}

static int64_t
big_endian(const unsigned char *bytes, size_t size)
{
    uint64_t value = bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

struct header {
    int version;
    size_t is_ut, is_std, leaps, times, types, chars;
};

static bool
take_header(struct cursor *file, struct header *header)
{
    const unsigned char *bytes;
    if (!take(file, 44, &bytes) || memcmp(bytes, "TZif", 4) != 0)
        return false;
    size_t *const counts[] = {&header->is_ut, &header->is_std, &header->leaps,
                              &header->times, &header->types,  &header->chars};
    for (size_t i = 0; i < 6; i++) {
        int64_t count = big_endian(bytes + 20 + 4 * i, 4);
        if (count < 0 || (uint64_t)count > FILE_MAX_BYTES)
            return false;
        *counts[i] = (size_t)count;
    }
    header->version = bytes[4] ? bytes[4] - '0' : 1;
    return true;
}

/* The data block behind a header; its times have time_size bytes. Leap seconds are skipped: Unix time has none. */
static bool
take_data(struct zone *zone, struct cursor *file, const struct header *header, size_t time_size)
{
    const unsigned char *times, *indexes, *types, *chars, *rest;
    if (!take(file, header->times * time_size, &times) || !take(file, header->times, &indexes) ||
        !take(file, header->types * 6, &types) || !take(file, header->chars, &chars) ||
        !take(file, header->leaps * (time_size + 4) + header->is_std + header->is_ut, &rest))
        return false;
    if (header->types == 0 || header->types > 256 || header->chars == 0 ||
        chars[header->chars - 1] != '\0' || header->leaps != 0)
        return false;

    zone->regimes = memory_alloc(header->types * sizeof *zone->regimes);
    zone->regimes_len = header->types;
    for (size_t i = 0; i < header->types; i++) {
        const unsigned char *type = types + 6 * i;
        int64_t offset = big_endian(type, 4);
        if (offset < -26 * 3600 || offset > 26 * 3600 || type[5] >= header->chars)
            return false;
        struct regime *regime = &zone->regimes[i];
        regime->offset = (int32_t)offset;
        const char *name = (const char *)chars + type[5];
        size_t len = strlen(name);
        if (len >= ABBREVIATION_SIZE)
            return false;
        memcpy(regime->abbreviation, name, len + 1);
    }

    zone->transitions = memory_alloc(header->times * sizeof *zone->transitions);
    zone->regime_after = memory_alloc(header->times);
    zone->transitions_len = header->times;
    for (size_t i = 0; i < header->times; i++) {
        zone->transitions[i] = big_endian(times + time_size * i, time_size);
        zone->regime_after[i] = indexes[i];
        if (indexes[i] >= header->types ||
            (i > 0 && zone->transitions[i] <= zone->transitions[i - 1]))
            return false;
    }
    return true;
}

static bool
parse_file(struct zone *zone, const char *data, size_t len)
{
    struct cursor file = {(const unsigned char *)data, len};
    struct header header;
    const unsigned char *skipped;
    if (!take_header(&file, &header))
        return false;
    if (header.version == 1)
        return take_data(zone, &file, &header, 4);

    size_t old = header.times * 5 + header.types * 6 + header.chars + header.leaps * 8 +
                 header.is_std + header.is_ut;
    if (!take(&file, old, &skipped) || !take_header(&file, &header) ||
        !take_data(zone, &file, &header, 8))
        return false;

    char footer[128];
    if (file.left < 2 || file.left > sizeof footer || file.at[0] != '\n')
        return false;
    memcpy(footer, file.at + 1, file.left - 1);
    footer[file.left - 1] = '\0';
    char *end = strchr(footer, '\n');
    if (!end)
        return false;
    *end = '\0';
    return !footer[0] || parse_tz(zone, footer);
}

static void
zone_destroy(struct zone *zone)
{
    memory_free(zone->name);
    memory_free(zone->transitions);
    memory_free(zone->regime_after);
    memory_free(zone->regimes);
    memory_free(zone);
}

static struct zone *
zone_create(const char *name)
{
    struct zone *zone = memory_alloc(sizeof *zone);
    size_t size = strlen(name) + 1;
    zone->name = memory_alloc(size);
    memcpy(zone->name, name, size);
    return zone;
}

static const struct zone *
keep(struct zone *zone)
{
    zone->next = opened;
    return opened = zone;
}

static bool
read_file(const char *path, struct str *data, struct error *err)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_set(err, errno == ENOENT || errno == ENOTDIR ? ERROR_NOT_FOUND : ERROR_FILE,
                         "%s", strerror(errno));
    bool regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    char block[8192];
    ssize_t got = regular ? read(fd, block, sizeof block) : -1;
    for (; got > 0 && !data->overflowed; got = read(fd, block, sizeof block))
        str_append_len(data, block, (size_t)got);
    close(fd);
    return (got == 0 && !data->overflowed) || error_set(err, ERROR_FILE, "not a time zone file");
}

/* Reads path as the zone `name`; the zone is kept for the life of the program. */
static bool
load(const char *path, const char *name, const struct zone **result, struct error *err)
{
    struct str data;
    str_init(&data, FILE_MAX_BYTES);
    bool ok = read_file(path, &data, err);
    if (ok) {
        struct zone *zone = zone_create(name);
        ok = parse_file(zone, str_text(&data), data.len);
        if (ok) {
            *result = keep(zone);
        } else {
            zone_destroy(zone);
            error_set(err, ERROR_FILE, "'%s' is damaged or not a time zone file", path);
        }
    }
    str_finish(&data);
    return ok;
}

/* Relative, without "." or ".." components, of the characters zone names are made of. */
static bool
name_is_safe(const char *name)
{
    if (!name[0] || strlen(name) > 100)
        return false;
    for (const char *at = name; *at; at++) {
        bool starts = at == name || at[-1] == '/';
        if (starts && (*at == '/' || *at == '.' || *at == '-'))
            return false;
        if (!is_letter(*at) && !(*at >= '0' && *at <= '9') && !strchr("/_+-", *at))
            return false;
    }
    return name[strlen(name) - 1] != '/';
}

bool
zone_open(const char *name, const struct zone **zone, struct error *err)
{
    *zone = &utc;
    if (strcmp(name, "UTC") == 0)
        return true;
    for (const struct zone *at = opened; at; at = at->next)
        if (strcmp(at->name, name) == 0) {
            *zone = at;
            return true;
        }
    if (!name_is_safe(name))
        return error_set(err, ERROR_CONFIG,
                         "'%s' is not a time zone: expected a name such as 'Europe/London'", name);

    const char *root = getenv("TZDIR");
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/%s", root && root[0] == '/' ? root : ZONEINFO, name);
    if (len < 0 || (size_t)len >= sizeof path)
        return error_set(err, ERROR_CONFIG, "the path of time zone '%s' is too long", name);
    struct error cause = {0};
    if (load(path, name, zone, &cause))
        return true;
    *zone = &utc;
    if (cause.code == ERROR_NOT_FOUND)
        return error_set(err, ERROR_CONFIG,
                         "no time zone '%s' here: expected an IANA name such as 'Europe/London' "
                         "(is tzdata installed?)",
                         name);
    return error_set(err, ERROR_CONFIG, "cannot read the time zone '%s': %s", name, cause.message);
}

const struct zone *
zone_utc(void)
{
    return &utc;
}

/* TZ as the C library reads it: [:]NAME, a path, or a POSIX rule. */
static const struct zone *
zone_from_environment(const char *tz)
{
    const struct zone *zone = &utc;
    if (*tz == ':')
        tz++;
    if (!*tz || zone_open(tz, &zone, NULL))
        return zone;
    if (*tz == '/')
        return load(tz, tz, &zone, NULL) ? zone : &utc;
    struct zone *rule = zone_create(tz);
    if (parse_tz(rule, tz))
        return keep(rule);
    zone_destroy(rule);
    return &utc;
}

const struct zone *
zone_system(void)
{
    const char *tz = getenv("TZ");
    if (tz)
        return zone_from_environment(tz);

    char target[PATH_MAX];
    const struct zone *zone = &utc;
    ssize_t len = readlink("/etc/localtime", target, sizeof target - 1);
    if (len > 0) {
        target[len] = '\0';
        const char *marker = "/zoneinfo/", *found = strstr(target, marker);
        if (found && zone_open(found + strlen(marker), &zone, NULL))
            return zone;
    }
    static const struct zone *local; /* a plain file has no name to find it by again */
    if (!local && !load("/etc/localtime", "local", &local, NULL))
        local = &utc;
    return local;
}

const char *
zone_name(const struct zone *zone)
{
    return zone->name;
}

/* ---- lookup ---- */

struct yearly {
    int64_t seconds;
    const struct regime *after;
};

/* The rule's changes of three years around `year`, in order. */
static void
yearly_changes(const struct zone *zone, int64_t year, struct yearly out[6])
{
    for (int i = 0; i < 3; i++) {
        int64_t y = year - 1 + i;
        struct yearly summer = {change_seconds(&zone->to_summer, y) - zone->standard.offset,
                                &zone->summer};
        struct yearly standard = {change_seconds(&zone->to_standard, y) - zone->summer.offset,
                                  &zone->standard};
        bool northern = summer.seconds < standard.seconds;
        out[2 * i] = northern ? summer : standard;
        out[2 * i + 1] = northern ? standard : summer;
    }
}

/* What the footer says is in force; *until becomes the moment of the next change. */
static const struct regime *
regime_by_rule(const struct zone *zone, int64_t seconds, int64_t *until)
{
    *until = INT64_MAX;
    if (!zone->has_summer)
        return &zone->standard;

    struct yearly changes[6];
    yearly_changes(zone, civil_from_seconds(seconds + zone->standard.offset).year, changes);
    const struct regime *regime = &zone->standard;
    for (size_t i = 0; i < 6; i++) {
        if (changes[i].seconds > seconds) {
            *until = changes[i].seconds;
            break;
        }
        regime = changes[i].after;
    }
    return regime;
}

/* What is in force at an instant, and the moment of the next entry behind it, which may change nothing visible. */
static const struct regime *
regime_at(const struct zone *zone, int64_t seconds, int64_t *until)
{
    size_t low = 0,
           high = zone->transitions_len; /* how many transitions are at or before `seconds` */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->transitions[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->transitions_len && zone->has_footer)
        return regime_by_rule(zone, seconds, until);
    *until = low < zone->transitions_len ? zone->transitions[low] : INT64_MAX;
    return &zone->regimes[low ? zone->regime_after[low - 1] : 0];
}

int
zone_offset_seconds(const struct zone *zone, int64_t time_ms)
{
    int64_t until;
    return regime_at(zone, floor_div(time_ms, SECOND_MS), &until)->offset;
}

const char *
zone_abbreviation(const struct zone *zone, int64_t time_ms)
{
    int64_t until;
    return regime_at(zone, floor_div(time_ms, SECOND_MS), &until)->abbreviation;
}

struct civil
zone_to_civil(const struct zone *zone, int64_t time_ms)
{
    return civil_from_seconds(floor_div(time_ms, SECOND_MS) + zone_offset_seconds(zone, time_ms));
}

int64_t
zone_from_civil(const struct zone *zone, struct civil civil)
{
    int64_t local = days_from_date(civil.year, civil.month, civil.day) * DAY_SECONDS +
                    (int64_t)civil.hour * 3600 + (int64_t)civil.minute * 60 + civil.second;

    /* From before any instant that could read `local`, period by period: the first match is the earliest. */
    int64_t from = local - 27 * 3600, until;
    const struct regime *regime = regime_at(zone, from, &until);
    while (local - regime->offset >= until) {
        from = until;
        regime = regime_at(zone, from, &until);
        if (local - regime->offset < from) /* the clocks went over it */
            return from * SECOND_MS;
    }
    return (local - regime->offset) * SECOND_MS;
}

int64_t
zone_day_start(const struct zone *zone, int64_t time_ms)
{
    return zone_add_days(zone, time_ms, 0);
}

int64_t
zone_add_days(const struct zone *zone, int64_t time_ms, int days)
{
    struct civil today = zone_to_civil(zone, time_ms);
    return zone_from_civil(
        zone, (struct civil){.year = today.year, .month = today.month, .day = today.day + days});
}

int64_t
zone_next_transition_ms(const struct zone *zone, int64_t time_ms)
{
    int64_t until;
    const struct regime *before = regime_at(zone, floor_div(time_ms, SECOND_MS), &until);
    while (until != INT64_MAX) {
        int64_t from = until;
        const struct regime *after = regime_at(zone, from, &until);
        if (after->offset != before->offset)
            return from * SECOND_MS;
        if (from > time_ms / SECOND_MS + (int64_t)400 * 366 * DAY_SECONDS)
            break; /* summer time by name only, all year */
    }
    return INT64_MAX;
}

int
zone_day_number(const struct zone *zone, int64_t time_ms)
{
    struct civil day = zone_to_civil(zone, time_ms);
    return (int)days_from_date(day.year, day.month, day.day);
}

int64_t
zone_day_at(const struct zone *zone, int number)
{
    return zone_from_civil(zone, (struct civil){.year = 1970, .month = 1, .day = 1 + number});
}

char
zone_repeat(const struct zone *zone, int64_t time_ms)
{
    int64_t second_ms = floor_div(time_ms, SECOND_MS) * SECOND_MS;
    if (zone_from_civil(zone, zone_to_civil(zone, time_ms)) < second_ms)
        return 'b';
    int64_t change_ms = zone_next_transition_ms(zone, time_ms);
    if (change_ms == INT64_MAX)
        return '\0';
    int64_t back_ms =
        (int64_t)(zone_offset_seconds(zone, time_ms) - zone_offset_seconds(zone, change_ms)) *
        SECOND_MS;
    return time_ms + back_ms >= change_ms && back_ms > 0 ? 'a' : '\0';
}
