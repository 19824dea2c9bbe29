#pragma once

/* When an incident's next update is due: so long after the last one as the profile says for its severity (update_every). */

#include <stdbool.h>
#include <stdint.h>

enum { UPDATE_SEVERITIES = 4 };

/* All zero = no update is ever due. */
struct update_spans {
    int64_t span_ms[UPDATE_SEVERITIES]; /* of S1 and so on; 0 = none is due */
};

/* "1=30m": severity 1 to 4 and a span above 0; false for anything else. */
bool update_span_from_text(const char *text, int *digit, int64_t *span_ms);

/*
 * 0 = none is due: it is not live (in triage, paused, over), a test or written up afterwards, or its severity has no span.
 * last_update_at 0 = nothing was told yet: it counts from its beginning.
 */
int64_t update_due_at(const struct update_spans *spans, const char *mode,
                      const char *status_category, int64_t severity_digit, int64_t last_update_at,
                      int64_t created_at);
