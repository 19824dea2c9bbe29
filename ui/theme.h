#pragma once

/*
 * Roles: what a piece of text means. Views use roles only; a theme maps them to attributes and colours, and what the
 * terminal lacks is dropped in this order: colour, then nothing (attributes stay; the letter says it anyway).
 * A theme is a file, ours in data/themes: `role = word…`, words being attributes (bold dim underline reverse; `plain`
 * takes away those built in), one of the 16 colour names, and an optional #rrggbb for terminals with 256 colours or more.
 * Text and background are the terminal's own.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* id, name in a theme file. The attributes are the ones every theme starts from: they are what monochrome shows. */
#define ROLES(X)                                                                                   \
    X(TEXT, "text", 0)                                                                             \
    X(STRONG, "strong", ATTRIBUTE_BOLD) /* what a row is about */                                  \
    X(MUTED, "muted", ATTRIBUTE_DIM)    /* what can be read past: units, separators, old rows */   \
    X(LABEL, "label", ATTRIBUTE_DIM)    /* names of facts */                                       \
    X(PERSON, "person", 0)                                                                         \
    X(REFERENCE, "reference", 0) /* INC-412 */                                                     \
    X(AGE, "age", 0)                                                                               \
    X(AGE_FIRING, "age.firing", 0) /* of what nobody has taken yet: as cheap to send as can be */  \
    X(SEVERITY_1, "severity.1", ATTRIBUTE_BOLD | ATTRIBUTE_REVERSE)                                \
    X(SEVERITY_2, "severity.2", ATTRIBUTE_BOLD)                                                    \
    X(SEVERITY_3, "severity.3", 0)                                                                 \
    X(SEVERITY_4, "severity.4", ATTRIBUTE_DIM)                                                     \
    X(STATE_FIRING, "state.firing", ATTRIBUTE_BOLD)                                                \
    X(STATE_ACKNOWLEDGED, "state.acknowledged", 0)                                                 \
    X(STATE_ACKNOWLEDGED_HERE, "state.acknowledged.here", ATTRIBUTE_UNDERLINE)                     \
    X(STATE_SNOOZED, "state.snoozed", ATTRIBUTE_DIM)                                               \
    X(STATE_RESOLVED, "state.resolved", ATTRIBUTE_DIM)                                             \
    X(STATE_SUPPRESSED, "state.suppressed", ATTRIBUTE_DIM)                                         \
    X(STATE_QUEUED, "state.queued", ATTRIBUTE_UNDERLINE)                                           \
    X(STATE_FAILED, "state.failed", ATTRIBUTE_REVERSE)                                             \
    X(STATE_STALE, "state.stale", ATTRIBUTE_DIM)                                                   \
    X(LATE, "late", ATTRIBUTE_BOLD)  /* a late follow-up */                                        \
    X(GAP, "gap", ATTRIBUTE_REVERSE) /* nobody on call */                                          \
    X(OVERRIDE, "override", ATTRIBUTE_UNDERLINE)                                                   \
    X(PERSON_1, "person.1", 0) /* one of those whose shifts the rota tells apart, and so on */     \
    X(PERSON_2, "person.2", 0)                                                                     \
    X(PERSON_3, "person.3", 0)                                                                     \
    X(PERSON_4, "person.4", 0)                                                                     \
    X(PERSON_5, "person.5", 0)                                                                     \
    X(PERSON_6, "person.6", 0)                                                                     \
    X(CHOSEN, "chosen", ATTRIBUTE_REVERSE) /* the day looked at */                                 \
    X(NOW, "now", ATTRIBUTE_BOLD)          /* marks this moment on a ruler */                      \
    X(FRESH_LIVE, "fresh.live", 0)                                                                 \
    X(FRESH_STALE, "fresh.stale", ATTRIBUTE_BOLD)                                                  \
    X(FRESH_DOWN, "fresh.down", ATTRIBUTE_BOLD | ATTRIBUTE_REVERSE)                                \
    X(BORDER, "pane.border", ATTRIBUTE_DIM)                                                        \
    X(BORDER_FOCUS, "pane.focus", 0)                                                               \
    X(TITLE, "pane.title", 0)                                                                      \
    X(TITLE_FOCUS, "pane.title.focus", ATTRIBUTE_BOLD)                                             \
    X(TALLY, "pane.count", 0)                                                                      \
    X(HEADER, "header", 0)                                                                         \
    X(PROFILE, "header.profile", ATTRIBUTE_BOLD)                                                   \
    X(HINT_KEY, "hint.key", ATTRIBUTE_BOLD)                                                        \
    X(HINT, "hint", ATTRIBUTE_DIM)                                                                 \
    X(MESSAGE, "message", ATTRIBUTE_BOLD)                                                          \
    X(PROBLEM, "problem", ATTRIBUTE_BOLD)

enum role {
#define X(id, name, attributes) ROLE_##id,
    ROLES(X)
#undef X
        ROLE_COUNT
};

enum attribute {
    ATTRIBUTE_BOLD = 1,
    ATTRIBUTE_DIM = 2,
    ATTRIBUTE_UNDERLINE = 4,
    ATTRIBUTE_REVERSE = 8,
};

#define COLOUR_DEFAULT (-1)

struct paint {
    uint8_t attributes;
    int16_t colour16; /* 0-15, or COLOUR_DEFAULT */
    int32_t rgb;      /* 0xrrggbb, or COLOUR_DEFAULT: use colour16 */
};

struct theme {
    struct paint paints[ROLE_COUNT];
};

/* name: one of theme_names, or the path of a file: what has a slash in it. An unknown name is an error that lists them. */
MUST_CHECK bool theme_load(struct theme *theme, const char *name, struct error *err);

/* NULL-terminated: "contrast", "dark", "default" … */
const char *const *theme_names(void);

/* What a terminal shows of a role. */
struct shade {
    int colour;          /* as the terminal numbers them; -1 = its own */
    unsigned attributes; /* enum attribute */
};
/* colours: how many the terminal has: 0 (or none wanted), 8, 16, 256, 2^24 (then a number is 0xrrggbb). */
struct shade theme_shade(const struct theme *theme, enum role role, int colours);

/* Text of a theme file; where names the file in errors. Starts from the attributes of ROLES. */
MUST_CHECK bool theme_parse(struct theme *theme, const char *text, const char *where,
                            struct error *err);

/* Nearest of the 256 colours (16-255). */
int theme_colour_256(int32_t rgb);

enum role role_of_severity(int64_t digit); /* 1-4; anything else is ROLE_MUTED */
const char *role_name(enum role role);

/* ---- glyphs: the letter is always printed, a glyph is only added ---- */

#define GLYPHS(X)                                                                                  \
    /* id           ascii  rich: neutral width everywhere */                                       \
    X(SEVERITY_1, "!!", "\xe2\x9c\xb8")                                                            \
    X(SEVERITY_2, "!", "\xe2\x86\xaf")                                                             \
    X(SEVERITY_3, "*", "\xe2\x9c\xb1")                                                             \
    X(SEVERITY_4, "-", "\xe2\x97\xa6")                                                             \
    X(FIRING, "F", "\xe2\x96\xb8")                                                                 \
    X(ACKNOWLEDGED, "A", "\xe2\x80\xba")                                                           \
    X(SNOOZED, "Z", "\xe2\xa7\x97")                                                                \
    X(RESOLVED, "R", "\xe2\x9c\x93")                                                               \
    X(SUPPRESSED, "M", "\xe2\x8a\x98")                                                             \
    X(QUEUED, "q", "\xe2\x86\xbb")                                                                 \
    X(FAILED, "X", "\xe2\x9c\x97")                                                                 \
    X(LATE, "!", "\xe2\x9a\x91")                                                                   \
    X(GAP, "GAP", "GAP")                                                                           \
    X(OVERRIDE, "*", "*")                                                                          \
    X(STALE, "?", "?")                                                                             \
    X(SHIFT_FILL, "-", "\xe2\x95\x8c") /* a shift going on in the rota grid */

enum glyph {
#define X(id, ascii, rich) GLYPH_##id,
    GLYPHS(X)
#undef X
        GLYPH_COUNT
};

enum glyph_set { GLYPHS_ASCII, GLYPHS_RICH };

const char *glyph_text(enum glyph_set set, enum glyph glyph);
