#include "store/window.h"
#include "store/window_rows.h"

#include <string.h>

#include "base/str.h"

/* A rota of more schedules than this is not read by anybody. */
#define SCHEDULES_MAX 20

#define FIELD_OWNER struct rota_lane
static const struct field rota_lane_rows[] = {ROTA_LANE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table rota_lane_table = FIELD_TABLE(rota_lane, SIZE_MAX);

#define FIELD_OWNER struct rota_mine
static const struct field rota_mine_rows[] = {ROTA_MINE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table rota_mine_table = FIELD_TABLE(rota_mine, SIZE_MAX);

static bool
is_followed(const char *const *names, const char *name)
{
    if (!names || !*names)
        return true;
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static bool
read_shifts(struct store *store, const char *schedule_id, const char *list,
            const struct rota_window *window, struct arena *arena,
            const struct schedule_entry **entries, size_t *entries_len, struct error *err)
{
    struct statement *statement;
    struct schedule_entry *read = NULL;
    if (!store_statement(store, SQL_ROTA_SHIFTS, &statement, err))
        return false;
    bind_text(statement, "schedule_id", schedule_id);
    bind_text(statement, "list", list);
    bind_integer(statement, "from_ms", window->from_ms);
    bind_integer(statement, "to_ms", window->to_ms);
    if (!statement_read_all(statement, &schedule_entry_table, arena, 0, &read, entries_len, err))
        return false;
    *entries = read;
    return true;
}

static void
add_lane(struct rota_lane *lanes, size_t *len, struct rota_lane lane)
{
    for (size_t i = 0; i < *len; i++)
        if (text_equals(lanes[i].rotation_id, lane.rotation_id) &&
            text_equals(lanes[i].layer_id, lane.layer_id))
            return;
    lanes[(*len)++] = lane;
}

/* The configuration's lanes, each once over all versions, then those that only shifts know. */
static bool
read_lanes(struct store *store, struct rota_schedule *schedule, struct arena *arena,
           struct error *err)
{
    struct statement *statement;
    struct rota_lane *read = NULL;
    size_t read_len = 0;
    if (!store_statement(store, SQL_ROTA_LANES, &statement, err))
        return false;
    bind_text(statement, "schedule_id", schedule->id);
    if (!statement_read_all(statement, &rota_lane_table, arena, 0, &read, &read_len, err))
        return false;

    size_t lanes_len = 0;
    struct rota_lane *lanes =
        arena_new_array(arena, read_len + schedule->shifts.final_len, struct rota_lane);
    for (size_t i = 0; i < read_len; i++)
        add_lane(lanes, &lanes_len, read[i]);
    for (size_t i = 0; i < schedule->shifts.final_len; i++) {
        const struct schedule_entry *entry = &schedule->shifts.final[i];
        add_lane(lanes, &lanes_len,
                 (struct rota_lane){entry->rotation_id, "", entry->layer_id, ""});
    }
    schedule->lanes = lanes;
    schedule->lanes_len = lanes_len;
    return true;
}

/* ---- filters ---- */

#define FIELD_OWNER struct rota_shift
static const struct field rota_shift_rows[] = {ROTA_SHIFT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
const struct field_table rota_shift_table = FIELD_TABLE(rota_shift, SIZE_MAX);

bool
rota_shift_matches(const struct filter *filter, const struct rota_schedule *schedule,
                   const struct schedule_entry *shift)
{
    struct rota_shift row = {.schedule_name = schedule->name,
                             .user_id = shift->user_id,
                             .user_name = shift->user_name,
                             .user_email = shift->user_email,
                             .start_at = shift->start_at,
                             .end_at = shift->end_at};
    for (size_t i = 0; i < schedule->lanes_len; i++) {
        const struct rota_lane *lane = &schedule->lanes[i];
        if (!text_equals(lane->rotation_id, shift->rotation_id))
            continue;
        row.rotation_name = lane->rotation_name;
        if (text_equals(lane->layer_id, shift->layer_id))
            row.layer_name = lane->layer_name;
    }
    return filter_matches(filter, &rota_shift_table, &row);
}

static bool
any_matches(const struct filter *filter, const struct rota_schedule *schedule)
{
    for (size_t i = 0; i < schedule->shifts.final_len; i++)
        if (rota_shift_matches(filter, schedule, &schedule->shifts.final[i]))
            return true;
    return !filter;
}

bool
window_rota(struct store *store, const char *const *schedules, const struct filter *filter,
            int64_t from_ms, int64_t to_ms, struct arena *arena, struct rota_window *window,
            struct error *err)
{
    struct statement *statement;
    struct schedule *known = NULL;
    size_t known_len = 0;
    struct rota_schedule *followed = arena_new_array(arena, SCHEDULES_MAX, struct rota_schedule);
    *window = (struct rota_window){.schedules = followed, .from_ms = from_ms, .to_ms = to_ms};

    if (!store_statement(store, SQL_ROTA_SCHEDULES, &statement, err) ||
        !statement_read_all(statement, &schedule_table, arena, 0, &known, &known_len, err))
        return false;
    for (size_t i = 0; i < known_len && window->schedules_len < SCHEDULES_MAX; i++) {
        if (!is_followed(schedules, known[i].name))
            continue;
        struct rota_schedule *schedule = &followed[window->schedules_len++];
        struct oncall_shifts *shifts = &schedule->shifts;
        schedule->id = known[i].id;
        schedule->name = known[i].name;
        schedule->timezone = known[i].timezone;
        if (!read_shifts(store, schedule->id, "final", window, arena, &shifts->final,
                         &shifts->final_len, err) ||
            !read_shifts(store, schedule->id, "scheduled", window, arena, &shifts->scheduled,
                         &shifts->scheduled_len, err) ||
            !read_shifts(store, schedule->id, "overrides", window, arena, &shifts->overrides,
                         &shifts->overrides_len, err) ||
            !read_lanes(store, schedule, arena, err))
            return false;
        if (!any_matches(filter, schedule)) {
            *schedule = (struct rota_schedule){0};
            window->schedules_len--;
        }
    }
    return true;
}

/* Entries end where the rota was edited or its window was cut: what follows on is one shift. */
static size_t
join_mine(struct rota_mine *mine, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        bool goes_on = false;
        for (size_t j = kept; j-- > 0 && !goes_on;)
            if (text_equals(mine[j].schedule_id, mine[i].schedule_id) &&
                text_equals(mine[j].rotation_id, mine[i].rotation_id) &&
                text_equals(mine[j].layer_id, mine[i].layer_id) &&
                mine[i].start_at <= mine[j].end_at + ONCALL_TOLERANCE_MS) {
                goes_on = true;
                if (mine[i].end_at > mine[j].end_at)
                    mine[j].end_at = mine[i].end_at;
            }
        if (!goes_on)
            mine[kept++] = mine[i];
    }
    return kept;
}

bool
window_rota_mine(struct store *store, const char *email, int64_t now_ms, struct arena *arena,
                 struct rota_window *window, struct error *err)
{
    struct statement *statement;
    struct rota_mine *mine = NULL;
    size_t len = 0;
    if (!store_statement(store, SQL_ROTA_MINE, &statement, err))
        return false;
    bind_text(statement, "email", email);
    bind_integer(statement, "now", now_ms);
    if (!statement_read_all(statement, &rota_mine_table, arena, 0, &mine, &len, err))
        return false;
    window->mine = mine;
    window->mine_len = join_mine(mine, len);
    return true;
}
