/*
 * Whatever a folder of artifacts holds, it gives events that an alert source can take, or a sentence. An input is up to three
 * files with an empty line between them: run_results.json, manifest.json, sources.json.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "dbt/dbt.h"
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
no_variable(const char *name)
{
    (void)name;
    return NULL;
}

/* The next part of the input as a file; "" when there is none. */
static const char *
write_part(int number, const uint8_t **data, size_t *size)
{
    static char paths[3][32];
    static int files[3];
    if (!*size)
        return "";
    if (!*paths[number]) {
        (void)snprintf(paths[number], sizeof paths[number], "/tmp/tocsin-fuzz-XXXXXX");
        files[number] = mkstemp(paths[number]);
    }
    const uint8_t *end = memmem(*data, *size, "\n\n", 2);
    size_t len = end ? (size_t)(end - *data) : *size;
    assert(files[number] >= 0 && ftruncate(files[number], 0) == 0);
    assert(pwrite(files[number], *data, len, 0) == (ssize_t)len);
    *data += end ? len + 2 : len;
    *size -= end ? len + 2 : len;
    return paths[number];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct dbt_output output;
    struct error err = {0};
    struct dbt_input input = {"", "", "", "", no_variable, NULL, NULL, NULL};
    input.run_results = write_part(0, &data, &size);
    input.manifest = write_part(1, &data, &size);
    input.sources = write_part(2, &data, &size);
    if (!*input.run_results)
        return 0;
    if (!dbt_events(&input, &arena, &output, &err))
        assert(err.code == ERROR_FILE && text_is_valid_utf8(err.message, strlen(err.message)));
    for (size_t i = 0; i < output.events_len; i++) {
        const struct alert_event_out *event = &output.events[i];
        assert(wire_is_valid(slice_of(event->body)) && *event->deduplication_key);
        assert(i == 0 || event->resolved >= output.events[i - 1].resolved);
    }
    for (size_t i = 0; i < output.notices_len; i++)
        assert(text_is_valid_utf8(output.notices[i].message, strlen(output.notices[i].message)));
    arena_finish(&arena);
    return 0;
}
