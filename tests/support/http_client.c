#include "tests/support/http_client.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/str.h"

struct http_client {
    CURL *curl;
    char base[256];
};

struct http_client *
http_client_create(const char *base)
{
    struct http_client *client = memory_alloc(sizeof(*client));

    client->curl = curl_easy_init();
    if (strncmp(base, "unix:", 5) == 0) {
        curl_easy_setopt(client->curl, CURLOPT_UNIX_SOCKET_PATH, base + 5);
        base = "http://localhost";
    }
    (void)snprintf(client->base, sizeof(client->base), "%s", base); /* short */
    return client;
}

void
http_client_destroy(struct http_client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->curl);
    memory_free(client);
}

static size_t
append(char *data, size_t size, size_t count, void *context)
{
    str_append_len(context, data, size * count);
    return size * count;
}

struct http_answer
http_send(struct http_client *client, const char *method, const char *path,
          const char *const *headers, const char *body, struct arena *arena)
{
    struct http_answer answer = {0};
    struct curl_slist *list = NULL;
    struct str received_headers, received_body;
    long status = 0;

    str_init(&received_headers, 0);
    str_init(&received_body, 0);
    for (size_t i = 0; headers && headers[i]; i++)
        list = curl_slist_append(list, headers[i]);
    curl_easy_setopt(client->curl, CURLOPT_URL, arena_printf(arena, "%s%s", client->base, path));
    curl_easy_setopt(client->curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(client->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(client->curl, CURLOPT_NOBODY, strcmp(method, "HEAD") == 0 ? 1L : 0L);
    curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST,
                     strcmp(method, "HEAD") == 0 ? NULL : method);
    if (body)
        curl_easy_setopt(client->curl, CURLOPT_COPYPOSTFIELDS, body);
    else if (strcmp(method, "HEAD") != 0)
        curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(client->curl, CURLOPT_HEADERFUNCTION, append);
    curl_easy_setopt(client->curl, CURLOPT_HEADERDATA, &received_headers);
    curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, &received_body);
    if (curl_easy_perform(client->curl) == CURLE_OK)
        curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(list);

    answer.status = (int)status;
    answer.headers = arena_text_len(arena, str_text(&received_headers), received_headers.len);
    answer.body = arena_text_len(arena, str_text(&received_body), received_body.len);
    answer.body_len = received_body.len;
    str_finish(&received_headers);
    str_finish(&received_body);
    return answer;
}

struct http_answer
http_client_get(struct http_client *client, const char *path, const char *key, struct arena *arena)
{
    const char *headers[] = {key ? arena_printf(arena, "Authorization: Bearer %s", key) : NULL,
                             NULL};
    return http_send(client, "GET", path, headers, NULL, arena);
}

const char *
http_header(const struct http_answer *answer, const char *name, struct arena *arena)
{
    size_t len = strlen(name);

    for (const char *line = answer->headers; *line;) {
        size_t line_len = strcspn(line, "\r\n");
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            const char *value = line + len + 1;
            value += strspn(value, " ");
            return arena_text_len(arena, value, (size_t)(line + line_len - value));
        }
        line += line_len;
        line += strspn(line, "\r\n");
    }
    return "";
}

const char *
http_raw(int port, const char *bytes, size_t len, int patience_ms, struct arena *arena)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    const struct timeval patience = {.tv_sec = patience_ms / 1000,
                                     .tv_usec = patience_ms % 1000 * 1000};
    char buffer[4096];
    struct str received;
    ssize_t got;

    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return "";
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
                     sizeof(patience)); /* only a deadline */
    str_init(&received, 0);
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0) {
        for (size_t sent = 0; sent < len;) {
            ssize_t wrote = send(fd, bytes + sent, len - sent, MSG_NOSIGNAL);
            if (wrote <= 0)
                break;
            sent += (size_t)wrote;
        }
        while ((got = recv(fd, buffer, sizeof(buffer), 0)) > 0)
            str_append_len(&received, buffer, (size_t)got);
    }
    (void)close(fd); /* nothing left to lose */
    const char *text = arena_text_len(arena, str_text(&received), received.len);
    str_finish(&received);
    return text;
}
