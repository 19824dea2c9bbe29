#include "hub/auth.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/str.h"
#include "hub/exchange.h"
#include "wire/wire.h"

/*
 * Roles of the API, and the scopes each gives of those that the hub's endpoints ask for ("" = none of them). A viewer
 * reads everything; the narrower roles read what they are about.
 */
#define INCIDENT_SCOPES                                                                            \
    "incidents.view incident_statuses.view incident_roles.view incident_types.view "               \
    "severities.view attachments.view actions.view users.view "                                    \
    "in_app_postmortems.copy_as_markdown "
#define INCIDENT_WRITES                                                                            \
    "incidents.create incidents.edit incident_timeline_items.create incident_timeline_items.edit " \
    "attachments.create attachments.destroy follow_ups.create follow_ups.update "                  \
    "follow_ups.destroy follow_ups.connect_external_issue actions.create actions.update "          \
    "actions.destroy alerts.edit alerts.resolve "                                                  \
    "external_postmortems.create in_app_postmortems.update_status "
#define POSTMORTEM_WRITES                                                                          \
    "external_postmortems.create in_app_postmortems.update_status in_app_postmortems.create "
#define ESCALATION_WRITES "escalations.create escalations.cancel escalations.respond "
#define ON_CALL_WRITES                                                                             \
    ESCALATION_WRITES                                                                              \
    "alerts.edit alerts.resolve maintenance_window.create maintenance_window.update "              \
    "maintenance_window.destroy "
#define OVERRIDE_WRITES                                                                            \
    "schedule_overrides.create schedule_overrides.update schedule_overrides.destroy "
#define SCHEDULE_WRITES                                                                            \
    OVERRIDE_WRITES "schedules.create schedules.update schedules.destroy "                         \
                    "schedule_sync_targets.create schedule_sync_targets.update "                   \
                    "schedule_sync_targets.destroy schedule_sync_rules.create "                    \
                    "schedule_sync_rules.update schedule_sync_rules.destroy "
#define SCHEDULE_SCOPES "schedules.view users.view "
#define ON_CALL_SCOPES                                                                             \
    SCHEDULE_SCOPES "alerts.view alert_sources.view alert_schema.view alert_routes.view "          \
                    "escalations.view escalation_paths.view maintenance_windows.view "
#define CATALOG_SCOPES "catalog_types.view catalog_entries.view "
#define ALL_SCOPES INCIDENT_SCOPES ON_CALL_SCOPES CATALOG_SCOPES
#define ALL_WRITES INCIDENT_WRITES ON_CALL_WRITES POSTMORTEM_WRITES SCHEDULE_WRITES

#define ROLES(X)                                                                                   \
    X("viewer", ALL_SCOPES)                                                                        \
    X("incident_creator", "incidents.create ")                                                     \
    X("incident_editor", INCIDENT_SCOPES INCIDENT_WRITES)                                          \
    X("manage_settings", ALL_SCOPES ALL_WRITES)                                                    \
    X("global_access", INCIDENT_SCOPES ON_CALL_SCOPES)                                             \
    X("catalog_viewer", CATALOG_SCOPES)                                                            \
    X("catalog_editor", CATALOG_SCOPES)                                                            \
    X("incident_memberships_editor", "")                                                           \
    X("schedules_editor", SCHEDULE_SCOPES SCHEDULE_WRITES)                                         \
    X("schedules_reader", SCHEDULE_SCOPES)                                                         \
    X("schedule_overrides_editor", SCHEDULE_SCOPES OVERRIDE_WRITES)                                \
    X("workflows_editor", "")                                                                      \
    X("workflows_viewer", "")                                                                      \
    X("private_workflows_editor", "")                                                              \
    X("private_escalation_workflows_editor", "")                                                   \
    X("on_call_editor", ON_CALL_SCOPES ON_CALL_WRITES SCHEDULE_WRITES)                             \
    X("on_call_viewer", ON_CALL_SCOPES)                                                            \
    X("escalation_creator",                                                                        \
      "escalations.view escalation_paths.view users.view " ESCALATION_WRITES)                      \
    X("post_incident_flow_opt_out", "")                                                            \
    X("security_settings_editor", "")                                                              \
    X("investigation_download", "")                                                                \
    X("team_memberships_manage", "")                                                               \
    X("status_page_publisher", "")                                                                 \
    X("postmortems_manage", INCIDENT_SCOPES POSTMORTEM_WRITES)                                     \
    X("api_keys_manage", "")                                                                       \
    X("notification_methods_manage", "")                                                           \
    X("notification_methods_unredacted_viewer", "")                                                \
    X("incident_workload_viewer", "")                                                              \
    X("incident_workload_private_viewer", "")                                                      \
    X("act_on_behalf_of_users", "")                                                                \
    X("secrets_manage", "")                                                                        \
    X("secrets_use", "")                                                                           \
    X("call_transcripts_viewer", "")                                                               \
    X("heartbeats_ping", "")

static const struct {
    const char *name;
    const char *scopes; /* each followed by a space */
} roles[] = {
#define X(name, scopes) {name, scopes},
    ROLES(X)
#undef X
};

const char *const hub_roles[] = {
#define X(name, scopes) name,
    ROLES(X)
#undef X
        NULL};

enum {
    TOKEN_RANDOM_BYTES = 24,
    TOKEN_HINT_SIZE =
        17, /* so much of the hash finds the row; the rest is compared in constant time */
    ROLES_TEXT_MAX_BYTES = 4096
};

static const char *
token_hash(const char *token, char out[DIGEST_HEX_SIZE])
{
    const char *const parts[] = {token};
    return digest_keyed_hex("tocsin hub api key", parts, 1, out);
}

/* The source is part of it: the same secret for two sources has two hashes. */
static const char *
secret_hash(const char *alert_source_id, const char *secret, char out[DIGEST_HEX_SIZE])
{
    const char *const parts[] = {alert_source_id, secret};
    return digest_keyed_hex("tocsin hub source secret", parts, 2, out);
}

/* "inc_" in front, whatever it opens: that is what the log knows secrets by. */
static void
make_token(const char *prefix, char out[HUB_TOKEN_SIZE])
{
    uint8_t random[TOKEN_RANDOM_BYTES];
    digest_random(random, sizeof(random));
    int len = snprintf(out, HUB_TOKEN_SIZE, "%s", prefix); /* fits, as do two digits a byte */
    for (size_t i = 0; i < sizeof(random); i++)
        (void)snprintf(out + len + 2 * i, 3, "%02x", random[i]);
}

static const char *
token_hint(const char *hash, char out[TOKEN_HINT_SIZE])
{
    memcpy(out, hash, TOKEN_HINT_SIZE - 1);
    out[TOKEN_HINT_SIZE - 1] = '\0';
    return out;
}

/* ["viewer","incident_editor"] to an array of C: role names are lower-case letters and '_', so no JSON is needed. */
static const char *const *
read_roles(const char *json, struct arena *arena)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
    size_t count = 1;
    for (const char *at = json; *at; at++)
        count += *at == ',';

    const char **words = arena_new_array(arena, count + 1, const char *);
    for (size_t len = 0; len < count; len++) {
        json += strcspn(json, letters);
        size_t word_len = strspn(json, letters);
        if (word_len == 0)
            break;
        words[len] = arena_text_len(arena, json, word_len);
        json += word_len;
    }
    return words;
}

static bool
has_word(const char *words, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ') {
        if (strncmp(at, word, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

bool
auth_has_role(const struct access_key *key, const char *role)
{
    for (size_t i = 0; key->roles[i]; i++) {
        if (text_equals(key->roles[i], role))
            return true;
    }
    return false;
}

bool
auth_only_reads(const struct access_key *key)
{
    for (size_t i = 0; key->roles[i]; i++)
        if (!has_word("viewer schedules_reader on_call_viewer ", key->roles[i]))
            return false;
    return true;
}

bool
auth_allows(const struct access_key *key, const char *scope)
{
    if (text_is_empty(scope))
        return true;
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (has_word(roles[i].scopes, scope) && auth_has_role(key, roles[i].name))
            return true;
    }
    return false;
}

const char *
auth_bearer_token(const char *authorization, struct arena *arena)
{
    if (!authorization)
        return NULL;
    authorization += strspn(authorization, " \t");
    if (strncasecmp(authorization, "Bearer", 6) != 0 || !strchr(" \t", authorization[6]) ||
        authorization[6] == '\0')
        return NULL;
    authorization += 6;
    authorization += strspn(authorization, " \t");
    size_t len = strcspn(authorization, " \t");
    if (len == 0 || authorization[len + strspn(authorization + len, " \t")] != '\0')
        return NULL;
    return arena_text_len(arena, authorization, len);
}

/* Both halves of "Basic base64(USER:PASSWORD)", one behind the other; NULL when the header is not of that form. */
static char *
basic_halves(const char *authorization, struct arena *arena)
{
    if (!authorization)
        return NULL;
    authorization += strspn(authorization, " \t");
    if (strncasecmp(authorization, "Basic", 5) != 0 || !isblank((unsigned char)authorization[5]))
        return NULL;
    const char *text = authorization + 5 + strspn(authorization + 5, " \t");
    size_t len = strcspn(text, " \t"), decoded_len;
    char *decoded = arena_alloc(arena, len + 2);
    if (!base64_decode(text, len, decoded, len + 1, &decoded_len) || strlen(decoded) != decoded_len)
        return NULL;
    char *colon = strchr(decoded, ':');
    if (colon)
        *colon = '\0';
    else
        decoded[decoded_len + 1] = '\0';
    return decoded;
}

bool
auth_source_opens(struct store *store, const char *alert_source_id, const char *authorization,
                  const char *token_parameter, struct arena *arena, bool *shown, bool *opens,
                  struct error *err)
{
    const char *halves = basic_halves(authorization, arena);
    const char *secrets[] = {
        auth_bearer_token(authorization, arena),
        token_parameter,
        halves,
        halves ? halves + strlen(halves) + 1 : NULL,
    };
    *shown = *opens = false;
    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]) && !*opens; i++) {
        if (text_is_empty(secrets[i]))
            continue;
        *shown = true;
        if (!hub_source_secret_opens(store, alert_source_id, secrets[i], opens, err))
            return false;
    }
    return true;
}

bool
auth_find(struct store *store, const char *token, struct arena *arena,
          const struct access_key **key, struct error *err)
{
    struct statement *statement;
    char hash[DIGEST_HEX_SIZE], hint[TOKEN_HINT_SIZE];
    bool row;

    *key = NULL;
    if (!store_statement(store, SQL_HUB_KEY_FIND, &statement, err))
        return false;
    token_hash(token, hash);
    bind_text(statement, "hint", token_hint(hash, hint));
    for (;;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        if (!digest_equal_secrets(row_text_borrowed(statement, 4), hash))
            continue;

        struct access_key *found = arena_new(arena, struct access_key);
        found->id = row_text(statement, arena, 0);
        found->name = row_text(statement, arena, 1);
        found->roles_json = row_text(statement, arena, 2);
        found->roles = read_roles(found->roles_json, arena);
        found->user_id = row_text(statement, arena, 3);
        found->last_used_at = row_integer(statement, 5);
        *key = found;
        statement_reset(statement);
        return true;
    }
}

bool
auth_note_use(struct store *store, const struct access_key *key, int64_t now_ms, struct error *err)
{
    struct statement *statement;

    if (now_ms - key->last_used_at < HOUR_MS)
        return true;
    if (!store_statement(store, SQL_HUB_KEY_USED, &statement, err))
        return false;
    bind_text(statement, "id", key->id);
    bind_integer(statement, "now", now_ms);
    return statement_run(statement, err);
}

/* ---- making and ending keys ---- */

static bool
write_roles(const char *const *names, struct str *json, struct error *err)
{
    str_append_char(json, '[');
    for (size_t i = 0; names[i]; i++) {
        size_t known = 0;
        while (hub_roles[known] && !text_equals(hub_roles[known], names[i]))
            known++;
        if (!hub_roles[known]) {
            struct str all;
            str_init(&all, ROLES_TEXT_MAX_BYTES);
            for (size_t j = 0; hub_roles[j]; j++)
                str_printf(&all, "%s%s", j ? ", " : "", hub_roles[j]);
            error_set(err, ERROR_USAGE, "no role is called '%s'; there are %s", names[i],
                      str_text(&all));
            str_finish(&all);
            return false;
        }
        size_t earlier = 0;
        while (!text_equals(names[earlier], names[i]))
            earlier++;
        if (earlier == i)
            str_printf(json, "%s\"%s\"", i ? "," : "", names[i]);
    }
    str_append_char(json, ']');
    return true;
}

bool
hub_key_add(struct store *store, const char *name, const char *const *role_names,
            const char *user_id, int64_t now_ms, char id[HUB_KEY_ID_SIZE],
            char token[HUB_TOKEN_SIZE], struct error *err)
{
    struct statement *statement;
    struct str json;
    uint8_t id_random[10];
    char key_id[ULID_SIZE], hash[DIGEST_HEX_SIZE];
    bool ok = false;

    if (text_is_empty(name))
        return error_set(err, ERROR_USAGE, "a key needs a name");
    str_init(&json, ROLES_TEXT_MAX_BYTES);
    if (!write_roles(role_names, &json, err))
        goto out;

    make_token("inc_", token);
    digest_random(id_random, sizeof(id_random));
    token_hash(token, hash);
    ulid_text(now_ms, id_random, key_id);

    if (!store_statement(store, SQL_HUB_KEY_INSERT, &statement, err))
        goto out;
    bind_text(statement, "id", key_id);
    bind_text(statement, "name", name);
    bind_text(statement, "roles", str_text(&json));
    bind_text(statement, "user_id", user_id ? user_id : "");
    bind_text(statement, "hash", hash);
    bind_integer(statement, "created_at", now_ms);
    ok = statement_run(statement, err);
    if (ok && id)
        memcpy(id, key_id, sizeof(key_id));
out:
    str_finish(&json);
    return ok || error_wrap(err, "cannot add the API key '%s'", name);
}

bool
hub_key_list(struct store *store, struct arena *arena, const struct hub_key **keys,
             size_t *keys_len, struct error *err)
{
    struct statement *statement;
    struct hub_key *items = NULL;
    size_t capacity = 0;
    bool row;

    *keys_len = 0;
    if (!store_statement(store, SQL_HUB_KEY_LIST, &statement, err))
        return false;
    for (;;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        if (*keys_len == capacity) {
            capacity = capacity ? capacity * 2 : 16;
            struct hub_key *grown = arena_new_array(arena, capacity, struct hub_key);
            if (*keys_len > 0)
                memcpy(grown, items, *keys_len * sizeof(*items));
            items = grown;
        }
        items[(*keys_len)++] = (struct hub_key){
            .id = row_text(statement, arena, 0),
            .name = row_text(statement, arena, 1),
            .roles = read_roles(row_text_borrowed(statement, 2), arena),
            .user_id = row_text(statement, arena, 3),
            .created_at = row_integer(statement, 4),
            .last_used_at = row_integer(statement, 5),
            .revoked_at = row_integer(statement, 6),
        };
    }
    *keys = items;
    return true;
}

bool
hub_key_revoke(struct store *store, const char *id, int64_t now_ms, struct error *err)
{
    struct statement *statement;
    int64_t before = store_total_changes(store);

    if (!store_statement(store, SQL_HUB_KEY_REVOKE, &statement, err))
        return false;
    bind_text(statement, "id", id);
    bind_integer(statement, "now", now_ms);
    if (!statement_run(statement, err))
        return error_wrap(err, "cannot revoke the API key '%s'", id);
    if (store_total_changes(store) == before)
        return error_set(err, ERROR_NOT_FOUND, "no API key '%s' is in force", id);
    return true;
}

/* ---- secrets of alert sources ---- */

bool
hub_source_secret_make(struct store *store, const char *alert_source_id,
                       char secret[HUB_TOKEN_SIZE], struct error *err)
{
    make_token("inc_source_", secret);
    return hub_source_secret_set(store, alert_source_id, secret, err);
}

bool
hub_source_secret_set(struct store *store, const char *alert_source_id, const char *secret,
                      struct error *err)
{
    struct statement *statement;
    char hash[DIGEST_HEX_SIZE];

    if (store_statement(store, SQL_HUB_SOURCE_SECRET_PUT, &statement, err)) {
        bind_text(statement, "alert_source_id", alert_source_id);
        bind_text(statement, "hash", secret_hash(alert_source_id, secret, hash));
        if (statement_run(statement, err))
            return true;
    }
    return error_wrap(err, "cannot give the alert source '%s' a secret", alert_source_id);
}

bool
hub_source_secret_opens(struct store *store, const char *alert_source_id, const char *secret,
                        bool *opens, struct error *err)
{
    struct statement *statement;
    char hash[DIGEST_HEX_SIZE];
    bool row;

    *opens = false;
    if (!store_statement(store, SQL_HUB_SOURCE_SECRET_GET, &statement, err))
        return false;
    bind_text(statement, "alert_source_id", alert_source_id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        *opens = digest_equal_secrets(row_text_borrowed(statement, 0),
                                      secret_hash(alert_source_id, secret, hash));
    statement_reset(statement);
    return true;
}

/* ---- who am I ---- */

void
answer_identity(struct exchange *exchange)
{
    const struct identity identity = {
        .name = exchange->key->name,
        .dashboard_url = exchange->base_url,
        .roles = exchange->key->roles_json,
        .teams = "[]",
        .team_roles = "[]",
        .json = "",
    };
    str_printf(&exchange->body, "{\"identity\":%s}",
               wire_write_object(&identity_table, &identity, exchange->arena));
    answer_ok(exchange);
}
