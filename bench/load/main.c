/* Commands, a line each; every one is answered by a line of JSON.
 *
 *     watch PID [PID ...]               the servers whose processor time is read
 *     open FILE AT_ONCE HELLO           connect all of FILE; HELLO 0: never ask for a welcome
 *     waves WRITERS SIZE SECONDS
 *     pace WRITERS PER_SECOND SECONDS
 *     race WRITERS SECONDS
 *     rest SECONDS
 *     close
 */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char line[4096], file[2048];
    while (fgets(line, sizeof line, stdin)) {
        size_t first, second;
        double rate, seconds;
        int hello;
        if (!strncmp(line, "watch", 5)) {
            server_count = 0;
            for (char *word = strtok(line + 5, " \n"); word && server_count < 16;
                 word = strtok(NULL, " \n"))
                servers[server_count++] = atoi(word);
            puts("{}");
            fflush(stdout);
        } else if (sscanf(line, "open %2047s %zu %d", file, &first, &hello) == 3) {
            read_addresses(file);
            open_tabs(first, hello);
        } else if (sscanf(line, "waves %zu %zu %lf", &first, &second, &seconds) == 3) {
            waves(first, second, seconds);
        } else if (sscanf(line, "pace %zu %lf %lf", &first, &rate, &seconds) == 3) {
            pace(first, rate, seconds);
        } else if (sscanf(line, "race %zu %lf", &first, &seconds) == 2) {
            race(first, seconds);
        } else if (sscanf(line, "rest %lf", &seconds) == 1) {
            rest(seconds);
        } else if (!strncmp(line, "close", 5)) {
            close_tabs();
            puts("{}");
            fflush(stdout);
        } else {
            fprintf(stderr, "Not a command: %s", line);
            return 2;
        }
    }
    return 0;
}
