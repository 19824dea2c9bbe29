#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/completion.h"

/*
 * Completion scripts, made of the tables in the shell's own words. All three work alike: they find the command and how
 * many arguments stand behind it, and offer what may stand next. Nothing but the names of profiles is asked for when Tab
 * is pressed.
 */

typedef void emit(struct cli *cli);

/* ---- quoting ---- */

/* In single quotes; what cannot stand there is written as the shell wants it. */
static const char *
quoted(struct arena *arena, const char *text, const char *quote_as, const char *backslash_as)
{
    struct str out;
    str_init(&out, 0);
    str_append_char(&out, '\'');
    for (; *text; text++)
        if (*text == '\'')
            str_append(&out, quote_as);
        else if (*text == '\\')
            str_append(&out, backslash_as);
        else
            str_append_char(&out, *text);
    str_append_char(&out, '\'');
    const char *result = arena_text(arena, str_text(&out));
    str_finish(&out);
    return result;
}

static const char *
for_posix(struct arena *arena, const char *text)
{
    return quoted(arena, text, "'\\''", "\\");
}

static const char *
for_fish(struct arena *arena, const char *text)
{
    return quoted(arena, text, "\\'", "\\\\");
}

/* ---- what is alike ---- */

static bool
is_shown(const struct argp_option *option)
{
    return option->name && !(option->flags & OPTION_HIDDEN);
}

static bool
takes(const struct argp_option *option, const char *argument)
{
    return option->arg && strcmp(option->arg, argument) == 0;
}

/* Is this the first option of its name? Commands share some, and a pattern stands once. */
static bool
is_first(const struct argp_option *option)
{
    for (size_t set = 0; set <= commands_len; set++) {
        const struct argp_option *options = set ? commands[set - 1].options : options_common;
        if (set && command_is_hidden(&commands[set - 1]))
            continue;
        for (; options->name || options->doc; options++)
            if (is_shown(options) && options->arg && strcmp(options->name, option->name) == 0)
                return options == option;
    }
    return false;
}

/* Patterns of the options that take an argument: `--profile|-p|--config`, of all commands. */
static void
print_taking(const char *between)
{
    const char *separator = "";
    for (size_t set = 0; set <= commands_len; set++) {
        const struct argp_option *options = set ? commands[set - 1].options : options_common;
        if (set && command_is_hidden(&commands[set - 1]))
            continue;
        for (; options->name || options->doc; options++) {
            if (!is_shown(options) || !options->arg || !is_first(options))
                continue;
            printf("%s--%s", separator, options->name);
            separator = between;
            if (options->key < OPTION_ABOVE_CHARACTERS)
                printf("%s-%c", between, options->key);
        }
    }
}

/* "list:0", "list:1", "list:*" */
static const char *const position_names[POSITION_COUNT] = {"0", "1", "*"};

/* How a shell says what an option's argument can be. */
struct dialect {
    const char *option, *letter; /* what the pattern's parts begin with; a parenthesis closes it */
    const char *file, *directory, *profile; /* lines that complete with these */
    const char *end;
    void (*values)(struct cli *cli, const struct words *words);
};

static void
option_arguments(struct cli *cli, const struct dialect *shell, const struct argp_option *options)
{
    for (; options->name || options->doc; options++) {
        if (!is_shown(options) || !options->arg || !is_first(options))
            continue;
        struct words words = completion_option_words(options, &cli->arena);
        printf("%s%s", shell->option, options->name);
        if (options->key < OPTION_ABOVE_CHARACTERS)
            printf("%s%c", shell->letter, options->key);
        puts(")");
        if (takes(options, "FILE"))
            puts(shell->file);
        else if (takes(options, "DIR"))
            puts(shell->directory);
        else if (takes(options, "NAME"))
            puts(shell->profile);
        else
            shell->values(cli, &words);
        puts(shell->end);
    }
}

/* ---- bash ---- */

static void
bash_words(struct cli *cli, const struct words *words)
{
    printf("        _tocsin_offer");
    for (size_t i = 0; i < words->len; i++)
        printf(" \\\n            %s", for_posix(&cli->arena, words->items[i].text));
    puts("");
}

static void
bash_options(const struct argp_option *options)
{
    for (; options->name || options->doc; options++)
        if (is_shown(options))
            printf(" --%s%s", options->name, options->arg ? "=" : "");
}

static void
bash_values(struct cli *cli, const struct words *words)
{
    if (words->len)
        bash_words(cli, words);
}

static const struct dialect bash = {
    .option = "    --",
    .letter = " | -",
    .file = "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")",
    .directory = "        mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")",
    .profile = "        mapfile -t COMPREPLY < <(compgen -W \"$(_tocsin_profiles)\" -- \"$cur\")",
    .end = "        return ;;",
    .values = bash_values,
};

static void
bash_fields(struct cli *cli)
{
    puts("_tocsin_fields() {\n    compopt -o nospace\n    case $1 in");
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        struct words words = completion_fields((enum kind)kind, &cli->arena);
        printf("    %s)\n", kind_info((enum kind)kind)->list);
        bash_words(cli, &words);
        puts("        ;;");
    }
    puts("    esac\n}\n");
}

static void
emit_bash(struct cli *cli)
{
    puts("# bash completion for tocsin(1), made by `tocsin completion bash`\n"
         "\n"
         "_tocsin_offer() {\n"
         "    local word\n"
         "    for word; do\n"
         "        [[ $word == \"$cur\"* ]] && COMPREPLY+=(\"$(printf %q \"$word\")\")\n"
         "    done\n"
         "}\n"
         "\n"
         "_tocsin_profiles() {\n"
         "    \"${COMP_WORDS[0]}\" config profiles --plain 2>/dev/null | cut -d' ' -f1\n"
         "}\n");
    bash_fields(cli);
    printf("_tocsin() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    local command='' first='' count=0 i\n"
           "    COMPREPLY=()\n"
           "    # bash takes --name=value apart\n"
           "    [[ $cur == = ]] && cur=''\n"
           "    [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        case ${COMP_WORDS[i]} in\n"
           "        ");
    print_taking(" | ");
    puts(")\n"
         "            ((i++))\n"
         "            [[ ${COMP_WORDS[i]} == = ]] && ((i++)) ;;\n"
         "        -*) ;;\n"
         "        *)\n"
         "            if [[ -z $command ]]; then\n"
         "                command=${COMP_WORDS[i]}\n"
         "            else\n"
         "                ((count++))\n"
         "                [[ -z $first ]] && first=${COMP_WORDS[i]}\n"
         "            fi ;;\n"
         "        esac\n"
         "    done\n"
         "    case $prev in");
    option_arguments(cli, &bash, options_common);
    for (size_t i = 0; i < commands_len; i++)
        if (!command_is_hidden(&commands[i]))
            option_arguments(cli, &bash, commands[i].options);
    printf("    esac\n"
           "    if [[ $cur == -* ]]; then\n"
           "        local options='--help --version");
    bash_options(options_common);
    puts("'\n        case $command in");
    for (size_t i = 0; i < commands_len; i++) {
        if (command_is_hidden(&commands[i]) || !commands[i].options->name)
            continue;
        printf("        %s) options+='", commands[i].name);
        bash_options(commands[i].options);
        puts("' ;;");
    }
    puts("        esac\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
         "        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
         "        return\n"
         "    fi\n"
         "    case $command:$count in\n"
         "    :0)");
    struct words names = completion_commands(&cli->arena);
    bash_words(cli, &names);
    puts("        ;;");
    for (size_t i = 0; i < commands_len; i++)
        for (int position = 0; position < POSITION_COUNT && !command_is_hidden(&commands[i]);
             position++) {
            bool filters;
            struct words words = completion_words(&commands[i], position, &filters, &cli->arena);
            if (!words.len && !filters)
                continue;
            printf("    %s:%s)\n", commands[i].name, position_names[position]);
            if (words.len)
                bash_words(cli, &words);
            if (filters)
                puts("        _tocsin_fields \"$first\"");
            puts("        ;;");
        }
    puts("    esac\n"
         "}\n"
         "\n"
         "complete -F _tocsin tocsin");
}

/* ---- zsh ---- */

/* word:note, as _describe takes them: a colon of the word's own is escaped. */
static void
zsh_words(struct cli *cli, const struct words *words, const char *what)
{
    struct str line;
    str_init(&line, 0);
    puts("            offers=(");
    for (size_t i = 0; i < words->len; i++) {
        str_clear(&line);
        for (const char *at = words->items[i].text; *at; at++) {
            if (*at == ':' || *at == '\\')
                str_append_char(&line, '\\');
            str_append_char(&line, *at);
        }
        if (*words->items[i].note)
            str_printf(&line, ":%s", words->items[i].note);
        printf("                %s\n", for_posix(&cli->arena, str_text(&line)));
    }
    printf("            )\n            _describe -t words %s offers\n", what);
    str_finish(&line);
}

static void
zsh_options(struct cli *cli, const struct argp_option *options)
{
    for (; options->name || options->doc; options++)
        if (is_shown(options))
            printf("                %s\n",
                   for_posix(&cli->arena,
                             arena_printf(&cli->arena, "--%s:%s", options->name, options->doc)));
}

static void
zsh_values(struct cli *cli, const struct words *words)
{
    if (words->len)
        zsh_words(cli, words, "value");
}

static const struct dialect zsh = {
    .option = "        (--",
    .letter = "|-",
    .file = "            _files",
    .directory = "            _files -/",
    .profile = "            compadd -- ${(f)\"$($words[1] config profiles --plain 2>/dev/null | "
               "cut -d' ' -f1)\"}",
    .end = "            return ;;",
    .values = zsh_values,
};

static void
emit_zsh(struct cli *cli)
{
    printf("#compdef tocsin\n"
           "# zsh completion for tocsin(1), made by `tocsin completion zsh`\n"
           "\n"
           "_tocsin() {\n"
           "    local command first prev i\n"
           "    local -i count=0\n"
           "    local -a offers\n"
           "    for ((i = 2; i < CURRENT; i++)); do\n"
           "        case $words[i] in\n"
           "        (");
    print_taking("|");
    puts(") ((i++)) ;;\n"
         "        (-*) ;;\n"
         "        (*)\n"
         "            if [[ -z $command ]]; then\n"
         "                command=$words[i]\n"
         "            else\n"
         "                ((count++))\n"
         "                [[ -z $first ]] && first=$words[i]\n"
         "            fi ;;\n"
         "        esac\n"
         "    done\n"
         "    prev=$words[CURRENT-1]\n"
         "    if [[ $PREFIX == --*=* ]]; then\n"
         "        prev=${PREFIX%%=*}\n"
         "        compset -P '*='\n"
         "    fi\n"
         "    case $prev in");
    option_arguments(cli, &zsh, options_common);
    for (size_t i = 0; i < commands_len; i++)
        if (!command_is_hidden(&commands[i]))
            option_arguments(cli, &zsh, commands[i].options);
    puts("    esac\n"
         "    if [[ $PREFIX == -* ]]; then\n"
         "            offers=(\n"
         "                '--help:this list'\n"
         "                '--version:the version, and that of each library'");
    zsh_options(cli, options_common);
    puts("            )\n        case $command in");
    for (size_t i = 0; i < commands_len; i++) {
        if (command_is_hidden(&commands[i]) || !commands[i].options->name)
            continue;
        printf("        (%s)\n            offers+=(\n", commands[i].name);
        zsh_options(cli, commands[i].options);
        puts("            ) ;;");
    }
    puts("        esac\n"
         "        _describe -o -t options option offers\n"
         "        return\n"
         "    fi\n"
         "    case $command:$count in\n"
         "        (:0)");
    struct words names = completion_commands(&cli->arena);
    zsh_words(cli, &names, "command");
    puts("            ;;");
    for (size_t i = 0; i < commands_len; i++)
        for (int position = 0; position < POSITION_COUNT && !command_is_hidden(&commands[i]);
             position++) {
            bool filters;
            struct words words = completion_words(&commands[i], position, &filters, &cli->arena);
            if (!words.len && !filters)
                continue;
            printf("        (%s:%s)\n", commands[i].name, position_names[position]);
            if (words.len)
                zsh_words(cli, &words, "argument");
            if (filters)
                puts("            _tocsin_fields $first");
            puts("            ;;");
        }
    puts("    esac\n"
         "}\n"
         "\n"
         "_tocsin_fields() {\n"
         "    local -a fields\n"
         "    case $1 in");
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        struct words words = completion_fields((enum kind)kind, &cli->arena);
        printf("        (%s) fields=(", kind_info((enum kind)kind)->list);
        for (size_t i = 0; i < words.len; i++)
            printf(" %s", words.items[i].text);
        puts(" ) ;;");
    }
    puts("    esac\n"
         "    compadd -S '' -- $fields\n"
         "}\n"
         "\n"
         "# read by autoload it completes at once; sourced it registers itself\n"
         "if [[ $funcstack[1] == _tocsin ]]; then\n"
         "    _tocsin \"$@\"\n"
         "else\n"
         "    compdef _tocsin tocsin\n"
         "fi");
}

/* ---- fish ---- */

static void
fish_words(struct cli *cli, const struct words *words, const char *condition, const char *name)
{
    printf("function __tocsin_%s\n    printf '%%s\\t%%s\\n'", name);
    for (size_t i = 0; i < words->len; i++)
        printf(" \\\n        %s %s", for_fish(&cli->arena, words->items[i].text),
               for_fish(&cli->arena, words->items[i].note));
    printf("\nend\ncomplete -c tocsin -n %s -a '(__tocsin_%s)'\n", for_fish(&cli->arena, condition),
           name);
}

static void
fish_options(struct cli *cli, const struct argp_option *options, const char *command)
{
    for (; options->name || options->doc; options++) {
        if (!is_shown(options))
            continue;
        struct words words = completion_option_words(options, &cli->arena);
        printf("complete -c tocsin");
        if (command)
            printf(" -n '__tocsin_at %s \"*\"'", command);
        if (options->key < OPTION_ABOVE_CHARACTERS)
            printf(" -s %c", options->key);
        printf(" -l %s -d %s", options->name, for_fish(&cli->arena, options->doc));
        if (takes(options, "FILE"))
            printf(" -rF");
        else if (takes(options, "DIR"))
            printf(" -xa '(__fish_complete_directories)'");
        else if (takes(options, "NAME"))
            printf(" -xa '(__tocsin_profiles)'");
        else if (words.len) {
            printf(" -xa '");
            for (size_t i = 0; i < words.len; i++)
                printf("%s%s", i ? " " : "", words.items[i].text);
            printf("'");
        } else if (options->arg)
            printf(" -x");
        puts("");
    }
}

static void
emit_fish(struct cli *cli)
{
    printf("# fish completion for tocsin(1), made by `tocsin completion fish`\n"
           "\n"
           "function __tocsin_at --argument-names wanted position first\n"
           "    set -l command ''\n"
           "    set -l before ''\n"
           "    set -l count 0\n"
           "    set -l skip 0\n"
           "    for word in (commandline -opc)[2..-1]\n"
           "        if test $skip = 1\n"
           "            set skip 0\n"
           "            continue\n"
           "        end\n"
           "        switch $word\n"
           "            case ");
    print_taking(" ");
    puts("\n"
         "                set skip 1\n"
         "            case '-*'\n"
         "            case '*'\n"
         "                if test -z \"$command\"\n"
         "                    set command $word\n"
         "                else\n"
         "                    set count (math $count + 1)\n"
         "                    test -z \"$before\"; and set before $word\n"
         "                end\n"
         "        end\n"
         "    end\n"
         "    test \"$command\" = \"$wanted\"; or return 1\n"
         "    test \"$position\" = '*'; or test $count -ge \"$position\"; or return 1\n"
         "    test \"$position\" = '*' -o $position -ge 2; or test $count -eq $position; or return "
         "1\n"
         "    test -z \"$first\"; or test \"$before\" = \"$first\"\n"
         "end\n"
         "\n"
         "function __tocsin_profiles\n"
         "    tocsin config profiles --plain 2>/dev/null | string replace -r ' .*' ''\n"
         "end\n"
         "\n"
         "complete -c tocsin -f\n"
         "complete -c tocsin -l help -d 'this list'\n"
         "complete -c tocsin -l version -d 'the version, and that of each library'");
    fish_options(cli, options_common, NULL);
    struct words names = completion_commands(&cli->arena);
    fish_words(cli, &names, "__tocsin_at '' 0", "commands");
    for (size_t i = 0; i < commands_len; i++) {
        const struct command *command = &commands[i];
        if (command_is_hidden(command))
            continue;
        fish_options(cli, command->options, command->name);
        for (int position = 0; position < POSITION_COUNT; position++) {
            bool filters;
            struct words words = completion_words(command, position, &filters, &cli->arena);
            if (words.len)
                fish_words(cli, &words,
                           arena_printf(&cli->arena, "__tocsin_at %s %d", command->name, position),
                           arena_printf(&cli->arena, "%s_%d", command->name, position));
            for (int kind = 0; filters && kind < KIND_COUNT; kind++) {
                const char *list = kind_info((enum kind)kind)->list;
                struct words fields = completion_fields((enum kind)kind, &cli->arena);
                fish_words(cli, &fields,
                           arena_printf(&cli->arena, "__tocsin_at %s %d %s", command->name,
                                        position, list),
                           arena_printf(&cli->arena, "%s_%d_%s", command->name, position, list));
            }
        }
    }
}

int
cmd_completion(struct cli *cli, int argc, char **argv)
{
    static const struct {
        const char *name;
        emit *run;
    } shells[] = {{"bash", emit_bash}, {"zsh", emit_zsh}, {"fish", emit_fish}};
    const char *const *arguments;
    int status;
    struct error err;
    if (!cli_parse(cli, NULL, NULL, argc, argv, &arguments, &status))
        return status;
    cli->json = false;
    for (size_t i = 0; arguments[0] && !arguments[1] && i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shells[i].name, arguments[0]) == 0) {
            shells[i].run(cli);
            return 0;
        }
    error_set(&err, ERROR_USAGE, "expected the name of a shell: bash, zsh or fish%s%.40s%s",
              arguments[0] ? ", got '" : "", arguments[0] ? arguments[0] : "",
              arguments[0] ? "'" : "");
    return cli_fail(cli, &err);
}
