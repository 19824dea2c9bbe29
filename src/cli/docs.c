#include "cli/docs.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "config/config.h"
#include "config/hub_file.h"
#include "model/model.h"
#include "ui/keymap.h"
#include "ui/theme.h"

/* scdoc's own characters are made plain. */
static void
put(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\*_~^", *text))
            str_append_char(out, '\\');
        str_append_char(out, *text);
    }
}

static void
put_bold(struct str *out, const char *text)
{
    str_append_char(out, '*');
    put(out, text);
    str_append_char(out, '*');
}

static void
indent(struct str *out, int depth)
{
    for (int i = 0; i < depth; i++)
        str_append_char(out, '\t');
}

/* ---- commands and options ---- */

static void
put_options(struct str *out, const struct argp_option *options, int depth)
{
    for (; options->name || options->doc; options++) {
        if (!options->name || options->flags & OPTION_HIDDEN)
            continue;
        indent(out, depth);
        if (options->key < OPTION_ABOVE_CHARACTERS)
            str_printf(out, "*-%c*, ", options->key);
        str_append(out, "*--");
        put(out, options->name);
        str_append(out, "*");
        if (options->arg) {
            str_append(out, "=_");
            put(out, options->arg);
            str_append(out, "_");
        }
        str_append(out, "\n");
        indent(out, depth + 1);
        put(out, options->doc);
        str_append(out, "\n\n");
    }
}

static void
put_command(struct str *out, const struct command *command)
{
    struct arena arena = {0};
    put_bold(out, arena_printf(&arena, "tocsin %s", command->name));
    str_append(out, *command->arguments ? " " : "");
    put(out, command->arguments);
    str_append(out, "\n\t");
    put(out, command->summary);
    str_append(out, "\n\n");
    put_options(out, command->options, 1);
    arena_finish(&arena);
}

static bool
put_commands(struct str *out, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    for (size_t i = 0; i < commands_len; i++)
        if (!command_is_hidden(&commands[i]))
            put_command(out, &commands[i]);
    return true;
}

static bool
put_one_command(struct str *out, const char *argument, struct error *err)
{
    const struct command *command = command_find(argument);
    if (!command)
        return error_set(err, ERROR_USAGE, "there is no command '%.60s'", argument);
    put_command(out, command);
    return true;
}

static bool
put_common_options(struct str *out, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    put_options(out, options_common, 0);
    return true;
}

/* ---- actions and keys ---- */

static bool
put_actions(struct str *out, const char *argument, struct error *err)
{
    char keys[KEYS_TEXT_SIZE];
    (void)argument;
    (void)err;
    for (int group = 0; *action_group_title((enum action_group)group); group++) {
        str_printf(out, "## %s\n\n", action_group_title((enum action_group)group));
        for (int i = 0; i < ACTION_COUNT; i++) {
            const struct action_info *info = action_info((enum action_id)i);
            if ((int)info->group != group)
                continue;
            put_bold(out, info->name);
            if (*info->argument) {
                str_append_char(out, ' ');
                put(out, info->argument);
            }
            if (*keymap_keys(info->action, keys)) {
                str_append(out, " (");
                put(out, keys);
                str_append(out, ")");
            }
            str_append(out, "\n\t");
            put(out, info->help);
            str_append(out, "\n\n");
        }
    }
    return true;
}

static bool
put_writes(struct str *out, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    for (int i = ACTION_WRITES; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        put_bold(out, info->name);
        put(out, " REF… ");
        put(out, info->argument);
        str_append(out, "\n\t");
        put(out, info->help);
        str_append(out, "\n\n");
    }
    return true;
}

static bool
put_key_names(struct str *out, const char *argument, struct error *err)
{
    static const char *const names[] = {
#define X(code, name) name,
        KEYS(X)
#undef X
    };
    (void)argument;
    (void)err;
    for (size_t i = 0, put_len = 0; i < sizeof names / sizeof *names; i++) {
        bool known = false;
        for (size_t before = 0; before < i; before++)
            known = known || strcmp(names[before], names[i]) == 0;
        if (known)
            continue;
        str_append(out, put_len++ ? ", " : "");
        put_bold(out, names[i]);
    }
    str_append(out, "\n");
    return true;
}

/* ---- the rest ---- */

/* One status may stand for several causes. */
static bool
put_exit(struct str *out, const char *argument, struct error *err)
{
    int last = -1;
    (void)argument;
    (void)err;
    for (int code = 0; code < ERROR_CODE_COUNT; code++) {
        int status = error_exit_status((enum error_code)code);
        const char *phrase = *error_phrase((enum error_code)code)
                                 ? error_phrase((enum error_code)code)
                                 : "all went well";
        if (status != last)
            str_printf(out, "%s*%d*\n\t", last < 0 ? "" : "\n\n", status);
        else
            str_append(out, ", ");
        put(out, phrase);
        last = status;
    }
    str_append(out, "\n\n*128 + N*\n\tended by signal N\n\n");
    return true;
}

static bool
put_kinds(struct str *out, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        str_append(out, kind ? ", " : "");
        put_bold(out, kind_info((enum kind)kind)->list);
    }
    str_append(out, "\n");
    return true;
}

static bool
put_settings(struct str *out, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    struct config_setting setting;
    for (size_t i = 0; config_setting(i, &setting); i++) {
        put_bold(out, setting.name);
        str_append(out, " = _");
        put(out, setting.type);
        str_append(out, "_");
        if (*setting.fallback) {
            str_append(out, " (");
            put(out, setting.fallback);
            str_append(out, ")");
        }
        str_append(out, "\n\t");
        put(out, setting.help);
        str_append(out, "\n\n");
    }
    return true;
}

/* hub.conf: a heading for each section, then its options. */
static bool
put_hub_options(struct str *out, const char *argument, struct error *err)
{
    struct hub_option_row row;
    char section[64] = "";
    (void)argument;
    (void)err;
    str_append(out, "## At the top\n\n");
    for (size_t i = 0; hub_file_option(i, &row); i++) {
        if (strcmp(row.section, section) != 0) {
            (void)snprintf(section, sizeof section, "%s", row.section); /* short names */
            str_append(out, "## Section ");
            put(out, section);
            str_append(out, "\n\n");
        }
        put_bold(out, row.name);
        str_append(out, " = _");
        put(out, row.type);
        str_append(out, "_");
        if (row.required || *row.fallback) {
            str_append(out, " (");
            put(out, row.required ? "has to be given" : row.fallback);
            str_append(out, ")");
        }
        str_append(out, "\n\t");
        put(out, row.help);
        str_append(out, "\n\n");
    }
    return true;
}

static bool
put_themes(struct str *out, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    for (const char *const *name = theme_names(); *name; name++) {
        str_append(out, name == theme_names() ? "" : ", ");
        put_bold(out, *name);
    }
    str_append(out, "\n");
    return true;
}

static bool
put_roles(struct str *out, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    for (int role = 0; role < ROLE_COUNT; role++) {
        str_append(out, role ? ", " : "");
        put_bold(out, role_name((enum role)role));
    }
    str_append(out, "\n");
    return true;
}

static const struct {
    const char *name;
    bool (*put)(struct str *out, const char *argument, struct error *err);
} tables[] = {
    {"commands", put_commands}, {"command", put_one_command}, {"options", put_common_options},
    {"actions", put_actions},   {"writes", put_writes},       {"keys", put_key_names},
    {"exit", put_exit},         {"kinds", put_kinds},         {"settings", put_settings},
    {"themes", put_themes},     {"roles", put_roles},         {"hub-options", put_hub_options},
};

static bool
put_table(struct str *out, const char *name, struct error *err)
{
    size_t len = strcspn(name, " ");
    const char *argument = name + len + strspn(name + len, " ");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strlen(tables[i].name) == len && strncmp(tables[i].name, name, len) == 0)
            return tables[i].put(out, argument, err);
    return error_set(err, ERROR_USAGE, "there is no table '%.60s'", name);
}

bool
docs_fill(const char *source, struct str *out, struct error *err)
{
    struct arena arena = {0};
    bool ok = true;
    char *rest = arena_text(&arena, source);
    for (char *line; ok && (line = strsep(&rest, "\n"));) {
        size_t len = strlen(line);
        if (len > 2 && line[0] == '@' && line[len - 1] == '@') {
            line[len - 1] = '\0';
            ok = put_table(out, line + 1, err);
        } else if (rest || len) {
            str_printf(out, "%s\n", line);
        }
    }
    arena_finish(&arena);
    return ok;
}
