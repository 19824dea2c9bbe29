#pragma once

/*
 * hub.conf (libConfuse): one file that a team keeps in git says who there is, what sends alerts, how they are understood,
 * whom they reach. The option tables of hub_options.h are the whole of its language. A file with mistakes is refused with
 * all of them: FILE:LINE, what, what was expected, what was probably meant.
 */

#include "base/arena.h"
#include "base/error.h"
#include "config/hub_options.h"

/* ---- structs, from the tables ---- */

#define HUB_DECLARE(type, member, ...) HUB_DECLARE_##type(member)
#define HUB_DECLARE_TEXT(member) const char *member;
#define HUB_DECLARE_WORD(member) const char *member;
#define HUB_DECLARE_MOMENT(member) const char *member;
#define HUB_DECLARE_JQ(member) const char *member;
#define HUB_DECLARE_FILE(member) const char *member, *member##_text;
#define HUB_DECLARE_SECRET(member) const char *member, *member##_text;
#define HUB_DECLARE_LIST(member) const char *const *member; /* NULL-terminated */
#define HUB_DECLARE_SPAN(member) int64_t member;            /* ms */
#define HUB_DECLARE_COUNT(member) int64_t member;
#define HUB_DECLARE_FLAG(member) bool member;

/* Of every section: title ("" where it has none) and the line it begins in. */
#define HUB_SECTION_HEAD                                                                           \
    const char *title;                                                                             \
    int line;

struct hub_entry {
    const char *key, *value;
};

/* lookup "owner_of" { fct_orders = "ines" }: $owner_of in expressions. */
struct hub_lookup {
    HUB_SECTION_HEAD
    const struct hub_entry *entries;
    size_t entries_len;
};

struct hub_source_attribute {
    HUB_SECTION_HEAD
    HUB_SOURCE_ATTRIBUTE_OPTIONS(HUB_DECLARE)
};

struct hub_rotation {
    HUB_SECTION_HEAD
    HUB_ROTATION_OPTIONS(HUB_DECLARE)
};

struct hub_level {
    HUB_SECTION_HEAD
    HUB_LEVEL_OPTIONS(HUB_DECLARE)
};

/* Sections that hold others have them as `children`. */
#define HUB_CHILDREN_person
#define HUB_CHILDREN_team
#define HUB_CHILDREN_severity
#define HUB_CHILDREN_status
#define HUB_CHILDREN_role
#define HUB_CHILDREN_type
#define HUB_CHILDREN_attribute
#define HUB_CHILDREN_source                                                                        \
    const struct hub_source_attribute *children; /* attribute "NAME" { jq = … } */               \
    size_t children_len;
#define HUB_CHILDREN_notification
#define HUB_CHILDREN_schedule                                                                      \
    const struct hub_rotation *children; /* rotation "NAME" { … } */                             \
    size_t children_len;
#define HUB_CHILDREN_path                                                                          \
    const struct hub_level *children; /* level { … } */                                          \
    size_t children_len;
#define HUB_CHILDREN_route

#define X(one, many, OPTIONS)                                                                      \
    struct hub_##one {                                                                             \
        HUB_SECTION_HEAD OPTIONS##_OPTIONS(HUB_DECLARE) HUB_CHILDREN_##one                         \
    };
HUB_SECTIONS(X)
#undef X

struct hub_limit_section {
    HUB_SECTION_HEAD
    HUB_LIMIT_OPTIONS(HUB_DECLARE)
};

struct hub_slack {
    HUB_SECTION_HEAD
    HUB_SLACK_OPTIONS(HUB_DECLARE)
};

/* Everything lives in the arena it was loaded into. */
struct hub_file {
    HUB_SECTION_HEAD
    const char *path;
    HUB_TOP_OPTIONS(HUB_DECLARE)
    struct hub_limit_section limits;
    struct hub_slack slack;
    const struct hub_lookup *lookups;
    size_t lookups_len;
#define X(one, many, OPTIONS)                                                                      \
    const struct hub_##one *many; /* in the file's order */                                        \
    size_t many##_len;
    HUB_SECTIONS(X)
#undef X
};

/* A file's mistakes, in the order of its lines. */
struct hub_mistake {
    int line;
    const char *text; /* "hub.conf:12: unknown option 'emial', did you mean 'email'?" */
};
struct hub_mistakes {
    struct hub_mistake *items;
    size_t len;
};

/*
 * False: *mistakes has what is wrong, and err (ERROR_CONFIG, ERROR_FILE when the file cannot be read) the first of it and
 * how many more there are. Expressions are checked by who can run them. path NULL: $XDG_CONFIG_HOME/tocsin/hub.conf.
 * without_secrets: files with secrets may be missing, as they are where a team's CI checks the file.
 */
MUST_CHECK bool hub_file_load(struct hub_file *file, const char *path, bool without_secrets,
                              struct arena *arena, struct hub_mistakes *mistakes,
                              struct error *err);

/* One more mistake, found by others; line 0: of the file as a whole. */
void hub_mistake_add(struct hub_mistakes *mistakes, const struct hub_file *file,
                     struct arena *arena, int line, const char *text);
/* True when there is none; else err has the first and how many more there are. */
MUST_CHECK bool hub_mistakes_error(const struct hub_mistakes *mistakes, struct error *err);

/* Where the user's own file is, whether it is there or not. */
const char *hub_file_default_path(struct arena *arena);

/* Rows of the tables, for the manual. False behind the last. */
struct hub_option_row {
    const char *section; /* "route", "schedule / rotation", "" = top level */
    const char *name, *type, *fallback, *help;
    bool required;
};
bool hub_file_option(size_t index, struct hub_option_row *row);
