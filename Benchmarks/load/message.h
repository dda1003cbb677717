// As much of protobuf and of ttrpc's frames as the load needs: see proto/ and the ttrpc PROTOCOL.md.
#pragma once
#include <arpa/inet.h>
#include "figures.h"

enum { HEADER = 10, REQUEST = 1, RESPONSE = 2, DATA = 3, PING = 0x80, GOAWAY = 0x82, CLOSED = 1, OPEN = 2 };

// --- writing ---------------------------------------------------------------------

struct bytes { uint8_t *at; size_t count, room; };

UNUSED static void reserve(struct bytes *b, size_t more) {
    if (b->count + more <= b->room) return;
    b->room = 2 * (b->count + more);
    if (!(b->at = realloc(b->at, b->room))) die("memory");
}

UNUSED static void put(struct bytes *b, const void *from, size_t n) {
    reserve(b, n);
    memcpy(b->at + b->count, from, n);
    b->count += n;
}

UNUSED static size_t put_varint_at(uint8_t *to, uint64_t value) {
    size_t n = 0;
    for (; value > 127; value >>= 7) to[n++] = value | 128;
    to[n++] = value;
    return n;
}

UNUSED static void put_varint(struct bytes *b, uint64_t value) {
    reserve(b, 10);
    b->count += put_varint_at(b->at + b->count, value);
}

UNUSED static void put_number(struct bytes *b, unsigned field, uint64_t value) {
    put_varint(b, field << 3);
    put_varint(b, value);
}

UNUSED static void put_field(struct bytes *b, unsigned field, const void *from, size_t n) {
    put_varint(b, field << 3 | 2);
    put_varint(b, n);
    put(b, from, n);
}

UNUSED static void put_text(struct bytes *b, unsigned field, const char *text) {
    put_field(b, field, text, strlen(text));
}

UNUSED static void put_header(struct bytes *b, uint32_t length, uint32_t stream, uint8_t type, uint8_t flags) {
    uint32_t words[2] = {htonl(length), htonl(stream)};
    put(b, words, 8);
    put(b, (uint8_t[]){type, flags}, 2);
}

// --- reading ---------------------------------------------------------------------

struct view { const uint8_t *at, *end; };

struct field { unsigned number; uint64_t value; struct view body; };

static uint64_t take_varint(struct view *v) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (v->at == v->end) break;
        uint8_t b = *v->at++;
        value |= (uint64_t)(b & 127) << shift;
        if (b < 128) return value;
    }
    errno = 0, die("a reply is no protobuf: varint");
    return 0;
}

// The next field, numbers in `value` and bytes in `body`; false at the end.
UNUSED static bool next_field(struct view *v, struct field *f) {
    if (v->at == v->end) return false;
    uint64_t key = take_varint(v);
    f->number = key >> 3;
    f->value = 0;
    f->body = (struct view){NULL, NULL};
    switch (key & 7) {
    case 0: f->value = take_varint(v); return true;
    case 2: f->value = take_varint(v); break;
    case 1: f->value = 8; break;
    case 5: f->value = 4; break;
    default: errno = 0, die("a reply is no protobuf: wire type");
    }
    if (f->value > (uint64_t)(v->end - v->at)) errno = 0, die("a reply is no protobuf: length");
    f->body = (struct view){v->at, v->at + f->value};
    v->at += f->value;
    return true;
}

// The code of a google.rpc.Status; *text becomes its message.
UNUSED static unsigned status_code(struct view v, struct view *text) {
    unsigned code = 0;
    for (struct field f; next_field(&v, &f);) {
        if (f.number == 1) code = f.value;
        if (f.number == 2) *text = f.body;
    }
    return code;
}

// Takes a ttrpc Response apart. Returns the status code, 0 for success.
UNUSED static unsigned response(struct view v, struct view *payload, struct view *text) {
    unsigned code = 0;
    *payload = *text = (struct view){NULL, NULL};
    for (struct field f; next_field(&v, &f);) {
        if (f.number == 1) code = status_code(f.body, text);
        if (f.number == 2) *payload = f.body;
    }
    return code;
}
