#include "ui/reader.h"

#include <stdio.h>
#include <string.h>

#include "action/explain.h"
#include "action/past.h"
#include "base/notice.h"
#include "base/text.h"
#include "store/cache.h"
#include "store/local.h"
#include "store/suspect.h"
#include "ui/source_age.h"

/* Where inotify fails (some network file systems), look this often. */
#define LOOK_EVERY_MS 2000
#define NAME_BYTES 200

struct reader {
    struct loop *loop;
    const char *base_url;
    struct store *private_db, *cache;
    struct arena arena;    /* the cache's directory */
    const char *directory; /* "" = not known yet */
    struct notice *private_notice, *cache_notice;
    uint64_t look_timer;
    int64_t data_version;
    void (*changed)(void *context);
    void *context;
    bool (*should_stop)(void *context);
    void *stop_context;
    struct source_ages source_ages;
    struct store *past; /* the cache as it was at a moment; NULL = as it is */
    unsigned past_lacks;
};

static void
on_written(void *context, int events)
{
    struct reader *reader = context;
    (void)events;
    reader->changed(reader->context);
}

static void look(void *context);

/* Watches the database's WAL; where that cannot be, looks at the clock instead. */
static void
watch(struct reader *reader, struct notice **notice, const char *database)
{
    char path[4096];
    struct error err;
    int len = snprintf(path, sizeof path, "%s-wal", database);
    if (len < (int)sizeof path &&
        notice_open(notice, reader->loop, path, NOTICE_WRITTEN, on_written, reader, &err))
        return;
    if (!reader->look_timer)
        reader->look_timer = loop_after(reader->loop, LOOK_EVERY_MS, look, reader);
}

static void
look(void *context)
{
    struct reader *reader = context;
    struct error err;
    int64_t version = 0;
    reader->look_timer = loop_after(reader->loop, LOOK_EVERY_MS, look, reader);
    /* Without a cache, and when its version cannot be read, a load finds out more. */
    if (reader->cache && store_data_version(reader->cache, &version, &err) &&
        version == reader->data_version)
        return;
    reader->data_version = version;
    reader->changed(reader->context);
}

bool
reader_open(struct reader **out, struct loop *loop, const struct paths *paths, const char *base_url,
            void (*changed)(void *context), void *context, struct error *err)
{
    struct reader *reader = memory_alloc(sizeof *reader);
    *reader = (struct reader){.loop = loop,
                              .base_url = base_url,
                              .directory = "",
                              .changed = changed,
                              .context = context};
    if (!store_open(&reader->private_db, STORE_PRIVATE, paths->private_db, STORE_WRITE, NULL,
                    err)) {
        memory_free(reader);
        return false;
    }
    watch(reader, &reader->private_notice, paths->private_db);
    *out = reader;
    return true;
}

static void
close_cache(struct reader *reader)
{
    store_close(reader->past);
    reader->past = NULL;
    notice_close(reader->cache_notice);
    store_close(reader->cache);
    reader->cache_notice = NULL;
    reader->cache = NULL;
    reader->source_ages = (struct source_ages){0};
}

void
reader_close(struct reader *reader)
{
    if (!reader)
        return;
    close_cache(reader);
    notice_close(reader->private_notice);
    store_close(reader->private_db);
    loop_cancel(reader->loop, reader->look_timer);
    arena_finish(&reader->arena);
    memory_free(reader);
}

/* Opens the cache once sync has said where it is and has made it; another key or address has another one. */
static bool
find_cache(struct reader *reader, struct arena *scratch, struct error *err)
{
    const char *directory;
    if (!cache_location_get(reader->private_db, reader->base_url, scratch, &directory, err))
        return false;
    if (reader->cache && strcmp(directory, reader->directory) == 0)
        return true;

    close_cache(reader);
    arena_reset(&reader->arena);
    reader->directory = arena_text(&reader->arena, directory);
    if (!*directory)
        return true;
    const char *path = arena_printf(&reader->arena, "%s/cache.db", directory);
    if (store_open(&reader->cache, STORE_CACHE, path, STORE_READ, NULL, err)) {
        watch(reader, &reader->cache_notice, path);
        return true;
    }
    reader->cache = NULL;
    if (err->code != ERROR_NOT_FOUND)
        return false;
    *err = (struct error){0}; /* not made yet: wait for it */
    if (!reader->cache_notice)
        watch(reader, &reader->cache_notice, path);
    return true;
}

enum { HEADER_RUNS = 24 };

/* What is shown: now, or a moment. */
static struct store *
shown(const struct reader *reader)
{
    return reader->past ? reader->past : reader->cache;
}

static bool
read_sources(struct reader *reader, struct arena *arena, const struct source_state **sources,
             size_t *sources_len, struct error *err)
{
    if (!window_sources(reader->cache, arena, sources, sources_len, err))
        return false;
    if (clock_is_frozen())
        return true;
    *sources = source_ages_correct(&reader->source_ages, *sources, *sources_len, clock_now_ms(),
                                   clock_boot_ms(), arena);
    return true;
}

/* Behind the first frame: a start has no time for it. */
static bool
read_outbox(struct reader *reader, const struct view_settings *settings,
            struct header_facts *header, struct error *err)
{
    struct outbox_counts counts = {0};
    if (!settings->first_frame && !outbox_count(reader->private_db, reader->base_url, &counts, err))
        return false;
    header->outbox_queued = counts.waiting + counts.stuck;
    header->outbox_stuck = counts.stuck;
    return true;
}

/* The same. */
static bool
read_declared(struct reader *reader, const struct view_settings *settings, int64_t now_ms,
              struct snapshot *snap, struct error *err)
{
    const struct outbox_row *rows;
    size_t len;
    if (settings->first_frame || reader->past)
        return true;
    if (!outbox_declared(reader->private_db, reader->base_url, now_ms - HOUR_MS, &snap->arena,
                         &rows, &len, err))
        return false;
    struct declared_incident *declared =
        arena_new_array(&snap->arena, len + 1, struct declared_incident);
    for (size_t i = 0; i < len; i++)
        declared[i] =
            (struct declared_incident){rows[i].target_id, rows[i].target_title, rows[i].state,
                                       rows[i].result_id, rows[i].created_at};
    snap->declared = declared;
    snap->declared_len = len;
    return true;
}

/* The same; on a board as it was there are none. */
static bool
read_runs(struct reader *reader, const struct view_settings *settings, const struct layout *layout,
          struct snapshot *snap, struct error *err)
{
    return settings->first_frame || reader->past || layout->size < SIZE_MEDIUM ||
           window_runs(reader->cache, HEADER_RUNS, &snap->arena, &snap->header, err);
}

static bool
load_panes(struct reader *reader, struct view views_now[PANE_COUNT], const struct layout *layout,
           int64_t now_ms, const struct snapshot *before, struct snapshot *snap, struct error *err)
{
    const char *const *schedules = views_now[0].settings->schedules;
    if (!read_sources(reader, &snap->arena, &snap->sources, &snap->sources_len, err) ||
        !window_header(shown(reader), schedules, now_ms, &snap->arena, &snap->header, err) ||
        !read_outbox(reader, views_now[0].settings, &snap->header, err) ||
        !read_declared(reader, views_now[0].settings, now_ms, snap, err) ||
        !read_runs(reader, views_now[0].settings, layout, snap, err))
        return false;
    for (int pane = 0; pane < PANE_COUNT; pane++)
        if (layout->panes[pane].shown &&
            !views_now[pane].ops->load(&views_now[pane], shown(reader), now_ms, before, snap, err))
            return false;
    return true;
}

bool
reader_load(struct reader *reader, struct view views_now[PANE_COUNT], const struct layout *layout,
            int64_t now_ms, const struct snapshot *before, struct snapshot *snap, struct error *err)
{
    struct arena arena = snap->arena;
    arena_reset(&arena);
    *snap = (struct snapshot){.arena = arena,
                              .generation = before->generation + 1,
                              .lacks = reader->past_lacks,
                              .waiting_since = before->waiting_since};
    snap->header.budget_percent = -1;
    if (!find_cache(reader, &snap->arena, err))
        return false;
    if (!reader->cache)
        return true;

    if (!store_begin_read(shown(reader), err))
        return false;
    store_set_interrupt(shown(reader), reader->should_stop, reader->stop_context);
    bool read = load_panes(reader, views_now, layout, now_ms, before, snap, err);
    store_set_interrupt(shown(reader), NULL, NULL);
    store_end_read(shown(reader));
    snap->present = read;
    return read;
}

void
reader_set_interrupt(struct reader *reader, bool (*should_stop)(void *context), void *context)
{
    reader->should_stop = should_stop;
    reader->stop_context = context;
}

bool
reader_filter_context(struct reader *reader, enum window_rows rows, const char *me,
                      struct arena *arena, struct filter_context *context, struct error *err)
{
    *context =
        (struct filter_context){.kind = rows == WINDOW_FOLLOW_UPS ? KIND_FOLLOW_UP : KIND_ALERT,
                                .me = {.id = "", .name = ""},
                                .me_email = me};
    if (!reader->cache && !find_cache(reader, arena, err))
        return false;
    return !reader->cache || window_filter_context(reader->cache, rows, me, arena, context, err);
}

bool
reader_board(struct reader *reader, const char *const *schedules, const struct zone *zone,
             int64_t now_ms, struct arena *arena, struct board *board, bool *read,
             struct error *err)
{
    *read = false;
    if (!reader->cache)
        return true;
    if (!store_begin_read(reader->cache, err))
        return false;
    *read = board_read(reader->cache, schedules, zone, now_ms, arena, board, err);
    store_end_read(reader->cache);
    return *read;
}

static const char *const *
reader_filter_values(struct reader *reader, const struct filter_place *place,
                     const struct filter_context *context, struct arena *arena)
{
    const char *const *values;
    struct error err; /* a completion that fails is one with less in it */
    return reader->cache && cache_filter_values(reader->cache, place, context, arena, &values, &err)
               ? values
               : NULL;
}

bool
reader_suspects(struct reader *reader, const char *incident_id, struct arena *arena,
                struct pull_request_line **lines, size_t *lines_len, struct error *err)
{
    *lines_len = 0;
    return !reader->cache ||
           suspect_links(reader->cache, incident_id, arena, lines, lines_len, err);
}

void
reader_complete(struct reader *reader, const char *text, size_t caret,
                const struct filter_context *context, struct arena *arena,
                struct completion *completion)
{
    const struct filter_candidate *candidates;
    struct filter_place place;
    *completion = (struct completion){.prefix = ""};
    if (!filter_place_at(text, caret, context, arena, &place))
        return;
    size_t len = filter_candidates(
        &place, context, reader_filter_values(reader, &place, context, arena), arena, &candidates);
    *completion = (struct completion){.at = place.from,
                                      .len = place.to - place.from,
                                      .prefix = place.prefix,
                                      .is_value = place.is_value,
                                      .candidates_len = len};
    completion->candidates = arena_new_array(arena, len + 1, struct filter_candidate);
    if (len)
        memcpy(completion->candidates, candidates, len * sizeof *candidates);
}

bool
reader_search(struct reader *reader, const struct filter *filter, int64_t around, int rows,
              struct arena *arena, struct search_window *window, struct error *err)
{
    struct window_request request = {.id = "", .place = {around}, .rows = rows, .filter = filter};
    *window = (struct search_window){.is_complete = true};
    if (!reader->cache)
        return true;
    if (!store_begin_read(reader->cache, err))
        return false;
    store_set_interrupt(reader->cache, reader->should_stop, reader->stop_context);
    bool found = window_search(reader->cache, &request, arena, window, err);
    store_set_interrupt(reader->cache, NULL, NULL);
    store_end_read(reader->cache);
    return found;
}

bool
reader_unacked(struct reader *reader, int64_t now_ms, struct arena *arena, const char **id,
               struct error *err)
{
    *id = "";
    if (!shown(reader))
        return true;
    if (!store_begin_read(shown(reader), err))
        return false;
    bool read = window_unacked(shown(reader), now_ms, arena, id, err);
    store_end_read(shown(reader));
    return read;
}

bool
reader_incident_of(struct reader *reader, enum kind kind, const char *id, struct arena *arena,
                   const char **incident, struct error *err)
{
    const struct field_table *table = kind_info(kind)->fields;
    const struct field *field = field_find(table, "incident_id");
    char *object = arena_alloc(arena, table->struct_size);
    bool found;
    *incident = "";
    object_clear(table, object);
    if (!field || !reader->cache)
        return true;
    if (!cache_get(reader->cache, kind, id, arena, object, &found, err))
        return false;
    if (found)
        memcpy(incident, object + field->offset, sizeof *incident);
    return true;
}

bool
reader_show_past(struct reader *reader, int64_t at_ms, const struct derivation *derivation,
                 struct error *err)
{
    struct store *past = NULL;
    struct arena arena = {0};
    if (at_ms) {
        const char *path = arena_printf(&arena, "%s/cache.db", reader->directory);
        bool opened = reader->cache ? past_open(&past, path, at_ms, derivation, NULL, NULL, err)
                                    : error_set(err, ERROR_STALE, "nothing was fetched yet");
        arena_finish(&arena);
        if (!opened)
            return false;
    }
    unsigned lacks = 0;
    if (past && !past_lacks(past, &lacks, err)) {
        store_close(past);
        return false;
    }
    store_close(reader->past);
    reader->past = past;
    reader->past_lacks = lacks;
    return true;
}

bool
reader_known_since(struct reader *reader, int64_t *since_ms, struct error *err)
{
    *since_ms = 0;
    return !reader->cache || past_known_since(reader->cache, since_ms, err);
}

bool
reader_changes(struct reader *reader, int64_t since_ms, int rows, struct arena *arena,
               const struct change **changes, size_t *len, struct error *err)
{
    *changes = NULL;
    *len = 0;
    return reader->cache ? past_changes(reader->cache, since_ms, rows, arena, changes, len, err)
                         : error_set(err, ERROR_STALE, "nothing was fetched yet");
}

bool
reader_shift_since(struct reader *reader, const char *email, int64_t now_ms, int64_t *since_ms,
                   struct error *err)
{
    *since_ms = 0;
    return !*email || !reader->cache ||
           past_shift_since(reader->cache, email, now_ms, since_ms, err);
}

bool
reader_last_seen(struct reader *reader, int64_t *seen_at, struct error *err)
{
    return read_mark_get(reader->private_db, reader->base_url, "console", "", seen_at, err);
}

struct store *
reader_private(struct reader *reader)
{
    return reader->private_db;
}

const char *
reader_upstream(const struct reader *reader)
{
    return reader->base_url;
}

bool
reader_sources(struct reader *reader, struct arena *arena, const struct source_state **sources,
               size_t *sources_len, struct error *err)
{
    *sources = NULL;
    *sources_len = 0;
    return !reader->cache || read_sources(reader, arena, sources, sources_len, err);
}

bool
reader_firing(struct reader *reader, int digit_max, int64_t since_ms, struct arena *arena,
              const struct firing_alert **alerts, size_t *alerts_len, struct error *err)
{
    *alerts = NULL;
    *alerts_len = 0;
    return !reader->cache ||
           window_firing(reader->cache, digit_max, since_ms, arena, alerts, alerts_len, err);
}

bool
reader_led(struct reader *reader, const char *email, struct arena *arena,
           const struct led_incident **incidents, size_t *incidents_len, struct error *err)
{
    *incidents = NULL;
    *incidents_len = 0;
    return !reader->cache || window_led(reader->cache, email, arena, incidents, incidents_len, err);
}

bool
reader_detail(struct reader *reader, const struct view *view, const struct snapshot *snap,
              const char *id, struct detail *detail, struct error *err)
{
    struct arena arena = detail->arena;
    arena_reset(&arena);
    *detail = (struct detail){.arena = arena, .brief = detail->brief, .id = "", .title = ""};
    if (!*id || !reader->cache || !view->ops->detail)
        return true;
    return view->ops->detail(view, snap, shown(reader), id, detail, err);
}

bool
reader_read(struct reader *reader, const char *ref, struct detail *detail, struct error *err)
{
    struct arena arena = detail->arena;
    arena_reset(&arena);
    *detail = (struct detail){.arena = arena, .id = "", .title = ""};
    return !reader->cache || detail_read(shown(reader), ref, detail, err);
}

bool
reader_json(struct reader *reader, const char *ref, struct arena *arena, const char **json,
            struct error *err)
{
    *json = "";
    return !reader->cache || detail_json(shown(reader), ref, arena, json, err);
}

bool
reader_explain(struct reader *reader, const char *alert_id, struct arena *arena,
               const struct story_line **lines, size_t *len, struct error *err)
{
    *lines = NULL;
    *len = 0;
    return !reader->cache || explain_alert(reader->cache, alert_id, arena, lines, len, err);
}

bool
reader_looked(struct reader *reader, const char *kind, int64_t *seen_at, struct error *err)
{
    return read_mark_get(reader->private_db, reader->base_url, kind, "", seen_at, err);
}

bool
reader_note_looked(struct reader *reader, const char *kind, int64_t seen_at, struct error *err)
{
    struct local_batch batch = {0};
    local_batch_seen(&batch, kind, "", seen_at);
    bool written = local_batch_write(&batch, reader->private_db, reader->base_url, err);
    local_batch_finish(&batch);
    return written;
}

bool
reader_fate(struct reader *reader, const struct view *view, const char *id, struct arena *arena,
            struct fate *fate, struct error *err)
{
    *fate = (struct fate){.found = true, .what = "", .title = ""};
    return !reader->cache || !view->ops->fate ||
           view->ops->fate(reader->cache, id, arena, fate, err);
}

bool
reader_members(struct reader *reader, const struct view *view, const struct snapshot *snap,
               const char *id, struct arena *arena, const char *const **ids, size_t *ids_len,
               struct error *err)
{
    if (view->ops->members && reader->cache)
        return view->ops->members(view, snap, reader->cache, id, arena, ids, ids_len, err);
    const char **alone = arena_new(arena, const char *);
    *alone = id;
    *ids = alone;
    *ids_len = 1;
    return true;
}

bool
reader_incident_fate(struct reader *reader, const char *id, struct arena *arena, struct fate *fate,
                     struct error *err)
{
    *fate = (struct fate){.what = "", .title = ""};
    return !reader->cache || fate_incident(reader->cache, id, arena, fate, err);
}

bool
reader_view(struct reader *reader, struct view *view, int64_t now_ms, const struct snapshot *before,
            struct snapshot *snap, struct error *err)
{
    if (!reader->cache)
        return true;
    if (!store_begin_read(reader->cache, err))
        return false;
    bool read = view->ops->load(view, reader->cache, now_ms, before, snap, err);
    store_end_read(reader->cache);
    return read;
}

bool
reader_plan(struct reader *reader, enum action_id action, struct plan_context *context,
            const struct plan_target *targets, size_t targets_len, const char *argument,
            struct arena *arena, struct plan *plan, struct error *err)
{
    if (!reader->cache)
        return error_set(err, ERROR_STALE, "nothing is known yet: the first sync is still to come");
    context->cache = reader->cache;
    context->private_db = reader->private_db;
    context->upstream = reader->base_url;
    return plan_make(action, context, targets, targets_len, argument, arena, plan, err);
}

bool
reader_names(struct reader *reader, enum kind kind, const char *prefix, struct arena *arena,
             struct filter_candidate *names, size_t max, size_t *len, struct error *err)
{
    struct statement *statement;
    bool row = true;
    *len = 0;
    if (!reader->cache)
        return true;
    if (!store_statement(reader->cache,
                         kind == KIND_SEVERITY ? SQL_SEVERITY_FIND : SQL_INCIDENT_STATUS_FIND,
                         &statement, err))
        return false;
    bind_text(statement, "text", prefix);
    bind_text(statement, "prefix", prefix);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row && row_integer(statement, 3) < 2 && *len < max) /* 2: does not match */
            names[(*len)++] = (struct filter_candidate){
                text_clean(arena, row_text_borrowed(statement, 1), NAME_BYTES),
                text_clean(arena, row_text_borrowed(statement, 2), NAME_BYTES)};
    }
    return true;
}

bool
reader_conflict(struct reader *reader, const struct outbox_row *row, struct arena *arena,
                const struct conflict_field **fields, size_t *len, struct error *err)
{
    if (!reader->cache)
        return error_set(err, ERROR_STALE, "nothing is known yet: the first sync is still to come");
    return conflict_read(reader->cache, row, arena, fields, len, err);
}

bool
reader_key_reads(struct reader *reader, bool *reads_only, struct error *err)
{
    *reads_only = false;
    return !reader->cache || rights_read(reader->cache, reads_only, err);
}

bool
reader_request(struct reader *reader, const char *kind, const char *argument, int64_t now_ms,
               struct error *err)
{
    return request_put(reader->private_db, kind, argument, now_ms, err);
}

bool
reader_turn_to(struct reader *reader, const char *before, const char *next, int64_t now_ms,
               int64_t *seen_at, struct error *err)
{
    struct local_batch batch = {0};
    bool written = true;
    *seen_at = 0;
    if (*before) {
        local_batch_seen(&batch, "incident", before, now_ms);
        written = local_batch_write(&batch, reader->private_db, reader->base_url, err);
        local_batch_finish(&batch);
    }
    return written && (!*next || read_mark_get(reader->private_db, reader->base_url, "incident",
                                               next, seen_at, err));
}
