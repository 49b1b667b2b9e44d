/* What is counted and timed, of ourselves and of the servers under test. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct tally tally;
int servers[16];
size_t server_count;

/* When each post was sent, by its number. */
static int64_t *sent;
static uint64_t sent_room;

int64_t now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

static double own_cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The processor time of the servers so far, all of their threads, user's and kernel's. */
static double server_cpu(void)
{
    double ticks = 0;
    for (size_t i = 0; i < server_count; i++) {
        char path[64], line[2048];
        snprintf(path, sizeof path, "/proc/%d/stat", servers[i]);
        FILE *file = fopen(path, "r");
        if (!file)
            continue;
        size_t length = fread(line, 1, sizeof line - 1, file);
        fclose(file);
        line[length] = 0;
        /* The program's name may hold anything, so count from behind it. */
        char *after = strrchr(line, ')');
        unsigned long user, kernel;
        if (after && sscanf(after + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                            &user, &kernel) == 2)
            ticks += user + kernel;
    }
    return ticks / sysconf(_SC_CLK_TCK);
}

void keep(struct samples *samples, int64_t value)
{
    if (samples->count == samples->room) {
        samples->room = samples->room ? samples->room * 2 : 1 << 16;
        samples->values = realloc(samples->values, samples->room * sizeof *samples->values);
        if (!samples->values)
            abort();
    }
    samples->values[samples->count++] = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

uint64_t next_number(void)
{
    if (tally.next == sent_room) {
        sent_room = sent_room ? sent_room * 2 : 1 << 16;
        sent = realloc(sent, sent_room * sizeof *sent);
        if (!sent)
            abort();
    }
    sent[tally.next] = now();
    return tally.next++;
}

static int is_ours(uint64_t number)
{
    return number >= tally.first && number < tally.next;
}

void delivered(uint64_t number)
{
    if (is_ours(number)) {
        tally.deliveries++;
        keep(&tally.receipts, now() - sent[number]);
    }
}

void answered(struct tab *tab, uint64_t number)
{
    if (!is_ours(number))
        return;
    tally.acks++;
    keep(&tally.answers, now() - sent[number]);
    if (is_race)
        post(tab);
}

static int by_size(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* The value below which that share of the samples lies; 0 of none. */
static uint32_t quantile(struct samples *samples, double share)
{
    if (!samples->count)
        return 0;
    qsort(samples->values, samples->count, sizeof *samples->values, by_size);
    size_t index = (size_t)(share * samples->count);
    return samples->values[index < samples->count ? index : samples->count - 1];
}

void begin_phase(void)
{
    tally.first = tally.next;
    tally.deliveries = tally.frames = tally.acks = tally.refused = tally.lost = 0;
    tally.receipts.count = tally.answers.count = tally.joins.count = 0;
    failed_count = 0;
    tally.server_began = server_cpu();
    tally.own_began = own_cpu();
    tally.began = now();
}

void end_phase(void)
{
    double seconds = (now() - tally.began) / 1e6;
    double server = server_cpu() - tally.server_began, own = own_cpu() - tally.own_began;
    printf("{\"seconds\": %.6f, \"posts\": %llu, \"deliveries\": %llu, \"frames\": %llu, "
           "\"acks\": %llu, \"refused\": %llu, \"lost\": %llu, \"live\": %zu, \"failed\": %zu, "
           "\"server_cpu\": %.3f, \"own_cpu\": %.3f",
           seconds, (unsigned long long)(tally.next - tally.first),
           (unsigned long long)tally.deliveries, (unsigned long long)tally.frames,
           (unsigned long long)tally.acks, (unsigned long long)tally.refused,
           (unsigned long long)tally.lost, live_count, failed_count, server, own);
    struct { const char *name; struct samples *samples; } all[] = {
        {"receipt", &tally.receipts}, {"ack", &tally.answers}, {"join", &tally.joins}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        printf(", \"%s_p50\": %u, \"%s_p99\": %u", all[i].name, quantile(all[i].samples, 0.5),
               all[i].name, quantile(all[i].samples, 0.99));
    printf("}\n");
    fflush(stdout);
}
