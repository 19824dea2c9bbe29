#include "ui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "config/file.h"
#include "files.h"

#define THEMES_MAX 32
#define BRIGHT_BLACK 8
#define THEME_MAX_BYTES ((size_t)64 * 1024)

static const struct {
    const char *name;
    uint8_t attributes;
} roles[] = {
#define X(id, name, attributes) [ROLE_##id] = {name, attributes},
    ROLES(X)
#undef X
};

static const char *const colour_names[16] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright-black",   "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white",
};

static const struct {
    const char *name;
    enum attribute attribute;
} attribute_names[] = {
    {"bold", ATTRIBUTE_BOLD},
    {"dim", ATTRIBUTE_DIM},
    {"underline", ATTRIBUTE_UNDERLINE},
    {"reverse", ATTRIBUTE_REVERSE},
};

const char *
role_name(enum role role)
{
    return roles[role].name;
}

enum role
role_of_severity(int64_t digit)
{
    return digit >= 1 && digit <= 4 ? (enum role)(ROLE_SEVERITY_1 + digit - 1) : ROLE_MUTED;
}

static struct slice
next_word(const char **at, const char *end)
{
    while (*at < end && (**at == ' ' || **at == '\t'))
        (*at)++;
    const char *start = *at;
    while (*at < end && **at != ' ' && **at != '\t')
        (*at)++;
    return (struct slice){start, (size_t)(*at - start)};
}

static bool
rgb_from_word(struct slice word, int32_t *rgb)
{
    char digits[7] = {0};
    if (word.len != 7 || word.data[0] != '#')
        return false;
    memcpy(digits, word.data + 1, 6);
    if (strspn(digits, "0123456789abcdefABCDEF") != 6)
        return false;
    *rgb = (int32_t)strtol(digits, NULL, 16);
    return true;
}

static bool
apply_word(struct paint *paint, struct slice word)
{
    if (slice_equals(word, "default")) {
        paint->colour16 = COLOUR_DEFAULT;
        paint->rgb = COLOUR_DEFAULT;
        return true;
    }
    if (slice_equals(word, "plain")) {
        paint->attributes = 0;
        return true;
    }
    for (size_t i = 0; i < sizeof attribute_names / sizeof *attribute_names; i++)
        if (slice_equals(word, attribute_names[i].name)) {
            paint->attributes |= (uint8_t)attribute_names[i].attribute;
            return true;
        }
    for (int16_t i = 0; i < 16; i++)
        if (slice_equals(word, colour_names[i])) {
            paint->colour16 = i;
            return true;
        }
    return rgb_from_word(word, &paint->rgb);
}

static enum role
role_from_name(struct slice name)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        if (slice_equals(name, roles[role].name))
            return (enum role)role;
    return ROLE_COUNT;
}

static bool
parse_line(struct theme *theme, const char *at, const char *end, const char *where, int number,
           struct error *err)
{
    struct slice name = next_word(&at, end);
    if (name.len == 0 || name.data[0] == '#')
        return true;
    enum role role = role_from_name(name);
    if (role == ROLE_COUNT)
        return error_set(err, ERROR_CONFIG, "%s:%d: unknown role '%.*s'", where, number,
                         (int)name.len, name.data);
    if (!slice_equals(next_word(&at, end), "="))
        return error_set(err, ERROR_CONFIG, "%s:%d: expected '=' after '%s'", where, number,
                         roles[role].name);
    for (struct slice word = next_word(&at, end); word.len > 0; word = next_word(&at, end))
        if (!apply_word(&theme->paints[role], word))
            return error_set(err, ERROR_CONFIG,
                             "%s:%d: '%.*s' is no attribute (plain bold dim underline "
                             "reverse), no colour of the 16 and no #rrggbb",
                             where, number, (int)word.len, word.data);
    return true;
}

bool
theme_parse(struct theme *theme, const char *text, const char *where, struct error *err)
{
    int number = 1;
    for (int role = 0; role < ROLE_COUNT; role++)
        theme->paints[role] =
            (struct paint){roles[role].attributes, COLOUR_DEFAULT, COLOUR_DEFAULT};

    for (const char *at = text; *at; number++) {
        const char *end = at + strcspn(at, "\n");
        if (!parse_line(theme, at, end, where, number, err))
            return false;
        at = *end ? end + 1 : end;
    }
    return true;
}

static const char protan[] = "protan"; /* the colours of deutan serve both */

const char *const *
theme_names(void)
{
    static char names[THEMES_MAX][32];
    static const char *all[THEMES_MAX + 2];
    size_t len = 0;
    if (all[0])
        return all;
    for (int i = 0; i < embedded_files_len && len < THEMES_MAX; i++) {
        const char *file = embedded_files[i].name;
        if (strncmp(file, "themes/", 7) != 0)
            continue;
        (void)snprintf(names[len], sizeof names[len], "%.*s", (int)strcspn(file + 7, "."),
                       file + 7); /* our own names are short */
        all[len] = names[len];
        len++;
    }
    all[len] = protan;
    return all;
}

static bool
load_file(struct theme *theme, const char *name, struct error *err)
{
    struct arena arena = {0};
    struct str text;
    const char *path = path_expand_home(&arena, name);
    str_init(&text, THEME_MAX_BYTES);
    bool ok = file_read(path, &text, err) && theme_parse(theme, str_text(&text), path, err);
    if (!ok)
        err->code = ERROR_CONFIG;
    str_finish(&text);
    arena_finish(&arena);
    return ok;
}

bool
theme_load(struct theme *theme, const char *name, struct error *err)
{
    char path[64], known[256] = "";
    if (text_is_empty(name))
        name = "default";
    if (strchr(name, '/'))
        return load_file(theme, name, err);
    (void)snprintf(path, sizeof path, "themes/%s.theme",
                   strcmp(name, protan) == 0 ? "deutan" : name); /* a cut name is not found */
    for (int i = 0; i < embedded_files_len; i++)
        if (strcmp(embedded_files[i].name, path) == 0)
            return theme_parse(theme, embedded_files[i].text, path, err);
    for (const char *const *one = theme_names(); *one; one++) {
        size_t len = strlen(known);
        (void)snprintf(known + len, sizeof known - len, "%s%s", len ? ", " : "",
                       *one); /* a list for a message: may be cut */
    }
    return error_set(err, ERROR_CONFIG,
                     "no theme is called '%.60s'; there are %s, and files by their path", name,
                     known);
}

/* What the 16 colours mostly are, for terminals that take red, green and blue and nothing else. */
static const int32_t usual_rgb[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                      0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                      0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

struct shade
theme_shade(const struct theme *theme, enum role role, int colours)
{
    const struct paint *paint = &theme->paints[role];
    struct shade shade = {-1, paint->attributes};
    if (colours >= 0x1000000) {
        int32_t rgb = paint->rgb != COLOUR_DEFAULT        ? paint->rgb
                      : paint->colour16 != COLOUR_DEFAULT ? usual_rgb[paint->colour16]
                                                          : COLOUR_DEFAULT;
        if (rgb != COLOUR_DEFAULT)
            shade.colour = rgb < 8 ? 8 : rgb; /* the first eight are indices there, black is near */
    } else if (colours >= 256) {
        shade.colour =
            paint->rgb != COLOUR_DEFAULT ? theme_colour_256(paint->rgb) : paint->colour16;
    } else if (colours >= 16) {
        shade.colour = paint->colour16;
    } else if (colours >= 8 && paint->colour16 == BRIGHT_BLACK) {
        shade.attributes |= ATTRIBUTE_DIM; /* of eight, its neighbour is black on black */
    } else if (colours >= 8 && paint->colour16 != COLOUR_DEFAULT) {
        shade.colour = paint->colour16 & 7;
    }
    /* A tone chosen for what recedes does that already; dimmed as well it would vanish. */
    if (shade.colour >= 16)
        shade.attributes &= ~(unsigned)ATTRIBUTE_DIM;
    return shade;
}

int
theme_colour_256(int32_t rgb)
{
    static const int steps[6] = {0, 95, 135, 175, 215, 255};
    int parts[3] = {(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255};
    int cube = 0, cube_distance = 0;
    for (int i = 0; i < 3; i++) {
        int best = 0;
        for (int step = 1; step < 6; step++)
            if (abs(steps[step] - parts[i]) < abs(steps[best] - parts[i]))
                best = step;
        cube = cube * 6 + best;
        cube_distance += (steps[best] - parts[i]) * (steps[best] - parts[i]);
    }
    int grey = ((parts[0] + parts[1] + parts[2]) / 3 - 8 + 5) / 10;
    grey = grey < 0 ? 0 : grey > 23 ? 23 : grey;
    int grey_distance = 0;
    for (int i = 0; i < 3; i++)
        grey_distance += (8 + grey * 10 - parts[i]) * (8 + grey * 10 - parts[i]);
    return grey_distance < cube_distance ? 232 + grey : 16 + cube;
}

const char *
glyph_text(enum glyph_set set, enum glyph glyph)
{
    static const char *const texts[2][GLYPH_COUNT] = {
        {
#define X(id, ascii, rich) ascii,
            GLYPHS(X)
#undef X
        },
        {
#define X(id, ascii, rich) rich,
            GLYPHS(X)
#undef X
        },
    };
    return texts[set][glyph];
}
