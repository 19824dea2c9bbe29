#pragma once

/*
 * Time. Instants are UTC milliseconds since 1970 in int64_t everywhere; 0 means "absent".
 * --now T freezes the wall clock for a whole program (clock_freeze); intervals use the monotonic clock and never freeze.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECOND_MS ((int64_t)1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

int64_t clock_now_ms(void);
int64_t clock_monotonic_ms(void);
int64_t clock_boot_ms(void); /* since the machine started, sleep included */
void clock_freeze(int64_t now_ms);
bool clock_is_frozen(void);

/*
 * By how much the wall clock was set since the last call with this watch; 0 when it went as it should, within seconds, and
 * at the first call. A machine that slept had its clock set by nobody. Who waits for a moment moves it by as much, so that a clock that jumps makes nothing due.
 */
#define CLOCK_SLEWED_MAX_MS (5 * SECOND_MS)
struct clock_watch {
    int64_t wall_ms, boot_ms;
};
int64_t clock_was_set_by_ms(struct clock_watch *watch);

/* "2026-03-23T03:12:00.123Z"; whole seconds are written without a fraction. */
#define RFC3339_SIZE 32
const char *time_to_rfc3339(int64_t time_ms, char out[RFC3339_SIZE]);

/*
 * RFC 3339 with any number of decimals (cut to milliseconds) and `Z` or an offset. False when it is not one.
 * Year 1 ("0001-01-01T00:00:00Z", what Go programs and dbt mean by "unset") gives 0.
 */
bool time_from_rfc3339(const char *text, int64_t *time_ms);

/*
 * Ages and spans as the console shows them: "6s" in steps of 5 s below a minute, then "4m", "2h", "3d", "5w".
 * Negative spans are shown as "0s".
 */
#define AGE_SIZE 16
const char *age_text(int64_t span_ms, char out[AGE_SIZE]);

/* How long from now_ms until age_text(now_ms - since_ms) reads differently. */
int64_t age_next_change_ms(int64_t since_ms, int64_t now_ms);

/* "90s", "10m", "4h", "30d", "2w" (a bare number is seconds) to milliseconds. False when it is none of these. */
bool span_from_text(const char *text, int64_t *span_ms);
