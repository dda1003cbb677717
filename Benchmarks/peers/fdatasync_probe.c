// The disk's own limit: 4 KiB written over a file that exists, each write followed by fdatasync.
// usage: fdatasync_probe DIRECTORY SECONDS       prints: measurement figure value
#include <fcntl.h>
#include "../load/figures.h"

int main(int argc, char **argv) {
    static char page[4096];
    static struct histogram latency;
    char path[4096];
    if (argc != 3) return 64;
    snprintf(path, sizeof path, "%s/flush", argv[1]);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600), room = 1024;
    if (fd < 0) die(path);
    for (int i = 0; i < room; i++) if (write(fd, page, sizeof page) != sizeof page) die("write");
    if (fsync(fd)) die("fsync");
    int64_t began = now_ns(), end = began + atof(argv[2]) * 1e9;
    for (int i = 0; now_ns() < end; i++) {
        int64_t at = now_ns();
        page[i % 4096]++;
        if (pwrite(fd, page, sizeof page, i % room * 4096l) != sizeof page || fdatasync(fd)) die("fdatasync");
        histogram_add(&latency, now_ns() - at);
    }
    double took = now_ns() - began;
    printf("fdatasync ops_per_s %.0f\nfdatasync p50_ms %.4f\nfdatasync p99_ms %.4f\n", 1e9 * latency.total / took,
           histogram_ms(&latency, .5), histogram_ms(&latency, .99));
    return 0;
}
