#include "ui/first_run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "action/first_check.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/text.h"
#include "config/config.h"
#include "config/first.h"
#include "ui/line.h"
#include "ui/term.h"

#define MIN_COLS 40
#define MIN_ROWS 10
#define TEXT_COLS 76 /* longer lines are hard to read */
#define SCHEDULES_MAX 64

/* clang-format off: a table, one row a line */
const struct first_choice first_choices[WHAT_COUNT] = {
    {"Demo", "an invented data team: needs no account, leaves nothing behind"},
    {"incident.io", "your account, with an API key from its settings"},
    {"Your own hub", "another server that speaks the same API, such as 'tocsin hub'"},
};

const struct first_question first_questions[] = {
    [STEP_WHAT] = {"What shall the console show?", "", ""},
    [STEP_ADDRESS] = {"Where is the server?", "Address ",
                      "https://…, http://127.0.0.1:PORT, or unix:PATH"},
    [STEP_KEY] = {"Which API key shall it use?", "Key ",
                  "Paste the key: it is kept in a file that only you can read. Or say where it is: "
                  "file:/path/to/it, or command:pass show incident.io"},
    [STEP_ME] =
        {"Who are you there?", "E-mail ",
         "Your e-mail address upstream, for owner:@me and your own shifts. Empty = not now."},
    [STEP_SCHEDULES] = {"Which schedules do you follow?", "",
                        "Space marks one. Nothing marked = all of them."},
};
/* clang-format on */

struct first_screen {
    const struct first_run_options *options;
    struct loop *loop;
    struct arena arena, scratch;
    struct canvas canvas;
    enum first_outcome outcome;
    enum first_step step;
    int chosen; /* row of STEP_WHAT or STEP_SCHEDULES */
    struct line lines[STEP_SCHEDULES];
    bool marked[SCHEDULES_MAX];
    struct first_check check;
    struct arena finding_arena;
    struct first_finding finding;
    int64_t checking_since; /* monotonic; 0 = it does not */
    bool anyway;            /* what the check complained of was confirmed by a second Enter */
    uint64_t timer;
    char note[512];
    enum role note_role;
};

static int ended_by_signal;

int
first_run_ended_by(void)
{
    return ended_by_signal;
}

static void
say(struct first_screen *screen, enum role role, const char *text)
{
    (void)snprintf(screen->note, sizeof screen->note, "%s", text); /* a long one is cut */
    screen->note_role = role;
}

static void
say_error(struct first_screen *screen, const struct error *err)
{
    say(screen, ROLE_PROBLEM, text_clean(&screen->scratch, err->message, sizeof screen->note - 1));
}

static void
leave(struct first_screen *screen, enum first_outcome outcome)
{
    screen->outcome = outcome;
    loop_stop(screen->loop);
}

/* ---- answers ---- */

static size_t
schedules_len(const struct first_screen *screen)
{
    size_t len = screen->finding.schedules_len;
    return len < SCHEDULES_MAX ? len : SCHEDULES_MAX;
}

static const char *
behind(const char *text, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(text, prefix, len) == 0 ? text + len + strspn(text + len, " ") : NULL;
}

void
first_take_key(struct first_answers *answers, const char *text)
{
    const char *file = behind(text, "file:"), *command = behind(text, "command:");
    answers->source = file ? TOKEN_FILE : command ? TOKEN_COMMAND : TOKEN_TYPED;
    answers->token = file ? file : command ? command : text;
}

static struct first_answers
answers_of(struct first_screen *screen)
{
    const char **names = arena_new_array(&screen->scratch, SCHEDULES_MAX + 1, const char *);
    size_t len = 0;
    for (size_t i = 0; i < schedules_len(screen); i++)
        if (screen->marked[i])
            names[len++] = screen->finding.schedules[i];
    names[len] = NULL;
    struct first_answers answers = {
        .url = screen->lines[STEP_ADDRESS].text,
        .me = screen->lines[STEP_ME].text,
        .schedules = names,
    };
    first_take_key(&answers, screen->lines[STEP_KEY].text);
    return answers;
}

static void
go_to(struct first_screen *screen, enum first_step step)
{
    screen->step = step;
    screen->chosen = 0;
    say(screen, ROLE_MUTED, "");
}

/* ---- trying them ---- */

static void draw(struct first_screen *screen);

static void
on_second(void *context)
{
    struct first_screen *screen = context;
    screen->timer = loop_after(screen->loop, SECOND_MS, on_second, screen);
    draw(screen);
}

static void
stop_checking(struct first_screen *screen)
{
    loop_cancel(screen->loop, screen->timer);
    if (screen->check.pid)
        loop_unwatch(screen->loop, screen->check.fd);
    first_check_stop(&screen->check);
    screen->timer = 0;
    screen->checking_since = 0;
}

static void
on_checked(void *context, int fd, int events)
{
    struct first_screen *screen = context;
    struct first_finding finding;
    (void)events;
    if (!first_check_read(&screen->check, &screen->finding_arena, &finding))
        return;
    loop_unwatch(screen->loop, fd);
    loop_cancel(screen->loop, screen->timer);
    screen->timer = 0;
    screen->checking_since = 0;
    screen->finding = finding;
    const char *wrong = !finding.server_ok ? finding.server : finding.key;
    if (finding.server_ok && finding.key_ok) {
        go_to(screen, STEP_ME);
        say(screen, *finding.clock ? ROLE_PROBLEM : ROLE_FRESH_LIVE,
            *finding.clock
                ? finding.clock
                : arena_printf(&screen->scratch, "The server answers; key %s.", finding.key));
    } else {
        go_to(screen, finding.server_ok ? STEP_KEY : STEP_ADDRESS);
        say(screen, ROLE_PROBLEM,
            arena_printf(&screen->scratch, "%s. Enter again keeps it as it is.", wrong));
        screen->anyway = true;
    }
    draw(screen);
}

static void
try(struct first_screen *screen)
{
    struct error err = {0};
    const struct first_answers answers = answers_of(screen);
    const char *draft;
    if (!config_write_draft(&answers, screen->options->config_path, &screen->scratch, &draft,
                            &err) ||
        !first_check_start(&screen->check, draft, &err)) {
        say_error(screen, &err);
        return;
    }
    arena_reset(&screen->finding_arena);
    screen->checking_since = clock_monotonic_ms();
    loop_watch(screen->loop, screen->check.fd, LOOP_READ, on_checked, screen);
    screen->timer = loop_after(screen->loop, SECOND_MS, on_second, screen);
}

static void
finish(struct first_screen *screen)
{
    struct error err = {0};
    const struct first_answers answers = answers_of(screen);
    const char *written;
    if (config_write_first(&answers, screen->options->config_path, &screen->scratch, &written,
                           &err))
        leave(screen, FIRST_WRITTEN);
    else
        say_error(screen, &err);
}

/* ---- keys ---- */

static void
step_back(struct first_screen *screen)
{
    screen->anyway = false;
    if (screen->checking_since)
        stop_checking(screen);
    else if (screen->step == STEP_WHAT)
        leave(screen, FIRST_LEFT);
    else
        go_to(screen, screen->step - 1);
}

static void
accept(struct first_screen *screen)
{
    const char *complaint = NULL;
    switch (screen->step) {
    case STEP_WHAT:
        if (screen->chosen == WHAT_DEMO) {
            leave(screen, FIRST_DEMO);
            return;
        }
        line_set(&screen->lines[STEP_ADDRESS],
                 screen->chosen == WHAT_ACCOUNT ? "https://api.incident.io" : "http://127.0.0.1:");
        go_to(screen, STEP_ADDRESS);
        return;
    case STEP_ADDRESS:
        complaint = config_complaint("url", screen->lines[STEP_ADDRESS].text);
        if (complaint)
            say(screen, ROLE_PROBLEM, complaint);
        else
            go_to(screen, STEP_KEY);
        return;
    case STEP_KEY:
        if (screen->lines[STEP_KEY].len == 0)
            say(screen, ROLE_PROBLEM, "without a key no server answers");
        else if (screen->anyway)
            go_to(screen, STEP_ME);
        else
            try(screen);
        return;
    case STEP_ME:
        complaint = config_complaint("me", screen->lines[STEP_ME].text);
        if (complaint)
            say(screen, ROLE_PROBLEM, complaint);
        else if (schedules_len(screen) > 1)
            go_to(screen, STEP_SCHEDULES);
        else
            finish(screen);
        return;
    case STEP_SCHEDULES:
        finish(screen);
        return;
    }
}

static int
choices(const struct first_screen *screen)
{
    return screen->step == STEP_WHAT        ? WHAT_COUNT
           : screen->step == STEP_SCHEDULES ? (int)schedules_len(screen)
                                            : 0;
}

static void
on_choice_key(struct first_screen *screen, const char *key)
{
    int len = choices(screen);
    if (strcmp(key, "Down") == 0 || strcmp(key, "j") == 0)
        screen->chosen += screen->chosen + 1 < len;
    else if (strcmp(key, "Up") == 0 || strcmp(key, "k") == 0)
        screen->chosen -= screen->chosen > 0;
    else if (strcmp(key, "Space") == 0 && screen->step == STEP_SCHEDULES)
        screen->marked[screen->chosen] = !screen->marked[screen->chosen];
    else if (strcmp(key, "q") == 0)
        leave(screen, FIRST_LEFT);
    else if (screen->step == STEP_WHAT && key[0] >= '1' && key[0] < '1' + WHAT_COUNT && !key[1]) {
        screen->chosen = key[0] - '1';
        accept(screen);
    }
}

static void
on_key(struct first_screen *screen, const char *key)
{
    bool typing = choices(screen) == 0;
    if (strcmp(key, "Esc") == 0)
        step_back(screen);
    else if (screen->checking_since)
        return; /* only Esc ends the wait */
    else if (strcmp(key, "Enter") == 0)
        accept(screen);
    else if (strcmp(key, "Ctrl-L") == 0)
        term_repaint();
    else if (!typing)
        on_choice_key(screen, key);
    else {
        struct line *line = &screen->lines[screen->step];
        enum line_answer answer;
        if (strcmp(key, KEY_PASTE) == 0)
            answer = line_insert(line, term_pasted()) ? LINE_CHANGED : LINE_MOVED;
        else
            answer = line_key(line, key);
        if (answer == LINE_CHANGED) {
            screen->anyway = false;
            say(screen, ROLE_MUTED, "");
        }
    }
}

static void
on_input(void *context, int fd, int events)
{
    struct first_screen *screen = context;
    char key[KEY_NAME_SIZE];
    bool any = false;
    (void)fd;
    while (term_read_key(key)) {
        any = true;
        on_key(screen, key);
    }
    if (((events & LOOP_HANGUP) || !any) && !term_alive()) {
        ended_by_signal = SIGHUP;
        leave(screen, FIRST_LEFT);
    }
    draw(screen);
}

static void
on_signal(void *context, int signal_number)
{
    struct first_screen *screen = context;
    if (signal_number == SIGWINCH) {
        term_repaint();
        draw(screen);
        return;
    }
    ended_by_signal = signal_number;
    leave(screen, FIRST_LEFT);
}

/* ---- drawing ---- */

/* Text in as many lines as it needs; returns the row below. */
static int
put(struct first_screen *screen, int row, int col, enum role role, const char *text)
{
    const char *const *lines;
    int cols = screen->canvas.cols - col - 1;
    size_t len = text_wrap(&screen->scratch, text, cols < TEXT_COLS ? cols : TEXT_COLS, &lines);
    for (size_t i = 0; i < len; i++)
        canvas_text(&screen->canvas, row++, col, cols, lines[i], role, 0);
    return row;
}

static int
put_choices(struct first_screen *screen, int row)
{
    int name_cols = 0, last = screen->canvas.rows - 3;
    bool of_what = screen->step == STEP_WHAT;
    for (int i = 0; of_what && i < WHAT_COUNT; i++)
        name_cols = text_width_cols(first_choices[i].name) > name_cols
                        ? text_width_cols(first_choices[i].name)
                        : name_cols;
    bool helps = screen->canvas.cols >= 100;
    int shown = last - row < 1 ? 1 : last - row;
    int first = screen->chosen < shown ? 0 : screen->chosen - shown + 1;
    for (int i = first; i < choices(screen) && i < first + shown; i++, row++) {
        const char *text =
            of_what ? arena_printf(&screen->scratch, "%d  %s", i + 1, first_choices[i].name)
                    : arena_printf(&screen->scratch, "[%c] %s", screen->marked[i] ? 'x' : ' ',
                                   text_clean(&screen->scratch, screen->finding.schedules[i], 120));
        bool here = i == screen->chosen;
        canvas_text(&screen->canvas, row, 2, 2, here ? "> " : "  ", ROLE_TITLE_FOCUS, 0);
        canvas_text(&screen->canvas, row, 4, screen->canvas.cols - 5, text,
                    here ? ROLE_STRONG : ROLE_TEXT, 0);
        if (of_what && helps)
            canvas_text(&screen->canvas, row, 4 + 3 + name_cols + 3,
                        screen->canvas.cols - name_cols - 11, first_choices[i].help, ROLE_MUTED, 0);
    }
    if (of_what && !helps)
        row = put(screen, row + 1, 4, ROLE_MUTED, first_choices[screen->chosen].help);
    return row;
}

/* The key is shown by its length only. */
static const char *
shown_text(struct first_screen *screen, struct line *masked, int cols, int *caret_col)
{
    const struct line *line = &screen->lines[screen->step];
    if (screen->step != STEP_KEY || behind(line->text, "file:") || behind(line->text, "command:"))
        return line_view(line, &screen->scratch, cols, caret_col);
    *masked = *line;
    memset(masked->text, '*', line->len);
    return line_view(masked, &screen->scratch, cols, caret_col);
}

static int
put_line(struct first_screen *screen, int row)
{
    static struct line masked;
    const char *label = first_questions[screen->step].label;
    int label_cols = text_width_cols(label), caret_col;
    int cols = screen->canvas.cols - 4 - label_cols;
    canvas_text(&screen->canvas, row, 2, label_cols, label, ROLE_LABEL, 0);
    canvas_text(&screen->canvas, row, 2 + label_cols, cols,
                shown_text(screen, &masked, cols, &caret_col), ROLE_STRONG, 0);
    explicit_bzero(masked.text, sizeof masked.text);
    if (!screen->checking_since) {
        screen->canvas.cursor_row = row;
        screen->canvas.cursor_col = 2 + label_cols + caret_col;
    }
    return row + 1;
}

static void
draw_question(struct first_screen *screen)
{
    struct canvas *canvas = &screen->canvas;
    const bool typing = choices(screen) == 0;
    int row = canvas->rows >= 16 ? 2 : 1;
    canvas_text(canvas, 0, 1, canvas->cols - 2, "tocsin", ROLE_PROFILE, 0);
    canvas_text(canvas, 0, 9, canvas->cols - 10, "first start", ROLE_MUTED, 0);
    if (canvas->rows >= 16 && screen->step == STEP_WHAT)
        row = put(screen, row, 2, ROLE_MUTED,
                  arena_printf(&screen->scratch, "There is no configuration yet at %s.",
                               screen->options->config_path
                                   ? screen->options->config_path
                                   : config_default_path(&screen->scratch))) +
              1;
    row = put(screen, row, 2, ROLE_TITLE_FOCUS, first_questions[screen->step].title);
    row += canvas->rows >= 16;
    row = typing ? put_line(screen, row) : put_choices(screen, row);
    row =
        put(screen, row + (canvas->rows >= 16), 2, ROLE_MUTED, first_questions[screen->step].help);
    if (screen->checking_since)
        put(screen, row + 1, 2, ROLE_MESSAGE,
            arena_printf(&screen->scratch, "Asking the server... %d s, Esc cancels",
                         (int)((clock_monotonic_ms() - screen->checking_since) / SECOND_MS)));
    else if (*screen->note)
        put(screen, row + 1, 2, screen->note_role, screen->note);

    const char *hints = typing                           ? "Enter next   Esc back"
                        : screen->step == STEP_SCHEDULES ? "Space mark   Enter done   Esc back"
                                                         : "Enter choose   j k move   q quit";
    canvas_text(canvas, canvas->rows - 1, 1, canvas->cols - 2, hints, ROLE_HINT, 0);
}

static void
draw(struct first_screen *screen)
{
    int rows, cols;
    term_size(&rows, &cols);
    canvas_init(&screen->canvas, rows, cols);
    if (rows < MIN_ROWS || cols < MIN_COLS)
        canvas_text(&screen->canvas, 0, 0, cols, "tocsin: this window is too small", ROLE_TEXT, 0);
    else
        draw_question(screen);
    term_draw(&screen->canvas);
    arena_reset(&screen->scratch);
}

/* ---- start and end ---- */

static bool
run(struct first_screen *screen, struct error *err)
{
    static const int signals[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct theme theme;
    const struct term_options term_options = {.theme = &theme, .color = screen->options->color};
    if (!loop_create(&screen->loop, err))
        return false;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (!loop_on_signal(screen->loop, signals[i], on_signal, screen, err))
            return false;
    if (!theme_load(&theme, "default", err) || !term_open(&term_options, err))
        return false;
    term_title("tocsin: first start");
    loop_watch(screen->loop, term_fd(), LOOP_READ, on_input, screen);
    draw(screen);
    return loop_run(screen->loop, err);
}

bool
first_run(const struct first_run_options *options, enum first_outcome *outcome, struct error *err)
{
    struct first_screen *screen = memory_alloc(sizeof *screen);
    *screen = (struct first_screen){.options = options, .outcome = FIRST_LEFT};
    ended_by_signal = 0;
    bool ran = run(screen, err);
    term_close();
    if (screen->loop)
        stop_checking(screen);
    if (screen->outcome != FIRST_WRITTEN)
        config_remove_draft(options->config_path, &screen->scratch);
    *outcome = screen->outcome;
    loop_destroy(screen->loop);
    canvas_finish(&screen->canvas);
    arena_finish(&screen->arena);
    arena_finish(&screen->scratch);
    arena_finish(&screen->finding_arena);
    explicit_bzero(screen->lines, sizeof screen->lines);
    memory_free(screen);
    return ran;
}
