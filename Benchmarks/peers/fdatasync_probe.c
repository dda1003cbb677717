// The disk's own limit: 4 KiB written over a file that exists, each write followed by fdatasync.
// usage: fdatasync_probe DIRECTORY SECONDS       prints: measurement figure value
#include "tls.h"

int main(int argc, char **argv) {
    static char page[4096];
    char path[4096];
    if (argc != 3) return 2;
    double seconds = atof(argv[2]);
    snprintf(path, sizeof path, "%s/flush", argv[1]);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600), room = 1024;
    if (fd < 0) die(path);
    for (int i = 0; i < room; i++) if (write(fd, page, sizeof page) < 0) die("write");
    fsync(fd);
    struct times t = {0};
    double began = now();
    for (int i = 0; now() - began < seconds; i++) {
        double at = now();
        page[i % 4096]++;
        if (pwrite(fd, page, sizeof page, i % room * 4096l) < 0 || fdatasync(fd)) die("fdatasync");
        times_add(&t, now() - at);
    }
    printf("fdatasync ops_per_s %.0f\n", t.n / (now() - began));
    printf("fdatasync p50_ms %.4f\n", 1e3 * times_at(&t, .5));
    printf("fdatasync p99_ms %.4f\n", 1e3 * times_at(&t, .99));
    return 0;
}
