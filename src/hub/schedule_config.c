#include "hub/schedule_config.h"

#define FIELD_OWNER struct schedule_handover
static const struct field schedule_handover_rows[] = {SCHEDULE_HANDOVER_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct schedule_layer
static const struct field schedule_layer_rows[] = {SCHEDULE_LAYER_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct schedule_working_interval
static const struct field schedule_working_interval_rows[] = {
    SCHEDULE_WORKING_INTERVAL_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct schedule_rotation
static const struct field schedule_rotation_rows[] = {SCHEDULE_ROTATION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct schedule_config
static const struct field schedule_config_rows[] = {SCHEDULE_CONFIG_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define X(name, FIELDS) const struct field_table name##_table = FIELD_TABLE(name, SIZE_MAX);
SCHEDULE_CONFIG_OBJECTS(X)
#undef X
