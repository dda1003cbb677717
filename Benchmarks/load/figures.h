// What every load program measures with: clocks, CPU accounts, a histogram, one JSON object.
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

UNUSED static void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, errno ? strerror(errno) : "failed");
    exit(1);
}

// --- clocks, in nanoseconds ---------------------------------------------------

UNUSED static int64_t clock_ns(clockid_t clock) {
    struct timespec t;
    if (clock_gettime(clock, &t)) die("clock_gettime");
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

UNUSED static int64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

UNUSED static int64_t wall_ms(void) { return clock_ns(CLOCK_REALTIME) / 1000000; }

// --- CPU accounts --------------------------------------------------------------

// CPU of a whole process, all its threads, user and system: what /proc/PID/stat says in steps of 10 ms, in ns.
UNUSED static int64_t process_cpu_ns(pid_t pid) {
    clockid_t clock;
    if (!pid) return 0;
    if ((errno = clock_getcpuclockid(pid, &clock))) die("CPU clock of the server");
    return clock_ns(clock);
}

// CPU of the whole machine so far, stolen time included; steps of 10 ms.
UNUSED static int64_t machine_cpu_ns(void) {
    unsigned long long user, nice, system, idle, wait, irq, softirq, steal;
    FILE *f = fopen("/proc/stat", "r");
    if (!f || fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait, &irq,
                     &softirq, &steal) != 8)
        die("/proc/stat");
    fclose(f);
    return (int64_t)((user + nice + system + irq + softirq + steal) * (1000000000ull / sysconf(_SC_CLK_TCK)));
}

// Resident memory of a process in bytes.
UNUSED static double resident(pid_t pid) {
    char path[64], line[256];
    double kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *f = fopen(path, "r");
    if (!f) die(path);
    while (fgets(line, sizeof line, f)) if (sscanf(line, "VmRSS: %lf kB", &kib) == 1) break;
    fclose(f);
    return kib * 1024;
}

struct account { int64_t wall, server, client, machine; };

UNUSED static struct account account_now(pid_t server) {
    return (struct account){now_ns(), process_cpu_ns(server), clock_ns(CLOCK_PROCESS_CPUTIME_ID), machine_cpu_ns()};
}

// --- histogram -------------------------------------------------------------------
// Log-linear like HdrHistogram with two significant digits: 128 counters for each power of two, so a value read back
// is at most 0.8 % too high; nothing is dropped, and max is exact.

enum { SUB = 128, SUB_BITS = 7, POWERS = 44 };

struct histogram { uint64_t count[POWERS * SUB]; uint64_t total; int64_t max; double sum; };

static unsigned histogram_index(uint64_t ns) {
    if (ns < SUB) return ns;
    unsigned power = 63 - __builtin_clzll(ns) - SUB_BITS;       // ns >> power is in 128..<256
    unsigned index = (power + 1) * SUB + (ns >> power) - SUB;
    return index < POWERS * SUB ? index : POWERS * SUB - 1;
}

UNUSED static void histogram_add(struct histogram *h, int64_t ns) {
    if (ns < 0) ns = 0;
    h->count[histogram_index(ns)]++;
    h->total++;
    h->sum += ns;
    if (ns > h->max) h->max = ns;
}

// The value that `share` of all are not above, in ms: its bucket's upper end.
UNUSED static double histogram_ms(const struct histogram *h, double share) {
    uint64_t wanted = share * h->total, seen = 0;
    if (wanted >= h->total) wanted = h->total ? h->total - 1 : 0;
    for (unsigned i = 0; i < POWERS * SUB; i++) {
        seen += h->count[i];
        if (seen <= wanted) continue;
        unsigned power = i / SUB;
        uint64_t top = power ? (uint64_t)(i % SUB + SUB + 1) << (power - 1) : i + 1;
        return (top > (uint64_t)h->max ? (uint64_t)h->max : top) / 1e6;
    }
    return 0;
}

// --- report -------------------------------------------------------------------------

UNUSED static void print_latency(const char *name, const struct histogram *h) {
    printf(", \"%sp50_ms\": %.3f, \"%sp90_ms\": %.3f, \"%sp99_ms\": %.3f, \"%sp999_ms\": %.3f, \"%smax_ms\": %.3f",
           name, histogram_ms(h, .5), name, histogram_ms(h, .9), name, histogram_ms(h, .99), name,
           histogram_ms(h, .999), name, h->max / 1e6);
}

// CPU per operation, and cores taken by each: client_busy well under 1 says that the (single-threaded) client is not
// what held the load back; others_busy over 0.15 says to distrust the figure.
UNUSED static void print_account(struct account from, struct account to, double ops) {
    double wall = to.wall - from.wall, server = to.server - from.server, client = to.client - from.client;
    if (ops > 0)
        printf(", \"server_cpu_us_per_op\": %.4f, \"client_cpu_us_per_op\": %.4f", server / 1e3 / ops,
               client / 1e3 / ops);
    printf(", \"server_busy\": %.3f, \"client_busy\": %.3f, \"others_busy\": %.3f", server / wall, client / wall,
           (to.machine - from.machine - server - client) / wall);
}
