#include "action/past.h"

#include "store/past.h"
#include "wire/wire.h"

enum { RANKS_MAX = 100 };

struct past {
    const struct derivation *derivation;
    int64_t ranks[RANKS_MAX];
    size_t ranks_len;
};

static bool
decode(void *context, enum kind kind, const char *json, struct arena *arena, void *object,
       struct error *err)
{
    const struct past *past = context;
    if (!wire_read_object(kind, slice_of(json), arena, object, err))
        return false;
    model_derive(kind, object, past->derivation, past->ranks, past->ranks_len);
    return true;
}

static bool
read_ranks(struct store *store, struct past *past, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_SYNC_SEVERITY_RANKS, &statement, err))
        return false;
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        if (past->ranks_len < RANKS_MAX)
            past->ranks[past->ranks_len++] = row_integer(statement, 0);
    }
    return false;
}

bool
past_open(struct store **store, const char *cache_path, int64_t at_ms,
          const struct derivation *derivation, bool (*should_stop)(void *context), void *context,
          struct error *err)
{
    struct past past = {.derivation = derivation};
    if (!store_open(store, STORE_CACHE, cache_path, STORE_READ, NULL, err))
        return false;
    store_set_interrupt(*store, should_stop, context);
    if (read_ranks(*store, &past, err) && past_show(*store, at_ms, decode, &past, err))
        return true;
    store_close(*store);
    *store = NULL;
    return false;
}
