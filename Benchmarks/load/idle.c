// Opens connections with client certificates, leaves them alone, and says what the server's memory grew by for each.
// One JSON object on standard output.
//
// usage: idle --data DIR --port N --pid SERVER [--connections 10000]
//
// The first 64 connections come before the first look at the memory, so that what the server keeps once for all is
// not counted. Each connection is pinged in the end, to prove that the server held every one.
#include <getopt.h>
#include "link.h"

enum { FIRST = 64 };

static unsigned pongs;

static void on_frame(void *owner, uint32_t stream, uint8_t type, uint8_t flags, struct view body) {
    (void)owner, (void)stream, (void)type, (void)flags, (void)body;
    errno = 0, die("an idle connection was sent a message");
}

// As link_read, for the one frame that is expected: the echo of our PING.
static bool read_pong(struct link *l) {
    uint8_t in[64];
    ERR_clear_error();
    int n = SSL_read(l->ssl, in, sizeof in);
    if (n == HEADER + 8 && in[8] == PING && in[9] == 1) return true;
    if (n > 0) errno = 0, die("a PING's echo is wrong");
    if (SSL_get_error(l->ssl, n) != SSL_ERROR_WANT_READ) errno = 0, die_tls("the server closed an idle connection");
    return false;
}

int main(int argc, char **argv) {
    const char *data = NULL;
    int port = 0;
    pid_t server = 0;
    unsigned connections = 10000;
    static const struct option options[] = {
        {"data", 1, 0, 'd'}, {"port", 1, 0, 'p'}, {"pid", 1, 0, 'P'}, {"connections", 1, 0, 'c'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (o) {
        case 'd': data = optarg; break;
        case 'p': port = atoi(optarg); break;
        case 'P': server = atoi(optarg); break;
        case 'c': connections = atoi(optarg); break;
        default: return 64;
    }
    if (!data || !port || !server || connections <= FIRST || optind < argc) {
        fprintf(stderr, "usage: see the head of idle.c\n");
        return 64;
    }

    SSL_CTX *ctx = tls_context(data, "kiosk");
    int ep = epoll_create1(0);
    struct link *all = calloc(connections, sizeof *all);
    links_open(all, sizeof *all, FIRST, ctx, port, ep);
    usleep(500000);
    double first = resident(server);
    int64_t began = now_ns();
    links_open(all + FIRST, sizeof *all, connections - FIRST, ctx, port, ep);
    double took = (now_ns() - began) / 1e9;
    for (unsigned i = 0; i < connections; i++) link_read(&all[i], NULL, on_frame);       // the session tickets
    sleep(1);
    double all_open = resident(server);

    for (unsigned i = 0; i < connections; i++) {
        put_header(&all[i].out, 8, 0, PING, 0);
        put(&all[i].out, "idle....", 8);
        link_flush(&all[i]);
    }
    for (int64_t end = now_ns() + 30000000000ll; pongs < connections;) {
        struct epoll_event ready[256];
        int n = epoll_wait(ep, ready, 256, 1000);
        if (now_ns() > end) errno = 0, die("not every connection answered a PING");
        for (int i = 0; i < n; i++) pongs += read_pong(ready[i].data.ptr);
    }
    usleep(500000);
    double after = resident(server);
    for (unsigned i = 0; i < connections; i++) link_close(&all[i]);
    sleep(2);
    printf("{\"connections\": %u, \"open_seconds\": %.2f, \"bytes_per_connection\": %.0f, "
           "\"bytes_per_connection_after_ping\": %.0f, \"resident_mib\": %.1f, \"resident_mib_after_closing\": %.1f}\n",
           connections, took, (all_open - first) / (connections - FIRST), (after - first) / (connections - FIRST),
           all_open / 1048576, resident(server) / 1048576);
    return 0;
}
