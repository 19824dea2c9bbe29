#include "config/config.h"

#include <confuse.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/zone.h"
#include "config/file.h"
#include "config/options.h"

#define FILE_MAX_BYTES ((size_t)1024 * 1024)

#define BINDINGS_MAX 512 /* several times the actions there are */

/* Closes nothing: when the last `}` is missing it lands inside the section, where it is unknown (libConfuse accepts a
 * file cut off there). */
#define SENTINEL "end_of_file_sentinel"

enum option_type { OPTION_TEXT, OPTION_LIST, OPTION_NUMBER, OPTION_SPAN, OPTION_FLAG };

struct option {
    enum option_type type;
    size_t offset;
    const char *name;
    const char *fallback;
    const char *help;
};

static const struct option options[] = {
#define X(type, member, name, fallback, help)                                                      \
    {OPTION_##type, offsetof(struct profile, member), name, fallback, help},
    PROFILE_OPTIONS(X)
#undef X
};

enum { OPTIONS_LEN = sizeof options / sizeof *options };

/* The parser's callbacks have no context; parsing is never re-entered. */
static struct {
    struct error *err;
    bool failed;
    struct arena *arena;
    struct key_binding bindings[BINDINGS_MAX];
    size_t bindings_len;
} report;

PRINTF_LIKE(2, 0)
static void
remember_error(cfg_t *cfg, const char *format, va_list args)
{
    if (report.failed)
        return;
    report.failed = true;
    char text[400];
    (void)vsnprintf(text, sizeof text, format, args); /* a cut message is still one */

    const char *quoted = strchr(text, '\'');
    if (strstr(text, SENTINEL)) {
        error_set(report.err, ERROR_CONFIG,
                  "%s:%d: the file ends inside a section: a closing '}' is missing", cfg->filename,
                  cfg->line - 1);
        return;
    }
    if (strncmp(text, "no such option", 14) == 0 && quoted) {
        char name[64] = "";
        (void)sscanf(quoted + 1, "%63[^']", name); /* no match leaves "" */
        static const char *const top[] = {"bind", "default_profile", "profile"};
        const char *nearest = "";
        int best = 4;
        for (size_t i = 0; i < OPTIONS_LEN + sizeof top / sizeof *top; i++) {
            const char *known = i < OPTIONS_LEN ? options[i].name : top[i - OPTIONS_LEN];
            int distance = text_distance(name, known);
            if (distance < best) {
                best = distance;
                nearest = known;
            }
        }
        error_set(report.err, ERROR_CONFIG, "%s:%d: unknown option '%s'%s%s%s", cfg->filename,
                  cfg->line, name, *nearest ? ", did you mean '" : "", nearest,
                  *nearest ? "'?" : "; 'tocsin config print' lists them");
        return;
    }
    error_set(report.err, ERROR_CONFIG, "%s:%d: %s", cfg->filename, cfg->line, text);
}

static bool
parse_flag(const char *text, bool *value)
{
    static const char *const yes[] = {"yes", "true", "on", "1"};
    static const char *const no[] = {"no", "false", "off", "0"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcasecmp(text, yes[i]) == 0) {
            *value = true;
            return true;
        }
        if (strcasecmp(text, no[i]) == 0) {
            *value = false;
            return true;
        }
    }
    return false;
}

static bool
parse_number(const char *text, double *value)
{
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    return end != text && !*end && !errno && *value > 0 && *value < 1e6;
}

static bool
is_loopback(const char *url)
{
    const char *host = url + strlen("http://");
    size_t len = strcspn(host, ":/");
    if (host[0] == '[')
        return strncmp(host, "[::1]", 5) == 0;
    if (strncmp(host, "127.", 4) == 0)
        return strspn(host, "0123456789.") == len;
    return len == strlen("localhost") && strncmp(host, "localhost", len) == 0;
}

bool
config_hours(const char *text, int *from, int *until)
{
    int hours[2], minutes[2], end = 0;
    if (!text ||
        sscanf(text, "%2d:%2d-%2d:%2d%n", &hours[0], &minutes[0], &hours[1], &minutes[1], &end) !=
            4 ||
        text[end])
        return false;
    for (int i = 0; i < 2; i++)
        if (hours[i] < 0 || hours[i] > 24 || minutes[i] < 0 || minutes[i] > 59)
            return false;
    *from = hours[0] * 60 + minutes[0];
    *until = hours[1] * 60 + minutes[1];
    return true;
}

/* What is wrong with the value of an option; NULL when nothing is. */
static const char *
complaint_about(const struct option *option, const char *text)
{
    double number;
    int64_t span;
    bool flag;
    switch (option->type) {
    case OPTION_NUMBER:
        if (!parse_number(text, &number))
            return "expected a number above 0";
        if (strcmp(option->name, "budget") == 0 && number > 1)
            return "expected a share between 0 and 1";
        if (strcmp(option->name, "notify_severity") == 0 && (number < 1 || number > 4))
            return "expected a severity from 1 to 4";
        return NULL;
    case OPTION_SPAN:
        return span_from_text(text, &span) && (span > 0 || strcmp(option->name, "lock_after") == 0)
                   ? NULL
                   : "expected a span such as 90s, 4h or 400d";
    case OPTION_FLAG:
        return parse_flag(text, &flag) ? NULL : "expected yes or no";
    case OPTION_TEXT:
    case OPTION_LIST:
        break;
    }
    const bool is_url = strcmp(option->name, "url") == 0;
    if (is_url || strcmp(option->name, "github_url") == 0 ||
        strcmp(option->name, "circleci_url") == 0 || strcmp(option->name, "slack_url") == 0) {
        bool known = strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0 ||
                     (is_url && strncmp(text, "unix:", 5) == 0);
        if (!known)
            return is_url ? "expected https://HOST, http://127.0.0.1:PORT or unix:PATH"
                          : "expected https://HOST or http://127.0.0.1:PORT";
        for (const char *at = text; *at; at++)
            if (isspace((unsigned char)*at) || iscntrl((unsigned char)*at) || *at == '@')
                return "expected an address without blanks, control characters or a user name";
    }
    if (strcmp(option->name, "timezone") == 0 && *text) {
        const struct zone *zone;
        if (!zone_open(text, &zone, NULL))
            return "expected an IANA time zone such as Europe/London";
    }
    if (strcmp(option->name, "week_starts") == 0 && *text && weekday_from_name(text) < 0)
        return "expected a day of the week";
    if (strcmp(option->name, "glyphs") == 0 && strcmp(text, "auto") != 0 &&
        strcmp(text, "rich") != 0 && strcmp(text, "ascii") != 0)
        return "expected auto, rich or ascii";
    if (strcmp(option->name, "notify") == 0 && strcmp(text, "bell") != 0 &&
        strcmp(text, "osc9") != 0 && strcmp(text, "osc777") != 0)
        return "expected bell, osc9 or osc777";
    if (strcmp(option->name, "notify_events") == 0 && strcmp(text, "alert") != 0 &&
        strcmp(text, "update_due") != 0 && strcmp(text, "stale") != 0)
        return "expected alert, update_due or stale";
    if (strcmp(option->name, "quiet_hours") == 0 && *text &&
        !config_hours(text, &(int){0}, &(int){0}))
        return "expected HH:MM-HH:MM such as 22:00-07:30";
    if (strcmp(option->name, "follow_up_due") == 0) {
        const char *equals = strchr(text, '=');
        if (!equals || equals == text || !span_from_text(equals + 1, &span))
            return "expected PRIORITY=SPAN such as \"High=7d\"";
    }
    if (strcmp(option->name, "update_every") == 0 && !update_span_from_text(text, &(int){0}, &span))
        return "expected SEVERITY=SPAN such as \"1=30m\", the severity from 1 to 4";
    return NULL;
}

static const struct option *
option_find(const char *name)
{
    for (size_t i = 0; i < OPTIONS_LEN; i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

const char *
config_complaint(const char *name, const char *text)
{
    const struct option *option = option_find(name);
    return option ? complaint_about(option, text) : "there is no such option";
}

static int
validate(cfg_t *cfg, cfg_opt_t *opt)
{
    const struct option *option = option_find(opt->name);
    const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
    const char *wrong = complaint_about(option, text ? text : "");
    if (!wrong)
        return 0;
    cfg_error(cfg, "%s = \"%s\": %s", opt->name, text ? text : "", wrong);
    return -1;
}

/* bind("action", "key"…) */
static int
take_binding(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
    (void)opt;
    if (argc < 1) {
        cfg_error(cfg, "bind() needs the name of an action, as in bind(\"zoom\", \"z\")");
        return -1;
    }
    if (report.bindings_len == BINDINGS_MAX) {
        cfg_error(cfg, "more than %d keys are bound", BINDINGS_MAX);
        return -1;
    }
    const char **keys = arena_new_array(report.arena, (size_t)argc, const char *);
    for (int i = 1; i < argc; i++)
        keys[i - 1] = arena_text(report.arena, argv[i]);
    keys[argc - 1] = NULL;
    report.bindings[report.bindings_len++] =
        (struct key_binding){arena_text(report.arena, argv[0]), keys, cfg->line};
    return 0;
}

/* What libConfuse would do unseen: replace ${NAME} in double quotes by an environment variable, in a token or a jq
 * expression; read on to the end of the file where a parenthesis is not closed. */
static bool
refuse_surprises(const char *path, const char *text, struct error *err)
{
    int line = 1, opened = 0;
    char quote = '\0';
    for (const char *at = text; *at; at++) {
        if (*at == '\n')
            line++;
        if (!quote && (*at == '(' || *at == ')'))
            opened = *at == '(' ? line : 0;
        if (quote) {
            if (*at == '\\' && at[1])
                at++;
            else if (*at == quote)
                quote = '\0';
            else if (quote == '"' && at[0] == '$' && at[1] == '{')
                return error_set(err, ERROR_CONFIG,
                                 "%s:%d: '${' in double quotes would be replaced by an environment "
                                 "variable: use single quotes",
                                 path, line);
        } else if (*at == '"' || *at == '\'') {
            quote = *at;
        } else if (*at == '#' || (at[0] == '/' && at[1] == '/')) {
            while (at[1] && at[1] != '\n')
                at++;
        } else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");
            for (; *at && at != end; at++)
                line += *at == '\n';
            if (!*at)
                break;
        }
    }
    if (opened)
        return error_set(err, ERROR_CONFIG, "%s:%d: a closing ')' is missing", path, opened);
    return true;
}

static const char *const *
list_from_text(struct arena *arena, const char *comma_separated)
{
    size_t len = *comma_separated ? 1 : 0;
    for (const char *at = comma_separated; *at; at++)
        len += *at == ',';
    const char **items = arena_new_array(arena, len + 1, const char *);
    char *rest = arena_text(arena, comma_separated);
    for (size_t i = 0; i < len; i++)
        items[i] = strsep(&rest, ",");
    return items;
}

static void
assign(struct profile *profile, const struct option *option, const char *text, struct arena *arena)
{
    void *member = (char *)profile + option->offset;
    switch (option->type) {
    case OPTION_TEXT:
        *(const char **)member = arena_text(arena, text);
        break;
    case OPTION_LIST:
        *(const char *const **)member = list_from_text(arena, text);
        break;
    case OPTION_NUMBER:
        (void)parse_number(text, member); /* checked while parsing */
        break;
    case OPTION_SPAN:
        (void)span_from_text(text, member); /* checked while parsing */
        break;
    case OPTION_FLAG:
        (void)parse_flag(text, member); /* checked while parsing */
        break;
    }
}

static void
read_option(struct profile *profile, const struct option *option, cfg_t *section,
            struct arena *arena)
{
    cfg_opt_t *opt = cfg_getopt(section, option->name);
    if (!(opt->flags & CFGF_MODIFIED))
        return;
    if (option->type != OPTION_LIST) {
        const char *text = cfg_opt_getnstr(opt, 0);
        assign(profile, option, text ? text : "", arena);
        return;
    }
    unsigned len = cfg_opt_size(opt);
    const char **items = arena_new_array(arena, len + 1, const char *);
    for (unsigned i = 0; i < len; i++)
        items[i] = arena_text(arena, cfg_opt_getnstr(opt, i));
    *(const char *const **)((char *)profile + option->offset) = items;
}

static void
set_due_rules(struct profile *profile, struct arena *arena)
{
    size_t len = 0;
    while (profile->follow_up_due[len])
        len++;
    struct due_rule *rules = arena_new_array(arena, len, struct due_rule);
    for (size_t i = 0; i < len; i++) {
        const char *equals = strchr(profile->follow_up_due[i], '=');
        rules[i].priority = arena_text_len(arena, profile->follow_up_due[i],
                                           (size_t)(equals - profile->follow_up_due[i]));
        (void)span_from_text(equals + 1, &rules[i].span_ms); /* checked while parsing */
    }
    profile->derivation.due_rules = rules;
    profile->derivation.due_rules_len = len;
}

static void
set_update_spans(struct profile *profile)
{
    int digit;
    int64_t span_ms;
    for (const char *const *at = profile->update_every; *at; at++)
        if (update_span_from_text(*at, &digit, &span_ms)) /* checked while parsing */
            profile->update_spans.span_ms[digit - 1] = span_ms;
}

static struct profile
profile_defaults(const char *name, struct arena *arena)
{
    struct profile profile = {.name = arena_text(arena, name), .derivation = derivation_default};
    for (size_t i = 0; i < OPTIONS_LEN; i++)
        assign(&profile, &options[i], options[i].fallback, arena);
    return profile;
}

static bool
finish_address(const struct profile *profile, const char *option, const char **url,
               const char *path, struct arena *arena, struct error *err)
{
    if (strncmp(*url, "http://", 7) == 0 && !is_loopback(*url) && !profile->insecure)
        return error_set(err, ERROR_CONFIG,
                         "%s: profile '%s': %s '%s' would send the key unencrypted: use https://, "
                         "or set insecure = yes",
                         path, profile->name, option, *url);
    size_t len = strlen(*url);
    while (len && (*url)[len - 1] == '/')
        len--;
    *url = arena_text_len(arena, *url, len);
    return true;
}

static bool
finish_profile(struct profile *profile, const char *path, struct arena *arena, struct error *err)
{
    for (const char *at = profile->name; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("._-", *at))
            return error_set(err, ERROR_CONFIG,
                             "%s: profile '%s': a name may hold letters, digits, '.', '_' and '-' "
                             "only, for it names a directory",
                             path, profile->name);
    if (!profile->name[0] || profile->name[0] == '.')
        return error_set(err, ERROR_CONFIG,
                         "%s: profile '%s': a name may not be empty or start with a dot", path,
                         profile->name);
    if (!finish_address(profile, "url", &profile->url, path, arena, err) ||
        !finish_address(profile, "github_url", &profile->github_url, path, arena, err) ||
        !finish_address(profile, "circleci_url", &profile->circleci_url, path, arena, err) ||
        !finish_address(profile, "slack_url", &profile->slack_url, path, arena, err))
        return false;
    set_due_rules(profile, arena);
    set_update_spans(profile);
    return true;
}

static bool
read_profiles(struct config *config, cfg_t *cfg, struct arena *arena, struct error *err)
{
    unsigned len = cfg_size(cfg, "profile");
    struct profile *profiles = arena_new_array(arena, len ? len : 1, struct profile);
    if (!len)
        profiles[0] = profile_defaults("default", arena);
    for (unsigned i = 0; i < len; i++) {
        cfg_t *section = cfg_getnsec(cfg, "profile", i);
        profiles[i] = profile_defaults(cfg_title(section), arena);
        for (size_t o = 0; o < OPTIONS_LEN; o++)
            read_option(&profiles[i], &options[o], section, arena);
    }
    struct key_binding *bindings =
        arena_new_array(arena, report.bindings_len + 1, struct key_binding);
    memcpy(bindings, report.bindings, report.bindings_len * sizeof *bindings);
    config->bindings = bindings;
    config->bindings_len = report.bindings_len;
    config->profiles = profiles;
    config->profiles_len = len ? len : 1;
    for (size_t i = 0; i < config->profiles_len; i++)
        if (!finish_profile(&profiles[i], config->path, arena, err))
            return false;

    const char *preferred = cfg_getstr(cfg, "default_profile");
    config->default_profile =
        arena_text(arena, preferred && *preferred ? preferred : profiles[0].name);
    const struct profile *ignored;
    return config_profile(config, config->default_profile, &ignored, err);
}

static bool
parse(struct config *config, const char *text, struct arena *arena, struct error *err)
{
    if (!refuse_surprises(config->path, text, err))
        return false;

    cfg_opt_t profile_opts[OPTIONS_LEN + 1];
    for (size_t i = 0; i < OPTIONS_LEN; i++) {
        if (options[i].type == OPTION_LIST)
            profile_opts[i] = (cfg_opt_t)CFG_STR_LIST(options[i].name, (char *)"{}", CFGF_NONE);
        else
            profile_opts[i] = (cfg_opt_t)CFG_STR(options[i].name, options[i].fallback, CFGF_NONE);
    }
    profile_opts[OPTIONS_LEN] = (cfg_opt_t)CFG_END();
    cfg_opt_t top[] = {
        CFG_STR("default_profile", "", CFGF_NONE),
        CFG_STR(SENTINEL, "", CFGF_NONE),
        CFG_FUNC("bind", take_binding),
        CFG_SEC("profile", profile_opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_END(),
    };

    report.err = err;
    report.failed = false;
    report.arena = arena;
    report.bindings_len = 0;
    cfg_t *cfg = cfg_init(top, CFGF_NONE);
    cfg_set_error_function(cfg, remember_error);
    for (size_t i = 0; i < OPTIONS_LEN; i++) {
        char name[80];
        (void)snprintf(name, sizeof name, "profile|%s", options[i].name); /* names are short */
        cfg_set_validate_func(cfg, name, validate);
    }
    cfg->filename = strdup(config->path); /* libConfuse frees it */

    const char *closed = arena_printf(arena, "%s\n%s = end\n", text, SENTINEL);
    FILE *file = fmemopen((void *)closed, strlen(closed), "r"); /* opened for reading only */
    bool ok = false;
    if (!file)
        error_set(err, ERROR_CONFIG, "cannot read '%s': %s", config->path, strerror(errno));
    else if (cfg_parse_fp(cfg, file) == CFG_SUCCESS && !report.failed)
        ok = read_profiles(config, cfg, arena, err);
    else if (!report.failed)
        error_set(err, ERROR_CONFIG, "%s:%d: this does not read as configuration", config->path,
                  cfg->line);
    if (file)
        fclose(file);
    cfg_free(cfg);
    return ok;
}

const char *
config_default_path(struct arena *arena)
{
    return arena_printf(arena, "%s/tocsin/tocsin.conf",
                        directory_from_env(arena, "XDG_CONFIG_HOME", ".config"));
}

bool
config_load(struct config *config, const char *path, struct arena *arena, struct error *err)
{
    *config = (struct config){.path = path ? arena_text(arena, path) : config_default_path(arena)};

    struct str text;
    str_init(&text, FILE_MAX_BYTES);
    bool ok = false;
    config->exists = path || access(config->path, F_OK) == 0;
    if (!config->exists)
        ok = parse(config, "", arena, err);
    else if (file_read(config->path, &text, err))
        ok = strlen(str_text(&text)) == text.len
                 ? parse(config, str_text(&text), arena, err)
                 : error_set(err, ERROR_CONFIG, "'%s' holds a NUL byte: not a text file",
                             config->path);
    else
        err->code = ERROR_CONFIG;
    str_finish(&text);
    return ok;
}

bool
config_profile(const struct config *config, const char *name, const struct profile **profile,
               struct error *err)
{
    if (text_is_empty(name))
        name = config->default_profile;
    for (size_t i = 0; i < config->profiles_len; i++)
        if (strcmp(config->profiles[i].name, name) == 0) {
            *profile = &config->profiles[i];
            return true;
        }
    return error_set(err, ERROR_CONFIG, "%s: there is no profile '%s'", config->path, name);
}

void
config_append_quoted(struct str *out, const char *text)
{
    str_append_char(out, '\'');
    for (const char *at = text; *at; at++) {
        if (*at == '\'' || *at == '\\')
            str_append_char(out, '\\');
        str_append_char(out, *at);
    }
    str_append_char(out, '\'');
}

static void
print_option(struct str *out, const struct profile *profile, const struct option *option)
{
    const void *member = (const char *)profile + option->offset;
    str_printf(out, "    # %s\n    %s = ", option->help, option->name);
    switch (option->type) {
    case OPTION_TEXT:
        config_append_quoted(out, *(const char *const *)member);
        break;
    case OPTION_LIST: {
        const char *const *items = *(const char *const *const *)member;
        str_append_char(out, '{');
        for (size_t i = 0; items[i]; i++) {
            str_append(out, i ? ", " : "");
            config_append_quoted(out, items[i]);
        }
        str_append_char(out, '}');
        break;
    }
    case OPTION_NUMBER:
        str_printf(out, "%g", *(const double *)member);
        break;
    case OPTION_SPAN: {
        int64_t span = *(const int64_t *)member;
        if (span % DAY_MS == 0)
            str_printf(out, "%lldd", (long long)(span / DAY_MS));
        else
            str_printf(out, "%llds", (long long)(span / SECOND_MS));
        break;
    }
    case OPTION_FLAG:
        str_append(out, *(const bool *)member ? "yes" : "no");
        break;
    }
    str_append(out, "\n");
}

void
config_print(const struct config *config, struct str *out)
{
    str_printf(out, "# %s%s\n", config->path,
               config->exists ? "" : " (not there: these are the defaults)");
    str_append(out, "default_profile = ");
    config_append_quoted(out, config->default_profile);
    str_append(out,
               "\n\n# bind('action', 'key', …): keys instead of the action's own; 'tocsin keys' "
               "lists them");
    for (size_t i = 0; i < config->bindings_len; i++) {
        str_append(out, "\nbind(");
        config_append_quoted(out, config->bindings[i].action);
        for (size_t key = 0; config->bindings[i].keys[key]; key++) {
            str_append(out, ", ");
            config_append_quoted(out, config->bindings[i].keys[key]);
        }
        str_append_char(out, ')');
    }
    for (size_t i = 0; i < config->profiles_len; i++) {
        str_append(out, "\n\nprofile ");
        config_append_quoted(out, config->profiles[i].name);
        str_append(out, " {\n");
        for (size_t o = 0; o < OPTIONS_LEN; o++)
            print_option(out, &config->profiles[i], &options[o]);
        str_append(out, "}");
    }
    str_append(out, "\n");
}

bool
config_setting(size_t index, struct config_setting *setting)
{
    static const char *const types[] = {[OPTION_TEXT] = "text",
                                        [OPTION_LIST] = "list",
                                        [OPTION_NUMBER] = "number",
                                        [OPTION_SPAN] = "span",
                                        [OPTION_FLAG] = "yes or no"};
    if (index >= OPTIONS_LEN)
        return false;
    *setting = (struct config_setting){options[index].name, types[options[index].type],
                                       options[index].fallback, options[index].help};
    return true;
}

const char *
config_library(void)
{
    static char name[40];
    (void)snprintf(name, sizeof name, "libConfuse %s", confuse_version); /* short */
    return name;
}
