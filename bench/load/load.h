/* The load generator: a thousand WebSockets that count what they are told and parse none of it.
 *
 * sockets.c opens connections, frames.c finds frames in what they receive; phases.c posts in the
 * ways that are measured; tally.c keeps figures; main.c takes commands, each answered in JSON.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stddef.h>
#include <stdint.h>

#define HEAD_MOST 10
#define PREFIX_MOST 128
enum opcode { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

enum stage { CLOSED, CONNECTING, SHAKING, GREETING, LIVE };
enum kind { UNKNOWN, OTHER, WELCOME, POSTS, ACK, REFUSED };

/* One connection. A frame may come in pieces; of each only its beginning is kept. */
struct tab {
    int fd;
    enum stage stage;
    int port;
    char *path;
    char *cookie;
    int64_t since; /* when it began to connect */
    char answer[2048]; /* to the handshake */
    size_t answered;
    unsigned char head[HEAD_MOST];
    size_t head_length;
    int in_payload;
    uint64_t left;
    char prefix[PREFIX_MOST];
    size_t prefix_length;
    enum kind kind;
    int in_number;
    uint64_t number;
};

extern struct tab *tabs;
extern size_t tab_count, live_count, failed_count;

/* tally.c: all instants and durations are microseconds. */
struct samples {
    uint32_t *values;
    size_t count, room;
};
struct tally {
    uint64_t first, next; /* numbers of this phase's posts */
    uint64_t deliveries, frames, acks, refused, lost;
    struct samples receipts, answers, joins;
    double began, server_began, own_began;
};
extern struct tally tally;
extern int servers[16];
extern size_t server_count;

int64_t now(void);
void begin_phase(void);
void end_phase(void); /* prints the phase's line */
void keep(struct samples *samples, int64_t value);
uint64_t next_number(void);
void delivered(uint64_t number);
void answered(struct tab *tab, uint64_t number);

/* sockets.c */
void read_addresses(const char *file);
void open_tabs(size_t at_once, int with_hello);
void close_tabs(void);
void pump(int milliseconds);
void post(struct tab *tab);
void drop(struct tab *tab);
void is_live(struct tab *tab);
void send_frame(struct tab *tab, int opcode, const char *payload, size_t length);

/* frames.c */
void read_frames(struct tab *tab, const char *data, size_t length);

/* phases.c */
extern int is_race;
void waves(size_t writers, size_t size, double seconds);
void pace(size_t writers, double per_second, double seconds);
void race(size_t writers, double seconds);
void rest(double seconds);

#endif
