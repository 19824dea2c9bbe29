/* Whether this session may write: asked of who started it, the profile, and what the server says of the key. */

#include "ui/app_internal.h"

bool
app_may_write(const struct app *app)
{
    return !app->options->read_only && !app->options->profile->read_only &&
           !app->settings.key_reads;
}

void
app_read_rights(struct app *app)
{
    struct view_settings *settings = &app->settings;
    struct error err = {0};
    if (!reader_key_reads(app->reader, &settings->key_reads, &err))
        app_say_failure(app, &err, "cannot read what the key may do");
    const bool read_only = settings->locked || !app_may_write(app);
    if (read_only != settings->read_only) {
        settings->read_only = read_only;
        app->draw_wanted = app->build_wanted = true;
    }
    if (!app_may_write(app))
        poller_only_read(&app->poller);
    else if (!poller_write(&app->poller, app->options->paths->writers_lock, &err))
        app_say_failure(app, &err, "what is written here will not be sent");
}
