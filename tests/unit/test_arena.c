#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void
memory_is_zeroed_and_aligned_whatever_was_asked_before(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (size_t size = 0; size < 300; size++) {
        unsigned char *memory = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xee, size);
    }
    arena_reset(&arena);
    unsigned char *again = arena_alloc(&arena, 5000);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(again[i], 0);
    arena_finish(&arena);
}

static void
allocations_do_not_overlap_and_survive_growth(void **state)
{
    (void)state;
    struct arena arena = {0};
    enum { COUNT = 2000 };
    char *texts[COUNT];
    for (int i = 0; i < COUNT; i++)
        texts[i] = arena_printf(&arena, "text number %d", i);
    char *huge = arena_alloc(&arena, 5 * 1024 * 1024);
    memset(huge, 'x', 5 * 1024 * 1024);
    for (int i = 0; i < COUNT; i++) {
        struct arena scratch = {0};
        assert_string_equal(texts[i], arena_printf(&scratch, "text number %d", i));
        arena_finish(&scratch);
    }
    arena_finish(&arena);
}

static void
reset_keeps_a_block_and_forgets_the_count(void **state)
{
    (void)state;
    struct arena arena = {0};
    arena_reset(&arena);
    void *first = arena_alloc(&arena, 100);
    assert_int_equal(arena.used_bytes, 100);
    arena_reset(&arena);
    assert_int_equal(arena.used_bytes, 0);
    assert_ptr_equal(arena_alloc(&arena, 100), first);
    arena_finish(&arena);
    assert_null(arena.newest);
    arena_finish(&arena);
    arena_finish(NULL);
}

static void
texts_are_copied_and_null_is_empty(void **state)
{
    (void)state;
    struct arena arena = {0};
    const char *text = "abc";
    char *copy = arena_text(&arena, text);
    assert_string_equal(copy, "abc");
    assert_ptr_not_equal(copy, text);
    assert_string_equal(arena_text(&arena, NULL), "");
    assert_string_equal(arena_text_len(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_text_len(&arena, NULL, 0), "");
    int *numbers = arena_new_array(&arena, 10, int);
    assert_int_equal(numbers[9], 0);
    arena_finish(&arena);
}

static void
heap_memory_is_never_null(void **state)
{
    (void)state;
    char *memory = memory_alloc(0);
    assert_non_null(memory);
    memory = memory_resize(memory, 1000);
    assert_non_null(memory);
    memory_free(memory_resize(memory, 0));
    memory_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned_whatever_was_asked_before),
        cmocka_unit_test(allocations_do_not_overlap_and_survive_growth),
        cmocka_unit_test(reset_keeps_a_block_and_forgets_the_count),
        cmocka_unit_test(texts_are_copied_and_null_is_empty),
        cmocka_unit_test(heap_memory_is_never_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
