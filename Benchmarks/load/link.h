// A TLS 1.3 connection to the server with a client certificate, non-blocking, under epoll; frames in and out.
#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include "message.h"

struct link {
    SSL *ssl;
    int fd;
    size_t written;             // of `out`
    struct bytes out, in;
};

UNUSED static void die_tls(const char *what) {
    ERR_print_errors_fp(stderr);
    die(what);
}

// A context that speaks TLS 1.3 only and trusts the one authority.
static SSL_CTX *tls_client(const char *authority) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(
        ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    if (SSL_CTX_load_verify_locations(ctx, authority, NULL) != 1) die_tls(authority);
    return ctx;
}

// A context that trusts DATA/certs/ca.pem and shows DATA/certs/ROLE.pem, as `binhchond init --demo` makes them.
UNUSED static SSL_CTX *tls_context(const char *data, const char *role) {
    static const uint8_t alpn[] = "\x0bttrpc-ext/1";
    char path[4096];
    snprintf(path, sizeof path, "%s/certs/ca.pem", data);
    SSL_CTX *ctx = tls_client(path);
    snprintf(path, sizeof path, "%s/certs/%s.pem", data, role);
    if (SSL_CTX_use_certificate_chain_file(ctx, path) != 1) die_tls(path);
    snprintf(path, sizeof path, "%s/certs/%s.key", data, role);
    if (SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) != 1) die_tls(path);
    if (SSL_CTX_set_alpn_protos(ctx, alpn, sizeof alpn - 1)) die_tls("ALPN");
    return ctx;
}

UNUSED static int tcp_dial(int port, int flags) {
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | flags, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0) die("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) && errno != EINPROGRESS) die("connect");
    return fd;
}

UNUSED static void watch(int ep, int fd, void *what) {
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = what};
    if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
}

// Connects and completes the handshake, then goes non-blocking.
static SSL *tls_dial(SSL_CTX *ctx, int port) {
    SSL *ssl = SSL_new(ctx);
    int fd = tcp_dial(port, 0);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) != 1) die_tls("handshake");
    if (fcntl(fd, F_SETFL, O_NONBLOCK)) die("fcntl");
    return ssl;
}

// Events of `ep` carry the link's address.
static void link_open(struct link *l, SSL_CTX *ctx, int port, int ep) {
    const uint8_t *alpn;
    unsigned length;
    l->ssl = tls_dial(ctx, port);
    l->fd = SSL_get_fd(l->ssl);
    SSL_get0_alpn_selected(l->ssl, &alpn, &length);
    if (length != 11 || memcmp(alpn, "ttrpc-ext/1", 11)) errno = 0, die("the server does not speak ttrpc-ext/1");
    watch(ep, l->fd, l);
}

// Opens many: links that lie `stride` bytes apart. Some at a time, because a handshake is mostly waiting for the other
// end's processor; the threads end with it, the load itself is one thread.
struct opening { void *first; size_t stride; unsigned count, next; SSL_CTX *ctx; int port, ep; };

static void *open_some(void *arg) {
    struct opening *o = arg;
    for (unsigned i; (i = __atomic_fetch_add(&o->next, 1, __ATOMIC_RELAXED)) < o->count;)
        link_open((struct link *)((char *)o->first + i * o->stride), o->ctx, o->port, o->ep);
    return NULL;
}

UNUSED static void links_open(void *first, size_t stride, unsigned count, SSL_CTX *ctx, int port, int ep) {
    struct opening o = {first, stride, count, 0, ctx, port, ep};
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
        if ((errno = pthread_create(&threads[i], NULL, open_some, &o))) die("thread");
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
}

// Writes what it can of `out`; the rest goes when epoll says so.
UNUSED static void link_flush(struct link *l) {
    while (l->written < l->out.count) {
        ERR_clear_error();
        int n = SSL_write(l->ssl, l->out.at + l->written, l->out.count - l->written);
        if (n <= 0) {
            if (SSL_get_error(l->ssl, n) == SSL_ERROR_WANT_WRITE) return;
            die_tls("write");
        }
        l->written += n;
    }
    l->written = l->out.count = 0;
}

// Reads what is there and hands out whole frames.
typedef void frame_taker(void *owner, uint32_t stream, uint8_t type, uint8_t flags, struct view body);

UNUSED static void link_read(struct link *l, void *owner, frame_taker *on_frame) {
    for (;;) {
        reserve(&l->in, 16 * 1024);
        ERR_clear_error();
        int n = SSL_read(l->ssl, l->in.at + l->in.count, l->in.room - l->in.count);
        if (n <= 0) {
            if (SSL_get_error(l->ssl, n) == SSL_ERROR_WANT_READ) break;
            errno = 0, die_tls("the server closed a connection");
        }
        l->in.count += n;
        size_t from = 0;
        while (l->in.count - from >= HEADER) {
            const uint8_t *h = l->in.at + from;
            uint32_t words[2];
            memcpy(words, h, 8);
            size_t length = ntohl(words[0]);
            if (l->in.count - from < HEADER + length) break;
            struct view body = {h + HEADER, h + HEADER + length};
            if (h[8] == GOAWAY) errno = 0, die("the server says GOAWAY");
            if (h[8] == PING && !(h[9] & 1)) {
                put_header(&l->out, length, 0, PING, 1);
                put(&l->out, body.at, length);
            } else if (h[8] != PING) {
                on_frame(owner, ntohl(words[1]), h[8], h[9], body);
            }
            from += HEADER + length;
        }
        memmove(l->in.at, l->in.at + from, l->in.count -= from);
    }
    // An idle connection keeps no buffer.
    if (!l->in.count && l->in.room > 256 * 1024) free(l->in.at), l->in = (struct bytes){0};
}

UNUSED static void link_close(struct link *l) {
    SSL_shutdown(l->ssl);
    SSL_free(l->ssl);
    close(l->fd);
    free(l->in.at), free(l->out.at);
}
