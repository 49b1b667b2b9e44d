/* The ways to post that are measured. Writers are the first connections, in turn. */
#include "load.h"

#define PATIENCE 15000000 /* microseconds for everything to arrive */

int is_race;

static struct tab *writer(uint64_t turn, size_t writers)
{
    for (size_t i = 0; i < writers; i++) {
        struct tab *tab = &tabs[(turn + i) % writers];
        if (tab->stage == LIVE)
            return tab;
    }
    return NULL;
}

static void until_all_is_there(uint64_t deliveries, uint64_t acks)
{
    int64_t deadline = now() + PATIENCE;
    while (tally.deliveries < deliveries || tally.acks + tally.refused < acks) {
        pump(50);
        if (now() > deadline) {
            tally.lost = deliveries > tally.deliveries ? deliveries - tally.deliveries : 0;
            return;
        }
    }
}

/* So many posts at once; the next wave when everybody has them all. */
void waves(size_t writers, size_t size, double seconds)
{
    begin_phase();
    uint64_t turn = 0, deliveries = 0, acks = 0;
    while (now() - tally.began < seconds * 1e6 && !tally.lost && live_count) {
        for (size_t i = 0; i < size; i++) {
            struct tab *tab = writer(turn++, writers);
            if (!tab)
                break;
            post(tab);
            acks++;
            deliveries += live_count;
        }
        until_all_is_there(deliveries, acks);
    }
    end_phase();
}

/* So many posts a second, however long they take. */
void pace(size_t writers, double per_second, double seconds)
{
    begin_phase();
    uint64_t turn = 0, deliveries = 0, acks = 0;
    while (now() - tally.began < seconds * 1e6) {
        int64_t due = (int64_t)(tally.began + turn * 1e6 / per_second);
        if (now() < due) {
            pump((int)((due - now()) / 1000) + 1);
            continue;
        }
        struct tab *tab = writer(turn++, writers);
        if (!tab)
            break;
        post(tab);
        acks++;
        deliveries += live_count;
    }
    until_all_is_there(deliveries, acks);
    end_phase();
}

/* Each writer posts again as soon as it is acknowledged. */
void race(size_t writers, double seconds)
{
    begin_phase();
    is_race = 1;
    for (size_t i = 0; i < writers && i < tab_count; i++)
        if (tabs[i].stage == LIVE)
            post(&tabs[i]);
    while (now() - tally.began < seconds * 1e6 && live_count)
        pump(50);
    is_race = 0;
    end_phase();
    /* What is still under way must not fall into the next phase's time. */
    int64_t quiet = now();
    while (tally.acks + tally.refused < tally.next - tally.first && now() - quiet < PATIENCE)
        pump(50);
}

/* Nothing but reading. */
void rest(double seconds)
{
    begin_phase();
    while (now() - tally.began < seconds * 1e6)
        pump(50);
    end_phase();
}
