#pragma once

/*
 * Where the console's data comes from: private.db, which names the cache's directory, and the cache, which may not be
 * there yet. Tells when either changed. Everything shown is read here, in one short transaction a frame.
 */

#include "action/conflict.h"
#include "action/plan.h"
#include "action/rights.h"
#include "base/loop.h"
#include "config/config.h"
#include "model/decision.h"
#include "model/filter_complete.h"
#include "store/board.h"
#include "store/past.h"
#include "ui/tab.h"
#include "ui/view.h"

struct reader;

/* changed(context): something was committed. Called from the loop. */
MUST_CHECK bool reader_open(struct reader **reader, struct loop *loop, const struct paths *paths,
                            const char *base_url, void (*changed)(void *context), void *context,
                            struct error *err);
void reader_close(struct reader *reader);

/*
 * Reads what the shown views need into `snap` (reset first). Without a cache snap->present is false, which is no error.
 */
MUST_CHECK bool reader_load(struct reader *reader, struct view views_now[PANE_COUNT],
                            const struct layout *layout, int64_t now_ms,
                            const struct snapshot *before, struct snapshot *snap,
                            struct error *err);

/*
 * While set, a load whose results nobody waits for any more ends with ERROR_INTERRUPTED; what is on screen stays. NULL =
 * loads run to their end.
 */
void reader_set_interrupt(struct reader *reader, bool (*should_stop)(void *context), void *context);

/* What filters of such rows are read with; in the arena. Without a cache any name will do. */
MUST_CHECK bool reader_filter_context(struct reader *reader, enum window_rows rows, const char *me,
                                      struct arena *arena, struct filter_context *context,
                                      struct error *err);

/* What can stand at the caret of a filter, values of the store among it. */
void reader_complete(struct reader *reader, const char *text, size_t caret,
                     const struct filter_context *context, struct arena *arena,
                     struct completion *completion);

/* Newest first, around the row with this key (0 = the newest); ended by ERROR_INTERRUPTED when a key waits. */
MUST_CHECK bool reader_search(struct reader *reader, const struct filter *filter, int64_t around,
                              int rows, struct arena *arena, struct search_window *window,
                              struct error *err);
/* What a wallboard tells (store/board.h). Without a cache *read is false, which is no error. */
MUST_CHECK bool reader_board(struct reader *reader, const char *const *schedules,
                             const struct zone *zone, int64_t now_ms, struct arena *arena,
                             struct board *board, bool *read, struct error *err);
/* The alert that the header tells of as the oldest that nobody took; "" = none. */
MUST_CHECK bool reader_unacked(struct reader *reader, int64_t now_ms, struct arena *arena,
                               const char **id, struct error *err);
/* The incident that an object belongs to; "" = none. */
MUST_CHECK bool reader_incident_of(struct reader *reader, enum kind kind, const char *id,
                                   struct arena *arena, const char **incident, struct error *err);

/*
 * From now on everything but freshness is read as it was at that moment (store/past.h); 0 = as it is. ERROR_STALE: nothing
 * is known of then, and what is shown stays.
 */
MUST_CHECK bool reader_show_past(struct reader *reader, int64_t at_ms,
                                 const struct derivation *derivation, struct error *err);
/* Does what is shown of a moment lack some of what was over then? */
/* Since when that can be; 0 = never yet. */
MUST_CHECK bool reader_known_since(struct reader *reader, int64_t *since_ms, struct error *err);
/* What changed since a moment, newest first. */
MUST_CHECK bool reader_changes(struct reader *reader, int64_t since_ms, int rows,
                               struct arena *arena, const struct change **changes, size_t *len,
                               struct error *err);
/* When the person's present or last shift began; when the console last ended. 0 = never. */
MUST_CHECK bool reader_shift_since(struct reader *reader, const char *email, int64_t now_ms,
                                   int64_t *since_ms, struct error *err);
MUST_CHECK bool reader_last_seen(struct reader *reader, int64_t *seen_at, struct error *err);

/* What only this user has (store/local.h), and the upstream it belongs to. */
struct store *reader_private(struct reader *reader);
const char *reader_upstream(const struct reader *reader);

/* Only how fresh the sources are: quiet polls commit nothing, so their times are read when ages change. */
MUST_CHECK bool reader_sources(struct reader *reader, struct arena *arena,
                               const struct source_state **sources, size_t *sources_len,
                               struct error *err);

/* Firing alerts begun since a moment, at least as severe as the digit; none without a cache. */
MUST_CHECK bool reader_firing(struct reader *reader, int digit_max, int64_t since_ms,
                              struct arena *arena, const struct firing_alert **alerts,
                              size_t *alerts_len, struct error *err);

/* The live incidents that the person with this e-mail leads; none without a cache. */
MUST_CHECK bool reader_led(struct reader *reader, const char *email, struct arena *arena,
                           const struct led_incident **incidents, size_t *incidents_len,
                           struct error *err);

/* The item's detail; detail->id stays "" when there is none. */
MUST_CHECK bool reader_detail(struct reader *reader, const struct view *view,
                              const struct snapshot *snap, const char *id, struct detail *detail,
                              struct error *err);

/* What a fact's `ref` names, and the object behind it as it came (store/window.h). */
MUST_CHECK bool reader_read(struct reader *reader, const char *ref, struct detail *detail,
                            struct error *err);
MUST_CHECK bool reader_json(struct reader *reader, const char *ref, struct arena *arena,
                            const char **json, struct error *err);
/* Why an alert went where it went (action/explain.h); *len = 0: the server does not say. */
MUST_CHECK bool reader_explain(struct reader *reader, const char *alert_id, struct arena *arena,
                               const struct story_line **lines, size_t *len, struct error *err);
/* Until when a list was looked at the last time; 0 = never. */
MUST_CHECK bool reader_looked(struct reader *reader, const char *kind, int64_t *seen_at,
                              struct error *err);
MUST_CHECK bool reader_note_looked(struct reader *reader, const char *kind, int64_t seen_at,
                                   struct error *err);

/* What became of an item; found, with nothing known, where the view cannot tell. */
MUST_CHECK bool reader_fate(struct reader *reader, const struct view *view, const char *id,
                            struct arena *arena, struct fate *fate, struct error *err);
/* Those that an action on a row acts on. */
MUST_CHECK bool reader_members(struct reader *reader, const struct view *view,
                               const struct snapshot *snap, const char *id, struct arena *arena,
                               const char *const **ids, size_t *ids_len, struct error *err);
MUST_CHECK bool reader_incident_fate(struct reader *reader, const char *id, struct arena *arena,
                                     struct fate *fate, struct error *err);

/* Pull requests that may be linked to an incident (store/suspect.h); none without a cache. */
MUST_CHECK bool reader_suspects(struct reader *reader, const char *incident_id, struct arena *arena,
                                struct pull_request_line **lines, size_t *lines_len,
                                struct error *err);

/* One view alone, as reader_load does it for those on screen. */
MUST_CHECK bool reader_view(struct reader *reader, struct view *view, int64_t now_ms,
                            const struct snapshot *before, struct snapshot *snap,
                            struct error *err);

/* The incident `before` has been looked at until now; when was `next` last? "" = none; 0 = never. */
MUST_CHECK bool reader_turn_to(struct reader *reader, const char *before, const char *next,
                               int64_t now_ms, int64_t *seen_at, struct error *err);

/* What an action that writes would do (action/plan.h); the context's stores are filled here. */
MUST_CHECK bool reader_plan(struct reader *reader, enum action_id action,
                            struct plan_context *context, const struct plan_target *targets,
                            size_t targets_len, const char *argument, struct arena *arena,
                            struct plan *plan, struct error *err);

/* Statuses of incidents or severities (`kind`) whose names begin so, as they are ranked; none without a cache. */
MUST_CHECK bool reader_names(struct reader *reader, enum kind kind, const char *prefix,
                             struct arena *arena, struct filter_candidate *names, size_t max,
                             size_t *len, struct error *err);

/* A write in conflict, field by field (action/conflict.h). */
MUST_CHECK bool reader_conflict(struct reader *reader, const struct outbox_row *row,
                                struct arena *arena, const struct conflict_field **fields,
                                size_t *len, struct error *err);

/* Whether the key may do no more than read (action/rights.h); false without a cache. */
MUST_CHECK bool reader_key_reads(struct reader *reader, bool *reads_only, struct error *err);

/* Asks sync for something (store/local.h). */
MUST_CHECK bool reader_request(struct reader *reader, const char *kind, const char *argument,
                               int64_t now_ms, struct error *err);
