#include "base/arena.h"

#include <assert.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK_MIN_BYTES ((size_t)8 * 1024)
#define BLOCK_MAX_BYTES ((size_t)1024 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
    struct arena_block *older;
    size_t size;
    size_t used;
    max_align_t bytes[];
};

static void (*restore_terminal)(void);

static _Noreturn void
exhausted(void)
{
    if (restore_terminal)
        restore_terminal();
    static const char message[] = "tocsin: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored; /* nothing is left to tell */
    _exit(70);
}

void
memory_on_exhaustion(void (*restore)(void))
{
    restore_terminal = restore;
}

void
memory_prepare(size_t size)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    /* What is freed stays with us, and nothing so large has a mapping of its own. */
    (void)mallopt(M_TRIM_THRESHOLD, (int)size * 4); /* fails only for want of memory */
    (void)mallopt(M_MMAP_THRESHOLD, (int)size * 2);
    char *memory = memory_resize(NULL, size);
    char *first = (char *)(((uintptr_t)memory + page - 1) / page * page);
    (void)madvise(first, size - page,
                  MADV_POPULATE_WRITE); /* an old kernel gives it as it is touched */
    memory_free(memory);
}

void *
memory_alloc(size_t size)
{
    void *memory = calloc(1, size ? size : 1);
    if (!memory)
        exhausted();
    return memory;
}

void *
memory_resize(void *memory, size_t size)
{
    void *resized = realloc(memory, size ? size : 1);
    if (!resized)
        exhausted();
    return resized;
}

void
memory_free(void *memory)
{
    free(memory);
}

static struct arena_block *
block_create(struct arena_block *older, size_t wanted)
{
    size_t size = older ? older->size * 2 : BLOCK_MIN_BYTES;
    if (size > BLOCK_MAX_BYTES)
        size = BLOCK_MAX_BYTES;
    if (size < wanted)
        size = wanted;
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        exhausted();
    *block = (struct arena_block){.older = older, .size = size};
    return block;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    assert(size < SIZE_MAX / 2);
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct arena_block *block = arena->newest;
    if (!block || block->size - block->used < rounded) {
        block = block_create(block, rounded);
        arena->newest = block;
    }

    char *memory = (char *)block->bytes + block->used;
    block->used += rounded;
    arena->used_bytes += size;
    return memset(memory, 0, size);
}

void *
arena_alloc_array(struct arena *arena, size_t count, size_t item_size)
{
    assert(item_size == 0 || count <= SIZE_MAX / 4 / item_size);
    return arena_alloc(arena, count * item_size);
}

char *
arena_text_len(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *
arena_text(struct arena *arena, const char *text)
{
    return arena_text_len(arena, text, text ? strlen(text) : 0);
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);

    char *text = arena_alloc(arena, (size_t)len + 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args); /* measured just above */
    va_end(args);
    return text;
}

static void
free_older(struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
}

void
arena_reset(struct arena *arena)
{
    if (!arena->newest)
        return;
    free_older(arena->newest->older);
    arena->newest->older = NULL;
    arena->newest->used = 0;
    arena->used_bytes = 0;
}

void
arena_finish(struct arena *arena)
{
    if (!arena)
        return;
    free_older(arena->newest);
    *arena = (struct arena){0};
}
