#include "hub/delivery.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"

enum {
    KINDS_MAX = 16,
    SENDING_MAX = 32, /* of all kinds together */
    ANSWER_MAX_BYTES = 500,
    BACK_OFF_FIRST_MS = 1000,
    BACK_OFF_DOUBLINGS = 8, /* then it stays at about four minutes */
    STORE_RETRY_MS = 1000,
};
#define GIVE_UP_MS DAY_MS
#define KEPT_MS (30 * DAY_MS)
#define SLEEP_MAX_MS HOUR_MS

/* A row marked `sending`, and what came of it. */
struct attempt {
    int64_t id, wanted_at;
    int attempts;
    char *destination;
    bool answered;
    struct delivery_answer answer;
    char answer_text[ANSWER_MAX_BYTES + 1];
};

struct deliveries {
    struct store *store;
    struct loop *loop; /* NULL until attached */
    struct delivery_kind kinds[KINDS_MAX];
    size_t kinds_len;
    struct attempt attempts[SENDING_MAX];
    size_t attempts_len;
    struct clock_watch clock;
    int64_t clock_set_by_ms; /* what rows do not know of yet */
    bool recovered;          /* attempts of an earlier life are queued again */
    int64_t trimmed_at;
    uint64_t look_timer, flush_timer;
};

/* ---- putting ---- */

bool
delivery_put(struct store *store, const struct delivery *delivery, int64_t now_ms,
             struct error *err)
{
    struct statement *statement;
    assert(delivery->key[0] && delivery->destination[0]);
    if (!store_statement(store, SQL_DELIVERY_DESTINATION_PUT, &statement, err))
        return false;
    bind_text(statement, "name", delivery->destination);
    if (!statement_run(statement, err) ||
        !store_statement(store, SQL_DELIVERY_PUT, &statement, err))
        return false;
    bind_text(statement, "kind", delivery->kind);
    bind_text(statement, "destination", delivery->destination);
    bind_text(statement, "lane", delivery->lane[0] ? delivery->lane : delivery->destination);
    bind_text(statement, "key", delivery->key);
    bind_text(statement, "about", delivery->about);
    bind_text(statement, "body", delivery->body);
    bind_integer(statement, "now", now_ms);
    bind_integer(statement, "due_at", delivery->due_at ? delivery->due_at : now_ms);
    return statement_run(statement, err);
}

bool
delivery_drop_queued(struct store *store, const char *about, const char *reason, int64_t now_ms,
                     struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_DELIVERY_DROP, &statement, err))
        return false;
    bind_text(statement, "about", about);
    bind_text(statement, "answer", reason);
    bind_integer(statement, "now", now_ms);
    return statement_run(statement, err);
}

bool
delivery_drop(struct store *store, const char *about, const char *reason, int64_t now_ms,
              struct error *err)
{
    struct statement *statement;
    if (!delivery_drop_queued(store, about, reason, now_ms, err) ||
        !store_statement(store, SQL_DELIVERY_UNWANT, &statement, err))
        return false;
    bind_text(statement, "about", about);
    return statement_run(statement, err);
}

/* ---- what came of an attempt ---- */

/* Twice as long each time, and a quarter more or less, so that what failed together does not come back together. */
static int64_t
back_off_ms(int attempts)
{
    uint16_t random;
    int doublings = attempts - 1 < BACK_OFF_DOUBLINGS ? attempts - 1 : BACK_OFF_DOUBLINGS;
    int64_t usual_ms = (int64_t)BACK_OFF_FIRST_MS << (doublings < 0 ? 0 : doublings);
    digest_random(&random, sizeof(random));
    return usual_ms * 3 / 4 + usual_ms / 2 * random / UINT16_MAX;
}

static bool
hold(struct store *store, const char *destination, int64_t next_at, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_DELIVERY_DESTINATION_HOLD, &statement, err))
        return false;
    bind_text(statement, "name", destination);
    bind_integer(statement, "next_at", next_at);
    return statement_run(statement, err);
}

static bool
finish(struct store *store, const struct attempt *attempt, bool done, int64_t now_ms,
       struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_DELIVERY_FINISH, &statement, err))
        return false;
    bind_integer(statement, "id", attempt->id);
    bind_text(statement, "state", done ? "done" : "failed");
    bind_text(statement, "answer", attempt->answer_text);
    bind_integer(statement, "now", now_ms);
    if (!done)
        log_write(LOG_ERROR, "delivery %lld to %s failed after %d attempts: %s",
                  (long long)attempt->id, attempt->destination, attempt->attempts,
                  attempt->answer_text);
    return statement_run(statement, err);
}

static bool
try_again(struct store *store, const struct attempt *attempt, int64_t now_ms, struct error *err)
{
    struct statement *statement;
    int64_t wait_ms = back_off_ms(attempt->attempts);
    if (wait_ms < attempt->answer.wait_ms)
        wait_ms = attempt->answer.wait_ms;
    if (!store_statement(store, SQL_DELIVERY_AGAIN, &statement, err))
        return false;
    bind_integer(statement, "id", attempt->id);
    bind_integer(statement, "now", now_ms);
    bind_integer(statement, "due_at", now_ms + wait_ms);
    bind_integer(statement, "in_doubt", attempt->answer.in_doubt);
    bind_text(statement, "answer", attempt->answer_text);
    return statement_run(statement, err) &&
           (!attempt->answer.hold_destination ||
            hold(store, attempt->destination, now_ms + wait_ms, err));
}

static bool
note(struct store *store, const struct attempt *attempt, int64_t now_ms, struct error *err)
{
    if (attempt->answer.outcome == DELIVERY_AGAIN && now_ms - attempt->wanted_at < GIVE_UP_MS)
        return try_again(store, attempt, now_ms, err);
    return finish(store, attempt, attempt->answer.outcome == DELIVERY_DONE, now_ms, err);
}

static bool
note_answers(struct deliveries *deliveries, struct error *err)
{
    int64_t now_ms = clock_now_ms();
    if (!store_begin(deliveries->store, err))
        return false;
    for (size_t i = 0; i < deliveries->attempts_len; i++)
        if (deliveries->attempts[i].answered &&
            !note(deliveries->store, &deliveries->attempts[i], now_ms, err)) {
            store_rollback(deliveries->store);
            return false;
        }
    return store_commit(deliveries->store, err);
}

static void
flush(void *context)
{
    struct deliveries *deliveries = context;
    struct error err;
    size_t kept = 0;
    deliveries->flush_timer = 0;
    if (!note_answers(deliveries, &err)) {
        log_failure(LOG_ERROR, &err, "what came of deliveries cannot be noted");
        deliveries->flush_timer = loop_after(deliveries->loop, STORE_RETRY_MS, flush, deliveries);
        return;
    }
    for (size_t i = 0; i < deliveries->attempts_len; i++) {
        if (deliveries->attempts[i].answered)
            memory_free(deliveries->attempts[i].destination);
        else
            deliveries->attempts[kept++] = deliveries->attempts[i];
    }
    deliveries->attempts_len = kept;
    deliveries_look(deliveries);
}

void
deliveries_answer(struct deliveries *deliveries, int64_t id, const struct delivery_answer *answer)
{
    struct arena scratch = {0};
    for (size_t i = 0; i < deliveries->attempts_len; i++) {
        struct attempt *attempt = &deliveries->attempts[i];
        if (attempt->id != id || attempt->answered)
            continue;
        const char *text = text_clean(&scratch, answer->text, ANSWER_MAX_BYTES);
        memcpy(attempt->answer_text, text, strlen(text) + 1);
        attempt->answer = *answer;
        attempt->answer.text = NULL;
        attempt->answered = true;
        if (!deliveries->flush_timer)
            deliveries->flush_timer = loop_after(deliveries->loop, 0, flush, deliveries);
    }
    arena_finish(&scratch);
}

/* ---- sending ---- */

struct outgoing {
    const struct delivery_kind *kind;
    int64_t wanted_at;
    struct delivery delivery;
};

static bool
find_next(struct deliveries *deliveries, const struct delivery_kind *kind, int64_t now_ms,
          struct arena *arena, struct outgoing *out, bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(deliveries->store, SQL_DELIVERY_NEXT, &statement, err))
        return false;
    bind_text(statement, "kind", kind->name);
    bind_integer(statement, "at_once", kind->at_once > 0 ? kind->at_once : 1);
    bind_integer(statement, "now", now_ms);
    if (!statement_step(statement, found, err))
        return false;
    if (!*found)
        return true;
    *out = (struct outgoing){.kind = kind,
                             .wanted_at = row_integer(statement, 9),
                             .delivery = {
                                 .id = row_integer(statement, 0),
                                 .kind = kind->name,
                                 .destination = row_text(statement, arena, 1),
                                 .lane = row_text(statement, arena, 2),
                                 .key = row_text(statement, arena, 3),
                                 .about = row_text(statement, arena, 4),
                                 .body = row_text(statement, arena, 5),
                                 .created_at = row_integer(statement, 6),
                                 .attempts = (int)row_integer(statement, 7) + 1,
                                 .in_doubt = row_integer(statement, 8) != 0,
                             }};
    statement_reset(statement);
    return true;
}

static bool
mark_sending(struct store *store, const struct outgoing *out, int64_t now_ms, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_DELIVERY_SENDING, &statement, err))
        return false;
    bind_integer(statement, "id", out->delivery.id);
    return statement_run(statement, err) &&
           (out->kind->spacing_ms == 0 ||
            hold(store, out->delivery.destination, now_ms + out->kind->spacing_ms, err));
}

/* Marks what can be sent now, in one transaction. The database is not touched when that is nothing. */
static bool
take_due(struct deliveries *deliveries, struct arena *arena, struct outgoing *out, size_t *out_len,
         struct error *err)
{
    int64_t now_ms = clock_now_ms();
    size_t room = SENDING_MAX - deliveries->attempts_len;
    bool begun = false, ok = true, found;
    *out_len = 0;
    for (size_t i = 0; ok && i < deliveries->kinds_len; i++) {
        for (found = true; ok && found && *out_len < room;) {
            ok = find_next(deliveries, &deliveries->kinds[i], now_ms, arena, &out[*out_len], &found,
                           err);
            if (!ok || !found)
                break;
            if (!begun)
                ok = begun = store_begin(deliveries->store, err);
            ok = ok && mark_sending(deliveries->store, &out[*out_len], now_ms, err);
            *out_len += ok;
        }
    }
    if (ok && begun)
        return store_commit(deliveries->store, err);
    store_rollback(deliveries->store);
    return ok;
}

static bool
next_wake(struct deliveries *deliveries, int64_t *wake_ms, struct error *err)
{
    struct statement *statement;
    bool row;
    int64_t now_ms = clock_now_ms();
    if (!store_statement(deliveries->store, SQL_DELIVERY_WAKE, &statement, err))
        return false;
    bind_integer(statement, "now", now_ms);
    if (!statement_step(statement, &row, err))
        return false;
    int64_t at = row_integer(statement, 0);
    statement_reset(statement);
    *wake_ms = at == 0 || at - now_ms > SLEEP_MAX_MS ? SLEEP_MAX_MS : at - now_ms;
    return true;
}

static bool
run_shift(struct store *store, enum sql sql, int64_t by_ms, int64_t from, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_integer(statement, "by_ms", by_ms);
    bind_integer(statement, "from", from);
    return statement_run(statement, err);
}

static bool
shift_wanted(struct store *store, int64_t by_ms, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_DELIVERY_SHIFT_WANTED, &statement, err))
        return false;
    bind_integer(statement, "by_ms", by_ms);
    return statement_run(statement, err);
}

static bool
follow_clock(struct deliveries *deliveries, struct error *err)
{
    deliveries->clock_set_by_ms += clock_was_set_by_ms(&deliveries->clock);
    int64_t by_ms = deliveries->clock_set_by_ms;
    int64_t from = clock_now_ms() - by_ms;
    if (by_ms == 0)
        return true;
    if (!store_begin(deliveries->store, err) ||
        !run_shift(deliveries->store, SQL_DELIVERY_SHIFT, by_ms, from, err) ||
        !shift_wanted(deliveries->store, by_ms, err) ||
        !run_shift(deliveries->store, SQL_DELIVERY_DESTINATION_SHIFT, by_ms, from, err) ||
        !store_commit(deliveries->store, err)) {
        store_rollback(deliveries->store);
        return false;
    }
    for (size_t i = 0; i < deliveries->attempts_len; i++)
        deliveries->attempts[i].wanted_at += by_ms;
    deliveries->clock_set_by_ms = 0;
    return true;
}

/* Until it is known what an earlier life left under way, nothing is sent: it would wait behind that, or overtake it. */
static bool
recover(struct deliveries *deliveries, struct error *err)
{
    struct statement *statement;
    if (deliveries->recovered)
        return true;
    if (!store_statement(deliveries->store, SQL_DELIVERY_RECOVER, &statement, err))
        return false;
    bind_integer(statement, "now", clock_now_ms());
    deliveries->recovered = statement_run(statement, err);
    return deliveries->recovered;
}

static bool
trim(struct deliveries *deliveries, struct error *err)
{
    struct statement *statement;
    int64_t now_ms = clock_now_ms();
    if (now_ms - deliveries->trimmed_at < HOUR_MS)
        return true;
    deliveries->trimmed_at = now_ms;
    if (!store_statement(deliveries->store, SQL_DELIVERY_TRIM, &statement, err))
        return false;
    bind_integer(statement, "before", now_ms - KEPT_MS);
    return statement_run(statement, err);
}

static void
begin_attempt(struct deliveries *deliveries, const struct outgoing *out)
{
    const struct delivery *delivery = &out->delivery;
    size_t size = strlen(delivery->destination) + 1;
    deliveries->attempts[deliveries->attempts_len++] = (struct attempt){
        .id = delivery->id,
        .wanted_at = out->wanted_at,
        .attempts = delivery->attempts,
        .destination = memcpy(memory_alloc(size), delivery->destination, size),
    };
}

static void
on_look_timer(void *context)
{
    struct deliveries *deliveries = context;
    deliveries->look_timer = 0;
    deliveries_look(deliveries);
}

void
deliveries_look(struct deliveries *deliveries)
{
    struct outgoing out[SENDING_MAX];
    size_t out_len = 0;
    struct arena arena = {0};
    struct error err;
    int64_t wake_ms = STORE_RETRY_MS;
    if (!deliveries->loop)
        return;
    if (!follow_clock(deliveries, &err) || !recover(deliveries, &err) ||
        !take_due(deliveries, &arena, out, &out_len, &err)) {
        log_failure(LOG_ERROR, &err, "deliveries wait");
        out_len = 0;
    } else if (!next_wake(deliveries, &wake_ms, &err) || !trim(deliveries, &err)) {
        log_failure(LOG_ERROR, &err, "deliveries may be late");
    }
    loop_cancel(deliveries->loop, deliveries->look_timer);
    deliveries->look_timer = loop_after(deliveries->loop, wake_ms, on_look_timer, deliveries);
    for (size_t i = 0; i < out_len; i++)
        begin_attempt(deliveries, &out[i]);
    for (size_t i = 0; i < out_len; i++)
        out[i].kind->send(out[i].kind->context, &out[i].delivery);
    arena_finish(&arena);
}

/* ---- beginning and end ---- */

struct deliveries *
deliveries_create(struct store *store)
{
    struct deliveries *deliveries = memory_alloc(sizeof(*deliveries));
    deliveries->store = store;
    return deliveries;
}

void
deliveries_destroy(struct deliveries *deliveries)
{
    if (!deliveries)
        return;
    if (deliveries->loop) {
        loop_cancel(deliveries->loop, deliveries->look_timer);
        loop_cancel(deliveries->loop, deliveries->flush_timer);
    }
    for (size_t i = 0; i < deliveries->attempts_len; i++)
        memory_free(deliveries->attempts[i].destination);
    memory_free(deliveries);
}

void
deliveries_register(struct deliveries *deliveries, const struct delivery_kind *kind)
{
    assert(deliveries->kinds_len < KINDS_MAX);
    deliveries->kinds[deliveries->kinds_len++] = *kind;
}

void
deliveries_attach(struct deliveries *deliveries, struct loop *loop)
{
    deliveries->loop = loop;
    (void)clock_was_set_by_ms(&deliveries->clock); /* the first look at the clock */
    deliveries->look_timer = loop_after(loop, 0, on_look_timer, deliveries);
}

size_t
deliveries_sending(const struct deliveries *deliveries)
{
    return deliveries->attempts_len;
}
