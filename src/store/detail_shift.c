#include "store/detail.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/zone.h"
#include "store/cover.h"
#include "store/shift.h"

#define FIELD_OWNER struct shift_facts
static const struct field shift_facts_rows[] = {SHIFT_FACTS_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table shift_facts_table = FIELD_TABLE(shift_facts, SIZE_MAX);

/* The true length, and that a clock change makes it differ from what the wall says. */
const char *
detail_length(struct arena *arena, const char *zone_name, int64_t start_at, int64_t end_at)
{
    const char *length = lasted_text(arena, end_at - start_at);
    const struct zone *zone;
    struct error unknown; /* a zone this machine does not have: then nothing is said about it */
    if (!zone_open(zone_name, &zone, &unknown))
        return length;
    int change = zone_offset_seconds(zone, end_at) - zone_offset_seconds(zone, start_at);
    if (!change)
        return length;
    return arena_printf(arena, "%s, the clocks go %s %s meanwhile", length,
                        change > 0 ? "forward" : "back",
                        lasted_text(arena, (change > 0 ? change : -change) * SECOND_MS));
}

static const char *
cover_text(const struct shift_facts *shift, struct arena *arena)
{
    bool own = text_equals(shift->instead_of, shift->person);
    if (!*shift->instead_of || own)
        return "an extra shift";
    return arena_printf(arena, "covers %s", shift->instead_of);
}

static void
add_facts(const struct shift_facts *shift, struct detail *detail)
{
    struct arena *arena = &detail->arena;
    detail_add(detail, (struct detail_fact){.label = "on call",
                                            .text = *shift->person ? shift->person : "nobody",
                                            .tone = *shift->person ? TONE_PERSON : TONE_PROBLEM});
    if (shift->is_override)
        detail_add(detail, (struct detail_fact){.label = "override",
                                                .text = cover_text(shift, arena),
                                                .tone = TONE_OVERRIDE});
    detail_add(detail, (struct detail_fact){.label = "from", .at = shift->start_at});
    detail_add(detail, (struct detail_fact){.label = "until", .at = shift->end_at});
    detail_add(detail, (struct detail_fact){.label = "length",
                                            .text = detail_length(arena, shift->zone,
                                                                  shift->start_at, shift->end_at)});
    if (*shift->before)
        detail_add(detail,
                   (struct detail_fact){.label = "takes over from",
                                        .text = shift->before,
                                        .at = shift->before_until,
                                        .ref = arena_printf(arena, "shift/%s", shift->before_id)});
    if (*shift->after)
        detail_add(detail,
                   (struct detail_fact){.label = "hands over to",
                                        .text = shift->after,
                                        .at = shift->after_from,
                                        .ref = arena_printf(arena, "shift/%s", shift->after_id)});
    detail_section(detail, "Schedule");
    detail_add(detail, (struct detail_fact){
                           .label = "schedule", .text = shift->schedule, .link = shift->permalink});
    detail_add(detail, (struct detail_fact){.label = "rotation", .text = shift->rotation});
    detail_add(detail, (struct detail_fact){.label = "layer", .text = shift->layer});
    detail_add(detail, (struct detail_fact){.label = "zone", .text = shift->zone});
    detail_add(detail, (struct detail_fact){.label = "e-mail", .text = shift->email});
    if (shift->is_override)
        detail_add(detail, (struct detail_fact){.label = "override made", .at = shift->made_at});
}

bool
shift_facts_read(struct store *store, const char *id, struct arena *arena,
                 struct shift_facts *shift, bool *found, struct error *err)
{
    return detail_row(store, SQL_DETAIL_SHIFT, id, &shift_facts_table, arena, shift, found, err);
}

static bool
add_wanted(struct store *store, const struct shift_facts *shift, struct detail *detail,
           struct error *err)
{
    const struct asked_cover *covers;
    size_t len;
    if (!cover_list(store, clock_now_ms(), &detail->arena, &covers, &len, err))
        return false;
    detail_section(detail, "Cover");
    for (size_t i = 0; i < len; i++) {
        const struct asked_cover *cover = &covers[i];
        if (!text_equals(cover->schedule_id, shift->schedule_id) ||
            !text_equals(cover->rotation_id, shift->rotation_id) ||
            !text_equals(cover->layer_id, shift->layer_id) ||
            !text_equals(cover->user_id, shift->user_id) || cover->start_at >= shift->end_at ||
            cover->end_at <= shift->start_at)
            continue;
        detail_add(detail, (struct detail_fact){.label = "cover wanted by",
                                                .text = cover->user_name,
                                                .tone = TONE_PERSON});
        detail_add(detail, (struct detail_fact){.label = "from", .at = cover->start_at});
        detail_add(detail, (struct detail_fact){.label = "until", .at = cover->end_at});
    }
    return true;
}

bool
detail_shift(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct arena *arena = &detail->arena;
    struct shift_facts shift;
    bool found;
    detail_begin(detail);
    if (strncmp(id, "gap/", 4) == 0 || strncmp(id, "2x/", 3) == 0 || strncmp(id, "nobody/", 7) == 0)
        return detail_problem(store, id, detail, err);
    if (!shift_facts_read(store, id, arena, &shift, &found, err))
        return false;
    if (!found)
        return true;
    detail->id = detail->name = shift.id;
    detail->ref = arena_printf(arena, "shift/%s", shift.id);
    detail->zone = shift.zone;
    detail->title = shift.is_override
                        ? arena_printf(arena, "%s %s for %s", shift.person,
                                       cover_text(&shift, arena), shift.schedule)
                        : arena_printf(arena, "%s on call for %s",
                                       *shift.person ? shift.person : "Nobody", shift.schedule);
    add_facts(&shift, detail);
    return add_wanted(store, &shift, detail, err);
}
