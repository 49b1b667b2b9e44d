/* Finds the frames in what a connection receives (RFC 6455), and in them only what is counted. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum kind kind_of(const char *text, size_t length)
{
    static const struct { const char *begins; enum kind kind; } kinds[] = {
        {"{\"type\":\"posts\"", POSTS}, {"{\"type\":\"ack\"", ACK},
        {"{\"type\":\"welcome\"", WELCOME}, {"{\"type\":\"refused\"", REFUSED}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t size = strlen(kinds[i].begins);
        if (length >= size && !memcmp(text, kinds[i].begins, size))
            return kinds[i].kind;
    }
    return OTHER;
}

static void end_frame(struct tab *tab)
{
    tab->in_payload = 0;
    tab->head_length = 0;
    int opcode = tab->head[0] & 15;
    if (opcode == CLOSE) {
        drop(tab);
    } else if (opcode == PING) {
        send_frame(tab, PONG, tab->prefix, tab->prefix_length);
    } else if (tab->kind == WELCOME && tab->stage == GREETING) {
        is_live(tab);
    } else if (tab->kind == POSTS) {
        tally.frames++;
    } else if (tab->kind == ACK && tab->prefix_length >= 57) {
        /* {"type":"ack","ref":"00000000-0000-4000-8000-00000000002a" */
        char digits[13] = {0};
        memcpy(digits, tab->prefix + 45, 12);
        answered(tab, strtoull(digits, NULL, 16));
    } else if (tab->kind == REFUSED) {
        if (!tally.refused++)
            fprintf(stderr, "%.*s\n", (int)tab->prefix_length, tab->prefix);
    }
}

/* Every post's text begins with its number, as in "~42 ". */
static void find_numbers(struct tab *tab, const char *data, const char *end)
{
    while (data < end) {
        if (!tab->in_number) {
            data = memchr(data, '~', (size_t)(end - data));
            if (!data++)
                return;
            tab->in_number = 1;
            tab->number = 0;
        }
        while (data < end && *data >= '0' && *data <= '9')
            tab->number = tab->number * 10 + (uint64_t)(*data++ - '0');
        if (data < end) {
            tab->in_number = 0;
            delivered(tab->number);
        }
    }
}

static int is_whole(struct tab *tab)
{
    unsigned char *head = tab->head;
    int length = head[1] & 127;
    size_t size = length == 126 ? 4 : length == 127 ? 10 : 2;
    if (tab->head_length < 2 || tab->head_length < size)
        return 0;
    tab->left = size == 2 ? (uint64_t)length : 0;
    for (size_t i = 2; i < size; i++)
        tab->left = tab->left << 8 | head[i];
    return 1;
}

void read_frames(struct tab *tab, const char *data, size_t length)
{
    const char *end = data + length;
    while (data < end && tab->stage != CLOSED) {
        if (!tab->in_payload) {
            tab->head[tab->head_length++] = (unsigned char)*data++;
            if (!is_whole(tab))
                continue;
            tab->in_payload = 1;
            tab->prefix_length = 0;
            tab->kind = UNKNOWN;
        }
        size_t size = (size_t)(end - data) < tab->left ? (size_t)(end - data) : tab->left;
        size_t kept = PREFIX_MOST - tab->prefix_length;
        kept = size < kept ? size : kept;
        memcpy(tab->prefix + tab->prefix_length, data, kept);
        tab->prefix_length += kept;
        if (tab->kind == UNKNOWN && (tab->prefix_length >= 20 || size == tab->left))
            tab->kind = kind_of(tab->prefix, tab->prefix_length);
        if (tab->kind == POSTS)
            find_numbers(tab, data, data + size);
        data += size;
        tab->left -= size;
        if (!tab->left)
            end_frame(tab);
    }
}
