#include "config/hub_file.h"

#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "config/file.h"
#include "config/hub_table.h"
#include "config/transforms.h"

enum {
    FILE_MAX_BYTES = 8 * 1024 * 1024,
    EXPRESSION_MAX_BYTES = 256 * 1024,
    SECRET_MAX_BYTES = 4096,
    COUNT_MAX = 10 * 1000 * 1000,
};

struct reading {
    struct hub_report report;
    bool without_secrets;
};

/* ---- names: libConfuse stops at the first unknown one, we say all ---- */

static const struct hub_option *
option_find(const struct hub_section_kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->options_len; i++)
        if (strcmp(kind->options[i].name, name) == 0)
            return &kind->options[i];
    return NULL;
}

static const struct hub_section_kind *
kind_find(const struct hub_section_kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->children_len; i++)
        if (strcmp(kind->children[i].name, name) == 0)
            return &kind->children[i];
    return NULL;
}

static const char *
suggest(struct hub_report *report, const struct hub_section_kind *kind, const char *name)
{
    const char **names =
        arena_new_array(report->arena, kind->options_len + kind->children_len + 1, const char *);
    size_t len = 0;
    for (size_t i = 0; i < kind->options_len; i++)
        names[len++] = kind->options[i].name;
    for (size_t i = 0; i < kind->children_len; i++)
        names[len++] = kind->children[i].name;
    return hub_suggestion(report->arena, name, names);
}

static const char *
section_words(struct hub_report *report, const struct hub_section_kind *kind)
{
    return *kind->name ? arena_printf(report->arena, " of '%s'", kind->name) : "";
}

static void
check_option_names(struct hub_report *report, const struct hub_section_kind *kind,
                   const struct outline_section *section)
{
    for (const struct outline_option *at = section->options; at; at = at->next) {
        const struct hub_option *option = option_find(kind, at->name);
        const struct outline_option *first = outline_option_find(section, at->name);
        if (first != at)
            hub_complain(report, at->line, "'%s' was given in line %d already", at->name,
                         first->line);
        else if (!option && !kind->is_free && kind_find(kind, at->name))
            hub_complain(report, at->line, "'%s' is a section: expected '{' behind it, not '='",
                         at->name);
        else if (!option && !kind->is_free)
            hub_complain(report, at->line, "unknown option '%s'%s%s", at->name,
                         section_words(report, kind), suggest(report, kind, at->name));
        else if (option && option->type == HUB_JQ && at->quote != '\'')
            hub_complain(report, at->line,
                         "%s: put the expression into single quotes, or into a .jq file", at->name);
        else if (option && option->type == HUB_JQ && at->has_backslashes)
            hub_complain(report, at->line,
                         "%s: two backslashes in quotes read as one: put the expression into a "
                         ".jq file",
                         at->name);
    }
    for (size_t i = 0; i < kind->options_len; i++)
        if (!kind->options[i].fallback && !outline_option_find(section, kind->options[i].name))
            hub_complain(report, section->line, "%s%s%s%s needs '%s': %s", kind->name,
                         section->title ? " '" : "", section->title ? section->title : "",
                         section->title ? "'" : "", kind->options[i].name, kind->options[i].help);
}

static void
check_title(struct hub_report *report, const struct hub_section_kind *kind,
            const struct outline_section *section)
{
    if (kind->has_title && text_is_empty(section->title)) {
        hub_complain(report, section->line, "%s needs a title: %s \"NAME\" {", kind->name,
                     kind->name);
        return;
    }
    if (!kind->has_title && section->title)
        hub_complain(report, section->line, "'%s' takes no title", kind->name);
    for (const struct outline_section *at = section->parent->sections; at != section;
         at = at->next) {
        if (strcmp(at->name, section->name) != 0)
            continue;
        if (kind->is_single)
            hub_complain(report, section->line, "there is a section '%s' in line %d already",
                         kind->name, at->line);
        else if (kind->has_title && text_equals(at->title, section->title))
            hub_complain(report, section->line, "there is a %s '%s' in line %d already", kind->name,
                         section->title, at->line);
        else
            continue;
        break;
    }
}

static void
check_names(struct hub_report *report, const struct hub_section_kind *kind,
            const struct outline_section *section)
{
    check_option_names(report, kind, section);
    for (const struct outline_section *at = section->sections; at; at = at->next) {
        const struct hub_section_kind *child = kind_find(kind, at->name);
        if (!child) {
            hub_complain(report, at->line, "unknown section '%s'%s%s", at->name,
                         section_words(report, kind), suggest(report, kind, at->name));
            continue;
        }
        check_title(report, child, at);
        check_names(report, child, at);
    }
}

/* ---- values ---- */

static const char *
path_beside(const struct hub_report *report, const char *path)
{
    const char *expanded = path_expand_home(report->arena, path);
    const char *slash = strrchr(report->path, '/');
    if (expanded[0] == '/' || !slash)
        return expanded;
    return arena_printf(report->arena, "%.*s/%s", (int)(slash - report->path), report->path,
                        expanded);
}

static const char *
file_text(struct reading *reading, const struct hub_option *option, const char *value, int line)
{
    struct hub_report *report = &reading->report;
    bool secret = option->type == HUB_SECRET;
    size_t len = strlen(value);
    if (strcmp(option->name, "transform") == 0 && !strchr(value, '/') &&
        (len < 3 || strcmp(value + len - 3, ".jq") != 0)) {
        const char *text = transform_ready(value);
        if (text)
            return text;
        hub_complain(
            report, line, "there is no ready transform '%s'%s; one of your own is a file, NAME.jq",
            value, hub_suggestion(report->arena, value, transform_ready_names(report->arena)));
        return "";
    }
    const char *path = path_beside(report, value);
    struct str text;
    struct error err;
    str_init(&text, secret ? SECRET_MAX_BYTES : EXPRESSION_MAX_BYTES);
    bool ok = secret ? file_read_secret(path, &text, &err) : file_read(path, &text, &err);
    const char *copy = "";
    if (!ok && !(secret && reading->without_secrets && err.code == ERROR_NOT_FOUND)) {
        hub_complain(report, line, "%s: %s", option->name, err.message);
    } else if (ok) {
        size_t used = text.len;
        while (used && strchr(" \t\r\n", str_text(&text)[used - 1]))
            used--;
        copy = arena_text_len(report->arena, str_text(&text), used);
        if (!*copy || strlen(copy) != used || !text_is_valid_utf8(copy, used))
            hub_complain(report, line, "%s: '%s' %s", option->name, path,
                         *copy ? "is no text" : "is empty");
    }
    str_finish(&text);
    return copy;
}

/* The words of a WORD stand in its help, in parentheses. */
static const char *const *
words_of(struct arena *arena, const char *help, const char **shown)
{
    const char *start = strchr(help, '(') + 1;
    char *text = arena_text_len(arena, start, strcspn(start, ")"));
    *shown = arena_text(arena, text);
    const char **words = arena_new_array(arena, strlen(text) / 2 + 2, const char *);
    for (size_t len = 0; text; len++) {
        words[len] = strsep(&text, ",");
        words[len] += strspn(words[len], " ");
    }
    return words;
}

static bool
is_one_of(const char *const *words, const char *word)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

static bool
read_flag(const char *text, bool *value)
{
    *value = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0 || strcmp(text, "on") == 0;
    return *value || strcmp(text, "no") == 0 || strcmp(text, "false") == 0 ||
           strcmp(text, "off") == 0;
}

static bool
read_count(const char *text, int64_t *value)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    *value = number;
    return end != text && !*end && !errno && number >= 0 && number <= COUNT_MAX;
}

static void
set_value(struct reading *reading, char *owner, const struct hub_option *option, const char *value,
          int line)
{
    struct hub_report *report = &reading->report;
    void *member = owner + option->offset;
    switch (option->type) {
    case HUB_WORD: {
        const char *shown, *const *words = words_of(report->arena, option->help, &shown);
        if (!is_one_of(words, value))
            hub_complain(report, line, "%s = '%s': expected one of %s%s", option->name, value,
                         shown, hub_suggestion(report->arena, value, words));
        *(const char **)member = arena_text(report->arena, value);
        break;
    }
    case HUB_TEXT:
    case HUB_MOMENT:
    case HUB_JQ:
        *(const char **)member = arena_text(report->arena, value);
        if (!text_is_valid_utf8(value, strlen(value)))
            hub_complain(report, line, "%s: not UTF-8", option->name);
        break;
    case HUB_FILE:
    case HUB_SECRET:
        *(const char **)member = arena_text(report->arena, value);
        *(const char **)(owner + option->text_offset) =
            *value ? file_text(reading, option, value, line) : "";
        break;
    case HUB_SPAN:
        if (!span_from_text(value, member))
            hub_complain(report, line, "%s = '%s': expected a span such as 90s, 15m, 4h or 7d",
                         option->name, value);
        break;
    case HUB_COUNT:
        if (!read_count(value, member))
            hub_complain(report, line, "%s = '%s': expected a number, 0 or more", option->name,
                         value);
        break;
    case HUB_FLAG:
        if (!read_flag(value, member))
            hub_complain(report, line, "%s = '%s': expected yes or no", option->name, value);
        break;
    case HUB_LIST:
        break;
    }
}

static const char *const *
list_of(struct arena *arena, cfg_opt_t *opt, const char *fallback)
{
    if (opt->flags & CFGF_MODIFIED) {
        unsigned len = cfg_opt_size(opt);
        const char **items = arena_new_array(arena, len + 1, const char *);
        for (unsigned i = 0; i < len; i++)
            items[i] = arena_text(arena, cfg_opt_getnstr(opt, i));
        return items;
    }
    size_t len = *fallback ? 1 : 0;
    for (const char *at = fallback; *at; at++)
        len += *at == ',';
    const char **items = arena_new_array(arena, len + 1, const char *);
    char *rest = arena_text(arena, fallback);
    for (size_t i = 0; i < len; i++)
        items[i] = strsep(&rest, ",");
    return items;
}

static void
read_options(struct reading *reading, const struct hub_section_kind *kind, cfg_t *cfg,
             const struct outline_section *outline, char *owner)
{
    for (size_t i = 0; i < kind->options_len; i++) {
        const struct hub_option *option = &kind->options[i];
        const struct outline_option *at =
            outline ? outline_option_find(outline, option->name) : NULL;
        const char *fallback = option->fallback ? option->fallback : "";
        cfg_opt_t *opt = cfg ? cfg_getopt(cfg, option->name) : NULL;
        if (option->type == HUB_LIST) {
            static cfg_opt_t none;
            *(const char *const **)(owner + option->offset) =
                list_of(reading->report.arena, opt ? opt : &none, fallback);
            continue;
        }
        const char *text = opt && at ? cfg_opt_getnstr(opt, 0) : fallback;
        set_value(reading, owner, option, text ? text : "", at ? at->line : 1);
    }
}

static void
read_lookup(struct reading *reading, cfg_t *cfg, struct hub_lookup *lookup)
{
    struct arena *arena = reading->report.arena;
    size_t len = cfg_num(cfg);
    struct hub_entry *entries = arena_new_array(arena, len + 1, struct hub_entry);
    for (size_t i = 0; i < len; i++) {
        cfg_opt_t *opt = cfg_getnopt(cfg, (unsigned)i);
        const char *value = cfg_opt_size(opt) ? cfg_opt_getnstr(opt, 0) : NULL;
        entries[i] = (struct hub_entry){arena_text(arena, opt->name), arena_text(arena, value)};
    }
    lookup->entries = entries;
    lookup->entries_len = len;
}

static void read_children(struct reading *reading, const struct hub_section_kind *kind, cfg_t *cfg,
                          const struct outline_section *outline, char *owner);

static void
read_section(struct reading *reading, const struct hub_section_kind *kind, cfg_t *cfg,
             const struct outline_section *outline, char *section)
{
    struct hub_section_head head = {
        .title = outline && outline->title ? arena_text(reading->report.arena, cfg_title(cfg)) : "",
        .line = outline ? outline->line : 0,
    };
    memcpy(section, &head, sizeof head);
    if (kind->is_free)
        read_lookup(reading, cfg, (struct hub_lookup *)section);
    read_options(reading, kind, cfg, outline, section);
    if (cfg)
        read_children(reading, kind, cfg, outline, section);
}

static void
read_children(struct reading *reading, const struct hub_section_kind *kind, cfg_t *cfg,
              const struct outline_section *outline, char *owner)
{
    for (size_t i = 0; i < kind->children_len; i++) {
        const struct hub_section_kind *child = &kind->children[i];
        size_t len = cfg_size(cfg, child->name);
        if (child->is_single) {
            read_section(reading, child, len ? cfg_getnsec(cfg, child->name, 0) : NULL,
                         outline_section_find(outline, child->name, 0), owner + child->offset);
            continue;
        }
        char *items = arena_alloc_array(reading->report.arena, len + 1, child->struct_size);
        const struct outline_section *at = outline->sections;
        for (size_t s = 0; s < len; s++, at = at->next) {
            while (strcmp(at->name, child->name) != 0)
                at = at->next;
            read_section(reading, child, cfg_getnsec(cfg, child->name, (unsigned)s), at,
                         items + s * child->struct_size);
        }
        memcpy(owner + child->offset, &items, sizeof items);
        memcpy(owner + child->len_offset, &len, sizeof len);
    }
}

/* ---- libConfuse ---- */

/* Its callback has no context; parsing is never re-entered. */
static char last_message[300];
static int last_line;

PRINTF_LIKE(2, 0)
static void
remember_error(cfg_t *cfg, const char *format, va_list args)
{
    (void)vsnprintf(last_message, sizeof last_message, format, args); /* a cut message is one */
    last_line = cfg->line;
}

/* Memory is the arena's; cfg_init copies what it needs. */
static cfg_opt_t *
confuse_options(struct arena *arena, const struct hub_section_kind *kind)
{
    cfg_opt_t *opts =
        arena_alloc_array(arena, kind->options_len + kind->children_len + 1, sizeof(cfg_opt_t));
    cfg_opt_t *opt = opts;
    for (size_t i = 0; i < kind->options_len; i++) {
        if (kind->options[i].type == HUB_LIST)
            *opt++ = (cfg_opt_t)CFG_STR_LIST(kind->options[i].name, (char *)"{}", CFGF_NONE);
        else
            *opt++ = (cfg_opt_t)CFG_STR(kind->options[i].name, "", CFGF_NONE);
    }
    for (size_t i = 0; i < kind->children_len; i++) {
        const struct hub_section_kind *child = &kind->children[i];
        int flags = (child->is_single ? CFGF_NODEFAULT : CFGF_MULTI) |
                    (child->has_title ? CFGF_TITLE : 0) | (child->is_free ? CFGF_KEYSTRVAL : 0);
        *opt++ = (cfg_opt_t)CFG_SEC(child->name, confuse_options(arena, child), flags);
    }
    *opt = (cfg_opt_t)CFG_END();
    return opts;
}

static bool
parse(struct reading *reading, struct hub_file *file, const char *text)
{
    struct hub_report *report = &reading->report;
    const char *complaint;
    int line;
    struct outline_section *outline = outline_read(text, report->arena, &complaint, &line);
    if (!outline) {
        hub_complain(report, line, "%s", complaint);
        return false;
    }
    check_names(report, &hub_root_kind, outline);
    if (report->mistakes->len)
        return false;

    cfg_t *cfg = cfg_init(confuse_options(report->arena, &hub_root_kind), CFGF_NONE);
    cfg_set_error_function(cfg, remember_error);
    last_message[0] = '\0';
    const char *whole =
        arena_printf(report->arena, "%s\n", text);              /* fmemopen takes nothing empty */
    FILE *stream = fmemopen((void *)whole, strlen(whole), "r"); /* opened for reading only */
    bool ok = stream && cfg_parse_fp(cfg, stream) == CFG_SUCCESS;
    if (ok) {
        read_section(reading, &hub_root_kind, cfg, outline, (char *)file);
        hub_check(file, outline, report);
    } else {
        hub_complain(report, last_line ? last_line : 1, "%s",
                     *last_message ? last_message : "this does not read as configuration");
    }
    if (stream)
        (void)fclose(stream); /* nothing was written */
    cfg_free(cfg);
    return ok;
}

/* ---- the file ---- */

const char *
hub_file_default_path(struct arena *arena)
{
    return arena_printf(arena, "%s/tocsin/hub.conf",
                        directory_from_env(arena, "XDG_CONFIG_HOME", ".config"));
}

bool
hub_file_load(struct hub_file *file, const char *path, bool without_secrets, struct arena *arena,
              struct hub_mistakes *mistakes, struct error *err)
{
    *file =
        (struct hub_file){.path = path ? arena_text(arena, path) : hub_file_default_path(arena)};
    *mistakes = (struct hub_mistakes){0};
    struct reading reading = {{file->path, arena, mistakes}, without_secrets};
    struct str text;
    str_init(&text, FILE_MAX_BYTES);
    bool ok = file_read(file->path, &text, err);
    if (!ok && err->code == ERROR_NOT_FOUND)
        err->code = ERROR_CONFIG;
    if (ok && strlen(str_text(&text)) != text.len)
        ok = error_set(err, ERROR_CONFIG, "'%s' holds a NUL byte: not a text file", file->path);
    else if (ok)
        (void)parse(&reading, file, str_text(&text)); /* what is wrong is among the mistakes */
    str_finish(&text);
    return ok && hub_mistakes_error(mistakes, err);
}
