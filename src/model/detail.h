#pragma once

/*
 * What is known of one item, whatever its kind: facts in sections, the most telling first, then texts. The strip shows
 * what fits of the first facts; pane and overlay show everything. Everything is in the detail's own arena.
 */

#include "base/arena.h"
#include "base/clock.h"
#include "model/field.h"

enum detail_tone {
    TONE_PLAIN,
    TONE_SEVERITY_1, /* … 4: a severity's digit is its tone */
    TONE_SEVERITY_2,
    TONE_SEVERITY_3,
    TONE_SEVERITY_4,
    TONE_STRONG,
    TONE_PERSON,
    TONE_REFERENCE,
    TONE_PROBLEM,
    TONE_OVERRIDE,
    TONE_FIRING,
    TONE_ACKNOWLEDGED,
    TONE_SNOOZED,
    TONE_RESOLVED,
    TONE_COUNT
};

/* A fact without text and instant says nothing and is not kept. Statements give facts as rows with these columns. */
#define DETAIL_FACT_FIELDS(X)                                                                      \
    X(TEXT, section, "", FIELD_COLUMN,                                                             \
      _) /* heading of the facts it stands with; "" = the first */                                 \
    X(TEXT, label, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, text, "", FIELD_COLUMN, _)                                                             \
    X(TIME, at, "", FIELD_COLUMN, _)   /* not 0: this instant, told behind the text */             \
    X(TEXT, link, "", FIELD_COLUMN, _) /* where it opens, as it came; "" = nowhere */              \
    X(TEXT, ref, "", FIELD_COLUMN, _)  /* another item (store/window.h, detail_read); "" = none */ \
    X(INTEGER, tone, "", FIELD_COLUMN, _)

struct detail_fact {
    DETAIL_FACT_FIELDS(FIELD_DECLARE)
};

/* A text of several lines, in Markdown: a description, a note, a message. */
#define DETAIL_BLOCK_FIELDS(X)                                                                     \
    X(TEXT, heading, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, text, "", FIELD_COLUMN, _)                                                             \
    X(TIME, at, "", FIELD_COLUMN, _) /* not 0: when it was written */

struct detail_block {
    DETAIL_BLOCK_FIELDS(FIELD_DECLARE)
};

/* When something failed: one alert of the node whose history is shown. */
#define DETAIL_SPELL_FIELDS(X)                                                                     \
    X(TIME, began_at, "", FIELD_COLUMN, _)                                                         \
    X(TIME, ended_at, "", FIELD_COLUMN, _) /* 0 = it still fails */

struct detail_spell {
    DETAIL_SPELL_FIELDS(FIELD_DECLARE)
};

/* So many days a history goes back. */
#define HISTORY_DAYS 14

struct detail_history {
    const char *of;                    /* the dbt node; "" = there is no history */
    const struct detail_spell *spells; /* newest first */
    size_t spells_len;
};

struct detail {
    struct arena arena;
    bool brief;     /* asked for: what the strip has room for is enough */
    const char *id; /* of the row it was read for; "" = nothing is known */
    const char *title;
    const char *name; /* what people call it: "INC-411", or its id */
    const char *ref;  /* the object behind it: "alert/01H…"; "" = none */
    const char *zone; /* IANA zone its times are told in beside the viewer's; "" = UTC */
    struct detail_fact *facts;
    size_t facts_len;
    struct detail_block *blocks; /* below the facts */
    size_t blocks_len;
    struct detail_history history;
    const char *section; /* of the facts being added */
};

/* A day of a history: how many of the node's alerts were firing at some time of it. */
struct history_day {
    int64_t begins_at;
    int count;
};

struct history {
    struct history_day
        days[HISTORY_DAYS]; /* by the zone's calendar, the oldest first, today last */
    int total;              /* alerts in all of them */
    int failing_days;
    int most;              /* in one day */
    int64_t failing_since; /* firing without a break since then; 0 = nothing fires now */
};

struct zone;
struct history history_of(const struct detail_history *spells, const struct zone *zone,
                          int64_t now_ms);

/* "8 h 30 min", "6 d 23 h", "45 s": how long something lasted. */
const char *lasted_text(struct arena *arena, int64_t span_ms);
