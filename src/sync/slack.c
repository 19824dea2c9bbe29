#include "sync/slack.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "base/text.h"
#include "remote/slack_message.h"
#include "store/channel_message.h"
#include "sync/engine.h"
#include "sync/outside.h"

#define RESOURCE "slack"
#define LOOK_MS (15 * SECOND_MS) /* at the channel on screen */
#define OTHERS_MS MINUTE_MS      /* at the other open incidents' */
#define FIRST_LOOK_MS SECOND_MS
#define NAME_KEPT_MS DAY_MS
#define FEW_A_MINUTE 5 /* apps that Slack restricts so far get 15 messages a request, too */

enum {
    PAGE = 100,
    PAGE_RESTRICTED = 15,
    PAGES_MAX = 5,
    MESSAGES_MAX = PAGES_MAX * SLACK_MESSAGES_MAX,
    THREADS_MAX = 20, /* that are read in a run; the others in the next */
    NAMES_MAX = 20,
    CHANNELS_REMEMBERED = 64,
    ID_SIZE = 32,
    NAME_MAX_BYTES = 100,
    WHO_MAX_COLS = 60,
};

struct slack_source {
    struct sync *sync;
    struct slack *slack; /* NULL: it cannot be asked */
    struct outside source;
    uint64_t timer;
    bool wanted;       /* looked at again once this run is over */
    char address[512]; /* of the workspace in a browser, with a / behind it; "" = not asked yet */
    struct {
        char id[ID_SIZE];
        int64_t at; /* monotonic */
    } read[CHANNELS_REMEMBERED];

    /* of a run */
    bool running;
    struct arena arena;
    int64_t started_at;
    struct error run_error;
    struct channel_to_read *channels;
    size_t channels_len, next_channel;

    /* of the channel that is being read */
    const struct channel_to_read *channel;
    struct arena own;
    const char *known_until; /* its newest message that the store has */
    struct slack_message *messages;
    size_t messages_len;
    int pages;
    bool is_whole; /* there is nothing older than these */
    const char *threads[THREADS_MAX];
    size_t threads_len, next_thread;
    const char *thread; /* that is being read; "" = the channel itself is */
    /* What stands in the channel itself, until its threads are read: then they are not asked for again. */
    struct slack_message *top;
    size_t top_len;
    bool is_top_whole;
    const char *names[NAMES_MAX];
    size_t names_len, next_name;
};

static void run(void *context);
static void next_channel(struct slack_source *source);
static void next_thread(struct slack_source *source);
static void next_name(struct slack_source *source);

static const struct profile *
profile_of(const struct slack_source *source)
{
    return source->sync->options.profile;
}

static struct store *
store_of(const struct slack_source *source)
{
    return source->sync->keep.store;
}

static void
run_after(struct slack_source *source, int64_t delay_ms)
{
    loop_cancel(source->sync->loop, source->timer);
    source->timer = loop_after(source->sync->loop, delay_ms, run, source);
}

static void
end_run(struct slack_source *source)
{
    const bool again = source->wanted;
    source->running = source->wanted = false;
    if (!outside_ended(&source->source, source->started_at, &source->run_error, again))
        return;
    if (!source->sync->options.once)
        run_after(source, source->source.next_due_at - clock_now_ms());
    sync_outside_ended(source->sync);
}

/* ---- which channels ---- */

/* When a channel was read; of those not remembered the oldest place is reused. */
static int64_t *
read_at(struct slack_source *source, const char *id)
{
    size_t oldest = 0;
    for (size_t i = 0; i < CHANNELS_REMEMBERED; i++) {
        if (strcmp(source->read[i].id, id) == 0)
            return &source->read[i].at;
        if (source->read[i].at < source->read[oldest].at)
            oldest = i;
    }
    (void)snprintf(source->read[oldest].id, ID_SIZE, "%s", id); /* ids are that short: is_id */
    source->read[oldest].at = 0;
    return &source->read[oldest].at;
}

static bool
is_id(const char *id)
{
    const size_t len = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    return len && len < ID_SIZE && !id[len];
}

static bool
is_due(struct slack_source *source, const struct channel_to_read *channel)
{
    const int64_t at = *read_at(source, channel->id);
    return !at || channel->is_on_screen ||
           clock_monotonic_ms() - at >= sync_scaled(source->sync, OTHERS_MS);
}

static bool
find_channels(struct slack_source *source, struct error *err)
{
    struct channel_to_read *all;
    size_t len;
    if (!channels_to_read(store_of(source), source->sync->on_screen, &source->arena, &all, &len,
                          err))
        return false;
    source->channels = all;
    source->channels_len = source->next_channel = 0;
    source->source.rows_seen = (int64_t)len;
    for (size_t i = 0; i < len; i++)
        if (is_id(all[i].id) && is_due(source, &all[i]))
            all[source->channels_len++] = all[i];
    return true;
}

/* ---- answers that are none ---- */

/* Of this channel alone: the next one may be well. False: the store failed, and sync was told. */
static bool
note_problem(struct slack_source *source, const char *problem)
{
    struct sync *sync = source->sync;
    struct error err = {0};
    const char *before;
    if (channel_problem_get(sync->keep.store, source->channel->id, &source->own, &before, &err) &&
        (text_equals(before, problem) ||
         (keep_begin(&sync->keep, &err) &&
          channel_problem_put(sync->keep.store, source->channel->id, problem, &err) &&
          keep_end(&sync->keep, &err))))
        return true;
    sync_fail(sync, &err);
    return false;
}

/* Whether the answer is one to go on with. */
static bool
is_fine(struct slack_source *source, const struct slack_answer *answer)
{
    if (answer->problem == SLACK_PROBLEM_NONE)
        return true;
    if (answer->remedy == SLACK_NO && source->channel) {
        if (note_problem(source, answer->error.message))
            next_channel(source);
        return false;
    }
    source->run_error = answer->error;
    end_run(source);
    return false;
}

/* ---- names ---- */

/* False: the store failed. */
static bool
is_known(struct slack_source *source, const char *id, bool *known, struct error *err)
{
    const char *name;
    return slack_member_name(store_of(source), id, clock_now_ms() - NAME_KEPT_MS, &source->own,
                             &name, known, err);
}

static bool
want_name(struct slack_source *source, const char *id, struct error *err)
{
    bool known = true;
    if (source->names_len == NAMES_MAX || !is_id(id))
        return true;
    for (size_t i = 0; i < source->names_len; i++)
        if (strcmp(source->names[i], id) == 0)
            return true;
    if (!is_known(source, id, &known, err))
        return false;
    if (!known)
        source->names[source->names_len++] = id;
    return true;
}

/* Those who said something, and whom it mentions. */
static bool
want_names(struct slack_source *source, struct error *err)
{
    source->names_len = source->next_name = 0;
    for (size_t i = 0; i < source->messages_len; i++) {
        const struct slack_message *message = &source->messages[i];
        if (!message->is_said)
            continue;
        if (!want_name(source, message->user, err))
            return false;
        for (const char *at = message->text; (at = strstr(at, "<@")); at += 2)
            if (!want_name(source, arena_text_len(&source->own, at + 2, strcspn(at + 2, "|>")),
                           err))
                return false;
    }
    return true;
}

static const char *
name_of(void *context, const char *id)
{
    struct slack_source *source = context;
    struct error err = {0};
    const char *name = "";
    bool known;
    if (!slack_member_name(store_of(source), id, 0, &source->own, &name, &known, &err))
        log_failure(LOG_WARNING, &err, id);
    return name;
}

/* ---- what was said ---- */

/* "*Ana Ruiz:* on it" is what Ana said from a console; see plan_reply. */
static void
read_said_from_here(struct slack_source *source, struct channel_message *message)
{
    const char *colon = strstr(message->text, ":* ");
    if (*message->text != '*' || !colon)
        return;
    const char *who =
        arena_text_len(&source->own, message->text + 1, (size_t)(colon - message->text) - 1);
    message->who =
        text_cut(&source->own, text_clean(&source->own, who, NAME_MAX_BYTES), WHO_MAX_COLS);
    message->text = colon + 3;
}

static const char *
permalink_of(struct slack_source *source, const struct slack_message *message)
{
    const int whole = (int)strcspn(message->ts, ".");
    const char *link =
        arena_printf(&source->own, "%sarchives/%s/p%.*s%s", source->address, source->channel->id,
                     whole, message->ts, message->ts + whole + 1);
    if (!*source->address)
        return "";
    return *message->thread_ts ? arena_printf(&source->own, "%s?thread_ts=%s&cid=%s", link,
                                              message->thread_ts, source->channel->id)
                               : link;
}

static struct channel_message
message_of(struct slack_source *source, const struct slack_message *said)
{
    const struct slack_names names = {.unnamed_group = "", .name_of = name_of, .context = source};
    const bool is_from_here = strncmp(said->key, "reply:", 6) == 0;
    struct channel_message message = {
        .channel_id = source->channel->id,
        .ts = said->ts,
        .thread_ts = said->thread_ts,
        .said_at = slack_ts_ms(said->ts),
        .who = "",
        .text = "",
        .permalink = "",
        .is_said = said->is_said || is_from_here,
        .latest_reply = said->latest_reply,
    };
    if (!message.is_said)
        return message;
    message.text = slack_plain(said->text, &names, &source->own);
    message.permalink = permalink_of(source, said);
    message.who = *said->user ? name_of(source, said->user) : "";
    if (!*message.who)
        message.who = said->user;
    message.who = text_clean(&source->own, message.who, NAME_MAX_BYTES);
    if (is_from_here)
        read_said_from_here(source, &message);
    return message;
}

static bool
is_of_stretch(const struct slack_source *source, const struct slack_message *message)
{
    return strcmp(message->thread_ts, source->thread) == 0;
}

/* What was read becomes what the store knows. */
static bool
save(struct slack_source *source, struct error *err)
{
    struct sync *sync = source->sync;
    struct channel_message *messages =
        arena_new_array(&source->own, source->messages_len + 1, struct channel_message);
    struct channel_stretch stretch = {
        .channel_id = source->channel->id, .thread_ts = source->thread, .messages = messages};
    bool same;
    for (size_t i = 0; i < source->messages_len; i++) {
        if (!is_of_stretch(source, &source->messages[i]))
            continue;
        const struct channel_message *message = &messages[stretch.len];
        messages[stretch.len++] = message_of(source, &source->messages[i]);
        if (!source->is_whole && (stretch.len == 1 || message->said_at < stretch.since_ms))
            stretch.since_ms = message->said_at;
    }
    if (!source->is_whole && !stretch.len)
        return true;
    return channel_stretch_is_known(sync->keep.store, &stretch, &source->own, &same, err) &&
           (same || (keep_begin(&sync->keep, err) &&
                     channel_stretch_put(sync->keep.store, &stretch, &source->own, err) &&
                     keep_end(&sync->keep, err)));
}

/* ---- threads ---- */

/* Those in which something was said since they were read. Of the others the store keeps what it knew. */
static bool
find_threads(struct slack_source *source, struct error *err)
{
    source->threads_len = source->next_thread = 0;
    for (size_t i = 0; i < source->messages_len; i++) {
        struct slack_message *message = &source->messages[i];
        struct channel_message known;
        bool found;
        if (!slack_ts_is_one(message->latest_reply)) {
            message->latest_reply = "";
            continue;
        }
        if (!channel_message_get(store_of(source), source->channel->id, message->ts, &source->own,
                                 &known, &found, err))
            return false;
        if (found && text_equals(known.latest_reply, message->latest_reply))
            continue;
        if (source->threads_len < THREADS_MAX)
            source->threads[source->threads_len++] = message->ts;
        else
            message->latest_reply = found ? known.latest_reply : "";
    }
    return true;
}

/* ---- asking ---- */

static void on_messages(void *context, const struct slack_answer *answer);

static void
ask_messages(struct slack_source *source, const char *cursor)
{
    struct slack *slack = source->slack;
    const bool is_restricted = profile_slack_history_rate(profile_of(source)) <= FEW_A_MINUTE;
    const char *limit = arena_printf(&source->own, "%d", is_restricted ? PAGE_RESTRICTED : PAGE);
    if (*source->thread)
        SLACK_CALL(slack, SLACK_CONVERSATIONS_REPLIES, on_messages, source,
                   {"channel", source->channel->id}, {"ts", source->thread}, {"limit", limit},
                   {"include_all_metadata", "true"}, {"cursor", cursor});
    else
        SLACK_CALL(slack, SLACK_CONVERSATIONS_HISTORY, on_messages, source,
                   {"channel", source->channel->id}, {"limit", limit},
                   {"include_all_metadata", "true"}, {"cursor", cursor});
}

static void
begin_reading(struct slack_source *source, const char *thread)
{
    source->thread = thread;
    source->messages = arena_new_array(&source->own, 1, struct slack_message);
    source->messages_len = 0;
    source->pages = 0;
    ask_messages(source, "");
}

static void
add_page(struct slack_source *source, const struct slack_message *page, size_t len)
{
    struct slack_message *all =
        arena_new_array(&source->own, source->messages_len + len + 1, struct slack_message);
    if (source->messages_len)
        memcpy(all, source->messages, source->messages_len * sizeof *all);
    if (len)
        memcpy(all + source->messages_len, page, len * sizeof *all);
    source->messages = all;
    source->messages_len += len;
}

/* Of a thread all is read, of a channel what is new and the page in which that ends. */
static bool
wants_more(const struct slack_source *source, const struct slack_message *page, size_t len)
{
    if (source->pages >= PAGES_MAX)
        return false;
    if (*source->thread || !*source->known_until)
        return true;
    return len && slack_ts_compare(page[len - 1].ts, source->known_until) > 0;
}

static void
on_messages(void *context, const struct slack_answer *answer)
{
    struct slack_source *source = context;
    struct error err = {0};
    struct slack_message *page;
    size_t len;
    if (*source->thread && answer->remedy == SLACK_NO) { /* it is gone, the channel is not */
        next_thread(source);
        return;
    }
    if (!is_fine(source, answer))
        return;
    slack_messages_read(answer, &source->own, &page, &len);
    const char *cursor = slack_answer_text(answer, "response_metadata.next_cursor", &source->own);
    add_page(source, page, len);
    source->pages++;
    source->is_whole = !*cursor;
    if (*cursor && len && wants_more(source, page, len)) {
        ask_messages(source, cursor);
        return;
    }
    if ((*source->thread || find_threads(source, &err)) && want_names(source, &err))
        next_name(source);
    else
        sync_fail(source->sync, &err);
}

static void
on_member(void *context, const struct slack_answer *answer)
{
    struct slack_source *source = context;
    struct sync *sync = source->sync;
    struct error err = {0};
    const char *id = source->names[source->next_name - 1], *name = "";
    static const char *const paths[] = {"user.profile.display_name", "user.profile.real_name",
                                        "user.real_name", "user.name"};
    if (answer->problem != SLACK_PROBLEM_NONE && answer->remedy == SLACK_LATER) {
        source->run_error = answer->error;
        end_run(source);
        return;
    }
    for (size_t i = 0; i < sizeof paths / sizeof *paths && !*name; i++)
        name = slack_answer_text(answer, paths[i], &source->own);
    name = text_cut(&source->own, text_clean(&source->own, name, NAME_MAX_BYTES), WHO_MAX_COLS);
    if (keep_begin(&sync->keep, &err) &&
        slack_member_put(sync->keep.store, id, name, clock_now_ms(), &err) &&
        keep_end(&sync->keep, &err))
        next_name(source);
    else
        sync_fail(sync, &err);
}

/* After the last name what was read of a thread is stored. */
static void
next_name(struct slack_source *source)
{
    struct error err = {0};
    if (source->next_name < source->names_len) {
        SLACK_CALL(source->slack, SLACK_USERS_INFO, on_member, source,
                   {"user", source->names[source->next_name++]});
        return;
    }
    if (!*source->thread) {
        source->top = source->messages;
        source->top_len = source->messages_len;
        source->is_top_whole = source->is_whole;
    } else if (!save(source, &err)) {
        sync_fail(source->sync, &err);
        return;
    }
    next_thread(source);
}

/* After the last one what stands in the channel itself is stored. */
static void
next_thread(struct slack_source *source)
{
    struct error err = {0};
    if (source->next_thread < source->threads_len) {
        begin_reading(source, source->threads[source->next_thread++]);
        return;
    }
    source->thread = "";
    source->messages = source->top;
    source->messages_len = source->top_len;
    source->is_whole = source->is_top_whole;
    if (!save(source, &err)) {
        sync_fail(source->sync, &err);
        return;
    }
    *read_at(source, source->channel->id) = clock_monotonic_ms();
    if (note_problem(source, ""))
        next_channel(source);
}

static void
next_channel(struct slack_source *source)
{
    struct error err = {0};
    arena_reset(&source->own);
    source->channel = NULL;
    if (source->next_channel == source->channels_len) {
        end_run(source);
        return;
    }
    source->channel = &source->channels[source->next_channel++];
    source->threads_len = source->next_thread = 0;
    if (channel_message_newest(store_of(source), source->channel->id, &source->own,
                               &source->known_until, &err))
        begin_reading(source, "");
    else
        sync_fail(source->sync, &err);
}

/* "https://acme.slack.com/": links to messages begin with it. */
static void
on_workspace(void *context, const struct slack_answer *answer)
{
    struct slack_source *source = context;
    if (!is_fine(source, answer))
        return;
    const char *address = slack_answer_text(answer, "url", &source->arena);
    const size_t len = strlen(address);
    if (strncmp(address, "https://", 8) == 0 && len < sizeof source->address - 1)
        (void)snprintf(source->address, sizeof source->address, "%s%s", address,
                       address[len - 1] == '/' ? "" : "/"); /* fits */
    next_channel(source);
}

static void
run(void *context)
{
    struct slack_source *source = context;
    struct error err = {0};
    source->timer = 0;
    if (source->sync->ended || source->running)
        return;
    arena_reset(&source->arena);
    source->run_error = (struct error){0};
    source->started_at = clock_now_ms();
    source->channel = NULL;
    if (!find_channels(source, &err)) {
        sync_fail(source->sync, &err);
        return;
    }
    source->running = true;
    if (*source->address)
        next_channel(source);
    else
        slack_call(source->slack, SLACK_AUTH_TEST, (const struct slack_argument[]){{NULL, NULL}},
                   on_workspace, source);
}

/* ---- the source ---- */

static bool
forget_others(struct sync *sync, struct error *err)
{
    return keep_begin(&sync->keep, err) && channel_forget(sync->keep.store, err) &&
           keep_end(&sync->keep, err);
}

bool
slack_source_create(struct slack_source **out, struct sync *sync, const char *token,
                    const struct error *why, struct error *err)
{
    const struct profile *profile = sync->options.profile;
    const bool is_refused = why && why->code != ERROR_NONE;
    *out = NULL;
    if (text_is_empty(token) && !is_refused)
        return outside_none(sync, RESOURCE, err);
    struct slack_source *source = memory_alloc(sizeof *source);
    struct error failure = is_refused ? *why : (struct error){0};
    const struct slack_options options = {
        .url = profile->slack_url,
        .token = token,
        .ca_file = profile->ca_file,
        .proxy = profile->proxy,
        .timeout_ms = sync->options.timeout_ms,
        .history_per_minute = profile_slack_history_rate(profile),
        .settle_ms = 1, /* nothing is sent from here that could still be on its way */
    };
    *out = source;
    source->sync = sync;
    source->source = (struct outside){.sync = sync, .resource = RESOURCE, .period_ms = LOOK_MS};
    if (is_refused || !slack_open(&source->slack, sync->loop, &options, &failure))
        return outside_cannot(&source->source, &failure, err);
    if (!sync->options.once)
        run_after(source, sync_scaled(sync, FIRST_LOOK_MS));
    return forget_others(sync, err);
}

void
slack_source_destroy(struct slack_source *source)
{
    if (!source)
        return;
    slack_close(source->slack);
    loop_cancel(source->sync->loop, source->timer);
    arena_finish(&source->arena);
    arena_finish(&source->own);
    memory_free(source);
}

void
slack_source_incidents(struct slack_source *source)
{
    if (source && source->slack && (source->sync->options.once || !source->source.settled))
        slack_source_look(source);
}

void
slack_source_look(struct slack_source *source)
{
    if (!source || !source->slack || source->source.error.code != ERROR_NONE)
        return; /* a source that fails is asked again in its own time */
    if (source->running)
        source->wanted = true;
    else
        run_after(source, 0);
}

bool
slack_source_is_settled(const struct slack_source *source)
{
    return !source || (source->source.settled && !source->running && !source->timer);
}

const struct error *
slack_source_error(const struct slack_source *source)
{
    static const struct error none;
    return source ? &source->source.error : &none;
}

bool
slack_source_finish(struct slack_source *source, struct error *err)
{
    if (!source)
        return true;
    slack_close(source->slack);
    source->slack = NULL;
    return !source->source.attempt_at || outside_write(&source->source, err);
}
