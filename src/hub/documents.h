#pragma once

/* Objects that are served in another form than they are stored in. */

#include "hub/exchange.h"

/* id, name, enabled: what the lists of routes give. */
const char *render_alert_route_slim(struct exchange *exchange, const char *json);
/* The older shape, from the v3 object (facts 7). */
const char *render_alert_route_v2(struct exchange *exchange, const char *json);

/* GET /v1/postmortem_documents/{id}/content: Markdown of the documents that are kept here, not elsewhere. */
void answer_postmortem_content(struct exchange *exchange);
