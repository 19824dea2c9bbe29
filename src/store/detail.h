#pragma once

/* What the files that fill a detail share: a builder over its arena. */

#include "store/window.h"

/* Empties the detail, keeps what was asked for, and makes room. */
void detail_begin(struct detail *detail);

/* Facts added from here on stand under this heading. It is kept, not copied. */
void detail_section(struct detail *detail, const char *heading);

/* Keeps a fact that says something; members left out are unset. Beyond what anybody reads they are dropped. */
void detail_add(struct detail *detail, struct detail_fact fact);

/* The facts that a statement gives, with its own sections if it has them; `id` is bound as :id. */
MUST_CHECK bool detail_add_rows(struct store *store, enum sql sql, const char *id,
                                struct detail *detail, struct error *err);

/* A text with something in it becomes a block. */
void detail_add_block(struct detail *detail, const char *heading, const char *text, int64_t at);
MUST_CHECK bool detail_add_blocks(struct store *store, enum sql sql, const char *id,
                                  struct detail *detail, struct error *err);

/* The single row of a statement with :id, as the table's struct; *found = false when there is none. */
MUST_CHECK bool detail_row(struct store *store, enum sql sql, const char *id,
                           const struct field_table *table, struct arena *arena, void *object,
                           bool *found, struct error *err);

/* "a (b)", or the one of the two that is there. */
const char *detail_with(struct arena *arena, const char *text, const char *more);

/* The address of a Slack channel in the browser; "" when an id is missing or none. */
const char *detail_slack_link(struct arena *arena, const char *team_id, const char *channel_id);

/* The true length of a shift, and that a clock change makes it differ from what the wall says. */
const char *detail_length(struct arena *arena, const char *zone_name, int64_t start_at,
                          int64_t end_at);

/* A gap or an overlap of a rota, by the id of its row ("gap/…", "2x/…"). */
MUST_CHECK bool detail_problem(struct store *store, const char *id, struct detail *detail,
                               struct error *err);
