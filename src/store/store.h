#pragma once

/*
 * SQLite: connections, migrations, transactions, statements. The only directory that includes sqlite3.h.
 *
 * Three databases (design 3): cache.db is what upstream said and can be rebuilt at any time; private.db is what only this
 * user has; hub.db is the hub's. Resource tables (data/sql/schema/resource) are shared by cache and hub. Migrations are
 * numbered from one sequence over all folders, applied in order, each in one transaction, never edited once released.
 * application_id and user_version identify the file; a newer file is refused with a sentence.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "model/field.h"
#include "sql.h" /* generated from data/sql/query: enum sql, SQL_COUNT, sql_texts[] */

enum store_schema { STORE_CACHE, STORE_PRIVATE, STORE_HUB };
enum store_access { STORE_READ, STORE_WRITE };

struct store;

/*
 * path ":memory:" is allowed. STORE_WRITE creates and migrates the file (0600); STORE_READ refuses a missing one with
 * ERROR_NOT_FOUND. A damaged cache opened for writing is set aside as PATH.damaged-TIME and made anew: `*was_damaged`
 * (may be NULL) says so. A damaged private.db or hub.db is an error that says what to do, never set aside. Damage that
 * shows up later is ERROR_STORE; the cache is then marked (PATH-damaged) and checked when it is next opened for writing.
 * STORE_READ gives ERROR_NOT_FOUND also for a file that is not ready (being made, or of an older version until its writer
 * opens it), and works while a writer is active and where the directory is not writable.
 */
MUST_CHECK bool store_open(struct store **store, enum store_schema schema, const char *path,
                           enum store_access access, bool *was_damaged, struct error *err);
void store_close(struct store *store);

/*
 * Transactions do not nest. store_begin takes the write lock at once (BEGIN IMMEDIATE), waiting up to 5 s. A commit that
 * fails has rolled back: the file holds the old state, or the new one if the machine died in the middle.
 */
MUST_CHECK bool store_begin(struct store *store, struct error *err);
MUST_CHECK bool store_commit(struct store *store, struct error *err);
void store_rollback(struct store *store); /* no-op outside a transaction */

/*
 * The hub's: as store_begin, for what is made again from what is durable already, should it get lost. Its commit outlives this
 * process, but a loss of power only once a commit of store_begin followed, or store_settle. So what depends on it must not
 * leave the machine before that.
 */
MUST_CHECK bool store_begin_derived(struct store *store, struct error *err);
/* From now on all that was committed outlives a loss of power. Costs nothing when it already does. */
MUST_CHECK bool store_settle(struct store *store, struct error *err);

/* One read transaction for several statements of a frame; never held over a wait. */
MUST_CHECK bool store_begin_read(struct store *store, struct error *err);
void store_end_read(struct store *store);

/*
 * While set, should_stop is asked every few microseconds that a statement runs (it had better be cheap); once it says yes the statement fails
 * with ERROR_INTERRUPTED, which is no failure of the store: what was asked is no longer wanted. NULL = nobody interrupts.
 * Never while a write transaction is open.
 */
void store_set_interrupt(struct store *store, bool (*should_stop)(void *context), void *context);

/* Changes whenever another connection committed (PRAGMA data_version). */
MUST_CHECK bool store_data_version(struct store *store, int64_t *version, struct error *err);

/* Rows inserted, changed or deleted through this connection since it was opened. */
int64_t store_total_changes(const struct store *store);

/* How large the database is. */
MUST_CHECK bool store_size_bytes(struct store *store, int64_t *bytes, struct error *err);

/*
 * A copy of the database as it is at one moment, while others go on writing to it (SQLite's online backup): complete and
 * checked before it is called PATH, 0600. A file that is there already is replaced.
 */
MUST_CHECK bool store_backup(struct store *store, const char *path, struct error *err);

/* Checkpoints the WAL as far as readers allow. */
void store_checkpoint(struct store *store);

/* ---- statements: prepared on first use, kept; names start with ':' in SQL and are given without it ---- */

struct statement;

/*
 * Statements are files, data/sql/query/RESOURCE_VERB.sql. The first line is a comment that names the databases it is for,
 * then says who asks and why: "-- cache: …", "-- private: …", "-- cache, hub: …". A unit test prepares each against them.
 * What is missing in a query (a table that only the cache has, asked of the hub) is a bug and fails there.
 */

/* A fresh (reset, unbound) statement. A statement is used by one caller at a time: finish stepping before another use. */
MUST_CHECK bool store_statement(struct store *store, enum sql sql, struct statement **statement,
                                struct error *err);

/* A parameter that the SQL does not have is a bug (assert). bind_text copies nothing: text lives until reset. */
void bind_text(struct statement *statement, const char *name, const char *text);
void bind_integer(struct statement *statement, const char *name, int64_t value);

/* Binds every column-flagged member whose name is a parameter of the statement. Absent text is "", absent time 0. */
void bind_object(struct statement *statement, const struct field_table *table, const void *object);

/* *row says whether there is one. After the last row the statement is reset. */
MUST_CHECK bool statement_step(struct statement *statement, bool *row, struct error *err);
/* Runs a statement that returns nothing. */
MUST_CHECK bool statement_run(struct statement *statement, struct error *err);
void statement_reset(struct statement *statement);

/* Fills the members whose names are result columns; NULL reads as unset. Text goes to the arena. */
void row_read(struct statement *statement, const struct field_table *table, struct arena *arena,
              void *object);
int64_t row_integer(struct statement *statement, int column);
const char *row_text(struct statement *statement, struct arena *arena, int column);
/* Borrowed until the next step; never NULL. */
const char *row_text_borrowed(struct statement *statement, int column);

/* All rows of a statement as an array of the table's struct, at most `limit` (0 = no limit). Resets it. */
MUST_CHECK bool statement_read_all(struct statement *statement, const struct field_table *table,
                                   struct arena *arena, size_t limit, void *items,
                                   size_t *items_len, struct error *err);

/* "SQLite 3.40.1" */
const char *store_library(void);
