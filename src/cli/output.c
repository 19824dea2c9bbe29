#include "cli/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/zone.h"
#include "expr/jq.h"
#include "wire/wire.h"

#define JQ_INPUT_MAX_BYTES ((size_t)1024 * 1024 * 1024)
#define CELL_MAX_BYTES 400
#define ID_SUFFIX 8 /* enough to be unique, and what `show` takes */

/* The table's columns: the first member that the kind has is shown. width 0 = what is left of the line. */
struct column {
    const char *title;
    int width;
    const char *members[12];
};

static const struct column columns[] = {
    {"ID", ID_SUFFIX, {"id"}},
    {"AGE", 4, {"created_at"}},
    {"FROM", 16, {"start_at"}},
    {"UNTIL", 16, {"end_at"}},
    {"STATUS",
     13,
     {"status", "incident_status_name", "new_incident_status_name", "category", "list"}},
    {"SEVERITY", 9, {"severity_name", "severity", "new_severity_name", "priority_name"}},
    {"REF", 8, {"reference", "incident_reference"}},
    {"WHO",
     16,
     {"lead_name", "assignee_name", "owner", "user_name", "updater_user_name", "creator_user_name",
      "lead_user_name"}},
    {"TITLE",
     0,
     {"title", "name", "message", "description", "content", "alert_title", "resource_title",
      "incident_name", "sync_type", "slack_user_group_id"}},
};

enum { COLUMNS_LEN = sizeof columns / sizeof *columns };

static const struct field *
column_field(const struct field_table *table, const struct column *column)
{
    for (size_t i = 0; i < sizeof column->members / sizeof *column->members && column->members[i];
         i++) {
        const struct field *field = field_find(table, column->members[i]);
        if (field)
            return field;
    }
    return NULL;
}

const char *
output_time(struct output *output, int64_t time_ms)
{
    struct civil at = zone_to_civil(output->zone, time_ms);
    return arena_printf(&output->scratch, "%s %2d %s %02d:%02d", weekday_names[at.weekday], at.day,
                        month_names[at.month - 1], at.hour, at.minute);
}

static const char *
cell_text(struct output *output, const struct field *field, const void *object)
{
    const void *member = (const char *)object + field->offset;
    char age[AGE_SIZE];
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ENUM:
    case FIELD_OBJECT:
    case FIELD_ARRAY: {
        const char *text = *(const char *const *)member;
        size_t len = strlen(text);
        if (strcmp(field->name, "id") == 0 && len > ID_SUFFIX &&
            output->kind != KIND_SCHEDULE_ENTRY)
            text += len - ID_SUFFIX;
        return text_clean(&output->scratch, text, CELL_MAX_BYTES);
    }
    case FIELD_TIME: {
        int64_t time_ms = *(const int64_t *)member;
        if (!time_ms)
            return "";
        if (strcmp(field->name, "created_at") == 0)
            return arena_text(&output->scratch, age_text(clock_now_ms() - time_ms, age));
        return output_time(output, time_ms);
    }
    case FIELD_INTEGER:
        return arena_printf(&output->scratch, "%" PRId64, *(const int64_t *)member);
    case FIELD_REAL:
        return arena_printf(&output->scratch, "%g", *(const double *)member);
    case FIELD_BOOLEAN:
        return *(const bool *)member ? "yes" : "no";
    case FIELD_LIST:
        return arena_printf(&output->scratch, "%zu",
                            *(const size_t *)((const char *)object + field->len_offset));
    }
    return "";
}

/* object NULL = the heading. */
static void
print_row(struct output *output, const void *object)
{
    const struct field_table *table = kind_info(output->kind)->fields;
    int used = 0;
    for (size_t i = 0; i < COLUMNS_LEN; i++) {
        const struct column *column = &columns[i];
        const struct field *field = column_field(table, column);
        /* A shift's id and list are ours, not in its object. */
        if (!field || (output->kind == KIND_SCHEDULE_ENTRY && field->flags & FIELD_LOCAL))
            continue;
        const char *text = object ? cell_text(output, field, object) : column->title;
        if (column->width) {
            text = text_cut(&output->scratch, text, column->width);
            printf("%s%*s  ", text, column->width - text_width_cols(text), "");
            used += column->width + 2;
        } else {
            int left = output->cols - used;
            printf("%s", output->cols && left > 0 ? text_cut(&output->scratch, text, left) : text);
        }
    }
    putchar('\n');
}

bool
output_zone(const struct profile *profile, const struct zone **zone, struct error *err)
{
    if (*profile->timezone)
        return zone_open(profile->timezone, zone, err);
    *zone = zone_system();
    return true;
}

bool
output_begin(struct output *output, struct cli *cli, const struct profile *profile, enum kind kind,
             struct error *err)
{
    *output = (struct output){.cli = cli, .kind = kind, .derivation = &profile->derivation};
    str_init(&output->collected, JQ_INPUT_MAX_BYTES);
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        output->cols = size.ws_col;
    return output_zone(profile, &output->zone, err);
}

/*
 * JSON on a terminal: what a terminal would obey (C1 controls, bidi controls; the others are escaped in JSON anyway)
 * becomes \uXXXX, which means the same.
 */
static void
print_for_terminal(const char *json, FILE *out)
{
    for (const unsigned char *at = (const unsigned char *)json; *at; at++) {
        unsigned code = 0;
        if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
            code = at[1];
        else if (at[0] == 0xe2 && at[1] == 0x80 &&
                 (at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae)))
            code = 0x2000u + (at[2] & 0x3fu);
        else if (at[0] == 0xe2 && at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9)
            code = 0x2040u + (at[2] & 0x3fu);
        if (code) {
            fprintf(out, "\\u%04x", code);
            at += code < 0x100 ? 1 : 2;
        } else if (*at == 0x7f) {
            fputs("\\u007f", out);
        } else {
            fputc(*at, out);
        }
    }
}

static void
print_json(const char *json)
{
    if (isatty(STDOUT_FILENO))
        print_for_terminal(json, stdout);
    else
        fputs(json, stdout);
}

static bool
print_jq(const char *program, const char *json, struct error *err)
{
    struct str results;
    str_init(&results, JQ_INPUT_MAX_BYTES);
    bool ok = jq_run(program, json, &results, err);
    if (isatty(STDOUT_FILENO)) {
        struct arena arena = {0};
        fputs(text_clean_lines(&arena, str_text(&results), results.len), stdout);
        arena_finish(&arena);
    } else {
        fputs(str_text(&results), stdout);
    }
    str_finish(&results);
    return ok;
}

bool
output_json(struct cli *cli, const char *json, struct error *err)
{
    bool ok = true;
    if (cli->jq) {
        ok = print_jq(cli->jq, json, err);
    } else {
        print_json(json);
        putchar('\n');
    }
    if (ok && (fflush(stdout) != 0 || ferror(stdout)))
        ok = error_set(err, ERROR_FILE, "cannot write the output");
    return ok;
}

static void
json_item(struct output *output, const char *json)
{
    const char *separator = output->items_len ? ",\n" : "[\n";
    if (output->cli->jq) {
        str_append(&output->collected, separator);
        str_append(&output->collected, json);
    } else {
        fputs(separator, stdout);
        print_json(json);
    }
}

#define TEXT_MAX_BYTES 400

void
output_cell(struct output *output, const char *text, int cols)
{
    text = text_cut(&output->scratch, text_clean(&output->scratch, text, TEXT_MAX_BYTES), cols);
    printf("%s%*s  ", text, cols - text_width_cols(text), "");
}

void
output_rest(struct output *output, const char *text, int used)
{
    text = text_clean(&output->scratch, text, TEXT_MAX_BYTES);
    puts(output->cols > used ? text_cut(&output->scratch, text, output->cols - used) : text);
    output->items_len++;
}

void
output_member(struct str *json, const char *name, const char *value)
{
    if (!*value)
        return;
    str_printf(json, "%s\"%s\":", json->len > 1 ? "," : "", name);
    wire_append_string(json, value);
}

bool
output_item(void *context, const char *json)
{
    struct output *output = context;
    if (output->cli->json) {
        json_item(output, json);
    } else {
        union {
#define X(id, name, list, one, many, at, sort, FIELDS) struct name name;
            KINDS(X)
#undef X
        } object;
        memset(&object, 0, sizeof object);
        struct error err;
        arena_reset(&output->scratch);
        if (!output->items_len)
            print_row(output, NULL);
        if (wire_read_object(output->kind, slice_of(json), &output->scratch, &object, &err)) {
            model_derive(output->kind, &object, output->derivation, NULL, 0);
            print_row(output, &object);
        } else {
            fprintf(stderr, "tocsin: a stored object cannot be shown: %s\n", err.message);
        }
    }
    output->items_len++;
    return !ferror(stdout);
}

static bool
finish_json(struct output *output, struct error *err)
{
    const char *end = output->items_len ? "\n]\n" : "[]\n";
    if (!output->cli->jq) {
        fputs(end, stdout);
        return true;
    }
    str_append(&output->collected, end);
    if (output->collected.overflowed)
        return error_set(err, ERROR_TOO_LARGE, "too much for --jq: narrow it with --limit");
    return print_jq(output->cli->jq, str_text(&output->collected), err);
}

bool
output_end(struct output *output, bool print, struct error *err)
{
    bool ok = true;
    if (print && output->cli->json)
        ok = finish_json(output, err);
    if (ok && print && (fflush(stdout) != 0 || ferror(stdout)))
        ok = error_set(err, ERROR_FILE, "cannot write the output");
    str_finish(&output->collected);
    arena_finish(&output->scratch);
    return ok;
}

static bool
is_set(const struct field *field, const void *object)
{
    const void *member = (const char *)object + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ENUM:
        return **(const char *const *)member != '\0';
    case FIELD_OBJECT:
    case FIELD_ARRAY:
        return strlen(*(const char *const *)member) > 2;
    case FIELD_TIME:
    case FIELD_INTEGER:
        return *(const int64_t *)member != 0;
    case FIELD_REAL:
        return *(const double *)member != 0;
    case FIELD_BOOLEAN:
        return *(const bool *)member;
    case FIELD_LIST:
        return *(const size_t *)((const char *)object + field->len_offset) > 0;
    }
    return false;
}

static void
print_attributes(struct output *output, const struct alert *alert)
{
    for (size_t i = 0; i < alert->attributes_len; i++) {
        const struct alert_attribute_entry *entry = &alert->attributes[i];
        struct str values;
        str_init(&values, CELL_MAX_BYTES);
        str_append(&values,
                   attribute_text(entry->catalog_entry_name, entry->label, entry->literal));
        for (size_t v = 0; v < entry->array_value_len; v++) {
            const struct alert_attribute_value *item = &entry->array_value[v];
            str_printf(&values, "%s%s", v ? ", " : "",
                       attribute_text(item->catalog_entry_name, item->label, item->literal));
        }
        printf("%28s  %s\n", text_clean(&output->scratch, entry->attribute_name, 100),
               text_clean(&output->scratch, str_text(&values), CELL_MAX_BYTES));
        str_finish(&values);
    }
}

void
output_object(struct cli *cli, const struct profile *profile, enum kind kind, const void *object)
{
    struct output output = {.cli = cli, .kind = KIND_SCHEDULE_ENTRY}; /* ids whole */
    if (!output_zone(profile, &output.zone, NULL))
        output.zone = zone_utc();
    const struct field_table *table = kind_info(kind)->fields;
    printf("%28s  %s\n", "kind", kind_info(kind)->one);
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        /* Reference data inside an object (when a severity was made) is left to --json. */
        bool is_own = field->flags & (FIELD_COLUMN | FIELD_SEARCH);
        if (!is_own || !is_set(field, object) || field->type == FIELD_LIST)
            continue;
        char stamp[RFC3339_SIZE];
        if (field->type == FIELD_TIME) {
            int64_t time_ms = *(const int64_t *)((const char *)object + field->offset);
            printf("%28s  %s  (%s)\n", field->name, output_time(&output, time_ms),
                   time_to_rfc3339(time_ms, stamp));
        } else if (field->type == FIELD_TEXT &&
                   strchr(*(const char *const *)((const char *)object + field->offset), '\n')) {
            const char *const *lines;
            size_t len =
                text_wrap(&output.scratch,
                          text_clean_lines(
                              &output.scratch,
                              *(const char *const *)((const char *)object + field->offset), 16384),
                          100, &lines);
            for (size_t l = 0; l < len; l++)
                printf("%28s  %s\n", l ? "" : field->name, lines[l]);
        } else {
            printf("%28s  %s\n", field->name, cell_text(&output, field, object));
        }
    }
    if (kind == KIND_ALERT)
        print_attributes(&output, object);
    arena_finish(&output.scratch);
}
