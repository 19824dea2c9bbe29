#include "watch/slack_watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "remote/slack_message.h"
#include "watch/slack_question.h"
#include "watch/slack_state.h"

#define FIRST_LOOK_BACK_MS HOUR_MS /* into a channel that was never read */
#define FORGOTTEN_MS                                                                               \
    (30 * DAY_MS) /* not answered by then: it stays in the feed, to be closed there */

enum { PAGES_MAX = 200 /* of a channel in a round: the next one goes on */ };

struct round {
    struct slack_watch *watch;
    struct alert_spool *spool;
    struct slack_state state;
    struct arena arena;     /* of the round */
    const char *own_user;   /* the bot's */
    const char *responders; /* " U1 U2 " */
};

/* ---- one call at a time ---- */

typedef void taker(void *context, const struct slack_answer *answer);

struct asking {
    struct loop *loop;
    struct slack_answer answer; /* without the document */
    taker *take;
    void *context;
};

static void
on_answer(void *context, const struct slack_answer *answer)
{
    struct asking *asking = context;
    asking->answer = *answer;
    asking->answer.document = NULL;
    if (answer->problem == SLACK_PROBLEM_NONE)
        asking->take(asking->context, answer);
    loop_stop(asking->loop);
}

/* Whether Slack is there, whatever it said; `answer` is what it said, and `take` has had it when it was good. */
static bool
ask(struct round *round, enum slack_method method, const struct slack_argument *arguments,
    taker *take, void *context, struct slack_answer *answer, struct error *err)
{
    struct asking asking = {.loop = round->watch->loop, .take = take, .context = context};
    slack_call(round->watch->slack, method, arguments, on_answer, &asking);
    if (!loop_run(asking.loop, err))
        return false;
    *answer = asking.answer;
    if (answer->remedy == SLACK_LATER || answer->remedy == SLACK_TOKEN) {
        *err = answer->error;
        return false;
    }
    return true;
}

#define ARGUMENTS(...) ((const struct slack_argument[]){__VA_ARGS__, {NULL, NULL}})

/* ---- what is known of people ---- */

struct text_taking {
    struct arena *arena;
    const char *const *paths; /* the first that is there; NULL-terminated */
    const char *text;
};

static void
take_text(void *context, const struct slack_answer *answer)
{
    struct text_taking *taking = context;
    for (const char *const *path = taking->paths; *path && !*taking->text; path++)
        taking->text = slack_answer_text(answer, *path, taking->arena);
}

/* "" when Slack does not say. */
static bool
ask_text(struct round *round, enum slack_method method, const struct slack_argument *arguments,
         const char *const *paths, const char **text, struct error *err)
{
    struct text_taking taking = {.arena = &round->arena, .paths = paths, .text = ""};
    struct slack_answer answer;
    bool ok = ask(round, method, arguments, take_text, &taking, &answer, err);
    *text = taking.text;
    return ok;
}

static void
take_members(void *context, const struct slack_answer *answer)
{
    struct round *round = context;
    struct str ids;
    str_init(&ids, 0);
    str_append(&ids, " ");
    size_t len = slack_answer_count(answer, "users");
    for (size_t i = 0; i < len; i++)
        str_printf(
            &ids, "%s ",
            slack_answer_text(answer, arena_printf(&round->arena, "users.%zu", i), &round->arena));
    round->responders = arena_text(&round->arena, str_text(&ids));
    str_finish(&ids);
}

/* Whose reply counts. Asked only when there is something that can be replied to. */
static bool
find_responders(struct round *round, struct error *err)
{
    struct slack_answer answer;
    bool wanted = false;
    for (const char *const *by = round->watch->answered_by; *by; by++)
        wanted = wanted || strcmp(*by, "reply") == 0;
    if (!wanted || round->responders)
        return true;
    round->responders = "";
    if (!ask(round, SLACK_USERGROUPS_USERS_LIST, ARGUMENTS({"usergroup", round->watch->group}),
             take_members, round, &answer, err))
        return false;
    if (answer.problem != SLACK_PROBLEM_NONE && round->watch->trouble)
        round->watch->trouble(round->watch->context, round->watch->group, &answer.error);
    return true;
}

/* ---- what is new ---- */

struct page_taking {
    struct round *round;
    struct slack_page page;
};

static void
take_page(void *context, const struct slack_answer *answer)
{
    struct page_taking *taking = context;
    slack_page_read(answer, taking->round->watch->group, taking->round->own_user,
                    &taking->round->arena, &taking->page);
}

static bool
put_question(struct round *round, const char *channel, const struct slack_question *question,
             struct error *err)
{
    static const char *const names[] = {"user.profile.display_name", "user.profile.real_name",
                                        "user.real_name", "user.name", NULL};
    static const char *const links[] = {"permalink", NULL};
    struct arena *arena = &round->arena;
    struct slack_question_about about = {.channel = channel};
    if (!ask_text(round, SLACK_USERS_INFO, ARGUMENTS({"user", question->asker}), names,
                  &about.asker_name, err) ||
        !ask_text(round, SLACK_CHAT_GET_PERMALINK,
                  ARGUMENTS({"channel", channel}, {"message_ts", question->ts}), links,
                  &about.permalink, err))
        return false;
    if (strncmp(about.permalink, "https://", 8) != 0 && strncmp(about.permalink, "http://", 7) != 0)
        about.permalink = "";
    const struct alert_event_out event = slack_question_event(question, &about, arena);
    if (!alert_spool_put(round->spool, &event, 1, err))
        return false;
    round->watch->asked++;
    return true;
}

/* Those that an earlier round put before it was broken off are only remembered. */
static bool
take_questions(struct round *round, const char *channel, const struct slack_page *page,
               struct error *err)
{
    for (size_t i = page->questions_len; i-- > 0;) {
        const struct slack_question *question = &page->questions[i];
        const struct slack_open open = {
            .channel = channel,
            .ts = question->ts,
            .asker = question->asker,
            .title = slack_question_title(question->text, question->asker, &round->arena)};
        const char *key = slack_question_key(channel, question->ts, &round->arena);
        if (!alert_spool_is_firing(round->spool, key, 0) &&
            !put_question(round, channel, question, err))
            return false;
        slack_state_open_add(&round->state, &open);
    }
    return true;
}

/* False: the walk ends here, for now or for good. */
static bool
advance(struct slack_walk *walk, const struct slack_page *page)
{
    const bool goes_on = page->has_more && *page->oldest &&
                         slack_ts_compare(page->oldest, walk->done) > 0 &&
                         (!*walk->until || slack_ts_compare(page->oldest, walk->until) < 0);
    if (!*walk->newest)
        walk->newest = page->newest;
    if (goes_on) {
        walk->until = page->oldest;
        return true;
    }
    if (*walk->newest && slack_ts_compare(walk->newest, walk->done) > 0)
        walk->done = walk->newest;
    walk->newest = walk->until = "";
    return false;
}

static bool
read_channel(struct round *round, struct slack_walk *walk, struct error *err)
{
    const char *limit = arena_printf(&round->arena, "%d", SLACK_WATCH_PAGE);
    for (int i = 0; i < PAGES_MAX; i++) {
        struct page_taking taking = {.round = round, .page = {.newest = "", .oldest = ""}};
        struct slack_answer answer;
        if (!ask(round, SLACK_CONVERSATIONS_HISTORY,
                 ARGUMENTS({"channel", walk->channel}, {"oldest", walk->done},
                           {"latest", walk->until}, {"limit", limit}),
                 take_page, &taking, &answer, err))
            return false;
        if (answer.problem != SLACK_PROBLEM_NONE) {
            if (round->watch->trouble)
                round->watch->trouble(round->watch->context, walk->channel, &answer.error);
            return true;
        }
        if (!taking.page.newest[0] && !*walk->newest)
            return true; /* nothing was said: nothing to remember */
        if (!take_questions(round, walk->channel, &taking.page, err))
            return false;
        const bool goes_on = advance(walk, &taking.page);
        if (!slack_state_save(&round->state, round->watch->dir, err))
            return false;
        if (!goes_on)
            return true;
    }
    return true;
}

/* ---- what was answered ---- */

struct look_taking {
    struct round *round;
    const struct slack_open *open;
    enum slack_question_state state;
};

static void
take_look(void *context, const struct slack_answer *answer)
{
    struct look_taking *taking = context;
    taking->state = slack_question_state(
        answer, taking->open->ts, taking->open->asker, taking->round->watch->answered_by,
        taking->round->responders ? taking->round->responders : "", &taking->round->arena);
}

static bool
put_resolved(struct round *round, const struct slack_open *open, struct error *err)
{
    const char *key = slack_question_key(open->channel, open->ts, &round->arena);
    const struct alert_event_parts parts = {.title = open->title,
                                            .deduplication_key = key,
                                            .description = "",
                                            .source_url = "",
                                            .metadata = "",
                                            .resolved = true,
                                            .at_ms = clock_now_ms()};
    const struct alert_event_out event = alert_event_out(&parts, &round->arena);
    if (!alert_spool_is_firing(round->spool, key, 0))
        return true; /* an earlier round did */
    round->watch->answered++;
    return alert_spool_put(round->spool, &event, 1, err);
}

static bool
is_old(const struct slack_open *open)
{
    return strtoll(open->ts, NULL, 10) * SECOND_MS < clock_now_ms() - FORGOTTEN_MS;
}

/* Looks at the one that was looked at longest ago; it goes to the end, or away. */
static bool
look_at_first(struct round *round, struct error *err)
{
    const struct slack_open open = round->state.open[0];
    struct look_taking taking = {.round = round, .open = &open, .state = SLACK_QUESTION_OPEN};
    struct slack_answer answer = {0};
    if (!is_old(&open) &&
        !ask(round, SLACK_CONVERSATIONS_HISTORY,
             ARGUMENTS({"channel", open.channel}, {"oldest", open.ts}, {"latest", open.ts},
                       {"inclusive", "true"}, {"limit", "1"}),
             take_look, &taking, &answer, err))
        return false;
    if (taking.state != SLACK_QUESTION_OPEN && !put_resolved(round, &open, err))
        return false;
    slack_state_open_remove(&round->state, 0);
    if (taking.state == SLACK_QUESTION_OPEN && !is_old(&open))
        slack_state_open_add(&round->state, &open);
    return slack_state_save(&round->state, round->watch->dir, err);
}

static bool
look_at_open(struct round *round, struct error *err)
{
    size_t looks = round->state.open_len;
    if (looks > (size_t)round->watch->looks_max)
        looks = (size_t)round->watch->looks_max;
    if (looks && !find_responders(round, err))
        return false;
    for (size_t i = 0; i < looks; i++)
        if (!look_at_first(round, err))
            return false;
    return true;
}

/* ---- a round ---- */

static bool
run(struct round *round, struct error *err)
{
    static const char *const users[] = {"user_id", NULL};
    int64_t since_s = (clock_now_ms() - FIRST_LOOK_BACK_MS) / SECOND_MS;
    const char *since = arena_printf(&round->arena, "%lld.000000", (long long)since_s);
    if (!slack_state_load(&round->state, round->watch->dir, err) ||
        !ask_text(round, SLACK_AUTH_TEST, ARGUMENTS({"", ""}), users, &round->own_user, err))
        return false;
    for (const char *const *channel = round->watch->channels; *channel; channel++) {
        struct slack_walk *walk = slack_state_walk(&round->state, *channel, since);
        if (!walk)
            return error_set(err, ERROR_CONFIG, "more than %d channels cannot be watched",
                             SLACK_STATE_CHANNELS_MAX);
        if (!read_channel(round, walk, err))
            return false;
    }
    return look_at_open(round, err);
}

bool
slack_watch_round(struct slack_watch *watch, struct alert_spool *spool, struct error *err)
{
    struct round *round = memory_alloc(sizeof *round);
    round->watch = watch;
    round->spool = spool;
    watch->asked = watch->answered = 0;
    bool ok = run(round, err);
    slack_state_finish(&round->state);
    arena_finish(&round->arena);
    memory_free(round);
    return ok;
}
