#pragma once

/* What the files of this directory share: the connection's insides, statements, and SQLite's errors as ours. */

#include <sqlite3.h>

#include "base/str.h"
#include "model/model.h"
#include "store/store.h"

struct statement {
    struct store *store;
    sqlite3_stmt *handle;
    const char *name;                 /* for errors */
    const struct field_table *mapped; /* the table that `columns` was matched to, once */
    const struct field **columns;     /* a result column's field, NULL = none */
};

struct beat;
struct words;
struct value_sets;
struct cache_walk;
struct kind_statements;

struct store {
    sqlite3 *db;
    enum store_schema schema;
    enum store_access access;
    char *path;
    bool in_transaction;
    bool is_derived;   /* commits do not wait for the disk: a transaction of store_begin_derived */
    bool is_unsettled; /* such a one was committed */
    int64_t changes;   /* before the transaction */
    bool index_suspended;
    bool is_past; /* past.c: what is put is a former state, not indexed */
    struct statement *statements[SQL_COUNT];
    struct kind_statements *kinds[KIND_COUNT];
    struct cache_walk *walks;
    struct beat *beat;
    struct words *words;                /* NULL until a filter searches */
    struct value_sets *value_sets;      /* NULL until a filter asks for an attribute */
    bool (*should_stop)(void *context); /* NULL = nobody interrupts */
    void *stop_context;
    struct str scratch[2]; /* texts bound while a row is written */
};

/* Fills err from the connection's last failure: `what` could not be done. Returns false. Marks a damaged cache. */
bool store_failed(struct store *store, struct error *err, const char *what);

/* "cache", "store of your own data", "hub's database": for sentences. */
const char *store_schema_words(enum store_schema schema);
const char *store_schema_folder(enum store_schema schema);

MUST_CHECK bool store_execute(struct store *store, const char *sql, struct error *err);
MUST_CHECK bool store_pragma(struct store *store, const char *sql, int64_t *value,
                             struct error *err);
MUST_CHECK bool store_prepare(struct store *store, const char *sql, const char *name,
                              unsigned flags, sqlite3_stmt **handle, struct error *err);

/* migrate.c: identifies the file and brings it up to date. */
MUST_CHECK bool store_migrate(struct store *store, struct error *err);

/* cache.c */
void kind_statements_free(struct kind_statements *kind);
/* walk.c */
void walk_mark(struct store *store, enum kind kind, int64_t key);
void walks_free(struct store *store);
/* words.c */
void words_free(struct words *words);
/* value_sets.c */
void value_sets_free(struct value_sets *sets);
/* beat.c */
void beat_close(struct beat *beat);
/* Looks whether the file was replaced; then several beat_read are about the same one. */
struct beat *beat_refresh(struct store *store);
bool beat_read(const struct beat *beat, const char *name, int64_t *value);
/* search.c */
MUST_CHECK bool search_put(struct store *store, const struct kind_info *info, int64_t key,
                           const void *object, bool inserted, struct error *err);
MUST_CHECK bool search_remove(struct store *store, int64_t key, struct error *err);

/* values.c */
/* Of a column of alerts whose values have numbers: which of the numbers is its own, from 1; 0 = it has none. */
size_t values_place(const char *name);
MUST_CHECK bool values_put(struct store *store, const struct kind_info *info, int64_t key,
                           const void *object, struct error *err);
MUST_CHECK bool values_remove(struct store *store, const struct kind_info *info, int64_t key,
                              struct error *err);

/* row.c */
bool field_is_column(const struct field *field);
void bind_field(sqlite3_stmt *handle, int parameter, const struct field *field, const void *object);
