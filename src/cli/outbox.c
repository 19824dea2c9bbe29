#include "cli/outbox.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/output.h"
#include "wire/wire.h"

enum { DEFAULT_LIMIT = 100, LABEL_MAX_COLS = 100 };

static void
add_time(struct str *json, const char *name, int64_t time_ms)
{
    char text[RFC3339_SIZE];
    if (time_ms)
        output_member(json, name, time_to_rfc3339(time_ms, text));
}

static void
add_row(struct str *json, const struct outbox_row *row)
{
    str_printf(json, "{\"id\":%lld", (long long)row->id);
    output_member(json, "action", row->action);
    output_member(json, "label", row->label);
    output_member(json, "state", row->state);
    output_member(json, "target_kind", row->target_kind);
    output_member(json, "target_id", row->target_id);
    str_printf(json, ",\"attempts\":%lld", (long long)row->attempts);
    add_time(json, "created_at", row->created_at);
    add_time(json, "answered_at", row->answered_at);
    add_time(json, "next_at", outbox_is_open(row) ? row->next_at : 0);
    output_member(json, "answer", row->answer);
    output_member(json, "request_id", row->request_id);
    output_member(json, "result_id", row->result_id);
    str_append_char(json, '}');
}

static void
append_json(struct str *json, const struct outbox_row *rows, size_t len)
{
    str_append_char(json, '[');
    for (size_t i = 0; i < len; i++) {
        str_append(json, i ? ",\n" : "");
        add_row(json, &rows[i]);
    }
    str_append(json, "]");
}

static void
print_row(struct cli *cli, const struct outbox_row *row)
{
    char age[AGE_SIZE];
    printf("%4lld  %-9s %4s  %s", (long long)row->id, row->state,
           age_text(clock_now_ms() - row->created_at, age),
           text_clean(&cli->arena, row->label, LABEL_MAX_COLS));
    if (*row->answer && !text_equals(row->state, OUTBOX_DONE))
        printf(": %s", text_clean(&cli->arena, row->answer, 300));
    putchar('\n');
}

void
outbox_print(struct cli *cli, const struct outbox_row *rows, size_t len)
{
    struct str json;
    if (!cli->json) {
        for (size_t i = 0; i < len; i++)
            print_row(cli, &rows[i]);
        return;
    }
    str_init(&json, 0);
    append_json(&json, rows, len);
    puts(str_text(&json));
    str_finish(&json);
}

bool
list_outbox(struct cli *cli, const struct profile *profile, struct error *err)
{
    const struct outbox_row *rows = NULL;
    struct store *private_db = NULL;
    struct paths paths;
    size_t len = 0;
    if (!profile_paths(profile, &cli->arena, &paths, err))
        return false;
    bool ok =
        store_open(&private_db, STORE_PRIVATE, paths.private_db, STORE_READ, NULL, err) &&
        outbox_list(private_db, profile->url, false, 0,
                    cli->limit >= 0 ? cli->limit : DEFAULT_LIMIT, &cli->arena, &rows, &len, err);
    store_close(private_db);
    if (!ok && err->code != ERROR_NOT_FOUND)
        return false;
    *err = (struct error){0}; /* no private.db yet: nothing was ever queued */
    if (!cli->jq) {
        outbox_print(cli, rows, len);
        return true;
    }
    struct str json;
    str_init(&json, 0);
    append_json(&json, rows, len);
    ok = output_json(cli, str_text(&json), err);
    str_finish(&json);
    return ok;
}
