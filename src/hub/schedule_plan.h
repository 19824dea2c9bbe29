#pragma once

/* A checked schedule configuration in numbers: what schedule_plan.c makes and schedules.c walks. Private to the two. */

#include "base/zone.h"
#include "hub/schedule_config.h"

struct plan_step {
    int64_t hours; /* elapsed; 0 = a wall-clock step of `days` */
    int days;
};

struct plan_interval {
    int weekday;                  /* 0 = Monday */
    int start_minute, end_minute; /* of the local day; 1440 = its end */
};

/* One version of a rotation. */
struct plan_version {
    const char *rotation_id;
    int64_t from_ms, to_ms; /* INT64_MIN, INT64_MAX where open */
    int64_t anchor_ms;
    const struct plan_step *steps; /* at least one */
    size_t steps_len;
    int64_t cycle_ms; /* all steps together while the zone's offset stays */
    bool hands_over;  /* false: the same users for good, in shifts of a week */
    const struct user_embedded *users;
    size_t users_len;
    const struct schedule_layer *layers; /* at least one */
    size_t layers_len;
    const struct plan_interval *intervals; /* by start; none = always */
    size_t intervals_len;
};

struct schedule_plan {
    const char *schedule_id;
    const struct zone *zone;
    const struct plan_version
        *versions; /* versions of one rotation together and in order of time */
    size_t versions_len;
};
