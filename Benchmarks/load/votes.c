// Casts ballots at a BinhChon server and checks every reply. One JSON object on standard output; exit status 1 and
// the first wrong reply on standard error if any reply was wrong.
//
// usage: votes --data DIR --port N [--pid SERVER] [--connections 64] [--in-flight 8] [--votes 1] [--seconds 5]
//              [--warmup 1] [--rate VOTES_PER_SECOND] [--count VOTES] [--acknowledgements FILE] [--tally] [--repeat]
//
// --votes 1: unary CastBallot, --in-flight of them outstanding on each connection; more: messages of so many ballots on
// one CastBallots stream per connection. Closed loop: a reply makes room for the next message. With --rate an open
// loop: messages are due at even times whatever the server does, and latency counts from the time a message was due,
// so that a stall is not hidden by the load that it held back. With --count: stops after so many instead of by time.
// --acknowledgements: a file that others map, see acknowledgements.h. --tally: asks for the tally (GetTally, as an
// official) instead of casting; a reply is right if it has figures and its revision does not go back.
// --repeat: sends every message twice, so that half of the replies are wrong: to check this program.
#include <getopt.h>
#include "acknowledgements.h"
#include "link.h"

enum { RING = 1024 };                       // unary calls whose stream ids are within so many calls of each other
enum { UNITS = 3, CHOICES = 5, TEMPLATES = UNITS * CHOICES };

struct message { int64_t began; bool busy; uint8_t (*ids)[16]; };

struct connection {
    struct link link;                       // first: what epoll names
    uint64_t sent, answered;
    unsigned outstanding;
    uint64_t revision;                      // of the last tally
    struct message *messages;               // of call n at [n % RING]
    bool touched;                           // has output to flush
};

static const char *data;
static int port, ep;
static pid_t server;
static unsigned connections = 64, in_flight = 8, votes = 1;
static double seconds = 5, warmup = 1, rate;
static uint64_t count = UINT64_MAX;

static struct histogram latency;
static bool tally, repeat, measuring;
static uint64_t measured, cast, acknowledged, wrong, outstanding;
static struct connection *all;
static int64_t *acknowledgements;

// --- ballots -----------------------------------------------------------------------

static uint64_t seed;

static uint64_t next_random(void) {         // xorshift64*
    seed ^= seed >> 12, seed ^= seed << 25, seed ^= seed >> 27;
    return seed * 2685821657736338717u;
}

// A Ballot of each unit and choice, with the place of what differs between ballots. Everything has a fixed width: a
// time in milliseconds is six bytes as a varint from 1971 to 2109.
static struct { struct bytes bytes; size_t id, time; } templates[TEMPLATES];
static int64_t second_ms, sent_ms;           // the clock, floored to the second and not

static void make_templates(void) {
    static const char *choices[CHOICES] = {"RKHL", "KHL", "BT", "HL", "RHL"};
    for (int i = 0; i < TEMPLATES; i++) {
        struct bytes *b = &templates[i].bytes, answer = {0};
        char unit[64];
        snprintf(unit, sizeof unit, "hai-chau/mot-cua/quay-0%d", i % UNITS + 1);
        put_text(&answer, 1, "hai-long");
        put_text(&answer, 2, choices[i / UNITS]);
        put_field(b, 1, "0123456789abcdef", 16);
        templates[i].id = b->count - 16;
        put_text(b, 2, "hai-chau-hai-long");
        put_text(b, 4, unit);
        put_number(b, 5, 1);                // CHANNEL_KIOSK
        put_number(b, 6, wall_ms());
        templates[i].time = b->count - 6;
        put_field(b, 7, answer.at, answer.count);
        free(answer.at);
    }
}

// A UUIDv7 whose clock is floored to the second, as the poll asks.
static void make_id(uint8_t id[16]) {
    uint64_t words[2] = {(uint64_t)second_ms << 16 | 0x7000 | (next_random() >> 52), next_random() >> 2 | 1ull << 63};
    for (int i = 0; i < 16; i++) id[i] = words[i / 8] >> (56 - 8 * (i % 8));
}

static void put_ballot(struct bytes *b, uint8_t id[16]) {
    unsigned pick = next_random() >> 40, i = pick % TEMPLATES;
    put_field(b, 1, templates[i].bytes.at, templates[i].bytes.count);
    uint8_t *ballot = b->at + b->count - templates[i].bytes.count;
    make_id(id);
    memcpy(ballot + templates[i].id, id, 16);
    put_varint_at(ballot + templates[i].time, second_ms);
}

// --- sending -------------------------------------------------------------------------

static void begin_stream(struct connection *c) {
    struct bytes request = {0};
    put_text(&request, 1, "binhchon.v1.BallotService");
    put_text(&request, 2, "CastBallots");
    put_header(&c->link.out, request.count, 1, REQUEST, OPEN);
    put(&c->link.out, request.at, request.count);
    free(request.at);
}

static void send_message(struct connection *c, int64_t began) {
    static struct bytes payload, request;
    struct message *m = &c->messages[c->sent % RING];
    if (!m->ids) m->ids = malloc(16 * votes);
    payload.count = request.count = 0;
    static uint64_t last_seed;
    static int64_t last_second_ms;
    // The very bytes of the message before, though the clock may have gone on.
    int64_t now_ms = second_ms;
    if (repeat && cast / votes % 2) seed = last_seed, second_ms = last_second_ms;
    last_seed = seed, last_second_ms = second_ms;
    for (unsigned i = 0; i < votes; i++) put_ballot(&payload, m->ids[i]);
    second_ms = now_ms;
    put_number(&payload, 2, sent_ms);
    if (tally) payload.count = 0, put_text(&payload, 1, "hai-chau-hai-long");
    if (votes == 1) {
        put_text(&request, 1, tally ? "binhchon.v1.TallyService" : "binhchon.v1.BallotService");
        put_text(&request, 2, tally ? "GetTally" : "CastBallot");
        put_field(&request, 3, payload.at, payload.count);
        put_number(&request, 4, 10000000000ll);     // 10 s, as binhchon's own client says
        put_header(&c->link.out, request.count, 2 * c->sent + 1, REQUEST, 0);
        put(&c->link.out, request.at, request.count);
    } else {
        put_header(&c->link.out, payload.count, 1, DATA, 0);
        put(&c->link.out, payload.at, payload.count);
    }
    m->began = began;
    m->busy = true;
    c->sent++, c->outstanding++, outstanding++;
    c->touched = true;
    cast += votes;
}

static bool has_room(struct connection *c) {
    return c->outstanding < in_flight && !c->messages[c->sent % RING].busy && cast < count;
}

// --- replies ---------------------------------------------------------------------------

static void complain(const char *what, unsigned code, struct view text) {
    if (wrong++) return;
    fprintf(stderr, "votes: %s, code %u ", what, code);
    if (text.at) fwrite(text.at, 1, text.end - text.at, stderr);
    fputc('\n', stderr);
}

// Whether a Receipt says: this very ballot, counted, and for the first time.
static bool is_counted(struct view receipt, const uint8_t id[16]) {
    bool same = false, counted = false, replayed = false;
    for (struct field f; next_field(&receipt, &f);) {
        if (f.number == 1) same = f.value == 16 && !memcmp(f.body.at, id, 16);
        if (f.number == 2) replayed = f.value;
        if (f.number == 3) counted = f.value;
    }
    return same && counted && !replayed;
}

static bool is_right_unary(struct view body, const uint8_t id[16]) {
    struct view payload, text;
    unsigned code = response(body, &payload, &text);
    if (code) return complain("refused", code, text), false;
    for (struct field f; next_field(&payload, &f);)
        if (f.number == 1 && is_counted(f.body, id)) return true;
    return complain("a receipt is missing or wrong", 0, text), false;
}

static bool is_right_tally(struct connection *c, struct view body) {
    struct view payload, text;
    unsigned code = response(body, &payload, &text);
    if (code) return complain("refused", code, text), false;
    uint64_t found = 0;
    for (struct field f; next_field(&payload, &f);)
        for (struct field t; f.number == 1 && next_field(&f.body, &t);)
            if (t.number == 5) found = t.value;
    if (!found || found < c->revision) return complain("a tally is missing or went back", 0, text), false;
    c->revision = found;
    return true;
}

static bool is_right_batch(struct view body, uint8_t (*ids)[16]) {
    unsigned n = 0;
    struct view text = {NULL, NULL};
    for (struct field result; next_field(&body, &result);) {
        if (result.number != 1) continue;
        bool right = false;
        for (struct field f; next_field(&result.body, &f);) {
            if (f.number == 2) right = n < votes && is_counted(f.body, ids[n]);
            if (f.number == 3) return complain("refused in a batch", status_code(f.body, &text), text), false;
        }
        if (!right) return complain("a receipt of a batch is wrong", 0, text), false;
        n++;
    }
    if (n != votes) return complain("a batch's results are missing", n, text), false;
    return true;
}

static void on_frame(void *owner, uint32_t stream, uint8_t type, uint8_t flags, struct view body) {
    struct connection *c = owner;
    struct view payload, text = {NULL, NULL};
    uint64_t call = votes == 1 ? stream / 2 : c->answered;
    struct message *m = &c->messages[call % RING];
    (void)flags;
    if (type != (votes == 1 ? RESPONSE : DATA) || call >= c->sent || !m->busy) {
        complain("unexpected frame", type == RESPONSE ? response(body, &payload, &text) : type, text);
        exit(1);
    }
    bool right = tally ? is_right_tally(c, body)
        : votes == 1 ? is_right_unary(body, m->ids[0]) : is_right_batch(body, m->ids);
    m->busy = false;
    c->answered++, c->outstanding--, outstanding--;
    if (!right) return;
    if (acknowledgements)
        for (unsigned i = 0; i < votes && acknowledged + i < ACKNOWLEDGEMENTS; i++)
            acknowledgements[acknowledged + i] = now_ns();
    acknowledged += votes;
    if (!measuring) return;
    measured += votes;
    histogram_add(&latency, now_ns() - m->began);
}

// --- the run ---------------------------------------------------------------------------

static void set_clocks(void) {
    sent_ms = wall_ms();
    second_ms = sent_ms / 1000 * 1000;
}

static void settle(struct connection *c, bool more) {
    if (more && !rate) for (int64_t t = now_ns(); has_room(c);) send_message(c, t);
    link_flush(&c->link);
    c->touched = false;
}

// Sends what is due in the open loop, on the next connections with room. False: more is due, and no room is left.
static bool send_due(int64_t now, int64_t began, uint64_t *issued) {
    static unsigned turn;
    double gap = 1e9 * votes / rate;
    bool room = true;
    while (began + *issued * gap <= now) {
        unsigned tried = 0;
        while (tried < connections && !has_room(&all[turn % connections])) turn++, tried++;
        if (!(room = tried < connections)) break;
        send_message(&all[turn++ % connections], began + (*issued)++ * gap);
    }
    for (unsigned i = 0; i < connections; i++)
        if (all[i].touched) settle(&all[i], false);
    return room;
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"data", 1, 0, 'd'}, {"port", 1, 0, 'p'}, {"pid", 1, 0, 'P'}, {"connections", 1, 0, 'c'},
        {"in-flight", 1, 0, 'i'}, {"votes", 1, 0, 'v'}, {"seconds", 1, 0, 's'}, {"warmup", 1, 0, 'w'},
        {"rate", 1, 0, 'r'}, {"count", 1, 0, 'n'},
        {"acknowledgements", 1, 0, 'a'}, {"tally", 0, 0, 't'}, {"repeat", 0, 0, 'R'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (o) {
        case 'd': data = optarg; break;
        case 'p': port = atoi(optarg); break;
        case 'P': server = atoi(optarg); break;
        case 'c': connections = atoi(optarg); break;
        case 'i': in_flight = atoi(optarg); break;
        case 'v': votes = atoi(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'w': warmup = atof(optarg); break;
        case 'r': rate = atof(optarg); break;
        case 'n': count = strtoull(optarg, NULL, 10); break;
        case 'a': acknowledgements = acknowledgements_map(optarg); break;
        case 't': tally = true; break;
        case 'R': repeat = true; break;
        default: return 64;
    }
    if (!data || !port || !connections || !in_flight || in_flight > RING || !votes || (tally && votes > 1) ||
        optind < argc) {
        fprintf(stderr, "usage: see the head of votes.c\n");
        return 64;
    }
    if (count != UINT64_MAX) warmup = 0, seconds = 86400;
    seed = now_ns() ^ (uint64_t)getpid() << 40 ^ 88172645463325252u;
    make_templates();
    set_clocks();
    SSL_CTX *ctx = tls_context(data, tally ? "official" : "kiosk");
    ep = epoll_create1(0);
    all = calloc(connections, sizeof *all);
    links_open(all, sizeof *all, connections, ctx, port, ep);
    for (unsigned i = 0; i < connections; i++) {
        all[i].messages = calloc(RING, sizeof *all[i].messages);
        if (votes > 1) begin_stream(&all[i]);
    }

    int64_t began = now_ns(), measure = began + warmup * 1e9, end = measure + seconds * 1e9;
    struct account from = {0}, to = {0};
    uint64_t issued = 0;
    for (bool more = true, first = true; more || outstanding;) {
        int64_t t = now_ns();
        set_clocks();
        if (more && !measuring && t >= measure) measuring = true, from = account_now(server);
        if (measuring && (t >= end || cast >= count)) {
            more = false;
            if (count == UINT64_MAX || !outstanding) measuring = false, to = account_now(server);
        }
        if (!more && t > end + 30000000000ll) errno = 0, die("replies are missing");
        bool paced = more && rate && send_due(t, began, &issued);
        if (first) for (unsigned i = 0; i < connections; i++) settle(&all[i], true);
        first = false;
        struct epoll_event ready[256];
        struct timespec wait = {0, 10000000};
        if (paced) {
            int64_t due = began + issued * (1e9 * votes / rate) - now_ns();
            if (due < wait.tv_nsec) wait.tv_nsec = due > 0 ? due : 0;
        }
        int n = epoll_pwait2(ep, ready, 256, &wait, NULL);
        if (n < 0 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < n; i++) {
            struct connection *c = ready[i].data.ptr;
            link_read(&c->link, c, on_frame);
            settle(c, more);
        }
    }
    if (measuring) to = account_now(server);
    for (unsigned i = 0; i < connections; i++) link_close(&all[i].link);

    double took = (to.wall - from.wall) / 1e9;
    printf("{\"connections\": %u, \"in_flight\": %u, \"votes_per_message\": %u, \"rate\": %.0f, \"seconds\": %.3f, "
           "\"ops\": %llu, \"ops_per_s\": %.1f", connections, in_flight, votes, rate, took,
           (unsigned long long)measured, measured / took);
    print_latency("", &latency);
    print_account(from, to, measured);
    printf(", \"acknowledged\": %llu, \"wrong\": %llu}\n", (unsigned long long)acknowledged, (unsigned long long)wrong);
    return wrong ? 1 : 0;
}
