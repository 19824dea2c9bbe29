#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "store/cover.h"
#include "sync/engine.h"
#include "wire/wire.h"

enum {
    ATTEMPTS_MAX = 3,
    ATTEMPTS_MAX_TOLD = 20, /* waiting as told is progress */
    AFTER_MAX_BYTES = CURSOR_MAX_BYTES,
    COVER_MAX_BYTES = 1 << 20, /* it is read with every rota */
};
#define BACKOFF_MS SECOND_MS
#define WAIT_MAX_ONCE_MS (2 * MINUTE_MS) /* somebody stands before a `sync --once` */

static void on_response(void *context, const struct http_response *response);

static enum http_urgency
urgency_of(const struct job *job)
{
    if (job->of_user)
        return HTTP_USER;
    switch (job->plan->phase) {
    case PHASE_REFERENCE:
    case PHASE_LIVE:
        return HTTP_LIVE;
    case PHASE_REST:
        return HTTP_REST;
    case PHASE_HISTORY:
        break;
    }
    return HTTP_HISTORY;
}

/* Two windows that meet today, on whole days so that a repeated poll asks the same. */
static int64_t
window_border(const struct fetch *fetch, int index)
{
    int64_t today = clock_now_ms() / DAY_MS * DAY_MS;
    return today + (fetch->window + index - 1) * ENTRY_WINDOW_MS;
}

static const char *
target_of(const struct fetch *fetch, struct arena *arena)
{
    const char *after = str_text(&fetch->after);
    char from[RFC3339_SIZE], to[RFC3339_SIZE];
    switch (fetch->what) {
    case FETCH_IDENTITY:
        return API_IDENTITY_TARGET;
    case FETCH_COVER:
        return COVER_TARGET "?status=open";
    case FETCH_ONE:
        return api_one_target(fetch->kind, fetch->parent, arena);
    case FETCH_ENTRIES:
        time_to_rfc3339(window_border(fetch, 0), from);
        time_to_rfc3339(window_border(fetch, 1), to);
        return api_entries_target(fetch->parent, *after ? after : from, to, arena);
    case FETCH_LIST:
        break;
    }
    return api_list_target(fetch->kind, fetch->query, fetch->of_item ? fetch->parent : "", after,
                           arena);
}

static void
send_request(void *context)
{
    struct fetch *fetch = context;
    struct sync *sync = fetch->job->sync;
    struct arena arena = {0};
    const bool is_listed = fetch->what == FETCH_LIST || fetch->what == FETCH_ENTRIES;
    const struct api_endpoint *endpoint = is_listed ? api_endpoint(fetch->kind) : NULL;
    const struct http_request request = {
        .target = target_of(fetch, &arena),
        .urgency = urgency_of(fetch->job),
        .quota = endpoint ? endpoint->quota : HTTP_QUOTA_ALL,
        .body_max_bytes = endpoint                     ? endpoint->body_max_bytes
                          : fetch->what == FETCH_COVER ? COVER_MAX_BYTES
                                                       : HTTP_BODY_MAX_BYTES,
        .done = on_response,
        .context = fetch,
    };
    fetch->timer = 0;
    fetch->request = http_ask(sync->http, &request);
    arena_finish(&arena);
}

static void
unlink_fetch(struct fetch *fetch)
{
    for (struct fetch **at = &fetch->job->sync->fetches; *at; at = &(*at)->next)
        if (*at == fetch) {
            *at = fetch->next;
            break;
        }
    fetch->job->in_flight--;
}

static void
release(struct fetch *fetch)
{
    struct sync *sync = fetch->job->sync;
    if (fetch->request)
        http_cancel(sync->http, fetch->request);
    loop_cancel(sync->loop, fetch->timer);
    cache_walk_end(sync->keep.store, fetch->walk);
    str_finish(&fetch->after);
    str_finish(&fetch->checkpoint);
    memory_free(fetch);
}

void
fetch_start(struct job *job, const struct fetch *like)
{
    struct fetch *fetch = memory_alloc(sizeof *fetch);
    *fetch = *like;
    fetch->job = job;
    str_init(&fetch->after, AFTER_MAX_BYTES);
    str_init(&fetch->checkpoint, AFTER_MAX_BYTES);
    if (like->after.len)
        str_append(&fetch->after, str_text(&like->after));
    if (fetch->of_item && (fetch->what == FETCH_LIST || fetch->what == FETCH_ENTRIES))
        fetch->walk = cache_walk_begin(job->sync->keep.store, fetch->kind);
    fetch->next = job->sync->fetches;
    job->sync->fetches = fetch;
    job->in_flight++;
    send_request(fetch);
}

void
fetch_cancel_all(struct sync *sync)
{
    while (sync->fetches) {
        struct fetch *fetch = sync->fetches;
        unlink_fetch(fetch);
        release(fetch);
    }
}

static void
end(struct fetch *fetch, const struct error *err)
{
    unlink_fetch(fetch); /* what follows may end every fetch there is */
    job_fetch_ended(fetch->job, fetch, err);
    release(fetch);
}

/* ---- failures ---- */

static int64_t
wait_before_repeating_ms(const struct fetch *fetch, const struct error *err)
{
    if (err->retry_after_ms)
        return err->retry_after_ms + (int64_t)(sync_jitter() * 200);
    const struct sync_options *options = &fetch->job->sync->options;
    int64_t base_ms = options->backoff_ms ? options->backoff_ms : BACKOFF_MS;
    int doublings = fetch->attempts < 6 ? fetch->attempts - 1 : 5;
    return (int64_t)((double)(base_ms << doublings) * (0.5 + sync_jitter()));
}

static bool
shall_repeat(const struct fetch *fetch, const struct error *err)
{
    const struct sync *sync = fetch->job->sync;
    if (!error_is_retryable(err->code))
        return false;
    if (sync->options.once && err->code == ERROR_NETWORK && !sync->reached)
        return false; /* do not make a person wait to learn that it breaks off */
    if (sync->options.once && err->retry_after_ms > WAIT_MAX_ONCE_MS)
        return false;
    const bool was_told = err->code == ERROR_RATE_LIMITED && err->retry_after_ms;
    return fetch->attempts < (was_told ? ATTEMPTS_MAX_TOLD : ATTEMPTS_MAX);
}

static void
failed(struct fetch *fetch, const struct error *err)
{
    struct sync *sync = fetch->job->sync;
    const bool no_answer =
        (err->code == ERROR_NETWORK && !err->was_connected) || err->code == ERROR_TIMEOUT;
    /* Nobody is there: whoever stands before a --once need not wait for each source to learn it. */
    if (err->code == ERROR_UNAUTHENTICATED || (sync->options.once && no_answer && !sync->reached)) {
        sync_refused(sync, err); /* ends every fetch, this one too */
        return;
    }
    fetch->attempts++;
    if (!shall_repeat(fetch, err)) {
        end(fetch, err);
        return;
    }
    fetch->timer =
        loop_after(sync->loop, wait_before_repeating_ms(fetch, err), send_request, fetch);
    job_fetch_failed_once(fetch->job, err);
}

/* ---- answers ---- */

/* Brent's way to meet a cycle: the cursor is kept at pages 1, 2, 4, 8 …; whatever repeats comes by one of them. */
static bool
check_progress(struct fetch *fetch, const char *after, struct error *err)
{
    const struct api_endpoint *endpoint = api_endpoint(fetch->kind);
    int pages_max = endpoint->pages_max;
    if (strlen(after) > AFTER_MAX_BYTES)
        return error_set(err, ERROR_PROTOCOL, "the list's cursor is longer than %d bytes",
                         AFTER_MAX_BYTES);
    if (fetch->pages && strcmp(after, str_text(&fetch->checkpoint)) == 0)
        return error_set(err, ERROR_PROTOCOL,
                         "the list runs in a circle: page %d leads back to '%s'", fetch->pages + 1,
                         after);
    fetch->pages++;
    if (fetch->pages >= pages_max && pages_max > 1)
        return error_set(err, ERROR_PROTOCOL, "the list has no end: still going on after %d pages",
                         fetch->pages);
    if ((fetch->pages & (fetch->pages - 1)) == 0) {
        str_clear(&fetch->checkpoint);
        str_append(&fetch->checkpoint, after);
    }
    str_clear(&fetch->after);
    str_append(&fetch->after, after);
    return true;
}

static bool
take_identity(struct sync *sync, struct slice body, struct error *err)
{
    struct identity identity = {0};
    const char *known;
    return wire_read_identity(body, &sync->page, &identity, err) &&
           meta_get(sync->keep.store, "identity", &sync->page, &known, err) &&
           (strcmp(known, identity.json) == 0 ||
            (keep_begin(&sync->keep, err) &&
             meta_put(sync->keep.store, "identity", identity.json, err) &&
             keep_end(&sync->keep, err)));
}

/* What has no such list in it is another server's answer. */
static bool
take_cover(struct sync *sync, struct slice body, struct error *err)
{
    struct wire_document *document;
    if (!wire_document_read(body, &document, err))
        return false;
    const char *list = wire_document_json(document, &sync->page, "schedule_cover_requests");
    wire_document_destroy(document);
    const char *kept = *list == '[' ? arena_text_len(&sync->page, body.data, body.len) : "";
    return keep_begin(&sync->keep, err) && cover_keep(sync->keep.store, kept, err) &&
           keep_end(&sync->keep, err);
}

static bool
decode(struct fetch *fetch, struct slice body, struct wire_page *page, struct error *err)
{
    struct arena *arena = &fetch->job->sync->page;
    switch (fetch->what) {
    case FETCH_LIST:
        return wire_read_page(fetch->kind, body, arena, page, err);
    case FETCH_ENTRIES:
        return wire_read_schedule_entries(fetch->parent, body, arena, page, err);
    case FETCH_ONE:
        page->items = arena_alloc(arena, kind_info(fetch->kind)->fields->struct_size);
        page->items_len = 1;
        page->after = "";
        return wire_read_one(fetch->kind, body, arena, page->items, err);
    case FETCH_IDENTITY:
        page->after = "";
        return take_identity(fetch->job->sync, body, err);
    case FETCH_COVER:
        page->after = "";
        return take_cover(fetch->job->sync, body, err);
    }
    return false;
}

/* Decides whether another page is wanted; the last one of a window leads to the next window. */
static bool
advance(struct fetch *fetch, const struct wire_page *page, bool *more, struct error *err)
{
    *more = *page->after && (page->items_len || fetch->what == FETCH_ENTRIES) &&
            fetch->job->plan->strategy != STRATEGY_PROBE;
    if (*more)
        return check_progress(fetch, page->after, err);
    if (fetch->what == FETCH_ENTRIES && fetch->window == 0) {
        fetch->window = 1;
        fetch->pages = 0;
        str_clear(&fetch->after);
        *more = true;
    }
    return true;
}

static void
on_response(void *context, const struct http_response *response)
{
    struct fetch *fetch = context;
    struct job *job = fetch->job;
    struct sync *sync = job->sync;
    struct wire_page page = {0};
    struct error err = response->error;
    bool more = false;

    fetch->request = 0;
    sync->reached |= response->status != 0;
    arena_reset(&sync->page);
    if (err.code == ERROR_NONE &&
        (!decode(fetch, response->body, &page, &err) || !advance(fetch, &page, &more, &err))) {
        memcpy(err.request_id, response->request_id, sizeof err.request_id);
        error_wrap(&err, "cannot read the answer to '%s'",
                   fetch->what == FETCH_IDENTITY ? API_IDENTITY_TARGET
                   : fetch->what == FETCH_COVER  ? COVER_TARGET
                                                 : kind_info(fetch->kind)->path);
    }
    if (err.code != ERROR_NONE) {
        if (err.code == ERROR_STORE || err.code == ERROR_FILE)
            sync_fail(sync, &err);
        else
            failed(fetch, &err);
        return;
    }

    fetch->attempts = 0;
    if (more)
        send_request(fetch); /* the server makes the next page while we store this one */
    if (!job_took(job, fetch, fetch->kind, page.items, page.items_len, &err))
        sync_fail(sync, &err);
    else if (!more)
        end(fetch, NULL);
}
