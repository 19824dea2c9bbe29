#include "tests/support/store_objects.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

const char *
temporary_directory(struct arena *arena)
{
    const char *base = getenv("TMPDIR");
    char *path = arena_printf(arena, "%s/tocsin-test-XXXXXX", base && base[0] ? base : "/tmp");
    char *made = mkdtemp(path);
    assert(made);
    return made;
}

void
temporary_directory_remove(const char *path)
{
    (void)chmod(path, 0700); /* a test may have closed it */
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        char name[4096];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (unlink(name) != 0)
            temporary_directory_remove(name);
    }
    if (directory)
        (void)closedir(directory);
    (void)rmdir(path);
}

void *
sample_object(struct arena *arena, enum kind kind, const char *id, int64_t time_ms)
{
    const struct kind_info *info = kind_info(kind);
    char *object = arena_alloc(arena, info->fields->struct_size);
    object_clear(info->fields, object);
    *(const char **)(object + field_find(info->fields, "id")->offset) = arena_text(arena, id);
    if (info->sort[0])
        *(int64_t *)(object + field_find(info->fields, info->sort)->offset) = time_ms;
    *(const char **)(object + info->fields->json_offset) =
        arena_printf(arena, "{\"id\":\"%s\"}", id);
    return object;
}

void
sample_alert_encode(struct arena *arena, struct alert *alert)
{
    struct str json;
    char created[RFC3339_SIZE], updated[RFC3339_SIZE];
    str_init(&json, 0);
    str_printf(&json,
               "{\"id\":\"%s\",\"title\":\"%s\",\"description\":\"%s\",\"status\":\"%s\","
               "\"deduplication_key\":\"%s\","
               "\"alert_source_id\":\"%s\",\"source_url\":\"%s\",\"created_at\":\"%s\",\"updated_"
               "at\":\"%s\","
               "\"attributes\":[",
               alert->id, alert->title, alert->description, alert->status, alert->deduplication_key,
               alert->alert_source_id, alert->source_url,
               time_to_rfc3339(alert->created_at, created),
               time_to_rfc3339(alert->updated_at, updated));
    for (size_t i = 0; i < alert->attributes_len; i++)
        str_printf(
            &json,
            "%s{\"attribute\":{\"id\":\"%s\",\"name\":\"%s\",\"type\":\"String\",\"array\":false,"
            "\"required\":false},\"value\":{\"literal\":\"%s\",\"label\":\"%s\"}}",
            i ? "," : "", alert->attributes[i].attribute_id, alert->attributes[i].attribute_name,
            alert->attributes[i].literal, alert->attributes[i].label);
    str_append(&json, "]}");
    alert->json = arena_text(arena, str_text(&json));
    str_finish(&json);
}

struct alert *
sample_alert(struct arena *arena, int n)
{
    static const char *const names[] = {"severity", "environment", "owner",
                                        "team",     "node",        "level"};
    static const char *const values[] = {
        "critical", "production", "ana@example.com", "data platform", "model.shop.fct_orders",
        "error"};
    enum { ATTRIBUTES = sizeof names / sizeof *names };

    struct alert *alert = sample_object(arena, KIND_ALERT, arena_printf(arena, "01ALERT%019d", n),
                                        INT64_C(1760000000000) + n * INT64_C(61000));
    bool firing = n % 2 == 0;
    alert->title = arena_printf(arena, "model fct_orders_%d failed in production", n % 120);
    alert->description =
        arena_printf(arena,
                     "Database Error in model fct_orders_%d (models/marts/fct_orders_%d.sql): "
                     "division by zero while computing the "
                     "margin of order %d. Compiled code at target/run/shop/models/marts. "
                     "Downstream: 4 models, 11 tests and 2 "
                     "exposures wait for it, among them the weekly revenue dashboard of finance. "
                     "The last good run was %d minutes "
                     "ago; the warehouse reports no incident of its own.",
                     n % 120, n % 120, n, n % 60);
    alert->status = firing ? "firing" : "resolved";
    alert->deduplication_key =
        arena_printf(arena, "dbt-production-model.shop.fct_orders_%d", n % 120);
    alert->alert_source_id = n % 5 ? "01SOURCEDBT000000000000000" : "01SOURCEAIRFLOW00000000000";
    alert->source_url = "https://ci.example.com/shop/warehouse/runs/4711";
    alert->updated_at = alert->created_at + 1000;
    alert->severity = "critical";
    alert->severity_digit = 1 + n % 4;
    alert->environment = "production";
    alert->owner = "ana@example.com";
    alert->team = "data platform";
    alert->node = "model.shop.fct_orders";
    alert->level = "error";
    alert->feed_rank = firing ? alert->severity_digit : 9;
    alert->feed_at = alert->created_at;

    struct alert_attribute_entry *entries =
        arena_new_array(arena, ATTRIBUTES, struct alert_attribute_entry);
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        object_clear(&alert_attribute_entry_table, &entries[i]);
        entries[i].attribute_id = arena_printf(arena, "01ATTRIBUTE%015zu", i);
        entries[i].attribute_name = names[i];
        entries[i].literal = values[i];
        entries[i].label = values[i];
    }
    alert->attributes = entries;
    alert->attributes_len = ATTRIBUTES;
    sample_alert_encode(arena, alert);
    return alert;
}
