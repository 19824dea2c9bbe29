#pragma once

/* What a sender of alerts says (facts 5.1): the body that the hub takes in, and a line of `tocsin alert send`. */

#include "model/field.h"

#define ALERT_EVENT_FIELDS(X)                                                                      \
    X(TEXT, title, "title", FIELD_REQUIRED, _)                                                     \
    X(TEXT, status, "status", FIELD_REQUIRED, _)                                                   \
    X(TEXT, description, "description", 0, _)                                                      \
    X(TEXT, deduplication_key, "deduplication_key", 0, _)                                          \
    X(TEXT, source_url, "source_url", 0, _)                                                        \
    X(OBJECT, metadata, "metadata", 0, _)
