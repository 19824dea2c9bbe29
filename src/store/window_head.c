/* What the timeline's head tells beside the incident itself, and the incidents that somebody leads. */

#include "base/str.h"
#include "store/window.h"
#include "store/window_rows.h"

enum { FACTS_MAX = 20, LED_MAX = 50 }; /* as the statements say */

#define FIELD_OWNER struct timeline_fact
static const struct field timeline_fact_rows[] = {TIMELINE_FACT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table timeline_fact_table = FIELD_TABLE(timeline_fact, SIZE_MAX);

#define FIELD_OWNER struct timeline_mended
static const struct field timeline_mended_rows[] = {TIMELINE_MENDED_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table timeline_mended_table = FIELD_TABLE(timeline_mended, SIZE_MAX);

#define FIELD_OWNER struct led_incident
static const struct field led_incident_rows[] = {LED_INCIDENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table led_incident_table = FIELD_TABLE(led_incident, SIZE_MAX);

bool
window_timeline_head(struct store *store, bool has_pulls, struct arena *arena,
                     struct timeline_window *window, struct error *err)
{
    struct statement *statement;
    struct timeline_fact *facts;
    bool row;
    if (!store_statement(store, SQL_TIMELINE_HEAD, &statement, err))
        return false;
    bind_text(statement, "incident_id", window->incident.id);
    if (!statement_read_all(statement, &timeline_fact_table, arena, FACTS_MAX, &facts,
                            &window->facts_len, err))
        return false;
    window->facts = facts;

    if (!has_pulls || !text_equals(window->incident.status_category, "live"))
        return true;
    if (!store_statement(store, SQL_TIMELINE_MENDED, &statement, err))
        return false;
    bind_text(statement, "incident_id", window->incident.id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        row_read(statement, &timeline_mended_table, arena, &window->mended);
    statement_reset(statement);
    return true;
}

bool
window_led(struct store *store, const char *email, struct arena *arena,
           const struct led_incident **incidents, size_t *incidents_len, struct error *err)
{
    struct statement *statement;
    struct led_incident *items;
    *incidents = NULL;
    *incidents_len = 0;
    if (!store_statement(store, SQL_INCIDENT_LED, &statement, err))
        return false;
    bind_text(statement, "email", email);
    if (!statement_read_all(statement, &led_incident_table, arena, LED_MAX, &items, incidents_len,
                            err))
        return false;
    *incidents = items;
    return true;
}
