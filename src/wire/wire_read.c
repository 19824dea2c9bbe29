#include "wire/wire_internal.h"

#include <stdio.h>
#include <string.h>

/* ---- the object as it came ---- */

/* On one line and valid: white space between tokens goes, control characters in strings become
 * escapes. */
static const char *
compact(struct slice item, struct arena *arena)
{
    struct str out;
    str_init(&out, item.len * 6 + 1);
    bool in_string = false;
    for (size_t i = 0; i < item.len; i++) {
        char c = item.data[i];
        if (in_string && (unsigned char)c < 0x20) {
            str_printf(&out, "\\u%04x", c);
            continue;
        }
        if (!in_string && (unsigned char)c <= ' ')
            continue;
        str_append_char(&out, c);
        if (c == '"')
            in_string = !in_string;
        else if (in_string && c == '\\' && i + 1 < item.len)
            str_append_char(&out, item.data[++i]);
    }
    const char *text = arena_text_len(arena, str_text(&out), out.len);
    str_finish(&out);
    return text;
}

/* Top-level members only: the API has its one secret there. */
static bool
remove_secrets(const struct wire_shape *shape, cJSON *tree)
{
    bool removed = false;
    for (size_t i = 0; shape->has_secret && i < shape->table->fields_len; i++) {
        const struct field *field = &shape->table->fields[i];
        if (!(field->flags & FIELD_SECRET))
            continue;
        for (; cJSON_HasObjectItem(tree, field->path); removed = true)
            cJSON_DeleteItemFromObject(tree, field->path);
    }
    return removed;
}

static const char *
keep_json(const struct wire_shape *shape, struct slice item, cJSON *tree, struct arena *arena)
{
    if (remove_secrets(shape, tree))
        return arena_text(arena, cJSON_PrintUnformatted(tree));
    return wire_is_one_line(item) ? arena_text_len(arena, item.data, item.len)
                                  : compact(item, arena);
}

/* One object's text into a struct; the tree lives in scratch, which is reset first. */
static bool
read_item(const struct wire_shape *shape, struct slice item, const char *where, bool wants_id,
          struct arena *arena, struct arena *scratch, void *object, struct error *err)
{
    arena_reset(scratch);
    cJSON *tree = wire_tree_parse(item, scratch);
    if (!tree)
        return error_set(err, ERROR_PROTOCOL, "%s: is not valid JSON", where);
    if (!wire_read_tree(shape, tree, where, wants_id, arena, object, err))
        return false;
    size_t json_offset = shape->table->json_offset;
    if (json_offset != SIZE_MAX)
        *(const char **)((char *)object + json_offset) = keep_json(shape, item, tree, arena);
    return true;
}

/* ---- envelopes ---- */

struct elements {
    struct slice *slices;
    size_t len, cap;
};

/* The elements of an array, as slices in arena. */
static bool
split_array(struct slice array, const char *name, int depth, struct arena *arena,
            struct elements *elements, struct error *err)
{
    struct wire_scan scan;
    struct slice key, value;
    *elements = (struct elements){0};
    if (slice_equals(array, "null"))
        return true;
    if (array.data[0] != '[' || !wire_scan_open(&scan, array, depth))
        return error_set(err, ERROR_PROTOCOL, "%s: expected an array", name);
    while (wire_scan_next(&scan, &key, &value)) {
        if (elements->len == WIRE_PAGE_ITEMS_MAX)
            return error_set(err, ERROR_TOO_LARGE, "%s: more than %d items", name,
                             WIRE_PAGE_ITEMS_MAX);
        if (elements->len == elements->cap) {
            size_t cap = elements->cap ? elements->cap * 2 : 64;
            struct slice *slices = arena_new_array(arena, cap, struct slice);
            if (elements->len)
                memcpy(slices, elements->slices, elements->len * sizeof *slices);
            elements->slices = slices;
            elements->cap = cap;
        }
        elements->slices[elements->len++] = value;
    }
    if (scan.problem)
        return error_set(err, ERROR_PROTOCOL, "%s: %s", name, scan.problem);
    return true;
}

/*
 * The value of member `name` of the object in text. Every other member must be valid JSON too, for
 * a body that is broken anywhere may be broken everywhere; `pagination`, when not NULL, receives
 * pagination_meta parsed into scratch.
 */
static bool
open_envelope(struct slice text, const char *name, struct slice *value, cJSON **pagination,
              struct arena *scratch, struct error *err)
{
    struct wire_scan scan;
    struct slice key, member;
    bool found = false;
    *value = (struct slice){"", 0};
    if (!wire_scan_open(&scan, text, 0) || !scan.is_object)
        return error_set(err, ERROR_PROTOCOL, "answer %s",
                         scan.problem ? scan.problem : "is not an object");
    while (wire_scan_next(&scan, &key, &member)) {
        if (slice_equals(key, name)) {
            *value = member;
            found = true;
            continue;
        }
        cJSON *tree = wire_tree_parse(member, scratch);
        if (!tree)
            return error_set(err, ERROR_PROTOCOL, "answer is not valid JSON");
        if (pagination && slice_equals(key, "pagination_meta"))
            *pagination = tree;
    }
    struct slice rest = {scan.at, (size_t)(scan.end - scan.at)};
    if (scan.problem || wire_scan_trim(rest).len)
        return error_set(err, ERROR_PROTOCOL, "answer %s",
                         scan.problem ? scan.problem : "is not valid JSON");
    if (!found)
        return error_set(err, ERROR_PROTOCOL, "answer has no '%s'", name);
    return true;
}

static bool
read_pagination(const cJSON *pagination, struct arena *arena, struct wire_page *page,
                struct error *err)
{
    page->after = "";
    page->total_record_count = -1;
    if (!pagination || cJSON_IsNull(pagination))
        return true;
    const cJSON *after = cJSON_GetObjectItemCaseSensitive(pagination, "after");
    if (after && !cJSON_IsNull(after)) {
        if (!cJSON_IsString(after))
            return error_set(err, ERROR_PROTOCOL, "pagination_meta.after: expected a string");
        page->after = arena_text(arena, after->valuestring);
    }
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(pagination, "total_record_count");
    if (cJSON_IsNumber(total) && total->valuedouble >= 0 && total->valuedouble < WIRE_INTEGER_MAX)
        page->total_record_count = (int64_t)total->valuedouble;
    return true;
}

static bool
read_elements(const struct wire_shape *shape, const struct elements *elements, const char *name,
              struct arena *arena, char *items, struct error *err)
{
    struct arena scratch = {0};
    bool done = true;
    for (size_t i = 0; done && i < elements->len; i++) {
        char where[80];
        (void)snprintf(where, sizeof where, "%s.%zu", name,
                       i); /* our own envelope names: they fit */
        done = read_item(shape, elements->slices[i], where, true, arena, &scratch,
                         items + i * shape->table->struct_size, err);
    }
    arena_finish(&scratch);
    return done;
}

static bool
read_page(enum kind kind, struct slice body, struct arena *arena, struct arena *scratch,
          struct wire_page *page, struct error *err)
{
    const struct kind_info *info = kind_info(kind);
    const struct wire_shape *shape = wire_shape_of(info->fields);
    struct slice array;
    struct elements elements;
    cJSON *pagination = NULL;

    if (!wire_check_text(&body, "answer", scratch, err) ||
        !open_envelope(body, info->many, &array, &pagination, scratch, err) ||
        !read_pagination(pagination, arena, page, err) ||
        !split_array(array, info->many, 1, scratch, &elements, err))
        return false;
    page->items_len = elements.len;
    page->items = arena_alloc_array(arena, elements.len, shape->table->struct_size);
    return read_elements(shape, &elements, info->many, arena, page->items, err);
}

bool
wire_read_page(enum kind kind, struct slice body, struct arena *arena, struct wire_page *page,
               struct error *err)
{
    struct arena scratch = {0};
    *page = (struct wire_page){.after = "", .total_record_count = -1};
    bool done = read_page(kind, body, arena, &scratch, page, err);
    arena_finish(&scratch);
    return done;
}

/* ---- schedule entries: three lists in one answer ---- */

static void
identify_entry(struct schedule_entry *entry, const char *schedule_id, const char *list,
               struct arena *arena)
{
    entry->schedule_id = schedule_id;
    entry->list = list;
    entry->id = arena_printf(arena, "%s/%s/%s/%s/%lld", schedule_id, list, entry->rotation_id,
                             entry->layer_id, (long long)entry->start_at);
}

static bool
read_entries(const char *schedule_id, struct slice body, struct arena *arena, struct arena *scratch,
             struct wire_page *page, struct error *err)
{
    const struct wire_shape *shape = wire_shape_of(&schedule_entry_table);
    const char *const *lists = schedule_entry_list_enumeration.values;
    struct slice object, array;
    struct elements elements[3] = {{0}};
    cJSON *pagination = NULL;

    if (!wire_check_text(&body, "answer", scratch, err) ||
        !open_envelope(body, "schedule_entries", &object, &pagination, scratch, err) ||
        !read_pagination(pagination, arena, page, err))
        return false;
    for (size_t i = 0; lists[i]; i++) {
        if (!open_envelope(object, lists[i], &array, NULL, scratch, err) ||
            !split_array(array, lists[i], 2, scratch, &elements[i], err))
            return error_wrap(err, "schedule_entries");
        page->items_len += elements[i].len;
    }

    struct schedule_entry *entry = arena_new_array(arena, page->items_len, struct schedule_entry);
    page->items = entry;
    const char *id = arena_text(arena, schedule_id);
    for (size_t i = 0; lists[i]; i++) {
        if (!read_elements(shape, &elements[i], lists[i], arena, (char *)entry, err))
            return error_wrap(err, "schedule_entries");
        for (size_t j = 0; j < elements[i].len; j++)
            identify_entry(entry++, id, lists[i], arena);
    }
    return true;
}

bool
wire_read_schedule_entries(const char *schedule_id, struct slice body, struct arena *arena,
                           struct wire_page *page, struct error *err)
{
    struct arena scratch = {0};
    *page = (struct wire_page){.after = "", .total_record_count = -1};
    bool done = read_entries(schedule_id, body, arena, &scratch, page, err);
    arena_finish(&scratch);
    return done;
}

/* ---- single objects ---- */

static bool
read_enveloped(const struct wire_shape *shape, const char *name, struct slice body,
               struct arena *arena, void *object, struct error *err)
{
    struct arena scratch = {0}, tree = {0};
    struct slice value;
    bool done = wire_check_text(&body, "answer", &scratch, err) &&
                open_envelope(body, name, &value, NULL, &scratch, err) &&
                read_item(shape, value, name, true, arena, &tree, object, err);
    arena_finish(&tree);
    arena_finish(&scratch);
    return done;
}

bool
wire_read_one(enum kind kind, struct slice body, struct arena *arena, void *object,
              struct error *err)
{
    const struct kind_info *info = kind_info(kind);
    return read_enveloped(wire_shape_of(info->fields), info->one, body, arena, object, err);
}

bool
wire_read_identity(struct slice body, struct arena *arena, struct identity *identity,
                   struct error *err)
{
    return read_enveloped(wire_shape_of(&identity_table), "identity", body, arena, identity, err);
}

static bool
read_bare(const struct field_table *table, struct slice json, bool wants_id, struct arena *arena,
          void *object, struct error *err)
{
    struct arena scratch = {0}, tree = {0};
    bool done = wire_check_text(&json, table->name, &scratch, err);
    if (done) {
        const char *problem = wire_scan_problem(json);
        done = problem ? error_set(err, ERROR_PROTOCOL, "%s %s", table->name, problem)
                       : read_item(wire_shape_of(table), wire_scan_trim(json), table->name,
                                   wants_id, arena, &tree, object, err);
    }
    arena_finish(&tree);
    arena_finish(&scratch);
    return done;
}

bool
wire_read_object(enum kind kind, struct slice json, struct arena *arena, void *object,
                 struct error *err)
{
    return read_bare(kind_info(kind)->fields, json, true, arena, object, err);
}

bool
wire_read_fields(const struct field_table *table, struct slice json, struct arena *arena,
                 void *object, struct error *err)
{
    return read_bare(table, json, false, arena, object, err);
}
