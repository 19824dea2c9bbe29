#include "remote/rate.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { LIMIT_MAX = 10000000 }; /* a larger number in a header is nonsense */

static int64_t
read_number(const char **at)
{
    int64_t value = 0;
    while (**at == ' ')
        (*at)++;
    for (; isdigit((unsigned char)**at); (*at)++)
        if (value <= LIMIT_MAX)
            value = value * 10 + (**at - '0');
    return value > LIMIT_MAX ? LIMIT_MAX : value;
}

void
rate_parse_limit(const char *text, struct rate_headers *headers)
{
    const char *at = text;
    headers->limit = read_number(&at);
    headers->window_ms = 0;
    while ((at = strchr(at, ','))) {
        at++;
        int64_t limit = read_number(&at);
        while (*at == ' ')
            at++;
        if (limit != headers->limit || strncmp(at, ";window=", 8) != 0)
            continue;
        at += 8;
        headers->window_ms = read_number(&at) * SECOND_MS;
        return;
    }
}

static double
share(const struct rate *rate)
{
    double tokens = rate->limit * rate->budget;
    return tokens < 1 ? 1 : tokens;
}

static void
refill(struct rate *rate, int64_t now_ms)
{
    double elapsed = (double)(now_ms - rate->refilled_at_ms);
    rate->refilled_at_ms = now_ms;
    rate->tokens += elapsed * share(rate) / rate->window_ms;
    if (rate->tokens > share(rate))
        rate->tokens = share(rate);
}

void
rate_init(struct rate *rate, double limit_per_minute, double budget, int64_t now_ms)
{
    *rate = (struct rate){.limit = limit_per_minute,
                          .window_ms = (double)MINUTE_MS,
                          .budget = budget > 0 && budget <= 1 ? budget : 1,
                          .refilled_at_ms = now_ms};
    rate->tokens = share(rate);
}

int64_t
rate_wait_ms(struct rate *rate, bool of_user, int64_t now_ms)
{
    refill(rate, now_ms);
    if (now_ms < rate->blocked_until_ms)
        return rate->blocked_until_ms - now_ms;
    double floor = of_user ? share(rate) - rate->limit : 0;
    if (rate->tokens >= floor + 1)
        return 0;
    return (int64_t)((floor + 1 - rate->tokens) * rate->window_ms / share(rate)) + 1;
}

void
rate_take(struct rate *rate, int64_t now_ms)
{
    refill(rate, now_ms);
    rate->tokens -= 1;
}

void
rate_learn(struct rate *rate, const struct rate_headers *headers, int64_t now_ms)
{
    refill(rate, now_ms);
    if (headers->limit > 0) {
        double window_ms = headers->window_ms > 0 ? (double)headers->window_ms : (double)MINUTE_MS;
        double limit = (double)headers->limit;
        if (limit != rate->limit || window_ms != rate->window_ms) {
            double spent = share(rate) - rate->tokens;
            rate->limit = limit;
            rate->window_ms = window_ms;
            rate->tokens = share(rate) - spent;
        }
    }
    /* Others spend from the same quota: what they left us is the truth, and the rest of it stays theirs. */
    if (headers->remaining >= 0) {
        double ours = (double)headers->remaining - (rate->limit - share(rate));
        if (rate->tokens > ours)
            rate->tokens = ours;
    }
    double least = share(rate) - rate->limit;
    if (rate->tokens < least)
        rate->tokens = least;
}

void
rate_block(struct rate *rate, int64_t until_ms)
{
    if (until_ms > rate->blocked_until_ms)
        rate->blocked_until_ms = until_ms;
}

int
rate_used_permille(struct rate *rate, int64_t now_ms)
{
    refill(rate, now_ms);
    return (int)((share(rate) - rate->tokens) * 1000 / rate->limit);
}
