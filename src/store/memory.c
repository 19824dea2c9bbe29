#include "store/memory.h"

#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

#define STEP 16
#define SMALL_MAX 1024
#define CHUNK_BYTES ((size_t)64 * 1024)

/* In front of every block; keeps what follows aligned for any number. */
struct block {
    uint64_t size; /* of what follows */
};

struct free_block {
    struct free_block *next; /* lies in the block itself */
};

static struct {
    struct free_block *lists[SMALL_MAX / STEP + 1];
    unsigned char *chunk, *chunk_end;
} memory;

static struct block *
head_of(void *data)
{
    return (struct block *)data - 1;
}

static int
round_up(int size)
{
    return (size + STEP - 1) / STEP * STEP;
}

static void *
take(int size)
{
    size_t bytes = (size_t)round_up(size);
    if (bytes > SMALL_MAX) {
        struct block *block = memory_resize(NULL, sizeof *block + bytes);
        block->size = bytes;
        return block + 1;
    }
    struct free_block **list = &memory.lists[bytes / STEP];
    struct free_block *found = *list;
    if (found) {
        *list = found->next;
        return found;
    }
    size_t whole = sizeof(struct block) + bytes;
    if ((size_t)(memory.chunk_end - memory.chunk) < whole) {
        memory.chunk =
            memory_resize(NULL, CHUNK_BYTES); /* the old one's rest is lost: less than a block */
        memory.chunk_end = memory.chunk + CHUNK_BYTES;
    }
    struct block *block = (struct block *)(void *)memory.chunk;
    memory.chunk += whole;
    block->size = bytes;
    return block + 1;
}

static void
give_back(void *data)
{
    struct block *block = head_of(data);
    if (block->size > SMALL_MAX) {
        memory_free(block);
        return;
    }
    struct free_block *freed = data;
    struct free_block **list = &memory.lists[block->size / STEP];
    freed->next = *list;
    *list = freed;
}

static void *
resize(void *data, int size)
{
    size_t old = head_of(data)->size, wanted = (size_t)round_up(size);
    if (old == wanted)
        return data;
    void *moved = take(size);
    memcpy(moved, data, old < wanted ? old : wanted);
    give_back(data);
    return moved;
}

static int
size_of(void *data)
{
    return data ? (int)head_of(data)->size : 0;
}

static int
start(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void
stop(void *context)
{
    (void)context;
}

void
store_memory_install(void)
{
    static const sqlite3_mem_methods methods = {.xMalloc = take,
                                                .xFree = give_back,
                                                .xRealloc = resize,
                                                .xSize = size_of,
                                                .xRoundup = round_up,
                                                .xInit = start,
                                                .xShutdown = stop};
    (void)sqlite3_config(SQLITE_CONFIG_MALLOC,
                         &methods); /* refused once in use: then the C library's */
}
