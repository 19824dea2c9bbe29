#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "ui/rota.h"

#define DAY_SLOTS 96 /* a quarter of an hour; what is shorter has one all the same */
#define PARTS_MAX 16

/* A stretch of a day's cell. */
struct part {
    const struct rota_run *run;
    int slots; /* how long it is */
    int cols;
};

struct day_parts {
    struct part items[PARTS_MAX];
    size_t len;
    bool from_start, to_end; /* somebody is there at its first and last moment */
};

/* Marks the slots of a day that a run has as its own; what is painted later lies on top. */
static void
paint(const struct rota_days *days, int day, const struct rota_run *run,
      const struct rota_run **slots)
{
    int64_t from_ms = days->from_ms[day], to_ms = days->to_ms[day];
    int64_t start = run->start_at > from_ms ? run->start_at : from_ms;
    int64_t end = run->end_at < to_ms ? run->end_at : to_ms;
    if (start >= end)
        return;
    int first = (int)((start - from_ms) * DAY_SLOTS / (to_ms - from_ms));
    int last = (int)((end - from_ms) * DAY_SLOTS / (to_ms - from_ms));
    for (int slot = first; slot < last || slot == first; slot++)
        slots[slot] = run;
}

/* Who has which part of a day, in order. Hours in which nobody is meant to be there part nothing. */
static void
part_day(const struct rota_days *days, int day, const struct rota_runs *runs,
         struct day_parts *parts)
{
    const struct rota_run *slots[DAY_SLOTS] = {NULL};
    *parts = (struct day_parts){.len = 0};
    for (int on_top = 0; on_top < 2; on_top++)
        for (size_t i = 0; i < runs->len; i++)
            if (rota_run_is_on_top(&runs->items[i]) == on_top)
                paint(days, day, &runs->items[i], slots);
    for (int slot = 0; slot < DAY_SLOTS; slot++) {
        if (!slots[slot])
            continue;
        struct part *last = parts->len ? &parts->items[parts->len - 1] : NULL;
        if (last && rota_run_looks_like(last->run, slots[slot]))
            last->slots++;
        else if (parts->len < PARTS_MAX)
            parts->items[parts->len++] = (struct part){.run = slots[slot], .slots = 1};
    }
    parts->from_start = slots[0] != NULL;
    parts->to_end = slots[DAY_SLOTS - 1] != NULL;
}

/* Columns a part should have: nothing out of the ordinary may be too short to be read. */
static int
wanted_cols(const struct rota_run *run)
{
    return run->kind == RUN_DOUBLE ? 2 : 3;
}

/* Shares the cell out by length once each part can be read; bars stand between them. */
static void
share_cell(struct day_parts *parts, int cols)
{
    struct part *items = parts->items;
    while (parts->len > 1 && (int)parts->len * 2 - 1 > cols)
        parts->len--;
    int rest = cols - (int)(parts->len - 1);
    int wanted = 0;
    for (size_t i = 0; i < parts->len; i++)
        wanted += wanted_cols(items[i].run);
    /* "Ben|GAP|": that he is back after it, the bar says. */
    struct part *back = parts->len > 2 && wanted > rest ? &items[parts->len - 1] : NULL;
    if (back && (rota_run_is_on_top(back->run) || !rota_run_looks_like(back->run, back[-2].run)))
        back = NULL;
    for (int most = 1; most <= 3; most++)
        for (int on_top = 1; on_top >= 0; on_top--)
            for (size_t i = 0; i < parts->len; i++)
                if (&items[i] != back && rest > 0 && rota_run_is_on_top(items[i].run) == on_top &&
                    items[i].cols < most && items[i].cols < wanted_cols(items[i].run)) {
                    items[i].cols++;
                    rest--;
                }
    while (rest > 0) {
        struct part *longest = NULL;
        for (struct part *part = items; part < items + parts->len; part++)
            if (part != back &&
                (!longest || part->slots * (longest->cols + 1) > longest->slots * (part->cols + 1)))
                longest = part;
        if (!longest)
            break;
        longest->cols++;
        rest--;
    }
}

/* As much of a name as fits. In so few columns two letters say more than a letter and the mark of a cut. */
static const char *
cut_name(struct arena *arena, const char *name, int cols)
{
    if (cols > 3 || text_width_cols(name) <= cols)
        return text_cut(arena, name, cols);
    size_t len = strlen(name);
    char *cut = arena_text_len(arena, name, len);
    while (len && text_width_cols(cut) > cols) {
        while (len > 1 && (cut[len - 1] & 0xc0) == 0x80)
            len--;
        cut[--len] = '\0';
    }
    return cut;
}

static enum role
role_of_run(const struct rota *rota, const struct rota_run *run)
{
    return run->kind == RUN_GAP      ? ROLE_GAP
           : run->kind == RUN_DOUBLE ? ROLE_PROBLEM
                                     : rota_person_role(rota, run->entry);
}

void
rota_put_fill(struct rota *rota, const struct rota_run *run, int cols)
{
    /* A gap is one block, as wide as it is long. */
    const char *glyph =
        run->kind == RUN_GAP ? " " : glyph_text(rota->view->settings->glyphs, GLYPH_SHIFT_FILL);
    size_t len = strlen(glyph);
    char *fill = arena_alloc(rota->table->arena, len * (size_t)cols + 1);
    for (int i = 0; i < cols; i++)
        memcpy(fill + len * (size_t)i, glyph, len);
    fill[len * (size_t)cols] = '\0';
    table_span(rota->table, role_of_run(rota, run), fill);
}

void
rota_put_run(struct rota *rota, const struct rota_run *run, int cols, bool on)
{
    struct table *table = rota->table;
    enum glyph_set glyphs = rota->view->settings->glyphs;
    bool is_shift = run->kind == RUN_SHIFT;
    enum role role = is_shift && run->is_override ? ROLE_OVERRIDE : role_of_run(rota, run);
    const char *name = is_shift               ? rota_short_name(rota, run->entry)
                       : run->kind == RUN_GAP ? glyph_text(glyphs, GLYPH_GAP)
                                              : "2x";
    /* The star outlives the name: who covers is told in the agenda, that somebody does must be seen here. */
    int star = is_shift && run->is_override && cols > 0 ? 1 : 0;
    int wanted = run->wants_cover && cols > star ? 1 : 0;
    if (cols > star + wanted) {
        name = cut_name(table->arena, name, cols - star - wanted);
        table_span(table, role, name);
        cols -= text_width_cols(name);
    }
    if (star) {
        table_span(table, role, glyph_text(glyphs, GLYPH_OVERRIDE));
        cols--;
    }
    if (wanted) {
        table_span(table, ROLE_MESSAGE, "+");
        cols--;
    }
    if (on && cols > 0)
        rota_put_fill(rota, run, cols);
}

void
rota_put_cells(struct rota *rota, const struct rota_days *days, const struct rota_runs *runs)
{
    struct table *table = rota->table;
    struct day_parts parts;
    const struct rota_run *before = NULL; /* who is there as the day before ends */
    for (int day = 0; day < days->len; day++) {
        int col = rota->label_cols + day * days->cols;
        part_day(days, day, runs, &parts);
        if (parts.len == 0) {
            before = NULL;
            continue;
        }
        share_cell(&parts, days->cols - 1);
        if (before && parts.from_start && !rota_run_looks_like(before, parts.items[0].run)) {
            table_pad_to(table, col - 1); /* a hand-over at midnight, over the blank between days */
            table_span(table, ROLE_BORDER, "|");
        }
        for (size_t i = 0; i < parts.len; i++) {
            bool is_last = i + 1 == parts.len;
            table_pad_to(table, col);
            rota_put_run(rota, parts.items[i].run, parts.items[i].cols, parts.to_end || !is_last);
            col += parts.items[i].cols;
            table_pad_to(table, col);
            if (!is_last)
                table_span(table, ROLE_BORDER, "|");
            col++;
        }
        before = parts.to_end ? parts.items[parts.len - 1].run : NULL;
    }
}
