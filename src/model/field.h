#pragma once

/*
 * Field tables: one row per member of a resource. The same row declares the struct's member and drives decoding,
 * encoding, the SQL column, `list` and the filter. Adding a field is a row (and its SQL column, if it is shown, filtered
 * or sorted).
 *
 * A table is an X macro: X(TYPE, member, "json.path", FLAGS, extra). Dots in the path descend into objects. An embedded
 * object is written when one of its members is set, or always when a row of it says PARENT_REQUIRED; its REQUIRED members
 * are then written even if empty.
 *
 * TYPE     C type            unset  notes
 * TEXT     const char *      ""     never NULL after decoding
 * ENUM     const char *      ""     as TEXT; `extra` names its enumeration. Unknown values are kept verbatim
 * TIME     int64_t           0      RFC 3339 in JSON
 * INTEGER  int64_t           0
 * REAL     double            0
 * BOOLEAN  bool              false
 * OBJECT   const char *      ""     raw JSON; written as {} when required and unset
 * ARRAY    const char *      ""     raw JSON; written as [] when required and unset
 * LIST     member, member_len       array of structs; `extra` is the item's struct name
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
    FIELD_TEXT,
    FIELD_ENUM,
    FIELD_TIME,
    FIELD_INTEGER,
    FIELD_REAL,
    FIELD_BOOLEAN,
    FIELD_OBJECT,
    FIELD_ARRAY,
    FIELD_LIST,
};

/*
 * REQUIRED: `*` in the API's notation, written whenever the object that holds it is. PARENT_REQUIRED: the outermost
 * object of the path is always written, as {} if need be. COLUMN: a SQL column of the member's name; for LIST a child
 * table of the item's name. SEARCH: its text goes into the full-text index. SECRET: removed before anything is stored,
 * shown or logged. LOCAL: not in the API's object but derived by us (path is ""); always a column.
 */
enum field_flags {
    FIELD_REQUIRED = 1,
    FIELD_COLUMN = 2,
    FIELD_SEARCH = 4,
    FIELD_SECRET = 8,
    FIELD_LOCAL = 16,
    FIELD_PARENT_REQUIRED = 32,
};

struct enumeration {
    const char *name;
    const char *unset; /* written for a required member that is unset; "" = nothing means that */
    const char *const *values; /* NULL-terminated */
};

bool enumeration_has(const struct enumeration *enumeration, const char *value);

struct field_table;

struct field {
    const char *path; /* in JSON */
    const char *name; /* C member, SQL column, filter key */
    enum field_type type;
    unsigned flags;
    size_t offset;
    size_t len_offset; /* LIST: where its size_t length is */
    const struct enumeration *values;
    const struct field_table *item;
};

struct field_table {
    const char *name; /* struct's and SQL table's name */
    const struct field *fields;
    size_t fields_len;
    size_t struct_size;
    size_t json_offset; /* of `const char *json`, the object as received; SIZE_MAX = none */
};

const struct field *field_find(const struct field_table *table, const char *name);

/* Whether members of the type are const char *. */
bool field_type_is_text(enum field_type type);

/* Text members and json become "", everything else zero: an object with nothing set. */
void object_clear(const struct field_table *table, void *object);

/* ---- what turns an X macro into a struct and a table; used in model.h, fields.c and by private tables ---- */

#define FIELD_DECLARE(type, member, path, flags, extra) FIELD_DECLARE_##type(member, extra)
#define FIELD_DECLARE_TEXT(member, extra) const char *member;
#define FIELD_DECLARE_ENUM(member, extra) const char *member;
#define FIELD_DECLARE_TIME(member, extra) int64_t member;
#define FIELD_DECLARE_INTEGER(member, extra) int64_t member;
#define FIELD_DECLARE_REAL(member, extra) double member;
#define FIELD_DECLARE_BOOLEAN(member, extra) bool member;
#define FIELD_DECLARE_OBJECT(member, extra) const char *member;
#define FIELD_DECLARE_ARRAY(member, extra) const char *member;
#define FIELD_DECLARE_LIST(member, extra)                                                          \
    const struct extra *member;                                                                    \
    size_t member##_len;

/*
 * Rows of a table. The struct cannot be passed through the X macro, so it is named around it:
 *
 *     #define FIELD_OWNER struct freshness
 *     static const struct field freshness_rows[] = {FRESHNESS_FIELDS(FIELD_ROW)};
 *     #undef FIELD_OWNER
 *     const struct field_table freshness_table = FIELD_TABLE(freshness, SIZE_MAX);
 *
 * _Generic holds the member's C type against the row's: a wrong row does not compile.
 */
#define FIELD_TABLE(table, json)                                                                   \
    {                                                                                              \
#table, table##_rows,                                                                      \
            sizeof table##_rows / sizeof table##_rows[0], sizeof(struct table), json               \
    }
#define FIELD_ROW(type, member, path, flags, extra)                                                \
    {path,                                                                                         \
     #member,                                                                                      \
     FIELD_##type,                                                                                 \
     flags,                                                                                        \
     FIELD_OFFSET_##type(member, extra),                                                           \
     FIELD_LEN_OFFSET_##type(member),                                                              \
     FIELD_VALUES_##type(extra),                                                                   \
     FIELD_ITEM_##type(extra)},

#define FIELD_OFFSET_OF(ctype, member)                                                             \
    _Generic(&((FIELD_OWNER *)0)->member, ctype * : offsetof(FIELD_OWNER, member))
#define FIELD_OFFSET_TEXT(member, extra) FIELD_OFFSET_OF(const char *, member)
#define FIELD_OFFSET_ENUM(member, extra) FIELD_OFFSET_OF(const char *, member)
#define FIELD_OFFSET_TIME(member, extra) FIELD_OFFSET_OF(int64_t, member)
#define FIELD_OFFSET_INTEGER(member, extra) FIELD_OFFSET_OF(int64_t, member)
#define FIELD_OFFSET_REAL(member, extra) FIELD_OFFSET_OF(double, member)
#define FIELD_OFFSET_BOOLEAN(member, extra) FIELD_OFFSET_OF(bool, member)
#define FIELD_OFFSET_OBJECT(member, extra) FIELD_OFFSET_OF(const char *, member)
#define FIELD_OFFSET_ARRAY(member, extra) FIELD_OFFSET_OF(const char *, member)
#define FIELD_OFFSET_LIST(member, extra) FIELD_OFFSET_OF(const struct extra *, member)

#define FIELD_LEN_OFFSET_TEXT(member) 0
#define FIELD_LEN_OFFSET_ENUM(member) 0
#define FIELD_LEN_OFFSET_TIME(member) 0
#define FIELD_LEN_OFFSET_INTEGER(member) 0
#define FIELD_LEN_OFFSET_REAL(member) 0
#define FIELD_LEN_OFFSET_BOOLEAN(member) 0
#define FIELD_LEN_OFFSET_OBJECT(member) 0
#define FIELD_LEN_OFFSET_ARRAY(member) 0
#define FIELD_LEN_OFFSET_LIST(member) FIELD_OFFSET_OF(size_t, member##_len)

#define FIELD_VALUES_TEXT(extra) NULL
#define FIELD_VALUES_ENUM(extra) &extra##_enumeration
#define FIELD_VALUES_TIME(extra) NULL
#define FIELD_VALUES_INTEGER(extra) NULL
#define FIELD_VALUES_REAL(extra) NULL
#define FIELD_VALUES_BOOLEAN(extra) NULL
#define FIELD_VALUES_OBJECT(extra) NULL
#define FIELD_VALUES_ARRAY(extra) NULL
#define FIELD_VALUES_LIST(extra) NULL

#define FIELD_ITEM_TEXT(extra) NULL
#define FIELD_ITEM_ENUM(extra) NULL
#define FIELD_ITEM_TIME(extra) NULL
#define FIELD_ITEM_INTEGER(extra) NULL
#define FIELD_ITEM_REAL(extra) NULL
#define FIELD_ITEM_BOOLEAN(extra) NULL
#define FIELD_ITEM_OBJECT(extra) NULL
#define FIELD_ITEM_ARRAY(extra) NULL
#define FIELD_ITEM_LIST(extra) &extra##_table
