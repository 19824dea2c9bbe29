#pragma once

/*
 * The windows a frame shows, read around a cursor by keyset (data/sql/query/…). The caller holds one read transaction
 * over all of them (store_begin_read). Everything read goes to the arena. Cost follows `rows`, not the table.
 */

#include "model/filter.h"
#include "model/snapshot.h"
#include "model/sort.h"
#include "store/store.h"

/* Rows around an item: `rows` before it and `rows` after it. */
struct window_request {
    const char *id; /* the cursor's item; "" = from the top */
    int64_t place
        [2]; /* where it was when last seen, for when it is gone: (feed_rank, feed_at), (at, 0) … */
    bool to_end; /* the last rows instead */
    int rows;
    const struct filter *filter; /* NULL = everything */
    const struct sort *sort;     /* NULL = the kind's first (model/sort.h) */
    bool brief; /* alerts: without times_in_day, which is not in their rows; events: without runs */
    bool done;  /* follow-ups: those completed instead of those outstanding */
    /* Alerts: of each group with several that match only its row, but those of `open` (NULL-terminated ids; NULL = none). */
    bool folded;
    const char *const *open;
};

/* What a pane lists. A filter of events or shifts is tested in memory: they are no kind's rows. */
enum window_rows {
    WINDOW_ALERTS,
    WINDOW_EVENTS,
    WINDOW_SHIFTS,
    WINDOW_FOLLOW_UPS,
    WINDOW_FOUND, /* what a search over all kinds found: words, and kind=, title~, age< */
};

/* What a pane's filter is parsed with; zone and derivation are the caller's to set (see cache_filter_context). */
MUST_CHECK bool window_filter_context(struct store *store, enum window_rows rows,
                                      const char *me_email, struct arena *arena,
                                      struct filter_context *context, struct error *err);

/* What a title says of a filter: "4 of 14"; what it hides is the difference. Counted to COUNT_MAX + 1 at most. */
struct window_count {
    int64_t matching, total;
    int64_t firing_matching, firing; /* alerts only */
};
/* KIND_ALERT: of all alerts and of those that fire; KIND_FOLLOW_UP: of the outstanding ones. */
MUST_CHECK bool window_count(struct store *store, enum kind kind, const struct filter *filter,
                             struct window_count *count, struct error *err);

MUST_CHECK bool window_feed(struct store *store, const struct window_request *request,
                            struct arena *arena, struct feed_window *window, struct error *err);

/* Those of `ids` that the window has not, as they are now; of groups what the request's filter lets through. */
MUST_CHECK bool window_feed_held(struct store *store, const struct window_request *request,
                                 const char *const *ids, size_t ids_len, struct arena *arena,
                                 struct feed_window *window, struct error *err);

/* Of the row of a group: its id, else an alert's. */
bool window_feed_is_group(const char *id);

/* The alerts that a row stands for: itself, or those of the group that the filter lets through. */
MUST_CHECK bool window_feed_alerts(struct store *store, const struct filter *filter, const char *id,
                                   struct arena *arena, const char *const **ids, size_t *ids_len,
                                   struct error *err);

/* What began to fire after seen_at; for a window that does not begin at the top. */
MUST_CHECK bool window_feed_new(struct store *store, int64_t seen_at, struct arena *arena,
                                struct feed_window *window, struct error *err);

/* incident_id "" = the most severe open one, of equals the newest. Sorts are those of updates: newest first, or oldest. */
MUST_CHECK bool window_timeline(struct store *store, const char *incident_id,
                                const struct window_request *request, struct arena *arena,
                                struct timeline_window *window, struct error *err);

/* Into window->facts and ->mended, of the incident that was read. has_pulls: pull requests are attached. */
MUST_CHECK bool window_timeline_head(struct store *store, bool has_pulls, struct arena *arena,
                                     struct timeline_window *window, struct error *err);

/* Those that `[` and `]` walk, most severe first, at most 50. */
MUST_CHECK bool window_open_incidents(struct store *store, struct arena *arena,
                                      const struct timeline_incident **incidents,
                                      size_t *incidents_len, struct error *err);

/* The live incidents that the person with this e-mail leads, at most 50. */
MUST_CHECK bool window_led(struct store *store, const char *email, struct arena *arena,
                           const struct led_incident **incidents, size_t *incidents_len,
                           struct error *err);

/* schedules: names to follow, NULL-terminated; NULL or empty = all. */
MUST_CHECK bool window_header(struct store *store, const char *const *schedules, int64_t now_ms,
                              struct arena *arena, struct header_facts *header, struct error *err);

/* The last runs of the pipeline, into the header. */
MUST_CHECK bool window_runs(struct store *store, int rows, struct arena *arena,
                            struct header_facts *header, struct error *err);

/* The alert of header->unacked_at; "" = none. */
MUST_CHECK bool window_unacked(struct store *store, int64_t now_ms, struct arena *arena,
                               const char **id, struct error *err);

/* Freshness of every source, the beat's times merged in. */
MUST_CHECK bool window_sources(struct store *store, struct arena *arena,
                               const struct source_state **sources, size_t *sources_len,
                               struct error *err);

/* Marks those of the window's alerts that a maintenance window holds at the moment. */
MUST_CHECK bool window_feed_maintenance(struct store *store, int64_t now_ms, struct arena *arena,
                                        struct feed_window *window, struct error *err);

/*
 * A filter leaves the schedules that have a final shift it holds for, and all of their shifts: a rota without some would
 * show gaps that are none. rota_shift_matches tells which to stress.
 */
MUST_CHECK bool window_rota(struct store *store, const char *const *schedules,
                            const struct filter *filter, int64_t from_ms, int64_t to_ms,
                            struct arena *arena, struct rota_window *window, struct error *err);
bool rota_shift_matches(const struct filter *filter, const struct rota_schedule *schedule,
                        const struct schedule_entry *shift);

/* The shifts of the person with this e-mail that end after now, over all schedules, into window->mine. */
MUST_CHECK bool window_rota_mine(struct store *store, const char *email, int64_t now_ms,
                                 struct arena *arena, struct rota_window *window,
                                 struct error *err);

MUST_CHECK bool window_follow_ups(struct store *store, const struct window_request *request,
                                  int64_t now_ms, struct arena *arena,
                                  struct follow_up_window *window, struct error *err);

/* How many there are of each of the grouping's parts, into window->groups; by nothing: none. */
MUST_CHECK bool window_follow_up_groups(struct store *store,
                                        const struct follow_up_grouping *grouping, bool done,
                                        int64_t now_ms, struct arena *arena,
                                        struct follow_up_window *window, struct error *err);

/* The newest firing alerts begun since a moment, at least as severe as the digit, at most 20 of each severity. */
MUST_CHECK bool window_firing(struct store *store, int digit_max, int64_t since_ms,
                              struct arena *arena, const struct firing_alert **alerts,
                              size_t *alerts_len, struct error *err);

/*
 * One search over all kinds (alerts, incidents, their updates, follow-ups, people …), newest first. The request's filter is
 * of WINDOW_FOUND and has a word at least (else ERROR_USAGE); place[0] is the key of the row at the cursor, 0 = the newest.
 */
MUST_CHECK bool window_search(struct store *store, const struct window_request *request,
                              struct arena *arena, struct search_window *window, struct error *err);

/*
 * Details. They read into the detail's own arena, which the caller resets, and as much as `brief` asks for. A missing item
 * leaves id "". Rows of the rota that tell of a gap, of an overlap, or of nobody have a detail too.
 */
MUST_CHECK bool detail_alert(struct store *store, const char *id, struct detail *detail,
                             struct error *err);
MUST_CHECK bool detail_incident(struct store *store, const char *id, struct detail *detail,
                                struct error *err);
MUST_CHECK bool detail_shift(struct store *store, const char *id, struct detail *detail,
                             struct error *err);
MUST_CHECK bool detail_follow_up(struct store *store, const char *id, struct detail *detail,
                                 struct error *err);
MUST_CHECK bool detail_escalation(struct store *store, const char *id, struct detail *detail,
                                  struct error *err);
/* An event of a timeline: the object it is about, or what it says itself. */
MUST_CHECK bool detail_event(struct store *store, const struct timeline_event *event,
                             const struct timeline_incident *incident, struct detail *detail,
                             struct error *err);

/* Whatever a fact's `ref` names: "alert/ID", "incident/ID", "follow-up/ID", "shift/ID", "escalation/ID", "link/ID". */
MUST_CHECK bool detail_read(struct store *store, const char *ref, struct detail *detail,
                            struct error *err);

/* The object behind a detail as it came from upstream, secrets removed; "" when there is none. */
MUST_CHECK bool detail_json(struct store *store, const char *ref, struct arena *arena,
                            const char **json, struct error *err);
