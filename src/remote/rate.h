#pragma once

/*
 * Rate budget: a token bucket per quota of the server, corrected by what its answers say (facts 2). Pure arithmetic on
 * the monotonic clock, so that it can be tested without waiting. Of the whole quota only the share `budget` is spent on
 * polling; what the user asked for may use the rest too.
 */

#include <stdbool.h>
#include <stdint.h>

struct rate_headers {
    int64_t limit;     /* requests per window of the binding quota; 0 = not given */
    int64_t window_ms; /* 0 = not given: a minute */
    int64_t remaining; /* -1 = not given */
};

/* X-RateLimit-Limit: "60, 1200;window=60, 60;window=60": the binding quota first, then each with its window. */
void rate_parse_limit(const char *text, struct rate_headers *headers);

struct rate {
    double limit; /* requests per window */
    double window_ms;
    double budget; /* share that polling may use */
    double tokens; /* of the share; down to -(limit - share) for the user's own requests */
    int64_t refilled_at_ms;
    int64_t blocked_until_ms; /* after a 429 */
};

void rate_init(struct rate *rate, double limit_per_minute, double budget, int64_t now_ms);

/* How long until a request may go out; 0 = now. */
int64_t rate_wait_ms(struct rate *rate, bool of_user, int64_t now_ms);
void rate_take(struct rate *rate, int64_t now_ms);

void rate_learn(struct rate *rate, const struct rate_headers *headers, int64_t now_ms);
void rate_block(struct rate *rate, int64_t until_ms);

/* Share of the server's whole quota that is spent just now, in thousandths. */
int rate_used_permille(struct rate *rate, int64_t now_ms);
