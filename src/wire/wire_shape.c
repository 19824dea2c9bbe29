#include "wire/wire_internal.h"

#include <assert.h>
#include <string.h>

/* As many tables as the program has, and some; a const table has no place for what is derived from
 * it. */
enum { SHAPES_MAX = 256 };
static struct wire_shape *shapes[SHAPES_MAX];
static size_t shapes_len;
static struct arena shape_arena;

/* Rows of one object need not stand together, so children are found by name. */
static struct wire_node *
child_named(struct wire_node *node, const char *name, size_t name_len)
{
    for (size_t i = 0; i < node->children_len; i++) {
        struct wire_node *child = &node->children[i];
        if (strlen(child->name) == name_len && memcmp(child->name, name, name_len) == 0)
            return child;
    }
    return NULL;
}

static struct wire_node *
child_add(struct wire_node *node, const char *name, size_t name_len)
{
    struct wire_node *child = &node->children[node->children_len++];
    child->name = arena_text_len(&shape_arena, name, name_len);
    return child;
}

/* How many rows lie below the object at the first `len` bytes of path: enough room for its
 * children. */
static size_t
rows_below(const struct field_table *table, const char *path, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < table->fields_len; i++)
        if (strncmp(table->fields[i].path, path, len) == 0)
            count++;
    return count;
}

static void
add_field(struct wire_shape *shape, const struct field *field)
{
    struct wire_node *node = &shape->root;
    const char *name = field->path;
    for (const char *dot; (dot = strchr(name, '.')); name = dot + 1) {
        struct wire_node *child = child_named(node, name, (size_t)(dot - name));
        if (!child) {
            child = child_add(node, name, (size_t)(dot - name));
            size_t room = rows_below(shape->table, field->path, (size_t)(dot + 1 - field->path));
            child->children = arena_new_array(&shape_arena, room, struct wire_node);
        }
        if (name == field->path && (field->flags & FIELD_PARENT_REQUIRED))
            child->required = true;
        node = child;
    }
    struct wire_node *leaf = child_add(node, name, strlen(name));
    leaf->field = field;
    if (field->type == FIELD_LIST)
        leaf->item = wire_shape_of(field->item);
}

static void
link_siblings(struct wire_node *node)
{
    for (size_t i = 0; i < node->children_len; i++) {
        struct wire_node *child = &node->children[i];
        child->next = &node->children[(i + 1) % node->children_len];
        child->follower = child->next;
        link_siblings(child);
    }
}

static void
make_blank(struct wire_shape *shape)
{
    const struct field_table *table = shape->table;
    char *blank = arena_alloc(&shape_arena, table->struct_size);
    object_clear(table, blank);
    shape->blank = blank;
}

const struct wire_shape *
wire_shape_of(const struct field_table *table)
{
    for (size_t i = 0; i < shapes_len; i++)
        if (shapes[i]->table == table)
            return shapes[i];

    struct wire_shape *shape = arena_new(&shape_arena, struct wire_shape);
    shape->table = table;
    shape->root.children = arena_new_array(&shape_arena, table->fields_len, struct wire_node);
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        if (field->flags & FIELD_LOCAL)
            continue;
        add_field(shape, field);
        if (strcmp(field->path, "id") == 0 && (field->flags & FIELD_REQUIRED))
            shape->id = field;
        if (field->flags & FIELD_SECRET)
            shape->has_secret = true;
    }
    link_siblings(&shape->root);
    make_blank(shape);
    assert(shapes_len < SHAPES_MAX);
    shapes[shapes_len++] = shape;
    return shape;
}
