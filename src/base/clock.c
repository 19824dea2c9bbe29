#include "base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t frozen_ms;

static int64_t
read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_now_ms(void)
{
    return frozen_ms ? frozen_ms : read_clock(CLOCK_REALTIME);
}

int64_t
clock_monotonic_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t
clock_boot_ms(void)
{
    return read_clock(CLOCK_BOOTTIME);
}

void
clock_freeze(int64_t now_ms)
{
    frozen_ms = now_ms;
}

bool
clock_is_frozen(void)
{
    return frozen_ms != 0;
}

int64_t
clock_was_set_by_ms(struct clock_watch *watch)
{
    struct clock_watch last = *watch;
    *watch = (struct clock_watch){clock_now_ms(), clock_boot_ms()};
    if (last.boot_ms == 0 || clock_is_frozen())
        return 0;
    int64_t by_ms = watch->wall_ms - last.wall_ms - (watch->boot_ms - last.boot_ms);
    return by_ms > CLOCK_SLEWED_MAX_MS || by_ms < -CLOCK_SLEWED_MAX_MS ? by_ms : 0;
}

const char *
time_to_rfc3339(int64_t time_ms, char out[RFC3339_SIZE])
{
    int64_t millis = time_ms % 1000;
    if (millis < 0)
        millis += 1000;
    time_t seconds = (time_t)(time_ms / 1000 - (time_ms % 1000 < 0));
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t len = strftime(out, RFC3339_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
    if (millis)
        (void)snprintf(out + len, RFC3339_SIZE - len, ".%03dZ",
                       (int)millis); /* fits by construction */
    else
        memcpy(out + len, "Z", 2);
    return out;
}

static bool
digits(const char **at, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (!isdigit((unsigned char)**at))
            return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

static bool
literal(const char **at, const char *allowed)
{
    if (!**at || !strchr(allowed, **at))
        return false;
    (*at)++;
    return true;
}

static int
days_in_month(int year, int month)
{
    if (month == 2)
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool
time_from_rfc3339(const char *text, int64_t *time_ms)
{
    const char *at = text;
    int year, month, day, hour, minute, second;
    if (!digits(&at, 4, &year) || !literal(&at, "-") || !digits(&at, 2, &month) ||
        !literal(&at, "-") || !digits(&at, 2, &day) || !literal(&at, "Tt ") ||
        !digits(&at, 2, &hour) || !literal(&at, ":") || !digits(&at, 2, &minute) ||
        !literal(&at, ":") || !digits(&at, 2, &second))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
        minute > 59 || second > 60)
        return false;

    int64_t millis = 0;
    if (*at == '.' || *at == ',') {
        at++;
        if (!isdigit((unsigned char)*at))
            return false;
        for (int place = 100; isdigit((unsigned char)*at); at++, place /= 10)
            millis += (int64_t)(*at - '0') * place;
    }

    int offset_minutes = 0;
    if (*at == 'Z' || *at == 'z') {
        at++;
    } else {
        int sign = *at == '-' ? -1 : 1;
        int offset_hour, offset_minute;
        if (!literal(&at, "+-") || !digits(&at, 2, &offset_hour) || !literal(&at, ":") ||
            !digits(&at, 2, &offset_minute) || offset_hour > 23 || offset_minute > 59)
            return false;
        offset_minutes = sign * (offset_hour * 60 + offset_minute);
    }
    if (*at)
        return false;
    if (year <= 1) {
        *time_ms = 0;
        return true;
    }

    struct tm utc = {.tm_year = year - 1900,
                     .tm_mon = month - 1,
                     .tm_mday = day,
                     .tm_hour = hour,
                     .tm_min = minute,
                     .tm_sec = second};
    *time_ms = (int64_t)timegm(&utc) * 1000 + millis - offset_minutes * MINUTE_MS;
    return true;
}

const char *
age_text(int64_t span_ms, char out[AGE_SIZE])
{
    long long seconds = span_ms > 0 ? (long long)(span_ms / 1000) : 0;
    long long value;
    char unit;
    if (seconds < 60) {
        value = seconds / 5 * 5;
        unit = 's';
    } else if (seconds < 60 * 60) {
        value = seconds / 60;
        unit = 'm';
    } else if (seconds < 48 * 3600) {
        value = seconds / 3600;
        unit = 'h';
    } else if (seconds < 28 * 86400) {
        value = seconds / 86400;
        unit = 'd';
    } else {
        value = seconds / (7 * 86400);
        unit = 'w';
    }
    (void)snprintf(out, AGE_SIZE, "%lld%c", value, unit); /* at most 13 digits */
    return out;
}

int64_t
age_next_change_ms(int64_t since_ms, int64_t now_ms)
{
    int64_t span = now_ms - since_ms;
    if (span < 0)
        return 5 * SECOND_MS - span; /* "0s" until then */
    int64_t step = span < MINUTE_MS     ? 5 * SECOND_MS
                   : span < HOUR_MS     ? MINUTE_MS
                   : span < 2 * DAY_MS  ? HOUR_MS
                   : span < 28 * DAY_MS ? DAY_MS
                                        : 7 * DAY_MS;
    return step - span % step;
}

bool
span_from_text(const char *text, int64_t *span_ms)
{
    int64_t value = 0;
    const char *at = text;
    if (!isdigit((unsigned char)*at))
        return false;
    for (; isdigit((unsigned char)*at); at++) {
        if (value > INT64_C(100000000))
            return false;
        value = value * 10 + (*at - '0');
    }
    int64_t unit;
    switch (*at) {
    case '\0':
    case 's':
        unit = SECOND_MS;
        break;
    case 'm':
        unit = MINUTE_MS;
        break;
    case 'h':
        unit = HOUR_MS;
        break;
    case 'd':
        unit = DAY_MS;
        break;
    case 'w':
        unit = 7 * DAY_MS;
        break;
    default:
        return false;
    }
    if (*at && at[1])
        return false;
    *span_ms = value * unit;
    return true;
}
