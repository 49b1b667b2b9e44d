/* Connections: how they open, what is sent on them, how they end. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE 30000000 /* microseconds for a connection to be welcomed */
/* A post's text, about as long as people write; its number goes before it. */
#define WORDS "I would rather see a short recording than read the whole thread again, if somebody " \
              "has one for us."

struct tab *tabs;
size_t tab_count, live_count, failed_count;
static int poller = -1;
static int says_hello;
static char buffer[1 << 18];

/* A line: port, path, cookie, with tabulators between them. */
void read_addresses(const char *name)
{
    close_tabs();
    FILE *file = fopen(name, "r");
    static char line[8192], path[4096], cookie[2048];
    size_t room = 0;
    tab_count = 0;
    while (file && fgets(line, sizeof line, file)) {
        int port;
        cookie[0] = 0;
        if (sscanf(line, "%d\t%4095[^\t\n]\t%2047[^\n]", &port, path, cookie) < 2)
            continue;
        if (tab_count == room) {
            room = room ? room * 2 : 1024;
            tabs = realloc(tabs, room * sizeof *tabs);
            if (!tabs)
                abort();
        }
        struct tab *tab = &tabs[tab_count++];
        memset(tab, 0, sizeof *tab);
        tab->fd = -1;
        tab->port = port;
        tab->path = strdup(path);
        tab->cookie = strdup(cookie);
    }
    if (file)
        fclose(file);
}

void drop(struct tab *tab)
{
    if (tab->stage == CLOSED)
        return;
    if (tab->stage == LIVE)
        live_count--;
    failed_count++;
    tab->stage = CLOSED;
    close(tab->fd);
}

static void send_all(struct tab *tab, const char *data, size_t length)
{
    /* What we send is small and answered before more is sent, so it always fits. */
    if (send(tab->fd, data, length, MSG_NOSIGNAL) != (ssize_t)length)
        drop(tab);
}

void send_frame(struct tab *tab, int opcode, const char *payload, size_t length)
{
    char frame[1024];
    size_t at = 0;
    frame[at++] = (char)(0x80 | opcode);
    if (length < 126) {
        frame[at++] = (char)(0x80 | length);
    } else {
        frame[at++] = (char)(0x80 | 126);
        frame[at++] = (char)(length >> 8);
        frame[at++] = (char)length;
    }
    memset(frame + at, 0, 4); /* a mask that changes nothing; the server undoes it all the same */
    at += 4;
    memcpy(frame + at, payload, length);
    send_all(tab, frame, at + length);
}

void post(struct tab *tab)
{
    char text[512];
    unsigned long long number = next_number();
    int length = snprintf(text, sizeof text,
                          "{\"type\":\"post\",\"id\":\"00000000-0000-4000-8000-%012llx\","
                          "\"body\":\"~%llu " WORDS "\"}", number, number);
    send_frame(tab, TEXT, text, (size_t)length);
}

static void connect_tab(struct tab *tab)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)tab->port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    tab->since = now();
    tab->stage = CONNECTING;
    tab->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int at_once = 1;
    setsockopt(tab->fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    if (connect(tab->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS) {
        drop(tab);
        return;
    }
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = tab};
    epoll_ctl(poller, EPOLL_CTL_ADD, tab->fd, &event);
}

static void shake_hands(struct tab *tab)
{
    char request[8192];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\n"
                          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: %s\r\n\r\n",
                          tab->path, tab->port, tab->port, tab->cookie);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = tab};
    epoll_ctl(poller, EPOLL_CTL_MOD, tab->fd, &event);
    tab->stage = SHAKING;
    send_all(tab, request, (size_t)length);
}

void is_live(struct tab *tab)
{
    tab->stage = LIVE;
    live_count++;
    keep(&tally.joins, now() - tab->since);
}

static void read_answer(struct tab *tab, const char *data, size_t length)
{
    size_t room = sizeof tab->answer - 1 - tab->answered;
    size_t kept = length < room ? length : room;
    memcpy(tab->answer + tab->answered, data, kept);
    tab->answer[tab->answered + kept] = 0;
    char *end = strstr(tab->answer, "\r\n\r\n");
    if (!end) {
        tab->answered += kept;
        if (kept == room)
            drop(tab);
        return;
    }
    if (strncmp(tab->answer, "HTTP/1.1 101", 12)) {
        fprintf(stderr, "%.60s\n", tab->answer);
        drop(tab);
        return;
    }
    size_t used = (size_t)(end + 4 - tab->answer) - tab->answered;
    if (says_hello) {
        static const char hello[] = "{\"type\":\"hello\",\"after\":0}";
        tab->stage = GREETING;
        send_frame(tab, TEXT, hello, sizeof hello - 1);
    } else {
        is_live(tab);
    }
    read_frames(tab, data + used, length - used);
}

/* Waits so long for something to happen, and deals with all that has. */
void pump(int milliseconds)
{
    struct epoll_event events[256];
    int count = epoll_wait(poller, events, 256, milliseconds);
    for (int i = 0; i < count; i++) {
        struct tab *tab = events[i].data.ptr;
        if (tab->stage == CONNECTING && !(events[i].events & (EPOLLERR | EPOLLHUP))) {
            shake_hands(tab);
            continue;
        }
        ssize_t length = recv(tab->fd, buffer, sizeof buffer, 0);
        if (length > 0 && tab->stage == SHAKING)
            read_answer(tab, buffer, (size_t)length);
        else if (length > 0)
            read_frames(tab, buffer, (size_t)length);
        else if (length == 0 || (errno != EAGAIN && errno != EINTR))
            drop(tab);
    }
}

void open_tabs(size_t at_once, int with_hello)
{
    if (poller < 0)
        poller = epoll_create1(0);
    says_hello = with_hello;
    size_t begun = 0, late = 0;
    begin_phase();
    while (live_count + failed_count < tab_count) {
        while (begun < tab_count && begun - live_count - failed_count < at_once)
            connect_tab(&tabs[begun++]);
        pump(100);
        /* They began in order, so the first that still waits is the one that waited longest. */
        while (late < begun && (tabs[late].stage == LIVE || tabs[late].stage == CLOSED))
            late++;
        if (late < begun && now() - tabs[late].since > PATIENCE)
            drop(&tabs[late]);
    }
    end_phase();
}

void close_tabs(void)
{
    for (size_t i = 0; i < tab_count; i++) {
        if (tabs[i].stage != CLOSED)
            close(tabs[i].fd);
        free(tabs[i].path);
        free(tabs[i].cookie);
    }
    tab_count = live_count = 0;
}
