/* The first start on a terminal that takes lines and nothing else: the same questions, one after the other. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "action/first_check.h"
#include "base/text.h"
#include "config/config.h"
#include "ui/first_run.h"

#define ANSWER_MAX_BYTES 1024
#define ACCOUNT_URL "https://api.incident.io"

struct asking {
    const struct first_run_options *options;
    struct arena *arena;
    struct first_answers answers;
    struct first_finding finding;
    bool ended; /* input did: nobody answers any more */
};

/* The line typed, without blanks around it; "" also when input ended. */
static const char *
read_answer(struct asking *asking)
{
    char line[ANSWER_MAX_BYTES];
    (void)fflush(stdout); /* a terminal that is gone ends the input as well */
    if (!fgets(line, sizeof line, stdin)) {
        asking->ended = true;
        puts("");
        return "";
    }
    char *text = line + strspn(line, " \t");
    size_t len = strlen(text);
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    return arena_text_len(asking->arena, text, len);
}

/* What is typed is not shown: it may be the key itself. */
static const char *
read_secret(struct asking *asking)
{
    struct termios modes, silent;
    bool is_terminal = tcgetattr(STDIN_FILENO, &modes) == 0;
    silent = modes;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    if (is_terminal)
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent); /* shown, then: no reason to stop */
    const char *answer = read_answer(asking);
    if (is_terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &modes);
        puts("");
    }
    return answer;
}

static void
put_question(enum first_step step)
{
    printf("\n%s\n%s%s", first_questions[step].title, first_questions[step].help,
           *first_questions[step].help ? "\n" : "");
}

static int
ask_what(struct asking *asking)
{
    put_question(STEP_WHAT);
    for (int i = 0; i < WHAT_COUNT; i++)
        printf("%d. %s: %s\n", i + 1, first_choices[i].name, first_choices[i].help);
    for (;;) {
        printf("1 to %d, or nothing to leave: ", WHAT_COUNT);
        const char *answer = read_answer(asking);
        if (!*answer)
            return WHAT_COUNT;
        if (answer[0] >= '1' && answer[0] < '1' + WHAT_COUNT && !answer[1])
            return answer[0] - '1';
    }
}

static bool
ask_address(struct asking *asking, const char *otherwise)
{
    put_question(STEP_ADDRESS);
    for (;;) {
        printf("Address%s%s%s: ", *otherwise ? " [" : "", otherwise, *otherwise ? "]" : "");
        const char *answer = read_answer(asking);
        answer = *answer ? answer : otherwise;
        if (asking->ended || !*answer)
            return false;
        const char *complaint = config_complaint("url", answer);
        asking->answers.url = answer;
        if (!complaint)
            return true;
        printf("%s\n", complaint);
    }
}

/* Tries what was answered. False: it was told what is wrong. */
static bool
try(struct asking *asking)
{
    struct error err = {0};
    struct first_check check;
    const char *draft;
    if (!config_write_draft(&asking->answers, asking->options->config_path, asking->arena, &draft,
                            &err) ||
        !first_check_start(&check, draft, &err)) {
        puts(err.message);
        return false;
    }
    puts("Asking the server...");
    (void)fflush(stdout); /* as above */
    while (!first_check_read(&check, asking->arena, &asking->finding))
        ;
    config_remove_draft(asking->options->config_path, asking->arena);
    const struct first_finding *finding = &asking->finding;
    if (!finding->server_ok || !finding->key_ok) {
        printf("%s.\n", finding->server_ok || !*finding->server ? finding->key : finding->server);
        return false;
    }
    printf("The server answers; key %s.%s%s\n", finding->key, *finding->clock ? " " : "",
           finding->clock);
    return true;
}

/* Until they work, or are kept as they are. False: the user leaves. */
static bool
ask_server(struct asking *asking, const char *address)
{
    for (;;) {
        if (!ask_address(asking, address))
            return false;
        put_question(STEP_KEY);
        printf("Key (not shown): ");
        const char *key = read_secret(asking);
        if (!*key)
            return false;
        first_take_key(&asking->answers, key);
        if (try(asking))
            return true;
        printf("Keep it as it is? y/n: ");
        const char *answer = read_answer(asking);
        if (asking->ended)
            return false;
        if (strcmp(answer, "y") == 0)
            return true;
        address = asking->answers.url;
    }
}

static void
ask_schedules(struct asking *asking)
{
    const struct first_finding *finding = &asking->finding;
    const char **chosen = arena_new_array(asking->arena, finding->schedules_len + 1, const char *);
    size_t len = 0;
    if (finding->schedules_len < 2)
        return;
    printf("\n%s\n", first_questions[STEP_SCHEDULES].title);
    for (size_t i = 0; i < finding->schedules_len; i++)
        printf("%zu. %s\n", i + 1, finding->schedules[i]);
    printf("Numbers, or nothing for all of them: ");
    char *rest = arena_text(asking->arena, read_answer(asking));
    for (char *word; (word = strsep(&rest, " ,"));) {
        unsigned long at = strtoul(word, NULL, 10);
        if (at >= 1 && at <= finding->schedules_len && len < finding->schedules_len)
            chosen[len++] = finding->schedules[at - 1];
    }
    chosen[len] = NULL;
    asking->answers.schedules = chosen;
}

bool
first_run_plain(const struct first_run_options *options, enum first_outcome *outcome,
                struct error *err)
{
    struct arena arena = {0};
    struct asking asking = {.options = options, .arena = &arena, .answers = {.me = ""}};
    const char *written;
    bool ok = true;
    *outcome = FIRST_LEFT;
    puts("There is no configuration yet: three questions make one. Ctrl-C leaves, and nothing is "
         "written before the end.");
    int what = ask_what(&asking);
    if (what == WHAT_DEMO) {
        *outcome = FIRST_DEMO;
    } else if (what < WHAT_COUNT && ask_server(&asking, what == WHAT_ACCOUNT ? ACCOUNT_URL : "")) {
        put_question(STEP_ME);
        printf("E-mail: ");
        asking.answers.me = read_answer(&asking);
        ask_schedules(&asking);
        ok = asking.ended ||
             config_write_first(&asking.answers, options->config_path, &arena, &written, err);
        if (ok && !asking.ended) {
            printf("\nWritten to %s.\n\n", written);
            *outcome = FIRST_WRITTEN;
        }
    }
    arena_finish(&arena);
    return ok;
}
