#include "hub/declare.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "hub/declare_parts.h"
#include "hub/exchange.h"
#include "hub/objects.h"
#include "store/cache.h"
#include "wire/wire.h"

/* ---- what is declared ---- */

bool
declared_refuses(struct exchange *exchange, enum kind kind, const char *id)
{
    const char *place;
    struct error err;
    if (!declared_place(exchange->store, kind, id, exchange->arena, &place, &err)) {
        (void)answer_failure(exchange, &err);
        return true;
    }
    if (*place)
        (void)answer_error(exchange, 403, "declared_in_file", "",
                           "this %s is declared in %s: change it there, and have the hub read the "
                           "file again (SIGHUP)",
                           kind_info(kind)->one, place);
    return *place != '\0';
}

bool
declared_place(struct store *store, enum kind kind, const char *id, struct arena *arena,
               const char **place, struct error *err)
{
    struct statement *statement;
    bool row;
    *place = "";
    if (!store_statement(store, SQL_DECLARED_GET, &statement, err))
        return false;
    bind_text(statement, "kind", kind_info(kind)->table);
    bind_text(statement, "id", id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        *place = row_text(statement, arena, 0);
    statement_reset(statement);
    return true;
}

/* As old as can be, so that what the file declares comes before what is made later. */
#define DECLARED_AT_MS ((int64_t)1577836800000) /* 2020-01-01 */

const char *
declared_id(const char *kind, const char *name, struct arena *arena)
{
    const char *const parts[] = {kind, name};
    char hex[DIGEST_HEX_SIZE], id[ULID_SIZE];
    uint8_t bits[10];
    digest_keyed_hex("tocsin hub.conf", parts, 2, hex);
    for (size_t i = 0; i < sizeof bits; i++) {
        const char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bits[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return arena_text(arena, ulid_text(DECLARED_AT_MS, bits, id));
}

/* ---- putting ---- */

static void
see(struct declaring *declaring, enum kind kind, const char *id)
{
    size_t len = declaring->seen_len[kind];
    if (len == declaring->seen_capacity[kind]) {
        size_t capacity = len ? len * 2 : 32;
        const char **grown = arena_new_array(declaring->whole, capacity, const char *);
        if (len)
            memcpy(grown, declaring->seen[kind], len * sizeof *grown);
        declaring->seen[kind] = grown;
        declaring->seen_capacity[kind] = capacity;
    }
    declaring->seen[kind][declaring->seen_len[kind]++] = arena_text(declaring->whole, id);
}

static bool
note_place(struct declaring *declaring, enum kind kind, const char *id, int line, struct error *err)
{
    struct statement *statement;
    if (!store_statement(declaring->store, SQL_DECLARED_PUT, &statement, err))
        return false;
    const char *path = declaring->file->path;
    const char *slash = strrchr(path, '/');
    bind_text(statement, "kind", kind_info(kind)->table);
    bind_text(statement, "id", id);
    bind_text(statement, "place",
              arena_printf(&declaring->arena, "%s:%d", slash ? slash + 1 : path, line));
    return statement_run(statement, err);
}

static int64_t *
number_at(const struct field_table *table, void *object, const char *name)
{
    const struct field *field = field_find(table, name);
    return field ? (int64_t *)((char *)object + field->offset) : NULL;
}

bool
declare_put(struct declaring *declaring, enum kind kind, const char *id, void *object, int line,
            struct error *err)
{
    static const char *const kept[] = {"created_at", "updated_at", "version"};
    const struct field_table *table = kind_info(kind)->fields;
    struct arena *arena = &declaring->arena;
    void *stored = arena_alloc(arena, table->struct_size);
    bool found;
    see(declaring, kind, id);
    if (!cache_get(declaring->store, kind, id, arena, stored, &found, err) ||
        !note_place(declaring, kind, id, line, err))
        return false;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        int64_t *number = number_at(table, object, kept[i]);
        if (number)
            *number = found ? *number_at(table, stored, kept[i]) : i < 2 ? declaring->now_ms : 1;
    }
    const char **json = (const char **)((char *)object + table->json_offset);
    *json = "";
    if (found && strcmp(wire_write_object(table, object, arena),
                        *(const char **)((char *)stored + table->json_offset)) == 0)
        return true;
    if (found) {
        int64_t *updated_at = number_at(table, object, "updated_at");
        int64_t *version = number_at(table, object, "version");
        if (updated_at)
            *updated_at = declaring->now_ms;
        if (version)
            ++*version;
    }
    declaring->changed++;
    return object_save(declaring->store, kind, object, declaring->now_ms, arena, err);
}

const char *
declare_text(struct declaring *declaring, struct str *out)
{
    const char *text = arena_text(&declaring->arena, str_text(out));
    str_finish(out);
    return text;
}

const char *
declare_ids(struct declaring *declaring, const char *kind, const char *const *names)
{
    struct str out;
    str_init(&out, 0);
    str_append_char(&out, '[');
    for (size_t i = 0; names[i]; i++)
        str_printf(&out, "%s\"%s\"", i ? "," : "", declared_id(kind, names[i], &declaring->arena));
    str_append_char(&out, ']');
    return declare_text(declaring, &out);
}

void
declare_embed_user(struct declaring *declaring, const char *name, struct user_embedded *user)
{
    object_clear(&user_embedded_table, user);
    user->role = "unset";
    for (size_t i = 0; i < declaring->file->people_len; i++) {
        const struct hub_person *person = &declaring->file->people[i];
        if (strcmp(person->title, name) != 0)
            continue;
        user->id = declared_id("user", name, &declaring->arena);
        user->name = person->name;
        user->email = person->email;
        user->slack_user_id = person->slack;
    }
}

/* ---- removing ---- */

static int
compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
remove_one(struct declaring *declaring, enum kind kind, const char *id, struct error *err)
{
    struct statement *statement;
    if (!store_statement(declaring->store, SQL_DECLARED_DELETE, &statement, err))
        return false;
    bind_text(statement, "kind", kind_info(kind)->table);
    bind_text(statement, "id", id);
    declaring->changed++;
    return statement_run(statement, err) &&
           cache_delete(declaring->store, kind, id, declaring->now_ms, err);
}

static bool
remove_gone(struct declaring *declaring, enum kind kind, struct error *err)
{
    struct text_list gone = {0};
    struct statement *statement;
    bool row = true;
    if (declaring->seen_len[kind])
        qsort(declaring->seen[kind], declaring->seen_len[kind], sizeof(char *), compare_ids);
    if (!store_statement(declaring->store, SQL_DECLARED_LIST, &statement, err))
        return false;
    bind_text(statement, "kind", kind_info(kind)->table);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        const char *id = row_text(statement, declaring->whole, 0);
        if (!declaring->seen_len[kind] ||
            !bsearch(&id, declaring->seen[kind], declaring->seen_len[kind], sizeof(char *),
                     compare_ids))
            text_list_add(&gone, id, declaring->whole);
    }
    for (size_t i = 0; i < gone.len; i++)
        if (!remove_one(declaring, kind, gone.items[i], err))
            return false;
    return true;
}

static bool
declare_all(struct declaring *declaring, struct error *err)
{
    if (!declare_vocabulary(declaring, err) || !declare_sources(declaring, err) ||
        !declare_schedules(declaring, err) || !declare_paths(declaring, err) ||
        !declare_routes(declaring, err))
        return false;
    for (int kind = KIND_COUNT - 1; kind >= 0; kind--)
        if (!remove_gone(declaring, (enum kind)kind, err))
            return false;
    return true;
}

bool
declare_file(struct store *store, const struct hub_file *file, int64_t now_ms, size_t *changed,
             struct error *err)
{
    struct arena whole = {0};
    struct declaring declaring = {.store = store, .file = file, .now_ms = now_ms, .whole = &whole};
    size_t len = strlen(file->url);
    declaring.links = len && file->url[len - 1] == '/' ? arena_text_len(&whole, file->url, len - 1)
                      : len                            ? file->url
                      : strncmp(file->listen, "unix:", 5) == 0
                          ? "http://localhost"
                          : arena_printf(&whole, "http://%s", file->listen);
    if (!store_begin(store, err))
        return false;
    bool ok = declare_all(&declaring, err) && cache_index(store, err) && store_commit(store, err);
    if (!ok)
        store_rollback(store);
    *changed = declaring.changed;
    arena_finish(&declaring.arena);
    arena_finish(&whole);
    return ok || error_wrap(err, "cannot take over '%s'", file->path);
}
