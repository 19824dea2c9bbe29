#include "store/window.h"

#define PER_SEVERITY_MAX 20 /* as the statement says */
#define SEVERITIES_MAX 4

#define FIELD_OWNER struct firing_alert
static const struct field firing_alert_rows[] = {FIRING_ALERT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table firing_alert_table = FIELD_TABLE(firing_alert, SIZE_MAX);

bool
window_firing(struct store *store, int digit_max, int64_t since_ms, struct arena *arena,
              const struct firing_alert **alerts, size_t *alerts_len, struct error *err)
{
    struct firing_alert *items =
        arena_new_array(arena, PER_SEVERITY_MAX * SEVERITIES_MAX, struct firing_alert);
    size_t len = 0;
    *alerts = items;
    *alerts_len = 0;
    for (int digit = 1; digit <= digit_max && digit <= SEVERITIES_MAX; digit++) {
        struct statement *statement;
        bool row = true;
        if (!store_statement(store, SQL_FIRING_ALERTS, &statement, err))
            return false;
        bind_integer(statement, "digit", digit);
        bind_integer(statement, "since", since_ms);
        while (row) {
            if (!statement_step(statement, &row, err))
                return false;
            if (row)
                row_read(statement, &firing_alert_table, arena, &items[len++]);
        }
    }
    *alerts_len = len;
    return true;
}
