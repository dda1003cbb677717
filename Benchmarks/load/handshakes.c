// TLS 1.3 handshakes with client certificates against any server that trusts DATA's authority: several at a time, each
// on a connection of its own. One JSON object on standard output.
//
// usage: handshakes --data DIR --port N [--pid SERVER] [--connections 32] [--resumed] [--seconds 5] [--warmup 1]
//
// So many --connections are being made at any time. A --resumed one uses the ticket of the one before in its slot, the
// first in each is full. A handshake is done when the server's first ticket came: only then has the server read our
// certificate and Finished. Then the connection is reset, so that no port stays in TIME_WAIT. No ALPN, since the peers
// know none of ours; the server's certificate is verified.
#include <getopt.h>
#include "link.h"

struct slot { SSL *ssl; SSL_SESSION *session; int64_t began; int tickets; };

static SSL_CTX *ctx;
static int port, ep;
static bool resume;
static struct histogram latency;
static uint64_t full, resumed;

static int on_ticket(SSL *ssl, SSL_SESSION *session) {
    struct slot *s = SSL_get_app_data(ssl);
    if (s->tickets++ || !resume) return 0;
    SSL_SESSION_free(s->session);
    s->session = session;
    return 1;                               // keeps it
}

static void open_next(struct slot *s) {
    s->began = now_ns();
    s->tickets = 0;
    s->ssl = SSL_new(ctx);
    int fd = tcp_dial(port, SOCK_NONBLOCK);
    struct linger reset = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    SSL_set_fd(s->ssl, fd);
    SSL_set_app_data(s->ssl, (char *)s);
    SSL_set_connect_state(s->ssl);
    if (s->session) SSL_set_session(s->ssl, s->session);
    watch(ep, fd, s);
}

// True once the ticket came; then the connection is closed.
static bool proceed(struct slot *s) {
    char byte;
    ERR_clear_error();
    int n = SSL_read(s->ssl, &byte, 1);     // shakes hands first
    if (!s->tickets) {
        int e = SSL_get_error(s->ssl, n);
        if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE) die_tls("handshake");
        return false;
    }
    if (SSL_session_reused(s->ssl)) resumed++;
    else full++;
    int fd = SSL_get_fd(s->ssl);
    SSL_set_shutdown(s->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);    // else its session counts as bad
    SSL_free(s->ssl);
    close(fd);
    return true;
}

int main(int argc, char **argv) {
    const char *data = NULL;
    pid_t server = 0;
    unsigned slots = 32;
    double seconds = 5, warmup = 1;
    static const struct option options[] = {
        {"data", 1, 0, 'd'}, {"port", 1, 0, 'p'}, {"pid", 1, 0, 'P'}, {"connections", 1, 0, 'c'},
        {"seconds", 1, 0, 's'}, {"warmup", 1, 0, 'w'}, {"resumed", 0, 0, 'r'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (o) {
        case 'd': data = optarg; break;
        case 'p': port = atoi(optarg); break;
        case 'P': server = atoi(optarg); break;
        case 'c': slots = atoi(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'w': warmup = atof(optarg); break;
        case 'r': resume = true; break;
        default: return 64;
    }
    if (!data || !port || !slots || optind < argc) {
        fprintf(stderr, "usage: see the head of handshakes.c\n");
        return 64;
    }

    ctx = tls_context(data, "kiosk");
    SSL_CTX_set_alpn_protos(ctx, NULL, 0);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, on_ticket);
    ep = epoll_create1(0);
    struct slot *all = calloc(slots, sizeof *all);
    int64_t measure = now_ns() + warmup * 1e9, end = measure + seconds * 1e9;
    struct account from = {0}, to = {0};
    bool measuring = false, more = true;
    uint64_t measured = 0;
    for (unsigned i = 0; i < slots; i++) open_next(&all[i]);
    for (unsigned left = slots; left;) {
        int64_t t = now_ns();
        if (more && !measuring && t >= measure) measuring = true, from = account_now(server);
        if (more && t >= end) measuring = more = false, to = account_now(server);
        struct epoll_event ready[64];
        int n = epoll_wait(ep, ready, 64, 10000);
        if (n <= 0) errno = 0, die("the server is silent");
        for (int i = 0; i < n; i++) {
            struct slot *s = ready[i].data.ptr;
            if (!proceed(s)) continue;
            if (measuring) histogram_add(&latency, now_ns() - s->began), measured++;
            if (more) open_next(s);
            else left--;
        }
    }
    if (resume ? full != slots : resumed != 0) {
        fprintf(stderr, "handshakes: %llu full and %llu resumed\n", (unsigned long long)full,
                (unsigned long long)resumed);
        return 1;
    }
    double took = (to.wall - from.wall) / 1e9;
    printf("{\"kind\": \"%s\", \"at_a_time\": %u, \"seconds\": %.3f, \"ops\": %llu, \"ops_per_s\": %.1f",
           resume ? "resumed" : "full", slots, took, (unsigned long long)measured, measured / took);
    print_latency("", &latency);
    print_account(from, to, measured);
    printf("}\n");
    return 0;
}
