#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"

static void
every_kind_has_its_names_and_its_table(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        const struct kind_info *info = kind_info(kind);
        assert_int_equal(info->kind, kind);
        assert_string_equal(info->table, info->fields->name);
        assert_int_equal(kind_from_list_name(info->list), kind);
        assert_int_not_equal(info->fields->json_offset, SIZE_MAX);
        const struct field *id = field_find(info->fields, "id");
        assert_non_null(id);
        assert_int_equal(id->offset, 0);
        assert_true(info->sort[0] == '\0' || field_find(info->fields, info->sort) != NULL);
    }
    assert_int_equal(kind_from_list_name("nothing"), KIND_COUNT);
}

static void
check_rows(const struct field_table *table)
{
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        assert_true(field->offset < table->struct_size);
        assert_true((field->type == FIELD_ENUM) == (field->values != NULL));
        assert_true((field->type == FIELD_LIST) == (field->item != NULL));
        assert_true((field->flags & FIELD_LOCAL) ? field->path[0] == '\0' : field->path[0] != '\0');
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(field->name, table->fields[j].name);
            assert_true(field->path[0] == '\0' || strcmp(field->path, table->fields[j].path) != 0);
        }
    }
}

static void
rows_are_distinct_and_carry_what_their_type_needs(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < KIND_COUNT; kind++)
        check_rows(kind_info(kind)->fields);
    check_rows(&identity_table);
#define X(name, FIELDS) check_rows(&name##_table);
    EMBEDDED(X)
#undef X
}

static void
an_enumeration_knows_its_values_and_no_others(void **state)
{
    (void)state;
    assert_true(enumeration_has(&incident_slim_category_enumeration, "post-incident"));
    assert_false(enumeration_has(&incident_status_category_enumeration, "post-incident"));
    assert_false(enumeration_has(&alert_status_enumeration, ""));
    assert_true(enumeration_has(&user_role_enumeration, user_role_enumeration.unset));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_its_names_and_its_table),
        cmocka_unit_test(rows_are_distinct_and_carry_what_their_type_needs),
        cmocka_unit_test(an_enumeration_knows_its_values_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
