#include "model/update_due.h"

#include "base/clock.h"
#include "base/str.h"

bool
update_span_from_text(const char *text, int *digit, int64_t *span_ms)
{
    if (text[0] < '1' || text[0] > '0' + UPDATE_SEVERITIES || text[1] != '=')
        return false;
    *digit = text[0] - '0';
    return span_from_text(text + 2, span_ms) && *span_ms > 0;
}

int64_t
update_due_at(const struct update_spans *spans, const char *mode, const char *status_category,
              int64_t severity_digit, int64_t last_update_at, int64_t created_at)
{
    if (!text_equals(status_category, "live") ||
        !(*mode == '\0' || text_equals(mode, "standard")) || severity_digit < 1 ||
        severity_digit > UPDATE_SEVERITIES)
        return 0;
    int64_t span_ms = spans->span_ms[severity_digit - 1];
    return span_ms ? (last_update_at ? last_update_at : created_at) + span_ms : 0;
}
