#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/connection.h"
#include "store/memory.h"

#define BUSY_TIMEOUT_MS 5000
#define PAGE_BYTES                                                                                 \
    8192 /* an alert with its json takes 2.5 KB: three a page, where one of 4 KB held one */
#define WRITER_CACHE_KIB 8000
#define READER_MMAP_BYTES (1024 * 1024 * 1024) /* of addresses: only what is read takes memory */
#define WAL_KEPT_BYTES (4 * 1024 * 1024)
#define CHECKPOINT_PAGES 1000    /* SQLite's own default */
#define HUB_CHECKPOINT_PAGES 250 /* little at a time: whoever sends it an event waits meanwhile */
#define INTERRUPT_STEPS                                                                            \
    250 /* of SQLite's machine between two questions: the full text makes few of them a page it reads */

const char *
store_schema_words(enum store_schema schema)
{
    static const char *const words[] = {"cache", "store of your own data", "hub's database"};
    return words[schema];
}

const char *
store_schema_folder(enum store_schema schema)
{
    static const char *const folders[] = {"cache", "private", "hub"};
    return folders[schema];
}

/* ---- failures ---- */

static bool
is_damage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

static void
marker_path(const struct store *store, char *out, size_t size)
{
    (void)snprintf(out, size, "%s-damaged",
                   store->path); /* a path too long to mark was too long to open */
}

/* The next open for writing checks a marked cache and sets it aside if it really is damaged. */
static void
mark_damaged(const struct store *store)
{
    char marker[4096];
    marker_path(store, marker, sizeof marker);
    int fd = open(marker, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)close(fd); /* empty: nothing can be lost */
}

bool
store_failed(struct store *store, struct error *err, const char *what)
{
    int code = sqlite3_extended_errcode(store->db);
    const char *words = store_schema_words(store->schema);

    if (is_damage(code)) {
        if (store->schema != STORE_CACHE)
            return error_set(
                err, ERROR_STORE,
                "%s in the %s '%s': the file is damaged; move it away and restore a copy of it",
                what, words, store->path);
        mark_damaged(store);
        return error_set(
            err, ERROR_STORE,
            "%s in the %s '%s': the file is damaged; start 'tocsin sync' again, which sets it "
            "aside and fetches everything anew",
            what, words, store->path);
    }

    if ((code & 0xff) == SQLITE_INTERRUPT)
        return error_set(err, ERROR_INTERRUPTED, "%s in the %s '%s': interrupted", what, words,
                         store->path);

    const char *cause = sqlite3_errmsg(store->db);
    switch (code & 0xff) {
    case SQLITE_FULL:
        cause = "the disk is full";
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        cause = "another process has been writing to it for more than 5 s";
        break;
    case SQLITE_READONLY:
        cause = "the file or its directory is not writable";
        break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: {
        int system_error = sqlite3_system_errno(store->db);
        if (system_error)
            cause = strerror(system_error);
        break;
    }
    default:
        break;
    }
    return error_set(err, ERROR_STORE, "%s in the %s '%s': %s", what, words, store->path, cause);
}

bool
store_execute(struct store *store, const char *sql, struct error *err)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    return store_failed(store, err, "cannot run a statement");
}

bool
store_prepare(struct store *store, const char *sql, const char *name, unsigned flags,
              sqlite3_stmt **handle, struct error *err)
{
    if (sqlite3_prepare_v3(store->db, sql, -1, flags, handle, NULL) == SQLITE_OK)
        return true;
    char what[96];
    (void)snprintf(what, sizeof what, "cannot prepare '%s'", name); /* cut names are still names */
    return store_failed(store, err, what);
}

bool
store_pragma(struct store *store, const char *sql, int64_t *value, struct error *err)
{
    sqlite3_stmt *handle;
    if (!store_prepare(store, sql, sql, 0, &handle, err))
        return false;
    int code = sqlite3_step(handle);
    if (code == SQLITE_ROW)
        *value = sqlite3_column_int64(handle, 0);
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE;
    if (!ok)
        (void)store_failed(store, err, "cannot read"); /* before finalize forgets the cause */
    sqlite3_finalize(handle);
    return ok;
}

/* ---- opening ---- */

static bool
is_memory(const char *path)
{
    return strcmp(path, ":memory:") == 0;
}

/* SQLite makes files with the umask's mode; ours are 0600. An existing one is not touched: to open and close it here
 * would drop the locks of other connections in this process. */
static bool
create_file(const char *path, struct error *err)
{
    if (is_memory(path))
        return true;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ||
               error_set(err, ERROR_STORE, "cannot make '%s': %s", path, strerror(errno));
    (void)close(fd); /* empty: nothing can be lost */
    return true;
}

static bool
configure(struct store *store, struct error *err)
{
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);

    /* Nobody maps the file: a mapping counts as resident, and memory must not grow with the cache. */
    if (store->access == STORE_READ)
        return store_execute(store, "pragma query_only = on", err);
    char sql[240];
    (void)snprintf(sql, sizeof sql,
                   "pragma page_size = %d; pragma cache_size = %d; pragma journal_mode = wal; "
                   "pragma synchronous = %s; pragma journal_size_limit = %d; "
                   "pragma wal_autocheckpoint = %d",
                   PAGE_BYTES, -WRITER_CACHE_KIB, store->schema == STORE_CACHE ? "normal" : "full",
                   WAL_KEPT_BYTES,
                   store->schema == STORE_HUB ? HUB_CHECKPOINT_PAGES : CHECKPOINT_PAGES);
    if (!store_execute(store, sql, err))
        return false;
    /* The WAL stays when its last writer leaves: others watch it by inotify. */
    int persist = 1;
    sqlite3_file_control(store->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &persist);
    return true;
}

static void
disconnect(struct store *store)
{
    sqlite3_close(store->db);
    store->db = NULL;
}

/* No process of ours has threads (style 6): SQLite's locks and its count of memory are a tenth of what it does. */
static void
configure_library(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    /* All are refused once the library is in use, and it works as well without. */
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    store_memory_use();
    /* Twenty pages ahead for every database would be touched for each sorter too: a sixth of the console's page faults. */
    (void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
}

static bool
connect_to(struct store *store, const char *name, int flags, struct error *err)
{
    configure_library();
    int code = sqlite3_open_v2(name, &store->db,
                               flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code != SQLITE_OK) {
        if (!store->db)
            return error_set(err, ERROR_STORE, "cannot open: out of memory");
        return store_failed(store, err, "cannot open");
    }
    return configure(store, err) && store_migrate(store, err);
}

/* In a directory that takes no -shm file a WAL database can be read only if nothing is left in its WAL. */
static bool
connect_immutable(struct store *store, struct error *err)
{
    struct stat wal;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s-wal", store->path); /* cut = not found = empty */
    if (stat(path, &wal) == 0 && wal.st_size > 0)
        return false;
    struct str uri;
    str_init(&uri, 0);
    str_append(&uri, "file:");
    for (const char *at = store->path; *at; at++)
        if (strchr("?#%", *at))
            str_printf(&uri, "%%%02x", (unsigned char)*at);
        else
            str_append_char(&uri, *at);
    str_append(&uri, "?immutable=1");
    disconnect(store);
    bool ok = connect_to(store, str_text(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
    str_finish(&uri);
    return ok;
}

static bool
open_for_reading(struct store *store, struct error *err)
{
    if (access(store->path, F_OK) != 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no %s '%s' yet",
                         store_schema_words(store->schema), store->path);
    if (connect_to(store, store->path, SQLITE_OPEN_READONLY, err))
        return true;
    int code = sqlite3_errcode(store->db) & 0xff;
    return (code == SQLITE_CANTOPEN || code == SQLITE_READONLY) && connect_immutable(store, err);
}

static bool
is_marked(const struct store *store)
{
    char marker[4096];
    marker_path(store, marker, sizeof marker);
    return access(marker, F_OK) == 0;
}

/* *sound = false when SQLite itself finds the file damaged. */
static bool
check_marked(struct store *store, bool *sound, struct error *err)
{
    sqlite3_stmt *handle;
    *sound = false;
    if (!store_prepare(store, "pragma quick_check(1)", "quick_check", 0, &handle, err))
        return is_damage(sqlite3_errcode(store->db));
    int code = sqlite3_step(handle);
    if (code == SQLITE_ROW)
        *sound = text_equals((const char *)sqlite3_column_text(handle, 0), "ok");
    bool ok =
        code == SQLITE_ROW || is_damage(code) || store_failed(store, err, "cannot check the file");
    sqlite3_finalize(handle);
    return ok;
}

static bool
set_aside(struct store *store, struct error *err)
{
    char from[4096], to[4096], marker[4096];
    long long seconds = (long long)(clock_now_ms() / 1000);
    (void)snprintf(to, sizeof to, "%s.damaged-%lld", store->path,
                   seconds); /* rename tells if cut */
    if (rename(store->path, to) != 0)
        return error_set(err, ERROR_STORE, "cannot set the damaged %s '%s' aside: %s",
                         store_schema_words(store->schema), store->path, strerror(errno));
    (void)snprintf(from, sizeof from, "%s-wal", store->path);
    (void)snprintf(to, sizeof to, "%s.damaged-%lld-wal", store->path, seconds);
    (void)rename(from, to); /* there need not be one */
    (void)snprintf(from, sizeof from, "%s-shm", store->path);
    (void)unlink(from); /* as above */
    marker_path(store, marker, sizeof marker);
    (void)unlink(marker); /* as above */
    return true;
}

/*
 * Making, migrating and setting aside are one process's work at a time: of two that turn a new file into a WAL database,
 * SQLite refuses one at once, whatever its busy timeout is. The lock is on the directory, since to close any descriptor
 * of the database itself would drop SQLite's own locks. -1 = not to be had, as where directories take no locks.
 */
static int
lock_directory(const struct store *store)
{
    if (is_memory(store->path))
        return -1;
    const char *slash = strrchr(store->path, '/');
    struct str directory;
    str_init(&directory, 0);
    if (slash)
        str_append_len(&directory, store->path, (size_t)(slash - store->path) + 1);
    else
        str_append(&directory, ".");
    int fd = open(str_text(&directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    str_finish(&directory);
    while (fd >= 0 && flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            (void)close(fd);
            return -1;
        }
    return fd;
}

static bool
open_for_writing(struct store *store, bool *was_damaged, struct error *err)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (!create_file(store->path, err))
        return false;

    bool damaged = false;
    if (!connect_to(store, store->path, flags, err)) {
        if (!is_damage(sqlite3_errcode(store->db)))
            return false;
        damaged = true;
    } else if (store->schema == STORE_CACHE && is_marked(store)) {
        bool sound;
        if (!check_marked(store, &sound, err))
            return false;
        damaged = !sound;
        if (sound) {
            char marker[4096];
            marker_path(store, marker, sizeof marker);
            (void)unlink(marker); /* if it stays, the next open checks once more */
        }
    }
    if (!damaged)
        return true;
    if (store->schema != STORE_CACHE)
        return false;

    disconnect(store);
    if (!set_aside(store, err) || !create_file(store->path, err) ||
        !connect_to(store, store->path, flags, err))
        return false;
    *was_damaged = true;
    return true;
}

bool
store_open(struct store **store, enum store_schema schema, const char *path,
           enum store_access access_mode, bool *was_damaged, struct error *err)
{
    bool ignored;
    if (!was_damaged)
        was_damaged = &ignored;
    *was_damaged = false;

    struct store *opened = memory_alloc(sizeof *opened);
    opened->schema = schema;
    opened->access = access_mode;
    size_t path_size = strlen(path) + 1;
    opened->path = memcpy(memory_alloc(path_size), path, path_size);
    str_init(&opened->scratch[0], 0);
    str_init(&opened->scratch[1], 0);

    bool ok;
    if (access_mode == STORE_READ) {
        ok = open_for_reading(opened, err);
    } else {
        int lock = lock_directory(opened);
        ok = open_for_writing(opened, was_damaged, err);
        if (lock >= 0)
            (void)close(lock); /* the lock goes with it */
    }
    *store = opened;
    if (!ok) {
        store_close(opened);
        *store = NULL;
    }
    return ok;
}

void
store_close(struct store *store)
{
    if (!store)
        return;
    store_rollback(store);
    for (size_t i = 0; i < SQL_COUNT; i++) {
        if (!store->statements[i])
            continue;
        sqlite3_finalize(store->statements[i]->handle);
        memory_free(store->statements[i]->columns);
        memory_free(store->statements[i]);
    }
    for (size_t i = 0; i < KIND_COUNT; i++)
        kind_statements_free(store->kinds[i]);
    walks_free(store);
    words_free(store->words);
    value_sets_free(store->value_sets);
    beat_close(store->beat);
    disconnect(store);
    str_finish(&store->scratch[0]);
    str_finish(&store->scratch[1]);
    memory_free(store->path);
    memory_free(store);
}

/* ---- transactions ---- */

static bool
begin(struct store *store, struct error *err)
{
    assert(!store->in_transaction);
    if (sqlite3_exec(store->db, "begin immediate", NULL, NULL, NULL) != SQLITE_OK)
        return store_failed(store, err, "cannot begin to write");
    store->in_transaction = true;
    store->changes = store_total_changes(store);
    return true;
}

/* Where it cannot be set back at once, the next transaction does so, or does not begin. */
static void
end_derived(struct store *store)
{
    if (store->is_derived &&
        sqlite3_exec(store->db, "pragma synchronous = full", NULL, NULL, NULL) == SQLITE_OK)
        store->is_derived = false;
}

bool
store_begin(struct store *store, struct error *err)
{
    end_derived(store);
    if (store->is_derived)
        return store_failed(store, err, "cannot begin to write");
    return begin(store, err);
}

bool
store_begin_derived(struct store *store, struct error *err)
{
    assert(store->schema == STORE_HUB);
    store->is_derived = true;
    if (store_execute(store, "pragma synchronous = normal", err) && begin(store, err))
        return true;
    end_derived(store);
    return false;
}

/* What is in the WAL before a commit that waits for the disk gets there with it: only the end of it is missing. */
bool
store_settle(struct store *store, struct error *err)
{
    sqlite3_file *wal = NULL;
    if (!store->is_unsettled)
        return true;
    (void)sqlite3_file_control(store->db, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &wal); /* or NULL */
    if (wal && wal->pMethods && wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL) != SQLITE_OK)
        return error_set(err, ERROR_STORE, "cannot write the %s '%s' to the disk: %s",
                         store_schema_words(store->schema), store->path, strerror(errno));
    store->is_unsettled = false;
    return true;
}

bool
store_commit(struct store *store, struct error *err)
{
    assert(store->in_transaction);
    /* SQLite may have rolled back by itself (disk full); a commit would then succeed at nothing. */
    if (sqlite3_get_autocommit(store->db)) {
        store->in_transaction = false;
        end_derived(store);
        return error_set(err, ERROR_STORE,
                         "cannot write to the %s '%s': an earlier failure undid the changes",
                         store_schema_words(store->schema), store->path);
    }
    if (sqlite3_exec(store->db, "commit", NULL, NULL, NULL) != SQLITE_OK) {
        (void)store_failed(store, err, "cannot write"); /* before the rollback forgets the cause */
        store_rollback(store);
        return false;
    }
    store->in_transaction = false;
    if (store->is_derived)
        store->is_unsettled = true;
    else if (store_total_changes(store) != store->changes) /* else nothing was synced */
        store->is_unsettled = false;
    end_derived(store);
    return true;
}

void
store_rollback(struct store *store)
{
    if (!store->in_transaction)
        return;
    store->in_transaction = false;
    if (!sqlite3_get_autocommit(store->db))
        (void)sqlite3_exec(store->db, "rollback", NULL, NULL,
                           NULL); /* fails only when done already */
    end_derived(store);
}

bool
store_begin_read(struct store *store, struct error *err)
{
    assert(!store->in_transaction);
    if (sqlite3_exec(store->db, "begin", NULL, NULL, NULL) != SQLITE_OK)
        return store_failed(store, err, "cannot begin to read");
    store->in_transaction = true;
    return true;
}

void
store_end_read(struct store *store)
{
    store_rollback(store);
}

static int
ask_to_stop(void *context)
{
    const struct store *store = context;
    return store->should_stop(store->stop_context);
}

void
store_set_interrupt(struct store *store, bool (*should_stop)(void *context), void *context)
{
    store->should_stop = should_stop;
    store->stop_context = context;
    sqlite3_progress_handler(store->db, should_stop ? INTERRUPT_STEPS : 0,
                             should_stop ? ask_to_stop : NULL, store);
}

bool
store_data_version(struct store *store, int64_t *version, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_STORE_DATA_VERSION, &statement, err) ||
        !statement_step(statement, &row, err))
        return false;
    *version = row_integer(statement, 0);
    statement_reset(statement);
    return true;
}

int64_t
store_total_changes(const struct store *store)
{
    return sqlite3_total_changes64(store->db);
}

bool
store_size_bytes(struct store *store, int64_t *bytes, struct error *err)
{
    int64_t pages = 0, page_bytes = 0;
    if (!store_pragma(store, "pragma page_count", &pages, err) ||
        !store_pragma(store, "pragma page_size", &page_bytes, err))
        return false;
    *bytes = pages * page_bytes;
    return true;
}

void
store_checkpoint(struct store *store)
{
    /* Readers may keep part of it: the next one gets on. */
    (void)sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* ---- statements ---- */

bool
store_statement(struct store *store, enum sql sql, struct statement **statement, struct error *err)
{
    struct statement *found = store->statements[sql];
    if (!found) {
        sqlite3_stmt *handle;
        if (!store_prepare(store, sql_texts[sql], sql_names[sql], SQLITE_PREPARE_PERSISTENT,
                           &handle, err))
            return false;
        found = memory_alloc(sizeof *found);
        *found = (struct statement){.store = store, .handle = handle, .name = sql_names[sql]};
        store->statements[sql] = found;
    }
    assert(!sqlite3_stmt_busy(found->handle));
    sqlite3_reset(found->handle);
    sqlite3_clear_bindings(found->handle);
    *statement = found;
    return true;
}

bool
statement_step(struct statement *statement, bool *row, struct error *err)
{
    int code = sqlite3_step(statement->handle);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return true;
    bool ok = code == SQLITE_DONE;
    if (!ok) {
        char what[96];
        (void)snprintf(what, sizeof what, "cannot run '%s'",
                       statement->name);                 /* cut names are still names */
        (void)store_failed(statement->store, err, what); /* before the reset forgets the cause */
    }
    sqlite3_reset(statement->handle);
    return ok;
}

bool
statement_run(struct statement *statement, struct error *err)
{
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    assert(!row);
    return true;
}

void
statement_reset(struct statement *statement)
{
    sqlite3_reset(statement->handle);
}

const char *
store_library(void)
{
    static char name[40];
    (void)snprintf(name, sizeof name, "SQLite %s", sqlite3_libversion()); /* short */
    return name;
}
