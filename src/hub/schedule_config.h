#pragma once

/*
 * The `config` object of a schedule (incident-io-api 10.2), which the cache keeps as JSON: only who computes entries needs
 * its parts. Field tables as everywhere, so wire_read_fields and wire_write_object work on them.
 */

#include "model/model.h"

/* Limits of what is computed: far above any real rota, low enough that no configuration can keep the hub busy. */
enum {
    SCHEDULE_ROTATIONS_MAX = 100, /* versions counted one by one */
    SCHEDULE_USERS_MAX = 500,     /* of a rotation */
    SCHEDULE_LAYERS_MAX = 20,
    SCHEDULE_HANDOVERS_MAX = 64,
    SCHEDULE_WORKING_INTERVALS_MAX = 70,
    SCHEDULE_HOURS_MAX = 366 * 24, /* interval of a handover */
    SCHEDULE_DAYS_MAX = 366,
    SCHEDULE_WEEKS_MAX = 53,
};

#define SCHEDULE_HANDOVER_FIELDS(X)                                                                \
    X(INTEGER, interval, "interval", FIELD_REQUIRED, _)                                            \
    X(TEXT, interval_type, "interval_type", FIELD_REQUIRED, _) /* hourly, daily, weekly */

#define SCHEDULE_LAYER_FIELDS(X)                                                                   \
    X(TEXT, id, "id", FIELD_REQUIRED, _)                                                           \
    X(TEXT, name, "name", FIELD_REQUIRED, _)

#define SCHEDULE_WORKING_INTERVAL_FIELDS(X)                                                        \
    X(TEXT, weekday, "weekday", FIELD_REQUIRED, _)       /* monday … sunday */                   \
    X(TEXT, start_time, "start_time", FIELD_REQUIRED, _) /* "09:00", local */                      \
    X(TEXT, end_time, "end_time", FIELD_REQUIRED, _)     /* "17:30", "24:00" */

/* One version of a rotation. working_interval is the deprecated spelling, read where the other is empty. */
#define SCHEDULE_ROTATION_FIELDS(X)                                                                \
    X(TEXT, id, "id", FIELD_REQUIRED, _)                                                           \
    X(TEXT, name, "name", FIELD_REQUIRED, _)                                                       \
    X(TIME, effective_from, "effective_from", 0, _)                                                \
    X(TIME, handover_start_at, "handover_start_at", FIELD_REQUIRED, _)                             \
    X(LIST, handovers, "handovers", FIELD_REQUIRED, schedule_handover)                             \
    X(LIST, layers, "layers", FIELD_REQUIRED, schedule_layer)                                      \
    X(TEXT, scheduling_mode, "scheduling_mode", 0, _) /* fair, sequential */                       \
    X(LIST, users, "users", FIELD_REQUIRED, user_embedded)                                         \
    X(LIST, working_intervals, "working_intervals", FIELD_REQUIRED, schedule_working_interval)     \
    X(LIST, working_interval, "working_interval", 0, schedule_working_interval)

#define SCHEDULE_CONFIG_FIELDS(X) X(LIST, rotations, "rotations", FIELD_REQUIRED, schedule_rotation)

#define SCHEDULE_CONFIG_OBJECTS(X)                                                                 \
    X(schedule_handover, SCHEDULE_HANDOVER_FIELDS)                                                 \
    X(schedule_layer, SCHEDULE_LAYER_FIELDS)                                                       \
    X(schedule_working_interval, SCHEDULE_WORKING_INTERVAL_FIELDS)                                 \
    X(schedule_rotation, SCHEDULE_ROTATION_FIELDS)                                                 \
    X(schedule_config, SCHEDULE_CONFIG_FIELDS)

#define X(name, FIELDS)                                                                            \
    struct name {                                                                                  \
        FIELDS(FIELD_DECLARE)                                                                      \
    };                                                                                             \
    extern const struct field_table name##_table;
SCHEDULE_CONFIG_OBJECTS(X)
#undef X
