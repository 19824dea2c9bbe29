/* Whatever a hub.conf holds is read, or refused with sentences that name lines of it. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "config/hub_file.h"
#include "hub/declare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct store *
empty_hub(void)
{
    static struct store *store;
    struct error err;
    if (!store && !store_open(&store, STORE_HUB, ":memory:", STORE_WRITE, NULL, &err))
        assert(!"an empty hub opens");
    return store;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[] = "/tmp/tocsin-fuzz-XXXXXX";
    static int fd = -1;
    struct arena arena = {0};
    struct hub_file file;
    struct hub_mistakes mistakes;
    struct error err;
    size_t changed;
    if (fd < 0)
        fd = mkstemp(path);
    assert(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    if (hub_file_load(&file, path, true, &arena, &mistakes, &err)) {
        bool ok = declare_file(empty_hub(), &file, INT64_C(1774699200000), &changed, &err);
        assert(ok);
    } else {
        assert(err.code == ERROR_CONFIG);
        for (size_t i = 0; i < mistakes.len; i++)
            assert(mistakes.items[i].line > 0 &&
                   text_is_valid_utf8(mistakes.items[i].text, strlen(mistakes.items[i].text)));
    }
    arena_finish(&arena);
    return 0;
}
