#include "store/detail.h"

/* "8 h 30 min": the true length, which a clock change makes longer or shorter than the wall says. */
static const char *
length_text(struct arena *arena, int64_t span_ms)
{
    int64_t minutes = span_ms / MINUTE_MS;
    int days = (int)(minutes / (24 * 60)), hours = (int)(minutes / 60 % 24),
        rest = (int)(minutes % 60);
    if (days)
        return arena_printf(arena, "%d d %d h", days, hours);
    return rest ? arena_printf(arena, "%d h %d min", hours, rest)
                : arena_printf(arena, "%d h", hours);
}

bool
detail_shift(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct statement *statement;
    struct arena *arena = &detail->arena;
    bool row;
    detail->id = detail->title = "";
    if (!store_statement(store, SQL_SHIFT_DETAIL, &statement, err))
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, &row, err))
        return false;
    if (!row)
        return true;

    struct detail_fact *facts = arena_new_array(arena, DETAIL_FACTS_MAX, struct detail_fact);
    detail->facts = facts;
    detail->id = row_text(statement, arena, 0);
    const char *person = row_text(statement, arena, 3);
    const char *schedule = row_text(statement, arena, 1);
    int64_t start_at = row_integer(statement, 5), end_at = row_integer(statement, 6);
    const char *rotation = row_text(statement, arena, 8);
    const char *instead_of = row_text(statement, arena, 10);
    detail->title = arena_printf(arena, "%s on call for %s", *person ? person : "Nobody", schedule);
    detail_add_fact(detail, facts, "from", "", start_at);
    detail_add_fact(detail, facts, "until", "", end_at);
    detail_add_fact(detail, facts, "length", length_text(arena, end_at - start_at), 0);
    if (row_integer(statement, 9))
        detail_add_fact(
            detail, facts, "override",
            *instead_of ? arena_printf(arena, "in place of %s", instead_of) : "an extra shift", 0);
    detail_add_fact(detail, facts, "layer", row_text(statement, arena, 7), 0);
    detail_add_fact(detail, facts, "rotation", rotation, 0);
    detail_add_fact(detail, facts, "zone", row_text(statement, arena, 2), 0);
    detail_add_fact(detail, facts, "e-mail", row_text(statement, arena, 4), 0);
    statement_reset(statement);
    return true;
}
