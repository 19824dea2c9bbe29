/*
 * Whatever a server answers, the wire module neither crashes nor lets through what is not valid
 * JSON on one line. The first byte of the input says what it is read as.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "model/derive.h"
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_object(enum kind kind, const void *object, struct arena *arena)
{
    const struct field_table *table = kind_info(kind)->fields;
    const char *json = *(const char *const *)((const char *)object + table->json_offset);
    assert(wire_is_valid(slice_of(json)));
    for (const char *at = json; *at; at++)
        assert((unsigned char)*at >= 0x20);

    void *again = arena_alloc(arena, table->struct_size);
    struct error err = {0};
    bool read = wire_read_object(kind, slice_of(json), arena, again, &err);
    assert(read);
    assert(wire_is_valid(slice_of(wire_write_object(table, again, arena))));
    *(const char **)((char *)again + table->json_offset) = "";
    assert(wire_is_valid(slice_of(wire_write_object(table, again, arena))));
    model_derive(kind, again, &derivation_default, NULL, 0);
}

static void
check_page(enum kind kind, struct slice body, struct arena *arena)
{
    struct wire_page page;
    struct error err = {0};
    bool read = kind == KIND_SCHEDULE_ENTRY
                    ? wire_read_schedule_entries("S", body, arena, &page, &err)
                    : wire_read_page(kind, body, arena, &page, &err);
    if (!read) {
        assert(err.code == ERROR_PROTOCOL || err.code == ERROR_TOO_LARGE);
        assert(text_is_valid_utf8(err.message, strlen(err.message)));
        return;
    }
    for (size_t i = 0; i < page.items_len; i++)
        check_object(kind, (char *)page.items + i * kind_info(kind)->fields->struct_size, arena);
}

static void
check_one(enum kind kind, struct slice body, struct arena *arena)
{
    void *object = arena_alloc(arena, kind_info(kind)->fields->struct_size);
    if (wire_read_one(kind, body, arena, object, NULL))
        check_object(kind, object, arena);
}

static void
check_document(struct slice body, struct arena *arena)
{
    static const char *const paths[] = {"", "a", "a.0.b", "alerts.0.attributes.1",
                                        "errors.0.message"};
    struct wire_document *document;
    if (!wire_document_read(body, &document, NULL))
        return;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        (void)wire_document_count(document, paths[i]);
        (void)wire_document_text(document, arena, paths[i]);
        (void)wire_document_json(document, arena, paths[i]);
    }
    wire_document_destroy(document);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena arena = {0};
    struct slice body = {(const char *)data + 1, size - 1};
    enum kind kind = data[0] % KIND_COUNT;
    struct error err = {0};
    struct identity identity;

    switch (data[0] / KIND_COUNT) {
    case 0:
        check_page(kind, body, &arena);
        break;
    case 1:
        check_one(kind, body, &arena);
        break;
    case 2:
        (void)wire_read_error(400 + data[0] % 128, body, &err);
        assert(text_is_valid_utf8(err.message, strlen(err.message)));
        break;
    case 3:
        (void)wire_read_identity(body, &arena, &identity, &err);
        break;
    default:
        check_document(body, &arena);
    }
    arena_finish(&arena);
    return 0;
}
