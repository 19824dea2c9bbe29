#pragma once

/*
 * IANA time zones, read from the system's own zoneinfo files (TZif, RFC 8536), TZ footer included, so that any
 * instant has the offset the rest of the system gives it. TZ and the C library's zone are never touched.
 * libical was measured first: it adds 1.4 ms (libicu) to the start of every program and approximates transitions.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct zone;

/* Civil (wall clock) time in some zone. */
struct civil {
    int year, month, day;     /* month 1-12, day 1-31 */
    int hour, minute, second; /* hour 0-23 */
    int weekday;              /* 0 = Monday … 6 = Sunday */
};

/* "Mon" … "Sun", "Jan" … "Dec": by a civil's weekday, and its month - 1. */
extern const char *const weekday_names[7];
extern const char *const month_names[12];

/* "Monday", "mon" … as 0 … 6; -1 when it is none. */
int weekday_from_name(const char *name);

/*
 * `name` as in "Europe/London"; "UTC" needs no file. Names that leave the zoneinfo directory are refused.
 * Zones are read once, cached for the life of the program and never freed by the caller.
 */
MUST_CHECK bool zone_open(const char *name, const struct zone **zone, struct error *err);

const struct zone *zone_utc(void);

/* The system's zone: TZ when it names one, else /etc/localtime, else UTC. */
const struct zone *zone_system(void);

const char *zone_name(const struct zone *zone);

int zone_offset_seconds(const struct zone *zone, int64_t time_ms);
/* Abbreviation in force ("CET"); lives as long as the program. */
const char *zone_abbreviation(const struct zone *zone, int64_t time_ms);

struct civil zone_to_civil(const struct zone *zone, int64_t time_ms);

/*
 * The instant of a wall-clock time. A time that does not exist (clocks go forward) gives the first instant after the
 * gap; one that occurs twice gives the earlier (incident-io-api 10.2). Fields may be out of range (day 32, month 13,
 * hour 24): they carry over, so "the same time seven days later" is day + 7.
 */
int64_t zone_from_civil(const struct zone *zone, struct civil civil);

/* Start of the local day that holds time_ms, and of the day `days` later (23, 24 or 25 hours apart). */
int64_t zone_day_start(const struct zone *zone, int64_t time_ms);
int64_t zone_add_days(const struct zone *zone, int64_t time_ms, int days);

/* Local days as numbers, counted from 1970-01-01, and where such a day begins: a date without a place. */
int zone_day_number(const struct zone *zone, int64_t time_ms);
int64_t zone_day_at(const struct zone *zone, int number);

/* Where the clocks go back a stretch of wall time comes twice: 'a' the first time, 'b' the second; else '\0'. */
char zone_repeat(const struct zone *zone, int64_t time_ms);

/* The first clock change after time_ms, or INT64_MAX. */
int64_t zone_next_transition_ms(const struct zone *zone, int64_t time_ms);
