// When each ballot of a fresh ledger was acknowledged, monotonic ns, in the order of acknowledgement: written by
// `votes`, mapped by `watchers`, who learn from it since when a figure they are shown has been out of date.
#pragma once
#include <fcntl.h>
#include <sys/mman.h>
#include "figures.h"

enum { ACKNOWLEDGEMENTS = 1 << 24 };            // a sparse file of 128 MiB

static int64_t *acknowledgements_map(const char *path) {
    size_t size = ACKNOWLEDGEMENTS * sizeof(int64_t);
    int fd = open(path, O_CREAT | O_RDWR, 0600);
    if (fd < 0 || ftruncate(fd, size)) die(path);
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) die(path);
    close(fd);
    return at;
}
