#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "ui/rota.h"

/* ---- people ---- */

#define COLOURS (ROLE_PERSON_6 - ROLE_PERSON_1 + 1)

static void
add_people(struct rota *rota, const struct schedule_entry *entries, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool known = !oncall_has_user(&entries[i]) || rota->people_len == ROTA_PEOPLE_MAX;
        for (size_t j = 0; !known && j < rota->people_len; j++)
            known = text_equals(rota->people[j].id, entries[i].user_id);
        if (!known)
            rota->people[rota->people_len++] =
                (struct rota_person){entries[i].user_id, entries[i].user_name, ROLE_PERSON_1};
    }
}

static int
compare_people(const void *a, const void *b)
{
    const struct rota_person *x = a, *y = b;
    return strcmp(x->id, y->id);
}

/* FNV-1a: which colour somebody gets must depend on nothing but the id. */
static size_t
colour_of(const char *id)
{
    uint32_t hash = 2166136261U;
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * 16777619U;
    return hash % COLOURS;
}

/* The colour the id asks for, or the next that nobody has yet: few people, all of them apart. */
static void
give_colours(struct rota *rota)
{
    int taken[COLOURS] = {0};
    for (size_t i = 0; i < rota->people_len; i++) {
        size_t wish = colour_of(rota->people[i].id), colour = wish;
        for (size_t step = 0; step < COLOURS; step++) {
            size_t next = (wish + step) % COLOURS;
            if (taken[next] < taken[colour])
                colour = next;
        }
        taken[colour]++;
        rota->people[i].role = (enum role)(ROLE_PERSON_1 + (int)colour);
    }
}

void
rota_find_people(struct rota *rota)
{
    rota->people_len = 0;
    for (size_t i = 0; i < rota->window->schedules_len; i++) {
        const struct oncall_shifts *shifts = &rota->window->schedules[i].shifts;
        add_people(rota, shifts->final, shifts->final_len);
        add_people(rota, shifts->scheduled, shifts->scheduled_len);
    }
    if (rota->people_len)
        qsort(rota->people, rota->people_len, sizeof *rota->people, compare_people);
    give_colours(rota);
}

bool
rota_is_mine(const struct rota *rota, const struct schedule_entry *entry)
{
    const char *me = rota->view->settings->me;
    return !text_is_empty(me) && text_equals(me, entry->user_email);
}

enum role
rota_person_role(const struct rota *rota, const struct schedule_entry *entry)
{
    if (rota_is_mine(rota, entry))
        return ROLE_STRONG;
    for (size_t i = 0; i < rota->people_len; i++)
        if (text_equals(rota->people[i].id, entry->user_id))
            return rota->people[i].role;
    return ROLE_PERSON;
}

const char *
rota_short_name(const struct rota *rota, const struct schedule_entry *entry)
{
    struct arena *arena = rota->table->arena;
    const char *name = text_clean(arena, entry->user_name, 128);
    const char *first = view_first_name(arena, name);
    size_t len = strlen(first);
    const char *last = strrchr(name, ' ');
    for (size_t i = 0; last && i < rota->people_len; i++) {
        const struct rota_person *person = &rota->people[i];
        if (text_equals(person->id, entry->user_id) || strncmp(person->name, first, len) != 0 ||
            (person->name[len] != ' ' && person->name[len] != '\0'))
            continue;
        size_t initial = 1; /* a whole character of UTF-8 */
        while ((last[1 + initial] & 0xc0) == 0x80)
            initial++;
        return arena_printf(arena, "%s%.*s", first, (int)initial, last + 1);
    }
    return first;
}

/* ---- schedules and their layers ---- */

static bool
is_ambiguous(const struct rota *rota, const struct rota_schedule *schedule, size_t len)
{
    for (size_t i = 0; i < rota->window->schedules_len; i++) {
        const struct rota_schedule *other = &rota->window->schedules[i];
        if (other != schedule && strncmp(other->name, schedule->name, len) == 0 &&
            (other->name[len] == ' ' || other->name[len] == '\0'))
            return true;
    }
    return false;
}

const char *
rota_schedule_name(const struct rota *rota, const struct rota_schedule *schedule, int cols)
{
    struct arena *arena = rota->table->arena;
    size_t len = strlen(schedule->name);
    const char *name = text_clean(arena, schedule->name, 128);
    while (text_width_cols(name) > cols) {
        size_t word_len; /* of the last word now left: "out", "of" do not end a name */
        do {
            while (len > 0 && schedule->name[len - 1] != ' ')
                len--;
            while (len > 0 && schedule->name[len - 1] == ' ')
                len--;
            word_len = 0;
            while (word_len < len && schedule->name[len - word_len - 1] != ' ')
                word_len++;
        } while (len > word_len && word_len <= 3);
        if (len == 0 || is_ambiguous(rota, schedule, len))
            return text_cut(arena, text_clean(arena, schedule->name, 128), cols);
        name = text_clean(arena, arena_text_len(arena, schedule->name, len), 128);
    }
    return name;
}

const char *
rota_lane_name(const struct rota_schedule *schedule, const char *rotation_id, const char *layer_id)
{
    if (schedule->lanes_len < 2)
        return "";
    for (size_t i = 0; i < schedule->lanes_len; i++)
        if (text_equals(schedule->lanes[i].rotation_id, rotation_id) &&
            text_equals(schedule->lanes[i].layer_id, layer_id))
            return schedule->lanes[i].layer_name;
    return "";
}

const char *
rota_lane_label(const struct rota *rota, const struct rota_schedule *schedule,
                const struct rota_lane *lane, int cols)
{
    struct arena *arena = rota->table->arena;
    const char *own = *lane->layer_name ? lane->layer_name : lane->rotation_name;
    bool one_layer_each = true;
    for (size_t i = 1; i < schedule->lanes_len; i++)
        if (text_equals(schedule->lanes[i].rotation_id, schedule->lanes[i - 1].rotation_id))
            one_layer_each = false;
    if (one_layer_each && *lane->rotation_name)
        own = lane->rotation_name;
    own = text_clean(arena, own, 128);
    if (rota->window->schedules_len == 1) /* its name is in the title */
        return schedule->lanes_len == 1 ? "on call" : text_cut(arena, own, cols);
    return schedule->lanes_len == 1 || lane == schedule->lanes
               ? rota_schedule_name(rota, schedule, cols)
               : text_cut(arena, arena_printf(arena, " %s", own), cols);
}
