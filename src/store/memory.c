#include "store/memory.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

enum {
    STEP_BYTES = 16,
    CLASSES = 64, /* the largest piece: 1 KiB */
    BLOCK_BYTES = 32 * 1024,
};

/* Before each piece. What SQLite is given is at 8 of 16 bytes: it needs no more. */
struct head {
    uint64_t size; /* of what follows, in bytes */
};

struct free_piece {
    struct head head;
    struct free_piece *next;
};

struct block {
    struct block *older; /* kept to be found */
    uint64_t bytes[BLOCK_BYTES / sizeof(uint64_t)];
};

static struct {
    struct free_piece *free[CLASSES + 1]; /* by size with the head, in steps */
    struct block *newest;
    size_t used; /* of its bytes */
} memory = {.used = BLOCK_BYTES};

/* SQLite never asks for more than 2 GB less some; how many steps a piece takes with its head. */
static size_t
steps_of(size_t size)
{
    return (size + sizeof(struct head) + STEP_BYTES - 1) / STEP_BYTES;
}

static int
round_up(int size)
{
    return (int)(steps_of((size_t)size) * STEP_BYTES - sizeof(struct head));
}

static int
size_of(void *piece)
{
    return piece ? (int)((struct head *)piece)[-1].size : 0;
}

static void *
allocate(int wanted)
{
    size_t steps = steps_of((size_t)wanted), bytes = steps * STEP_BYTES;
    struct head *head;
    if (steps > CLASSES) {
        head = memory_resize(NULL, bytes);
    } else if (memory.free[steps]) {
        head = &memory.free[steps]->head;
        memory.free[steps] = memory.free[steps]->next;
        return head + 1;
    } else {
        if (bytes > BLOCK_BYTES - memory.used) {
            /* What is left of the one before is lost: less than a piece in thirty. */
            struct block *block = memory_resize(NULL, sizeof *block);
            block->older = memory.newest;
            memory.newest = block;
            memory.used = 0;
        }
        head = (struct head *)&memory.newest->bytes[memory.used / sizeof(uint64_t)];
        memory.used += bytes;
    }
    head->size = bytes - sizeof *head;
    return head + 1;
}

static void
release(void *piece)
{
    struct head *head = (struct head *)piece - 1;
    size_t steps = steps_of(head->size);
    if (steps > CLASSES) {
        memory_free(head);
        return;
    }
    struct free_piece *given = (struct free_piece *)head;
    given->next = memory.free[steps];
    memory.free[steps] = given;
}

static void *
resize(void *piece, int wanted)
{
    struct head *head = (struct head *)piece - 1;
    size_t before = steps_of(head->size), after = steps_of((size_t)wanted);
    if (before == after)
        return piece;
    if (before > CLASSES && after > CLASSES) {
        head = memory_resize(head, after * STEP_BYTES);
        head->size = after * STEP_BYTES - sizeof *head;
        return head + 1;
    }
    void *moved = allocate(wanted);
    memcpy(moved, piece, head->size < (size_t)wanted ? head->size : (size_t)wanted);
    release(piece);
    return moved;
}

static int
begin(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void
end(void *context)
{
    (void)context;
}

#ifdef __SANITIZE_ADDRESS__
#define IS_WATCHED true
#else
#define IS_WATCHED false
#endif

void
store_memory_use(void)
{
    static const sqlite3_mem_methods methods = {allocate, release, resize, size_of,
                                                round_up, begin,   end,    NULL};
    if (!IS_WATCHED)
        (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &methods); /* too late = as well without */
}
