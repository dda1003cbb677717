/* Loaded before other libraries (LD_PRELOAD) it lets the n-th call of a kind on files below a directory fail, and behaves
 * ever after: `FAIL_KIND` (sync, write, open, truncate, name; directory: fsync of one), `FAIL_NUMBER`, `FAIL_BELOW`. With
 * `FAIL_SINCE` calls count once there is a file of that name. When it happens, the function and the path are written to the
 * file `FAIL_NOTE`. The error is EIO.
 *
 * Unlike strace it counts over all threads and by directory, and takes no time. Compiled by the test. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int calls;

static int fails(const char *kind, const char *function, const char *path) {
  const char *wanted = getenv("FAIL_KIND"), *below = getenv("FAIL_BELOW"), *number = getenv("FAIL_NUMBER");
  const char *note = getenv("FAIL_NOTE"), *since = getenv("FAIL_SINCE");
  if (wanted == NULL || below == NULL || number == NULL || note == NULL) return 0;
  if (strcmp(kind, wanted) != 0 || strncmp(path, below, strlen(below)) != 0) return 0;
  if (since != NULL && syscall(SYS_faccessat, AT_FDCWD, since, F_OK) != 0) return 0;
  if (__atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) != atoi(number)) return 0;
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, note, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s", function, path);
    syscall(SYS_write, descriptor, line, (size_t)length);
    syscall(SYS_close, descriptor);
  }
  errno = EIO;
  return 1;
}

static int fails_at(const char *kind, const char *function, int descriptor) {
  char name[64], path[PATH_MAX];
  snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
  ssize_t length = syscall(SYS_readlink, name, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  struct stat status;
  if (strcmp(function, "fsync") == 0 && stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
      fails("directory", function, path)) return 1;
  return fails(kind, function, path);
}

#define REAL(result, name, ...)                                          \
  static result (*real)(__VA_ARGS__);                                    \
  if (real == NULL) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define OPEN(function)                                                   \
  int function(const char *path, int flags, ...) {                       \
    REAL(int, #function, const char *, int, ...);                        \
    va_list rest;                                                        \
    va_start(rest, flags);                                               \
    int mode = va_arg(rest, int);                                        \
    va_end(rest);                                                        \
    return fails("open", #function, path) ? -1 : real(path, flags, mode);           \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(function)                                                 \
  int function(int at, const char *path, int flags, ...) {               \
    REAL(int, #function, int, const char *, int, ...);                   \
    va_list rest;                                                        \
    va_start(rest, flags);                                               \
    int mode = va_arg(rest, int);                                        \
    va_end(rest);                                                        \
    return fails("open", #function, path) ? -1 : real(at, path, flags, mode);       \
  }
OPENAT(openat)
OPENAT(openat64)

#define SYNC(function)                                                   \
  int function(int descriptor) {                                         \
    REAL(int, #function, int);                                           \
    return fails_at("sync", #function, descriptor) ? -1 : real(descriptor);         \
  }
SYNC(fsync)
SYNC(fdatasync)

ssize_t write(int descriptor, const void *bytes, size_t count) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return fails_at("write", "write", descriptor) ? -1 : real(descriptor, bytes, count);
}

#define PWRITE(function)                                                 \
  ssize_t function(int descriptor, const void *bytes, size_t count, off_t offset) { \
    REAL(ssize_t, #function, int, const void *, size_t, off_t);          \
    return fails_at("write", #function, descriptor) ? -1 : real(descriptor, bytes, count, offset); \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

#define TRUNCATE(function)                                               \
  int function(int descriptor, off_t size) {                             \
    REAL(int, #function, int, off_t);                                    \
    return fails_at("truncate", #function, descriptor) ? -1 : real(descriptor, size); \
  }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  return fails("name", "rename", to) ? -1 : real(from, to);
}
int link(const char *from, const char *to) {
  REAL(int, "link", const char *, const char *);
  return fails("name", "link", to) ? -1 : real(from, to);
}
int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  return fails("name", "mkdir", path) ? -1 : real(path, mode);
}
