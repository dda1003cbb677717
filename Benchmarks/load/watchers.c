// Watches a tally on many streams and measures how old the figures are when they arrive. One JSON object on standard
// output.
//
// usage: watchers --data DIR --port N [--pid SERVER] [--connections 1000] [--streams 1] [--interval-ms 250]
//                 [--seconds 5] [--warmup 1] [--acknowledgements FILE]
//
// age_*: from as_of_ms, the server's word for when the figures were current, until they were read here, over all
// deliveries (1 ms steps). age_last_*: of each interval the oldest: the age at the last watcher.
// stale_*, stale_last_*: the same with a measure the server has no part in: for how long a ballot that the figures
// leave out had been acknowledged already, 0 if there was none. Needs --acknowledgements, written by `votes`.
// A tally whose revision or number of ballots goes back, or a stream that ends, is an error.
#include <getopt.h>
#include "acknowledgements.h"
#include "link.h"

struct watcher { uint64_t revision, ballots, events; };

struct connection { struct link link; struct watcher *watchers; };     // the link first: what epoll names

static struct histogram age, age_last, stale, stale_last;
static int64_t oldest_age, oldest_stale;         // of this interval
static int64_t *acknowledgements;
static uint64_t updates, snapshots, received;
static unsigned streams = 1;
static bool measuring;

static uint64_t total_ballots(struct view window) {
    uint64_t which = 0, ballots = 0;
    for (struct field f; next_field(&window, &f);) {
        if (f.number == 1) which = f.value;
        if (f.number == 2) ballots = f.value;
    }
    return which == 5 ? ballots : 0;            // WINDOW_TOTAL
}

static void on_frame(void *owner, uint32_t stream, uint8_t type, uint8_t flags, struct view body) {
    struct connection *c = owner;
    if (type != DATA || stream / 2 >= streams || flags) {
        struct view payload, text = {NULL, NULL};
        unsigned code = type == RESPONSE ? response(body, &payload, &text) : 0;
        fprintf(stderr, "watchers: a watch ended: code %u %.*s\n", code, (int)(text.end - text.at),
                text.at ? (const char *)text.at : "");
        exit(1);
    }
    struct watcher *w = &c->watchers[stream / 2];
    uint64_t kind = 0, revision = 0, ballots = 0;
    int64_t as_of = 0;
    for (struct field f; next_field(&body, &f);) {
        if (f.number == 1) kind = f.value;
        if (f.number != 2) continue;
        for (struct field t; next_field(&f.body, &t);) {
            if (t.number == 5) revision = t.value;
            if (t.number == 7) as_of = t.value;
            if (t.number == 9) ballots += total_ballots(t.body);
        }
    }
    if (kind != 1 && kind != 2 && kind != 3) errno = 0, die("a watch told something unexpected");
    if (revision < w->revision || (kind != 3 && ballots < w->ballots)) errno = 0, die("a tally went back");
    w->revision = revision;
    w->events++;
    received++;
    if (kind != 3) w->ballots = ballots;
    if (kind == 1) snapshots++;
    if (kind != 2 || !measuring) return;
    updates++;
    int64_t old = (wall_ms() - as_of) * 1000000;
    histogram_add(&age, old);
    if (old > oldest_age) oldest_age = old;
    if (!acknowledgements || ballots >= ACKNOWLEDGEMENTS) return;
    int64_t missed = acknowledgements[ballots];         // of the first ballot that is not in the figures
    old = missed ? now_ns() - missed : 0;
    histogram_add(&stale, old);
    if (old > oldest_stale) oldest_stale = old;
}

static void end_interval(void) {
    if (oldest_age >= 0) histogram_add(&age_last, oldest_age);
    if (oldest_stale >= 0) histogram_add(&stale_last, oldest_stale);
    oldest_age = oldest_stale = -1;
}

int main(int argc, char **argv) {
    const char *data = NULL;
    int port = 0;
    pid_t server = 0;
    unsigned connections = 1000, interval = 250;
    double seconds = 5, warmup = 1;
    static const struct option options[] = {
        {"data", 1, 0, 'd'}, {"port", 1, 0, 'p'}, {"pid", 1, 0, 'P'}, {"connections", 1, 0, 'c'},
        {"streams", 1, 0, 'm'}, {"interval-ms", 1, 0, 'i'}, {"seconds", 1, 0, 's'}, {"warmup", 1, 0, 'w'},
        {"acknowledgements", 1, 0, 'a'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (o) {
        case 'd': data = optarg; break;
        case 'p': port = atoi(optarg); break;
        case 'P': server = atoi(optarg); break;
        case 'c': connections = atoi(optarg); break;
        case 'm': streams = atoi(optarg); break;
        case 'i': interval = atoi(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'w': warmup = atof(optarg); break;
        case 'a': acknowledgements = acknowledgements_map(optarg); break;
        default: return 64;
    }
    if (!data || !port || !connections || !streams || !interval || optind < argc) {
        fprintf(stderr, "usage: see the head of watchers.c\n");
        return 64;
    }

    SSL_CTX *ctx = tls_context(data, "official");
    int ep = epoll_create1(0);
    struct connection *all = calloc(connections, sizeof *all);
    struct bytes request = {0}, payload = {0};
    put_text(&payload, 1, "hai-chau-hai-long");
    put_number(&payload, 4, interval);
    put_text(&request, 1, "binhchon.v1.TallyService");
    put_text(&request, 2, "WatchTally");
    put_field(&request, 3, payload.at, payload.count);
    links_open(all, sizeof *all, connections, ctx, port, ep);
    for (unsigned i = 0; i < connections; i++) {
        struct connection *c = &all[i];
        c->watchers = calloc(streams, sizeof *c->watchers);
        for (unsigned s = 0; s < streams; s++) {
            put_header(&c->link.out, request.count, 2 * s + 1, REQUEST, CLOSED);
            put(&c->link.out, request.at, request.count);
        }
        link_flush(&c->link);
    }
    // The driver starts the votes when everybody watches.
    fprintf(stderr, "connected\n");

    int64_t began = now_ns(), measure = began + warmup * 1e9, end = measure + seconds * 1e9, tick = 0;
    struct account from = {0}, to;
    for (;;) {
        int64_t t = now_ns();
        if (!measuring && t >= measure) {
            measuring = true, from = account_now(server);
            oldest_age = oldest_stale = -1;
            tick = t + interval * 1000000ll;
        }
        if (measuring && t >= tick) end_interval(), tick += interval * 1000000ll;
        if (t >= end) break;
        struct epoll_event ready[256];
        int n = epoll_wait(ep, ready, 256, 5);
        if (n < 0 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < n; i++) {
            struct connection *c = ready[i].data.ptr;
            link_read(&c->link, c, on_frame);
            link_flush(&c->link);
        }
    }
    to = account_now(server);
    unsigned silent = 0;
    for (unsigned i = 0; i < connections; i++)
        for (unsigned s = 0; s < streams; s++) silent += !all[i].watchers[s].events;
    for (unsigned i = 0; i < connections; i++) link_close(&all[i].link);

    double took = (to.wall - from.wall) / 1e9;
    printf("{\"watchers\": %u, \"connections\": %u, \"interval_ms\": %u, \"seconds\": %.3f, \"snapshots\": %llu, "
           "\"received\": %llu, \"ops\": %llu, \"ops_per_s\": %.1f, \"server_cpu_ms\": %.1f",
           connections * streams, connections, interval, took, (unsigned long long)snapshots, (unsigned long long)received, (unsigned long long)updates,
           updates / took, (to.server - from.server) / 1e6);
    print_latency("age_", &age);
    print_latency("age_last_", &age_last);
    if (acknowledgements) print_latency("stale_", &stale), print_latency("stale_last_", &stale_last);
    print_account(from, to, updates);
    printf(", \"silent\": %u}\n", silent);
    if (silent) fprintf(stderr, "watchers: %u watchers were told nothing\n", silent);
    return silent != 0;
}
