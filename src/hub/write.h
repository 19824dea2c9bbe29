#pragma once

/*
 * Writes of the API: POST, PUT, PATCH and DELETE of an API key. Each is one transaction that holds what was changed, who
 * did it (the audit) and, where the request has an idempotency key, the answer, so that a repeat gets the same one. A
 * family's file has a field table for what a body may say, and a function that makes the change:
 *
 *     static bool run_update(struct exchange *exchange, const void *body) { … load, change, save, answer … }
 *     const struct write follow_up_update = {.scope = "follow_ups.update", .body = &follow_up_edit_table, .run = run_update};
 *
 * Functions here that return bool have answered when they return false: the caller only returns it.
 */

#include "hub/exchange.h"
#include "hub/limits.h"
#include "hub/objects.h"
#include "wire/wire.h"

struct write {
    const char *scope;              /* "" = any key */
    const struct field_table *body; /* what may be sent; NULL = it is not looked at */
    /* Inside the transaction. False: refused or failed, and answered; nothing is kept. */
    bool (*run)(struct exchange *exchange, const void *body);
    /* After the commit: wakes whoever has to act on the change. May be NULL. */
    void (*committed)(struct exchange *exchange);
    int status; /* of success; 0 = 200 */
    enum limit limit;
};

/*
 * A body's table from `name`_rows over `struct owner`, so that create and update can share a struct. Texts that a table does
 * not have are NULL.
 */
#define WRITE_BODY(name, owner)                                                                    \
    static const struct field_table name##_table = {#name, name##_rows,                            \
                                                    sizeof name##_rows / sizeof name##_rows[0],    \
                                                    sizeof(struct owner), SIZE_MAX}

/* Reads, checks, runs and answers. */
void write_run(struct exchange *exchange, const struct write *write);

/* Whether the body has the member (by its name in the table), be it null. */
bool write_has(const struct exchange *exchange, const char *name);

/* ---- objects; `object` is a struct of the kind ---- */

/* 404 when there is none, 412 when it is the path's and not what If-Match says. Private incidents, and what belongs to them, are only there for keys with global_access. */
bool write_load(struct exchange *exchange, enum kind kind, const char *id, void *object);

/* The same for what the body names: 422 on `field`. */
bool write_load_named(struct exchange *exchange, enum kind kind, const char *id, const char *field,
                      void *object);

/* Stores and notes it in the audit. Sets neither id nor times. 403 when the configuration file declares the object. */
bool write_save(struct exchange *exchange, enum kind kind, void *object);
bool write_delete(struct exchange *exchange, enum kind kind, const char *id);

/* For what was stored in another way: its JSON before and after, "" = it was not, or is no more. */
bool write_audit(struct exchange *exchange, enum kind kind, const char *id, const char *before,
                 const char *after);
/* And for what is no object of the API: by its table's name. */
bool write_audit_of(struct exchange *exchange, const char *table, const char *id,
                    const char *before, const char *after);

/* Ids of the objects whose text column `column` is `value`. */
bool write_list_ids(struct exchange *exchange, enum kind kind, const char *column,
                    const char *value, struct text_list *ids);

/* {"follow_up": {…}}: what was saved. */
void write_answer(struct exchange *exchange, enum kind kind, const void *object);
/* The same under another name, or of an object that is served in another form. */
void write_answer_as(struct exchange *exchange, const char *name, const char *json);

/* A new id, and the time of the change: never at or before `previous` (0 = none), so that updated_at moves. */
const char *write_id(struct exchange *exchange);
int64_t write_time(const struct exchange *exchange, int64_t previous);

/* An array of texts, as raw JSON ("" = none); not too long; an http or https address. Else 422 on `field`. */
bool write_check_texts(struct exchange *exchange, const char *field, const char *json);
bool write_check_length(struct exchange *exchange, const char *field, const char *text,
                        size_t max_bytes);
bool write_check_url(struct exchange *exchange, const char *field, const char *url);

/* ---- people ---- */

/* Who does it, as objects say it: the key's person where there is one, else the key. */
struct actor {
    struct user_embedded user; /* id "" = no person */
    const char *api_key_id, *api_key_name;
};
bool write_actor(struct exchange *exchange, struct actor *actor);

/* A person by id, e-mail address or Slack id, whichever is given; 422 on `field` when there is no such. */
struct user_reference {
    const char *id, *email, *slack_user_id; /* "" or NULL = not by that */
};
bool write_find_user(struct exchange *exchange, const struct user_reference *reference,
                     const char *field, struct user_embedded *user);

/* The members `p`_id … of an object from a struct user_embedded. */
#define SET_USER(object, p, u)                                                                     \
    ((object)->p##_id = (u)->id, (object)->p##_name = (u)->name, (object)->p##_email = (u)->email, \
     (object)->p##_role = (u)->role, (object)->p##_slack_user_id = (u)->slack_user_id)
#define CLEAR_USER(object, p)                                                                      \
    ((object)->p##_id = (object)->p##_name = (object)->p##_email = (object)->p##_role =            \
         (object)->p##_slack_user_id = "")
/* The members `p`_user_id … `p`_workflow_name of an object that was cleared. */
#define SET_ACTOR(object, p, a)                                                                    \
    (SET_USER(object, p##_user, &(a)->user), (object)->p##_api_key_id = (a)->api_key_id,           \
     (object)->p##_api_key_name = (a)->api_key_name)
