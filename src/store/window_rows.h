#pragma once

/* The rows of panes that are no kind's, as their filters see them. */

#include "model/field.h"

#define ROTA_SHIFT_FIELDS(X)                                                                       \
    X(TEXT, schedule_name, "", FIELD_COLUMN | FIELD_SEARCH, _)                                     \
    X(TEXT, rotation_name, "", FIELD_COLUMN | FIELD_SEARCH, _)                                     \
    X(TEXT, layer_name, "", FIELD_COLUMN | FIELD_SEARCH, _)                                        \
    X(TEXT, user_id, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, user_name, "", FIELD_COLUMN | FIELD_SEARCH, _)                                         \
    X(TEXT, user_email, "", FIELD_COLUMN | FIELD_SEARCH, _)                                        \
    X(TIME, start_at, "", FIELD_COLUMN, _)                                                         \
    X(TIME, end_at, "", FIELD_COLUMN, _)

struct rota_shift {
    ROTA_SHIFT_FIELDS(FIELD_DECLARE)
};

extern const struct field_table rota_shift_table;
extern const struct field_table timeline_event_table;
extern const struct field_table search_row_table;
